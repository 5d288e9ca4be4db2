//! What a network file may say about learning: third factors, surrogates, readouts.
//!
//! The part of `network_file` that `plasticity` gives its meaning. `docs/formats.md`, "Learning of a population"
//! and "Readout", is the reader's version.
//!
//! Promises: a field is declared once here, with its name, its type and its default.
//! Absent on purpose: ranges and references (`learning`); plastic synapses (`synapses::learning`).

use crate::files::text::decimal::Raw;
use crate::files::text::write::stated;
use serde::{Deserialize, Serialize};
use synfire_plasticity::config::{MatrixDraw, SurrogateShape};

/// `learning` of a population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "NeuronLearning")]
pub struct NeuronLearningFile {
    /// The readout whose errors it hears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listens_to: Option<String>,
    /// The third factor.
    pub third_factor: ThirdFactorFile,
    /// Surrogate derivative.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surrogate: Option<SurrogateFile>,
    /// Rate regulariser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<RateLimitFile>,
}

impl NeuronLearningFile {
    /// Learning by a third factor alone.
    #[must_use]
    pub fn new(third_factor: ThirdFactorFile) -> Self {
        Self { listens_to: None, third_factor, surrogate: None, rate_limit: None }
    }
}

/// `third_factor` of a population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "ThirdFactor")]
pub enum ThirdFactorFile {
    /// The neuron's own channel.
    OwnError,
    /// A fixed random matrix.
    Feedback {
        /// Its entries.
        draw: MatrixDraw,
        /// Right shift.
        shift: i64,
    },
    /// A group's own readout.
    Group {
        /// Neurons of a group.
        neurons: i64,
        /// Entries of its readout matrix.
        draw: MatrixDraw,
        /// Low-pass of the readout.
        #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
        decay: Option<Raw>,
        /// Power of two to a membrane lane.
        scale: i64,
        /// Right shift.
        shift: i64,
    },
    /// The neuron's own copy of its weights to the readout.
    Mirror {
        /// The projection to the readout.
        projection: String,
        /// Right shift.
        shift: i64,
    },
    /// Those weights themselves; not local.
    Symmetric {
        /// The projection to the readout.
        projection: String,
        /// Right shift.
        shift: i64,
    },
    /// An error compartment.
    Compartment {
        /// Entries of its matrix.
        draw: MatrixDraw,
        /// Its decay.
        #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
        decay: Option<Raw>,
        /// Right shift.
        shift: i64,
    },
}

/// `surrogate` of a population's learning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Surrogate")]
pub struct SurrogateFile {
    /// Its shape.
    pub shape: SurrogateShape,
    /// Half-width, in membrane units.
    pub half_width: Raw,
}

/// `rate_limit` of a population's learning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "RateLimit")]
pub struct RateLimitFile {
    /// Spikes above which it acts.
    pub spikes: i64,
    /// Subtracted from the third factor.
    pub amount: Raw,
}

/// `readout` of a population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Readout")]
pub struct ReadoutFile {
    /// What the error is formed from.
    pub signal: SignalFile,
    /// Midpoint of the one-sided error.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub one_sided: Option<Raw>,
    /// The margin between the right one and the best wrong one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub competition: Option<CompetitionFile>,
    /// Smaller errors are zero.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub dead_zone: Option<Raw>,
}

impl ReadoutFile {
    /// Two-sided errors from a signal.
    #[must_use]
    pub fn new(signal: SignalFile) -> Self {
        Self { signal, one_sided: None, competition: None, dead_zone: None }
    }
}

/// `competition` of a readout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Competition")]
pub struct CompetitionFile {
    /// Asked between the two.
    pub margin: Raw,
    /// The right one's target is above it.
    pub midpoint: Raw,
}

/// `signal` of a readout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Signal")]
pub enum SignalFile {
    /// Target less membrane.
    Membrane,
    /// Target less spikes, filtered twice.
    FilteredSpikes {
        /// First filter.
        q_decay: Raw,
        /// Second filter.
        p_decay: Raw,
        /// What a spike adds.
        increment: i64,
        /// Right shift to the error.
        shift: i64,
    },
    /// The population's own modulation, for the layer below.
    Modulation {
        /// Right shift.
        shift: i64,
    },
}
