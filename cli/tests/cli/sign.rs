//! `hooksig sign`.

use hooksig_vectors::{SECRET, deliveries};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{RECORDED, Run, body, delivery, field, hooksig, verify, write};

#[track_caller]
fn sign(body: &str, options: &[&str]) -> Run {
    hooksig(&[&["sign", "--secret", SECRET, "--now", RECORDED], options].concat(), body)
}

/// Returns the recorded deliveries of a server; drone-go's client covers other headers.
fn server_deliveries() -> impl Iterator<Item = String> {
    let names = deliveries().into_iter().map(|(name, _)| name);
    names.filter(|name| !name.starts_with("drone-go-client")).map(|name| delivery(&name))
}

#[test]
fn every_recorded_delivery_is_reproduced_to_the_byte() {
    let mut count = 0;
    for recorded in server_deliveries() {
        let run = sign(body(&recorded), &[]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        let names =
            ["Content-Length", "Content-Type", "Date", "Digest", "Signature", "X-Drone-Event"];
        let lines = names.map(|name| format!("{name}: {}\n", field(&recorded, name)));
        assert_eq!(run.stdout, lines.concat());

        let url = "http://receiver.test/hooks/drone?src=ci";
        assert_eq!(sign(body(&recorded), &["--http", "--url", url]).stdout, recorded);
        count += 1;
    }
    assert_eq!(count, 9);
}

#[test]
fn what_is_signed_verifies() {
    for body in ["", "{}", "not JSON", "{\"event\":\"user\"}", "\u{0}\r\n\r\n\u{1f600}"] {
        for options in [["--http"].as_slice(), &["--http", "--url", "https://[::1]:8443/a?b=c"]] {
            let signed = sign(body, options);
            let run = verify(signed.stdout.as_str(), &[]);
            assert_eq!(run.code, 0, "{body:?}: {signed:?} {run:?}");
        }
    }
    // Now, by both clocks.
    let signed = hooksig(&["sign", "--secret", SECRET, "--http"], "{\"event\":\"user\"}");
    assert_eq!(hooksig(&["verify", "--secret", SECRET, "--max-skew", "60"], signed.stdout).code, 0);
}

#[test]
fn the_event_is_the_bodys_or_the_one_given() {
    let event = |run: Run| {
        run.stdout.lines().find_map(|line| line.strip_prefix("X-Drone-Event: ").map(str::to_owned))
    };
    let body = r#"{"event":"build","action":"created"}"#;
    assert_eq!(event(sign(body, &[])).as_deref(), Some("build"));
    assert_eq!(event(sign(body, &["--event", "build"])).as_deref(), Some("build"));
    sign(body, &["--event", "user"]).assert_unusable(
        "--event user: the event of the body is \
                                                      build",
    );
    assert_eq!(event(sign("{}", &["--event", "repo"])).as_deref(), Some("repo"));
    assert_eq!(event(sign("text", &["--event", "repo"])).as_deref(), Some("repo"));

    let run = sign("{}", &[]);
    assert_eq!((run.code, run.stderr.lines().count()), (0, 1));
    assert!(run.stderr.contains("X-Drone-Event is left out; --event adds it"), "{run:?}");
    assert_eq!(event(run), None);

    for forged in ["", "a b", "user\r\nX: y", "\u{e9}"] {
        sign("{}", &["--event", forged]).assert_unusable("cannot be the value of X-Drone-Event");
    }
    sign("{\"event\":\"\u{9b}\"}", &[]).assert_unusable("`\\u{9b}` cannot be the value");
}

#[test]
fn json_holds_the_fields() {
    let recorded = delivery("repo-enabled");
    let run = sign(body(&recorded), &["--json"]);
    let object: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    let names = ["Content-Length", "Content-Type", "Date", "Digest", "Signature", "X-Drone-Event"];
    assert_eq!(object.as_object().map(|object| object.len()), Some(names.len()));
    for name in names {
        assert_eq!(object[name], json!(field(&recorded, name)));
    }
}

#[test]
fn urls_that_cannot_be_sent_to_are_told() {
    for (url, what) in [
        ("/hook", "this is not a URL"),
        ("http://octocat:password@local host/", "this is not a URL"),
        ("ftp://localhost/", "does not begin with http://"),
        ("http://octocat:password@localhost:99999/", "port is invalid"),
    ] {
        let run = sign("{}", &["--http", "--url", url]);
        run.assert_unusable(what);
        assert!(!run.stderr.contains("password"), "{run:?}");
    }
    for (url, target, host) in [
        ("http://localhost", "/", "localhost"),
        ("localhost:80", "/", "localhost:80"),
        (":3000/hook", "/hook", "localhost:3000"),
        ("http://localhost?x=y", "/?x=y", "localhost"),
        ("HTTPS://localhost:8443/a%20b#c", "/a%20b", "localhost:8443"),
    ] {
        let run = sign("{}", &["--http", "--url", url, "--event", "user"]);
        let head = format!("POST {target} HTTP/1.1\r\nHost: {host}\r\n");
        assert!(run.stdout.starts_with(&head), "{run:?}");
    }
}

#[test]
fn what_cannot_be_signed_is_told() {
    hooksig(&["sign", "--secret", SECRET, "no-such-file"], "").assert_unusable("no-such-file");
    let late = ["sign", "--secret", SECRET, "--now", "253402300800"];
    hooksig(&late, "{}").assert_unusable("--now 253402300800: the time has no HTTP-date");
}

/// A shell passes curl the intended words.
#[cfg(unix)]
#[test]
fn the_curl_command_survives_a_shell() {
    let folder = TempDir::new().expect("there is room");
    let file = write(&folder, "it's $HOME `x`.json", body(&delivery("user-created")));
    let options = ["--curl", "--url", "http://localhost:1/a'b?c=$d&e[]=f", &file];
    let command = sign("", &options).stdout;
    // A function instead of curl, which prints its words.
    let script = format!("curl() {{ printf '%s\\n' \"$@\"; }}\n{command}");
    let output = std::process::Command::new("sh").args(["-c", &script]).output().expect("sh runs");
    let recorded = delivery("user-created");
    let header = |name| format!("--header\n{name}: {}\n", field(&recorded, name));
    let expected = [
        "--globoff\n".to_owned(),
        header("Content-Type"),
        header("Date"),
        header("Digest"),
        header("Signature"),
        header("X-Drone-Event"),
        format!("--data-binary\n@{file}\nhttp://localhost:1/a'b?c=$d&e[]=f\n"),
    ];
    assert_eq!(String::from_utf8(output.stdout).expect("it is UTF-8"), expected.concat());

    let stdin = sign("{}", &["--curl", "--event", "user"]).stdout;
    assert!(stdin.ends_with("--data-binary '@-' \\\n  'http://localhost/'\n"), "{stdin}");
}
