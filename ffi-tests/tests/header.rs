//! The checked-in header must equal the generated one.

use hooksig_ffi_tests::{header, header_path};

#[test]
fn the_header_is_up_to_date() {
    let checked_in = std::fs::read_to_string(header_path()).expect("the header is checked in");
    assert!(
        checked_in == header(),
        "include/hooksig.h is not what src/capi says: run `make header`"
    );
}
