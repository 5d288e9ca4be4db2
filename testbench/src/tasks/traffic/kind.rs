//! Traffic over the network between the cores as a kind of experiment.

use super::cell::{CURVE, Cell, CellResult, LINKS};
use super::file::Traffic;
use super::summary;
use super::table;
use super::task::Task;
use crate::experiment::decides::Decides;
use crate::experiment::kind::{Document, Kind, Narrowed, Plan, Ran};
use crate::experiment::pool::PoolError;
use crate::experiment::reference::Opened;
use crate::report::model::Report;
use synfire_chip::chip::Chip;
use synfire_chip::files::Diagnostics;

impl Kind for Task {
    type Settings = Traffic;
    type Result = CellResult;
    type Cell<'a> = Cell<'a>;
    const UNIT: &'static str = "loads";
    const HAS_SUMMARY: bool = false;

    /// No score is asked of the short form.
    fn shorten(settings: &mut Traffic, to: Narrowed) -> Option<f64> {
        if let (true, Some(quick)) = (to.quick, settings.quick.clone()) {
            (settings.loads, settings.sample, settings.seeds) = (quick.loads, quick.sample, quick.seeds);
        }
        to.one_seed(&mut settings.seeds);
        None
    }

    fn load(settings: Traffic, chip: Chip, opened: Opened, _seed: Option<u32>) -> Result<Self, Diagnostics> {
        Self::new(settings, chip, &opened)
    }

    fn plan(&self) -> Plan<'_> {
        let rows = self.settings.rows.iter().map(|row| row.name.clone()).collect();
        Plan { rows, seeds: &self.settings.seeds, chips: &[], warnings: &[] }
    }

    /// Of a chip its network between the cores, which alone is run.
    fn decides(&self) -> Decides {
        let settings = Traffic { quick: None, ..self.settings.clone() };
        let chips: Vec<_> = self.networks.iter().map(|of| (&of.chip, &of.noc, of.flits)).collect();
        let packets: Vec<_> = self.networks.iter().map(|of| &of.recorded).collect();
        Decides::default()
            .with("settings", &format!("{settings:?}"))
            .with("chip", &chips)
            .with("data", &packets)
    }

    /// No sweep compares it.
    fn effort(&self) -> f64 {
        1.0
    }

    fn of_row(&self, row: usize, seed: u32) -> Result<Cell<'_>, Diagnostics> {
        Ok(Cell::new(self, row, seed))
    }

    /// The short form judges nothing.
    fn reached<'r>(&self, _results: &'r [CellResult]) -> Option<(&'r str, f64)> {
        None
    }

    fn report(&self, ran: &Ran<'_, CellResult>) -> Result<Report, PoolError> {
        Ok(summary::report(ran.title, self, ran.results))
    }

    fn documents(&self, ran: &Ran<'_, CellResult>) -> Result<Vec<Document>, PoolError> {
        let (curve, links) = (table::curve(self, ran.results), table::links(self, ran.results));
        Ok(vec![Document::table(CURVE, curve), Document::table(LINKS, links)])
    }
}
