//! Writes the seeds of the targets from the recorded deliveries and the shared cases: `cargo run
//! --example seeds -- FOLDER` fills FOLDER/TARGET for each target.

use std::{collections::BTreeSet, fs, io, path::Path};

use hooksig_fuzz::{NOW, SECRET, delivery, split};
use hooksig_vectors::{Case, VerifyCase, cases, deliveries};

/// Seeds larger than this teach a fuzzer nothing.
const LIMIT: usize = 4096;

fn main() -> io::Result<()> {
    let folder = std::env::args().nth(1).expect("usage: seeds FOLDER");
    let folder = Path::new(&folder);
    let cases = verify_cases();
    write(folder, "params", values(&cases, b"signature"))?;
    write(folder, "digest", values(&cases, b"digest"))?;
    let dates = values(&cases, b"date").into_iter();
    write(folder, "date", dates.map(|date| [&NOW.to_le_bytes(), date.as_slice()].concat()))?;
    let requests: Vec<_> = raw_requests(&cases).collect();
    write(folder, "head", requests.iter().map(|request| split(request).0.to_vec()))?;
    write(folder, "delivery", requests.iter().map(|request| split(request).1.to_vec()))?;
    for target in ["flip_one_bit", "split_anywhere", "sign_many", "sign_then_verify"] {
        write(folder, target, requests.iter().map(|request| split(request).1.to_vec()))?;
    }
    write(folder, "verify", requests)?;
    write(folder, "capi", [c_calls()])
}

fn write(folder: &Path, target: &str, seeds: impl IntoIterator<Item = Vec<u8>>) -> io::Result<()> {
    let folder = folder.join(target);
    fs::create_dir_all(&folder)?;
    let seeds: BTreeSet<_> = seeds.into_iter().filter(|seed| seed.len() <= LIMIT).collect();
    for (index, seed) in seeds.into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{index:03}")), seed)?;
    }
    Ok(())
}

fn verify_cases() -> Vec<VerifyCase> {
    let cases = cases("verify").into_iter();
    cases
        .filter_map(|case| match case {
            Case::Verify(case) => Some(case),
            Case::Sign(_) | Case::Date(_) => None,
        })
        .collect()
}

/// Returns the values of all fields of this name.
fn values(cases: &[VerifyCase], name: &[u8]) -> Vec<Vec<u8>> {
    let fields = cases.iter().flat_map(|case| &case.head.headers);
    let named = fields.filter(|(found, _)| found.0.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.0.clone()).collect()
}

/// Returns deliveries as recorded, and cases as they would look on the wire.
fn raw_requests(cases: &[VerifyCase]) -> impl Iterator<Item = Vec<u8>> {
    let recorded = deliveries().into_iter().map(|(_, request)| request);
    recorded.chain(cases.iter().map(|case| {
        let (method, target) = (&case.head.method.0, &case.head.target.0);
        let mut request = [method.as_slice(), b" ", target, b" HTTP/1.1\r\n"].concat();
        for (name, value) in &case.head.headers {
            request.extend([name.0.as_slice(), b": ", &value.0, b"\r\n"].concat());
        }
        request.extend(b"\r\n");
        request.extend(&case.body);
        request
    }))
}

/// Makes a key and a policy, verifies a delivery in all ways, and signs.
fn c_calls() -> Vec<u8> {
    let body = b"{\"event\":\"user\",\"action\":\"created\"}";
    let mut memory = SECRET.to_vec();
    let mut place = |text: &[u8]| {
        let at = memory.len();
        memory.extend(text);
        view(at, text.len())
    };
    let (body_view, names) = (place(body), [place(b"Date"), place(b"Digest"), place(b"Signature")]);
    let fields = delivery(body);
    let [date, digest, signature] =
        [&fields[0].1, &fields[1].1, &fields[2].1].map(|value| place(value));
    let mut head = b"POST / HTTP/1.1\r\n".to_vec();
    for (name, value) in &fields {
        head.extend([name.as_slice(), b": ", value, b"\r\n"].concat());
    }
    head.extend(b"\r\n");
    let (head, list, key_id) = (place(&head), place(b"date digest"), place(b"hmac-key"));
    // The target reduces a length modulo the size of the memory plus one, so these stay unchanged.
    let null = vec![0];
    let headers = [&[3], names[0].as_slice(), &date, &names[1], &digest, &names[2], &signature];
    let request = [headers.concat(), null.clone(), null.clone()].concat();
    let receiver = vec![4, 1, 2];
    let receiver_of_one = vec![7, 0, 2];
    let calls = [
        [vec![255, 0], view(0, SECRET.len()), vec![0]].concat(),
        [vec![0], view(0, SECRET.len()), vec![1]].concat(),
        vec![2],
        [vec![4], request.clone(), receiver_of_one, body_view.clone()].concat(),
        [vec![5], receiver.clone(), head.clone(), body_view.clone()].concat(),
        vec![16, 2],
        [vec![6], receiver.clone(), signature, date.clone(), digest, body_view.clone()].concat(),
        [vec![7], request.clone(), receiver.clone()].concat(),
        [vec![9], body_view.clone()].concat(),
        vec![10],
        [vec![8], receiver, head].concat(),
        [vec![11], body_view.clone(), null].concat(),
        [vec![12], request.clone(), key_id, list.clone(), body_view.clone(), vec![2]].concat(),
        [vec![13], request, list].concat(),
        [vec![14], body_view].concat(),
        [vec![15], date, vec![2]].concat(),
    ]
    .concat();
    let len = u16::try_from(calls.len()).expect("the calls are few");
    [&len.to_le_bytes(), calls.as_slice(), &memory].concat()
}

/// Returns the choices that make a view of the memory.
fn view(at: usize, len: usize) -> Vec<u8> {
    let number = |number: usize| u16::try_from(number).expect("the memory is small").to_le_bytes();
    [&[3], number(at).as_slice(), &number(len)].concat()
}
