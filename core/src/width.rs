//! The load-time proof that sums are exact.
//!
//! Accumulator bits = max over inputs of (delivered weight bits + exponent) + ceil(log2(sum over axons of the
//! multiplicity limit)). Source: `docs/arithmetic.md`, "Words". Stated per dendritic port.
//!
//! Promises: if [`PortDemand::bits`] fits in [`MAX_ACCUMULATOR_BITS`], no sum of the port can overflow.

use crate::neuron::Datapath;

/// Widest dendritic accumulator.
pub const MAX_ACCUMULATOR_BITS: u32 = 32;

/// What the projections into one accumulator can ask of it at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PortDemand {
    /// Largest delivered weight width plus (non-negative) exponent.
    pub addend_bits: u32,
    /// Sum over the synapses of one neuron of their axon's multiplicity limit.
    pub events: u64,
}

impl PortDemand {
    /// Bits, the sign included, that hold every sum.
    #[must_use]
    pub fn bits(self) -> u32 {
        // ceil(log2(events)); one event needs no carry bit.
        self.addend_bits + self.events.max(1).next_power_of_two().trailing_zeros()
    }

    /// Both demands on one accumulator.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { addend_bits: self.addend_bits.max(other.addend_bits), events: self.events + other.events }
    }
}

/// Whether a neuron update must form its sums in 64 bits: when five terms of `state_width` bits, or a current
/// and a shifted dendritic sum of `sum_bits`, could pass 32.
#[must_use]
pub fn needs_wide_sums(datapath: &Datapath, sum_bits: u32) -> bool {
    datapath.state_width > 28 || sum_bits + u32::from(datapath.input_shift) > 30
}
