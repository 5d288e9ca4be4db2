//! Labelled data sets as an experiment file names them, and how their features become spikes.

use crate::data::evidence::Evidence;
use crate::data::nmnist::Nmnist;
use crate::data::randman::Randman;
use crate::data::set::Generator;
use crate::data::temporal_xor::TemporalXor;
use crate::data::yin_yang::YinYang;
use serde::Deserialize;

/// A labelled data set.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub enum Data {
    /// The 8x8 handwritten digits that the program carries.
    Digits,
    /// Arrays of the user's.
    Npy {
        /// `uint8 [samples, features]`.
        features: String,
        /// Integers `[samples]`.
        labels: String,
    },
    /// Points of a disc in three classes, by latencies.
    YinYang(YinYang),
    /// Two inputs, early or late.
    TemporalXor(TemporalXor),
    /// Which side had more cues.
    Evidence(Evidence),
    /// Points on smooth random manifolds, by spike times.
    Randman(Randman),
    /// Recordings of an event camera.
    Nmnist(Nmnist),
}

impl Data {
    /// The variant's name and its generator, where the data set is generated.
    #[must_use]
    pub fn generator(&self) -> Option<(&'static str, &dyn Generator)> {
        match self {
            Self::Digits | Self::Npy { .. } | Self::Nmnist(_) => None,
            Self::YinYang(settings) => Some(("YinYang", settings)),
            Self::TemporalXor(settings) => Some(("TemporalXor", settings)),
            Self::Evidence(settings) => Some(("Evidence", settings)),
            Self::Randman(settings) => Some(("Randman", settings)),
        }
    }
}

/// How features become spikes of one input population.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub enum EncoderFile {
    /// In each step with probability `rate * v / largest`.
    Rate {
        /// Input population.
        input: String,
        /// Spikes per thousand steps at the largest value.
        rate_per_mille: u32,
    },
    /// A first-order sigma-delta modulator of `rate * v / largest` a step: evenly spaced spikes.
    SigmaDelta {
        /// Input population.
        input: String,
        /// Spikes per thousand steps at the largest value.
        rate_per_mille: u32,
    },
    /// Once, the earlier the larger.
    Latency {
        /// Input population.
        input: String,
        /// Step of the value zero.
        range_steps: u32,
        /// Whether the value zero is silent.
        #[serde(default)]
        zero_is_silent: bool,
    },
    /// The events of a sample, as they are: channel `c` is neuron `c`.
    Events {
        /// Input population.
        input: String,
    },
    /// Every neuron of the input in every step.
    Constant {
        /// Input population.
        input: String,
    },
}

impl EncoderFile {
    /// The variant's name, and the input it names.
    #[must_use]
    pub fn form_and_input(&self) -> (&'static str, &str) {
        match self {
            Self::Rate { input, .. } => ("Rate", input),
            Self::SigmaDelta { input, .. } => ("SigmaDelta", input),
            Self::Latency { input, .. } => ("Latency", input),
            Self::Events { input } => ("Events", input),
            Self::Constant { input } => ("Constant", input),
        }
    }
}
