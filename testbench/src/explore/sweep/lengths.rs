//! How long trials take: as their files let expect, and, once some have ended, as those took.
//!
//! Before one has ended a trial is as long as its effort: steps, samples, neurons and synapses of its experiment
//! ([`Kind::effort`](crate::experiment::kind::Kind::effort)). What ended says how far off that was: in the mean of all, and in the
//! mean of each move of each axis. Promises: no result depends on it; what was expected of no trial is taken for a trial in the
//! middle. Absent on purpose: who runs when (`pool`).

use super::opened::Sweep;
use super::point::Trial;
use super::trial;
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long trials are looked at before the first is run.
const MOST_LOOKING: Duration = Duration::from_secs(2);

/// What is known.
#[derive(Debug)]
pub struct Lengths {
    /// Logarithm of the effort of each point.
    efforts: Vec<Option<f64>>,
    /// The same by the moves of a point.
    expected: Effects,
    /// Logarithms of seconds, without what was expected.
    took: Effects,
}

/// Sums of logarithms and how many, in all and by move of each axis.
#[derive(Debug)]
struct Effects {
    moves: Vec<Vec<(f64, usize)>>,
    all: f64,
    known: usize,
}

impl Effects {
    fn new(sweep: &Sweep) -> Self {
        let moves = sweep.axes.iter().map(|axis| vec![(0.0, 0); axis.moves.len()]).collect();
        Self { moves, all: 0.0, known: 0 }
    }

    fn add(&mut self, moves: &[usize], log: f64) {
        (self.all, self.known) = (self.all + log, self.known + 1);
        for (axis, at) in self.moves.iter_mut().zip(moves) {
            axis[*at] = (axis[*at].0 + log, axis[*at].1 + 1);
        }
    }

    /// The mean of all, and what each move makes of it elsewhere; 0 where nothing is known.
    fn of(&self, moves: &[usize]) -> f64 {
        let mean = self.all / self.known.max(1) as f64;
        let effects = self.moves.iter().zip(moves).map(|(axis, at)| match axis[*at] {
            (_, 0) => 0.0,
            (sum, count) => sum / count as f64 - mean,
        });
        mean + effects.sum::<f64>()
    }
}

impl Lengths {
    /// Of a sweep of which nothing is known.
    #[must_use]
    pub fn new(sweep: &Sweep) -> Self {
        let efforts = vec![None; sweep.points.len()];
        Self { efforts, expected: Effects::new(sweep), took: Effects::new(sweep) }
    }

    /// Looks at what trials read, on so many threads, for two seconds at most; until `stopped`.
    pub fn look(
        &mut self,
        sweep: &Sweep,
        trials: &[usize],
        threads: usize,
        stopped: &(dyn Fn() -> bool + Sync),
    ) {
        let mut seen = HashSet::new();
        let firsts =
            trials.iter().map(|number| &sweep.trials[*number]).filter(|trial| seen.insert(trial.point));
        let firsts: Vec<&Trial> = firsts.collect();
        let (next, found, began) = (AtomicUsize::new(0), Mutex::new(Vec::new()), Instant::now());
        let work = || {
            while !stopped() && began.elapsed() < MOST_LOOKING {
                let Some(trial) = firsts.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
                let effort = trial::effort(sweep, trial);
                found.lock().unwrap_or_else(PoisonError::into_inner).push((trial.point, effort));
            }
        };
        std::thread::scope(|scope| {
            for _ in 1..threads {
                scope.spawn(work);
            }
            work();
        });
        for (point, effort) in found.into_inner().unwrap_or_else(PoisonError::into_inner) {
            let log = effort.map(|effort| effort.max(1.0).ln());
            if let Some(log) = log {
                self.expected.add(&sweep.points[point].moves, log);
            }
            // What cannot be loaded fails at once.
            self.efforts[point] = Some(log.unwrap_or(f64::NEG_INFINITY));
        }
    }

    /// Notes how long a trial took.
    pub fn add(&mut self, sweep: &Sweep, trial: &Trial, seconds: f64) {
        let more = seconds.max(1e-6).ln() - self.expected(sweep, trial);
        if more.is_finite() {
            self.took.add(&sweep.points[trial.point].moves, more);
        }
    }

    /// How many trials are known to have taken how long.
    #[must_use]
    pub fn known(&self) -> usize {
        self.took.known
    }

    /// How long a trial is beside others; in seconds where some have ended.
    #[must_use]
    pub fn of(&self, sweep: &Sweep, trial: &Trial) -> f64 {
        (self.expected(sweep, trial) + self.took.of(&sweep.points[trial.point].moves)).exp()
    }

    /// Seconds of a trial; `None` where nothing has ended.
    #[must_use]
    pub fn seconds(&self, sweep: &Sweep, trial: &Trial) -> Option<f64> {
        (self.took.known > 0).then(|| self.of(sweep, trial))
    }

    /// `trials` with the longest last, and of equal ones the first.
    #[must_use]
    pub fn longest_last(&self, sweep: &Sweep, trials: &[usize]) -> Vec<usize> {
        let of = |number: &usize| (self.of(sweep, &sweep.trials[*number]), *number);
        let mut all: Vec<(f64, usize)> = trials.iter().map(of).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        all.into_iter().map(|(_, number)| number).collect()
    }

    /// The logarithm of what is expected.
    fn expected(&self, sweep: &Sweep, trial: &Trial) -> f64 {
        let by_moves = || self.expected.of(&sweep.points[trial.point].moves);
        self.efforts[trial.point].unwrap_or_else(by_moves)
    }
}
