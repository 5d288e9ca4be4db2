//! Where the files of a recording end, for a checkpoint.
//!
//! Promises: what is read back is what a run of so many steps wrote, or is refused. Absent on purpose: what the files hold
//! (`recording`).

use super::probes::RegisterProbe;
use crate::formats::mark::FileMark;
use serde::{Deserialize, Serialize};
use synfire_chip::run::probe::Probe;

/// What one probe recorded so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Rows.
    pub rows: u64,
    /// Its files, in the order of their names: how much was in each when it was last handed to the system.
    pub files: Vec<FileMark>,
}

impl Recorded {
    /// Whether it is what `probe` recorded of a run of `steps` steps, in so many files.
    #[must_use]
    pub fn is_of(&self, probe: &RegisterProbe, steps: u64, files: usize) -> bool {
        let Probe { from, until, every, .. } = probe.probe;
        let rows = steps.min(until).saturating_sub(from).div_ceil(every.max(1));
        self.rows == rows && self.files.len() == files
    }
}
