//! SuperSpike: `dW_ij = eta L_i (epsilon * (sigma'(U_i) (epsilon * S_j)))`.
//!
//! Source: Eq. 9 to 13 (V-B) of Neftci, Mostafa and Zenke (2019). State: two eligibility states a synapse,
//! `E2 <- decay_p(E2) + E1`, `E1 <- decay_q(E1) + (sigma' P >> s)`, and the error traces of its readout. The third
//! factor is an output neuron's own error, or a random projection of the broadcast in a hidden layer.

use crate::rule::{Rule, Word};
use crate::views::{NeuronView, SynapseView};

/// SuperSpike over a source of third factors.
#[derive(Clone, Copy, Debug)]
pub struct SuperSpike<R: Rule>(pub R);

impl<R: Rule> Rule for SuperSpike<R> {
    #[inline(always)]
    fn third_factor(&self, neuron: &NeuronView<'_>) -> i64 {
        self.0.third_factor(neuron)
    }

    #[inline(always)]
    fn product<W: Word>(&self, synapse: &SynapseView) -> W {
        W::product(synapse.third_factor, synapse.eligibility_p)
    }
}
