//! The deliveries for all contestants: files of raw HTTP/1.1 requests.

use std::{fs, io, path::Path};

use hooksig::{Key, Request, Signer, drone};

/// The receiver's secrets. All deliveries except `wrong-mac` are signed with the last.
pub const SECRETS: [&str; 4] = [
    "35a8afa86f0da30b9e26bf2eda98ed37",
    "0dd1fd1b4b3a5e3b2bb9a3dbb6f0fa5c",
    "f3b0e41fd2a1d3c1ab6a1f7a9d5b0c11",
    "bea26a2221fd8090ea38720fc445eca6",
];

/// Lengths of the bodies in bytes.
const SIZES: [usize; 4] = [358, 4 << 10, 64 << 10, 1 << 20];

/// A received request.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Delivery {
    /// Returns a Drone server's delivery with this body.
    pub fn signed(secret: &str, body: Vec<u8>, date: i64) -> Self {
        let key = Key::new(secret).expect("the secret is not empty");
        let sent = drone::sign(&key, &body, date).expect("the time has a date");
        let headers = [
            ("Host", "receiver.test"),
            ("User-Agent", "Go-http-client/1.1"),
            ("Content-Length", &body.len().to_string()),
            ("Content-Type", "application/json"),
            ("Date", sent.date()),
            ("Digest", sent.digest()),
            ("Signature", sent.signature()),
            ("X-Drone-Event", "user"),
            ("Accept-Encoding", "gzip"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { headers, body }
    }

    /// Returns the delivery with the parameters of its signature in another order.
    fn in_another_order(self) -> Self {
        let field = self.header("Signature");
        let (first, rest) = field.split_once(',').expect("there are parameters");
        let field = format!("{rest},{first}");
        self.with_header("Signature", &field)
    }

    /// Returns the delivery signed as Drone signs its requests to extensions.
    fn signed_as_an_extension(mut self, secret: &str) -> Self {
        let key = Key::new(secret).expect("the secret is not empty");
        let media_type = "application/vnd.drone.config.v1+json";
        self.headers.push(("Accept".to_owned(), media_type.to_owned()));
        let request = Request::from_headers(&self.headers[..]);
        let mut field = [0; 256];
        let field = Signer::new(&key, "hmac-key")
            .and_then(|signer| signer.sign(&request, &drone::EXTENSION_COVERED, &mut field))
            .expect("the headers can be signed");
        let field = String::from_utf8(field.to_vec()).expect("the field is ASCII");
        self.with_header("Signature", &field)
    }

    /// Returns the value of a field, by its name as written.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(field, _)| field == name);
        &found.expect("the delivery has the field").1
    }

    /// Changes the value of a field.
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        for (_, old) in self.headers.iter_mut().filter(|(field, _)| field == name) {
            *old = value.to_owned();
        }
        self
    }

    /// Reads a file of [`write`](Self::write).
    pub fn read(path: &Path) -> io::Result<Self> {
        let malformed = || io::Error::new(io::ErrorKind::InvalidData, "not an HTTP request");
        let raw = fs::read(path)?;
        let end = raw.windows(4).position(|bytes| bytes == b"\r\n\r\n").ok_or_else(malformed)?;
        let head = str::from_utf8(&raw[..end]).map_err(|_| malformed())?;
        let field = |line: &str| {
            let (name, value) = line.split_once(": ").ok_or_else(malformed)?;
            Ok((name.to_owned(), value.to_owned()))
        };
        let headers = head.split("\r\n").skip(1).map(field).collect::<io::Result<_>>()?;
        Ok(Self { headers, body: raw[end + 4..].to_vec() })
    }

    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut raw = b"POST /hooks/drone?src=ci HTTP/1.1\r\n".to_vec();
        for (name, value) in &self.headers {
            raw.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        raw.extend_from_slice(b"\r\n");
        raw.extend_from_slice(&self.body);
        fs::write(path, raw)
    }
}

/// Writes all deliveries and the secrets to `folder`, for a receiver with the time `now`.
pub fn write_all(folder: &Path, now: i64) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("secrets"), SECRETS.join("\n") + "\n")?;
    let write =
        |name: &str, delivery: &Delivery| delivery.write(&folder.join(name).with_extension("http"));
    let secret = SECRETS[SECRETS.len() - 1];
    let body = |len| vec![b' '; len];
    for len in SIZES {
        write(&len.to_string(), &Delivery::signed(secret, body(len), now))?;
    }
    let genuine = Delivery::signed(secret, body(SIZES[0]), now);
    write("other-order", &genuine.clone().in_another_order())?;
    write("five-headers", &genuine.clone().signed_as_an_extension(secret))?;
    let field = genuine.header("Signature");
    let cut = &field[..field.len() / 2];
    write("garbage", &genuine.clone().with_header("Signature", cut))?;
    write("stale", &Delivery::signed(secret, body(SIZES[0]), now - 86_400))?;
    write("wrong-mac", &Delivery::signed("other", body(SIZES[0]), now))
}
