//! Figures of single steps, where somebody asks for them ([`Analytic::keep_steps`]).
//!
//! Work of a clock-gated engine belongs to a step only if learning goes on without a `clear`, which is known later
//! (`gating`): until then a step is without it, and it is added where the stretch turns out to need it.
//!
//! Promises: counts and times of the steps of a stage sum to the stage's. Absent on purpose: files and tables of them
//! (whoever asks), energies (a bill of the step's counts: [`StepFigures::spent`]).
//!
//! [`Analytic::keep_steps`]: crate::cost::analytic::Analytic::keep_steps

use crate::cost::counters::NodeCounts;
use crate::cost::gating::Flags;
use crate::cost::prices::Timing;
use crate::cost::stage::{Drawn, Spent, Stage};
use crate::cost::time::{Elapsed, StepTime};
use crate::cost::widths::Widths;
use serde::{Deserialize, Serialize};
use synfire_core::address::CoreId;

/// What one step took and did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepFigures {
    /// Its number.
    pub step: u64,
    /// The stage that it belongs to.
    pub stage: Stage,
    /// How long it lasted.
    pub time: StepTime,
    /// The slowest core; of several the first.
    pub critical_core: CoreId,
    /// What all cores and the host did.
    pub counts: NodeCounts,
    /// Most packets that passed one link.
    pub busiest_link: u64,
}

impl StepFigures {
    /// What the step alone cost, for a bill: of a network with `widths` on a chip of this `timing`.
    #[must_use]
    pub fn spent(&self, timing: &Timing, widths: Widths) -> Spent {
        let mut elapsed = Elapsed::default();
        elapsed.add(timing, self.time);
        let drawn = Drawn::alone(self.stage, &elapsed);
        Spent {
            counts: self.counts,
            elapsed,
            busiest_link: self.busiest_link,
            widths,
            drawn,
            ..Spent::default()
        }
    }
}

/// A kept step whose gated work is not settled.
#[derive(Clone, Copy, Debug)]
struct Open {
    at: usize,
    /// How long the step was, were no engine gated.
    time: StepTime,
    core: CoreId,
    /// What a gated engine may have left out.
    gated: NodeCounts,
}

/// The steps that were kept.
#[derive(Clone, Debug, Default)]
pub struct Series {
    steps: Vec<StepFigures>,
    open: Vec<Open>,
}

/// What a step was with its engines gated, and what they may have left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Closed {
    pub figures: StepFigures,
    pub flags: Flags,
    pub ungated: StepTime,
    pub ungated_core: CoreId,
    pub gated: NodeCounts,
}

impl Series {
    /// Adds a step.
    pub(super) fn add(&mut self, closed: Closed) {
        let Closed { figures, flags, ungated, ungated_core, gated } = closed;
        if flags.cleared || flags.learns {
            for open in std::mem::take(&mut self.open).into_iter().filter(|_| !flags.cleared) {
                let step = &mut self.steps[open.at];
                step.counts.add(&open.gated);
                (step.time, step.critical_core) = (open.time, open.core);
            }
        }
        if !flags.learns {
            self.open.push(Open { at: self.steps.len(), time: ungated, core: ungated_core, gated });
        }
        self.steps.push(figures);
    }

    /// What was kept. Gated work that is open is left out for good.
    pub(super) fn take(&mut self) -> Vec<StepFigures> {
        self.open.clear();
        std::mem::take(&mut self.steps)
    }
}
