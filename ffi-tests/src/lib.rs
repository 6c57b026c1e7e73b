//! Generates the C header from `src/capi` with cbindgen.

use std::path::{Path, PathBuf};

/// The exporting files of `src/capi`, in the order of the header.
const SOURCES: [&str; 18] = [
    "version",
    "status",
    "key",
    "policy",
    "replay_entry",
    "clock",
    "receiver",
    "verified",
    "replay",
    "request",
    "drone",
    "receive",
    "pending",
    "verify",
    "head",
    "sign",
    "digest",
    "date",
];

/// Parts of the generated text and their replacements, because cbindgen knows no text constants and
/// no sums.
const REPLACED: [(&str, &str); 4] = [
    ("@VERSION@", env!("CARGO_PKG_VERSION")),
    ("date[30]", "date[HOOKSIG_DATE_LEN + 1]"),
    ("digest[53]", "digest[HOOKSIG_DIGEST_FIELD_LEN + 1]"),
    ("signature[120]", "signature[HOOKSIG_DELIVERY_SIGNATURE_LEN + 1]"),
];

/// The longest line, as in `cbindgen.toml`.
const WIDTH: usize = 100;

/// Returns the root of the source tree.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the path of the checked-in header.
pub fn header_path() -> PathBuf {
    root().join("include/hooksig.h")
}

/// Returns the text of the header that the files of `sources`, which is `src/capi` or a copy, describe.
///
/// # Panics
///
/// If the sources cannot be read or parsed, because only builds and tests use it.
pub fn header(sources: &Path) -> String {
    let config = root().join("ffi-tests/cbindgen.toml");
    let config = cbindgen::Config::from_file(config).expect("cbindgen.toml is well-formed");
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(sources.join(source).with_extension("rs"));
    }
    let mut text = Vec::new();
    builder.generate().expect("the sources can be translated").write(&mut text);
    let text = String::from_utf8(text).expect("the header is text");
    let text = REPLACED.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from} is in the generated header");
        text.replace(from, to)
    });
    fill_prototypes(&text)
}

/// Puts as many parameters on each line of a prototype as fit, because cbindgen gives each its own.
fn fill_prototypes(text: &str) -> String {
    let mut filled: Vec<String> = Vec::new();
    let mut is_prototype = false;
    for line in text.lines() {
        let parameter = line.trim_start();
        match filled.last_mut() {
            Some(last) if is_prototype && last.len() + 1 + parameter.len() <= WIDTH => {
                *last = format!("{last} {parameter}");
            }
            _ => filled.push(line.to_owned()),
        }
        is_prototype = line.ends_with(',') && (is_prototype || line.starts_with("hooksig_"));
    }
    filled.join("\n") + "\n"
}
