//! The printed explanation, in three columns: mark, title, text.

use std::{fmt::Write, mem};

use anstyle::{AnsiColor, Style};
use textwrap::{Options, WordSplitter, core::display_width};

use super::{
    Findings, Report,
    rules::{Finding, Line, Rule},
};
use crate::Outcome;

/// Width of the columns of marks and titles, with the spaces after them.
const INDENT: usize = 18;

const PASSED: Style = AnsiColor::Green.on_default();
const FAILED: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Magenta.on_default().bold();
const DIMMED: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const PLAIN: Style = Style::new();

/// Returns the whole page, coloured, in lines of at most `width` columns.
pub(super) fn of(report: &Report, width: usize) -> String {
    let mut page = Page { width, text: String::new() };
    page.rules(&report.findings);
    page.expected(report);
    page.hints(&report.findings);
    page.verdict(report);
    page.text
}

/// Returns the rules and hints, with `indent` spaces before each line.
pub(super) fn of_findings(findings: &Findings, width: usize, indent: usize) -> String {
    let mut page = Page { width, text: String::new() };
    page.rules(findings);
    page.hints(findings);
    textwrap::indent(&page.text, &" ".repeat(indent))
}

struct Page {
    width: usize,
    text: String,
}

impl Page {
    fn rules(&mut self, findings: &Findings) {
        for rule in &findings.rules {
            self.rule(rule);
        }
    }

    fn hints(&mut self, findings: &Findings) {
        let width = self.width - INDENT;
        if findings.is_cut {
            let text = "some mistakes were not tried: this request is too large";
            self.row((DIMMED, "--"), "hints", [(DIMMED, wrap(text, width, ""))]);
        }
        for near_miss in &findings.near_misses {
            let advice = wrap(&near_miss.advice, width, "");
            self.row((HINT, "hint"), near_miss.about, [(PLAIN, advice)]);
        }
    }

    fn rule(&mut self, rule: &Rule) {
        let width = self.width - INDENT;
        let found = |style| rule.found.iter().map(move |line| (style, line.wrap(width)));
        match &rule.finding {
            Finding::Passed => self.row((PASSED, "ok"), rule.name, found(PLAIN)),
            Finding::Skipped => self.row((DIMMED, "--"), rule.name, found(DIMMED)),
            Finding::Failed { text, .. } => {
                // The mark `=>` sets the fault apart if there are no colours.
                let fault = (FAILED, wrap(text, width, "=> "));
                self.row((FAILED, "FAIL"), rule.name, found(PLAIN).chain([fault]));
            }
        }
    }

    fn expected(&mut self, report: &Report) {
        let width = self.width - INDENT;
        if let Some(withheld) = report.withheld {
            self.row((DIMMED, "--"), "expected", [(DIMMED, wrap(withheld, width, ""))]);
        }
        let Some(expected) = &report.expected else { return };
        let signatures = expected.signatures.iter().map(|text| format!("signature {text}"));
        let lines = signatures.chain([format!("Digest    {}", expected.digest)]);
        self.row((HINT, "show"), "expected", lines.map(|line| (PLAIN, wrap_raw(&line, width))));
    }

    /// Writes a mark and a title, with lines of text beside them.
    fn row(
        &mut self,
        (style, mark): (Style, &str),
        title: &str,
        lines: impl IntoIterator<Item = (Style, Vec<String>)>,
    ) {
        let _ = write!(self.text, "{style}{mark:<4}{style:#}  {BOLD}{title:<10}{BOLD:#}  ");
        let mut indent = 0;
        for (style, parts) in lines {
            for part in parts {
                let _ = writeln!(self.text, "{:indent$}{style}{part}{style:#}", "");
                indent = INDENT;
            }
        }
        if indent == 0 {
            self.text.push('\n');
        }
    }

    /// Writes the line of `hooksig verify`, after an empty line.
    fn verdict(&mut self, report: &Report) {
        let style = match report.verdict.outcome() {
            Outcome::Success => PASSED,
            _ => FAILED,
        };
        self.text.push('\n');
        for part in wrap(&report.verdict.line(), self.width, "") {
            let _ = writeln!(self.text, "{style}{part}{style:#}");
        }
    }
}

impl Line {
    /// Breaks the line into parts of at most `width` columns.
    fn wrap(&self, width: usize) -> Vec<String> {
        match self {
            Self::Prose { text, .. } => wrap(text, width, ""),
            // The title already says their name.
            Self::Raw { name: "Date" | "Digest" | "received" | "body", value } => {
                wrap_raw(value, width)
            }
            Self::Raw { name, value } => wrap_raw(&format!("{name:<9} {value}"), width),
            Self::Covered { name, value, instances } => {
                // A trailing space would be invisible.
                let space = if value.is_empty() { r"\x20" } else { " " };
                let mut parts = wrap_raw(&format!("| {name}:{space}{value}"), width);
                if *instances > 1 {
                    let text = format!(
                        "{name} occurs {instances} times; the values are joined by a \
                                 comma"
                    );
                    parts.extend(wrap(&text, width, "  "));
                }
                parts
            }
            Self::Uncovered { name, text } => wrap_raw(&format!("! {name} {text}"), width),
        }
    }
}

/// Breaks between words. `mark` precedes the first part; the others are indented by its width.
fn wrap(text: &str, width: usize, mark: &str) -> Vec<String> {
    let indent = " ".repeat(mark.len());
    let options = Options::new(width).initial_indent(mark).subsequent_indent(&indent);
    let options = options.word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text.trim_end(), options).into_iter().map(Into::into).collect()
}

/// Breaks at exactly `width` columns. Later parts are indented, so that none looks like a new line.
fn wrap_raw(text: &str, width: usize) -> Vec<String> {
    let mut part = String::new();
    let (mut parts, mut left) = (Vec::new(), width);
    for character in text.chars() {
        let columns = display_width(character.encode_utf8(&mut [0; 4]));
        if columns > left {
            parts.push(mem::replace(&mut part, "  ".to_owned()));
            left = width - 2;
        }
        part.push(character);
        left -= columns;
    }
    parts.push(part);
    parts
}
