//! `hooksig listen`.
#![cfg(unix)]

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use hooksig::{Key, Request, Signer, drone};
use hooksig_vectors::{SECRET, deliveries};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::{
    RECORDED, delivery, edit, field, hooksig,
    sockets::{Listener, capture},
};

fn recorded() -> Listener {
    Listener::start(&["--now", RECORDED, "--json"])
}

/// Returns the answer without its date.
fn told(answer: &str) -> Vec<&str> {
    answer.lines().filter(|line| !line.starts_with("date: ")).collect()
}

#[track_caller]
fn trigger(listener: &Listener, secret: &str) -> i32 {
    hooksig(&["trigger", "--secret", secret, "user:created", &listener.url()], "").code
}

/// Returns a current request with this body.
fn signed(body: &str) -> String {
    signed_after(0, body)
}

/// Returns a request with a date `seconds` from now.
fn signed_after(seconds: i64, body: &str) -> String {
    let key = Key::new(SECRET).expect("the secret is not empty");
    let now = std::time::UNIX_EPOCH.elapsed().expect("it is past 1970").as_secs();
    let now = i64::try_from(now).expect("it is not far past 1970");
    let headers = drone::sign(&key, body, now + seconds).expect("it has a date");
    format!(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\nDate: {}\r\nDigest: {}\r\nSignature: {}\r\n\r\n{body}",
        body.len(),
        headers.date(),
        headers.digest(),
        headers.signature(),
    )
}

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
fn the_sender_is_told_no_reason() {
    let mut listener = recorded();
    let request = delivery("user-created");
    let mut answers = Vec::new();
    for (from, to, reason) in [
        ("Signature: ", "X-Signature: ", "missing-signature"),
        ("07:41:31", "07:41:32", "signature-mismatch"),
        ("07:41:31", "06:41:31", "date-too-old"),
        ("\"admin\":false", "\"admin\":true ", "digest-mismatch"),
        ("X-Drone-Event: user", "X-Drone-Event: repo", "event-mismatch"),
        ("X-Drone-Event: user", "X-Drone-Event: user\r\nX-Drone-Event: repo", "event-mismatch"),
    ] {
        answers.push(listener.send(edit(&request, from, to)));
        let entry = listener.json();
        assert_eq!((&entry["reason"], &entry["verdict"]), (&reason.into(), &"invalid".into()));
        // A forged body is not shown.
        assert_eq!((&entry["summary"], &entry["event"]), (&Value::Null, &Value::Null));
    }
    assert!(answers[0].ends_with("\r\n\r\nthe delivery was refused\n"), "{}", answers[0]);
    for answer in &answers {
        assert_eq!(told(answer), told(&answers[0]));
    }
    // None of these was claimed, so the genuine one is still accepted.
    assert!(listener.send(request).starts_with("HTTP/1.1 204"));
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

#[test]
fn strangers_are_answered_before_they_send_a_body() {
    let mut listener = recorded();
    let request = edit(&delivery("user-created"), "07:41:31", "07:41:32");
    let head = request.split_inclusive("\r\n\r\n").next().expect("there is a head");
    for head in [head.to_owned(), edit(head, "Host: ", "Expect: 100-continue\r\nHost: ")] {
        let mut stream = listener.connect();
        stream.write_all(head.as_bytes()).expect("it is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it is answered");
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        assert_eq!(listener.json()["reason"], "signature-mismatch");
    }
}

#[test]
fn senders_read_the_answer_before_their_body_is_read() {
    let listener = Listener::start(&["--max-body", "9000000"]);
    let spoilt = |head: &str| (format!("HTTP/1.1 {}", &head[..3]), head[4..].to_owned());
    for (answer, head) in [
        spoilt("401 POST / HTTP/1.1\r\nSignature: x"),
        spoilt("405 PUT / HTTP/1.1\r\nA: b"),
        spoilt("413 POST / HTTP/1.1\r\nContent-Length: 9000001"),
        spoilt("400 POST / HTTP/1.1\r\nContent-Length : 2"),
        ("HTTP/1.1 431".to_owned(), format!("POST / HTTP/1.1\r\n{}A: b", "A: b\r\n".repeat(100))),
    ] {
        for size in [1_400_000, 5_000_000] {
            let length = format!("Content-Length: {size}\r\n");
            let length = if head.contains("Content-Length: ") { "" } else { &length };
            let mut request = format!("{head}\r\n{length}\r\n").into_bytes();
            request.resize(request.len() + size, b'x');
            let read = (0..20).filter(|_| listener.send(&request).starts_with(&answer)).count();
            assert_eq!(read, 20, "{answer}, {size}");
        }
    }
}

#[test]
fn what_is_drained_has_an_end() {
    let listener = Listener::start(&[]);
    let mut stream = listener.connect();
    stream.write_all(b"POST / HTTP/1.1\r\nContent-Length: 4000000\r\n\r\n").expect("it is taken");
    let start = Instant::now();
    let written = (0..1 << 14).take_while(|_| stream.write_all(&[b'x'; 1 << 14]).is_ok()).count();
    assert!(written << 14 < 100 << 20, "{written}");
    // A slow sender is cut off as well.
    let mut stream = listener.connect();
    stream.write_all(b"POST / HTTP/1.1\r\nContent-Length: 4000000\r\n\r\n").expect("it is taken");
    while stream.write_all(b"x").is_ok() && start.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}

#[test]
fn what_strangers_write_is_cut() {
    for options in [["--json"].as_slice(), &[]] {
        let mut listener = Listener::start(options);
        let name = "\u{9b}".repeat(10_000);
        let signature = format!(
            "keyId=\"a\",algorithm=\"hmac-sha256\",signature=\"a\",headers=\"date digest {name}\""
        );
        let answer = listener.send(format!("POST / HTTP/1.1\r\nSignature: {signature}\r\n\r\n"));
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        let line = listener.line();
        assert!(line.contains("malformed-list") && line.is_ascii(), "{line}");
        assert!(line.len() < 500, "{}", line.len());
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

#[test]
fn what_is_signed_is_passed_on_and_nothing_else() {
    let (url, captured) = capture(1, "202 Accepted");
    let mut listener = Listener::start(&["--now", RECORDED, "--json", "--forward", &url]);
    let request = delivery("user-created");
    let (head, body) = request.split_once("\r\n\r\n").expect("the head ends");
    // Nothing of this is signed, so an observer could make the next receiver refuse the delivery.
    let head = edit(head, "Content-Type: application/json", "Content-Type: text/plain");
    let head = edit(&head, "X-Drone-Event: user\r\n", "");
    let others =
        "Content-Encoding: gzip\r\nX-Any: a\r\nAuthorization: Basic YTpi\r\nConnection: close";
    let changed = format!("{head}\r\n{others}\r\n\r\n{body}");
    let forged = edit(&changed, "\"admin\":false", "\"admin\":true ");
    assert!(listener.send(forged).starts_with("HTTP/1.1 401"));
    assert_eq!(listener.json()["forwarded"], Value::Null);
    assert!(listener.send(&changed).starts_with("HTTP/1.1 202 Accepted\r\n"));
    assert_eq!(listener.json()["forwarded"], json!({"status": 202}));

    let sent = captured.join().expect("it came").remove(0);
    assert!(sent.starts_with("POST /captured?x=y HTTP/1.1\r\n"), "{sent}");
    assert_eq!(crate::body(&sent), body);
    let without = |fields: Vec<String>, names: &[&str]| -> Vec<String> {
        let is_named = |field: &String| names.iter().any(|name| field.starts_with(name));
        fields.into_iter().filter(|field| !is_named(field)).collect()
    };
    let of_server = ["host:", "connection:", "accept-encoding:"];
    assert_eq!(without(fields(&sent), &of_server), without(fields(&request), &of_server));
}

/// Returns the fields of a raw request in alphabetical order, names in lower case.
fn fields(request: &str) -> Vec<String> {
    let head = request.split("\r\n\r\n").next().expect("there is a head");
    let mut fields: Vec<_> = head
        .lines()
        .skip(1)
        .map(|line| {
            let (name, value) = line.split_once(": ").expect("it is a field");
            format!("{}: {value}", name.to_lowercase())
        })
        .collect();
    fields.sort();
    fields
}

#[test]
fn listeners_may_stand_in_a_row() {
    let mut last = Listener::start(&["--json"]);
    let first = Listener::start(&["--forward", &last.url()]);
    let run = hooksig(&["trigger", "--secret", SECRET, "*", &first.url()], "");
    assert_eq!(run.code, 0, "{run:?}");
    for _ in 0..8 {
        assert_eq!(last.json()["verdict"], "valid");
    }
    let (code, lines) = first.stop();
    assert_eq!((code, lines.matches("; forwarded: 204 No Content\n").count()), (Some(0), 8));
}

#[test]
fn a_receiver_that_is_not_there_is_told() {
    let listener = Listener::start(&["--forward", "http://127.0.0.1:1/"]);
    let run = hooksig(&["trigger", "--secret", SECRET, "user:created", &listener.url()], "");
    assert!(run.stdout.contains("502 Bad Gateway"), "{run:?}");
    let (code, lines) = listener.stop();
    assert_eq!(code, Some(0));
    let text = "valid    user:created   ada; not forwarded: the connection was refused; is a receiver listening there?\n";
    assert!(lines.ends_with(text), "{lines}");
}

#[test]
fn bodies_have_a_limit() {
    let mut listener = Listener::start(&["--now", RECORDED, "--json", "--max-body", "363"]);
    let answer = listener.send(delivery("user-created"));
    assert!(answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{answer}");
    let entry = listener.json();
    assert_eq!(entry["reason"], "body-too-large");
    assert!(entry["message"].as_str().is_some_and(|text| text.contains("longer than 363 bytes")));

    let chunked =
        edit(&delivery("user-created"), "Content-Length: 364", "Transfer-Encoding: chunked");
    let head = chunked.split("\r\n\r\n").next().expect("there is a head");
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 16, "x".repeat(1 << 16));
    let answer = listener.send(format!("{head}\r\n\r\n{}", chunk.repeat(20)));
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(listener.json()["reason"], "body-too-large");

    let listener = Listener::start(&["--now", RECORDED, "--max-body", "364"]);
    assert!(listener.send(delivery("user-created")).starts_with("HTTP/1.1 204"));
}

#[test]
fn garbage_does_no_harm() {
    let mut listener = recorded();
    let request = delivery("user-created");
    let head = request.find("\r\n\r\n").expect("the head ends") + 4;
    let noise: Vec<u8> =
        (0..50_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for garbage in [
        b"".as_slice(),
        b"\0\0\0\0",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"{\"event\":\"user\"}",
        &request.as_bytes()[..100],
        &noise,
        &[b"GET / HTTP/1.1\r\n".as_slice(), &b"a: b\r\n".repeat(10_000)].concat(),
        &[b"POST /".as_slice(), &b"a".repeat(1 << 20), b" HTTP/1.1\r\n\r\n"].concat(),
    ] {
        let answer = listener.send(garbage);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    // A truncated body is reported.
    listener.send(&request.as_bytes()[..head + 100]);
    assert_eq!(listener.json()["reason"], "body-unreadable");
    listener.send(edit(&request, "Content-Length: 364", "Transfer-Encoding: chunked"));
    assert_eq!(listener.json()["reason"], "body-unreadable");
    // Requests that are no deliveries are refused.
    for request in
        ["POST / HTTP/1.0\r\n\r\n", "POST http://a/ HTTP/1.1\r\nContent-Length: 0\r\n\r\n"]
    {
        assert!(listener.send(request)["HTTP/1.x ".len()..].starts_with("401"), "{request}");
        assert_eq!(listener.json()["reason"], "missing-signature");
    }
    assert!(listener.send(request).starts_with("HTTP/1.1 204"));
    assert_eq!(listener.json()["verdict"], "valid");
    assert!(!listener.has_ended());
}

#[test]
fn many_come_at_once() {
    let listener = Listener::start(&[]);
    let idle: Vec<_> = (0..100).map(|_| listener.connect()).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let run = hooksig(
                    &["trigger", "--secret", SECRET, "*", &listener.url(), "--count", "25"],
                    "",
                );
                assert_eq!(run.code, 0, "{run:?}");
            });
        }
    });
    drop(idle);
    let (code, lines) = listener.stop();
    assert_eq!((code, lines.lines().count()), (Some(0), 100));
}

#[cfg(target_os = "linux")]
#[test]
fn a_connection_takes_one_file_descriptor() {
    let listener = Listener::start(&[]);
    listener.limit_files(64);
    let idle: Vec<_> = (0..48).map(|_| listener.connect()).collect();
    for mut stream in &idle {
        stream.write_all(b"POST / HTTP/1.1\r\n").unwrap();
    }
    assert!(listener.send(delivery("user-created")).starts_with("HTTP/1.1 401"));
}

#[test]
fn signals_stop_it() {
    for signal in [Signal::INT, Signal::TERM] {
        let listener = Listener::start(&[]);
        // A silent connection does not delay it.
        let _idle = listener.connect();
        assert_eq!(trigger(&listener, SECRET), 0);
        let start = Instant::now();
        listener.signal(signal);
        let (code, lines) = listener.wait();
        assert_eq!((code, lines.lines().count()), (Some(0), 1));
        assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    }
}

#[test]
fn what_was_begun_is_answered() {
    let listener = Listener::start(&["--now", RECORDED]);
    let request = delivery("user-created");
    let (begun, rest) = request.split_at(request.len() - 10);
    let mut stream = listener.connect();
    stream.write_all(begun.as_bytes()).expect("it is taken");
    std::thread::sleep(Duration::from_millis(300));
    listener.signal(Signal::TERM);
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(rest.as_bytes()).expect("it is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it is answered");
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let (code, lines) = listener.wait();
    assert_eq!((code, lines.lines().count()), (Some(0), 1));
}

/// Deliveries are answered even if nobody reads the output; lines that do not fit are counted.
#[test]
fn an_unread_log_stalls_nothing() {
    // More lines than a pipe and the queue hold.
    const DELIVERIES: usize = 1600;
    let listener = Listener::start(&["--json"]);
    let body = format!(r#"{{"event":"user","action":"{}"}}"#, "a".repeat(200));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..DELIVERIES / 4 {
                    let answer = listener.send(signed(&body));
                    assert!(answer.starts_with("HTTP/1.1 "), "{answer}");
                }
            });
        }
    });
    let start = Instant::now();
    listener.signal(Signal::TERM);
    let (code, printed, told) = listener.wait_for_all();
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(code, Some(0));
    let lost = told.strip_prefix("hooksig: ").expect("the loss is told");
    let lost = lost.strip_suffix(" lines were lost: nobody read those before\n").expect("it is");
    let lost: usize = lost.parse().expect("they are counted");
    assert_eq!(printed.lines().count() + lost, DELIVERIES);
}

/// A stopped program ends even if nobody reads its output.
#[test]
fn an_unread_log_does_not_keep_it_running() {
    let listener = Listener::start(&["--json"]);
    for _ in 0..800 {
        assert!(listener.send(signed("{}")).starts_with("HTTP/1.1 "));
    }
    let start = Instant::now();
    listener.signal(Signal::TERM);
    assert_eq!(listener.wait_unread(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}

/// Starts a receiver that accepts a delivery and never answers.
fn silent_receiver() -> (String, std::sync::mpsc::Receiver<std::net::TcpStream>) {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let url = format!("http://{}/", silent.local_addr().expect("it has one"));
    let (asked, streams) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        silent.incoming().flatten().try_for_each(|stream| asked.send(stream))
    });
    (url, streams)
}

const ABANDONED: &str =
    "valid    user:created   octocat; not forwarded: listen was stopped before an answer came\n";

#[test]
fn a_delivery_that_is_being_forwarded_is_told_at_the_end() {
    let (url, asked) = silent_receiver();
    let listener = Listener::start(&["--now", RECORDED, "--forward", &url]);
    let mut stream = listener.connect();
    stream.write_all(delivery("user-created").as_bytes()).expect("it is taken");
    let _held = asked.recv_timeout(Duration::from_secs(10)).expect("it is forwarded");
    let start = Instant::now();
    let (code, lines) = listener.stop();
    assert!(start.elapsed() < Duration::from_secs(9), "{:?}", start.elapsed());
    assert_eq!(code, Some(0));
    assert!(lines.ends_with(ABANDONED), "{lines}");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it is answered");
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
}

/// The delivery is claimed, so its line appears even if its sender breaks the connection.
#[test]
fn a_delivery_whose_sender_hangs_up_is_told() {
    let (url, asked) = silent_receiver();
    let mut listener = Listener::start(&["--now", RECORDED, "--forward", &url]);
    let mut stream = listener.connect();
    // Because of an unread byte, the end of the connection is a reset.
    stream.write_all(format!("{}x", delivery("user-created")).as_bytes()).expect("it is taken");
    let mut held = asked.recv_timeout(Duration::from_secs(10)).expect("it is forwarded");
    reset(stream);
    std::thread::sleep(Duration::from_millis(300));
    held.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").expect("it still waits");
    let line = listener.line();
    assert!(line.ends_with("octocat; forwarded: 204 No Content"), "{line}");
}

/// Closes a connection so that the other side sees a reset.
fn reset(stream: std::net::TcpStream) {
    rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).expect("it is open");
}

#[test]
fn a_port_without_a_host_is_one_of_localhost() {
    for address in ["0", ":0"] {
        let listener = Listener::start_at(address, &[]);
        let is_local = |host| listener.address.starts_with(host);
        assert!(is_local("127.0.0.1:") || is_local("[::1]:"), "{}", listener.address);
        assert!(listener.send("GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405"));
    }
}

#[test]
fn what_cannot_be_begun_is_told() {
    hooksig(&["listen", "127.0.0.1:0"], "").assert_unusable("no secret was given");
    let listen =
        |options: &[&str]| hooksig(&[&["listen", "--secret", SECRET], options].concat(), "");
    let taken = Listener::start(&[]);
    listen(&[&taken.address]).assert_unusable("cannot listen on \"127.0.0.1:");
    listen(&["localhost"]).assert_unusable("cannot listen on \"localhost\": ");
    listen(&["127.0.0.1:0", "--require", ""]).assert_unusable("--require");
    listen(&["127.0.0.1:0", "--forward", "/hook"])
        .assert_unusable("--forward: cannot send to this URL");
}
