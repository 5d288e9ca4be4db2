//! A sweep file, opened: its points, and what decides each.
//!
//! Promises: what names nothing is shown in the sweep's file with the nearest name, before anything runs; a trial is named
//! by the SHA-256 of the program's version and contract, of every file that its experiment reads, and of its changes and
//! seed. Absent on purpose: running (`trial`), where results lie (`store`).

use super::axes::{self, Moves, Stated};
use super::constraints;
use super::error::SweepError;
use super::file::{FORMAT, SweepFile};
use crate::experiment::command;
use crate::experiment::hashed::HashedFile;
use crate::experiment::kind::{Kind, Narrowed, Registry, Visit};
use crate::experiment::{embedded, names, reference};
use crate::tasks;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use synfire_chip::chip::Chip;
use synfire_chip::files::{self, Diagnostic, Diagnostics, ReadLog};
use synfire_chip::run::checkpoint;
use synfire_core::ARITH_SPEC;

/// The most points of a sweep, the most that constraints choose from, and the most points with seeds.
const MOST_POINTS: usize = 100_000;
const MOST_CANDIDATES: usize = 10_000_000;
const MOST_TRIALS: usize = 200_000;

/// The version of the program that names trials.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A point: one move of every axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Its number, from 0.
    pub index: usize,
    /// What each path has there, as the file states it, in the order of the axes.
    pub values: Vec<String>,
    /// Which move of each axis it is.
    pub moves: Vec<usize>,
    /// Its changes, as `--set` takes them: those of every point, and its own.
    pub set: Vec<String>,
}

/// A point with one seed: what is run, and has a result of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Number of its point.
    pub point: usize,
    /// The seed; `None`: the experiment's own.
    pub seed: Option<u32>,
    /// Of everything that decides it, in hexadecimal.
    pub hash: String,
}

/// An opened sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sweep {
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
            file,
            experiment: self.experiment.clone(),
            axes,
            points,
            trials,
            inputs,
            row: self.row.clone(),
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
    let opened = reference::open(reference)?;
    let source = Arc::clone(&opened.source);
    let stated = Stated { source: &source };
    let file: SweepFile = files::parse_source(&source)?;
    if file.format != FORMAT {
        let problem = stated.at("format", format!("unknown format `{}`", file.format));
        return Err(problem.noted("allowed", FORMAT).into());
    }
    let axes = axes::moves(&file, stated)?;
    check_seeds(&file, stated)?;
    if file.objectives.is_empty() {
        return Err(stated.at("objectives", "a sweep without an objective compares nothing").into());
    }
    for (index, objective) in file.objectives.iter().enumerate() {
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
    let experiment = experiment(&file, opened.folder.as_deref());
    let base = Base { file: &file, experiment: &experiment, axes: &axes, stated };
    let rows = base.check(&points)?;
    check_row(&file, &rows, stated)?;
    let row = file.row.clone();
    let inputs = base.inputs()?;
    let trials = trials(&file, &inputs, &points);
    Ok(Sweep { file, experiment, axes, points, trials, inputs, row })
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

fn check_seeds(file: &SweepFile, stated: Stated<'_>) -> Result<(), Diagnostic> {
    for (index, seed) in file.seeds.iter().enumerate() {
        if file.seeds[..index].contains(seed) {
            return Err(stated.at(&format!("seeds[{index}]"), format!("seed {seed} is listed twice")));
        }
    }
    Ok(())
}

/// The experiment beside the sweep's file, or what it names.
fn experiment(file: &SweepFile, folder: Option<&Path>) -> String {
    let beside = folder.map(|folder| folder.join(&file.experiment)).filter(|path| path.is_file());
    beside.map_or_else(|| file.experiment.clone(), |path| path.display().to_string())
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

/// The experiment that points are made of.
struct Base<'a> {
    file: &'a SweepFile,
    experiment: &'a str,
    axes: &'a [Moves],
    stated: Stated<'a>,
}

/// Loads everything that an experiment refers to; gives the names of its rows.
struct Loads {
    chip: Chip,
    opened: reference::Opened,
    narrowed: Narrowed,
}

impl Visit for Loads {
    type Answer = Result<Vec<String>, Diagnostics>;

    fn visit<K: Kind>(self, mut settings: K::Settings) -> Self::Answer {
        K::shorten(&mut settings, self.narrowed);
        let loaded = K::load(settings, self.chip, self.opened, self.narrowed.seed)?;
        Ok(loaded.plan().rows)
    }
}

impl Base<'_> {
    fn load(&self, set: &[String]) -> Result<Vec<String>, Diagnostics> {
        let (file, opened) = tasks::open_changed(self.experiment, set)?;
        let chip = reference::chip(&file.chip, &opened)?;
        let narrowed = Narrowed { quick: self.file.quick, seed: self.file.seeds.first().copied() };
        file.task.accept(Loads { chip, opened, narrowed })
    }

    /// The changes of every point, and others.
    fn with(&self, more: impl Iterator<Item = String>) -> Vec<String> {
        let fixed = self.file.set.0.iter().map(|(path, value)| format!("{path}={}", value.token()));
        fixed.chain(more).collect()
    }

    /// Loads the experiment, and it again as the first point; the names of its rows. What only a value of a point is
    /// wrong with is that point's failure.
    fn check(&self, points: &[Point]) -> Result<Vec<String>, Diagnostics> {
        let at_experiment = |problem: Diagnostic| {
            let problem = self.at_paths(problem);
            let place = problem.place.clone().or_else(|| self.stated.at("experiment", "").place);
            Diagnostic { place, ..problem }
        };
        let rows = self.load(&self.with(std::iter::empty())).map_err(|p| p.each(at_experiment))?;
        if self.load(&points[0].set).is_ok() {
            return Ok(rows);
        }
        for axis in self.axes {
            let own = axis.paths.iter().zip(&axis.moves[0]).map(|(path, value)| format!("{path}={value}"));
            let Err(problems) = self.load(&self.with(own)) else { continue };
            let paths: Vec<Diagnostic> = problems
                .into_problems()
                .into_iter()
                .filter(|problem| self.path_of(problem).is_some())
                .collect();
            Diagnostics::or(paths, ()).map_err(|problems| problems.each(|problem| self.at_paths(problem)))?;
        }
        Ok(rows)
    }

    /// Every path that the sweep changes, and its field in the sweep's file.
    fn fields(&self) -> impl Iterator<Item = (&str, String)> {
        let fixed = self.file.set.0.iter().enumerate();
        let fixed = fixed.map(|(index, (path, _))| (path.as_str(), format!("set[{index}]")));
        let axes = self.axes.iter().enumerate().flat_map(|(axis, of)| {
            let paths = of.paths.iter().enumerate();
            paths.map(move |(at, path)| (path.as_str(), format!("axes[{axis}].values[{at}]")))
        });
        fixed.chain(axes)
    }

    /// The path, and its field, that a problem with a change is shown in.
    fn path_of(&self, problem: &Diagnostic) -> Option<(&str, String)> {
        let place = problem.place.as_ref().filter(|place| place.source.name == "--set")?;
        let text = place.source.text.as_str();
        let of = self
            .fields()
            .find(|(path, _)| text.strip_prefix(path).is_some_and(|rest| rest.starts_with('=')))?;
        (place.span.end <= of.0.len()).then_some(of)
    }

    /// A problem with a path, shown in the sweep's file.
    fn at_paths(&self, problem: Diagnostic) -> Diagnostic {
        let Some((_, field)) = self.path_of(&problem) else { return problem };
        let (Some(place), Some(key)) = (&problem.place, self.stated.source.locate_key(&field)) else {
            return problem;
        };
        let span = key.start + 1 + place.span.start..key.start + 1 + place.span.end;
        let span = if span.end <= key.end { span } else { key };
        problem.at(self.stated.source, span)
    }

    /// The files that the experiment reads at its points, hashed.
    fn inputs(&self) -> Result<Vec<HashedFile>, Diagnostics> {
        let log = ReadLog::begin();
        self.load(&self.with(std::iter::empty()))?;
        // A value with a text in it may name a file, which may name others.
        for axis in self.axes {
            for of in axis.moves.iter().filter(|of| of.iter().any(|value| value.contains('"'))) {
                let own = axis.paths.iter().zip(of).map(|(path, value)| format!("{path}={value}"));
                // What is wrong with it is told by its points.
                let _ = self.load(&self.with(own));
            }
        }
        let read = log.files();
        drop(log);
        let carried = embedded::find(self.experiment).filter(|_| !Path::new(self.experiment).is_file());
        let mut all: BTreeMap<String, HashedFile> = BTreeMap::new();
        if let Some((name, text)) = carried {
            all.insert(name.to_owned(), HashedFile::of_text(name, text));
        }
        for path in read {
            let file = self.shown(&path);
            let hashed = HashedFile::new(file.clone(), &path).map_err(|error| {
                Diagnostics::from(Diagnostic::new(format!("cannot read `{}`: {error}", path.display())))
            })?;
            all.insert(file, hashed);
        }
        Ok(all.into_values().collect())
    }

    /// A file as it is found from the sweep's folder.
    fn shown(&self, path: &Path) -> String {
        let folder: PathBuf =
            Path::new(&self.stated.source.name).parent().unwrap_or(Path::new("")).to_owned();
        path.strip_prefix(&folder).unwrap_or(path).display().to_string()
    }
}
