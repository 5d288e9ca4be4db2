//! Deep continuous local learning: the third factor comes from a fixed random readout of the neuron's group,
//! `Y_k = sum_i G_ki S_i`, `e_k = target_k - Y_k`, `dW_ij = eta (sum_k G_ki e_k) sigma'(U_i) P_j`.
//!
//! Source: Eq. 14 (V-C) of Neftci, Mostafa and Zenke (2019). State: nothing a synapse; a group keeps K sums.

use crate::rule::{Rule, Word};
use crate::views::{NeuronView, SynapseView};

/// DCLL's local readout.
#[derive(Clone, Copy, Debug)]
pub struct Dcll {
    /// Right shift of the projected group error, with floor.
    pub shift: u8,
}

impl Rule for Dcll {
    #[inline(always)]
    fn third_factor(&self, neuron: &NeuronView<'_>) -> i64 {
        neuron.group.project(neuron.matrix) >> self.shift
    }

    #[inline(always)]
    fn product<W: Word>(&self, synapse: &SynapseView) -> W {
        W::product(synapse.modulation, synapse.p)
    }
}
