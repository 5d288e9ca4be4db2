//! Spike times as a kind of experiment.

use super::cell::{Cell, CellResult, Task};
use super::deploy::MOVED_CASES;
use super::file::SpikeTime;
use super::summary;
use crate::architect::summary::{Part, Parts, Presentations};
use crate::experiment::decides::Decides;
use crate::experiment::kind::{Document, Kind, Narrowed, Plan, Ran};
use crate::experiment::pool::PoolError;
use crate::experiment::portable::{Portable, Taken};
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
        to.one_seed(&mut settings.seeds);
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

    fn plan(&self) -> Plan<'_> {
        let rows = self.settings.rows.iter().map(|row| row.name.clone()).collect();
        let chips = std::slice::from_ref(&self.chip);
        Plan { rows, seeds: &self.settings.seeds, chips, warnings: &[] }
    }

    /// It makes its networks and its data itself, from the settings.
    fn decides(&self) -> Decides {
        let settings = (format!("{:?}", self.settings), self.step_rows);
        Decides::default().with("settings", &settings).with("chip", &self.chip)
    }

    fn effort(&self) -> f64 {
        self.effort
    }

    fn of_row(&self, row: usize, seed: u32) -> Result<Cell<'_>, Diagnostics> {
        Ok(Cell::new(self, &self.settings.rows[row], seed))
    }

    /// The short form judges nothing.
    fn reached<'r>(&self, _results: &'r [CellResult]) -> Option<(&'r str, f64)> {
        None
    }

    fn portable(&self, row: usize, seed: u32, what: Taken) -> Result<Option<Portable<'_>>, Diagnostics> {
        Cell::new(self, &self.settings.rows[row], seed).portable(what).map(Some)
    }

    fn report(&self, ran: &Ran<'_, CellResult>) -> Result<Report, PoolError> {
        Ok(summary::report(ran.title, self, ran.results))
    }

    fn documents(&self, ran: &Ran<'_, CellResult>) -> Result<Vec<Document>, PoolError> {
        let mut parts = Vec::new();
        for cell in ran.results {
            // The wall time of a cell is that of its training and of all its forms.
            parts.extend(cell.on_chip.iter().zip(0..).map(|(form, index)| Part {
                name: format!(
                    "{}, {} steps a time constant, {} bits",
                    cell.row, form.steps_per_tau, form.bits
                ),
                seed: cell.seed,
                chip: &self.chip,
                cores: form.cores,
                presentations: Presentations {
                    inference: u64::from(MOVED_CASES),
                    ..Presentations::default()
                },
                score: Some(f64::from(form.moved) / f64::from(MOVED_CASES)),
                wall_seconds: None,
                costs: form.costs.clone(),
                detail: cell.detail.as_deref().filter(|_| index == 0),
            }));
        }
        Parts { parts, ..Parts::new(ran.title, &self.chip, ran.threads) }.documents()
    }
}
