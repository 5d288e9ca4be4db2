//! What part of an experiment a step belongs to, and what each part cost.
//!
//! Whoever drives a run says in which stage the coming steps are. Counts, times and the busiest link are kept apart by
//! stage from the first step on, so that no stage's figures are formed by taking another's away.
//!
//! Promises: the stages together are the run. Absent on purpose: what a step costs (`analytic`).

use crate::cost::counters::NodeCounts;
use crate::cost::cycle::design::TimeModel;
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

    /// Its name in files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Test => "test",
            Self::Inference => "inference",
        }
    }
}

/// How long power was drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// Of the steps alone, picoseconds.
    pub busy_ps: u128,
    /// In wall time, picoseconds.
    pub wall_ps: u128,
}

impl Drawn {
    /// Of steps of one stage.
    #[must_use]
    pub fn alone(stage: Stage, elapsed: &Elapsed) -> [Self; 3] {
        let own = Self { busy_ps: elapsed.total_ps, wall_ps: elapsed.wall_ps };
        Stage::ALL.map(|of| if of == stage { own } else { Self::default() })
    }
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
    /// The times again, apart by stage: what is drawn all the time is billed by stage, so that stages sum to the run.
    #[serde(default)]
    pub drawn: [Drawn; 3],
    /// Whose time `elapsed` is: of `Both`, the analytic model's.
    #[serde(default)]
    pub model: TimeModel,
    /// What the cycle model says, where it ran.
    #[serde(default)]
    pub cycle: Option<CycleTimes>,
}

/// Times of the cycle model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CycleTimes {
    /// Steps and their times.
    pub elapsed: Elapsed,
    /// Of it, until the phases of all cores were done, picoseconds.
    pub core_ps: u128,
    /// Until the last packet was marked after that.
    pub network_ps: u128,
    /// Until the barrier was passed after that.
    pub barrier_ps: u128,
    /// How long full ports kept the host waiting, all of them together; part of no other time.
    pub host_waited_ps: u128,
    /// Of `Both`, the step in which the models differ most.
    pub widest: Option<Difference>,
}

/// A step by two models: cores, network or ways, barrier, picoseconds each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Its number.
    pub step: u64,
    /// By the analytic model.
    pub analytic: [u64; 3],
    /// By the cycle model.
    pub cycle: [u64; 3],
}

impl Difference {
    /// How far the models are apart.
    #[must_use]
    pub fn ps(&self) -> u64 {
        self.cycle.iter().sum::<u64>().abs_diff(self.analytic.iter().sum())
    }

    /// The one that is wider apart; of equals the first.
    #[must_use]
    pub fn wider(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) if other.ps() > one.ps() => Some(other),
            (one, other) => one.or(other),
        }
    }
}

impl CycleTimes {
    fn plus(self, later: &Self) -> Self {
        Self {
            elapsed: self.elapsed.plus(&later.elapsed),
            core_ps: self.core_ps + later.core_ps,
            network_ps: self.network_ps + later.network_ps,
            barrier_ps: self.barrier_ps + later.barrier_ps,
            host_waited_ps: self.host_waited_ps + later.host_waited_ps,
            widest: Difference::wider(self.widest, later.widest),
        }
    }
}

impl Spent {
    /// How long power was drawn, by stage; as if all were one stage, where that is not known.
    #[must_use]
    pub fn drawn(&self) -> [Drawn; 3] {
        let known: u128 = self.drawn.iter().map(|drawn| drawn.busy_ps).sum();
        if known == self.elapsed.total_ps {
            self.drawn
        } else {
            Drawn::alone(Stage::default(), &self.elapsed)
        }
    }

    /// This and another after it.
    #[must_use]
    pub fn plus(mut self, later: &Self) -> Self {
        self.counts.add(&later.counts);
        self.elapsed = self.elapsed.plus(&later.elapsed);
        self.busiest_link = self.busiest_link.max(later.busiest_link);
        self.widths = self.widths.join(later.widths);
        for (own, later) in self.drawn.iter_mut().zip(later.drawn) {
            own.busy_ps += later.busy_ps;
            own.wall_ps += later.wall_ps;
        }
        if later.model != TimeModel::default() {
            self.model = later.model;
        }
        self.cycle = match (self.cycle, &later.cycle) {
            (Some(cycle), Some(later)) => Some(cycle.plus(later)),
            (cycle, later) => cycle.or(*later),
        };
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
