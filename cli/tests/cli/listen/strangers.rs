//! Senders without the secret.

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::recorded;
use crate::{RECORDED, delivery, edit, sockets::Listener};

/// Returns the answer without its date.
fn told(answer: &str) -> Vec<&str> {
    answer.lines().filter(|line| !line.starts_with("date: ")).collect()
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
