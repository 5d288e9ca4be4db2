//! `synfire compare`: which experiments, in which folder, whether to go on or to begin.

use super::arguments::CompareOptions;
use super::error::CommandError;
use super::output::{self, Asked, Request};
use super::progress::{CellProgress, say};
use super::run;
use crate::classify::cell::Cell;
use crate::classify::summary as classified;
use crate::classify::task::Task;
use crate::compare::summary::{self, Compared};
use crate::compare::{self, Entry};
use crate::experiment::file::Task as TaskFile;
use crate::experiment::pool::{self, CellName, PoolOptions};
use crate::experiment::{embedded, reference};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use synfire_chip::files::{Diagnostic, Diagnostics};

/// Loads an experiment that lists stores; `None` for another carried one when all are asked for.
fn entry(file: &str, quick: bool, all: bool) -> Result<Option<Entry>, Diagnostics> {
    let (experiment, opened) = run::open(file)?;
    let name =
        Path::new(&opened.name).file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    match experiment.task {
        TaskFile::Classify(mut settings) if !settings.stores.is_empty() => {
            if let Some(short) = settings.quick.clone().filter(|_| quick) {
                (settings.epochs, settings.seeds) = (short.epochs, short.seeds);
            }
            let chip = reference::chip(&experiment.chip, &opened)?;
            let task = Task::new(settings, chip, opened)?;
            Ok(Some(Entry { name, title: experiment.title, task }))
        }
        _ if all => Ok(None),
        _ => {
            let problem =
                Diagnostic::new(format!("experiment `{name}` lists no `stores`: nothing to compare"));
            let allowed = "a `Classify` experiment with `stores`";
            Err(problem.noted("allowed", allowed).into())
        }
    }
}

fn entries(tasks: &[String], quick: bool) -> Result<Vec<Entry>, Diagnostics> {
    let carried = || embedded::FILES.iter().map(|(name, _)| name.trim_end_matches(".ron"));
    let experiments = carried().filter(|name| !name.contains('.')).map(str::to_owned);
    let all = tasks.is_empty();
    let files: Vec<String> = if all { experiments.collect() } else { tasks.to_vec() };
    let mut entries = Vec::new();
    for file in &files {
        entries.extend(entry(file, quick, all)?);
    }
    for (index, entry) in entries.iter().enumerate() {
        if entries[..index].iter().any(|other| pool::slug(&other.name) == pool::slug(&entry.name)) {
            return Err(Diagnostic::new(format!("experiment `{}` is named twice", entry.name)).into());
        }
    }
    Ok(entries)
}

/// Runs a comparison. In the folder of an interrupted one that was asked for the same, it goes on.
///
/// # Errors
/// [`CommandError`].
pub fn compare(options: &CompareOptions, interrupt: &AtomicBool) -> Result<(), CommandError> {
    let started = Instant::now();
    let entries = entries(&options.tasks, options.quick)?;
    let folder = options.out.clone().unwrap_or_else(|| PathBuf::from("target/synfire/compare"));
    let request = Request {
        command: Asked::Compare,
        experiment: "compare".to_owned(),
        seed: None,
        quick: options.quick,
        tasks: options.tasks.iter().map(|task| absolute(task)).collect(),
    };
    let goes_on = output::request(&folder).is_ok_and(|earlier| earlier == request);
    let places = compare::places(&entries);
    let cells: Vec<CellName> = places.iter().map(compare::Place::cell).collect();
    let make = |index: usize| {
        let place = &places[index];
        Cell::new(&place.entry.task, place.variant, place.seed)
    };
    if goes_on {
        say(&format!("going on in {}; what is finished there is kept", folder.display()));
    } else {
        output::begin(&folder, &request)?;
    }
    let mut units = 0;
    for entry in &entries {
        let cells = entry.task.variants().len() * entry.task.settings.seeds.len();
        units += cells as u64 * entry.task.training_samples()?;
    }
    let available = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = options.threads.map_or_else(available, usize::from);
    let watch = CellProgress::new(units, "samples");
    let pool_options = PoolOptions { threads, interrupt, out: &folder, save_every: run::save_every() };
    let results = pool::run(&cells, &make, &pool_options, &watch);
    watch.close();
    let results: Option<Vec<_>> = results?.into_iter().collect();
    let Some(results) = results else { return Err(CommandError::Interrupted(folder)) };
    let mut rest = &results[..];
    let mut compared = Vec::new();
    for entry in &entries {
        let count = entry.task.variants().len() * entry.task.settings.seeds.len();
        let (own, others) = rest.split_at(count);
        rest = others;
        let linear = if entry.task.settings.linear { classified::linear(&entry.task)? } else { Vec::new() };
        let data = entry.task.data(entry.task.settings.seeds[0]);
        compared.push(Compared { entry, results: own, linear, known: entry.task.known(&data) });
    }
    let report = summary::report(&compared, threads, started.elapsed().as_secs_f64());
    output::finish(&folder, &report, options.json)
}

/// A file by its absolute path, so that the comparison can go on from another folder.
fn absolute(task: &str) -> String {
    let path = Path::new(task);
    let whole = if path.is_file() { std::fs::canonicalize(path).ok() } else { None };
    whole.map_or_else(|| task.to_owned(), |path| path.display().to_string())
}
