//! Text that was decoded or encoded wrongly.

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, IBM866, ISO_8859_2, ISO_8859_15, KOI8_R, MACINTOSH,
    SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254,
};
use unicode_normalization::UnicodeNormalization;

/// The encodings most often used by mistake, the likeliest first. Latin-1 precedes them in separate
/// code, because encoding_rs treats it as windows-1252.
const ENCODINGS: [&Encoding; 15] = [
    WINDOWS_1252,
    ISO_8859_15,
    WINDOWS_1250,
    ISO_8859_2,
    WINDOWS_1251,
    KOI8_R,
    IBM866,
    MACINTOSH,
    WINDOWS_1254,
    SHIFT_JIS,
    EUC_JP,
    GB18030,
    BIG5,
    EUC_KR,
    encoding_rs::WINDOWS_1253,
];

/// A form of a text, and the change that led to it.
pub(super) struct Form {
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
    /// The change, after "The body".
    pub(super) done: String,
}

/// Guesses the text before something decoded or encoded it wrongly as `text`.
pub(super) fn repairs(text: &[u8]) -> Vec<Form> {
    let mut forms = Vec::new();
    let mut add = |name, bytes: Option<Vec<u8>>, done: String| {
        forms.extend(bytes.map(|bytes| Form { name, bytes, done }));
    };
    match str::from_utf8(text) {
        Ok(text) => {
            let misread =
                |name: &str| format!("was read as {name} instead of UTF-8 and re-encoded");
            add("mojibake", to_latin_1(text), misread("Latin-1"));
            for encoding in ENCODINGS {
                add("mojibake", encode(encoding, text), misread(encoding.name()));
            }
            let twice = encode_with_controls(text)
                .and_then(|bytes| encode_with_controls(str::from_utf8(&bytes).ok()?));
            add("mojibake", encode_with_controls(text), misread("windows-1252"));
            add("mojibake", twice, "was twice read as Latin-1 instead of UTF-8".into());
            add(
                "decomposed-text",
                Some(text.nfc().collect::<String>().into()),
                "had its letters decomposed (NFD)".into(),
            );
            add(
                "composed-text",
                Some(text.nfd().collect::<String>().into()),
                "had its letters composed (NFC)".into(),
            );
        }
        Err(_) => {
            let became = |name: &str| format!("was turned from UTF-8 into {name}");
            let latin_1: String = text.iter().copied().map(char::from).collect();
            add("transcoded-text", Some(latin_1.into()), became("Latin-1"));
            for encoding in ENCODINGS {
                let (decoded, had_errors) = encoding.decode_without_bom_handling(text);
                let decoded = (!had_errors).then(|| decoded.into_owned().into());
                add("transcoded-text", decoded, became(encoding.name()));
            }
        }
    }
    add(
        "transcoded-text",
        from_utf_16(text).map(Into::into),
        "was turned from UTF-8 into UTF-16".into(),
    );
    forms
}

/// Guesses forms that the other side may have made of `text`.
pub(super) fn damages(text: &[u8]) -> Vec<Form> {
    let latin_1: String = text.iter().copied().map(char::from).collect();
    let lossy = String::from_utf8_lossy(text).into_owned();
    [latin_1, lossy]
        .into_iter()
        .map(|text| Form { name: "mojibake", bytes: text.into(), done: String::new() })
        .collect()
}

fn to_latin_1(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect()
}

fn encode(encoding: &'static Encoding, text: &str) -> Option<Vec<u8>> {
    let (bytes, _, unmappable) = encoding.encode(text);
    (!unmappable).then(|| bytes.into_owned())
}

/// Windows-1252 with the controls of Latin-1 for undefined bytes, as most programs implement it.
fn encode_with_controls(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|character| {
            u8::try_from(u32::from(character)).ok().or_else(|| {
                let bytes = encode(WINDOWS_1252, character.encode_utf8(&mut [0; 4]))?;
                bytes.first().copied()
            })
        })
        .collect()
}

/// Decodes UTF-16 with or without a byte order mark; `None` if that is unlikely.
pub(super) fn from_utf_16(bytes: &[u8]) -> Option<String> {
    let little = match bytes {
        [0xff, 0xfe, ..] => true,
        [0xfe, 0xff, ..] => false,
        [first, 0, _, 0, ..] => *first != 0,
        [0, first, 0, _, ..] if *first != 0 => false,
        _ => return None,
    };
    // If one byte of a final newline was cut off, half a unit is left.
    let units = bytes.chunks_exact(2).map(|pair| match little {
        true => u16::from_le_bytes([pair[0], pair[1]]),
        false => u16::from_be_bytes([pair[0], pair[1]]),
    });
    let text = char::decode_utf16(units).collect::<Result<String, _>>().ok()?;
    Some(text.trim_start_matches('\u{feff}').to_owned())
}

/// Encodes `text` as UTF-16 in both byte orders, with and without a byte order mark.
pub(super) fn utf_16_forms(text: &[u8]) -> Vec<Vec<u8>> {
    let Ok(text) = str::from_utf8(text) else { return vec![] };
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    vec![
        [b"\xff\xfe", little.as_slice()].concat(),
        [b"\xfe\xff", big.as_slice()].concat(),
        little,
        big,
    ]
}
