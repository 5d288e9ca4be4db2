//! Spike patterns as a kind of experiment.

use super::cell::{Cell, CellResult, Task};
use super::file::Patterns;
use super::summary;
use crate::architect::summary::{Part, Parts};
use crate::experiment::decides::Decides;
use crate::experiment::kind::{Document, Kind, Narrowed, Plan, Ran};
use crate::experiment::pool::PoolError;
use crate::experiment::portable::{Portable, Taken};
use crate::experiment::reference::Opened;
use crate::experiment::rows::Variant;
use crate::report::model::Report;
use synfire_chip::chip::Chip;
use synfire_chip::files::Diagnostics;

impl Task {
    fn part<'a>(&'a self, result: &'a CellResult) -> Part<'a> {
        Part {
            name: result.row.clone(),
            seed: result.seed,
            chip: self.chip_of(&result.row),
            cores: result.cores,
            presentations: result.presentations(),
            score: Some(result.timing()),
            wall_seconds: Some(result.wall_seconds),
            costs: result.costs.clone(),
            detail: result.detail.as_deref(),
        }
    }
}

impl Kind for Task {
    type Settings = Patterns;
    type Result = CellResult;
    type Cell<'a> = Cell<'a>;
    const UNIT: &'static str = "presentations";

    fn shorten(settings: &mut Patterns, to: Narrowed) -> Option<f64> {
        to.apply(settings.quick.as_ref(), &mut settings.epochs, &mut settings.seeds)
    }

    fn load(settings: Patterns, chip: Chip, opened: Opened, _seed: Option<u32>) -> Result<Self, Diagnostics> {
        Self::new(settings, chip, opened)
    }

    fn plan(&self) -> Plan<'_> {
        let rows = self.variants().iter().map(Variant::name).collect();
        Plan { rows, seeds: &self.settings.seeds, chips: &self.chips, warnings: &self.warnings }
    }

    fn decides(&self) -> Decides {
        self.decides.clone()
    }

    fn effort(&self) -> f64 {
        self.effort
    }

    fn of_row(&self, row: usize, seed: u32) -> Result<Cell<'_>, Diagnostics> {
        Cell::new(self, self.variants()[row], seed)?.recorded(self)
    }

    fn reached<'r>(&self, results: &'r [CellResult]) -> Option<(&'r str, f64)> {
        results.first().map(|result| (result.row.as_str(), result.timing()))
    }

    fn portable(&self, row: usize, seed: u32, what: Taken) -> Result<Option<Portable<'_>>, Diagnostics> {
        Cell::new(self, self.variants()[row], seed)?.portable(what).map(Some)
    }

    fn report(&self, ran: &Ran<'_, CellResult>) -> Result<Report, PoolError> {
        Ok(summary::report(ran.title, self, ran.results, ran.threads))
    }

    fn documents(&self, ran: &Ran<'_, CellResult>) -> Result<Vec<Document>, PoolError> {
        let parts = ran.results.iter().map(|result| self.part(result)).collect();
        Parts { parts, ..Parts::new(ran.title, &self.chip, ran.threads) }.documents()
    }
}
