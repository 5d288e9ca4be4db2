//! One trial, run in this process: an experiment of whatever kind with a point's changes and one seed.
//!
//! Promises: what it leaves is read from the summary that `synfire run` writes of it; an interrupted cell goes on from its
//! own checkpoint, with the same bits; a failure is the trial's, with its file and field. Absent on purpose: where results
//! are kept (`store`), the order of trials (`pool`).

use super::figures::Figures;
use super::opened::Sweep;
use super::point::Trial;
use crate::architect::summary;
use crate::experiment::kind::{Content, Kind, Narrowed, Ran, Registry, Visit};
use crate::experiment::pool::{CellContext, Outcome, PoolError, Work};
use crate::experiment::reference::{self, Opened};
use crate::tasks::{self, ExperimentFile};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::run::checkpoint;

/// Where and how a trial runs.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// Folder for what it leaves on the way; made when something is left, and removed at its end.
    pub folder: &'a Path,
    /// Set to stop as soon as its state is whole.
    pub interrupt: &'a AtomicBool,
    /// Time between two checkpoints.
    pub save_every: Duration,
}

/// How a trial ended; `None` of an interrupted one.
pub type Ended = Option<Result<Figures, Failure>>;

/// Why a trial has no figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What is wrong, in one line.
    pub title: String,
    /// The file, where one is wrong; `--set` for what the point changes.
    pub file: Option<String>,
    /// The change, where the point's own is wrong, or the line and column.
    pub field: Option<String>,
    /// Everything that the program says of it.
    pub message: String,
}

impl From<&Diagnostics> for Failure {
    fn from(problems: &Diagnostics) -> Self {
        let first = problems.problems().first().cloned().unwrap_or_else(|| Diagnostic::new("unknown"));
        let field = first.place.as_ref().map(|place| match place.source.name.as_str() {
            "--set" => place.source.text.clone(),
            _ => {
                let (line, column) = place.line_column();
                format!("{line}:{column}")
            }
        });
        let file = first.file().map(str::to_owned);
        let allowed = first.notes.iter().find(|(name, _)| *name == "allowed");
        let allowed = allowed.map(|(_, text)| format!("allowed {text}"));
        let more = Some(first.label).filter(|label| !label.is_empty()).into_iter().chain(allowed);
        let title = std::iter::once(first.title).chain(more).collect::<Vec<_>>().join("; ");
        Self { title, file, field, message: problems.to_string() }
    }
}

impl Failure {
    fn told(text: String) -> Self {
        let title = text.lines().next().unwrap_or_default().to_owned();
        Self { title, file: None, field: None, message: text }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Input(problems) => Self::from(&problems),
            other => Self::told(other.to_string()),
        }
    }
}

/// Runs a trial to its end, or until it is interrupted.
#[must_use]
pub fn run(sweep: &Sweep, trial: &Trial, place: Place<'_>) -> Ended {
    let ended = opened(sweep, trial, place);
    if ended.is_some() {
        // What it left on the way is of no more use.
        let _ = std::fs::remove_dir_all(place.folder);
    }
    ended
}

/// How much work a trial is expected to be; `None` where its experiment cannot be loaded.
#[must_use]
pub fn effort(sweep: &Sweep, trial: &Trial) -> Option<f64> {
    let (file, opened, chip) = files(sweep, trial).ok()?;
    file.task.accept(Expects { chip, opened, narrowed: narrowed(sweep, trial) })
}

fn opened(sweep: &Sweep, trial: &Trial, place: Place<'_>) -> Ended {
    let narrowed = narrowed(sweep, trial);
    match files(sweep, trial) {
        Ok((file, opened, chip)) => {
            file.task.accept(Whole { sweep, title: &file.title, chip, opened, narrowed, place })
        }
        Err(problems) => Some(Err(Failure::from(&problems))),
    }
}

fn narrowed(sweep: &Sweep, trial: &Trial) -> Narrowed {
    Narrowed { quick: sweep.file.quick, seed: trial.seed }
}

/// The experiment of a trial and its chip.
fn files(sweep: &Sweep, trial: &Trial) -> Result<(ExperimentFile, Opened, Chip), Diagnostics> {
    let (file, mut opened) = tasks::open_changed(&sweep.experiment, &sweep.points[trial.point].set)?;
    // Nobody reads its steps one by one.
    opened.step_rows = 0;
    opened.shared = sweep.live.shared.clone();
    let chip = reference::chip(&file.chip, &opened)?;
    Ok((file, opened, chip))
}

/// An experiment of whatever kind, loaded for what it is expected to be.
struct Expects {
    chip: Chip,
    opened: Opened,
    narrowed: Narrowed,
}

impl Visit for Expects {
    type Answer = Option<f64>;

    fn visit<K: Kind>(self, mut settings: K::Settings) -> Option<f64> {
        K::shorten(&mut settings, self.narrowed);
        K::load(settings, self.chip, self.opened, self.narrowed.seed).ok().map(|loaded| loaded.effort())
    }
}

/// An experiment of whatever kind from its file to its figures.
struct Whole<'a> {
    sweep: &'a Sweep,
    title: &'a str,
    chip: Chip,
    opened: Opened,
    narrowed: Narrowed,
    place: Place<'a>,
}

impl Visit for Whole<'_> {
    type Answer = Ended;

    fn visit<K: Kind>(self, mut settings: K::Settings) -> Ended {
        let Self { sweep, title, chip, opened, narrowed, place } = self;
        let started = Instant::now();
        K::shorten(&mut settings, narrowed);
        let experiment = match K::load(settings, chip, opened, narrowed.seed) {
            Ok(experiment) => experiment,
            Err(problems) => return Some(Err(Failure::from(&problems))),
        };
        let mut results = Vec::new();
        for index in 0..experiment.cells().len() {
            let from_its_state = saved(place, index).exists();
            let cell = || experiment.cell(index).map_err(|problems| Failure::from(&problems));
            let mut ended = cell().and_then(|cell| cell_to_its_end(cell, index, place));
            if from_its_state && ended.is_err() {
                // What an earlier process left may be damaged; the trial is not.
                let _ = std::fs::remove_dir_all(place.folder);
                ended = cell().and_then(|cell| cell_to_its_end(cell, index, place));
            }
            match ended {
                Ok(Some(result)) => results.push(result),
                Ok(None) => return None,
                Err(failure) => return Some(Err(failure)),
            }
        }
        let ran = Ran { title, results: &results, threads: 1, started };
        Some(figures(&experiment, &ran, sweep))
    }
}

fn figures<K: Kind>(experiment: &K, ran: &Ran<'_, K::Result>, sweep: &Sweep) -> Result<Figures, Failure> {
    let documents = experiment.documents(ran)?;
    let summary = documents.iter().find_map(|document| match &document.content {
        Content::Text(text) if document.name == summary::FILE => Some(text),
        _ => None,
    });
    let summary = summary.ok_or_else(|| Failure::told("the experiment writes no summary.json".to_owned()))?;
    Figures::of_summary(summary, sweep.row.as_deref()).map_err(Failure::told)
}

/// Where a cell leaves its state.
fn saved(place: Place<'_>, index: usize) -> PathBuf {
    place.folder.join(format!("{index}.checkpoint"))
}

/// Runs a cell from the beginning, or from where it was interrupted; `None` where it is again.
fn cell_to_its_end<W: Work>(
    mut cell: W,
    index: usize,
    place: Place<'_>,
) -> Result<Option<W::Result>, Failure> {
    if !cell.prepare(place.interrupt) {
        return Ok(None);
    }
    let saved = saved(place, index);
    let fingerprint = cell.fingerprint();
    let make = || std::fs::create_dir_all(place.folder).map_err(|error| io(place.folder, &error));
    let trouble: Mutex<Option<String>> = Mutex::new(None);
    let save = |state: &W::State| {
        let written = make()
            .and_then(|()| checkpoint::write(&saved, fingerprint, state).map_err(|error| error.to_string()));
        if let Err(error) = written {
            let mut trouble = trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            trouble.get_or_insert(error);
        }
    };
    if !cell.outputs().is_empty() {
        make().map_err(Failure::told)?;
    }
    let state = left::<W>(&saved, fingerprint, place.folder);
    let context = CellContext {
        interrupt: place.interrupt,
        out: place.folder,
        threads: 1,
        save: &save,
        save_every: place.save_every,
        progress: &|_| {},
    };
    let outcome = cell.run(state, &context).map_err(Failure::told)?;
    if let Some(error) = trouble.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take() {
        return Err(Failure::told(error));
    }
    match outcome {
        Outcome::Finished(result) => Ok(Some(*result)),
        Outcome::Interrupted(state) => {
            save(&state);
            Ok(None)
        }
    }
}

/// The state that an interrupted cell left; nothing where it is damaged, of other inputs, or no longer with its files.
fn left<W: Work>(saved: &Path, fingerprint: [u8; 32], folder: &Path) -> Option<W::State> {
    if !saved.exists() {
        return None;
    }
    let state: W::State = checkpoint::read(saved, fingerprint).ok()?;
    W::written(&state).iter().all(|file| file.fault(folder).is_none()).then_some(state)
}

fn io(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
