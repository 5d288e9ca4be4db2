//! Learning of one block of axons: eligibility states and the sweep over rows that can change.
//!
//! Micro-step 8 of `docs/arithmetic.md`. A trace-only rule visits rows with `P != 0`, an event-driven one rows that an
//! event reached in this step, and both neurons with a modulation; SuperSpike advances the eligibility of every row that has a trace or is not at rest (it pays for it, and
//! the counts show it), and visits rows with an eligibility and neurons with a third factor.
//!
//! Promises: counts are the hardware's (visits that can change a weight), whichever loop runs.

use crate::config::{Presynaptic, SynapseLearning};
use crate::kernel::{self, Factors, RowUpdate, Store};
use crate::rule::{EligibilityRule, UpdateRule, Word};
use crate::rules::{DoubleFilter, EligibilityProduct, EventProduct, TraceProduct};
use crate::slice_learning::SliceLearning;
use crate::unit::LearningCounts;
use crate::variables::{Meter, Tally, Unmetered, Variable};
use crate::views::{SynapseState, SynapseView};
use bitvec::prelude::{BitVec, Lsb0};
use core::marker::PhantomData;
use serde::{Deserialize, Serialize};
use synfire_core::dither;
use synfire_core::neuron_core::AxonBlock;
use synfire_core::synapse::{RowLayout, SynapseMemory, WeightLanes};

/// Below one active neuron in this many slots a dense row is visited by list. Changes no bit.
const LIST_BELOW: usize = 8;

/// Eligibility states of a block, one pair a weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EligibilityState {
    q: Vec<u16>,
    p: Vec<u16>,
    /// Rows that are not at rest.
    rows: BitVec<u64, Lsb0>,
}

impl EligibilityState {
    /// Whether two states belong to blocks of one shape.
    #[must_use]
    pub fn same_shape(&self, other: &Self) -> bool {
        self.q.len() == other.q.len() && self.p.len() == other.p.len() && self.rows.len() == other.rows.len()
    }
}

/// Learning of one block.
#[derive(Clone, Debug)]
pub struct BlockLearning {
    config: SynapseLearning,
    filter: Option<DoubleFilter>,
    /// Eligibility; empty vectors for a trace-only rule.
    pub state: EligibilityState,
    /// Whether the product fits 32 bits.
    narrow: bool,
    dense_sweep: bool,
    seed: u32,
    rows: Vec<u32>,
}

/// What all rows of a block share in a step.
#[derive(Clone, Copy)]
struct Sweep<'a> {
    factors: Factors<'a>,
    /// Neurons that can change, ascending.
    active: &'a [u32],
    /// Their factor, one lane a neuron: zero where nothing can change.
    gate: &'a [i32],
    step: u64,
    seed: u32,
    projection: u32,
    first_post: u32,
    shift: u32,
    config: SynapseLearning,
    limit: i32,
    list: bool,
}

impl BlockLearning {
    /// Registers at rest. `product_bits` is the width of the exact product, the sign included.
    #[must_use]
    pub fn new(
        block: &AxonBlock,
        config: SynapseLearning,
        filter: Option<DoubleFilter>,
        product_bits: u32,
        seed: u32,
    ) -> Self {
        let len = if filter.is_some() { block.memory.weights.len() } else { 0 };
        let rows = if filter.is_some() { block.memory.axons } else { 0 };
        Self {
            config,
            filter,
            state: EligibilityState { q: vec![0; len], p: vec![0; len], rows: BitVec::repeat(false, rows) },
            narrow: product_bits <= 31,
            dense_sweep: false,
            seed: dither::Purpose::Dither.seed(seed),
            rows: Vec::new(),
        }
    }

    /// How the block's synapses learn.
    #[must_use]
    pub fn config(&self) -> &SynapseLearning {
        &self.config
    }

    /// Visit every slot of a row, and every row, whether or not it can change (for comparison).
    pub fn set_dense_sweep(&mut self, on: bool) {
        self.dense_sweep = on;
    }

    /// Eligibility to rest.
    pub fn clear(&mut self) {
        if self.state.rows.any() {
            self.state.q.fill(0);
            self.state.p.fill(0);
            self.state.rows.fill(false);
        }
    }

    /// Bits of eligibility state, at `eligibility_bits` a state.
    #[must_use]
    pub fn bits(&self, eligibility_bits: u8) -> u64 {
        (self.state.q.len() + self.state.p.len()) as u64 * u64::from(eligibility_bits)
    }

    /// Micro-step 8 for this block. With a `tally` every access goes through a view that counts.
    pub fn update(
        &mut self,
        block: &mut AxonBlock,
        slice: &SliceLearning,
        first_post: u32,
        (step, shift_offset): (u64, u8),
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        let mut rows = std::mem::take(&mut self.rows);
        rows.clear();
        match (self.filter, &block.traces, &block.arrived) {
            (Some(filter), Some((_, traces)), _) => {
                self.advance_filter(filter, &block.memory, &traces.p, slice, counts, tally);
                rows.extend(self.state.rows.iter_ones().map(|row| row as u32));
            }
            (None, Some((_, traces)), _) if !slice.modulated.is_empty() => traces.list_active(&mut rows),
            (None, None, Some(arrived)) => rows.extend(arrived.iter().map(|(row, _)| *row)),
            _ => {}
        }
        let active = if self.filter.is_some() { &slice.driven } else { &slice.modulated };
        if !active.is_empty() && !rows.is_empty() {
            let shift = self.config.shift.saturating_add(shift_offset).min(31);
            let factors = slice.factors();
            let sweep = Sweep {
                factors,
                active,
                gate: if self.filter.is_some() { factors.third_factor } else { factors.modulation },
                step,
                seed: self.seed,
                projection: block.projection,
                first_post,
                shift: u32::from(shift),
                config: self.config,
                limit: (1 << (block.format.store_bits - 1)) - 1,
                list: tally.is_some()
                    || (!self.dense_sweep && active.len() * LIST_BELOW < block.memory.posts),
            };
            let narrow = self.narrow && shift <= 30;
            match (self.filter.is_some(), self.config.presynaptic) {
                (true, _) => self.sweep(EligibilityProduct, block, &rows, sweep, narrow, counts, tally),
                (false, Presynaptic::Trace) => {
                    self.sweep(TraceProduct, block, &rows, sweep, narrow, counts, tally);
                }
                (false, Presynaptic::Events) => {
                    self.sweep(EventProduct, block, &rows, sweep, narrow, counts, tally);
                }
            }
        }
        self.rows = rows;
    }

    #[allow(clippy::too_many_arguments)]
    fn sweep<R: UpdateRule>(
        &self,
        rule: R,
        block: &mut AxonBlock,
        rows: &[u32],
        sweep: Sweep<'_>,
        narrow: bool,
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        match tally {
            None => self.run(rule, block, rows, sweep, narrow, counts, &Unmetered),
            Some(tally) => self.run(rule, block, rows, sweep, narrow, counts, tally),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn run<R: UpdateRule, M: Meter>(
        &self,
        rule: R,
        block: &mut AxonBlock,
        rows: &[u32],
        sweep: Sweep<'_>,
        narrow: bool,
        counts: &mut LearningCounts,
        meter: &M,
    ) {
        let eligibility = self.filter.is_some().then_some(&self.state.p[..]);
        let SynapseMemory { posts, layout, weights, .. } = &mut block.memory;
        let rows = Rows {
            rows,
            presynaptic: &block.presynaptic,
            p: block.traces.as_ref().map(|(_, traces)| &traces.p[..]),
            arrived: block.arrived.as_deref(),
            posts: *posts,
            layout,
            eligibility,
        };
        match (weights, narrow) {
            (WeightLanes::I8(w), true) => sweep_rows::<i8, R, i32, M>(w, rule, rows, sweep, counts, meter),
            (WeightLanes::I8(w), false) => sweep_rows::<i8, R, i64, M>(w, rule, rows, sweep, counts, meter),
            (WeightLanes::I16(w), true) => sweep_rows::<i16, R, i32, M>(w, rule, rows, sweep, counts, meter),
            (WeightLanes::I16(w), false) => sweep_rows::<i16, R, i64, M>(w, rule, rows, sweep, counts, meter),
        }
    }

    fn advance_filter(
        &mut self,
        filter: DoubleFilter,
        memory: &SynapseMemory,
        p: &[i32],
        slice: &SliceLearning,
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        let surrogate = slice.factors().surrogate;
        let EligibilityState { q: first, p: second, rows } = &mut self.state;
        for (row, &trace) in p.iter().enumerate() {
            if trace == 0 && !rows[row] {
                continue;
            }
            let range = memory.row(row);
            counts.eligibility_updates += range.len() as u64;
            let mut any = 0;
            match (&memory.layout, tally) {
                (RowLayout::Dense, None) => {
                    let (first, second) = (&mut first[range.clone()], &mut second[range]);
                    any = kernel::filter_row(first, second, surrogate, trace, filter);
                }
                _ => {
                    for entry in range {
                        let state = SynapseState {
                            trace_p: trace,
                            surrogate: surrogate[memory.post(row, entry)],
                            eligibility_first: i32::from(first[entry]),
                            eligibility_second: i32::from(second[entry]),
                            ..SynapseState::default()
                        };
                        let next = match tally {
                            None => filter.advance(&SynapseView::new(state, &Unmetered)),
                            Some(tally) => {
                                tally.write(Variable::EligibilityFirst, 1);
                                tally.write(Variable::EligibilitySecond, 1);
                                filter.advance(&SynapseView::new(state, tally))
                            }
                        };
                        first[entry] = next.0 as u16;
                        second[entry] = next.1 as u16;
                        any |= next.0 | next.1;
                    }
                }
            }
            rows.set(row, any != 0);
        }
    }
}

#[derive(Clone, Copy)]
struct Rows<'a> {
    rows: &'a [u32],
    presynaptic: &'a [u32],
    /// Traces of all axons, where the block keeps any.
    p: Option<&'a [i32]>,
    /// Events of the axons of `rows`, where the rule reads them.
    arrived: Option<&'a [(u32, u8)]>,
    posts: usize,
    layout: &'a RowLayout,
    eligibility: Option<&'a [u16]>,
}

fn sweep_rows<S: Store, R: UpdateRule, W: Word, M: Meter>(
    weights: &mut [S],
    rule: R,
    rows: Rows<'_>,
    sweep: Sweep<'_>,
    counts: &mut LearningCounts,
    meter: &M,
) {
    let factors = sweep.factors;
    let word = PhantomData::<W>;
    for (index, &row) in rows.rows.iter().enumerate() {
        let at = row as usize;
        let update = RowUpdate {
            key: dither::row_key(sweep.seed, sweep.step, sweep.projection, rows.presynaptic[at]),
            first_post: sweep.first_post,
            shift: sweep.shift,
            rounding: sweep.config.rounding,
            limit: sweep.limit,
            p: rows.p.map_or(0, |p| p[at]),
            events: rows.arrived.map_or(0, |arrived| i32::from(arrived[index].1)),
        };
        counts.rows_visited += 1;
        let state = |entry: usize, slot: usize| SynapseState {
            trace_p: update.p,
            events: update.events,
            third_factor: factors.third_factor[slot],
            surrogate: factors.surrogate[slot],
            modulation: factors.modulation[slot],
            eligibility_first: 0,
            eligibility_second: rows.eligibility.map_or(0, |e| i32::from(e[entry])),
        };
        let mut visit = |entry: usize, slot: usize, weights: &mut [S]| {
            let weight: i32 = weights[entry].into();
            let post = update.first_post + slot as u32;
            let next =
                update.apply::<R, W, M>(rule, weight, post, &SynapseView::new(state(entry, slot), meter));
            weights[entry] = S::narrow(next);
            counts.weight_writes += u64::from(next != weight);
            meter.read(Variable::Weight, 1);
            meter.write(Variable::Weight, usize::from(next != weight));
        };
        match rows.layout {
            RowLayout::Dense => {
                counts.weight_updates += sweep.active.len() as u64;
                let start = at * rows.posts;
                if sweep.list {
                    for &slot in sweep.active {
                        visit(start + slot as usize, slot as usize, weights);
                    }
                } else {
                    let range = start..start + rows.posts;
                    let row = &mut weights[range.clone()];
                    let eligibility = rows.eligibility.map_or(&[][..], |e| &e[range]);
                    let writes = kernel::update_row(row, eligibility, factors, rule, update, word);
                    counts.weight_writes += u64::from(writes);
                }
            }
            RowLayout::Sparse { starts, posts } => {
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
