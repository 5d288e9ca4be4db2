//! The report of a classification: accuracies against baselines, learning curves, confusion, the bill.

use super::answers::{self, EpochScore};
use super::cell::Cell as TrainedCell;
use super::file::ScoreOf;
use super::result::CellResult;
use super::sharing;
use super::task::Task;
use crate::architect::bill::{self, Work, mean_energy, mean_time};
use crate::architect::inference::{self, OfCell};
use crate::architect::page;
use crate::data::set::{Content, DataSet};
use crate::experiment::rows::{self, Variant};
use crate::reference::linear::{self, Score};
use crate::report::model::{Confusion, Curves, Headline, Report, Series, Table, TableCell};
use crate::report::paired;
use crate::report::quantity::{self, Spread};
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::memory::CoreMemory;
use synfire_chip::cost::stage::Spent;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::run::machine::Machine;
use synfire_core::ARITH_SPEC;

/// Most seeds with a column of their own.
const MOST_SEED_COLUMNS: usize = 10;

/// Everything the report is made of.
pub struct Summary<'a> {
    /// The task.
    pub task: &'a Task,
    /// The data of the first seed.
    pub data: &'a DataSet,
    /// Title of the experiment.
    pub title: &'a str,
    /// Results, row by row, seed by seed.
    pub results: &'a [CellResult],
    /// The linear classifier on the same samples, one a seed; empty when it was not asked for.
    pub linear: &'a [Score],
    /// Threads of the pool.
    pub threads: usize,
    /// Wall time of the command.
    pub wall_seconds: f64,
}

/// Fits the linear classifier on the split of every seed.
///
/// # Errors
/// When it cannot be fitted.
pub fn linear(task: &Task) -> Result<Vec<Score>, Diagnostics> {
    let fit = |seed: &u32| {
        let data = task.data(*seed);
        let parts = task.linear_parts(&data, *seed)?;
        linear::linear(&data.linear_view(), &parts, *seed)
            .map_err(|e| Diagnostics::from(Diagnostic::new(format!("linear classifier: {e}"))))
    };
    task.settings.seeds.iter().map(fit).collect()
}

/// Memory of each core of what the report shows in detail.
///
/// # Errors
/// When its network cannot be built again.
pub fn memory(task: &Task, results: &[CellResult]) -> Result<Vec<CoreMemory>, Diagnostics> {
    let shown = task.shown();
    let name = shown.name();
    let Some(result) = results.iter().find(|result| result.row == name) else { return Ok(Vec::new()) };
    let cell = TrainedCell::new(task, shown, result.seed)?;
    Ok(cell.machine().map_or_else(Vec::new, Machine::memory))
}

/// What each test sample of every cell cost.
#[must_use]
pub fn samples(results: &[CellResult]) -> Vec<OfCell<'_>> {
    let cells = results.iter();
    cells.map(|cell| OfCell { row: &cell.row, seed: cell.seed, samples: &cell.samples }).collect()
}

impl Summary<'_> {
    /// What the report shows in detail: the first row in the first store that a chip has.
    fn shown(&self) -> Variant<'_> {
        self.task.shown()
    }

    fn of<'b>(&'b self, row: &'b str) -> impl Iterator<Item = &'b CellResult> + 'b {
        self.results.iter().filter(move |r| r.row == row)
    }

    fn accuracies(&self, row: &str) -> Vec<f64> {
        if row == "linear" && !self.linear.is_empty() {
            return self.linear.iter().map(Score::accuracy).collect();
        }
        self.of(row).map(CellResult::accuracy).collect()
    }

    fn part(&self) -> &'static str {
        let s = &self.task.settings;
        match s.score {
            ScoreOf::LastTrained(_) => self
                .results
                .first()
                .map_or("last training samples", |first| answers::last_trained(&first.curve)),
            ScoreOf::HeldOut if s.validate || s.validate_per_mille.is_some() => "validation part",
            ScoreOf::HeldOut => "test part",
        }
    }

    /// The whole report.
    ///
    /// # Errors
    /// When a network cannot be built again for its memory table.
    pub fn report(&self) -> Result<Report, Diagnostics> {
        let settings = &self.task.settings;
        let shown = self.shown();
        let first = shown.name();
        let mut report = Report { title: self.title.to_owned(), ..Report::default() };
        report.intro = self.intro();
        self.headlines(&mut report);
        report.push(self.accuracy_table());
        if let Some(table) = self.comparisons() {
            report.push(table);
        }
        if let Some(table) = self.groups() {
            report.push(table);
        }
        if let Some(table) = self.sharing() {
            report.push(table);
        }
        report.push(self.activity());
        if let Some(table) = inference::table(&samples(self.results)) {
            report.push(table);
        }
        report.push(self.curves());
        let Some(result) = self.of(&first).next() else { return Ok(report) };
        report.push(self.epochs(result));
        if let Some(raster) = &result.raster {
            report.push(raster.clone());
        }
        report.push(Confusion {
            title: format!("Confusion of `{first}`, seed {}, after the last epoch", result.seed),
            classes: (0..self.data.classes()).map(|c| c.to_string()).collect(),
            counts: result.confusion.iter().map(|row| row.iter().map(|n| u64::from(*n)).collect()).collect(),
        });
        let title = format!("What it cost: `{first}`, seed {}", result.seed);
        let mut cost =
            bill::counts(&title, &bill::stages(self.task.chip_of(&result.row), &result.costs, result.cores));
        if self.tests() {
            let tests = format!("tests: after each of {} epochs; inference: one more test", settings.epochs);
            cost.notes.push(tests);
        }
        report.push(cost);
        report.blocks.extend(bill::energy_blocks("Energy of the whole run", &self.work(result)));
        report.push(bill::memory("Memory of each core, bits", &memory(self.task, self.results)?));
        let on_chip = || self.results.iter().filter(|result| result.cores > 0);
        let seconds: f64 = on_chip().map(|r| r.wall_seconds).sum();
        let mut counts = NodeCounts::default();
        on_chip().for_each(|result| counts.add(&result.costs.whole().counts));
        report.push(bill::speed(&counts, seconds, self.threads));
        report.blocks.extend(self.task.rows().text().map(Into::into));
        if let Some(detail) = &result.detail {
            let name = format!("`{first}`, seed {}", result.seed);
            report.details = page::blocks(&name, detail, self.task.chip_of(&result.row));
        }
        Ok(report)
    }

    fn work(&self, result: &CellResult) -> Work<'_> {
        Work::of(self.task.chip_of(&result.row), result.costs.whole(), result.cores)
    }

    fn intro(&self) -> Vec<String> {
        let s = &self.task.settings;
        let data = &self.data;
        let scored = self.results.first().and_then(|r| r.curve.last()).map_or(0, |e| e.test_samples);
        let (kind, own) = match &data.content {
            Content::Features(_) => ("features", "stratified, anew for each seed"),
            Content::Events(_) => ("channels", "the data set's own part"),
        };
        let scored = match s.score {
            ScoreOf::HeldOut => format!("{scored} held out ({}), {own}", self.part()),
            ScoreOf::LastTrained(_) => {
                format!("scored are the {} ({scored}), answered before their labels", self.part())
            }
        };
        let (samples, width, classes) = (data.labels().len(), data.width(), data.classes());
        let answer = match s.answer() {
            (from, until) if until < s.sample_steps => {
                format!(", answers summed in steps {from}..{until}")
            }
            (from, _) if from != s.learn_from => format!(", answers summed from step {from}"),
            _ => String::new(),
        };
        let every = s.learn_every.map_or_else(String::new, |every| format!(", only in every {every}th"));
        let epoch = s.epoch_samples.map_or_else(String::new, |n| format!(" of {n} samples"));
        let mut lines = vec![
            format!("{samples} samples of {width} {kind} in {classes} classes; {scored}."),
            format!(
                "Chip `{}`, {} steps a sample, errors from step {}{every}{answer}; {} epochs{epoch}, batch size 1, \
                 the last epoch counts.",
                self.task.chip.name, s.sample_steps, s.learn_from, s.epochs
            ),
        ];
        if self.tests() && s.rows.iter().any(|row| !row.clear) {
            lines.push(
                "Where the state runs on (`clear: false`), held-out samples are presented in an order drawn for the seed, \
                 so that no order of classes in the data is in it."
                    .to_owned(),
            );
        }
        lines.extend(data.notes.iter().cloned());
        if s.seeds.len() > 1 {
            lines.push(format!("Headlines are means over {} seeds.", s.seeds.len()));
        }
        lines.push(format!(
            "Arithmetic contract {ARITH_SPEC}; {:.1} s on {} thread{}.",
            self.wall_seconds,
            self.threads,
            if self.threads == 1 { "" } else { "s" }
        ));
        lines
    }

    fn headlines(&self, report: &mut Report) {
        let first = &self.shown().name();
        let accuracies = self.accuracies(first);
        if let Some(spread) = Spread::of(&accuracies) {
            let note = match Spread::of(&self.accuracies("linear")) {
                Some(linear) if !self.linear.is_empty() => {
                    format!("linear classifier {}", quantity::percent(linear.mean))
                }
                _ => format!("worst {}", quantity::percent(spread.worst)),
            };
            report.headlines.push(Headline {
                label: format!("{first}, {}", self.part()),
                text: quantity::percent(spread.mean),
                number: Some(spread.mean),
                note,
                ..Headline::default()
            });
        }
        let results: Vec<&CellResult> = self.of(first).collect();
        let Some(result) = results.first() else { return };
        let works = |of: &dyn Fn(&CellResult) -> Spent| -> Vec<Work<'_>> {
            let work = |result: &&CellResult| {
                let whole = self.work(result);
                Work::of(whole.chip, of(result), whole.cores)
            };
            results.iter().map(work).collect()
        };
        let seeds = results.len() as u128;
        let mut figure = |label: &str, figure: TableCell, note: String| {
            let (label, TableCell { text, number }) = (label.to_owned(), figure);
            report.headlines.push(Headline { label, text, number, note, ..Headline::default() });
        };
        if self.tests() {
            let tests = results.iter().filter_map(|result| result.curve.last());
            let tests = tests.map(|epoch| u128::from(epoch.test_samples)).sum::<u128>().max(1);
            let inferences = works(&|result| result.costs.inference);
            let cores =
                if result.cores == 1 { "1 core".to_owned() } else { format!("{} cores", result.cores) };
            let cores = format!("on {cores} of `{}`", self.work(result).chip.name);
            figure("energy an inference", mean_energy(&inferences, tests), cores);
            let steps = format!("{} steps", self.task.settings.sample_steps);
            figure("time an inference", mean_time(&inferences, tests), steps);
        }
        let writes = |result: &&CellResult| u128::from(result.costs.training.counts.learning.weight_writes);
        let writes = results.iter().map(writes).sum::<u128>() / seeds;
        let note = format!("{} weights written", quantity::short(writes, ""));
        figure("energy of the training", mean_energy(&works(&|result| result.costs.training), seeds), note);
    }

    /// Names of all rows of the result, in order.
    fn names(&self) -> Vec<String> {
        self.task.variants().iter().map(Variant::name).collect()
    }

    fn accuracy_table(&self) -> Table {
        let seeds = &self.task.settings.seeds;
        let mut columns: Vec<String> = ["", "mean", "worst", "s.e."].map(str::to_owned).to_vec();
        let (each, solved) = (seeds.len() <= MOST_SEED_COLUMNS, self.data.every_case);
        columns.extend(solved.then(|| format!("solved, of {}", seeds.len())));
        columns.extend(seeds.iter().filter(|_| each).map(|seed| format!("seed {seed}")));
        let mut names = self.names();
        if !self.linear.is_empty() {
            names.push("linear".to_owned());
        }
        let row = |name: &String| {
            let values = self.accuracies(name);
            let spread = Spread::of(&values)?;
            let percent = |v: f64| TableCell::number(v, format!("{:.2}", 100.0 * v));
            let shown = if name == "linear" { "linear classifier" } else { name };
            let mut cells = vec![TableCell::text(shown), percent(spread.mean), percent(spread.worst)];
            cells.push(spread.standard_error.map_or(TableCell::text("-"), percent));
            cells.extend(
                solved.then(|| TableCell::count(values.iter().filter(|v| **v == 1.0).count() as u128)),
            );
            cells.extend(values.iter().filter(|_| each).map(|v| percent(*v)));
            Some(cells)
        };
        let mut notes = vec!["percent; s.e.: standard error of the mean".to_owned()];
        if solved {
            notes.push("solved: seeds with every case right after the last epoch".to_owned());
        }
        if !self.linear.is_empty() {
            let fitted = self.task.linear_fit();
            notes.push(format!("the linear classifier is floating point, off the chip, {fitted}"));
        }
        let known = self.task.known(self.data);
        notes.extend(known.iter().map(|(name, accuracy)| format!("{name}: {:.1}", 100.0 * accuracy)));
        let rows = names.iter().filter_map(row).collect();
        Table { title: format!("Accuracy on the {}", self.part()), columns, rows, notes }
    }

    /// Whether samples are presented without learning.
    fn tests(&self) -> bool {
        self.task.settings.score == ScoreOf::HeldOut
    }

    /// Counts of the last test and its samples; of the whole run where there is no test.
    fn presented<'b>(&self, result: &'b CellResult) -> (&'b NodeCounts, u64) {
        if self.tests() {
            (&result.costs.inference.counts, result.curve.last().map_or(0, |e| u64::from(e.test_samples)))
        } else {
            (&result.costs.training.counts, result.curve.iter().map(|e| u64::from(e.train_samples)).sum())
        }
    }

    /// What each row costs in spikes and writes.
    fn activity(&self) -> Table {
        let row = |row: &String| {
            let of: Vec<&CellResult> = self.of(row).collect();
            let runs = (of.len() as u64).max(1);
            let samples: u64 = of.iter().map(|r| self.presented(r).1).sum();
            let each = |count: u64| {
                let value = count as f64 / samples.max(1) as f64;
                TableCell::number(value, format!("{value:.0}"))
            };
            let mean = |count: u64| TableCell::count(u128::from(count / runs));
            let sum = |f: &dyn Fn(&CellResult) -> u64| of.iter().map(|r| f(r)).sum::<u64>();
            vec![
                TableCell::text(row.clone()),
                each(sum(&|r| self.presented(r).0.core.spikes)),
                each(sum(&|r| self.presented(r).0.synaptic_events())),
                mean(sum(&|r| r.costs.training.counts.learning.weight_updates)),
                mean(sum(&|r| r.costs.training.counts.learning.weight_writes)),
                mean(sum(&|r| r.costs.training.counts.error_packets)),
            ]
        };
        let columns = [
            "",
            "spikes a sample",
            "synaptic events a sample",
            "weight updates",
            "weights written",
            "error packets",
        ];
        Table {
            title: "What each row costs".to_owned(),
            columns: columns.map(str::to_owned).to_vec(),
            rows: self.names().iter().map(row).collect(),
            notes: vec![format!(
                "a sample: of the {}; updates, writes and packets: a whole run, mean over seeds",
                if self.tests() { "last test" } else { "whole run" }
            )],
        }
    }

    fn comparisons(&self) -> Option<Table> {
        let s = &self.task.settings;
        let pairs = rows::pairs(&s.compare, &s.stores, &["linear"]);
        let pairs = pairs.iter().map(|(first, second)| (first.as_str(), second.as_str()));
        paired::table(pairs, &|row| self.accuracies(row))
    }

    /// Rules whose groups must each fit a core: what smaller cores cost them, where rows differ in nothing else.
    fn groups(&self) -> Option<Table> {
        let mut rows = Vec::new();
        for row in self.names() {
            let Some(result) = self.of(&row).find(|r| r.groups > 0) else { continue };
            let spread = Spread::of(&self.accuracies(&row))?;
            rows.push(vec![
                TableCell::text(row.clone()),
                TableCell::count(result.groups as u128),
                TableCell::count(result.cores as u128),
                TableCell::number(spread.mean, format!("{:.2} %", 100.0 * spread.mean)),
                TableCell::number(spread.worst, format!("{:.2} %", 100.0 * spread.worst)),
            ]);
        }
        (rows.len() > 1).then(|| Table {
            title: "Learning groups: each sits whole in a core".to_owned(),
            columns: ["", "learning groups", "cores in use", "mean", "worst"].map(str::to_owned).to_vec(),
            rows,
            notes: vec![
                "groups of all layers of a row; their number is a property of the network, and a smaller core \
                 forces more of them in a layer"
                    .to_owned(),
            ],
        })
    }

    /// What shared kernels save, and what their copies cost.
    fn sharing(&self) -> Option<Table> {
        let names = self.names();
        let rows = names.iter().filter_map(|row| {
            let result = self.of(row).next()?;
            Some((row.as_str(), result.sharing, result.cores, Spread::of(&self.accuracies(row))?))
        });
        sharing::table(rows.collect())
    }

    fn curves(&self) -> Curves {
        let series = self.names().into_iter().map(|row| {
            let of: Vec<&CellResult> = self.of(&row).collect();
            let epochs = of.iter().map(|r| r.curve.len()).min().unwrap_or(0);
            let mean = |epoch: usize| {
                let scores = of.iter().map(|r| r.curve[epoch]);
                let sum: f64 =
                    scores.map(|e| f64::from(e.test_correct) / f64::from(e.test_samples.max(1))).sum();
                (epoch as f64 + 1.0, 100.0 * sum / of.len().max(1) as f64)
            };
            let points = (0..epochs).map(mean).collect();
            Series { name: row.clone(), points }
        });
        let references =
            Spread::of(&self.accuracies("linear")).filter(|_| !self.linear.is_empty()).map(|linear| {
                crate::report::model::Reference {
                    name: "linear classifier".to_owned(),
                    y: 100.0 * linear.mean,
                }
            });
        Curves {
            title: format!("Accuracy on the {} after each epoch, mean over seeds", self.part()),
            x_label: "epoch".to_owned(),
            y_label: "accuracy (%)".to_owned(),
            series: series.collect(),
            references: references.into_iter().collect(),
        }
    }

    fn epochs(&self, result: &CellResult) -> Table {
        let part = |value: Option<f64>| {
            value.map_or(TableCell::text("-"), |value| {
                TableCell::number(value, format!("{:.2} %", 100.0 * value))
            })
        };
        let tested = |s: &EpochScore| f64::from(s.test_correct) / f64::from(s.test_samples.max(1));
        let kinds = answers::columns(&result.curve);
        let row = |(epoch, score): (usize, &EpochScore)| {
            let mut row = vec![TableCell::count(epoch as u128 + 1)];
            row.extend(kinds.iter().map(|(_, kind)| part(kind(score).accuracy())));
            row.push(part(Some(tested(score))));
            row
        };
        let mut columns = vec!["epoch".to_owned()];
        columns.extend(kinds.iter().map(|(name, _)| (*name).to_owned()));
        columns.push(format!("{} after it", self.part()));
        Table {
            title: format!("Epoch by epoch: `{}`, seed {}", result.row, result.seed),
            columns,
            rows: result.curve.iter().enumerate().map(row).collect(),
            notes: vec![answers::note(&self.task.settings)],
        }
    }
}
