//! One network run on stimuli and recorded.

use crate::experiment::file::{ProbeFile, RecordingFiles, TraceFile, yes};
use serde::Deserialize;

/// Running a network.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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
    /// As what it is written.
    #[serde(default)]
    pub write: RecordingFiles,
    /// What is written of every step, in the order of the contract.
    #[serde(default)]
    pub trace: Option<TraceFile>,
}

/// One source of events.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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
    /// A first-order sigma-delta modulator of each signal.
    SigmaDelta {
        /// Input population, one neuron a signal.
        input: String,
        /// `.npy` of integers `[steps, neurons]`.
        file: String,
        /// Value of a spike in every step.
        full_scale: u32,
    },
    /// Events where a signal has moved by a threshold.
    SendOnDelta {
        /// Input population, two neurons a signal: up, down.
        input: String,
        /// `.npy` of integers `[steps, signals]`.
        file: String,
        /// Change of an event.
        threshold: u32,
    },
    /// CSV `step,event,channel,value`: control events.
    Control {
        /// File.
        file: String,
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
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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

fn one() -> f64 {
    1.0
}
