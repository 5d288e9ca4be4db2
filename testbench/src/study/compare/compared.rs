//! The results of one experiment of a comparison, by row, store and seed.

use super::costs::Cost;
use super::{Entry, Scored};
use crate::experiment::file::{Row, Store};
use crate::reference::linear::Score;

/// The results of one experiment.
pub struct Compared<'a> {
    /// The experiment.
    pub entry: &'a Entry,
    /// Its results, row by row, store by store, seed by seed.
    pub results: Vec<Scored>,
    /// The linear classifier on the same samples; empty when the experiment does not ask for it.
    pub linear: Vec<Score>,
    /// What is known without a network: name and accuracy.
    pub known: Vec<(String, f64)>,
}

impl Compared<'_> {
    /// The stores.
    #[must_use]
    pub fn stores(&self) -> &[Store] {
        self.entry.task.stores()
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        self.entry.task.rows()
    }

    /// The first store that the chip has.
    #[must_use]
    pub fn chip_store(&self) -> Option<usize> {
        self.stores().iter().position(|store| matches!(store, Store::Bits { .. }))
    }

    /// Results of a row in a store, seed by seed.
    pub(super) fn of(&self, row: usize, store: usize) -> &[Scored] {
        let seeds = self.entry.task.seeds().len();
        let first = (row * self.stores().len() + store) * seeds;
        &self.results[first..first + seeds]
    }

    /// Scores of a row in a store, seed by seed.
    #[must_use]
    pub fn scores(&self, row: usize, store: usize) -> Vec<f64> {
        self.of(row, store).iter().map(|result| result.score).collect()
    }

    /// What a row costs in a store; `None` off the chip.
    #[must_use]
    pub fn cost(&self, row: usize, store: usize) -> Option<Cost> {
        Cost::mean(self.of(row, store).iter().map(|result| result.cost))
    }

    /// What curves and raster show: results of the first row in the first store of the chip.
    pub(super) fn shown(&self) -> &[Scored] {
        self.of(0, self.chip_store().unwrap_or(0))
    }
}
