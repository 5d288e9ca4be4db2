//! Classification: the data set, its encoders, the schedule, the rows and stores to compare.

use super::{Comparison, Row};
use crate::data::evidence::Evidence;
use crate::data::nmnist::Nmnist;
use crate::data::randman::Randman;
use crate::data::set::Generator;
use crate::data::temporal_xor::TemporalXor;
use crate::data::yin_yang::YinYang;
use serde::Deserialize;

/// Training and testing on a labelled data set.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classify {
    /// The data set.
    pub data: Data,
    /// How features become spikes.
    pub encoders: Vec<EncoderFile>,
    /// Steps of one presentation.
    pub sample_steps: u32,
    /// First step of a presentation in which errors are formed, and from which the readout is summed unless
    /// `answer_from` says otherwise.
    pub learn_from: u32,
    /// First step in which no more errors are formed; `None`: to the end.
    #[serde(default)]
    pub learn_until: Option<u32>,
    /// Errors are formed only in every so many steps, from `learn_from` on.
    #[serde(default)]
    pub learn_every: Option<u32>,
    /// First step of a presentation from which the readout is summed.
    #[serde(default)]
    pub answer_from: Option<u32>,
    /// First step of a presentation in which it no longer is; `None`: to the end, or where the answer is the score while
    /// learning, up to the first error.
    #[serde(default)]
    pub answer_until: Option<u32>,
    /// Passes over the training part.
    pub epochs: u32,
    /// Samples after which an epoch ends, in place of a whole pass: passes follow one another across epochs.
    #[serde(default)]
    pub epoch_samples: Option<u32>,
    /// Epochs after each of which every learning-rate shift grows by one.
    #[serde(default)]
    pub slower_after: Vec<u32>,
    /// Readout population.
    pub readout: String,
    /// Target of the right class, in thresholds (real membrane units).
    pub right: f64,
    /// Target of the other classes.
    pub wrong: f64,
    /// One whole run each: split, weights, feedback.
    pub seeds: Vec<u32>,
    /// Part of all samples held out for the test; for data sets without parts of their own.
    #[serde(default)]
    pub test_per_mille: Option<u32>,
    /// When given, that part of the training samples is held out and tested on instead: nothing then sees the
    /// test part.
    #[serde(default)]
    pub validate_per_mille: Option<u32>,
    /// Tests on the validation part that the data set itself has.
    #[serde(default)]
    pub validate: bool,
    /// What the result is.
    #[serde(default)]
    pub score: ScoreOf,
    /// What is compared.
    pub rows: Vec<Row>,
    /// Weight stores in which every row is run; empty: those that its network states.
    #[serde(default)]
    pub stores: Vec<Store>,
    /// Rows that `compare` names: differences of the row `first` to each of `others`, paired by seed.
    #[serde(default)]
    pub compare: Vec<Comparison>,
    /// Also fit a linear classifier on the same samples.
    #[serde(default)]
    pub linear: bool,
    /// What `--quick` uses instead.
    #[serde(default)]
    pub quick: Option<Quick>,
}

impl Classify {
    /// Steps in which the readout is summed: the first, and one past the last.
    #[must_use]
    pub fn answer(&self) -> (u32, u32) {
        let until = match self.score {
            ScoreOf::HeldOut => self.sample_steps,
            ScoreOf::LastTrained(_) => self.unseen_until(),
        };
        (self.answer_from.unwrap_or(self.learn_from), self.answer_until.unwrap_or(until))
    }

    /// First step whose membranes an error of the same presentation may have changed.
    #[must_use]
    pub fn unseen_until(&self) -> u32 {
        self.learn_from.saturating_add(1).min(self.sample_steps)
    }
}

/// Weight stores of a whole network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Store {
    /// Real numbers: the float twin of the network as its file states it, off the chip.
    Float,
    /// So many bits in every projection. Learning-rate shifts follow the fractions, so that the real rates stay.
    Bits {
        /// Bits.
        bits: u8,
        /// Fraction bits of the projections named here; of the others, as many fewer as the store has fewer bits.
        #[serde(default)]
        fractions: Vec<(String, u8)>,
    },
}

impl Store {
    /// Name in tables.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Float => "float".to_owned(),
            Self::Bits { bits, .. } => format!("{bits} bits"),
        }
    }
}

/// What the result of a classification is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum ScoreOf {
    /// Accuracy on the held-out part after the last epoch, without learning.
    #[default]
    HeldOut,
    /// Accuracy on so many training samples, the last ones, when they were presented.
    LastTrained(u32),
}

/// A short form of a classification, for checks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quick {
    /// Passes.
    pub epochs: u32,
    /// Seeds.
    pub seeds: Vec<u32>,
    /// Least accuracy in percent that the first row must reach; below it the run fails (exit status 1).
    pub least_accuracy: f64,
}

/// A labelled data set.
#[derive(Clone, Debug, Deserialize)]
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
