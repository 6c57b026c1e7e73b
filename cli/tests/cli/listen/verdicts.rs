//! Verdicts, their lines, and what uses a delivery up.

use std::time::{Duration, Instant};

use hooksig::{Key, Request, Signer};
use hooksig_vectors::{SECRET, deliveries};
use serde_json::json;

use super::{recorded, signed, signed_after, trigger};
use crate::{RECORDED, delivery, edit, field, sockets::Listener};

#[test]
fn recorded_deliveries_are_valid_once() {
    let mut listener = Listener::start(&["--now", RECORDED]);
    for (name, request) in deliveries() {
        if name == "build-updated-large" {
            continue;
        }
        let answer = listener.send(&request);
        assert!(answer.starts_with("HTTP/1.1 204 No Content\r\n"), "{name}: {answer}");
        let line = listener.line();
        assert!(line.contains("Z  valid    "), "{line}");
        let answer = listener.send(&request);
        assert!(answer.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{name}: {answer}");
        assert!(
            listener.line().ends_with("Z  invalid  replayed: the delivery was accepted before")
        );
    }
    listener.send(delivery("build-updated-large"));
    let line = listener.line();
    let text = "valid    build:updated  octocat/hello-world #9 failure, push to master by octocat";
    assert_eq!(&line["07:41:31Z  ".len()..], text);
}

#[test]
fn summaries_say_who_and_what() {
    let mut listener = Listener::start(&["--now", RECORDED]);
    for (name, summary) in [
        ("user-created", "user:created   octocat"),
        ("repo-enabled", "repo:enabled   octocat/hello-world, by octocat"),
        (
            "build-created",
            "build:created  octocat/hello-world #9 pending, push to master by octocat",
        ),
    ] {
        listener.send(delivery(name));
        let line = listener.line();
        assert!(line.ends_with(&format!("  valid    {summary}")), "{line}");
    }
    for (body, summary) in [
        ("{}", "no event       (not a Drone body)"),
        ("{\"event\":\"user\"}", "user           (not a Drone body)"),
        (
            "{\"event\":\"user\",\"user\":{\"login\":\"\\u001b[2J\u{9b}\"}}",
            "user           \\x1b[2J\\u{9b}",
        ),
        ("{\"event\":\"build\",\"action\":\"a\",\"build\":{}}", "build:a        ? #? of no status"),
        ("{\"event\":\"build\",\"build\":{\"number\":\"9\"}}", "build          (not a Drone body)"),
    ] {
        let mut listener = Listener::start(&[]);
        assert!(listener.send(signed(body)).starts_with("HTTP/1.1 204"));
        let line = listener.line();
        assert!(line.ends_with(&format!("  valid    {summary}")), "{line}");
    }
}

#[test]
fn json_holds_all_that_is_known() {
    let mut listener = recorded();
    listener.send(delivery("build-created"));
    let mut entry = listener.json();
    let time = entry["time"].take().as_i64();
    assert!(time.is_some_and(|time| time > 1_700_000_000), "{time:?}");
    let expected = json!({
        "time": null,
        "verdict": "valid",
        "reason": "ok",
        "message": "build:created, signed 0 s ago with secret 1 of 1, covers date digest",
        "key_index": 0,
        "key_id": "hmac-key",
        "date": 1795419691,
        "expires": 1795419991,
        "covered": ["date", "digest"],
        "event": "build",
        "action": "created",
        "summary": "octocat/hello-world #9 pending, push to master by octocat",
        "forwarded": null,
    });
    assert_eq!(entry, expected);
}

#[test]
fn only_a_post_uses_a_delivery_up() {
    let mut listener = recorded();
    let request = delivery("user-created");
    for method in ["GET", "PUT", "HEAD", "OPTIONS", "POSTS", "post"] {
        let answer = listener.send(edit(&request, "POST ", &format!("{method} ")));
        assert!(
            answer.starts_with("HTTP/1.1 405 Method Not Allowed\r\nallow: POST\r\n"),
            "{answer}"
        );
        assert_eq!(listener.json()["reason"], "method-not-allowed");
    }
    assert!(listener.send(request).starts_with("HTTP/1.1 204"));
}

#[test]
fn at_both_ends_of_the_window_a_delivery_is_accepted_once() {
    const ROUNDS: usize = 20;
    let listener = Listener::start(&[]);
    listener.ignore_lines();
    let body = |round| format!("{{\"event\":\"user\",\"round\":{round}}}");
    // The first become valid soon, the others stay valid for a little while.
    let sent: Vec<_> = (0..2 * ROUNDS)
        .map(|round| signed_after(if round < ROUNDS { 302 } else { -298 }, &body(round)))
        .collect();
    let end = Instant::now() + Duration::from_secs(5);
    let replay = || {
        let mut accepted = vec![0; sent.len()];
        while Instant::now() < end {
            for (request, accepted) in sent.iter().zip(&mut accepted) {
                *accepted += usize::from(listener.send(request).starts_with("HTTP/1.1 204"));
            }
        }
        accepted
    };
    let mut accepted = vec![0; sent.len()];
    std::thread::scope(|scope| {
        let replays: Vec<_> = (0..4).map(|_| scope.spawn(replay)).collect();
        for replay in replays {
            let counts = replay.join().expect("it ends");
            accepted.iter_mut().zip(counts).for_each(|(accepted, count)| *accepted += count);
        }
    });
    assert_eq!(accepted, vec![1; sent.len()]);
}

#[test]
fn without_a_guard_a_delivery_is_accepted_again() {
    let mut listener = Listener::start(&["--now", RECORDED, "--json", "--no-replay-guard"]);
    for _ in 0..3 {
        assert!(listener.send(delivery("user-created")).starts_with("HTTP/1.1 204"));
        assert_eq!(listener.json()["verdict"], "valid");
    }
}

#[test]
fn a_malformed_body_is_refused_and_not_claimed() {
    let mut listener = Listener::start(&["--json"]);
    for body in ["[]", "", "{\"event\":1}", "{\"event\":\"user\"", "\u{feff}{}"] {
        assert!(listener.send(signed(body)).starts_with("HTTP/1.1 401"), "{body}");
        assert_eq!(listener.json()["reason"], "malformed-body", "{body}");
    }
}

/// Returns a request over `(request-target) date digest host`.
fn signed_with_target(target: &str, hosts: &[&str], sent_target: &str) -> String {
    let key = Key::new(SECRET).expect("the secret is not empty");
    let of_drone = signed("{}");
    let (date, digest) = (field(&of_drone, "Date"), field(&of_drone, "Digest"));
    let mut headers = vec![("Date", date), ("Digest", digest)];
    headers.extend(hosts.iter().map(|host| ("Host", *host)));
    let request = Request::new("POST", target, headers.as_slice());
    let list = ["(request-target)", "date", "digest", "host"];
    let mut room = [0; 400];
    let signature = Signer::new(&key, "hmac-key").and_then(|signer| {
        signer
            .sign(&request, list.as_slice(), &mut room)
            .map(|value| String::from_utf8_lossy(value).into_owned())
    });
    let signature = signature.expect("it can be signed");
    let hosts: String = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
    format!(
        "POST {sent_target} HTTP/1.1\r\n{hosts}Content-Length: 2\r\nDate: {date}\r\nDigest: {digest}\r\nSignature: {signature}\r\n\r\n{{}}"
    )
}

#[test]
fn a_covered_target_or_host_is_the_one_received() {
    let mut listener = Listener::start(&["--json", "--no-replay-guard"]);
    for target in
        ["/hook", "/hook#x", "/hook?a=%00&b", "http://a/hook", "HTTP://a/hook", "http://a", "*"]
    {
        let answer = listener.send(signed_with_target(target, &["a"], target));
        assert!(answer.starts_with("HTTP/1.1 204"), "{target}: {}", listener.line());
        assert_eq!(listener.json()["verdict"], "valid", "{target}");
    }
    for (signed, sent) in [
        ("/hook", "/hook#x"),
        ("/hook#x", "/hook"),
        ("/hook", "http://a/hook"),
        ("http://a/hook", "/hook"),
        ("http://a/", "http://a"),
        ("http://a/hook", "HTTP://a/hook"),
    ] {
        let answer = listener.send(signed_with_target(signed, &["a"], sent));
        assert!(answer.starts_with("HTTP/1.1 401"), "{signed}, {sent}");
        assert_eq!(listener.json()["reason"], "signature-mismatch", "{signed}, {sent}");
    }
    let request = signed_with_target("http://a/hook", &["a"], "http://a/hook");
    for (from, to) in [("POST http://a/", "POST http://b/"), ("Host: a", "Host: a\r\nHost: a")] {
        let answer = listener.send(edit(&request, from, to));
        assert!(answer.starts_with("HTTP/1.1 401"), "{to}");
        assert_eq!(listener.json()["reason"], "host-mismatch", "{to}");
    }
}

#[test]
fn several_secrets_are_taken() {
    let mut listener = Listener::start_with(&["--json", "--secret", "new", "--secret", "old"]);
    for (secret, code) in [("new", 0), ("old", 0), ("another", 1)] {
        assert_eq!(trigger(&listener, secret), code);
        let entry = listener.json();
        let index = ["new", "old"].iter().position(|known| *known == secret);
        assert_eq!(entry["key_index"].as_u64(), index.map(|index| index as u64));
    }
}
