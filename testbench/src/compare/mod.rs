//! Rule by task by weight store: classifications that list `stores`, side by side.
//!
//! A cell is a row of an experiment in a store with a seed. Within an experiment all stores share seeds, and with them
//! data, splits, draws and order, so differences between stores and between rows are paired by seed.
//!
//! Absent on purpose: settings (the experiment files have them), what a cell does (`classify`).

pub mod costs;
pub mod overview;
pub mod summary;

use crate::classify::task::{Task, Variant};
use crate::experiment::pool::CellName;

/// One experiment of the comparison.
pub struct Entry {
    /// Name of the experiment: its file's, without the ending.
    pub name: String,
    /// Title of the experiment.
    pub title: String,
    /// The classification.
    pub task: Task,
}

/// One cell of the comparison.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Its experiment.
    pub entry: &'a Entry,
    /// Row and store.
    pub variant: Variant<'a>,
    /// Seed.
    pub seed: u32,
}

/// Every cell, experiment by experiment, row by row, store by store, seed by seed.
#[must_use]
pub fn places(entries: &[Entry]) -> Vec<Place<'_>> {
    let mut places = Vec::new();
    for entry in entries {
        for variant in entry.task.variants() {
            let seeds = &entry.task.settings.seeds;
            places.extend(seeds.iter().map(|seed| Place { entry, variant, seed: *seed }));
        }
    }
    places
}

impl Place<'_> {
    /// Under which its result is kept.
    #[must_use]
    pub fn cell(&self) -> CellName {
        CellName { row: format!("{}: {}", self.entry.name, self.variant.name()), seed: self.seed }
    }
}
