//! What a synapse keeps of its own past, in real numbers: 9.1 and 9.5 of `docs/arithmetic.md`.
//!
//! With a filter the shift before its first state divides the product once more; an adaptation's eligibility has dropped
//! the surrogate's fraction, and kept bits of its own. A normaliser counts bits of the chip's lanes, so its shift is that
//! of the chip but for rounding.
//!
//! Promises: two states advance as the contract's do, without rounding. Absent on purpose: which rows are visited (`rows`).

use super::ends::{Ends, clipped};
use super::units::{flushed, power, real, reals};
use synfire_chip::network::Network;
use synfire_plasticity::config::Eligibility;

/// What a synapse keeps of its own past.
#[derive(Clone, Debug)]
pub(super) enum States {
    /// Decays of the two states of a filter.
    Filter(f64, f64),
    /// `rho` and `beta` of each postsynaptic neuron: a state X and the eligibility e that it gave.
    Adaptation { rho: Vec<f64>, beta: Vec<f64> },
}

/// Bits of a product of P and a surrogate of `surrogate` fraction bits that the eligibility drops.
pub(super) fn dropped(of: Eligibility, surrogate: i32) -> i32 {
    match of {
        Eligibility::Filter { product_shift, .. } => i32::from(product_shift),
        // The surrogate's fraction is dropped as the eligibility is formed, and bits of its own are kept.
        Eligibility::Adaptation { trace_shift } => surrogate - i32::from(trace_shift),
    }
}

impl States {
    /// Those of synapses onto the population `target`.
    pub(super) fn of(eligibility: Eligibility, network: &Network, target: usize) -> Self {
        let decay = |factor: u32| f64::from(factor) * power(-i32::from(network.datapath.decay_fraction));
        match eligibility {
            Eligibility::Filter { q_decay, p_decay, product_shift: _, normalise: _ } => {
                Self::Filter(decay(q_decay), decay(p_decay))
            }
            Eligibility::Adaptation { trace_shift: _ } => {
                let (rho, beta) = adaptation(network, target);
                Self::Adaptation { rho, beta }
            }
        }
    }

    /// Where they end, in the chip's lanes.
    pub(super) fn limit(&self, bits: u8, ends: Ends) -> f64 {
        match self {
            Self::Filter(..) => ends.unsigned(bits),
            Self::Adaptation { .. } => ends.signed(bits),
        }
    }

    /// 9.1 of a synapse onto neuron `post`, with the surrogate of this step and the P of 5.
    #[inline(always)]
    pub(super) fn advance(
        &self,
        (first, second): (&mut f64, &mut f64),
        post: usize,
        surrogate: f64,
        (trace, limit): (f64, f64),
    ) {
        match self {
            Self::Filter(a, b) => {
                *second = clipped(flushed(b * *second + *first), limit);
                *first = clipped(flushed(a * *first + surrogate * trace), limit);
            }
            Self::Adaptation { rho, beta } => {
                *second = clipped(flushed(surrogate * (trace - beta[post] * *first)), limit);
                *first = clipped(flushed(rho[post] * *first + *second), limit);
            }
        }
    }
}

/// `rho` and `beta` of a population's neurons; beta is the constant that a chip is loaded with.
fn adaptation(network: &Network, number: usize) -> (Vec<f64>, Vec<f64>) {
    let population = &network.populations[number];
    let (neurons, fraction) = (population.neurons as usize, network.datapath.decay_fraction);
    let Some(of) = &population.parameters.adaptation else { return (vec![0.0; neurons], vec![0.0; neurons]) };
    let beta = |neuron: usize| {
        let (increment, threshold) = (of.increment.get(neuron), population.parameters.threshold.get(neuron));
        let twice = (i64::from(increment) << (fraction + 1)) + i64::from(threshold);
        real(twice.div_euclid(2 * i64::from(threshold)) as i32, fraction)
    };
    (reals(&of.decay, neurons, fraction), (0..neurons).map(beta).collect())
}

/// A learning rate a synapse: bits of the chip's lane by which its eligibility ever exceeded a reference.
#[derive(Clone, Copy, Debug)]
pub(super) struct Normaliser {
    /// Lanes of the second filter state that are 1.
    one: f64,
    reference: i32,
}

impl Normaliser {
    /// `one` lanes of the chip's state are 1.
    pub(super) fn new(one: f64, reference: u8) -> Self {
        Self { one, reference: i32::from(reference) }
    }

    /// By how many bits an eligibility exceeds the reference.
    pub(super) fn bits(&self, eligibility: f64) -> u8 {
        let lane = libm::floor(eligibility * self.one);
        let length = if lane >= 1.0 { libm::ilogb(lane) + 1 } else { 0 };
        (length - self.reference).clamp(0, 31) as u8
    }
}
