//! The four ways to drop low bits, each defined for negative values.
//!
//! `shift_right(value, k)` approximates `value / 2^k`. Source: `docs/arithmetic.md`, "Operations".
//! Promises: exact on `i64` for `k <= 62`; `k = 0` is the identity in every mode; no division.

use serde::{Deserialize, Serialize};

/// How the bits below the kept ones are dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rounding {
    /// Arithmetic shift: toward minus infinity.
    Floor,
    /// Magnitude shifted, sign kept: -1 becomes 0, so decays reach zero.
    TowardZero,
    /// Add half a unit, then floor: ties go up (-0.5 becomes 0, 0.5 becomes 1).
    Nearest,
    /// Add `k` uniform bits, then floor. Zero plus dither is zero, so a zero product writes nothing.
    Stochastic,
}

/// Floor: arithmetic shift right.
#[inline(always)]
#[must_use]
pub const fn floor(value: i64, k: u32) -> i64 {
    value >> k
}

/// Toward zero: the magnitude is shifted, the sign is kept.
#[inline(always)]
#[must_use]
pub const fn toward_zero(value: i64, k: u32) -> i64 {
    let magnitude = (value.unsigned_abs() >> k) as i64;
    if value < 0 { -magnitude } else { magnitude }
}

/// Nearest, ties up: floor of `value + 2^(k-1)`.
#[inline(always)]
#[must_use]
pub const fn nearest(value: i64, k: u32) -> i64 {
    if k == 0 { value } else { (value + (1 << (k - 1))) >> k }
}

/// Stochastic: floor of `value + dither`, `dither` in `0..2^k`.
#[inline(always)]
#[must_use]
pub const fn stochastic(value: i64, k: u32, dither: u32) -> i64 {
    (value + dither as i64) >> k
}

impl Rounding {
    /// Drops `k` bits of `value`; `dither` is read only by [`Rounding::Stochastic`].
    #[inline(always)]
    #[must_use]
    pub const fn shift_right(self, value: i64, k: u32, dither: u32) -> i64 {
        match self {
            Self::Floor => floor(value, k),
            Self::TowardZero => toward_zero(value, k),
            Self::Nearest => nearest(value, k),
            Self::Stochastic => stochastic(value, k, dither),
        }
    }
}

/// Shifts left for a positive exponent, right with floor for a negative one.
#[inline(always)]
#[must_use]
pub const fn scale(value: i64, exponent: i8) -> i64 {
    if exponent >= 0 { value << exponent } else { value >> (-exponent) }
}
