//! Requests to Drone's extensions: `sample`, `sign`, `trigger` and `listen`.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    thread,
};

use hooksig_vectors::{SECRET, extension_requests, folder, server_requests};
use serde_json::{Value, json};

use crate::{
    Run, body, delivery, edit, field, hooksig,
    sockets::{Listener, capture},
    verify,
};

const ALL: [&str; 7] =
    ["admission", "config", "convert", "environ", "registry", "secret", "validate"];

#[track_caller]
fn trigger(pattern: &str, url: &str, options: &[&str]) -> Run {
    hooksig(&[&["trigger", "--secret", SECRET, pattern, url], options].concat(), "")
}

/// A recorded request: its kind, its bytes and its secret.
struct Recorded {
    kind: String,
    request: String,
    secret: String,
}

/// Returns the requests of a real server, then those of `drone-go`'s clients.
fn recorded() -> Vec<Recorded> {
    let of_server = server_requests().into_iter().filter_map(|(name, request)| {
        let name = name.strip_prefix("extension-")?;
        let (kind, secret) = match name {
            "register" => ("admission", "admission"),
            "config" => ("config", "yaml"),
            other => (other, other),
        };
        let file = format!("deliveries/server-2.28.1/extension-{secret}.secret");
        let secret = fs::read_to_string(folder().join(file)).expect("it is there");
        Some((kind.to_owned(), request, secret.trim_end().to_owned()))
    });
    let of_client = extension_requests().into_iter().map(|(name, request)| {
        let kind = name.strip_prefix("extension-").expect("it is one").to_owned();
        (kind, request, SECRET.to_owned())
    });
    let all: Vec<_> = of_server
        .chain(of_client)
        .map(|(kind, request, secret)| {
            let request = String::from_utf8(request).expect("it is UTF-8");
            Recorded { kind, request, secret }
        })
        .collect();
    assert_eq!(all.len(), 5 + 7);
    all
}

/// Returns the names of all members, in order and at any depth.
fn members(json: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = json;
    while let Some(start) = rest.find('"') {
        let mut escaped = false;
        let text = &rest[start + 1..];
        let end = text.find(|c| {
            let closes = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            closes
        });
        let (text, behind) = text.split_at(end.expect("the string ends"));
        rest = &behind[1..];
        if rest.starts_with(':') {
            names.push(text.to_owned());
        }
    }
    names
}

/// Samples have the members of the recorded requests, in the same order.
#[test]
fn samples_are_as_drone_writes_them() {
    for Recorded { kind, request, .. } in recorded() {
        let sample = hooksig(&["sample", &format!("extension:{kind}")], "");
        assert_eq!(sample.code, 0, "{sample:?}");
        let mut expected = members(body(&request));
        // The parameters of a build; most builds have none.
        expected.retain(|name| name != "params" && name != "lamp");
        let mut found = members(&sample.stdout);
        if !expected.contains(&"token".to_owned()) {
            // Only servers send it, not drone-go's clients.
            found.retain(|name| !["token", "access", "refresh"].contains(&name.as_str()));
        } else if !expected.contains(&"access".to_owned()) {
            found.truncate(expected.len());
        }
        assert_eq!(found, expected, "{kind}");
    }
    let set = ["--set", "event=login", "--set", "user.login=me"];
    let sample = hooksig(&[["sample", "extension:admission"].as_slice(), &set].concat(), "");
    let sample: Value = serde_json::from_str(&sample.stdout).expect("it is JSON");
    assert_eq!((&sample["event"], &sample["user"]["login"]), (&json!("login"), &json!("me")));
}

#[test]
fn recorded_requests_are_signed_again_to_the_byte() {
    for Recorded { kind, request, secret } in recorded() {
        let url = format!(
            "http://{}{}",
            field(&request, "Host"),
            request.split(' ').nth(1).expect("a target is there")
        );
        let date = field(&request, "Date");
        let sign = ["sign", "--secret", &secret, "--now", date, "--extension", &kind];
        let run = hooksig(&[sign.as_slice(), &["--http", "--url", &url]].concat(), body(&request));
        assert_eq!(run.stdout, request, "{kind}");
        let verified = hooksig(&["verify", "--secret", &secret, "--now", date], request.as_str());
        assert!(verified.stdout.starts_with(&format!("valid: extension:{kind}, ")), "{verified:?}");
    }
    let both = ["sign", "--secret", SECRET, "--extension", "config", "--event", "user"];
    let run = hooksig(&both, "{}");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("cannot be used with"), "{run:?}");
}

/// An `Accept` that is not signed says nothing, because anyone on the way can add it.
#[test]
fn a_webhook_with_the_media_type_of_an_extension_is_a_webhook() {
    let accept = "Accept: application/vnd.drone.config.v1+json\r\nHost:";
    let request = edit(&delivery("user-created"), "Host:", accept);
    let run = verify(request, &[]);
    assert!(run.stdout.starts_with("valid: user:created, "), "{run:?}");
}

#[test]
fn every_kind_is_accepted_and_named() {
    let mut listener = Listener::start(&["--json", "--no-replay-guard"]);
    let run = trigger("extension:*", &listener.url(), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    for (line, kind) in run.stdout.lines().zip(ALL) {
        let name = format!("extension:{kind}");
        assert!(line.starts_with(&format!("accepted  {name:<19}  204 No Content ")), "{line}");
        let received = listener.json();
        assert_eq!(
            [&received["event"], &received["action"]],
            [&json!("extension"), &json!(kind)],
            "{received}"
        );
        assert!(received["summary"].as_str().is_some_and(|text| text.contains("ada")));
        let covered = ["accept", "accept-encoding", "content-type", "date", "digest"];
        assert_eq!(received["covered"], json!(covered));
    }
    assert_eq!(run.stdout.lines().count(), ALL.len() + 1);
    // An extension needs no guard. With one, a repeated request would be refused.
    let guarded = Listener::start(&[]);
    let body = ["--body", "/dev/stdin", "--count", "3", "--json"];
    let run = |url: &str| {
        let arguments = ["trigger", "--secret", SECRET, "extension:config", url];
        hooksig(&[arguments.as_slice(), &body].concat(), "{}").stdout
    };
    assert_eq!(run(&listener.url()).matches("\"outcome\":\"accepted\"").count(), 3);
    assert!(run(&guarded.url()).contains("\"outcome\":\"refused\""));
}

#[test]
fn the_fields_are_those_of_drones_client() {
    let (url, captured) = capture(1, "200 OK");
    assert_eq!(trigger("extension:environ", &url, &[]).code, 0);
    let sent = captured.join().expect("it came").remove(0).to_lowercase();
    for line in [
        "accept: application/vnd.drone.env.v2+json",
        "accept-encoding: identity",
        "content-type: application/json",
        "user-agent: go-http-client/1.1",
    ] {
        assert_eq!(sent.matches(&format!("\r\n{line}\r\n")).count(), 1, "{line}: {sent}");
    }
    assert!(!sent.contains("x-drone-event") && !sent.contains("gzip"), "{sent}");
}

#[test]
fn each_tampered_request_is_refused() {
    let listener = Listener::start(&["--no-replay-guard"]);
    let run = trigger("extension:secret", &listener.url(), &["--tamper", "all"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.ends_with("\n26 of 26 refused\n"), "{run:?}");
    for rule in ["replayed", "event-mismatch"] {
        trigger("extension:*", &listener.url(), &["--tamper", rule])
            .assert_unusable("this rule is for webhooks only");
    }
}

/// Answers one request with `answer`, byte for byte, and returns the request.
fn extension(answer: impl Into<String>) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let url = format!("http://{}/config", listener.local_addr().expect("it has one"));
    let answer = answer.into();
    let serve = move || {
        let (stream, _) = listener.accept().expect("someone comes");
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(reader.read_line(&mut head).expect("it is UTF-8"), 0);
        }
        let lower = head.to_lowercase();
        let length = lower.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
        let length = length.expect("it is there").parse().expect("it is a number");
        reader.by_ref().take(length).read_to_string(&mut head).expect("it is UTF-8");
        // The other side may stop reading a long answer.
        let _ = reader.get_mut().write_all(answer.as_bytes());
        head
    };
    (url, thread::spawn(serve))
}

#[test]
fn the_answer_is_passed_back() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Other: 1\r\n\
                  Content-Encoding: aesgcm\r\nContent-Length: 21\r\n\r\n{\"data\":\"kind: a\\n\"}\n";
    let (url, asked) = extension(answer);
    let listener = Listener::start(&["--no-replay-guard", "--forward", &url]);
    let sign = ["sign", "--secret", SECRET, "--extension", "config", "--http"];
    let request = hooksig(&sign, "{\"build\":{}}").stdout;
    let answered = listener.send(&request);
    assert!(answered.starts_with("HTTP/1.1 200 OK\r\n"), "{answered}");
    assert_eq!(body(&answered), "{\"data\":\"kind: a\\n\"}\n");
    let lower = answered.to_lowercase();
    assert!(lower.contains("\r\ncontent-type: application/json\r\n"), "{answered}");
    assert!(lower.contains("\r\ncontent-encoding: aesgcm\r\n"), "{answered}");
    assert!(!lower.contains("x-other"), "{answered}");
    // The next receiver can verify the request in turn.
    let forwarded = asked.join().expect("it came");
    let verified = hooksig(&["verify", "--secret", SECRET], forwarded);
    assert!(verified.stdout.starts_with("valid: extension:config, "), "{verified:?}");
}

/// A refusal of the next receiver has a text that Drone shows, and half an answer is none.
#[test]
fn the_answer_is_passed_back_whole_or_not_at_all() {
    for (answer, status, text) in [
        ("HTTP/1.1 400 Bad Request\r\nContent-Length: 9\r\n\r\nno brass\n", "400", "no brass\n"),
        ("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "401", ""),
        ("HTTP/1.1 499 \r\nContent-Length: 0\r\n\r\n", "499", ""),
        ("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"data\":", "502", ""),
    ] {
        let (url, asked) = extension(answer);
        let listener = Listener::start(&["--no-replay-guard", "--forward", &url]);
        let sign = ["sign", "--secret", SECRET, "--extension", "validate", "--http"];
        let answered = listener.send(hooksig(&sign, "{}").stdout);
        assert!(answered.starts_with(&format!("HTTP/1.1 {status} ")), "{answered}");
        assert_eq!(body(&answered), text);
        asked.join().expect("it came");
    }
}

#[test]
fn an_answer_of_more_than_four_mebibytes_is_none() {
    for (len, code, what) in [
        (4 << 20, 0, "200 OK"),
        ((4 << 20) + 1, 3, "the body of the answer is longer than 4194304 bytes"),
    ] {
        let body = "a".repeat(len);
        let (url, asked) =
            extension(format!("HTTP/1.1 200 OK\r\nContent-Length: {len}\r\n\r\n{body}"));
        let run = trigger("extension:config", &url, &["--answer"]);
        assert_eq!(run.code, code);
        let first = run.stdout.lines().next().expect("there is a line");
        assert!(first.contains(what), "{first}");
        asked.join().expect("it came");
    }
}

#[test]
fn answers_are_printed_on_request() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n{\"data\":\"kind: a\"}\n\u{1b}[m";
    for (options, expected) in [
        (&["--answer"][..], "\n  {\"data\":\"kind: a\"}\n  \\x1b[m\n"),
        (&["--answer", "--json"], "\"answer\":\"{\\\"data\\\":\\\"kind: a\\\"}\\n\\u001b[m\"}\n"),
    ] {
        let (url, asked) = extension(answer);
        let run = trigger("extension:config", &url, options);
        assert!(run.stdout.ends_with(expected), "{run:?}");
        asked.join().expect("it came");
    }
    for options in [&[][..], &["--json"]] {
        let (url, asked) = extension(answer);
        let run = trigger("extension:config", &url, options);
        assert!(!run.stdout.contains("kind: a") && !run.stdout.contains("answer"), "{run:?}");
        asked.join().expect("it came");
    }
}
