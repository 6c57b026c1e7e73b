//! A folder of received deliveries, one file each.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use anyhow::{Context, ensure};
use jiff::Timestamp;

/// Most bytes of refused deliveries, because anyone can send them.
const MAX_REFUSED: u64 = 256 << 20;

/// Longest part of a file name that a sender chose.
const MAX_WORD: usize = 24;

pub(super) struct Archive {
    folder: PathBuf,
    /// Number of the last file.
    number: AtomicU64,
    /// Bytes of refused deliveries so far.
    refused: AtomicU64,
}

/// A delivery to save.
pub(super) struct Saving<'a> {
    /// Time of arrival in Unix seconds.
    pub(super) time: i64,
    pub(super) is_valid: bool,
    /// The event and action, or the reason.
    pub(super) words: Vec<&'a str>,
    pub(super) text: &'a [u8],
}

impl Archive {
    /// Opens a folder, which must exist and be writable.
    pub(super) fn open(folder: PathBuf) -> anyhow::Result<Self> {
        let archive = Self { folder, number: AtomicU64::new(0), refused: AtomicU64::new(0) };
        ensure!(archive.folder.is_dir(), "{:?} is not a folder; create it first", archive.folder);
        let probe = archive.folder.join(format!(".hooksig-{}", process::id()));
        let written = create(&probe).and_then(|_| fs::remove_file(&probe));
        written.with_context(|| format!("cannot write to {:?}", archive.folder))?;
        Ok(archive)
    }

    /// Writes a file that only this user can read. Replaces no other file.
    pub(super) fn save(&self, saving: &Saving<'_>) -> anyhow::Result<()> {
        let len = saving.text.len() as u64;
        ensure!(
            saving.is_valid || self.refused.fetch_add(len, Relaxed) + len <= MAX_REFUSED,
            "a refused delivery was not saved, because {MAX_REFUSED} bytes of them are saved already"
        );
        let (path, mut file) = self.new_file(saving)?;
        file.write_all(saving.text).inspect_err(|_| drop(fs::remove_file(&path))).with_context(
            || {
                let name = path.file_name().unwrap_or_default();
                format!("the delivery was not saved: cannot write {name:?}")
            },
        )
    }

    fn new_file(&self, saving: &Saving<'_>) -> anyhow::Result<(PathBuf, File)> {
        loop {
            let number = self.number.fetch_add(1, Relaxed) + 1;
            let path = self.folder.join(saving.name(number));
            match create(&path) {
                // An earlier run may have used the number in the same second.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => {
                    let file = created.with_context(|| {
                        format!("the delivery was not saved: cannot create {path:?}")
                    })?;
                    return Ok((path, file));
                }
            }
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl Saving<'_> {
    /// Returns a name that sorts by time, such as `20261123T074131Z-0001-valid-user-created.http`.
    fn name(&self, number: u64) -> String {
        let time = Timestamp::from_second(self.time).unwrap_or_default();
        let mut words = vec![
            time.strftime("%Y%m%dT%H%M%SZ").to_string(),
            format!("{number:04}"),
            if self.is_valid { "valid" } else { "REFUSED" }.to_owned(),
        ];
        words.extend(self.words.iter().map(|word| safe(word)));
        format!("{}.http", words.join("-"))
    }
}

/// Replaces everything but ASCII letters, digits and hyphens.
fn safe(word: &str) -> String {
    let keep = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    word.chars().take(MAX_WORD).map(keep).collect()
}
