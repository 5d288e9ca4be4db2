//! A data set of any kind with its labels, its own division in parts, and what is known about it.
//!
//! Promises: every index of a part has a sample; a generated set is a pure function of its settings and a seed.
//! Absent on purpose: divisions that the experiment asks for (`split`).

use super::events::EventSamples;
use super::split::Parts;
use super::{DataError, Samples};
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use synfire_chip::run::checkpoint;

/// A data set.
#[derive(Clone, Debug)]
pub struct DataSet {
    /// The samples.
    pub content: Content,
    /// The parts that the data set itself has; `None` where the experiment divides it.
    pub own: Option<OwnParts>,
    /// The test part is every case there is: a network that has all of it right has solved the task.
    pub every_case: bool,
    /// What is known about it, one sentence a line.
    pub notes: Vec<String>,
    /// Accuracies that are known without a network, 0..=1, by name: a ceiling, for example.
    pub known: Vec<(String, f64)>,
    /// What [`DataSet::fingerprint`] said.
    pub(super) hash: OnceLock<[u8; 32]>,
}

/// The samples of a data set.
#[derive(Clone, Debug)]
pub enum Content {
    /// Features, which encoders turn into spikes.
    Features(Samples),
    /// Spikes.
    Events(EventSamples),
}

/// Indices of the parts of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnParts {
    /// To train with.
    pub train: Range<u32>,
    /// To choose settings on; may be empty.
    pub validation: Range<u32>,
    /// To report.
    pub test: Range<u32>,
}

/// How many samples a generator makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// To train with.
    pub train: u32,
    /// To choose settings on.
    pub validation: u32,
    /// To report.
    pub test: u32,
}

impl Sizes {
    /// Most samples of one part: indices are 32 bits wide, and all events are held at once.
    pub const MOST: u32 = 1_000_000;

    /// Samples in all.
    #[must_use]
    pub fn all(self) -> u32 {
        self.train + self.validation + self.test
    }

    /// Consecutive parts.
    #[must_use]
    pub fn parts(self) -> OwnParts {
        let first_test = self.train + self.validation;
        OwnParts {
            train: 0..self.train,
            validation: self.train..first_test,
            test: first_test..first_test + self.test,
        }
    }

    /// What is wrong with the sizes.
    #[must_use]
    pub fn problems(self) -> Vec<Problem> {
        let fields = [("train", self.train, 1), ("validation", self.validation, 0), ("test", self.test, 1)];
        let wrong = fields.into_iter().filter(|(_, found, least)| !(*least..=Self::MOST).contains(found));
        wrong
            .map(|(field, found, least)| {
                Problem::new(&format!("sizes.{field}"), found, &format!("{least}..={}", Self::MOST))
            })
            .collect()
    }
}

/// A setting of a generator that is out of range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Field.
    pub field: String,
    /// Its value.
    pub found: String,
    /// What it may be.
    pub allowed: String,
}

impl Problem {
    /// A field that is out of range.
    #[must_use]
    pub fn new(field: &str, found: impl ToString, allowed: &str) -> Self {
        Self { field: field.to_owned(), found: found.to_string(), allowed: allowed.to_owned() }
    }

    /// The fields among (name, found, least, most) that are out of range.
    #[must_use]
    pub fn outside(fields: &[(&str, u32, u32, u32)]) -> Vec<Self> {
        let wrong = fields.iter().filter(|(_, found, least, most)| !(least..=most).contains(&found));
        wrong
            .map(|(field, found, least, most)| Self::new(field, found, &format!("{least}..={most}")))
            .collect()
    }
}

/// Settings from which a data set is made, anew for each seed.
pub trait Generator {
    /// What is wrong with the settings.
    fn problems(&self) -> Vec<Problem>;

    /// The data set of one seed; `None` where `stop` was set meanwhile, which is looked at often enough to end within a
    /// fraction of a second. The settings have no problem.
    fn generate_unless(&self, seed: u32, stop: &AtomicBool) -> Option<DataSet>;

    /// The data set of one seed.
    fn generate(&self, seed: u32) -> DataSet {
        let data = self.generate_unless(seed, &AtomicBool::new(false));
        data.unwrap_or_else(|| unreachable!("nobody stops it"))
    }

    /// The same without its events, for whoever asks what fits it: labels, classes, width, parts, notes and what is known
    /// are those of [`Generator::generate`], the steps hold its events. A generator that takes long has one of its own.
    fn outline(&self, seed: u32) -> DataSet {
        self.generate(seed)
    }
}

impl DataSet {
    /// Features, divided by the experiment.
    #[must_use]
    pub fn of_features(samples: Samples) -> Self {
        Self::of(Content::Features(samples), None)
    }

    /// Events in their own parts.
    #[must_use]
    pub fn of_events(samples: EventSamples, own: OwnParts) -> Self {
        Self::of(Content::Events(samples), Some(own))
    }

    fn of(content: Content, own: Option<OwnParts>) -> Self {
        let (notes, known, hash) = (Vec::new(), Vec::new(), OnceLock::new());
        Self { content, own, every_case: false, notes, known, hash }
    }

    /// Class of each sample.
    #[must_use]
    pub fn labels(&self) -> &[u8] {
        match &self.content {
            Content::Features(samples) => &samples.labels,
            Content::Events(samples) => &samples.labels,
        }
    }

    /// Number of classes.
    #[must_use]
    pub fn classes(&self) -> usize {
        match &self.content {
            Content::Features(samples) => samples.classes,
            Content::Events(samples) => samples.classes,
        }
    }

    /// Of every sample with its label, of which none may change once it was asked for.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        *self.hash.get_or_init(|| match &self.content {
            Content::Features(s) => checkpoint::fingerprint(&(&s.features, s.width, &s.labels, s.classes)),
            Content::Events(samples) => checkpoint::fingerprint(samples),
        })
    }

    /// Features of a sample, or channels.
    #[must_use]
    pub fn width(&self) -> usize {
        match &self.content {
            Content::Features(samples) => samples.width,
            Content::Events(samples) => samples.channels as usize,
        }
    }

    /// What a linear classifier sees.
    #[must_use]
    pub fn linear_view(&self) -> Cow<'_, Samples> {
        match &self.content {
            Content::Features(samples) => Cow::Borrowed(samples),
            Content::Events(samples) => Cow::Owned(samples.linear_view()),
        }
    }

    /// Share of the largest class among the samples of `indices`: what answering it always gets.
    #[must_use]
    pub fn chance(&self, indices: &[u32]) -> f64 {
        let mut counts = vec![0_u32; self.classes()];
        indices.iter().for_each(|i| counts[usize::from(self.labels()[*i as usize])] += 1);
        f64::from(counts.into_iter().max().unwrap_or(0)) / indices.len().max(1) as f64
    }
}

impl OwnParts {
    /// Training part, and the part that is scored.
    ///
    /// # Errors
    /// When the validation part is asked for and there is none.
    pub fn parts(&self, validate: bool) -> Result<Parts, DataError> {
        let held_out = if validate { self.validation.clone() } else { self.test.clone() };
        if held_out.is_empty() {
            return Err(DataError::NoValidation);
        }
        Ok(Parts { kept: self.train.clone().collect(), held_out: held_out.collect() })
    }
}
