//! The report of a rate-network experiment: accuracy by store and length beside the trained network's own, what a sample
//! costs, the bill.

use super::cell::{CellResult, OnChip, Task};
use super::deploy;
use crate::architect::bill::{self, Work};
use crate::architect::page;
use crate::reference::linear::{self, BaselineError};
use crate::report::model::{Curves, Headline, Reference, Report, Series, Table, TableCell};
use crate::report::quantity::{self, Spread};

/// What a report is made of.
pub struct Summary<'a> {
    /// Title of the experiment.
    pub title: &'a str,
    /// The experiment.
    pub task: &'a Task,
    /// All cells.
    pub results: &'a [CellResult],
}

impl CellResult {
    /// Accuracy of the trained network itself, 0..=1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        f64::from(self.correct) / f64::from(self.samples.max(1))
    }

    /// Accuracy on the chip.
    #[must_use]
    pub fn accuracy_on_chip(&self, form: &OnChip) -> f64 {
        f64::from(form.correct) / f64::from(self.samples.max(1))
    }
}

impl Summary<'_> {
    /// The whole report.
    ///
    /// # Errors
    /// When the data cannot be divided once more for the linear classifier.
    pub fn report(&self) -> Result<Report, BaselineError> {
        let mut report = Report { title: self.title.to_owned(), intro: self.intro(), ..Report::default() };
        self.headlines(&mut report);
        report.push(self.accuracy(self.linear()?));
        report.push(self.losses());
        report.push(self.activity());
        report.push(self.lengths());
        report.push(self.training());
        if let Some((result, form)) = self.dearest() {
            let work = Work::of(&self.task.chip, form.costs.inference, form.cores);
            let what = format!("{} bits, {} steps, seed {}", form.bits, form.steps, result.seed);
            let title = format!("What it cost: `{}`, {what}", result.row);
            report.push(bill::counts(&title, &[("all presentations", work)]));
            report.blocks.extend(bill::energy_blocks("Energy of these presentations", &work));
            if let Some(detail) = &result.detail {
                report.details = page::blocks(&format!("`{}`, {what}", result.row), detail, &self.task.chip);
            }
        }
        Ok(report)
    }

    fn part(&self) -> &'static str {
        if self.task.settings.validate_per_mille.is_some() { "validation part" } else { "test part" }
    }

    /// Row names, each with a store in bits.
    fn lines(&self) -> impl Iterator<Item = (&str, u8)> {
        let Task { settings, .. } = self.task;
        settings.rows.iter().flat_map(|row| settings.stores.iter().map(|bits| (row.name.as_str(), *bits)))
    }

    fn of<'b>(&'b self, row: &'b str) -> impl Iterator<Item = &'b CellResult> {
        self.results.iter().filter(move |result| result.row == row)
    }

    /// Every seed of a row in one form.
    fn in_form(&self, row: &str, bits: u8, steps: u32) -> Vec<(&CellResult, &OnChip)> {
        let is = |form: &&OnChip| (form.bits, form.steps) == (bits, steps);
        let all = self.results.iter().filter(|result| result.row == row);
        all.filter_map(|result| Some((result, result.on_chip.iter().find(is)?))).collect()
    }

    /// The longest presentation of the first row in its first store, first seed.
    fn dearest(&self) -> Option<(&CellResult, &OnChip)> {
        let (row, bits) = self.lines().next()?;
        let steps = self.task.settings.steps.iter().max()?;
        self.in_form(row, bits, *steps).into_iter().next()
    }

    fn intro(&self) -> Vec<String> {
        let Task { settings, samples, chip, .. } = self.task;
        let lag = deploy::lag(chip);
        vec![
            format!(
                "{} features, {} rectified linear units, {} classes: trained off the chip in double precision ({} epochs of \
                 Adam, batch {}), scaled by its activations on the training part, deployed on chip `{}`.",
                samples.width, settings.hidden, samples.classes, settings.epochs, settings.batch, chip.name
            ),
            format!(
                "Every unit becomes a non-leaky neuron that is reset by subtraction; answer: the largest membrane of the \
                 outputs after the last step. A spike crosses a layer in {lag} steps, which are part of the presentation."
            ),
        ]
    }

    fn headlines(&self, report: &mut Report) {
        let steps = &self.task.settings.steps;
        for row in &self.task.settings.rows {
            let own = Spread::of(&self.of(&row.name).map(CellResult::accuracy).collect::<Vec<f64>>());
            let (Some(own), Some(bits), Some(steps)) =
                (own, self.task.settings.stores.first(), steps.iter().max())
            else {
                continue;
            };
            let Some(spread) = Spread::of(&self.accuracies(&row.name, *bits, *steps)) else { continue };
            report.headlines.push(Headline {
                label: format!("{}: {steps} steps, {bits}-bit stores, {}", row.name, self.part()),
                text: quantity::percent(spread.mean),
                number: Some(spread.mean),
                note: format!("the trained network itself {}", quantity::percent(own.mean)),
                ..Headline::default()
            });
        }
    }

    fn accuracies(&self, row: &str, bits: u8, steps: u32) -> Vec<f64> {
        self.in_form(row, bits, steps).into_iter().map(|(cell, form)| cell.accuracy_on_chip(form)).collect()
    }

    /// Accuracies of the linear classifier, by seed.
    fn linear(&self) -> Result<Vec<f64>, BaselineError> {
        let mut all = Vec::new();
        for &seed in &self.task.settings.seeds {
            // The task was checked with its first seed; another can only fail in the same way.
            let Ok(parts) = self.task.parts(seed) else { continue };
            all.push(linear::linear(&self.task.samples, &parts, seed)?.accuracy());
        }
        Ok(all)
    }

    fn accuracy(&self, linear: Vec<f64>) -> Table {
        let steps = &self.task.settings.steps;
        let mut columns = vec![String::new(), "double precision".to_owned()];
        columns.extend(steps.iter().map(|steps| format!("{steps} steps")));
        let shown = |spread: Spread| {
            let text = format!("{:.2} ({:.2})", 100.0 * spread.mean, 100.0 * spread.worst);
            TableCell::number(spread.mean, text)
        };
        let cell = |values: &[f64]| Spread::of(values).map_or(TableCell::text("-"), shown);
        let line = |(row, bits): (&str, u8)| {
            let own: Vec<f64> = self.of(row).map(CellResult::accuracy).collect();
            let on_chip = steps.iter().map(|steps| cell(&self.accuracies(row, bits, *steps)));
            [TableCell::text(format!("{row}, {bits} bits")), cell(&own)].into_iter().chain(on_chip).collect()
        };
        let mut notes = vec![format!(
            "percent, mean (worst) over {} seeds; double precision: the trained network itself, off the chip",
            self.task.settings.seeds.len()
        )];
        notes.extend(Spread::of(&linear).map(|spread| {
            format!("linear classifier, off the chip, on the same splits: {}", shown(spread).text)
        }));
        let rows = self.lines().map(line).collect();
        Table { title: format!("Accuracy on the {}", self.part()), columns, rows, notes }
    }

    /// What deploying costs, paired by seed.
    fn losses(&self) -> Table {
        let steps = &self.task.settings.steps;
        let mut columns = vec![String::new()];
        columns.extend(steps.iter().map(|steps| format!("{steps} steps")));
        let cell = |row: &str, bits: u8, steps: u32| {
            let pairs = self.in_form(row, bits, steps).into_iter();
            let differences: Vec<f64> =
                pairs.map(|(cell, form)| 100.0 * (cell.accuracy_on_chip(form) - cell.accuracy())).collect();
            let shown = |spread: Spread| {
                let error = spread.standard_error.map_or(String::new(), |error| format!(" +- {error:.2}"));
                TableCell::number(spread.mean, format!("{:+.2}{error}", spread.mean))
            };
            Spread::of(&differences).map_or(TableCell::text("-"), shown)
        };
        let line = |(row, bits): (&str, u8)| {
            let cells = steps.iter().map(|steps| cell(row, bits, *steps));
            std::iter::once(TableCell::text(format!("{row}, {bits} bits"))).chain(cells).collect()
        };
        Table {
            title: "On the chip less the trained network itself, paired by seed".to_owned(),
            columns,
            rows: self.lines().map(line).collect(),
            notes: vec!["points, mean +- standard error".to_owned()],
        }
    }

    /// What a sample costs, in the first store.
    fn activity(&self) -> Table {
        let settings = &self.task.settings;
        let bits = settings.stores.first().copied().unwrap_or(0);
        let mut columns = vec![String::new(), "a sample".to_owned()];
        columns.extend(settings.steps.iter().map(|steps| format!("{steps} steps")));
        let mut table = Table {
            title: format!("What a sample costs, {bits}-bit stores"),
            columns,
            rows: Vec::new(),
            notes: vec!["means over samples and seeds; spikes are those of hidden neurons".to_owned()],
        };
        for row in &settings.rows {
            let mut line = |what: &str, cell: &dyn Fn(&[Work<'_>], u64) -> TableCell| {
                let cells = settings.steps.iter().map(|steps| {
                    let of = self.in_form(&row.name, bits, *steps);
                    let samples = of.iter().map(|(cell, _)| u64::from(cell.samples)).sum::<u64>().max(1);
                    let work = of
                        .iter()
                        .map(|(_, form)| Work::of(&self.task.chip, form.costs.inference, form.cores));
                    cell(&work.collect::<Vec<_>>(), samples)
                });
                let first = [TableCell::text(row.name.clone()), TableCell::text(what)];
                table.rows.push(first.into_iter().chain(cells).collect());
            };
            let each = |count: &dyn Fn(&Work<'_>) -> u64, work: &[Work<'_>], samples: u64| {
                let value = work.iter().map(count).sum::<u64>() as f64 / samples as f64;
                TableCell::number(value, format!("{value:.0}"))
            };
            line("spikes", &|work, samples| each(&|w| w.counts.core.spikes, work, samples));
            line("synaptic events", &|work, samples| each(&|w| w.counts.synaptic_events(), work, samples));
            line("energy", &|work, samples| bill::mean_energy(work, u128::from(samples)));
            line("time", &|work, samples| bill::mean_time(work, u128::from(samples)));
        }
        table
    }

    fn lengths(&self) -> Curves {
        let mut steps = self.task.settings.steps.clone();
        steps.sort_unstable();
        let series = self.lines().map(|(row, bits)| {
            let point = |steps: &u32| {
                let spread = Spread::of(&self.accuracies(row, bits, *steps));
                (f64::from(*steps), spread.map_or(f64::NAN, |spread| 100.0 * spread.mean))
            };
            Series { name: format!("{row}, {bits} bits"), points: steps.iter().map(point).collect() }
        });
        let references = self.task.settings.rows.iter().filter_map(|row| {
            let own = Spread::of(&self.of(&row.name).map(CellResult::accuracy).collect::<Vec<f64>>())?;
            Some(Reference { name: format!("{}, double precision", row.name), y: 100.0 * own.mean })
        });
        Curves {
            title: format!("Accuracy on the {} by length of a presentation, mean over seeds", self.part()),
            x_label: "steps".to_owned(),
            y_label: "accuracy (%)".to_owned(),
            series: series.collect(),
            references: references.take(1).collect(),
        }
    }

    fn training(&self) -> Curves {
        let series = self.task.settings.rows.iter().map(|row| {
            let of: Vec<&CellResult> = self.of(&row.name).collect();
            let mean = |epoch: usize| {
                let loss = of.iter().map(|result| result.losses[epoch]).sum::<f64>() / of.len().max(1) as f64;
                (epoch as f64 + 1.0, loss)
            };
            let epochs = of.iter().map(|result| result.losses.len()).min().unwrap_or(0);
            Series { name: row.name.clone(), points: (0..epochs).map(mean).collect() }
        });
        Curves {
            title: "Loss while training, mean over seeds".to_owned(),
            x_label: "epoch".to_owned(),
            y_label: "loss".to_owned(),
            series: series.collect(),
            references: Vec::new(),
        }
    }
}
