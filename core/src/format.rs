//! Run-time number formats: width, fraction, signedness, and what happens past the end.
//!
//! A register of format `s24.15` holds a *lane*: an `i32` whose real value is `lane * 2^-15`. Signed
//! formats are symmetric: the most negative value is `-(2^(width-1) - 1)`.
//! Source: `docs/arithmetic.md`, "Words".
//!
//! Promises: [`Overflow::apply`] is total on `i64`; no other function of the crate narrows a value.
//! Absent on purpose: real numbers; a format never rounds.

use core::fmt;
use serde::{Deserialize, Serialize};

/// Width in bits (1..=32), fraction bits and signedness of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Format {
    /// All bits of the register, the sign included.
    pub width: u8,
    /// How many of them are fraction.
    pub fraction: u8,
    /// Whether one of them is the sign.
    pub signed: bool,
}

impl Format {
    /// A signed format, `s{width}.{fraction}`.
    #[must_use]
    pub const fn signed(width: u8, fraction: u8) -> Self {
        Self { width, fraction, signed: true }
    }

    /// An unsigned format, `u{width}.{fraction}`.
    #[must_use]
    pub const fn unsigned(width: u8, fraction: u8) -> Self {
        Self { width, fraction, signed: false }
    }

    /// Largest lane. Unsigned formats reach 31 bits, so that a lane is an `i32`.
    #[must_use]
    pub const fn max_lane(self) -> i32 {
        let magnitude_bits = if self.signed { self.width - 1 } else { self.width };
        ((1i64 << magnitude_bits) - 1) as i32
    }

    /// Smallest lane: minus the largest (signed), or zero.
    #[must_use]
    pub const fn min_lane(self) -> i32 {
        if self.signed { -self.max_lane() } else { 0 }
    }

    /// Whether `lane` is a legal value of this format.
    #[must_use]
    pub const fn holds(self, lane: i64) -> bool {
        lane >= self.min_lane() as i64 && lane <= self.max_lane() as i64
    }

    /// Clamps to the legal range, symmetric for signed formats.
    #[must_use]
    pub const fn saturate(self, value: i64) -> i32 {
        if value > self.max_lane() as i64 {
            self.max_lane()
        } else if value < self.min_lane() as i64 {
            self.min_lane()
        } else {
            value as i32
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}.{}", if self.signed { 's' } else { 'u' }, self.width, self.fraction)
    }
}

/// What a signed register does with a value past its end. Applied once, to an exact sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Overflow {
    /// Clamp to `-(2^(w-1) - 1) ..= 2^(w-1) - 1`.
    Saturate,
    /// Two's complement wrap to `-2^(w-1) ..= 2^(w-1) - 1`.
    Wrap,
    /// As `PyLifModelBitAcc` of Lava: the sum is taken to 32 bits in two's complement, then above `2^(w-1)` `2^w` is
    /// subtracted, at or below `-2^(w-1)` it is added, once. `+2^(w-1)` is a legal value, and one correction does not
    /// bring back what lies further out: the register has 32 bits (see [`crate::width::reach`] for when fewer do).
    WrapLava,
}

impl Overflow {
    /// The register's content after `value` is written to a signed register of `width` bits.
    #[inline(always)]
    #[must_use]
    pub fn apply(self, width: u8, value: i64) -> i32 {
        let half = 1i64 << (width - 1);
        match self {
            Self::Saturate => value.clamp(1 - half, half - 1) as i32,
            Self::Wrap => (((value + half) & (2 * half - 1)) - half) as i32,
            Self::WrapLava => {
                let value = i64::from(value as i32);
                if value > half {
                    (value - 2 * half) as i32
                } else if value <= -half {
                    (value + 2 * half) as i32
                } else {
                    value as i32
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symmetric_limits() {
        assert_eq!(Format::signed(8, 0).min_lane(), -127);
        assert_eq!(Format::signed(32, 0).max_lane(), i32::MAX);
        assert_eq!(Format::unsigned(8, 4).max_lane(), 255);
        assert_eq!(Format::signed(24, 15).to_string(), "s24.15");
        assert_eq!(Format::signed(8, 0).saturate(-128), -127);
    }

    #[test]
    fn lava_keeps_plus_two_to_the_23() {
        let wrap = |v| Overflow::WrapLava.apply(24, v);
        assert_eq!(wrap(1 << 23), 1 << 23);
        assert_eq!(wrap((1 << 23) + 1), -(1 << 23) + 1);
        assert_eq!(wrap(-(1 << 23)), 1 << 23);
        assert_eq!(Overflow::Wrap.apply(24, 1 << 23), -(1 << 23));
    }

    #[test]
    fn lava_wraps_at_32_bits_before_it_corrects() {
        let wrap = |v| Overflow::WrapLava.apply(24, v);
        assert_eq!(wrap((1 << 31) - 1), i32::MAX - (1 << 24));
        assert_eq!(wrap(1 << 31), i32::MIN + (1 << 24));
        assert_eq!(wrap(-(1 << 31) - 1), i32::MAX - (1 << 24));
        assert_eq!(wrap((1 << 32) + 5), 5);
        assert_eq!(Overflow::WrapLava.apply(31, 1 << 31), 0);
    }
}
