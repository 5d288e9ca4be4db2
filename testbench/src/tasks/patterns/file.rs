//! Spike patterns in time: stimuli, targets, the rows to compare.

use crate::experiment::file::{Comparison, ProbeFile, Quick, RecordingFiles, Row, Store, TraceFile};
use crate::experiment::record::records::Stated;
use serde::Deserialize;

/// Learning spike trains: what comes in, and the steps at which a readout is to fire.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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
    /// Weight stores in which every row is run; empty: those that its network states.
    #[serde(default)]
    pub stores: Vec<Store>,
    /// What `--quick` uses instead; the least accuracy is a score in percent.
    #[serde(default)]
    pub quick: Option<Quick>,
    /// Differences of scores, paired by seed.
    #[serde(default)]
    pub compare: Vec<Comparison>,
    /// What is recorded of the run that the report shows.
    #[serde(default)]
    pub probes: Vec<ProbeFile>,
    /// As what it is written.
    #[serde(default)]
    pub write: RecordingFiles,
    /// What is written of every step of that run, in the order of the contract.
    #[serde(default)]
    pub trace: Option<TraceFile>,
}

impl Patterns {
    /// What is recorded.
    #[must_use]
    pub fn records(&self) -> Stated<'_> {
        Stated { probes: &self.probes, write: self.write, trace: self.trace.as_ref() }
    }

    /// Steps of a whole run with so many cases: a scoring before it, training, a scoring every so many epochs, one more.
    #[must_use]
    pub fn whole_steps(&self, cases: usize) -> u64 {
        let every = self.score_every();
        let last = u32::from(!self.epochs.is_multiple_of(every));
        let scorings = u64::from(self.epochs / every + last) + 2;
        (u64::from(self.epochs) + scorings) * cases as u64 * u64::from(self.steps)
    }

    /// Epochs from one scoring to the next.
    #[must_use]
    pub fn score_every(&self) -> u32 {
        (self.epochs / 40).max(1)
    }
}

/// A kind of cases.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum PatternData {
    /// Frozen noise, targets drawn.
    Noise(Noise),
    /// Two cues that are equal or not.
    Cues(Cues),
}

impl PatternData {
    /// How many cases it makes.
    #[must_use]
    pub fn cases(&self) -> usize {
        match self {
            Self::Noise(data) => data.patterns as usize,
            Self::Cues(data) => (data.symbols as usize).pow(2),
        }
    }
}

/// Frozen Poisson rasters, each with target spikes at drawn steps.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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
