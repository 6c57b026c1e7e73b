//! The required and the desired figures of hooksig.

use hooksig_bench::operation;

use crate::compare::{Cell, Row};

/// A figure with its required and desired values.
pub struct Goal {
    pub what: String,
    pub figure: f64,
    pub must: f64,
    pub aim: f64,
    pub unit: &'static str,
    /// True if more is better.
    pub at_least: bool,
}

impl Goal {
    pub fn verdict(&self) -> &'static str {
        let reaches = |limit: f64| match self.at_least {
            true => self.figure >= limit,
            false => self.figure <= limit,
        };
        match (reaches(self.must), reaches(self.aim)) {
            (_, true) => "aim",
            (true, _) => "must",
            _ => "missed",
        }
    }
}

/// Returns the goals that have figures.
pub fn all(rows: &[Row]) -> Vec<Goal> {
    let Some(hooksig) = rows.iter().find(|row| row.entrant.program == "hooksig") else {
        return vec![];
    };
    let own = |title: &str| cell(hooksig, title).expect("hooksig has every operation");
    let at_most = |what: &str, figure: f64, must: f64, aim: f64, unit: &'static str| Goal {
        what: what.to_owned(),
        figure,
        must,
        aim,
        unit,
        at_least: false,
    };
    let head = own("headers only");
    let mut goals = vec![
        at_most("verify, headers only, to the floor (3 compressions)", head.ratio(), 2.0, 1.5, ""),
        at_most("verify with digest, 358 B, to the floor (9)", own("358 B").ratio(), 1.35, 1.2, ""),
        at_most("sign, 358 B, to the floor (9)", own("sign 358 B").ratio(), 1.4, 1.25, ""),
        at_most("verify with digest, 64 KiB, to the floor", own("64 KiB").ratio(), 1.02, 1.01, ""),
        at_most("verify with digest, 1 MiB, to the floor", own("1 MiB").ratio(), 1.02, 1.01, ""),
        at_most(
            "each further secret, to 3 compressions",
            head.further_secret(own("4 secrets"), 3.0),
            1.15,
            1.05,
            "",
        ),
        at_most("refuse garbage", own("garbage").time(), 100.0, 60.0, " ns"),
        at_most("refuse a stale date", own("stale").time(), 100.0, 60.0, " ns"),
    ];
    if let Some(row) = rows.iter().find(|row| row.entrant.matches("99designs")) {
        let peer = cell(row, "headers only").expect("it verifies headers");
        goals.push(Goal {
            what: "headers only, times faster than 99designs".to_owned(),
            figure: head.speedup_over(peer),
            must: 15.0,
            aim: 25.0,
            unit: "",
            at_least: true,
        });
    }
    let peers = rows.iter().filter(|row| !row.entrant.is_hooksig());
    let ratio = |row: &&Row| cell(row, "358 B").map_or(f64::INFINITY, Cell::ratio);
    if let Some(row) = peers.min_by(|one, other| ratio(one).total_cmp(&ratio(other))) {
        let peer = cell(row, "358 B").expect("the fastest has a figure");
        goals.push(Goal {
            what: format!("358 B with digest, times faster than the fastest peer ({})", row.title),
            figure: own("358 B").speedup_over(peer),
            must: 1.0,
            aim: 1.6,
            unit: "",
            at_least: true,
        });
    }
    goals
}

pub fn cell<'r>(row: &'r Row, title: &str) -> Option<&'r Cell> {
    row.cells[index(title)].as_ref()
}

/// Returns the column of an operation.
pub fn index(title: &str) -> usize {
    let found = operation::all().iter().position(|(name, _)| *name == title);
    found.expect("there is an operation of this title")
}
