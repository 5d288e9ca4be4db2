//! The experiment file: what to run, on which chip, with which data and seeds.
//!
//! Fields, units and defaults are described in `docs/formats.md`, "Experiment file".
//! Promises: unknown fields are errors; nothing here is resolved yet (names, ranges: the tasks check them).

use crate::data::evidence::Evidence;
use crate::data::nmnist::Nmnist;
use crate::data::randman::Randman;
use crate::data::set::Generator;
use crate::data::temporal_xor::TemporalXor;
use crate::data::yin_yang::YinYang;
use serde::{Deserialize, Serialize};
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
    /// Run a network on stimuli and record it.
    Simulate(Simulate),
}

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
    /// Also fit a linear classifier on the same splits.
    #[serde(default)]
    pub linear: bool,
    /// What `--quick` uses instead.
    #[serde(default)]
    pub quick: Option<Quick>,
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

/// A paired comparison.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Name of a row.
    pub first: String,
    /// Name of another row, or `linear`.
    pub second: String,
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
    /// Whether each presentation begins with `clear`.
    #[serde(default = "yes")]
    pub clear: bool,
}

/// A change to a network, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {
    /// The projection does not learn.
    Freeze(String),
    /// Learning-rate shift of a projection.
    Shift(String, u8),
    /// Neurons of a learning group of a population.
    GroupNeurons(String, u32),
    /// Third-factor shift of a population.
    ThirdFactorShift(String, u8),
    /// Shape of a population's surrogate derivative, and its half-width as a power of two of thresholds (`0`: one
    /// membrane unit).
    Surrogate(String, SurrogateShape, i8),
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
    /// Evenly spaced spikes, `rate * v / largest` a step.
    Counted {
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
            Self::Counted { input, .. } => ("Counted", input),
            Self::Latency { input, .. } => ("Latency", input),
            Self::Events { input } => ("Events", input),
            Self::Constant { input } => ("Constant", input),
        }
    }
}

/// Learning spike trains: what comes in, and the steps at which a readout is to fire.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patterns {
    /// Stimuli and targets.
    pub data: PatternData,
    /// Readout population (spiking).
    pub readout: String,
    /// Steps of one presentation.
    pub steps: u32,
    /// Presentations of every case.
    pub epochs: u32,
    /// Epochs after each of which every learning-rate shift grows by one.
    #[serde(default)]
    pub slower_after: Vec<u32>,
    /// A target is hit by a spike at most this many steps away.
    pub tolerance: u32,
    /// Time constants (rise, decay) in steps of the van Rossum distance that is reported.
    pub distance_tau: (f64, f64),
    /// One whole run each: cases, weights, feedback.
    pub seeds: Vec<u32>,
    /// What is compared.
    pub rows: Vec<Row>,
    /// Differences of scores, paired by seed.
    #[serde(default)]
    pub compare: Vec<Comparison>,
}

/// A kind of cases.
#[derive(Clone, Debug, Deserialize)]
pub enum PatternData {
    /// Frozen noise, targets drawn.
    Noise(Noise),
    /// Two cues that are equal or not.
    Cues(Cues),
}

/// Frozen Poisson rasters, each with target spikes at drawn steps.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Input population.
    pub input: String,
    /// Patterns.
    pub patterns: u32,
    /// Input spikes per million neurons and steps.
    pub rate_ppm: u32,
    /// Target spikes of each pattern and readout neuron.
    pub targets: u32,
    /// First step at which a target may lie.
    pub first_target: u32,
    /// Least distance of two targets, in steps.
    pub target_distance: u32,
}

/// Two latency-coded cues and a clock; one train when the cues are equal, another when they differ.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cues {
    /// Input population of one cue.
    pub left: String,
    /// Input population of the other cue, of the same size.
    pub right: String,
    /// Input population of the clock: frozen noise, the same in every case.
    pub clock: String,
    /// Symbols that a cue may be.
    pub symbols: u32,
    /// Steps of a cue: each of its neurons fires once in them.
    pub latency_steps: u32,
    /// Clock spikes per million neurons and steps.
    pub clock_ppm: u32,
    /// Target spikes of a train.
    pub targets: u32,
    /// First slot of a target.
    pub first_target: u32,
    /// Distance of two slots, in steps.
    pub target_distance: u32,
}

/// The exclusive-or of two spike times: trained off the chip, deployed and run on it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpikeTime {
    /// Hidden neurons.
    pub hidden: u32,
    /// When a late input fires, in time constants of the synapse; an early one fires at 0.
    pub late_tau: f64,
    /// Steps of the optimiser, each over all cases.
    pub passes: u32,
    /// Its rate in the first pass; falls to zero.
    pub rate: f64,
    /// How sharply the loss tells spike times apart.
    pub sharpness: f64,
    /// Sum of a neuron's weights (thresholds) below which it costs.
    pub least_sum: f64,
    /// Cost of a missing threshold of that sum.
    pub sum_cost: f64,
    /// Range of the first weights onto hidden neurons, in thresholds.
    pub first_weights: (f64, f64),
    /// Range of the first weights onto outputs.
    pub second_weights: (f64, f64),
    /// Resolutions to deploy at: steps of a time constant.
    pub steps_per_tau: Vec<u32>,
    /// Bits of the weight stores to deploy with.
    pub stores: Vec<u8>,
    /// One network each.
    pub seeds: Vec<u32>,
    /// What is compared.
    pub rows: Vec<SpikeTimeRow>,
}

/// A way to train.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpikeTimeRow {
    /// Name in the table.
    pub name: String,
    /// How far an input may be moved in each pass, in time constants.
    #[serde(default)]
    pub jitter_tau: f64,
}

/// Running a network.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Simulate {
    /// Network file.
    pub network: String,
    /// Steps.
    pub steps: u64,
    /// What comes in.
    #[serde(default)]
    pub stimuli: Vec<Stimulus>,
    /// Samples one after the other, with labels.
    #[serde(default)]
    pub samples: Option<SampleSchedule>,
    /// What is recorded.
    #[serde(default)]
    pub probes: Vec<ProbeFile>,
}

/// One source of events.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Stimulus {
    /// CSV `step,neuron[,count]`.
    SpikeList {
        /// Input population.
        input: String,
        /// File.
        file: String,
    },
    /// `.npy [steps, neurons]`, bool or integers (events).
    Raster {
        /// Input population.
        input: String,
        /// File.
        file: String,
    },
    /// Every neuron with this probability in each step.
    Poisson {
        /// Input population.
        input: String,
        /// Spikes per million steps.
        rate_ppm: u32,
    },
    /// Rate code of a data set, one sample after the other.
    RateCode {
        /// Input population.
        input: String,
        /// `uint8 [samples, neurons]`.
        features: String,
        /// Spikes per thousand steps at the largest value.
        rate_per_mille: u32,
    },
    /// Latency code of a data set, one sample after the other.
    LatencyCode {
        /// Input population.
        input: String,
        /// `uint8 [samples, neurons]`.
        features: String,
        /// Step of the value zero within its sample.
        range_steps: u32,
    },
    /// `.npy` of integers `[steps, neurons]` added to the dendritic sums of a population in the same step.
    Current {
        /// Population.
        population: String,
        /// File.
        file: String,
    },
}

/// Consecutive samples.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleSchedule {
    /// Steps of each sample.
    pub steps: u32,
    /// Whether each begins with the control event `clear`.
    #[serde(default = "yes")]
    pub clear: bool,
    /// Labels, integers `[samples]`.
    #[serde(default)]
    pub labels: Option<String>,
    /// Readout population whose neurons are the classes; needed with labels.
    #[serde(default)]
    pub readout: Option<String>,
    /// Target of the right class.
    #[serde(default = "one")]
    pub right: f64,
    /// Target of the other classes.
    #[serde(default)]
    pub wrong: f64,
    /// Step of each sample from which errors are formed; `None`: no learning.
    #[serde(default)]
    pub learn_from: Option<u32>,
}

fn yes() -> bool {
    true
}

fn one() -> f64 {
    1.0
}

/// What is recorded of one population or projection.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProbeFile {
    /// Population; or else
    #[serde(default)]
    pub population: Option<String>,
    /// projection.
    #[serde(default)]
    pub projection: Option<String>,
    /// What.
    pub record: Vec<Recorded>,
    /// Which neurons (presynaptic ones for traces); all by default.
    #[serde(default)]
    pub neurons: Option<Vec<u32>>,
    /// First step.
    #[serde(default)]
    pub from: u64,
    /// First step not recorded.
    #[serde(default)]
    pub until: Option<u64>,
    /// Every so many steps.
    #[serde(default)]
    pub every: Option<u64>,
}

/// A recordable quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Recorded {
    /// Spikes of a population.
    Spikes,
    /// Current I.
    Current,
    /// Membrane U.
    Membrane,
    /// Compared membrane.
    Compared,
    /// Adaptation of the threshold.
    Adaptation,
    /// Third factor.
    ThirdFactor,
    /// Trace Q of a projection's axons.
    TraceQ,
    /// Trace P.
    TraceP,
    /// Weights of a projection.
    Weights,
}
