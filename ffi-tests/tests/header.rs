//! The checked-in header must equal the generated one.

use std::fs;
use std::path::Path;

use hooksig_ffi_tests::{header, header_path, root};

#[test]
fn the_header_is_up_to_date() {
    assert!(
        is_checked_in(&root().join("src/capi")),
        "include/hooksig.h is not what src/capi says: run `make header`"
    );
}

#[test]
fn another_comment_is_noticed() {
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("capi");
    fs::create_dir_all(&copy).unwrap();
    for file in fs::read_dir(root().join("src/capi")).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.join(file.file_name())).unwrap();
    }
    assert!(is_checked_in(&copy));
    let key = fs::read_to_string(copy.join("key.rs")).unwrap();
    fs::write(copy.join("key.rs"), key.replacen("/// ", "/// Changed: ", 1)).unwrap();
    assert!(!is_checked_in(&copy));
}

/// Returns whether the files of `sources` describe the checked-in header.
fn is_checked_in(sources: &Path) -> bool {
    let checked_in = fs::read_to_string(header_path()).expect("the header is checked in");
    checked_in == header(sources)
}
