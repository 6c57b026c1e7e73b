//! What is shown on a terminal, which `script` makes.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

use hooksig_vectors::SECRET;

use crate::{RECORDED, delivery, sockets::Listener};

/// What a run of the program writes to a terminal of so many columns, with its exit code.
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

/// `text` without the sequences that set colours.
fn plain(text: &str) -> String {
    let parts = text.split("\u{1b}[").enumerate();
    parts.map(|(index, part)| if index == 0 { part } else { behind_m(part) }).collect()
}

fn behind_m(part: &str) -> &str {
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
        // What is wrong can be told without colours as well.
        let without = on_terminal(&arguments, columns, &[("NO_COLOR", "1")]).0;
        assert_eq!(without, plain(&shown));
        assert!(without.contains("  => the body is not the one that was signed\n"), "{without}");
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
    // One needs no bar.
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
