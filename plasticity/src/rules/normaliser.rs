//! A learning rate a synapse: `N <- max(N, bits(E2) - reference)`, and the synapse's update is shifted by `k + N`.
//!
//! Source: the rates `r_ij` of SuperSpike (V-B of Neftci, Mostafa and Zenke, 2019; Zenke and Ganguli, 2018), which divide
//! by a running maximum. Dividing by its power of two is a shift, so a synapse keeps the bit length of the largest
//! eligibility it ever had above a reference, and neither the maximum itself nor a divider. State: [`BITS`] bits a
//! synapse, which survive `clear`. Fixed point: E2 = 0.

use crate::reads;
use crate::variables::Meter;
use crate::views::SynapseView;

/// Bits of N: 16 bits of eligibility above a reference of at least 1.
pub const BITS: u64 = 4;

/// The rate of a synapse.
#[derive(Clone, Copy, Debug)]
pub struct Normaliser {
    /// Bit length of an eligibility up to which the rate is the projection's own, 1..=16.
    pub reference: u8,
}

reads! { Normaliser: EligibilitySecond, Normaliser }

impl Normaliser {
    /// N after a step in which the second eligibility state became `E2`.
    #[inline(always)]
    pub fn advance<M: Meter>(&self, synapse: &SynapseView<'_, Self, M>) -> i32 {
        let bits = 32 - synapse.eligibility_second().leading_zeros() as i32;
        (bits - i32::from(self.reference)).max(synapse.normaliser())
    }

    /// The shift of a synapse's update: `min(k + N, 31)`.
    #[inline(always)]
    #[must_use]
    pub const fn shift(k: u32, normaliser: u8) -> u32 {
        let sum = k + normaliser as u32;
        if sum < 31 { sum } else { 31 }
    }
}
