//! Deep continuous local learning: the third factor comes from a fixed random readout of the neuron's group,
//! `Y_k = sum_i G_ki S_i`, `e_k = target_k - Y_k`, `L_i = sum_k G_ki e_k >> shift`.
//!
//! Source: Eq. 14 (V-C) of Neftci, Mostafa and Zenke (2019). State: a group keeps K sums, a neuron K entries of G.

use crate::reads;
use crate::rule::ThirdFactorRule;
use crate::variables::Meter;
use crate::views::NeuronView;

/// DCLL's local readout.
#[derive(Clone, Copy, Debug)]
pub struct GroupError {
    /// Right shift of the projected group error, with floor.
    pub shift: u8,
}

reads! { GroupError: GroupRow, GroupError }

impl ThirdFactorRule for GroupError {
    #[inline(always)]
    fn third_factor<M: Meter>(&self, neuron: &NeuronView<'_, Self, M>) -> i64 {
        neuron.group_feedback() >> self.shift
    }
}
