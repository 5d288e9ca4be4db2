//! What a network file may say about the neurons of a population: their parameters and options.
//!
//! The part of a network file that `core` gives its meaning. `docs/formats.md`, "Neuron", is the reader's version.
//!
//! Promises: a field is declared once here, with its name, its type and its default.
//! Absent on purpose: ranges and references (`neuron`), learning (`learning_file`).

use crate::files::text::decimal::Raw;
use crate::files::text::write::stated;
use serde::{Deserialize, Serialize};
use synfire_core::neuron::{Noise, Refractory};

/// `neuron` of a population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Neuron")]
pub struct NeuronFile {
    /// Decay of the current.
    pub current_decay: Raw,
    /// Decay of the membrane.
    pub membrane_decay: Raw,
    /// Threshold.
    pub threshold: Raw,
    /// What spikes do to the threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adaptation: Option<AdaptationFile>,
    /// Added in every step.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub bias: Option<Raw>,
    /// Current after reset.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub initial_current: Option<Raw>,
    /// Membrane after reset.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub initial_membrane: Option<Raw>,
    /// What a spike does.
    #[serde(default)]
    pub reset: ResetFile,
    /// Steps without a spike after a spike.
    #[serde(default)]
    pub refractory_steps: i64,
    /// The membrane in those steps.
    #[serde(default = "integrate")]
    pub refractory: Refractory,
    /// Whether the neurons fire.
    #[serde(default = "yes")]
    pub spiking: bool,
    /// Amplitude of the noise.
    #[serde(default)]
    pub noise_bits: i64,
    /// Where it enters.
    #[serde(default)]
    pub noise: Noise,
    /// Period of the unconditional reset.
    #[serde(default)]
    pub reset_interval: i64,
    /// Phase of it.
    #[serde(default)]
    pub reset_offset: i64,
}

impl NeuronFile {
    /// A neuron that states its decays and its threshold.
    #[must_use]
    pub fn new(current_decay: Raw, membrane_decay: Raw, threshold: Raw) -> Self {
        Self {
            current_decay,
            membrane_decay,
            threshold,
            adaptation: None,
            bias: None,
            initial_current: None,
            initial_membrane: None,
            reset: ResetFile::default(),
            refractory_steps: 0,
            refractory: integrate(),
            spiking: yes(),
            noise_bits: 0,
            noise: Noise::default(),
            reset_interval: 0,
            reset_offset: 0,
        }
    }
}

/// `adaptation` of a neuron.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Adaptation")]
pub struct AdaptationFile {
    /// Decay of the adaptation.
    pub decay: Raw,
    /// What a spike adds to it.
    pub increment: Raw,
}

/// `reset` of a neuron.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Reset")]
pub enum ResetFile {
    /// Subtract the threshold in the next step.
    #[default]
    SubtractNext,
    /// Subtract the threshold at once.
    SubtractNow,
    /// Set the membrane to a value.
    ToValue(Raw),
}

/// A parameter that can differ between neurons, where it is not a plain number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Parameter")]
pub enum ParameterFile {
    /// The register integer, the same for all.
    Lanes(i64),
    /// One register integer a neuron.
    Npy(String),
    /// Real values that repeat: neuron i has the element i mod their number.
    Cycle(Vec<Raw>),
}

/// A bias, where it is not a plain number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Bias")]
pub enum BiasFile {
    /// The register integer, the same for all.
    Lanes(i64),
    /// One register integer a neuron.
    Npy(String),
    /// Real values that repeat: neuron i has the element i mod their number.
    Cycle(Vec<Raw>),
    /// `mantissa << exponent`.
    Mantissa {
        /// An integer or `Npy("..")`.
        mantissa: Raw,
        /// An integer or `Npy("..")`.
        exponent: Raw,
    },
}

/// An integer a neuron, where it is not a plain integer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Integers")]
pub enum IntegersFile {
    /// One a neuron.
    Npy(String),
}

macro_rules! into_raw {
    ($($form:ident),*) => {
        $(impl From<$form> for Raw {
            fn from(form: $form) -> Self {
                Self::of(&form)
            }
        })*
    };
}
into_raw!(ParameterFile, BiasFile, IntegersFile);

pub(super) fn yes() -> bool {
    true
}

fn integrate() -> Refractory {
    Refractory::Integrate
}
