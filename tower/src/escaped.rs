//! Text from strangers, made safe to print.

use std::fmt::{self, Write as _};

/// Most characters of a value that are printed.
const MAX_CHARS: usize = 200;

/// Prints bytes that a stranger wrote, for a log or a terminal.
///
/// Control, format and other unprintable characters are escaped as in Rust's string literals, as are
/// invalid UTF-8 (`\x80`) and the backslash. After 200 characters the text is cut and ends with `…`.
///
/// # Examples
///
/// ```
/// use hooksig_tower::Escaped;
///
/// assert_eq!(Escaped::new("/caf\u{e9}\u{202e}\n").to_string(), r"/café\u{202e}\n");
/// assert_eq!(Escaped::new(b"\x9b2J").to_string(), r"\x9b2J");
/// ```
#[derive(Clone, Copy)]
pub struct Escaped<'a>(&'a [u8]);

impl<'a> Escaped<'a> {
    /// Wraps `text` without a copy.
    pub fn new(text: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self(text.as_ref())
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut left = MAX_CHARS;
        for chunk in self.0.utf8_chunks() {
            for char in chunk.valid().chars() {
                if left == 0 {
                    return f.write_char('…');
                }
                left -= 1;
                match char {
                    '"' | '\'' => f.write_char(char)?,
                    _ => write!(f, "{}", char.escape_debug())?,
                }
            }
            for byte in chunk.invalid() {
                if left == 0 {
                    return f.write_char('…');
                }
                left -= 1;
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_text_is_escaped_and_cut() {
        for (text, printed) in [
            ("/hook?a=\"b\"", "/hook?a=\"b\""),
            ("\0\u{1b}[2J\u{7f}\r\n\t", r"\0\u{1b}[2J\u{7f}\r\n\t"),
            ("\u{9b}2J\u{85}", r"\u{9b}2J\u{85}"),
            ("\u{202e}\u{2066}\u{200b}\u{feff}\u{ad}", r"\u{202e}\u{2066}\u{200b}\u{feff}\u{ad}"),
            ("\u{2028}\u{e0041}\\", r"\u{2028}\u{e0041}\\"),
        ] {
            assert_eq!(Escaped::new(text).to_string(), printed);
        }
        assert_eq!(Escaped::new(b"\xff\xc3(").to_string(), r"\xff\xc3(");
        assert_eq!(Escaped::new(&"é".repeat(200)).to_string(), "é".repeat(200));
        assert_eq!(Escaped::new(&"é".repeat(201)).to_string(), "é".repeat(200) + "…");
        assert_eq!(Escaped::new(&[0x80; 300]).to_string(), r"\x80".repeat(200) + "…");
    }
}
