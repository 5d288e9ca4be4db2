//! From lanes to real values: powers of two only, so that nothing is rounded on the way.

use synfire_core::neuron::PerNeuron;

/// Magnitudes below this one become zero: they would end as subnormal numbers, on which processors are slow.
/// It is 100 powers of two below one; no register of a chip reaches down to 32 of them.
const NEGLIGIBLE: f64 = 1.0 / (1u128 << 100) as f64;

/// `2^exponent`.
pub(crate) fn power(exponent: i32) -> f64 {
    libm::ldexp(1.0, exponent)
}

/// The real value of a lane.
pub(super) fn real(lane: i32, fraction: u8) -> f64 {
    f64::from(lane) * power(-i32::from(fraction))
}

/// The real values of a parameter, one a neuron.
pub(super) fn reals(of: &PerNeuron, neurons: usize, fraction: u8) -> Vec<f64> {
    (0..neurons).map(|index| real(of.get(index), fraction)).collect()
}

/// A register that decayed to nothing is zero.
#[inline(always)]
pub(super) fn flushed(value: f64) -> f64 {
    if value.abs() < NEGLIGIBLE { 0.0 } else { value }
}
