//! `hooksig conform`.

use hooksig::{Key, Request, Signer};
use hooksig_vectors::{Case, SECRET, case_files};
use serde_json::json;
use tempfile::TempDir;

use crate::{cases, hooksig, write};

#[test]
fn every_case_of_every_file_comes_out_as_expected() {
    for name in case_files() {
        let run = hooksig(&["conform", &cases(&name)], "");
        let all = hooksig_vectors::cases(&name);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(run.stdout.lines().count(), all.len());
        assert_eq!(
            run.stderr,
            format!("hooksig: {:?}: {1} of {1} cases as expected\n", cases(&name), all.len())
        );
        for (line, case) in run.stdout.lines().zip(&all) {
            let valid = match case {
                Case::Verify(case) => case.valid,
                Case::Sign(case) => case.signed.is_some(),
                Case::Date(case) => case.unix.is_some(),
            };
            let columns: Vec<_> = line.split('\t').collect();
            assert_eq!(columns.len(), 3, "{line}");
            assert_eq!(
                columns[..2],
                [case.id(), if valid { "valid" } else { "invalid" }],
                "{line}"
            );
            assert_eq!(columns[2] == "ok", valid, "{line}");
        }
    }
    let all = [cases("verify"), cases("rotation"), cases("sign")];
    let run = hooksig(&["conform", &all[0], &all[1], &all[2]], "");
    assert_eq!((run.code, run.stdout.lines().count(), run.stderr.lines().count()), (0, 173, 3));
}

#[test]
fn dates_that_are_read_otherwise_are_told() {
    let line =
        |unix| json!({"id": "d", "text": "Sun, 06 Nov 1994 08:49:37 GMT", "now": 0, "unix": unix});
    for (unix, code, printed) in [
        (json!(784111777), 0, "d\tvalid\tok\n"),
        (json!(784111778), 1, "d\tinvalid\tother-time\n"),
        (json!(null), 1, "d\tvalid\tok\n"),
    ] {
        let run = hooksig(&["conform", "-"], line(unix).to_string());
        assert_eq!((run.code, run.stdout.as_str()), (code, printed), "{}", run.stderr);
    }
}

#[test]
fn cases_that_come_out_otherwise_are_told() {
    let text = std::fs::read_to_string(cases("verify")).expect("it can be read");
    let line =
        text.lines().find(|line| line.contains("\"drone-user-created\"")).expect("it is there");
    let run = hooksig(
        &["conform", "-"],
        line.replace("\"expect\": \"valid\"", "\"expect\": \"invalid\""),
    );
    assert_eq!((run.code, run.stdout.as_str()), (1, "drone-user-created\tvalid\tok\n"));
    assert_eq!(
        run.stderr,
        "hooksig: standard input: drone-user-created: expected a refusal, got valid with secret 0\n\
         hooksig: standard input: 0 of 1 cases as expected\n"
    );
    let run = hooksig(&["conform", "-"], line.replace(SECRET, "another"));
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (1, "drone-user-created\tinvalid\tsignature-mismatch\n")
    );

    let text = std::fs::read_to_string(cases("rotation")).expect("it can be read");
    let line = text.lines().find(|line| line.contains("\"matched\": 1")).expect("it is there");
    let run = hooksig(&["conform", "-"], line.replace("\"matched\": 1", "\"matched\": 0"));
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("expected valid with secret 0, got valid with secret 1"),
        "{run:?}"
    );

    let text = std::fs::read_to_string(cases("sign")).expect("it can be read");
    let line = text.lines().next().expect("it is there");
    for (from, to, printed) in [
        (SECRET, "another", "drone\tinvalid\tother-bytes\n"),
        (SECRET, "", "drone\tinvalid\tempty-secret\n"),
        (
            "signing_string_b64\": \"ZGF0ZT",
            "signing_string_b64\": \"YGF0ZT",
            "drone\tinvalid\tother-bytes\n",
        ),
    ] {
        let run = hooksig(&["conform", "-"], line.replace(from, to));
        assert_eq!((run.code, run.stdout.as_str()), (1, printed));
        assert!(run.stderr.contains("expected the signature of the case, got "), "{run:?}");
    }
}

#[test]
fn a_key_id_may_have_any_byte_that_is_no_control() {
    let text = std::fs::read_to_string(cases("sign")).expect("it can be read");
    let line = text.lines().next().expect("it is there");
    assert_eq!(line.matches("hmac-key").count(), 2, "keyid and signature_header: {line}");
    let run = hooksig(&["conform", "-"], line.replace("hmac-key", "cl\u{e9} \u{80}\u{ff}"));
    assert_eq!((run.code, run.stdout.as_str()), (0, "drone\tvalid\tok\n"));
}

#[test]
fn an_empty_secret_anywhere_is_a_verdict() {
    let head = json!({"method": "POST", "target": "/", "headers": [], "body_b64": "", "expect": "invalid"});
    for secrets in [json!([""]), json!(["a", ""]), json!(["", "a"])] {
        let mut case = head.clone();
        case["id"] = "empty".into();
        case["secrets"] = secrets;
        let run = hooksig(&["conform", "-"], case.to_string());
        assert_eq!((run.code, run.stdout.as_str()), (0, "empty\tinvalid\tempty-secret\n"));
    }
}

#[test]
fn unreadable_cases_are_told_with_their_line() {
    let folder = TempDir::new().expect("there is room");
    let good = std::fs::read(cases("rotation")).expect("it can be read");
    let cases = |last: &[u8]| write(&folder, "cases.jsonl", [good.as_slice(), last].concat());
    hooksig(&["conform", &cases(b"{\n")], "").assert_unusable("cases.jsonl\": line 4: ");
    hooksig(&["conform", &cases(b"\n{}\n")], "").assert_unusable("line 5: missing field");
    hooksig(&["conform", &cases(b"\xff\n")], "").assert_unusable("line 4: not UTF-8");
    hooksig(&["conform", "no-such-file"], "").assert_unusable("no-such-file");
    let run = hooksig(&["conform", "-"], "");
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (0, "hooksig: standard input: 0 of 0 cases as expected\n")
    );
}

/// Tries each byte in the value of a covered header, and at the places that decide.
#[test]
fn every_byte_gets_a_verdict() {
    let key = Key::new(SECRET).expect("the secret is not empty");
    let digest = hooksig::digest::field("");
    let mut covered = String::new();
    let mut elsewhere = String::new();
    for byte in 0..=u8::MAX {
        let value = [b'a', byte, b'z'];
        let fields = [
            ("Date", b"Mon, 23 Nov 2026 07:41:31 GMT".as_slice()),
            ("Digest", digest.as_bytes()),
            ("X-Any", &value),
        ];
        let mut room = [0; 256];
        let signature = Signer::new(&key, "hmac-key").and_then(|signer| {
            let request = Request::new("POST", "/", &fields);
            signer.sign(&request, &["date", "digest", "x-any"], &mut room)
        });
        let control = byte.is_ascii_control() && byte != b'\t';
        assert_eq!(signature.is_err(), control);
        let unsigned = r#"keyId="k",algorithm="hmac-sha256",signature="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",headers="date digest x-any""#;
        let signature = String::from_utf8(signature.unwrap_or(unsigned.as_bytes()).to_vec())
            .expect("it is ASCII");
        // A code point below 256 is one byte.
        let any = String::from_iter(value.map(char::from));
        let mut case = json!({
            "id": format!("{byte}"),
            "secret": SECRET,
            "method": "POST",
            "target": "/",
            "headers": [["Date", "Mon, 23 Nov 2026 07:41:31 GMT"], ["Digest", digest.as_str()], ["X-Any", any], ["Signature", signature]],
            "body_b64": "",
            "now": 1795419691,
            "expect": if control { "invalid" } else { "valid" },
        });
        covered += &format!("{case}\n");
        for place in 0..4 {
            let mut case = case.clone();
            case["headers"][place][1] = any.as_str().into();
            elsewhere += &format!("{case}\n");
        }
        case["headers"][2][0] = any.into();
        elsewhere += &format!("{case}\n");
    }
    let run = hooksig(&["conform", "-"], covered);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.stdout.matches("\tinvalid\tcontrol-byte\n").count(), 32);

    let run = hooksig(&["conform", "-"], elsewhere);
    assert_eq!((run.code, run.stdout.lines().count()), (1, 5 * 256), "{}", run.stderr);
}

#[test]
fn ids_cannot_forge_columns() {
    let case = json!({"id": "a\tb\u{1b}\n", "secret": "a", "method": "", "target": "", "headers": [], "body_b64": "", "expect": "invalid"});
    let run = hooksig(&["conform", "-"], case.to_string());
    assert_eq!(run.stdout, "a\\tb\\x1b\\n\tinvalid\tmissing-signature\n");
}
