//! The experiment of a sweep, loaded before anything runs: its rows, the files that it reads, and whether each value can
//! stand where its path leads.
//!
//! Every move of an axis is tried at points that have it, until one takes it. A move that is refused at all of them is the
//! sweep's mistake, and shown where the sweep's file states it, where it is refused by itself too or each refusal is of its own
//! value. Anything else is wrong in a combination only: those points' failure, recorded when they run.
//!
//! Promises: nothing runs; of an axis with more than [`MOST_MOVES`] moves the ends of its numbers are among those that are
//! tried. Absent on purpose: whether a network fits a chip, which is a point's figure and no mistake of a file.

use super::axes::{Moves, Stated};
use super::draws::Number;
use super::file::{SweepFile, Values};
use super::inputs::Inputs;
use super::point::Point;
use crate::experiment::hashed::HashedFile;
use crate::experiment::kind::{Kind, Narrowed, Registry, Visit};
use crate::experiment::shared::Shared;
use crate::experiment::stamp::Stamp;
use crate::experiment::{embedded, reference};
use crate::tasks;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use synfire_chip::chip::Chip;
use synfire_chip::files::schema::Raw;
use synfire_chip::files::{Diagnostic, Diagnostics, Place};

/// Moves of an axis that are tried; of more, so many of them.
const MOST_MOVES: usize = 32;
/// Points at which a move is tried that others refuse; of more, so many of them.
const MOST_POINTS: usize = 16;

/// The experiment that points are made of.
pub(super) struct Base<'a> {
    pub file: &'a SweepFile,
    pub experiment: &'a str,
    pub axes: &'a [Moves],
    pub stated: Stated<'a>,
    /// What was loaded, for the points too.
    pub shared: &'a Shared,
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
        if !K::HAS_SUMMARY {
            let problem =
                Diagnostic::new("an experiment of this kind has no figures that a sweep could compare");
            return Err(problem.noted("allowed", "an experiment that writes `summary.json`").into());
        }
        K::shorten(&mut settings, self.narrowed);
        let loaded = K::load(settings, self.chip, self.opened, self.narrowed.seed)?;
        Ok(loaded.plan().rows)
    }
}

/// Where a sweep's file states a change.
#[derive(Clone, Copy)]
enum Spot {
    /// Entry of `set`.
    Set(usize),
    /// Path of an axis.
    Axis(usize, usize),
}

impl Spot {
    fn field(self) -> String {
        match self {
            Self::Set(index) => format!("set[{index}]"),
            Self::Axis(axis, path) => format!("axes[{axis}].values[{path}]"),
        }
    }
}

impl Base<'_> {
    fn load(&self, set: &[String]) -> Result<Vec<String>, Diagnostics> {
        let (file, mut opened) = tasks::open_changed(self.experiment, set)?;
        opened.shared = self.shared.clone();
        let chip = reference::chip(&file.chip, &opened)?;
        let narrowed = Narrowed { quick: self.file.quick, seed: self.file.seeds.first().copied() };
        file.task.accept(Loads { chip, opened, narrowed })
    }

    /// The changes of every point, and others.
    fn with(&self, more: impl Iterator<Item = String>) -> Vec<String> {
        let fixed = self.file.set.0.iter().map(|(path, value)| format!("{path}={}", value.token()));
        fixed.chain(more).collect()
    }

    /// The names of the experiment's rows.
    ///
    /// # Errors
    /// When it cannot be loaded, or not with the changes of every point.
    pub fn rows(&self) -> Result<Vec<String>, Diagnostics> {
        let at_experiment = |problem: Diagnostic| {
            let problem = self.in_file(problem);
            let place = problem.place.clone().or_else(|| self.stated.at("experiment", "").place);
            Diagnostic { place, ..problem }
        };
        self.load(&self.with(std::iter::empty())).map_err(|problems| problems.each(at_experiment))
    }

    /// Tries the moves of every axis.
    ///
    /// # Errors
    /// With the first that no point can have.
    pub fn try_moves(&self, points: &[Point]) -> Result<(), Diagnostics> {
        // What some point took, by axis.
        let mut taken: HashSet<(usize, &[String])> = HashSet::new();
        for (index, axis) in self.axes.iter().enumerate() {
            for at in some_moves(axis) {
                let value = &axis.moves[at][..];
                if taken.contains(&(index, value)) {
                    continue;
                }
                let own: Vec<&Point> =
                    points.iter().filter(|point| axis.moves[point.moves[index]] == value).collect();
                let mut refused = Vec::new();
                for point in spread(own.len(), MOST_POINTS).map(|at| own[at]) {
                    match self.load(&point.set) {
                        Err(problems) => refused.push(problems),
                        Ok(_) => {
                            let moves = self.axes.iter().zip(&point.moves).enumerate();
                            taken.extend(moves.map(|(index, (axis, at))| (index, &axis.moves[*at][..])));
                            break;
                        }
                    }
                }
                // Constraints may leave a move no point.
                if taken.contains(&(index, value)) || refused.is_empty() {
                    continue;
                }
                let tried = refused.len();
                let by_itself = || self.load(&self.with(changes(axis, at))).err();
                let is_own = |problems: &Diagnostics| !self.own(index, at, problems).is_empty();
                let problems = if refused.iter().all(is_own) { refused.pop() } else { by_itself() };
                let Some(problems) = problems else { continue };
                let noted = |problem: Diagnostic| {
                    if tried == own.len() {
                        return problem;
                    }
                    problem.noted("note", format!("tried at {tried} of its {} points", own.len()))
                };
                Diagnostics::or(self.at_move(index, at, problems).into_iter().map(noted).collect(), ())?;
            }
        }
        Ok(())
    }

    /// The problems that are shown in the changes of a move.
    fn own(&self, axis: usize, at: usize, problems: &Diagnostics) -> Vec<Diagnostic> {
        let own: Vec<String> = changes(&self.axes[axis], at).collect();
        let is_own = |problem: &&Diagnostic| {
            changed_by(problem).is_some_and(|place| own.iter().any(|change| *change == place.source.text))
        };
        problems.problems().iter().filter(is_own).cloned().collect()
    }

    /// What is wrong with a move, where the sweep's file states it: problems with its own changes, or whatever follows
    /// from them elsewhere.
    fn at_move(&self, axis: usize, at: usize, problems: Diagnostics) -> Vec<Diagnostic> {
        let own = self.own(axis, at, &problems);
        if !own.is_empty() {
            return own.into_iter().map(|problem| self.in_file(problem)).collect();
        }
        let spot = Spot::Axis(axis, 0);
        let here = self.value(spot, &self.axes[axis].moves[at][0]);
        let elsewhere = |problem: Diagnostic| {
            let found = problem.place.as_ref().map(|place| {
                let (line, column) = place.line_column();
                format!("{}:{line}:{column}", place.source.name)
            });
            let own = match &here {
                Some(span) => problem.at(self.stated.source, span.clone()),
                None => Diagnostic { place: self.stated.at(&spot.field(), "").place, ..problem },
            };
            found.into_iter().fold(own, |own, found| own.noted("found", found))
        };
        problems.into_problems().into_iter().map(elsewhere).collect()
    }

    /// Every path that the sweep changes, and where its file states that.
    fn spots(&self) -> impl Iterator<Item = (&str, Spot)> {
        let fixed = self.file.set.0.iter().enumerate();
        let fixed = fixed.map(|(index, (path, _))| (path.as_str(), Spot::Set(index)));
        let axes = self.axes.iter().enumerate().flat_map(|(axis, of)| {
            let paths = of.paths.iter().enumerate();
            paths.map(move |(at, path)| (path.as_str(), Spot::Axis(axis, at)))
        });
        fixed.chain(axes)
    }

    /// A problem with a change, shown in the sweep's file: in its path or in its value.
    fn in_file(&self, problem: Diagnostic) -> Diagnostic {
        let Some(place) = changed_by(&problem) else { return problem };
        let text = place.source.text.as_str();
        let is_of = |path: &str| text.strip_prefix(path).is_some_and(|rest| rest.starts_with('='));
        let Some((path, spot)) = self.spots().find(|(path, _)| is_of(path)) else { return problem };
        let source = self.stated.source;
        let shifted = |by: usize| place.span.start + by..place.span.end + by;
        if place.span.end <= path.len() {
            let Some(key) = source.locate_key(&spot.field()) else { return problem };
            // Behind its quote.
            let span = shifted(key.start + 1);
            return problem.at(source, if span.end <= key.end { span } else { key });
        }
        let behind = path.len() + 1;
        let token = &text[behind..];
        let Some(value) = self.value(spot, token) else { return problem };
        if source.text.get(value.clone()) == Some(token) {
            let span = shifted(value.start - behind);
            return problem.at(source, span);
        }
        // A number of a range stands nowhere by itself.
        let label = format!("{token}: {}", problem.label);
        problem.at(source, value).labelled(label.trim_end_matches([':', ' ']))
    }

    /// Where the sweep's file states a value of a path: the value of a list, or all of a range.
    fn value(&self, spot: Spot, token: &str) -> Option<Range<usize>> {
        let (source, field) = (self.stated.source, spot.field());
        let listed = match spot {
            Spot::Set(_) => None,
            Spot::Axis(axis, path) => match &self.file.axes[axis].values.0[path].1 {
                Values::List(list) => Some(("List", list)),
                Values::OneOf(list) => Some(("OneOf", list)),
                _ => None,
            },
        };
        let element = listed.and_then(|(name, list)| {
            let at = list.iter().position(|value: &Raw| value.token() == token)?;
            source.locate(&format!("{field}.{name}[0][{at}]"))
        });
        element.or_else(|| source.locate(&field))
    }

    /// The files that were read for the experiment with each of its moves, hashed, and where they lie; `missing` were looked
    /// for, and were not there.
    ///
    /// # Errors
    /// When one cannot be read again.
    pub fn inputs(
        &self,
        read: Vec<PathBuf>,
        missing: Vec<PathBuf>,
    ) -> Result<(Vec<HashedFile>, Inputs), Diagnostics> {
        let carried = embedded::find(self.experiment).filter(|_| !Path::new(self.experiment).is_file());
        let mut all: BTreeMap<String, HashedFile> = BTreeMap::new();
        if let Some((name, text)) = carried {
            all.insert(name.to_owned(), HashedFile::of_text(name, text));
        }
        let mut watched = Vec::new();
        for path in read {
            let file = self.shown(&path);
            let before = Stamp::of(&path);
            let hashed = before.and_then(|before| Ok((before, HashedFile::new(file.clone(), &path)?)));
            let (before, hashed) = hashed.map_err(|error| {
                Diagnostics::from(Diagnostic::new(format!("cannot read `{}`: {error}", path.display())))
            })?;
            watched.push((path, before, hashed.sha256.clone()));
            all.insert(file, hashed);
        }
        Ok((all.into_values().collect(), Inputs::new(watched, missing)))
    }

    /// A file as it is found from the sweep's folder.
    fn shown(&self, path: &Path) -> String {
        let folder: PathBuf =
            Path::new(&self.stated.source.name).parent().unwrap_or(Path::new("")).to_owned();
        path.strip_prefix(&folder).unwrap_or(path).display().to_string()
    }
}

/// The changes of a move.
fn changes(axis: &Moves, at: usize) -> impl Iterator<Item = String> {
    axis.paths.iter().zip(&axis.moves[at]).map(|(path, value)| format!("{path}={value}"))
}

/// The change that a problem is shown in.
fn changed_by(problem: &Diagnostic) -> Option<&Place> {
    problem.place.as_ref().filter(|place| place.source.name == "--set")
}

/// The moves of an axis that are tried: each that differs, or the ends of its numbers, some between, and all with a text.
fn some_moves(axis: &Moves) -> Vec<usize> {
    let mut seen = BTreeMap::new();
    for (at, of) in axis.moves.iter().enumerate() {
        seen.entry(of).or_insert(at);
    }
    let mut all: Vec<usize> = seen.into_values().collect();
    let number = |at: &usize| Number::of(&axis.moves[*at][0]).map_or(f64::NAN, |number| number.value);
    all.sort_by(|a, b| number(a).total_cmp(&number(b)).then(a.cmp(b)));
    let mut some: Vec<usize> = spread(all.len(), MOST_MOVES).map(|at| all[at]).collect();
    // A text may name a file, which decides results.
    some.extend(all.into_iter().filter(|at| axis.moves[*at].iter().any(|value| value.contains('"'))));
    some.sort_unstable();
    some.dedup();
    some
}

/// `most` of so many at even distances, both ends among them; all where they are no more.
fn spread(count: usize, most: usize) -> impl Iterator<Item = usize> {
    let few = count.min(most);
    (0..few).map(move |at| if few == count { at } else { at * (count - 1) / (few - 1) })
}
