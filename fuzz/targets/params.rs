//! The parameters of a signature: reading them again, or with an empty element, changes nothing.
#![no_main]

use hooksig::Params;
use libfuzzer_sys::fuzz_target;

/// keyId, algorithm, list and signature.
fn values(params: &Params<'_>) -> [Vec<u8>; 4] {
    [
        params.key_id().octets().collect(),
        params.algorithm().map_or(Vec::new(), |value| value.octets().collect()),
        params.headers().value().octets().collect(),
        params.signature().octets().collect(),
    ]
}

fuzz_target!(|field: &[u8]| {
    let Ok(params) = Params::parse(field) else { return };
    let list = params.headers();
    let names: Vec<Vec<u8>> = list.iter().map(|name| name.lower().collect()).collect();
    let plain: Vec<u8> = list.value().octets().collect();
    assert_eq!(names.join(b" ".as_slice()), plain.to_ascii_lowercase());
    assert!(names.iter().all(|name| list.contains(name)));
    let longer = [b",".as_slice(), field, b" ,, "].concat();
    let again = Params::parse(longer.trim_ascii_end()).expect("empty elements are tolerated");
    assert_eq!(values(&again), values(&params));
});
