//! Every recorded delivery is verified, signed again byte for byte, and understood.

use hooksig::{
    Clock, Error, Key, Policy, Request, Signer, Verifier, date, digest,
    drone::{self, Action, Delivery, Event},
};
use hooksig_vectors::{
    Bytes, Case, SECRET, cases, deliveries, extension_requests, server_requests,
};

/// Any time: it matters only for two-digit years, which these dates do not have.
const NOW: i64 = 0;

/// The headers that `drone-go`'s plugin client signs; Drone itself signs [`drone::COVERED`].
const CLIENT_COVERED: &str = "accept accept-encoding content-type date digest";

/// The number of kinds of extensions.
const EXTENSIONS: usize = 7;

/// A recorded request, parsed by another parser than ours.
struct Recorded {
    name: String,
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Recorded {
    fn parse(name: String, raw: &[u8]) -> Self {
        let mut fields = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut fields);
        let head = request.parse(raw).expect("the head is HTTP/1.1").unwrap();
        let headers = request.headers.iter();
        Self {
            name,
            method: request.method.expect("a method is there").into(),
            target: request.path.expect("a target is there").into(),
            headers: headers.map(|field| (field.name.into(), field.value.to_vec())).collect(),
            body: raw[head..].to_vec(),
        }
    }

    fn request(&self) -> Request<'_, [(String, Vec<u8>)]> {
        Request::new(&self.method, &self.target, self.headers.as_slice())
    }

    fn value(&self, name: &str) -> &str {
        let field = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        let (_, value) = field.unwrap_or_else(|| panic!("{}: no {name}", self.name));
        std::str::from_utf8(value).expect("the value is text")
    }

    fn date(&self) -> i64 {
        date::parse(self.value("Date"), NOW).expect("Date is an HTTP-date")
    }

    fn is_from_client(&self) -> bool {
        self.name.starts_with("drone-go-client")
    }
}

fn recorded() -> Vec<Recorded> {
    let recorded: Vec<_> =
        deliveries().into_iter().map(|(name, raw)| Recorded::parse(name, &raw)).collect();
    assert_eq!(recorded.len(), 10);
    recorded
}

fn key() -> Key {
    Key::new(SECRET).expect("the secret is not empty")
}

#[test]
fn every_delivery_is_valid_at_its_date() {
    let keys = [key()];
    let verifier = Verifier::new(&keys).unwrap();
    for delivery in recorded() {
        let date = delivery.date();
        let request = delivery.request();
        let verified = verifier.verify(&request, &delivery.body, Clock::At(date)).unwrap();
        assert_eq!(verified.key_index(), 0, "{}", delivery.name);
        assert_eq!(verified.date(), Some(date), "{}", delivery.name);
        assert_eq!(verified.expires(), Some(date + 300), "{}", delivery.name);
        assert!(verified.key_id().is(drone::KEY_ID), "{}", delivery.name);
        let covered = if delivery.is_from_client() { CLIENT_COVERED } else { "date digest" };
        assert!(verified.covered().value().is(covered), "{}", delivery.name);
    }
}

#[test]
fn the_window_ends_after_three_hundred_seconds_on_either_side() {
    let keys = [key()];
    let verifier = Verifier::new(&keys).unwrap();
    for delivery in recorded() {
        for (skew, expected) in [
            (-301, Some(Error::DateTooNew)),
            (-300, None),
            (300, None),
            (301, Some(Error::DateTooOld)),
        ] {
            let clock = Clock::At(delivery.date() + skew);
            let verdict = verifier.verify(&delivery.request(), &delivery.body, clock);
            assert_eq!(verdict.err(), expected, "{} at {skew:+}", delivery.name);
        }
    }
}

#[test]
fn a_body_that_is_cut_or_lengthened_is_refused() {
    let keys = [key()];
    let verifier = Verifier::new(&keys).unwrap();
    for delivery in recorded() {
        let (_, cut) = delivery.body.split_last().unwrap();
        let lengthened = [delivery.body.as_slice(), b"\n"].concat();
        for body in [cut, &lengthened, b""] {
            let verdict = verifier.verify(&delivery.request(), body, Clock::At(delivery.date()));
            assert_eq!(verdict.err(), Some(Error::DigestMismatch), "{}", delivery.name);
        }
    }
}

#[test]
fn drones_deliveries_are_signed_again_to_the_byte() {
    let key = key();
    for delivery in recorded().iter().filter(|delivery| !delivery.is_from_client()) {
        let signed = drone::sign(&key, &delivery.body, delivery.date()).unwrap();
        assert_eq!(signed.date(), delivery.value("Date"), "{}", delivery.name);
        assert_eq!(signed.digest(), delivery.value("Digest"), "{}", delivery.name);
        assert_eq!(signed.signature(), delivery.value("Signature"), "{}", delivery.name);
    }
}

#[test]
fn every_delivery_is_signed_again_to_the_byte_from_a_list() {
    let key = key();
    let signer = Signer::new(&key, drone::KEY_ID).unwrap();
    for delivery in recorded() {
        let date = date::format(delivery.date()).unwrap();
        let digest = digest::field(&delivery.body);
        let mut headers = delivery.headers.clone();
        for (name, value) in &mut headers {
            match name.as_str() {
                "Date" => *value = date.as_ref().to_vec(),
                "Digest" => *value = digest.as_ref().to_vec(),
                _ => {}
            }
        }
        let covered = if delivery.is_from_client() { CLIENT_COVERED } else { "date digest" };
        let names: Vec<_> = covered.split(' ').collect();
        let request = Request::new("POST", "/", headers.as_slice());
        let mut out = [0; 256];
        let signature = signer.sign(&request, names.as_slice(), &mut out).unwrap();
        assert_eq!(signature, delivery.value("Signature").as_bytes(), "{}", delivery.name);
    }
}

#[test]
fn every_delivery_tells_its_event_and_action() {
    for delivery in recorded() {
        let read = Delivery::read(&delivery.body).unwrap();
        let event = read.event().expect("the event is there").as_str();
        let action = read.action().expect("the action is there").as_str();
        // The files are named after their events.
        assert!(delivery.name.contains(&format!("{event}-{action}")), "{}", delivery.name);
        assert!(!matches!(read.event(), Some(Event::Unknown(_))), "{}", delivery.name);
        assert!(!matches!(read.action(), Some(Action::Unknown(_))), "{}", delivery.name);
        assert_eq!(read.check_event_field(&delivery.request()), Ok(()), "{}", delivery.name);
    }
}

#[test]
fn reading_stops_behind_event_and_action() {
    for delivery in recorded() {
        let whole = Delivery::read(&delivery.body).unwrap();
        let action = whole.action().unwrap().as_str();
        let text = std::str::from_utf8(&delivery.body).unwrap();
        let end = text.find(action).unwrap() + action.len() + 1;
        let cut = text[..end].to_owned();
        assert_eq!(Delivery::read(&cut), Ok(whole), "{}", delivery.name);
        let shorter = &cut[..end - 1];
        assert_eq!(Delivery::read(shorter), Err(Error::MalformedBody), "{}", delivery.name);
    }
}

#[test]
fn an_event_field_that_contradicts_the_body_is_told() {
    for delivery in recorded() {
        let read = Delivery::read(&delivery.body).unwrap();
        let mut headers = delivery.headers.clone();
        headers.push(("x-drone-event".into(), b"cron".to_vec()));
        let request = Request::new("POST", "/", headers.as_slice());
        assert_eq!(read.check_event_field(&request), Err(Error::EventMismatch));
        // The field is not signed, so the request is still valid.
        let keys = [key()];
        let clock = Clock::At(delivery.date());
        assert!(Verifier::new(&keys).unwrap().verify(&request, &delivery.body, clock).is_ok());
    }
}

#[test]
fn an_event_field_stands_alone_where_the_body_has_no_event() {
    let read = Delivery::read(r#"{"action":"created"}"#).unwrap();
    let headers = [("X-Drone-Event", "repo")];
    assert_eq!(read.event(), None);
    assert_eq!(read.check_event_field(&Request::new("POST", "/", &headers)), Ok(()));
}

#[cfg(feature = "httparse")]
#[test]
fn the_parsers_own_headers_will_do() {
    let keys = [key()];
    for delivery in recorded() {
        let pairs = delivery.headers.iter();
        let headers: Vec<_> = pairs.map(|(name, value)| httparse::Header { name, value }).collect();
        let request = Request::new(&delivery.method, &delivery.target, headers.as_slice());
        let clock = Clock::At(delivery.date());
        assert!(Verifier::new(&keys).unwrap().verify(&request, &delivery.body, clock).is_ok());
    }
}

/// Field by field, the cases of the real server are its recorded requests.
#[test]
fn the_cases_of_the_server_are_what_it_sent() {
    let requests = server_requests();
    let cases = cases("server-2.28.1");
    assert_eq!((requests.len(), cases.len()), (24, 24));
    for ((name, raw), case) in requests.into_iter().zip(cases) {
        let Case::Verify(case) = case else { panic!("{name} is no request") };
        let recorded = Recorded::parse(name, &raw);
        assert_eq!(case.id, format!("drone-2.28.1-{}", recorded.name));
        assert_eq!(case.head.method.0, recorded.method.as_bytes(), "{}", case.id);
        assert_eq!(case.head.target.0, recorded.target.as_bytes(), "{}", case.id);
        let fields = recorded.headers.iter();
        let fields: Vec<_> = fields
            .map(|(name, value)| (Bytes(name.clone().into_bytes()), Bytes(value.clone())))
            .collect();
        assert_eq!(case.head.headers, fields, "{}", case.id);
        assert_eq!(case.body, recorded.body, "{}", case.id);
        assert_eq!(case.now, Some(recorded.date()), "{}", case.id);
    }
}

/// A real server's webhooks name an event in the body that agrees with the field.
#[test]
fn every_webhook_of_a_real_server_is_understood() {
    let mut kinds = std::collections::BTreeSet::new();
    for (name, raw) in server_requests() {
        if !name.starts_with(|first: char| first.is_ascii_digit()) {
            continue;
        }
        let recorded = Recorded::parse(name, &raw);
        let delivery = Delivery::read(&recorded.body).expect("it is a delivery");
        let event = delivery.event().expect("it names an event").as_str();
        let action = delivery.action().expect("it names an action").as_str();
        assert_eq!(event, recorded.value("X-Drone-Event"), "{}", recorded.name);
        kinds.insert(format!("{event}:{action}"));
    }
    let sent = ["build:created", "build:updated", "repo:deleted", "repo:disabled", "repo:enabled"];
    assert!(kinds.into_iter().eq(sent.into_iter().chain(["user:created", "user:deleted"])));
}

/// The policy for extensions accepts their requests, and no webhook that the same secret signed.
#[test]
fn requests_to_extensions_are_valid_and_told_from_webhooks() {
    let key = key();
    let keys = [key.clone()];
    let policy = Policy::DRONE.require(&drone::EXTENSION_COVERED);
    let [any, strict] = [Policy::DRONE, policy].map(|p| Verifier::with_policy(&keys, p).unwrap());
    let requests = extension_requests();
    assert_eq!(requests.len(), EXTENSIONS);
    for (name, raw) in requests {
        let sent = Recorded::parse(name, &raw);
        let clock = Clock::At(sent.date());
        for verifier in [&any, &strict] {
            let verified = verifier.verify(&sent.request(), &sent.body, clock).unwrap();
            assert!(verified.covered().value().is(CLIENT_COVERED), "{}", sent.name);
        }
        let mut out = [0; 256];
        let signer = Signer::new(&key, drone::KEY_ID).unwrap();
        let signature = signer.sign(&sent.request(), &drone::EXTENSION_COVERED, &mut out).unwrap();
        assert_eq!(signature, sent.value("Signature").as_bytes(), "{}", sent.name);
    }
    for webhook in recorded().iter().filter(|delivery| !delivery.is_from_client()) {
        let verdict = strict.verify(&webhook.request(), &webhook.body, Clock::At(webhook.date()));
        assert_eq!(verdict.err(), Some(Error::NotCovered { index: 0 }), "{}", webhook.name);
    }
}
