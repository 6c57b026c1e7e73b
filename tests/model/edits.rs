//! Edits of signed content. Each goes to the edge of a rule, on either side.

use crate::{
    date_forms,
    dice::Dice,
    draft::{Draft, sha256_field},
    rules::Message,
};

pub(crate) type Edit<T> = fn(&mut T, &mut Dice);

/// Edits before signing, so that the signature fits.
pub(crate) const CONTENT: &[Edit<Draft>] = &[
    value,
    value,
    white_space,
    repeat,
    remove,
    rename,
    reorder,
    names,
    names,
    names,
    many_names,
    similar_names,
    long_string,
    line,
    hosts,
    date,
    date,
    date,
    skew,
    clock,
    digest,
    digest,
    digest,
    digest_field,
    body,
    secrets,
    algorithm,
    key_id,
];

/// Edits after signing.
pub(crate) const AFTER: &[Edit<Draft>] = &[
    value,
    white_space,
    repeat,
    remove,
    rename,
    reorder,
    names,
    line,
    date,
    clock,
    digest,
    digest_field,
    body,
    secrets,
    mac,
    mac,
    mac,
    mac,
];

/// Returns a random field; there is always one.
fn field<'a>(message: &'a mut Message, dice: &mut Dice) -> &'a mut (Vec<u8>, Vec<u8>) {
    if message.headers.is_empty() {
        message.headers.push((b"X-C".into(), b"c".into()));
    }
    let at = dice.below(message.headers.len());
    &mut message.headers[at]
}

fn set(message: &mut Message, name: &str, value: Vec<u8>) {
    let mut fields = message.headers.iter_mut();
    if let Some(field) = fields.find(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes())) {
        field.1 = value;
    }
}

fn value(draft: &mut Draft, dice: &mut Dice) {
    let value = &mut field(&mut draft.message, dice).1;
    match dice.below(6) {
        0 => value.clear(),
        1 => value.push(dice.byte()),
        _ => dice.spoil(value),
    }
}

fn white_space(draft: &mut Draft, dice: &mut Dice) {
    let value = &mut field(&mut draft.message, dice).1;
    *value = [&dice.white_space(), value.as_slice(), &dice.white_space()].concat();
}

fn repeat(draft: &mut Draft, dice: &mut Dice) {
    let (mut name, mut value) = field(&mut draft.message, dice).clone();
    dice.change_case(&mut name);
    match dice.below(3) {
        0 => value.clear(),
        1 => dice.spoil(&mut value),
        _ => {}
    }
    let at = dice.below(draft.message.headers.len() + 1);
    draft.message.headers.insert(at, (name, value));
}

fn remove(draft: &mut Draft, dice: &mut Dice) {
    field(&mut draft.message, dice);
    let at = dice.below(draft.message.headers.len());
    draft.message.headers.remove(at);
}

fn rename(draft: &mut Draft, dice: &mut Dice) {
    let name = &mut field(&mut draft.message, dice).0;
    match dice.below(4) {
        0 => dice.spoil(name),
        1 => *name = dice.text(&["X-Date", "Content-Digest", "", "Date ", "Digest\0", "Expires"]),
        _ => dice.change_case(name),
    }
}

fn reorder(draft: &mut Draft, dice: &mut Dice) {
    let count = draft.message.headers.len();
    if count > 0 {
        draft.message.headers.rotate_left(dice.below(count));
        draft.message.headers.swap(0, dice.below(count));
    }
}

/// Edits the list of names.
fn names(draft: &mut Draft, dice: &mut Dice) {
    let list = &mut draft.list;
    let mut names: Vec<_> = list.split(|byte| *byte == b' ').map(<[u8]>::to_vec).collect();
    let at = dice.below(names.len());
    match dice.below(9) {
        0 => return dice.change_case(list),
        1 => return dice.spoil(list),
        2 => names.insert(dice.pick(&[0, at, names.len()]), Vec::new()),
        3 => drop(names.remove(at)),
        4 => names.push(names[at].to_ascii_uppercase()),
        5 => names.swap(0, at),
        6 => names[at].extend(dice.pick(&[b"\t", b",", b":", b";", b"\xe9"])),
        7 => names.insert(at, dice.text(&["x-absent", "host", "signature", "x-a", "~!#"])),
        _ => names.insert(at, dice.text(SPECIAL)),
    }
    *list = names.join(b" ".as_slice());
}

const SPECIAL: &[&str] = &[
    "(request-target)",
    "(Request-Target)",
    "(created)",
    "(EXPIRES)",
    "(expires)",
    "(other)",
    "()",
    "@method",
    "request-target",
    "(request-target",
    "content-type;sf",
    "\"date\"",
];

/// Grows the list to the edge of its limit.
fn many_names(draft: &mut Draft, dice: &mut Dice) {
    let count = draft.list.split(|byte| *byte == b' ').count();
    let repeats = dice.pick(&[0, 0, 8, 15, 16, 16, 17]);
    for index in count..dice.pick(&[12, 127, 128, 128, 129, 130]) {
        let name = format!("n{index}");
        draft.list.extend(format!(" {name}").bytes());
        for _ in (0..repeats).skip(index - count).step_by(8) {
            draft.message.headers.push((name.to_uppercase().into(), b"twice".into()));
        }
        draft.message.headers.push((name.into(), Vec::new()));
    }
}

/// Adds names of one length that differ in two bytes, in case, or in the bit of the case.
fn similar_names(draft: &mut Draft, dice: &mut Dice) {
    let len = dice.pick(&[1, 3, 4, 5, 7, 8, 9, 12, 16, 17, 24, 25, 40]);
    let places = [dice.below(len), dice.below(len)];
    for _ in 0..dice.pick(&[1, 3, 4, 5, 6, 9]) {
        let mut name = vec![b'x'; len];
        places.iter().for_each(|&at| name[at] = dice.pick(b"abcdefgAB^~`|-09"));
        draft.list.extend([b" ", name.as_slice()].concat());
        dice.change_case(&mut name);
        if dice.one_in(16) {
            name[places[0]] ^= 0x20;
        }
        draft.message.headers.push((name, dice.text(&["", "v"])));
    }
}

/// Grows the signing string to the edge of its limit.
fn long_string(draft: &mut Draft, dice: &mut Dice) {
    let name = dice.text(&["x-long", "(request-target)"]);
    if !draft.list.split(|byte| *byte == b' ').any(|listed| *listed == *name) {
        draft.list.extend([b" ", name.as_slice()].concat());
        draft.message.headers.push((b"X-Long".into(), b"a".into()));
    }
    let len: usize = dice.pick(&[4095, 4096, 4096, 4097, 4097, 9000]);
    let missing = len.saturating_sub(draft.signing_string().len());
    let filling = vec![b'a'; missing];
    match name.as_slice() {
        b"x-long" => set(&mut draft.message, "x-long", [b"a", filling.as_slice()].concat()),
        _ => draft.message.target.extend(filling),
    }
}

/// Edits method or target.
fn line(draft: &mut Draft, dice: &mut Dice) {
    let message = &mut draft.message;
    match dice.below(8) {
        0 => dice.spoil(&mut message.method),
        1 => message.method.clear(),
        2 => message.target.clear(),
        3 => dice.change_case(&mut message.target),
        4 => dice.change_case(&mut message.method),
        5 => message.target.push(dice.pick(b" \t\x7f\x80#")),
        6 => message.method.push(dice.pick(b" \t\0\xff")),
        _ => dice.spoil(&mut message.target),
    }
}

/// Covers the host, and names it again in a field or in the target.
fn hosts(draft: &mut Draft, dice: &mut Dice) {
    if !draft.list.split(|byte| *byte == b' ').any(|name| name == b"host") {
        draft.list.extend(b" host");
        draft.message.headers.push((b"Host".into(), b"ci.example".into()));
    }
    let host = dice.pick(&["ci.example", "CI.Example", "other.example", "", "ci.example:80"]);
    let scheme = dice.pick(&["http", "HTTPS", "a+b", "1a", "", "a b", "http:"]);
    let end = dice.pick(&["", "/hooks", "?a", "#a", "@ci.example", "\\"]);
    match dice.below(3) {
        0 => draft.message.headers.push((b"HOST".into(), host.into())),
        _ => draft.message.target = format!("{scheme}://{host}{end}").into(),
    }
}

/// Writes the date in another form or with an error.
fn date(draft: &mut Draft, dice: &mut Dice) {
    let mut date = date_forms::write(draft.sent, dice.below(3));
    match dice.below(9) {
        0 => date = dice.pick(DATES).into(),
        1 => date = date.to_lowercase(),
        2 => date = date.replacen("Wed", dice.pick(&["Sun", "Tue", "Xyz", "wed"]), 1),
        3 => date = date.replacen("GMT", dice.pick(&["UTC", "+0000", "gmt", "EST", ""]), 1),
        4 => date = date.replacen(":00", dice.pick(&[":60", ":61", ":59", ":0", ":5x"]), 2),
        5 => date = date.replacen(" 00:", dice.pick(&[" 24:", " 25:", "  00:", " 01:"]), 1),
        6 => date.push_str(dice.pick(&[" ", ",", " x", "T", "\t"])),
        7 => date.insert_str(0, dice.pick(&[" ", "\t", ",", "\""])),
        _ => {}
    }
    let mut date = Vec::from(date);
    if dice.one_in(4) {
        dice.spoil(&mut date);
    }
    set(&mut draft.message, "Date", date);
}

/// Dates that are, or nearly are, within a second or so of genuine requests.
const DATES: &[&str] = &[
    "",
    "Tue, 31 Dec 2019 23:59:60 GMT",
    "Tue, 31 Dec 2019 23:55:00 GMT",
    "Tue, 31 Dec 2019 23:54:59 GMT",
    "Wed, 01 Jan 2020 00:05:00 GMT",
    "Wed, 01 Jan 2020 00:05:01 GMT",
    "Wed, 01 Jan 2020 00:04:60 GMT",
    "Wed, 01 Jan 2020 00:05:60 GMT",
    "Tue, 31 Dec 2019 24:00:00 GMT",
    "Sat, 29 Feb 2020 00:00:00 GMT",
    "Sun, 30 Feb 2020 00:00:00 GMT",
    "Fri, 29 Feb 2019 00:00:00 GMT",
    "Wed, 32 Dec 2019 00:00:00 GMT",
    "Wed, 00 Jan 2020 00:00:00 GMT",
    "Wed, 1 Jan 2020 00:00:00 GMT",
    "Wed, 01 Jan 20 00:00:00 GMT",
    "Wednesday, 01-Jan-2020 00:00:00 GMT",
    "Wednesday, 01 Jan 2020 00:00:00 GMT",
    "Wed, 01-Jan-20 00:00:00 GMT",
    "Wed, 01-Jan-2020 00:00:00 GMT",
    "Monday, 01-Jan-20 00:00:00 GMT",
    "Wednesday, 01-Jan-70 00:00:00 GMT",
    "Wednesday, 01-Jan-71 00:00:00 GMT",
    "Thursday, 01-Jan-70 00:00:01 GMT",
    "Wednesday, 31-Dec-69 23:59:60 GMT",
    "Friday, 28-Feb-20 00:00:00 GMT",
    "Saturday, 01-Mar-20 00:00:00 GMT",
    "Thursday, 02-Jan-70 00:00:00 GMT",
    "Tuesday, 31-Dec-69 23:59:59 GMT",
    "Tuesday, 29-Feb-00 00:00:00 GMT",
    "Wed Jan  1 00:00:00 2020",
    "Wed Jan 1 00:00:00 2020",
    "Wed Jan 01 00:00:00 2020",
    "Wed Jan   1 00:00:00 2020",
    "Wed Jan  1 00:00:00 20",
    "Wed Jan  1 00:00:00 GMT 2020",
    "Wed Jan 11 00:00:00 2020",
    "Sat, 01 Jan 0000 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "1577836800",
    "2020-01-01T00:00:00Z",
    "Wed, 01 JAN 2020 00:00:00 GMT",
    "Wed,01 Jan 2020 00:00:00 GMT",
    "Wed, 01 Jan 2020 00:00 GMT",
    "Wed, 01 Jan 02020 00:00:00 GMT",
];

/// Makes the sender's clock wrong, up to the limit or beyond.
fn skew(draft: &mut Draft, dice: &mut Dice) {
    draft.sent += dice.pick(&[-301, -300, -299, -1, 1, 299, 300, 301, 86_400, -86_400]);
    set(&mut draft.message, "Date", date_forms::write(draft.sent, dice.below(3)).into());
}

fn clock(draft: &mut Draft, dice: &mut Dice) {
    const YEAR: i64 = 31_556_952;
    let far = dice.pick(&[50, -50, 51, -51, 30, 80, -80, 180, 9000]) * YEAR;
    draft.now = match dice.below(8) {
        0..4 => None,
        4 => Some(draft.sent + dice.pick(&[-301, -300, 300, 301])),
        5 => Some(draft.sent + far),
        6 => Some(dice.pick(&[i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX])),
        _ => {
            // A century later, a two-digit date still fits.
            draft.sent += 100 * YEAR;
            set(&mut draft.message, "Date", date_forms::write(draft.sent, dice.below(3)).into());
            Some(draft.sent + dice.pick(&[-300, 0, 300]))
        }
    };
}

/// Builds the Digest field from one to three elements.
fn digest(draft: &mut Draft, dice: &mut Dice) {
    let right = String::from_utf8(sha256_field(&draft.message.body)).expect("base64 is text");
    let wrong = String::from_utf8(sha256_field(b"other")).expect("base64 is text");
    let mut field = Vec::new();
    for index in 0..=dice.below(3) {
        if index > 0 {
            field.extend([dice.white_space(), b",".to_vec(), dice.white_space()].concat());
        }
        let element = match dice.below(10) {
            0..5 => right.clone(),
            5 => wrong.clone(),
            6 => near_digest(&right, dice),
            _ => dice.pick(ELEMENTS).into(),
        };
        field.extend(element.bytes());
    }
    if dice.one_in(4) {
        let empty = dice.text(&[",", ", ,", " , ", "\t,,"]);
        let at = dice.pick(&[0, field.len()]);
        field.splice(at..at, empty);
    }
    if dice.one_in(6) {
        dice.spoil(&mut field);
    }
    set(&mut draft.message, "Digest", field);
}

/// Elements without a SHA-256 of 32 bytes; some are malformed.
const ELEMENTS: &[&str] = &[
    "",
    "=",
    "a",
    "MD5=CoOeVZ52mLmjcBTDcAtlMg==",
    "SHA-512=",
    "SHA=x y",
    "unixsum=30637",
    "a=\"b\"",
    "a b=c",
    "=AAAA",
    "SHA-256",
    "SHA-256=",
    "SHA-256=AAAA",
    "sha256=AAAA",
    "SHA_256=AAAA",
    "id-sha-256=AAAA",
    "a\u{e9}=b",
    "a=\u{e9}",
    "a==",
    "\u{1}=b",
    "SHA-256 =AAAA",
    "a=b;c=d",
];

/// Returns the right digest in a form that is right, or nearly.
fn near_digest(right: &str, dice: &mut Dice) -> String {
    let (name, hash) = right.split_once('=').expect("it has a name");
    match dice.below(10) {
        0 => right.to_lowercase(),
        1 => format!("sHa-256={hash}"),
        2 => format!("{name}={}", hash.trim_end_matches('=')),
        3 => format!("{name}={}", hash.replace('+', "-").replace('/', "_")),
        4 => format!("{name}=:{hash}:"),
        5 => format!("{name}=\"{hash}\""),
        6 => format!("{name} = {hash}"),
        7 => format!("{name}={}", stray_bits(hash)),
        8 => format!("{name}={hash}="),
        _ => format!("{name}={} {}", &hash[..20], &hash[20..]),
    }
}

/// Sets unused bits of the last digit of `base64`.
fn stray_bits(base64: &str) -> String {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digits = base64.trim_end_matches('=');
    let Some((last, value)) = digits.char_indices().last() else { return base64.into() };
    let value = DIGITS.find(value).unwrap_or(0) | 1;
    format!("{}{}{}", &base64[..last], &DIGITS[value..=value], &base64[digits.len()..])
}

fn digest_field(draft: &mut Draft, dice: &mut Dice) {
    let body = draft.message.body.clone();
    let mut fields = draft.message.headers.iter_mut();
    let Some(field) = fields.find(|(name, _)| name.eq_ignore_ascii_case(b"digest")) else {
        return;
    };
    match dice.below(3) {
        0 => field.0 = b"Content-Digest".into(),
        1 => dice.spoil(&mut field.1),
        _ => draft.message.headers.push((b"DIGEST".into(), sha256_field(&body))),
    }
}

fn body(draft: &mut Draft, dice: &mut Dice) {
    match dice.below(3) {
        0 => draft.message.body.clear(),
        1 => draft.message.body.extend([b'\n'; 200]),
        _ => dice.spoil(&mut draft.message.body),
    }
}

fn secrets(draft: &mut Draft, dice: &mut Dice) {
    let count = draft.secrets.len();
    let at = dice.below(count + 1);
    match dice.below(10) {
        0 => draft.secrets.insert(at, vec![0; dice.pick(&[0, 0, 1, 64, 65])]),
        1 => draft.secrets.clear(),
        2 => draft.secrets = vec![b"another".into()],
        3 if count > 0 => draft.secrets[0].push(dice.pick(b"\0\n")),
        4 => draft.secrets.extend(draft.secrets.clone()),
        5 => draft.secrets.insert(at, vec![b'k'; dice.pick(&[63, 64, 65, 128])]),
        _ => draft.secrets.insert(at, b"another".into()),
    }
}

fn algorithm(draft: &mut Draft, dice: &mut Dice) {
    draft.algorithm = dice.text(&[
        "",
        "hs2019",
        "HMAC-SHA256",
        "hmac-sha1",
        "hmac-sha512",
        "rsa-sha256",
        "hmac-sha256 ",
        " hmac-sha256",
        "hmac_sha256",
        "hmac-sha25",
        "hmac-sha2567",
        "hmac\\-sha256",
        "none",
        "hmac-sha256\0",
    ]);
}

fn key_id(draft: &mut Draft, dice: &mut Dice) {
    draft.key_id = dice.text(&[
        "",
        " ",
        "\t",
        "a,b=\\\"c\\\"",
        "https://ci.example/#k=1",
        "\u{e9}\u{20ac}",
        "\\\\",
        "\u{7f}",
        "\n",
        "a\\",
        "\"",
        "\\\u{1}",
        "k\\ey",
    ]);
}

/// Writes the MAC in another form.
fn mac(draft: &mut Draft, dice: &mut Dice) {
    let mac = String::from_utf8(draft.mac.clone()).unwrap_or_default();
    draft.mac = match dice.below(11) {
        0 => mac.trim_end_matches('=').into(),
        1 => mac + "=",
        2 => mac.replace('+', "-").replace('/', "_"),
        3 => stray_bits(&mac),
        4 => [" ", &mac].concat(),
        5 => mac + dice.pick(&[" ", "\t", "\n"]),
        6 => mac + "AAAA",
        7 => mac.get(..mac.len().saturating_sub(4)).unwrap_or("").into(),
        8 => String::new(),
        9 => ["A", mac.get(1..).unwrap_or("")].concat(),
        _ => {
            dice.spoil(&mut draft.mac);
            return;
        }
    }
    .into();
}
