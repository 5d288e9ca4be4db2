//! `synfire run` and `synfire resume`: opens an experiment, runs its task, writes its output folder.

use super::arguments::RunOptions;
use super::progress::CellProgress;
use crate::classify::cell::Cell;
use crate::experiment::pool::{self, CellName, PoolError, PoolOptions};
use crate::classify::task::Task as Classification;
use crate::experiment::file::{ExperimentFile, FORMAT, Task};
use crate::experiment::reference::{self, Opened};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use synfire_chip::files::{self, Diagnostic, Diagnostics};
use thiserror::Error;

/// Time between two checkpoints.
const SAVE_EVERY: Duration = Duration::from_secs(5);

/// Why a command ended early; decides the exit status.
#[derive(Debug, Error)]
pub enum CommandError {
    /// Bad input: status 2.
    #[error("{0}")]
    Input(Diagnostics),
    /// Bad input found outside a file: status 2.
    #[error("error: {0}\n   = nothing was run; exit status 2")]
    Usage(String),
    /// A run failed: status 1.
    #[error("error: {0}")]
    Failed(String),
    /// Interrupted: status 1.
    #[error("interrupted; go on with: synfire resume {}", .0.display())]
    Interrupted(PathBuf),
}

impl From<Diagnostics> for CommandError {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Input(diagnostics)
    }
}

impl From<PoolError> for CommandError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Input(diagnostics) => Self::Input(diagnostics),
            PoolError::Checkpoint(error) => Self::Usage(error.to_string()),
            PoolError::Io { .. } | PoolError::Run(_) => Self::Failed(error.to_string()),
        }
    }
}

/// Opens an experiment file.
///
/// # Errors
/// With what is wrong with it.
pub fn open(reference: &str) -> Result<(ExperimentFile, Opened), Diagnostics> {
    let opened = reference::open(reference, None)?;
    let file: ExperimentFile = files::parse(&opened.name, &opened.text)?;
    if file.format != FORMAT {
        let text = format!("{}: format `{}`", opened.name, file.format);
        return Err(Diagnostic::new(text).noted("allowed", FORMAT.to_owned()).into());
    }
    Ok((file, opened))
}

/// Runs an experiment.
///
/// # Errors
/// [`CommandError`].
pub fn run(reference: &str, options: &RunOptions, interrupt: &AtomicBool) -> Result<(), CommandError> {
    let (file, opened) = open(reference)?;
    let stem =
        Path::new(&opened.name).file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let out = options.out.clone().unwrap_or_else(|| Path::new("target").join("synfire").join(stem));
    let chip = reference::chip(&file.chip, &opened)?;
    match file.task {
        Task::Classify(mut settings) => {
            if options.quick
                && let Some(quick) = &settings.quick
            {
                settings.epochs = quick.epochs;
                settings.seeds = quick.seeds.clone();
            }
            if let Some(seed) = options.seed {
                settings.seeds = vec![seed];
            }
            let task = Classification::new(settings, chip, opened)?;
            classify(&task, options, &out, interrupt)
        }
        Task::Patterns(mut settings) => {
            if let Some(seed) = options.seed {
                settings.seeds = vec![seed];
            }
            let cells: Vec<CellName> =
                settings.seeds.iter().map(|seed| CellName { row: "patterns".to_owned(), seed: *seed }).collect();
            let total = cells.len() as u64 * u64::from(settings.epochs) * u64::from(settings.patterns);
            let watch = CellProgress::new(total, "presentations");
            let threads = options.threads.map_or_else(available, usize::from);
            let pool = PoolOptions { threads, interrupt, out: &out, save_every: SAVE_EVERY };
            let make = |i: usize| crate::patterns::cell::Cell::new(&settings, &chip, &opened, settings.seeds[i]);
            let results = pool::run(&cells, &make, &pool, &watch);
            watch.close();
            results?;
            Ok(())
        }
        Task::Simulate(_) => Err(CommandError::Failed("not yet".into())),
    }
}

fn classify(
    task: &Classification,
    options: &RunOptions,
    out: &Path,
    interrupt: &AtomicBool,
) -> Result<(), CommandError> {
    let threads = options.threads.map_or_else(available, usize::from);
    let settings = &task.settings;
    let per_cell = task.parts(settings.seeds[0])?.kept.len() as u64 * u64::from(settings.epochs);
    let pairs: Vec<(usize, u32)> =
        (0..settings.rows.len()).flat_map(|row| settings.seeds.iter().map(move |seed| (row, *seed))).collect();
    let cells: Vec<CellName> = pairs
        .iter()
        .map(|(row, seed)| CellName { row: settings.rows[*row].name.clone(), seed: *seed })
        .collect();
    let watch = CellProgress::new(cells.len() as u64 * per_cell, "samples");
    let pool = PoolOptions { threads, interrupt, out, save_every: SAVE_EVERY };
    let make = |index: usize| Cell::new(task, &settings.rows[pairs[index].0], pairs[index].1);
    let results = pool::run(&cells, &make, &pool, &watch);
    watch.close();
    let results = results?;
    for r in results.iter().flatten() {
        super::progress::say(&format!(
            "{} {} {:.2} wall {:.2} s",
            r.row,
            r.seed,
            100.0 * r.accuracy(),
            r.wall_seconds
        ));
    }
    if results.iter().any(Option::is_none) {
        return Err(CommandError::Interrupted(out.to_owned()));
    }
    Ok(())
}

/// Processors of this machine.
fn available() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
