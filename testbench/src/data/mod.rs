//! Data sets, as small integers with labels, and how they are divided and shuffled.
//!
//! Promises: loading, splitting and shuffling are pure functions of the data and a seed; no float and no
//! platform function enters; a sample keeps its index for life, and that index is its name wherever
//! something random is drawn for it.
//!
//! Two kinds: features, from which `encode` makes spikes, and events, which are spikes already. A generated data set is
//! one file here, a variant of `experiment::file::Data` and a line of its `generator`.

pub mod digits;
pub mod encode;
pub mod events;
pub mod evidence;
pub mod nmnist;
pub mod randman;
pub mod set;
pub mod split;
pub mod temporal_xor;
pub mod words;
pub mod yin_yang;

use thiserror::Error;

/// Labelled samples of equal width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Samples {
    /// Features, row-major: sample by sample.
    pub features: Vec<u8>,
    /// Features of a sample.
    pub width: usize,
    /// Class of each sample, below `classes`.
    pub labels: Vec<u8>,
    /// Number of classes.
    pub classes: usize,
}

impl Samples {
    /// Checks that the parts fit together.
    ///
    /// # Errors
    /// When features and labels do not belong to the same number of samples, or a label is no class.
    pub fn new(features: Vec<u8>, width: usize, labels: Vec<u8>, classes: usize) -> Result<Self, DataError> {
        if width == 0 || features.len() != width * labels.len() {
            return Err(DataError::Shape { features: features.len(), width, labels: labels.len() });
        }
        if let Some(sample) = labels.iter().position(|&l| usize::from(l) >= classes) {
            return Err(DataError::Label { sample, label: labels[sample], classes });
        }
        Ok(Self { features, width, labels, classes })
    }

    /// How many samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Features of sample `index`; empty when there is no such sample.
    #[must_use]
    pub fn row(&self, index: usize) -> &[u8] {
        self.features.chunks_exact(self.width.max(1)).nth(index).unwrap_or(&[])
    }

    /// Largest feature of all samples.
    #[must_use]
    pub fn largest(&self) -> u8 {
        self.features.iter().copied().max().unwrap_or(0)
    }
}

/// Why a data set cannot be used.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DataError {
    /// Features and labels disagree.
    #[error("data set: {features} features of width {width} do not make {labels} samples")]
    Shape {
        /// Features found.
        features: usize,
        /// Features of a sample.
        width: usize,
        /// Labels found.
        labels: usize,
    },
    /// A label that is no class.
    #[error("data set: sample {sample} has label {label}, allowed 0..={}", .classes.saturating_sub(1))]
    Label {
        /// Index of the sample.
        sample: usize,
        /// Its label.
        label: u8,
        /// Number of classes.
        classes: usize,
    },
    /// A value outside of the data set's range.
    #[error("data set: sample {sample}, {field} is {found}, allowed integers {allowed}")]
    Value {
        /// Index of the sample.
        sample: usize,
        /// Which value.
        field: String,
        /// What it is.
        found: String,
        /// What it may be.
        allowed: &'static str,
    },
    /// A fraction that leaves nothing on one side.
    #[error(
        "split: {found} per mille of {samples} samples, allowed 1..=999 with at least one sample on each side"
    )]
    Fraction {
        /// Fraction asked for.
        found: u32,
        /// Samples to divide.
        samples: usize,
    },
    /// A validation part that a data set does not have.
    #[error("split: this data set has no validation part")]
    NoValidation,
    /// An index beyond the last sample.
    #[error("split: sample {found}, allowed 0..={}", .samples.saturating_sub(1))]
    Index {
        /// Index asked for.
        found: u32,
        /// Samples there are.
        samples: usize,
    },
}
