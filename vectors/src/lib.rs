//! The conformance cases (`cases/*.jsonl`, and in `cases/peers` those of other projects' own
//! suites) and the recorded deliveries (`deliveries/*.http`), which test every interface of
//! hooksig.
//!
//! A case file holds one JSON object per line. Every string in `secret`, `secrets`, `keyid`,
//! `method`, `target`, `headers`, `list`, `signature_header` and `text` is a byte string: each code
//! point 0–255 is one byte.

pub mod functions;

use std::path::{Path, PathBuf};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny},
};

/// The secret of the recorded deliveries.
pub const SECRET: &str = "bea26a2221fd8090ea38720fc445eca6";

/// A case; its kind is known by its members.
#[derive(Clone, Debug)]
pub enum Case {
    /// A request to verify.
    Verify(VerifyCase),
    /// A request to sign.
    Sign(SignCase),
    /// A date to read.
    Date(DateCase),
}

/// A request, the secrets to try, and the expected verdict.
#[derive(Clone, Debug)]
pub struct VerifyCase {
    /// Names the case.
    pub id: String,
    /// Tried in order; an empty one is an error.
    pub secrets: Vec<Bytes>,
    /// The head of the request.
    pub head: Head,
    /// The body as received.
    pub body: Vec<u8>,
    /// The receiver's clock in Unix seconds, if it has one.
    pub now: Option<i64>,
    /// True if the request must be valid.
    pub valid: bool,
    /// The index of the secret that must fit, if the case says so.
    pub matched: Option<usize>,
    /// The word of the rule that must refuse it, if the case says so.
    pub reason: Option<String>,
}

/// A request to sign, and the expected result.
#[derive(Clone, Debug)]
pub struct SignCase {
    /// Names the case.
    pub id: String,
    /// The secret to sign with.
    pub secret: Bytes,
    /// The keyId to sign under.
    pub key_id: Bytes,
    /// The head of the request.
    pub head: Head,
    /// The names to cover.
    pub list: Vec<Bytes>,
    /// The expected result, or `None` if signing must be refused.
    pub signed: Option<Signed>,
}

/// The expected bytes of signing.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The signing string.
    pub signing_string: Vec<u8>,
    /// The base64 of the MAC.
    pub signature: String,
    /// The whole value of the `Signature` field, if the case has it.
    pub signature_header: Option<Bytes>,
}

/// An HTTP-date, or nearly one, and its time.
#[derive(Clone, Debug, Deserialize)]
pub struct DateCase {
    /// Names the case.
    pub id: String,
    /// The text.
    pub text: Bytes,
    /// The time of reading, in Unix seconds.
    pub now: i64,
    /// Its Unix seconds, or `None` if it is no HTTP-date.
    pub unix: Option<i64>,
}

/// The head of a request.
#[derive(Clone, Debug, Deserialize)]
pub struct Head {
    /// The method.
    pub method: Bytes,
    /// Path and query.
    pub target: Bytes,
    /// The fields as received.
    pub headers: Vec<(Bytes, Bytes)>,
}

/// A byte string: in JSON each code point 0–255 is one byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes: Result<Vec<u8>, _> =
            String::deserialize(deserializer)?.chars().map(u8::try_from).collect();
        bytes.map(Self).map_err(|_| D::Error::custom("a code point above 255 in a byte string"))
    }
}

/// The members that decide the kind of a case.
#[derive(Deserialize)]
struct Kind {
    list: Option<IgnoredAny>,
    text: Option<IgnoredAny>,
}

/// A case with a request, as written.
#[derive(Deserialize)]
struct Line {
    id: String,
    secret: Option<Bytes>,
    secrets: Option<Vec<Bytes>>,
    #[serde(flatten)]
    head: Head,
    body_b64: Option<String>,
    now: Option<i64>,
    expect: Option<Expect>,
    matched: Option<usize>,
    reason: Option<String>,
    list: Option<Vec<Bytes>>,
    keyid: Option<Bytes>,
    signing_string_b64: Option<String>,
    signature: Option<String>,
    signature_header: Option<Bytes>,
    expect_error: Option<String>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Valid,
    Invalid,
}

impl Case {
    /// Reads one line of a case file.
    ///
    /// # Errors
    ///
    /// Says which member is missing or invalid.
    pub fn parse(line: &str) -> Result<Self, String> {
        match read(line)? {
            Kind { text: Some(_), .. } => read(line).map(Self::Date),
            Kind { list: Some(_), .. } => read::<Line>(line)?.into_sign().map(Self::Sign),
            _ => read::<Line>(line)?.into_verify().map(Self::Verify),
        }
    }

    /// Returns the name of the case.
    #[must_use]
    pub fn id(&self) -> &str {
        match self {
            Self::Verify(case) => &case.id,
            Self::Sign(case) => &case.id,
            Self::Date(case) => &case.id,
        }
    }

    /// Reads the text of a case file; skips empty lines.
    ///
    /// # Errors
    ///
    /// Begins with the number of the unreadable line.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, String> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines
            .map(|(index, line)| {
                Self::parse(line).map_err(|error| format!("line {}: {error}", index + 1))
            })
            .collect()
    }
}

impl Line {
    fn into_verify(self) -> Result<VerifyCase, String> {
        let secrets = match (self.secret, self.secrets) {
            (Some(secret), None) => vec![secret],
            (None, Some(secrets)) => secrets,
            _ => return Err("one of `secret` and `secrets` is needed".into()),
        };
        Ok(VerifyCase {
            id: self.id,
            secrets,
            head: self.head,
            body: base64(&self.body_b64.ok_or("`body_b64` or `list` is missing")?)?,
            now: self.now,
            valid: self.expect.ok_or("`expect` is missing")? == Expect::Valid,
            matched: self.matched,
            reason: self.reason.filter(|reason| reason != "ok"),
        })
    }

    fn into_sign(self) -> Result<SignCase, String> {
        let signed = match (self.signing_string_b64, self.signature, self.expect_error) {
            (Some(string), Some(signature), None) => Some(Signed {
                signing_string: base64(&string)?,
                signature,
                signature_header: self.signature_header,
            }),
            (None, None, Some(_)) => None,
            _ => return Err("either `expect_error` or what must come out is needed".into()),
        };
        Ok(SignCase {
            id: self.id,
            secret: self.secret.ok_or("`secret` is missing")?,
            key_id: self.keyid.ok_or("`keyid` is missing")?,
            head: self.head,
            list: self.list.ok_or("`list` is missing")?,
            signed,
        })
    }
}

fn read<'l, T: Deserialize<'l>>(line: &'l str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| error.to_string())
}

fn base64(text: &str) -> Result<Vec<u8>, String> {
    BASE64_STANDARD.decode(text).map_err(|error| format!("base64: {error}"))
}

/// Returns the folder of the vectors in the source tree.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the cases of `cases/NAME.jsonl`.
///
/// # Panics
///
/// If the file is missing or unreadable, because only tests use it.
pub fn cases(name: &str) -> Vec<Case> {
    let path = folder().join("cases").join(format!("{name}.jsonl"));
    let text = std::fs::read_to_string(&path).expect("the case file is in the source tree");
    Case::parse_all(&text).expect("the case file is well-formed")
}

/// Returns the names of all case files, as [`cases`] takes them, in order.
///
/// # Panics
///
/// If a folder cannot be read, because only tests use it.
pub fn case_files() -> Vec<String> {
    let mut names = Vec::new();
    find_case_files(&folder().join("cases"), "", &mut names);
    names.sort();
    names
}

fn find_case_files(folder: &Path, prefix: &str, names: &mut Vec<String>) {
    for entry in folder.read_dir().expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        let stem = path.file_stem().expect("a file has a name").to_string_lossy();
        let name = format!("{prefix}{stem}");
        if path.is_dir() {
            find_case_files(&path, &format!("{name}/"), names);
        } else {
            names.push(name);
        }
    }
}

/// Returns the recorded deliveries as (name, raw request), by name.
///
/// # Panics
///
/// If the folder cannot be read, because only tests use it.
pub fn deliveries() -> Vec<(String, Vec<u8>)> {
    recorded("deliveries")
}

/// Returns the requests of a real Drone 2.28.1 server as (name, raw request), sorted by name: webhooks, webhooks that
/// a proxy or a redirect changed (`edge-…`), and requests to extensions (`extension-…`). Their verdicts and
/// secrets are in `cases/server-2.28.1.jsonl`.
///
/// # Panics
///
/// If the folder cannot be read, because only tests use it.
pub fn server_requests() -> Vec<(String, Vec<u8>)> {
    recorded("deliveries/server-2.28.1")
}

/// Returns the requests to extensions that `drone-go`'s client sent, one of each kind, as (name, raw request),
/// sorted by name. Their secret is [`SECRET`].
///
/// # Panics
///
/// If the folder cannot be read, because only tests use it.
pub fn extension_requests() -> Vec<(String, Vec<u8>)> {
    recorded("deliveries/drone-go-1.7.1")
}

fn recorded(below: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder().join(below)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("the entry can be read").path());
    let mut requests: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "http"))
        .map(|path| {
            let name = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("the file can be read"))
        })
        .collect();
    requests.sort();
    requests
}
