//! Float references: the same networks in real numbers.
//!
//! [`chip::FloatChip`] is the float twin of the chip: the micro-steps, delays, draws and rules of
//! `docs/arithmetic.md` in `f64`, without rounding, saturation or dither. What a figure of the chip and a figure of
//! the twin differ by is what the chip's bits cost.
//!
//! Promises: real values are `lane * 2^-fraction`; a setting that the twin does not know does not compile.
//! Absent on purpose: places, counts, time, energy.

pub mod chip;
mod errors;
mod learning;
mod neurons;
mod rows;
pub mod small;
mod surrogate;
mod units;
