//! The allowed dependencies of the core, so that a new one is a decision.

use std::{collections::BTreeSet, process::Command};

/// Direct dependencies of the core.
const DIRECT: [&str; 6] = ["base64ct", "ctutils", "heapless", "hifijson", "hmac", "sha2"];

/// Their dependencies, including `zeroize` through features of `hmac` and `sha2`.
const INDIRECT: [&str; 13] = [
    "block-buffer",
    "byteorder",
    "cfg-if",
    "cmov",
    "cpufeatures",
    "crypto-common",
    "digest",
    "hash32",
    "hybrid-array",
    // `cpufeatures` uses it on some systems, but not without an operating system.
    "libc",
    "stable_deref_trait",
    "typenum",
    "zeroize",
];

/// Returns the output of `cargo tree` for the core.
fn tree(arguments: &[&str]) -> String {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "hooksig", "--prefix", "none", "--locked", "--offline"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    String::from_utf8(tree.stdout).expect("names are text")
}

#[test]
fn the_core_without_features_stands_on_no_more_than_it_says() {
    let tree = tree(&["--edges", "normal"]);
    let names = tree.lines().filter_map(|line| line.split(' ').next());
    let unknown: BTreeSet<_> = names
        .filter(|name| !name.is_empty() && *name != "hooksig")
        .filter(|name| !DIRECT.contains(name) && !INDIRECT.contains(name))
        .collect();
    assert_eq!(unknown, BTreeSet::new());
}

/// The payload allocates, but needs no operating system.
#[test]
fn the_payload_stands_on_serde_without_std() {
    let tree = tree(&["--features", "payload", "--edges", "normal,features"]);
    assert!(tree.contains("serde feature \"alloc\""), "{tree}");
    for feature in ["serde feature \"std\"", "serde_core feature \"std\""] {
        assert!(!tree.contains(feature), "{tree}");
    }
}
