//! The whole receiver of `examples/axum.rs`.
#![cfg(unix)]

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::PathBuf,
    process::{Child, ChildStderr, Command, Stdio},
    thread,
    time::Duration,
};

use hooksig_vectors::deliveries;
use tempfile::TempDir;

use crate::{edit, object, send, signed_with};

/// A running example.
struct Example {
    child: Child,
    log: BufReader<ChildStderr>,
    address: SocketAddr,
    _secrets: TempDir,
}

/// Returns the program of an example, which `cargo test` builds beside the tests.
pub(crate) fn program(example: &str) -> PathBuf {
    let tests = env::current_exe().expect("it has a path");
    let folder = tests.ancestors().nth(2).expect("it lies in two folders");
    folder.join("examples").join(example)
}

fn command() -> Command {
    Command::new(program("axum"))
}

impl Example {
    fn start() -> Self {
        let secrets = TempDir::new().expect("there is room");
        let paths = [("new", "\n"), ("old", "\r\n")].map(|(secret, end)| {
            let path = secrets.path().join(secret);
            fs::write(&path, format!("{secret}{end}")).expect("it can be written");
            path
        });
        let mut child = command()
            .arg("127.0.0.1:0")
            .args(paths)
            .stderr(Stdio::piped())
            .spawn()
            .expect("`cargo test` without a filter for targets builds it");
        let mut log = BufReader::new(child.stderr.take().expect("it is a pipe"));
        let mut line = String::new();
        log.read_line(&mut line).expect("it is UTF-8");
        let address = line.trim_end().rsplit(' ').next().and_then(|text| text.parse().ok());
        let address = address.unwrap_or_else(|| panic!("no address: {line}"));
        Self { child, log, address, _secrets: secrets }
    }

    fn send(&self, request: impl AsRef<[u8]>) -> String {
        send(self.address, request)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.log.read_line(&mut line).expect("it is UTF-8");
        line
    }

    fn terminate(&self) {
        let status = Command::new("kill").arg(self.child.id().to_string()).status();
        assert!(status.expect("kill runs").success());
    }

    /// Returns the exit code once it has ended, and the rest of its log.
    fn wait(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).expect("it is UTF-8");
        (self.child.wait().expect("it ends").code(), rest)
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_example_takes_what_is_genuine() {
    let mut example = Example::start();
    for (name, delivery) in deliveries() {
        let delivery = String::from_utf8(delivery).expect("it is UTF-8");
        let body = delivery.split_once("\r\n\r\n").expect("the head ends").1;
        let request = signed_with(if name == "build-created" { "old" } else { "new" }, body);
        let answer = example.send(&request);
        assert!(answer.starts_with("HTTP/1.1 204 "), "{name}: {answer}");
        let line = example.line();
        assert!(line.contains("received event="), "{name}: {line}");
        if name == "build-created" {
            let what =
                r#"event="build" action="created" repo="octocat/hello-world" build=9 secret=1"#;
            assert!(line.contains(what), "{line}");
        }
        assert!(example.send(&request).starts_with("HTTP/1.1 401 "), "{name}");
        assert!(example.line().contains("the delivery was accepted before"));
    }
    let request = signed_with("new", "{}");
    let answer = example.send(edit(&request, "Signature: ", "X-Signature: "));
    assert!(answer.ends_with("\r\n\r\nthe delivery was refused\n"), "{answer}");
    let line = example.line();
    assert!(line.contains("WARN") && line.contains("reason=\"missing-signature\""), "{line}");
    assert!(!line.contains('\u{1b}'), "{line}");

    let answer = example.send(signed_with("new", &object(3 << 20)));
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    example.line();
    example.send(signed_with("new", &object((4 << 20) + 1)));
    assert!(example.line().contains("body-too-large"));

    example.terminate();
    let (code, log) = example.wait();
    assert_eq!((code, log.lines().count()), (Some(0), 1), "{log}");
}

#[test]
fn the_example_answers_what_was_begun() {
    let example = Example::start();
    // A silent connection does not delay it.
    let _idle = TcpStream::connect(example.address).expect("it listens");
    let mut stream = TcpStream::connect(example.address).expect("it listens");
    let request = signed_with("new", "{}");
    let (begun, rest) = request.split_at(request.len() - 1);
    stream.write_all(begun.as_bytes()).expect("it is taken");
    thread::sleep(Duration::from_millis(300));
    example.terminate();
    thread::sleep(Duration::from_millis(300));
    stream.write_all(rest.as_bytes()).expect("it is taken");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it is answered");
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    assert_eq!(example.wait().0, Some(0));
}

#[test]
fn the_example_tells_what_it_lacks() {
    for (arguments, what) in [
        ([].as_slice(), "usage: axum ADDRESS SECRET_FILE..."),
        (&["127.0.0.1:0"], "NoKeys"),
        (&["127.0.0.1:0", "no-such-file"], "no-such-file: "),
        (&["127.0.0.1:0", "/dev/null"], "/dev/null: "),
    ] {
        let output = command().args(arguments).output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains(what), "{text}");
    }
}
