//! The operations of `docs/arithmetic.md`, sections 2 and 10, on `i64`.
//!
//! Promises: every function is one line of the document; division of Rust (toward zero) and Euclidean division
//! (toward minus infinity) stand where the document shifts, so that a shift cannot be wrong twice.
//! Absent on purpose: speed, and any other module's code.

use synfire_core::format::{Format, Overflow};

/// Purposes of section 10.2 that reach a register while a chip runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Rounding of weight updates.
    Dither,
    /// Matrices B.
    Feedback,
    /// Matrices G.
    Group,
    /// Membrane noise.
    Noise,
}

/// `2^k`.
#[must_use]
pub fn power(k: impl Into<u32>) -> i64 {
    1i64 << k.into()
}

/// Drops `k` bits toward minus infinity.
#[must_use]
pub fn floor(value: i64, k: u32) -> i64 {
    value.div_euclid(power(k))
}

/// Drops `k` bits toward zero.
#[must_use]
pub fn toward_zero(value: i64, k: u32) -> i64 {
    value / power(k)
}

/// D1: the decayed register.
#[must_use]
pub fn decay(value: i64, factor: i64, fraction: u8) -> i64 {
    value * factor / power(fraction)
}

/// Section 2.3.
#[must_use]
pub fn scale(value: i64, exponent: i8) -> i64 {
    if exponent < 0 {
        floor(value, u32::from(exponent.unsigned_abs()))
    } else {
        value * power(exponent as u8)
    }
}

/// Section 2.4: what a state register of `width` bits holds after `sum` was written to it.
#[must_use]
pub fn overflow(rule: Overflow, width: u8, sum: i64) -> i64 {
    let half = power(width - 1);
    let sum = match rule {
        // Lava's lanes have 32 bits.
        Overflow::WrapLava => (sum + power(31u32)).rem_euclid(power(32u32)) - power(31u32),
        Overflow::Saturate | Overflow::Wrap => sum,
    };
    match rule {
        Overflow::Saturate => sum.max(-(half - 1)).min(half - 1),
        Overflow::Wrap => (sum + half).rem_euclid(2 * half) - half,
        Overflow::WrapLava if sum > half => sum - 2 * half,
        Overflow::WrapLava if sum <= -half => sum + 2 * half,
        Overflow::WrapLava => sum,
    }
}

/// Saturation of a register of the learning engine.
#[must_use]
pub fn saturate(format: Format, value: i64) -> i64 {
    if format.signed { signed(format.width, value) } else { unsigned(format.width, value) }
}

/// Saturation to `width` bits, symmetric.
#[must_use]
pub fn signed(width: u8, value: i64) -> i64 {
    let most = power(width - 1) - 1;
    value.max(-most).min(most)
}

/// Saturation to `width` bits without sign.
#[must_use]
pub fn unsigned(width: u8, value: i64) -> i64 {
    value.max(0).min(power(width) - 1)
}

/// The hash of section 10.1, all sums modulo 2^32.
#[must_use]
pub fn mix(a: u32) -> u32 {
    let shl = |a: u32, k: u32| a.wrapping_mul(2u32.pow(k));
    let a = a.wrapping_add(0x7ed5_5d16).wrapping_add(shl(a, 12));
    let a = (a ^ 0xc761_c23c) ^ (a >> 19);
    let a = a.wrapping_add(0x1656_67b1).wrapping_add(shl(a, 5));
    let a = a.wrapping_add(0xd3a2_646c) ^ shl(a, 9);
    let a = a.wrapping_add(0xfd70_46c5).wrapping_add(shl(a, 3));
    (a ^ 0xb55a_4f09) ^ (a >> 16)
}

/// The random word of (seed, purpose, step, projection, presynaptic index, postsynaptic index).
#[must_use]
pub fn word(seed: u32, draw: Draw, step: u64, projection: usize, pre: u32, post: u32) -> u32 {
    let number: u32 = match draw {
        Draw::Dither => 0,
        Draw::Feedback => 1,
        Draw::Group => 2,
        Draw::Noise => 5,
    };
    let seed = seed ^ number.wrapping_mul(0x85eb_ca6b);
    let step = (step % (1 << 32)) as u32;
    let row = mix(mix(mix(mix(seed) ^ step) ^ projection as u32) ^ pre);
    mix(row.wrapping_add(post.wrapping_mul(0x9e37_79b9)))
}

/// `dither(k)`: the top `k` bits of a word.
#[must_use]
pub fn dither(word: u32, k: u32) -> i64 {
    floor(i64::from(word), 32 - k)
}

/// An integer of `low..=high`.
#[must_use]
pub fn uniform(word: u32, low: i64, high: i64) -> i64 {
    low + floor(i64::from(word) * (high - low + 1), 32)
}
