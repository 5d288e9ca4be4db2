//! The data of one seed, as far as somebody asked for it: an outline at once, the samples when they are presented.
//!
//! Promises: whoever only checks does not wait for the samples; drawing them ends soon after it was asked to. Absent on
//! purpose: how they are drawn (`data`).

use super::task::Task;
use crate::data::set::DataSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

/// The data of one seed.
pub struct Drawn<'a> {
    task: &'a Task,
    seed: u32,
    outline: Arc<DataSet>,
    whole: OnceLock<Arc<DataSet>>,
}

impl<'a> Drawn<'a> {
    /// The outline.
    #[must_use]
    pub fn new(task: &'a Task, seed: u32) -> Self {
        Self { task, seed, outline: task.outline(seed), whole: OnceLock::new() }
    }

    /// Labels, classes, width and parts; events may be missing.
    #[must_use]
    pub fn outline(&self) -> &DataSet {
        &self.outline
    }

    /// Draws the samples, unless they are there; false where `stop` was set meanwhile.
    #[must_use]
    pub fn draw(&self, stop: &AtomicBool) -> bool {
        if self.whole.get().is_none() {
            let Some(data) = self.task.data_unless(self.seed, stop) else { return false };
            self.whole.get_or_init(|| data);
        }
        true
    }

    /// The samples, drawn where they are not.
    pub fn whole(&self) -> &DataSet {
        self.whole.get_or_init(|| self.task.data(self.seed))
    }
}
