//! Common changes to secrets in files, variables and configuration.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};

use crate::{coding, explain::near_misses::charset};

/// One change, after which a secret may equal the sender's.
#[derive(Clone)]
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
    /// Describes the result; `{}` is the secret before.
    pub(super) is: &'static str,
    pub(super) advice: &'static str,
}

/// Returns every change of `given`, the likeliest first.
pub(super) fn from(given: &[u8]) -> Vec<Step> {
    let mut steps = without_more(given);
    steps.extend(with_more(given));
    steps.extend(recoded(given));
    steps.extend(transcoded(given));
    steps.extend(parts(given));
    steps
}

/// The server's secret has extra bytes around it.
fn with_more(given: &[u8]) -> Vec<Step> {
    let around = |name, before: &str, after: &str, is, advice| Step {
        name,
        bytes: [before.as_bytes(), given, after.as_bytes()].concat(),
        is,
        advice,
    };
    const ECHO: &str = "remove the newline from the server's DRONE_WEBHOOK_SECRET (`echo` adds \
                        one, `printf %s` does not)";
    const SPACE: &str = "remove the white space from the server's DRONE_WEBHOOK_SECRET";
    const QUOTES: &str = "remove the quotes from the server's environment file, which is not \
                          read by a shell";
    const ESCAPE: &str = "remove the backslash and the letter after it from the server's \
                          DRONE_WEBHOOK_SECRET, where they are not an escape";
    const MARK: &str = "save the server's file without a byte order mark";
    const NAME: &str = "remove the name and the equals sign from the value of the server's \
                        DRONE_WEBHOOK_SECRET";
    let newline = |end, is| around("newline-after-secret", "", end, is, ECHO);
    let space = |before, after, is| around("space-around-secret", before, after, is, SPACE);
    let quotes = |quote: &str| around("quotes-around-secret", quote, quote, "{} in quotes", QUOTES);
    let escape = |end, is| around("escape-after-secret", "", end, is, ESCAPE);
    let name =
        |name| around("name-before-secret", name, "", "{} with a name and `=` before it", NAME);
    const INVISIBLE: &str = "remove the invisible character from the server's \
                             DRONE_WEBHOOK_SECRET; type the secret instead of copying it";
    let invisible = |end| {
        let is = "{} with an invisible character at its end";
        around("invisible-after-secret", "", end, is, INVISIBLE)
    };
    vec![
        newline("\n", "{} with a newline at its end"),
        newline("\r\n", "{} with a newline (CRLF) at its end"),
        newline("\r", "{} with a carriage return at its end"),
        newline("\n\n", "{} with two newlines at its end"),
        newline("\r\n\r\n", "{} with two newlines (CRLF) at its end"),
        space("", " ", "{} with a space at its end"),
        space(" ", "", "{} with a space at its start"),
        space("", "\t", "{} with a tab at its end"),
        space("\t", "", "{} with a tab at its start"),
        space("\n", "", "{} with a newline at its start"),
        quotes("\""),
        quotes("'"),
        quotes("`"),
        escape("\\n", "{} with a backslash and `n` at its end"),
        escape("\\r\\n", "{} with the text `\\r\\n` at its end"),
        escape("\\r", "{} with a backslash and `r` at its end"),
        escape("\\t", "{} with a backslash and `t` at its end"),
        around(
            "byte-order-mark-before-secret",
            "\u{feff}",
            "",
            "{} with a byte order mark at its start",
            MARK,
        ),
        invisible("\u{a0}"),
        invisible("\u{200b}"),
        invisible("\u{b}"),
        name("DRONE_WEBHOOK_SECRET="),
        name("export DRONE_WEBHOOK_SECRET="),
        name("DRONE_SECRET="),
        name("WEBHOOK_SECRET="),
        name("SECRET="),
        name("secret="),
    ]
}

/// The secret given here has extra bytes around it.
fn without_more(given: &[u8]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut add = |name, bytes: &[u8], is, advice| {
        if !bytes.is_empty() && bytes.len() < given.len() {
            steps.push(Step { name, bytes: bytes.to_vec(), is, advice });
        }
    };
    const HERE: &str = "remove that from the file or variable that holds it here";
    const THESE: &str = "remove them from the file or variable that holds it here";
    add(
        "untrimmed-secret",
        given.trim_ascii(),
        "{} without the white space (usually a newline) around it",
        HERE,
    );
    if let [quote @ (b'"' | b'\'' | b'`'), inside @ .., last] = given.trim_ascii()
        && quote == last
    {
        add("quoted-secret", inside, "{} without the quotes around it", THESE);
    }
    if let Some(text) = given.strip_prefix("\u{feff}".as_bytes()) {
        let is = "{} without the byte order mark at its start";
        add("byte-order-mark-in-secret", text, is, "save the file here without a byte order mark");
    }
    if let Some(text) = without_invisible(given) {
        let is = "{} without the invisible characters or typographic quotes around it";
        add("invisible-in-secret", text.as_bytes(), is, THESE);
    }
    if let Some(text) = without_escapes(given) {
        let is = "{} without the backslash and letter at its end, which are no escape here";
        add("escape-in-secret", text, is, THESE);
    }
    if let Some(value) = without_name(given) {
        let is = "{} without the name and `=` before it";
        add("name-in-secret", value, is, "give only the value here, not a line `NAME=value`");
    }
    steps
}

/// Trims what word processors, chats and web pages put around copied text.
fn without_invisible(given: &[u8]) -> Option<&str> {
    const AROUND: &[char] = &[
        '\u{a0}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2060}',
        '\u{202a}', '\u{202c}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{ab}', '\u{bb}',
    ];
    let text = str::from_utf8(given).ok()?;
    Some(text.trim_matches(AROUND)).filter(|trimmed| trimmed.len() < text.len())
}

fn without_escapes(given: &[u8]) -> Option<&[u8]> {
    let strip = |text: &[u8]| {
        [b"\\n", b"\\r", b"\\t"]
            .iter()
            .find_map(|end| text.strip_suffix(end.as_slice()).map(<[u8]>::len))
    };
    let mut text = given;
    while let Some(len) = strip(text) {
        text = &text[..len];
    }
    (text.len() < given.len()).then_some(text)
}

/// Returns the value of `NAME=value`, `export NAME=value` or `NAME: value`.
fn without_name(given: &[u8]) -> Option<&[u8]> {
    let line = given.trim_ascii();
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let end = line.iter().position(|byte| matches!(byte, b'=' | b':'))?;
    let (name, value) = (line[..end].trim_ascii(), &line[end + 1..]);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let fits =
        name.first().is_some_and(|first| !first.is_ascii_digit()) && name.iter().all(is_name);
    fits.then(|| value.trim_ascii_start())
}

/// One side decodes or encodes the secret.
fn recoded(given: &[u8]) -> Vec<Step> {
    const LINE: &str = "write it on one line on both sides";
    const TEXT: &str =
        "give the same text here as in DRONE_WEBHOOK_SECRET, because Drone never decodes it";
    const SENDER: &str = "have the sender use the text itself, as Drone does";
    const KUBERNETES: &str = "decode the one given here (`base64 -d`); Kubernetes prints secrets \
                              in base64";
    const LETTERS: &str = "give exactly the text of DRONE_WEBHOOK_SECRET here";
    let step = |name, bytes, is, advice| Step { name, bytes, is, advice };
    let mut steps = Vec::new();
    let decoded = coding::base64_decoded(given).filter(|bytes| !bytes.is_empty());
    steps.extend(
        decoded.map(|bytes| {
            step("base64-decoded-secret", bytes, "{} decoded from base64", KUBERNETES)
        }),
    );
    for encoded in base64_texts(given) {
        let is = "the base64 text of {}";
        steps.push(step("base64-encoded-secret", encoded, is, TEXT));
    }
    if let Some(bytes) = coding::unhex(given) {
        let is = "{} decoded from its hexadecimal text";
        steps.push(step("hex-decoded-secret", bytes, is, SENDER));
    }
    let digits = coding::hex(given);
    let is = "the hexadecimal text of {}";
    steps.push(step("hex-encoded-secret", digits.to_ascii_uppercase().into_bytes(), is, TEXT));
    steps.push(step("hex-encoded-secret", digits.into_bytes(), is, TEXT));
    for bytes in [given.to_ascii_lowercase(), given.to_ascii_uppercase()] {
        let is = "{} with its letters in the other case";
        steps.push(step("secret-in-other-case", bytes, is, LETTERS));
    }
    let one_line: Vec<u8> =
        given.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    steps.push(step("wrapped-secret", one_line, "{} without the line breaks inside", LINE));
    for lines in wrapped(given) {
        steps.push(step("wrapped-secret", lines, "{} broken into lines", LINE));
    }
    let is = "{} with its percent escapes decoded";
    steps.push(step("percent-decoded-secret", coding::percent_decoded(given, false), is, LETTERS));
    let is = "{} with percent escapes";
    steps.push(step("percent-encoded-secret", coding::percent_encoded(given), is, LETTERS));
    if given.contains(&b'$') {
        let text = given.split(|&byte| byte == b'$').collect::<Vec<_>>().join(b"$$".as_slice());
        let is = "{} with each `$` doubled";
        steps.push(step("dollar-in-secret", text, is, LETTERS));
        let bytes = coding::replaced(given, b"$$", b"$");
        steps.push(step("dollar-in-secret", bytes, "{} with each `$$` as `$`", LETTERS));
    }
    steps
}

/// In both alphabets, with and without padding, on one or several lines.
fn base64_texts(given: &[u8]) -> Vec<Vec<u8>> {
    let whole = BASE64_STANDARD.encode(given).into_bytes();
    let others = [
        BASE64_STANDARD_NO_PAD.encode(given),
        BASE64_URL_SAFE.encode(given),
        BASE64_URL_SAFE_NO_PAD.encode(given),
    ];
    let wrapped = wrapped(&whole);
    [whole].into_iter().chain(others.map(String::into_bytes)).chain(wrapped).collect()
}

/// Breaks `text` into lines, as programs do with base64.
fn wrapped(text: &[u8]) -> [Vec<u8>; 4] {
    [(76, b"\n".as_slice()), (64, b"\n"), (76, b"\r\n"), (64, b"\r\n")]
        .map(|(width, end)| text.chunks(width).collect::<Vec<_>>().join(end))
}

/// One side has the secret in another text encoding.
fn transcoded(given: &[u8]) -> Vec<Step> {
    const SAVE: &str = "save it as UTF-8 without a byte order mark on both sides";
    const ASCII: &str = "use a secret of only ASCII letters and digits, such as `hooksig secret` \
                         makes";
    let utf_16 = |bytes, is| Step { name: "utf-16-secret", bytes, is, advice: SAVE };
    let mut steps = Vec::new();
    steps.extend(charset::from_utf_16(given).map(|text| {
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        utf_16(line.as_bytes().to_vec(), "{} read as UTF-16")
    }));
    for bytes in charset::utf_16_forms(given) {
        steps.push(utf_16(bytes, "{} in UTF-16"));
    }
    if !given.is_ascii() {
        for form in charset::damages(given).into_iter().chain(charset::repairs(given)) {
            let is = "{} in another encoding or normal form of Unicode";
            steps.push(Step { name: "transcoded-secret", bytes: form.bytes, is, advice: ASCII });
        }
    }
    steps
}

/// Several secrets given in one text.
fn parts(given: &[u8]) -> impl Iterator<Item = Step> {
    let parts = given.split(|byte| matches!(byte, b',' | b';') || byte.is_ascii_whitespace());
    parts.filter(move |part| !part.is_empty() && part.len() < given.len()).take(64).map(|part| {
        Step {
            name: "joined-secrets",
            bytes: part.to_vec(),
            is: "a part of {}, which seems to hold several",
            advice: "give each with its own --secret-file or --secret",
        }
    })
}
