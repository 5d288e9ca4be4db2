//! The last steps of a run, each with its own figures, and everything before them together.
//!
//! A run of a million steps has no table of a million rows: a window holds as many as are asked for. Steps whose learning
//! engines are gated are settled like all the rest (`gating`): until a stretch without learning has ended, a step in it
//! has figures with its engines gated and not. Unlike a series (`per_step`) a window is part of a model's state, and bounded.
//! Both models of time have one: [`Window`] of times, [`CountedWindow`] of counts too.
//!
//! Promises: the steps of a window and what came before sum to the run, whenever it was begun; a window of no steps keeps
//! nothing.
//! Absent on purpose: where figures come from (`analytic`, `cycle::totals`), what they cost (`ledger`).

use crate::cost::counters::{NodeCounts, move_gated};
use crate::cost::gating::{Flags, GatedCounts, GatedTimes};
use crate::cost::per_step::{Closed, StepFigures};
use crate::cost::prices::Timing;
use crate::cost::stage::{ByStage, Stage};
use crate::cost::time::{Elapsed, StepTime};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use synfire_router::loads::Busiest;

/// A step that has a stage and a time.
pub trait Timed {
    /// What it belongs to.
    fn stage(&self) -> Stage;

    /// How long it was.
    fn time(&self) -> StepTime;
}

/// A step of a window; of an open stretch what it was with engines that are not gated, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Held<T> {
    step: T,
    whole: Option<T>,
}

/// The last steps, and the times of all before them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window<T> {
    most: usize,
    /// Some at the end may be open.
    steps: VecDeque<Held<T>>,
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
        self.steps.iter().map(|held| &held.step)
    }

    /// Time of everything before them, by stage.
    #[must_use]
    pub fn earlier(&self) -> ByStage<Elapsed> {
        let [training, test, inference] = Stage::ALL.map(|stage| self.earlier.of(stage));
        ByStage { training, test, inference }
    }

    /// A step has ended, with engines gated and not; gives the step that the window has forgotten for it.
    pub(super) fn push(&mut self, timing: &Timing, [gated, whole]: [T; 2], flags: Flags) -> Option<Held<T>> {
        if self.most == 0 {
            return None;
        }
        if self.owes && (flags.cleared || flags.learns) {
            self.settle(!flags.cleared);
        }
        self.owes |= !flags.learns;
        self.steps.push_back(if flags.learns {
            Held { step: whole, whole: None }
        } else {
            Held { step: gated, whole: Some(whole) }
        });
        if self.steps.len() > self.most { self.forget(timing) } else { None }
    }

    /// The first step goes to those before.
    fn forget(&mut self, timing: &Timing) -> Option<Held<T>> {
        let held = self.steps.pop_front()?;
        let Held { step, whole } = &held;
        let times = [step.time(), whole.as_ref().map_or(step.time(), Timed::time)];
        self.earlier.take(step.stage(), timing, times, whole.is_some());
        Some(held)
    }

    fn settle(&mut self, needed: bool) {
        self.earlier.settle(needed);
        for Held { step, whole } in self.steps.iter_mut().rev() {
            let Some(whole) = whole.take() else { break };
            if needed {
                *step = whole;
            }
        }
        self.owes = false;
    }
}

/// One step with its counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What it took and did.
    pub figures: StepFigures,
    /// The link that most packets passed.
    pub link: Option<Busiest>,
}

impl Timed for Row {
    fn stage(&self) -> Stage {
        self.figures.stage
    }

    fn time(&self) -> StepTime {
        self.figures.time
    }
}

/// The last steps, and the counts and times of all before them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedWindow {
    steps: Window<Row>,
    earlier: GatedCounts,
}

impl CountedWindow {
    /// A window of the last `most` steps, after all that was counted and took time before.
    #[must_use]
    pub fn after(most: usize, earlier: GatedCounts, earlier_times: GatedTimes) -> Self {
        Self { steps: Window::after(most, earlier_times), earlier }
    }

    /// How many steps it holds at the most.
    #[must_use]
    pub const fn most(&self) -> usize {
        self.steps.most
    }

    /// The last steps; work that is open is left out.
    pub fn steps(&self) -> impl Iterator<Item = &Row> {
        self.steps.steps()
    }

    /// Counts and time of everything before them, by stage.
    #[must_use]
    pub fn earlier(&self) -> ByStage<(NodeCounts, Elapsed)> {
        let of = |stage| (*self.earlier.of(stage), self.steps.earlier.of(stage));
        let [training, test, inference] = Stage::ALL.map(of);
        ByStage { training, test, inference }
    }

    /// A step has ended.
    pub(super) fn push(&mut self, timing: &Timing, closed: &Closed, link: Option<Busiest>) {
        let Closed { figures, flags, ungated, ungated_core, gated } = *closed;
        let mut whole = figures;
        whole.counts.add(&gated);
        (whole.time, whole.critical_core) = (ungated, ungated_core);
        self.earlier.hear(flags);
        let rows = [figures, whole].map(|figures| Row { figures, link });
        let Some(Held { step, whole }) = self.steps.push(timing, rows, flags) else { return };
        let open = whole.map(|whole| {
            let (mut done, mut open) = (whole.figures.counts, NodeCounts::default());
            move_gated(&mut done, &mut open);
            open
        });
        self.earlier.take(step.figures.stage, &step.figures.counts, open.as_ref());
    }
}
