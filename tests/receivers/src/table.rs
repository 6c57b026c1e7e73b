//! The attacks, and the answer to each.

use anyhow::Result;
use hooksig::MAX_SIGNING_STRING_LEN;

use crate::{
    attack::{Attack, But, Table},
    delivery::{Delivery, HOST, PATH, STRING_LEN, body, digest, mac, now},
    http2,
    receivers::{
        Kind::{self, C, Core, Go, GoHandler, Listen, Tower},
        Receiver,
    },
    scenarios::{cost, genuine, hang_ups, idle, log, refused_posts, startup, unread_log, window},
};

const GOS: &[Kind] = &[Go, GoHandler];
const HYPERS: &[Kind] = &[Tower, Listen];

/// The fields that decide; attacks repeat or respell each of them.
const DECISIVE: [&str; 5] = ["Signature", "Authorization", "Date", "Digest", "X-Drone-Event"];

const NO_SOCKETS: &str =
    "The core gets a head and a body; its caller handles sockets, framing and methods.";
const TARGET_UNREAD: &str =
    "libmicrohttpd accepts the target, and a target that is not covered is not read.";
const MHD_ANSWERS: &str = "libmicrohttpd answers this itself.";
/// A host that no delivery was sent to.
const OTHER: &str = "other.test";

const NO_HTTP2: &str = "This receiver speaks HTTP/1 only.";
const ONE_REQUEST: &str = "This receiver serves one request per connection.";
const CUT_AT_NUL: &str =
    "libmicrohttpd cuts a value at a NUL; the part before it is the signed value.";
const AXUM_ANSWERS: &str = "The layer is on the route of the example, so axum refuses other requests before anything is claimed.";
const TARGET_UNKNOWN: &str = "`http::Uri` does not keep an absolute target as received.";
const TARGET_WINS: &str = "net/http drops the field, so `host` is that of the target.";
const NO_LIMIT: &str = "The core has no limit of its own; the buffer of its caller is the limit.";

const ONE_SECRET: &str = "This receiver accepts only one secret.";
const NO_SOCKET_TO_READ: &str = "The core reads from no socket, which is most of the cost elsewhere. It makes at most ten passes over the fields, and computes a MAC for each secret.";

/// All rows.
pub(crate) fn attacks() -> Vec<Attack> {
    let mut table = Table::default();
    genuine(&mut table);
    heads(&mut table);
    lengths(&mut table);
    methods_and_targets(&mut table);
    signatures(&mut table);
    dates(&mut table);
    digests(&mut table);
    bodies(&mut table);
    replays(&mut table);
    http_2(&mut table);
    senders(&mut table);
    table.attacks
}

fn genuine(t: &mut Table) {
    t.group("Genuine deliveries");
    t.send("signed as Drone signs", "204", |d| d.raw());
    t.play("the recorded deliveries, signed again", "all accepted", genuine::recorded_deliveries)
        .not(&[Core], NO_SOCKETS);
    t.send("a body in chunks", "204", |d| d.chunked(d.chunks())).not(&[Core], NO_SOCKETS);
    t.send("a body in chunks of one byte with extensions", "204", |d| {
        let chunk = |byte: &u8| [b"1;a=b\r\n", &[*byte][..], b"\r\n"].concat();
        d.chunked([d.body.iter().flat_map(chunk).collect(), b"0\r\n\r\n".to_vec()].concat())
    })
    .not(&[Core], NO_SOCKETS);
    t.send("names in other cases", "204", |d| {
        let text = String::from_utf8(d.raw()).expect("it is ASCII");
        text.replace("Date:", "dAtE:").replace("Signature:", "SIGNATURE:").into_bytes()
    });
    t.send("`Authorization: Signature` instead of `Signature`", "204", |d| {
        d.instead("Signature: ", "Authorization: Signature ")
    });
    t.send("`Authorization: Basic` beside it", "204", |d| d.with("Authorization: Basic eDp5\r\n"));
    t.send("two on one connection", "204, 204", |d| [d.raw(), Delivery::new().raw()].concat())
        .not(&[Core], NO_SOCKETS)
        .but(&[Listen], "204", ONE_REQUEST);
    t.play("`Expect: 100-continue`", "100, 204", genuine::expect_continue).not(&[Core], NO_SOCKETS);
}

fn heads(t: &mut Table) {
    t.group("Hostile heads");
    t.send("no field at all, HTTP/1.0", "401 missing-signature", |_| {
        format!("POST {PATH} HTTP/1.0\r\n\r\n").into_bytes()
    });
    t.send("no field at all, HTTP/1.1", "400", |_| {
        format!("POST {PATH} HTTP/1.1\r\n\r\n").into_bytes()
    })
    .but(
        &[Tower, Listen, Core],
        "401 missing-signature",
        "This receiver does not require `Host`.",
    );
    for name in DECISIVE {
        t.send(format!("`{name} :` beside the genuine fields"), "400", move |d| {
            d.with(format!("{name} : x\r\n"))
        });
    }
    t.send("a space before the colon of the genuine `Date`", "400", |d| {
        d.instead("Date:", "Date :")
    });
    t.send("a tab before the colon of the genuine `Date`", "400", |d| {
        d.instead("Date:", "Date\t:")
    });
    t.send("a line without a colon", "400", |d| d.with("Date\r\n"));
    t.send("an empty name", "400", |d| d.with(": x\r\n")).but(
        &[C],
        "401 digest-mismatch",
        "libmicrohttpd ends the head at this line, and takes the next bytes for the body.",
    );
    t.send("a folded `Date`", "400", |d| d.instead(", ", ",\r\n ")).but(
        GOS,
        "204",
        "net/http unfolds the field, which is then verified as one line.",
    );
    t.send("a field folded into `Digest`", "400", |d| {
        d.instead("\r\nSignature:", "\r\n X: y\r\nSignature:")
    })
    .but(
        GOS,
        "401 malformed-digest",
        "net/http unfolds the field, which is then verified as one line.",
    );
    t.send("a fold before the first field", "400", |d| d.instead("Host:", " X: y\r\nHost:"));
    t.send("lines that end in LF only", "204", |d| {
        String::from_utf8(d.raw()).expect("it is ASCII").replace("\r\n", "\n").into_bytes()
    })
    .but(&[Core], "400", "By contract every line of a raw head ends in CRLF.");
    t.send("one line that ends in LF only", "204", |d| {
        d.instead("receiver.test\r\n", "receiver.test\n")
    })
    .but(&[Core], "400", "By contract every line of a raw head ends in CRLF.");
    t.send("CR in a value", "400", |d| d.with("X: a\rb\r\n"));
    t.send("NUL in `Date`", "400", |d| d.instead(&d.date, format!("{}\0", d.date))).but(
        &[C],
        "204",
        CUT_AT_NUL,
    );
    t.send("NUL in a name", "400", |d| d.instead("Date:", "Date\0:"));
    t.send("NUL in the target", "400", |d| d.instead(PATH, "/hook\0")).but(&[C], "204", CUT_AT_NUL);
    t.send("more fields than any receiver takes", "431", |d| d.with("X: y\r\n".repeat(250_000)))
        .but(&[Core], "204", NO_LIMIT);
    t.send("a field longer than any receiver takes", "431", |d| {
        d.with(format!("X: {}\r\n", "y".repeat(2 << 20)))
    })
    .but(&[Core], "204", NO_LIMIT);
    t.send("random bytes", "400", |_| {
        (0..4096u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
    });
}

fn lengths(t: &mut Table) {
    t.group("Hostile lengths");
    t.send("two different `Content-Length`", "400", |d| d.with("Content-Length: 3\r\n")).but(
        &[C],
        "400 ambiguous-length",
        "This receiver refuses every second length.",
    );
    t.send("two equal `Content-Length`", "204", |d| d.with(d.length())).but(
        &[C],
        "400 ambiguous-length",
        "This receiver refuses every second length.",
    );
    t.send("a list of `Content-Length`", "400", |d| {
        d.instead("Content-Length: ", format!("Content-Length: {}, ", d.body.len()))
    });
    t.send("`Content-Length` with a sign", "400", |d| {
        d.instead("Content-Length: ", "Content-Length: +")
    });
    t.send("a negative `Content-Length`", "400", |d| {
        d.instead("Content-Length: ", "Content-Length: -")
    });
    t.send("a `Content-Length` in hexadecimal", "400", |d| {
        d.instead("Content-Length: ", "Content-Length: 0x")
    });
    t.send("a `Content-Length` above 64 bits", "400", |d| {
        d.instead("Content-Length: ", "Content-Length: 18446744073709551616")
    })
    .but(&[C], "413", MHD_ANSWERS);
    t.send("`Content-Length` beside chunks", "204", |d| {
        let raw = d.chunked(d.chunks());
        String::from_utf8(raw)
            .expect("it is ASCII")
            .replace("Transfer-", "Content-Length: 3\r\nTransfer-")
            .into_bytes()
    })
    .but(&[C], "400 ambiguous-length", "This receiver refuses every second length.");
    t.send("another transfer coding", "400", |d| {
        String::from_utf8(d.chunked(d.chunks()))
            .expect("it is ASCII")
            .replace(": chunked", ": gzip, chunked")
            .into_bytes()
    })
    .but(GOS, "501", "net/http answers this itself.")
    .but(
        HYPERS,
        "204",
        "hyper removes only the chunks; the digest is that of the remaining bytes.",
    );
    t.send("no length", "401 digest-mismatch, 400", |d| d.instead(&d.length(), ""))
        .but(&[C], "401 digest-mismatch", "This receiver closes the connection after a refusal.")
        .but(&[Listen], "401 digest-mismatch", ONE_REQUEST);
    t.send("a chunk size above 64 bits", "400 body-unreadable", |d| {
        d.chunked(format!("1{:016x}\r\n", d.body.len()))
    })
    .but(&[C], "413", MHD_ANSWERS);
    t.send("a negative chunk size", "400 body-unreadable", |d| d.chunked("-1\r\nx\r\n0\r\n\r\n"))
        .but(&[C], "400", MHD_ANSWERS);
    t.send("a chunk size that is no number", "400 body-unreadable", |d| {
        d.chunked("zz\r\nx\r\n0\r\n\r\n")
    })
    .but(&[C], "400", MHD_ANSWERS);
    t.send("a chunk longer than its size", "400 body-unreadable", |d| {
        d.chunked([b"1\r\n", d.body.as_slice(), b"\r\n0\r\n\r\n"].concat())
    })
    .but(&[C], "400", MHD_ANSWERS);
    t.send("chunks whose lines end in LF only", "400 body-unreadable", |d| {
        let size = format!("{:x}\n", d.body.len());
        d.chunked([size.as_bytes(), &d.body, b"\n0\n\n"].concat())
    })
    .but(&[C], "204", "libmicrohttpd accepts LF as the end of a line.");
    t.send("chunks in HTTP/1.0", "400", |d| {
        let text = String::from_utf8(d.chunked(d.chunks())).expect("it is ASCII");
        text.replace("HTTP/1.1", "HTTP/1.0").into_bytes()
    })
    .but(&[C], "400 ambiguous-length", "This receiver accepts no transfer coding in HTTP/1.0.")
    .but(GOS, "401 digest-mismatch", "net/http reads no body in HTTP/1.0 without a length.");
    t.send("`Transfer-Encoding: Chunked`, covered as `chunked`", "401 signature-mismatch", |_| {
        let delivery = Delivery::new().covering("transfer-encoding", "transfer-encoding: chunked");
        let text = String::from_utf8(delivery.chunked(delivery.chunks())).expect("it is ASCII");
        text.replace(": chunked", ": Chunked").into_bytes()
    })
    .but(GOS, "204", "net/http reports only that the body came in chunks.");
    t.send("chunks and a covered `Trailer`", "204", |_| {
        let delivery = Delivery::new().covering("trailer", "trailer: X");
        let text = String::from_utf8(delivery.chunked(delivery.chunks())).expect("it is ASCII");
        text.replace("Transfer-", "Trailer: X\r\nTransfer-").into_bytes()
    })
    .but(GOS, "401 missing-header", "net/http removes the field.");
    for (name, expect) in [("", ""), (" with `Expect`", "Expect: 100-continue\r\n")] {
        t.send_each(
            format!("a delivery in the body of a forged one{name}, then as it is"),
            "401 signature-mismatch then 204",
            move |d| {
                let outer = Delivery { mac: mac("x"), ..Delivery::of(d.raw()) };
                vec![outer.with(expect), d.raw()]
            },
        );
    }
    t.send("another `Digest` in the trailer", "204", |d| {
        let chunks = d.chunks();
        let trailer = format!("Digest: {}\r\n\r\n", digest(b"x"));
        d.chunked([&chunks[..chunks.len() - 2], trailer.as_bytes()].concat())
    });
    t.send("`Date` in the trailer only", "401 missing-date", |d| {
        let chunks = d.chunks();
        let date = format!("Date: {}\r\n", d.date);
        let raw = d.chunked([&chunks[..chunks.len() - 2], b"\r\n"].concat());
        let raw = String::from_utf8(raw).expect("it is ASCII").replacen(&date, "", 1);
        (raw[..raw.len() - 2].to_owned() + &date + "\r\n").into_bytes()
    });
    t.send("a body shorter than announced, then another request", "401 digest-mismatch", |d| {
        let body = String::from_utf8(d.body.clone()).expect("it is ASCII");
        let inner = "POST /hook HTTP/1.1\r\n\r\n";
        let raw =
            d.instead(&d.length(), format!("Content-Length: {}\r\n", body.len() + inner.len()));
        [&raw, inner.as_bytes()].concat()
    });
    for row in &mut t.attacks {
        if row.group == "Hostile lengths" {
            row.but.push(But { kinds: &[Core], answer: None, why: NO_SOCKETS });
        }
    }
}

fn methods_and_targets(t: &mut Table) {
    t.group("Methods and targets");
    for method in ["GET", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH"] {
        t.send_each(
            format!("the delivery as {method}, then as it is"),
            "405 method-not-allowed then 204",
            move |d| vec![d.instead("POST", method), d.raw()],
        )
        .not(&[Core], NO_SOCKETS)
        .but(&[Tower], "405 then 204", AXUM_ANSWERS);
    }
    t.send_each(
        "the method in lower case, then as it is",
        "405 method-not-allowed then 204",
        |d| vec![d.instead("POST", "post"), d.raw()],
    )
    .not(&[Core], NO_SOCKETS)
    .but(&[Tower], "405 then 204", AXUM_ANSWERS);
    t.send_each("to another path, then as it is", "204 then 401 replayed", |d| {
        vec![d.instead(PATH, "/other"), d.raw()]
    })
    .but(&[Tower], "404 then 204", AXUM_ANSWERS);
    t.send_each("under another `Content-Type`, then as it is", "204 then 401 replayed", |d| {
        vec![d.instead("application/json", "text/plain"), d.raw()]
    });
    t.send("an absolute target", "204", |d| d.instead(PATH, "http://receiver.test/hook"));
    t.send("an absolute target, `(request-target)` covered as it is", "204", |d| {
        target_covered("http://receiver.test/hook").instead(PATH, absolute(d))
    })
    .but(&[Tower], "401 missing-header", TARGET_UNKNOWN);
    t.send(
        "an absolute target, `(request-target)` covered for the path",
        "401 signature-mismatch",
        |d| target_covered(PATH).instead(PATH, absolute(d)),
    )
    .but(&[Tower], "401 missing-header", TARGET_UNKNOWN);
    t.send("a query, `(request-target)` covered", "204", |_| {
        target_covered("/hook?a=%20b&c").instead(PATH, "/hook?a=%20b&c")
    });
    t.send("another query, `(request-target)` covered", "401 signature-mismatch", |_| {
        target_covered("/hook?a").instead(PATH, "/hook?b")
    });
    t.send("a fragment, `(request-target)` covered for the path", "401 signature-mismatch", |_| {
        target_covered(PATH).instead(PATH, "/hook#x")
    })
    .but(&[Tower], "204", "`http::Uri` drops a fragment before the layer can see it.");
    t.send("an absolute target of another host, `host` covered", "401 host-mismatch", |_| {
        host_covered(HOST).instead(PATH, "http://other.test/hook")
    })
    .but(GOS, "401 signature-mismatch", TARGET_WINS);
    t.send(
        "an absolute target of the covered `host`, the field of another",
        "401 host-mismatch",
        |_| host_covered(OTHER).instead(PATH, "http://other.test/hook"),
    )
    .but(GOS, "204", TARGET_WINS);
    t.send("an absolute target and no `Host`, `host` covered", "401 missing-header", |_| {
        let raw = host_covered(HOST).instead(PATH, "http://receiver.test/hook");
        let text = String::from_utf8(raw).expect("it is ASCII");
        text.replace("HTTP/1.1", "HTTP/1.0").replace("Host: receiver.test\r\n", "").into_bytes()
    })
    .but(GOS, "204", "`host` is that of the target.")
    .but(&[Tower], "204", "`host` is that of the target.");
    t.send("a space in the target", "400", |d| d.instead(PATH, "/hook x")).but(
        &[C],
        "closed",
        "libmicrohttpd does not answer a request line that it cannot read.",
    );
    t.send("a control byte in the target", "400", |d| d.instead(PATH, "/hook\x1b[2J")).but(
        &[C],
        "204",
        TARGET_UNREAD,
    );
    t.send("DEL in the target", "400", |d| d.instead(PATH, "/hook\x7f")).but(
        &[C],
        "204",
        TARGET_UNREAD,
    );
    t.send("a control byte in the target, `(request-target)` covered", "400", |_| {
        target_covered("/hook\x01").instead(PATH, "/hook\x01")
    })
    .but(&[C], "401 control-byte", TARGET_UNREAD);
}

fn absolute(_: &Delivery) -> &'static str {
    "http://receiver.test/hook"
}

/// A delivery that covers `(request-target)` too.
fn target_covered(target: &str) -> Delivery {
    Delivery::new().covering("(request-target)", &format!("(request-target): post {target}"))
}

fn signatures(t: &mut Table) {
    t.group("Signatures");
    t.send("none", "401 missing-signature", |d| d.instead("Signature: ", "X: "));
    t.send("two `Signature` fields", "401 repeated-signature", |d| {
        d.with(format!("Signature: {}\r\n", d.signature()))
    });
    t.send("`Signature` and `Authorization`", "401 repeated-signature", |d| {
        d.with(format!("Authorization: Signature {}\r\n", d.signature()))
    });
    t.send("the documentation's example", "401 missing-signature", |d| {
        d.instead("Signature: keyId=\"", "Authorization: ")
    });
    t.send("RFC 9421", "401 rfc9421-signature", |d| {
        let raw = d.instead(&d.signature(), "sig1=:AAAA:");
        let text = String::from_utf8(raw).expect("it is ASCII");
        text.replacen("\r\n\r\n", "\r\nSignature-Input: sig1=()\r\n\r\n", 1).into_bytes()
    });
    t.send("parameters that are none", "401 malformed-params", |d| d.instead("keyId=", "keyId:"));
    t.send("a parameter twice", "401 repeated-param", |d| {
        d.instead("keyId=", "keyid=\"a\",keyId=")
    });
    t.send("no `keyId`", "401 missing-param", |d| d.instead("keyId=", "key="));
    t.send("another algorithm", "401 unsupported-algorithm", |d| {
        d.instead("hmac-sha256", "rsa-sha256")
    });
    t.send("`hs2019`", "401 unsupported-algorithm", |d| d.instead("hmac-sha256", "hs2019"));
    t.send("no algorithm", "401 missing-param", |d| d.instead("algorithm=\"hmac-sha256\",", ""));
    t.send("a list without `digest`", "401 not-covered", |d| {
        Delivery { mac: mac(&format!("date: {}", d.date)), covered: "date".into(), ..d.clone() }
            .raw()
    });
    t.send("a list without `date`", "401 not-covered", |d| {
        Delivery {
            mac: mac(&format!("digest: {}", d.digest)),
            covered: "digest".into(),
            ..d.clone()
        }
        .raw()
    });
    t.send("a name twice in the list", "401 repeated-name", |d| {
        d.instead("\"date digest\"", "\"date digest date\"")
    });
    t.send("two spaces in the list", "401 malformed-list", |d| {
        d.instead("\"date digest\"", "\"date  digest\"")
    });
    t.send("129 names in the list", "401 too-many-names", |d| {
        let names: String = (0..127).map(|n| format!(" x{n}")).collect();
        d.instead("date digest\"", format!("date digest{names}\""))
    });
    t.send("`(created)` in the list", "401 unsupported-name", |d| {
        d.instead("date digest\"", "date digest (created)\"")
    });
    t.send("a field in the list that is not sent", "401 missing-header", |d| {
        d.instead("date digest\"", "date digest x\"")
    });
    t.send("a repeated field that is covered", "204", |_| {
        Delivery::new().covering("x", "x: a, b").with("X: a\r\nX:  b \r\n")
    });
    t.send("`Pragma: no-cache` instead of a covered `cache-control`", "401 missing-header", |_| {
        Delivery::new()
            .covering("cache-control", "cache-control: no-cache")
            .with("Pragma: no-cache\r\n")
    })
    .but(GOS, "204", "net/http adds `Cache-Control`.");
    t.send("a signing string of 4096 bytes", "204", |_| with_string_of(MAX_SIGNING_STRING_LEN));
    t.send("a signing string of 4097 bytes", "401 signing-string-too-long", |_| {
        with_string_of(MAX_SIGNING_STRING_LEN + 1)
    });
    t.send("a covered `host` that is the request's", "204", |_| {
        host_covered("receiver.test").raw()
    });
    t.send("two `Host` fields, `host` not covered", "204", |d| d.with("Host: other.test\r\n")).but(
        GOS,
        "400",
        "net/http answers this itself.",
    );
    t.send("two `Host` fields, `host` covered", "401 host-mismatch", |_| {
        host_covered("receiver.test").with("Host: other.test\r\n")
    })
    .but(GOS, "400", "net/http answers this itself.");
    t.send("a covered `host` that is another's", "401 signature-mismatch", |_| {
        host_covered("other.test").raw()
    });
    t.send("a MAC that is no base64", "401 malformed-signature", |d| {
        d.instead(&d.mac, d.mac.replace('=', "!"))
    });
    t.send("a MAC that ends in other unused bits", "401 malformed-signature", |d| {
        d.instead(&d.mac, noncanonical(&d.mac))
    });
    t.send("another MAC", "401 signature-mismatch", |d| d.instead(&d.mac, mac("x")));
    t.send("the MAC of the empty secret", "401 signature-mismatch", |d| {
        d.instead(
            &d.mac,
            crate::delivery::mac_under(b"", &format!("date: {}\ndigest: {}", d.date, d.digest)),
        )
    });
    for (name, start) in [
        ("an empty secret", (|r| startup::start(r, b"")) as fn(&Receiver) -> Result<String>),
        ("a secret of one NUL", |r| startup::start(r, b"\0")),
        ("a secret of 64 NULs", |r| startup::start(r, &[0; 64])),
    ] {
        t.play(format!("started with {name}"), "does not start", start).but(
            &[GoHandler],
            "starts, and answers 500",
            "Like the one of drone-go, it returns no error.",
        );
    }
}

/// A delivery with a covered field that makes the signing string this long.
fn with_string_of(len: usize) -> Vec<u8> {
    let value = "v".repeat(len - STRING_LEN - "\nx: ".len());
    Delivery::new().covering("x", &format!("x: {value}")).with(format!("X: {value}\r\n"))
}

fn host_covered(host: &str) -> Delivery {
    Delivery::new().covering("host", &format!("host: {host}"))
}

/// The same 32 bytes in base64, with unused bits that are not zero.
fn noncanonical(base64: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let last = base64.as_bytes()[base64.len() - 2];
    let at = ALPHABET.iter().position(|&byte| byte == last).expect("it is base64");
    format!("{}{}=", &base64[..base64.len() - 2], char::from(ALPHABET[at + 1]))
}

fn dates(t: &mut Table) {
    t.group("Dates");
    t.send("none", "401 missing-date", |d| d.instead("Date: ", "X: "));
    t.send("twice, the same", "401 repeated-date", |d| d.with(format!("Date: {}\r\n", d.date)));
    t.send("twice, the second empty", "401 repeated-date", |d| d.with("Date:\r\n"));
    t.send("no date", "401 malformed-date", |_| {
        Delivery::with_date(body(), "yesterday".into()).raw()
    });
    t.send("in the zone UTC", "401 malformed-date", |d| {
        Delivery::with_date(body(), d.date.replace("GMT", "UTC")).raw()
    });
    t.send("298 s old", "204", |_| Delivery::dated(-298).raw());
    t.send("302 s old", "401 date-too-old", |_| Delivery::dated(-302).raw());
    t.send("298 s ahead", "204", |_| Delivery::dated(298).raw());
    t.send("310 s ahead", "401 date-too-new", |_| Delivery::dated(310).raw());
    t.send("a changed date", "401 signature-mismatch", |d| {
        d.instead(&d.date, Delivery::signed("", now() - 1).date)
    });
}

fn digests(t: &mut Table) {
    t.group("Digests");
    t.send("none", "401 missing-digest", |d| d.instead("Digest: ", "X: "));
    t.send("twice", "401 repeated-digest", |d| d.with(format!("Digest: {}\r\n", d.digest)));
    t.send("twice, the second of another body", "401 repeated-digest", |d| {
        d.with(format!("Digest: {}\r\n", digest(b"x")))
    });
    t.send("another body", "401 digest-mismatch", |d| {
        Delivery {
            body: d.body.iter().map(|&byte| if byte == b'o' { b'0' } else { byte }).collect(),
            ..d.clone()
        }
        .raw()
    });
    t.send("another body with its own `Digest`", "401 signature-mismatch", |d| {
        Delivery { body: b"{}".to_vec(), digest: digest(b"{}"), ..d.clone() }.raw()
    });
    t.send("an algorithm that is unknown only", "401 unsupported-digest", |d| {
        Delivery::with_digest(body(), d.date.clone(), "MD5=AAAA".into()).raw()
    });
    t.send("an element without `=`", "401 malformed-digest", |d| {
        Delivery::with_digest(body(), d.date.clone(), "SHA-256".into()).raw()
    });
    t.send("two `SHA-256` that differ", "401 digest-mismatch", |d| {
        Delivery::with_digest(
            d.body.clone(),
            d.date.clone(),
            format!("{},{}", d.digest, digest(b"x")),
        )
        .raw()
    });
    t.send("empty elements", "204", |d| {
        Delivery::with_digest(d.body.clone(), d.date.clone(), format!("{},, ,id=x,", d.digest))
            .raw()
    });
    t.send("only `Content-Digest`", "401 missing-digest", |d| {
        d.instead("Digest: ", "Content-Digest: ")
    });
}

fn bodies(t: &mut Table) {
    t.group("Bodies and events");
    t.send("`X-Drone-Event` as in the body", "204", |d| d.with("X-Drone-Event: user\r\n"));
    t.send("`X-Drone-Event` contradicts the body", "401 event-mismatch", |d| {
        d.with("X-Drone-Event: build\r\n")
    });
    t.send("`X-Drone-Event` twice, the second contradicts", "401 event-mismatch", |d| {
        d.with("X-Drone-Event: user\r\nX-Drone-Event: build\r\n")
    });
    t.send("`X-Drone-Event` contradicts, the action is null", "401 malformed-body", |_| {
        Delivery::of(r#"{"event":"user","action":null}"#).with("X-Drone-Event: build\r\n")
    });
    t.send("no event", "204", |_| Delivery::of(body().replace("event", "kind")).raw());
    for (name, text) in [
        ("no JSON", "event=user"),
        ("an empty body", ""),
        ("an array", "[]"),
        ("a BOM", "\u{feff}{\"event\":\"user\",\"action\":\"created\"}"),
        ("the event is a number", r#"{"event":1,"action":"created"}"#),
        ("the event is null", r#"{"event":null,"action":"created"}"#),
        ("`event` twice", r#"{"event":"build","event":"user","action":"created"}"#),
        ("`EVENT` before `event`", r#"{"EVENT":"user","event":"build","action":"created"}"#),
        ("`Event` only", r#"{"Event":"user"}"#),
        ("`ACTION` before `action`", r#"{"event":"build","ACTION":"deleted","action":"created"}"#),
        ("brackets that do not close", r#"{"user":[[[["#),
    ] {
        t.send(name, "401 malformed-body", move |_| Delivery::of(text).raw());
    }
    t.send("`EVENT` after both are known", "204", |d| {
        let text = String::from_utf8(d.body.clone()).expect("it is ASCII");
        Delivery::of(text.replacen("\"user\":", "\"EVENT\":\"build\",\"user\":", 1)).raw()
    });
    t.send("a member of another type", "204", |_| {
        Delivery::of(format!(r#"{{"event":"user","action":"created","user":[{}]}}"#, body())).raw()
    });
    t.send("brackets that nest 100,000 deep", "204", |_| {
        Delivery::of(format!(
            r#"{{"n":{},"x":{}{},"event":"user","action":"created"}}"#,
            body().len(),
            "[".repeat(100_000),
            "]".repeat(100_000)
        ))
        .raw()
    })
    .but(
        &[GoHandler],
        "401 malformed-body",
        "encoding/json refuses more than 10,000 levels, before anything is claimed.",
    );
}

fn replays(t: &mut Table) {
    t.group("Replays");
    t.send_each("the same again", "204 then 401 replayed", |d| vec![d.raw(), d.raw()]);
    t.send_each("again in another spelling of the signature", "204 then 401 replayed", |d| {
        let spelt = format!(
            r#"headers="Date DIGEST" , ,Signature = "{}",x=y, Algorithm="hmac-sha256",KEYID=other"#,
            d.mac
        );
        vec![d.raw(), d.instead(&d.signature(), spelt)]
    });
    t.send_each("again in `Authorization`", "204 then 401 replayed", |d| {
        vec![d.raw(), d.instead("Signature: ", "Authorization: signature ")]
    });
    t.send_each("again with more header fields", "204 then 401 replayed", |d| {
        vec![d.raw(), d.with("X: y\r\n")]
    });
    t.send_each("again under another `X-Drone-Event`", "204 then 401 replayed", |d| {
        vec![d.raw(), d.with("X-Drone-Event: user\r\n")]
    });
    t.send_each("after a refused copy with another body", "401 digest-mismatch then 204", |d| {
        vec![Delivery { body: b"{}".to_vec(), ..d.clone() }.raw(), d.raw()]
    });
    t.send_each("after a refused copy with another event", "401 event-mismatch then 204", |d| {
        vec![d.with("X-Drone-Event: build\r\n"), d.raw()]
    });
    t.send_each("on one connection", "204, 401 replayed", |d| vec![[d.raw(), d.raw()].concat()])
        .not(&[Core], NO_SOCKETS)
        .but(&[Listen], "204", ONE_REQUEST);
    t.play(
        "4 connections, 20 deliveries at each end of the window",
        "each accepted once",
        window::replays_at_the_ends_of_the_window,
    )
    .not(&[Core], NO_SOCKETS);
}

fn http_2(t: &mut Table) {
    t.group("HTTP/2");
    let begin = t.attacks.len();
    let get = |d: &Delivery| http2::Request::of(d);
    t.send_2("signed as Drone signs", "204", move |d| vec![get(d)]);
    t.send_2("no field but those of the request line", "401 missing-signature", move |d| {
        vec![get(d).bare()]
    });
    t.send_2("two `signature` fields", "401 repeated-signature", move |d| {
        vec![get(d).with("signature", &d.signature())]
    });
    t.send_2("another body", "401 digest-mismatch", |d| {
        vec![http2::Request::of(&Delivery { body: b"{}".to_vec(), ..d.clone() })]
    });
    t.send_2("the same again", "204 then 401 replayed", move |d| vec![get(d), get(d)]);
    t.send_2("the delivery as GET, then as it is", "405 method-not-allowed then 204", move |d| {
        vec![get(d).set(":method", "GET"), get(d)]
    })
    .but(&[Tower], "405 then 204", AXUM_ANSWERS);
    t.send_2("`(request-target)` covered", "204", move |_| vec![get(&target_covered(PATH))]);
    t.send_2("another query, `(request-target)` covered", "401 signature-mismatch", move |_| {
        vec![get(&target_covered(PATH)).set(":path", "/hook?a")]
    });
    t.send_2("a covered `host` that is `:authority`", "204", move |_| {
        vec![get(&host_covered(HOST))]
    });
    t.send_2("a covered `host` that is `:authority` and the field", "204", move |_| {
        vec![get(&host_covered(HOST)).with("host", HOST)]
    });
    t.send_2(
        "`:authority` of another, the field is the covered `host`",
        "401 host-mismatch",
        move |_| vec![get(&host_covered(HOST)).set(":authority", OTHER).with("host", HOST)],
    );
    t.send_2(
        "the field of another, `:authority` is the covered `host`",
        "401 host-mismatch",
        move |_| vec![get(&host_covered(HOST)).with("host", OTHER)],
    );
    t.send_2(
        "`:authority` of another than the covered `host`",
        "401 signature-mismatch",
        move |_| vec![get(&host_covered(HOST)).set(":authority", OTHER)],
    );
    t.send_2("`content-length` longer than the data", "400 body-unreadable", move |d| {
        vec![get(d).with("content-length", "1000")]
    })
    .but(&[Tower], "reset body-unreadable", "h2 resets the stream.");
    t.send_2("`content-length` twice, the second wrong", "reset", move |d| {
        let right = d.body.len().to_string();
        vec![get(d).with("content-length", &right).with("content-length", "3")]
    })
    .but(GOS, "204", "net/http uses the first one.");
    t.send_2("the parts of a covered `cookie`", "204", move |_| {
        let delivery = Delivery::new().covering("cookie", "cookie: a=b, c=d");
        vec![get(&delivery).with("cookie", "a=b").with("cookie", "c=d")]
    })
    .but(GOS, "401 signature-mismatch", "net/http joins them with `; `.");
    t.send_2("a name in upper case", "reset", move |d| vec![get(d).with("X", "y")]);
    t.send_2("`transfer-encoding`", "reset", move |d| {
        vec![get(d).with("transfer-encoding", "chunked")]
    })
    .but(GOS, "400", "net/http answers this itself.");
    for (name, code) in [("NO_ERROR", 0), ("CANCEL", 8), ("INTERNAL_ERROR", 2)] {
        t.send_2(
            format!("reset with {name} after all data, then as it is"),
            "reset then 204",
            move |d| vec![get(d).reset(code), get(d)],
        );
        t.send_2(
            format!("reset with {name} after all data and `content-length`, then as it is"),
            "reset then 204",
            move |d| {
                vec![get(d).with("content-length", &d.body.len().to_string()).reset(code), get(d)]
            },
        );
    }
    let tls = t.attacks.len();
    t.send_2_tls("over TLS: signed as Drone signs", "204", move |d| vec![get(d)]);
    t.send_2_tls("over TLS: a covered `host` that is `:authority`", "204", move |_| {
        vec![get(&host_covered(HOST))]
    });
    t.send_2_tls(
        "over TLS: `:authority` of another, the field is the covered `host`",
        "401 host-mismatch",
        move |_| vec![get(&host_covered(HOST)).set(":authority", OTHER).with("host", HOST)],
    );
    t.send_2_tls(
        "over TLS: reset with CANCEL after all data, then as it is",
        "reset then 204",
        move |d| vec![get(d).reset(8), get(d)],
    );
    for row in &mut t.attacks[begin..] {
        row.but.push(But { kinds: &[C, Listen], answer: None, why: NO_HTTP2 });
        row.but.push(But { kinds: &[Core], answer: None, why: NO_SOCKETS });
    }
    for row in &mut t.attacks[tls..] {
        row.but.push(But {
            kinds: &[Tower],
            answer: None,
            why: "The example speaks no TLS; the layer's own tests do.",
        });
    }
}

fn senders(t: &mut Table) {
    t.group("Senders that misbehave");
    t.play("hangs up in the head", "others are served", hang_ups::hanging_up_in_the_head)
        .not(&[Core], NO_SOCKETS);
    t.play("hangs up in the body, then sends it whole", "204", hang_ups::hanging_up_in_the_body)
        .not(&[Core], NO_SOCKETS);
    t.play("half a body, then nothing", "400 body-unreadable", hang_ups::half_a_body)
        .not(&[Core], NO_SOCKETS)
        .but(&[C], "closed", "libmicrohttpd drops the connection.");
    t.play("a forged head, half a body", "401 signature-mismatch", hang_ups::half_a_forged_body)
        .not(&[Core], NO_SOCKETS);
    t.play("hangs up after the body", "others are served", hang_ups::hanging_up_after_the_body)
        .not(&[Core], NO_SOCKETS);
    t.play(
        "20 that shut down their side after the body, and wait for the answer",
        "each is accepted",
        hang_ups::shutting_down_after_the_body,
    )
    .not(&[Core], NO_SOCKETS);
    t.play("60 that send half and wait", "others are served", idle::slow_senders)
        .not(&[Core], NO_SOCKETS);
    t.play(
        "give up half way and wait, or never read",
        "cut off within 35 s",
        idle::idle_connections,
    )
    .not(&[Core], NO_SOCKETS);
    t.play(
        "100 refused posts of 1.4 MB",
        "99 or more read the answer",
        refused_posts::refused_posts_of_1_4_mb,
    )
    .not(&[Core], NO_SOCKETS);
    t.play(
        "100 refused posts of 5 MB",
        "99 or more read the answer",
        refused_posts::refused_posts_of_5_mb,
    )
    .not(&[Core], NO_SOCKETS);
    t.play(
        "text for the operator's terminal, and secrets of a delivery",
        "a clean log",
        log::log_is_clean,
    )
    .not(&[Core], NO_SOCKETS);
    t.play(
        "nobody reads the pipe that the log goes to",
        "all are answered, lost lines are counted",
        unread_log::unread_log,
    )
    .not(&[Go, GoHandler, Tower], "The application writes the log; see the threat model.")
    .not(&[Core], NO_SOCKETS);
    t.measure(
        "the largest head, 128 names listed, 1 secret",
        "at most 3 times the cost of reading it",
        cost::largest_head_with_1_secret,
    );
    t.measure(
        "the largest head, 128 names listed, 16 secrets",
        "at most 3 times the cost of reading it",
        cost::largest_head_with_16_secrets,
    )
    .not(&[GoHandler], ONE_SECRET);
    t.measure(
        "eight repeated names listed, 1 secret",
        "at most 3 times the cost of reading it",
        cost::repeated_names_with_1_secret,
    )
    .not(&[Core], NO_SOCKET_TO_READ);
    t.measure(
        "eight repeated names listed, 16 secrets",
        "at most 3 times the cost of reading it",
        cost::repeated_names_with_16_secrets,
    )
    .not(&[Core], NO_SOCKET_TO_READ)
    .not(&[GoHandler], ONE_SECRET);
    t.measure(
        "the longest signing string, 1 secret",
        "at most 3 times the cost of reading it",
        cost::longest_string_with_1_secret,
    )
    .not(&[Core], NO_SOCKET_TO_READ);
    t.measure(
        "the longest signing string, 16 secrets",
        "at most 3 times the cost of reading it",
        cost::longest_string_with_16_secrets,
    )
    .not(&[Core], NO_SOCKET_TO_READ)
    .not(&[GoHandler], ONE_SECRET);
}
