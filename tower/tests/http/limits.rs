//! Bodies that are too long or end too early, and a full guard.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    thread,
    time::Duration,
};

use hooksig::Error;
use hooksig_tower::{DEFAULT_MAX_BODY, MemoryStore, Refusal};
use hooksig_vectors::SECRET;

use crate::{Server, edit, now, object, signed, signed_at};

/// Returns a current request in chunks of `size`.
pub(crate) fn chunked(body: &str, size: usize) -> String {
    let mut request = signed_at(now(), SECRET, "Transfer-Encoding: chunked", body);
    for chunk in body.as_bytes().chunks(size) {
        let chunk = str::from_utf8(chunk).expect("it is ASCII");
        request += &format!("{:x}\r\n{chunk}\r\n", chunk.len());
    }
    request + "0\r\n\r\n"
}

#[test]
fn bodies_have_a_limit() {
    let server = Server::start(|layer| layer.max_body(1000));
    let (fits, too_long) = (object(1000), object(1001));
    for (request, accepted) in [
        (signed(&fits), true),
        (signed(&too_long), false),
        (chunked(&fits, 1), false), // The first was this one.
        (chunked(&too_long, 7), false),
        (chunked(&too_long, 2000), false),
    ] {
        let answer = server.send(request);
        assert_eq!(answer.starts_with("HTTP/1.1 200 "), accepted, "{answer}");
    }
    let max = Refusal::BodyTooLarge;
    let replayed = Refusal::Invalid(Error::Replayed);
    assert_eq!(server.refused(), [max.clone(), replayed, max.clone(), max]);

    let (answer, _) = server.refusal(signed(&too_long));
    assert!(answer.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nthe delivery was refused\n"), "{answer}");
}

#[test]
fn large_bodies_are_put_back_whole() {
    let server = Server::start(|layer| layer);
    let body = object(DEFAULT_MAX_BODY - 1);
    for request in [chunked(&body, 1000), signed(&(body.clone() + " "))] {
        assert!(server.send(request).starts_with("HTTP/1.1 200 "), "{:?}", server.refused());
    }
    assert_eq!(server.passed()[0].1, body.as_bytes());
    let longer = body + &" ".repeat(100);
    assert_eq!(server.refusal(signed(&longer)).1.reason(), "body-too-large");
}

/// Without the secret nobody learns that a body is too long, or makes the layer wait for one.
#[test]
fn the_head_is_judged_before_the_body() {
    let server = Server::start(|layer| layer.max_body(10));
    for request in [signed(&"x".repeat(50_000)), chunked(&"x".repeat(50_000), 100)] {
        let unsigned = edit(&request, "Signature: ", "X-Signature: ");
        let (answer, refusal) = server.refusal(unsigned);
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
        assert_eq!(refusal, Refusal::Invalid(Error::MissingSignature));
    }
    let head = signed_at(now(), SECRET, "Content-Length: 1000000", "x");
    let asking = edit(&head, "Host: a", "Expect: 100-continue\r\nHost: a");
    let unsigned = edit(&asking, "Signature: ", "X-Signature: ");
    let (answer, _) = server.refusal(unsigned);
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

/// An announced length is neither waited for nor allocated.
#[test]
fn a_length_beyond_all_bounds_is_refused_at_once() {
    let server = Server::start(|layer| layer);
    for length in [DEFAULT_MAX_BODY as u64 + 1, 1 << 50, 1 << 62] {
        let head = signed_at(now(), SECRET, &format!("Content-Length: {length}"), "x");
        let asking = edit(&head, "Host: a", "Expect: 100-continue\r\nHost: a");
        let (answer, refusal) = server.refusal(asking);
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert_eq!(refusal, Refusal::BodyTooLarge);
    }
}

/// A sender that is still sending gets the answer, and can reuse its connection.
#[test]
fn the_body_of_what_is_refused_is_read_over() {
    let server = Server::start(|layer| layer);
    let body = "x".repeat(30_000);
    let request = edit(&signed(&body), "Signature: ", "X-Signature: ");
    let request = edit(&request, "Connection: close\r\n", "");
    let (head, body) = request.split_at(request.len() - body.len());
    let mut stream = TcpStream::connect(server.address).expect("it listens");
    stream.write_all(head.as_bytes()).expect("it is taken");
    thread::sleep(Duration::from_millis(300));
    stream.write_all(body.as_bytes()).expect("it is taken");
    stream.write_all(signed("{}").as_bytes()).expect("it is taken");
    let mut answers = String::new();
    stream.read_to_string(&mut answers).expect("it is answered");
    assert_eq!(answers.matches("HTTP/1.1 401 ").count(), 1, "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 1, "{answers}");
}

#[test]
fn senders_that_ask_first_are_told_to_go_on() {
    let server = Server::start(|layer| layer);
    let request = edit(&signed("{}"), "Host: a", "Expect: 100-continue\r\nHost: a");
    let answer = server.send(request);
    assert!(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"), "{answer}");
}

#[test]
fn a_body_that_breaks_off_is_told() {
    let server = Server::start(|layer| layer);
    for request in [signed("{    }"), chunked("{    }", 2)] {
        let mut stream = TcpStream::connect(server.address).expect("it listens");
        stream.write_all(&request.as_bytes()[..request.len() - 3]).expect("it is taken");
        stream.shutdown(Shutdown::Write).expect("it is open");
        let _ = stream.read_to_end(&mut Vec::new());
        assert_eq!(server.refused(), [Refusal::BodyUnreadable]);
        assert_eq!(Refusal::BodyUnreadable.status(), 400);
    }
    assert!(server.passed().is_empty());
}

#[test]
fn a_guard_without_room_refuses() {
    let store = MemoryStore::new(2);
    let server = Server::start(|layer| layer.replay_store(store).expect("it is large enough"));
    for body in ["{}", "{} "] {
        assert!(server.send(signed(body)).starts_with("HTTP/1.1 200 "));
    }
    let (answer, refusal) = server.refusal(signed("{}  "));
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert_eq!(refusal, Refusal::Invalid(Error::ReplayGuardFull));
    let (answer, refusal) = server.refusal(edit(&signed("{}   "), "{}   ", "{}  \t"));
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert_eq!(refusal, Refusal::Invalid(Error::DigestMismatch));
}

#[test]
fn many_at_once_are_taken_once_each() {
    let server = Server::start(|layer| layer);
    let requests: Vec<_> = (0..20).map(|n| signed(&format!("{{\"n\":{n}}}"))).collect();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| requests.iter().for_each(|request| drop(server.send(request))));
        }
    });
    assert_eq!((server.passed().len(), server.refused().len()), (20, 60));
}

#[test]
fn connections_that_end_do_no_harm() {
    let server = Server::start(|layer| layer);
    for bytes in ["", "POST", "POST / HTTP/1.1\r\n", "\0", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"] {
        let mut stream = TcpStream::connect(server.address).expect("it listens");
        stream.write_all(bytes.as_bytes()).expect("it is taken");
    }
    assert!(server.send(signed("{}")).starts_with("HTTP/1.1 200 "));
}
