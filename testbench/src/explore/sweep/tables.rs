//! The tables of a sweep: `points.csv`, `runs.csv`, `front.csv`, `sensitivity.csv`, `sweep.json`.
//!
//! `docs/formats.md`, "Tables of a sweep", describes every column. Promises: numbers are written so that they are read back
//! exactly; what depends on the machine stands in columns `simulator.*` and fields `simulator`; beside every row of
//! `points.csv`, `runs.csv` and `front.csv` stands the command that repeats it. Absent on purpose: pictures.

use super::error::SweepError;
use super::file::{Objective, SweepFile};
use super::front::{self, FrontRow, Overlap};
use super::objectives::Measured;
use super::opened::{Sweep, VERSION};
use super::points::{self, PointRow, Status, TrialRow};
use super::sensitivity::{self, Effect};
use super::store::Store;
use crate::experiment::hashed::HashedFile;
use crate::formats::form::Form;
use crate::formats::table::{Column, Kind, Table};
use serde::Serialize;
use synfire_core::ARITH_SPEC;

/// The tables' files.
pub const FILES: [&str; 5] = ["points.csv", "runs.csv", "front.csv", "sensitivity.csv", "sweep.json"];

/// Format name of `sweep.json`.
pub const FORMAT: &str = "synfire-sweep-table/1";

/// Everything that the tables are made of, and what `sweep.json` holds.
#[derive(Clone, Debug, Serialize)]
pub struct Swept<'a> {
    /// [`FORMAT`].
    pub format: &'static str,
    /// Title.
    pub title: &'a str,
    /// Version of the program.
    pub version: &'static str,
    /// Contract of arithmetic.
    pub contract: &'static str,
    /// The experiment, as `synfire run` takes it.
    pub experiment: &'a str,
    /// The row that is judged; `None`: the first.
    pub row: Option<&'a str>,
    /// Files that the experiment reads.
    pub inputs: &'a [HashedFile],
    /// The sweep's file.
    pub file: &'a SweepFile,
    /// What each value of a point is of.
    pub paths: Vec<&'a str>,
    /// Column of each objective.
    pub columns: Vec<&'static str>,
    /// The points.
    pub points: Vec<PointRow>,
    /// Those that nobody beats.
    pub front: Vec<FrontRow>,
    /// What each axis does to each objective.
    pub sensitivity: Vec<Effect>,
}

impl<'a> Swept<'a> {
    /// Everything that `store` has of a sweep.
    ///
    /// # Errors
    /// When a result is damaged, or of another version or contract.
    pub fn read(sweep: &'a Sweep, store: &Store) -> Result<Self, SweepError> {
        let points = points::rows(sweep, store)?;
        let front = front::front(&points, &sweep.file.objectives);
        let sensitivity = sensitivity::effects(sweep, &points);
        Ok(Self {
            format: FORMAT,
            title: &sweep.file.title,
            version: VERSION,
            contract: ARITH_SPEC,
            experiment: &sweep.experiment,
            row: sweep.row.as_deref(),
            inputs: &sweep.inputs,
            file: &sweep.file,
            paths: sweep.paths().collect(),
            columns: sweep.file.objectives.iter().map(|objective| objective.of.column()).collect(),
            points,
            front,
            sensitivity,
        })
    }

    /// How many points stand so.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.points.iter().filter(|point| point.status == status).count()
    }

    /// Writes every table into the folder, in this form, and `sweep.json`.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, store: &Store, form: Form) -> Result<(), SweepError> {
        let json = serde_json::to_string(self).map_err(|error| SweepError::Failed(error.to_string()))?;
        let tables = [self.points(), self.runs(), self.front(), self.effects()];
        for (name, lines) in FILES.into_iter().zip(tables) {
            for (name, bytes) in self.typed(lines).files(name, form).map_err(SweepError::Failed)? {
                store.write(&name, bytes)?;
            }
            // A table that an earlier command left in another form would be one of other points.
            let asked = form.files(name);
            Form::Both
                .files(name)
                .iter()
                .filter(|file| !asked.contains(file))
                .for_each(|file| store.remove(file));
        }
        store.write(FILES[4], json + "\n")
    }

    /// Lines, the names of the columns first, as a table: what its columns are follows from their names.
    fn typed(&self, mut lines: Lines) -> Table {
        let spread = |name: &str, of: &str| name.strip_prefix(of).is_some_and(|rest| SPREADS.contains(&rest));
        let measured = |name: &str| self.columns.iter().any(|column| spread(name, column));
        let kind = |name: &String| match name.as_str() {
            name if self.paths.contains(&name) => Kind::Text,
            name if COUNTS.contains(&name) => Kind::Count,
            name if REALS.contains(&name) || measured(name) => Kind::Real,
            _ => Kind::Text,
        };
        let heads = lines.remove(0);
        let columns = heads.into_iter().map(|name| Column { kind: kind(&name), name }).collect();
        Table { columns, rows: lines }
    }

    fn objectives(&self) -> impl Iterator<Item = (&Objective, &'static str)> {
        self.file.objectives.iter().map(|objective| (objective, objective.of.column()))
    }

    /// Names of what a point measured: a figure, and beside it what spreads.
    fn heads(&self) -> Vec<String> {
        let of = |(objective, name): (&Objective, &'static str)| {
            let more: &[&str] = if objective.of.has_ends() { &["low", "high"] } else { &[] };
            let more = more.iter().chain(&["se", "worst"]).map(move |what| format!("{name}_{what}"));
            [name.to_owned()].into_iter().chain(more).collect::<Vec<_>>()
        };
        self.objectives().flat_map(of).collect()
    }

    fn measured(&self, of: &[Option<Measured>]) -> Vec<String> {
        let cells = |(measured, (objective, _)): (&Option<Measured>, (&Objective, _))| {
            let cell = |value: &dyn Fn(&Measured) -> Option<f64>| number(measured.as_ref().and_then(value));
            let mut cells = vec![cell(&|of| Some(of.mean))];
            if objective.of.has_ends() {
                cells.extend([cell(&|of| Some(of.low)), cell(&|of| Some(of.high))]);
            }
            cells.extend([cell(&|of| of.standard_error), cell(&|of| Some(of.worst))]);
            cells
        };
        of.iter().zip(self.objectives()).flat_map(cells).collect()
    }

    fn points(&self) -> Lines {
        let mut head = vec!["point".to_owned()];
        head.extend(self.paths.iter().map(|path| (*path).to_owned()));
        head.extend(["status", "front"].map(str::to_owned));
        head.extend(self.heads());
        head.extend(["runs", "allowed", "hash", "error", "command", "simulator.seconds"].map(str::to_owned));
        let mut standing: Vec<&'static str> = vec![""; self.points.len()];
        self.front.iter().for_each(|row| standing[row.point] = row.front.name());
        let line = |row: &PointRow| {
            let mut cells = vec![row.point.to_string()];
            cells.extend(row.values.iter().cloned());
            cells.extend([row.status.name(), standing[row.point]].map(str::to_owned));
            cells.extend(self.measured(&row.objectives));
            let runs = row.objectives.iter().flatten().next().map_or(0, |of| of.runs);
            let hashes: Vec<&str> = row.trials.iter().map(|trial| trial.hash.as_str()).collect();
            let seconds: Option<f64> = row.trials.iter().map(|trial| trial.simulator.seconds).sum();
            cells.extend([runs.to_string(), row.allowed.to_string(), hashes.join(" ")]);
            cells.extend([row.error.clone().unwrap_or_default(), commands(&row.trials), number(seconds)]);
            cells
        };
        [head].into_iter().chain(self.points.iter().map(line)).collect()
    }

    /// Every seed of every point.
    fn runs(&self) -> Lines {
        let mut head = ["point", "seed"].map(str::to_owned).to_vec();
        for (objective, name) in self.objectives() {
            head.push(name.to_owned());
            if objective.of.has_ends() {
                head.extend(["low", "high"].map(|what| format!("{name}_{what}")));
            }
        }
        head.extend(["hash", "error", "command", "simulator.seconds"].map(str::to_owned));
        let mut lines = vec![head];
        for point in &self.points {
            for trial in &point.trials {
                let end = |error: String| {
                    [trial.hash.clone(), error, trial.command.clone(), number(trial.simulator.seconds)]
                };
                let Some(figures) = &trial.figures else {
                    let mut cells = vec![point.point.to_string(), text(trial.seed)];
                    cells.resize(lines[0].len() - 4, String::new());
                    let missing = || "not run".to_owned();
                    cells.extend(end(trial.failure.as_ref().map_or_else(missing, |f| f.message.clone())));
                    lines.push(cells);
                    continue;
                };
                for part in &figures.parts {
                    let mut cells = vec![point.point.to_string(), part.seed.to_string()];
                    for (objective, _) in self.objectives() {
                        let value = objective.of.of(figures, part, objective.lower_bounds).ok();
                        let ends = if objective.of.has_ends() { 3 } else { 1 };
                        cells.extend((0..ends).map(|at| number(value.map(|value| value[at]))));
                    }
                    cells.extend(end(String::new()));
                    lines.push(cells);
                }
            }
        }
        lines
    }

    fn front(&self) -> Lines {
        let mut head = ["point", "front"].map(str::to_owned).to_vec();
        head.extend(self.paths.iter().map(|path| (*path).to_owned()));
        head.extend(self.heads());
        head.extend(self.columns.iter().map(|name| format!("{name}_overlaps")));
        head.push("command".to_owned());
        let line = |row: &FrontRow| {
            let point = &self.points[row.point];
            let mut cells = vec![row.point.to_string(), row.front.name().to_owned()];
            cells.extend(point.values.iter().cloned());
            cells.extend(self.measured(&point.objectives));
            cells.extend(row.overlaps.iter().map(|of| listed(of, usize::MAX)));
            cells.push(commands(&point.trials));
            cells
        };
        [head].into_iter().chain(self.front.iter().map(line)).collect()
    }

    fn effects(&self) -> Lines {
        let head = [
            "axis",
            "objective",
            "effect",
            "share_of_variance",
            "rank_correlation",
            "levels",
            "levels_of",
            "lowest_level",
            "lowest_mean",
            "highest_level",
            "highest_mean",
            "points",
        ];
        let line = |of: &Effect| {
            let mut cells = vec![of.axis.clone(), of.objective.to_owned(), number(Some(of.effect()))];
            cells.extend([number(of.share), number(of.rank_correlation), of.levels.to_string()]);
            cells.extend([of.levels_of.to_owned(), of.lowest.0.clone(), number(Some(of.lowest.1))]);
            cells.extend([of.highest.0.clone(), number(Some(of.highest.1)), of.points.to_string()]);
            cells
        };
        [head.map(str::to_owned).to_vec()].into_iter().chain(self.sensitivity.iter().map(line)).collect()
    }
}

type Lines = Vec<Vec<String>>;

/// Columns of whole numbers.
const COUNTS: [&str; 5] = ["point", "seed", "runs", "levels", "points"];
/// Columns of real numbers, beside those of objectives.
const REALS: [&str; 6] =
    ["effect", "share_of_variance", "rank_correlation", "lowest_mean", "highest_mean", "simulator.seconds"];
/// What the names of an objective's columns end in.
const SPREADS: [&str; 5] = ["", "_low", "_high", "_se", "_worst"];

/// The commands of a point, one after the other.
#[must_use]
pub fn commands(trials: &[TrialRow]) -> String {
    let all: Vec<&str> = trials.iter().map(|trial| trial.command.as_str()).collect();
    all.join("; ")
}

/// Points by number, runs of them as `4-9`; of more than `most` numbers and runs it is said how many points follow.
#[must_use]
pub fn listed(of: &Overlap, most: usize) -> String {
    let shown = &of.points[..of.points.len().min(most)];
    let word = |(first, last): &(usize, usize)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    };
    let mut words: Vec<String> = shown.iter().map(word).collect();
    let more = of.count - shown.iter().map(|(first, last)| last - first + 1).sum::<usize>();
    if more > 0 {
        words.push(format!("and {more} more"));
    }
    words.join(" ")
}

/// A number that is read back exactly; nothing where there is none.
fn number(value: Option<f64>) -> String {
    text(value)
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
