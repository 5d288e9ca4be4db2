//! Surrogate derivatives of the spike, by shift or small table.
//!
//! `s(x)`, `x = |U_cmp - theta_A|` (the threshold with its adaptation), half-width `h = 2^l` lanes, in lanes of the surrogate's format, whose
//! fraction `f` sets `one = 2^f`. Source: `docs/arithmetic.md`, "Surrogates"; Fig. 3 of Neftci, Mostafa and
//! Zenke (2019).
//!
//! Promises: integers only; monotone in `x` (the ramp: in `U_cmp`); at most `one`.

use crate::config::{Surrogate, SurrogateShape};
use synfire_core::format::Format;
use synfire_core::vectorised;

/// Entries of the fast sigmoid's table: four half-widths, 16 entries each.
pub const TABLE: usize = 64;

/// Entry `t` of the fast sigmoid's table: `one / (1 + t / 16)^2`, rounded to nearest.
#[must_use]
pub const fn fast_sigmoid_entry(t: u32, one: u32) -> u32 {
    let square = (16 + t) * (16 + t);
    (one * 256 + square / 2) / square
}

/// Lanes in which `2^log2` is one, to lanes in which `2^fraction` is: floor.
#[inline(always)]
const fn align(lanes: u32, log2: u32, fraction: u32) -> u32 {
    if log2 >= fraction { lanes >> (log2 - fraction) } else { lanes << (fraction - log2) }
}

/// The derivative at one membrane.
#[inline(always)]
#[must_use]
pub fn derivative(surrogate: Surrogate, format: Format, compared: i32, threshold: i32) -> i32 {
    let distance = compared.abs_diff(threshold);
    let log2 = u32::from(surrogate.half_width_log2);
    let fraction = u32::from(format.fraction);
    let half_width = 1u32 << log2;
    match surrogate.shape {
        SurrogateShape::Triangle => {
            let rest = half_width.saturating_sub(distance);
            align(rest, log2, fraction) as i32
        }
        SurrogateShape::Boxcar => i32::from(distance < half_width) << fraction,
        SurrogateShape::FastSigmoid => {
            let entry = if log2 >= 4 { distance >> (log2 - 4) } else { distance << (4 - log2) };
            if entry < TABLE as u32 { fast_sigmoid_entry(entry, 1 << fraction) as i32 } else { 0 }
        }
        SurrogateShape::Exponential => {
            let (whole, rest) = (distance >> log2, align(distance & (half_width - 1), log2, fraction));
            if whole < 31 { (((2 << fraction) - rest) >> (whole + 1)) as i32 } else { 0 }
        }
        SurrogateShape::Ramp => {
            let above = compared >= threshold;
            let rise = if above { half_width + distance } else { half_width.saturating_sub(distance) };
            if distance < half_width { align(rise, log2 + 1, fraction) as i32 } else { 0 }
        }
    }
}

#[inline(always)]
fn derivatives_body(surrogate: Surrogate, format: Format, compared: &[i32], threshold: i32, out: &mut [i32]) {
    for (out, &u) in out.iter_mut().zip(compared) {
        *out = derivative(surrogate, format, u, threshold);
    }
}

vectorised! {
    /// The derivatives of a run of neurons with one threshold.
    pub fn derivatives(
        surrogate: Surrogate, format: Format, compared: &[i32], threshold: i32, out: &mut [i32],
    ) => derivatives_body
}

#[inline(always)]
fn derivatives_each_body(
    surrogate: Surrogate,
    format: Format,
    compared: &[i32],
    thresholds: &[i32],
    out: &mut [i32],
) {
    for (out, (&u, &threshold)) in out.iter_mut().zip(compared.iter().zip(thresholds)) {
        *out = derivative(surrogate, format, u, threshold);
    }
}

vectorised! {
    /// The derivatives of a run of neurons with one threshold each.
    pub fn derivatives_each(
        surrogate: Surrogate, format: Format, compared: &[i32], thresholds: &[i32], out: &mut [i32],
    ) => derivatives_each_body
}
