//! e-prop's eligibility for an adaptive threshold: what a synapse did to its neuron's adaptation `A`.
//!
//! `e = sat(round_zero(s (P << trace_shift) - s beta X, f))`, then `X <- sat(decay_rho(X) + e)`; the product is
//! `dW_ij ~ L_i e_ij`. Source: Eq. 24 and 25 of Bellec et al., Nature Communications 11, 3625 (2020):
//! `eps_a <- psi (P - beta eps_a) + rho eps_a` and `e = psi (P - beta eps_a)` share one product, so `X` takes `e`.
//! State: one signed state a synapse. Fixed point: `X = 0` and the axon's trace zero.
//!
//! Promises: `e` is formed from the `X` of the step before, whether it changes a weight or advances `X`.
//! Absent on purpose: the low-pass of `e` by the readout's time constant (one more state a synapse).

use crate::reads;
use crate::rule::{EligibilityRule, UpdateRule, Visited, Word};
use crate::variables::Meter;
use crate::views::SynapseView;
use synfire_core::decay::decay;

/// Constants of the state.
#[derive(Clone, Copy, Debug)]
pub struct AdaptationTrace {
    /// Decay factor of the adaptation, `rho`.
    pub decay: u32,
    /// Fraction bits of `rho` and `beta`.
    pub decay_fraction: u32,
    /// Left shift of P: bits of the state below those of the trace.
    pub trace_shift: u32,
    /// Fraction bits of the surrogate.
    pub surrogate_fraction: u32,
    /// Largest state.
    pub max: i32,
}

/// A state's register is an `i16`; the engine hands over its bits.
#[inline(always)]
fn signed(bits: i32) -> i32 {
    i32::from(bits as i16)
}

impl AdaptationTrace {
    /// `e`, of at most the state's width. 32 bits hold the product: `|difference| < 2^16`, `surrogate <= 2^15`.
    #[inline(always)]
    fn eligibility(&self, surrogate: i32, trace: i32, strength: i32, state: i32) -> i32 {
        let difference = (trace << self.trace_shift) - decay(state, strength as u32, self.decay_fraction);
        let product = surrogate * difference;
        // Toward zero: the magnitude is shifted.
        let sign = product >> 31;
        let magnitude = ((product ^ sign) - sign) >> self.surrogate_fraction;
        ((magnitude ^ sign) - sign).max(-self.max).min(self.max)
    }
}

reads! { AdaptationTrace: Surrogate, TraceP, AdaptationStrength, EligibilityFirst }

impl EligibilityRule for AdaptationTrace {
    const STATES: usize = 1;
    // A weight takes the `e` that is formed from the state of the step before.
    const FIRST: bool = false;

    #[inline(always)]
    fn advance<M: Meter>(&self, synapse: &SynapseView<'_, Self, M>) -> (i32, i32) {
        let state = signed(synapse.eligibility_first());
        let strength = synapse.adaptation_strength();
        let e = self.eligibility(synapse.surrogate(), synapse.trace_p(), strength, state);
        let next = decay(state, self.decay, self.decay_fraction) + e;
        (next.max(-self.max).min(self.max), 0)
    }
}

/// Third factor times `e`.
#[derive(Clone, Copy, Debug)]
pub struct AdaptationProduct(pub AdaptationTrace);

reads! { AdaptationProduct: ThirdFactor, Surrogate, TraceP, AdaptationStrength, EligibilityFirst }

impl UpdateRule for AdaptationProduct {
    const VISITED: Visited = Visited::TracesOrStates;

    #[inline(always)]
    fn product<W: Word, M: Meter>(&self, synapse: &SynapseView<'_, Self, M>) -> W {
        let state = signed(synapse.eligibility_first());
        let strength = synapse.adaptation_strength();
        let e = self.0.eligibility(synapse.surrogate(), synapse.trace_p(), strength, state);
        W::product(synapse.third_factor(), e)
    }
}

/// `beta`, the increment of the adaptation by the threshold, to the nearest: a factor that is formed when a network
/// is loaded. Both lanes are not negative, the threshold is not zero, and the increment is not above it.
#[must_use]
pub fn adaptation_strength(increment: i32, threshold: i32, decay_fraction: u32) -> i32 {
    let threshold = i64::from(threshold);
    (((i64::from(increment) << (decay_fraction + 1)) + threshold) / (2 * threshold)) as i32
}
