//! The part of a sweep that one task of a scheduler's array runs.
//!
//! Promises: the parts of all tasks are the sweep, each trial in one of them, whoever asks and in whatever order; a task
//! lasts a minute or more where the plan knows how long trials take. Absent on purpose: schedulers themselves.

use super::error::SweepError;
use super::opened::Sweep;
use super::store::{Pace, SHARDS};
use std::path::{Path, PathBuf};

/// Where schedulers say which task of an array this is.
const VARIABLES: [&str; 4] = ["SLURM_ARRAY_TASK_ID", "PBS_ARRAY_INDEX", "LSB_JOBINDEX", "SGE_TASK_ID"];

/// Task `number` of `of`, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// What `I/N` says, or `/N` with the scheduler's variable; `variable` reads one.
    ///
    /// # Errors
    /// When it says nothing, or a task beyond the last.
    pub fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Self, SweepError> {
        let refuse = |found: String| {
            let allowed = "I/N with I of 1..=N; `/N` takes I from SLURM_ARRAY_TASK_ID, PBS_ARRAY_INDEX, LSB_JOBINDEX or \
                           SGE_TASK_ID of an array 1-N";
            SweepError::Usage(format!("no shard `{text}`: {found}\n   = allowed: {allowed}"))
        };
        let (number, of) = text.split_once('/').ok_or_else(|| refuse("a `/` is missing".to_owned()))?;
        let of: u32 = of.parse().ok().filter(|of| *of > 0).ok_or_else(|| refuse(format!("`{of}` tasks")))?;
        let (number, from) = if number.is_empty() {
            // Outside an array LSF says 0 and SGE says `undefined`.
            let said = |name: &&str| {
                variable(name).filter(|value| !matches!(value.as_str(), "0" | "undefined" | ""))
            };
            let found = VARIABLES.iter().find_map(|name| Some((said(name)?, *name)));
            let zero = VARIABLES.iter().find(|name| variable(name).as_deref() == Some("0"));
            match (found, zero) {
                (Some((value, name)), _) => (value, format!("{name}=")),
                (None, Some(name)) => return Err(refuse(format!("{name}=0, tasks count from 1"))),
                (None, None) => return Err(refuse("no scheduler says which task this is".to_owned())),
            }
        } else {
            (number.to_owned(), String::new())
        };
        let shard = number.parse().ok().map(|number| Self { number, of });
        let fits = shard.filter(|shard| (1..=of).contains(&shard.number));
        fits.ok_or_else(|| refuse(format!("{from}{number} is none of 1..={of}")))
    }

    /// Its folder below that of the sweep.
    #[must_use]
    pub fn folder(&self, out: &Path) -> PathBuf {
        out.join(SHARDS).join(format!("{}-of-{}", self.number, self.of))
    }

    /// The numbers of its trials: those that [`batches`] tasks share, in the order of their hashes, so that no knob decides
    /// who has the long ones.
    #[must_use]
    pub fn trials(&self, sweep: &Sweep, batches: u32) -> Vec<usize> {
        let mut order: Vec<usize> = (0..sweep.trials.len()).collect();
        order.sort_by(|a, b| sweep.trials[*a].hash.cmp(&sweep.trials[*b].hash));
        order.dedup_by(|a, b| sweep.trials[*a].hash == sweep.trials[*b].hash);
        let (first, step) = (self.number as usize - 1, batches.max(1) as usize);
        if first >= step { Vec::new() } else { order.into_iter().skip(first).step_by(step).collect() }
    }
}

/// How many of `tasks` get trials, so that each lasts `least` seconds on one thread, as far as the plan knows.
#[must_use]
pub fn batches(sweep: &Sweep, pace: Pace, tasks: u32, least: f64) -> u32 {
    let trials = u32::try_from(sweep.trials.len()).unwrap_or(u32::MAX);
    let all = tasks.min(trials).max(1);
    let Some(seconds) = pace.seconds_a_trial.filter(|_| least > 0.0) else { return all };
    let whole = seconds * f64::from(trials) / least;
    (whole as u32).clamp(1, all)
}
