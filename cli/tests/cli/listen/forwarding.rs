//! `--forward`.

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use hooksig_vectors::SECRET;
use serde_json::{Value, json};

use crate::{
    RECORDED, delivery, edit, field, hooksig,
    near_misses::sign,
    sockets::{Listener, capture},
};

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

/// The next connection has its own, even if the sender covers them.
#[test]
fn fields_of_a_connection_are_not_passed_on() {
    let (url, captured) = capture(1, "204 No Content");
    let listener = Listener::start(&["--now", RECORDED, "--forward", &url]);
    let request = delivery("user-created");
    let signed = [
        ("Date", field(&request, "Date")),
        ("Digest", field(&request, "Digest")),
        ("TE", "trailers"),
        ("X-Any", "kept"),
    ];
    let signature = sign(SECRET.as_bytes(), &["date", "digest", "te", "x-any"], &signed);
    let request = edit(&request, field(&request, "Signature"), &signature);
    let request = edit(&request, "Host:", "TE: trailers\r\nX-Any: kept\r\nHost:");
    assert!(listener.send(request).starts_with("HTTP/1.1 204"));
    let sent = captured.join().expect("it came").remove(0).to_lowercase();
    assert!(sent.contains("\r\nx-any: kept\r\n") && !sent.contains("\r\nte: "), "{sent}");
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
