//! A simulation as a kind of experiment: one cell.

use super::cell::{Cell, CellResult, Task};
use super::file::Simulate;
use super::run;
use crate::experiment::decides::Decides;
use crate::experiment::kind::{Document, Kind, Narrowed, Plan, Ran};
use crate::experiment::pool::PoolError;
use crate::experiment::portable::{Portable, Taken};
use crate::experiment::reference::Opened;
use crate::report::model::Report;
use synfire_chip::chip::Chip;
use synfire_chip::files::Diagnostics;

impl Kind for Task {
    type Settings = Simulate;
    type Result = CellResult;
    type Cell<'a> = Cell<'a>;
    const UNIT: &'static str = "steps";

    /// There is no short form, and the seed is the network's.
    fn shorten(_settings: &mut Simulate, _to: Narrowed) -> Option<f64> {
        None
    }

    fn load(settings: Simulate, chip: Chip, opened: Opened, seed: Option<u32>) -> Result<Self, Diagnostics> {
        Self::new(settings, chip, opened, seed)
    }

    fn plan(&self) -> Plan<'_> {
        let rows = vec!["simulation".to_owned()];
        let (seeds, chips) = (std::slice::from_ref(&self.seed), std::slice::from_ref(&self.chip));
        Plan { rows, seeds, chips, warnings: &[] }
    }

    fn decides(&self) -> Decides {
        self.decides.clone()
    }

    fn effort(&self) -> f64 {
        self.effort
    }

    fn of_row(&self, _row: usize, _seed: u32) -> Result<Cell<'_>, Diagnostics> {
        Cell::new(self)
    }

    fn portable(&self, _row: usize, _seed: u32, what: Taken) -> Result<Option<Portable<'_>>, Diagnostics> {
        self.portable(what).map(Some)
    }

    fn reached<'r>(&self, _results: &'r [CellResult]) -> Option<(&'r str, f64)> {
        None
    }

    fn report(&self, ran: &Ran<'_, CellResult>) -> Result<Report, PoolError> {
        Ok(match ran.results.first() {
            Some(result) => run::report(ran.title, &self.chip, result, ran.threads),
            None => Report::default(),
        })
    }

    fn documents(&self, ran: &Ran<'_, CellResult>) -> Result<Vec<Document>, PoolError> {
        let Some(result) = ran.results.first() else { return Ok(Vec::new()) };
        run::documents(ran.title, &self.chip, result, ran.threads)
    }
}
