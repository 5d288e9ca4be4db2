//! Labelled data as an experiment file names it: the set, how its features become spikes, and loading what is the same
//! for every seed.
//!
//! A user's own set is `features.npy`, integers 0..=255 `[samples, features]`, and `labels.npy`, integers `[samples]`.
//!
//! Promises: a problem with a file is shown at the field that names it. Absent on purpose: which part is trained on.

use super::origin::Origin;
use crate::data::evidence::Evidence;
use crate::data::nmnist::Nmnist;
use crate::data::randman::Randman;
use crate::data::set::{DataSet, Generator};
use crate::data::temporal_xor::TemporalXor;
use crate::data::yin_yang::YinYang;
use crate::data::{Samples, digits};
use crate::formats::ArrayError;
use crate::formats::npy::IntegerRows;
use serde::Deserialize;
use std::path::Path;
use synfire_chip::files::Diagnostics;

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

/// Data that is the same for every seed; `None` where it is generated.
///
/// # Errors
/// When a file is missing, of another shape or type, or does not belong to its others.
pub fn load(data: &Data, place: &Origin) -> Result<Option<DataSet>, Diagnostics> {
    let samples = match data {
        Data::Digits => digits::load().map_err(|e| Diagnostics::from(place.at("data", e.to_string())))?,
        Data::Npy { features, labels } => arrays(place, features, labels)?,
        Data::Nmnist(settings) => {
            let folder = place.path(&settings.folder);
            let set = settings.load(&folder).map_err(|e| place.array("data.Nmnist[0].folder", e))?;
            return Ok(Some(set));
        }
        _ => return Ok(None),
    };
    Ok(Some(DataSet::of_features(samples)))
}

/// A data set from the two files that the experiment names; as many classes as the largest label says.
fn arrays(place: &Origin, feature_file: &str, label_file: &str) -> Result<Samples, Diagnostics> {
    let wrong = |field: &'static str| move |error| place.array(field, error);
    let (width, rows) = features(&place.path(feature_file)).map_err(wrong("data.Npy.features"))?;
    if rows.is_empty() {
        let title = format!("`{feature_file}` holds no sample");
        let found = "an empty array";
        return Err(place.refuse("data.Npy.features", &title, found, "shape [samples, features], not empty"));
    }
    let labels = labels(&place.path(label_file), rows.len() / width).map_err(wrong("data.Npy.labels"))?;
    let classes = labels.iter().map(|l| usize::from(*l) + 1).max().unwrap_or(0);
    Samples::new(rows, width, labels, classes).map_err(|e| place.at("data", e.to_string()).into())
}

/// Features of a sample, and those of all samples: integers 0..=255 `[samples, features]`.
fn features(path: &Path) -> Result<(usize, Vec<u8>), ArrayError> {
    let file = IntegerRows::open(path)?;
    file.expect(&[None, None], "samples, features")?;
    let width = file.shape()[1] as usize;
    let mut values = Vec::new();
    file.each_in(0, 255, "feature", |value| values.push(value as u8))?;
    Ok((width, values))
}

/// Labels of `samples` samples: integers 0..=255 `[samples]`.
fn labels(path: &Path, samples: usize) -> Result<Vec<u8>, ArrayError> {
    let file = IntegerRows::open(path)?;
    file.expect(&[Some(samples as u64)], "one label a sample")?;
    let mut values = Vec::new();
    file.each_in(0, 255, "label", |value| values.push(value as u8))?;
    Ok(values)
}
