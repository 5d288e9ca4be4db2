//! The weight update of one synapse row: the hot loop of learning.
//!
//! Micro-step 8 of `docs/arithmetic.md`: `w <- clamp(w + ((product + r) >> k))`, with `r = dither(k)` (stochastic),
//! `2^(k-1)` (nearest) or 0 (floor). One dither word a synapse, a function of logical names. Where weights decay, a
//! product that is not zero is less `w << s` before it is rounded.
//!
//! Promises: a zero product writes nothing (`r < 2^k`), so visiting a synapse without need changes no bit; a
//! dense sweep of a row and a visit of the neurons that can change give the same weights.
//! Absent on purpose: which rows and neurons are visited (`unit`), what a product is (`rules`).

use crate::rule::{EligibilityRule, UpdateRule, Word};
use crate::rules::{Normaliser, WeightDecay};
use crate::steps;
use crate::update::WeightUpdate;
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
    /// How its products are written.
    pub how: WeightUpdate,
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
    /// Strength of each neuron's adaptation; empty where no rule reads it.
    pub adaptation_strength: &'a [i32],
}

/// Eligibility states of a row, one lane a slot; empty where the rule has none.
#[derive(Clone, Copy, Debug, Default)]
pub struct States<'a> {
    /// First states.
    pub first: &'a [u16],
    /// Second states.
    pub second: &'a [u16],
}

impl States<'_> {
    /// The states of the slots `range` of a block.
    #[must_use]
    pub fn part(self, range: core::ops::Range<usize>) -> Self {
        let part = |lanes| if <[u16]>::is_empty(lanes) { lanes } else { &lanes[range.clone()] };
        Self { first: part(self.first), second: part(self.second) }
    }
}

/// The first `n` lanes, where there are any.
#[inline(always)]
fn lanes<T>(lanes: &[T], n: usize) -> Option<&[T]> {
    if lanes.is_empty() { None } else { Some(&lanes[..n]) }
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
    /// `r` of section 9.3 for one slot.
    #[inline(always)]
    pub(crate) fn rounding_word(&self, post: u32) -> u32 {
        match self.how.rounding {
            Rounding::Stochastic => {
                let row = self.key.wrapping_add(post.wrapping_mul(POST_STRIDE));
                dither::dither(dither::mix(row), self.how.shift)
            }
            Rounding::Nearest => (1u32 << self.how.shift) >> 1,
            Rounding::Floor | Rounding::TowardZero => 0,
        }
    }

    /// The updated weight of one synapse.
    #[inline(always)]
    pub fn apply<R: UpdateRule, W: Word, M: Meter>(
        &self,
        rule: R,
        post: u32,
        synapse: SynapseState,
        meter: &M,
    ) -> i32 {
        let product: W = rule.product(&SynapseView::new(synapse, meter));
        self.how.written(product, synapse, self.rounding_word(post), meter)
    }
}

#[inline(always)]
fn update_row_body<S: Store, R: UpdateRule, W: Word>(
    weights: &mut [S],
    states: States<'_>,
    factors: Factors<'_>,
    rule: R,
    update: RowUpdate,
    _word: PhantomData<W>,
) -> u32 {
    let n = weights.len();
    let (third, surrogate, modulation) =
        (&factors.third_factor[..n], &factors.surrogate[..n], &factors.modulation[..n]);
    let (first, second) = (lanes(states.first, n), lanes(states.second, n));
    let strength = lanes(factors.adaptation_strength, n);
    let mut writes = 0;
    for slot in 0..n {
        let weight: i32 = weights[slot].into();
        let state = SynapseState {
            weight,
            trace_p: update.p,
            events: update.events,
            third_factor: third[slot],
            surrogate: surrogate[slot],
            modulation: modulation[slot],
            adaptation_strength: strength.map_or(0, |lanes| lanes[slot]),
            eligibility_first: first.map_or(0, |lanes| i32::from(lanes[slot])),
            eligibility_second: second.map_or(0, |lanes| i32::from(lanes[slot])),
            normaliser: 0,
        };
        let post = update.first_post.wrapping_add(slot as u32);
        let next = update.apply::<R, W, _>(rule, post, state, &Unmetered);
        writes += u32::from(next != weight);
        weights[slot] = S::narrow(next);
    }
    writes
}

// Two loops, so that the one without decay pays nothing for it.

#[inline(always)]
fn update_row_plain<S: Store, R: UpdateRule, W: Word>(
    weights: &mut [S],
    states: States<'_>,
    factors: Factors<'_>,
    rule: R,
    update: RowUpdate,
    word: PhantomData<W>,
) -> u32 {
    let how = WeightUpdate { decay: None, ..update.how };
    update_row_body(weights, states, factors, rule, RowUpdate { how, ..update }, word)
}

#[inline(always)]
fn update_row_decaying<S: Store, R: UpdateRule, W: Word>(
    weights: &mut [S],
    states: States<'_>,
    factors: Factors<'_>,
    rule: R,
    (update, decay): (RowUpdate, WeightDecay),
    word: PhantomData<W>,
) -> u32 {
    let how = WeightUpdate { decay: Some(decay), ..update.how };
    update_row_body(weights, states, factors, rule, RowUpdate { how, ..update }, word)
}

vectorised! {
    fn row_plain[S: Store, R: UpdateRule, W: Word](
        weights: &mut [S], states: States<'_>, factors: Factors<'_>, rule: R, update: RowUpdate, word: PhantomData<W>,
    ) -> u32 => update_row_plain::<S, R, W>
}

vectorised! {
    fn row_decaying[S: Store, R: UpdateRule, W: Word](
        weights: &mut [S], states: States<'_>, factors: Factors<'_>, rule: R, update: (RowUpdate, WeightDecay),
        word: PhantomData<W>,
    ) -> u32 => update_row_decaying::<S, R, W>
}

/// Updates every slot of a dense row. Returns how many weights changed.
pub fn update_row<S: Store, R: UpdateRule, W: Word>(
    weights: &mut [S],
    states: States<'_>,
    factors: Factors<'_>,
    rule: R,
    update: RowUpdate,
    word: PhantomData<W>,
) -> u32 {
    match update.how.decay {
        None => row_plain(weights, states, factors, rule, update, word),
        Some(decay) => row_decaying(weights, states, factors, rule, (update, decay), word),
    }
}

#[inline(always)]
fn advance_row_body<E: EligibilityRule>(
    first: &mut [u16],
    second: &mut [u16],
    factors: Factors<'_>,
    trace: i32,
    rule: E,
) -> i32 {
    let n = first.len();
    let has_second = E::STATES == 2;
    let second = if has_second { &mut second[..n] } else { second };
    let surrogate = &factors.surrogate[..n];
    let strength = lanes(factors.adaptation_strength, n);
    let mut any = 0;
    for slot in 0..n {
        let state = SynapseState {
            trace_p: trace,
            surrogate: surrogate[slot],
            adaptation_strength: strength.map_or(0, |lanes| lanes[slot]),
            eligibility_first: i32::from(first[slot]),
            eligibility_second: if has_second { i32::from(second[slot]) } else { 0 },
            ..SynapseState::default()
        };
        let next = rule.advance(&SynapseView::new(state, &Unmetered));
        first[slot] = next.0 as u16;
        if has_second {
            second[slot] = next.1 as u16;
        }
        any |= next.0 | next.1;
    }
    any
}

vectorised! {
    /// One step of the eligibility states of a dense row; `second` is empty where the rule has one state. Zero when the
    /// row came to rest.
    pub fn advance_row[E: EligibilityRule](
        first: &mut [u16], second: &mut [u16], factors: Factors<'_>, trace: i32, rule: E,
    ) -> i32 => advance_row_body::<E>
}

/// The normalisers of a row, after its second eligibility states advanced.
pub fn normalise_row<M: Meter>(normalisers: &mut [u8], second: &[u16], rule: Normaliser, meter: &M) {
    for (normaliser, second) in normalisers.iter_mut().zip(second) {
        let state = SynapseState {
            eligibility_second: i32::from(*second),
            normaliser: i32::from(*normaliser),
            ..SynapseState::default()
        };
        *normaliser = rule.advance(&SynapseView::new(state, meter)) as u8;
        steps::WRITE_NORMALISER.count(meter, [], [1]);
    }
}
