//! Progress of a long run: a bar on a terminal, a line every few seconds elsewhere. Written to standard error.

use crate::classify::cell::{CellResult, Progress};
use crate::classify::pool::Watch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Seconds between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// A bar over all samples of all cells.
pub struct CellProgress {
    bar: ProgressBar,
    lines: Option<Mutex<Instant>>,
    total: u64,
    /// Training samples of one cell.
    per_cell: u64,
    started: Instant,
}

impl CellProgress {
    /// A bar for `cells` cells of `per_cell` presentations.
    #[must_use]
    pub fn new(cells: u64, per_cell: u64) -> Self {
        let total = cells * per_cell;
        let terminal = std::io::stderr().is_terminal();
        let target =
            if terminal { ProgressDrawTarget::stderr_with_hz(8) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let style = "{bar:30} {percent:>3}%  {per_sec} samples  {eta} left  {msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_message("starting");
        let started = Instant::now();
        if !terminal {
            say(&format!("0 of {total} samples"));
        }
        Self { bar, lines: (!terminal).then(|| Mutex::new(started)), total, per_cell, started }
    }

    /// Removes the bar.
    pub fn close(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, message: &str) {
        let Some(last) = &self.lines else { return };
        let Ok(mut last) = last.lock() else { return };
        if last.elapsed() >= LINE_EVERY {
            *last = Instant::now();
            let seconds = self.started.elapsed().as_secs_f64();
            let done = self.bar.position();
            let rate = done as f64 / seconds.max(1e-3);
            let left = (self.total.saturating_sub(done)) as f64 / rate.max(1e-3);
            say(&format!(
                "{done} of {} samples, {rate:.0} samples/s, {left:.0} s left, {message}",
                self.total
            ));
        }
    }
}

/// One line on standard error. A closed standard error is no reason to stop a run.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl Watch for CellProgress {
    fn progress(&self, row: &str, seed: u32, progress: Progress) {
        self.bar.inc(u64::from(progress.samples));
        let (right, seen) = progress.so_far;
        if seen.is_multiple_of(64) {
            let accuracy = 100.0 * f64::from(right) / f64::from(seen.max(1));
            let epoch = progress.epoch + 1;
            let message = format!("{row}, seed {seed}, epoch {epoch}: {accuracy:.1} % while training");
            self.bar.set_message(message.clone());
            self.line(&message);
        }
    }

    fn finished(&self, result: &CellResult, earlier: bool) {
        if earlier {
            self.bar.inc(self.per_cell);
        }
        let earlier = if earlier { " (finished earlier)" } else { "" };
        let accuracy = 100.0 * result.accuracy();
        let text = format!("{}, seed {}: {accuracy:.2} % held out{earlier}", result.row, result.seed);
        if self.lines.is_some() { say(&text) } else { self.bar.println(text) }
    }
}
