//! The product of a rule with a state a synapse: `dW_ij ~ L_i E2_ij`.
//!
//! Source: Eq. 13 (V-B) of Neftci, Mostafa and Zenke (2019). State: that of the eligibility rule.

use crate::reads;
use crate::rule::{Gate, UpdateRule, Visited, Word};
use crate::variables::Meter;
use crate::views::SynapseView;

/// Third factor times the second eligibility state.
#[derive(Clone, Copy, Debug, Default)]
pub struct EligibilityProduct;

reads! { EligibilityProduct: ThirdFactor, EligibilitySecond }

impl UpdateRule for EligibilityProduct {
    const VISITED: Visited = Visited::States;
    const GATE: Gate = Gate::ThirdFactor;

    #[inline(always)]
    fn product<W: Word, M: Meter>(&self, synapse: &SynapseView<'_, Self, M>) -> W {
        W::product(synapse.third_factor(), synapse.eligibility_second())
    }
}
