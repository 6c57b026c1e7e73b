//! Every public function of the crate with empty, contradictory and extreme arguments.

use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::http::{Request, Uri};
use hooksig::{Error, Key};
use hooksig_tower::{
    Claim, ClaimError, Escaped, LocalFirst, MemoryStore, Policy, RedisStore, ReplayStore,
    VerifyLayer, redis,
};
use hooksig_vectors::functions::public_functions;

use crate::{
    claims::{layer, request_at, status},
    now,
};

/// Returns the error of a wrong call.
type Call = fn() -> Option<Error>;

/// Makes a layer with an extreme setting.
type Make = fn() -> VerifyLayer;

/// (the function, the fault, a call that is refused, the error)
#[rustfmt::skip] // One row a line.
const REFUSED: &[(&str, &str, Call, Error)] = &[
    ("VerifyLayer::new", "no keys", || VerifyLayer::new([]).err(), Error::NoKeys),
    ("VerifyLayer::new", "an empty list of keys", || VerifyLayer::new(Vec::<Key>::new()).err(), Error::NoKeys),
    ("VerifyLayer::policy", "no names", || layer().policy(Policy::DRONE.require(&[])).err(), Error::EmptyList),
    ("VerifyLayer::policy", "a larger skew than the store's", || layer().policy(Policy::DRONE.max_skew(301)).err(), Error::SkewTooLarge),
    ("VerifyLayer::policy", "the largest skew", || layer().policy(Policy::DRONE.max_skew(u32::MAX)).err(), Error::SkewTooLarge),
    ("VerifyLayer::replay_store", "a store of no skew", || layer().replay_store(MemoryStore::new(1).for_skew(0)).err(), Error::SkewTooLarge),
    ("MemoryStore::for_skew", "a skew that is short by one", || layer().replay_store(MemoryStore::new(1).for_skew(299)).err(), Error::SkewTooLarge),
    ("LocalFirst::new", "a store of a smaller skew", || layer().replay_store(LocalFirst::new(MemoryStore::new(1).for_skew(299))).err(), Error::SkewTooLarge),
    ("RedisStore::for_skew", "a skew that is short by one", || layer().replay_store(nowhere().for_skew(299)).err(), Error::SkewTooLarge),
];

/// (the function, the argument, a layer, its answers to a delivery that is sent twice)
#[rustfmt::skip] // One row a line.
const SETTINGS: &[(&str, &str, Make, [u16; 2])] = &[
    ("VerifyLayer::max_body", "no body", || layer().max_body(0), [413, 413]),
    ("VerifyLayer::max_body", "a body that is longer by one", || layer().max_body(1), [413, 413]),
    ("VerifyLayer::max_body", "any body", || layer().max_body(usize::MAX), [200, 401]),
    ("VerifyLayer::body_timeout", "any time", || layer().body_timeout(Duration::MAX), [200, 401]),
    ("VerifyLayer::clock", "the last second", || layer().clock(|| i64::MAX), [401, 401]),
    ("VerifyLayer::clock", "the first second", || layer().clock(|| i64::MIN), [401, 401]),
    ("VerifyLayer::policy", "an empty keyId", || policy(Policy::DRONE.expect_key_id(b"")), [401, 401]),
    ("VerifyLayer::policy", "an empty name", || policy(Policy::DRONE.require(&[""])), [401, 401]),
    ("VerifyLayer::allow_hidden_reset", "needlessly", || layer().allow_hidden_reset(true), [200, 401]),
    ("VerifyLayer::original_uri", "another URI", || layer().original_uri(|_| elsewhere()), [200, 401]),
    ("VerifyLayer::on_refusal", "twice", || layer().on_refusal(|_| panic!("replaced")).on_refusal(|_| {}), [200, 401]),
    ("MemoryStore::new", "no capacity", || store(MemoryStore::new(0)), [503, 503]),
    ("MemoryStore::new", "any capacity", || store(MemoryStore::new(usize::MAX)), [200, 401]),
    ("MemoryStore::for_skew", "the largest skew", || store(MemoryStore::new(2).for_skew(u32::MAX)), [200, 401]),
    ("LocalFirst::new", "a full store", || store(LocalFirst::new(MemoryStore::new(0))), [503, 503]),
    ("LocalFirst::new", "itself", || store(LocalFirst::new(LocalFirst::new(MemoryStore::new(1)))), [200, 401]),
    ("RedisStore::new", "a server that is not there", || store(RedisStore::new(connection())), [503, 503]),
    ("RedisStore::for_skew", "the largest skew", || store(nowhere().for_skew(u32::MAX)), [503, 503]),
    ("RedisStore::prefix", "no prefix", || store(nowhere().prefix("")), [503, 503]),
    ("RedisStore::accept_on_failure", "a server that is not there", || store(nowhere().accept_on_failure(|_| {})), [200, 401]),
];

/// (the function, the argument, a call that asserts the documented result)
#[rustfmt::skip] // One row a line.
const OTHERS: &[(&str, &str, fn())] = &[
    ("Escaped::new", "nothing", || assert_eq!(Escaped::new("").to_string(), "")),
    ("Escaped::new", "every byte", || assert_eq!(Escaped::new(&(0..=255).collect::<Vec<u8>>()).to_string().chars().find(|char| char.is_control()), None)),
    ("RedisStore::open", "an empty address", || assert!(RedisStore::open("").is_err())),
    ("RedisStore::open", "an address without a scheme", || assert!(RedisStore::open("127.0.0.1").is_err())),
    ("RedisStore::open", "another scheme", || assert!(RedisStore::open("http://127.0.0.1").is_err())),
    ("RedisStore::open", "a port that is none", || assert!(RedisStore::open("redis://127.0.0.1:a").is_err())),
    ("RedisStore::open", "a port out of range", || assert!(RedisStore::open("redis://127.0.0.1:65536").is_err())),
];

fn policy(policy: Policy<'static>) -> VerifyLayer {
    layer().policy(policy).expect("its store serves it")
}

fn store(store: impl ReplayStore) -> VerifyLayer {
    layer().replay_store(store).expect("it is made for the skew")
}

fn elsewhere() -> &'static Uri {
    static ELSEWHERE: std::sync::OnceLock<Uri> = std::sync::OnceLock::new();
    ELSEWHERE.get_or_init(|| Uri::from_static("http://other.test/x"))
}

/// Port 1 answers nobody.
fn nowhere() -> RedisStore {
    RedisStore::open("redis://127.0.0.1:1").expect("it is an address")
}

fn connection() -> redis::aio::ConnectionManager {
    let client = redis::Client::open("redis://127.0.0.1:1").expect("it is an address");
    let settings = redis::aio::ConnectionManagerConfig::new().set_number_of_retries(0);
    redis::aio::ConnectionManager::new_lazy_with_config(client, settings)
        .expect("there is a runtime")
}

#[tokio::test]
async fn every_wrong_argument_is_refused() {
    for (function, fault, call, expected) in REFUSED {
        assert_eq!(call(), Some(*expected), "{function}: {fault}");
    }
    OTHERS.iter().for_each(|(.., call)| call());
}

/// No setting takes an unsigned request.
#[tokio::test]
async fn every_extreme_setting_does_as_documented() {
    for (function, setting, layer, expected) in SETTINGS {
        let (layer, sent) = (layer(), now());
        for expected in expected {
            assert_eq!(
                status(&layer, request_at(sent, "{}")).await,
                *expected,
                "{function}: {setting}"
            );
        }
        let unsigned = Request::post("/").body("{}".into()).expect("it is a request");
        assert_eq!(status(&layer, unsigned).await, 401, "{function}: {setting}");
    }
    let at_once = layer().body_timeout(Duration::ZERO);
    assert!([200, 408].contains(&status(&at_once, request_at(now(), "{}")).await));
}

#[test]
fn outside_of_a_runtime_no_store_is_opened() {
    assert!(RedisStore::open("redis://127.0.0.1").is_err());
}

/// A store that keeps the claim.
#[derive(Default)]
struct Kept(Mutex<Option<Claim>>);

impl ReplayStore for Kept {
    async fn claim(&self, claim: &Claim) -> Result<(), ClaimError> {
        *self.0.lock().expect("no holder panicked") = Some(claim.clone());
        Ok(())
    }
}

#[tokio::test]
async fn a_claim_shows_no_mac_and_takes_any_time() {
    let (kept, sent) = (Arc::new(Kept::default()), now());
    assert_eq!(status(&store(Arc::clone(&kept)), request_at(sent, "{}")).await, 200);
    let claim = kept.0.lock().expect("no holder panicked").take().expect("it was claimed");
    let shown = format!("Claim {{ date: {sent}, expires: {}, .. }}", sent + 300);
    assert_eq!(format!("{claim:?}"), shown, "it holds no MAC");
    let longest = sent + i64::from(u32::MAX) + 2;
    assert_eq!([0, u32::MAX].map(|skew| claim.remember_until(skew)), [sent + 2, longest]);
    let expired = [i64::MIN, sent + 300, sent + 301, i64::MAX].map(|now| claim.is_expired_at(now));
    assert_eq!(expired, [false, false, true, true]);
}

#[test]
fn every_public_function_is_given_extreme_arguments() {
    let public = public_functions(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &[]);
    let mut called = BTreeSet::from(["Claim::is_expired_at", "Claim::remember_until"]);
    called.extend(REFUSED.iter().map(|(function, ..)| *function));
    called.extend(SETTINGS.iter().map(|(function, ..)| *function));
    called.extend(OTHERS.iter().map(|(function, ..)| *function));
    assert_eq!(public, called.into_iter().map(str::to_owned).collect());
}
