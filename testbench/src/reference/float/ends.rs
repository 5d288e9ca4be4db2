//! Where registers end.
//!
//! A register of the chip that saturates holds no more than its largest lane. The twin can keep that end and nothing
//! else of the register: a clip rounds nothing. Some rules need it. An error of s10.7 stops at 4, and feedback that
//! grows with the weights it feeds back runs away where it does not.
//!
//! Promises: a limit is the real value of the largest lane, infinite where a register has no end.
//! Absent on purpose: registers that wrap (a real number does not), the ends of thresholds and biases (they are loaded).

use super::units::power;
use synfire_core::format::{Format, Overflow};

/// Where the registers of a float twin end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// Nowhere: equations without a register.
    Open,
    /// Where those of the chip saturate: state, traces, errors, third factors, eligibilities, weights that learn.
    Saturating,
}

impl Ends {
    /// The limit of a signed register of `width` bits, in units of its lane.
    pub(super) fn signed(self, width: u8) -> f64 {
        self.lanes(width - 1)
    }

    /// The limit of an unsigned register of `width` bits, in units of its lane.
    pub(super) fn unsigned(self, width: u8) -> f64 {
        self.lanes(width)
    }

    /// The limit of a register of the learning engine, in real values.
    pub(super) fn format(self, format: Format) -> f64 {
        let lanes = if format.signed { self.signed(format.width) } else { self.unsigned(format.width) };
        lanes * power(-i32::from(format.fraction))
    }

    /// The limit of a state register, in units of its lane.
    pub(super) fn state(self, overflow: Overflow, width: u8) -> f64 {
        match overflow {
            Overflow::Saturate => self.signed(width),
            Overflow::Wrap | Overflow::WrapLava => f64::INFINITY,
        }
    }

    fn lanes(self, magnitude_bits: u8) -> f64 {
        match self {
            Self::Open => f64::INFINITY,
            Self::Saturating => power(i32::from(magnitude_bits)) - 1.0,
        }
    }
}

/// What a register that ends at `limit` on either side holds of `value`.
#[inline(always)]
pub(super) fn clipped(value: f64, limit: f64) -> f64 {
    value.clamp(-limit, limit)
}
