//! The weight update of one synapse row: the hot loop of learning.
//!
//! Micro-step 8 of `docs/arithmetic.md`: `w <- clamp(w + ((product + r) >> k))`, with `r = dither(k)` (stochastic),
//! `2^(k-1)` (nearest) or 0 (floor). One dither word a synapse, a function of logical names.
//!
//! Promises: a zero product writes nothing (`r < 2^k`), so visiting a synapse without need changes no bit; a
//! dense sweep of a row and a visit of the neurons that can change give the same weights.
//! Absent on purpose: which rows and neurons are visited (`unit`), what a product is (`rules`).

use crate::rule::{EligibilityRule, UpdateRule, Word};
use crate::rules::DoubleFilter;
use crate::variables::{Meter, Unmetered};
use crate::views::{SynapseState, SynapseView};
use core::marker::PhantomData;
use synfire_core::dither::{self, POST_STRIDE};
use synfire_core::rounding::Rounding;
use synfire_core::vectorised;

/// Constants of the update of one row.
#[derive(Clone, Copy, Debug)]
pub struct RowUpdate {
    /// Dither key of the row in this step.
    pub key: u32,
    /// Logical index of the row's first slot.
    pub first_post: u32,
    /// Learning-rate shift k, 0..=31.
    pub shift: u32,
    /// Rounding.
    pub rounding: Rounding,
    /// Largest weight magnitude.
    pub limit: i32,
    /// Trace P of the row's axon.
    pub p: i32,
    /// Events that arrived on it in this step.
    pub events: i32,
}

/// Per-neuron factors of this step, one lane a neuron of the slice.
#[derive(Clone, Copy, Debug)]
pub struct Factors<'a> {
    /// Third factor L.
    pub third_factor: &'a [i32],
    /// Surrogate derivative.
    pub surrogate: &'a [i32],
    /// `L * surrogate`.
    pub modulation: &'a [i32],
}

/// A stored weight lane that can be written.
pub trait Store: Copy + Into<i32> {
    /// Narrows a weight that was clamped to the store.
    fn narrow(weight: i32) -> Self;
}

impl Store for i8 {
    #[inline(always)]
    fn narrow(weight: i32) -> Self {
        weight as Self
    }
}

impl Store for i16 {
    #[inline(always)]
    fn narrow(weight: i32) -> Self {
        weight as Self
    }
}

impl RowUpdate {
    #[inline(always)]
    fn rounding_word(&self, post: u32) -> u32 {
        match self.rounding {
            Rounding::Stochastic => {
                let row = self.key.wrapping_add(post.wrapping_mul(POST_STRIDE));
                dither::dither(dither::mix(row), self.shift)
            }
            Rounding::Nearest => (1u32 << self.shift) >> 1,
            Rounding::Floor | Rounding::TowardZero => 0,
        }
    }

    /// The updated weight of one synapse.
    #[inline(always)]
    pub fn apply<R: UpdateRule, W: Word, M: Meter>(
        &self,
        rule: R,
        weight: i32,
        post: u32,
        view: &SynapseView<'_, R, M>,
    ) -> i32 {
        let product: W = rule.product(view);
        product.updated(weight, self.rounding_word(post), self.shift, self.limit)
    }
}

#[inline(always)]
fn update_row_body<S: Store, R: UpdateRule, W: Word>(
    weights: &mut [S],
    eligibility: &[u16],
    factors: Factors<'_>,
    rule: R,
    update: RowUpdate,
    _word: PhantomData<W>,
) -> u32 {
    let n = weights.len();
    let (third, surrogate, modulation) =
        (&factors.third_factor[..n], &factors.surrogate[..n], &factors.modulation[..n]);
    let eligibility = if eligibility.is_empty() { None } else { Some(&eligibility[..n]) };
    let mut writes = 0;
    for slot in 0..n {
        let state = SynapseState {
            trace_p: update.p,
            events: update.events,
            third_factor: third[slot],
            surrogate: surrogate[slot],
            modulation: modulation[slot],
            eligibility_first: 0,
            eligibility_second: eligibility.map_or(0, |e| i32::from(e[slot])),
        };
        let weight: i32 = weights[slot].into();
        let post = update.first_post.wrapping_add(slot as u32);
        let next = update.apply::<R, W, _>(rule, weight, post, &SynapseView::new(state, &Unmetered));
        writes += u32::from(next != weight);
        weights[slot] = S::narrow(next);
    }
    writes
}

vectorised! {
    /// Updates every slot of a dense row. `eligibility` holds the second state of each slot, or nothing where the rule
    /// has none. Returns how many weights changed.
    pub fn update_row[S: Store, R: UpdateRule, W: Word](
        weights: &mut [S], eligibility: &[u16], factors: Factors<'_>, rule: R, update: RowUpdate, word: PhantomData<W>,
    ) -> u32 => update_row_body::<S, R, W>
}

#[inline(always)]
fn filter_row_body(
    first: &mut [u16],
    second: &mut [u16],
    surrogate: &[i32],
    trace: i32,
    rule: DoubleFilter,
) -> i32 {
    let n = first.len();
    let (second, surrogate) = (&mut second[..n], &surrogate[..n]);
    let mut any = 0;
    for slot in 0..n {
        let state = SynapseState {
            trace_p: trace,
            surrogate: surrogate[slot],
            eligibility_first: i32::from(first[slot]),
            eligibility_second: i32::from(second[slot]),
            ..SynapseState::default()
        };
        let next = rule.advance(&SynapseView::new(state, &Unmetered));
        first[slot] = next.0 as u16;
        second[slot] = next.1 as u16;
        any |= next.0 | next.1;
    }
    any
}

vectorised! {
    /// One step of the eligibility states of a dense row. Zero when the row came to rest.
    pub fn filter_row(first: &mut [u16], second: &mut [u16], surrogate: &[i32], trace: i32, rule: DoubleFilter) -> i32
        => filter_row_body
}
