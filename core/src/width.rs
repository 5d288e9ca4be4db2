//! The load-time proof that sums are exact.
//!
//! Accumulator bits = max over inputs of (delivered weight bits + exponent) + ceil(log2(sum over axons of the
//! multiplicity limit)). Source: `docs/arithmetic.md`, "Words". Stated per dendritic port.
//!
//! Promises: if [`PortDemand::bits`] fits in [`MAX_ACCUMULATOR_BITS`], no sum of the port can overflow; a neuron update
//! that does not [`needs_wide_sums`] has no intermediate value beyond 32 bits.

use crate::format::Overflow;
use crate::neuron::{Datapath, NeuronParameters, Noise, PerNeuron};

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

    /// What the sum of this accumulator, shifted right by `shift`, asks of the one that it is added to: one addend.
    #[must_use]
    pub fn shifted(self, shift: u8) -> Self {
        Self { addend_bits: self.bits().saturating_sub(u32::from(shift)).max(1), events: 1 }
    }

    /// Both demands on one accumulator.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { addend_bits: self.addend_bits.max(other.addend_bits), events: self.events + other.events }
    }
}

/// Largest magnitude that a state register reaches, whatever happens: `factor / 2^fraction` is what it keeps of itself
/// in a step, `added` the largest magnitude of everything else that enters its sum.
///
/// Only `WrapLava` depends on them. It corrects by `2^w` once: what more than `2^w` adds stays, is decayed and grows by as
/// much again, until the decay takes what is added, or 32 bits end it.
#[must_use]
pub fn reach(overflow: Overflow, width: u8, (factor, fraction): (u32, u8), added: u64) -> u64 {
    let half = 1u64 << (width - 1);
    match overflow {
        Overflow::Saturate => half - 1,
        Overflow::Wrap => half,
        Overflow::WrapLava => {
            let (excess, one) = (added.saturating_sub(2 * half), 1u64 << fraction);
            let grown = match one - u64::from(factor).min(one) {
                0 if excess > 0 => MOST,
                0 => 0,
                lost => excess.saturating_mul(one).div_ceil(lost),
            };
            grown.clamp(half, MOST)
        }
    }
}

/// Magnitude of the most negative lane.
const MOST: u64 = 1 << 31;

/// A state register of a population.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Largest magnitude of what enters its sum in a step beside itself.
    pub added: u64,
    /// Largest magnitude that it takes.
    pub register: u64,
}

/// How far current and membrane of a population come, where its dendritic sums have `sum_bits`.
///
/// A threshold that is subtracted adds nothing: it is taken from a membrane that came up to it, or to zero.
#[must_use]
pub fn reaches(datapath: &Datapath, parameters: &NeuronParameters, sum_bits: u32) -> [Reach; 2] {
    let largest = |of: &PerNeuron| u64::from(of.largest_magnitude());
    let of = |overflow, factor: &PerNeuron, initial: &PerNeuron, added| {
        let factor = (factor.largest_magnitude(), datapath.decay_fraction);
        let register = reach(overflow, datapath.state_width, factor, added).max(largest(initial));
        Reach { added, register }
    };
    let driven = 1u64 << (sum_bits + u32::from(datapath.input_shift)).saturating_sub(1);
    let p = parameters;
    let current = of(datapath.current_overflow, &p.current_decay, &p.initial_current, driven);
    let noise = if p.noise == Noise::Membrane { (1u64 << p.noise_bits) / 2 } else { 0 };
    let added = current.register + largest(&p.bias) + noise;
    [current, of(datapath.membrane_overflow, &p.membrane_decay, &p.initial_membrane, added)]
}

/// Whether a neuron update must form its sums in 64 bits: where a state of that width, or a dendritic sum of `sum_bits`
/// shifted into it, could pass 32 bits in the sum of a current or of a membrane.
#[must_use]
pub fn needs_wide_sums(datapath: &Datapath, parameters: &NeuronParameters, sum_bits: u32) -> bool {
    let width = datapath.state_width;
    let fits = |of: &PerNeuron| u64::from(of.largest_magnitude()) < 1 << (width - 1);
    width > 28
        || sum_bits + u32::from(datapath.input_shift) > 30
        || parameters.noise_bits >= width
        || !fits(&parameters.threshold)
        || reaches(datapath, parameters, sum_bits).iter().any(|of| of.register + of.added >= MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decay::decay;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Sums at their ends, and between them: no register of Lava's passes its reach, and where the reach and what
        /// is added fit 32 bits, the wrap at 32 bits never acts.
        #[test]
        fn no_register_passes_its_reach(
            width in 12u8..=31,
            fraction in 4u8..=16,
            raw in 0u32..=65536,
            added_bits in 1u32..=33,
            start in any::<i32>(),
            pushes in proptest::collection::vec((-4i64..=4, any::<u32>()), 1..80),
        ) {
            let factor = raw.min(1 << fraction);
            let added = 1u64 << added_bits;
            let half = 1i64 << (width - 1);
            let reach = reach(Overflow::WrapLava, width, (factor, fraction), added);
            let mut register = (i64::from(start) % half) as i32;
            for (quarter, rest) in pushes {
                let step = added as i64 / 4 * quarter - quarter.signum() * (i64::from(rest) % (added as i64 / 4 + 1));
                let sum = i64::from(decay(register, factor, u32::from(fraction))) + step;
                if reach + added < MOST {
                    prop_assert_eq!(sum, i64::from(sum as i32), "32 bits hold the sum");
                }
                register = Overflow::WrapLava.apply(width, sum);
                prop_assert!(u64::from(register.unsigned_abs()) <= reach, "{} passes {}", register, reach);
            }
        }
    }

    /// The bound is not idle: a register that is pushed as hard as it may be comes next to it.
    #[test]
    fn a_reach_is_reached() {
        for (factor, added) in [(2048, 1u64 << 27), (3686, 1 << 26), (0, 1 << 29)] {
            let reach = reach(Overflow::WrapLava, 24, (factor, 12), added);
            let push = |register, _| {
                Overflow::WrapLava.apply(24, i64::from(decay(register, factor, 12)) + added as i64)
            };
            let last: i32 = (0..400).fold(0, push);
            assert!(u64::from(last.unsigned_abs()) + 16 >= reach && reach > 1 << 23, "{last} of {reach}");
        }
    }
}
