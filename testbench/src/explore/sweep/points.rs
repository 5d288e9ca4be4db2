//! Points with their objectives: results of their seeds, added up.
//!
//! Promises: a point without some figure says which and why; nothing depends on who ran it but its wall time. Absent on
//! purpose: which point is better (`front`).

use super::error::SweepError;
use super::figures::Figures;
use super::objectives::Measured;
use super::opened::Sweep;
use super::point::Trial;
use super::store::{Kept, Outcome, Store};
use super::trial::Failure;
use serde::Serialize;

/// How a point stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Every objective is known.
    Done,
    /// All seeds ran, and an objective has no figure.
    Incomplete,
    /// A seed failed.
    Failed,
    /// A seed has no result.
    Missing,
}

impl Status {
    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Incomplete => "incomplete",
            Self::Failed => "failed",
            Self::Missing => "missing",
        }
    }
}

/// A point of the tables.
#[derive(Clone, Debug, Serialize)]
pub struct PointRow {
    /// Its number.
    pub point: usize,
    /// What each path has there, in the order of [`Sweep::paths`].
    pub values: Vec<String>,
    /// How it stands.
    pub status: Status,
    /// Each objective, in the order of the file; `None` where it is not known.
    pub objectives: Vec<Option<Measured>>,
    /// Whether every objective is within what the file allows of it.
    pub allowed: bool,
    /// Why it is not done.
    pub error: Option<String>,
    /// Its trials, in the order of seeds.
    pub trials: Vec<TrialRow>,
}

/// A trial of the tables.
#[derive(Clone, Debug, Serialize)]
pub struct TrialRow {
    /// Its seed; `None`: the experiment's own.
    pub seed: Option<u32>,
    /// Of everything that decides it.
    pub hash: String,
    /// Its figures.
    pub figures: Option<Figures>,
    /// Why it has none.
    pub failure: Option<Failure>,
    /// The command that repeats it.
    pub command: String,
    /// What depends on the machine that ran it.
    pub simulator: TrialTook,
}

/// How long a trial took.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct TrialTook {
    /// Wall time; `None` of a missing one.
    pub seconds: Option<f64>,
}

/// Every point with what `store` has of it.
///
/// # Errors
/// When a result is damaged, or of another version or contract.
pub fn rows(sweep: &Sweep, store: &Store) -> Result<Vec<PointRow>, SweepError> {
    let seeds = sweep.trials.len() / sweep.points.len().max(1);
    let mut rows = Vec::with_capacity(sweep.points.len());
    for (point, trials) in sweep.points.iter().zip(sweep.trials.chunks(seeds.max(1))) {
        let trials: Vec<TrialRow> = trials
            .iter()
            .map(|trial| Ok(row(sweep, trial, store.result(&trial.hash)?)))
            .collect::<Result<_, SweepError>>()?;
        rows.push(of_trials(sweep, point.index, point.values.clone(), trials));
    }
    Ok(rows)
}

fn row(sweep: &Sweep, trial: &Trial, kept: Option<Kept>) -> TrialRow {
    let seconds = kept.as_ref().map(|kept| kept.simulator.seconds);
    let (figures, failure) = match kept.map(|kept| kept.outcome) {
        Some(Outcome::Done(figures)) => (Some(figures), None),
        Some(Outcome::Failed(failure)) => (None, Some(failure)),
        None => (None, None),
    };
    let (seed, hash, command) = (trial.seed, trial.hash.clone(), sweep.command(trial));
    TrialRow { seed, hash, figures, failure, command, simulator: TrialTook { seconds } }
}

fn of_trials(sweep: &Sweep, point: usize, values: Vec<String>, trials: Vec<TrialRow>) -> PointRow {
    let asked = &sweep.file.objectives;
    let failure = trials.iter().find_map(|trial| trial.failure.as_ref()).map(|failure| failure.title.clone());
    let figures: Option<Vec<&Figures>> = trials.iter().map(|trial| trial.figures.as_ref()).collect();
    let none = |status: Status, error: String| (status, vec![None; asked.len()], Some(error));
    let (status, objectives, error) = match (failure, figures) {
        (Some(title), _) => none(Status::Failed, title),
        (None, None) => none(Status::Missing, "not run".to_owned()),
        (None, Some(figures)) => {
            let measured: Vec<Result<Measured, String>> =
                asked.iter().map(|objective| objective.measured(&figures)).collect();
            let why = measured.iter().zip(asked).filter_map(|(measured, objective)| {
                Some(format!("{}: {}", objective.of.column(), measured.as_ref().err()?))
            });
            let why: Vec<String> = why.collect();
            let status = if why.is_empty() { Status::Done } else { Status::Incomplete };
            let error = (!why.is_empty()).then(|| why.join("; "));
            (status, measured.into_iter().map(Result::ok).collect(), error)
        }
    };
    let within = |(measured, objective): (&Option<Measured>, &super::file::Objective)| {
        measured.is_some_and(|measured| objective.allows(measured.mean))
    };
    let allowed = objectives.iter().zip(asked).all(within);
    PointRow { point, values, status, objectives, allowed, error, trials }
}
