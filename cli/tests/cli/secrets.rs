//! The sources of secrets, and `hooksig secret`.

use std::{collections::HashSet, io::Write, process::Stdio};

use hooksig_vectors::SECRET;
use tempfile::TempDir;

use crate::{RECORDED, Run, delivery, hooksig, hooksig_with, write};

fn verify(options: &[&str], environment: Option<&str>) -> Run {
    let common = ["verify", "--now", RECORDED];
    hooksig_with(&[&common, options].concat(), delivery("user-created"), environment)
}

#[test]
fn secrets_are_tried_in_the_documented_order() {
    let folder = TempDir::new().expect("there is room");
    let right = write(&folder, "right", SECRET);
    let wrong = write(&folder, "wrong", "another");
    for (options, environment, found) in [
        (["--secret-file", &right].as_slice(), None, "secret 1 of 1"),
        (&["--secret", SECRET], None, "secret 1 of 1"),
        (&[], Some(SECRET), "secret 1 of 1"),
        (&["--secret-file", &wrong, "--secret-file", &right], None, "secret 2 of 2"),
        (&["--secret", "another", "--secret", SECRET], None, "secret 2 of 2"),
        (&["--secret", "another", "--secret-file", &right], None, "secret 1 of 2"),
        (&["--secret", SECRET, "--secret-file", &wrong], None, "secret 2 of 2"),
        (&["--secret", SECRET, "--secret", SECRET], None, "secret 1 of 2"),
        (&["--secret", SECRET], Some("another"), "secret 1 of 1"),
    ] {
        let run = verify(options, environment);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stdout.contains(found), "{found}: {run:?}");
        assert_eq!(run.stderr, "");
    }
    // An option replaces the environment's secret.
    verify(&["--secret", "another"], Some(SECRET)).assert_invalid("signature-mismatch");
}

#[test]
fn one_newline_of_a_file_is_not_part_of_the_secret() {
    let folder = TempDir::new().expect("there is room");
    for (end, code) in
        [("", 0), ("\n", 0), ("\r\n", 0), ("\r", 1), ("\n\n", 1), (" ", 1), (" \n", 1)]
    {
        let file = write(&folder, "secret", format!("{SECRET}{end}"));
        let run = verify(&["--secret-file", &file], None);
        assert_eq!(run.code, code, "{end:?}: {run:?}");
        let note = format!(
            "hooksig: note: the newline at the end of {file:?} is not part of the secret\n"
        );
        assert_eq!(run.stderr.contains(&note), end.ends_with('\n'), "{end:?}: {run:?}");
    }
    for arguments in [["--secret", &format!("{SECRET}\n")].as_slice(), &[]] {
        let run = verify(arguments, Some(&format!("{SECRET}\n")));
        run.assert_invalid("signature-mismatch");
    }
}

#[test]
fn a_secret_can_come_from_standard_input() {
    let folder = TempDir::new().expect("there is room");
    let request = write(&folder, "request", delivery("user-created"));
    let options = ["verify", "--now", RECORDED, "--secret-file", "-"];
    let run = hooksig(&[options.as_slice(), &[&request]].concat(), format!("{SECRET}\n"));
    assert_eq!(run.code, 0, "{run:?}");
    hooksig(&options, SECRET).assert_unusable("standard input can be read only once");
}

/// Runs the program with an open standard input that is never written to. Returns the exit code;
/// the program must end by itself.
fn ends_before_reading(arguments: &[&str], environment: Option<&str>) -> (i32, String) {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("hooksig"))
        .args(arguments)
        .env_remove("DRONE_WEBHOOK_SECRET")
        .envs(environment.map(|secret| ("DRONE_WEBHOOK_SECRET", secret)))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let stdin = child.stdin.take();
    let output = child.wait_with_output().expect("it ends");
    drop(stdin);
    (
        output.status.code().expect("it was not killed"),
        String::from_utf8(output.stderr).expect("it is UTF-8"),
    )
}

#[test]
fn a_secret_that_is_none_is_told_before_anything_is_read() {
    let folder = TempDir::new().expect("there is room");
    let right = write(&folder, "right", SECRET);
    let empty = write(&folder, "empty", "");
    let newline = write(&folder, "newline", "\n");
    let missing = folder.path().join("missing");
    let missing = missing.to_str().expect("the path is UTF-8");
    for command in ["verify", "sign"] {
        for (options, environment, what) in [
            (
                [].as_slice(),
                None,
                "no secret was given; use --secret-file FILE, --secret TEXT or DRONE_WEBHOOK_SECRET",
            ),
            (&[], Some(""), "DRONE_WEBHOOK_SECRET: the secret is empty"),
            (&["--secret", ""], None, "--secret number 1: the secret is empty"),
            (&["--secret="], Some(SECRET), "--secret number 1: the secret is empty"),
            (&["--secret", SECRET, "--secret", ""], None, "--secret number 2: the secret is empty"),
            (&["--secret-file", &empty], None, "empty\": the secret is empty"),
            (&["--secret-file", &newline], None, "newline\": the secret is empty"),
            (
                &["--secret-file", &right, "--secret-file", &empty],
                None,
                "empty\": the secret is empty",
            ),
            (&["--secret-file", missing], None, "missing\": cannot read "),
            (&["--secret-file", missing, "--secret", SECRET], None, "missing\": cannot read "),
        ] {
            let arguments = [&[command], options].concat();
            let (code, stderr) = ends_before_reading(&arguments, environment);
            assert_eq!(code, 2, "{arguments:?}: {stderr}");
            let notes = stderr.lines().filter(|line| line.starts_with("hooksig: note: "));
            assert_eq!(stderr.lines().count() - notes.count(), 1, "{arguments:?}: {stderr}");
            assert!(stderr.contains(what), "{what}: {stderr}");
            assert!(!stderr.contains(SECRET), "{stderr}");
        }
    }
}

#[test]
fn a_secret_may_look_like_an_option() {
    for secret in ["--json", "-s3cret", "--unknown"] {
        let run = hooksig(&["sign", "--secret", secret, "--http", "--event", "user"], "{}");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        assert_eq!(hooksig(&["verify", "--secret", secret], run.stdout).code, 0);
    }
}

#[cfg(unix)]
#[test]
fn a_secret_may_be_any_bytes() {
    let mut secret = tempfile::NamedTempFile::new().expect("there is room");
    secret.write_all(b"\x00\xff\n\xfe").expect("there is room");
    let path = secret.path().to_str().expect("the path is UTF-8");
    let run = hooksig(&["sign", "--secret-file", path, "--http", "--event", "user"], "{}");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(hooksig(&["verify", "--secret-file", path], run.stdout).code, 0);
}

#[test]
fn signing_takes_one_secret() {
    let run = hooksig(&["sign", "--secret", SECRET, "--secret", "another"], "{}");
    run.assert_unusable("one secret is needed to sign, and 2 were given");
}

#[test]
fn new_secrets_are_random_hex() {
    let mut seen = HashSet::new();
    for (arguments, digits) in [
        (["secret"].as_slice(), 32),
        (&["secret"], 32),
        (&["secret", "--bytes", "16"], 32),
        (&["secret", "--bytes", "33"], 66),
        (&["secret", "--bytes", "1024"], 2048),
    ] {
        let run = hooksig(arguments, "");
        let secret = run.stdout.strip_suffix('\n').expect("a line");
        assert_eq!((run.code, secret.len()), (0, digits));
        assert!(secret.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{secret}");
        assert!(seen.insert(secret.to_owned()));
    }
}
