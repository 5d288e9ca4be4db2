//! The weight update of one synapse row: the hot loop of learning.
//!
//! Micro-step 8 of `docs/arithmetic.md`: `w <- clamp(w + ((product + r) >> k))`, with `r = dither(k)` (stochastic),
//! `2^(k-1)` (nearest) or 0 (floor). One dither word a synapse, a function of logical names.
//!
//! Promises: a zero product writes nothing (`r < 2^k`), so visiting a synapse without need changes no bit; a
//! dense sweep of a row and a visit of the neurons that can change give the same weights.
//! Absent on purpose: which rows and neurons are visited (`unit`), what a product is (`rules`).

use crate::rule::{Rule, Word};
use crate::views::SynapseView;
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
    pub fn apply<R: Rule, W: Word>(&self, rule: R, weight: i32, post: u32, view: &SynapseView) -> i32 {
        rule.product::<W>(view).updated(weight, self.rounding_word(post), self.shift, self.limit)
    }
}

#[inline(always)]
fn trace_row_body<S: Store, R: Rule, W: Word>(
    weights: &mut [S],
    factors: Factors<'_>,
    rule: R,
    update: RowUpdate,
    _word: PhantomData<W>,
) -> u32 {
    let n = weights.len();
    let (third, surrogate, modulation) =
        (&factors.third_factor[..n], &factors.surrogate[..n], &factors.modulation[..n]);
    let mut writes = 0;
    for slot in 0..n {
        let view = SynapseView {
            p: update.p,
            third_factor: third[slot],
            surrogate: surrogate[slot],
            modulation: modulation[slot],
            eligibility_q: 0,
            eligibility_p: 0,
        };
        let weight: i32 = weights[slot].into();
        let post = update.first_post.wrapping_add(slot as u32);
        let next = update.apply::<R, W>(rule, weight, post, &view);
        writes += u32::from(next != weight);
        weights[slot] = S::narrow(next);
    }
    writes
}

vectorised! {
    /// Updates every slot of a dense row of a trace-only rule. Returns how many weights changed.
    pub fn trace_row[S: Store, R: Rule, W: Word](
        weights: &mut [S], factors: Factors<'_>, rule: R, update: RowUpdate, word: PhantomData<W>,
    ) -> u32 => trace_row_body::<S, R, W>
}

/// Constants of SuperSpike's outer filter.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
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

impl Filter {
    /// `(E1, E2)` after one step: E2 takes the old E1, as P takes the old Q.
    #[inline(always)]
    #[must_use]
    pub fn advance(&self, q: i32, p: i32, surrogate: i32, trace: i32) -> (i32, i32) {
        let decay = |x, factor| synfire_core::decay::decay(x, factor, self.decay_fraction);
        let input = (surrogate as u32 * trace as u32) >> self.product_shift;
        let next_p = (decay(p, self.p_decay) + q).min(self.max);
        let next_q = (decay(q, self.q_decay) as u32).saturating_add(input).min(self.max as u32) as i32;
        (next_q, next_p)
    }
}

#[inline(always)]
fn filter_row_body(q: &mut [u16], p: &mut [u16], surrogate: &[i32], trace: i32, filter: Filter) -> i32 {
    let n = q.len();
    let (p, surrogate) = (&mut p[..n], &surrogate[..n]);
    let mut any = 0;
    for slot in 0..n {
        let (next_q, next_p) = filter.advance(i32::from(q[slot]), i32::from(p[slot]), surrogate[slot], trace);
        q[slot] = next_q as u16;
        p[slot] = next_p as u16;
        any |= next_q | next_p;
    }
    any
}

vectorised! {
    /// One step of the eligibility states of a dense row. Zero when the row came to rest.
    pub fn filter_row(q: &mut [u16], p: &mut [u16], surrogate: &[i32], trace: i32, filter: Filter) -> i32
        => filter_row_body
}

#[inline(always)]
fn filtered_row_body<S: Store, R: Rule, W: Word>(
    weights: &mut [S],
    eligibility: &[u16],
    factors: Factors<'_>,
    rule: R,
    update: RowUpdate,
    _word: PhantomData<W>,
) -> u32 {
    let n = weights.len();
    let (third, eligibility) = (&factors.third_factor[..n], &eligibility[..n]);
    let mut writes = 0;
    for slot in 0..n {
        let view = SynapseView {
            p: update.p,
            third_factor: third[slot],
            surrogate: 0,
            modulation: 0,
            eligibility_q: 0,
            eligibility_p: i32::from(eligibility[slot]),
        };
        let weight: i32 = weights[slot].into();
        let post = update.first_post.wrapping_add(slot as u32);
        let next = update.apply::<R, W>(rule, weight, post, &view);
        writes += u32::from(next != weight);
        weights[slot] = S::narrow(next);
    }
    writes
}

vectorised! {
    /// Updates every slot of a dense row from its eligibility. Returns how many weights changed.
    pub fn filtered_row[S: Store, R: Rule, W: Word](
        weights: &mut [S], eligibility: &[u16], factors: Factors<'_>, rule: R, update: RowUpdate, word: PhantomData<W>,
    ) -> u32 => filtered_row_body::<S, R, W>
}
