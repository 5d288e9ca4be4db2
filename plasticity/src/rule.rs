//! The interface of a learning rule.
//!
//! A rule answers two questions: what is the third factor of a neuron, and what is the product of a synapse.
//! The engine does the rest: it saturates the third factor once, forms `modulation = L * surrogate`, rounds
//! once with dither and clamps the weight. Source: Table of three-factor rules in V of Neftci, Mostafa and
//! Zenke (2019): `dW = third factor (postsynaptic, surrogate) (presynaptic trace)`.

use crate::views::{NeuronView, SynapseView};

/// A three-factor rule on local views.
pub trait Rule: Copy {
    /// The neuron's third factor before its one saturation.
    fn third_factor(&self, neuron: &NeuronView<'_>) -> i64;

    /// The synapse's product, exact, before the learning-rate shift.
    fn product(&self, synapse: &SynapseView) -> i64;
}
