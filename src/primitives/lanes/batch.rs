//! The MACs of many messages, each over the hash of a body.

use core::ops::Range;

use super::{Block, State, compress};
use crate::{
    bytes::in_bounds,
    primitives::{
        Hash,
        compress::{self as alone, BLOCK_LEN},
        stream::{HmacKey, INITIAL, MAC_INPUT_LEN, bytes_of, pad},
    },
};

/// The number of streams that are hashed at once.
const LANES: usize = 3;

/// Hashes each body, turns the hash and the body's value into a string with `string`, and passes the
/// index of the body, the string and its MAC to `done`.
///
/// A lane whose message has ended takes the next body, so bodies may have any lengths.
pub(crate) fn mac_many<'b, T: Copy, const S: usize>(
    key: &HmacKey,
    bodies: impl Iterator<Item = (&'b [u8], T)>,
    mut string: impl FnMut(T, &Hash) -> [u8; S],
    mut done: impl FnMut(usize, &[u8; S], &Hash),
) {
    let mut bodies = bodies.enumerate();
    let mut states = [INITIAL; LANES];
    let mut lanes = heapless::Vec::<Lane<'b, T, S>, LANES>::new();
    for (index, (body, value)) in bodies.by_ref().take(LANES) {
        let _ = lanes.push(Lane::new(index, body, value));
    }
    while !lanes.is_empty() {
        compress_all(&mut states, &mut lanes);
        for at in (0..lanes.len()).rev() {
            let (Some(lane), Some(state)) = (lanes.get_mut(at), states.get_mut(at)) else { break };
            if !lane.is_at_end() {
                continue;
            }
            let hash = bytes_of(state);
            match lane.stage {
                Stage::Body => *state = lane.start_inner(key, string(lane.value, &hash)),
                Stage::Inner => *state = lane.start_outer(key, &hash),
                Stage::Outer => {
                    done(lane.index, &lane.string, &hash);
                    if let Some((index, (body, value))) = bodies.next() {
                        (*lane, *state) = (Lane::new(index, body, value), INITIAL);
                    } else {
                        remove(&mut states, &mut lanes, at);
                    }
                }
            }
        }
    }
}

/// Removes the lane at `at`, and moves the last one there.
fn remove<T>(states: &mut [State; LANES], lanes: &mut heapless::Vec<T, LANES>, at: usize) {
    let last = lanes.pop();
    let last_state = states.get(lanes.len()).copied();
    let moved = last.zip(last_state).zip(lanes.get_mut(at).zip(states.get_mut(at)));
    if let Some(((last, last_state), (lane, state))) = moved {
        (*lane, *state) = (last, last_state);
    }
}

/// Compresses the next blocks of every lane, as many as the shortest run has.
fn compress_all<T, const S: usize>(states: &mut [State; LANES], lanes: &mut [Lane<'_, T, S>]) {
    let count = match (&mut *states, &*lanes) {
        (states, [a, b, c]) => compress(states, [a.run(), b.run(), c.run()]),
        ([one, other, _], [a, b]) => {
            let mut pair = [*one, *other];
            let count = compress(&mut pair, [a.run(), b.run()]);
            [*one, *other] = pair;
            count
        }
        ([state, ..], [lane]) => {
            alone::compress(state, lane.run());
            lane.run().len()
        }
        _ => 0,
    };
    lanes.iter_mut().for_each(|lane| lane.skip(count));
}

/// A message of one lane, and its progress.
struct Lane<'b, T, const S: usize> {
    index: usize,
    value: T,
    stage: Stage,
    /// The whole blocks of the body that are not compressed yet.
    blocks: &'b [Block],
    /// Begins with the last blocks of the hash.
    end: [Block; 2],
    /// The blocks of `end` that are not compressed yet.
    end_left: Range<usize>,
    string: [u8; S],
}

/// The hash that a lane computes.
enum Stage {
    Body,
    Inner,
    Outer,
}

impl<'b, T, const S: usize> Lane<'b, T, S> {
    fn new(index: usize, body: &'b [u8], value: T) -> Self {
        let (blocks, tail) = body.as_chunks();
        let mut end = [[0; BLOCK_LEN]; 2];
        let end_left = 0..pad(&mut end, tail, body.len()).len();
        Self { index, value, stage: Stage::Body, blocks, end, end_left, string: [0; S] }
    }

    /// Starts the inner hash of the MAC. Returns its state.
    fn start_inner(&mut self, key: &HmacKey, string: [u8; S]) -> State {
        self.stage = Stage::Inner;
        self.string = string;
        self.end(&string, S.wrapping_add(BLOCK_LEN));
        *key.inner()
    }

    /// Starts the outer hash of the MAC. Returns its state.
    fn start_outer(&mut self, key: &HmacKey, inner: &Hash) -> State {
        self.stage = Stage::Outer;
        self.end(inner, MAC_INPUT_LEN);
        *key.outer()
    }

    fn end(&mut self, tail: &[u8], len: usize) {
        self.end = [[0; BLOCK_LEN]; 2];
        self.end_left = 0..pad(&mut self.end, tail, len).len();
    }

    /// Returns the blocks that can be compressed at once.
    fn run(&self) -> &[Block] {
        match self.blocks {
            [] => in_bounds(self.end.get(self.end_left.clone())),
            blocks => blocks,
        }
    }

    /// Removes the first `count` blocks of the run.
    fn skip(&mut self, count: usize) {
        match self.blocks {
            [] => self.end_left.start = self.end_left.start.wrapping_add(count),
            blocks => self.blocks = in_bounds(blocks.get(count..)),
        }
    }

    fn is_at_end(&self) -> bool {
        self.run().is_empty()
    }
}
