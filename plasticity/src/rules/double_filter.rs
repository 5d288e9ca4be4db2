//! SuperSpike's outer filter, `epsilon * (s(U_i) (epsilon * S_j))`:
//! `E2 <- decay_p(E2) + E1`, `E1 <- decay_q(E1) + (surrogate P >> product_shift)`.
//!
//! Source: Eq. 9 to 13 (V-B) of Neftci, Mostafa and Zenke (2019). State: two unsigned states a synapse.
//! Fixed point: both states zero and the axon's trace zero.

use crate::reads;
use crate::rule::EligibilityRule;
use crate::variables::Meter;
use crate::views::SynapseView;

/// Constants of the filter.
#[derive(Clone, Copy, Debug)]
pub struct DoubleFilter {
    /// Decay factor of the first state.
    pub q_decay: u32,
    /// Decay factor of the second state.
    pub p_decay: u32,
    /// Fraction bits of the factors.
    pub decay_fraction: u32,
    /// Right shift of `surrogate * P`.
    pub product_shift: u32,
    /// Largest state.
    pub max: i32,
}

reads! { DoubleFilter: Surrogate, TraceP, EligibilityFirst, EligibilitySecond }

impl EligibilityRule for DoubleFilter {
    const STATES: usize = 2;

    /// E2 takes the old E1, as P takes the old Q.
    #[inline(always)]
    fn advance<M: Meter>(&self, synapse: &SynapseView<'_, Self, M>) -> (i32, i32) {
        let old = synapse.eligibility_first();
        let first = self.first(old, synapse.surrogate(), synapse.trace_p());
        (first, self.second(synapse.eligibility_second(), old))
    }
}

impl DoubleFilter {
    #[inline(always)]
    fn decayed(&self, state: i32, factor: u32) -> i32 {
        synfire_core::decay::decay(state, factor, self.decay_fraction)
    }

    #[inline(always)]
    fn first(&self, first: i32, surrogate: i32, trace: i32) -> i32 {
        let input = (surrogate as u32 * trace as u32) >> self.product_shift;
        (self.decayed(first, self.q_decay) as u32).saturating_add(input).min(self.max as u32) as i32
    }

    #[inline(always)]
    fn second(&self, second: i32, first: i32) -> i32 {
        (self.decayed(second, self.p_decay) + first).min(self.max)
    }
}

/// The filter where surrogate and trace of a step are known one step later: the pair is E1 of the step before and E2 of
/// this one, which needs no more of the filter than that.
#[derive(Clone, Copy, Debug)]
pub struct LateFilter(pub DoubleFilter);

reads! { LateFilter: Surrogate, TraceP, EligibilityFirst, EligibilitySecond }

impl EligibilityRule for LateFilter {
    const STATES: usize = 2;

    #[inline(always)]
    fn advance<M: Meter>(&self, synapse: &SynapseView<'_, Self, M>) -> (i32, i32) {
        let first = self.0.first(synapse.eligibility_first(), synapse.surrogate(), synapse.trace_p());
        (first, self.0.second(synapse.eligibility_second(), first))
    }
}
