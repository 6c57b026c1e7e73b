//! Every signed request verifies.
#![no_main]

use arbitrary::Arbitrary;
use hooksig::{Clock, Key, Request, Signer, Verifier, date, digest, signature_len};
use hooksig_fuzz::Fields;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Input {
    secret: Vec<u8>,
    key_id: Vec<u8>,
    method: Vec<u8>,
    target: Vec<u8>,
    fields: Fields,
    /// Selects the fields to cover.
    covered: Vec<u8>,
    target_covered: bool,
    body: Vec<u8>,
    now: i64,
}

impl Input {
    /// Returns the fields besides those of a signed delivery.
    fn others(&self) -> Fields {
        const SIGNED: [&str; 4] = ["date", "digest", "signature", "authorization"];
        let is_signed =
            |name: &[u8]| SIGNED.iter().any(|s| name.eq_ignore_ascii_case(s.as_bytes()));
        self.fields.iter().filter(|(name, _)| !is_signed(name)).cloned().collect()
    }

    fn names(&self, others: &Fields) -> Vec<Vec<u8>> {
        let covered = self.covered.iter().filter_map(|index| others.get(usize::from(*index)));
        let mut names: Vec<_> = covered.map(|(name, _)| name.clone()).collect();
        names.extend([b"date".to_vec(), b"digest".to_vec()]);
        names.extend(self.target_covered.then(|| b"(request-target)".to_vec()));
        names
    }
}

fuzz_target!(|input: Input| {
    let (Ok(key), Ok(date)) = (Key::new(&input.secret), date::format(input.now)) else { return };
    let Ok(signer) = Signer::new(&key, &input.key_id) else { return };
    let mut fields = input.others();
    let names = input.names(&fields);
    fields.push((b"Date".into(), date.as_bytes().into()));
    fields.push((b"Digest".into(), digest::field(&input.body).as_bytes().into()));
    let mut out = vec![0; signature_len(&input.key_id, names.as_slice())];
    let request = Request::new(&input.method, &input.target, fields.as_slice());
    let Ok(signature) = signer.sign(&request, names.as_slice(), &mut out) else { return };
    assert_eq!(signature.len(), signature_len(&input.key_id, names.as_slice()));
    let signature = signature.to_vec();
    fields.push((b"Signature".into(), signature));
    let keys = [key];
    let request = Request::new(&input.method, &input.target, fields.as_slice());
    let verifier = Verifier::new(&keys).expect("there is a key");
    let verified = verifier.verify(&request, &input.body, Clock::At(input.now));
    let verified = verified.expect("it was signed");
    assert!(verified.key_id().is(&input.key_id));
    assert!(names.iter().all(|name| verified.covered().contains(name)));
});
