//! Updates the pages with figures: replaces the text between `<!-- figures NAME -->` and `<!-- end
//! -->`.

use std::{fs, io, path::Path};

use crate::{
    compare::{self, Row, cell},
    machine::Machine,
    scaling::{Cores, Growth},
    signing::Batch,
    tables::{self, grouped, precise, table},
};

/// All results.
pub struct Findings {
    pub machine: Machine,
    pub rounds: usize,
    pub rows: Vec<Row>,
    pub batches: Vec<Batch>,
    pub growth: Vec<Growth>,
    pub cores: Vec<Cores>,
}

impl Findings {
    /// Writes the figures of all pages below the root of the checkout.
    pub fn write(&self, root: &Path) -> io::Result<()> {
        let page = root.join("docs/speed.md");
        put(&page, "machine", &self.place())?;
        put(&page, "signing", &tables::signing(&self.rows, &self.batches))?;
        put(&page, "ratios", &tables::ratios(&self.rows))?;
        put(&page, "nanoseconds", &tables::nanoseconds(&self.rows))?;
        put(&page, "checks", &tables::checks(&self.rows))?;
        put(&page, "growth", &self.growth())?;
        put(&page, "cores", &self.cores())?;
        put(&root.join("README.md"), "speed", &self.speed())
    }

    fn place(&self) -> String {
        let compilers = self.machine.compilers.join("; ");
        format!(
            "{}, {} cores; {}; {compilers}. Medians of {} rounds.\n",
            self.machine.day, self.machine.cores, self.machine.processor, self.rounds
        )
    }

    pub fn growth(&self) -> String {
        let head = ["input", "size", "ns", "ns for each more"].map(str::to_owned);
        let lines = |growth: &Growth| {
            let slopes =
                growth.slopes().into_iter().map(|slope| format!("{slope:.2} a {}", growth.one));
            let slopes: Vec<_> = [String::new()].into_iter().chain(slopes).collect();
            let line = |(&(size, time), slope): (&(usize, f64), String)| {
                vec![growth.of.to_owned(), grouped(size as f64), grouped(time), slope]
            };
            growth.points.iter().zip(slopes).map(line).collect::<Vec<_>>()
        };
        table(&head, &self.growth.iter().flat_map(lines).collect::<Vec<_>>())
    }

    pub fn cores(&self) -> String {
        let head = ["cores", "deliveries a second", "times one core"].map(str::to_owned);
        let one = self.cores[0].per_second;
        let line = |it: &Cores| {
            vec![it.count.to_string(), grouped(it.per_second), precise(it.per_second / one)]
        };
        table(&head, &self.cores.iter().map(line).collect::<Vec<_>>())
    }

    /// Returns a few figures for the front page.
    fn speed(&self) -> String {
        let columns = ["headers only", "358 B", "64 KiB", "garbage"];
        let head = ["nanoseconds", "headers only", "358 bytes", "64 KiB", "refuse garbage"];
        let first = self.rows[0].cells.iter();
        let floors: Vec<_> = first.map(|cell| cell.as_ref().map(|cell| cell.floor())).collect();
        let floor = columns.map(|title| match title {
            "garbage" => "0".to_owned(),
            _ => floors[compare::index(title)].map_or("–".to_owned(), grouped),
        });
        let mut lines =
            vec![["SHA-256 compressions alone".to_owned()].into_iter().chain(floor).collect()];
        for row in self.rows.iter().filter(|row| row.entrant.on_front_page) {
            let figures = columns.map(|title| {
                cell(row, title).map_or("–".to_owned(), |cell| grouped(cell.time()))
            });
            lines.push([row.title.clone()].into_iter().chain(figures).collect());
        }
        table(&head.map(str::to_owned), &lines)
    }
}

fn put(page: &Path, name: &str, figures: &str) -> io::Result<()> {
    let text = fs::read_to_string(page)?;
    let replaced = replace(&text, name, figures);
    let missing = || io::Error::other(format!("{} has no place for {name}", page.display()));
    fs::write(page, replaced.ok_or_else(missing)?)
}

fn replace(text: &str, name: &str, figures: &str) -> Option<String> {
    let (before, rest) = text.split_once(&format!("<!-- figures {name} -->\n"))?;
    let (_, after) = rest.split_once("<!-- end -->")?;
    Some(format!("{before}<!-- figures {name} -->\n{figures}<!-- end -->{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_between_the_marks_is_replaced() {
        let text =
            "a\n<!-- figures x -->\nold\n<!-- end -->\n<!-- figures y -->\ny\n<!-- end -->\n";
        let new = "a\n<!-- figures x -->\nnew\n<!-- end -->\n<!-- figures y -->\ny\n<!-- end -->\n";
        assert_eq!(replace(text, "x", "new\n").as_deref(), Some(new));
        assert_eq!(replace(text, "z", "new\n"), None);
    }
}
