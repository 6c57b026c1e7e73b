//! Unsigned parts of a head, forms of a target, and `Host`.

use hooksig::{Error, Request, Signer, drone};
use hooksig_tower::{Policy, Refusal};
use hooksig_vectors::SECRET;

use crate::{Server, edit, key, now, server::Seen, signed};

/// Returns current values of `Date`, `Digest` and `Signature`; the signature covers `names`.
pub(crate) fn fields_covering(
    names: &[&str],
    target: &str,
    host: &str,
    body: &str,
) -> [(&'static str, String); 3] {
    let key = key(SECRET);
    let sent = drone::sign(&key, body, now()).expect("the time has a date");
    let headers = [("Host", host), ("Date", sent.date()), ("Digest", sent.digest())];
    let request = Request::new("POST", target, &headers);
    let mut text = [0; 1000];
    let signer = Signer::new(&key, "hmac-key").expect("it is a keyId");
    let signature = signer.sign(&request, names, &mut text).expect("it can be signed");
    let signature = str::from_utf8(signature).expect("it is ASCII");
    [
        ("Date", sent.date().into()),
        ("Digest", sent.digest().into()),
        ("Signature", signature.into()),
    ]
}

/// Returns a request to `receiver.test` that covers `names`.
fn covering(names: &[&str], target: &str, body: &str) -> String {
    let fields = fields_covering(names, target, "receiver.test", body);
    let fields = fields.map(|(name, value)| format!("{name}: {value}\r\n")).concat();
    format!(
        "POST {target} HTTP/1.1\r\nHost: receiver.test\r\nConnection: close\r\n\
         Content-Length: {}\r\n{fields}\r\n{body}",
        body.len(),
    )
}

#[test]
fn other_methods_paths_and_content_types_claim_nothing() {
    let seen = Seen::default();
    let server = Server::of(seen.at_hook(seen.layer()), seen);
    let request = signed("{}");
    for (from, to, status) in [
        ("POST /hook ", "GET /hook ", "405"),
        ("POST /hook ", "PUT /hook ", "405"),
        ("POST /hook ", "post /hook ", "405"),
        ("POST /hook ", "POST /other ", "404"),
        ("POST /hook ", "POST /hook/ ", "404"),
    ] {
        let answer = server.send(edit(&request, from, to));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{to}: {answer}");
    }
    let other_type = edit(&request, "application/json", "text/plain");
    assert!(server.send(other_type).starts_with("HTTP/1.1 200 "), "{:?}", server.refused());
    assert_eq!(server.refusal(&request).1, Refusal::Invalid(Error::Replayed));
    assert_eq!(server.passed().len(), 1);
}

/// Also if the layer is around a whole router.
#[test]
fn the_layer_itself_accepts_only_post() {
    let server = Server::start(|layer| layer);
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "post", "X"] {
        let (answer, refusal) = server.refusal(edit(&signed("{}"), "POST", method));
        assert!(answer.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"), "{answer}");
        assert!(answer.contains("\r\nallow: POST\r\n"), "{answer}");
        assert_eq!(refusal, Refusal::MethodNotAllowed);
    }
    assert!(server.send(signed("{}")).starts_with("HTTP/1.1 200 "));
}

/// `http::Uri` removes a fragment before a layer sees it: `/hook#x` reaches the application as
/// `/hook`, the signed target.
#[test]
fn a_covered_target_is_the_one_received() {
    let server = Server::start(|layer| layer);
    let names = ["(request-target)", "date", "digest"];
    let request =
        |n: u32| covering(&names, "/hook?a=1", &format!("[{n}]").replace(['[', ']'], " {}"));
    for (n, target, error) in [
        (1, "/hook", Error::SignatureMismatch),
        (2, "/hook?a=1&", Error::SignatureMismatch),
        (3, "//hook?a=1", Error::SignatureMismatch),
        (4, "http://receiver.test/hook?a=1", Error::MissingHeader { index: 0 }),
        (5, "http://evil.test/hook?a=1", Error::MissingHeader { index: 0 }),
        (6, "HTTP://receiver.test/hook?a=1", Error::MissingHeader { index: 0 }),
    ] {
        let changed = edit(&request(n), "POST /hook?a=1 ", &format!("POST {target} "));
        assert_eq!(server.refusal(changed).1, Refusal::Invalid(error), "{target}");
    }
    assert!(server.send(request(7)).starts_with("HTTP/1.1 200 "), "{:?}", server.refused());

    // A signed absolute target is refused as well, because its spelling is lost.
    let absolute = covering(&names, "http://receiver.test/hook", "{}");
    let refusal = server.refusal(absolute).1;
    assert_eq!(refusal, Refusal::Invalid(Error::MissingHeader { index: 0 }));
}

#[test]
fn a_nested_layer_can_be_told_the_whole_target() {
    use axum::extract::OriginalUri;
    let names = ["(request-target)", "date", "digest"];
    for (finds, target, accepted) in
        [(true, "/a/hook", true), (true, "/hook", false), (false, "/a/hook", false)]
    {
        let seen = Seen::default();
        let layer = match finds {
            true => seen.layer().original_uri(|head| {
                head.extensions.get::<OriginalUri>().map_or(&head.uri, |uri| &uri.0)
            }),
            false => seen.layer(),
        };
        let nested = axum::Router::new().nest("/a", seen.at_hook(layer));
        let server = Server::of(nested, seen);
        let request = covering(&names, target, "{}");
        let sent = request.replacen(target, "/a/hook", 1);
        assert_eq!(server.send(sent).starts_with("HTTP/1.1 200 "), accepted, "{finds} {target}");
    }
}

#[test]
fn a_covered_host_is_the_one_of_the_target() {
    let policy = Policy::DRONE.require(&["date", "digest", "host"]);
    let server = Server::start(|layer| layer.policy(policy).expect("it requires something"));
    let names = ["date", "digest", "host"];
    for (n, target, host, accepted) in [
        (1, "/hook", "Host: receiver.test", true),
        (2, "http://receiver.test/hook", "Host: receiver.test", true),
        (3, "http://Receiver.Test/hook", "Host: receiver.test", true),
        (4, "http://production.test/hook", "Host: receiver.test", false),
        (5, "http://receiver.test:80/hook", "Host: receiver.test", false),
        (6, "/hook", "Host: receiver.test\r\nHost: receiver.test", false),
    ] {
        let request = covering(&names, "/hook", &format!(r#"{{"n":{n}}}"#));
        let request = edit(&request, "POST /hook ", &format!("POST {target} "));
        let answer = server.send(edit(&request, "Host: receiver.test", host));
        let refused = server.refused();
        assert_eq!(answer.starts_with("HTTP/1.1 200 "), accepted, "{n}: {refused:?}");
        let expected = [Refusal::Invalid(Error::HostMismatch)];
        assert_eq!(refused, if accepted { &expected[..0] } else { &expected }, "{n}");
    }
    // A host that is not covered may be anything.
    let server = Server::start(|layer| layer);
    let request = edit(&signed("{}"), "POST /hook ", "POST http://other.test/hook ");
    assert!(server.send(request).starts_with("HTTP/1.1 200 "), "{:?}", server.refused());
}

/// A stranger's text changes no terminal and adds no line to a log.
#[test]
fn refusals_are_safe_to_print() {
    let server = Server::start(|layer| layer);
    let path = "/\u{9b}2J\u{202e}".to_owned() + &"x".repeat(5000);
    let request = edit(&signed("{}"), "POST /hook ", &format!("POST {path} "));
    server.refusal(edit(&request, "Signature: ", "X-Signature: "));
    let told = server.told().concat();
    let start = r"POST /\u{9b}2J\u{202e}xxx";
    assert!(told.starts_with(start) && told.len() < 400, "{told}");
    assert!(told.contains("…: missing-signature: "), "{told}");
    assert!(told.chars().all(|char| !char.is_control() && char != '\u{202e}'), "{told}");
}
