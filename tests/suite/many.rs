//! Many deliveries signed at once: the same headers as one by one.

use hooksig::{
    Key,
    drone::{self, Outgoing},
};
use proptest::{collection::vec, prelude::*};

use crate::common::{NOW, SECRET, key};

/// Asserts that the bodies are signed as one by one, each at another time.
fn signs_as_one_by_one(key: &Key, bodies: &[&[u8]]) {
    let deliveries: Vec<_> =
        bodies.iter().zip(NOW..).map(|(body, now)| Outgoing { body, now }).collect();
    let mut signed = vec![None; bodies.len()];
    drone::sign_many(key, &deliveries, &mut signed).expect("the times can be written");
    for (delivery, signed) in deliveries.iter().zip(&signed) {
        let one = drone::sign(key, delivery.body, delivery.now).expect("the time can be written");
        let many = signed.as_ref().expect("every delivery is signed");
        let headers = [(many.date(), one.date()), (many.digest(), one.digest())];
        assert!(headers.iter().all(|(many, one)| many == one), "{headers:?}");
        assert_eq!(many.signature(), one.signature());
    }
}

#[test]
fn bodies_of_every_length_around_the_edges_of_blocks_are_signed_as_one_by_one() {
    let text: Vec<u8> = (0..=u8::MAX).cycle().take(400).collect();
    let edges = [0, 1, 55, 56, 63, 64, 65, 119, 120, 127, 128, 129, 192, 400];
    let key = key(SECRET);
    for first in edges {
        for second in edges {
            let bodies = [first, second, 64, second, first].map(|len| &text[..len]);
            (0..=bodies.len()).for_each(|count| signs_as_one_by_one(&key, &bodies[..count]));
        }
    }
}

proptest! {
    #[test]
    fn bodies_of_any_lengths_are_signed_as_one_by_one(
        bodies in vec(vec(any::<u8>(), 0..700), 0..24),
        secret in vec(1..=u8::MAX, 1..100),
    ) {
        let bodies: Vec<_> = bodies.iter().map(Vec::as_slice).collect();
        signs_as_one_by_one(&Key::new(&secret).expect("the secret is not empty"), &bodies);
    }
}
