//! A sweep file, opened: its points, and what decides each.
//!
//! Promises: what names nothing, and a value that no point can have, is shown in the sweep's file before anything runs; a
//! trial is named by the SHA-256 of the program's version and contract, of every file that its experiment reads, and of its changes and
//! seed. Absent on purpose: running (`trial`), where results lie (`store`).

use super::axes::{self, Moves, Stated};
use super::constraints;
use super::error::SweepError;
use super::file::{FORMAT, Objective, SweepFile};
use super::live::Live;
use super::point::{Point, Trial};
use super::tried::Base;
use crate::experiment::hashed::HashedFile;
use crate::experiment::shared::Shared;
use crate::experiment::{command, embedded, names, reference};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use synfire_chip::files::{self, Diagnostic, ReadLog};
use synfire_chip::run::checkpoint;
use synfire_core::ARITH_SPEC;

/// The most points of a sweep, the most that constraints choose from, and the most points with seeds.
const MOST_POINTS: usize = 100_000;
const MOST_CANDIDATES: usize = 10_000_000;
const MOST_TRIALS: usize = 200_000;

/// The version of the program that names trials.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// An opened sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sweep {
    /// Its file, as `synfire sweep` takes it.
    pub reference: String,
    /// What the file states.
    pub file: SweepFile,
    /// The experiment, as `synfire run` takes it.
    pub experiment: String,
    /// The axes.
    pub axes: Vec<Moves>,
    /// The points.
    pub points: Vec<Point>,
    /// Every point with every seed, point by point.
    pub trials: Vec<Trial>,
    /// The files that the experiment reads.
    pub inputs: Vec<HashedFile>,
    /// The part of a summary that is judged; `None`: the first.
    pub row: Option<String>,
    /// What is had of those that lie on the disk.
    #[serde(skip)]
    pub live: Live,
}

impl Sweep {
    /// The paths of all axes, in their order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.axes.iter().flat_map(|axis| axis.paths.iter().map(String::as_str))
    }

    /// The command that repeats a trial, with its results in a folder of its own.
    #[must_use]
    pub fn command(&self, trial: &Trial) -> String {
        let set = &self.points[trial.point].set;
        let run = command::typed("run", &self.experiment, self.file.quick, trial.seed, set);
        format!("{run} --out runs/{}", &trial.hash[..12])
    }

    /// The command that runs in `folder` what it lacks of the sweep, and writes its tables.
    #[must_use]
    pub fn filling(&self, folder: &Path) -> String {
        let folder = folder.display().to_string();
        format!("synfire sweep {} --out {}", command::quoted(&self.reference), command::quoted(&folder))
    }

    /// The same sweep with other points, each with the values of its paths: they have the names and commands that they have
    /// in it.
    #[must_use]
    pub fn with_points(&self, points: &[Vec<String>]) -> Self {
        let point = |(index, values): (usize, &Vec<String>)| {
            let mut rest = values.as_slice();
            let mut at = |axis: &Moves| {
                let (own, more) = rest.split_at(axis.paths.len().min(rest.len()));
                rest = more;
                axis.moves.iter().position(|of| of == own).unwrap_or(0)
            };
            let moves = self.axes.iter().map(&mut at).collect();
            Point { index, values: values.clone(), moves, set: changes(&self.file, &self.axes, values) }
        };
        let points: Vec<Point> = points.iter().enumerate().map(point).collect();
        let (file, axes, inputs) = (self.file.clone(), self.axes.clone(), self.inputs.clone());
        let trials = trials(&file, &inputs, &points);
        Self {
            reference: self.reference.clone(),
            file,
            experiment: self.experiment.clone(),
            axes,
            points,
            trials,
            inputs,
            row: self.row.clone(),
            live: self.live.clone(),
        }
    }

    /// Names the sweep by its trials: two of one name ask for the same results.
    #[must_use]
    pub fn name(&self) -> String {
        let hashes: Vec<&str> = self.trials.iter().map(|trial| trial.hash.as_str()).collect();
        checkpoint::hex(&checkpoint::fingerprint(&hashes))
    }
}

/// Opens a sweep file, or one that the program carries.
///
/// # Errors
/// With what is wrong with it, or with its experiment.
pub fn open(reference: &str) -> Result<Sweep, SweepError> {
    let opened = reference::open_sweep(reference)?;
    let source = Arc::clone(&opened.source);
    let stated = Stated { source: &source };
    check_format(reference, stated)?;
    let file: SweepFile = files::parse_source(&source)?;
    let axes = axes::moves(&file, stated)?;
    check_seeds(&file, stated)?;
    if file.objectives.is_empty() {
        return Err(stated.at("objectives", "a sweep without an objective compares nothing").into());
    }
    for (index, objective) in file.objectives.iter().enumerate() {
        check_bounds(index, objective, stated)?;
        if file.objectives[..index].iter().any(|other| other.of == objective.of) {
            let title = format!("`{:?}` is asked twice", objective.of);
            return Err(stated.at(&format!("objectives[{index}].of"), title).into());
        }
    }
    let points = points(&file, &axes, stated)?;
    if points.len() * file.seeds.len() > MOST_TRIALS {
        let problem = stated.at("seeds", "points and seeds make too many trials");
        return Err(problem.noted("allowed", format!("at most {MOST_TRIALS}")).into());
    }
    let experiment = experiment(&file, opened.folder.as_deref(), stated)?;
    let shared = Shared::keeping();
    let base = Base { file: &file, experiment: &experiment, axes: &axes, stated, shared: &shared };
    let log = ReadLog::begin();
    let rows = base.rows()?;
    check_row(&file, &rows, stated)?;
    base.try_moves(&points)?;
    let (inputs, watched) = base.inputs(log.files(), log.missing())?;
    drop(log);
    // What has one row calls it in its summary as it likes.
    let row = file.row.clone().filter(|_| rows.len() > 1);
    let trials = trials(&file, &inputs, &points);
    let live = Live { watched, shared };
    Ok(Sweep { reference: reference.to_owned(), file, experiment, axes, points, trials, inputs, row, live })
}

/// What the text says it is, before its fields are read: those of another kind of file would be unknown ones.
fn check_format(reference: &str, stated: Stated<'_>) -> Result<(), Diagnostic> {
    let said = stated.source.locate("format").and_then(|span| stated.source.text.get(span));
    let Some(other) = said.map(|said| said.trim_matches('"')).filter(|said| *said != FORMAT) else {
        return Ok(());
    };
    let problem = stated.at("format", format!("unknown format `{other}`"));
    let sweep = format!("{}.sweep", reference.trim_end_matches(".ron"));
    let problem = match embedded::find(&sweep) {
        Some(_) => problem.noted("help", format!("did you mean the carried sweep `{sweep}`?")),
        None => problem,
    };
    Err(problem.noted("allowed", FORMAT))
}

/// Every point with every seed, named by all that decides it.
fn trials(file: &SweepFile, inputs: &[HashedFile], points: &[Point]) -> Vec<Trial> {
    let deciding = (FORMAT, VERSION, ARITH_SPEC, by_content(inputs), carried(), &file.row, file.quick);
    let base = checkpoint::hex(&checkpoint::fingerprint(&deciding));
    let seeds: Vec<Option<u32>> =
        if file.seeds.is_empty() { vec![None] } else { file.seeds.iter().copied().map(Some).collect() };
    let trial = |point: &Point, seed: Option<u32>| {
        let hash = checkpoint::hex(&checkpoint::fingerprint(&(&base, seed, &point.set)));
        Trial { point: point.index, seed, hash }
    };
    points.iter().flat_map(|point| seeds.iter().map(move |seed| trial(point, *seed))).collect()
}

/// The changes of a point: those of every point, and its own.
fn changes(file: &SweepFile, axes: &[Moves], values: &[String]) -> Vec<String> {
    let fixed = file.set.0.iter().map(|(path, value)| format!("{path}={}", value.token()));
    let own = axes.iter().flat_map(|axis| &axis.paths).zip(values);
    fixed.chain(own.map(|(path, value)| format!("{path}={value}"))).collect()
}

/// The names of files without their folders, and what they hold: a sweep may be moved.
fn by_content(inputs: &[HashedFile]) -> Vec<(String, &str)> {
    let name =
        |file: &str| Path::new(file).file_name().map_or_else(String::new, |n| n.to_string_lossy().into());
    let mut all: Vec<(String, &str)> =
        inputs.iter().map(|input| (name(&input.file), input.sha256.as_str())).collect();
    all.sort();
    all
}

/// What the program carries, which an experiment may use without reading a file.
fn carried() -> [u8; 32] {
    static ONCE: OnceLock<[u8; 32]> = OnceLock::new();
    *ONCE.get_or_init(|| checkpoint::fingerprint(&(embedded::FILES, files::presets())))
}

/// Bounds that some figure can meet.
fn check_bounds(index: usize, objective: &Objective, stated: Stated<'_>) -> Result<(), Diagnostic> {
    let at = |name: &str, title: String| stated.at(&format!("objectives[{index}].{name}"), title);
    let bounds = [("at_least", objective.at_least), ("at_most", objective.at_most)];
    if let Some((name, _)) = bounds.into_iter().find(|(_, bound)| bound.is_some_and(f64::is_nan)) {
        return Err(at(name, format!("`{name}` is no number")).labelled("found NaN"));
    }
    match (objective.at_least, objective.at_most) {
        (Some(least), Some(most)) if least > most => {
            let problem = at("at_most", "no figure is within these bounds".to_owned());
            Err(problem.labelled(format!("found {most}, and `at_least` {least}")))
        }
        _ => Ok(()),
    }
}

fn check_seeds(file: &SweepFile, stated: Stated<'_>) -> Result<(), Diagnostic> {
    for (index, seed) in file.seeds.iter().enumerate() {
        if file.seeds[..index].contains(seed) {
            return Err(stated.at(&format!("seeds[{index}]"), format!("seed {seed} is listed twice")));
        }
    }
    Ok(())
}

/// The experiment beside the sweep's file, or what it names. That of a carried sweep is a carried one, which a file of the
/// current folder must not hide.
fn experiment(file: &SweepFile, folder: Option<&Path>, stated: Stated<'_>) -> Result<String, Diagnostic> {
    let named = &file.experiment;
    let Some(folder) = folder else {
        if embedded::find(named).is_some() && Path::new(named).is_file() {
            let title = format!("a file `{named}` hides the carried experiment of that name");
            let problem = stated.at("experiment", title);
            return Err(
                problem.noted("allowed", "another folder to run in, or a sweep file of your own for it")
            );
        }
        return Ok(named.clone());
    };
    let beside = Some(folder.join(named)).filter(|path| path.is_file());
    Ok(beside.map_or_else(|| named.clone(), |path| path.display().to_string()))
}

/// The judged row is one of the experiment's, or such a row in a store or a form.
fn check_row(file: &SweepFile, rows: &[String], stated: Stated<'_>) -> Result<(), Diagnostic> {
    let Some(row) = file.row.as_ref().filter(|row| !rows.iter().any(|known| row.starts_with(known))) else {
        return Ok(());
    };
    let problem = names::unknown("row", row, rows.iter().map(String::as_str).collect());
    let place = stated.at("row", "").place;
    Err(Diagnostic { place, ..problem })
}

/// Every move of each axis with every one of the others, draws in step, as constraints let them.
fn points(file: &SweepFile, axes: &[Moves], stated: Stated<'_>) -> Result<Vec<Point>, Diagnostic> {
    let constraints = constraints::resolve(file, axes, stated)?;
    let draws = axes.iter().find(|axis| axis.drawn).map_or(1, |axis| axis.moves.len());
    // Of an axis that draws, the draw is the move.
    let grid: Vec<usize> = axes.iter().map(|axis| if axis.drawn { 1 } else { axis.moves.len() }).collect();
    let candidates = grid.iter().try_fold(draws, |all, more| all.checked_mul(*more));
    let Some(candidates) = candidates.filter(|all| *all <= MOST_CANDIDATES) else {
        let problem = stated.at("axes", "the axes make too many points");
        return Err(problem.noted("allowed", format!("at most {MOST_CANDIDATES} before constraints")));
    };
    let mut points = Vec::new();
    for candidate in 0..candidates {
        let (mut rest, draw) = (candidate / draws, candidate % draws);
        let mut moves = vec![draw; axes.len()];
        for (index, count) in grid.iter().enumerate().rev().filter(|(index, _)| !axes[*index].drawn) {
            (moves[index], rest) = (rest % count, rest / count);
        }
        let tokens: Vec<&[String]> =
            axes.iter().zip(&moves).map(|(axis, at)| axis.moves[*at].as_slice()).collect();
        if !constraints.iter().all(|constraint| constraint.holds(&tokens)) {
            continue;
        }
        if points.len() == MOST_POINTS {
            let problem = stated.at("axes", "the axes make too many points");
            return Err(problem.noted("allowed", format!("at most {MOST_POINTS}")));
        }
        let values: Vec<String> = tokens.iter().flat_map(|tokens| tokens.iter().cloned()).collect();
        let set = changes(file, axes, &values);
        points.push(Point { index: points.len(), values, moves, set });
    }
    if points.is_empty() {
        let problem = stated.at("constraints", format!("the constraints leave none of {candidates} points"));
        return Err(problem.noted("allowed", "constraints that some values of the axes hold together"));
    }
    Ok(points)
}
