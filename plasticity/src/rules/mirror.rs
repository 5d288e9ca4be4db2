//! Mirror feedback: `L_i = sum_k W_ki E_k >> shift`, W the neuron's own copy of its weights to the readout.
//!
//! The copy starts equal and is kept equal by the readout's own rule ([`crate::mirror`]), so the feedback is that of
//! the transposed weights without transporting any. Source: symmetric feedback of V-A of Neftci, Mostafa and Zenke
//! (2019), made local. State: K weights and one pair of traces a neuron. Symmetric feedback is the same rule with the
//! weights brought from the readout's core, which is not local.

use crate::reads;
use crate::rule::ThirdFactorRule;
use crate::variables::Meter;
use crate::views::NeuronView;

/// Feedback through mirrored weights.
#[derive(Clone, Copy, Debug)]
pub struct MirrorFeedback {
    /// Right shift of the projected error, with floor.
    pub shift: u8,
}

reads! { MirrorFeedback: MirrorRow, BroadcastError }

impl ThirdFactorRule for MirrorFeedback {
    #[inline(always)]
    fn third_factor<M: Meter>(&self, neuron: &NeuronView<'_, Self, M>) -> i64 {
        neuron.mirrored_feedback() >> self.shift
    }
}
