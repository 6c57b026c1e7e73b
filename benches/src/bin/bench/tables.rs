//! Markdown tables that are readable on a terminal.

use hooksig_bench::operation;

use crate::{
    compare::{Cell, Row, cell},
    signing::Batch,
};

/// The title of the operation that signs one delivery.
pub const SIGN: &str = "sign 358 B";

/// Formats a table with aligned columns, figures to the right.
pub fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let column = |at: usize| rows.iter().map(move |row| row[at].as_str());
    let columns: Vec<_> = (0..head.len())
        .map(|at| {
            let lengths = column(at).map(|cell| cell.chars().count());
            let width = lengths.chain([head[at].chars().count()]).max().unwrap_or_default();
            (width, column(at).all(is_figure))
        })
        .collect();
    let line = |cells: &[String]| {
        let pad = |(cell, &(width, right)): (&String, &(usize, bool))| match right {
            true => format!(" {cell:>width$} |"),
            false => format!(" {cell:<width$} |"),
        };
        format!("|{}\n", cells.iter().zip(&columns).map(pad).collect::<String>())
    };
    let rule = columns.iter().map(|&(width, right)| match right {
        true => format!("{}:|", "-".repeat(width + 1)),
        false => format!("{}|", "-".repeat(width + 2)),
    });
    let rule: String = rule.collect();
    let lines: String = rows.iter().map(|row| line(row)).collect();
    format!("{}|{rule}\n{lines}", line(head))
}

/// Returns true for a number, with or without a unit, and for its placeholder.
fn is_figure(cell: &str) -> bool {
    let starts = |first: char| first.is_ascii_digit() || first == '–';
    cell.is_empty() || cell == ACCEPTS || cell.starts_with(starts)
}

/// Shown instead of the time of a refusal that did not happen.
const ACCEPTS: &str = "accepts";

/// Formats all contestants and operations, in multiples of the floor.
pub fn ratios(rows: &[Row]) -> String {
    contestants(rows, |cell| precise(cell.ratio()))
}

/// Formats all contestants and operations, in nanoseconds.
pub fn nanoseconds(rows: &[Row]) -> String {
    contestants(rows, |cell| grouped(cell.time()))
}

fn contestants(rows: &[Row], show: impl Fn(&Cell) -> String) -> String {
    let operations = operation::all();
    let titles = operations.iter().map(|(title, _)| title.to_string());
    let head: Vec<_> = ["contestant".to_owned()].into_iter().chain(titles).collect();
    let cell = |cell: &Option<Cell>, refuses: bool| match cell {
        None => "–".to_owned(),
        Some(cell) if cell.accepted && refuses => ACCEPTS.to_owned(),
        Some(cell) => show(cell),
    };
    let row = |row: &Row| {
        let refusals = operations.iter().map(|(_, operation)| !operation.accepted());
        let cells = row.cells.iter().zip(refusals).map(|(it, refuses)| cell(it, refuses));
        [row.title.clone()].into_iter().chain(cells).collect()
    };
    let mut lines: Vec<_> = rows.iter().map(row).collect();
    if let Some(first) = rows.first() {
        let floors = first.cells.iter().flatten().map(|cell| grouped(cell.floor()));
        lines.insert(0, ["floor, ns".to_owned()].into_iter().chain(floors).collect());
    }
    table(&head, &lines)
}

/// Returns the name of a batch in tables and charts.
pub fn title_of(batch: &Batch) -> String {
    format!("hooksig, Rust, lanes, {} at once", batch.count)
}

/// Formats the signatures a second on one core, one at a time and many at once.
pub fn signing(rows: &[Row], batches: &[Batch]) -> String {
    let head = ["contestant", "signatures a second", "ns", "times one at a time"];
    let batch = |it: &Batch| (it.time, title_of(it), precise(it.ratio));
    let row = |row: &Row| Some((cell(row, SIGN)?.time(), row.title.clone(), String::new()));
    let mut lines: Vec<_> = batches.iter().map(batch).chain(rows.iter().filter_map(row)).collect();
    lines.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
    let line = |(time, title, ratio)| vec![title, grouped(1e9 / time), grouped(time), ratio];
    table(&head.map(str::to_owned), &lines.into_iter().map(line).collect::<Vec<_>>())
}

/// Formats the checks of each contestant.
pub fn checks(rows: &[Row]) -> String {
    let head = ["contestant", "checks"].map(str::to_owned);
    let row = |row: &Row| vec![row.title.clone(), row.entrant.checks.to_owned()];
    table(&head, &rows.iter().map(row).collect::<Vec<_>>())
}

/// Formats at least three significant digits.
pub fn precise(value: f64) -> String {
    match value {
        _ if value < 2.0 => format!("{value:.3}"),
        _ if value < 100.0 => format!("{value:.2}"),
        _ => format!("{value:.0}"),
    }
}

/// Formats an integer with commas between thousands.
pub fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped_and_as_precise_as_they_say_something() {
        assert_eq!(
            [0.4, 999.0, 1000.0, 1234567.0].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!([1.0049, 3.5, 119.4].map(precise), ["1.005", "3.50", "119"]);
    }

    #[test]
    fn figures_stand_to_the_right() {
        let rows = [["one", "1"], ["eleven", "11"]].map(|row| row.map(str::to_owned).to_vec());
        let expected = "| name   |  n |\n|--------|---:|\n| one    |  1 |\n| eleven | 11 |\n";
        assert_eq!(table(&["name", "n"].map(str::to_owned), &rows), expected);
    }
}
