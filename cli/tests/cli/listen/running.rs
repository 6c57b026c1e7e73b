//! Start, load and end.

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use hooksig_vectors::SECRET;
use rustix::process::Signal;

use super::{signed, trigger};
use crate::{RECORDED, delivery, hooksig, sockets::Listener};

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
        let (code, lines, told) = listener.wait_for_all();
        assert_eq!((code, lines.lines().count()), (Some(0), 1));
        assert_eq!(told, "hooksig: 1 request: 1 valid, 0 invalid\n");
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

/// Deliveries are answered even if nobody reads the output; lines that do not fit are counted, and the
/// totals follow.
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
    // The queue is still full when the totals are added.
    std::thread::sleep(Duration::from_millis(200));
    let (code, printed, told) = listener.wait_for_all();
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    assert_eq!(code, Some(0));
    let lost = told.strip_prefix("hooksig: ").expect("the loss is told");
    let (lost, totals) = lost
        .split_once(" lines were lost, because those before were not read in time\n")
        .expect("it is");
    let lost: usize = lost.parse().expect("they are counted");
    assert!(totals.starts_with(&format!("hooksig: {DELIVERIES} requests: ")), "{totals}");
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
