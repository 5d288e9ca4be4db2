//! Learning of one block of axons: eligibility states and the sweep over rows that can change.
//!
//! Micro-step 8 of `docs/arithmetic.md`. A trace-only rule visits rows with `P != 0`, an event-driven one rows that an
//! event reached in this step, and both neurons with a modulation. Rules with states advance those of every row that
//! has a trace or is not at rest (they pay for it, and the counts show it). SuperSpike advances first, and visits rows
//! with an eligibility and neurons with a third factor; e-prop for an adaptive threshold forms its eligibility from the
//! state of the step before, so it advances last. SweptRows that share the taps of a kernel sum a tap's products over all
//! rows first (`shared`).
//!
//! Promises: counts are the hardware's (visits that can change a weight), whichever loop runs.

use crate::access::Access;
use crate::config::{Eligibility, LearningDatapath, SynapseLearning};
use crate::counts::LearningCounts;
use crate::kernel::{self, Factors, States};
use crate::registers::Register;
use crate::rule::{EligibilityRule, Gate, UpdateRule, Visited};
use crate::rules::{Normaliser, SynapseRule, WithProduct, WithStates};
use crate::shared::TapSums;
use crate::slice_learning::SliceLearning;
use crate::steps;
use crate::sweep::{self, Sweep, SweptRows, Taps, state_of, strength_of};
use crate::update::WeightUpdate;
use crate::variables::{Meter, Tally, Unmetered};
use crate::views::{SynapseState, SynapseView};
use crate::widths::{sum_bits, update_bits};
use bitvec::prelude::{BitVec, Lsb0};
use serde::{Deserialize, Serialize};
use synfire_core::dither;
use synfire_core::neuron::Datapath;
use synfire_core::neuron_core::AxonBlock;
use synfire_core::synapse::{RowLayout, SynapseMemory, WeightLanes};
use synfire_core::words::Words;

/// Below one active neuron in this many slots a dense row is visited by list. Changes no bit.
const LIST_BELOW: usize = 8;

/// Eligibility states of a block, one or two a weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EligibilityState {
    q: Vec<u16>,
    p: Vec<u16>,
    /// Normalisers, where the rule has them; they survive `clear`.
    normaliser: Vec<u8>,
    /// SweptRows that are not at rest.
    rows: BitVec<u64, Lsb0>,
}

impl EligibilityState {
    /// First and second state of each weight; empty where the rule has none.
    #[must_use]
    pub fn states(&self) -> (&[u16], &[u16]) {
        (&self.q, &self.p)
    }

    /// Normaliser of each weight; empty where the rule has none.
    #[must_use]
    pub fn normalisers(&self) -> &[u8] {
        &self.normaliser
    }

    /// Whether two states belong to blocks of one shape.
    #[must_use]
    pub fn same_shape(&self, other: &Self) -> bool {
        let shape = |s: &Self| (s.q.len(), s.p.len(), s.normaliser.len(), s.rows.len());
        shape(self) == shape(other)
    }
}

/// Learning of one block.
#[derive(Clone, Debug)]
pub struct BlockLearning {
    config: SynapseLearning,
    rule: SynapseRule,
    normaliser: Option<Normaliser>,
    /// Eligibility; empty vectors for a trace-only rule.
    pub state: EligibilityState,
    /// Whether the product, less the decay, fits 32 bits.
    narrow: bool,
    dense_sweep: bool,
    seed: u32,
    rows: Vec<u32>,
    /// Accumulators, where the rows share taps.
    taps: Option<TapSums>,
}

impl BlockLearning {
    /// Registers at rest. `product_bits` is the width of the exact product, the sign included.
    #[must_use]
    pub fn new(
        block: &AxonBlock,
        config: SynapseLearning,
        rule: SynapseRule,
        product_bits: u32,
        seed: u32,
    ) -> Self {
        let weights = block.memory.weights.len();
        let states = rule.state_count();
        let [first, second] = [1, 2].map(|state| if states >= state { weights } else { 0 });
        let reference = config.eligibility.and_then(|eligibility| eligibility.reference());
        let normaliser = reference.map(|reference| Normaliser { reference });
        let rows = BitVec::repeat(false, if states > 0 { block.memory.axons } else { 0 });
        Self {
            config,
            rule,
            normaliser,
            state: EligibilityState {
                q: vec![0; first],
                p: vec![0; second],
                normaliser: vec![0; if normaliser.is_some() { second } else { 0 }],
                rows,
            },
            narrow: update_bits(product_bits, &config, block.format.store_bits) <= 31,
            dense_sweep: false,
            seed: dither::Purpose::Dither.seed(seed),
            rows: Vec::new(),
            taps: most_synapses(&block.memory)
                .map(|synapses| TapSums::new(block.memory.weights.len(), sum_bits(product_bits, synapses))),
        }
    }

    /// Whether its states have a sign.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        matches!(self.config.eligibility, Some(Eligibility::Adaptation { .. }))
    }

    /// What the block declares to read and write.
    pub(crate) fn declare(&self, access: &mut Access) {
        access.synapses(&self.config, self.rule, self.taps.is_some());
    }

    /// Visit every slot of a row, and every row, whether or not it can change (for comparison).
    pub fn set_dense_sweep(&mut self, on: bool) {
        self.dense_sweep = on;
    }

    /// Eligibility to rest; normalisers stay.
    pub fn clear(&mut self) {
        if self.state.rows.any() {
            self.state.q.fill(0);
            self.state.p.fill(0);
            self.state.rows.fill(false);
        }
    }

    /// The block's memories: eligibility states, normalisers, accumulators of taps.
    pub(crate) fn registers(&self, widths: (&Datapath, &LearningDatapath)) -> [(Register, Words); 3] {
        let state = &self.state;
        let sums = self.taps.as_ref().map_or_else(Words::default, |taps| Words::new(taps.len(), taps.bits));
        [
            (Register::Eligibility, Register::Eligibility.words(state.q.len() + state.p.len(), widths)),
            (Register::Normaliser, Register::Normaliser.words(state.normaliser.len(), widths)),
            (Register::TapSum, sums),
        ]
    }

    /// Micro-step 8 for this block. With a `tally` every access goes through a view that counts.
    pub fn update(
        &mut self,
        block: &mut AxonBlock,
        slice: &SliceLearning,
        first_post: u32,
        when: (u64, u8),
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        let rule = self.rule;
        let factors = slice.factors();
        rule.states(Advance { own: self, block, factors, first: true, counts, tally });
        rule.product(Update { own: self, block, slice, first_post, when, counts, tally });
        rule.states(Advance { own: self, block, factors, first: false, counts, tally });
    }

    /// Lists the rows that a rule visits.
    fn list_rows(&self, visited: Visited, block: &AxonBlock, rows: &mut Vec<u32>) {
        let traces = block.traces.as_ref().map(|(_, traces)| traces);
        match visited {
            Visited::Traces => {
                if let Some(traces) = traces {
                    traces.list_active(rows);
                }
            }
            Visited::Events => rows.extend(block.arrived.iter().flatten().map(|(row, _)| *row)),
            Visited::States => rows.extend(self.state.rows.iter_ones().map(|row| row as u32)),
            Visited::TracesOrStates => {
                let p = traces.map_or(&[][..], |traces| &traces.p);
                let awake = p.iter().zip(&self.state.rows).enumerate();
                rows.extend(awake.filter(|(_, (p, row))| **p != 0 || **row).map(|(row, _)| row as u32));
            }
        }
    }

    /// The weight updates of a step, where some may change a weight.
    fn update_weights<R: UpdateRule>(
        &mut self,
        rule: R,
        block: &mut AxonBlock,
        (slice, first_post): (&SliceLearning, u32),
        (step, shift_offset): (u64, u8),
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        let factors = slice.factors();
        let (active, gate) = match R::GATE {
            Gate::ThirdFactor => (&slice.driven, factors.third_factor),
            Gate::Modulation => (&slice.modulated, factors.modulation),
        };
        if active.is_empty() {
            return;
        }
        let mut rows = std::mem::take(&mut self.rows);
        rows.clear();
        self.list_rows(R::VISITED, block, &mut rows);
        if !rows.is_empty() {
            let how = WeightUpdate::new(&self.config, shift_offset, block.format.store_bits);
            let sweep = Sweep {
                factors,
                active,
                gate,
                step,
                seed: self.seed,
                projection: block.projection,
                first_post,
                how,
                list: tally.is_some()
                    || self.normaliser.is_some()
                    || (!self.dense_sweep && active.len() * LIST_BELOW < block.memory.posts),
            };
            // A normaliser adds up to 15 to the shift.
            let longest = how.shift + if self.normaliser.is_some() { 15 } else { 0 };
            let narrow = self.narrow && longest <= 30;
            match tally {
                None => self.run(rule, block, &rows, sweep, narrow, counts, &Unmetered),
                Some(tally) => self.run(rule, block, &rows, sweep, narrow, counts, tally),
            }
        }
        self.rows = rows;
    }

    #[allow(clippy::too_many_arguments)]
    fn run<R: UpdateRule, M: Meter>(
        &mut self,
        rule: R,
        block: &mut AxonBlock,
        rows: &[u32],
        sweep: Sweep<'_>,
        narrow: bool,
        counts: &mut LearningCounts,
        meter: &M,
    ) {
        let states = States { first: &self.state.q, second: &self.state.p };
        let normaliser = self.normaliser.is_some().then_some(&self.state.normaliser[..]);
        let SynapseMemory { posts, layout, weights, .. } = &mut block.memory;
        let rows = SweptRows {
            rows,
            presynaptic: &block.presynaptic,
            p: block.traces.as_ref().map(|(_, traces)| &traces.p[..]),
            arrived: block.arrived.as_deref(),
            posts: *posts,
            listed: layout.listed(),
            states,
            normaliser,
        };
        if let (RowLayout::Shared { taps, names, .. }, Some(sums)) = (&*layout, &mut self.taps) {
            let taps = Taps { taps, names, sums, dense: self.dense_sweep };
            sweep::sum_rows(weights, rule, rows, taps, sweep, counts, meter);
            return;
        }
        match (weights, narrow) {
            (WeightLanes::I8(w), true) => {
                sweep::sweep_rows::<i8, R, i32, M>(w, rule, rows, sweep, counts, meter)
            }
            (WeightLanes::I8(w), false) => {
                sweep::sweep_rows::<i8, R, i64, M>(w, rule, rows, sweep, counts, meter)
            }
            (WeightLanes::I16(w), true) => {
                sweep::sweep_rows::<i16, R, i32, M>(w, rule, rows, sweep, counts, meter)
            }
            (WeightLanes::I16(w), false) => {
                sweep::sweep_rows::<i16, R, i64, M>(w, rule, rows, sweep, counts, meter)
            }
        }
    }

    /// One step of the states of every row that is not at rest.
    fn advance<E: EligibilityRule>(
        &mut self,
        rule: E,
        memory: &SynapseMemory,
        p: &[i32],
        factors: Factors<'_>,
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        let has_second = E::STATES == 2;
        let EligibilityState { q: first, p: second, normaliser: normalisers, rows } = &mut self.state;
        for (row, &trace) in p.iter().enumerate() {
            if trace == 0 && !rows[row] {
                continue;
            }
            let range = memory.row(row);
            counts.eligibility_updates += range.len() as u64;
            let entries = range.clone();
            let mut any = 0;
            match (&memory.layout, tally) {
                (RowLayout::Dense, None) => {
                    let second = if has_second { &mut second[range.clone()] } else { &mut [] };
                    any = kernel::advance_row(&mut first[range], second, factors, trace, rule);
                }
                _ => {
                    for entry in range {
                        let slot = memory.post(row, entry);
                        let state = SynapseState {
                            trace_p: trace,
                            surrogate: factors.surrogate[slot],
                            adaptation_strength: strength_of(factors, slot),
                            eligibility_first: i32::from(first[entry]),
                            eligibility_second: state_of(second, entry),
                            ..SynapseState::default()
                        };
                        let next = match tally {
                            None => rule.advance(&SynapseView::new(state, &Unmetered)),
                            Some(tally) => {
                                steps::WRITE_FIRST_STATE.count(tally, [], [1]);
                                steps::WRITE_SECOND_STATE.count(tally, [], [usize::from(has_second)]);
                                rule.advance(&SynapseView::new(state, tally))
                            }
                        };
                        first[entry] = next.0 as u16;
                        if has_second {
                            second[entry] = next.1 as u16;
                        }
                        any |= next.0 | next.1;
                    }
                }
            }
            if let Some(normaliser) = self.normaliser {
                let (normalisers, second) = (&mut normalisers[entries.clone()], &second[entries]);
                match tally {
                    None => kernel::normalise_row(normalisers, second, normaliser, &Unmetered),
                    Some(tally) => kernel::normalise_row(normalisers, second, normaliser, tally),
                }
            }
            rows.set(row, any != 0);
        }
    }
}

/// Advances the states of a block by the rule that it is given, where that is done before the weights are updated
/// (`first`), or after.
struct Advance<'a> {
    own: &'a mut BlockLearning,
    block: &'a AxonBlock,
    factors: Factors<'a>,
    first: bool,
    counts: &'a mut LearningCounts,
    tally: Option<&'a Tally>,
}

impl WithStates for Advance<'_> {
    type Out = ();

    fn with<E: EligibilityRule>(self, rule: E) {
        let Self { own, block, factors, first, counts, tally } = self;
        if let (true, Some((_, traces))) = (E::FIRST == first, &block.traces) {
            own.advance(rule, &block.memory, &traces.p, factors, counts, tally);
        }
    }
}

/// Updates the weights of a block by the rule that it is given.
struct Update<'a> {
    own: &'a mut BlockLearning,
    block: &'a mut AxonBlock,
    slice: &'a SliceLearning,
    first_post: u32,
    when: (u64, u8),
    counts: &'a mut LearningCounts,
    tally: Option<&'a Tally>,
}

impl WithProduct for Update<'_> {
    type Out = ();

    fn with<R: UpdateRule>(self, rule: R) {
        let Self { own, block, slice, first_post, when, counts, tally } = self;
        own.update_weights(rule, block, (slice, first_post), when, counts, tally);
    }
}

/// Most synapses that read one tap, where rows share taps.
fn most_synapses(memory: &SynapseMemory) -> Option<u64> {
    let RowLayout::Shared { taps, .. } = &memory.layout else { return None };
    let mut counts = vec![0; memory.weights.len()];
    taps.iter().for_each(|tap| counts[*tap as usize] += 1);
    Some(counts.into_iter().max().unwrap_or(0))
}
