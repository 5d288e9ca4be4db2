//! What the parts of a learning unit declare to read and write, together.
//!
//! The rules' own declarations (`reads!`) and those of the engine's fixed steps: forming an error, forming a modulation,
//! mirroring, writing a weight. Promises: the list follows the configuration as the dispatch does; `synfire audit`
//! compares it with what was counted while a chip ran, so a part that is missing here is found.

use crate::config::{
    Eligibility, ErrorSignal, NeuronLearning, Presynaptic, Readout, SynapseLearning, ThirdFactor,
};
use crate::rules::{
    AdaptationProduct, AdaptationTrace, AdaptedSurrogate, Compartment, DoubleFilter, EligibilityProduct,
    EventProduct, Feedback, GroupError, Mirror, Normaliser, OwnError, RateRegulariser, SurrogateDerivative,
    TraceProduct, WeightDecay,
};
use crate::variables::{Declared, Variable};
use std::collections::BTreeSet;

/// Variables read and written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Read.
    pub reads: BTreeSet<Variable>,
    /// Written.
    pub writes: BTreeSet<Variable>,
}

/// What a slice's mirror does: nothing where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mirrored {
    /// No weight of it changes.
    Fixed,
    /// Its weights follow a delta rule.
    Traced,
    /// Its weights follow a rule with a filter a synapse.
    Filtered,
}

impl Access {
    /// Adds what another part declares.
    pub fn join(&mut self, other: &Self) {
        self.reads.extend(&other.reads);
        self.writes.extend(&other.writes);
    }

    fn add(&mut self, reads: &[Variable], writes: &[Variable]) {
        self.reads.extend(reads);
        self.writes.extend(writes);
    }

    /// Micro-step 6: forming the errors of a readout population.
    pub(crate) fn readout(&mut self, readout: &Readout) {
        match readout.signal {
            ErrorSignal::Membrane => {
                self.add(&[Variable::Compared, Variable::Target], &[Variable::BroadcastError]);
            }
            ErrorSignal::FilteredSpikes { .. } => self.add(
                &[Variable::Spike, Variable::Target, Variable::ErrorTraces],
                &[Variable::ErrorTraces, Variable::BroadcastError],
            ),
            ErrorSignal::Modulation { .. } => self.add(&[Variable::Modulation], &[Variable::BroadcastError]),
        }
    }

    /// The end of micro-step 7: a readout's surrogates leave.
    pub(crate) fn surrogates_sent(&mut self) {
        self.add(&[Variable::Surrogate], &[Variable::BroadcastSurrogate]);
    }

    /// Micro-step 7: third factor, surrogate, modulation of a population that learns.
    pub(crate) fn neurons(&mut self, learning: &NeuronLearning, mirror: Mirrored, adapts: bool) {
        self.add(&[], &[Variable::ThirdFactor]);
        match learning.third_factor {
            ThirdFactor::OwnError => self.add(OwnError::READS, &[]),
            ThirdFactor::Feedback { .. } => self.add(Feedback::READS, &[]),
            ThirdFactor::Group { .. } => {
                self.add(GroupError::READS, &[]);
                self.add(
                    &[Variable::Spike, Variable::Target, Variable::GroupRow, Variable::GroupOutput],
                    &[Variable::GroupOutput, Variable::GroupError],
                );
            }
            ThirdFactor::Mirror { .. } | ThirdFactor::Symmetric { .. } => self.add(Mirror::READS, &[]),
            ThirdFactor::Compartment { .. } => self.add(Compartment::READS, &[Variable::Compartment]),
        }
        if mirror != Mirrored::Fixed {
            self.add(
                &[Variable::Spike, Variable::MirrorTrace, Variable::BroadcastError],
                &[Variable::MirrorTrace, Variable::MirrorRow],
            );
        }
        if mirror == Mirrored::Filtered {
            self.add(
                &[Variable::BroadcastSurrogate, Variable::MirrorEligibility],
                &[Variable::MirrorEligibility],
            );
        }
        if learning.rate_limit.is_some() {
            self.add(RateRegulariser::READS, &[Variable::SpikeCount]);
            self.add(&[Variable::Spike], &[]);
        }
        self.add(&[Variable::ThirdFactor], &[Variable::Modulation]);
        if learning.surrogate.is_some() {
            let reads = if adapts { AdaptedSurrogate::READS } else { SurrogateDerivative::READS };
            self.add(reads, &[Variable::Surrogate]);
            self.add(&[Variable::Surrogate], &[]);
        }
    }

    /// Micro-step 8: eligibility, product and weight of a plastic projection.
    pub(crate) fn synapses(&mut self, learning: &SynapseLearning, shared: bool) {
        let weights: &[Variable] =
            if shared { &[Variable::Tap, Variable::TapSum] } else { &[Variable::Weight] };
        self.add(weights, weights);
        if learning.weight_decay.is_some() && !shared {
            self.add(WeightDecay::READS, &[]);
        }
        match (learning.eligibility, learning.presynaptic) {
            (Some(Eligibility::Adaptation { .. }), _) => {
                self.add(AdaptationProduct::READS, &[]);
                self.add(AdaptationTrace::READS, &[Variable::EligibilityFirst]);
            }
            (Some(Eligibility::Filter { normalise, .. }), _) => {
                if normalise.is_some() {
                    self.add(Normaliser::READS, &[Variable::Normaliser]);
                }
                self.add(EligibilityProduct::READS, &[]);
                self.add(DoubleFilter::READS, &[Variable::EligibilityFirst, Variable::EligibilitySecond]);
            }
            (None, Presynaptic::Trace) => self.add(TraceProduct::READS, &[]),
            (None, Presynaptic::Events) => self.add(EventProduct::READS, &[]),
        }
    }
}
