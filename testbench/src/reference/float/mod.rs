//! Float references: the same networks in real numbers.
//!
//! [`chip::FloatChip`] is the float twin of the chip: the micro-steps, delays, draws and rules of
//! `docs/arithmetic.md` in `f64`, without rounding or dither, its registers with or without ends. What a figure of the
//! chip and a figure of the twin with ends differ by is what the chip's bits cost.
//!
//! [`unrolled::Unrolled`] is a network as equations over a whole presentation. [`bptt`] goes back through it (Eq. 7 of
//! Neftci, Mostafa and Zenke, 2019), [`forward`] carries every derivative along (Eq. 8): two ways to one gradient,
//! and the yardstick that local rules are measured with.
//!
//! `study::gradient` measures rules with that yardstick: `synfire gradient`.
//!
//! Promises: real values are `lane * 2^-fraction`; a setting that the twin does not know does not compile.
//! Absent on purpose: places, counts, time, energy.

pub mod bptt;
pub mod chip;
mod eligibility;
mod ends;
mod errors;
pub mod forward;
mod learning;
mod neurons;
pub mod optimiser;
mod rows;
pub mod small;
mod step;
mod surrogate;
pub mod trajectory;
pub mod trial;
pub(crate) mod units;
pub mod unrolled;
