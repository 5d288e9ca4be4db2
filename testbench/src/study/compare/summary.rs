//! The report of a comparison: one page over all tasks, then each with its tables, learning curves, a raster.

use super::compared::Compared;
use super::costs::Ended;
use super::overview;
use crate::architect::bill::at_least;
use crate::architect::inference::overlaps;
use crate::experiment::file::{Row, Store};
use crate::experiment::rows;
use crate::reference::linear::Score;
use crate::report::model::{Curves, Headline, Report, Series, Table, TableCell, Text};
use crate::report::paired;
use crate::report::quantity::{self, Spread};

/// The whole report.
#[must_use]
pub fn report(compared: &[Compared<'_>], threads: usize, wall_seconds: f64) -> Report {
    let cells: usize = compared.iter().map(|c| c.results.len()).sum();
    let mut report = Report { title: "Rules, tasks and weight stores".to_owned(), ..Report::default() };
    report.intro = vec![
        "The score after the last epoch, mean over seeds; every store has the same splits, draws and order."
            .to_owned(),
        format!(
            "{cells} cells in {wall_seconds:.1} s on {threads} thread{} (finished ones are not computed again).",
            if threads == 1 { "" } else { "s" }
        ),
    ];
    for one in compared {
        report.headlines.extend(one.headline());
    }
    overview::matrices(compared).into_iter().for_each(|matrix| report.push(matrix));
    for one in compared {
        let seeds = quantity::seeds(one.entry.task.seeds().iter().copied());
        let lines = vec![format!("synfire run {}", one.entry.name), seeds];
        report.push(Text { title: one.entry.title.clone(), lines });
        report.blocks.extend(one.entry.task.changes().map(Into::into));
        report.push(one.matrix());
        report.push(one.differences());
        if let Some(table) = one.between_rows() {
            report.push(table);
        }
        report.push(one.costs());
        report.push(one.curves());
        if let Some(raster) = one.shown().iter().find_map(|r| r.raster.clone()) {
            report.push(raster);
        }
    }
    report
}

fn percent(value: f64) -> TableCell {
    TableCell::number(value, format!("{:.2}", 100.0 * value))
}

impl Compared<'_> {
    /// The best mean and where it is.
    fn headline(&self) -> Option<Headline> {
        let places =
            (0..self.rows().len()).flat_map(|row| (0..self.stores().len()).map(move |store| (row, store)));
        let means =
            places.filter_map(|(row, store)| Some((Spread::of(&self.scores(row, store))?.mean, row, store)));
        let (mean, row, store) = means.max_by(|a, b| a.0.total_cmp(&b.0))?;
        Some(Headline {
            label: format!("{}, best mean", self.entry.name),
            text: format!("{:.2} %", 100.0 * mean),
            number: Some(mean),
            note: format!("{}, {}", self.rows()[row].name, self.stores()[store].name()),
            ..Headline::default()
        })
    }

    /// Rows by stores: mean and worst.
    fn matrix(&self) -> Table {
        let mut columns = vec![String::new()];
        columns.extend(self.stores().iter().map(Store::name));
        let row = |(index, row): (usize, &Row)| {
            let mut cells = vec![TableCell::text(row.name.clone())];
            cells.extend((0..self.stores().len()).map(|store| {
                match Spread::of(&self.scores(index, store)) {
                    None => TableCell::text("-"),
                    Some(s) => {
                        TableCell::number(s.mean, format!("{:.2} ({:.2})", 100.0 * s.mean, 100.0 * s.worst))
                    }
                }
            }));
            cells
        };
        let linear: Vec<f64> = self.linear.iter().map(Score::accuracy).collect();
        let mut notes = vec!["percent, mean over seeds (worst seed)".to_owned()];
        if let Some(linear) = Spread::of(&linear) {
            let (mean, worst) = (100.0 * linear.mean, 100.0 * linear.worst);
            let fitted = self.entry.task.linear_fit();
            notes.push(format!(
                "linear classifier, floating point, off the chip, {fitted}: {mean:.2} ({worst:.2})"
            ));
        }
        notes.extend(self.known.iter().map(|(name, value)| format!("{name}: {:.1}", 100.0 * value)));
        Table {
            title: format!("Score of `{}`", self.entry.name),
            columns,
            rows: self.rows().iter().enumerate().map(row).collect(),
            notes,
        }
    }

    /// Spread of each cell, and its difference to the first store.
    fn differences(&self) -> Table {
        let seeds = self.entry.task.seeds().len();
        let reference = self.stores().first().map_or_else(String::new, Store::name);
        let mut rows = Vec::new();
        for (row, settings) in self.rows().iter().enumerate() {
            for (store, name) in self.stores().iter().map(Store::name).enumerate() {
                let scores = self.scores(row, store);
                let Some(spread) = Spread::of(&scores) else { continue };
                let mut cells = vec![TableCell::text(settings.name.clone()), TableCell::text(name)];
                cells.extend([percent(spread.mean), percent(spread.worst)]);
                cells.push(spread.standard_error.map_or(TableCell::text("-"), percent));
                let solved = scores.iter().filter(|score| **score == 1.0).count();
                cells.push(TableCell::number(solved as f64, format!("{solved} of {seeds}")));
                cells.extend(if store == 0 {
                    [TableCell::text("-"), TableCell::text("-")]
                } else {
                    difference(&scores, &self.scores(row, 0))
                });
                rows.push(cells);
            }
        }
        let difference = format!("minus {reference}");
        let columns = ["", "store", "mean", "worst", "s.e.", "all right", &difference, "s.e. of it"];
        Table {
            title: format!("Stores of `{}`, paired by seed", self.entry.name),
            columns: columns.map(str::to_owned).to_vec(),
            rows,
            notes: vec!["percent and points; all right: seeds with a score of 100 %".to_owned()],
        }
    }

    /// The comparisons that the experiment asks for, store by store.
    fn between_rows(&self) -> Option<Table> {
        let compare = self.entry.task.comparisons().iter().cloned();
        let of_rows = compare.filter(|pair| pair.first != "linear" && pair.second != "linear");
        let pairs = rows::pairs(&of_rows.collect::<Vec<_>>(), self.stores(), &[]);
        let scores = |name: &str| {
            let of = self.results.iter().filter(|result| result.row == name);
            of.map(|result| result.score).collect()
        };
        let pairs = pairs.iter().map(|(first, second)| (first.as_str(), second.as_str()));
        let table = paired::table(pairs, &scores)?;
        Some(Table { title: format!("Rows of `{}`, paired by seed", self.entry.name), ..table })
    }

    /// Memory, traffic and energy of every row in every store of the chip.
    fn costs(&self) -> Table {
        let (mut rows, mut ends) = (Vec::new(), Vec::new());
        for (row, settings) in self.rows().iter().enumerate() {
            for (store, name) in self.stores().iter().map(Store::name).enumerate() {
                let Some(cost) = self.cost(row, store) else { continue };
                let compared = cost.inference.unwrap_or(cost.training);
                ends.push((format!("{}, {name}", settings.name), compared.low, compared.high));
                let each = |value: f64| TableCell::number(value, quantity::count(value.round() as u128));
                let energy = |of: Ended| {
                    let [nominal, low, high] =
                        [of.nominal, of.low, of.high].map(|value| quantity::energy(value.round() as u128));
                    let text = at_least(nominal, cost.least);
                    let text = if of.low == of.high { text } else { format!("{text} ({low} to {high})") };
                    TableCell::number(of.nominal / 1e18, text)
                };
                rows.push(vec![
                    TableCell::text(settings.name.clone()),
                    TableCell::text(name),
                    TableCell::count(cost.cores as u128),
                    TableCell::count(u128::from(cost.memory.synapse_bits)),
                    TableCell::count(u128::from(cost.memory.learning_bits)),
                    each(cost.updates),
                    each(cost.writes),
                    each(cost.error_packets),
                    energy(cost.training),
                    cost.inference.map_or(TableCell::text("-"), energy),
                ]);
            }
        }
        let columns = [
            "",
            "store",
            "cores",
            "weights, bits",
            "learning, bits",
            "updates",
            "written",
            "error packets",
            "energy, training",
            "energy, inference",
        ];
        Table {
            title: format!("What the rows of `{}` cost", self.entry.name),
            columns: columns.map(str::to_owned).to_vec(),
            rows,
            notes: [
                "bits: of the fullest core; learning: traces, eligibilities, matrices, mirrored weights, errors"
                    .to_owned(),
                "updates, weights written, error packets and energy: a presentation, mean over seeds".to_owned(),
            ]
            .into_iter()
            .chain(overlaps(&ends))
            .collect(),
        }
    }

    /// Learning curves of every row in the first store that the chip has.
    fn curves(&self) -> Curves {
        let chip = self.chip_store().unwrap_or(0);
        let series = self.rows().iter().enumerate().map(|(row, settings)| {
            let of = self.of(row, chip);
            let points = of.iter().map(|r| r.curve.len()).min().unwrap_or(0);
            let mean = |point: usize| {
                let sum: f64 = of.iter().map(|r| r.curve[point].1).sum();
                (f64::from(of[0].curve[point].0), 100.0 * sum / of.len() as f64)
            };
            Series { name: settings.name.clone(), points: (0..points).map(mean).collect() }
        });
        let store = self.stores().get(chip).map_or_else(String::new, Store::name);
        Curves {
            title: format!("Score of `{}` after each epoch, {store}, mean over seeds", self.entry.name),
            x_label: "epoch".to_owned(),
            y_label: "score (%)".to_owned(),
            series: series.collect(),
            references: Vec::new(),
        }
    }
}

/// Mean difference in points and its standard error.
fn difference(scores: &[f64], reference: &[f64]) -> [TableCell; 2] {
    let differences: Vec<f64> = scores.iter().zip(reference).map(|(a, b)| 100.0 * (a - b)).collect();
    let Some(spread) = Spread::of(&differences) else { return [TableCell::text("-"), TableCell::text("-")] };
    let error =
        spread.standard_error.map_or(TableCell::text("-"), |e| TableCell::number(e, format!("{e:.2}")));
    [TableCell::number(spread.mean, format!("{:+.2}", spread.mean)), error]
}
