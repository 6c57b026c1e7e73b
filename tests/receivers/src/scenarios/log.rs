//! Text and secrets that a log must not hold.

use anyhow::Result;

use crate::{
    client,
    delivery::{Delivery, SECRET, digest, mac},
    receivers::Receiver,
};

/// The longest line of a log, in bytes: a few values of 200 characters, escaped.
const LONGEST_LINE: usize = 4096;

pub(crate) fn log_is_clean(receiver: &Receiver) -> Result<String> {
    let mark = receiver.mark();
    let hostile: [&[u8]; 7] = [
        b"\x1b[2J",
        b"\x7f",
        "\u{9b}31m".as_bytes(),
        b"\x9b31m",
        "\u{202e}".as_bytes(),
        b"a\rb",
        &[b'A'; 8000],
    ];
    let mut observed = Vec::new();
    for text in hostile {
        for delivery in operators_view(text) {
            let _ = client::exchange(receiver.address(), &delivery, 1);
        }
    }
    for request in spoilt(&mut observed) {
        let _ = client::exchange(receiver.address(), &request, 1);
    }
    let before = receiver.mark();
    receiver.accepts_another()?;
    receiver.words_since(before, 1, |_| true);
    for line in receiver.logged_since(mark) {
        if let Some(fault) = fault_of(&line, &observed) {
            let start = &line[..line.len().min(300)];
            return Ok(format!("{fault}: {}", start.escape_ascii()));
        }
    }
    Ok("a clean log".into())
}

/// A stranger's text wherever a receiver may repeat it, and that of someone who knows the secret.
fn operators_view(text: &[u8]) -> Vec<Vec<u8>> {
    let d = Delivery::new();
    let lossy = String::from_utf8_lossy(text);
    let json = lossy.replace('\x1b', "\\u001b").replace('\r', "\\r");
    let unknown = format!(r#"{{"event":"{json}","action":"{json}"}}"#);
    let known = format!(
        r#"{{"event":"build","action":"updated","build":{{"number":1,"status":"{json}","event":"{json}","target":"{json}","author_login":"{json}"}},"repo":{{"slug":"{json}"}},"user":{{"login":"{json}"}}}}"#
    );
    vec![
        d.instead("POST", text),
        d.instead("/hook", [b"/hook", text].concat()),
        d.instead("hmac-key", text),
        d.instead("hmac-sha256", text),
        d.instead("date digest", text),
        d.instead("date digest", [b"date digest ", text].concat()),
        d.instead(&d.date, text),
        d.instead(&d.digest, text),
        d.instead(&d.digest, [text, b"=x"].concat()),
        d.instead("receiver.test", text),
        d.instead("application/json", text),
        d.with([b"X-Drone-Event: ", text, b"\r\n"].concat()),
        d.with([text, b": x\r\n"].concat()),
        Delivery::of(text).raw(),
        Delivery::of(unknown).raw(),
        Delivery::of(known).raw(),
    ]
}

/// Requests with a right and a wrong MAC and digest; `observed` receives what no log may hold.
fn spoilt(observed: &mut Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let d = Delivery::new();
    let other = Delivery { body: br#"{"event":"user","action":"deleted"}"#.to_vec(), ..d.clone() };
    for value in [&d.mac, &mac("x"), &d.digest, &digest(&other.body)] {
        observed.extend(spellings(value.strip_prefix("SHA-256=").unwrap_or(value)));
    }
    observed.push(SECRET.into());
    vec![
        d.instead(&d.mac, mac("x")),
        other.raw(),
        d.with("X-Drone-Event: repo\r\n"),
        d.raw(),
        d.raw(),
    ]
}

/// The forms that 32 bytes may have in a log: base64, hexadecimal, and a list of numbers.
fn spellings(base64: &str) -> Vec<Vec<u8>> {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let bytes = BASE64_STANDARD.decode(base64).expect("it is base64");
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = |separator: &str| {
        bytes[..6].iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
    };
    vec![
        base64.trim_end_matches('=').into(),
        base64.trim_end_matches('=').replace('+', "-").replace('/', "_").into(),
        base64.trim_end_matches('=').replace('/', "\\/").into(),
        hex.to_uppercase().into(),
        hex.into(),
        list(", ").into(),
        list(",").into(),
        list(" ").into(),
    ]
}

fn fault_of(line: &[u8], observed: &[Vec<u8>]) -> Option<&'static str> {
    let Ok(text) = std::str::from_utf8(line) else { return Some("bytes that are no UTF-8") };
    if text.chars().any(char::is_control) {
        return Some("a control character");
    }
    if text.chars().any(is_format) {
        return Some("a character that changes how others are shown");
    }
    if line.len() > LONGEST_LINE {
        return Some("a line that is too long");
    }
    let holds = |value: &Vec<u8>| line.windows(value.len()).any(|part| part == value);
    observed.iter().any(holds).then_some("a MAC, a digest or the secret")
}

/// Characters without a form of their own: bidirectional and zero-width ones.
fn is_format(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
