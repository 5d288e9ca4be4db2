//! The trace-only three-factor rule with random feedback:
//! `dW_ij = eta (sum_k B_ik E_k) sigma'(U_i) P_j`.
//!
//! Source: V-A of Neftci, Mostafa and Zenke (2019), direct random feedback. State: nothing a synapse.

use crate::rule::{Rule, Word};
use crate::views::{NeuronView, SynapseView};

/// Random feedback, traces only.
#[derive(Clone, Copy, Debug)]
pub struct ThreeFactor {
    /// Right shift of the projected error, with floor.
    pub shift: u8,
}

impl Rule for ThreeFactor {
    #[inline(always)]
    fn third_factor(&self, neuron: &NeuronView<'_>) -> i64 {
        neuron.broadcast.project(neuron.matrix) >> self.shift
    }

    #[inline(always)]
    fn product<W: Word>(&self, synapse: &SynapseView) -> W {
        W::product(synapse.modulation, synapse.p)
    }
}
