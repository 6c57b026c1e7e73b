use core::ffi::c_char;

/// The major part of HOOKSIG_VERSION.
pub const HOOKSIG_VERSION_MAJOR: u32 = 0;
/// The minor part of HOOKSIG_VERSION.
pub const HOOKSIG_VERSION_MINOR: u32 = 1;
/// The patch part of HOOKSIG_VERSION.
pub const HOOKSIG_VERSION_PATCH: u32 = 0;

/// Returns the version of the library as static text with a NUL, such as "0.1.0"; never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn hooksig_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// Returns the version of the library as a number, to compare with HOOKSIG_VERSION_NUMBER.
#[unsafe(no_mangle)]
pub extern "C" fn hooksig_version_number() -> u32 {
    HOOKSIG_VERSION_MAJOR * 1_000_000 + HOOKSIG_VERSION_MINOR * 1_000 + HOOKSIG_VERSION_PATCH
}
