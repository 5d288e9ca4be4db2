//! Random words of one sample of a generated data set.
//!
//! Word `n` of sample `s` is `word(row_key(seed, set, stream, s), n)` of `synfire_core::dither` with `Purpose::Data`;
//! `set` names the generator. (`split` uses the sets 0 and the epochs with streams 0..=2; the streams here start at 16,
//! so no two share a word.)
//!
//! Promises: a sample does not depend on how many others there are. No float.

use synfire_core::dither::{self, Purpose, row_key, word};

/// First stream that is none of `split`'s.
const FIRST_STREAM: u32 = 16;

/// A generator of samples; the number enters the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Set {
    /// `yin_yang`.
    YinYang = 0,
    /// `evidence`.
    Evidence = 1,
    /// `randman`, the manifolds.
    Manifolds = 2,
    /// `randman`, places on them.
    Places = 3,
}

/// The words of one sample, in order.
#[derive(Clone, Debug)]
pub struct Words {
    row: u32,
    next: u32,
}

impl Words {
    /// The words of sample `sample`.
    #[must_use]
    pub fn new(seed: u32, set: Set, sample: u32) -> Self {
        Self { row: row_key(Purpose::Data.seed(seed), 0, FIRST_STREAM + set as u32, sample), next: 0 }
    }

    /// The next word.
    pub fn word(&mut self) -> u32 {
        self.next += 1;
        word(self.row, self.next - 1)
    }

    /// An integer of `low..=high`.
    pub fn uniform(&mut self, low: i32, high: i32) -> i32 {
        dither::uniform(self.word(), low, high)
    }

    /// Whether something of probability `per_mille / 1000` happens.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        u64::from(self.word()) * 1000 < u64::from(per_mille) << 32
    }
}
