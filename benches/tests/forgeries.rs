//! Sends forged deliveries to the peers not written in Go, for the README's table. `go/interop`
//! does so for those in Go.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::SystemTime,
};

use bytes::Bytes;
use hooksig::{Key, Request, Signer};
use hooksig_bench::delivery::{Delivery, SECRETS, write_all};
use http_body_util::Full;
use httpsig_hyper::{MessageSignatureReqSync, prelude::SharedKey};

const BODY: &[u8] = br#"{"event":"build","action":"created"}"#;
const OTHER_BODY: &[u8] = br#"{"event":"build","action":"deleted"}"#;

/// Returns the rows of the table, each with a delivery.
fn deliveries(secret: &str, now: i64) -> Vec<(&'static str, Delivery)> {
    let genuine = Delivery::signed(secret, BODY.to_vec(), now);
    let field = genuine.header("Signature").to_owned();
    let signature = |text: &str| genuine.clone().with_header("Signature", text);
    vec![
        ("genuine", genuine.clone()),
        ("another body", Delivery { body: OTHER_BODY.to_vec(), ..genuine.clone() }),
        // All contestants allow an hour.
        ("sent an hour ago", Delivery::signed(secret, BODY.to_vec(), now - 3600 - 60)),
        ("another event in `X-Drone-Event`", genuine.clone().with_header("X-Drone-Event", "user")),
        ("junk between parameters", signature(&field.replace(",algorithm", " junk; algorithm"))),
        ("a parameter twice", signature(&field.replace("keyId=", "keyId=\"x\",keyId="))),
        ("body not covered by the signature", signature(&signature_of_date(secret, &genuine))),
    ]
}

/// Returns a signature that covers only the date.
fn signature_of_date(secret: &str, delivery: &Delivery) -> String {
    let key = Key::new(secret).expect("the secret is not empty");
    let signer = Signer::new(&key, "hmac-key").expect("the keyId can be sent");
    let headers = delivery.headers.as_slice();
    let mut room = [0; 256];
    let signature = signer.sign(&Request::from_headers(headers), &["date"], &mut room);
    String::from_utf8(signature.expect("the date is there").to_vec()).expect("it is text")
}

/// Asks a contestant the same question twice.
fn ask(program: &Path, folder: &Path, now: i64, name: &str) -> [String; 2] {
    let mut contestant = Command::new(program)
        .args([folder.as_os_str(), now.to_string().as_ref()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the contestant is built");
    let question = format!("verify {name} 1 1\n").repeat(2);
    let mut questions = contestant.stdin.take().expect("it is piped");
    questions.write_all(question.as_bytes()).expect("the question can be asked");
    drop(questions);
    let answers = BufReader::new(contestant.stdout.take().expect("it is piped")).lines().skip(1);
    let words =
        answers.map(|line| line.expect("an answer").split(' ').next().unwrap_or("").to_owned());
    let words: Vec<_> = words.collect();
    contestant.wait().expect("it ends");
    words.try_into().expect("two answers")
}

/// The README's table.
struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read() -> Self {
        let readme = include_str!("../../README.md");
        let section = readme.split("\n## ").find(|text| text.starts_with("Comparison"));
        let lines =
            section.expect("the README has it").lines().filter(|line| line.starts_with('|'));
        let cells = |line: &str| {
            line.trim_matches('|')
                .split('|')
                .map(|cell| {
                    cell.split('[').next().unwrap_or("").trim_matches([' ', '*']).to_owned()
                })
                .collect()
        };
        Self { rows: lines.map(cells).collect() }
    }

    fn cell(&self, row: &str, column: &str) -> &str {
        let column = self.rows[0]
            .iter()
            .position(|cell| cell.contains(column))
            .expect("the column is there");
        let row = self.rows.iter().find(|cells| cells[0] == row).expect("the row is there");
        &row[column]
    }
}

#[test]
fn the_readme_says_what_peers_do() {
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("it is later").as_secs() as i64;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("forgeries");
    write_all(&folder, now).expect("the folder can be written");
    let secret = SECRETS[SECRETS.len() - 1];
    fs::write(folder.join("secrets"), format!("{secret}\n")).expect("the secret can be written");

    let table = Table::read();
    let http_sig = Path::new(env!("CARGO_BIN_EXE_http-sig"));
    let openssl = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench/release/openssl");
    assert!(openssl.exists(), "make bench-programs builds {}", openssl.display());
    for (column, program) in [("http-sig", http_sig), ("by hand", &openssl)] {
        for (index, (row, delivery)) in deliveries(secret, now).into_iter().enumerate() {
            let name = format!("forgery-{index}");
            delivery.write(&folder.join(&name).with_extension("http")).expect("it can be written");
            let [first, second] = ask(program, &folder, now, &name);
            assert_eq!(first, table.cell(row, column), "{row}, {column}");
            if first == "accepted" {
                assert_eq!(second, table.cell("sent twice", column), "twice: {row}, {column}");
            }
        }
    }
}

/// The crate `httpsig` supports only RFC 9421.
#[test]
fn httpsig_does_not_read_what_drone_sends() {
    let secret = SECRETS[0];
    let delivery = Delivery::signed(secret, BODY.to_vec(), 1_795_419_691);
    let body = Full::new(Bytes::from_static(BODY));
    let mut request = http::Request::post("/hooks/drone").body(body).expect("a request");
    for (name, value) in &delivery.headers {
        let name = name.parse::<http::HeaderName>().expect("a field name");
        request.headers_mut().insert(name, value.parse().expect("a field value"));
    }
    let key = SharedKey::HmacSha256(secret.as_bytes().to_vec());
    assert!(request.verify_message_signature_sync(&key, None).is_err());
}
