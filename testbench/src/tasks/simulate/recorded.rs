//! What a run recorded so far, compact enough to keep and to put into a checkpoint.
//!
//! Promises: spikes take 8 bytes an event, registers 4 bytes a value; appending chunk after chunk gives what one long
//! chunk gives.

use super::probes::RegisterProbe;
use serde::{Deserialize, Serialize};
use synfire_chip::run::probe::{Probe, Recording, Variable};

/// What one probe recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Rows recorded.
    pub rows: u32,
    /// Spikes: (row, column) of each, ascending.
    pub spikes: Vec<(u32, u32)>,
    /// Registers: row after row.
    pub values: Vec<i32>,
}

impl Recorded {
    /// Whether it is what `probe` recorded of a run of `steps` steps.
    #[must_use]
    pub fn is_of(&self, probe: &RegisterProbe, steps: u64) -> bool {
        let Probe { from, until, every, .. } = probe.probe;
        let rows = steps.min(until).saturating_sub(from).div_ceil(every.max(1));
        let columns = probe.probe.neurons.len();
        let inside = |(row, column): &(u32, u32)| *row < self.rows && (*column as usize) < columns;
        let shape = if probe.probe.variable == Variable::Spikes {
            self.values.is_empty() && self.spikes.is_sorted() && self.spikes.iter().all(inside)
        } else {
            self.spikes.is_empty() && self.values.len() as u64 == rows.saturating_mul(columns as u64)
        };
        shape && u64::from(self.rows) == rows
    }

    /// Appends what a chunk of steps recorded.
    pub fn append(&mut self, probe: &RegisterProbe, chunk: &Recording) {
        if probe.probe.variable == Variable::Spikes {
            for row in 0..chunk.steps.len() {
                let fired = (0..).zip(chunk.row(row)).filter(|(_, value)| **value != 0);
                let at = self.rows + row as u32;
                self.spikes.extend(fired.map(|(column, _): (u32, _)| (at, column)));
            }
        } else {
            self.values.extend(&chunk.values);
        }
        self.rows += chunk.steps.len() as u32;
    }
}
