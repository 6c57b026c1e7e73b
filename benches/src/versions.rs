//! The versions of the crates that are compared, as locked.

/// `NAME VERSION` of a crate; the newest where an old one is there for the sake of a peer.
pub fn of_crate(name: &str) -> String {
    let named = format!("name = \"{name}\"\nversion = \"");
    // The packages stand in order, older versions first.
    let (_, rest) = include_str!("../Cargo.lock").rsplit_once(&named).expect("it is locked");
    let version = rest.split('"').next().unwrap_or_default();
    format!("{name} {version}")
}
