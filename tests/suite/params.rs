//! The parameter parser compared with a plain one from RFC 7235. The latter is slow, allocates, and
//! works differently: it splits the text at its commas before it parses the pieces.

use hooksig::{Error, Name, Param, Params, Request, signing_string};
use proptest::{collection::vec, prelude::*, sample::Index, sample::select};

/// The known parameters, with their names in errors.
const KNOWN: [(&str, Param); 4] = [
    ("keyid", Param::KeyId),
    ("algorithm", Param::Algorithm),
    ("headers", Param::Headers),
    ("signature", Param::Signature),
];

/// The result of the plain parser.
#[derive(Debug, PartialEq)]
enum Plain {
    Malformed,
    Repeated(Param),
    /// The values in the order of [`KNOWN`].
    Values([Option<Vec<u8>>; 4]),
}

fn plain_parse(text: &[u8]) -> Plain {
    let mut values = [const { None }; 4];
    let mut unknown = Vec::new();
    for (index, piece) in pieces(text).into_iter().enumerate() {
        let leading = piece.len() - trim_start(piece).len();
        if index == 0 && leading > 0 {
            // `#auth-param` begins with a comma or an element, not with white space.
            return Plain::Malformed;
        }
        if trim(piece).is_empty() {
            continue;
        }
        let Some((name, value)) = plain_param(trim(piece)) else {
            return Plain::Malformed;
        };
        match KNOWN.iter().position(|(known, _)| known.as_bytes() == name) {
            Some(known) if values[known].replace(value).is_some() => {
                return Plain::Repeated(KNOWN[known].1);
            }
            Some(_) => {}
            None if unknown.iter().take(8).any(|earlier| *earlier == name) => {
                return Plain::Repeated(Param::Unknown);
            }
            None => unknown.push(name),
        }
    }
    Plain::Values(values)
}

/// Splits at the commas outside quotes.
fn pieces(text: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                pieces.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(&text[start..]);
    pieces
}

/// `token BWS "=" BWS ( token / quoted-string )`: returns the lower-case name and the value.
fn plain_param(piece: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let equals = piece.iter().position(|byte| *byte == b'=')?;
    let name = plain_token(trim(&piece[..equals]))?.to_ascii_lowercase();
    let value = trim(&piece[equals + 1..]);
    let value = if value.first() == Some(&b'"') { plain_quoted(value) } else { plain_token(value) };
    Some((name, value?))
}

fn plain_token(text: &[u8]) -> Option<Vec<u8>> {
    const MARKS: &[u8] = b"!#$%&'*+-.^_`|~";
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || MARKS.contains(byte);
    (!text.is_empty() && text.iter().all(fits)).then(|| text.to_vec())
}

fn plain_quoted(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = text.strip_prefix(b"\"")?.iter().copied();
    let mut value = Vec::new();
    loop {
        match bytes.next()? {
            b'"' => return bytes.next().is_none().then_some(value),
            b'\\' => value.push(bytes.next().filter(printable)?),
            byte => value.push(Some(byte).filter(printable)?),
        }
    }
}

/// HTAB, SP, VCHAR or obs-text.
fn printable(byte: &u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~' | 0x80..)
}

fn trim_start(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !matches!(byte, b' ' | b'\t'));
    &text[start.unwrap_or(text.len())..]
}

fn trim(text: &[u8]) -> &[u8] {
    let text = trim_start(text);
    let end = text.iter().rposition(|byte| !matches!(byte, b' ' | b'\t'));
    &text[..end.map_or(0, |last| last + 1)]
}

/// Pieces that make texts at the edges of the grammar.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    let known = select(vec!["keyId", "algorithm", "headers", "signature", "KEYID", "Headers"]);
    let param = (known, "[ \t]?=[ \t]?", value())
        .prop_map(|(name, equals, value)| [name.as_bytes(), equals.as_bytes(), &value].concat());
    let unknown = ("[a-z!~]{1,2}", value())
        .prop_map(|(name, value)| [name.as_bytes(), b"=", &value].concat());
    prop_oneof![6 => param, 3 => unknown, 1 => "[ \t]{0,2}".prop_map(String::into_bytes)]
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    let inside = "([a-z ,=\t]|\\\\[\\\\\" a\u{e9}]|\u{e9}){0,6}";
    prop_oneof![
        3 => inside.prop_map(|text| format!("\"{text}\"").into_bytes()),
        1 => "[a-zA-Z0-9|~]{1,4}".prop_map(String::into_bytes),
    ]
}

/// Lists of fragments with a few bytes inserted, removed or changed.
fn near_list() -> impl Strategy<Value = Vec<u8>> {
    let fragments = vec((fragment(), "[ \t]{0,1},[ \t]{0,1}"), 0..7);
    let byte = prop_oneof![
        6 => select(b"\"\\,= \t".to_vec()),
        1 => any::<u8>(),
    ];
    let edits = vec((any::<Index>(), 0..3, byte), 0..3);
    (fragments, edits).prop_map(|(fragments, edits)| {
        let texts: Vec<_> = fragments
            .iter()
            .flat_map(|(text, comma)| [text.as_slice(), comma.as_bytes()])
            .collect();
        let mut text = texts.concat();
        for (index, kind, byte) in edits {
            let at = index.index(text.len() + 1);
            match kind {
                0 => text.insert(at, byte),
                1 => drop(text.splice(at..(at + 1).min(text.len()), [byte])),
                _ => drop(text.drain(at..(at + 1).min(text.len()))),
            }
        }
        text
    })
}

/// Returns true if `start` can be continued to a list of parameters.
fn can_be_continued(start: &[u8]) -> bool {
    let ends: [&[u8]; 6] = [b"", b"x=x", b"=x", b"x", b"\"", b"x\""];
    ends.iter().any(|end| plain_parse(&[start, end].concat()) != Plain::Malformed)
}

fn bytes(name: Name<'_>) -> Vec<u8> {
    name.lower().collect()
}

fn assert_agrees(text: &[u8]) {
    let plain = plain_parse(text);
    match Params::parse(text) {
        Ok(params) => {
            let values = [
                Some(params.key_id().bytes().collect::<Vec<_>>()),
                params.algorithm().map(|value| value.bytes().collect()),
                Some(params.headers().value().bytes().collect()),
                Some(params.signature().bytes().collect()),
            ];
            assert!(values.iter().flatten().all(|value| !value.is_empty()));
            let names: Vec<_> = params.headers().iter().map(bytes).collect();
            let list = values[2].as_ref().unwrap().to_ascii_lowercase();
            let plain_names: Vec<_> = list.split(|byte| *byte == b' ').collect();
            assert_eq!(names, plain_names);
            assert_eq!(plain, Plain::Values(values));
        }
        Err(Error::MalformedParams { at }) => {
            assert_eq!(plain, Plain::Malformed);
            assert!(can_be_continued(&text[..at]), "before {at}");
            assert!(text.len() == at || !can_be_continued(&text[..=at]), "behind {at}");
        }
        Err(Error::RepeatedParam(param)) => assert_eq!(plain, Plain::Repeated(param)),
        Err(Error::MissingParam(param)) => {
            let Plain::Values(values) = plain else { panic!("{plain:?}") };
            let index = KNOWN.iter().position(|(_, known)| *known == param).unwrap();
            assert!(values[index].as_ref().is_none_or(Vec::is_empty), "{param:?} is there");
        }
        Err(error) => panic!("{error:?}"),
    }
}

proptest! {
    #![proptest_config(crate::common::cases(4096))]

    #[test]
    fn the_parser_agrees_with_the_plain_one(text in near_list()) {
        assert_agrees(&text);
    }

    #[test]
    fn the_parser_agrees_with_the_plain_one_on_any_bytes(
        text in vec(select(b"aA1=\",\\ \t\0\x7f\xff(:/@".to_vec()), 0..12),
    ) {
        assert_agrees(&text);
    }
}

#[test]
fn the_parser_agrees_with_the_plain_one_on_every_short_text() {
    const BYTES: &[u8] = b"a=\",\\ \0";
    for len in 0..=6u32 {
        for number in 0..BYTES.len().pow(len) {
            let digit = |place| BYTES[number / BYTES.len().pow(place) % BYTES.len()];
            assert_agrees(&(0..len).map(digit).collect::<Vec<_>>());
        }
    }
}

#[test]
fn every_byte_has_its_place() {
    for byte in 0..=255 {
        for text in [
            [b"keyId=", &[byte][..]].concat(),
            [b"keyId=\"", &[byte][..], b"\""].concat(),
            [b"keyId=\"\\", &[byte][..], b"\""].concat(),
            [&[byte][..], b"=a"].concat(),
            [b"a=b", &[byte][..]].concat(),
            [b"a=b", &[byte][..], b"c=d"].concat(),
            [b"headers=\"", &[byte][..], b" a\",keyId=k,signature=s"].concat(),
        ] {
            assert_agrees(&text);
        }
    }
}

#[test]
fn values_stand_for_bytes_whatever_their_form() {
    let params = Params::parse(br#"keyId="a\"b\\",HEADERS="d\ate",signature=s"#).unwrap();
    assert!(params.key_id().is("a\"b\\"));
    assert_eq!(params.key_id().as_slice(), None);
    assert!(params.headers().contains("DATE"));
    assert_eq!(params.signature().as_slice(), Some(&b"s"[..]));
    assert!(params.algorithm().is_none());
}

// Few names and many names are searched in different ways.
#[test]
fn a_caller_can_sign_a_list_with_quoted_pairs() {
    let name = |number| format!("x-{number:03}");
    let fields: [_; 20] = std::array::from_fn(|number| (name(number), "v"));
    let request = Request::from_headers(&fields);
    let escaped = |name: &str| name.replacen('x', r"\x", 1);
    for len in 1..=20 {
        let plain: Vec<_> = (0..len).map(name).collect();
        let mut expected = [0; 1024];
        let expected = signing_string(&request, plain.as_slice(), &mut expected).unwrap();
        for at in 0..len {
            let mut names = plain.clone();
            names[at] = escaped(&names[at]);
            let sign = |names: &[String]| {
                let field = format!(r#"keyId="k",headers="{}",signature="s""#, names.join(" "));
                let params = Params::parse(field.as_bytes()).unwrap();
                signing_string(&request, &params.headers(), &mut [0; 1024]).map(<[u8]>::to_vec)
            };
            assert_eq!(sign(&names).unwrap(), expected);
            for again in [plain[at].clone(), escaped(&plain[at])] {
                names.push(again);
                assert_eq!(sign(&names), Err(Error::RepeatedName { index: len }));
                names.pop();
            }
        }
    }
}

#[test]
fn a_backslash_that_a_caller_asks_for_is_itself() {
    let field = br#"keyId="a\\b",headers="date",signature="s""#;
    let key_id = Params::parse(field).unwrap().key_id();
    assert!(key_id.is(br"a\b"));
    assert!(!key_id.is(b"ab"));
    assert!(!key_id.is(br"a\\b"));
}
