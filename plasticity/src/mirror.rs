//! A slice's copy of its neurons' weights to a readout, kept bit-equal by the readout's own update.
//!
//! A readout's weight `W_ki` changes by `(L_k P_i + dither) >> k`, with `L_k` the third factor of readout neuron `k`
//! (its broadcast error, saturated) and `P_i` the trace of neuron `i`'s spikes as they arrive there. All of it is
//! known where neuron `i` lives: the error is broadcast and used in the same step everywhere, the trace is of the
//! neuron's own spikes, and the dither is a function of logical names. So the copy is updated here, after the third
//! factors of the step were formed from it. Source: `docs/arithmetic.md`, "Mirror".
//!
//! Where the readout learns with a filter a synapse (SuperSpike), its weights change by `(L_k E2_ki + dither) >> k`, and E2
//! of a step needs surrogates up to the step before alone. They arrive one step late, like errors: so the copy keeps E1 of
//! the step before and E2 of this one, which is in time.
//!
//! Promises: equal to the weights in the readout's core after every step (a property test holds it to that).
//! Absent on purpose: readouts that learn by anything but their own error, normalisers, several delays.

use crate::config::{LearningDatapath, MirrorConfig};
use crate::counts::LearningCounts;
use crate::kernel::{self, Factors, RowUpdate, States};
use crate::registers::Register;
use crate::rules::{DoubleFilter, EligibilityProduct, LateFilter, TraceProduct};
use crate::steps;
use crate::update::WeightUpdate;
use crate::variables::Tally;
use core::marker::PhantomData;
use serde::{Deserialize, Serialize};
use synfire_core::dither;
use synfire_core::format::Format;
use synfire_core::neuron::Datapath;
use synfire_core::slice::Slice;
use synfire_core::trace::Traces;
use synfire_core::words::Words;

/// Registers of a mirror.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorState {
    /// Weights: a row of channels a neuron.
    weights: Vec<i16>,
    /// Traces of the neurons' own spikes.
    traces: Traces,
    /// Spikes under way: bit `i` is the spike of `i + 1` steps ago.
    under_way: Vec<u64>,
    /// States of a filter, as `weights`: E1 of the step before, E2 of this one; empty where there is none.
    first: Vec<u16>,
    second: Vec<u16>,
    /// Rows of states that are not at rest.
    awake: Vec<bool>,
}

/// The mirror of one slice.
#[derive(Clone, Debug)]
pub struct Mirror {
    config: MirrorConfig,
    filter: Option<LateFilter>,
    channels: usize,
    first: u32,
    seed: u32,
    /// Checkpointed registers.
    pub state: MirrorState,
    /// Third factors of the readout's neurons in this step.
    third_factor: Vec<i32>,
    rows: Vec<u32>,
}

impl Mirror {
    /// The copy at its start, for the neurons of `slice` and a readout of `channels` neurons; `filter` is that of the
    /// readout's synapses.
    #[must_use]
    pub fn new(
        config: MirrorConfig,
        filter: Option<DoubleFilter>,
        slice: &Slice,
        channels: usize,
        seed: u32,
    ) -> Self {
        let (states, rows) = if filter.is_some() { (config.weights.len(), slice.len) } else { (0, 0) };
        let state = MirrorState {
            weights: config.weights.clone(),
            traces: Traces::new(slice.len),
            under_way: vec![0; slice.len],
            first: vec![0; states],
            second: vec![0; states],
            awake: vec![false; rows],
        };
        Self {
            config,
            filter: filter.map(LateFilter),
            channels,
            first: slice.first,
            seed: dither::Purpose::Dither.seed(seed),
            state,
            third_factor: vec![0; channels],
            rows: Vec::new(),
        }
    }

    /// Control event `clear`: all but the weights.
    pub fn clear(&mut self) {
        self.state.traces.clear();
        self.state.under_way.fill(0);
        self.state.first.fill(0);
        self.state.second.fill(0);
        self.state.awake.fill(false);
    }

    /// All weights, a row of channels a neuron.
    #[must_use]
    pub fn weights(&self) -> &[i16] {
        &self.state.weights
    }

    /// Weights of a neuron: the channels of the readout.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Trace P of each neuron's own spikes, as the readout's axon keeps it.
    #[must_use]
    pub fn trace_p(&self) -> &[i32] {
        &self.state.traces.p
    }

    /// Trace Q of the same.
    #[must_use]
    pub fn trace_q(&self) -> &[i32] {
        &self.state.traces.q
    }

    /// States of the filter: E1 of the step before and E2 of this one, a row of channels a neuron.
    #[must_use]
    pub fn eligibility(&self) -> (&[u16], &[u16]) {
        (&self.state.first, &self.state.second)
    }

    /// Trace pairs that the hardware advances in a step.
    #[must_use]
    pub fn trace_pairs(&self) -> u64 {
        if self.config.learning.is_some() { self.state.under_way.len() as u64 } else { 0 }
    }

    /// Whether the mirrored weights change.
    #[must_use]
    pub fn learns(&self) -> bool {
        self.config.learning.is_some()
    }

    /// Whether a filter's states are kept.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.filter.is_some()
    }

    /// First broadcast channel of the surrogates that it needs.
    #[must_use]
    pub fn surrogates(&self) -> Option<usize> {
        self.config.surrogates.map(usize::from)
    }

    /// The mirror's memories; traces and the line of spikes only where the weights change.
    pub(crate) fn registers(&self, widths: (&Datapath, &LearningDatapath)) -> [(Register, Words); 4] {
        let learning = if self.learns() { self.state.under_way.len() } else { 0 };
        let states = self.state.first.len() + self.state.second.len();
        [
            (Register::MirrorWeight, Words::new(self.state.weights.len(), self.config.store_bits)),
            (Register::MirrorTrace, Register::MirrorTrace.words(2 * learning, widths)),
            (Register::MirrorSpikes, Words::new(learning, self.config.delay)),
            (Register::MirrorEligibility, Register::MirrorEligibility.words(states, widths)),
        ]
    }

    /// The filter, from the surrogates that the readout formed in the step before and the traces of that step. Call
    /// before [`Mirror::advance`].
    pub fn advance_filter(&mut self, surrogates: &[i32], counts: &mut LearningCounts, tally: Option<&Tally>) {
        let Some(filter) = self.filter else { return };
        let MirrorState { traces, first, second, awake, .. } = &mut self.state;
        let factors = Factors {
            third_factor: surrogates,
            surrogate: surrogates,
            modulation: surrogates,
            adaptation_strength: &[],
        };
        for (row, awake) in awake.iter_mut().enumerate() {
            let trace = traces.p[row];
            if trace == 0 && !*awake {
                continue;
            }
            let states = row * self.channels..(row + 1) * self.channels;
            let (first, second) = (&mut first[states.clone()], &mut second[states]);
            *awake = kernel::advance_row(first, second, factors, trace, filter) != 0;
            counts.eligibility_updates += self.channels as u64;
            let states = 2 * self.channels;
            steps::MIRROR_FILTER.count(&tally, [1, self.channels, states], [states]);
        }
    }

    /// Micro-step 5, as the readout's axons see it: what arrives there in this step, then this step's spikes leave.
    pub fn advance(&mut self, slice: &Slice, tally: Option<&Tally>) {
        if self.config.learning.is_none() {
            return;
        }
        let last = 1u64 << (self.config.delay - 1);
        let MirrorState { traces, under_way, .. } = &mut self.state;
        let arrived = under_way.iter().enumerate().filter(|(_, spikes)| **spikes & last != 0);
        traces.update(self.config.traces, arrived.map(|(neuron, _)| (neuron, 1)));
        for (spikes, &fired) in under_way.iter_mut().zip(&slice.registers.fired) {
            *spikes = (*spikes << 1) | u64::from(fired);
        }
        steps::MIRROR_TRACES.count(&tally, [under_way.len()], [under_way.len()]);
    }

    /// Micro-step 8: the readout's own update of these weights, from the errors that arrived in this step.
    pub fn update(
        &mut self,
        errors: &[i32],
        third_factor: Format,
        (step, shift_offset): (u64, u8),
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        let Some(learning) = self.config.learning else { return };
        for (lane, error) in self.third_factor.iter_mut().zip(errors) {
            *lane = third_factor.saturate(i64::from(*error));
        }
        let driven = self.third_factor.iter().filter(|lane| **lane != 0).count();
        if driven == 0 {
            return;
        }
        if self.filter.is_some() {
            self.rows.clear();
            let awake = self.state.awake.iter().enumerate().filter(|(_, awake)| **awake);
            self.rows.extend(awake.map(|(row, _)| row as u32));
        } else {
            self.state.traces.list_active(&mut self.rows);
        }
        // Without a filter the readout has no surrogate: its modulation is its third factor.
        let lanes = &self.third_factor[..];
        let factors =
            Factors { third_factor: lanes, surrogate: lanes, modulation: lanes, adaptation_strength: &[] };
        let how = WeightUpdate::new(&learning, shift_offset, self.config.store_bits);
        for &row in &self.rows {
            let at = row as usize;
            let update = RowUpdate {
                key: dither::row_key(self.seed, step, self.config.projection, self.first + row),
                first_post: 0,
                how,
                p: self.state.traces.p[at],
                events: 0,
            };
            let own = at * self.channels..(at + 1) * self.channels;
            let weights = &mut self.state.weights[own.clone()];
            let states = States { first: &self.state.first, second: &self.state.second }.part(own);
            let word = PhantomData::<i64>;
            let writes = if self.filter.is_some() {
                kernel::update_row(weights, states, factors, EligibilityProduct, update, word)
            } else {
                kernel::update_row(weights, states, factors, TraceProduct, update, word)
            };
            counts.rows_visited += 1;
            counts.weight_updates += driven as u64;
            counts.weight_writes += u64::from(writes);
            if self.filter.is_some() {
                steps::MIRROR_FROM_FILTER.count(&tally, [driven, driven], [writes as usize]);
            } else {
                steps::MIRROR_FROM_TRACES.count(&tally, [1, driven], [writes as usize]);
            }
        }
    }

    /// Puts registers from a checkpoint in place; false when their shape differs.
    #[must_use]
    pub fn restore(&mut self, state: MirrorState) -> bool {
        let shape = |s: &MirrorState| {
            let states = (s.first.len(), s.second.len(), s.awake.len());
            (s.weights.len(), s.traces.p.len(), s.under_way.len(), states)
        };
        let same = shape(&state) == shape(&self.state);
        if same {
            self.state = state;
        }
        same
    }
}
