//! The sweep over the rows of a block that can change: which synapses are visited, and what each sees.
//!
//! Promises: a dense row visited by list and one visited whole end in the same weights; counts are the hardware's.
//! Absent on purpose: which rows (`block_learning`), the arithmetic of an update (`kernel`, `shared`).

use crate::counts::LearningCounts;
use crate::kernel::{self, Factors, RowUpdate, States, Store};
use crate::rule::{UpdateRule, Word};
use crate::rules::Normaliser;
use crate::shared::{TapSums, TapUpdate};
use crate::steps;
use crate::update::WeightUpdate;
use crate::variables::Meter;
use crate::views::{SynapseState, SynapseView};
use core::marker::PhantomData;
use synfire_core::dither;
use synfire_core::synapse::{TapName, WeightLanes};

/// What all rows of a block share in a step.
#[derive(Clone, Copy)]
pub(crate) struct Sweep<'a> {
    pub factors: Factors<'a>,
    /// Neurons that can change, ascending.
    pub active: &'a [u32],
    /// Their factor, one lane a neuron: zero where nothing can change.
    pub gate: &'a [i32],
    pub step: u64,
    pub seed: u32,
    pub projection: u32,
    pub first_post: u32,
    pub how: WeightUpdate,
    pub list: bool,
}

/// Strength of a neuron's adaptation, where a rule reads it.
pub(crate) fn strength_of(factors: Factors<'_>, slot: usize) -> i32 {
    factors.adaptation_strength.get(slot).copied().unwrap_or(0)
}

/// The rows to visit, and what of the block their synapses read.
#[derive(Clone, Copy)]
pub(crate) struct SweptRows<'a> {
    pub rows: &'a [u32],
    pub presynaptic: &'a [u32],
    /// Traces of all axons, where the block keeps any.
    pub p: Option<&'a [i32]>,
    /// Events of the axons of `rows`, where the rule reads them.
    pub arrived: Option<&'a [(u32, u8)]>,
    pub posts: usize,
    /// First entry of each row and slot of each entry, where slots are listed.
    pub listed: Option<(&'a [u32], &'a [u16])>,
    pub states: States<'a>,
    pub normaliser: Option<&'a [u8]>,
}

impl SweptRows<'_> {
    /// What the synapses of the `index`th visited row share in the step.
    #[inline(always)]
    fn update(&self, index: usize, sweep: &Sweep<'_>) -> RowUpdate {
        let at = self.rows[index] as usize;
        RowUpdate {
            key: dither::row_key(sweep.seed, sweep.step, sweep.projection, self.presynaptic[at]),
            first_post: sweep.first_post,
            how: sweep.how,
            p: self.p.map_or(0, |p| p[at]),
            events: self.arrived.map_or(0, |arrived| i32::from(arrived[index].1)),
        }
    }

    /// The update of one synapse, shifted by its normaliser where it keeps one.
    #[inline(always)]
    fn normalised<M: Meter>(&self, update: RowUpdate, entry: usize, meter: &M) -> RowUpdate {
        let Some(normaliser) = self.normaliser else { return update };
        steps::READ_NORMALISER.count(meter, [1], []);
        let shift = Normaliser::shift(update.how.shift, normaliser[entry]);
        RowUpdate { how: WeightUpdate { shift, ..update.how }, ..update }
    }
}

/// A state of a synapse, where the rule keeps it.
pub(crate) fn state_of(lanes: &[u16], entry: usize) -> i32 {
    lanes.get(entry).map_or(0, |state| i32::from(*state))
}

/// Updates the synapses of `rows` that can change, each with a weight of its own.
pub(crate) fn sweep_rows<S: Store, R: UpdateRule, W: Word, M: Meter>(
    weights: &mut [S],
    rule: R,
    rows: SweptRows<'_>,
    sweep: Sweep<'_>,
    counts: &mut LearningCounts,
    meter: &M,
) {
    let factors = sweep.factors;
    let word = PhantomData::<W>;
    for (index, &row) in rows.rows.iter().enumerate() {
        let at = row as usize;
        let update = rows.update(index, &sweep);
        counts.rows_visited += 1;
        let state = |weight: i32, entry: usize, slot: usize| SynapseState {
            weight,
            trace_p: update.p,
            events: update.events,
            third_factor: factors.third_factor[slot],
            surrogate: factors.surrogate[slot],
            modulation: factors.modulation[slot],
            adaptation_strength: strength_of(factors, slot),
            eligibility_first: state_of(rows.states.first, entry),
            eligibility_second: state_of(rows.states.second, entry),
            normaliser: 0,
        };
        let mut visit = |entry: usize, slot: usize, weights: &mut [S]| {
            let weight: i32 = weights[entry].into();
            let post = update.first_post + slot as u32;
            let update = rows.normalised(update, entry, meter);
            let next = update.apply::<R, W, M>(rule, post, state(weight, entry, slot), meter);
            weights[entry] = S::narrow(next);
            counts.weight_writes += u64::from(next != weight);
            // Read once: by the decay, or here.
            let reads = [usize::from(update.how.decay.is_none())];
            steps::WRITE_WEIGHT.count(meter, reads, [usize::from(next != weight)]);
        };
        match rows.listed {
            None => {
                counts.weight_updates += sweep.active.len() as u64;
                let start = at * rows.posts;
                if sweep.list {
                    for &slot in sweep.active {
                        visit(start + slot as usize, slot as usize, weights);
                    }
                } else {
                    let range = start..start + rows.posts;
                    let row = &mut weights[range.clone()];
                    let states = rows.states.part(range);
                    let writes = kernel::update_row(row, states, factors, rule, update, word);
                    counts.weight_writes += u64::from(writes);
                }
            }
            Some((starts, posts)) => {
                let first = starts[at] as usize;
                for (offset, &slot) in posts[first..starts[at + 1] as usize].iter().enumerate() {
                    let (entry, slot) = (first + offset, usize::from(slot));
                    if sweep.gate[slot] != 0 {
                        visit(entry, slot, weights);
                        counts.weight_updates += 1;
                    }
                }
            }
        }
    }
}

/// The taps that rows share: what each entry reads, the taps' names and their accumulators.
pub(crate) struct Taps<'a> {
    pub taps: &'a [u32],
    pub names: &'a [TapName],
    pub sums: &'a mut TapSums,
    /// Visit every entry and every tap (for comparison).
    pub dense: bool,
}

/// Sums the products of the synapses of `rows` by tap, then writes each tap once.
pub(crate) fn sum_rows<R: UpdateRule, M: Meter>(
    weights: &mut WeightLanes,
    rule: R,
    rows: SweptRows<'_>,
    taps: Taps<'_>,
    sweep: Sweep<'_>,
    counts: &mut LearningCounts,
    meter: &M,
) {
    let Some((starts, posts)) = rows.listed else { return };
    let factors = sweep.factors;
    for (index, &row) in rows.rows.iter().enumerate() {
        let at = row as usize;
        let update = rows.update(index, &sweep);
        counts.rows_visited += 1;
        let entries = starts[at] as usize..starts[at + 1] as usize;
        for (post, tap) in posts[entries.clone()].iter().zip(&taps.taps[entries]) {
            let slot = usize::from(*post);
            let can_change = sweep.gate[slot] != 0;
            if !can_change && !taps.dense {
                continue;
            }
            let state = SynapseState {
                trace_p: update.p,
                events: update.events,
                third_factor: factors.third_factor[slot],
                surrogate: factors.surrogate[slot],
                modulation: factors.modulation[slot],
                ..SynapseState::default()
            };
            let product: i64 = rule.product(&SynapseView::new(state, meter));
            taps.sums.add(*tap as usize, product, meter);
            counts.weight_updates += u64::from(can_change);
        }
    }
    if taps.dense {
        (0..taps.sums.len()).for_each(|tap| taps.sums.visit(tap));
    }
    let update =
        TapUpdate { seed: sweep.seed, step: sweep.step, projection: sweep.projection, how: sweep.how };
    counts.weight_writes += taps.sums.write(weights, taps.names, update, meter);
}
