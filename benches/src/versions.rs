//! The locked versions of the compared crates.

/// Returns `NAME VERSION` of a crate; the newest if a peer needs an old one.
pub fn of_crate(name: &str) -> String {
    let named = format!("name = \"{name}\"\nversion = \"");
    // The lock file lists older versions first.
    let (_, rest) = include_str!("../Cargo.lock").rsplit_once(&named).expect("it is locked");
    let version = rest.split('"').next().unwrap_or_default();
    format!("{name} {version}")
}
