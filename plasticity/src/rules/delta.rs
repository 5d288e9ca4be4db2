//! The delta rule of a readout: `dW_kj = eta E_k P_j`, the third factor is the neuron's own error.
//!
//! State: nothing beyond the axon's trace.

use crate::rule::{Rule, Word};
use crate::views::{NeuronView, SynapseView};

/// The delta rule.
#[derive(Clone, Copy, Debug, Default)]
pub struct Delta;

impl Rule for Delta {
    #[inline(always)]
    fn third_factor(&self, neuron: &NeuronView<'_>) -> i64 {
        i64::from(neuron.error)
    }

    #[inline(always)]
    fn product<W: Word>(&self, synapse: &SynapseView) -> W {
        W::product(synapse.modulation, synapse.p)
    }
}
