//! Classification: the data set, its encoders, the schedule, the rows and stores to compare.

use crate::experiment::file::{
    Comparison, Data, EncoderFile, ProbeFile, Quick, RecordingFiles, Row, Store, TraceFile,
};
use crate::experiment::record::records::Stated;
use serde::Deserialize;

/// Training and testing on a labelled data set.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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

impl Classify {
    /// What is recorded.
    #[must_use]
    pub fn records(&self) -> Stated<'_> {
        Stated { probes: &self.probes, write: self.write, trace: self.trace.as_ref() }
    }

    /// Steps in which the readout is summed: the first, and one past the last.
    #[must_use]
    pub fn answer(&self) -> (u32, u32) {
        let until = match self.score {
            ScoreOf::HeldOut => self.sample_steps,
            ScoreOf::LastTrained(_) => self.unseen_until(),
        };
        (self.answer_from.unwrap_or(self.learn_from), self.answer_until.unwrap_or(until))
    }

    /// First step whose membranes an error of the same presentation may have changed. (An error of step `learn_from`
    /// changes a weight in the step after it, and that a membrane another step later at the earliest: this errs on the
    /// safe side.)
    #[must_use]
    pub fn unseen_until(&self) -> u32 {
        self.learn_from.saturating_add(1).min(self.sample_steps)
    }

    /// Steps in which the readout is summed while a sample is learned from: those of [`Classify::answer`] that its own
    /// label cannot have reached. `None` where there are none, or where nothing of the sample has arrived in them.
    #[must_use]
    pub fn unseen_answer(&self) -> Option<(u32, u32)> {
        let (from, until) = self.answer();
        let until = until.min(self.unseen_until());
        (self.learn_from > 0 && from < until).then_some((from, until))
    }
}

/// What the result of a classification is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum ScoreOf {
    /// Accuracy on the held-out part after the last epoch, without learning.
    #[default]
    HeldOut,
    /// Accuracy on so many training samples, the last ones, when they were presented.
    LastTrained(u32),
}
