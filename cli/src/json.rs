//! Writes JSON as common libraries do: the same tokens with other spaces and escapes.
//!
//! Keeps the order of members and the digits of numbers, which a JSON parser does not promise.

use serde::de::IgnoredAny;

/// A style of writing JSON.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub(crate) layout: Layout,
    pub(crate) escapes: Escapes,
}

#[derive(Clone, Copy)]
pub(crate) enum Layout {
    Compact,
    /// On one line, with a space after each comma and colon.
    Spaced,
    /// One line per element, with this indent.
    Indented(&'static str),
}

impl Style {
    /// The style of a Drone server.
    pub(crate) const DRONE: Self = Self { layout: Layout::Compact, escapes: Escapes::Html };
}

/// The characters escaped in strings.
#[derive(Clone, Copy)]
pub(crate) enum Escapes {
    AsTheyAre,
    /// Only those that JSON requires.
    Least,
    /// Also `<`, `>`, `&`, U+2028 and U+2029, as Go and therefore Drone does.
    Html,
    /// Also everything outside ASCII.
    Ascii,
}

const LAYOUTS: [Layout; 5] = [
    Layout::Compact,
    Layout::Spaced,
    Layout::Indented("  "),
    Layout::Indented("    "),
    Layout::Indented("\t"),
];

/// Every style, the likeliest first.
pub(crate) const STYLES: [Style; 20] = {
    let escapes = [Escapes::AsTheyAre, Escapes::Html, Escapes::Least, Escapes::Ascii];
    let mut styles = [Style { layout: LAYOUTS[0], escapes: escapes[0] }; 20];
    let mut index = 0;
    while index < styles.len() {
        styles[index] = Style { layout: LAYOUTS[index % 5], escapes: escapes[index / 5] };
        index += 1;
    }
    styles
};

/// A bracket, comma, colon, string, number or word.
#[derive(Clone, Copy)]
pub(crate) struct Token<'a>(&'a [u8]);

/// Splits `text` into tokens if it is JSON.
pub(crate) fn tokens(text: &[u8]) -> Option<Vec<Token<'_>>> {
    serde_json::from_slice::<IgnoredAny>(text).ok()?;
    let mut tokens = Vec::new();
    let mut rest = text.trim_ascii_start();
    while !rest.is_empty() {
        let (token, behind) = rest.split_at(token_len(rest));
        tokens.push(Token(token));
        rest = behind.trim_ascii_start();
    }
    Some(tokens)
}

/// Returns the length of the first token of `text`, which is known to be JSON.
fn token_len(text: &[u8]) -> usize {
    match text[0] {
        b'"' => {
            let mut escaped = false;
            let end = text[1..].iter().position(|&byte| {
                let closes = byte == b'"' && !escaped;
                escaped = byte == b'\\' && !escaped;
                closes
            });
            end.map_or(text.len(), |end| end + 2)
        }
        b'{' | b'}' | b'[' | b']' | b',' | b':' => 1,
        _ => {
            let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
            text.iter().position(|byte| !inside(byte)).unwrap_or(text.len()).max(1)
        }
    }
}

pub(crate) fn write(tokens: &[Token<'_>], style: Style) -> Vec<u8> {
    write_within(tokens, style, usize::MAX).unwrap_or_default()
}

/// As [`write`], but `None` above `limit` bytes, because indents can make a text a hundred times
/// longer.
pub(crate) fn write_within(tokens: &[Token<'_>], style: Style, limit: usize) -> Option<Vec<u8>> {
    let mut writer = Writer { style, depth: 0, text: Vec::new() };
    let mut before = Token(b"");
    for token in tokens {
        writer.token(before, *token);
        if writer.text.len() > limit {
            return None;
        }
        before = *token;
    }
    Some(writer.text)
}

struct Writer {
    style: Style,
    depth: usize,
    text: Vec<u8>,
}

impl Writer {
    fn token(&mut self, Token(before): Token<'_>, Token(token): Token<'_>) {
        let opened = matches!(before, b"{" | b"[");
        let closes = matches!(token, b"}" | b"]");
        self.depth = self.depth.saturating_sub(usize::from(closes));
        // Empty brackets stay empty.
        if opened != closes {
            self.break_line();
        }
        match token {
            [b'"', ..] => self.style.escapes.write(token, &mut self.text),
            _ => self.text.extend_from_slice(token),
        }
        match (token, self.style.layout) {
            (b"{" | b"[", _) => self.depth += 1,
            (b",", Layout::Indented(_)) => self.break_line(),
            (b",", Layout::Spaced) | (b":", Layout::Spaced | Layout::Indented(_)) => {
                self.text.push(b' ');
            }
            _ => {}
        }
    }

    fn break_line(&mut self) {
        if let Layout::Indented(indent) = self.style.layout {
            self.text.push(b'\n');
            self.text.extend(indent.repeat(self.depth).bytes());
        }
    }
}

impl Escapes {
    fn write(self, literal: &[u8], text: &mut Vec<u8>) {
        if matches!(self, Self::AsTheyAre) {
            return text.extend_from_slice(literal);
        }
        // A lone surrogate cannot be decoded and is kept as it is.
        match serde_json::from_slice::<String>(literal).ok() {
            Some(parsed) => text.extend(self.literal(&parsed).into_bytes()),
            None => text.extend_from_slice(literal),
        }
    }

    fn literal(self, string: &str) -> String {
        let mut literal = String::new();
        for character in serde_json::Value::from(string).to_string().chars() {
            let escaped = match self {
                Self::Html => matches!(character, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'),
                Self::Ascii => !character.is_ascii(),
                Self::Least | Self::AsTheyAre => false,
            };
            if escaped {
                let units = character.encode_utf16(&mut [0; 2]).to_vec();
                literal.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
            } else {
                literal.push(character);
            }
        }
        literal
    }
}
