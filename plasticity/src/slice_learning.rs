//! Learning registers of one population slice: third factors, surrogates, error traces, groups, mirrors.
//!
//! What they are at reset and after `clear`, what of them a checkpoint holds, which memories they are.
//! Absent on purpose: what a step does with them (`slice_step`), synapses (`block_learning`), packets.

use crate::access::{Access, Mirrored, SliceParts};
use crate::config::{GroupReadout, LearningDatapath, NeuronLearning, Readout, SliceConfig};
use crate::feedback;
use crate::group::Groups;
use crate::kernel::Factors;
use crate::mirror::{Mirror, MirrorState};
use crate::readout::{ErrorFormats, ErrorTraces};
use crate::registers::Register;
use crate::rule::ThirdFactorRule;
use crate::rules::{self, SurrogateDerivative, WithThirdFactor, adaptation_strength};
use crate::third_factor;
use crate::variables::{Unmetered, Variable};
use serde::{Deserialize, Serialize};
use synfire_core::dither::Purpose;
use synfire_core::neuron::Datapath;
use synfire_core::slice::Slice;
use synfire_core::words::Words;

/// An error that a readout neuron formed, or a surrogate that it sends: a graded packet's content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormedError {
    /// Broadcast channel.
    pub channel: u16,
    /// Error or surrogate lanes.
    pub value: i32,
}

/// Registers that a step leaves for the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SliceState {
    pub error_traces: Option<ErrorTraces>,
    pub groups: Option<Groups>,
    /// Spikes since the last `clear`, saturating at 255; kept where a rate limit reads them.
    pub spike_counts: Vec<u8>,
    /// Error compartments; kept where the rule has one.
    pub compartments: Vec<i32>,
}

/// Learning state of a slice in a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceSnapshot {
    state: SliceState,
    mirror: Option<MirrorState>,
}

/// Whether a rule reads its neuron's error compartment, which then is kept.
struct Keeps;

impl WithThirdFactor for Keeps {
    type Out = bool;

    fn with<R: ThirdFactorRule>(self, _: R) -> bool {
        R::READS.contains(&Variable::Compartment)
    }
}

/// Learning of one slice.
#[derive(Clone, Debug)]
pub struct SliceLearning {
    pub(crate) learning: Option<NeuronLearning>,
    pub(crate) readout: Option<Readout>,
    pub(crate) group: Option<GroupReadout>,
    pub(crate) formats: ErrorFormats,
    /// B or G: one row of channels a neuron.
    pub(crate) matrix: Vec<i8>,
    pub(crate) mirror: Option<Mirror>,
    /// First broadcast channel of the population's surrogates, where they are sent.
    pub(crate) surrogates: Option<u16>,
    pub(crate) state: SliceState,
    /// L of this step.
    pub third_factor: Vec<i32>,
    /// Surrogate of this step, valid after [`SliceLearning::form_surrogates`].
    pub(crate) surrogate: Vec<i32>,
    pub(crate) modulation: Vec<i32>,
    /// Errors of a readout that competes.
    pub(crate) contested: Vec<i32>,
    /// Strength of each neuron's adaptation; empty where no block's eligibility reads it.
    adaptation_strength: Vec<i32>,
    /// Whether that is a register a neuron: what it is formed from differs between neurons.
    strength_differs: bool,
    /// Neurons whose modulation is not zero, ascending: those a trace-only rule can change.
    pub modulated: Vec<u32>,
    /// Neurons whose third factor is not zero, ascending: those an eligibility rule can change. Listed where there is
    /// such a rule.
    pub driven: Vec<u32>,
    /// Whether any third factor may be other than zero.
    pub(crate) formed: bool,
    /// Whether a block's eligibility needs the surrogate in every step.
    pub filters: bool,
    /// Whether synapses onto the population have an eligibility, whatever core holds them.
    eligible: bool,
    /// Whether the neurons' thresholds adapt.
    adapts: bool,
}

impl SliceLearning {
    /// Registers at rest; matrices drawn for the slice's logical neurons.
    #[must_use]
    pub fn new(slice: &Slice, config: SliceConfig, formats: ErrorFormats, seed: u32) -> Self {
        let SliceConfig { learning, readout, mirror, surrogates, eligible } = config;
        let len = slice.len;
        let neurons = slice.first..slice.first + len as u32;
        let mut matrix = Vec::new();
        let mut group = None;
        if let Some(l) = &learning {
            group = l.third_factor.group();
            if let Some(draw) = l.third_factor.matrix() {
                let purpose = if group.is_some() { Purpose::GroupReadout } else { Purpose::Feedback };
                matrix = feedback::rows(draw, purpose, seed, slice.population, neurons, l.channels);
            }
        }
        let channels = learning.map_or(0, |l| usize::from(l.channels));
        let counts = learning.is_some_and(|l| l.rate_limit.is_some());
        let decay_fraction = u32::from(formats.decay_fraction);
        let keeps = |l: NeuronLearning| rules::third_factor(l.third_factor, decay_fraction, Keeps);
        let compartments = if learning.is_some_and(keeps) { vec![0; len] } else { Vec::new() };
        let competes = readout.is_some_and(|r| r.competition.is_some());
        let mirror = mirror.map(|config| {
            let eligibility = config.learning.and_then(|rule| rule.eligibility);
            let bits = formats.learning.eligibility_bits;
            let filter = eligibility.and_then(|of| rules::filter(of, decay_fraction, bits));
            Mirror::new(config, filter, slice, channels, seed)
        });
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
                compartments,
            },
            mirror,
            surrogates,
            third_factor: vec![0; len],
            surrogate: vec![0; len],
            modulation: vec![0; len],
            contested: vec![0; if competes { len } else { 0 }],
            adaptation_strength: Vec::new(),
            strength_differs: false,
            modulated: Vec::new(),
            driven: Vec::new(),
            formed: false,
            filters: false,
            eligible,
            adapts: slice.parameters.adaptation.is_some(),
        }
    }

    /// Takes note that a block's eligibility follows the adaptation of this slice's neurons, and returns how that
    /// decays: 0 where the threshold does not adapt.
    pub fn follow_adaptation(&mut self, slice: &Slice) -> u32 {
        let Some(adaptation) = &slice.parameters.adaptation else { return 0 };
        let threshold = &slice.parameters.threshold;
        let fraction = u32::from(self.formats.decay_fraction);
        let strength = |neuron| {
            let (increment, threshold) = (adaptation.increment.get(neuron), threshold.get(neuron));
            adaptation_strength(increment, threshold, fraction)
        };
        self.adaptation_strength = (0..slice.len).map(strength).collect();
        self.strength_differs = adaptation.increment.differs() || threshold.differs();
        adaptation.decay.get(0) as u32
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
        self.state.compartments.fill(0);
        self.mirror.iter_mut().for_each(Mirror::clear);
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

    /// What the rows of this slice read.
    #[must_use]
    pub fn factors(&self) -> Factors<'_> {
        Factors {
            third_factor: &self.third_factor,
            surrogate: &self.surrogate,
            modulation: &self.modulation,
            adaptation_strength: &self.adaptation_strength,
        }
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

    /// What the slice declares to read and write.
    pub(crate) fn declare(&self, access: &mut Access) {
        if let Some(learning) = &self.learning {
            let mirror = match &self.mirror {
                Some(mirror) if mirror.is_filtered() => Mirrored::Filtered,
                Some(mirror) if mirror.learns() => Mirrored::Traced,
                _ => Mirrored::Fixed,
            };
            let decay_fraction = u32::from(self.formats.decay_fraction);
            let groups = self.group.is_some();
            access.neurons(learning, SliceParts { mirror, groups, adapts: self.adapts, decay_fraction });
            if self.surrogates.is_some() {
                access.surrogates_sent();
            }
        }
        if let Some(readout) = &self.readout {
            access.readout(readout);
        }
    }

    /// The copy of the neurons' weights to a readout, where there is one.
    #[must_use]
    pub fn mirror(&self) -> Option<&Mirror> {
        self.mirror.as_ref()
    }

    /// Error traces E1 and E2 of the neurons; empty where they form no error from spikes.
    #[must_use]
    pub fn error_traces(&self) -> (&[i32], &[i32]) {
        self.state.error_traces.as_ref().map_or((&[], &[]), ErrorTraces::both)
    }

    /// Spikes since the last `clear`; empty where no rate limit reads them.
    #[must_use]
    pub fn spike_counts(&self) -> &[u8] {
        &self.state.spike_counts
    }

    /// The surrogate of a neuron as `docs/arithmetic.md`, 11.1, shows it: 0 in a step in which nothing reads it. What a
    /// rule of this core read is shown as it was read.
    #[must_use]
    pub fn observed_surrogate(&self, slice: &Slice, neuron: usize) -> i32 {
        let Some(config) = self.learning.and_then(|learning| learning.surrogate) else { return 0 };
        if self.filters || self.third_factor[neuron] != 0 {
            return self.surrogate[neuron];
        }
        if !self.eligible {
            return 0;
        }
        // The synapses that have the eligibility are none of this slice's.
        let threshold = slice.parameters.threshold.get(neuron);
        let rule = SurrogateDerivative { config, format: self.formats.learning.surrogate, threshold };
        let adapted = slice.adapted_thresholds().map(|thresholds| thresholds[neuron]);
        third_factor::derivative(rule, slice.registers.compared[neuron], adapted, &Unmetered)
    }

    /// Entries of B or G, a row of channels a neuron; empty where there is none.
    #[must_use]
    pub fn matrix(&self) -> &[i8] {
        &self.matrix
    }

    /// Puts other entries in place of those that were drawn; false where there are not as many.
    #[must_use]
    pub fn set_matrix(&mut self, matrix: Vec<i8>) -> bool {
        let same = matrix.len() == self.matrix.len();
        if same {
            self.matrix = matrix;
        }
        same
    }

    /// Error compartments; empty where the rule has none.
    #[must_use]
    pub fn compartments(&self) -> &[i32] {
        &self.state.compartments
    }

    /// Weights that each third factor needs from another core: one a channel with symmetric feedback, else none.
    #[must_use]
    pub fn transported(&self) -> u64 {
        let brought = self.learning.filter(|learning| learning.third_factor.is_transported());
        brought.map_or(0, |learning| u64::from(learning.channels))
    }

    /// The slice's memories. Weights that symmetric feedback brings from another core are not kept here, and are not
    /// among them.
    pub(crate) fn registers(&self, widths: (&Datapath, &LearningDatapath)) -> Vec<(Register, Words)> {
        let len = self.third_factor.len();
        let mirror = self.mirror.as_ref().filter(|_| self.transported() == 0);
        let strengths = if self.strength_differs { self.adaptation_strength.len() } else { 0 };
        let lanes = self.state.groups.as_ref().map_or(0, Groups::lanes);
        let counts = [
            (Register::Matrix, self.matrix.len()),
            (Register::ErrorTrace, self.state.error_traces.as_ref().map_or(0, ErrorTraces::lanes)),
            (Register::GroupReadout, lanes),
            (Register::GroupError, lanes),
            (Register::ThirdFactor, if self.learning.is_some() { len } else { 0 }),
            (Register::SpikeCount, self.state.spike_counts.len()),
            (Register::AdaptationStrength, strengths),
        ];
        let counts = counts.map(|(register, count)| (register, register.words(count, widths)));
        counts.into_iter().chain(mirror.into_iter().flat_map(|mirror| mirror.registers(widths))).collect()
    }

    /// Registers for a checkpoint.
    #[must_use]
    pub fn snapshot(&self) -> SliceSnapshot {
        SliceSnapshot { state: self.state.clone(), mirror: self.mirror.as_ref().map(|m| m.state.clone()) }
    }

    /// Puts registers from a checkpoint in place; false when their shape differs.
    #[must_use]
    pub fn restore(&mut self, snapshot: SliceSnapshot) -> bool {
        let shape = |s: &SliceState| {
            let groups = s.groups.as_ref().map(Groups::len);
            (s.error_traces.is_some(), groups, s.spike_counts.len(), s.compartments.len())
        };
        if shape(&snapshot.state) != shape(&self.state) {
            return false;
        }
        self.state = snapshot.state;
        match (&mut self.mirror, snapshot.mirror) {
            (None, None) => true,
            (Some(mirror), Some(state)) => mirror.restore(state),
            _ => false,
        }
    }
}
