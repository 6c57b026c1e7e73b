//! The C header as cbindgen makes it from `src/capi`.

use std::path::PathBuf;

/// The files of `src/capi` that export something, in the order in which the header shows it.
const SOURCES: [&str; 15] = [
    "version", "status", "key", "policy", "replay", "receiver", "request", "drone", "receive",
    "pending", "verify", "head", "sign", "digest", "date",
];

/// Parts of the generated text, and the text that replaces each: cbindgen knows no text constants and no
/// sums.
const REPLACED: [(&str, &str); 4] = [
    ("@VERSION@", env!("CARGO_PKG_VERSION")),
    ("date[30]", "date[HOOKSIG_DATE_LEN + 1]"),
    ("digest[53]", "digest[HOOKSIG_DIGEST_FIELD_LEN + 1]"),
    ("signature[120]", "signature[HOOKSIG_DELIVERY_SIGNATURE_LEN + 1]"),
];

/// The root of the source tree.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where the header is checked in.
pub fn header_path() -> PathBuf {
    root().join("include/hooksig.h")
}

/// The text of the header.
///
/// # Panics
///
/// If the sources cannot be read or parsed: this is for building and testing.
pub fn header() -> String {
    let config = root().join("ffi-tests/cbindgen.toml");
    let config = cbindgen::Config::from_file(config).expect("cbindgen.toml is well-formed");
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root().join("src/capi").join(source).with_extension("rs"));
    }
    let mut text = Vec::new();
    builder.generate().expect("the sources can be translated").write(&mut text);
    let text = String::from_utf8(text).expect("the header is text");
    REPLACED.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from} is in the generated header");
        text.replace(from, to)
    })
}
