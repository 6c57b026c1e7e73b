//! Randomness that is the same in every run.

/// The generator SplitMix64.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    /// Returns true once in `times`.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Returns one of `texts` as bytes.
    pub(crate) fn text(&mut self, texts: &[&str]) -> Vec<u8> {
        self.pick(texts).into()
    }

    /// Returns an byte, most often one that a rule mentions.
    pub(crate) fn byte(&mut self) -> u8 {
        match self.below(8) {
            0 => self.next() as u8,
            1 => self.pick(b"\0\r\n\x01\x1f\x7f\x0b"),
            2 => self.pick(b"\x80\xa0\xe9\xff"),
            3 => self.pick(b" \t"),
            4 => self.pick(b"\"\\=,"),
            5 => self.pick(b"()/:;@-_+~"),
            6 => b'a' + self.below(26) as u8,
            _ => self.pick(b"ABZ019"),
        }
    }

    /// Returns SP and HTAB, often none.
    pub(crate) fn white_space(&mut self) -> Vec<u8> {
        self.text(&["", "", "", " ", "\t", "  ", " \t "])
    }

    /// Inserts, removes or changes an byte.
    pub(crate) fn spoil(&mut self, text: &mut Vec<u8>) {
        let at = self.below(text.len() + 1);
        let byte = self.byte();
        let end = (at + self.below(2)).min(text.len());
        let new = if self.one_in(4) { vec![] } else { vec![byte] };
        text.splice(at..end, new);
    }

    /// Changes the case of letters in `text` at random.
    pub(crate) fn change_case(&mut self, text: &mut [u8]) {
        for byte in text {
            *byte =
                if self.one_in(2) { byte.to_ascii_uppercase() } else { byte.to_ascii_lowercase() };
        }
    }
}
