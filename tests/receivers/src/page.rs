//! The table as a page of the documentation.

use std::fmt::Write;

use crate::{attack::Attack, receivers::Kind};

const HEAD: &str = "\
# Receivers under attack

`make test-receivers` runs the same attacks on every receiver of the project over real sockets. The suite in
`tests/receivers` writes this page, and a test compares the two.

A cell shows the HTTP status and the receiver's word for the reason, which only the operator sees. A comma separates
answers on one connection, \"then\" separates answers on several connections. *closed* means that the connection is closed
without an answer, \"–\" that the attack does not apply. A number refers to the explanations below the tables. The C core
uses no sockets: 204 means `HOOKSIG_STATUS_OK`, 400 means `HOOKSIG_STATUS_MALFORMED_HEAD`, and 401 any other status.
";

/// The page.
pub(crate) fn text(attacks: &[Attack]) -> String {
    let mut page = HEAD.to_owned();
    let mut reasons = Vec::new();
    let mut group = "";
    for attack in attacks {
        if attack.group != group {
            group = attack.group;
            begin_group(&mut page, group);
        }
        let cells = Kind::ALL.map(|kind| cell(attack, kind, &mut reasons));
        let _ = writeln!(page, "| {} | {} |", escaped(&attack.name), cells.join(" | "));
    }
    page.push_str("\n## Why some answers differ\n\n");
    for (index, why) in reasons.iter().enumerate() {
        let _ = writeln!(page, "{}. {why}", index + 1);
    }
    page
}

fn begin_group(page: &mut String, group: &str) {
    let titles = Kind::ALL.map(Kind::title).join(" | ");
    let lines = "---|".repeat(Kind::ALL.len() + 1);
    let _ = write!(page, "\n## {group}\n\n| attack | {titles} |\n|{lines}\n");
}

fn cell(attack: &Attack, kind: Kind, reasons: &mut Vec<&'static str>) -> String {
    let answer = attack.answer_of(kind).unwrap_or("–");
    let Some(but) = attack.but_of(kind) else { return answer.to_owned() };
    let index = reasons.iter().position(|why| *why == but.why).unwrap_or_else(|| {
        reasons.push(but.why);
        reasons.len() - 1
    });
    format!("{answer} ({})", index + 1)
}

fn escaped(name: &str) -> String {
    name.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use crate::table;

    #[test]
    fn the_page_is_that_of_the_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/receivers.md");
        let written = std::fs::read_to_string(path).expect("the page is in the source tree");
        assert!(
            written == super::text(&table::attacks()),
            "write it again: cargo run -p hooksig-receivers page > docs/receivers.md"
        );
    }
}
