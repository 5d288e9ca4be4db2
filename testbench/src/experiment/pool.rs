//! Running the cells of an experiment on several threads, with progress, checkpoints and resumption.
//!
//! A *cell* is one row of an experiment with one seed. A folder `cells/` of the output holds one file a cell:
//! `ROW-SEED.json` when it is finished, `ROW-SEED.checkpoint` while it runs (written every few seconds, and when
//! the run is interrupted).
//!
//! Promises: finished cells are never computed again on resumption, unless a file that they wrote beside their result is
//! missing or another; a stored part that was changed or damaged is refused; results do not depend on which thread ran a
//! cell. Absent on purpose: what a cell does (each task), the report.

use super::hashed::HashedFile;
use crate::formats::ArrayError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use synfire_chip::files::{self, Diagnostics};
use synfire_chip::run::checkpoint::{self, CheckpointError};
use thiserror::Error;

/// The name of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellName {
    /// Row of the experiment.
    pub row: String,
    /// Seed.
    pub seed: u32,
}

impl CellName {
    /// File name without ending.
    fn slug(&self) -> String {
        format!("{}-{}", slug(&self.row), self.seed)
    }

    /// Every file that a pool may write for it, relative to the output folder.
    pub fn files(&self) -> impl Iterator<Item = String> + use<> {
        let slug = self.slug();
        ["json", "checkpoint", "partial"].into_iter().map(move |ending| format!("cells/{slug}.{ending}"))
    }
}

/// What the name of a row becomes in file names: rows need different ones.
#[must_use]
pub fn slug(row: &str) -> String {
    row.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// A finished cell on the disk.
#[derive(Serialize, Deserialize)]
struct Kept<R> {
    /// Of the inputs it was computed from, in hexadecimal.
    fingerprint: String,
    /// SHA-256 of the fingerprint and of the result's JSON, in hexadecimal: a digit that was changed is noticed.
    sha256: String,
    result: R,
}

impl<R: Serialize> Kept<R> {
    /// The hash of a result that was computed from inputs with this fingerprint. JSON is read back exactly, so the hash
    /// of what was read is the hash of what was written.
    fn sha256(fingerprint: &str, result: &R) -> Result<String, serde_json::Error> {
        let text = serde_json::to_string(result)?;
        Ok(checkpoint::hex(&checkpoint::fingerprint(&(fingerprint, text))))
    }
}

/// How a cell ended.
#[derive(Debug)]
pub enum Outcome<S, R> {
    /// Ran to its end.
    Finished(Box<R>),
    /// Interrupted; goes on from here.
    Interrupted(Box<S>),
}

/// A step forward of a cell.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// Units (samples, steps) done since the last one.
    pub units: u64,
    /// What to show; empty for nothing new.
    pub message: &'a str,
}

/// What a cell is given while it runs.
pub struct CellContext<'a, S> {
    /// Set to stop as soon as the state is whole.
    pub interrupt: &'a AtomicBool,
    /// Folder for what a cell writes beside its result.
    pub out: &'a Path,
    /// Worker threads of the cell's machine.
    pub threads: usize,
    /// Takes the state to save, now and then.
    pub save: &'a dyn Fn(&S),
    /// How often.
    pub save_every: Duration,
    /// Takes progress, now and then.
    pub progress: &'a dyn Fn(Progress<'_>),
}

impl<'a, S> CellContext<'a, S> {
    /// That of a cell that is run for what it learns, and saves and tells nothing.
    #[must_use]
    pub fn quiet(interrupt: &'a AtomicBool) -> Self {
        Self {
            interrupt,
            out: Path::new("."),
            threads: 1,
            save: &|_| {},
            save_every: Duration::MAX,
            progress: &|_| {},
        }
    }
}

/// What a task runs in its cells.
pub trait Work: Sized {
    /// State from which an interrupted cell goes on with the same bits.
    type State: Serialize + DeserializeOwned;
    /// What a finished cell leaves.
    type Result: Clone + Serialize + DeserializeOwned + Send;

    /// Draws what takes long and is not checked before; false where `interrupt` was set meanwhile. Nothing is lost then.
    fn prepare(&mut self, _interrupt: &AtomicBool) -> bool {
        true
    }

    /// Fingerprint of everything that decides the cell's bits.
    fn fingerprint(&self) -> [u8; 32];

    /// Units of work in all, for the progress bar.
    fn units(&self) -> u64;

    /// What is probably not meant about the cell's inputs, one sentence each.
    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    /// Puts `state` in place, to see whether it is one of this cell; what it was in before is lost.
    ///
    /// # Errors
    /// With what does not fit.
    fn fits(&mut self, state: Self::State) -> Result<(), String>;

    /// Whether the files in `out` that grow with the run are what a run left that is now in the state that
    /// [`Work::fits`] has put in place.
    ///
    /// # Errors
    /// With the first that is not.
    fn goes_on(&self, _out: &Path) -> Result<(), ArrayError> {
        Ok(())
    }

    /// Runs from the beginning or from `state`.
    ///
    /// # Errors
    /// When the state does not fit, or the chip's run fails.
    fn run(
        &mut self,
        state: Option<Self::State>,
        context: &CellContext<'_, Self::State>,
    ) -> Result<Outcome<Self::State, Self::Result>, String>;

    /// Files beside the cell's own that it writes into the output folder.
    fn outputs(&self) -> Vec<String> {
        Vec::new()
    }

    /// Those that it wrote until `state`: where one of them changed, the cell begins anew.
    fn written(_state: &Self::State) -> &[HashedFile] {
        &[]
    }

    /// Those that it wrote until its end: where one of them changed, the cell is computed anew.
    fn left(_result: &Self::Result) -> &[HashedFile] {
        &[]
    }

    /// One line about a result.
    fn describe(result: &Self::Result) -> String;
}

/// Cells that did not all finish, or that could not be reported on.
#[derive(Debug, Error)]
pub enum PoolError {
    /// Something is wrong with the inputs.
    #[error("{0}")]
    Input(#[from] Diagnostics),
    /// A checkpoint cannot be read or written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A file that grows with a run is not as the run left it.
    #[error(
        "{error}\n   = help: restore it as the run left it, or delete `{}` to compute its cell anew",
        .saved.display()
    )]
    Growing {
        /// What is wrong with it.
        error: Box<ArrayError>,
        /// The checkpoint that it belongs to.
        saved: PathBuf,
    },
    /// A file of the output cannot be read or written.
    #[error("{path}: {error}")]
    Io {
        /// File.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A chip's run, or a report, failed.
    #[error("{0}")]
    Run(String),
}

/// Problems that a cell met while it ran, as the text of its failure: whoever shows that writes `error: ` before it.
#[must_use]
pub fn failure(problems: &Diagnostics) -> String {
    let text = problems.to_string();
    text.strip_prefix("error: ").map_or_else(|| text.clone(), str::to_owned)
}

/// What watches a pool.
pub trait Watch: Sync {
    /// A cell moved on.
    fn progress(&self, cell: &CellName, progress: Progress<'_>);
    /// A cell finished; `earlier` gives its units when it was found on the disk.
    fn finished(&self, cell: &CellName, line: &str, earlier: Option<u64>);
    /// What an earlier run left of a cell is of no use, for that reason: it begins anew.
    fn anew(&self, cell: &CellName, why: &str);
}

/// How to run.
pub struct PoolOptions<'a> {
    /// Threads in all.
    pub threads: usize,
    /// Set by a signal handler, and here when a cell fails: the others then stop as soon as their state is whole.
    pub interrupt: &'a AtomicBool,
    /// Output folder.
    pub out: &'a Path,
    /// Time between two checkpoints of a cell.
    pub save_every: Duration,
}

/// Runs every cell. Results are in the order of `cells`; `None` where the run was interrupted.
///
/// # Errors
/// [`PoolError`]: the first that any thread met; the others stop as soon as their state is whole.
pub fn run<W: Work>(
    cells: &[CellName],
    make: &(dyn Fn(usize) -> Result<W, Diagnostics> + Sync),
    options: &PoolOptions<'_>,
    watch: &dyn Watch,
) -> Result<Vec<Option<W::Result>>, PoolError> {
    let folder = options.out.join("cells");
    std::fs::create_dir_all(&folder).map_err(|error| PoolError::Io { path: folder.clone(), error })?;
    let workers = options.threads.clamp(1, cells.len().max(1));
    let threads = (options.threads / workers).max(1);
    let results: Mutex<Vec<Option<W::Result>>> = Mutex::new(vec![None; cells.len()]);
    let one = |index: usize| OneCell { name: &cells[index], folder: &folder, options, threads, watch };
    // What an earlier run left must be usable before anything runs.
    for index in (0..cells.len()).filter(|index| one(*index).has_files()) {
        let mut cell = make(index).map_err(PoolError::Input)?;
        if !cell.prepare(options.interrupt) {
            return Ok(vec![None; cells.len()]);
        }
        if let Left::State(state) = one(index).left::<W>(cell.fingerprint())? {
            let path = one(index).saved();
            cell.fits(state).map_err(|detail| CheckpointError::Damaged { path: path.clone(), detail })?;
            cell.goes_on(options.out)
                .map_err(|error| PoolError::Growing { error: Box::new(error), saved: path })?;
        }
    }
    let queue: Mutex<VecDeque<usize>> = Mutex::new((0..cells.len()).collect());
    let failure: Mutex<Option<PoolError>> = Mutex::new(None);
    let work = || {
        while !options.interrupt.load(Ordering::Relaxed) {
            let Some(index) = lock(&queue).pop_front() else { return };
            match one(index).run(|| make(index)) {
                Ok(result) => lock(&results)[index] = result,
                Err(error) => {
                    lock(&failure).get_or_insert(error);
                    options.interrupt.store(true, Ordering::Relaxed);
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

/// What an earlier run left of a cell.
enum Left<S, R> {
    Nothing,
    State(S),
    Result(R),
    /// A state or a result whose files are no longer what was written, and why.
    Stale(String),
}

/// One cell with its files.
struct OneCell<'a> {
    name: &'a CellName,
    folder: &'a Path,
    options: &'a PoolOptions<'a>,
    threads: usize,
    watch: &'a dyn Watch,
}

impl OneCell<'_> {
    fn run<W: Work>(
        &self,
        make: impl FnOnce() -> Result<W, Diagnostics>,
    ) -> Result<Option<W::Result>, PoolError> {
        let mut cell = make().map_err(PoolError::Input)?;
        if !cell.prepare(self.options.interrupt) {
            return Ok(None);
        }
        let fingerprint = cell.fingerprint();
        let state = match self.left::<W>(fingerprint)? {
            Left::Result(result) => {
                self.watch.finished(self.name, &W::describe(&result), Some(cell.units()));
                return Ok(Some(result));
            }
            Left::State(state) => Some(state),
            Left::Nothing => None,
            Left::Stale(why) => {
                self.watch.anew(self.name, &why);
                self.forget()?;
                None
            }
        };
        let (done, saved) = (self.done(), self.saved());
        let trouble: Mutex<Option<CheckpointError>> = Mutex::new(None);
        let context = CellContext {
            interrupt: self.options.interrupt,
            out: self.options.out,
            threads: self.threads,
            save: &|state| {
                if let Err(error) = checkpoint::write(&saved, fingerprint, state) {
                    lock(&trouble).get_or_insert(error);
                }
            },
            save_every: self.options.save_every,
            progress: &|progress| self.watch.progress(self.name, progress),
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
                self.keep::<W>(&done, fingerprint, &result)?;
                // The finished file is whole: what is left of the checkpoint is only space.
                let _ = std::fs::remove_file(&saved);
                self.watch.finished(self.name, &W::describe(&result), None);
                Ok(Some(*result))
            }
        }
    }

    fn done(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name.slug()))
    }

    fn saved(&self) -> PathBuf {
        self.folder.join(format!("{}.checkpoint", self.name.slug()))
    }

    /// Removes what an earlier run left of the cell: interrupted while it is computed anew, it goes on from its own state.
    fn forget(&self) -> Result<(), PoolError> {
        for path in [self.done(), self.saved()] {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(PoolError::Io { path, error });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What is wrong with one of the files that a cell wrote.
    fn fault(&self, files: &[HashedFile]) -> Option<String> {
        files.iter().find_map(|file| file.fault(self.options.out))
    }

    fn has_files(&self) -> bool {
        self.done().exists() || self.saved().exists()
    }

    /// What an earlier run with the same inputs left.
    fn left<W: Work>(&self, fingerprint: [u8; 32]) -> Result<Left<W::State, W::Result>, PoolError> {
        let path = self.done();
        if path.exists() {
            let damaged = |detail: String| CheckpointError::Damaged { path: path.clone(), detail };
            let text = files::read_text(&path).map_err(|error| match error.kind() {
                // What stands there is no text, or no file.
                ErrorKind::InvalidData | ErrorKind::InvalidInput => damaged(error.to_string()).into(),
                _ => PoolError::Io { path: path.clone(), error },
            })?;
            let kept: Kept<W::Result> = serde_json::from_str(&text).map_err(|e| damaged(e.to_string()))?;
            let found = Kept::sha256(&kept.fingerprint, &kept.result).map_err(|e| damaged(e.to_string()))?;
            if kept.sha256 != found {
                return Err(damaged("its SHA-256 does not match its content".to_owned()).into());
            }
            let allowed = checkpoint::hex(&fingerprint);
            if kept.fingerprint != allowed {
                return Err(CheckpointError::OtherInputs { path, found: kept.fingerprint, allowed }.into());
            }
            let fault = self.fault(W::left(&kept.result));
            return Ok(fault.map_or(Left::Result(kept.result), Left::Stale));
        }
        let path = self.saved();
        if !path.exists() {
            return Ok(Left::Nothing);
        }
        let state = checkpoint::read(&path, fingerprint)?;
        let fault = self.fault(W::written(&state));
        Ok(fault.map_or(Left::State(state), Left::Stale))
    }

    fn keep<W: Work>(&self, done: &Path, fingerprint: [u8; 32], result: &W::Result) -> Result<(), PoolError> {
        let fingerprint = checkpoint::hex(&fingerprint);
        let text = Kept::sha256(&fingerprint, result)
            .and_then(|sha256| serde_json::to_string(&Kept { fingerprint, sha256, result }))
            .map_err(|e| PoolError::Run(e.to_string()))?;
        let partial = done.with_extension("partial");
        let io = |error| PoolError::Io { path: done.to_owned(), error };
        std::fs::write(&partial, text).and_then(|()| std::fs::rename(&partial, done)).map_err(io)
    }
}
