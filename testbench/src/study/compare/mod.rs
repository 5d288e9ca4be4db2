//! Rule by task by weight store: experiments that list `stores`, side by side.
//!
//! A cell is a row of an experiment in a store with a seed. Within an experiment all stores share seeds, and with them
//! data, splits, draws and order, so differences between stores and between rows are paired by seed.
//!
//! Absent on purpose: settings (the experiment files have them), what a cell does (`classify`, `patterns`).

pub mod compared;
pub mod costs;
pub mod overview;
pub mod summary;

use crate::experiment::decides::Decides;
use crate::experiment::file::{Comparison, Row, Store};
use crate::experiment::pool::CellName;
use crate::experiment::rows::Variant;
use crate::report::model::{Raster, Text};
use crate::tasks::classify::{self, task::Task as Classification};
use crate::tasks::patterns::{self, cell::Task as SpikePatterns};
use costs::Cost;

/// One experiment of the comparison.
pub struct Entry {
    /// Name of the experiment: its file's, without the ending.
    pub name: String,
    /// Title of the experiment.
    pub title: String,
    /// What it does.
    pub task: Task,
}

/// The kinds of experiments that have stores.
pub enum Task {
    /// A classification: its score is the accuracy.
    Classify(Classification),
    /// Spike patterns: the score is hits / (targets + other spikes).
    Patterns(SpikePatterns),
}

/// One cell of the comparison.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Name of its experiment.
    pub experiment: &'a str,
    /// Row and store.
    pub variant: Variant<'a>,
    /// Seed.
    pub seed: u32,
}

/// What a finished cell shows, of whatever kind.
#[derive(Clone, Debug)]
pub struct Scored {
    /// Name of its row, with its store.
    pub row: String,
    /// The score, 0..=1.
    pub score: f64,
    /// Scores after so many epochs.
    pub curve: Vec<(u32, f64)>,
    /// Spikes after training, where they were kept.
    pub raster: Option<Raster>,
    /// What it cost; `None` off the chip.
    pub cost: Option<Cost>,
}

impl Task {
    /// What decides its results.
    #[must_use]
    pub fn decides(&self) -> &Decides {
        match self {
            Self::Classify(task) => &task.decides,
            Self::Patterns(task) => &task.decides,
        }
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        match self {
            Self::Classify(task) => &task.settings.rows,
            Self::Patterns(task) => &task.settings.rows,
        }
    }

    /// The stores.
    #[must_use]
    pub fn stores(&self) -> &[Store] {
        match self {
            Self::Classify(task) => &task.settings.stores,
            Self::Patterns(task) => &task.settings.stores,
        }
    }

    /// The seeds.
    #[must_use]
    pub fn seeds(&self) -> &[u32] {
        match self {
            Self::Classify(task) => &task.settings.seeds,
            Self::Patterns(task) => &task.settings.seeds,
        }
    }

    /// The differences that are asked for.
    #[must_use]
    pub fn comparisons(&self) -> &[Comparison] {
        match self {
            Self::Classify(task) => &task.settings.compare,
            Self::Patterns(task) => &task.settings.compare,
        }
    }

    /// What its rows change, where one of them changes something.
    #[must_use]
    pub fn changes(&self) -> Option<Text> {
        match self {
            Self::Classify(task) => task.rows().text(),
            Self::Patterns(task) => task.rows().text(),
        }
    }

    /// What a linear classifier was fitted to, in words; only classifications have one.
    #[must_use]
    pub fn linear_fit(&self) -> &'static str {
        match self {
            Self::Classify(task) => task.linear_fit(),
            Self::Patterns(_) => "",
        }
    }

    fn variants(&self) -> Vec<Variant<'_>> {
        match self {
            Self::Classify(task) => task.variants(),
            Self::Patterns(task) => task.variants(),
        }
    }
}

impl Entry {
    /// Its cells, row by row, store by store, seed by seed.
    #[must_use]
    pub fn places(&self) -> Vec<Place<'_>> {
        let all = |variant| {
            self.task.seeds().iter().map(move |seed| Place { experiment: &self.name, variant, seed: *seed })
        };
        self.task.variants().into_iter().flat_map(all).collect()
    }
}

impl Place<'_> {
    /// Under which its result is kept.
    #[must_use]
    pub fn cell(&self) -> CellName {
        CellName { row: format!("{}: {}", self.experiment, self.variant.name()), seed: self.seed }
    }
}

impl Scored {
    /// Of a cell of a classification.
    #[must_use]
    pub fn classified(task: &Classification, result: &classify::result::CellResult) -> Self {
        let part =
            |e: &classify::answers::EpochScore| f64::from(e.test_correct) / f64::from(e.test_samples.max(1));
        Self {
            row: result.row.clone(),
            score: result.accuracy(),
            curve: (1..).zip(&result.curve).map(|(epoch, score)| (epoch, part(score))).collect(),
            raster: result.raster.clone(),
            cost: Cost::classified(result, task.chip_of(&result.row)),
        }
    }

    /// Of a cell of spike patterns; its raster where it is of the first seed.
    #[must_use]
    pub fn patterns(task: &SpikePatterns, result: &patterns::cell::CellResult) -> Self {
        let curve = result.curve.iter().map(|(epoch, score)| (*epoch, score.timing(result.targets)));
        let shown = task.settings.seeds.first() == Some(&result.seed);
        Self {
            row: result.row.clone(),
            score: result.timing(),
            curve: curve.collect(),
            raster: shown.then(|| patterns::summary::raster(&task.settings, result)),
            cost: Cost::patterns(result, task.chip_of(&result.row)),
        }
    }
}
