//! What is kept of steps: by stage, by core, by link, and whole steps where somebody asks for them.
//!
//! Clock gating is settled as `gating` settles counts: a stretch of steps without learning has two sets of figures until it
//! is known which of them were true.
//!
//! Promises: stages together are the run. Absent on purpose: how figures arise (`step`).

use crate::cost::cycle::kept::Kept;
use crate::cost::cycle::network::{Journey, Outside};
use crate::cost::cycle::units::CoreTimes;
use crate::cost::gating::{Flags, GatedTimes};
use crate::cost::prices::Timing;
use crate::cost::stage::{ByStage, Stage};
use crate::cost::time::{Elapsed, StepTime};
use crate::cost::window::{Timed, Window};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use synfire_router::network::engine::{Busiest, LinkName};
use synfire_router::network::statistics::Statistics;

/// What a step waited for at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// The phases of this core, by number.
    Core(u32),
    /// A packet that was on the network when all phases were done.
    Packet(Journey),
    /// This port of the host, which then passed what had left.
    HostPort(u32),
}

/// A link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Link {
    /// Between routers, by the number of the topology.
    Between(u32),
    /// From a core, or behind all cores from a port of the host, into its router.
    From(u32),
    /// To a core, or behind all cores to a port of the host.
    To(u32),
}

impl From<LinkName> for Link {
    fn from(name: LinkName) -> Self {
        match name {
            LinkName::Link(number) => Self::Between(number),
            LinkName::Injection(endpoint) => Self::From(endpoint),
            LinkName::Ejection(endpoint) => Self::To(endpoint),
        }
    }
}

/// How long a step took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTimes {
    /// Its number.
    pub step: u64,
    /// Its stage.
    pub stage: Stage,
    /// From its beginning to the end of the barrier.
    pub total_ps: u64,
    /// Until the phases of all cores were done.
    pub core_ps: u64,
    /// From there until the last packet was marked.
    pub network_ps: u64,
    /// From there to the end.
    pub barrier_ps: u64,
    /// How long full ports kept the host waiting, all of them together; part of no other time.
    pub host_waited_ps: u64,
    /// The core whose phases ended last, by number; of several the first.
    pub critical_core: Option<u32>,
    /// The link that was held longest, and how long.
    pub critical_link: Option<(Link, u64)>,
    /// What it waited for at last, before the barrier.
    pub bound: Option<Bound>,
}

impl Timed for StepTimes {
    fn stage(&self) -> Stage {
        self.stage
    }

    fn time(&self) -> StepTime {
        let Self { core_ps, network_ps, barrier_ps, .. } = *self;
        StepTime { core_ps, network_ps, barrier_ps, ..StepTime::default() }
    }
}

/// A core in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreStep {
    /// Its number.
    pub core: u32,
    /// When its phases were done.
    pub done_ps: u64,
    /// When its last packet was marked; 0 without packets.
    pub marked_ps: u64,
    /// What it did and waited for.
    pub times: CoreTimes,
}

/// A step and its cores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptStep {
    /// The step.
    pub times: StepTimes,
    /// Its cores, in the order of the nodes.
    pub cores: Vec<CoreStep>,
    /// What left the chip, and the barrier's messages.
    pub outside: Outside,
}

/// A core in many steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreSum {
    /// What it did and waited for.
    pub times: CoreTimes,
    /// Steps in which its phases ended last.
    pub critical: u64,
}

/// Many steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Steps and their times.
    pub elapsed: Elapsed,
    /// Sum of `core_ps`.
    pub core_ps: u128,
    /// Sum of `network_ps`.
    pub network_ps: u128,
    /// Sum of `barrier_ps`.
    pub barrier_ps: u128,
    /// Sum of `host_waited_ps`.
    pub host_waited_ps: u128,
    /// Cores, in the order of the nodes; empty before the first step.
    pub cores: Vec<CoreSum>,
}

impl Sums {
    /// Adds a step.
    pub fn add(&mut self, timing: &Timing, step: &StepTimes, cores: &[CoreStep]) {
        self.elapsed.add(timing, step.time());
        self.core_ps += u128::from(step.core_ps);
        self.network_ps += u128::from(step.network_ps);
        self.barrier_ps += u128::from(step.barrier_ps);
        self.host_waited_ps += u128::from(step.host_waited_ps);
        self.cores.resize(cores.len(), CoreSum::default());
        for (sum, core) in self.cores.iter_mut().zip(cores) {
            sum.times += core.times;
            sum.critical += u64::from(step.critical_core == Some(core.core));
        }
    }

    /// Adds other steps.
    pub fn join(&mut self, later: &Self) {
        self.elapsed = self.elapsed.plus(&later.elapsed);
        self.core_ps += later.core_ps;
        self.network_ps += later.network_ps;
        self.barrier_ps += later.barrier_ps;
        self.host_waited_ps += later.host_waited_ps;
        self.cores.resize(self.cores.len().max(later.cores.len()), CoreSum::default());
        for (sum, core) in self.cores.iter_mut().zip(&later.cores) {
            sum.times += core.times;
            sum.critical += core.critical;
        }
    }
}

/// Links of the network, and latencies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct NetworkSums {
    counts: Option<Statistics>,
}

impl NetworkSums {
    /// Adds what a network counted since it was last cleared. Its own clock is no figure of a run.
    fn add(&mut self, counts: &Statistics) {
        let sums = match &mut self.counts {
            Some(sums) => {
                sums.add(counts);
                sums
            }
            None => self.counts.insert(counts.clone()),
        };
        (sums.since, sums.last_arrival) = (0, 0);
    }

    fn join(&mut self, other: &Self) {
        other.counts.iter().for_each(|counts| self.add(counts));
    }
}

/// The times of steps, one after the other.
pub type Series = Kept<StepTimes>;

impl Series {
    /// Adds a step, with engines gated and not.
    pub fn push(&mut self, [gated, whole]: [&KeptStep; 2], flags: Flags) {
        if flags.cleared || flags.learns {
            self.settle(!flags.cleared);
        }
        if flags.learns {
            self.add(whole.times, None);
        } else {
            self.add(gated.times, Some(whole.times));
        }
    }
}

/// Everything that the model knows of a run: what a checkpoint holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    done: ByStage<Sums>,
    /// Steps since learning went off, with engines gated and not.
    open: ByStage<[Sums; 2]>,
    owes: bool,
    /// Links and latencies; of steps since learning went off whose packets travelled twice, with engines gated and not.
    network: ByStage<NetworkSums>,
    open_network: ByStage<[NetworkSums; 2]>,
    /// The longest step of each stage, and of a stretch that is open with engines that are not gated.
    longest: ByStage<Option<KeptStep>>,
    open_longest: ByStage<Option<KeptStep>>,
    /// Steps that somebody asked for.
    pub kept: Kept<KeptStep>,
    /// Which steps those are.
    pub keep: Option<Range<u64>>,
    /// The last steps.
    pub window: Window<StepTimes>,
    /// Why the network stood still, and no step was simulated from there on.
    pub problem: Option<String>,
}

/// Remembers `step` if it is longer.
fn longer(longest: &mut Option<KeptStep>, step: &KeptStep) {
    if longest.as_ref().is_none_or(|longest| step.times.total_ps > longest.times.total_ps) {
        *longest = Some(step.clone());
    }
}

impl Totals {
    /// Nothing is known, for this reason.
    #[must_use]
    pub fn failed(problem: &str) -> Self {
        Self { problem: Some(problem.to_owned()), ..Self::default() }
    }

    /// What the steps of a stage took.
    #[must_use]
    pub fn of(&self, stage: Stage) -> Sums {
        let mut sums = self.done.of(stage).clone();
        sums.join(&self.open.of(stage)[0]);
        sums
    }

    /// The same of each stage.
    #[must_use]
    pub fn sums(&self) -> ByStage<Sums> {
        let [training, test, inference] = Stage::ALL.map(|stage| self.of(stage));
        ByStage { training, test, inference }
    }

    /// Keeps the times of the last `steps` steps from now on.
    pub fn keep_window(&mut self, steps: usize) {
        let by_stage = |of: &dyn Fn(Stage) -> [Elapsed; 2]| {
            let [training, test, inference] = Stage::ALL.map(of);
            ByStage { training, test, inference }
        };
        let open = by_stage(&|stage| self.open.of(stage).each_ref().map(|sums| sums.elapsed));
        let [training, test, inference] = Stage::ALL.map(|stage| self.done.of(stage).elapsed);
        let earlier = GatedTimes::new(ByStage { training, test, inference }, self.owes.then_some(open));
        self.window = Window::after(steps, earlier);
    }

    /// What the network counted in a stage; `None` before its first packet, and on ideal ways.
    #[must_use]
    pub fn network(&self, stage: Stage) -> Option<Statistics> {
        let mut sums = self.network.of(stage).clone();
        sums.join(&self.open_network.of(stage)[0]);
        sums.counts
    }

    /// Adds what the network counted in steps of a stage.
    pub fn count(&mut self, stage: Stage, counts: &Statistics) {
        self.network.of_mut(stage).add(counts);
    }

    /// The same of a step since learning went off, with engines gated and not.
    pub fn count_open(&mut self, stage: Stage, counts: [Option<Statistics>; 2]) {
        for (sums, counts) in self.open_network.of_mut(stage).iter_mut().zip(&counts) {
            counts.iter().for_each(|counts| sums.add(counts));
        }
    }

    /// The longest step of a stage, of equals the first; its cores too.
    #[must_use]
    pub fn longest(&self, stage: Stage) -> Option<&KeptStep> {
        self.longest.of(stage).as_ref()
    }

    /// The stretch without learning is over: its gated work was needed, or not.
    fn settle(&mut self, needed: bool) {
        let (open, longest) = (std::mem::take(&mut self.open), std::mem::take(&mut self.open_longest));
        let network = std::mem::take(&mut self.open_network);
        for stage in Stage::ALL {
            self.network.of_mut(stage).join(&network.of(stage)[usize::from(needed)]);
            self.done.of_mut(stage).join(&open.of(stage)[usize::from(needed)]);
            if let Some(step) = longest.of(stage).as_ref().filter(|_| needed) {
                longer(self.longest.of_mut(stage), step);
            }
        }
        self.kept.settle(needed);
        self.owes = false;
    }

    /// Adds a step, with engines gated and not.
    pub fn add(&mut self, timing: &Timing, [gated, whole]: [&KeptStep; 2], flags: Flags) {
        if self.owes && (flags.cleared || flags.learns) {
            self.settle(!flags.cleared);
        }
        self.window.push(timing, [gated.times, whole.times], flags);
        let stage = gated.times.stage;
        let keeps = self.keep.as_ref().is_some_and(|keep| keep.contains(&gated.times.step));
        if flags.learns {
            self.done.of_mut(stage).add(timing, &whole.times, &whole.cores);
            longer(self.longest.of_mut(stage), whole);
            if keeps {
                self.kept.add(whole.clone(), None);
            }
        } else {
            let open = self.open.of_mut(stage);
            open[0].add(timing, &gated.times, &gated.cores);
            open[1].add(timing, &whole.times, &whole.cores);
            longer(self.longest.of_mut(stage), gated);
            longer(self.open_longest.of_mut(stage), whole);
            if keeps {
                self.kept.add(gated.clone(), Some(whole.clone()));
            }
            self.owes = true;
        }
    }
}

/// The link that was held longest, in picoseconds.
#[must_use]
pub fn critical_link(busiest: Option<Busiest>, cycle_ps: u64) -> Option<(Link, u64)> {
    busiest.map(|busiest| (busiest.link.into(), busiest.held * cycle_ps))
}
