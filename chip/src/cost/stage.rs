//! What part of an experiment a step belongs to, and what each part cost.
//!
//! Whoever drives a run says in which stage the coming steps are. Counts, times and the busiest link are kept apart by
//! stage from the first step on, so that no stage's figures are formed by taking another's away.
//!
//! Promises: the stages together are the run. Absent on purpose: what a step costs (`analytic`).

use crate::cost::counters::NodeCounts;
use crate::cost::time::Elapsed;
use crate::cost::widths::Widths;
use serde::{Deserialize, Serialize};

/// Part of an experiment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// Samples to learn from.
    Training,
    /// Scoring on the way, between epochs.
    Test,
    /// A trained network, or one that does not learn, at work.
    #[default]
    Inference,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Training, Self::Test, Self::Inference];
}

/// What some steps cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// What was counted.
    pub counts: NodeCounts,
    /// Simulated time.
    pub elapsed: Elapsed,
    /// Most packets that passed one link in one step.
    pub busiest_link: u64,
    /// Of the words of what ran, for prices that are composed.
    #[serde(default)]
    pub widths: Widths,
}

impl Spent {
    /// This and another after it.
    #[must_use]
    pub fn plus(mut self, later: &Self) -> Self {
        self.counts.add(&later.counts);
        self.elapsed = self.elapsed.plus(&later.elapsed);
        self.busiest_link = self.busiest_link.max(later.busiest_link);
        self.widths = self.widths.join(later.widths);
        self
    }
}

/// One value a stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByStage<T> {
    /// While learning.
    pub training: T,
    /// Scorings on the way.
    pub test: T,
    /// At work.
    pub inference: T,
}

impl<T> ByStage<T> {
    /// The value of one stage.
    #[must_use]
    pub fn of(&self, stage: Stage) -> &T {
        match stage {
            Stage::Training => &self.training,
            Stage::Test => &self.test,
            Stage::Inference => &self.inference,
        }
    }

    /// The value of one stage, to be changed.
    pub fn of_mut(&mut self, stage: Stage) -> &mut T {
        match stage {
            Stage::Training => &mut self.training,
            Stage::Test => &mut self.test,
            Stage::Inference => &mut self.inference,
        }
    }
}

/// What each stage cost.
pub type Costs = ByStage<Spent>;

impl Costs {
    /// Training and the scorings on the way: an experiment's run, before its result is put to work.
    #[must_use]
    pub fn learning(&self) -> Spent {
        self.training.plus(&self.test)
    }

    /// Everything.
    #[must_use]
    pub fn whole(&self) -> Spent {
        self.learning().plus(&self.inference)
    }
}
