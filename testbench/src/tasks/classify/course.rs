//! The course of a cell: what a run has to do in which order, where it is in it, and how long that took.
//!
//! Promises: a run that goes on from a position does what is left, in the same order. Absent on purpose: what is presented
//! (`cell`).

use super::answers::{EpochScore, WhileTraining};
use super::file::ScoreOf;
use crate::experiment::pool::{CellContext, Progress};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::ops::Range;
use std::time::Instant;
use synfire_chip::cost::stage::Stage;

/// Where a cell is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Position {
    pub(super) epoch: u32,
    /// Next training sample of the epoch; at its end, the scored part follows.
    pub(super) next: u32,
    #[serde(default)]
    pub(super) training: WhileTraining,
    pub(super) curve: Vec<EpochScore>,
    /// (label, answer) of the last training samples, the newest last; where they are the score.
    pub(super) recent: VecDeque<(u8, u8)>,
    pub(super) wall_seconds: f64,
}

impl Position {
    /// Keeps the answer to a training sample where the last ones are the score.
    pub(super) fn note_recent(&mut self, score: ScoreOf, answered: (u8, u8)) {
        let ScoreOf::LastTrained(samples) = score else { return };
        self.recent.push_back(answered);
        if self.recent.len() > samples as usize {
            self.recent.pop_front();
        }
    }
}

/// A stretch of a run.
#[derive(Clone, Copy)]
pub(super) enum Stretch {
    /// The training samples of an epoch.
    Epoch,
    /// What is scored after it, or, of inference, at the end of the run.
    Score(Stage),
}

/// When a training sample is presented.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    pub(super) epoch: u32,
    /// Pass over the training part.
    pub(super) pass: u32,
}

/// Wall time of a cell over its interruptions, and since its last checkpoint.
pub(super) struct Clock {
    before: f64,
    started: Instant,
    pub(super) saved: Instant,
}

impl Clock {
    /// It starts now; the cell took so many seconds `before`.
    pub(super) fn since(before: f64) -> Self {
        Self { before, started: Instant::now(), saved: Instant::now() }
    }

    pub(super) fn seconds(&self) -> f64 {
        self.before + self.started.elapsed().as_secs_f64()
    }
}

/// What is done in a run of these epochs, in order.
pub(super) fn stretches(epochs: Range<u32>) -> impl Iterator<Item = Stretch> {
    let epochs = epochs.map(|_| [Stretch::Epoch, Stretch::Score(Stage::Test)]);
    epochs.flatten().chain([Stretch::Score(Stage::Inference)])
}

/// Tells of a presentation, now and then in words.
pub(super) fn tell<S>(at: &Position, context: &CellContext<'_, S>) {
    if at.next.is_multiple_of(64) {
        let message = format!("epoch {}{}", at.epoch + 1, at.training.describe());
        (context.progress)(Progress { units: 1, message: &message });
    } else {
        (context.progress)(Progress { units: 1, message: "" });
    }
}
