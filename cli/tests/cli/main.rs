//! Runs the built program.

mod completions;
mod conform;
mod explain;
mod extensions;
mod framing;
mod listen;
mod near_misses;
mod recordings;
mod secrets;
mod sign;
mod sockets;
mod terminal;
mod trigger;
mod verify;

use std::{path::PathBuf, time::Duration};

use assert_cmd::cargo::cargo_bin_cmd;
use hooksig_vectors::{SECRET, deliveries, folder};
use tempfile::TempDir;

/// The result of a run of the program.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Asserts exit code 2, an empty standard output, and one line on standard error with `what` in
    /// it.
    #[track_caller]
    pub(crate) fn assert_unusable(&self, what: &str) {
        assert_eq!(self.code, 2, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "{self:?}");
        assert!(self.stderr.contains(what), "{what} is not in {self:?}");
    }

    /// Asserts exit code 1 and one line that begins with `invalid: ` and `reason`.
    #[track_caller]
    pub(crate) fn assert_invalid(&self, reason: &str) {
        assert_eq!(self.code, 1, "{self:?}");
        assert!(self.stdout.starts_with(&format!("invalid: {reason}: ")), "{reason}: {self:?}");
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
    }

    /// Asserts exit code 0 and this line.
    #[track_caller]
    pub(crate) fn assert_valid(&self, text: &str) {
        assert_eq!(self.code, 0, "{self:?}");
        assert_eq!(self.stdout, format!("valid: {text}\n"));
    }
}

/// Runs the program in an environment without a secret. It must never print the secret, panic or
/// take long.
#[track_caller]
pub(crate) fn hooksig(arguments: &[&str], stdin: impl Into<Vec<u8>>) -> Run {
    hooksig_with(arguments, stdin, None)
}

/// As [`hooksig`], with a secret in the environment.
#[track_caller]
pub(crate) fn hooksig_with(
    arguments: &[&str],
    stdin: impl Into<Vec<u8>>,
    secret: Option<&str>,
) -> Run {
    hooksig_in(arguments, stdin, secret.map(|secret| ("DRONE_WEBHOOK_SECRET", secret)).as_slice())
}

/// As [`hooksig`], with these variables in the environment.
#[track_caller]
pub(crate) fn hooksig_in(
    arguments: &[&str],
    stdin: impl Into<Vec<u8>>,
    variables: &[(&str, &str)],
) -> Run {
    let mut command = cargo_bin_cmd!("hooksig");
    command.env_remove("DRONE_WEBHOOK_SECRET").timeout(Duration::from_secs(60));
    command.envs(variables.iter().copied());
    let output = command.args(arguments).write_stdin(stdin).output().expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("the output is UTF-8");
    let run = Run {
        code: output.status.code().expect("the program was not killed"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    };
    assert!(!run.stdout.contains(SECRET) && !run.stderr.contains(SECRET), "{run:?}");
    assert!(!run.stderr.contains("panicked"), "{run:?}");
    run
}

/// The time of all recorded deliveries but one.
pub(crate) const RECORDED: &str = "1795419691";

/// Verifies `request` with the right secret at the time of the recorded deliveries.
#[track_caller]
pub(crate) fn verify(request: impl Into<Vec<u8>>, arguments: &[&str]) -> Run {
    let common = ["verify", "--secret", SECRET];
    let clock = ["--now", RECORDED];
    let clock = if arguments.contains(&"--no-clock") { &[] } else { clock.as_slice() };
    hooksig(&[common.as_slice(), clock, arguments].concat(), request)
}

/// Returns a recorded delivery.
pub(crate) fn delivery(name: &str) -> String {
    let found = deliveries().into_iter().find(|(found, _)| found == name);
    String::from_utf8(found.expect("the delivery was recorded").1).expect("it is UTF-8")
}

/// Replaces the only occurrence of `from` in `text`.
#[track_caller]
pub(crate) fn edit(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

/// Returns the body of a raw request with a Content-Length.
pub(crate) fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").expect("the head ends").1
}

/// Returns the value of a field of a raw request.
pub(crate) fn field<'a>(request: &'a str, name: &str) -> &'a str {
    let line = request.lines().find(|line| line.starts_with(&format!("{name}: ")));
    line.expect("the field is there").split_once(": ").expect("it is").1
}

/// Returns the path of a file of cases.
pub(crate) fn cases(name: &str) -> String {
    let path = folder().join("cases").join(format!("{name}.jsonl"));
    path.to_str().expect("the path is UTF-8").to_owned()
}

/// Writes a file that lives as long as the folder.
pub(crate) fn write(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, content).expect("the file can be written");
    path.to_str().expect("the path is UTF-8").to_owned()
}

const COMMANDS: [&str; 10] = [
    "sign",
    "verify",
    "explain",
    "sample",
    "trigger",
    "listen",
    "conform",
    "secret",
    "completions",
    "man",
];

#[test]
fn help_teaches() {
    for command in COMMANDS {
        for option in ["--help", "-h"] {
            let help = hooksig(&[command, option], "");
            assert_eq!(help.code, 0);
            assert!(help.stdout.contains(&format!("  hooksig {command} ")), "{}", help.stdout);
            assert!(help.stdout.contains("Exit codes:"), "{}", help.stdout);
        }
    }
    for command in ["sign", "verify", "explain", "trigger", "listen"] {
        let help = hooksig(&[command, "-h"], "").stdout;
        assert!(help.contains("DRONE_WEBHOOK_SECRET") && help.contains("-j, --json"), "{help}");
    }
    let version = hooksig(&["--version"], "");
    assert_eq!(version.stdout, format!("hooksig {}\n", env!("CARGO_PKG_VERSION")));
}

/// Examples can be copied from a terminal of 80 columns only if they are not wrapped.
#[test]
fn examples_and_exit_codes_fit_80_columns() {
    for command in [""].iter().chain(&COMMANDS) {
        let help = help_of(command);
        let (_, after) = help.split_once("\nExample").expect("there are examples");
        let long: Vec<_> = after.lines().filter(|line| line.chars().count() > 80).collect();
        assert_eq!(long, Vec::<&str>::new(), "{command}");
    }
}

/// Returns the help of a command, or of the program, as on a very wide terminal.
fn help_of(command: &str) -> String {
    let arguments: Vec<_> =
        [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
    hooksig_in(&arguments, "", &[("COLUMNS", "300")]).stdout
}

/// Returns the meaning of each exit code that a help text tells, without line breaks.
fn exit_codes(help: &str) -> Vec<(char, String)> {
    let (_, text) = help.split_once("Exit codes:\n").expect("there are exit codes");
    let mut codes: Vec<(char, String)> = Vec::new();
    for line in text.lines() {
        match (line.trim_start().split_once("  "), codes.last_mut()) {
            (Some((code, meaning)), _) if code.len() == 1 => {
                codes.push((code.chars().next().expect("it has one"), meaning.to_owned()));
            }
            (_, Some((_, meaning))) => *meaning += &format!(" {}", line.trim()),
            _ => panic!("{line}"),
        }
    }
    codes
}

#[test]
fn the_program_and_its_commands_describe_exit_codes_alike() {
    let all = exit_codes(&help_of(""));
    for command in COMMANDS {
        for (code, meaning) in exit_codes(&help_of(command)) {
            let general = all.iter().find(|(found, _)| *found == code);
            let general = &general.expect("the program has each code of its commands").1;
            // A command may say more; its success and its usage errors are told in general.
            let meaning = meaning.split("; standard error").next().unwrap_or_default();
            let is_told = general.contains(command) && general.contains(meaning);
            assert!(is_told || matches!(code, '0' | '2'), "{command}: {meaning}: {general}");
        }
    }
}

#[test]
fn wrong_usage_is_exit_2() {
    for arguments in [
        [].as_slice(),
        &["frobnicate"],
        &["verify", "--frobnicate"],
        &["verify", "--secret", SECRET, "--now", "noon"],
        &["verify", "--secret", SECRET, "--now", "1", "--no-clock"],
        &["verify", "--secret", SECRET, "--max-skew", "-1"],
        &["verify", "--secret", SECRET, "--max-skew", "1", "--no-clock"],
        &["verify", "--secret", SECRET, "one", "two"],
        &["sign", "--secret", SECRET, "--http", "--curl"],
        &["sign", "--secret", SECRET, "--http", "--json"],
        &["sign", "--secret", SECRET, "--url", "http://localhost/"],
        &["sign", "--secret", SECRET, "--http", "--url", "a b"],
        &["explain", "--secret", SECRET, "--now", "1", "--no-clock"],
        &["trigger", "--secret", SECRET, "*"],
        &["trigger", "--secret", SECRET, "*", "http://localhost:1/", "--tamper", "nothing"],
        &["trigger", "--secret", SECRET, "*", "http://localhost:1/", "--count", "0"],
        &["trigger", "--secret", SECRET, "*", "http://localhost:1/", "--rate", "0"],
        &["trigger", "--secret", SECRET, "*", "http://localhost:1/", "--rate", "inf"],
        &["listen", "--secret", SECRET],
        &["listen", "--secret", SECRET, "localhost:0", "--max-body", "many"],
        &["completions", "cmd.exe"],
        &["man"],
        &["conform"],
        &["secret", "--bytes", "15"],
        &["secret", "--bytes", "1000000000000"],
    ] {
        let run = hooksig(arguments, "");
        assert_eq!(run.code, 2, "{arguments:?}: {run:?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
}

/// Runs the examples of the help texts as a reader would copy them.
#[cfg(unix)]
#[test]
fn examples_can_be_copied() {
    let folder = TempDir::new().expect("there is room");
    let program = assert_cmd::cargo::cargo_bin!("hooksig");
    let path = program.parent().expect("it is in a folder").display().to_string()
        + ":"
        + &std::env::var("PATH").unwrap_or_default();
    for name in ["new.secret", "old.secret", "config.secret"] {
        write(&folder, name, hooksig(&["secret"], "").stdout);
    }
    let mut count = 0;
    for command in ["help", "sign", "verify", "explain", "sample", "secret"] {
        let option = if command == "help" { &[][..] } else { &["-h"] };
        let help = hooksig(&[&[command], option].concat(), "").stdout;
        let examples = help.lines().filter_map(|line| line.strip_prefix("  hooksig "));
        // These need a network.
        let is_local = |line: &&str| {
            !["listen", "trigger"].contains(&line.split(' ').next().unwrap_or_default())
                && !line.contains("--curl")
        };
        for example in examples.filter(is_local) {
            let output = std::process::Command::new("sh")
                .args(["-c", &format!("hooksig {example}")])
                .current_dir(folder.path())
                .env("PATH", &path)
                .env_remove("DRONE_WEBHOOK_SECRET")
                .stdin(std::process::Stdio::null())
                .output()
                .expect("a shell runs");
            // 1 is a verdict: the secrets of an example may be others.
            assert!(output.status.code().is_some_and(|code| code < 2), "{example}: {output:?}");
            count += 1;
        }
    }
    assert!(count >= 13, "{count} examples");
}
