//! The rules: one file a part, which states its equation and the state it pays for; and which of them a configuration
//! asks for, said here alone.
//!
//! A configuration names a kind; a rule is a type, so that its loops are compiled for it. Whoever needs the rule hands over
//! what to do with it: the engine to run it, `access` to list what it declares, the memory to count its states. A new
//! rule is a file, and a line and an arm here.
//!
//! | rule of the paper | third factor | eligibility | product |
//! | --- | --- | --- | --- |
//! | delta rule of a readout | [`OwnError`] | - | [`TraceProduct`] |
//! | direct random feedback | [`Feedback`] | - | [`TraceProduct`] |
//! | DCLL | [`GroupError`] | - | [`TraceProduct`] |
//! | mirror feedback, symmetric feedback | [`MirrorFeedback`] | - | [`TraceProduct`] |
//! | layer-by-layer feedback alignment | [`Feedback`] from the layer above | - | [`TraceProduct`] |
//! | eRBP | [`Compartment`] | - | [`EventProduct`] |
//! | SuperSpike | any of these | [`DoubleFilter`], perhaps [`Normaliser`] | [`EligibilityProduct`] |
//! | e-prop, adaptive threshold | any of these | [`AdaptationTrace`] | [`AdaptationProduct`] |
//!
//! Of any of them [`RateLimit`](crate::config::RateLimit) limits the rate of neurons, and [`WeightDecay`] the weights.
//!
//! Promises: engine, declaration and memory cannot disagree on what a configuration means. Absent on purpose: what a rule
//! is run on (`slice_step`, `block_learning`).

mod adaptation_trace;
mod compartment;
mod double_filter;
mod eligibility_product;
mod event_product;
mod feedback;
mod group_error;
mod mirror;
mod normaliser;
mod own_error;
mod rate_regulariser;
mod surrogate_derivative;
mod trace_product;
mod weight_decay;

pub use adaptation_trace::{AdaptationProduct, AdaptationTrace, adaptation_strength};
pub use compartment::Compartment;
pub use double_filter::{DoubleFilter, LateFilter};
pub use eligibility_product::EligibilityProduct;
pub use event_product::EventProduct;
pub use feedback::Feedback;
pub use group_error::GroupError;
pub use mirror::MirrorFeedback;
pub use normaliser::{BITS as NORMALISER_BITS, Normaliser};
pub use own_error::OwnError;
pub(crate) use rate_regulariser::RateRegulariser;
pub(crate) use surrogate_derivative::{AdaptedSurrogate, SurrogateDerivative};
pub use trace_product::TraceProduct;
pub use weight_decay::WeightDecay;

use crate::config::{Eligibility, LearningDatapath, Presynaptic, SynapseLearning, ThirdFactor};
use crate::rule::{EligibilityRule, ThirdFactorRule, UpdateRule};

/// What is done with the rule of a third factor.
pub(crate) trait WithThirdFactor {
    type Out;
    fn with<R: ThirdFactorRule>(self, rule: R) -> Self::Out;
}

/// What is done with the rule of a weight update.
pub(crate) trait WithProduct {
    type Out;
    fn with<R: UpdateRule>(self, rule: R) -> Self::Out;
}

/// What is done with the rule of eligibility states.
pub(crate) trait WithStates {
    type Out;
    fn with<E: EligibilityRule>(self, rule: E) -> Self::Out;
}

/// The rule of a third factor.
pub(crate) fn third_factor<V: WithThirdFactor>(of: ThirdFactor, decay_fraction: u32, then: V) -> V::Out {
    match of {
        ThirdFactor::OwnError => then.with(OwnError),
        ThirdFactor::Feedback { shift, .. } => then.with(Feedback { shift }),
        ThirdFactor::Group { shift, .. } => then.with(GroupError { shift }),
        ThirdFactor::Mirror { shift, .. } | ThirdFactor::Symmetric { shift, .. } => {
            then.with(MirrorFeedback { shift })
        }
        ThirdFactor::Compartment { decay, shift, .. } => {
            then.with(Compartment { decay, decay_fraction, shift })
        }
    }
}

/// The constants of a filter; `None` for another eligibility.
pub(crate) fn filter(of: Eligibility, decay_fraction: u32, eligibility_bits: u8) -> Option<DoubleFilter> {
    let Eligibility::Filter { q_decay, p_decay, product_shift, .. } = of else { return None };
    let (product_shift, max) = (u32::from(product_shift), (1 << eligibility_bits) - 1);
    Some(DoubleFilter { q_decay, p_decay, decay_fraction, product_shift, max })
}

/// How the synapses of a block learn, with the constants of their states.
#[derive(Clone, Copy, Debug)]
pub enum SynapseRule {
    /// From traces, without a state a synapse.
    Traces,
    /// From events, without a trace or state.
    Events,
    /// SuperSpike.
    Filter(DoubleFilter),
    /// e-prop for an adaptive threshold.
    Adaptation(AdaptationTrace),
}

impl SynapseRule {
    /// The rule of a configuration; `adaptation` is the decay factor of the neurons' adaptation, where it is asked for.
    pub(crate) fn of(
        config: &SynapseLearning,
        engine: &LearningDatapath,
        decay_fraction: u32,
        adaptation: impl FnOnce() -> u32,
    ) -> Self {
        match (config.eligibility, config.presynaptic) {
            (None, Presynaptic::Trace) => Self::Traces,
            (None, Presynaptic::Events) => Self::Events,
            (Some(Eligibility::Adaptation { trace_shift }), _) => Self::Adaptation(AdaptationTrace {
                decay: adaptation(),
                decay_fraction,
                trace_shift: u32::from(trace_shift),
                surrogate_fraction: u32::from(engine.surrogate.fraction),
                max: (1 << (engine.eligibility_bits - 1)) - 1,
            }),
            (Some(eligibility @ Eligibility::Filter { .. }), _) => {
                filter(eligibility, decay_fraction, engine.eligibility_bits)
                    .map_or(Self::Traces, Self::Filter)
            }
        }
    }

    /// The rule of the weight updates.
    pub(crate) fn product<V: WithProduct>(self, then: V) -> V::Out {
        match self {
            Self::Traces => then.with(TraceProduct),
            Self::Events => then.with(EventProduct),
            Self::Filter(_) => then.with(EligibilityProduct),
            Self::Adaptation(trace) => then.with(AdaptationProduct(trace)),
        }
    }

    /// The rule of the states, where synapses keep any.
    pub(crate) fn states<V: WithStates>(self, then: V) -> Option<V::Out> {
        match self {
            Self::Traces | Self::Events => None,
            Self::Filter(filter) => Some(then.with(filter)),
            Self::Adaptation(trace) => Some(then.with(trace)),
        }
    }

    /// States a synapse.
    #[must_use]
    pub fn state_count(self) -> usize {
        struct Count;
        impl WithStates for Count {
            type Out = usize;
            fn with<E: EligibilityRule>(self, _: E) -> usize {
                E::STATES
            }
        }
        self.states(Count).unwrap_or(0)
    }
}

impl Eligibility {
    /// States a synapse.
    #[must_use]
    pub const fn states(&self) -> u64 {
        match self {
            Self::Filter { .. } => DoubleFilter::STATES as u64,
            Self::Adaptation { .. } => AdaptationTrace::STATES as u64,
        }
    }
}
