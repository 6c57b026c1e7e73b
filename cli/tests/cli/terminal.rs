//! Output on a terminal, which `script` provides.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

use hooksig_vectors::SECRET;

use crate::{RECORDED, delivery, hooksig, hooksig_in, sockets::Listener};

/// Runs the program on a terminal of this width. Returns its output and exit code.
fn on_terminal(arguments: &str, columns: usize, variables: &[(&str, &str)]) -> (String, i32) {
    let program = assert_cmd::cargo::cargo_bin!("hooksig").display();
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command"])
        .arg(format!("stty rows 24 columns {columns}; exec {program} {arguments}"))
        .arg("/dev/null")
        .env_remove("NO_COLOR")
        .envs([("TERM", "xterm-256color"), ("DRONE_WEBHOOK_SECRET", SECRET)])
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .expect("script runs");
    let shown = String::from_utf8(output.stdout).expect("it is UTF-8");
    assert!(!shown.contains(SECRET), "{shown}");
    (shown.replace("\r\n", "\n"), output.status.code().expect("it ended"))
}

/// Returns `text` without colours.
fn plain(text: &str) -> String {
    let parts = text.split("\u{1b}[").enumerate();
    parts.map(|(index, part)| if index == 0 { part } else { after_m(part) }).collect()
}

fn after_m(part: &str) -> &str {
    part.split_once('m').expect("nothing but colours is set").1
}

fn recorded() -> (tempfile::TempDir, String) {
    let folder = tempfile::TempDir::new().expect("there is room");
    let broken = crate::edit(&delivery("user-created"), "\"admin\":false", "\"admin\":true ");
    let path = crate::write(&folder, "delivery.http", broken);
    (folder, path)
}

#[test]
fn explain_fits_the_terminal() {
    let (_folder, path) = recorded();
    let arguments = format!("explain --now {RECORDED} {path}");
    for columns in [60, 80, 120, 200] {
        let (shown, code) = on_terminal(&arguments, columns, &[]);
        assert_eq!(code, 1);
        assert!(shown.contains("\u{1b}[1m\u{1b}[31mFAIL"), "{shown}");
        let longest = plain(&shown).lines().map(str::len).max();
        assert!(longest.is_some_and(|len| len <= columns.min(120)), "{longest:?}: {shown}");
        // The fault is also marked without colours.
        let without = on_terminal(&arguments, columns, &[("NO_COLOR", "1")]).0;
        assert_eq!(without, plain(&shown));
        assert!(without.contains("  => the body is not the one that was signed\n"), "{without}");
    }
}

#[test]
fn messages_fit_the_terminal() {
    let (_folder, path) = recorded();
    let (shown, code) = on_terminal(&format!("verify --now {RECORDED} {path}"), 60, &[]);
    assert_eq!(code, 1);
    let text = "hooksig: note: `hooksig explain` shows each rule, tries\n\
                \x20        common mistakes and says what to do\n";
    assert!(shown.ends_with(text), "{shown}");
    // A path stays whole, so that it can be copied.
    let path = format!("/missing/{}", "a".repeat(100));
    let (shown, code) = on_terminal(&format!("verify {path}"), 60, &[]);
    assert!(code == 2 && shown.contains(&format!("{path}\"")), "{shown}");
}

/// An explanation in `listen` is indented if no Digest is broken by it.
#[test]
fn explanations_in_listen_break_no_digest() {
    for (columns, indent) in [("80", ""), ("83", ""), ("84", "    "), ("120", "    ")] {
        let listener = Listener::start_in(&["--explain"], &[("COLUMNS", columns)]);
        assert_eq!(super::listen::trigger(&listener, "another"), 1);
        let (_, lines) = listener.stop();
        let start = format!("{indent}                  | digest: SHA-256=");
        let digest = lines.lines().find_map(|line| line.strip_prefix(&start));
        assert_eq!(digest.map(str::len), Some(44), "{columns}: {lines}");
    }
}

#[test]
fn trigger_shows_how_far_it_is() {
    let listener = Listener::start(&[]);
    let many = format!("trigger user:created {} --count 8 --rate 8", listener.url());
    let (shown, code) = on_terminal(&many, 80, &[]);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains(" of 8, "), "{shown}");
    assert_eq!(shown.matches("accepted\u{1b}[0m  user:created").count(), 8, "{shown}");
    assert!(shown.contains("8 accepted, 0 refused, 0 failed; "), "{shown}");
    // One delivery needs no bar.
    let (shown, code) = on_terminal("trigger user:created http://127.0.0.1:1/", 80, &[]);
    let text = "user:created   the connection was refused; is a receiver listening\n\
                \x20                        there?\n";
    assert!(code == 3 && shown.ends_with(text) && !shown.contains(" of 1"), "{shown}");
}

#[test]
fn listen_wraps_beside_the_verdict() {
    let mut listener = Listener::start_in(&["--now", RECORDED], &[("COLUMNS", "60")]);
    for expected in [
        ["valid    build:created  octocat/hello-world #9", "pending, push to master by octocat"],
        ["invalid  replayed: the delivery was accepted", "before"],
    ] {
        listener.send(delivery("build-created"));
        assert_eq!(&listener.line()["07:41:31Z  ".len()..], expected[0]);
        assert_eq!(listener.line(), format!("{:20}{}", "", expected[1]));
    }
}

/// Verifies a genuine delivery with this action.
fn acting(action: &str, variables: &[(&str, &str)]) -> String {
    let body = format!("{{\"event\":\"user\",\"action\":\"{action}\"}}");
    let sign = ["sign", "--secret", SECRET, "--now", RECORDED, "--http"];
    let request = hooksig(&sign, body).stdout;
    let verify = ["verify", "--secret", SECRET, "--now", RECORDED];
    hooksig_in(&verify, request, variables).stdout
}

#[test]
fn text_of_other_languages_is_readable() {
    let utf_8 = [("LC_ALL", "en_GB.UTF-8")];
    for text in ["vérifié", "e\u{301}te\u{301}", "日本語", "Жук", "हिन्दी", "🚀", "“ok” — 5 µs"]
    {
        let line = acting(text, &utf_8);
        assert!(line.starts_with(&format!("valid: user:{text}, signed ")), "{line}");
    }
    let line = acting("é日", &[("LC_ALL", "C")]);
    assert!(line.starts_with(r"valid: user:\u{e9}\u{65e5}, signed "), "{line}");
}

#[test]
fn text_cannot_drive_or_disguise_the_terminal() {
    let utf_8 = [("LC_ALL", "C.UTF-8")];
    for (text, shown) in [
        ("\u{7f}a", r"\x7fa"),
        ("\u{9b}31m", r"\u{9b}31m"),
        ("\u{85}", r"\u{85}"),
        ("a\u{202e}b", r"a\u{202e}b"),
        ("\u{2066}a\u{2069}", r"\u{2066}a\u{2069}"),
        ("\u{200b}a\u{feff}", r"\u{200b}a\u{feff}"),
        ("a\u{2028}b", r"a\u{2028}b"),
        ("a\u{a0}b\u{3164}", r"a\u{a0}b\u{3164}"),
        ("\u{e000}\u{e0041}", r"\u{e000}\u{e0041}"),
        ("\u{301}a", r"\u{301}a"),
        ("a\u{301}\u{301}\u{301}", "a\u{301}\u{301}\\u{301}"),
    ] {
        let line = acting(text, &utf_8);
        assert!(line.starts_with(&format!("valid: user:{shown}, signed ")), "{text:?}: {line}");
    }
    // The limit counts characters, so a cut falls between two of them.
    let line = acting(&"日".repeat(300), &utf_8);
    assert!(line.starts_with(&format!("valid: user:{}..., signed ", "日".repeat(200))), "{line}");
}

#[test]
fn explain_wraps_wide_characters() {
    let request = crate::edit(&delivery("user-created"), "\"date digest\"", "\"date digest x-a\"");
    let field = format!("X-A: {}\r\nHost:", "日本語".repeat(30));
    let request = crate::edit(&request, "Host:", &field);
    let arguments = ["explain", "--secret", SECRET, "--now", RECORDED];
    let run = hooksig_in(&arguments, request, &[("COLUMNS", "60"), ("LC_ALL", "C.UTF-8")]);
    let columns = |line: &str| line.chars().map(|c| if c > '\u{2fff}' { 2 } else { 1 }).sum();
    let widths: Vec<usize> = run.stdout.lines().map(columns).collect();
    assert!(run.stdout.contains("日本語日本語"), "{run:?}");
    assert!(widths.contains(&60) || widths.contains(&59), "{run:?}");
    assert!(widths.iter().all(|&columns| columns <= 60), "{run:?}");
}
