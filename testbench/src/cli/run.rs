//! `synfire run` and `synfire resume`: opens an experiment, runs its task, writes its output folder.

use super::arguments::{CompareOptions, RunOptions};
use super::bptt;
use super::compare;
use super::error::CommandError;
use super::gradient;
use super::output::{self, Asked, Request};
use super::progress::{CellProgress, say};
use crate::experiment::file::{ExperimentFile, FORMAT, Patterns, RateNetwork, Simulate, SpikeTime, Task};
use crate::experiment::pool::{self, CellName, PoolOptions, Work};
use crate::experiment::reference::{self, Opened};
use crate::experiment::rows::Variant;
use crate::report::model::{Report, Verdict};
use crate::tasks::classify::cell::Cell;
use crate::tasks::classify::summary::{self, Summary};
use crate::tasks::classify::task::Task as Classification;
use crate::tasks::patterns;
use crate::tasks::rate_network;
use crate::tasks::simulate;
use crate::tasks::spike_time;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use synfire_chip::chip::Chip;
use synfire_chip::files::{self, Diagnostic, Diagnostics};

/// Time between two checkpoints.
const SAVE_EVERY: Duration = Duration::from_secs(5);
/// Sets another time, in milliseconds; for tests.
const SAVE_EVERY_MS: &str = "SYNFIRE_SAVE_EVERY_MS";

/// Time between two checkpoints.
pub(super) fn save_every() -> Duration {
    let set = std::env::var(SAVE_EVERY_MS).ok().and_then(|ms| ms.parse().ok());
    set.map_or(SAVE_EVERY, Duration::from_millis)
}

/// Opens an experiment file.
///
/// # Errors
/// With what is wrong with it.
pub fn open(reference: &str) -> Result<(ExperimentFile, Opened), Diagnostics> {
    let opened = reference::open(reference)?;
    let file: ExperimentFile = files::parse(&opened.name, &opened.text)?;
    if file.format != FORMAT {
        let text = format!("{}: unknown format `{}`", opened.name, file.format);
        return Err(Diagnostic::new(text).noted("allowed", FORMAT.to_owned()).into());
    }
    Ok((file, opened))
}

/// Runs an experiment from the beginning.
///
/// # Errors
/// [`CommandError`].
pub fn run(reference: &str, options: &RunOptions, interrupt: &AtomicBool) -> Result<(), CommandError> {
    let (file, opened) = open(reference)?;
    let folder = output::folder(&opened.name, options);
    let request = request(reference, &opened, options, Asked::Run);
    Run { options, folder: &folder, interrupt, begin: Some(&request) }.task(file, &opened)
}

/// What to note in a new run's folder.
pub(super) fn request(reference: &str, opened: &Opened, options: &RunOptions, command: Asked) -> Request {
    let experiment = match std::fs::canonicalize(&opened.name) {
        Ok(path) if opened.folder.is_some() => path.display().to_string(),
        _ => reference.to_owned(),
    };
    Request { command, experiment, seed: options.seed, quick: options.quick, tasks: Vec::new() }
}

/// Goes on with the run in `folder`.
///
/// # Errors
/// [`CommandError`].
pub fn resume(
    folder: &Path,
    threads: Option<u16>,
    json: bool,
    interrupt: &AtomicBool,
) -> Result<(), CommandError> {
    let request = output::request(folder)?;
    let command = match request.command {
        Asked::Compare => {
            let (tasks, out, quick) = (request.tasks, Some(folder.to_owned()), request.quick);
            return compare::compare(&CompareOptions { tasks, out, threads, quick, json }, interrupt);
        }
        command => command,
    };
    let options =
        RunOptions { out: Some(folder.to_owned()), threads, seed: request.seed, quick: request.quick, json };
    let (file, opened) = open(&request.experiment).map_err(|problems| {
        let origin = format!("`{}` names the experiment", folder.join("run.json").display());
        problems.each(|problem| problem.noted("note", origin.clone()))
    })?;
    let run = Run { options: &options, folder, interrupt, begin: None };
    match command {
        Asked::Bptt => bptt::train(&run, file, &opened),
        Asked::Gradient => gradient::measure(&run, file, &opened),
        Asked::Run | Asked::Compare => run.task(file, &opened),
    }
}

/// Loads everything that an experiment refers to, without running it.
///
/// # Errors
/// With what is wrong.
pub fn check(file: ExperimentFile, opened: &Opened) -> Result<(), CommandError> {
    let chip = reference::chip(&file.chip, opened)?;
    match file.task {
        Task::Classify(settings) => {
            let task = Classification::new(settings, chip, opened.clone())?;
            for variant in task.variants() {
                Cell::new(&task, variant, task.settings.seeds[0])?;
            }
        }
        Task::Patterns(settings) => {
            let task = patterns::cell::Task::new(settings, chip, opened.clone())?;
            for variant in task.variants() {
                patterns::cell::Cell::new(&task, variant, task.settings.seeds[0])?;
            }
        }
        Task::SpikeTime(settings) => {
            spike_time::cell::Task::new(settings, chip, opened)?;
        }
        Task::RateNetwork(settings) => {
            rate_network::cell::Task::new(settings, chip, opened)?;
        }
        Task::Simulate(settings) => {
            simulate::cell::Cell::new(&settings, &chip, opened, None, Path::new("."))?;
        }
    }
    Ok(())
}

/// One run of the command.
pub(super) struct Run<'a> {
    pub options: &'a RunOptions,
    pub folder: &'a Path,
    pub interrupt: &'a AtomicBool,
    /// What to note in the folder; `None` when the run goes on.
    pub begin: Option<&'a Request>,
}

impl Run<'_> {
    fn task(&self, file: ExperimentFile, opened: &Opened) -> Result<(), CommandError> {
        let chip = reference::chip(&file.chip, opened)?;
        match file.task {
            Task::Classify(settings) => self.classify(&file.title, settings, chip, opened),
            Task::Patterns(settings) => self.patterns(&file.title, settings, chip, opened),
            Task::SpikeTime(settings) => self.spike_time(&file.title, settings, chip, opened),
            Task::RateNetwork(settings) => self.rate_network(&file.title, settings, chip, opened),
            Task::Simulate(settings) => self.simulate(&file.title, &settings, &chip, opened),
        }
    }

    fn threads(&self) -> usize {
        let available = || std::thread::available_parallelism().map_or(1, usize::from);
        self.options.threads.map_or_else(available, usize::from)
    }

    /// Runs all cells; nothing is begun before `make` found the inputs good.
    pub fn cells<W: Work + Send>(
        &self,
        cells: &[CellName],
        unit: &'static str,
        make: &(dyn Fn(usize) -> Result<W, Diagnostics> + Sync),
    ) -> Result<Vec<W::Result>, CommandError> {
        let first = make(0)?;
        let units = first.units();
        // Loaded once: the cell that showed the inputs to be good is also the one that runs.
        let first = Mutex::new(Some(first));
        let make = |index: usize| {
            let kept = first.lock().ok().filter(|_| index == 0).and_then(|mut first| first.take());
            kept.map_or_else(|| make(index), Ok)
        };
        if let Some(request) = self.begin {
            output::begin(self.folder, request)?;
        }
        let watch = CellProgress::new(cells.len() as u64 * units, unit);
        let options = PoolOptions {
            threads: self.threads(),
            interrupt: self.interrupt,
            out: self.folder,
            save_every: save_every(),
        };
        let results = pool::run(cells, &make, &options, &watch);
        watch.close();
        let results: Option<Vec<W::Result>> = results?.into_iter().collect();
        results.ok_or_else(|| CommandError::Interrupted(self.folder.to_owned()))
    }

    fn classify(
        &self,
        title: &str,
        mut settings: crate::experiment::file::Classify,
        chip: Chip,
        opened: &Opened,
    ) -> Result<(), CommandError> {
        let started = Instant::now();
        let mut least = None;
        if self.options.quick
            && let Some(quick) = settings.quick.clone()
        {
            settings.epochs = quick.epochs;
            settings.seeds = quick.seeds;
            least = Some(quick.least_accuracy);
        }
        if let Some(seed) = self.options.seed {
            settings.seeds = vec![seed];
        }
        let task = Classification::new(settings, chip, opened.clone())?;
        let settings = &task.settings;
        let variants = task.variants();
        warn(&task.warnings);
        let (cells, pair) = cells_of(&variants, Variant::name, &settings.seeds);
        let make = |index: usize| {
            let (variant, seed) = pair(index);
            Cell::new(&task, *variant, seed)
        };
        let results = self.cells(&cells, "samples", &make)?;
        let linear = if settings.linear { summary::linear(&task)? } else { Vec::new() };
        let summary = Summary {
            task: &task,
            data: &task.data(settings.seeds[0]),
            title,
            results: &results,
            linear: &linear,
            threads: self.threads(),
            wall_seconds: started.elapsed().as_secs_f64(),
        };
        let mut report = summary.report()?;
        let first = results.first().map(|result| (result.row.as_str(), result.accuracy()));
        let reached = judge(&mut report, first, least);
        output::finish(self.folder, &report, self.options.json)?;
        reached
    }

    fn simulate(
        &self,
        title: &str,
        settings: &Simulate,
        chip: &Chip,
        opened: &Opened,
    ) -> Result<(), CommandError> {
        let cells = [CellName { row: "simulation".to_owned(), seed: self.options.seed.unwrap_or(0) }];
        let make = |_| simulate::cell::Cell::new(settings, chip, opened, self.options.seed, self.folder);
        let results = self.cells(&cells, "steps", &make)?;
        let Some(result) = results.first() else { return Ok(()) };
        let summary = simulate::run::summary(title, chip, result, self.threads());
        output::write_json(self.folder, "summary.json", &summary)?;
        let report = simulate::run::report(title, chip, result, self.threads());
        output::finish(self.folder, &report, self.options.json)
    }

    fn patterns(
        &self,
        title: &str,
        mut settings: Patterns,
        chip: Chip,
        opened: &Opened,
    ) -> Result<(), CommandError> {
        let mut least = None;
        if let Some(quick) = settings.quick.clone().filter(|_| self.options.quick) {
            (settings.epochs, settings.seeds) = (quick.epochs, quick.seeds);
            least = Some(quick.least_accuracy);
        }
        if let Some(seed) = self.options.seed {
            settings.seeds = vec![seed];
        }
        let task = patterns::cell::Task::new(settings, chip, opened.clone())?;
        warn(&task.warnings);
        let variants = task.variants();
        let (cells, pair) = cells_of(&variants, Variant::name, &task.settings.seeds);
        let make = |index: usize| {
            let (variant, seed) = pair(index);
            patterns::cell::Cell::new(&task, *variant, seed)
        };
        let results = self.cells(&cells, "presentations", &make)?;
        let mut report = patterns::summary::report(title, &task, &results, self.threads());
        let first = results.first().map(|result| (result.row.as_str(), result.timing()));
        let reached = judge(&mut report, first, least);
        output::finish(self.folder, &report, self.options.json)?;
        reached
    }

    fn spike_time(
        &self,
        title: &str,
        mut settings: SpikeTime,
        chip: Chip,
        opened: &Opened,
    ) -> Result<(), CommandError> {
        if let Some(seed) = self.options.seed {
            settings.seeds = vec![seed];
        }
        let task = spike_time::cell::Task::new(settings, chip, opened)?;
        let (cells, pair) = cells_of(&task.settings.rows, |row| row.name.clone(), &task.settings.seeds);
        let make = |index: usize| {
            let (row, seed) = pair(index);
            Ok(spike_time::cell::Cell::new(&task, row, seed))
        };
        let results = self.cells(&cells, "networks", &make)?;
        output::finish(self.folder, &spike_time::summary::report(title, &task, &results), self.options.json)
    }

    fn rate_network(
        &self,
        title: &str,
        mut settings: RateNetwork,
        chip: Chip,
        opened: &Opened,
    ) -> Result<(), CommandError> {
        let mut least = None;
        if self.options.quick
            && let Some(quick) = settings.quick.clone()
        {
            (settings.epochs, settings.seeds) = (quick.epochs, quick.seeds);
            least = Some(quick.least_accuracy);
        }
        if let Some(seed) = self.options.seed {
            settings.seeds = vec![seed];
        }
        let task = rate_network::cell::Task::new(settings, chip, opened)?;
        let (cells, pair) = cells_of(&task.settings.rows, |row| row.name.clone(), &task.settings.seeds);
        let make = |index: usize| {
            let (row, seed) = pair(index);
            rate_network::cell::Cell::new(&task, row, seed)
        };
        let results = self.cells(&cells, "parts", &make)?;
        let summary = rate_network::summary::Summary { title, task: &task, results: &results };
        let mut report = summary.report().map_err(|error| CommandError::Failed(error.to_string()))?;
        let first = results.first().and_then(|cell| Some((cell, cell.on_chip.first()?)));
        let reached = first.map(|(cell, form)| (cell.row.as_str(), cell.accuracy_on_chip(form)));
        let reached = judge(&mut report, reached, least);
        output::finish(self.folder, &report, self.options.json)?;
        reached
    }
}

/// Says warnings about the networks of a run, each once.
pub(super) fn warn(warnings: &[String]) {
    for (index, warning) in warnings.iter().enumerate() {
        if !warnings[..index].contains(warning) {
            say(&format!("warning: {warning}"));
        }
    }
}

/// Every row with every seed: the names of the cells, and which row and seed a cell is.
pub(super) fn cells_of<'a, R: Sync>(
    rows: &'a [R],
    name: impl Fn(&R) -> String,
    seeds: &'a [u32],
) -> (Vec<CellName>, impl Fn(usize) -> (&'a R, u32) + Sync) {
    let pair = |index: usize| (&rows[index / seeds.len()], seeds[index % seeds.len()]);
    let cell = |index| CellName { row: name(pair(index).0), seed: pair(index).1 };
    ((0..rows.len() * seeds.len()).map(cell).collect(), pair)
}

/// In the short form the first row, with its accuracy or score, must reach the least one.
fn judge(report: &mut Report, first: Option<(&str, f64)>, least: Option<f64>) -> Result<(), CommandError> {
    let (Some(least), Some((row, accuracy))) = (least, first) else { return Ok(()) };
    let accuracy = 100.0 * accuracy;
    let met = accuracy >= least;
    if let Some(headline) = report.headlines.first_mut() {
        headline.verdict = if met { Verdict::Met } else { Verdict::Missed };
        headline.note = format!("at least {least} % asked of the short form");
    }
    if met {
        return Ok(());
    }
    Err(CommandError::Failed(format!("`{row}` reached {accuracy:.2} %, the short form asks for {least} %")))
}
