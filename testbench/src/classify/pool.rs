//! Running the cells of a classification on several threads, with progress, checkpoints and resumption.
//!
//! A folder `cells/` of the output holds one file a cell: `ROW-SEED.json` when it is finished,
//! `ROW-SEED.checkpoint` while it runs (written every few seconds, and when the run is interrupted).
//!
//! Promises: finished cells are never computed again on resumption; results do not depend on which thread ran a
//! cell. Absent on purpose: the report.

use super::cell::{Cell, CellContext, CellResult, CellState, Outcome, Progress};
use super::task::Task;
use crate::experiment::file::Row;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use synfire_chip::checkpoint;
use synfire_chip::files::Diagnostics;
use thiserror::Error;

/// A pool run that did not finish every cell.
#[derive(Debug, Error)]
pub enum PoolError {
    /// Something is wrong with the inputs.
    #[error("{0}")]
    Input(Diagnostics),
    /// A checkpoint cannot be read or written.
    #[error(transparent)]
    Checkpoint(#[from] checkpoint::CheckpointError),
    /// A file of the output cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// File.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A chip's run failed.
    #[error("{0}")]
    Run(String),
}

/// What watches a pool.
pub trait Watch: Sync {
    /// A cell moved on.
    fn progress(&self, row: &str, seed: u32, progress: Progress);
    /// A cell finished; `earlier` when it was found on the disk.
    fn finished(&self, result: &CellResult, earlier: bool);
}

/// How to run.
pub struct PoolOptions<'a> {
    /// Threads in all.
    pub threads: usize,
    /// Set by a signal handler.
    pub interrupt: &'a AtomicBool,
    /// Output folder.
    pub out: &'a Path,
    /// Time between two checkpoints of a cell.
    pub save_every: Duration,
}

/// Results in the order of rows and seeds; `None` where the run was interrupted.
pub type Results = Vec<Option<CellResult>>;

fn slug(row: &Row, seed: u32) -> String {
    let name: String = row
        .name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' })
        .collect();
    format!("{name}-{seed}")
}

/// Runs every cell of `task`.
///
/// # Errors
/// [`PoolError`]: the first that any thread met; the others stop after their sample.
pub fn run(task: &Task, options: &PoolOptions<'_>, watch: &dyn Watch) -> Result<Results, PoolError> {
    let folder = options.out.join("cells");
    std::fs::create_dir_all(&folder).map_err(|error| PoolError::Io { path: folder.clone(), error })?;
    let settings = &task.settings;
    let cells: Vec<(usize, &Row, u32)> = settings
        .rows
        .iter()
        .flat_map(|row| settings.seeds.iter().map(move |seed| (row, *seed)))
        .enumerate()
        .map(|(index, (row, seed))| (index, row, seed))
        .collect();
    let workers = options.threads.clamp(1, cells.len().max(1));
    let machine_threads = (options.threads / workers).max(1);
    let results: Mutex<Results> = Mutex::new(vec![None; cells.len()]);
    let queue: Mutex<VecDeque<_>> = Mutex::new(cells.into());
    let failure: Mutex<Option<PoolError>> = Mutex::new(None);
    let stop = AtomicBool::new(false);
    let work = || {
        while !stop.load(Ordering::Relaxed) && !options.interrupt.load(Ordering::Relaxed) {
            let Some((index, row, seed)) = lock(&queue).pop_front() else { return };
            match one(task, row, seed, &folder, options, machine_threads, watch) {
                Ok(result) => lock(&results)[index] = result,
                Err(error) => {
                    lock(&failure).get_or_insert(error);
                    stop.store(true, Ordering::Relaxed);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..workers {
            scope.spawn(work);
        }
        work();
    });
    match lock(&failure).take() {
        Some(error) => Err(error),
        None => Ok(std::mem::take(&mut lock(&results))),
    }
}

/// A lock that a panicked thread left is still whole: cells are written in one assignment.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn one(
    task: &Task,
    row: &Row,
    seed: u32,
    folder: &Path,
    options: &PoolOptions<'_>,
    threads: usize,
    watch: &dyn Watch,
) -> Result<Option<CellResult>, PoolError> {
    let done = folder.join(format!("{}.json", slug(row, seed)));
    let saved = folder.join(format!("{}.checkpoint", slug(row, seed)));
    if done.is_file() {
        let text =
            std::fs::read_to_string(&done).map_err(|error| PoolError::Io { path: done.clone(), error })?;
        let result: CellResult = serde_json::from_str(&text)
            .map_err(|e| PoolError::Io { path: done.clone(), error: std::io::Error::other(e) })?;
        watch.finished(&result, true);
        return Ok(Some(result));
    }
    let mut cell = Cell::new(task, row, seed).map_err(PoolError::Input)?;
    let fingerprint = cell.fingerprint();
    let state: Option<CellState> =
        if saved.is_file() { Some(checkpoint::read(&saved, fingerprint)?) } else { None };
    let trouble: Mutex<Option<checkpoint::CheckpointError>> = Mutex::new(None);
    let context = CellContext {
        interrupt: options.interrupt,
        threads,
        save: &|state| {
            if let Err(error) = checkpoint::write(&saved, fingerprint, state) {
                lock(&trouble).get_or_insert(error);
            }
        },
        save_every: options.save_every,
        progress: &|progress| watch.progress(&row.name, seed, progress),
    };
    let outcome = cell.run(state, &context).map_err(PoolError::Run)?;
    if let Some(error) = lock(&trouble).take() {
        return Err(error.into());
    }
    match outcome {
        Outcome::Interrupted(state) => {
            checkpoint::write(&saved, fingerprint, &*state)?;
            Ok(None)
        }
        Outcome::Finished(result) => {
            let text = serde_json::to_string_pretty(&*result).map_err(|e| PoolError::Run(e.to_string()))?;
            let partial = done.with_extension("partial");
            let io = |error| PoolError::Io { path: done.clone(), error };
            std::fs::write(&partial, text).and_then(|()| std::fs::rename(&partial, &done)).map_err(io)?;
            // The finished file is whole: what is left of the checkpoint is only space.
            let _ = std::fs::remove_file(&saved);
            watch.finished(&result, false);
            Ok(Some(*result))
        }
    }
}
