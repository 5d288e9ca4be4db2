//! The interface of a learning rule.
//!
//! A rule answers two questions: what is the third factor of a neuron, and what is the product of a synapse.
//! The engine does the rest: it saturates the third factor once, forms `modulation = L * surrogate`, rounds
//! once with dither and clamps the weight. Source: three-factor rules, V of Neftci, Mostafa and Zenke (2019):
//! `dW = (third factor) (surrogate of the postsynaptic membrane) (presynaptic trace)`.
//!
//! Promises: a rule is a value without state; all state lies in registers that the engine owns and counts.

use crate::views::{NeuronView, SynapseView};

/// Integer in which a product is formed: 32 bits where the load-time proof allows it, else 64.
pub trait Word: Copy {
    /// The exact product of two registers.
    fn product(a: i32, b: i32) -> Self;
    /// `w + ((product + dither) >> k)`, clamped to `-limit..=limit`.
    fn updated(self, weight: i32, dither: u32, k: u32, limit: i32) -> i32;
}

impl Word for i32 {
    #[inline(always)]
    fn product(a: i32, b: i32) -> Self {
        a * b
    }
    #[inline(always)]
    fn updated(self, weight: i32, dither: u32, k: u32, limit: i32) -> i32 {
        // Two instructions; `clamp` takes three.
        (weight + ((self + dither as i32) >> k)).max(-limit).min(limit)
    }
}

impl Word for i64 {
    #[inline(always)]
    fn product(a: i32, b: i32) -> Self {
        Self::from(a) * Self::from(b)
    }
    #[inline(always)]
    fn updated(self, weight: i32, dither: u32, k: u32, limit: i32) -> i32 {
        let sum = Self::from(weight) + ((self + Self::from(dither)) >> k);
        sum.clamp(-Self::from(limit), Self::from(limit)) as i32
    }
}

/// A three-factor rule on local views.
pub trait Rule: Copy {
    /// The neuron's third factor before its one saturation.
    fn third_factor(&self, neuron: &NeuronView<'_>) -> i64;

    /// The synapse's product, exact, before the learning-rate shift.
    fn product<W: Word>(&self, synapse: &SynapseView) -> W;
}
