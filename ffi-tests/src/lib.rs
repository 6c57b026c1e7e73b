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
    join_constants(&fill_prototypes(&text))
}

/// Fills the lines of each prototype, because cbindgen gives each parameter its own.
fn fill_prototypes(text: &str) -> String {
    let mut filled = String::new();
    let mut prototype = String::new();
    for line in text.lines() {
        if !prototype.is_empty() || line.starts_with("HOOKSIG_MUST_USE") {
            prototype.push_str(line.trim());
            prototype.push(' ');
            if line.ends_with(';') {
                filled.push_str(&wrapped(prototype.trim()));
                prototype.clear();
            }
        } else {
            filled.push_str(line);
            filled.push('\n');
        }
    }
    filled
}

/// Breaks a prototype after its parenthesis or its commas where a line would become too long.
fn wrapped(prototype: &str) -> String {
    let (name, parameters) = prototype.split_once('(').expect("a prototype has parameters");
    let mut lines = vec![format!("{name}(")];
    for parameter in parameters.split_inclusive(", ") {
        match lines.last_mut() {
            Some(line) if line.len() + parameter.trim_end().len() <= WIDTH => {
                line.push_str(parameter)
            }
            _ => lines.push(format!("        {parameter}")),
        }
    }
    lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Removes the empty lines between constants whose comments take one line.
fn join_constants(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    let is_between = |at: usize| {
        let is_constant = |at: usize| {
            lines[at].starts_with("// ") && lines[at + 1].starts_with("#define HOOKSIG_")
        };
        lines[at].is_empty() && is_constant(at - 2) && is_constant(at + 1)
    };
    let kept =
        (0..lines.len()).filter(|&at| !(2..lines.len() - 2).contains(&at) || !is_between(at));
    kept.map(|at| format!("{}\n", lines[at])).collect()
}
