//! Spike patterns as a kind of experiment.

use super::cell::{Cell, CellResult, Task};
use super::file::Patterns;
use super::summary;
use crate::experiment::kind::{Grid, Kind, Narrowed, Ran};
use crate::experiment::pool::{CellName, PoolError};
use crate::experiment::reference::Opened;
use crate::experiment::rows::Variant;
use crate::report::model::Report;
use synfire_chip::chip::Chip;
use synfire_chip::files::Diagnostics;

impl Kind for Task {
    type Settings = Patterns;
    type Result = CellResult;
    type Cell<'a> = Cell<'a>;
    const UNIT: &'static str = "presentations";

    fn shorten(settings: &mut Patterns, to: Narrowed) -> Option<f64> {
        settings.shorten(to)
    }

    fn load(settings: Patterns, chip: Chip, opened: Opened, _seed: Option<u32>) -> Result<Self, Diagnostics> {
        Self::new(settings, chip, opened)
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn cells(&self) -> Vec<CellName> {
        Grid { rows: &self.variants(), seeds: &self.settings.seeds }.names(Variant::name)
    }

    fn cell(&self, index: usize) -> Result<Cell<'_>, Diagnostics> {
        let variants = self.variants();
        let (variant, seed) = Grid { rows: &variants, seeds: &self.settings.seeds }.place(index);
        Cell::new(self, *variant, seed)
    }

    fn reached<'r>(&self, results: &'r [CellResult]) -> Option<(&'r str, f64)> {
        results.first().map(|result| (result.row.as_str(), result.timing()))
    }

    fn report(&self, ran: &Ran<'_, CellResult>) -> Result<Report, PoolError> {
        Ok(summary::report(ran.title, self, ran.results, ran.threads))
    }
}
