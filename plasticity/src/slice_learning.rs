//! Learning registers of one population slice: third factors, surrogates, error traces, groups.
//!
//! Micro-steps 6 and 7 of `docs/arithmetic.md` for the neurons of a slice. The views a rule sees are built here.
//!
//! Promises: one saturation of the third factor; nothing is computed where every error is zero and no
//! regulariser acts. Absent on purpose: synapses (`block_learning`), packets.

use crate::broadcast::BroadcastState;
use crate::config::{GroupReadout, NeuronLearning, Readout, Surrogate, ThirdFactor};
use crate::feedback;
use crate::group::{GroupFormats, Groups};
use crate::kernel::Factors;
use crate::readout::{self, ErrorFormats, ErrorTraces, ReadoutView};
use crate::rule::ThirdFactorRule;
use crate::rules::{Feedback, GroupError, OwnError, SurrogateDerivative};
use crate::surrogate;
use crate::third_factor::{self, Neurons};
use crate::variables::{Meter, Tally, Variable};
use serde::{Deserialize, Serialize};
use synfire_core::dither::Purpose;
use synfire_core::neuron::PerNeuron;
use synfire_core::slice::Slice;
use synfire_core::trace::append_nonzero;
use synfire_core::vectorised;

/// An error that a readout neuron formed: an error packet's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormedError {
    /// Broadcast channel.
    pub channel: u16,
    /// Error lanes.
    pub value: i32,
}

/// Learning state of a slice in a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceState {
    error_traces: Option<ErrorTraces>,
    groups: Option<Groups>,
    /// Spikes since the last `clear`, saturating at 255; kept where a rate limit reads them.
    spike_counts: Vec<u8>,
}

/// Learning of one slice.
#[derive(Clone, Debug)]
pub struct SliceLearning {
    learning: Option<NeuronLearning>,
    readout: Option<Readout>,
    group: Option<GroupReadout>,
    formats: ErrorFormats,
    /// B or G: one row of channels a neuron.
    matrix: Vec<i8>,
    /// Checkpointed registers.
    pub state: SliceState,
    /// L of this step.
    pub third_factor: Vec<i32>,
    /// Surrogate of this step, valid after [`SliceLearning::form_surrogates`].
    surrogate: Vec<i32>,
    modulation: Vec<i32>,
    /// Neurons whose modulation is not zero, ascending: those a trace-only rule can change.
    pub modulated: Vec<u32>,
    /// Neurons whose third factor is not zero, ascending: those an eligibility rule can change. Listed where there is
    /// such a rule.
    pub driven: Vec<u32>,
    /// Whether any third factor may be other than zero.
    formed: bool,
    /// Whether a block's eligibility needs the surrogate in every step.
    pub filters: bool,
}

impl SliceLearning {
    /// Registers at rest; matrices drawn for the slice's logical neurons.
    #[must_use]
    pub fn new(
        slice: &Slice,
        learning: Option<NeuronLearning>,
        readout: Option<Readout>,
        formats: ErrorFormats,
        seed: u32,
    ) -> Self {
        let len = slice.len;
        let neurons = slice.first..slice.first + len as u32;
        let mut matrix = Vec::new();
        let mut group = None;
        if let Some(l) = &learning {
            let mut draw = |draw, purpose| {
                matrix = feedback::rows(draw, purpose, seed, slice.population, neurons.clone(), l.channels);
            };
            match l.third_factor {
                ThirdFactor::OwnError => {}
                ThirdFactor::Feedback { draw: kind, .. } => draw(kind, Purpose::Feedback),
                ThirdFactor::Group { readout, .. } => {
                    draw(readout.draw, Purpose::GroupReadout);
                    group = Some(readout);
                }
            }
        }
        let channels = learning.map_or(0, |l| usize::from(l.channels));
        let counts = learning.is_some_and(|l| l.rate_limit.is_some());
        Self {
            learning,
            readout,
            group,
            formats,
            matrix,
            state: SliceState {
                error_traces: readout.map(|r| ErrorTraces::new(r.signal, len)),
                groups: group.map(|g| Groups::new(len.div_ceil(g.neurons as usize), channels)),
                spike_counts: if counts { vec![0; len] } else { Vec::new() },
            },
            third_factor: vec![0; len],
            surrogate: vec![0; len],
            modulation: vec![0; len],
            modulated: Vec::new(),
            driven: Vec::new(),
            formed: false,
            filters: false,
        }
    }

    /// Registers to their reset values.
    pub fn clear(&mut self) {
        if let Some(traces) = &mut self.state.error_traces {
            traces.clear();
        }
        if let Some(groups) = &mut self.state.groups {
            groups.clear();
        }
        self.state.spike_counts.fill(0);
        self.third_factor.fill(0);
        self.modulation.fill(0);
        self.modulated.clear();
        self.driven.clear();
        self.formed = false;
    }

    /// Micro-step 1: a group's errors of the step before become current.
    pub fn arrive(&mut self) {
        if let Some(groups) = &mut self.state.groups {
            groups.arrive();
        }
    }

    /// Micro-step 6: counts spikes, forms the errors of readout neurons and groups.
    pub fn form_errors(&mut self, slice: &Slice, broadcast: &BroadcastState, out: &mut Vec<FormedError>) {
        if !self.state.spike_counts.is_empty() {
            for neuron in slice.fired().iter_ones() {
                self.state.spike_counts[neuron] = self.state.spike_counts[neuron].saturating_add(1);
            }
        }
        if let (Some(group), Some(groups), Some(l)) = (&self.group, &mut self.state.groups, &self.learning) {
            let channels = usize::from(l.first_channel)..usize::from(l.first_channel + l.channels);
            let formats = GroupFormats {
                learning: self.formats.learning,
                state_fraction: self.formats.state_fraction,
                decay_fraction: u32::from(self.formats.decay_fraction),
                targets: &broadcast.targets[channels],
            };
            groups.form(group, slice.fired().iter_ones(), &self.matrix, &formats, broadcast.learn);
        }
        let (Some(readout), Some(traces)) = (&self.readout, &mut self.state.error_traces) else { return };
        if !broadcast.learn && traces.is_empty() {
            return;
        }
        for neuron in 0..slice.len {
            let channel = readout.first_channel + (slice.first as usize + neuron) as u16;
            let view = ReadoutView {
                compared: slice.registers.compared[neuron],
                spike: slice.registers.fired[neuron] != 0,
                target: broadcast.targets[usize::from(channel)],
            };
            let value = readout::error(readout, &self.formats, neuron, view, traces);
            if value != 0 && broadcast.learn {
                out.push(FormedError { channel, value });
            }
        }
    }

    /// Micro-step 7: third factors from the errors that arrived in micro-step 1. Returns how many were formed.
    pub fn form_third_factors(
        &mut self,
        slice: &Slice,
        broadcast: &BroadcastState,
        tally: Option<&Tally>,
    ) -> u64 {
        let had_any = std::mem::take(&mut self.formed);
        self.modulated.clear();
        self.driven.clear();
        let Some(learning) = self.learning else { return 0 };
        let limited = learning
            .rate_limit
            .is_some_and(|limit| self.state.spike_counts.iter().any(|count| *count > limit.spikes));
        let from_group = self.state.groups.as_ref().is_some_and(Groups::any_error);
        let from_broadcast = self.group.is_none() && broadcast.any_error;
        if !broadcast.learn || !(limited || from_group || from_broadcast) {
            if had_any {
                self.third_factor.fill(0);
                self.modulation.fill(0);
            }
            return 0;
        }
        self.formed = true;
        match learning.third_factor {
            ThirdFactor::OwnError => self.third_factors_of(OwnError, learning, slice, broadcast, tally),
            ThirdFactor::Feedback { shift, .. } => {
                self.third_factors_of(Feedback { shift }, learning, slice, broadcast, tally);
            }
            ThirdFactor::Group { shift, .. } => {
                self.third_factors_of(GroupError { shift }, learning, slice, broadcast, tally);
            }
        }
        slice.len as u64
    }

    fn third_factors_of<R: ThirdFactorRule>(
        &mut self,
        rule: R,
        learning: NeuronLearning,
        slice: &Slice,
        state: &BroadcastState,
        tally: Option<&Tally>,
    ) {
        let first = usize::from(learning.first_channel);
        let channels = usize::from(learning.channels);
        let errors = &state.errors[first..first + channels];
        let own_errors = match learning.third_factor {
            ThirdFactor::OwnError => &errors[slice.first as usize..slice.first as usize + slice.len],
            ThirdFactor::Feedback { .. } | ThirdFactor::Group { .. } => &[],
        };
        let neurons = Neurons {
            compared: &slice.registers.compared,
            fired: &slice.registers.fired,
            spike_counts: &self.state.spike_counts,
            own_errors,
            matrix: &self.matrix,
            errors,
            groups: self.state.groups.as_ref().zip(self.group.map(|group| group.neurons as usize)),
            limit: learning.rate_limit,
        };
        let format = self.formats.learning.third_factor;
        third_factor::form(rule, neurons, format, &mut self.third_factor, tally);
    }

    /// Surrogates and modulations of this step, where a rule reads them. Call after the third factors.
    pub fn form_surrogates(&mut self, slice: &Slice, any_third_factor: bool, tally: Option<&Tally>) {
        let Some(learning) = self.learning else { return };
        if !any_third_factor && !self.filters {
            return;
        }
        match learning.surrogate {
            None => self.modulation.copy_from_slice(&self.third_factor),
            Some(config) => {
                self.derivatives(config, slice, tally);
                modulate(&mut self.modulation, &self.third_factor, &self.surrogate);
            }
        }
        if let Some(tally) = tally
            && any_third_factor
        {
            let neurons = self.modulation.len();
            tally.read(Variable::ThirdFactor, neurons);
            tally.read(Variable::Surrogate, if learning.surrogate.is_some() { neurons } else { 0 });
            tally.write(Variable::Modulation, neurons);
        }
        if any_third_factor {
            append_nonzero(&self.modulation, 0, &mut self.modulated);
            if self.filters {
                append_nonzero(&self.third_factor, 0, &mut self.driven);
            }
        }
    }

    /// The surrogate derivative of every neuron.
    fn derivatives(&mut self, config: Surrogate, slice: &Slice, tally: Option<&Tally>) {
        let format = self.formats.learning.surrogate;
        let compared = &slice.registers.compared;
        let threshold = &slice.parameters.threshold;
        match (threshold, tally) {
            (PerNeuron::Same(threshold), None) => {
                surrogate::derivatives(config, format, compared, *threshold, &mut self.surrogate);
            }
            (_, None) => {
                for (neuron, out) in self.surrogate.iter_mut().enumerate() {
                    *out = surrogate::derivative(config, format, compared[neuron], threshold.get(neuron));
                }
            }
            (_, Some(tally)) => {
                for (neuron, out) in self.surrogate.iter_mut().enumerate() {
                    let rule = SurrogateDerivative { config, format, threshold: threshold.get(neuron) };
                    *out = third_factor::derivative(rule, compared[neuron], tally);
                }
            }
        }
    }

    /// What the rows of this slice read.
    #[must_use]
    pub fn factors(&self) -> Factors<'_> {
        Factors { third_factor: &self.third_factor, surrogate: &self.surrogate, modulation: &self.modulation }
    }

    /// Whether the slice learns or forms errors.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.learning.is_some() || self.readout.is_some()
    }

    /// How the slice's neurons learn.
    #[must_use]
    pub fn learning(&self) -> Option<&NeuronLearning> {
        self.learning.as_ref()
    }

    /// The groups' readouts, where the slice has groups.
    #[must_use]
    pub fn groups(&self) -> Option<&Groups> {
        self.state.groups.as_ref()
    }

    /// Bits of learning state: matrices, error traces, groups, spike counters.
    #[must_use]
    pub fn bits(&self) -> u64 {
        let formats = &self.formats.learning;
        let matrix = self.matrix.len() as u64 * 8;
        let traces = self.state.error_traces.as_ref().map_or(0, |t| {
            if t.is_empty() {
                0
            } else {
                2 * self.third_factor.len() as u64 * u64::from(formats.error_trace_bits)
            }
        });
        let groups = self.state.groups.as_ref().map_or(0, |g| {
            let channels = self.learning.map_or(0, |l| u64::from(l.channels));
            g.len() as u64 * channels * (32 + u64::from(formats.error.width))
        });
        let third = if self.learning.is_some() {
            self.third_factor.len() as u64 * u64::from(formats.third_factor.width)
        } else {
            0
        };
        matrix + traces + groups + third + self.state.spike_counts.len() as u64 * 8
    }

    /// Puts state from a checkpoint in place; false when its shape differs.
    #[must_use]
    pub fn restore(&mut self, state: SliceState) -> bool {
        let shape = |s: &SliceState| {
            (s.error_traces.is_some(), s.groups.as_ref().map(Groups::len), s.spike_counts.len())
        };
        if shape(&state) != shape(&self.state) {
            return false;
        }
        self.state = state;
        true
    }
}

#[inline(always)]
fn modulate_body(modulation: &mut [i32], third_factor: &[i32], surrogate: &[i32]) {
    for (modulation, (l, s)) in modulation.iter_mut().zip(third_factor.iter().zip(surrogate)) {
        *modulation = l * s;
    }
}

vectorised! {
    /// `L * surrogate` of every neuron.
    fn modulate(modulation: &mut [i32], third_factor: &[i32], surrogate: &[i32]) => modulate_body
}
