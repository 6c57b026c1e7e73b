//! `hooksig verify`: verdicts.

use std::{fs, process::Stdio};

use hooksig::{Key, Request, Signer, signature_len};
use hooksig_vectors::{SECRET, deliveries, folder};
use serde_json::{Value, json};

use crate::{body, delivery, edit, field, hooksig, verify};

#[test]
fn every_recorded_delivery_is_valid_at_its_time() {
    for (name, request) in deliveries() {
        let text = String::from_utf8(request.clone()).expect("it is UTF-8");
        let date = hooksig::date::parse(field(&text, "Date"), 0).expect("it has a date");
        let path = folder().join("deliveries").join(&name).with_extension("http");
        let path = path.to_str().expect("the path is UTF-8");
        let now = date.to_string();
        let run = hooksig(&["verify", "--secret", SECRET, "--now", &now, path], "");
        assert_eq!(run.code, 0, "{name}: {run:?}");
        let event: Value = serde_json::from_str(body(&text)).expect("the body is JSON");
        let event = format!(
            "valid: {}:{}, signed 0 s ago with secret 1 of 1, covers ",
            event["event"].as_str().expect("it has an event"),
            event["action"].as_str().expect("it has an action")
        );
        assert!(run.stdout.starts_with(&event), "{name}: {run:?}");

        let past = (date + 300).to_string();
        assert_eq!(hooksig(&["verify", "--secret", SECRET, "--now", &past], request).code, 0);
    }
}

/// The change to a delivery, the reason, and words of the message.
const TAMPERED: &[(&str, &str, &str, &str)] = &[
    ("Signature: ", "X-Signature: ", "missing-signature", "no Signature field"),
    (
        "Signature: keyId=\"hmac-key\"",
        "Authorization: hmac-key\"",
        "missing-signature",
        "scheme `Signature `",
    ),
    ("Signature: ", "Authorization: Bearer ", "missing-signature", "scheme `Signature `"),
    ("Signature: ", "Signature: x=y\r\nSignature: ", "repeated-signature", "more than one"),
    ("Signature: ", "Authorization: Signature x=y\r\nSignature: ", "repeated-signature", ""),
    (
        "Signature: keyId=\"hmac-key\",",
        "Signature-Input: sig=(\"date\")\r\nSignature: sig=:cGFzcw==:,",
        "rfc9421-signature",
        "RFC 9421",
    ),
    ("\"hmac-key\",", "\"hmac-key\" ", "malformed-params", "offset 17"),
    ("\"date digest\"", "\"date digest", "malformed-params", "offset"),
    ("keyId=\"hmac-key\",", "keyId=a,keyId=b,", "repeated-param", "keyId"),
    ("keyId=\"hmac-key\",", "", "missing-param", "keyId"),
    ("keyId=\"hmac-key\",", "keyId=\"\",", "missing-param", "keyId"),
    ("algorithm=\"hmac-sha256\",", "", "missing-param", "algorithm"),
    (",headers=\"date digest\"", "", "missing-param", "headers"),
    ("algorithm=\"hmac-sha256\"", "algorithm=\"hs2019\"", "unsupported-algorithm", ""),
    ("algorithm=\"hmac-sha256\"", "algorithm=\"hmac-sha512\"", "unsupported-algorithm", ""),
    ("signature=\"P8779", "signature=\"P_779", "malformed-signature", "base64"),
    ("\"date digest\"", "\"date  digest\"", "malformed-list", "a space too many"),
    ("\"date digest\"", "\"date digest,host\"", "malformed-list", "digest,host in the headers"),
    ("\"date digest\"", "\"date digest Date\"", "repeated-name", "date is in the headers"),
    ("\"date digest\"", "\"date digest (created)\"", "unsupported-name", "(created) cannot"),
    (
        "\"date digest\"",
        "\"date digest X-Absent\"",
        "missing-header",
        "x-absent is covered by the signature, but is not in the request",
    ),
    (
        "Signature: keyId=\"hmac-key\",algorithm=\"hmac-sha256\",signature=\"P8779Cd0fdnp4k29alT+tPWSdsKQEXheQAYZqobl8Lo=\",headers=\"date digest\"",
        "authorization: signature keyId=\"hmac-key\",algorithm=\"hmac-sha256\",signature=\"P8779Cd0fdnp4k29alT+tPWSdsKQEXheQAYZqobl8Lo=\",headers=\"date digest x-absent\"",
        "missing-header",
        "x-absent is covered",
    ),
    ("\"date digest\"", "\"date\"", "not-covered", "digest is required"),
    ("\"date digest\"", "\"digest\"", "not-covered", "date is required"),
    ("Date: ", "X-Date: ", "missing-date", ""),
    ("Date: ", "Date: Mon, 23 Nov 2026 07:41:31 GMT\r\nDate: ", "repeated-date", ""),
    ("Date: Mon, 23", "Date: 23", "malformed-date", ""),
    ("07:41:31 GMT", "07:36:30 GMT", "date-too-old", "is 301 s old, and 300 s are allowed"),
    ("07:41:31 GMT", "07:46:32 GMT", "date-too-new", "is 301 s in the future"),
    ("Digest: ", "X-Digest: ", "missing-digest", ""),
    ("Digest: ", "Digest: MD5=x\r\nDigest: ", "repeated-digest", ""),
    ("Digest: SHA-256=", "Digest: SHA-256:", "malformed-digest", ""),
    ("Digest: SHA-256=", "Digest: SHA-512=", "unsupported-digest", ""),
    ("07:41:31 GMT", "07:41:32 GMT", "signature-mismatch", "no key makes this signature"),
    ("Digest: SHA-256=T", "Digest: SHA-256=U", "signature-mismatch", ""),
    ("\"login\":\"octocat\"", "\"login\":\"octocut\"", "digest-mismatch", "the body is not"),
    (
        "X-Drone-Event: user",
        "X-Drone-Event: repo",
        "event-mismatch",
        "X-Drone-Event, which is not signed, says repo; the body says user",
    ),
    (
        "X-Drone-Event: user",
        "X-Drone-Event: user\r\nx-drone-event: \u{9b}m",
        "event-mismatch",
        "user, \\u{9b}m;",
    ),
];

#[test]
fn each_rule_refuses_its_tampered_copy() {
    let request = delivery("user-created");
    for (from, to, reason, words) in TAMPERED {
        let run = verify(edit(&request, from, to), &[]);
        run.assert_invalid(reason);
        assert!(run.stdout.contains(words), "{words}: {run:?}");

        let run = verify(edit(&request, from, to), &["--json"]);
        assert_eq!(run.code, 1);
        let verdict: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
        assert_eq!(verdict["verdict"], "invalid");
        assert_eq!(verdict["reason"], *reason);
        assert_eq!(verdict.as_object().map(|object| object.len()), Some(3), "{verdict}");
    }
}

#[test]
fn another_secret_is_refused() {
    let request = delivery("user-created");
    let run = hooksig(&["verify", "--secret", "another", "--now", crate::RECORDED], request);
    run.assert_invalid("signature-mismatch");
}

#[test]
fn json_holds_all_that_is_known() {
    let run = verify(delivery("user-created"), &["--json", "--max-skew", "60"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 1));
    let verdict: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    let expected = json!({
        "verdict": "valid",
        "reason": "ok",
        "message": "user:created, signed 0 s ago with secret 1 of 1, covers date digest",
        "key_index": 0,
        "key_id": "hmac-key",
        "date": 1795419691,
        "expires": 1795419751,
        "covered": ["date", "digest"],
        "event": "user",
        "action": "created",
    });
    assert_eq!(verdict, expected);

    let run = verify(delivery("user-created"), &["--json", "--no-clock"]);
    let verdict: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    assert_eq!((&verdict["date"], &verdict["expires"]), (&Value::Null, &Value::Null));
}

#[test]
fn the_clock_can_be_left_out_and_the_window_set() {
    let request = delivery("user-created");
    verify(request.as_str(), &["--no-clock"]).assert_valid(
        "user:created, signed at an unchecked time with secret 1 of 1, covers date digest",
    );
    let at = |now, skew| {
        let options = ["verify", "--secret", SECRET, "--now", now, "--max-skew", skew];
        hooksig(&options, request.as_str())
    };
    at("1795419701", "10")
        .assert_valid("user:created, signed 10 s ago with secret 1 of 1, covers date digest");
    at("1795419681", "10").assert_valid(
        "user:created, signed 10 s ahead of the clock with secret 1 of 1, covers date digest",
    );
    at("1795419702", "10").assert_invalid("date-too-old");
    at("1795419680", "10").assert_invalid("date-too-new");
    at("-1", "10").assert_invalid("date-too-new");
    // By the system clock the recorded delivery is old.
    assert_eq!(hooksig(&["verify", "--secret", SECRET, "--max-skew", "0"], request).code, 1);
}

#[test]
fn the_policy_can_be_set() {
    let request = delivery("user-created");
    verify(request.as_str(), &["--require", "digest"])
        .assert_valid("user:created, signed 0 s ago with secret 1 of 1, covers date digest");
    let run = verify(request.as_str(), &["--require", "digest", "--require", "Host"]);
    run.assert_invalid("not-covered");
    assert!(run.stdout.contains("Host is required"), "{run:?}");
    verify(request.as_str(), &["--require", ""]).assert_unusable("--require");
    verify(request.as_str(), &["--require", "date digest"]).assert_unusable("--require");

    assert_eq!(verify(request.as_str(), &["--key-id", "hmac-key"]).code, 0);
    verify(request.as_str(), &["--key-id", "other"]).assert_invalid("unexpected-key-id");

    let hs2019 = edit(&request, "\"hmac-sha256\"", "\"hs2019\"");
    assert_eq!(verify(hs2019, &["--allow-hs2019"]).code, 0);
    let absent = edit(&request, "algorithm=\"hmac-sha256\",", "");
    assert_eq!(verify(absent, &["--allow-missing-algorithm"]).code, 0);
}

#[test]
fn date_and_digest_must_be_right_even_if_they_are_not_required() {
    let options = ["--require", "host"];
    let request = signed("{}", &["host"], &[("Host", "ci.example")]);
    verify(request.as_str(), &options).assert_valid(
        "no event: the body has none, signed 0 s ago with secret 1 of 1, covers host",
    );
    for (from, to, reason) in [
        ("\nDate: ", "\nX-Date: ", "missing-date"),
        ("\nDate: Mon, 23", "\nDate: Mon, 22", "date-too-old"),
        ("\nDigest: ", "\nX-Digest: ", "missing-digest"),
        ("\nDigest: SHA-256=", "\nDigest: MD5=", "unsupported-digest"),
        ("\r\n\r\n{}", "\r\n\r\n[]", "digest-mismatch"),
    ] {
        verify(edit(&request, from, to), &options).assert_invalid(reason);
    }
}

/// Returns a request with this body, signed over `names` of `more` and of Drone's fields.
fn signed(body: &str, names: &[&str], more: &[(&str, &str)]) -> String {
    let date = hooksig::date::format(1_795_419_691).expect("the year is 2026");
    let digest = hooksig::digest::field(body);
    let mut headers = vec![("Date", date.as_str()), ("Digest", digest.as_str())];
    headers.extend(more);
    let key = Key::new(SECRET).expect("the secret is not empty");
    let mut signature = vec![0; signature_len("hmac-key", names)];
    Signer::new(&key, "hmac-key")
        .and_then(|signer| {
            let request = Request::new("POST", "/", headers.as_slice());
            signer.sign(&request, names, &mut signature)
        })
        .expect("it can be signed");
    let signature = String::from_utf8(signature).expect("it is ASCII");
    let fields: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nContent-Length: {length}\r\n{fields}Signature: {signature}\r\n\r\n{body}"
    )
}

#[test]
fn the_event_is_told_apart_from_the_signature() {
    let covers = "signed 0 s ago with secret 1 of 1, covers date digest";
    let drone = ["date", "digest"];
    for (body, fields, event) in [
        (
            "plain",
            [].as_slice(),
            "no event: the body is not a JSON object with one event and one action, both text",
        ),
        (
            "",
            &[],
            "no event: the body is not a JSON object with one event and one action, both text",
        ),
        (
            r#"{"event":1}"#,
            &[],
            "no event: the body is not a JSON object with one event and one action, both text",
        ),
        ("{}", &[], "no event: the body has none"),
        (r#"{"action":"created"}"#, &[], "no event: the body has none"),
        (
            "{}",
            &[("X-Drone-Event", "us\u{9b}er")],
            r"no event: the body has none (X-Drone-Event, which is not signed, says us\u{9b}er)",
        ),
        (r#"{"event":"user"}"#, &[], "user without an action"),
        ("{\"event\":\"a\u{9b}b\",\"action\":\"\\u001b[2J\"}", &[], r"a\u{9b}b:\\u001b[2J"),
    ] {
        verify(signed(body, &drone, fields), &[]).assert_valid(&format!("{event}, {covers}"));
    }
}

#[test]
fn json_is_ascii() {
    let request = signed("{\"event\":\"a\u{9b}\u{1f600}\"}", &["date", "digest"], &[]);
    let request = edit(&request, "hmac-key", "\u{202e}key\u{9b}");
    let run = verify(request, &["--json"]);
    assert!(run.stdout.trim_end().bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{run:?}");
    let verdict: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    assert_eq!(verdict["key_id"], "\u{202e}key\u{9b}");
    assert_eq!(verdict["event"], "a\u{9b}\u{1f600}");
}

#[test]
fn huge_heads_get_a_verdict() {
    let request = delivery("user-created");
    let fits = |run: crate::Run| assert_eq!(run.code, 0, "{:?}", run.stdout);

    let large = "x".repeat(100 * 1024);
    let large = edit(&request, "Host: ", &format!("X-Large: {large}\r\nHost: "));
    fits(verify(large.clone(), &[]));
    let covered = edit(&large, "\"date digest\"", "\"date digest x-large\"");
    verify(covered, &[]).assert_invalid("signing-string-too-long");

    let params = (0..10_000).map(|index| format!("p{index}=\"v\",")).collect::<String>();
    fits(verify(edit(&request, "keyId=", &format!("{params}keyId=")), &[]));

    let fields = (0..20_000).map(|index| format!("X-{index}: v\r\n")).collect::<String>();
    fits(verify(edit(&request, "Host: ", &format!("{fields}Host: ")), &[]));

    let names = (0..5_000).map(|index| format!(" x-{index}")).collect::<String>();
    let many = edit(&request, "\"date digest\"", &format!("\"date digest{names}\""));
    verify(many, &[]).assert_invalid("too-many-names");
}

#[test]
fn every_byte_in_every_field_gets_a_verdict() {
    let request = delivery("user-created");
    for place in ["keyId=\"", "Date: ", "Digest: ", "X-Drone-Event: ", "Host", "POST "] {
        let (before, after) = request.split_once(place).expect("the place is there");
        for byte in 0..=u8::MAX {
            let raw = [before.as_bytes(), place.as_bytes(), &[byte], after.as_bytes()].concat();
            let run = verify(raw, &[]);
            match run.code {
                0 | 1 => assert_eq!(run.stdout.lines().count(), 1, "{byte} at {place}: {run:?}"),
                _ => run.assert_unusable("offset"),
            }
            let printable =
                |text: &str| text.chars().all(|c| c == '\n' || (' '..='~').contains(&c));
            assert!(printable(&run.stdout) && printable(&run.stderr), "{byte} at {place}: {run:?}");
        }
    }
}

/// The exit code tells the verdict even if nobody reads the line.
#[test]
fn a_closed_pipe_is_no_failure() {
    let path = folder().join("deliveries/user-created.http");
    for (secret, code) in [(SECRET, 0), ("another", 1)] {
        let (reader, writer) = std::io::pipe().expect("there are pipes");
        drop(reader);
        let status = std::process::Command::new(assert_cmd::cargo::cargo_bin!("hooksig"))
            .args(["verify", "--secret", secret, "--no-clock"])
            .stdin(fs::File::open(&path).expect("it can be read"))
            .stdout(writer)
            .stderr(Stdio::null())
            .status();
        assert_eq!(status.expect("it runs").code(), Some(code));
    }
}
