//! Randomness as a function of logical names: a counter-based hash, no stream and no place.
//!
//! `row = mix(mix(mix(mix(seed) ^ step) ^ projection) ^ pre)`, once a row;
//! `word = mix(row + post * 0x9E3779B9)`, one adder a slot; `dither(k) = word >> (32 - k)`, `k <= 31`.
//! All words `u32`, wrapping. Source: `docs/arithmetic.md`, "Dither"; `mix` is the six-shift integer hash
//! published by Bob Jenkins (adds, shifts and xors, no multiplier).
//!
//! Promises: the same names give the same word whatever the core, the axon slot, the lane or the thread.
//! `step` enters with its low 32 bits.

/// What a random word is for. Enters the seed, so that no two purposes share a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Purpose {
    /// Rounding of weight updates. Zero, so that the published words of a seed are dither words.
    Dither = 0,
    /// Random feedback matrices B.
    Feedback = 1,
    /// Random readout matrices G of a learning group.
    GroupReadout = 2,
    /// Generated initial weights.
    Weights = 3,
    /// Generated connectivity.
    Connectivity = 4,
    /// Membrane noise.
    Noise = 5,
    /// Generated stimuli.
    Stimulus = 6,
    /// Splits and shuffles of a data set.
    Data = 7,
}

impl Purpose {
    /// The seed of this purpose: `seed ^ purpose * 0x85EBCA6B`.
    #[must_use]
    pub const fn seed(self, seed: u32) -> u32 {
        seed ^ (self as u32).wrapping_mul(0x85EB_CA6B)
    }
}

/// Odd constant that spreads postsynaptic indices: 2^32 divided by the golden ratio.
pub const POST_STRIDE: u32 = 0x9E37_79B9;

/// Six-shift integer hash of one word.
#[inline(always)]
#[must_use]
pub const fn mix(a: u32) -> u32 {
    let a = a.wrapping_add(0x7ed5_5d16).wrapping_add(a << 12);
    let a = (a ^ 0xc761_c23c) ^ (a >> 19);
    let a = a.wrapping_add(0x1656_67b1).wrapping_add(a << 5);
    let a = a.wrapping_add(0xd3a2_646c) ^ (a << 9);
    let a = a.wrapping_add(0xfd70_46c5).wrapping_add(a << 3);
    (a ^ 0xb55a_4f09) ^ (a >> 16)
}

/// Key of one synapse row in one step. `seed` has been through [`Purpose::seed`].
#[inline]
#[must_use]
pub const fn row_key(seed: u32, step: u64, projection: u32, pre: u32) -> u32 {
    mix(mix(mix(mix(seed) ^ step as u32) ^ projection) ^ pre)
}

/// The random word of one slot of a row.
#[inline(always)]
#[must_use]
pub const fn word(row: u32, post: u32) -> u32 {
    mix(row.wrapping_add(post.wrapping_mul(POST_STRIDE)))
}

/// `k` uniform bits: the top of the word; zero for `k = 0`.
#[inline(always)]
#[must_use]
pub const fn dither(word: u32, k: u32) -> u32 {
    if k == 0 { 0 } else { word >> (32 - k) }
}

/// Integer uniform in `low..=high`, by the high half of a 32 x 32 product (no modulo, no float).
/// Bias below `(high - low + 1) / 2^32`.
#[must_use]
pub const fn uniform(word: u32, low: i32, high: i32) -> i32 {
    let span = (high as i64 - low as i64 + 1) as u64;
    (low as i64 + ((word as u64 * span) >> 32) as i64) as i32
}
