//! Raw heads are read as `httparse` reads them, if it does.
#![no_main]

use hooksig::{Head, Headers};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &[u8]| {
    let Ok(head) = Head::parse(text) else { return };
    let fields: Vec<_> = head.fields().collect();
    let mut room = vec![httparse::EMPTY_HEADER; fields.len() + 1];
    let mut peer = httparse::Request::new(&mut room);
    let Ok(httparse::Status::Complete(len)) = peer.parse(text) else { return };
    assert_eq!(len, text.len());
    assert_eq!(peer.method.map(str::as_bytes), Some(head.method()));
    assert_eq!(peer.path.map(str::as_bytes), Some(head.target()));
    assert_eq!(peer.headers.len(), fields.len());
    for (field, (name, value)) in peer.headers.iter().zip(fields) {
        assert_eq!(field.name.as_bytes(), name);
        assert_eq!(field.value.trim_ascii(), value.trim_ascii());
    }
});
