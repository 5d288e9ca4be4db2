//! What a run recorded so far, compact enough to keep and to put into a checkpoint.
//!
//! Promises: spikes take 8 bytes an event, registers 4 bytes a value; appending chunk after chunk gives what one long
//! chunk gives.

use super::probes::RegisterProbe;
use serde::{Deserialize, Serialize};
use synfire_chip::run::probe::{Recording, Variable};

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
