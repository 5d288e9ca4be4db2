//! The experiment file: what to run, on which chip, with which data and seeds.
//!
//! Fields, units and defaults are described in `docs/formats.md`, "Experiment file".
//! Promises: unknown fields are errors; nothing here is resolved yet (names, ranges: the tasks check them).

mod classify;
mod patterns;
mod rate_network;
mod simulate;
mod spike_time;

pub use classify::{Classify, Data, EncoderFile, Quick, ScoreOf, Store};
pub use patterns::{Cues, Noise, PatternData, Patterns};
pub use rate_network::{RateEncoder, RateNetwork, RateNetworkRow};
pub use simulate::{ProbeFile, Recorded, SampleSchedule, Simulate, Stimulus};
pub use spike_time::{SpikeTime, SpikeTimeRow};

use serde::{Deserialize, Serialize};
use synfire_core::neuron::Noise as NoiseTarget;
use synfire_plasticity::config::SurrogateShape;

/// Format name that every experiment file states.
pub const FORMAT: &str = "synfire-experiment/1";

/// An experiment file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "Experiment")]
pub struct ExperimentFile {
    /// [`FORMAT`].
    pub format: String,
    /// Title of the report.
    pub title: String,
    /// Chip preset or path.
    pub chip: String,
    /// What to do.
    pub task: Task,
}

/// What an experiment does.
#[derive(Clone, Debug, Deserialize)]
pub enum Task {
    /// Train and test classifiers on a labelled data set.
    Classify(Classify),
    /// Learn spike patterns in time.
    Patterns(Patterns),
    /// Train spike times off the chip and deploy them.
    SpikeTime(SpikeTime),
    /// Train a rate network off the chip and deploy it as spikes.
    RateNetwork(RateNetwork),
    /// Run a network on stimuli and record it.
    Simulate(Simulate),
}

/// One row of the result: a network and what is changed in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Name in the table.
    pub name: String,
    /// Network file.
    pub network: String,
    /// Changes to the network.
    #[serde(default)]
    pub set: Vec<Change>,
    /// Name of its rule where experiments are compared; that of the row where nothing is stated.
    #[serde(default)]
    pub rule: Option<String>,
    /// Whether each presentation begins with `clear`.
    #[serde(default = "yes")]
    pub clear: bool,
}

impl Row {
    /// Name of its rule where experiments are compared.
    #[must_use]
    pub fn rule(&self) -> &str {
        self.rule.as_deref().unwrap_or(&self.name)
    }
}

/// By how much learning-rate shifts have grown in `epoch`: one for each entry of `slower_after` up to it, 255 at most.
#[must_use]
pub fn shift_offset(slower_after: &[u32], epoch: u32) -> u8 {
    let passed = slower_after.iter().filter(|after| **after <= epoch).count();
    u8::try_from(passed).unwrap_or(u8::MAX)
}

/// A change to a network, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// The projection does not learn.
    Freeze(String),
    /// Learning-rate shift of a projection.
    Shift(String, u8),
    /// Weight decay of a projection: an update takes `2^-d` of the weight.
    WeightDecay(String, u8),
    /// Copies of the kernel of a shared projection.
    Copies(String, u32),
    /// Gives every synapse of a shared projection a weight of its own.
    Unshared(String),
    /// Neurons of a learning group of a population.
    GroupNeurons(String, u32),
    /// Third-factor shift of a population.
    ThirdFactorShift(String, u8),
    /// Shape of a population's surrogate derivative, and its half-width as a power of two of thresholds (`0`: one
    /// membrane unit).
    Surrogate(String, SurrogateShape, i8),
    /// What a population's noise is added to, and its amplitude in bits, as in a network file.
    Noise(String, NoiseTarget, u8),
}

/// A paired comparison.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Name of a row.
    pub first: String,
    /// Name of another row, or `linear`.
    pub second: String,
}

fn yes() -> bool {
    true
}
