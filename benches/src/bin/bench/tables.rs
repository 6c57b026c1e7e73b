//! The tables, as Markdown that can be read on a terminal.

use hooksig_bench::operation;

use crate::{
    compare::{Cell, Row},
    goals::Goal,
};

/// A table with its columns aligned, the first to the left.
pub fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let width = |at: usize| {
        let cells = rows.iter().map(|row| row[at].chars().count());
        cells.chain([head[at].chars().count()]).max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().zip(&widths).enumerate();
        let pad = |(at, (cell, &width)): (usize, (&String, &usize))| match at {
            0 => format!(" {cell:<width$} |"),
            _ => format!(" {cell:>width$} |"),
        };
        format!("|{}\n", cells.map(pad).collect::<String>())
    };
    let rule = widths.iter().enumerate().map(|(at, &width)| match at {
        0 => format!("{}|", "-".repeat(width + 2)),
        _ => format!("{}:|", "-".repeat(width + 1)),
    });
    let rule: String = rule.collect();
    let lines: String = rows.iter().map(|row| line(row)).collect();
    format!("{}|{rule}\n{lines}", line(head))
}

/// All contestants and operations, as ratios to the floor.
pub fn ratios(rows: &[Row]) -> String {
    contestants(rows, |cell| precise(cell.ratio()))
}

/// All contestants and operations, in nanoseconds.
pub fn nanoseconds(rows: &[Row]) -> String {
    contestants(rows, |cell| grouped(cell.time()))
}

fn contestants(rows: &[Row], show: impl Fn(&Cell) -> String) -> String {
    let operations = operation::all();
    let titles = operations.iter().map(|(title, _)| title.to_string());
    let head: Vec<_> = ["contestant".to_owned()].into_iter().chain(titles).collect();
    let cell = |cell: &Option<Cell>, refuses: bool| match cell {
        None => "–".to_owned(),
        Some(cell) if cell.accepted && refuses => "accepts".to_owned(),
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

/// What each contestant checks.
pub fn checks(rows: &[Row]) -> String {
    let head = ["contestant", "checks"].map(str::to_owned);
    let row = |row: &Row| vec![row.title.clone(), row.entrant.checks.to_owned()];
    table(&head, &rows.iter().map(row).collect::<Vec<_>>())
}

pub fn goals(goals: &[Goal]) -> String {
    let head = ["goal", "figure", "must", "aim", "reached"].map(str::to_owned);
    let row = |goal: &Goal| {
        let show = |value: f64| format!("{}{}", precise(value), goal.unit);
        let sign = if goal.at_least { "≥ " } else { "≤ " };
        let limit = |value: f64| format!("{sign}{value}{}", goal.unit);
        let limits = [limit(goal.must), limit(goal.aim)];
        let [must, aim] = limits;
        vec![goal.what.clone(), show(goal.figure), must, aim, goal.verdict().to_owned()]
    };
    table(&head, &goals.iter().map(row).collect::<Vec<_>>())
}

/// Three digits at least, as far as they say something.
pub fn precise(value: f64) -> String {
    match value {
        _ if value < 2.0 => format!("{value:.3}"),
        _ if value < 100.0 => format!("{value:.2}"),
        _ => format!("{value:.0}"),
    }
}

/// Whole, with commas between thousands.
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
