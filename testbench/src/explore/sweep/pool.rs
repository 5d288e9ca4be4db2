//! Running the trials of a folder on several threads: those that are not finished, long ones first.
//!
//! Which are long is expected or measured (`lengths`). Promises: a finished trial never runs again, one that failed does;
//! points of the same values are one trial, and run once; results do not depend on threads or order; a file that cannot be
//! written, or an input that is edited meanwhile, ends the sweep, nothing else does. Absent on purpose: what a trial does
//! (`trial`).

use super::error::SweepError;
use super::lengths::Lengths;
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
    let mut finished = Vec::new();
    // Draws may be the same: their trials have one name.
    let mut names = HashSet::new();
    let trials: Vec<usize> =
        trials.iter().copied().filter(|number| names.insert(&sweep.trials[*number].hash)).collect();
    for number in &trials {
        match store.result(&sweep.trials[*number].hash)? {
            Some(Kept { outcome: Outcome::Done(_), simulator, .. }) => {
                finished.push((*number, simulator.seconds))
            }
            _ => ahead.push(*number),
        }
    }
    watch.begin(finished.len(), ahead.len());
    let threads = options.threads.clamp(1, ahead.len().max(1));
    let mut lengths = Lengths::new(sweep);
    // One after the other, and all at once, they take as long in any order; many that have ended say enough.
    if threads > 1 && threads < ahead.len() && finished.len() < ahead.len() {
        lengths.look(sweep, &ahead, threads, &|| options.interrupt.load(Ordering::Relaxed));
    }
    for (number, seconds) in finished {
        lengths.add(sweep, &sweep.trials[number], seconds);
    }
    let state = State {
        ahead: lengths.longest_last(sweep, &ahead),
        sorted_at: lengths.known(),
        lengths,
        failure: None,
    };
    let pool = Pool { sweep, store, options, watch, state: Mutex::new(state), stop: AtomicBool::new(false) };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(|| pool.work());
        }
        pool.work();
    });
    store.tidy();
    if let Some(error) = lock(&pool.state).failure.take() {
        return Err(error);
    }
    if options.interrupt.load(Ordering::Relaxed) {
        return Err(SweepError::Interrupted);
    }
    Ok(())
}

/// Threads at work on a sweep.
struct Pool<'a> {
    sweep: &'a Sweep,
    store: &'a Store,
    options: &'a Options<'a>,
    watch: &'a dyn Watch,
    state: Mutex<State>,
    /// Set by the first failure.
    stop: AtomicBool,
}

impl Pool<'_> {
    /// What a thread does: one trial after the other, until there is none or the sweep ends.
    fn work(&self) {
        while !self.stop.load(Ordering::Relaxed) && !self.options.interrupt.load(Ordering::Relaxed) {
            let Some(number) = lock(&self.state).next(self.sweep) else { return };
            match self.one(&self.sweep.trials[number]) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    lock(&self.state).failure.get_or_insert(error);
                    self.stop.store(true, Ordering::Relaxed);
                }
            }
        }
    }

    /// Runs a trial and keeps what comes of it; whether it came to its end.
    fn one(&self, trial: &Trial) -> Result<bool, SweepError> {
        let Self { sweep, store, options, .. } = *self;
        let started = Instant::now();
        let folder = store.work(trial);
        let place = Place { folder: &folder, interrupt: options.interrupt, save_every: options.save_every };
        let Some(ended) = undisturbed(sweep, trial, place)? else { return Ok(false) };
        let outcome = ended.map_or_else(Outcome::Failed, Outcome::Done);
        let kept = Kept::new(sweep, trial, outcome, started.elapsed().as_secs_f64());
        store.keep(&kept)?;
        let left = {
            let mut state = lock(&self.state);
            state.lengths.add(sweep, trial, kept.simulator.seconds);
            state.left(sweep, options.threads)
        };
        self.watch.ended(&kept, left);
        Ok(true)
    }
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
    lengths: Lengths,
    failure: Option<SweepError>,
    /// How many had ended when they were last put in order.
    sorted_at: usize,
}

impl State {
    fn next(&mut self, sweep: &Sweep) -> Option<usize> {
        // Again when as many more have ended.
        if self.lengths.known() >= 2 * self.sorted_at.max(1) {
            self.sorted_at = self.lengths.known();
            self.ahead = self.lengths.longest_last(sweep, &self.ahead);
        }
        self.ahead.pop()
    }

    /// A guess of the time until all have ended.
    fn left(&self, sweep: &Sweep, threads: usize) -> Option<Duration> {
        // Enough of them for a mean, however many there are.
        let every = self.ahead.len().div_ceil(MOST_GUESSES).max(1);
        let some = self.ahead.iter().step_by(every);
        let guessed: Vec<f64> =
            some.map(|number| self.lengths.seconds(sweep, &sweep.trials[*number])).collect::<Option<_>>()?;
        let mean = guessed.iter().sum::<f64>() / guessed.len().max(1) as f64;
        Duration::try_from_secs_f64(mean * self.ahead.len() as f64 / threads.max(1) as f64).ok()
    }
}

const MOST_GUESSES: usize = 32;
