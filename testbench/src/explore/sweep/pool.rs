//! Running the trials of a folder on several threads: those that are not finished, long ones first.
//!
//! How long a trial takes is guessed from those that have ended: the mean of all, times what each of its moves made of it
//! elsewhere. Promises: a finished trial never runs again, one that failed does; points of the same values are one trial, and
//! run once; results do not depend on threads or order; a file that cannot be written, or an input that is edited meanwhile,
//! ends the sweep, nothing else does. Absent on purpose: what a trial does (`trial`).

use super::error::SweepError;
use super::opened::Sweep;
use super::point::Trial;
use super::store::{Kept, Outcome, Store};
use super::trial::{self, Ended, Place};
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How to run.
pub struct Options<'a> {
    /// Threads, each with a trial of its own.
    pub threads: usize,
    /// Set by a signal handler.
    pub interrupt: &'a AtomicBool,
    /// Time between two checkpoints of a long trial.
    pub save_every: Duration,
}

/// What watches a sweep.
pub trait Watch: Sync {
    /// So many trials were finished earlier, so many are to be run.
    fn begin(&self, earlier: usize, ahead: usize);
    /// A trial ended; `left` is a guess of the time until all have.
    fn ended(&self, kept: &Kept, left: Option<Duration>);
}

/// Runs what is left of `trials`, by their numbers.
///
/// # Errors
/// When a file of the folder is damaged or cannot be written, and when the user asks for the end.
pub fn run(
    sweep: &Sweep,
    store: &Store,
    trials: &[usize],
    options: &Options<'_>,
    watch: &dyn Watch,
) -> Result<(), SweepError> {
    let mut ahead = Vec::new();
    let mut times = Times::new(sweep);
    // Draws may be the same: their trials have one name.
    let mut names = HashSet::new();
    let trials: Vec<usize> =
        trials.iter().copied().filter(|number| names.insert(&sweep.trials[*number].hash)).collect();
    for number in &trials {
        match store.result(&sweep.trials[*number].hash)? {
            Some(Kept { outcome: Outcome::Done(_), simulator, .. }) => {
                times.add(sweep, &sweep.trials[*number], simulator.seconds);
            }
            _ => ahead.push(*number),
        }
    }
    watch.begin(trials.len() - ahead.len(), ahead.len());
    // The first is taken first until something is known.
    ahead.reverse();
    let state = Mutex::new(State { ahead, times, failure: None, sorted_at: 0 });
    let stop = AtomicBool::new(false);
    let stopped = || stop.load(Ordering::Relaxed) || options.interrupt.load(Ordering::Relaxed);
    let fail = |error: SweepError| {
        lock(&state).failure.get_or_insert(error);
        stop.store(true, Ordering::Relaxed);
    };
    let work = || {
        while !stopped() {
            let Some(number) = lock(&state).next(sweep) else { return };
            let trial = &sweep.trials[number];
            let started = Instant::now();
            let folder = store.work(trial);
            let place =
                Place { folder: &folder, interrupt: options.interrupt, save_every: options.save_every };
            let ended = match undisturbed(sweep, trial, place) {
                Ok(Some(ended)) => ended,
                Ok(None) => return,
                Err(error) => return fail(error),
            };
            let outcome = ended.map_or_else(Outcome::Failed, Outcome::Done);
            let kept = Kept::new(sweep, trial, outcome, started.elapsed().as_secs_f64());
            if let Err(error) = store.keep(&kept) {
                return fail(error);
            }
            let left = {
                let mut state = lock(&state);
                state.times.add(sweep, trial, kept.simulator.seconds);
                state.left(sweep, options.threads)
            };
            watch.ended(&kept, left);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..options.threads.clamp(1, trials.len().max(1)) {
            scope.spawn(work);
        }
        work();
    });
    store.tidy();
    if let Some(error) = lock(&state).failure.take() {
        return Err(error);
    }
    if options.interrupt.load(Ordering::Relaxed) {
        return Err(SweepError::Interrupted);
    }
    Ok(())
}

/// Runs a trial on files that nobody touched meanwhile; again where somebody did, and left them as they were.
fn undisturbed(sweep: &Sweep, trial: &Trial, place: Place<'_>) -> Result<Ended, SweepError> {
    loop {
        let before = sweep.live.watched.unchanged()?;
        let ended = trial::run(sweep, trial, place);
        if ended.is_none() || sweep.live.watched.unchanged()? == before {
            return Ok(ended);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What threads share.
struct State {
    /// Trials to come, the next last.
    ahead: Vec<usize>,
    times: Times,
    failure: Option<SweepError>,
    /// How many had ended when they were last put in order.
    sorted_at: usize,
}

impl State {
    fn next(&mut self, sweep: &Sweep) -> Option<usize> {
        // Again when as many more have ended.
        if self.times.known >= 2 * self.sorted_at.max(1) {
            self.sorted_at = self.times.known;
            let seconds = |number: &usize| self.times.guess(sweep, &sweep.trials[*number]).unwrap_or(0.0);
            let mut guessed: Vec<(f64, usize)> = self.ahead.iter().map(|n| (seconds(n), *n)).collect();
            // Of equal ones the earlier is later in the list, and so the next.
            guessed.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
            self.ahead = guessed.into_iter().map(|(_, number)| number).collect();
        }
        self.ahead.pop()
    }

    /// A guess of the time until all have ended.
    fn left(&self, sweep: &Sweep, threads: usize) -> Option<Duration> {
        // Enough of them for a mean, however many there are.
        let every = self.ahead.len().div_ceil(MOST_GUESSES).max(1);
        let some = self.ahead.iter().step_by(every);
        let guessed: Vec<f64> =
            some.map(|number| self.times.guess(sweep, &sweep.trials[*number])).collect::<Option<_>>()?;
        let mean = guessed.iter().sum::<f64>() / guessed.len().max(1) as f64;
        Duration::try_from_secs_f64(mean * self.ahead.len() as f64 / threads.max(1) as f64).ok()
    }
}

const MOST_GUESSES: usize = 32;

/// What is known of how long trials take: sums of logarithms, by move of each axis.
struct Times {
    moves: Vec<Vec<(f64, usize)>>,
    all: f64,
    known: usize,
}

impl Times {
    fn new(sweep: &Sweep) -> Self {
        let moves = sweep.axes.iter().map(|axis| vec![(0.0, 0); axis.moves.len()]).collect();
        Self { moves, all: 0.0, known: 0 }
    }

    fn add(&mut self, sweep: &Sweep, trial: &Trial, seconds: f64) {
        let log = seconds.max(1e-6).ln();
        (self.all, self.known) = (self.all + log, self.known + 1);
        for (axis, at) in self.moves.iter_mut().zip(&sweep.points[trial.point].moves) {
            axis[*at] = (axis[*at].0 + log, axis[*at].1 + 1);
        }
    }

    /// Seconds of a trial; `None` where nothing has ended.
    fn guess(&self, sweep: &Sweep, trial: &Trial) -> Option<f64> {
        if self.known == 0 {
            return None;
        }
        let mean = self.all / self.known as f64;
        let moves = self.moves.iter().zip(&sweep.points[trial.point].moves);
        let effects = moves.map(|(axis, at)| match axis[*at] {
            (_, 0) => 0.0,
            (sum, count) => sum / count as f64 - mean,
        });
        Some((mean + effects.sum::<f64>()).exp())
    }
}
