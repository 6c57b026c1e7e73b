//! Senders of long bodies that are refused early.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use hooksig_vectors::SECRET;

use crate::{Server, edit, now, object, signed, signed_at};

/// Sends a whole request, then reads the answer, as simple clients do.
fn answer_after_sending(address: SocketAddr, request: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    stream.write_all(request)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn refused_senders_of_long_bodies_read_the_answer() {
    let server = Server::start(|layer| layer);
    for (length, change, status) in [
        (1_400_000, ("Signature: ", "X-Signature: "), "401"),
        (5_000_000, ("Signature: ", "X-Signature: "), "401"),
        (5_000_000, ("POST ", "PUT "), "405"),
        // Genuine, and longer than the limit.
        (1_400_000, ("Host: a", "Host: b"), "413"),
        (5_000_000, ("Host: a", "Host: b"), "413"),
    ] {
        let request = edit(&signed(&object(length)), change.0, change.1);
        let start = format!("HTTP/1.1 {status} ");
        let answered = (0..100).filter(|_| {
            answer_after_sending(server.address, request.as_bytes())
                .is_ok_and(|answer| answer.starts_with(&start) && answer.ends_with("refused\n"))
        });
        let answered = answered.count();
        assert!(answered >= 99, "{length} bytes, {status}: {answered} of 100");
    }
}

/// A sender that got 100 Continue is not cut off either.
#[test]
fn a_refusal_after_100_continue_drains() {
    let server = Server::start(|layer| layer);
    let body = object(5_000_000);
    let head = signed_at(now(), SECRET, "Transfer-Encoding: chunked", &body);
    let head = edit(&head, "Host: a", "Expect: 100-continue\r\nHost: a");
    for _ in 0..20 {
        let mut stream = TcpStream::connect(server.address).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("it is not zero");
        stream.write_all(head.as_bytes()).expect("it is taken");
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).expect("it is answered");
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
        stream.write_all(chunk.as_bytes()).expect("it is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it is answered");
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
}

#[test]
fn draining_ends() {
    let server = Server::start(|layer| layer);
    let start = Instant::now();
    // A silent sender is answered after five seconds.
    let head = signed_at(now(), SECRET, "Content-Length: 100000", "{}");
    let answer = server.send(edit(&head, "Signature: ", "X-Signature: "));
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let took = start.elapsed();
    assert!((4..8).contains(&took.as_secs()), "{took:?}");

    // A sender that never stops is cut off.
    let head = signed_at(now(), SECRET, "Content-Length: 1000000000000", "{}");
    let head = edit(&head, "Signature: ", "X-Signature: ");
    let mut stream = TcpStream::connect(server.address).expect("it listens");
    stream.write_all(head.as_bytes()).expect("it is taken");
    let chunk = vec![b'x'; 1 << 20];
    let sent = (0..100).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    assert!((8..50).contains(&sent), "{sent} MiB");
}
