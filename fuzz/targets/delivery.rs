//! The JSON reader agrees with `serde_json` on deliveries.
#![no_main]

use hooksig::drone::Delivery;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

/// Returns the text of a member; `None` if it is missing, an error if it is no string.
fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, ()> {
    members.get(name).map(|value| value.as_str().ok_or(())).transpose()
}

fuzz_target!(|body: &[u8]| {
    let read = Delivery::read(body);
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else { return };
    // Readers may differ on a member that is repeated or escaped.
    let count = |name: &[u8]| body.windows(name.len()).filter(|window| *window == name).count();
    if body.contains(&b'\\') || count(b"\"event\"") > 1 || count(b"\"action\"") > 1 {
        return;
    }
    // They may also differ on a name in another case, which is refused only before both are known.
    let is_similar = |name: &str, known| name != known && name.eq_ignore_ascii_case(known);
    if members.keys().any(|name| is_similar(name, "event") || is_similar(name, "action")) {
        return;
    }
    match (text(&members, "event"), text(&members, "action")) {
        (Ok(event), Ok(action)) => {
            let read = read.expect("it is a delivery");
            assert_eq!(read.event().as_ref().map(|event| event.as_str()), event);
            assert_eq!(read.action().as_ref().map(|action| action.as_str()), action);
        }
        _ => assert!(read.is_err()),
    }
});
