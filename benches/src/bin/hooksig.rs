//! hooksig through its Rust interface.

use std::hint::black_box;

use hooksig::{Clock, Key, Request, Verifier, drone};
use hooksig_bench::{
    contestant::{Call, Material, serve},
    operation::{Kind, Operation},
};

fn main() {
    serve("hooksig, Rust", |material, operation| Some(prepare(material, operation)));
}

fn prepare(material: &Material, operation: &Operation) -> Call {
    let secrets = material.secrets(operation);
    let keys: Vec<_> =
        secrets.iter().map(|secret| Key::new(secret).expect("it is not empty")).collect();
    let delivery = material.delivery(operation);
    let now = material.now;
    match operation.kind {
        Kind::Sign => Box::new(move || {
            let sent = drone::sign(black_box(&keys[0]), black_box(&delivery.body), now);
            black_box(&sent).is_ok()
        }),
        Kind::Head => Box::new(move || {
            let verifier = Verifier::new(&keys).expect("there is a key");
            let request = request(&delivery.headers);
            let pending = verifier.begin(&request, Clock::At(now));
            black_box(&pending).is_ok()
        }),
        Kind::Verify => Box::new(move || {
            let verifier = Verifier::new(&keys).expect("there is a key");
            let request = request(&delivery.headers);
            let verified = verifier.verify(&request, black_box(&delivery.body), Clock::At(now));
            black_box(&verified).is_ok()
        }),
    }
}

fn request(headers: &[(String, String)]) -> Request<'_, [(String, String)]> {
    Request::new("POST", "/hooks/drone?src=ci", black_box(headers))
}
