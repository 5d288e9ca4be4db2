//! `synfire compare`: which experiments, in which folder, whether to go on or to begin.

use super::arguments::CompareOptions;
use super::cells;
use super::error::CommandError;
use super::folder;
use super::interrupt::Interrupt;
use super::note::{Asked, Request};
use super::output;
use super::progress::{CellProgress, say};
use crate::experiment::decides::Decides;
use crate::experiment::kind::{Kind, Narrowed};
use crate::experiment::pool::{self, CellName, PoolOptions, Work};
use crate::experiment::{embedded, reference};
use crate::formats::form::Form;
use crate::study::compare::compared::Compared;
use crate::study::compare::summary;
use crate::study::compare::{Entry, Place, Scored, Task};
use crate::tasks::classify::cell::Cell;
use crate::tasks::classify::summary as classifications;
use crate::tasks::classify::task::Task as Classification;
use crate::tasks::patterns::cell as patterns;
use crate::tasks::{self, TaskFile};
use std::path::{Path, PathBuf};
use std::time::Instant;
use synfire_chip::files::{Diagnostic, Diagnostics, ReadLog};

/// Loads an experiment that lists stores; `None` for another carried one when all are asked for.
fn entry(file: &str, set: &[String], quick: bool, all: bool) -> Result<Option<Entry>, Diagnostics> {
    let (experiment, opened) = tasks::open_changed(file, set)?;
    let name =
        Path::new(opened.name()).file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    match experiment.task {
        TaskFile::Classify(mut settings) if !settings.stores.is_empty() => {
            Classification::shorten(&mut settings, Narrowed { quick, seed: None });
            let chip = reference::chip(&experiment.chip, &opened)?;
            let task = Task::Classify(Classification::new(settings, chip, opened)?);
            Ok(Some(Entry { name, title: experiment.title, task }))
        }
        TaskFile::Patterns(mut settings) if !settings.stores.is_empty() => {
            patterns::Task::shorten(&mut settings, Narrowed { quick, seed: None });
            let chip = reference::chip(&experiment.chip, &opened)?;
            let task = Task::Patterns(patterns::Task::new(settings, chip, opened)?);
            Ok(Some(Entry { name, title: experiment.title, task }))
        }
        _ if all => Ok(None),
        _ => {
            let problem =
                Diagnostic::new(format!("experiment `{name}` lists no `stores`: nothing to compare"));
            let allowed = "a `Classify` or `Patterns` experiment with `stores`";
            Err(problem.noted("allowed", allowed).into())
        }
    }
}

fn entries(tasks: &[String], set: &[String], quick: bool) -> Result<Vec<Entry>, Diagnostics> {
    let carried = || embedded::FILES.iter().map(|(name, _)| name.trim_end_matches(".ron"));
    let experiments = carried().filter(|name| !name.contains('.')).map(str::to_owned);
    let all = tasks.is_empty();
    let files: Vec<String> = if all { experiments.collect() } else { tasks.to_vec() };
    let mut entries = Vec::new();
    for file in &files {
        entries.extend(entry(file, set, quick, all)?);
    }
    for (index, entry) in entries.iter().enumerate() {
        if entries[..index].iter().any(|other| pool::slug(&other.name) == pool::slug(&entry.name)) {
            return Err(Diagnostic::new(format!("experiment `{}` is named twice", entry.name)).into());
        }
    }
    Ok(entries)
}

/// Runs a comparison. In the folder of an interrupted one that was asked for the same, it goes on; `resumed` is what that
/// was asked for, where nothing else may be begun.
///
/// # Errors
/// [`CommandError`].
pub fn compare(
    options: &CompareOptions,
    resumed: Option<&Request>,
    interrupt: &Interrupt,
) -> Result<(), CommandError> {
    let started = Instant::now();
    let reads = ReadLog::begin();
    let entries = entries(&options.tasks, &options.changes.set, options.quick)?;
    let folder = options.out.clone().unwrap_or_else(|| PathBuf::from("target/synfire/compare"));
    let request = Request {
        command: Asked::Compare,
        experiment: "compare".to_owned(),
        from_here: None,
        set: options.changes.set.clone(),
        seed: None,
        quick: options.quick,
        tables: Form::default(),
        tasks: options.tasks.iter().map(|task| absolute(task)).collect(),
        decides: entries.iter().fold(Decides::default(), |all, of| all.and_of(&of.name, of.task.decides())),
    };
    let reads = reads.files();
    let same = folder::request(&folder).is_ok_and(|earlier| earlier.is_again(&request));
    if same || resumed.is_some() {
        folder::go_on(&folder, resumed.unwrap_or(&request), &request.decides, &reads)?;
        say(&format!("going on in {}; what is finished there is kept", folder.display()));
    } else {
        let names = entries.iter().flat_map(Entry::places).flat_map(|place| place.cell().files());
        let outputs: Vec<String> = names.chain(output::REPORTS.map(str::to_owned)).collect();
        folder::begin(&folder, &request, (&reads, &outputs), options.overwrite)?;
    }
    let threads = cells::threads(options.threads);
    let runs = Runs { folder: &folder, interrupt, threads };
    let compared = runs.all(&entries)?;
    let mut report = summary::report(&compared, threads, started.elapsed().as_secs_f64());
    cells::tell_changes(&mut report, &options.changes);
    output::finish(&folder, &report, options.json)
}

/// Runs the cells of a comparison.
struct Runs<'a> {
    folder: &'a Path,
    interrupt: &'a Interrupt,
    threads: usize,
}

impl Runs<'_> {
    /// All classifications, then all spike patterns; the results in the order of the entries.
    fn all<'e>(&self, entries: &'e [Entry]) -> Result<Vec<Compared<'e>>, CommandError> {
        let (mut places, mut samples) = (Vec::new(), 0);
        for entry in entries {
            let Task::Classify(task) = &entry.task else { continue };
            let own = entry.places();
            samples += own.len() as u64 * task.training_samples()?;
            places.extend(own.into_iter().map(|place| (task, place)));
        }
        let make =
            |(task, place): (&'e Classification, Place<'e>)| Cell::new(task, place.variant, place.seed);
        let mut classified = self.cells(&places, (samples, "samples"), &make)?.into_iter();
        let (mut places, mut presentations) = (Vec::new(), 0);
        for entry in entries {
            let Task::Patterns(task) = &entry.task else { continue };
            let own = entry.places();
            let Some(first) = own.first() else { continue };
            let cell = patterns::Cell::new(task, first.variant, first.seed)?;
            presentations += own.len() as u64 * cell.units();
            places.extend(own.into_iter().map(|place| (task, place)));
        }
        let make = |(task, place): (&'e patterns::Task, Place<'e>)| {
            patterns::Cell::new(task, place.variant, place.seed)
        };
        let mut trained = self.cells(&places, (presentations, "presentations"), &make)?.into_iter();
        let mut compared = Vec::new();
        for entry in entries {
            let count = entry.places().len();
            compared.push(match &entry.task {
                Task::Classify(task) => {
                    let results =
                        classified.by_ref().take(count).map(|result| Scored::classified(task, &result));
                    let results = results.collect();
                    let linear =
                        if task.settings.linear { classifications::linear(task)? } else { Vec::new() };
                    let known = task.known(&task.outline(task.settings.seeds[0]));
                    Compared { entry, results, linear, known }
                }
                Task::Patterns(task) => {
                    let results = trained.by_ref().take(count).map(|result| Scored::patterns(task, &result));
                    let results = results.collect();
                    Compared { entry, results, linear: Vec::new(), known: Vec::new() }
                }
            });
        }
        Ok(compared)
    }

    /// The results of cells of one kind, in their order.
    fn cells<'e, T: Copy + Sync, W: Work>(
        &self,
        places: &[(T, Place<'e>)],
        (units, unit): (u64, &'static str),
        make: &(dyn Fn((T, Place<'e>)) -> Result<W, Diagnostics> + Sync),
    ) -> Result<Vec<W::Result>, CommandError> {
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let names: Vec<CellName> = places.iter().map(|(_, place)| place.cell()).collect();
        let options = PoolOptions {
            threads: self.threads,
            interrupt: self.interrupt.flag(),
            out: self.folder,
            save_every: cells::save_every(),
        };
        let watch = CellProgress::new(units, unit);
        let make = |index: usize| make(places[index]);
        let results = self.interrupt.saving(|| pool::run(&names, &make, &options, &watch));
        watch.close();
        let results: Option<Vec<_>> = results?.into_iter().collect();
        results.ok_or_else(|| CommandError::interrupted(self.folder))
    }
}

/// A file by its absolute path, so that the comparison can go on from another folder.
fn absolute(task: &str) -> String {
    let path = Path::new(task);
    let whole = if path.is_file() { std::fs::canonicalize(path).ok() } else { None };
    whole.map_or_else(|| task.to_owned(), |path| path.display().to_string())
}
