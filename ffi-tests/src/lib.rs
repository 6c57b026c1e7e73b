//! The C header as cbindgen makes it from `src/capi`.

use std::path::PathBuf;

/// The files of `src/capi` that export something, in the order in which the header shows it.
const SOURCES: [&str; 11] = [
    "version", "status", "key", "policy", "request", "verify", "replay", "drone", "sign", "digest",
    "date",
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
    String::from_utf8(text).expect("the header is text")
}
