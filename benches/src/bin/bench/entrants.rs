//! The contestants.

use std::path::Path;

/// A contestant and how to start it.
#[derive(Debug)]
pub struct Entrant {
    pub program: &'static str,
    pub args: &'static [&'static str],
    /// Its checks, for the tables.
    pub checks: &'static str,
    pub ignores_date: bool,
    /// True if the README shows it.
    pub on_front_page: bool,
}

const fn entrant(
    program: &'static str,
    args: &'static [&'static str],
    checks: &'static str,
) -> Entrant {
    Entrant { program, args, checks, ignores_date: false, on_front_page: false }
}

const ALL: &str = "every rule";
const BY_HAND: &str = "MAC, date and body, in the exact form of Drone";
const MAC_ALONE: &str = "MAC; date and body by hand, but not with headers only";

const fn on_front_page(entrant: Entrant) -> Entrant {
    Entrant { on_front_page: true, ..entrant }
}

/// The entrants, hooksig in Rust first.
pub const ENTRANTS: [Entrant; 13] = [
    on_front_page(entrant("hooksig", &[], ALL)),
    on_front_page(entrant("hooksig-c", &[], ALL)),
    on_front_page(entrant("go-contestant", &["hooksig"], ALL)),
    entrant("go-contestant-cgo", &["hooksig"], ALL),
    on_front_page(entrant("hmac-sha2", &[], BY_HAND)),
    entrant("ring", &[], BY_HAND),
    entrant("http-sig", &[], "MAC, date and body"),
    Entrant { ignores_date: true, ..entrant("httpsig", &[], "MAC and body; not the date") },
    on_front_page(entrant("go-contestant", &["pure-go"], BY_HAND)),
    on_front_page(entrant("go-contestant", &["99designs"], MAC_ALONE)),
    entrant("go-contestant", &["go-fed"], MAC_ALONE),
    entrant("openssl", &["one-shot"], BY_HAND),
    on_front_page(entrant("openssl", &["reused"], BY_HAND)),
];

impl Entrant {
    pub fn is_hooksig(&self) -> bool {
        self.checks == ALL
    }

    /// Returns true if its program's name or arguments contain `text`.
    pub fn matches(&self, text: &str) -> bool {
        self.program.contains(text) || self.args.iter().any(|arg| arg.contains(text))
    }
}

/// Returns the built entrants that match one of `only`, or all. Prints the names of missing ones.
pub fn present(programs: &Path, only: &[String]) -> Vec<&'static Entrant> {
    let wanted = |entrant: &&Entrant| only.is_empty() || only.iter().any(|it| entrant.matches(it));
    let built = |entrant: &&Entrant| {
        let built = programs.join(entrant.program).exists();
        if !built {
            eprintln!("skip  {} {}: it was not built", entrant.program, entrant.args.join(" "));
        }
        built
    };
    ENTRANTS.iter().filter(wanted).filter(built).collect()
}
