//! Writes `include/hooksig.h`.

use hooksig_ffi_tests::{header, header_path, root};

fn main() -> std::io::Result<()> {
    std::fs::write(header_path(), header(&root().join("src/capi")))
}
