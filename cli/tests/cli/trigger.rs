//! `hooksig trigger`.

use std::{
    io::{Read, Write},
    time::{Duration, Instant},
};

use hooksig_vectors::SECRET;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    Run, body, delivery, hooksig, hooksig_in,
    sockets::{Listener, capture},
    write,
};

const ALL: [&str; 8] = [
    "user:created",
    "user:updated",
    "user:deleted",
    "repo:enabled",
    "repo:disabled",
    "repo:deleted",
    "build:created",
    "build:updated",
];

#[track_caller]
fn trigger(pattern: &str, url: &str, options: &[&str]) -> Run {
    hooksig(&[&["trigger", "--secret", SECRET, pattern, url], options].concat(), "")
}

fn name(line: &Value) -> String {
    let part = |part: &str| line[part].as_str().unwrap_or("?").to_owned();
    format!("{}:{}", part("event"), part("action"))
}

#[test]
fn every_event_is_accepted() {
    let mut listener = Listener::start(&["--json"]);
    let run = trigger("*", &listener.url(), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run:?}");
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines.len(), ALL.len() + 1);
    for (line, expected) in lines.iter().zip(ALL) {
        let start = format!("accepted  {expected:<13}  204 No Content ");
        assert!(line.starts_with(&start) && line.ends_with(" ms"), "{line}");
        let received = listener.json();
        assert_eq!(
            (received["verdict"].as_str(), name(&received).as_str()),
            (Some("valid"), expected)
        );
    }
    assert!(lines[8].starts_with("8 accepted, 0 refused, 0 failed; "), "{}", lines[8]);
    assert!(lines[8].contains(", median "), "{}", lines[8]);

    // Again in the same second, and still no replay.
    let run = trigger("*", &listener.url(), &["--count", "40"]);
    assert_eq!((run.code, run.stdout.lines().count()), (0, 41), "{run:?}");
}

#[test]
fn patterns_are_those_of_drone() {
    let listener = Listener::start(&[]);
    for (pattern, expected) in [
        ("build:*", &ALL[6..]),
        ("*:deleted", &[ALL[2], ALL[5]]),
        ("repo:[de]*d", &ALL[3..6]),
        ("user:created", &ALL[..1]),
    ] {
        let run = trigger(pattern, &listener.url(), &["--json"]);
        let names: Vec<_> = run
            .stdout
            .lines()
            .map(|line| name(&serde_json::from_str(line).expect("it is JSON")))
            .collect();
        assert_eq!(names, expected, "{pattern}");
    }
    for pattern in ["user", "user:enabled", "", "build:"] {
        trigger(pattern, &listener.url(), &[]).assert_unusable(
            "matches no event; --help lists \
                                                                them",
        );
    }
}

/// Samples have the same members in the same order as a server's recorded bodies.
#[test]
fn samples_are_as_a_server_writes_them() {
    let (url, captured) = capture(ALL.len(), "200 OK");
    assert_eq!(trigger("*", &url, &[]).code, 0);
    for (sent, expected) in captured.join().expect("all came").iter().zip(ALL) {
        assert!(sent.starts_with("POST /captured?x=y HTTP/1.1\r\n"), "{sent}");
        for field in [
            "content-type: application/json",
            "user-agent: go-http-client/1.1",
            "accept-encoding: gzip",
            "x-drone-event: ",
        ] {
            assert!(sent.to_lowercase().contains(&format!("\r\n{field}")), "{field}: {sent}");
        }
        let text = body(sent);
        assert!(
            text.contains("\\u003cglass\\u003e \\u0026 brass") || !expected.starts_with("build")
        );
        assert!(!text.contains(['<', '&', '\n']), "{text}");
        let recorded = delivery(&expected.replace(':', "-"));
        assert_eq!(members(text), members(body(&recorded)), "{expected}");
        let (ours, theirs) = (json(text), json(body(&recorded)));
        for part in ["user", "repo", "system"] {
            assert_eq!(keys(&ours[part]), keys(&theirs[part]), "{expected}: {part}");
        }
        let (build, recorded) = (keys(&ours["build"]), keys(&theirs["build"]));
        assert!(build.iter().all(|key| recorded.contains(key)), "{build:?}");
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("it is JSON")
}

fn keys(value: &Value) -> Vec<String> {
    value.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
}

/// Returns the members of the outermost object, in order.
fn members(text: &str) -> Vec<&str> {
    let mut places: Vec<_> = ["event", "action", "user", "repo", "build", "system"]
        .into_iter()
        .filter_map(|name| Some((outermost(text, name)?, name)))
        .collect();
    places.sort_unstable();
    places.into_iter().map(|(_, name)| name).collect()
}

fn outermost(text: &str, name: &str) -> Option<usize> {
    let found = text.match_indices(&format!("\"{name}\":")).find(|(at, _)| {
        let before = &text[..*at];
        before.matches('{').count() - before.matches('}').count() == 1
    });
    found.map(|(at, _)| at)
}

/// The rule, and the reason for the refusal if that is another word.
const TAMPERED: [(&str, &str); 28] = [
    ("missing-signature", ""),
    ("repeated-signature", ""),
    ("rfc9421-signature", ""),
    ("malformed-params", ""),
    ("repeated-param", ""),
    ("missing-param", ""),
    ("unsupported-algorithm", ""),
    ("malformed-signature", ""),
    ("malformed-list", ""),
    ("repeated-name", ""),
    ("unsupported-name", ""),
    ("missing-header", ""),
    ("not-covered", ""),
    ("missing-date", ""),
    ("repeated-date", ""),
    ("malformed-date", ""),
    ("date-too-old", ""),
    ("date-too-new", ""),
    ("missing-digest", ""),
    ("repeated-digest", ""),
    ("malformed-digest", ""),
    ("unsupported-digest", ""),
    ("signature-mismatch", ""),
    ("digest-mismatch", ""),
    ("event-mismatch", ""),
    ("replayed", ""),
    ("no-scheme", "missing-signature"),
    ("changed-date", "signature-mismatch"),
];

#[test]
fn each_tampered_delivery_is_refused_for_its_reason() {
    let mut listener = Listener::start(&["--json"]);
    for (rule, reason) in TAMPERED {
        for pattern in ["user:created", "build:updated"] {
            let run = trigger(pattern, &listener.url(), &["--tamper", rule, "--json"]);
            assert_eq!(run.code, 0, "{rule}: {run:?}");
            let attempt = json(&run.stdout);
            assert_eq!(attempt["outcome"], "refused");
            assert_eq!((&attempt["status"], &attempt["tamper"]), (&401.into(), &rule.into()));
            if rule == "replayed" {
                assert_eq!(listener.json()["reason"], "ok");
            }
            let received = listener.json();
            assert_eq!(received["reason"], if reason.is_empty() { rule } else { reason });
            assert_eq!(received["verdict"], "invalid");
        }
    }
    let unknown = trigger("*", "http://127.0.0.1:1/", &["--tamper", "?"]).stderr;
    let listed = unknown.split("possible values: ").nth(1).and_then(|rest| rest.split(']').next());
    let listed: Vec<_> = listed.expect("they are listed").split(", ").map(str::trim).collect();
    assert_eq!(listed[0], "all");
    assert_eq!(listed[1..], TAMPERED.map(|(rule, _)| rule));
}

#[test]
fn a_body_of_ones_own_is_sent_as_it_is() {
    let folder = TempDir::new().expect("there is room");
    let content = "{ \"event\": \"build\",\n\t\"action\":\"updated\" }\r\n";
    let file = write(&folder, "body.json", content);
    let (url, captured) = capture(2, "204 No Content");
    assert_eq!(trigger("build:updated", &url, &["--body", &file]).code, 0);
    assert_eq!(trigger("*", &url, &["--body", &file]).code, 0);
    for sent in captured.join().expect("both came") {
        assert_eq!(body(&sent), content);
        assert!(sent.contains("x-drone-event: build\r\n"), "{sent}");
    }
    trigger("user:created", "http://127.0.0.1:1/", &["--body", &file])
        .assert_unusable("EVENT:ACTION user: the event of the body is build");
    trigger("*", "http://127.0.0.1:1/", &["--body", "no-such-file"])
        .assert_unusable("no-such-file");

    // The body of an old server, whose event is only in the field.
    let old = write(&folder, "old.json", "{\"action\":\"created\"}");
    let (url, captured) = capture(2, "204 No Content");
    assert_eq!(trigger("user:created", &url, &["--body", &old]).code, 0);
    assert_eq!(trigger("*", &url, &["--body", &old]).code, 0);
    let sent = captured.join().expect("both came");
    assert!(sent[0].contains("x-drone-event: user\r\n") && !sent[1].contains("x-drone-event"));
}

#[test]
fn the_rate_is_kept() {
    let listener = Listener::start(&[]);
    let start = Instant::now();
    let run = trigger("*", &listener.url(), &["--count", "11", "--rate", "20"]);
    let took = start.elapsed();
    assert_eq!(run.code, 0);
    assert!(took >= Duration::from_millis(500), "{took:?}");
    assert!(run.stderr.is_empty(), "the bar is for terminals: {run:?}");
}

#[test]
fn other_answers_are_told() {
    for answer in ["302 Found", "401 Unauthorized", "500 Internal Server Error", "404 Not Found"] {
        let (url, captured) = capture(1, answer);
        let run = trigger("user:created", &url, &[]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stdout.starts_with(&format!("refused   user:created   {answer} ")), "{run:?}");
        captured.join().expect("it came");
    }
    for (answer, code) in [
        ("201 Created", 1),
        ("401 Unauthorized", 0),
        ("400 Bad Request", 0),
        ("404 Not Found", 3),
        ("405 Method Not Allowed", 3),
        ("302 Found", 3),
        ("502 Bad Gateway", 3),
    ] {
        let (url, captured) = capture(1, answer);
        let run = trigger("user:created", &url, &["--tamper", "missing-date"]);
        assert_eq!(run.code, code, "{answer}: {run:?}");
        assert_eq!(run.stdout.contains("is the URL right?"), code == 3, "{run:?}");
        captured.join().expect("it came");
    }
}

/// A delivery goes only to the given address.
#[test]
fn redirects_are_not_followed() {
    let mut elsewhere = Listener::start(&["--json"]);
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent"]
    {
        let (url, captured) = capture(1, format!("{status}\r\nLocation: {}", elsewhere.url()));
        let run = trigger("user:created", &url, &[]);
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.stdout.starts_with(&format!("refused   user:created   {}", &status[..3])));
        captured.join().expect("it came");
    }
    elsewhere.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(elsewhere.json()["reason"], "missing-signature", "nothing came before");
}

#[test]
fn a_receiver_that_does_not_answer_is_told() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let url = format!("http://{}/", silent.local_addr().expect("it has one"));
    let run = trigger("user:created", &url, &["--timeout", "1"]);
    assert_eq!(run.code, 3, "{run:?}");
    let text = "failed    user:created   there was no answer within 1 s\n";
    assert_eq!(run.stdout, text);
    assert_eq!(trigger("*", &url, &["--timeout", "0"]).code, 2);
}

/// The status is the answer, even if the announced body never comes.
#[test]
fn an_answer_that_never_ends_is_one() {
    let receiver = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let url = format!("http://{}/", receiver.local_addr().expect("it has one"));
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = receiver.accept().expect("someone comes");
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n").expect("it is taken");
        // Until the client gives up.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let run = trigger("user:created", &url, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.starts_with("accepted  user:created   200 OK "), "{run:?}");
    answering.join().expect("it was given up");
}

#[test]
fn connections_that_fail_are_told() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("there is a port");
    let url = format!("http://{}/", free.local_addr().expect("it has one"));
    drop(free);
    let run = trigger("user:*", &url, &[]);
    assert_eq!((run.code, run.stdout.lines().count()), (3, 4), "{run:?}");
    let refused =
        "failed    user:created   the connection was refused; is a receiver listening there?";
    assert_eq!(run.stdout.lines().next(), Some(refused));
    assert_eq!(run.stdout.lines().next_back(), Some("0 accepted, 0 refused, 3 failed"));

    let attempt = json(&trigger("user:created", &url, &["--json"]).stdout);
    assert_eq!((&attempt["outcome"], &attempt["status"]), (&"failed".into(), &Value::Null));
    assert!(attempt["error"].as_str().is_some_and(|error| error.contains("refused")));
    assert!(attempt["latency_ms"].is_number());

    // A server without TLS.
    let listener = Listener::start(&[]);
    let run = trigger("user:created", &listener.url().replace("http:", "https:"), &[]);
    assert_eq!(run.code, 3);
    assert!(run.stdout.starts_with("failed    user:created   "), "{run:?}");

    for url in [
        "/hook",
        "ftp://localhost/",
        "http://octocat:password@localhost:99999/",
        "http://localhost:99999/",
        "http://localhost:/",
    ] {
        let run = trigger("*", url, &[]);
        run.assert_unusable("cannot send to this URL: ");
        assert!(!run.stderr.contains("password"), "{run:?}");
    }
}

#[test]
fn this_machine_is_reached_without_a_proxy() {
    let listener = Listener::start(&[]);
    let arguments = ["trigger", "--secret", SECRET, "user:created", &listener.url()];
    let proxy = [("HTTP_PROXY", "http://127.0.0.1:1"), ("ALL_PROXY", "http://127.0.0.1:1")];
    assert_eq!(hooksig_in(&arguments, "", &proxy).code, 0);
}

#[test]
fn signing_takes_one_secret() {
    trigger("*", "http://127.0.0.1:1/", &["--secret", "another"])
        .assert_unusable("one secret is needed to sign, and 2 were given");
}

#[test]
fn a_good_receiver_passes_the_examination() {
    let mut listener = Listener::start(&["--json"]);
    let run = trigger("build:created", &listener.url(), &["--tamper", "all"]);
    assert_eq!(run.code, 0, "{run:?}");
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines.len(), TAMPERED.len() + 3, "{run:?}");
    assert_eq!(lines[0], "ok    genuine                  accepted  204 No Content");
    for (line, (rule, _)) in lines[1..].iter().zip(TAMPERED) {
        assert_eq!(*line, format!("ok    {rule:<23}  refused   401 Unauthorized"));
    }
    assert_eq!(lines[TAMPERED.len() + 1], lines[0]);
    assert_eq!(lines[TAMPERED.len() + 2], "28 of 28 refused");
    assert!(lines.iter().all(|line| line.len() <= 80), "{run:?}");
    assert_eq!(listener.json()["reason"], "ok");
    for (rule, reason) in TAMPERED {
        if rule == "replayed" {
            assert_eq!(listener.json()["reason"], "ok");
        }
        assert_eq!(listener.json()["reason"], if reason.is_empty() { rule } else { reason });
    }
    // The URL suffices.
    let arguments = ["trigger", "--secret", SECRET, "-t", "all", "--json", &listener.url()];
    let run = hooksig(&arguments, "");
    let last = json(run.stdout.lines().next_back().expect("there is a summary"));
    assert_eq!((run.code, &last["refused"], &last["of"]), (0, &28.into(), &28.into()));
}

#[test]
fn a_bad_receiver_fails_the_examination() {
    // A receiver that accepts everything; each rule is one request, and the replay two.
    let (url, captured) = capture(TAMPERED.len() + 3, "200 OK");
    let run = trigger("user:created", &url, &["--tamper", "all"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains("\nFAIL  date-too-old             accepted  200 OK\n"), "{run:?}");
    assert!(run.stdout.contains("0 of 28 refused; accepted: missing-signature, "), "{run:?}");
    captured.join().expect("all came");
}

#[test]
fn what_takes_no_genuine_delivery_is_not_examined() {
    for answer in ["404 Not Found", "401 Unauthorized"] {
        let (url, captured) = capture(1, answer);
        let run = trigger("user:created", &url, &["--tamper", "all"]);
        assert_eq!(run.code, 3, "{run:?}");
        assert!(run.stdout.contains("did not accept a genuine delivery"), "{run:?}");
        captured.join().expect("it came");
    }
    let run = trigger("user:created", "http://127.0.0.1:1/", &["--tamper", "all"]);
    assert_eq!((run.code, run.stdout.matches("FAIL").count()), (3, 0), "{run:?}");
    // Not the receiver's secret.
    let listener = Listener::start(&[]);
    let url = listener.url();
    let arguments = ["trigger", "--secret", "another", "--tamper", "all", &url];
    assert_eq!(hooksig(&arguments, "").code, 3);
}

#[test]
fn urls_are_taken_as_people_write_them() {
    let listener = Listener::start(&[]);
    let (_, port) = listener.address.rsplit_once(':').expect("there is a port");
    for url in [listener.address.clone(), format!("{}/hook", listener.address)] {
        assert_eq!(trigger("user:created", &url, &[]).code, 0, "{url}");
    }
    assert_eq!(trigger("user:created", &format!("127.0.0.1:{port}?a=b"), &[]).code, 0);
    let (url, captured) = capture(1, "204 No Content");
    let url = url.replace("http://", "octocat:p%40ss@");
    let run = trigger("user:created", &url, &[]);
    assert_eq!(run.code, 0, "{run:?}");
    let sent = captured.join().expect("it came").remove(0);
    assert!(sent.contains("authorization: Basic b2N0b2NhdDpwQHNz\r\n"), "{sent}");
    assert!(!sent.contains("octocat"), "{sent}");
}

#[test]
fn samples_can_be_printed_and_changed() {
    for name in ALL {
        let run = hooksig(&["sample", name], "");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        let body = json(&run.stdout);
        assert_eq!(format!("{}:{}", body["event"], body["action"]).replace('"', ""), name);
        assert!(!run.stdout.ends_with('\n'));
    }
    let settings = ["--set", "repo.slug=me/mine", "--set", "build.number=7"];
    let more = ["--set", "build.stages.0.name=first"];
    let arguments = [&["sample", "build:updated"], settings.as_slice(), &more].concat();
    let body = json(&hooksig(&arguments, "").stdout);
    assert_eq!(
        (&body["repo"]["slug"], &body["build"]["number"]),
        (&"me/mine".into(), &Value::from(7))
    );
    assert_eq!(body["build"]["stages"][0]["name"], "first");
    for (setting, what) in [
        ("repo.slugg=a", "the body has no such member"),
        ("user.login=a", "the body has no such member"),
        ("build.number=many", "--set build.number: not JSON"),
        ("event=user", "EVENT:ACTION chooses event and action"),
    ] {
        hooksig(&["sample", "build:updated", "--set", setting], "").assert_unusable(what);
    }
    assert_eq!(hooksig(&["sample", "user:created", "--set", "a"], "").code, 2);
    let (url, captured) = capture(1, "204 No Content");
    assert_eq!(trigger("build:updated", &url, &settings).code, 0);
    assert!(captured.join().expect("it came")[0].contains("\"slug\":\"me/mine\""));
    trigger("*", &url, &settings).assert_unusable("the body has no such member");
}
