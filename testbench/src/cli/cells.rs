//! Running the cells of an experiment in an output folder, with progress: what every command that has cells shares.
//!
//! Promises: nothing is begun in a folder before the inputs were found to be good. Absent on purpose: what a cell does.

use super::arguments::{ChangeOptions, RunOptions};
use super::error::CommandError;
use super::folder;
use super::interrupt::Interrupt;
use super::note::{Asked, Request};
use super::output;
use super::progress::{CellProgress, say};
use crate::architect::{inference, placed, summary, tables};
use crate::experiment::decides::Decides;
use crate::experiment::kind::Narrowed;
use crate::experiment::pool::{self, CellName, PoolOptions, Work};
use crate::experiment::reference::Opened;
use crate::report::model::Report;
use crate::tasks::traffic::cell::{CURVE, LINKS};
use crate::tasks::{self, ExperimentFile};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use synfire_chip::files::{Diagnostics, ReadLog};

/// Time between two checkpoints.
const SAVE_EVERY: Duration = Duration::from_secs(5);
/// Sets another time, in milliseconds; for tests.
const SAVE_EVERY_MS: &str = "SYNFIRE_SAVE_EVERY_MS";

/// Time between two checkpoints.
pub(super) fn save_every() -> Duration {
    let set = std::env::var(SAVE_EVERY_MS).ok().and_then(|ms| ms.parse().ok());
    set.map_or(SAVE_EVERY, Duration::from_millis)
}

/// Threads that were asked for, or all processors.
pub(super) fn threads(asked: Option<u16>) -> usize {
    let available = || std::thread::available_parallelism().map_or(1, usize::from);
    asked.map_or_else(available, usize::from)
}

/// Opens an experiment and begins `command` on it: `go` runs what was opened.
///
/// # Errors
/// When the experiment cannot be opened, and those of `go`.
pub(super) fn begin(
    experiment: &str,
    options: &RunOptions,
    changes: &ChangeOptions,
    interrupt: &Interrupt,
    command: Asked,
    go: impl FnOnce(&Run<'_>, ExperimentFile, Opened) -> Result<(), CommandError>,
) -> Result<(), CommandError> {
    let reads = ReadLog::begin();
    let (file, opened) = tasks::open_changed(experiment, &changes.set)?;
    let folder = output::folder_of(opened.name(), options, command);
    let request = request(experiment, &opened, (options, changes), command);
    go(
        &Run {
            options,
            folder: &folder,
            interrupt,
            entry: Entry::Begin(&request, &reads),
            changes,
            warned: Mutex::default(),
        },
        file,
        opened,
    )
}

/// What to note in a new run's folder.
fn request(
    reference: &str,
    opened: &Opened,
    (options, changes): (&RunOptions, &ChangeOptions),
    command: Asked,
) -> Request {
    let experiment = match std::fs::canonicalize(opened.name()) {
        Ok(path) if opened.folder.is_some() => path.display().to_string(),
        _ => reference.to_owned(),
    };
    Request {
        command,
        experiment,
        from_here: None,
        set: changes.set.clone(),
        seed: options.seed,
        quick: options.quick,
        tables: options.tables,
        tasks: Vec::new(),
        decides: Decides::default(),
    }
}

/// Whether a file beside a report is a table, which is written in the form that is asked for.
fn is_table(name: &str) -> bool {
    tables::FILES.into_iter().chain([inference::FILE, CURVE, LINKS]).any(|table| table == name)
}

/// Says warnings about the networks of a run, each once.
pub(super) fn warn(warnings: &[String]) {
    for (index, warning) in warnings.iter().enumerate() {
        if !warnings[..index].contains(warning) {
            say(&format!("warning: {warning}"));
        }
    }
}

/// How a run comes into its folder.
#[derive(Clone, Copy)]
pub(super) enum Entry<'a> {
    /// It begins: what to note, but what decides it, and the files that were read for it.
    Begin(&'a Request, &'a ReadLog),
    /// It goes on with what was noted.
    GoOn(&'a Request, &'a ReadLog),
    /// It is a part of what was asked for: a finished cell in the folder is kept where it is of the same inputs.
    Part(&'a Request),
}

/// One run of the command.
pub(super) struct Run<'a> {
    pub options: &'a RunOptions,
    pub folder: &'a Path,
    pub interrupt: &'a Interrupt,
    pub entry: Entry<'a>,
    /// What was changed in the files of the experiment.
    pub changes: &'a ChangeOptions,
    /// Warnings about its networks that were said, each once, for its report.
    pub warned: Mutex<Vec<String>>,
}

/// Says in a report what was changed in the files of its experiment.
pub(super) fn tell_changes(report: &mut Report, changes: &ChangeOptions) {
    if !changes.set.is_empty() {
        report.intro.push(format!("Changed by --set: {}.", changes.set.join("; ")));
    }
}

impl Run<'_> {
    /// Says warnings about the networks of the run, and keeps them for its report.
    pub fn warn(&self, warnings: &[String]) {
        let mut said = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        for warning in warnings {
            if !said.contains(warning) {
                warn(std::slice::from_ref(warning));
                said.push(warning.clone());
            }
        }
    }

    /// Says in a report what was warned about.
    pub fn tell_warnings(&self, report: &mut Report) {
        let said = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        report.intro.extend(said.iter().map(|warning| format!("Warning: {warning}.")));
    }

    pub fn threads(&self) -> usize {
        threads(self.options.threads)
    }

    /// What is asked of the experiment beside its file.
    pub fn narrowed(&self) -> Narrowed {
        Narrowed { quick: self.options.quick, seed: self.options.seed }
    }

    /// Runs all cells of an experiment that `decides` so; nothing is begun before `make` found the inputs of every row good.
    pub fn cells<W: Work + Send>(
        &self,
        decides: &Decides,
        (cells, unit): (&[CellName], &'static str),
        make: &(dyn Fn(usize) -> Result<W, Diagnostics> + Sync),
    ) -> Result<Vec<W::Result>, CommandError> {
        let first = make(0)?;
        self.warn(&first.warnings());
        if matches!(self.entry, Entry::Begin(..)) {
            // Rows have networks and chips of their own; seeds only draw.
            let mut others = (1..cells.len()).filter(|index| cells[*index].seed == cells[0].seed);
            others.try_for_each(|index| make(index).map(|_| ()))?;
        }
        let (units, outputs) = (first.units(), first.outputs());
        // Loaded once: the cell that showed the inputs to be good is also the one that runs.
        let first = Mutex::new(Some(first));
        let make = |index: usize| {
            let kept = first.lock().ok().filter(|_| index == 0).and_then(|mut first| first.take());
            kept.map_or_else(|| make(index), Ok)
        };
        match self.entry {
            Entry::Begin(request, reads) => {
                let own = cells.iter().flat_map(CellName::files).chain(outputs);
                let beside = [summary::FILE, inference::FILE, placed::FILE].into_iter().chain(tables::FILES);
                let own = own.chain(beside.chain(output::REPORTS).map(str::to_owned));
                let form = self.options.tables;
                let files = |name: String| if is_table(&name) { form.files(&name) } else { vec![name] };
                let outputs: Vec<String> = own.flat_map(files).collect();
                let request = Request { decides: decides.clone(), ..request.clone() };
                let files = (&reads.files()[..], &outputs[..]);
                folder::begin(self.folder, &request, files, self.options.overwrite)?;
            }
            Entry::GoOn(request, reads) => folder::go_on(self.folder, request, decides, &reads.files())?,
            Entry::Part(request) => folder::enter(self.folder, request)?,
        }
        let watch = CellProgress::new(cells.len() as u64 * units, unit);
        let options = PoolOptions {
            threads: self.threads(),
            interrupt: self.interrupt.flag(),
            out: self.folder,
            save_every: save_every(),
        };
        let results = self.interrupt.saving(|| pool::run(cells, &make, &options, &watch));
        watch.close();
        let results: Option<Vec<W::Result>> = results?.into_iter().collect();
        results.ok_or_else(|| CommandError::interrupted(self.folder))
    }
}
