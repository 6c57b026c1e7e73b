//! Input that nobody sends by accident gets a verdict, never a panic, and never "valid".

use crate::common::{BODY, NOW, SECRET, Sent, key};
use hooksig::{
    Clock, Error, Key, MAX_SIGNING_STRING_LEN, Param, Params, Policy, Request, Signer, Verifier,
    date,
    drone::{self, Delivery, Event},
    signing_string,
};

fn verdict(sent: &Sent) -> Result<(), Error> {
    sent.verdict(Policy::DRONE, Clock::At(NOW))
}

/// Tries every change and insertion of one byte in the bytes that `part` picks.
fn for_each_edit(part: fn(&mut Sent) -> &mut Vec<u8>, mut check: impl FnMut(&Sent, bool)) {
    let mut genuine = Sent::by_drone();
    let original = part(&mut genuine).clone();
    for byte in 0..=255 {
        for at in 0..=original.len() {
            let mut edited = original.clone();
            edited.insert(at, byte);
            *part(&mut genuine) = edited.clone();
            check(&genuine, false);
            if at < original.len() && original[at] != byte {
                edited.remove(at + 1);
                *part(&mut genuine) = edited;
                check(&genuine, true);
            }
        }
    }
}

#[test]
fn any_byte_anywhere_in_a_covered_value_is_refused() {
    for part in [(|sent| &mut sent.headers[0].1) as fn(&mut Sent) -> &mut Vec<u8>, |sent| {
        &mut sent.headers[1].1
    }] {
        for_each_edit(part, |sent, replaced| {
            // White space around a value is not part of it.
            assert!(verdict(sent).is_err() || !replaced && is_padded(sent));
        });
    }
}

/// Before the MAC is looked at, so that no secret makes such a value genuine.
#[test]
fn any_control_byte_in_a_covered_value_is_told() {
    for byte in 0..=255u8 {
        for (before, behind) in [(1, 1), (1, 20), (20, 1), (17, 17)] {
            let value = [vec![b'a'; before], vec![byte], vec![b'a'; behind]].concat();
            let mut sent = Sent::by_drone();
            sent.add("X-A", value);
            sent.edit_signature("digest\"", "digest x-a\"");
            let is_control = byte.is_ascii_control() && byte != b'\t';
            let expected =
                if is_control { Error::ControlByte { index: 2 } } else { Error::SignatureMismatch };
            assert_eq!(verdict(&sent), Err(expected), "{byte} after {before}");
        }
    }
}

fn is_padded(sent: &Sent) -> bool {
    let white = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    sent.headers.iter().any(|(_, value)| white(value.first()) || white(value.last()))
}

#[test]
fn any_byte_anywhere_in_a_name_is_refused() {
    for part in [
        (|sent| &mut sent.headers[0].0) as fn(&mut Sent) -> &mut Vec<u8>,
        |sent| &mut sent.headers[1].0,
        |sent| &mut sent.headers[2].0,
    ] {
        for_each_edit(part, |sent, _| {
            let names = sent.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
            let known = names.eq(["date", "digest", "signature", "x-drone-event"].map(Vec::from));
            assert_eq!(verdict(sent).is_ok(), known);
        });
    }
}

#[test]
fn any_byte_anywhere_in_the_signature_gets_a_verdict() {
    for_each_edit(
        |sent| &mut sent.headers[2].1,
        |sent, _| {
            // Nearly every edit is refused. Any other leaves the parameters the same, except for
            // the keyId, which is not signed, and the case of names.
            if verdict(sent).is_err() || is_padded(sent) {
                return;
            }
            let genuine = Sent::by_drone();
            let params = Params::parse(sent.value("Signature")).unwrap();
            let same_mac = sent.mac_text() == genuine.mac_text();
            let list = params.headers().value().bytes().collect::<Vec<_>>();
            assert!(same_mac && list.eq_ignore_ascii_case(b"date digest"));
            assert!(params.algorithm().unwrap().is("hmac-sha256"));
        },
    );
}

#[test]
fn any_byte_anywhere_in_uncovered_fields_changes_nothing() {
    for part in [
        (|sent| &mut sent.headers[3].1) as fn(&mut Sent) -> &mut Vec<u8>,
        |sent| &mut sent.method,
        |sent| &mut sent.target,
    ] {
        for_each_edit(part, |sent, _| assert_eq!(verdict(sent), Ok(())));
    }
}

#[test]
fn any_byte_anywhere_in_the_authorization_gets_a_verdict() {
    for byte in 0..=255 {
        for at in 0..="Signature ".len() {
            let mut sent = Sent::by_drone();
            let mut value = b"Signature ".to_vec();
            value.insert(at, byte);
            value.extend(sent.value("Signature"));
            sent.remove("Signature");
            sent.add("Authorization", value);
            let spaces = matches!((byte, at), (b' ', 0 | 9..) | (b'\t', 0));
            // A leading comma is an empty element of the list of parameters.
            let empty_element = matches!((byte, at), (b',', 10));
            assert_eq!(verdict(&sent).is_ok(), spaces || empty_element, "{byte} at {at}");
        }
    }
}

#[test]
fn any_byte_anywhere_in_a_body_is_read_or_refused() {
    for byte in 0..=255 {
        for at in 0..=BODY.len() {
            let mut body = BODY.as_bytes().to_vec();
            body.insert(at, byte);
            if let Ok(delivery) = Delivery::read(&body) {
                let _ = delivery.check_event_field(&Sent::by_drone().request());
            }
        }
    }
}

#[test]
fn a_field_of_a_hundred_kibibytes_gets_a_verdict() {
    let long = "a".repeat(100 << 10);
    for (name, error) in [
        ("Date", Error::MalformedDate),
        ("Digest", Error::MalformedDigest),
        ("Signature", Error::MalformedParams { at: long.len() }),
    ] {
        let mut sent = Sent::by_drone();
        sent.set(name, &long);
        assert_eq!(verdict(&sent), Err(error));
    }
    let mut sent = Sent::by_drone();
    sent.add(&long, &long);
    assert_eq!(verdict(&sent), Ok(()));
    sent.edit_signature("hmac-key", &"\\\"".repeat(50 << 10));
    assert_eq!(verdict(&sent), Ok(()));
    sent.edit_signature("date digest", &format!("date digest {long}"));
    assert_eq!(verdict(&sent), Err(Error::SigningStringTooLong));
    sent.set("Signature", format!("keyId=\"{long}"));
    assert_eq!(verdict(&sent), Err(Error::MalformedParams { at: 7 + long.len() }));
}

/// Returns a request with one more field that makes the signing string of `names` this long, and these
/// names.
fn with_string_of(len: usize, name: &'static str) -> (Sent, [&'static str; 3]) {
    let names = ["date", name, "digest"];
    let mut sent = Sent::by_drone();
    sent.target.clear();
    sent.add(name, "");
    let mut room = [0; 256];
    let least = signing_string(&sent.request(), &names, &mut room).unwrap().len();
    let filling = "/".repeat(len - least);
    match name {
        "(request-target)" => sent.target = filling.into(),
        _ => sent.set(name, filling),
    }
    (sent, names)
}

#[test]
fn a_signing_string_of_4096_bytes_is_accepted_and_no_longer() {
    let signing_key = key(SECRET);
    let signer = Signer::new(&signing_key, "k").unwrap();
    for name in ["x-a", "(request-target)"] {
        let (mut sent, names) = with_string_of(MAX_SIGNING_STRING_LEN, name);
        let mut room = [0; 4096];
        assert_eq!(signing_string(&sent.request(), &names, &mut room).unwrap().len(), 4096);
        sent.sign(SECRET, &names);
        assert_eq!(verdict(&sent), Ok(()));
        sent.sign("another", &names);
        assert_eq!(verdict(&sent), Err(Error::SignatureMismatch));

        let (mut sent, names) = with_string_of(MAX_SIGNING_STRING_LEN + 1, name);
        let too_long = Some(Error::SigningStringTooLong);
        assert_eq!(signer.sign(&sent.request(), &names, &mut [0; 256]).err(), too_long);
        assert_eq!(signing_string(&sent.request(), &names, &mut [0; 8192]).err(), too_long);
        sent.edit_signature("date digest", &names.join(" "));
        assert_eq!(verdict(&sent).err(), too_long);
    }
}

#[test]
fn ten_thousand_unknown_parameters_are_read_over() {
    let unknown: String = (0..10_000).map(|index| format!("x{index}=\"\\y\" , ")).collect();
    let mut sent = Sent::by_drone();
    sent.edit_signature("keyId", &format!("{unknown}keyId"));
    assert_eq!(verdict(&sent), Ok(()));
    sent.edit_signature("x9999=", "x9999");
    assert!(matches!(verdict(&sent), Err(Error::MalformedParams { .. })));
}

#[test]
fn a_hundred_thousand_commas_are_no_parameters() {
    let mut sent = Sent::by_drone();
    sent.set("Signature", ", ".repeat(100_000));
    assert_eq!(verdict(&sent), Err(Error::MissingParam(Param::KeyId)));
}

/// Returns a request that covers `count` names, including date and digest.
fn covering(count: usize) -> (Sent, Vec<String>) {
    let mut sent = Sent::by_drone();
    let others: Vec<_> = (2..count).map(|index| format!("x-{index}")).collect();
    others.iter().for_each(|name| sent.add(name, name));
    let names = ["date".to_owned(), "digest".to_owned()].into_iter().chain(others).collect();
    (sent, names)
}

#[test]
fn a_hundred_and_twenty_eight_names_can_be_covered_and_no_more() {
    let (mut sent, names) = covering(128);
    sent.sign(SECRET, &names);
    assert_eq!(verdict(&sent), Ok(()));
    for count in [129, 5_000] {
        let (mut sent, names) = covering(count);
        let signing_key = key(SECRET);
        let signer = Signer::new(&signing_key, "k").unwrap();
        let signed = signer.sign(&sent.request(), names.as_slice(), &mut []);
        assert_eq!(signed, Err(Error::TooManyNames));
        sent.edit_signature("date digest", &names.join(" "));
        assert_eq!(verdict(&sent), Err(Error::TooManyNames));
    }
}

#[test]
fn fields_of_one_name_are_joined_or_refused() {
    let mut sent = Sent::by_drone();
    (0..17).for_each(|_| sent.add("X-A", ""));
    sent.sign(SECRET, &["x-a", "date", "digest"]);
    assert_eq!(verdict(&sent), Ok(()));
    let mut long = sent.clone();
    long.set("X-A", "x".repeat(MAX_SIGNING_STRING_LEN));
    assert_eq!(verdict(&long), Err(Error::SigningStringTooLong));
    let mut other = sent.clone();
    other.add("X-B", "");
    other.sign(SECRET, &["x-a", "x-b", "date", "digest"]);
    assert_eq!(verdict(&other), Ok(()));
    other.add("x-b", "");
    assert_eq!(verdict(&other), Err(Error::TooManyNames));
    sent.add("X-A", "");
    assert_eq!(verdict(&sent), Err(Error::TooManyNames));
    sent.add("X-A", "\n");
    assert_eq!(verdict(&sent), Err(Error::TooManyNames));
    (0..10_000).for_each(|_| sent.add("Signature", ""));
    assert_eq!(verdict(&sent), Err(Error::RepeatedSignature));
}

#[test]
fn brackets_may_nest_to_any_depth() {
    const DEPTH: usize = 1_000_000;
    let (open, close) = ("[".repeat(DEPTH), "]".repeat(DEPTH));
    assert_eq!(Delivery::read(&open).err(), Some(Error::MalformedBody));
    assert_eq!(Delivery::read(&format!("{{\"a\":{open}")).err(), Some(Error::MalformedBody));
    let nested = format!("{{\"a\":{open}{close},\"event\":\"user\"}}");
    assert_eq!(Delivery::read(&nested).unwrap().event(), Some(Event::User));
}

#[test]
fn any_clock_and_any_skew_give_a_verdict() {
    let mut two_digits = Sent::by_drone();
    two_digits.set("Date", "Wednesday, 01-Jan-20 00:00:00 GMT");
    two_digits.sign(SECRET, &["date", "digest"]);
    for now in [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX] {
        for skew in [0, 1, u32::MAX] {
            let policy = Policy::DRONE.max_skew(skew);
            let verdict = Sent::by_drone().verdict(policy, Clock::At(now));
            let near = now.abs_diff(NOW) <= u64::from(skew);
            let expected = if now < NOW { Error::DateTooNew } else { Error::DateTooOld };
            assert_eq!(verdict, if near { Ok(()) } else { Err(expected) }, "{now} {skew}");
            let _ = two_digits.verdict(policy, Clock::At(now));
        }
    }
}

#[test]
fn nothing_at_all_gets_a_verdict() {
    let empty: [(&str, &str); 0] = [];
    let request = Request::new("", "", &empty);
    let keys = [key(SECRET)];
    let verifier = Verifier::new(&keys).unwrap();
    assert_eq!(verifier.verify(&request, "", Clock::At(0)).err(), Some(Error::MissingSignature));
    let nameless = [("", ""), ("", ""), ("Signature", "")];
    let request = Request::new("", "", &nameless);
    let expected = Some(Error::MissingParam(Param::KeyId));
    assert_eq!(verifier.verify(&request, "", Clock::None).err(), expected);
    assert_eq!(signing_string(&request, &[""], &mut []), Err(Error::MalformedList { index: 0 }));
    assert_eq!(date::parse("", 0), Err(Error::MalformedDate));
    assert_eq!(Delivery::read("").err(), Some(Error::MalformedBody));
    assert_eq!(Params::parse(b"").err(), expected);
    assert!(drone::sign(&keys[0], "", 0).is_ok());
    assert!(drone::selects(&[], Event::Unknown(""), None));
    assert!(drone::selects(&[""], Event::Unknown(""), None));
}

#[test]
fn an_empty_method_and_target_can_be_covered() {
    let mut sent = Sent::by_drone();
    (sent.method, sent.target) = (Vec::new(), Vec::new());
    sent.sign(SECRET, &["(request-target)", "date", "digest"]);
    assert_eq!(verdict(&sent), Ok(()));
    let mut string = [0; 200];
    let string = signing_string(&sent.request(), &["(request-target)"], &mut string);
    assert_eq!(string, Ok(&b"(request-target):  "[..]));
}

#[test]
fn a_secret_of_a_mebibyte_is_a_secret() {
    let keys = [Key::new(&vec![0xff; 1 << 20]).unwrap()];
    let signed = drone::sign(&keys[0], BODY, NOW).unwrap();
    let headers =
        [("date", signed.date()), ("digest", signed.digest()), ("signature", signed.signature())];
    let verifier = Verifier::new(&keys).unwrap();
    assert!(verifier.verify(&Request::new("", "", &headers), BODY, Clock::At(NOW)).is_ok());
}

/// Changes the case of the letters at both places, which flips one bit of each.
fn with_two_cases_changed(text: &[u8], places: [usize; 2]) -> Vec<u8> {
    let mut changed = text.to_vec();
    places.iter().for_each(|place| changed[*place] ^= 0x20);
    changed
}

/// Returns each pair of letters except the last digit, which cannot take every value.
fn pairs_of_letters(text: &[u8]) -> Vec<[usize; 2]> {
    let letters = text[..42].iter().enumerate().filter(|(_, byte)| byte.is_ascii_alphabetic());
    let places: Vec<_> = letters.map(|(place, _)| place).collect();
    let mut pairs = vec![];
    for (index, one) in places.iter().enumerate() {
        pairs.extend(places[..index].iter().map(|other| [*other, *one]));
    }
    pairs
}

#[test]
fn two_differences_do_not_make_up_for_each_other() {
    let genuine = Sent::by_drone();
    let mac = genuine.mac_text();
    for places in pairs_of_letters(&mac) {
        let mut sent = genuine.clone();
        let changed = String::from_utf8(with_two_cases_changed(&mac, places)).unwrap();
        sent.edit_signature(std::str::from_utf8(&mac).unwrap(), &changed);
        assert_eq!(verdict(&sent), Err(Error::SignatureMismatch), "{places:?}");
    }
    let hash = genuine.value("Digest")["SHA-256=".len()..].to_vec();
    for places in pairs_of_letters(&hash) {
        let mut sent = genuine.clone();
        sent.set("Digest", [b"SHA-256=", &*with_two_cases_changed(&hash, places)].concat());
        sent.sign(SECRET, &["date", "digest"]);
        assert_eq!(verdict(&sent), Err(Error::DigestMismatch), "{places:?}");
    }
}

/// Fields that count the passes over them.
struct Counted {
    fields: Vec<(String, String)>,
    passes: std::cell::Cell<usize>,
}

impl hooksig::Headers for Counted {
    fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.passes.set(self.passes.get() + 1);
        self.fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()))
    }
}

/// Returns the number of passes over the fields to refuse a request that covers 126 more headers,
/// of which `repeats` fields repeat one. There are at most eight of these headers.
fn passes(secrets: usize, repeats: usize, list: impl Fn(usize) -> String) -> usize {
    let sent = Sent::by_drone();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut fields: Vec<_> =
        sent.headers.iter().map(|(name, value)| (text(name), text(value))).collect();
    let names: Vec<_> = (0..126).map(list).collect();
    fields.extend(names.iter().map(|name| (name.clone(), "value".to_owned())));
    let repeated = names.iter().take(8).cycle().take(repeats);
    fields.extend(repeated.map(|name| (name.to_uppercase(), String::new())));
    for (name, value) in &mut fields {
        if name == "Signature" {
            *value = value.replace("date digest", &format!("date digest {}", names.join(" ")));
        }
    }
    let headers = Counted { fields, passes: std::cell::Cell::new(0) };
    let keys: Vec<_> = (0..secrets).map(|index| key(&format!("secret {index}"))).collect();
    let request = hooksig::Request::new("POST", "/", &headers);
    let begun = hooksig::Verifier::new(&keys).unwrap().begin(&request, Clock::At(NOW));
    let expected = match repeats {
        17.. => Error::TooManyNames,
        _ if names.concat().len() > MAX_SIGNING_STRING_LEN => Error::SigningStringTooLong,
        _ => Error::SignatureMismatch,
    };
    assert_eq!(begun.err(), Some(expected));
    headers.passes.get()
}

/// Whether this build has no memory for all names, and looks each one up by itself.
const SEARCHES_EACH_NAME: bool = cfg!(all(feature = "small", not(feature = "plain")));

/// Returns the largest number of passes for 128 covered headers, whatever their values.
///
/// One is for the required fields, and one for all names. In builds without memory each name takes one to
/// check its fields, and one for each key.
const fn most_passes(secrets: usize, repeats: usize) -> usize {
    match repeats {
        _ if !SEARCHES_EACH_NAME => 2,
        0..=16 => 1 + 128 * (1 + secrets),
        _ => 1 + 128,
    }
}

#[test]
fn the_fields_are_passed_over_a_bounded_number_of_times() {
    let short = |index: usize| format!("x-{index}");
    let long = |index: usize| format!("x{}{index:03}{}", "a".repeat(300), "b".repeat(300));
    for secrets in [1, 16, 32] {
        for repeats in [0, 8, 16, 17, 1000] {
            assert_eq!(passes(secrets, repeats, short), most_passes(secrets, repeats));
        }
        // Too long a string is not hashed.
        assert_eq!(passes(secrets, 0, long), most_passes(0, 0));
    }
}
