//! Spike times as a kind of experiment.

use super::cell::{Cell, CellResult, Task};
use super::file::SpikeTime;
use super::summary;
use crate::experiment::kind::{Grid, Kind, Narrowed, Ran};
use crate::experiment::pool::{CellName, PoolError};
use crate::experiment::reference::Opened;
use crate::report::model::Report;
use synfire_chip::chip::Chip;
use synfire_chip::files::Diagnostics;

impl Kind for Task {
    type Settings = SpikeTime;
    type Result = CellResult;
    type Cell<'a> = Cell<'a>;
    const UNIT: &'static str = "networks";

    /// There is no short form: a network takes seconds.
    fn shorten(settings: &mut SpikeTime, to: Narrowed) -> Option<f64> {
        if let Some(seed) = to.seed {
            settings.seeds = vec![seed];
        }
        None
    }

    fn load(
        settings: SpikeTime,
        chip: Chip,
        opened: Opened,
        _seed: Option<u32>,
    ) -> Result<Self, Diagnostics> {
        Self::new(settings, chip, &opened)
    }

    fn cells(&self) -> Vec<CellName> {
        Grid { rows: &self.settings.rows, seeds: &self.settings.seeds }.names(|row| row.name.clone())
    }

    fn cell(&self, index: usize) -> Result<Cell<'_>, Diagnostics> {
        let (row, seed) = Grid { rows: &self.settings.rows, seeds: &self.settings.seeds }.place(index);
        Ok(Cell::new(self, row, seed))
    }

    /// The short form judges nothing.
    fn reached<'r>(&self, _results: &'r [CellResult]) -> Option<(&'r str, f64)> {
        None
    }

    fn report(&self, ran: &Ran<'_, CellResult>) -> Result<Report, PoolError> {
        Ok(summary::report(ran.title, self, ran.results))
    }
}
