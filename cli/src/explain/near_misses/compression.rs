//! Bodies that were compressed or decompressed on the way.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

use crate::explain::trial::Budget;

/// Names in `Content-Encoding`, and the bytes that a body of each begins with. Brotli and raw
/// deflate have no such mark.
const MARKS: [(&str, &[u8]); 3] =
    [("gzip", b"\x1f\x8b"), ("zstd", b"\x28\xb5\x2f\xfd"), ("deflate", b"\x78")];

/// Decompresses a body. Also returns the name of the coding.
pub(super) fn decompressed(body: &[u8], budget: &Budget) -> Option<(&'static str, Vec<u8>)> {
    let by_mark = MARKS.iter().find(|(_, mark)| body.starts_with(mark)).map(|(name, _)| *name);
    let readers: [(&str, Option<Box<dyn Read + '_>>); 5] = [
        ("gzip", Some(Box::new(MultiGzDecoder::new(body)))),
        ("zstd", StreamingDecoder::new(body).ok().map(|reader| Box::new(reader) as Box<dyn Read>)),
        ("deflate", Some(Box::new(ZlibDecoder::new(body)))),
        ("br", Some(Box::new(brotli_decompressor::Decompressor::new(body, 4096)))),
        ("deflate", Some(Box::new(DeflateDecoder::new(body)))),
    ];
    readers.into_iter().find_map(|(name, reader)| {
        // A decoder without a mark may accept plain text, which is not compressed.
        if by_mark.is_none_or(|mark| mark != name) && (by_mark.is_some() || body.is_ascii()) {
            return None;
        }
        let bytes = read_within(reader?, budget)?;
        (!bytes.is_empty()).then_some((name, bytes))
    })
}

/// Reads at most a quarter of the budget. Also pays for bytes before a fault, because a compressed
/// body can be much shorter than the output that it fails after.
fn read_within(reader: Box<dyn Read + '_>, budget: &Budget) -> Option<Vec<u8>> {
    let limit = budget.longest_body() / 4;
    let mut bytes = Vec::new();
    let read = reader.take(limit as u64 + 1).read_to_end(&mut bytes);
    if bytes.len() > limit {
        budget.exceed();
    }
    let is_paid = budget.pay_for_body(bytes.len());
    read.ok().filter(|_| is_paid && bytes.len() <= limit).map(|_| bytes)
}

/// Returns true if `body` visibly lacks the coding that `Content-Encoding` names.
pub(super) fn is_not(body: &[u8], coding: &str) -> bool {
    match MARKS.iter().find(|(name, _)| coding.trim_start_matches("x-") == *name) {
        Some((_, mark)) => !body.starts_with(mark),
        None => coding == "br" && matches!(body, [b'{' | b'[', ..]) && str::from_utf8(body).is_ok(),
    }
}
