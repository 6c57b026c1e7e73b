//! A client of HTTP/2 that sends frames as they are, in the clear or over TLS.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

use crate::{
    client::PATIENCE,
    delivery::{Delivery, HOST, PATH},
};

/// A request in one stream.
#[derive(Clone)]
pub(crate) struct Request {
    fields: Vec<(String, String)>,
    body: Vec<u8>,
    reset: Option<u32>,
}

impl Request {
    /// The delivery as a Drone server sends it over HTTP/2.
    pub(crate) fn of(delivery: &Delivery) -> Self {
        let fields = [
            (":method", "POST"),
            (":scheme", "http"),
            (":authority", HOST),
            (":path", PATH),
            ("content-type", "application/json"),
            ("date", &delivery.date),
            ("digest", &delivery.digest),
            ("signature", &delivery.signature()),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { fields, body: delivery.body.clone(), reset: None }
    }

    /// Gives a field another value.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        for field in &mut self.fields {
            if field.0 == name {
                field.1 = value.into();
            }
        }
        self
    }

    /// Adds a field at the end.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Leaves out all fields but those of the request line.
    pub(crate) fn bare(mut self) -> Self {
        self.fields.retain(|(name, _)| name.starts_with(':'));
        self
    }

    /// Resets the stream with this code once all data has arrived, instead of ending it.
    pub(crate) fn reset(mut self, code: u32) -> Self {
        self.reset = Some(code);
        self
    }
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;

const ACK: u8 = 1;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// Sends a request on a connection of its own, over TLS if a certificate is given, and gives the status,
/// or `reset` for a stream or a connection that ends without an answer.
pub(crate) fn exchange(
    address: SocketAddr,
    certificate: Option<&[u8]>,
    request: &Request,
) -> Result<String> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    match certificate {
        Some(certificate) => converse(encrypt(stream, certificate)?, request),
        None => converse(stream, request),
    }
}

fn encrypt(
    stream: TcpStream,
    certificate: &[u8],
) -> Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate).context("the certificate")?)?;
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from(HOST)?)?;
    Ok(StreamOwned::new(connection, stream))
}

fn converse(mut stream: impl Read + Write, request: &Request) -> Result<String> {
    let mut sent = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    sent.extend(frame(SETTINGS, 0, 0, &[]));
    sent.extend(frame(HEADERS, END_HEADERS, 1, &block(&request.fields)));
    let end = if request.reset.is_none() { END_STREAM } else { 0 };
    sent.extend(frame(DATA, end, 1, &request.body));
    // Its acknowledgement tells that the data has arrived.
    sent.extend(frame(PING, 0, 0, &[0; 8]));
    stream.write_all(&sent)?;
    loop {
        let Some((kind, flags, payload)) = read_frame(&mut stream)? else {
            return Ok("reset".into());
        };
        match (kind, request.reset) {
            (SETTINGS, _) if flags & ACK == 0 => stream.write_all(&frame(SETTINGS, ACK, 0, &[]))?,
            (PING, Some(code)) => {
                stream.write_all(&frame(RST_STREAM, 0, 1, &code.to_be_bytes()))?;
                return Ok("reset".into());
            }
            (HEADERS, _) => return status(&payload),
            (RST_STREAM | GOAWAY, _) => return Ok("reset".into()),
            _ => {}
        }
    }
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("it is short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Reads a frame: kind, flags and payload; `None` at the end of the connection.
fn read_frame(stream: &mut impl Read) -> Result<Option<(u8, u8, Vec<u8>)>> {
    let mut head = [0; 9];
    if stream.read_exact(&mut head).is_err() {
        return Ok(None);
    }
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; usize::try_from(length)?];
    stream.read_exact(&mut payload)?;
    Ok(Some((head[3], head[4], payload)))
}

/// Encodes each field as a literal without indexing (RFC 7541, 6.2.2).
fn block(fields: &[(String, String)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            write_length(&mut block, text.len());
            block.extend(text.as_bytes());
        }
    }
    block
}

/// Writes an integer with a prefix of seven bits (RFC 7541, 5.1).
fn write_length(block: &mut Vec<u8>, length: usize) {
    if length < 127 {
        block.push(length as u8);
        return;
    }
    block.push(127);
    let mut rest = length - 127;
    while rest >= 128 {
        block.push((rest % 128 + 128) as u8);
        rest /= 128;
    }
    block.push(rest as u8);
}

/// Reads `:status`, which is the first field of an answer.
fn status(block: &[u8]) -> Result<String> {
    // Entries 8 to 14 of the static table (RFC 7541, appendix A); a literal may take its name from each.
    const INDEXED: [&str; 7] = ["200", "204", "206", "304", "400", "404", "500"];
    match block {
        [first @ 0x88..=0x8e, ..] => Ok(INDEXED[usize::from(first - 0x88)].into()),
        [0x48..=0x4e | 0x08..=0x0e | 0x18..=0x1e, 3, text @ ..] => {
            Ok(String::from_utf8_lossy(&text[..3]).into())
        }
        [0x48..=0x4e | 0x08..=0x0e | 0x18..=0x1e, 0x82 | 0x83, a, b, c, ..] => {
            digits(u32::from_be_bytes([*a, *b, *c, 0]))
        }
        _ => bail!("an answer without a status: {block:?}"),
    }
}

/// Reads three digits in the Huffman code (RFC 7541, appendix B): 0 to 2 have five bits, 3 to 9 six.
fn digits(mut rest: u32) -> Result<String> {
    let mut text = String::new();
    while text.len() < 3 {
        let (digit, length) = match rest >> 27 {
            digit @ 0..=2 => (digit, 5),
            _ => (((rest >> 26) + 3).saturating_sub(0b01_1001), 6),
        };
        text.push(char::from_digit(digit, 10).context("no digit")?);
        rest <<= length;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_status_is_read_in_each_of_its_forms() {
        assert_eq!(super::status(&[0x89]).expect("it is one"), "204");
        assert_eq!(super::status(b"\x08\x03401").expect("it is one"), "401");
        // 401 is 011010 00000 00001; 405 is 011010 00000 011011 and seven bits of padding.
        let huffman = [0x48, 0x82, 0b0110_1000, 0b0000_0001, 0];
        assert_eq!(super::status(&huffman).expect("it is one"), "401");
        let huffman = [0x48, 0x83, 0b0110_1000, 0b0000_1101, 0b1111_1111];
        assert_eq!(super::status(&huffman).expect("it is one"), "405");
        assert!(super::status(&[0x00]).is_err());
    }
}
