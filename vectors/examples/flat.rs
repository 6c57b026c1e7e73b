//! Writes conformance cases in a form for firmware without a JSON reader: `flat OUT FILE.jsonl...`.
//!
//! A case is a sequence of texts, each after its length in four bytes, least significant first. The
//! first text is `verify` or `sign`, or `end` after the last case; `firmware/conform.c` reads the
//! others in this order. A list begins with a text that is its length in decimal.

use std::{env, error::Error, fs};

use hooksig_vectors::{Bytes, Case, Head, SignCase, VerifyCase};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args().skip(1);
    let out = args.next().ok_or("usage: flat OUT FILE.jsonl...")?;
    let mut flat = Flat(Vec::new());
    for file in args {
        for case in Case::parse_all(&fs::read_to_string(file)?)? {
            match case {
                Case::Verify(case) => flat.verify(&case),
                // C passes the names as one text, which cannot hold a name with a space.
                Case::Sign(case) if case.list.iter().any(|name| name.0.contains(&b' ')) => {}
                Case::Sign(case) => flat.sign(&case),
                Case::Date(case) => return Err(format!("{}: dates are left out", case.id).into()),
            }
        }
    }
    flat.text(b"end");
    Ok(fs::write(out, flat.0)?)
}

struct Flat(Vec<u8>);

impl Flat {
    fn text(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        let len = u32::try_from(text.len()).expect("a case is shorter than 4 GiB");
        self.0.extend(len.to_le_bytes());
        self.0.extend(text);
    }

    fn number(&mut self, number: impl ToString) {
        self.text(number.to_string());
    }

    fn verify(&mut self, case: &VerifyCase) {
        self.text("verify");
        self.text(&case.id);
        self.secrets(&case.secrets);
        // Texts may be empty: no clock, or any key.
        self.text(case.now.map_or(String::new(), |now| now.to_string()));
        self.text(case.matched.map_or(String::new(), |index| index.to_string()));
        self.head(&case.head);
        self.text(&case.body);
    }

    fn sign(&mut self, case: &SignCase) {
        self.text("sign");
        self.text(&case.id);
        self.secrets(std::slice::from_ref(&case.secret));
        self.text(&case.key_id);
        self.text(case.list.iter().map(|name| name.0.as_slice()).collect::<Vec<_>>().join(&b' '));
        self.head(&case.head);
        let signed = case.signed.as_ref();
        self.text(signed.map_or(&[][..], |signed| &signed.signing_string));
        self.text(signed.map_or("", |signed| &signed.signature));
    }

    fn secrets(&mut self, secrets: &[Bytes]) {
        self.number(secrets.len());
        secrets.iter().for_each(|secret| self.text(secret));
    }

    fn head(&mut self, head: &Head) {
        self.text(&head.method);
        self.text(&head.target);
        self.number(head.headers.len());
        for (name, value) in &head.headers {
            self.text(name);
            self.text(value);
        }
    }
}
