//! Real deliveries, and changed copies of them.

use hooksig::Error;
use hooksig_tower::Refusal;
use hooksig_vectors::deliveries;

use crate::{Server, edit, key, now, signed, signed_with};

const ACCEPTED: &str = "HTTP/1.1 200 OK\r\n";

/// The bodies of the recorded deliveries.
fn bodies() -> impl Iterator<Item = (String, String)> {
    deliveries().into_iter().map(|(name, request)| {
        let request = String::from_utf8(request).expect("it is UTF-8");
        (name, request.split_once("\r\n\r\n").expect("the head ends").1.to_owned())
    })
}

#[test]
fn recorded_deliveries_signed_anew_are_accepted_once() {
    let server = Server::start(|layer| layer);
    for (name, body) in bodies() {
        let request = signed(&body);
        let (before, answer, after) = (now(), server.send(&request), now());
        assert!(answer.starts_with(ACCEPTED) && answer.ends_with("taken"), "{name}: {answer}");
        let [(verified, passed)] = &server.passed()[..] else { panic!("{name}") };
        assert_eq!(passed, body.as_bytes(), "{name}");
        assert_eq!(verified.key_index(), 0);
        assert!((before - 2..=after).contains(&verified.date()), "{name}");
        assert_eq!(verified.expires(), verified.date() + 300);

        let (answer, refusal) = server.refusal(&request);
        assert!(answer.starts_with("HTTP/1.1 401 "), "{name}: {answer}");
        assert_eq!(refusal, Refusal::Invalid(Error::Replayed), "{name}");
    }
    assert!(server.passed().is_empty());
}

#[test]
fn recorded_deliveries_are_accepted_as_they_are_in_their_time() {
    // The time when all of them were sent, within the skew.
    let server = Server::start(|layer| layer.clock(|| 1_795_419_691));
    for (name, request) in deliveries() {
        let request = String::from_utf8(request).expect("it is UTF-8");
        let answer = server.send(edit(&request, "\r\nHost:", "\r\nConnection: close\r\nHost:"));
        assert!(answer.starts_with(ACCEPTED), "{name}: {answer} {:?}", server.refused());
    }
    assert_eq!(server.passed().len(), 10);
}

#[test]
fn each_secret_of_a_rotation_is_told() {
    let server = Server::start_with([key("new"), key("old")], |layer| layer);
    for (secret, index) in [("new", 0), ("old", 1)] {
        assert!(server.send(signed_with(secret, "{}")).starts_with(ACCEPTED));
        assert_eq!(server.passed()[0].0.key_index(), index);
    }
    let (_, refusal) = server.refusal(signed_with("older", "{}"));
    assert_eq!(refusal, Refusal::Invalid(Error::SignatureMismatch));
}

#[test]
fn what_is_refused_is_told_in_one_text() {
    let server = Server::start(|layer| layer);
    let body = r#"{"event":"user","action":"created"}"#;
    let request = signed(body);
    let mut answers = Vec::new();
    for (from, to, error) in [
        ("Signature: ", "X-Signature: ", Error::MissingSignature),
        ("\"hmac-sha256\"", "\"hmac-sha512\"", Error::UnsupportedAlgorithm),
        ("\"date digest\"", "\"date\"", Error::NotCovered { index: 1 }),
        ("Date: ", "Date: x", Error::MalformedDate),
        ("\"user\"", "\"repo\"", Error::DigestMismatch),
        ("Host: a", "X-Drone-Event: repo", Error::EventMismatch),
        ("Host: a", "Signature: x", Error::RepeatedSignature),
    ] {
        let (answer, refusal) = server.refusal(edit(&request, from, to));
        assert_eq!(refusal, Refusal::Invalid(error), "{from}");
        assert_eq!(refusal.reason(), error.reason());
        answers.push(answer);
    }
    let told = |answer: &str| -> String {
        let lines = answer.lines().filter(|line| !line.starts_with("date: "));
        lines.map(|line| line.to_owned() + "\n").collect()
    };
    let text = "HTTP/1.1 401 Unauthorized\ncontent-type: text/plain; charset=utf-8\n\
                www-authenticate: Signature\ncontent-length: 25\nconnection: close\n\n\
                the delivery was refused\n";
    for answer in answers {
        assert_eq!(told(&answer), text);
    }
    assert!(server.passed().is_empty());
    // No copy was remembered, so the genuine delivery is still new.
    assert!(server.send(request).starts_with(ACCEPTED));
}

#[test]
fn a_body_that_is_no_json_object_or_names_its_event_twice_is_refused() {
    let server = Server::start(|layer| layer);
    for body in [
        "",
        "[]",
        "x",
        "\u{feff}{}",
        r#"{"event":1}"#,
        r#"{"event":"user","action":null}"#,
        r#"{"event":"user","event":"user","action":"created"}"#,
        r#"{"Event":"user","event":"build","action":"created"}"#,
        r#"{"event":"user","ACTION":"x","action":"created"}"#,
    ] {
        let (answer, refusal) = server.refusal(signed(body));
        assert!(answer.starts_with("HTTP/1.1 401 "), "{body}: {answer}");
        assert_eq!(refusal, Refusal::Invalid(Error::MalformedBody), "{body}");
    }
    assert!(server.passed().is_empty());
}

/// Whatever else the body says.
#[test]
fn the_handler_is_given_the_event_of_the_core() {
    let server = Server::start(|layer| layer);
    for (body, event, action) in [
        (r#"{"event":"build","action":"created","EVENT":"user"}"#, Some("build"), Some("created")),
        (r#"{"x":1,"action":"deleted","event":"u\u0073er"}"#, Some("user"), Some("deleted")),
        (r#"{"event":"other"}"#, Some("other"), None),
        (r#"{"build":{"event":"push"}}"#, None, None),
    ] {
        assert!(server.send(signed(body)).starts_with(ACCEPTED), "{body}: {:?}", server.refused());
        let [(verified, _)] = &server.passed()[..] else { panic!("{body}") };
        let (of_event, of_action) = (verified.event(), verified.action());
        assert_eq!(of_event.as_ref().map(|event| event.as_str()), event, "{body}");
        assert_eq!(of_action.as_ref().map(|action| action.as_str()), action, "{body}");
    }
}

#[test]
fn debugging_output_of_the_verdict_holds_no_mac() {
    let server = Server::start(|layer| layer);
    assert!(server.send(signed(r#"{"event":"user","action":"created"}"#)).starts_with(ACCEPTED));
    let (verified, _) = &server.passed()[0];
    let (date, expires) = (verified.date(), verified.expires());
    assert_eq!(
        format!("{verified:?}"),
        format!(
            "Verified {{ event: Some(User), action: Some(Created), key_index: 0, \
             date: {date}, expires: {expires}, .. }}"
        )
    );
}

#[test]
fn the_clock_of_the_system_is_the_one() {
    let server = Server::start(|layer| layer);
    for (offset, error) in [(-400, Error::DateTooOld), (400, Error::DateTooNew)] {
        let request =
            crate::signed_at(now() + offset, hooksig_vectors::SECRET, "Content-Length: 2", "{}")
                + "{}";
        assert_eq!(server.refusal(request).1, Refusal::Invalid(error));
    }
}

/// While a slow body arrives, its delivery could have been accepted and forgotten.
#[test]
fn the_clock_is_read_again_behind_the_body() {
    let asked = std::sync::atomic::AtomicI64::new(0);
    let time = now();
    // 300 s later it is just fresh enough, and then no longer.
    let clock = move || time + 300 + asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let server = Server::start(|layer| layer.clock(clock));
    let request = crate::signed_at(time, hooksig_vectors::SECRET, "Content-Length: 2", "{}") + "{}";
    assert_eq!(server.refusal(request).1, Refusal::Invalid(Error::DateTooOld));
}

#[test]
fn a_policy_may_demand_more() {
    let policy = hooksig_tower::Policy::DRONE.max_skew(10).require(&["date", "digest", "host"]);
    let server = Server::start(|layer| layer.policy(policy).unwrap());
    let refusal = server.refusal(signed("{}")).1;
    assert_eq!(refusal, Refusal::Invalid(Error::NotCovered { index: 2 }));
}

#[test]
fn a_policy_that_demands_nothing_is_refused_at_once() {
    let layer = hooksig_tower::VerifyLayer::new([hooksig::Key::new("secret").unwrap()]).unwrap();
    let nothing = hooksig_tower::Policy::DRONE.require(&[]);
    assert_eq!(layer.policy(nothing).err(), Some(Error::EmptyList));
}
