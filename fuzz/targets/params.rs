//! Parameters are refused for the model's reason. Rewriting them, or adding an empty element,
//! changes nothing.
#![no_main]

use hooksig::Params;
use hooksig_fuzz::judge_params;
use libfuzzer_sys::fuzz_target;

/// keyId, algorithm, list and signature.
fn values(params: &Params<'_>) -> [Vec<u8>; 4] {
    [
        params.key_id().bytes().collect(),
        params.algorithm().map_or(Vec::new(), |value| value.bytes().collect()),
        params.headers().value().bytes().collect(),
        params.signature().bytes().collect(),
    ]
}

fuzz_target!(|field: &[u8]| {
    // A field's value has no white space around it.
    if [field.first(), field.last()].iter().any(|end| matches!(end, Some(b' ' | b'\t'))) {
        return;
    }
    let params = Params::parse(field);
    assert_eq!(params.as_ref().err().map(|error| error.reason()), judge_params(field).err());
    let Ok(params) = params else { return };
    let list = params.headers();
    let names: Vec<Vec<u8>> = list.iter().map(|name| name.lower().collect()).collect();
    let plain: Vec<u8> = list.value().bytes().collect();
    assert_eq!(names.join(b" ".as_slice()), plain.to_ascii_lowercase());
    assert!(names.iter().all(|name| list.contains(name)));
    let longer = [b",".as_slice(), field, b" ,, "].concat();
    let again = Params::parse(longer.trim_ascii_end()).expect("empty elements are tolerated");
    assert_eq!(values(&again), values(&params));
});
