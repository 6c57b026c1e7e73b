//! The boundaries of requests and bodies.

use crate::{Run, body, delivery, edit, hooksig, verify};
use hooksig_vectors::SECRET;

/// Returns the recorded delivery with its body in chunks of `size` bytes, with these extensions and
/// trailers.
fn in_chunks(size: usize, extension: &str, trailer: &str) -> String {
    let request =
        edit(&delivery("user-created"), "Content-Length: 364", "Transfer-Encoding: chunked");
    let body = body(&request);
    let chunks: Vec<_> = body
        .as_bytes()
        .chunks(size)
        .map(|chunk| {
            let text = str::from_utf8(chunk).expect("the body is ASCII");
            format!("{:X}{extension}\r\n{text}\r\n", chunk.len())
        })
        .collect();
    let head = request.strip_suffix(body).expect("the body comes last");
    format!("{head}{}0{extension}\r\n{trailer}\r\n", chunks.concat())
}

#[test]
fn chunked_bodies_are_joined() {
    for (size, extension, trailer) in [
        (1, "", ""),
        (7, "", ""),
        (1000, "", ""),
        (10, ";name=value", ""),
        (10, " ; name=\"v\"", "X-Trailer: a\r\nX-Other: b\r\n"),
    ] {
        let run = verify(in_chunks(size, extension, trailer), &[]);
        assert_eq!(run.code, 0, "{size} {extension:?} {trailer:?}: {run:?}");
    }
    let trailers = "X-Trailer: a\r\n".repeat(5000);
    assert_eq!(verify(in_chunks(10, "", &trailers), &[]).code, 0);
    // Trailer fields are not header fields.
    let unsigned = edit(&in_chunks(50, "", "Date: x\r\n"), "Date: Mon", "X-Date: Mon");
    verify(unsigned, &[]).assert_invalid("missing-date");
}

#[test]
fn lines_may_end_in_lf_alone_and_lengths_may_agree() {
    let request = delivery("user-created");
    assert_eq!(verify(request.replace("\r\n", "\n"), &[]).code, 0);
    let twice =
        edit(&request, "Content-Length: 364", "Content-Length: 364, 364\r\ncontent-length: 364");
    assert_eq!(verify(twice, &[]).code, 0);
    assert_eq!(verify(edit(&request, "HTTP/1.1\r\n", "HTTP/1.0\r\n"), &[]).code, 0);
}

#[test]
fn without_a_length_the_body_reaches_to_the_end() {
    let request = edit(&delivery("user-created"), "Content-Length: 364\r\n", "");
    let run = verify(request.as_str(), &[]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stderr.contains("the body extends to the end of the file"), "{run:?}");
    for end in ["\n", "\r\n"] {
        let run = verify(format!("{request}{end}"), &[]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stderr.contains("extends to the newline at the end of the file"), "{run:?}");
    }
    verify(format!("{request}\n\n"), &[]).assert_invalid("digest-mismatch");
    let (head, _) = request.split_once("\r\n\r\n").expect("the head ends");
    let run = verify(format!("{head}\r\n\r\n"), &[]);
    run.assert_invalid("digest-mismatch");
    assert!(!run.stderr.contains("taken to"), "{run:?}");
}

#[track_caller]
fn unreadable(request: impl Into<Vec<u8>>, what: &str) {
    verify(request, &[]).assert_unusable(what);
}

#[test]
fn unreadable_heads_are_told_with_their_place() {
    let request = delivery("user-created");
    unreadable(
        "",
        "standard input: not a readable request: at offset 0 (line 1): the input is empty",
    );
    unreadable("{\"event\":\"user\"}", "this is JSON, perhaps only the body");
    unreadable("POST / HTTP/4.0\r\n\r\n", "offset 12 (line 1): invalid HTTP version, byte 0x34");
    unreadable("POST /\r\n\r\n", "(line 1): invalid");
    unreadable(
        edit(&request, "Host: ", "Ho st: "),
        "offset 37 (line 2): invalid header name, byte 0x20",
    );
    unreadable(edit(&request, "Date: ", "Date: \0"), "(line 6): invalid header value, byte 0x00");
    unreadable(
        edit(&request, "Date: ", "Date: \u{1b}"),
        "(line 6): invalid header value, byte 0x1b",
    );
    unreadable(
        edit(&request, "Date: ", " folded\r\nDate: "),
        "(line 6): invalid header name, byte 0x20",
    );
    let head = request.find("\r\n\r\n").expect("the head ends");
    unreadable(&request.as_bytes()[..head], "ends before the empty line");
    for length in [1, 10, 100, head + 3] {
        unreadable(&request.as_bytes()[..length], &format!("offset {length} "));
    }
    unreadable(
        format!("POST / HTTP/1.1\r\n{}\r\n", "a:\r\n".repeat((1 << 20) + 1)),
        "(line 1048578): there are more than 1048576 fields",
    );
}

#[test]
fn bodies_that_do_not_fit_their_length_are_told() {
    let request = delivery("user-created");
    let length =
        |text: &str| edit(&request, "Content-Length: 364", &format!("Content-Length: {text}"));
    let at = request.len();
    unreadable(
        &request.as_bytes()[..at - 64],
        &format!("offset {} (line 12): the body ends after 300 of the 364 bytes", at - 64),
    );
    unreadable(length("365"), "ends after 364 of the 365 bytes that Content-Length announces");
    unreadable(length("363"), "the body ends here, and 1 byte follows it");
    for end in ["\n", "\r\n"] {
        let run = verify(format!("{request}{end}"), &[]);
        assert_eq!(run.code, 0, "{run:?}");
        assert!(run.stderr.contains("newline at the end of the file is not part"), "{run:?}");
    }
    unreadable(
        format!("{request} "),
        &format!("offset {at} (line 12): the body ends here, and 1 byte follows it"),
    );
    unreadable(format!("{request}\n\nHTTP/1.1 401 No\r\n"), "and an HTTP response follows it");
    unreadable(length("18446744073709551615"), "ends after 364 of the 18446744073709551615");
    for text in ["", "-1", "+364", "0x16c", "364 364", "364,", "18446744073709551616"] {
        unreadable(length(text), "offset 88 (line 4): the Content-Length is not a number of bytes");
    }
    unreadable(length("364\r\nContent-Length: 363"), "(line 5): the Content-Length differs");
    unreadable(length("364, 365"), "(line 4): the Content-Length differs");
    unreadable(
        length("364\r\nTransfer-Encoding: chunked"),
        "(line 5): there are both Content-Length and Transfer-Encoding",
    );
}

#[test]
fn other_codings_are_told() {
    let coding = |text: &str| {
        edit(
            &delivery("user-created"),
            "Content-Length: 364",
            &format!("Transfer-Encoding: {text}"),
        )
    };
    for text in ["gzip", "gzip, chunked", "identity", "", "chunked, chunked"] {
        unreadable(coding(text), "(line 4): the Transfer-Encoding is not `chunked`");
    }
    unreadable(coding("chunked\r\ntransfer-encoding: chunked"), "(line 5): there is more than one");
    let old = in_chunks(50, "", "").replacen("HTTP/1.1", "HTTP/1.0", 1);
    unreadable(old, "(line 4): HTTP/1.0 has no Transfer-Encoding");
}

#[test]
fn malformed_chunks_are_told() {
    let request = in_chunks(1000, "", "");
    let start = request.find("\r\n\r\n").expect("the head ends") + 4;
    let size = |text: &str| edit(&request, "\r\n16C\r\n", &format!("\r\n{text}\r\n"));
    for text in ["", "G", "-1", " 16C", ";x", "0x16C", "1 6C", "10000000000000000"] {
        unreadable(
            size(text),
            &format!("offset {start} (line 12): this is not the size of a chunk"),
        );
    }
    unreadable(size("16B"), "no CRLF follows the chunk");
    unreadable(size("16D"), "no CRLF follows the chunk");
    unreadable(size("FFFFFFFFFFFFFFFF"), "of its 18446744073709551615 bytes");
    unreadable(edit(&request, "}\r\n0\r\n\r\n", "}"), "no CRLF follows the chunk");
    unreadable(edit(&request, "}\r\n0\r\n\r\n", ""), "the chunk ends after 363 of its 364 bytes");
    unreadable(edit(&request, "}\r\n0\r\n\r\n", "}\r\n"), "before the size of the next chunk");
    unreadable(edit(&request, "}\r\n0\r\n\r\n", "}\r\n0\r\n"), "before the empty line");
    unreadable(edit(&request, "}\r\n0\r\n\r\n", "}\r\n0\r\nX Y\r\n\r\n"), "invalid header name");
    unreadable(format!("{request}x"), "the body ends here, and 1 byte follows it");
    // No prefix passes as a whole request.
    for length in start..request.len() {
        let run: Run = verify(&request.as_bytes()[..length], &[]);
        run.assert_unusable("offset");
    }
}

#[test]
fn a_file_that_is_not_there_is_told() {
    let run = hooksig(&["verify", "--secret", SECRET, "no-such-file"], "");
    run.assert_unusable("cannot read \"no-such-file\"");
    let run = hooksig(&["verify", "--secret", SECRET, "two\nlines"], "");
    run.assert_unusable("\"two\\nlines\"");
}
