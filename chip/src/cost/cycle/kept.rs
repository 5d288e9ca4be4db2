//! Steps that are kept one by one, while it is open which of two sets of figures is theirs.
//!
//! A step of a stretch without learning has figures with engines gated and not (`gating`); which were true is known at the
//! stretch's end. [`Kept`] grows with every step, [`Window`] holds the last ones and the times of all before them.
//!
//! Promises: the steps of a window and what came before sum to the run, whenever it was begun; a window of no steps keeps
//! nothing.
//! Absent on purpose: what figures are (`totals`), counts (`cost::window`).

use crate::cost::gating::{Flags, GatedTimes};
use crate::cost::prices::Timing;
use crate::cost::stage::{ByStage, Stage};
use crate::cost::time::{Elapsed, StepTime};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Steps that are kept whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept<T> {
    steps: Vec<T>,
    /// Where a step is in `steps`, and what it was with engines that are not gated.
    open: Vec<(u64, T)>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { steps: Vec::new(), open: Vec::new() }
    }
}

impl<T> Kept<T> {
    /// The steps; those of a stretch without learning as if their gated work were not needed later, until that is known.
    #[must_use]
    pub fn steps(&self) -> &[T] {
        &self.steps
    }

    /// Takes them, as they are known to be.
    pub fn take(&mut self) -> Vec<T> {
        self.open.clear();
        std::mem::take(&mut self.steps)
    }

    /// The stretch is over: its gated work was needed, or not.
    pub(super) fn settle(&mut self, needed: bool) {
        for (at, step) in self.open.drain(..).filter(|_| needed) {
            self.steps[at as usize] = step;
        }
    }

    /// Adds a step, of an open stretch where `whole` is told beside it.
    pub(super) fn add(&mut self, step: T, whole: Option<T>) {
        self.open.extend(whole.map(|whole| (self.steps.len() as u64, whole)));
        self.steps.push(step);
    }
}

/// A step that has a stage and a time.
pub trait Timed {
    /// What it belongs to.
    fn stage(&self) -> Stage;

    /// How long it was.
    fn time(&self) -> StepTime;
}

/// A step of a window; of an open stretch what it was with engines that are not gated, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Row<T> {
    step: T,
    whole: Option<T>,
}

/// The last steps, and the times of all before them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window<T> {
    most: usize,
    /// Some at the end may be open.
    steps: VecDeque<Row<T>>,
    earlier: GatedTimes,
    owes: bool,
}

impl<T> Default for Window<T> {
    fn default() -> Self {
        Self { most: 0, steps: VecDeque::new(), earlier: GatedTimes::default(), owes: false }
    }
}

impl<T: Timed> Window<T> {
    /// A window of the last `most` steps, after all that took time before.
    #[must_use]
    pub fn after(most: usize, earlier: GatedTimes) -> Self {
        let owes = earlier.owes();
        Self { most, steps: VecDeque::new(), earlier, owes }
    }

    /// How many steps it holds at the most.
    #[must_use]
    pub const fn most(&self) -> usize {
        self.most
    }

    /// The last steps; those of an open stretch as if their gated work were not needed later.
    pub fn steps(&self) -> impl Iterator<Item = &T> {
        self.steps.iter().map(|row| &row.step)
    }

    /// Time of everything before them, by stage.
    #[must_use]
    pub fn earlier(&self) -> ByStage<Elapsed> {
        let [training, test, inference] = Stage::ALL.map(|stage| self.earlier.of(stage));
        ByStage { training, test, inference }
    }

    /// A step has ended, with engines gated and not.
    pub(super) fn push(&mut self, timing: &Timing, [gated, whole]: [T; 2], flags: Flags) {
        if self.most == 0 {
            return;
        }
        if self.owes && (flags.cleared || flags.learns) {
            self.settle(!flags.cleared);
        }
        self.owes |= !flags.learns;
        self.steps.push_back(if flags.learns {
            Row { step: whole, whole: None }
        } else {
            Row { step: gated, whole: Some(whole) }
        });
        if self.steps.len() > self.most {
            self.forget(timing);
        }
    }

    /// The first step goes to those before.
    fn forget(&mut self, timing: &Timing) {
        let Some(Row { step, whole }) = self.steps.pop_front() else { return };
        let times = [step.time(), whole.as_ref().map_or(step.time(), Timed::time)];
        self.earlier.take(step.stage(), timing, times, whole.is_some());
    }

    fn settle(&mut self, needed: bool) {
        self.earlier.settle(needed);
        for Row { step, whole } in self.steps.iter_mut().rev() {
            let Some(whole) = whole.take() else { break };
            if needed {
                *step = whole;
            }
        }
        self.owes = false;
    }
}
