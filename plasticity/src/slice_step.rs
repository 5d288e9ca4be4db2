//! Micro-steps 6 and 7 of `docs/arithmetic.md` for the neurons of one slice.
//!
//! Promises: one saturation of the third factor; no third factor is computed where every error is zero, no regulariser
//! acts and no error compartment is charged; what is computed is counted. Absent on purpose: synapses
//! (`block_learning`), packets.

use crate::broadcast::BroadcastState;
use crate::config::{ErrorSignal, NeuronLearning, Readout, Surrogate};
use crate::counts::LearningCounts;
use crate::group::{GroupFormats, Groups};
use crate::readout::{self, ReadoutView};
use crate::rule::ThirdFactorRule;
use crate::rules::{self, SurrogateDerivative, WithThirdFactor};
use crate::slice_learning::{FormedError, SliceLearning};
use crate::steps;
use crate::surrogate;
use crate::third_factor::{self, Neurons};
use crate::variables::{Tally, Variable};
use synfire_core::marked::marked;
use synfire_core::neuron::PerNeuron;
use synfire_core::slice::Slice;
use synfire_core::trace::append_nonzero;
use synfire_core::vectorised;

impl SliceLearning {
    /// Micro-step 6: counts spikes, forms the errors of readout neurons and groups.
    pub fn form_errors(
        &mut self,
        slice: &Slice,
        broadcast: &BroadcastState,
        out: &mut Vec<FormedError>,
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        if !self.state.spike_counts.is_empty() {
            for neuron in marked(slice.fired_words()) {
                self.state.spike_counts[neuron] = self.state.spike_counts[neuron].saturating_add(1);
            }
            steps::COUNT_SPIKES.count(&tally, [slice.len], [slice.fired_count() as usize]);
        }
        self.form_groups(slice, broadcast, counts, tally);
        let Some(readout) = self.readout else { return };
        let before = out.len();
        let first = usize::from(readout.first_channel) + slice.first as usize;
        match (readout.signal, readout.competition) {
            // Formed after the third factors.
            (ErrorSignal::Modulation { .. }, _) => {}
            (_, Some(competition)) => {
                if !broadcast.learn {
                    return;
                }
                counts.errors_computed += slice.len as u64;
                steps::MEMBRANE_ERROR.count(&tally, [slice.len, slice.len], []);
                let seen = (&slice.registers.compared[..], &broadcast.targets[first..first + slice.len]);
                readout::competition(&readout, competition, &self.formats, seen, &mut self.contested);
                for (neuron, &value) in self.contested.iter().enumerate().filter(|(_, value)| **value != 0) {
                    out.push(FormedError { channel: (first + neuron) as u16, value });
                }
            }
            _ => self.form_own_errors((&readout, first), slice, broadcast, out, counts, tally),
        }
        steps::SEND_ERRORS.count(&tally, [], [out.len() - before]);
    }

    /// Section 6: readouts and errors of the slice's groups.
    fn form_groups(
        &mut self,
        slice: &Slice,
        broadcast: &BroadcastState,
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        let (Some(group), Some(groups), Some(l)) = (&self.group, &mut self.state.groups, &self.learning)
        else {
            return;
        };
        let channels = usize::from(l.first_channel)..usize::from(l.first_channel + l.channels);
        let formats = GroupFormats {
            learning: self.formats.learning,
            state_fraction: self.formats.state_fraction,
            decay_fraction: u32::from(self.formats.decay_fraction),
            targets: &broadcast.targets[channels],
        };
        groups.form(group, marked(slice.fired_words()), &self.matrix, &formats, broadcast.learn);
        let lanes = groups.len() * usize::from(l.channels);
        let entries = slice.fired_count() as usize * usize::from(l.channels);
        let errors = if broadcast.learn { lanes } else { 0 };
        counts.group_additions += entries as u64;
        counts.group_updates += lanes as u64;
        counts.errors_computed += errors as u64;
        steps::GROUP_READOUT.count(&tally, [slice.len, entries, lanes], [lanes]);
        steps::GROUP_ERROR.count(&tally, [errors], [errors]);
    }

    /// Section 5 of readout neurons that do not compete; `first` is the channel of the slice's first neuron.
    fn form_own_errors(
        &mut self,
        (readout, first): (&Readout, usize),
        slice: &Slice,
        broadcast: &BroadcastState,
        out: &mut Vec<FormedError>,
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        let Some(traces) = &mut self.state.error_traces else { return };
        if !broadcast.learn && traces.is_empty() {
            return;
        }
        counts.errors_computed += if broadcast.learn { slice.len as u64 } else { 0 };
        counts.error_trace_updates += if traces.is_empty() { 0 } else { slice.len as u64 };
        if traces.is_empty() {
            steps::MEMBRANE_ERROR.count(&tally, [slice.len; 2], []);
        } else {
            steps::SPIKE_ERROR.count(&tally, [slice.len; 3], [slice.len]);
        }
        for neuron in 0..slice.len {
            let view = ReadoutView {
                compared: slice.registers.compared[neuron],
                spike: slice.registers.fired[neuron] != 0,
                target: broadcast.targets[first + neuron],
            };
            let value = readout::error(readout, &self.formats, neuron, view, traces);
            if value != 0 && broadcast.learn {
                out.push(FormedError { channel: (first + neuron) as u16, value });
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
        let charged = self.state.compartments.iter().any(|charge| *charge != 0);
        // A compartment leaks, and takes what arrives, whether or not the core learns.
        let moves = !self.state.compartments.is_empty() && (charged || from_broadcast);
        if !moves && !(broadcast.learn && (limited || from_group || from_broadcast)) {
            if had_any {
                self.third_factor.fill(0);
                self.modulation.fill(0);
            }
            return 0;
        }
        let decay_fraction = u32::from(self.formats.decay_fraction);
        let form = Form { own: self, learning, slice, broadcast, tally };
        rules::third_factor(learning.third_factor, decay_fraction, form);
        if !self.state.compartments.is_empty() {
            self.state.compartments.copy_from_slice(&self.third_factor);
            steps::KEEP_COMPARTMENT.count(&tally, [], [slice.len]);
        }
        if !broadcast.learn {
            self.third_factor.fill(0);
            self.modulation.fill(0);
            return 0;
        }
        self.formed = true;
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
        let own = R::READS.contains(&Variable::OwnError);
        let neurons = Neurons {
            compared: &slice.registers.compared,
            fired: &slice.registers.fired,
            spike_counts: &self.state.spike_counts,
            own_errors: if own {
                &errors[slice.first as usize..slice.first as usize + slice.len]
            } else {
                &[]
            },
            matrix: &self.matrix,
            mirror: self.mirror.as_ref().map_or(&[], |mirror| mirror.weights()),
            compartments: &self.state.compartments,
            errors,
            groups: self.state.groups.as_ref().zip(self.group.map(|group| group.neurons as usize)),
            limit: learning.rate_limit,
        };
        let format = self.formats.learning.third_factor;
        third_factor::form(rule, neurons, format, &mut self.third_factor, tally);
    }

    /// Surrogates and modulations of this step, where a rule reads them. Call after the third factors.
    pub fn form_surrogates(
        &mut self,
        slice: &Slice,
        any_third_factor: bool,
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        let Some(learning) = self.learning else { return };
        if !any_third_factor && !self.filters {
            return;
        }
        match learning.surrogate {
            None => self.modulation.copy_from_slice(&self.third_factor),
            Some(config) => {
                counts.surrogates += slice.len as u64;
                self.derivatives(config, slice, tally);
                modulate(&mut self.modulation, &self.third_factor, &self.surrogate);
            }
        }
        if any_third_factor {
            let neurons = self.modulation.len();
            if learning.surrogate.is_some() {
                steps::MODULATE.count(&tally, [neurons; 2], [neurons]);
            } else {
                steps::COPY_MODULATION.count(&tally, [neurons], [neurons]);
            }
            append_nonzero(&self.modulation, 0, &mut self.modulated);
            if self.filters {
                append_nonzero(&self.third_factor, 0, &mut self.driven);
            }
        }
    }

    /// The end of micro-step 7: the errors that hand this slice's modulation to the layer below.
    pub fn hand_down_errors(
        &self,
        slice: &Slice,
        broadcast: &BroadcastState,
        out: &mut Vec<FormedError>,
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        let Some(readout) = &self.readout else { return };
        let ErrorSignal::Modulation { shift } = readout.signal else { return };
        if !broadcast.learn || !self.formed {
            return;
        }
        counts.errors_computed += self.modulated.len() as u64;
        steps::MODULATION_ERROR.count(&tally, [self.modulated.len()], []);
        let (first, before) = (readout.first_channel + slice.first as u16, out.len());
        for &neuron in &self.modulated {
            let modulation = self.modulation[neuron as usize];
            let value = readout::handed_down(readout, shift, &self.formats, modulation);
            if value != 0 {
                out.push(FormedError { channel: first + neuron as u16, value });
            }
        }
        steps::SEND_ERRORS.count(&tally, [], [out.len() - before]);
    }

    /// The end of micro-step 7: the surrogates of a readout that is mirrored with a filter, whether or not it learns.
    pub fn send_surrogates(&self, slice: &Slice, out: &mut Vec<FormedError>, tally: Option<&Tally>) {
        let Some(channel) = self.surrogates else { return };
        let first = channel + slice.first as u16;
        let before = out.len();
        let sent = (first..).zip(&self.surrogate).filter(|(_, surrogate)| **surrogate != 0);
        out.extend(sent.map(|(channel, &value)| FormedError { channel, value }));
        steps::SEND_SURROGATES.count(&tally, [slice.len], [out.len() - before]);
    }

    /// Micro-steps 5 and 8 of the mirror, where the slice keeps one. Call after the third factors were formed. Symmetric
    /// feedback has none: what keeps its weights here is the simulator's, and no work of the chip.
    pub fn mirror_step(
        &mut self,
        slice: &Slice,
        broadcast: &BroadcastState,
        when: (u64, u8),
        counts: &mut LearningCounts,
        tally: Option<&Tally>,
    ) {
        let mut no_work = LearningCounts::default();
        let counts = if self.transported() > 0 { &mut no_work } else { counts };
        let (Some(mirror), Some(learning)) = (&mut self.mirror, self.learning) else { return };
        if let Some(first) = mirror.surrogates() {
            let channels = usize::from(learning.channels);
            mirror.advance_filter(&broadcast.errors[first..first + channels], counts, tally);
        }
        mirror.advance(slice, tally);
        counts.trace_updates += mirror.trace_pairs();
        if broadcast.learn && broadcast.any_error {
            let channels =
                usize::from(learning.first_channel)..usize::from(learning.first_channel + learning.channels);
            let third_factor = self.formats.learning.third_factor;
            mirror.update(&broadcast.errors[channels], third_factor, when, counts, tally);
        }
    }

    /// The surrogate derivative of every neuron.
    fn derivatives(&mut self, config: Surrogate, slice: &Slice, tally: Option<&Tally>) {
        let format = self.formats.learning.surrogate;
        let compared = &slice.registers.compared;
        let out = &mut self.surrogate;
        let adapted = slice.adapted_thresholds();
        let thresholds = adapted.or(match &slice.parameters.threshold {
            PerNeuron::Each(thresholds) => Some(thresholds),
            PerNeuron::Same(_) => None,
        });
        match (thresholds, tally) {
            (None, None) => {
                let threshold = slice.parameters.threshold.get(0);
                surrogate::derivatives(config, format, compared, threshold, out);
            }
            (Some(thresholds), None) => {
                surrogate::derivatives_each(config, format, compared, thresholds, out);
            }
            (_, Some(tally)) => {
                for (neuron, out) in out.iter_mut().enumerate() {
                    let threshold = slice.parameters.threshold.get(neuron);
                    let rule = SurrogateDerivative { config, format, threshold };
                    let adapted = adapted.map(|thresholds| thresholds[neuron]);
                    *out = third_factor::derivative(rule, compared[neuron], adapted, tally);
                }
            }
        }
    }
}

/// Forms the third factors of a slice by the rule that it is given.
struct Form<'a> {
    own: &'a mut SliceLearning,
    learning: NeuronLearning,
    slice: &'a Slice,
    broadcast: &'a BroadcastState,
    tally: Option<&'a Tally>,
}

impl WithThirdFactor for Form<'_> {
    type Out = ();

    fn with<R: ThirdFactorRule>(self, rule: R) {
        let Self { own, learning, slice, broadcast, tally } = self;
        own.third_factors_of(rule, learning, slice, broadcast, tally);
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
