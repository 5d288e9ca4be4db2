//! `synfire sweep`: many points of an experiment on one machine, or a part of them on one of many.
//!
//! Exit status: 0 when every point has its objectives, 1 when one failed, lacks a figure or is missing, 2 bad input, also where
//! an input becomes another meanwhile, 130 interrupted; the same command goes on.

use super::arguments::{MergeOptions, PlanOptions, SweepArguments, SweepCommand, SweepOptions};
use super::cells::{save_every, threads};
use super::error::CommandError;
use super::interrupt::Interrupt;
use super::output;
use super::progress::say;
use super::serve::serve;
use crate::experiment::command::quoted;
use crate::explore::sweep::another;
use crate::explore::sweep::merge::{self, Merged};
use crate::explore::sweep::opened::{self, Sweep};
use crate::explore::sweep::page;
use crate::explore::sweep::points::Status;
use crate::explore::sweep::pool::{self, Options, Watch};
use crate::explore::sweep::shard::{self, Shard};
use crate::explore::sweep::store::{self, Kept, Outcome, Pace, Store};
use crate::explore::sweep::tables::Swept;
use crate::explore::sweep::told;
use crate::formats::form::Form;
use crate::formats::table::{Kind, Table, columns};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Runs, plans, merges or serves.
///
/// # Errors
/// [`CommandError`].
pub fn sweep(arguments: SweepArguments, interrupt: &Interrupt) -> Result<(), CommandError> {
    match arguments.command {
        Some(SweepCommand::Plan(options)) => plan(&options, interrupt),
        Some(SweepCommand::Merge(options)) => joined(&options),
        Some(SweepCommand::Serve(options)) => serve(&options, interrupt),
        None => run(&arguments.options, interrupt),
    }
}

fn run(options: &SweepOptions, interrupt: &Interrupt) -> Result<(), CommandError> {
    let file = options.file.as_deref().unwrap_or_default();
    let form = options.tables.form()?;
    let sweep = opened::open(file)?;
    if options.list {
        return list(&sweep);
    }
    let out = output::folder_of_sweep(file, options.out.as_ref());
    if let Some(text) = &options.shard {
        return share(&sweep, &out, text, options, interrupt);
    }
    let store = Store::enter(&out, &sweep, Some(options.grow))?;
    let all: Vec<usize> = (0..sweep.trials.len()).collect();
    go(&sweep, &store, &all, threads(options.threads), interrupt).map_err(|error| match error {
        CommandError::Interrupted(_) => CommandError::Interrupted(sweep.filling(&out)),
        other => other,
    })?;
    finish(&sweep, &store, form, options.json)
}

/// Runs `trials` with progress.
fn go(
    sweep: &Sweep,
    store: &Store,
    trials: &[usize],
    threads: usize,
    interrupt: &Interrupt,
) -> Result<(), CommandError> {
    let watch = Progress::new(sweep);
    let options = Options { threads, interrupt: interrupt.flag(), save_every: save_every() };
    let ended = interrupt.saving(|| pool::run(sweep, store, trials, &options, &watch));
    watch.bar.finish_and_clear();
    Ok(ended?)
}

/// Writes the tables and tells what came of it.
fn finish(sweep: &Sweep, store: &Store, form: Form, json: bool) -> Result<(), CommandError> {
    let swept = Swept::read(sweep, store)?;
    swept.write(store, form)?;
    let drawn = page::render(&swept);
    store.write(page::FILE, drawn.map_err(|e| CommandError::Failed(format!("{}: {e}", page::FILE)))?)?;
    output::print(&told::report(&swept), json)?;
    let shown = |name: &str| store.folder().join(name).display().to_string();
    let points = form.files("points.csv").remove(0);
    say(&format!("tables: {}; page: {}", shown(&points), shown(page::FILE)));
    let [failed, incomplete, missing] =
        [Status::Failed, Status::Incomplete, Status::Missing].map(|status| swept.count(status));
    if failed + incomplete + missing == 0 {
        return Ok(());
    }
    let text = format!(
        "of {} points {failed} failed, {incomplete} lack an objective, {missing} are missing: {points} says why",
        swept.points.len()
    );
    Err(CommandError::Failed(text))
}

/// Prints the points.
fn list(sweep: &Sweep) -> Result<(), CommandError> {
    let heads = ["point"].into_iter().chain(sweep.paths()).chain(["seed", "hash", "command"]);
    let mut table = Table::new(columns(Kind::Text, heads));
    for trial in &sweep.trials {
        let mut line = vec![trial.point.to_string()];
        line.extend(sweep.points[trial.point].values.iter().cloned());
        line.push(trial.seed.map_or_else(String::new, |seed| seed.to_string()));
        line.extend([trial.hash.clone(), sweep.command(trial)]);
        table.rows.push(line);
    }
    let text = table.csv().map_err(CommandError::Failed)?;
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CommandError::Failed(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Runs one task's part.
fn share(
    sweep: &Sweep,
    out: &Path,
    text: &str,
    options: &SweepOptions,
    interrupt: &Interrupt,
) -> Result<(), CommandError> {
    let shard = Shard::parse(text, |name| std::env::var(name).ok())?;
    let planned = store::manifest(out)?;
    if let Some(planned) = planned.as_ref().filter(|planned| planned.sweep != sweep.name()) {
        return Err(CommandError::Usage(format!(
            "`{}` {}\n   = allowed: the files that were planned, or `synfire sweep plan` in another folder (`--out`)",
            out.display(),
            another::told(&planned.of, sweep)
        )));
    }
    let pace = planned.map_or_else(Pace::default, |planned| planned.simulator);
    let batches = shard::batches(sweep, pace, shard.of, options.least_seconds);
    let earlier = Store::read_only(out);
    let mut trials = Vec::new();
    for number in shard.trials(sweep, batches) {
        let kept = earlier.result(&sweep.trials[number].hash)?;
        if !kept.is_some_and(|kept| matches!(kept.outcome, Outcome::Done(_))) {
            trials.push(number);
        }
    }
    if trials.is_empty() {
        say(&format!("task {} of {}: nothing to do, {batches} tasks are enough", shard.number, shard.of));
        return Ok(());
    }
    let store = Store::enter(&shard.folder(out), sweep, Some(options.grow))?;
    go(sweep, &store, &trials, threads(options.threads), interrupt)?;
    let mut failed = 0;
    for number in &trials {
        let kept = store.result(&sweep.trials[*number].hash)?;
        failed += usize::from(!kept.is_some_and(|kept| matches!(kept.outcome, Outcome::Done(_))));
    }
    say(&format!("task {} of {}: {} trials, {failed} failed", shard.number, shard.of, trials.len()));
    if failed == 0 {
        Ok(())
    } else {
        Err(CommandError::Failed(format!("{failed} trials failed: `merge` lists them")))
    }
}

fn plan(options: &PlanOptions, interrupt: &Interrupt) -> Result<(), CommandError> {
    let sweep = opened::open(&options.file)?;
    let out = output::folder_of_sweep(&options.file, options.out.as_ref());
    let store = Store::enter(&out, &sweep, Some(options.grow))?;
    let count = sweep.trials.len();
    let measured = (options.measure as usize).min(count);
    // Spread over the sweep.
    let some: Vec<usize> = (0..measured).map(|at| (2 * at + 1) * count / (2 * measured)).collect();
    go(&sweep, &store, &some, 1, interrupt)?;
    let mut seconds = Vec::new();
    for number in &some {
        let kept = store.result(&sweep.trials[*number].hash)?;
        seconds.extend(kept.map(|kept| kept.simulator.seconds));
    }
    let seconds_a_trial = (!seconds.is_empty()).then(|| seconds.iter().sum::<f64>() / seconds.len() as f64);
    let pace = Pace { seconds_a_trial };
    store.note_pace(&sweep, pace)?;
    let tasks = shard::batches(&sweep, pace, u32::MAX, 60.0);
    let points = sweep.points.len();
    say(&format!(
        "planned: {points} points, {count} trials in {}",
        store.folder().join(store::MANIFEST).display()
    ));
    if let Some(seconds) = seconds_a_trial {
        let all = seconds * count as f64;
        say(&format!(
            "a trial takes {seconds:.3} s on one thread, all of them {all:.0} s: at most {tasks} tasks of a minute"
        ));
    }
    say(&format!("each task: {} --threads 1 --shard I/{tasks}", sweep.filling(&out)));
    say(&format!("then: synfire sweep merge {}", quoted(&out.display().to_string())));
    Ok(())
}

fn joined(options: &MergeOptions) -> Result<(), CommandError> {
    let form = options.tables.form()?;
    let out = options.out.clone().or_else(|| options.folders.first().cloned()).unwrap_or_default();
    let Merged { sweep, store, missing } = merge::merge(&options.folders, &out)?;
    for number in missing.iter().take(MOST_MISSING) {
        let trial = &sweep.trials[*number];
        let seed = trial.seed.map_or_else(String::new, |seed| format!(", seed {seed}"));
        say(&format!("missing: point {}{seed}", trial.point));
    }
    if missing.len() > MOST_MISSING {
        say(&format!("missing: {} more", missing.len() - MOST_MISSING));
    }
    if !missing.is_empty() {
        let filling = sweep.filling(store.folder());
        say(&format!("what is missing is run by: {filling}; in tasks, with --shard, then merged again"));
    }
    finish(&sweep, &store, form, options.json)
}

/// Missing trials that are named.
const MOST_MISSING: usize = 10;

/// Progress of a sweep: a bar on a terminal, a line every few seconds elsewhere.
struct Progress<'a> {
    sweep: &'a Sweep,
    bar: ProgressBar,
    lines: Option<Mutex<Instant>>,
    failed: AtomicU64,
    warned: Mutex<bool>,
}

/// Time between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

impl<'a> Progress<'a> {
    fn new(sweep: &'a Sweep) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let target =
            if terminal { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len} trials, {per_sec}  {msg}") {
            bar.set_style(style);
        }
        let lines = (!terminal).then(|| Mutex::new(Instant::now()));
        Self { sweep, bar, lines, failed: AtomicU64::new(0), warned: Mutex::new(false) }
    }

    fn tell(&self, text: &str) {
        if self.lines.is_some() { say(text) } else { self.bar.println(text) }
    }

    /// Says once that an objective has no figure: waiting for the others would change nothing.
    fn warn(&self, kept: &Kept) {
        let Outcome::Done(figures) = &kept.outcome else { return };
        let why = self.sweep.file.objectives.iter().find_map(|objective| {
            let why = objective.measured(&[figures]).err()?;
            Some(format!("{}: {why}", objective.of.column()))
        });
        let Ok(mut warned) = self.warned.lock() else { return };
        if let Some(why) = why.filter(|_| !*warned) {
            *warned = true;
            self.tell(&format!("warning: a point has no {why}; it is listed as incomplete"));
        }
    }
}

impl Watch for Progress<'_> {
    fn begin(&self, earlier: usize, ahead: usize) {
        self.bar.set_length(ahead as u64);
        let earlier = if earlier > 0 { format!(" ({earlier} were finished earlier)") } else { String::new() };
        self.tell(&format!("{ahead} trials{earlier}"));
    }

    fn ended(&self, kept: &Kept, left: Option<Duration>) {
        self.bar.inc(1);
        if let Outcome::Failed(failure) = &kept.outcome {
            // The first in full; the tables have them all.
            if self.failed.fetch_add(1, Ordering::Relaxed) == 0 {
                self.tell(&format!("a trial failed, the sweep goes on: {}", failure.message));
            }
        }
        self.warn(kept);
        let left = left.map_or_else(String::new, |left| format!("{:.0} s left", left.as_secs_f64()));
        self.bar.set_message(left.clone());
        let Some(last) = &self.lines else { return };
        let Ok(mut last) = last.lock() else { return };
        if last.elapsed() >= LINE_EVERY {
            *last = Instant::now();
            let (done, all) = (self.bar.position(), self.bar.length().unwrap_or(0));
            say(&format!("{done} of {all} trials, {left}"));
        }
    }
}
