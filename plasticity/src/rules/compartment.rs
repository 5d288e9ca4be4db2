//! Event-driven random back-propagation: the third factor is an error compartment of the neuron,
//! `T <- sat(decay(T) + (sum_k B_ik E_k >> shift))`, `L = T`.
//!
//! Source: Neftci, Augustine, Paul and Detorakis, "Event-driven random back-propagation" (2017); V-A of Neftci,
//! Mostafa and Zenke (2019). State: T and K entries of B a neuron. Fixed point: T zero and no error.

use crate::reads;
use crate::rule::ThirdFactorRule;
use crate::variables::Meter;
use crate::views::NeuronView;

/// An error compartment.
#[derive(Clone, Copy, Debug)]
pub struct Compartment {
    /// Decay factor of T.
    pub decay: u32,
    /// Fraction bits of the factor.
    pub decay_fraction: u32,
    /// Right shift of the projected error, with floor.
    pub shift: u8,
}

reads! { Compartment: Compartment, FeedbackRow, BroadcastError }

impl ThirdFactorRule for Compartment {
    #[inline(always)]
    fn third_factor<M: Meter>(&self, neuron: &NeuronView<'_, Self, M>) -> i64 {
        let kept = synfire_core::decay::decay(neuron.compartment(), self.decay, self.decay_fraction);
        i64::from(kept) + (neuron.feedback() >> self.shift)
    }
}
