//! What the parts of a learning unit declare to read and write, together.
//!
//! The rules' own declarations (`reads!`), of those that a configuration asks for (`rules`), and the engine's fixed
//! steps (`steps`). Promises: the list follows the configuration as they do; `synfire audit` compares it with
//! what was counted while a chip ran, so a part that is missing here is found.

use crate::config::{ErrorSignal, NeuronLearning, Readout, SynapseLearning};
use crate::rule::{EligibilityRule, ThirdFactorRule, UpdateRule};
use crate::rules::{
    self, AdaptedSurrogate, Normaliser, RateRegulariser, SurrogateDerivative, SynapseRule, WithProduct,
    WithStates, WithThirdFactor,
};
use crate::steps::{self, Fixed};
use crate::update::{self, WithOption};
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

/// Parts of a slice that learns, beside its rule.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SliceParts {
    pub mirror: Mirrored,
    /// Whether it has groups.
    pub groups: bool,
    /// Whether its thresholds adapt.
    pub adapts: bool,
    pub decay_fraction: u32,
}

impl Access {
    /// Adds what another part declares.
    pub fn join(&mut self, other: &Self) {
        self.reads.extend(&other.reads);
        self.writes.extend(&other.writes);
    }

    fn step<const R: usize, const W: usize>(&mut self, step: &Fixed<R, W>) {
        self.reads.extend(&step.reads);
        self.writes.extend(&step.writes);
    }

    fn rule<D: Declared>(&mut self) {
        self.reads.extend(D::READS);
    }

    /// Micro-step 6: forming the errors of a readout population.
    pub(crate) fn readout(&mut self, readout: &Readout) {
        match readout.signal {
            ErrorSignal::Membrane => self.step(&steps::MEMBRANE_ERROR),
            ErrorSignal::FilteredSpikes { .. } => self.step(&steps::SPIKE_ERROR),
            ErrorSignal::Modulation { .. } => self.step(&steps::MODULATION_ERROR),
        }
        self.step(&steps::SEND_ERRORS);
    }

    /// The end of micro-step 7: a readout's surrogates leave.
    pub(crate) fn surrogates_sent(&mut self) {
        self.step(&steps::SEND_SURROGATES);
    }

    /// Micro-step 7: third factor, surrogate, modulation of a population that learns.
    pub(crate) fn neurons(&mut self, learning: &NeuronLearning, parts: SliceParts) {
        self.step(&steps::WRITE_THIRD_FACTOR);
        rules::third_factor(learning.third_factor, parts.decay_fraction, &mut *self);
        if parts.groups {
            self.step(&steps::GROUP_READOUT);
            self.step(&steps::GROUP_ERROR);
        }
        match parts.mirror {
            Mirrored::Fixed => {}
            Mirrored::Traced => {
                self.step(&steps::MIRROR_TRACES);
                self.step(&steps::MIRROR_FROM_TRACES);
            }
            Mirrored::Filtered => {
                self.step(&steps::MIRROR_TRACES);
                self.step(&steps::MIRROR_FILTER);
                self.step(&steps::MIRROR_FROM_FILTER);
            }
        }
        if learning.rate_limit.is_some() {
            self.rule::<RateRegulariser>();
            self.step(&steps::COUNT_SPIKES);
        }
        match (learning.surrogate, parts.adapts) {
            (None, _) => return self.step(&steps::COPY_MODULATION),
            (Some(_), false) => self.rule::<SurrogateDerivative>(),
            (Some(_), true) => self.rule::<AdaptedSurrogate>(),
        }
        self.step(&steps::WRITE_SURROGATE);
        self.step(&steps::MODULATE);
    }

    /// Micro-step 8: eligibility, product and weight of a plastic projection.
    pub(crate) fn synapses(&mut self, config: &SynapseLearning, rule: SynapseRule, shared: bool) {
        if shared {
            self.step(&steps::SUM_TAP);
            self.step(&steps::WRITE_TAP);
        } else {
            self.step(&steps::WRITE_WEIGHT);
            update::options(config, self);
        }
        if config.eligibility.is_some_and(|eligibility| eligibility.reference().is_some()) {
            self.rule::<Normaliser>();
            self.step(&steps::READ_NORMALISER);
            self.step(&steps::WRITE_NORMALISER);
        }
        rule.product(&mut *self);
        rule.states(self);
    }
}

impl WithOption for Access {
    fn with<D: Declared>(&mut self) {
        self.rule::<D>();
    }
}

impl WithThirdFactor for &mut Access {
    type Out = ();

    fn with<R: ThirdFactorRule>(self, _: R) {
        self.rule::<R>();
        if R::READS.contains(&Variable::Compartment) {
            self.step(&steps::KEEP_COMPARTMENT);
        }
    }
}

impl WithProduct for &mut Access {
    type Out = ();

    fn with<R: UpdateRule>(self, _: R) {
        self.rule::<R>();
    }
}

impl WithStates for &mut Access {
    type Out = ();

    fn with<E: EligibilityRule>(self, _: E) {
        self.rule::<E>();
        self.step(&steps::WRITE_FIRST_STATE);
        if E::STATES == 2 {
            self.step(&steps::WRITE_SECOND_STATE);
        }
    }
}
