//! The experiment file: what to run, on which chip, with which data and seeds.
//!
//! Fields, units and defaults are described in `docs/formats.md`, "Experiment file".
//! Promises: unknown fields are errors; nothing here is resolved yet (names, ranges: the tasks check them).
//! Absent on purpose: what one kind alone states (`file` of its folder in `tasks`).

mod data;
mod probe;
mod trace;

pub use data::{Data, EncoderFile};
pub use probe::{ProbeFile, Recorded, RecordingFiles, SynapseFile};
pub use trace::{TraceFile, TraceFormFile, TracedRegisters};

use super::changes::Set;
use super::reference::STEP_ROWS;
use serde::Deserialize;

/// Format name that every experiment file states.
pub const FORMAT: &str = "synfire-experiment/1";

/// An experiment file; `T` is the registry of the kinds that its task can be of.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Experiment")]
pub struct ExperimentFile<T> {
    /// [`FORMAT`].
    pub format: String,
    /// Title of the report.
    pub title: String,
    /// Chip preset or path.
    pub chip: String,
    /// How many of a run's last steps have a row of `steps.csv`, 0..=1,000,000.
    #[serde(default = "step_rows")]
    pub step_rows: u32,
    /// What to do.
    pub task: T,
}

const fn step_rows() -> u32 {
    STEP_ROWS
}

/// One row of the result: a network and what is changed in it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Name in the table.
    pub name: String,
    /// Network file.
    pub network: String,
    /// Chip preset or path, where it is another than that of the experiment.
    #[serde(default)]
    pub chip: Option<String>,
    /// Changes to the network, and to the chip.
    #[serde(default)]
    pub set: Set,
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

/// A paired comparison.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// Name of a row.
    pub first: String,
    /// Name of another row, or `linear`.
    pub second: String,
}

/// Weight stores of a whole network.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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

/// A short form of a classification, for checks.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Quick {
    /// Passes.
    pub epochs: u32,
    /// Seeds.
    pub seeds: Vec<u32>,
    /// Least accuracy in percent that the first row must reach; below it the run fails (exit status 1).
    pub least_accuracy: f64,
}

/// The default of what is on unless it is switched off.
pub(crate) fn yes() -> bool {
    true
}
