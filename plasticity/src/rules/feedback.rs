//! Direct random feedback: `L_i = sum_k B_ik E_k >> shift`, B fixed and random, E the broadcast.
//!
//! Source: V-A of Neftci, Mostafa and Zenke (2019). State: a neuron keeps K entries of B.

use crate::reads;
use crate::rule::ThirdFactorRule;
use crate::variables::Meter;
use crate::views::NeuronView;

/// Random feedback.
#[derive(Clone, Copy, Debug)]
pub struct Feedback {
    /// Right shift of the projected error, with floor.
    pub shift: u8,
}

reads! { Feedback: FeedbackRow, BroadcastError }

impl ThirdFactorRule for Feedback {
    #[inline(always)]
    fn third_factor<M: Meter>(&self, neuron: &NeuronView<'_, Self, M>) -> i64 {
        neuron.feedback() >> self.shift
    }
}
