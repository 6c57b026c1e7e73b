//! `hooksig explain`.

use hooksig::{Key, drone};
use hooksig_vectors::{Case, SECRET};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{RECORDED, Run, body, delivery, edit, field, hooksig, hooksig_in, write};

/// Explains `request` with this secret at the time of the recorded deliveries.
#[track_caller]
fn explain_with(secret: &str, request: impl Into<Vec<u8>>, options: &[&str]) -> Run {
    let common = ["explain", "--now", RECORDED, "--secret", secret];
    hooksig(&[common.as_slice(), options].concat(), request)
}

#[track_caller]
fn explain(request: impl Into<Vec<u8>>, options: &[&str]) -> Run {
    explain_with(SECRET, request, options)
}

#[track_caller]
fn report_of(run: &Run) -> Value {
    assert_eq!(run.stdout.lines().count(), 1, "{run:?}");
    serde_json::from_str(&run.stdout).expect("it is JSON")
}

/// Returns the names of the broken rules.
fn broken(report: &Value) -> Vec<&str> {
    let rules = report["rules"].as_array().expect("there are rules");
    rules.iter().filter_map(|rule| rule["reason"].as_str()).collect()
}

/// Returns the near misses as (name, advice).
fn near_misses(report: &Value) -> Vec<(&str, &str)> {
    let found = report["near_misses"].as_array().expect("there is a list");
    let text = |found: &'_ Value, name: &str| found[name].as_str().map(str::to_owned);
    assert!(found.iter().all(|found| text(found, "advice").is_some()));
    found
        .iter()
        .filter_map(|found| Some((found["name"].as_str()?, found["advice"].as_str()?)))
        .collect()
}

/// Returns the recorded delivery with another body, signed as a server would.
fn signed(secret: &str, body: &str) -> String {
    let key = Key::new(secret).expect("the secret is not empty");
    let headers = drone::sign(&key, body, 1_795_419_691).expect("the year is 2026");
    format!(
        "POST / HTTP/1.1\r\nContent-Length: {}\r\nDate: {}\r\nDigest: {}\r\nSignature: {}\r\n\r\n{body}",
        body.len(),
        headers.date(),
        headers.digest(),
        headers.signature(),
    )
}

/// Returns `request` with another body than the signed one.
fn with_body(request: &str, body: &str) -> String {
    let head = &request[..request.find("\r\n\r\n").expect("the head ends")];
    let length = field(request, "Content-Length");
    let length =
        [length, &body.len().to_string()].map(|length| format!("Content-Length: {length}"));
    format!("{}\r\n\r\n{body}", edit(head, &length[0], &length[1]))
}

#[test]
fn a_valid_delivery_passes_every_rule() {
    let run = explain(delivery("user-created"), &[]);
    assert_eq!(run.code, 0);
    assert_eq!(run.stdout.matches("\nok    ").count() + 1, 13, "{}", run.stdout);
    let last = "valid: user:created, signed 0 s ago with secret 1 of 1, covers date digest";
    assert_eq!(run.stdout.lines().next_back(), Some(last));
    assert!(run.stdout.contains("\n                  | date: Mon, 23 Nov 2026 07:41:31 GMT\n"));
    for word in ["FAIL", "--", "hint", "expected"] {
        assert!(!run.stdout.contains(&format!("\n{word} ")), "{word}: {}", run.stdout);
    }
}

/// The rules examined one by one must agree with the core.
#[test]
fn the_first_broken_rule_is_the_reason() {
    let folder = TempDir::new().expect("there is room");
    let mut compared = 0;
    for case in ["verify", "rules"].into_iter().flat_map(hooksig_vectors::cases) {
        let Case::Verify(case) = case else { continue };
        let secrets = case.secrets.iter().enumerate().map(|(index, secret)| {
            // One final newline is not part of the secret.
            let content = [secret.as_ref(), b"\n"].concat();
            ["--secret-file".to_owned(), write(&folder, &format!("{}-{index}", case.id), content)]
        });
        let secrets: Vec<String> = secrets.flatten().collect();
        let clock = case
            .now
            .map_or(vec!["--no-clock".to_owned()], |now| vec!["--now".to_owned(), now.to_string()]);
        let options: Vec<_> = clock.iter().chain(&secrets).map(String::as_str).collect();
        let mut request = [case.head.method.as_ref(), b" ", case.head.target.as_ref()].concat();
        request.extend(b" HTTP/1.1\r\n");
        for (name, value) in &case.head.headers {
            request.extend([name.as_ref(), b": ", value.as_ref(), b"\r\n"].concat());
        }
        request.extend(b"\r\n");
        request.extend(&case.body);

        let verify =
            hooksig(&[&["verify", "--json"], options.as_slice()].concat(), request.clone());
        let explain = hooksig(&[&["explain", "--json"], options.as_slice()].concat(), request);
        assert_eq!(verify.code, explain.code, "{}", case.id);
        if verify.code == 2 {
            continue;
        }
        let (verdict, report) = (report_of(&verify), report_of(&explain));
        for (member, value) in verdict.as_object().expect("it is an object") {
            assert_eq!(&report[member], value, "{}", case.id);
        }
        let first = broken(&report).first().copied().unwrap_or("ok");
        assert_eq!(verdict["reason"], first, "{}: {report:#}", case.id);
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
}

/// Returns the recorded delivery with 17 fields that repeat a covered header.
fn with_repeats() -> String {
    let fields = format!("{}X-B: \r\nx-b: \r\nHost: ", "X-A: a\r\n".repeat(17));
    let request = edit(&delivery("user-created"), "Host: ", &fields);
    edit(&request, "\"date digest\"", "\"date digest x-a x-b\"")
}

/// The verifier counts repeated fields after it has checked the list, date and digest.
#[test]
fn repeated_fields_are_not_the_reason_if_an_earlier_rule_is_broken() {
    for (from, to, options, row, reason) in [
        ("", "", ["--now", "1795423691"], "date", "date-too-old"),
        ("", "", ["--now", "1795415691"], "date", "date-too-new"),
        ("Date: Mon", "Date: Moon", ["--now", RECORDED], "date", "malformed-date"),
        ("SHA-256=", "SHA-256=%", ["--now", RECORDED], "digest", "malformed-digest"),
        ("SHA-256=", "SHA-512=", ["--now", RECORDED], "digest", "unsupported-digest"),
        ("hmac-sha256", "rsa-sha256", ["--now", RECORDED], "algorithm", "unsupported-algorithm"),
        ("", "", ["--key-id", "other"], "keyId", "unexpected-key-id"),
        ("\"date digest ", "\"date ", ["--now", RECORDED], "covered", "not-covered"),
        ("signature=\"", "signature=\"%", ["--now", RECORDED], "encoding", "malformed-signature"),
        // A missing header is checked after the repeated fields.
        ("x-b\"", "x-b x-c\"", ["--now", RECORDED], "string", "too-many-names"),
    ] {
        let request = with_repeats().replacen(from, to, 1);
        let run = |command| {
            let common = [command, "--json", "--secret", SECRET];
            report_of(&hooksig(&[common.as_slice(), &options].concat(), request.as_str()))
        };
        let report = run("explain");
        assert_eq!(run("verify")["reason"], reason);
        let rules = report["rules"].as_array().expect("there are rules");
        let failed: Vec<_> = rules.iter().filter(|rule| rule["outcome"] == "failed").collect();
        assert_eq!((&failed[0]["rule"], &failed[0]["reason"]), (&row.into(), &reason.into()));
        let string = failed.iter().find(|rule| rule["rule"] == "string");
        assert_eq!(string.map(|rule| &rule["reason"]), Some(&"too-many-names".into()), "{reason}");
    }
}

#[test]
fn too_many_names_are_told_apart_from_too_many_repeated_fields() {
    let run = explain(with_repeats(), &["--json"]);
    let report = report_of(&run);
    let [list, string] = [2, 9].map(|index| &report["rules"][index]);
    assert_eq!((&list["outcome"], &string["outcome"]), (&"passed".into(), &"failed".into()));
    let [a, b] = [("x-a", 17), ("x-b", 2)].map(|(name, count)| {
        json!({"text": format!("{name} occurs {count} times"), "covered": name, "instances": count})
    });
    assert_eq!(string["found"], json!([a, b]));
    let page = explain(with_repeats(), &[]).stdout;
    assert!(page.contains("=> more than 16 fields repeat the name of an earlier field"), "{page}");

    let names = (0..127).map(|index| format!(" x-{index}")).collect::<String>();
    let long = edit(&with_repeats(), "digest x-a x-b", &format!("digest{names}"));
    let page = explain(long, &[]).stdout;
    for line in [
        "FAIL  list        129 names: date digest ",
        "=> the headers parameter holds 129 names, and 128 are allowed",
        "--    string      the list of headers breaks a rule",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
}

#[test]
fn rules_after_the_first_broken_one_are_examined() {
    let request = edit(&delivery("user-created"), "\"admin\":false", "\"admin\":true ");
    let request = edit(&request, "X-Drone-Event: user", "X-Drone-Event: repo");
    let request = edit(&request, "\"hmac-sha256\"", "\"hmac-sha512\"");
    let late = ["explain", "--json", "--now", "1795429691", "--secret", "another"];
    let report = report_of(&hooksig(&late, request.as_str()));
    assert_eq!(
        broken(&report),
        [
            "unsupported-algorithm",
            "date-too-old",
            "signature-mismatch",
            "digest-mismatch",
            "event-mismatch"
        ]
    );
    let unsigned = edit(&request, "Signature: ", "X-Signature: ");
    let report = report_of(&explain(unsigned, &["--json"]));
    assert_eq!(broken(&report), ["missing-signature", "digest-mismatch", "event-mismatch"]);
    let skipped = report["rules"].as_array().expect("there are rules").iter();
    assert_eq!(skipped.filter(|rule| rule["outcome"] == "skipped").count(), 8);
}

#[test]
fn what_is_missing_or_there_twice_is_shown() {
    let request =
        edit(&delivery("user-created"), "\"date digest\"", "\"date x-a digest x-b accept\"");
    let request = edit(&request, "Host:", "Accept: a\r\nACCEPT: b\r\nHost:");
    let page = explain(request, &[]).stdout;
    for line in [
        "! x-a is not in the request",
        "! x-b is not in the request",
        "| accept: a, b",
        "accept occurs 2 times",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    let uncovered = edit(&delivery("user-created"), "\"date digest\"", "\"host\"");
    assert!(explain(uncovered, &[]).stdout.contains("not covered: date digest"));
    let malformed = edit(&delivery("user-created"), "\"hmac-key\",", "\"hmac-key\" ");
    let page = explain(malformed, &[]).stdout;
    assert!(page.contains("fits      keyId=\"hmac-key\"\\x20\n"), "{page}");
    assert!(page.contains("does not  algorithm="), "{page}");
    // The password of another scheme must not be printed.
    let basic =
        edit(&delivery("user-created"), "Host:", "Authorization: Basic cGFzc3dvcmQ=\r\nHost:");
    let page = explain(basic, &[]).stdout;
    assert!(page.contains("but of the scheme Basic") && !page.contains("cGFz"), "{page}");
}

#[test]
fn invisible_bytes_are_shown() {
    let request = edit(&delivery("user-created"), "\"date digest\"", "\"date digest x-a x-empty\"");
    let request = edit(&request, "Host:", "X-A: a\tb  c\u{9b}\\n\r\nX-Empty: \r\nHost:");
    let page = explain(request, &[]).stdout;
    assert!(page.contains("| x-a: a\\tb  c\\u{9b}\\\\n\n"), "{page}");
    assert!(page.contains("| x-empty:\\x20\n"), "{page}");
}

#[test]
fn what_is_expected_is_shown_only_where_asked_for() {
    let recorded = delivery("user-created");
    let (signature, digest) =
        ("P8779Cd0fdnp4k29alT+tPWSdsKQEXheQAYZqobl8Lo=", field(&recorded, "Digest"));
    let forged = edit(&recorded, "signature=\"P8779", "signature=\"Q8779");
    let forged = edit(&forged, digest, &digest.replace("TfT2", "UfT2"));
    let restored = edit(&forged, "UfT2", "TfT2");

    let page = explain(restored.as_str(), &[]).stdout;
    assert!(page.contains("are not shown, because"), "{page}");
    assert!(!page.contains(signature), "{page}");
    assert!(!explain(forged.as_str(), &[]).stdout.contains(digest));
    let report = report_of(&explain(restored.as_str(), &["--json"]));
    assert_eq!(report["expected"], Value::Null);
    assert!(report["withheld"].as_str().is_some_and(|text| text.contains("--show-expected")));

    let page = explain(restored.as_str(), &["--show-expected"]).stdout;
    assert!(page.contains(&format!("signature {signature}\n")), "{page}");
    assert!(
        explain(forged, &["--show-expected"]).stdout.contains(&format!("Digest    {digest}\n"))
    );
    let report = report_of(&explain(restored, &["--json", "--show-expected"]));
    assert_eq!(report["expected"]["signatures"][0], signature);
    assert_eq!(report["expected"]["digest"], digest);
    assert_eq!(report["withheld"], Value::Null);
}

#[test]
fn json_holds_all() {
    let report = report_of(&explain(delivery("user-created"), &["-j"]));
    let members: Vec<_> = report.as_object().expect("it is an object").keys().collect();
    let own = ["expected", "near_misses", "rules", "signing_string_b64", "withheld"];
    for member in own.iter().chain(&["verdict", "reason", "message", "key_index", "event"]) {
        assert!(members.iter().any(|found| found == member), "{member}");
    }
    assert_eq!(report["rules"][7]["rule"], "date");
    assert_eq!(report["rules"][7]["outcome"], "passed");
    let found = &report["rules"][7]["found"];
    assert_eq!(found[0], json!({"name": "Date", "value": "Mon, 23 Nov 2026 07:41:31 GMT"}));
    assert_eq!((&found[1]["date"], &found[1]["ahead"]), (&json!(1_795_419_691), &json!(0)));
    assert_eq!((&found[2]["clock"], &found[2]["max_skew"]), (&json!(1_795_419_691), &json!(300)));
    let covered = &report["rules"][9]["found"][1];
    assert_eq!(
        *covered,
        json!({"covered": "date", "value": "Mon, 23 Nov 2026 07:41:31 GMT", "instances": 1})
    );
    assert_eq!(report["rules"][1]["found"][0], json!({"name": "keyId", "value": "hmac-key"}));
    assert_eq!(report["is_cut"], false);
    assert!(report["signing_string_b64"].as_str().is_some_and(|text| text.starts_with("ZGF0ZTog")));
    let late = ["--json", "--max-skew", "0", "--now", "1795419692"];
    let run = hooksig(
        &[&["explain", "--secret", SECRET], late.as_slice()].concat(),
        delivery("user-created"),
    );
    let report = report_of(&run);
    assert_eq!((run.code, &report["rules"][7]["reason"]), (1, &"date-too-old".into()));
    assert!(report["rules"][7]["message"].as_str().is_some_and(|text| text.contains("1 s old")));
}

#[test]
fn lines_fit_the_width_and_nothing_is_cut() {
    let long = "x".repeat(300);
    let request = edit(&delivery("user-created"), "\"date digest\"", "\"date digest x-long\"");
    let request = edit(&request, "Host:", &format!("X-Long: {long}\r\nHost:"));
    for (asked, width) in
        [("1", 40), ("80", 80), ("100", 100), ("120", 120), ("5000", 120), ("x", 80)]
    {
        let arguments = ["explain", "--secret", "another", "--now", RECORDED];
        let page = hooksig_in(&arguments, request.as_str(), &[("COLUMNS", asked)]).stdout;
        let longest = page.lines().map(str::len).max();
        assert_eq!(longest, Some(width), "{page}");
        let words = page.replace(char::is_whitespace, "");
        assert!(words.contains(&long), "{page}");
    }
}

#[test]
fn colours_are_for_terminals() {
    let arguments = ["explain", "--secret", "another", "--now", RECORDED];
    let page = |variables: &[(&str, &str)]| {
        hooksig_in(&arguments, delivery("user-created"), variables).stdout
    };
    let plain = page(&[]);
    assert!(!plain.contains('\u{1b}'));
    let coloured = page(&[("CLICOLOR_FORCE", "1")]);
    assert!(coloured.contains("\u{1b}[1m\u{1b}[31mFAIL"), "{coloured}");
    assert_eq!(page(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), plain);
    let bare =
        coloured.split('\u{1b}').map(|part| part.split_once('m').map_or(part, |(_, text)| text));
    assert_eq!(bare.collect::<String>().trim_start(), plain);
}

/// Asserts that there is one near miss with this name and advice.
#[track_caller]
fn assert_near_miss(run: &Run, name: &str, words: &str) {
    let report = report_of(run);
    let found = near_misses(&report);
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    assert_eq!(found[0].0, name, "{found:?}");
    assert!(found[0].1.contains(words), "{words}: {found:?}");
    let sentences = found[0].1.matches(". ").count();
    assert!(found[0].1.ends_with('.') && sentences == 0, "{found:?}");
}

#[test]
fn a_secret_that_is_nearly_right_is_found() {
    const HEX: &str = "00ff10aa";
    for (theirs, ours, name, words) in [
        ("s3cret\n", "s3cret", "newline-after-secret", "remove the newline from the server's"),
        ("s3cret\r\n", "s3cret", "newline-after-secret", "remove the newline from the server's"),
        ("s3cret", "s3cret\n", "untrimmed-secret", "remove that from the file or variable"),
        ("s3cret", " s3cret\n\n", "untrimmed-secret", "remove that from the file or variable"),
        ("s3cret ", "s3cret", "space-around-secret", "remove the white space from the server's"),
        (" s3cret", "s3cret", "space-around-secret", "remove the white space from the server's"),
        ("\"s3cret\"", "s3cret", "quotes-around-secret", "remove the quotes from the server's"),
        ("s3cret", "'s3cret'", "quoted-secret", "remove them from the file or variable"),
        ("\u{7f}0\u{0}", "7f3000", "hex-decoded-secret", "have the sender use the text itself"),
        (
            "7f3000",
            "\u{7f}0\u{0}",
            "hex-encoded-secret",
            "give the same text here as in DRONE_WEBHOOK_SECRET",
        ),
        ("00FF10AA", HEX, "secret-in-other-case", "exactly the text of"),
        (HEX, "00FF10AA", "secret-in-other-case", "exactly the text of"),
        ("one", "two,one", "joined-secrets", "its own --secret-file or --secret"),
        ("two", "one\ntwo\n", "joined-secrets", "its own --secret-file or --secret"),
    ] {
        let folder = TempDir::new().expect("there is room");
        let file = write(&folder, "secret", format!("{ours}\n"));
        let options = ["explain", "--json", "--now", RECORDED, "--secret-file", &file];
        let run = hooksig(&options, signed(theirs, "{}"));
        assert_eq!(run.code, 1, "{run:?}");
        assert_near_miss(&run, name, words);
        assert!(near_misses(&report_of(&run))[0].1.contains("the one given"), "{run:?}");

        let options =
            [&options[..4], &["--secret", "any", "--secret-file", &file, "--secret", "x"]];
        let run = hooksig(&options.concat(), signed(theirs, "{}"));
        assert!(near_misses(&report_of(&run))[0].1.contains("secret 1 of 3"), "{run:?}");
    }
}

#[test]
fn swapped_secrets_are_found() {
    let run = explain_with("new", signed("old", "{}"), &["--json", "--secret", "old"]);
    assert_eq!(run.code, 0);
    assert_near_miss(&run, "swapped-secrets", "The sender uses secret 2 of 2, not the first");
    let run = explain_with("old", signed("old", "{}"), &["--json", "--secret", "new"]);
    assert_eq!(near_misses(&report_of(&run)), []);
}

#[test]
fn a_rewritten_date_is_found() {
    const SENT: &str = "Mon, 23 Nov 2026 07:41:31 GMT";
    for (received, words) in [
        (
            "Monday, 23-Nov-26 07:41:31 GMT",
            "from an IMF-fixdate into the form of RFC 850: find the proxy",
        ),
        (
            "Mon Nov 23 07:41:31 2026",
            "from an IMF-fixdate into the form of asctime: find the proxy",
        ),
        ("Mon, 23 Nov 2026 07:41:31 +0000", "into the form of RFC 2822: find the proxy"),
        ("Mon, 23 Nov 2026 08:41:31 +0100", "into another form: find the proxy"),
        ("Mon, 23 Nov 2026 07:41:31 UTC", "with UTC instead of GMT: find the proxy"),
        ("2026-11-23T07:41:31Z", "into the form of ISO 8601: find the proxy"),
        ("2026-11-23T07:41:31+00:00", "into the form of ISO 8601: find the proxy"),
        ("Mon, 23 Nov 2026 07:41:34 GMT", "is 3 s earlier; the Date was replaced"),
        ("Mon, 23 Nov 2026 07:41:30 GMT", "is 1 s later; the Date was replaced"),
        ("Mon, 23 Nov 2026 09:41:31 GMT", "is 7200 s earlier; the Date was replaced"),
    ] {
        let run = explain(edit(&delivery("user-created"), SENT, received), &["--json"]);
        assert_eq!(run.code, 1);
        assert_near_miss(&run, "rewritten-date", words);
        assert!(near_misses(&report_of(&run))[0].1.contains(SENT), "{run:?}");
    }
    // The signed date may have another format than an IMF-fixdate.
    let recorded = delivery("user-created");
    let asctime = "Mon Nov 23 07:41:31 2026";
    let mut room = [0; 200];
    let key = Key::new(SECRET).expect("the secret is not empty");
    let digest = field(&recorded, "Digest");
    let fields = [("Date", asctime), ("Digest", digest)];
    let request = hooksig::Request::new("", "", &fields);
    let signature = hooksig::Signer::new(&key, "hmac-key")
        .and_then(|signer| signer.sign(&request, &["date", "digest"], &mut room))
        .expect("it can be signed");
    let signature = str::from_utf8(signature).expect("it is ASCII");
    let request = edit(&recorded, field(&recorded, "Signature"), signature);
    assert_near_miss(
        &explain(request, &["--json"]),
        "rewritten-date",
        "from the form of asctime into an IMF-fixdate",
    );
}

#[test]
fn a_body_that_was_changed_is_found() {
    const COMPACT: &str =
        r#"{"event":"user","n":1.50,"e":[],"o":{},"list":[1,{"a":null}],"s":"\"\\"}"#;
    const ESCAPED: &str = r#"{"event":"user","name":"\u003cb\u003e \u0026 \u2028 Ü 日"}"#;
    for (sent, received, name, words) in [
        ("a\nb\n", "a\r\nb\r\n", "lf-to-crlf", "from LF into CRLF"),
        ("a\r\nb\r\n", "a\nb\n", "crlf-to-lf", "from CRLF into LF"),
        (COMPACT, &format!("{COMPACT}\n"), "newline-added", "got a newline"),
        (COMPACT, &format!("{COMPACT}\r\n"), "newline-added", "got a newline"),
        ("{}\n", "{}", "newline-lost", "lost the newline"),
        (COMPACT, "", "body-lost", "because senders then drop the body"),
        ("{}", "\u{feff}{}", "byte-order-mark", "byte order mark"),
        (
            COMPACT,
            "{ \"event\": \"user\", \"n\": 1.50, \"e\": [], \"o\": {}, \"list\": [1, {\"a\": null}], \"s\": \"\\\"\\\\\" }",
            "re-indented-json",
            "before any framework or JSON library",
        ),
        (
            COMPACT,
            "{\n\t\"event\":\"user\",\"n\":1.50,\"e\":[ ],\"o\":{\n},\n\"list\":[1,{\"a\":null}],\"s\":\"\\\"\\\\\"\n}\n",
            "re-indented-json",
            "was re-indented",
        ),
        (
            "{\n  \"e\": [],\n  \"o\": {\n    \"a\": [\n      1,\n      2\n    ]\n  }\n}\n",
            "{\"e\":[],\"o\":{\"a\":[1,2]}}",
            "re-indented-json",
            "was re-indented",
        ),
        (
            "{\"a\": [1, 2], \"b\": {}}",
            "{\"a\":[1,2],\"b\":{}}",
            "re-indented-json",
            "was re-indented",
        ),
        (
            ESCAPED,
            "{\"event\":\"user\",\"name\":\"<b> & \u{2028} Ü 日\"}",
            "re-encoded-json",
            "parsed and re-encoded",
        ),
        (
            ESCAPED,
            "{\n  \"event\": \"user\",\n  \"name\": \"<b> & \\u2028 \\u00dc \\u65e5\"\n}",
            "re-encoded-json",
            "parsed and re-encoded",
        ),
        (
            "{\"name\": \"\\u00dc \\ud83d\\ude00\"}",
            "{\"name\":\"Ü 😀\"}",
            "re-encoded-json",
            "parsed and re-encoded",
        ),
    ] {
        let run = explain(with_body(&signed(SECRET, sent), received), &["--json"]);
        assert_eq!(broken(&report_of(&run)), ["digest-mismatch"], "{received}");
        assert_near_miss(&run, name, words);
    }
    // Drone's own bodies, large and small, as other programs write them.
    for name in ["user-created", "build-updated", "build-updated-large"] {
        let recorded = delivery(name);
        let value: Value = serde_json::from_str(body(&recorded)).expect("the body is JSON");
        let run = explain(with_body(&recorded, &value.to_string()), &["--json"]);
        // Sorted members cannot be restored.
        assert_eq!(near_misses(&report_of(&run)), [], "{name}");
        let spaced = body(&recorded).replace("\",\"", "\",\n \"");
        assert_near_miss(
            &explain(with_body(&recorded, &spaced), &["--json"]),
            "re-indented-json",
            "",
        );
    }
}

#[test]
fn other_kinds_of_signature_are_told() {
    let unsigned = edit(&delivery("user-created"), "Signature: ", "X-Signature: ");
    let with = |fields: &str| edit(&unsigned, "Host:", &format!("{fields}\r\nHost:"));
    for (fields, name, words) in [
        (
            "Signature-Input: sig=(\"date\");keyid=\"a\"\r\nSignature: sig=:cGFzcw==:",
            "rfc9421-signature",
            "a library for RFC 9421",
        ),
        (
            "X-Hub-Signature-256: sha256=00",
            "github-signature",
            "set DRONE_WEBHOOK_ENDPOINT there to this address",
        ),
        ("X-Hub-Signature: sha1=00", "github-signature", "uses GitHub's signatures"),
        ("Signature: sha256=00", "github-signature", "uses GitHub's signatures"),
        ("X-Gitea-Signature: 00\r\nX-Gogs-Signature: 00", "gitea-signature", "Gitea"),
        ("X-Forgejo-Signature: 00\r\nX-Gitea-Signature: 00", "forgejo-signature", "Forgejo"),
        ("X-Gogs-Signature: 00\r\nX-GitHub-Event: push", "gogs-signature", "Gogs"),
        ("X-Gitness-Signature: 00", "gitness-signature", "Gitness"),
        ("X-Harness-Signature: 00", "harness-signature", "Harness"),
        (
            "X-Event-Key: repo:push\r\nX-Hub-Signature: sha256=00",
            "bitbucket-signature",
            "Bitbucket",
        ),
        ("X-Slack-Signature: v0=00", "slack-signature", "Slack"),
        ("webhook-id: a\r\nwebhook-signature: v1,00", "standard-webhooks-signature", "Standard W"),
        ("svix-id: a\r\nsvix-signature: v1,00", "standard-webhooks-signature", "Standard W"),
        ("Authorization: hmac username=\"a\"", "kong-signature", "Kong"),
        ("Proxy-Authorization: HMAC username=\"a\"", "kong-signature", "Kong"),
        ("Authorization: AWS4-HMAC-SHA256 Credential=a", "aws-signature", "AWS"),
        ("X-Shopify-Hmac-Sha256: 00", "shopify-signature", "Shopify"),
        ("Signature: sha1=00", "github-signature", "uses GitHub's signatures"),
        ("X-Gitlab-Token: t0ken", "gitlab-token", "is a password and no signature"),
        (
            "Stripe-Signature: t=1,v1=00",
            "stripe-signature",
            "verify its requests there with Stripe's library",
        ),
        (
            "Signature: t=1,v1=00",
            "stripe-signature",
            "verify its requests there with Stripe's library",
        ),
        (
            "Authorization: hmac-key\",algorithm=\"hmac-sha256\",signature=\"QrS16=",
            "documentation-example",
            "`hooksig sign --http`",
        ),
    ] {
        let run = explain(with(fields), &["--json"]);
        assert_eq!(run.code, 1);
        assert_near_miss(&run, name, words);
        assert!(!run.stdout.contains("t0ken"), "{run:?}");
    }
    // They do not matter beside a signature of Drone's.
    let request = edit(&delivery("user-created"), "Host:", "X-Hub-Signature: sha1=00\r\nHost:");
    let run = explain(request, &["--json"]);
    assert_eq!((run.code, near_misses(&report_of(&run)).len()), (0, 0));
}

#[test]
fn a_plainly_wrong_secret_gets_no_advice() {
    for request in [delivery("user-created"), delivery("build-updated"), signed("any", "{}")] {
        for secret in
            ["another", "00000000000000000000000000000000", "bea26a2221fd8090ea38720fc445eca7"]
        {
            let run = explain_with(secret, request.as_str(), &["--json", "--secret", "x, y"]);
            assert_eq!(near_misses(&report_of(&run)), []);
            assert_eq!(broken(&report_of(&run)), ["signature-mismatch"]);
            assert!(!explain_with(secret, request.as_str(), &[]).stdout.contains("hint"));
        }
    }
    let request = edit(&delivery("user-created"), "\"admin\":false", "\"admin\":true ");
    assert_eq!(near_misses(&report_of(&explain(request, &["--json"]))), []);
}

#[test]
fn what_cannot_be_explained_is_told() {
    hooksig(&["explain", "no-such-file"], "").assert_unusable("no secret was given");
    explain("", &[]).assert_unusable("the input is empty");
    hooksig(&["explain", "--secret", SECRET, "no-such-file"], "").assert_unusable("no-such-file");
}

#[test]
fn odd_bytes_in_every_field_are_explained() {
    let request = delivery("user-created");
    for place in [
        "keyId=\"",
        "Date: ",
        "Digest: ",
        "X-Drone-Event: ",
        "Host",
        "POST ",
        "headers=\"",
        "\r\n\r\n{",
    ] {
        let (before, after) = request.split_once(place).expect("the place is there");
        for byte in *b"\0\t\n\r\x1b \"',=:\\\x7f\x80\x9b\xe9\xff" {
            let raw = [before.as_bytes(), place.as_bytes(), &[byte], after.as_bytes()].concat();
            let run = explain(raw, &["--show-expected"]);
            let printable =
                |text: &str| text.chars().all(|c| c == '\n' || (' '..='~').contains(&c));
            assert!(printable(&run.stdout) && printable(&run.stderr), "{byte} at {place}: {run:?}");
            if run.code == 2 {
                run.assert_unusable("offset");
            }
        }
    }
}

#[test]
fn a_signing_string_that_is_too_long_is_told_with_its_length() {
    let large = format!("X-Large: {}\r\nHost: ", "x".repeat(4096));
    let request = edit(&delivery("user-created"), "Host: ", &large);
    let request = edit(&request, "\"date digest\"", "\"date digest x-large\"");
    let run = explain(request.clone(), &["--json"]);
    assert_eq!(run.code, 1);
    assert_eq!(broken(&report_of(&run)), ["signing-string-too-long"]);
    let run = explain(request, &[]);
    assert!(run.stdout.contains("4202 bytes are covered, and 4096 are allowed"), "{}", run.stdout);
}
