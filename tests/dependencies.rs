//! What the core stands on: an allow-list, so that a new dependency is a decision.

use std::{collections::BTreeSet, process::Command};

/// What the core names.
const DIRECT: [&str; 6] = ["base64ct", "ctutils", "heapless", "hifijson", "hmac", "sha2"];

/// What these need, `zeroize` among them, which is asked of `hmac` and `sha2`.
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
    // By which `cpufeatures` asks some systems; not where there is none.
    "libc",
    "stable_deref_trait",
    "typenum",
    "zeroize",
];

/// What `cargo tree` says of the core, with these arguments.
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

/// The payload allocates, and needs no operating system for that.
#[test]
fn the_payload_stands_on_serde_without_std() {
    let tree = tree(&["--features", "payload", "--edges", "normal,features"]);
    assert!(tree.contains("serde feature \"alloc\""), "{tree}");
    for feature in ["serde feature \"std\"", "serde_core feature \"std\""] {
        assert!(!tree.contains(feature), "{tree}");
    }
}
