//! Writes `include/hooksig.h`.

fn main() -> std::io::Result<()> {
    std::fs::write(hooksig_ffi_tests::header_path(), hooksig_ffi_tests::header())
}
