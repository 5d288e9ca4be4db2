//! The rate regulariser: a neuron with more than so many spikes since `clear` has `amount` taken from its third
//! factor, also where every error is zero.
//!
//! Source: the rate regularisers of V-C of Neftci, Mostafa and Zenke (2019), in the form that needs a counter and
//! a comparison. State: a spike counter a neuron.

use crate::config::RateLimit;
use crate::reads;
use crate::variables::Meter;
use crate::views::NeuronView;

/// The regulariser.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateRegulariser(pub RateLimit);

reads! { RateRegulariser: SpikeCount }

impl RateRegulariser {
    /// What is subtracted from the third factor.
    #[inline(always)]
    pub fn penalty<M: Meter>(&self, neuron: &NeuronView<'_, Self, M>) -> i64 {
        if neuron.spike_count() > self.0.spikes { i64::from(self.0.amount) } else { 0 }
    }
}
