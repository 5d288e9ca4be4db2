//! The last steps of a run, each with its own figures, and everything before them together.
//!
//! A run of a million steps has no table of a million rows: a window holds as many as are asked for. Steps whose learning
//! engines are gated are settled like all the rest (`gating`): until a stretch without learning has ended, a step in it
//! has two times and an open part. Unlike a series (`per_step`) a window is part of a model's state, and bounded.
//!
//! Promises: the steps of a window and what came before sum to the run, whenever it was begun; a window of no steps counts
//! nothing.
//! Absent on purpose: where figures come from (`analytic`), what they cost (`ledger`).

use crate::cost::counters::NodeCounts;
use crate::cost::gating::{GatedCounts, GatedTimes};
use crate::cost::per_step::{Closed, StepFigures};
use crate::cost::prices::Timing;
use crate::cost::stage::{ByStage, Stage};
use crate::cost::time::{Elapsed, StepTime};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use synfire_core::address::CoreId;
use synfire_router::loads::Busiest;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What it took and did.
    pub figures: StepFigures,
    /// The link that most packets passed.
    pub link: Option<Busiest>,
    open: Option<Open>,
}

/// What a step would be with engines that are not gated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    /// What a gated engine may have left out.
    gated: NodeCounts,
    /// How long the step was.
    time: StepTime,
    core: CoreId,
}

/// The window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    most: usize,
    /// The last steps; some at the end may be open.
    steps: VecDeque<Row>,
    earlier: GatedCounts,
    earlier_times: GatedTimes,
    owes: bool,
}

impl Window {
    /// A window of the last `most` steps, after all that was counted and took time before.
    #[must_use]
    pub fn after(most: usize, earlier: GatedCounts, earlier_times: GatedTimes) -> Self {
        let owes = earlier_times.owes();
        Self { most, steps: VecDeque::new(), earlier, earlier_times, owes }
    }

    /// How many steps it holds at the most.
    #[must_use]
    pub const fn most(&self) -> usize {
        self.most
    }

    /// The last steps; work that is open is left out.
    pub fn steps(&self) -> impl Iterator<Item = &Row> {
        self.steps.iter()
    }

    /// Counts and time of everything before them, by stage.
    #[must_use]
    pub fn earlier(&self) -> ByStage<(NodeCounts, Elapsed)> {
        let of = |stage| (*self.earlier.of(stage), self.earlier_times.of(stage));
        let [training, test, inference] = Stage::ALL.map(of);
        ByStage { training, test, inference }
    }

    /// A step has ended.
    pub(super) fn push(&mut self, timing: &Timing, closed: &Closed, link: Option<Busiest>) {
        let Closed { figures, flags, ungated: time, ungated_core: core, gated } = *closed;
        if self.owes && (flags.cleared || flags.learns) {
            self.settle(!flags.cleared);
        }
        let open = (!flags.learns).then_some(Open { gated, time, core });
        self.owes |= open.is_some();
        self.steps.push_back(Row { figures, link, open });
        if self.steps.len() > self.most {
            self.forget(timing);
        }
    }

    /// The first step goes to those before.
    fn forget(&mut self, timing: &Timing) {
        let Some(Row { figures, open, .. }) = self.steps.pop_front() else { return };
        self.earlier.take(figures.stage, &figures.counts, open.as_ref().map(|open| &open.gated));
        let whole = open.as_ref().map_or(figures.time, |open| open.time);
        let times = [figures.time, whole];
        self.earlier_times.take(figures.stage, timing, times, open.is_some());
    }

    fn settle(&mut self, needed: bool) {
        self.earlier.settle(needed);
        self.earlier_times.settle(needed);
        for Row { figures, open, .. } in self.steps.iter_mut().rev() {
            let Some(open) = open.take() else { break };
            if needed {
                figures.counts.add(&open.gated);
                (figures.time, figures.critical_core) = (open.time, open.core);
            }
        }
        self.owes = false;
    }
}
