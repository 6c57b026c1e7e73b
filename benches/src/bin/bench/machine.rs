//! The machine and date of the figures.

use std::{fs, process::Command};

/// The machine, the compilers, and the date.
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub compilers: Vec<String>,
    pub day: String,
}

impl Machine {
    pub fn here(cores: usize, now: i64) -> Self {
        let compilers = [("rustc", "--version"), ("go", "version"), ("cc", "--version")];
        let compilers = compilers.iter().filter_map(|(tool, arg)| version(tool, arg)).collect();
        let date = hooksig::date::format(now).expect("the time has a date");
        // `Tue, 24 Nov 2026 17:39:05 GMT`.
        let day = date.as_str().get(5..16).unwrap_or_default().to_owned();
        Self { processor: processor(), cores, compilers, day }
    }

    /// Returns one line for a chart.
    pub fn summary(&self) -> String {
        format!("{}, {}", self.processor, self.day)
    }
}

/// Returns the first line of a tool's version output.
fn version(tool: &str, arg: &str) -> Option<String> {
    let output = Command::new(tool).arg(arg).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    said.lines().next().map(str::to_owned)
}

/// Returns the model, and whether it has SHA-256 instructions.
fn processor() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = info.lines().find(|line| line.starts_with(name))?;
        line.split_once(": ").map(|(_, value)| value)
    };
    let with = match field("flags").is_some_and(|flags| flags.split(' ').any(|it| it == "sha_ni")) {
        true => "with SHA instructions",
        false => "without SHA instructions",
    };
    let number = |name| field(name).unwrap_or("?");
    let model = field("model name").unwrap_or(std::env::consts::ARCH);
    format!("{model} (family {}, model {}) {with}", number("cpu family"), number("model"))
}
