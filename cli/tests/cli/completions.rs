//! Files that packagers install: completions and manual pages.

use tempfile::TempDir;

use crate::{COMMANDS, hooksig};

#[test]
fn every_shell_gets_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let run = hooksig(&["completions", shell], "");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        for command in COMMANDS.iter().filter(|command| **command != "man") {
            assert!(run.stdout.contains(command), "{shell}: {command}");
        }
        assert!(run.stdout.contains("show-expected"), "{shell}");
        // These two complete words that do not begin with `-`.
        if ["bash", "zsh"].contains(&shell) {
            assert!(run.stdout.contains("build:updated") || run.stdout.contains("build\\:updated"));
        }
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = TempDir::new().expect("there is room");
    let path = folder.path().to_str().expect("the path is UTF-8");
    let run = hooksig(&["man", path], "");
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
    let mut pages: Vec<_> = std::fs::read_dir(folder.path())
        .expect("it is a folder")
        .map(|entry| entry.expect("it can be read").file_name().into_string().expect("it is UTF-8"))
        .collect();
    pages.sort();
    let mut expected = vec!["hooksig.1".to_owned()];
    let shown = COMMANDS.iter().filter(|command| **command != "man");
    expected.extend(shown.map(|command| format!("hooksig-{command}.1")));
    expected.sort();
    assert_eq!(pages, expected);
    let page = std::fs::read_to_string(folder.path().join("hooksig-verify.1")).expect("it is text");
    let version = env!("CARGO_PKG_VERSION");
    let title = format!(".TH hooksig-verify 1 \" \" \"hooksig {version}\" \"User Commands\"");
    assert!(page.contains(&title) && page.contains("Exit codes:"), "{page}");

    hooksig(&["man", "/no/such/folder"], "").assert_unusable("cannot write to");
}
