//! The conformance cases, as far as HTTP can carry them.

use hooksig::{Key, drone::Delivery};
use hooksig_vectors::{Case, VerifyCase, cases};

use crate::Server;

/// Returns the request as sent over HTTP, or `None` if HTTP cannot carry it.
fn wire(case: &VerifyCase) -> Option<Vec<u8>> {
    let length = case.body.len().to_string();
    let mut request = Vec::new();
    for part in [case.head.method.as_ref(), b" ", case.head.target.as_ref(), b" HTTP/1.1\r\n"] {
        request.extend_from_slice(part);
    }
    let (mut framed, mut closes) = (false, false);
    for (name, value) in &case.head.headers {
        let (name, value) = (name.as_ref(), value.as_ref());
        // Otherwise the value would become another line on the wire.
        if value.iter().chain(name).any(|byte| matches!(byte, b'\r' | b'\n' | b'\0')) {
            return None;
        }
        closes |= name.eq_ignore_ascii_case(b"connection");
        if name.eq_ignore_ascii_case(b"content-length") {
            if value != length.as_bytes() {
                continue;
            }
            framed = true;
        }
        request.extend([name, b": ", value, b"\r\n"].concat());
    }
    if !framed && !case.body.is_empty() {
        request.extend(format!("Content-Length: {length}\r\n").into_bytes());
    }
    if !closes {
        request.extend(b"Connection: close\r\n");
    }
    request.extend(b"\r\n");
    request.extend(&case.body);
    Some(request)
}

/// Returns true for a genuine request that is also a POST of a JSON object, with a path or an
/// address as its target.
fn can_be_accepted(case: &VerifyCase) -> bool {
    let target = case.head.target.as_ref();
    case.head.method.as_ref() == b"POST"
        && Delivery::read(&case.body).is_ok()
        && (target.starts_with(b"/") || target.starts_with(b"http://"))
}

#[test]
fn cases_come_out_as_expected_over_http() {
    let mut counts = [0; 2];
    let mut not_carried = Vec::new();
    for case in ["verify", "rotation", "server-2.28.1"].into_iter().flat_map(cases) {
        let Case::Verify(case) = case else { continue };
        let keys = case.secrets.iter().map(Key::new).collect::<Result<Vec<_>, _>>();
        let (Some(request), Some(now), Ok(keys)) = (wire(&case), case.now, keys) else {
            not_carried.push((case.id, case.valid));
            continue;
        };
        let server = Server::start_with(keys, |layer| layer.clock(move || now));
        let answer = server.send(request);
        let (passed, refused) = (server.passed(), server.refused());
        assert_eq!(
            passed.is_empty(),
            !answer.starts_with("HTTP/1.1 200 "),
            "{}: {answer}",
            case.id
        );
        if passed.is_empty() && refused.is_empty() {
            // The server refused it as invalid HTTP.
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{}", case.id);
            not_carried.push((case.id, case.valid));
            continue;
        }
        // A receiver requires more than the core.
        let accepted = case.valid && can_be_accepted(&case);
        assert_eq!(!passed.is_empty(), accepted, "{}: {refused:?}", case.id);
        if case.valid && !accepted {
            not_carried.push((case.id, case.valid));
            continue;
        }
        if let (Some(index), Some((verified, _))) = (case.matched, passed.first()) {
            assert_eq!(verified.key_index(), index, "{}", case.id);
        }
        counts[usize::from(case.valid)] += 1;
    }
    println!("{counts:?}; not carried: {not_carried:#?}");
    let [invalid, valid] = counts;
    assert!(invalid >= 80 && valid >= 50, "{counts:?}");
}
