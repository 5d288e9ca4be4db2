//! Steps that are kept one by one, while it is open which of two sets of figures is theirs.
//!
//! A step of a stretch without learning has figures with engines gated and not (`gating`); which were true is known at the
//! stretch's end.
//!
//! Promises: a step has the figures that were true once its stretch has ended.
//! Absent on purpose: what figures are (`totals`); the last steps alone, whose number is bounded (`cost::window`).

use serde::{Deserialize, Serialize};

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
