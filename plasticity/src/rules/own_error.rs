//! The delta rule of a readout: the third factor is the neuron's own error, `L_k = E_k`.
//!
//! State: nothing.

use crate::reads;
use crate::rule::ThirdFactorRule;
use crate::variables::Meter;
use crate::views::NeuronView;

/// The neuron's own error.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnError;

reads! { OwnError: OwnError }

impl ThirdFactorRule for OwnError {
    #[inline(always)]
    fn third_factor<M: Meter>(&self, neuron: &NeuronView<'_, Self, M>) -> i64 {
        i64::from(neuron.own_error())
    }
}
