//! `--save`, `--explain` and the totals.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use hooksig_vectors::SECRET;
use rustix::process::Signal;
use serde_json::Value;
use tempfile::TempDir;

use super::{signed, trigger};
use crate::{RECORDED, delivery, edit, hooksig, sockets::Listener};

/// A listener that saves to a folder.
struct Saver {
    folder: TempDir,
    listener: Listener,
}

impl Saver {
    fn start(options: &[&str]) -> Self {
        let folder = TempDir::new().expect("there is room");
        let path = folder.path().to_str().expect("it is UTF-8");
        let listener = Listener::start(&[&["--save", path, "--now", RECORDED], options].concat());
        Self { folder, listener }
    }

    /// Stops the listener and returns the files by name.
    fn stop(self) -> (TempDir, Vec<PathBuf>) {
        assert_eq!(self.listener.stop().0, Some(0));
        let files = files(&self.folder);
        (self.folder, files)
    }
}

fn files(folder: &TempDir) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.path()).expect("it is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().expect("it has one").to_str().expect("it is UTF-8").to_owned()
}

/// Returns the verdict on a saved file at the time of its arrival.
fn verdict(path: &Path) -> Value {
    let path = path.to_str().expect("it is UTF-8");
    let run = hooksig(&["verify", "--json", "--secret", SECRET, "--now", RECORDED, path], "");
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"))
}

#[test]
fn saved_deliveries_can_be_verified() {
    let saver = Saver::start(&[]);
    let request = delivery("user-created");
    let chunks = "Transfer-Encoding: chunked";
    let body = crate::body(&request).to_owned();
    let head = request.strip_suffix(&body).expect("the body ends it").to_owned();
    let chunked =
        format!("{}16c\r\n{body}\r\n0\r\n\r\n", edit(&head, "Content-Length: 364", chunks));
    for sent in [
        chunked.clone(),
        request.clone(),
        edit(&request, "\"admin\":false", "\"admin\":true "),
        edit(&request, "Signature: ", "X-Signature: "),
        edit(&chunked, "Signature: ", "X-Signature: "),
    ] {
        saver.listener.send(sent);
    }
    let (_folder, paths) = saver.stop();
    let endings: Vec<_> = paths.iter().map(|path| name(path).split_off(16)).collect();
    assert_eq!(
        endings,
        [
            "-0001-valid-user-created.http",
            "-0002-REFUSED-replayed.http",
            "-0003-REFUSED-digest-mismatch.http",
            "-0004-REFUSED-missing-signature.http",
            "-0005-REFUSED-missing-signature.http",
        ]
    );
    let reasons: Vec<_> = paths.iter().map(|path| verdict(path)["reason"].clone()).collect();
    assert_eq!(reasons, ["ok", "ok", "digest-mismatch", "missing-signature", "missing-signature"]);
    for path in &paths {
        let mode = fs::metadata(path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path:?}");
        assert!(fs::read_to_string(path).expect("it is UTF-8").contains("\"login\":\"octocat\""));
    }
}

#[test]
fn saved_files_hold_no_password() {
    let saver = Saver::start(&[]);
    let fields = "Host: a\r\nAuthorization: Basic aHVudGVyMg==\r\nCookie: hunter2\r\n\
                  Proxy-Authorization: Bearer hunter2\r\nX-Gitlab-Token: hunter2\r\nX-Any: kept";
    let request = edit(&delivery("user-created"), "Host: ", "X-Host: ");
    saver.listener.send(request.replacen("\r\n", &format!("\r\n{fields}\r\n"), 1));
    let (_folder, paths) = saver.stop();
    let text = fs::read_to_string(&paths[0]).expect("it is UTF-8");
    assert!(!text.contains("hunter2") && !text.contains("aHVudGVyMg"), "{text}");
    for kept in ["authorization: Basic removed-by-hooksig\r\n", "x-any: kept\r\n", "signature: key"]
    {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    assert_eq!(verdict(&paths[0])["reason"], "ok");
}

/// The sender chooses the words of a name, but neither a folder nor the length.
#[test]
fn names_of_saved_files_are_safe() {
    let folder = TempDir::new().expect("there is room");
    let path = folder.path().to_str().expect("it is UTF-8");
    let listener = Listener::start(&["--save", path]);
    let long = "a".repeat(300);
    let body = format!(r#"{{"event":"../../x\u0000\n","action":"{long}"}}"#);
    assert!(listener.send(signed(&body)).starts_with("HTTP/1.1 204"));
    listener.stop();
    let paths = files(&folder);
    let expected = format!("-0001-valid-------x-u0000-n-{}.http", "a".repeat(24));
    assert_eq!(name(&paths[0]).split_off(16), expected);
}

#[test]
fn saving_replaces_and_follows_nothing() {
    let saver = Saver::start(&[]);
    let elsewhere = TempDir::new().expect("there is room");
    let target = elsewhere.path().join("target");
    // The second of arrival is unknown, so each of the next is taken.
    let now = std::time::UNIX_EPOCH.elapsed().expect("it is past 1970").as_secs();
    for second in now..now + 20 {
        let time = stamp(second);
        let taken = saver.folder.path().join(format!("{time}-0001-valid-user-created.http"));
        symlink(&target, taken).expect("it can be linked");
    }
    saver.listener.send(delivery("user-created"));
    let (_folder, paths) = saver.stop();
    assert!(!target.exists());
    let saved: Vec<_> =
        paths.iter().filter(|path| !path.is_symlink()).map(|path| name(path)).collect();
    assert_eq!(saved.len(), 1, "{saved:?}");
    assert!(saved[0].ends_with("-0002-valid-user-created.http"), "{saved:?}");
}

/// Formats Unix seconds as file names do.
fn stamp(second: u64) -> String {
    let second = i64::try_from(second).expect("it is not far past 1970");
    let date = hooksig::date::format(second).expect("it has a date").to_string();
    let parts: Vec<_> = date.split([' ', ':']).collect();
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = months.find(parts[2]).expect("it is a month") / 3 + 1;
    format!("{}{month:02}{}T{}{}{}Z", parts[3], parts[1], parts[4], parts[5], parts[6])
}

#[test]
fn a_folder_that_cannot_be_used_is_told_at_startup() {
    let folder = TempDir::new().expect("there is room");
    let missing = folder.path().join("missing");
    let file = crate::write(&folder, "file", "");
    for path in [missing.to_str().expect("it is UTF-8"), &file, "/dev/full", "/proc"] {
        let run = hooksig(&["listen", "--secret", SECRET, ":0", "--save", path], "");
        run.assert_unusable("--save: ");
    }
    assert_eq!(files(&folder).len(), 1);
}

/// A folder that goes away while it runs costs the file, not the answer.
#[test]
fn a_delivery_that_cannot_be_saved_is_answered() {
    let mut saver = Saver::start(&[]);
    fs::remove_dir_all(saver.folder.path()).expect("it is ours");
    assert!(saver.listener.send(delivery("user-created")).starts_with("HTTP/1.1 204"));
    assert!(saver.listener.line().contains("valid    user:created"));
    saver.listener.signal(Signal::TERM);
    let (code, _, told) = saver.listener.wait_for_all();
    assert_eq!(code, Some(0));
    assert!(told.starts_with("hooksig: the delivery was not saved: cannot create "), "{told}");
    assert!(told.ends_with("hooksig: 1 request: 1 valid, 0 invalid\n"), "{told}");
}

/// A full disk leaves no part of a file.
#[test]
fn a_file_that_cannot_be_written_is_removed() {
    let folder = TempDir::new().expect("there is room");
    let path = folder.path().to_str().expect("it is UTF-8");
    let listener = Listener::start_on_full_disk(&["--now", RECORDED, "--save", path]);
    assert!(listener.send(delivery("user-created")).starts_with("HTTP/1.1 204"));
    listener.signal(Signal::TERM);
    let (code, lines, told) = listener.wait_for_all();
    assert_eq!((code, lines.lines().count()), (Some(0), 1), "{told}");
    assert!(told.contains("the delivery was not saved: cannot write \""), "{told}");
    assert_eq!(files(&folder), Vec::<PathBuf>::new());
}

/// Anyone can send refused deliveries, so they may not fill the disk. Genuine ones are still saved.
#[test]
fn refused_deliveries_are_saved_up_to_a_limit() {
    const LARGE: usize = 100 << 20;
    let folder = TempDir::new().expect("there is room");
    let path = folder.path().to_str().expect("it is UTF-8");
    let max = LARGE.to_string();
    let mut listener =
        Listener::start(&["--now", RECORDED, "--save", path, "--max-body", max.as_str()]);
    let unsigned = format!(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {LARGE}\r\n\r\n{}",
        "a".repeat(LARGE)
    );
    for _ in 0..3 {
        assert!(listener.send(unsigned.as_str()).starts_with("HTTP/1.1 401"));
        // Its line comes after its file.
        assert!(listener.line().contains("invalid  missing-signature"));
    }
    assert!(listener.send(delivery("user-created")).starts_with("HTTP/1.1 204"));
    assert!(listener.line().contains("valid    user:created"));
    listener.signal(Signal::TERM);
    let (code, _, told) = listener.wait_for_all();
    assert_eq!(code, Some(0));
    assert_eq!(told.matches("a refused delivery was not saved").count(), 1, "{told}");
    let names: Vec<_> = files(&folder).iter().map(|path| name(path).split_off(21)).collect();
    let refused = "-REFUSED-missing-signature.http";
    assert_eq!(names, [refused, refused, "-valid-user-created.http"]);
}

#[test]
fn refused_deliveries_are_explained() {
    let listener = Listener::start(&["--explain"]);
    assert_eq!(trigger(&listener, &format!("{SECRET}\n")), 1);
    assert_eq!(trigger(&listener, SECRET), 0);
    let (code, lines) = listener.stop();
    assert_eq!(code, Some(0));
    let lines: Vec<_> = lines.lines().collect();
    assert!(lines[0].contains("Z  invalid  signature-mismatch: "), "{lines:?}");
    assert!(lines.last().is_some_and(|line| line.contains("Z  valid  ")), "{lines:?}");
    let of_explain = &lines[1..lines.len() - 1];
    assert!(of_explain.iter().all(|line| line.starts_with("    ")), "{lines:?}");
    let begins = |with: &str| of_explain.iter().any(|line| line.starts_with(with));
    assert!(begins("    FAIL  mac ") && begins("    hint  secret "), "{lines:?}");
    // The body of a refused delivery was read, too.
    assert!(begins("    ok    body "), "{lines:?}");
}

#[test]
fn explanations_are_objects_in_json() {
    let mut listener = Listener::start(&["--now", RECORDED, "--explain", "--json"]);
    listener.send(edit(&delivery("user-created"), "07:41:31", "07:41:33"));
    let entry = listener.json();
    assert_eq!(entry["explanation"]["near_misses"][0]["name"], "rewritten-date");
    assert_eq!(entry["explanation"]["rules"][0]["rule"], "signature");
    // It is judged by the clock of its arrival.
    let rules = entry["explanation"]["rules"].as_array().expect("it is a list");
    let date = rules.iter().find(|rule| rule["rule"] == "date").expect("it is there");
    assert_eq!((&date["outcome"], &date["found"][1]["ahead"]), (&"passed".into(), &2.into()));
    // A valid one and a replay need no explanation.
    for reason in ["ok", "replayed"] {
        listener.send(delivery("user-created"));
        let entry = listener.json();
        assert_eq!((&entry["reason"], &entry["explanation"]), (&reason.into(), &Value::Null));
    }
}

#[test]
fn the_totals_name_the_commonest_reasons() {
    let listener = Listener::start(&["--now", RECORDED]);
    let request = delivery("user-created");
    for (from, to, count) in [
        ("X-Drone-Event: user", "X-Drone-Event: repo", 1),
        ("\"admin\":false", "\"admin\":true ", 1),
        ("Signature: ", "X-Signature: ", 3),
        ("07:41:31", "06:41:31", 1),
        ("POST ", "PUT ", 2),
    ] {
        (0..count).for_each(|_| drop(listener.send(edit(&request, from, to))));
    }
    listener.send(request);
    listener.signal(Signal::INT);
    let (_, _, told) = listener.wait_for_all();
    let totals = "hooksig: 9 requests: 1 valid, 8 invalid (3 missing-signature, \
                  2 method-not-allowed, 1 date-too-old, 2 others)\n";
    assert_eq!(told, totals);
}
