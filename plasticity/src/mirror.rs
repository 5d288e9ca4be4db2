//! A slice's copy of its neurons' weights to a readout, kept bit-equal by the readout's own update.
//!
//! A readout's weight `W_ki` changes by `(L_k P_i + dither) >> k`, with `L_k` the third factor of readout neuron `k`
//! (its broadcast error, saturated) and `P_i` the trace of neuron `i`'s spikes as they arrive there. All of it is
//! known where neuron `i` lives: the error is broadcast and used in the same step everywhere, the trace is of the
//! neuron's own spikes, and the dither is a function of logical names. So the copy is updated here, after the third
//! factors of the step were formed from it. Source: `docs/arithmetic.md`, "Mirror".
//!
//! Promises: equal to the weights in the readout's core after every step (a property test holds it to that).
//! Absent on purpose: readouts that learn by anything but the delta rule of their own error, several delays.

use crate::config::MirrorConfig;
use crate::kernel::{self, Factors, RowUpdate, States};
use crate::rules::{TraceProduct, WeightDecay};
use crate::unit::LearningCounts;
use crate::variables::{Meter, Tally, Variable};
use core::marker::PhantomData;
use serde::{Deserialize, Serialize};
use synfire_core::dither;
use synfire_core::format::Format;
use synfire_core::slice::Slice;
use synfire_core::trace::Traces;

/// Registers of a mirror.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MirrorState {
    /// Weights: a row of channels a neuron.
    weights: Vec<i16>,
    /// Traces of the neurons' own spikes.
    traces: Traces,
    /// Spikes under way: bit `i` is the spike of `i + 1` steps ago.
    under_way: Vec<u64>,
}

/// The mirror of one slice.
#[derive(Clone, Debug)]
pub struct Mirror {
    config: MirrorConfig,
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
    /// The copy at its start, for the neurons of `slice` and a readout of `channels` neurons.
    #[must_use]
    pub fn new(config: MirrorConfig, slice: &Slice, channels: usize, seed: u32) -> Self {
        let state = MirrorState {
            weights: config.weights.clone(),
            traces: Traces::new(slice.len),
            under_way: vec![0; slice.len],
        };
        Self {
            config,
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
    }

    /// All weights, a row of channels a neuron.
    #[must_use]
    pub fn weights(&self) -> &[i16] {
        &self.state.weights
    }

    /// Trace P of each neuron's own spikes, as the readout's axon keeps it.
    #[must_use]
    pub fn trace_p(&self) -> &[i32] {
        &self.state.traces.p
    }

    /// Trace pairs that the hardware advances in a step.
    #[must_use]
    pub fn trace_pairs(&self) -> u64 {
        if self.config.learning.is_some() { self.state.under_way.len() as u64 } else { 0 }
    }

    /// Bits of a mirrored weight.
    #[must_use]
    pub fn store_bits(&self) -> u8 {
        self.config.store_bits
    }

    /// Whether the mirrored weights change.
    #[must_use]
    pub fn learns(&self) -> bool {
        self.config.learning.is_some()
    }

    /// Bits of its state: weights, traces, spikes under way.
    #[must_use]
    pub fn bits(&self) -> u64 {
        let weights = self.state.weights.len() as u64 * u64::from(self.config.store_bits);
        let pair = 2 * u64::from(self.config.traces.bits) + u64::from(self.config.delay);
        weights + self.trace_pairs() * pair
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
        if let Some(tally) = tally {
            tally.read(Variable::Spike, under_way.len());
            tally.write(Variable::MirrorTrace, under_way.len());
        }
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
        self.state.traces.list_active(&mut self.rows);
        // The readout has no surrogate: its modulation is its third factor.
        let lanes = &self.third_factor[..];
        let factors =
            Factors { third_factor: lanes, surrogate: lanes, modulation: lanes, adaptation_strength: &[] };
        for &row in &self.rows {
            let at = row as usize;
            let update = RowUpdate {
                key: dither::row_key(self.seed, step, self.config.projection, self.first + row),
                first_post: 0,
                shift: u32::from(learning.shift.saturating_add(shift_offset).min(31)),
                rounding: learning.rounding,
                limit: (1 << (self.config.store_bits - 1)) - 1,
                decay: learning.decay_shift().map(|shift| WeightDecay { shift }),
                p: self.state.traces.p[at],
                events: 0,
            };
            let weights = &mut self.state.weights[at * self.channels..(at + 1) * self.channels];
            let writes = kernel::update_row(
                weights,
                States::default(),
                factors,
                TraceProduct,
                update,
                PhantomData::<i64>,
            );
            counts.rows_visited += 1;
            counts.weight_updates += driven as u64;
            counts.weight_writes += u64::from(writes);
            if let Some(tally) = tally {
                tally.read(Variable::MirrorTrace, 1);
                tally.read(Variable::BroadcastError, driven);
                tally.write(Variable::MirrorRow, writes as usize);
            }
        }
    }

    /// Puts registers from a checkpoint in place; false when their shape differs.
    #[must_use]
    pub fn restore(&mut self, state: MirrorState) -> bool {
        let shape = |s: &MirrorState| (s.weights.len(), s.traces.p.len(), s.under_way.len());
        let same = shape(&state) == shape(&self.state);
        if same {
            self.state = state;
        }
        same
    }
}
