//! A rate network as a kind of experiment.

use super::cell::{Cell, CellResult, Task};
use super::file::RateNetwork;
use super::summary::Summary;
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
    type Settings = RateNetwork;
    type Result = CellResult;
    type Cell<'a> = Cell<'a>;
    const UNIT: &'static str = "parts";

    fn shorten(settings: &mut RateNetwork, to: Narrowed) -> Option<f64> {
        to.apply(settings.quick.as_ref(), &mut settings.epochs, &mut settings.seeds)
    }

    fn load(
        settings: RateNetwork,
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

    /// It makes its networks itself, from the settings.
    fn decides(&self) -> Decides {
        let settings = RateNetwork { quick: None, ..self.settings.clone() };
        let samples = (&self.samples.features, self.samples.width, &self.samples.labels);
        Decides::default()
            .with("settings", &(format!("{settings:?}"), self.step_rows))
            .with("chip", &self.chip)
            .with("data", &samples)
    }

    fn effort(&self) -> f64 {
        self.effort
    }

    fn of_row(&self, row: usize, seed: u32) -> Result<Cell<'_>, Diagnostics> {
        Cell::new(self, &self.settings.rows[row], seed)
    }

    /// On the chip, in the first store and length.
    fn reached<'r>(&self, results: &'r [CellResult]) -> Option<(&'r str, f64)> {
        let cell = results.first()?;
        Some((cell.row.as_str(), cell.accuracy_on_chip(cell.on_chip.first()?)))
    }

    fn portable(&self, row: usize, seed: u32, what: Taken) -> Result<Option<Portable<'_>>, Diagnostics> {
        Cell::new(self, &self.settings.rows[row], seed)?.portable(what).map(Some)
    }

    fn report(&self, ran: &Ran<'_, CellResult>) -> Result<Report, PoolError> {
        let summary = Summary { title: ran.title, task: self, results: ran.results };
        summary.report().map_err(|error| PoolError::Run(error.to_string()))
    }

    fn documents(&self, ran: &Ran<'_, CellResult>) -> Result<Vec<Document>, PoolError> {
        let mut parts = Vec::new();
        for cell in ran.results {
            // The wall time of a cell is that of its training and of all its forms.
            parts.extend(cell.on_chip.iter().map(|form| Part {
                name: format!("{}, {} bits, {} steps", cell.row, form.bits, form.steps),
                seed: cell.seed,
                chip: &self.chip,
                cores: form.cores,
                presentations: Presentations {
                    inference: u64::from(cell.samples),
                    ..Presentations::default()
                },
                score: Some(cell.accuracy_on_chip(form)),
                wall_seconds: None,
                costs: form.costs.clone(),
                detail: cell.detail.as_deref().filter(|_| self.is_longest((form.bits, form.steps))),
            }));
        }
        Parts { parts, ..Parts::new(ran.title, &self.chip, ran.threads) }.documents()
    }
}
