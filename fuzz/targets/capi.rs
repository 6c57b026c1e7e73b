//! Calls the C entry points in any order, with NULL or with pointers and lengths within one
//! allocation of exactly its size. A refused call writes nothing.
//!
//! Input: the number of bytes of choices (16 bits), the choices, the memory.
#![no_main]

use std::{
    ffi::{c_char, c_void},
    mem, ptr,
};

use hooksig::capi::*;
use libfuzzer_sys::fuzz_target;

/// Fills an output before a call.
const UNTOUCHED: u8 = 0xaa;

/// Selects the calls and their arguments; zeros once it is used up.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn number(&mut self) -> usize {
        usize::from(u16::from_le_bytes([self.byte(), self.byte()]))
    }

    fn clock(&mut self) -> i64 {
        match self.byte() {
            0 => HOOKSIG_NO_CLOCK,
            1 => i64::MAX,
            seconds => hooksig_fuzz::NOW - 2 + i64::from(seconds),
        }
    }
}

/// A caller and its handles; a handle may be zeroed, initialised, used up or wiped.
struct Caller<'a> {
    choices: Choices<'a>,
    memory: Box<[u8]>,
    out: Box<[u8]>,
    keys: [hooksig_key; 2],
    policy: hooksig_policy,
    pending: hooksig_pending_body,
    verified: hooksig_verified,
    guard: Box<[hooksig_replay_entry]>,
}

impl<'a> Caller<'a> {
    fn new(input: &'a [u8]) -> Self {
        let (len, rest) = input.split_at(2.min(input.len()));
        let len = Choices(len).number().min(rest.len());
        let (choices, memory) = rest.split_at(len);
        let mut choices = Choices(choices);
        let room = choices.byte();
        // SAFETY: each of these is plain memory that may be zero.
        unsafe {
            Self {
                memory: memory.into(),
                out: vec![UNTOUCHED; room.into()].into(),
                keys: mem::zeroed(),
                policy: mem::zeroed(),
                pending: mem::zeroed(),
                verified: mem::zeroed(),
                guard: (0..room % 8).map(|_| mem::zeroed()).collect(),
                choices,
            }
        }
    }

    /// Returns a pointer into the memory and at most the length after it, or NULL with any length.
    fn view(&mut self) -> (*const c_void, usize) {
        match self.choices.byte() {
            0 => (ptr::null(), 0),
            1 => (ptr::null(), self.choices.number()),
            2 => (self.memory.as_ptr().cast(), usize::MAX),
            _ => {
                let start = self.choices.number() % (self.memory.len() + 1);
                let len = self.choices.number() % (self.memory.len() - start + 1);
                (self.memory[start..].as_ptr().cast(), len)
            }
        }
    }

    fn text(&mut self) -> (*const c_char, usize) {
        let (pointer, len) = self.view();
        (pointer.cast(), len)
    }

    fn keys(&mut self) -> (*const hooksig_key, usize) {
        match self.choices.byte() {
            0 => (ptr::null(), 0),
            1 => (ptr::null(), 1),
            count => (self.keys.as_ptr(), usize::from(count) % 3),
        }
    }

    fn policy(&mut self) -> *const hooksig_policy {
        if self.choices.byte().is_multiple_of(2) { ptr::null() } else { &self.policy }
    }

    fn headers(&mut self) -> Vec<hooksig_header> {
        let count = self.choices.byte() % 8;
        (0..count)
            .map(|_| {
                let ((name, name_len), (value, value_len)) = (self.text(), self.text());
                hooksig_header { name, name_len, value, value_len }
            })
            .collect()
    }

    fn request(&mut self, headers: &[hooksig_header]) -> hooksig_request {
        let ((method, method_len), (target, target_len)) = (self.text(), self.text());
        let (headers, headers_len) = (headers.as_ptr(), headers.len());
        hooksig_request { method, method_len, target, target_len, headers, headers_len }
    }

    /// Lets `call` write to the output, and checks how far it wrote.
    fn fill(&mut self, call: impl FnOnce(*mut c_char, usize, *mut usize) -> hooksig_status) {
        self.out.fill(UNTOUCHED);
        let mut len = 0;
        let status = call(self.out.as_mut_ptr().cast(), self.out.len(), &mut len);
        let written = if is_ok(status) { len } else { 0 };
        assert!(self.out[written..].iter().all(|byte| *byte == UNTOUCHED));
    }

    /// Makes one call.
    fn call(&mut self) {
        // SAFETY: every pointer is NULL or valid for its length. Outputs are the caller's own and
        // overlap nothing.
        unsafe {
            match self.choices.byte() % 18 {
                0 => {
                    let (secret, len) = self.view();
                    let index = usize::from(self.choices.byte() % 2);
                    let _ = hooksig_key_init(&mut self.keys[index], secret, len);
                }
                1 => hooksig_key_wipe(&mut self.keys[1]),
                2 => {
                    let _ = hooksig_policy_init(&mut self.policy);
                }
                3 => self.set_policy(),
                4 => {
                    let headers = self.headers();
                    let (request, receiver) = (self.request(&headers), self.receiver());
                    let (body, len) = self.view();
                    let _ = hooksig_verify(&receiver, &request, body, len, &mut self.verified);
                }
                5 => {
                    let (receiver, (head, head_len)) = (self.receiver(), self.text());
                    let (body, len) = self.view();
                    let out = &mut self.verified;
                    let _ = hooksig_verify_head(&receiver, head, head_len, body, len, out);
                }
                6 => self.receive(),
                7 => {
                    let headers = self.headers();
                    let (request, receiver) = (self.request(&headers), self.receiver());
                    let status = hooksig_begin(&mut self.pending, &receiver, &request);
                    assert!(!is_ok(status));
                }
                8 => {
                    let (receiver, (head, len)) = (self.receiver(), self.text());
                    let status = hooksig_begin_head(&mut self.pending, &receiver, head, len);
                    assert!(!is_ok(status));
                }
                9 => {
                    let (chunk, len) = self.view();
                    let status = hooksig_pending_body_update(&mut self.pending, chunk, len);
                    assert!(!is_ok(status));
                }
                10 => {
                    let (pending, verified) = (&mut self.pending, &mut self.verified);
                    let _ = hooksig_pending_body_finish(pending, verified);
                }
                11 => self.read_delivery(),
                12 => self.sign(),
                13 => {
                    let headers = self.headers();
                    let request = self.request(&headers);
                    let (list, list_len) = self.text();
                    self.fill(|out, room, len| {
                        hooksig_signing_string(&request, list, list_len, out, room, len)
                    });
                }
                14 => {
                    let (body, body_len) = self.view();
                    self.fill(|out, room, len| {
                        hooksig_digest_field(body, body_len, out, room, len)
                    });
                }
                15 => {
                    let ((date, len), now) = (self.text(), self.choices.clock());
                    let mut unix = 0;
                    let _ = hooksig_date_parse(date, len, now, &mut unix);
                    self.fill(|out, room, len| hooksig_date_format(unix, out, room, len));
                }
                16 => {
                    let receiver = self.receiver();
                    let _ = hooksig_replay_claim(&receiver, &self.verified);
                }
                _ => {
                    let (received, len) = self.text();
                    let (mut head_len, mut body_len) = (0, 0);
                    let status = hooksig_head_body_len(received, len, &mut head_len, &mut body_len);
                    assert!(if is_ok(status) { head_len <= len } else { head_len == 0 });
                }
            }
        }
    }

    fn receiver(&mut self) -> hooksig_receiver {
        let (keys, keys_len) = self.keys();
        let (guard, guard_len) = match self.choices.byte() {
            0 => (ptr::null_mut(), 0),
            1 => (ptr::null_mut(), self.choices.number()),
            _ => (self.guard.as_mut_ptr(), self.guard.len()),
        };
        let (policy, now) = (self.policy(), self.choices.clock());
        let guard_max_skew = self.choices.byte().into();
        hooksig_receiver { keys, keys_len, policy, now, guard, guard_len, guard_max_skew }
    }

    fn set_policy(&mut self) {
        let (text, len) = self.text();
        let policy = &mut self.policy;
        let seconds = self.choices.byte();
        // SAFETY: as in `call`.
        let _ = unsafe {
            match self.choices.byte() % 5 {
                0 => hooksig_policy_set_max_skew(policy, seconds.into()),
                1 => hooksig_policy_require(policy, text, len),
                2 => hooksig_policy_expect_key_id(policy, text, len),
                3 => hooksig_policy_allow_missing_algorithm(policy, seconds.is_multiple_of(2)),
                _ => hooksig_policy_allow_hs2019(policy, seconds.is_multiple_of(2)),
            }
        };
    }

    /// Receives a delivery in one of the six ways.
    fn receive(&mut self) {
        let headers = self.headers();
        let (request, receiver) = (self.request(&headers), self.receiver());
        let ((head, head_len), (body, len)) = (self.text(), self.view());
        // SAFETY: plain memory that may be zero.
        let mut received: hooksig_received = unsafe { mem::zeroed() };
        let (pending, out) = (&mut self.pending, &mut received);
        // SAFETY: as in `call`.
        let status = unsafe {
            match self.choices.byte() % 6 {
                0 => hooksig_receive(&receiver, &request, body, len, out),
                1 => hooksig_receive_head(&receiver, head, head_len, body, len, out),
                2 => hooksig_pending_body_receive(pending, &receiver, &request, body, len, out),
                3 => hooksig_pending_body_receive_head(
                    pending, &receiver, head, head_len, body, len, out,
                ),
                4 => hooksig_pending_body_finish_delivery(
                    pending, &receiver, &request, body, len, out,
                ),
                _ => hooksig_pending_body_finish_delivery_head(
                    pending, &receiver, head, head_len, body, len, out,
                ),
            }
        };
        if is_ok(status) {
            assert_within(&received.delivery, len);
        }
    }

    fn read_delivery(&mut self) {
        let (body, len) = self.view();
        // SAFETY: plain memory that may be zero.
        let mut read: hooksig_delivery = unsafe { mem::zeroed() };
        // SAFETY: as in `call`.
        if is_ok(unsafe { hooksig_delivery_read(body, len, &mut read) }) {
            assert_within(&read, len);
        }
    }

    fn sign(&mut self) {
        let headers = self.headers();
        let request = self.request(&headers);
        let ((key_id, key_id_len), (list, list_len)) = (self.text(), self.text());
        let key: *const hooksig_key = &self.keys[0];
        // SAFETY: as in `call`.
        self.fill(|out, room, len| unsafe {
            hooksig_sign(key, key_id, key_id_len, &request, list, list_len, out, room, len)
        });
        // SAFETY: plain memory that may be zero.
        let mut signed: hooksig_delivery_headers = unsafe { mem::zeroed() };
        let ((body, len), now) = (self.view(), self.choices.clock());
        // SAFETY: as in `call`.
        let _ = unsafe { hooksig_delivery_sign(key, body, len, now, &mut signed) };
    }
}

fn assert_within(read: &hooksig_delivery, body_len: usize) {
    assert!(read.event_at + read.event_len <= body_len);
    assert!(read.action_at + read.action_len <= body_len);
}

fn is_ok(status: hooksig_status) -> bool {
    matches!(status, hooksig_status::Ok)
}

fuzz_target!(|input: &[u8]| {
    let mut caller = Caller::new(input);
    while !caller.choices.0.is_empty() {
        caller.call();
    }
});
