//! Clock gating of the learning engines: what of their work a chip leaves out while learning is off.
//!
//! While the learn flag is off a gated engine advances no trace, group readout or eligibility state, where nobody needs
//! the result: `clear` sets those registers to zero, whatever they were, and so a stretch of steps without learning that
//! ends in a `clear`, or in nothing, needs none of that work. Where learning goes on without a `clear`, the registers
//! must be what they would have been: the whole stretch was done, each step's work in its own step and stage. Which of
//! the two it was is known at its end; until then the work is *open*, and left out of what is read.
//!
//! Promises: an operation is counted once or was never needed; all cores hear the same flags, so counts and times settle
//! alike; the registers of the simulation are those of engines without a gate. Absent on purpose: what waking costs.

use crate::cost::counters::{NodeCounts, move_gated};
use crate::cost::prices::Timing;
use crate::cost::stage::{ByStage, Stage};
use crate::cost::time::{Elapsed, StepTime};
use serde::{Deserialize, Serialize};

/// What the control events of a step leave, for every core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// The learn flag in the step.
    pub learns: bool,
    /// Whether the step began with a `clear`.
    pub cleared: bool,
}

/// What one core did, by stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatedCounts {
    done: ByStage<NodeCounts>,
    /// Work of the engine since learning went off.
    open: ByStage<NodeCounts>,
    owes: bool,
}

impl GatedCounts {
    /// What was done in a stage.
    #[must_use]
    pub fn of(&self, stage: Stage) -> &NodeCounts {
        self.done.of(stage)
    }

    /// Adds a step, and takes out of `counts` what a gated engine may leave out of it.
    #[inline]
    pub fn add(&mut self, stage: Stage, counts: &mut NodeCounts, flags: Flags) {
        self.hear(flags);
        if !flags.learns {
            move_gated(counts, self.open.of_mut(stage));
            self.owes = true;
        }
        self.done.of_mut(stage).add(counts);
    }

    /// Whether a run can have come as far.
    pub(super) fn is_reachable(&self) -> bool {
        let counts = |stage| [self.done.of(stage), self.open.of(stage)];
        Stage::ALL.into_iter().flat_map(counts).all(NodeCounts::is_reachable)
    }

    /// Ends an open stretch where the flags of the next step do.
    #[inline]
    pub(super) fn hear(&mut self, flags: Flags) {
        if self.owes && (flags.cleared || flags.learns) {
            self.settle(!flags.cleared);
        }
    }

    /// Adds what is known of a step, and what is open of it.
    pub(super) fn take(&mut self, stage: Stage, done: &NodeCounts, open: Option<&NodeCounts>) {
        self.done.of_mut(stage).add(done);
        if let Some(open) = open {
            self.open.of_mut(stage).add(open);
            self.owes = true;
        }
    }

    /// Adds what another core did in the same steps.
    pub(super) fn join(&mut self, other: &Self) {
        for stage in Stage::ALL {
            self.done.of_mut(stage).add(other.done.of(stage));
            self.open.of_mut(stage).add(other.open.of(stage));
        }
        self.owes |= other.owes;
    }

    /// Ends a stretch whose open work was needed, or was not.
    fn settle(&mut self, needed: bool) {
        let open = std::mem::take(&mut self.open);
        for stage in Stage::ALL.into_iter().filter(|_| needed) {
            self.done.of_mut(stage).add(open.of(stage));
        }
        self.owes = false;
    }
}

/// How long one core was at work, by stage, picoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatedWork {
    done: ByStage<u128>,
    /// Of an open stretch, what its engine would have added.
    open: ByStage<u128>,
    owes: bool,
}

impl GatedWork {
    /// Work of a stage.
    #[must_use]
    pub fn of(&self, stage: Stage) -> u128 {
        *self.done.of(stage)
    }

    /// Adds a step: its work without what a gated engine may leave out, and with it.
    #[inline]
    pub fn add(&mut self, stage: Stage, [gated, whole]: [u64; 2], flags: Flags) {
        if self.owes && (flags.cleared || flags.learns) {
            let open = std::mem::take(&mut self.open);
            for stage in Stage::ALL.into_iter().filter(|_| !flags.cleared) {
                *self.done.of_mut(stage) += open.of(stage);
            }
            self.owes = false;
        }
        *self.done.of_mut(stage) += u128::from(if flags.learns { whole } else { gated });
        if !flags.learns {
            *self.open.of_mut(stage) += u128::from(whole - gated);
            self.owes = true;
        }
    }
}

/// Time of a stretch with its engines gated, and not gated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Open {
    gated: Elapsed,
    whole: Elapsed,
}

/// What steps took, by stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatedTimes {
    done: ByStage<Elapsed>,
    open: ByStage<Open>,
    owes: bool,
}

impl GatedTimes {
    /// Of what is settled, and of an open stretch, where there is one, with engines gated and not.
    pub(super) fn new(done: ByStage<Elapsed>, open: Option<ByStage<[Elapsed; 2]>>) -> Self {
        let owes = open.is_some();
        let open = open.unwrap_or_default();
        let of = |stage| {
            let [gated, whole] = *open.of(stage);
            Open { gated, whole }
        };
        let [training, test, inference] = Stage::ALL.map(of);
        Self { done, open: ByStage { training, test, inference }, owes }
    }

    /// Whether a stretch is open.
    pub(super) const fn owes(&self) -> bool {
        self.owes
    }

    /// Time of a stage.
    #[must_use]
    pub fn of(&self, stage: Stage) -> Elapsed {
        self.done.of(stage).plus(&self.open.of(stage).gated)
    }

    /// Adds a step that is settled, or open: what it takes, and what with engines that are not gated.
    pub(super) fn take(&mut self, stage: Stage, timing: &Timing, [gated, whole]: [StepTime; 2], open: bool) {
        if open {
            let open = self.open.of_mut(stage);
            open.gated.add(timing, gated);
            open.whole.add(timing, whole);
            self.owes = true;
        } else {
            self.done.of_mut(stage).add(timing, gated);
        }
    }

    /// Ends a stretch whose open work was needed, or was not.
    pub(super) fn settle(&mut self, needed: bool) {
        let open = std::mem::take(&mut self.open);
        for stage in Stage::ALL {
            let Open { gated, whole } = open.of(stage);
            let done = self.done.of_mut(stage);
            *done = done.plus(if needed { whole } else { gated });
        }
        self.owes = false;
    }

    /// Adds a step: what it takes, and what with engines that are not gated.
    pub fn add(&mut self, stage: Stage, timing: &Timing, [gated, whole]: [StepTime; 2], flags: Flags) {
        if self.owes && (flags.cleared || flags.learns) {
            self.settle(!flags.cleared);
        }
        let known = if flags.learns { whole } else { gated };
        self.take(stage, timing, [known, whole], !flags.learns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFF: Flags = Flags { learns: false, cleared: false };
    const ON: Flags = Flags { learns: true, cleared: false };
    const CLEARED: Flags = Flags { learns: false, cleared: true };

    /// Trace updates of training and of the test, and spikes, after steps with five trace updates and a spike each.
    fn run(steps: &[(Stage, Flags)]) -> [u64; 3] {
        let mut counts = GatedCounts::default();
        for (stage, flags) in steps {
            let mut step = NodeCounts::default();
            (step.core.trace_updates, step.core.spikes) = (5, 1);
            counts.add(*stage, &mut step, *flags);
        }
        let of = |stage| counts.of(stage).core;
        let (training, test) = (of(Stage::Training), of(Stage::Test));
        [training.trace_updates, test.trace_updates, training.spikes + test.spikes]
    }

    #[test]
    fn what_learning_still_needs_was_done_where_it_belongs() {
        use Stage::{Test, Training};
        assert_eq!(run(&[(Training, OFF), (Training, OFF)]), [0, 0, 2]);
        assert_eq!(run(&[(Training, OFF), (Training, OFF), (Training, ON)]), [15, 0, 3]);
        // State that a test carries over into learning is the test's work.
        assert_eq!(run(&[(Training, ON), (Test, OFF), (Test, OFF), (Training, ON)]), [10, 10, 4]);
        assert_eq!(run(&[(Training, ON), (Test, CLEARED), (Test, OFF)]), [5, 0, 3]);
        let cleared_on = Flags { learns: true, cleared: true };
        assert_eq!(run(&[(Test, OFF), (Training, cleared_on)]), [5, 0, 2]);
        // Cleared while off: what comes after it is open again.
        assert_eq!(run(&[(Test, OFF), (Test, CLEARED), (Training, ON)]), [5, 5, 3]);
    }

    #[test]
    fn times_settle_like_counts() {
        let timing = crate::files::load_chip("paper", std::path::Path::new("")).expect("a chip").timing;
        let step = |core_ps| StepTime { core_ps, ..StepTime::default() };
        let time = |flags: &[Flags]| {
            let mut times = GatedTimes::default();
            for flags in flags {
                times.add(Stage::Test, &timing, [step(10), step(70)], *flags);
            }
            let elapsed = times.of(Stage::Test);
            (elapsed.total_ps, elapsed.longest_ps)
        };
        assert_eq!(time(&[OFF, OFF]), (20, 10));
        assert_eq!(time(&[OFF, OFF, ON]), (210, 70));
        assert_eq!(time(&[OFF, CLEARED, OFF]), (30, 10));
        assert_eq!(time(&[OFF, CLEARED, ON]), (150, 70));
    }
}
