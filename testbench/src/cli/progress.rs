//! Progress of a long run: a bar on a terminal, a line every few seconds elsewhere. Written to standard error.

use crate::experiment::pool::{CellName, Progress, Watch};
use crate::explore::map::search;
use crate::report::quantity;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Seconds between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// A bar over all samples of all cells.
pub struct CellProgress {
    bar: ProgressBar,
    lines: Option<Mutex<Instant>>,
    total: u64,
    /// Units that an earlier run did.
    earlier: AtomicU64,
    unit: &'static str,
    started: Instant,
}

impl CellProgress {
    /// A bar for `total` units called `unit` (samples, steps).
    #[must_use]
    pub fn new(total: u64, unit: &'static str) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let target =
            if terminal { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let style = format!("{{bar:30}} {{percent:>3}}%  {{rate}} {unit}/s  {{eta}} left  {{msg}}");
        if let Ok(style) = ProgressStyle::with_template(&style) {
            let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                // A bar that cannot be drawn is no reason to stop a run.
                let _ = out.write_str(&quantity::rate(state.per_sec()));
            };
            bar.set_style(style.with_key("rate", rate));
        }
        bar.set_message("starting");
        let started = Instant::now();
        if !terminal {
            say(&format!("0 of {total} {unit}"));
        }
        Self {
            bar,
            lines: (!terminal).then(|| Mutex::new(started)),
            total,
            earlier: AtomicU64::new(0),
            unit,
            started,
        }
    }

    /// Removes the bar.
    pub fn close(&self) {
        self.bar.finish_and_clear();
    }

    /// A line of its own, above the bar where there is one.
    fn tell(&self, text: String) {
        if self.lines.is_some() { say(&text) } else { self.bar.println(text) }
    }

    fn line(&self, message: &str) {
        let Some(last) = &self.lines else { return };
        let Ok(mut last) = last.lock() else { return };
        if last.elapsed() >= LINE_EVERY {
            *last = Instant::now();
            let seconds = self.started.elapsed().as_secs_f64();
            let done = self.bar.position();
            // What an earlier run did took none of these seconds.
            let own = done.saturating_sub(self.earlier.load(Ordering::Relaxed));
            let rate = own as f64 / seconds.max(1e-3);
            let left = (self.total.saturating_sub(done)) as f64 / rate.max(1e-3);
            let (total, unit, rate) = (self.total, self.unit, quantity::rate(rate));
            say(&format!("{done} of {total} {unit}, {rate} {unit}/s, {left:.0} s left, {message}"));
        }
    }
}

/// A bar of a search on a terminal; a line every few seconds elsewhere.
pub struct SearchProgress {
    bar: ProgressBar,
    terminal: bool,
    state: Mutex<Searching>,
}

/// What is counted, since when, and when a line was written last.
struct Searching {
    unit: &'static str,
    since: Instant,
    line: Instant,
}

impl SearchProgress {
    /// A bar.
    #[must_use]
    pub fn new() -> Self {
        let terminal = std::io::stderr().is_terminal();
        let target =
            if terminal { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(1), target);
        let style = ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}");
        style.into_iter().for_each(|style| bar.set_style(style));
        let now = Instant::now();
        Self { bar, terminal, state: Mutex::new(Searching { unit: "", since: now, line: now }) }
    }

    /// How far the search is.
    pub fn tell(&self, progress: &search::Progress) {
        let search::Progress { unit, done, of, better } = *progress;
        let Ok(mut state) = self.state.lock() else { return };
        if state.unit != unit {
            (state.unit, state.since) = (unit, Instant::now());
        }
        let rate = done as f64 / state.since.elapsed().as_secs_f64().max(1e-3);
        let (rate, better) = (quantity::rate(rate), quantity::percent(better));
        let left = of.saturating_sub(done) as f64 * state.since.elapsed().as_secs_f64() / done.max(1) as f64;
        let message = format!("{rate} {unit}/s, {better} of the first, {left:.0} s left");
        self.bar.set_length(of);
        self.bar.set_position(done);
        if !self.terminal && state.line.elapsed() >= LINE_EVERY {
            state.line = Instant::now();
            say(&format!("{done} of {of} {unit}, {message}"));
        }
        self.bar.set_message(message);
    }

    /// Removes the bar.
    pub fn close(&self) {
        self.bar.finish_and_clear();
    }
}

impl Default for SearchProgress {
    fn default() -> Self {
        Self::new()
    }
}

/// One line on standard error. A closed standard error is no reason to stop a run.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl Watch for CellProgress {
    fn progress(&self, cell: &CellName, progress: Progress<'_>) {
        self.bar.inc(progress.units);
        if !progress.message.is_empty() {
            let message = format!("{}, seed {}, {}", cell.row, cell.seed, progress.message);
            self.bar.set_message(message.clone());
            self.line(&message);
        }
    }

    fn finished(&self, cell: &CellName, line: &str, earlier: Option<u64>) {
        if let Some(units) = earlier {
            self.earlier.fetch_add(units, Ordering::Relaxed);
            self.bar.inc(units);
            self.bar.reset_eta();
        }
        let note = if earlier.is_some() { " (finished earlier)" } else { "" };
        let text = format!("{}, seed {}: {line}{note}", cell.row, cell.seed);
        self.tell(text);
    }

    fn anew(&self, cell: &CellName, why: &str) {
        self.tell(format!("{}, seed {}: computed anew ({why})", cell.row, cell.seed));
    }
}
