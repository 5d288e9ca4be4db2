//! Widths of what the learning engine forms exactly before it rounds: products, updates, sums of a tap.
//!
//! Section 9 of `docs/arithmetic.md`. Promises: no product or sum of the stated width can overflow, the sign included.
//! Absent on purpose: widths of registers (the configuration states them), dendritic sums (`synfire_core::width`).

use crate::config::{LearningDatapath, Presynaptic, SynapseLearning};

/// Bits of an arrival's event count.
const EVENT_BITS: u32 = 8;

/// Width of the exact product of a rule, the sign included.
#[must_use]
pub fn product_bits(learning: &LearningDatapath, rule: &SynapseLearning, has_surrogate: bool) -> u32 {
    let third = u32::from(learning.third_factor.width);
    if rule.eligibility.is_some() {
        return third + u32::from(learning.eligibility_bits);
    }
    let surrogate = if has_surrogate { u32::from(learning.surrogate.width) } else { 0 };
    let presynaptic = match rule.presynaptic {
        Presynaptic::Trace => u32::from(learning.trace_bits),
        Presynaptic::Events => EVENT_BITS,
    };
    third + surrogate + presynaptic
}

/// Width of what is rounded, the sign included: a product of `product_bits`, less the decay of a weight of `store_bits`.
#[must_use]
pub fn update_bits(product_bits: u32, rule: &SynapseLearning, store_bits: u8) -> u32 {
    match rule.decay_shift() {
        None => product_bits,
        Some(shift) => product_bits.max(u32::from(store_bits) + shift) + 1,
    }
}

/// Widest sum of products: 64 bits hold it and its random word.
pub const MAX_SUM_BITS: u32 = 62;

/// Width of the exact sum of `synapses` products of `product_bits`, the sign included.
#[must_use]
pub const fn sum_bits(product_bits: u32, synapses: u64) -> u32 {
    let synapses = if synapses == 0 { 1 } else { synapses };
    product_bits + synapses.next_power_of_two().trailing_zeros()
}
