//! Compares every version with the plain one.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

#[cfg(feature = "lanes")]
use super::lanes;
use crate::bytes::Class;

use super::{BASE64_LEN, Hash, HashText, fast, narrow, plain, small, stream, wide, words};

/// Returns bytes with no pattern that repeats from block to block.
fn message() -> [u8; 300] {
    core::array::from_fn(|at| (at.wrapping_mul(167) >> 3) as u8)
}

/// Calls `test` with messages of every length up to 300, split into three pieces in many ways.
fn for_each_split(mut test: impl FnMut(&[u8], [&[u8]; 3])) {
    let message = message();
    for whole in (0..=message.len()).map(|len| &message[..len]) {
        for first in (0..=whole.len()).step_by(9).chain([63, 64, 65, 128]) {
            for second in [0, 1, 55, 56, 63, 64, 65, 130] {
                if first + second <= whole.len() {
                    let (one, rest) = whole.split_at(first);
                    let (two, three) = rest.split_at(second);
                    test(whole, [one, two, three]);
                }
            }
        }
    }
}

#[test]
fn hashes_are_those_of_sha2_at_every_length_and_split() {
    for_each_split(|whole, pieces| {
        let expected = plain::sha256(whole);
        let (mut plain, mut stream) = (plain::Sha256::default(), stream::Sha256::default());
        for piece in pieces {
            plain.update(piece);
            stream.update(piece);
        }
        assert_eq!(stream::sha256(whole), expected, "{}", whole.len());
        assert_eq!(stream.finish(), expected, "{pieces:?}");
        assert_eq!(plain.finish(), expected, "{pieces:?}");
    });
}

#[test]
fn macs_are_those_of_hmac_at_every_length_and_split() {
    let plain = plain::HmacKey::new(b"secret").unwrap();
    let key = stream::HmacKey::new(b"secret").unwrap();
    for_each_split(|whole, pieces| {
        let expected = plain.mac(whole);
        let mut stream = key.start();
        pieces.iter().for_each(|piece| stream.update(piece));
        assert_eq!(key.mac(whole), expected, "{}", whole.len());
        assert_eq!(stream.finish(), expected, "{pieces:?}");
    });
}

#[test]
fn keys_are_those_of_hmac_for_every_length_of_a_secret() {
    let message = message();
    for secret in (0..=message.len()).map(|len| &message[..len]) {
        let plain = plain::HmacKey::new(secret).unwrap().mac(b"message");
        let mac = stream::HmacKey::new(secret).unwrap().mac(b"message");
        assert_eq!(mac, plain, "{}", secret.len());
    }
}

#[test]
fn a_key_is_64_bytes() {
    assert_eq!(size_of::<stream::HmacKey>(), 64);
}

/// Returns hashes that together have each value in each byte.
fn hashes() -> impl Iterator<Item = Hash> {
    (0..=255u8)
        .map(|seed| core::array::from_fn(|at| seed.wrapping_add(37u8.wrapping_mul(at as u8))))
}

#[test]
fn hashes_are_compared_whole() {
    for hash in hashes() {
        for (at, bit) in (0..32).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
            let mut other = hash;
            other[at] ^= 1 << bit;
            for ct_eq in [plain::ct_eq, fast::ct_eq, small::ct_eq] {
                assert!(ct_eq(&hash, &hash).to_bool());
                assert!(!ct_eq(&hash, &other).to_bool());
            }
        }
    }
}

#[test]
fn hashes_are_encoded_as_base64ct_does() {
    for hash in hashes() {
        let text = plain::encode(&hash);
        assert_eq!(fast::encode(&hash), text);
        assert_eq!(small::encode(&hash), text);
        assert_eq!(decoded(plain::decode, &text), Some(hash));
    }
}

fn decoded(decode: fn(&HashText, &mut Hash) -> bool, text: &HashText) -> Option<Hash> {
    let mut hash = Hash::default();
    decode(text, &mut hash).then_some(hash)
}

/// Returns texts that together have each value in each byte.
fn texts() -> impl Iterator<Item = HashText> {
    (0..=255).zip(hashes()).flat_map(|(byte, hash)| {
        (0..BASE64_LEN).map(move |at| {
            let mut text = plain::encode(&hash);
            text[at] = byte;
            text
        })
    })
}

#[test]
fn texts_are_decoded_as_base64ct_does() {
    for text in texts() {
        let expected = decoded(plain::decode, &text);
        for decode in
            [fast::decode, fast::base64::decode_groups, narrow::decode, small::decode, wide::decode]
        {
            assert_eq!(decoded(decode, &text), expected);
        }
        for is_canonical in [
            plain::is_canonical,
            fast::is_canonical,
            fast::base64::is_canonical_digits,
            narrow::is_canonical,
            small::is_canonical,
        ] {
            assert_eq!(is_canonical(&text), expected.is_some());
        }
    }
}

/// Calls `test` with texts of every length up to four words. Each value is tried in one byte, in two
/// bytes and in all bytes.
fn for_each_text(test: impl Fn(&[u8])) {
    for (len, byte) in (0..=32).flat_map(|len| (0..=255).map(move |byte| (len, byte))) {
        test(&[byte; 32][..len]);
        for at in 0..len {
            let mut text = [b'a'; 32];
            text[at] = byte;
            test(&text[..len]);
            text[at / 2] = byte;
            test(&text[..len]);
        }
    }
}

#[test]
fn texts_are_scanned_as_byte_by_byte() {
    for_each_text(|text| {
        let [plain, fast, small] =
            [plain::take_qdtext, fast::take_qdtext, small::take_qdtext].map(|take_qdtext| {
                let mut rest = text;
                (take_qdtext(&mut rest), rest)
            });
        assert_eq!([fast, small], [plain; 2]);
        for class in [Class::TOKEN, Class::SPACE, Class::TEXT, Class::ELEMENT, Class::AUTHORITY] {
            let [plain, fast, small] = [plain::take_while, fast::take_while, small::take_while]
                .map(|take_while| {
                    let mut rest = text;
                    (take_while(&mut rest, class), rest)
                });
            assert_eq!([fast, small], [plain; 2]);
        }
        for split_at in [fast::split_at, small::split_at] {
            assert_eq!(split_at(text, b':'), plain::split_at(text, b':'));
        }
        let is_usual =
            text.len() >= 4 && text.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
        assert_eq!(words::is_usual_name(text), is_usual);
        for has_control in [fast::has_control, small::has_control] {
            assert_eq!(has_control(text), plain::has_control(text));
        }
    });
}

#[test]
fn lists_are_split_as_byte_by_byte() {
    for (len, spaces) in (0..=20).flat_map(|len| (0..0x1000).map(move |spaces| (len, spaces))) {
        // Two differ from a space in one bit. Zero is what a last word is padded with.
        for fill in [b'a', b' ' + 1, b' ' | 0x80, 0] {
            let list: [u8; 20] =
                core::array::from_fn(|at| if spaces >> (at % 12) & 1 == 1 { b' ' } else { fill });
            let list = &list[..len];
            let parts = list.split(|&byte| byte == b' ').map(|part| (part, 0));
            let parts = parts.filter(|_| len > 0);
            assert!(fast::split_at_spaces(list, 0).eq(parts.clone()));
            assert!(plain::split_at_spaces(list, 0).eq(parts));
        }
    }
}

/// Compares `lower` with its upper case, with each byte replaced by each value in turn.
fn compare_words<const N: usize>(lower: &[u8; N]) {
    let mut words = (0..N).flat_map(|at| (0..=255).map(move |byte| (at, byte)));
    assert!(words.all(|(at, byte)| {
        let mut word = lower.map(|byte| byte.to_ascii_uppercase());
        word[at] = byte;
        let is_same = plain::is_word(&word, lower);
        [fast::is_word(&word, lower), small::is_word(&word, lower)] == [is_same; 2]
            && [fast::eq_ignore_case, small::eq_ignore_case]
                .map(|eq_ignore_case| eq_ignore_case(&word, lower))
                == [is_same; 2]
            && !fast::is_word(&word[1..], lower)
            && !fast::eq_ignore_case(&word[1..], lower)
    }));
}

#[test]
fn words_are_compared_as_byte_by_byte() {
    compare_words(b"a");
    compare_words(b"te");
    compare_words(b"a-1");
    compare_words(b"date");
    compare_words(b"keyid");
    compare_words(b"headers");
    compare_words(b"sha-256:");
    compare_words(b"algorithm");
    compare_words(b"authorization");
    compare_words(b"signature-input");
    compare_words(b"sixteen-letters!");
    compare_words(b"more-than-sixteen-letters");
}

#[cfg(feature = "lanes")]
#[test]
fn macs_and_bodies_beside_them_are_those_of_hmac_and_sha2() {
    let text = message();
    let plain = plain::HmacKey::new(b"secret").unwrap();
    let key = stream::HmacKey::new(b"secret").unwrap();
    for message in (0..=text.len()).map(|len| &text[..len]) {
        for body in [0, 1, 191, 192, 193, 255, 256, 300].map(|len| &text[..len]) {
            let mut whole = lanes::WholeBody::new(body);
            // The body has blocks to hash beside the first one.
            for _ in 0..2 {
                let mac = lanes::mac_beside(&key, message, &mut whole);
                assert_eq!(mac, plain.mac(message), "{} beside {}", message.len(), body.len());
            }
            assert_eq!(whole.hash(), plain::sha256(body), "{} and {}", message.len(), body.len());
        }
    }
}

/// Compares lanes with one stream after another. Each stream has another length, and is split elsewhere.
#[cfg(feature = "lanes")]
fn compare_lanes<const N: usize>() {
    let message = message();
    let blocks = message.as_chunks().0;
    let starts: [_; N] = core::array::from_fn(|lane| [lane as u32; 8]);
    let mut lens = [0; N];
    for code in 0..5usize.pow(N as u32) {
        let mut digits = code;
        for len in &mut lens {
            (*len, digits) = (digits % 5, digits / 5);
        }
        let streams = core::array::from_fn(|lane| &blocks[4 - lens[lane]..]);
        let shortest = *lens.iter().min().unwrap();
        let mut states = starts;
        assert_eq!(lanes::compress(&mut states, streams), shortest);
        for lane in 0..N {
            let mut expected = starts[lane];
            sha2::block_api::compress256(&mut expected, &streams[lane][..shortest]);
            assert_eq!(states[lane], expected, "{lane} of {lens:?}");
        }
    }
}

#[cfg(feature = "lanes")]
#[test]
fn lanes_are_compressed_as_one_stream_after_another() {
    compare_lanes::<1>();
    compare_lanes::<2>();
    compare_lanes::<3>();
    compare_lanes::<4>();
}
