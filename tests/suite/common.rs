//! A genuine request for the tests to change.

use hooksig::{Clock, Error, Key, Params, Policy, Request, Signer, Verifier, drone, signature_len};
use proptest::test_runner::Config;

/// Returns a configuration with `count` cases, or with `PROPTEST_CASES`.
pub(crate) fn cases(count: u32) -> Config {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => Config::default(),
        None => Config::with_cases(count),
    }
}

/// The secret of every genuine request.
pub(crate) const SECRET: &str = hooksig_vectors::SECRET;

/// The time of every genuine request: Wed, 01 Jan 2020 00:00:00 GMT.
pub(crate) const NOW: i64 = 1_577_836_800;

/// The body of every genuine request.
pub(crate) const BODY: &str = r#"{"event":"user","action":"created"}"#;

/// A sent request with editable parts.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: Vec<u8>,
    pub(crate) target: Vec<u8>,
    pub(crate) headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Sent {
    /// Returns the request that Drone sends at [`NOW`].
    pub(crate) fn by_drone() -> Self {
        let signed = drone::sign(&key(SECRET), BODY, NOW).expect("the date can be written");
        let mut sent = Self {
            method: b"POST".to_vec(),
            target: b"/hooks/drone".to_vec(),
            headers: Vec::new(),
            body: BODY.into(),
        };
        sent.add("Date", signed.date());
        sent.add("Digest", signed.digest());
        sent.add("Signature", signed.signature());
        sent.add("X-Drone-Event", "user");
        sent
    }

    pub(crate) fn request(&self) -> Request<'_, [(Vec<u8>, Vec<u8>)]> {
        Request::new(&self.method, &self.target, self.headers.as_slice())
    }

    /// Returns the verdict under `policy`, and asserts that one call and two phases agree.
    pub(crate) fn verdict(&self, policy: Policy<'_>, clock: Clock) -> Result<(), Error> {
        let keys = [key(SECRET)];
        let verifier = Verifier::with_policy(&keys, policy)?;
        verifier.verify(&self.request(), &self.body, clock).map(|_| ())
    }

    /// Adds a field at the end.
    pub(crate) fn add(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.headers.push((name.into(), value.as_ref().to_vec()));
    }

    /// Removes every field of this name.
    pub(crate) fn remove(&mut self, name: &str) {
        self.headers.retain(|(found, _)| !found.eq_ignore_ascii_case(name.as_bytes()));
    }

    /// Replaces all fields of this name with one.
    pub(crate) fn set(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.remove(name);
        self.add(name, value);
    }

    /// Returns the value of the first field of this name.
    pub(crate) fn value(&self, name: &str) -> &[u8] {
        let mut fields = self.headers.iter();
        let field = fields.find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()));
        &field.expect("the field is there").1
    }

    /// Returns the value of the first field of this name as text.
    pub(crate) fn text(&self, name: &str) -> String {
        String::from_utf8(self.value(name).to_vec()).expect("the value is text")
    }

    /// Replaces a text in the `Signature` field that must contain it.
    pub(crate) fn edit_signature(&mut self, from: &str, to: &str) {
        let before = self.text("Signature");
        let after = before.replacen(from, to, 1);
        assert_ne!(before, after, "{from:?} is not there");
        self.set("Signature", after);
    }

    /// Signs `names` again, with this secret.
    pub(crate) fn sign<N: AsRef<[u8]>>(&mut self, secret: &str, names: &[N]) {
        let key = key(secret);
        let signer = Signer::new(&key, drone::KEY_ID).expect("the keyId is fit");
        let mut out = vec![0; signature_len(drone::KEY_ID, names)];
        let field = signer.sign(&self.request(), names, &mut out).expect("it can be signed");
        let field = field.to_vec();
        self.set("Signature", field);
    }

    /// Returns the text of the parameter `signature`.
    pub(crate) fn mac_text(&self) -> Vec<u8> {
        let params =
            Params::parse(self.value("Signature")).expect("the parameters are well-formed");
        params.signature().bytes().collect()
    }
}

pub(crate) fn key(secret: &str) -> Key {
    Key::new(secret).expect("the secret is not empty")
}

/// Returns the words of [`Error::reason`], in kebab-case from the variants in the source, because a
/// match outside the crate cannot be exhaustive.
pub(crate) fn all_reasons() -> Vec<String> {
    let source = include_str!("../../src/error.rs");
    let (_, behind) = source.split_once("pub enum Error {\n").expect("the enum is there");
    let (variants, _) = behind.split_once("\n}").expect("the enum ends");
    let lines = variants.lines().filter_map(|line| line.strip_prefix("    "));
    lines
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .map(kebab)
        .collect()
}

/// Returns the name at the start of `line` in kebab-case.
fn kebab(line: &str) -> String {
    let mut word = String::new();
    for letter in line.chars().take_while(char::is_ascii_alphanumeric) {
        if letter.is_ascii_uppercase() && !word.is_empty() {
            word.push('-');
        }
        word.push(letter.to_ascii_lowercase());
    }
    word
}
