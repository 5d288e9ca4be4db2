//! The report of spike patterns: scores by row and seed, paired differences, learning curves, the last answers, the bill.

use super::cell::{CellResult, Task};
use super::file::{PatternData, Patterns};
use crate::architect::bill::{self, Work};
use crate::architect::inference::overlaps;
use crate::architect::page;
use crate::experiment::rows::{self, Variant};
use crate::report::model::{Curves, Headline, Raster, Report, Series, Table, TableCell};
use crate::report::paired;
use crate::report::quantity::{self, Spread};
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::energy::Bill;

/// Final loss, as a part of the first, up to which a seed counts as learned.
const LEARNED: f64 = 0.03;

/// The whole report.
#[must_use]
pub fn report(title: &str, task: &Task, results: &[CellResult], threads: usize) -> Report {
    let summary = Summary { task, results };
    let settings = &task.settings;
    let mut report = Report { title: title.to_owned(), intro: intro(settings), ..Report::default() };
    summary.headlines(&mut report);
    report.push(summary.rows());
    let pairs = rows::pairs(&settings.compare, &settings.stores, &[]);
    let pairs = pairs.iter().map(|(first, second)| (first.as_str(), second.as_str()));
    let scores = |row: &str| summary.of(row).map(CellResult::timing).collect();
    if let Some(table) = paired::table(pairs, &scores) {
        report.push(table);
    }
    report.push(summary.seeds());
    report.push(summary.costs());
    report.push(summary.curves());
    if let Some(result) = summary.shown() {
        report.push(raster(settings, result));
        let work = summary.work(result);
        let title = format!("What it cost: `{}`, seed {}", result.row, result.seed);
        report.push(bill::counts(
            &title,
            &bill::stages(task.chip_of(&result.row), &result.costs, result.cores),
        ));
        report.blocks.extend(bill::energy_blocks("Energy of the whole run", &work));
        let on_chip = || results.iter().filter(|result| result.cores > 0);
        let seconds = on_chip().map(|r| r.wall_seconds).sum();
        let mut counts = NodeCounts::default();
        on_chip().for_each(|r| counts.add(&r.costs.whole().counts));
        report.push(bill::speed(&counts, seconds, threads));
    }
    report.blocks.extend(task.rows().text().map(Into::into));
    if let Some((result, detail)) = results.iter().find_map(|r| Some((r, r.detail.as_ref()?))) {
        let name = format!("`{}`, seed {}", result.row, result.seed);
        report.details = page::blocks(&name, detail, task.chip_of(&result.row));
    }
    report
}

fn intro(settings: &Patterns) -> Vec<String> {
    let rate = |ppm: u32| f64::from(ppm) / 1e6;
    let data = match &settings.data {
        PatternData::Noise(d) => format!(
            "{} patterns of frozen noise, rate {} a step and neuron; {} target spikes each.",
            d.patterns,
            rate(d.rate_ppm),
            d.targets
        ),
        PatternData::Cues(d) => format!(
            "Two cues of {} symbols in {} steps, clock noise of rate {}; one train of {} spikes when they are equal, \
             another when they differ.",
            d.symbols,
            d.latency_steps,
            rate(d.clock_ppm),
            d.targets
        ),
    };
    vec![
        format!("{data} {} steps a presentation, {} epochs.", settings.steps, settings.epochs),
        format!(
            "Loss: van Rossum distance (rise {}, decay {} steps; one lone spike is 1), mean over cases. A target is hit \
             by a spike at most {} steps away. Score: hits / (targets + other spikes). Scored without learning; the last \
             epoch counts.",
            settings.distance_tau.0, settings.distance_tau.1, settings.tolerance
        ),
    ]
}

/// Row and results.
struct Summary<'a> {
    task: &'a Task,
    results: &'a [CellResult],
}

impl Summary<'_> {
    fn of<'b>(&'b self, row: &'b str) -> impl Iterator<Item = &'b CellResult> + 'b {
        self.results.iter().filter(move |r| r.row == row)
    }

    /// Names of all rows of the result, in order.
    fn names(&self) -> Vec<String> {
        self.task.variants().iter().map(Variant::name).collect()
    }

    /// The first result whose hardware was counted: the float twin has none.
    fn shown(&self) -> Option<&CellResult> {
        self.results.iter().find(|result| result.cores > 0).or(self.results.first())
    }

    fn training(&self, result: &CellResult) -> Work<'_> {
        Work::of(self.task.chip_of(&result.row), result.costs.training, result.cores)
    }

    fn work(&self, result: &CellResult) -> Work<'_> {
        Work::of(self.task.chip_of(&result.row), result.costs.whole(), result.cores)
    }

    fn headlines(&self, report: &mut Report) {
        let Some(row) = self.shown().map(|result| result.row.as_str()) else { return };
        let sum = |f: &dyn Fn(&CellResult) -> u32| self.of(row).map(f).sum::<u32>();
        let (hits, targets) = (sum(&|r| r.ends().1.hits), sum(&|r| r.targets));
        report.headlines.push(Headline {
            label: format!("{row}: targets hit within {} steps", self.task.settings.tolerance),
            text: format!("{hits} of {targets}"),
            number: Some(f64::from(hits) / f64::from(targets.max(1))),
            ..Headline::default()
        });
        let (learned, seeds) =
            (self.of(row).filter(|r| r.loss_of_start() <= LEARNED).count(), self.of(row).count());
        report.headlines.push(Headline {
            label: format!("final loss at most {:.0} % of the start", 100.0 * LEARNED),
            text: format!("{learned} of {seeds} seeds"),
            number: Some(learned as f64),
            ..Headline::default()
        });
        if let Some(result) = self.of(row).next() {
            let energy = self.training(result).energy(1);
            report.headlines.push(Headline {
                label: "energy of a training".to_owned(),
                text: energy.text,
                number: energy.number,
                note: format!("seed {}", result.seed),
                ..Headline::default()
            });
        }
    }

    fn rows(&self) -> Table {
        let row = |name: &String| {
            let of: Vec<&CellResult> = self.of(name).collect();
            let scores: Vec<f64> = of.iter().map(|r| r.timing()).collect();
            let losses: Vec<f64> = of.iter().map(|r| r.loss_of_start()).collect();
            let (score, loss) = (Spread::of(&scores)?, Spread::of(&losses)?);
            let sum = |f: &dyn Fn(&CellResult) -> u32| of.iter().map(|r| f(r)).sum::<u32>();
            let part = |part: u32, whole: u32| {
                let value = f64::from(part) / f64::from(whole.max(1));
                TableCell::number(value, format!("{part} of {whole} ({})", quantity::percent(value)))
            };
            Some(vec![
                TableCell::text(name.clone()),
                percent(score.mean, 1),
                percent(score.worst, 1),
                part(sum(&|r| r.ends().1.hits), sum(&|r| r.targets)),
                TableCell::count(u128::from(sum(&|r| r.ends().1.extra))),
                part(sum(&|r| r.ends().1.right), sum(&|r| r.cases)),
                percent(loss.mean, 2),
                percent(loss.best, 2),
            ])
        };
        let columns = [
            "",
            "score, mean",
            "worst",
            "targets hit",
            "other spikes",
            "nearest to own targets",
            "final loss of the start, mean",
            "largest",
        ];
        Table {
            title: "Scores by row".to_owned(),
            columns: columns.map(str::to_owned).to_vec(),
            rows: self.names().iter().filter_map(row).collect(),
            notes: vec!["counts are sums over seeds".to_owned()],
        }
    }

    fn seeds(&self) -> Table {
        let row = |result: &CellResult| {
            let (start, end) = result.ends();
            vec![
                TableCell::text(format!("{}, seed {}", result.row, result.seed)),
                percent(result.timing(), 1),
                TableCell::number(f64::from(end.hits), format!("{} of {}", end.hits, result.targets)),
                TableCell::count(u128::from(end.extra)),
                TableCell::number(f64::from(end.right), format!("{} of {}", end.right, result.cases)),
                TableCell::number(start.loss, format!("{:.2}", start.loss)),
                TableCell::number(end.loss, format!("{:.3}", end.loss)),
                percent(result.loss_of_start(), 2),
            ]
        };
        let columns = [
            "",
            "score",
            "targets hit",
            "other spikes",
            "nearest to own targets",
            "loss at the start",
            "final loss",
            "of the start",
        ];
        Table {
            title: "Scores by row and seed".to_owned(),
            columns: columns.map(str::to_owned).to_vec(),
            rows: self.results.iter().map(row).collect(),
            notes: Vec::new(),
        }
    }

    fn costs(&self) -> Table {
        let row = |name: &String| {
            let of: Vec<&CellResult> = self.of(name).collect();
            let runs = of.len().max(1) as u64;
            let mean = |f: &dyn Fn(&NodeCounts) -> u64| {
                TableCell::count(u128::from(
                    of.iter().map(|r| f(&r.costs.training.counts)).sum::<u64>() / runs,
                ))
            };
            let works: Vec<Work<'_>> = of.iter().map(|r| self.training(r)).collect();
            vec![
                TableCell::text(name.clone()),
                mean(&|c| c.core.spikes),
                mean(&|c| c.learning.eligibility_updates),
                mean(&|c| c.learning.weight_updates),
                mean(&|c| c.learning.weight_writes),
                mean(&|c| c.error_packets),
                bill::mean_energy(&works, u128::from(runs)),
            ]
        };
        let columns = [
            "",
            "spikes",
            "eligibility updates",
            "weight updates",
            "weights written",
            "error packets",
            "energy",
        ];
        Table {
            title: "What a training costs".to_owned(),
            columns: columns.map(str::to_owned).to_vec(),
            rows: self.names().iter().map(row).collect(),
            notes: ["training alone, without its scorings; mean over seeds".to_owned()]
                .into_iter()
                .chain(overlaps(&self.ends()))
                .collect(),
        }
    }

    /// Name and ends of the energy of each row's trainings.
    fn ends(&self) -> Vec<(String, f64, f64)> {
        let of = |name: String| {
            let bills: Vec<Bill> = self.of(&name).map(|result| self.training(result).bill()).collect();
            let sum = |end: fn(&Bill) -> u128| bills.iter().map(end).sum::<u128>() as f64;
            let (low, high) = (sum(|bill| bill.ends().0), sum(|bill| bill.ends().1));
            let runs = bills.len().max(1) as f64;
            (name, low / runs, high / runs)
        };
        self.names().into_iter().map(of).filter(|(_, _, high)| *high > 0.0).collect()
    }

    /// Mean loss over seeds, row by row.
    fn curves(&self) -> Curves {
        let series = self.names().into_iter().map(|name| {
            let of: Vec<&CellResult> = self.of(&name).collect();
            let points = of.iter().map(|r| r.curve.len()).min().unwrap_or(0);
            let mean = |point: usize| {
                let loss = |r: &&CellResult| r.curve[point].1.loss / r.curve[0].1.loss.max(f64::MIN_POSITIVE);
                let sum: f64 = of.iter().map(loss).sum();
                (f64::from(of[0].curve[point].0), 100.0 * sum / of.len() as f64)
            };
            let points = (0..points).map(mean).collect();
            Series { name: name.clone(), points }
        });
        Curves {
            title: "Loss, percent of the start, mean over seeds".to_owned(),
            x_label: "epoch".to_owned(),
            y_label: "loss (% of the start)".to_owned(),
            series: series.collect(),
            references: Vec::new(),
        }
    }
}

fn percent(value: f64, places: usize) -> TableCell {
    TableCell::number(value, format!("{:.places$} %", 100.0 * value))
}

/// Targets and answers of every case, one above the other.
#[must_use]
pub fn raster(settings: &Patterns, result: &CellResult) -> Raster {
    let row = |case: u32, answer: u32| 2 * case + answer;
    let targets = result.target_spikes.iter().map(|(step, case)| (u64::from(*step), row(*case, 0)));
    let answers = result.last_spikes.iter().map(|(step, case)| (u64::from(*step), row(*case, 1)));
    let mut spikes: Vec<(u64, u32)> = targets.chain(answers).collect();
    spikes.sort_unstable();
    let (name, seed) = (&result.row, result.seed);
    Raster {
        title: format!("Targets (even rows) and spikes (odd rows) of each case: `{name}`, seed {seed}"),
        steps: u64::from(settings.steps),
        neurons: 2 * result.cases,
        spikes,
        bands: Vec::new(),
    }
}
