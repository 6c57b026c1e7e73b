//! Raw heads: read, or refused at an offset.

use hooksig::{Error, Head, Headers};

fn fields(head: &Head<'_>) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    head.fields().map(|(name, value)| (text(name), text(value))).collect()
}

#[test]
fn a_head_gives_its_parts_in_order() {
    let head =
        Head::parse("PUT /a?b HTTP/1.1\r\nX-A:1\r\nX-E:\r\nx-a: \t2 : 3\t \r\n\r\n").unwrap();
    assert_eq!((head.method(), head.target()), (&b"PUT"[..], &b"/a?b"[..]));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(fields(&head), [pair("X-A", "1"), pair("X-E", ""), pair("x-a", "2 : 3")]);
    assert_eq!(fields(&Head::parse("GET / HTTP/1.0\r\n\r\n").unwrap()), []);
}

#[test]
fn the_first_line_that_does_not_fit_is_named() {
    let line = "GET / HTTP/1.1\r\n".len();
    for (head, at) in [
        ("", 0),
        ("\r\n", 0),
        ("GET /\r\n\r\n", 0),
        ("GET  / HTTP/1.1\r\n\r\n", 0),
        ("GET / HTTP/2\r\n\r\n", 0),
        ("GET / x HTTP/1.1\r\n\r\n", 0),
        ("GET  HTTP/1.1\r\n\r\n", 0),
        (" / HTTP/1.1\r\n\r\n", 0),
        ("G(T / HTTP/1.1\r\n\r\n", 0),
        ("GET /\t HTTP/1.1\r\n\r\n", 0),
        ("GET /\u{7f} HTTP/1.1\r\n\r\n", 0),
        ("GET / HTTP/1.1\n\n", 0),
        ("GET / HTTP/1.1\r\n", line),
        ("GET / HTTP/1.1\r\nA: 1\r\n", line + 6),
        ("GET / HTTP/1.1\r\nA: 1\n\r\n", line),
        ("GET / HTTP/1.1\r\nA: 1\r\n folded\r\n\r\n", line + 6),
        ("GET / HTTP/1.1\r\nA : 1\r\n\r\n", line),
        ("GET / HTTP/1.1\r\n: 1\r\n\r\n", line),
        ("GET / HTTP/1.1\r\nA\r\n\r\n", line),
        ("GET / HTTP/1.1\r\nA: \0\r\n\r\n", line),
        ("GET / HTTP/1.1\r\nA: a\rb\r\n\r\n", line),
        ("GET / HTTP/1.1\r\n\r\nbody", line),
    ] {
        assert_eq!(Head::parse(head).err(), Some(Error::MalformedHead { at }), "{head:?}");
    }
}
