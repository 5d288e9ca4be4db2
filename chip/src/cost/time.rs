//! The first time model: how long a step takes on the described hardware, in picoseconds.
//!
//! A core's parts of a step are added: axon events, synapse words, accesses and updates of neurons, traces, every
//! operation of learning, packets out. Cores run in parallel; the step lasts as long as the slowest core, plus the network,
//! plus the barrier. The network takes the longest way of a packet or, where a chip says what they carry, its most loaded
//! link or port. Source: `docs/timing-and-energy.md`.
//!
//! Promises: reads the step's counts and changes nothing; a synchronous chip's times are whole cycles.
//! Absent on purpose: contention on links, buffers, pipelining between steps.

use crate::cost::counters::NodeCounts;
use crate::cost::operations;
use crate::cost::prices::Timing;
use serde::{Deserialize, Serialize};
use synfire_core::address::CoreId;
use synfire_router::topology::Hops;

/// Words of `lanes` that hold `operations`; operations without lanes are their own words.
pub(super) fn words(operations: u64, lanes: Option<u32>) -> u64 {
    lanes.map_or(operations, |lanes| operations.div_ceil(u64::from(lanes.max(1))))
}

/// Time of one core's work in one step, picoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoreTime {
    /// Of all of it.
    pub whole_ps: u64,
    /// Without what a clock-gated learning engine leaves out while learning is off.
    pub gated_ps: u64,
}

impl CoreTime {
    /// Further work of the core, after this.
    pub fn add(&mut self, further: Self) {
        self.whole_ps += further.whole_ps;
        self.gated_ps += further.gated_ps;
    }

    /// The longer of this and of work beside it.
    #[must_use]
    pub fn longer(self, other: Self) -> Self {
        Self { whole_ps: self.whole_ps.max(other.whole_ps), gated_ps: self.gated_ps.max(other.gated_ps) }
    }

    #[inline(always)]
    fn take(&mut self, ps: u64, gated: bool) {
        self.whole_ps += ps;
        self.gated_ps += if gated { 0 } else { ps };
    }
}

macro_rules! core_time {
    ($({ ($($record:ident).+) $name:literal $activity:ident $unit:literal
         ($($price:ident)?) ($($ps:ident $(/ $lanes:ident)?)?) ($($way_ps:ident)?) ($($with:ident)?) })*) => {
        /// Time of a core's work in one step; the ways of packets are not in it.
        #[must_use]
        pub fn core_time(timing: &Timing, counts: &NodeCounts) -> CoreTime {
            let mut time = CoreTime::default();
            $(
                let _count = counts.$($record).+;
                let _gated = !stringify!($($with)?).is_empty();
                $(time.take(words(_count, [$(Some(timing.$lanes),)? None][0]) * timing.$ps.ps(), _gated);)?
            )*
            time
        }
    };
}
operations::rows! { core_time }

/// Time of a way, picoseconds.
#[must_use]
pub fn way_ps(timing: &Timing, hops: Hops) -> u64 {
    u64::from(hops.x) * timing.hop_x_ps.ps() + u64::from(hops.y) * timing.hop_y_ps.ps()
}

/// What the network's part of a step was due to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// It took no time.
    #[default]
    Nothing,
    /// The way of a packet that takes the longest.
    Way,
    /// All flits over this link.
    Link(u32),
    /// All flits in or out of this core.
    Port(CoreId),
    /// All bits in or out of this port of the host.
    HostPort(u32),
    /// Of the cycle model: a packet that was under way when all cores were done.
    Packet {
        /// Core that made it; `None`: the host.
        from: Option<CoreId>,
        /// Core that it reached.
        to: CoreId,
    },
}

/// What one step lasted: its parts follow one another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTime {
    /// Slowest core, picoseconds.
    pub core_ps: u64,
    /// The network, after that: the way of a packet that takes the longest, or the most loaded link or port.
    pub network_ps: u64,
    /// Which of them it was.
    pub bound: Bound,
    /// The barrier that ends the step.
    pub barrier_ps: u64,
}

impl StepTime {
    /// All of it, picoseconds.
    #[must_use]
    pub fn total_ps(self) -> u64 {
        self.core_ps + self.network_ps + self.barrier_ps
    }
}

/// Simulated time of many steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elapsed {
    /// Steps.
    pub steps: u64,
    /// All of them together, picoseconds.
    pub total_ps: u128,
    /// The same with every step that is shorter than the chip's tick lasting a tick, picoseconds.
    pub wall_ps: u128,
    /// The longest step.
    pub longest_ps: u64,
    /// Steps that lasted longer than the chip's tick.
    pub overruns: u64,
    /// Steps whose network's part was due to the longest way.
    pub by_way: u64,
    /// To the most loaded link.
    pub by_link: u64,
    /// To the most loaded port of a core.
    pub by_port: u64,
    /// To the most loaded port of the host.
    pub by_host_port: u64,
}

impl Elapsed {
    /// Adds one step.
    pub fn add(&mut self, timing: &Timing, step: StepTime) {
        let ps = step.total_ps();
        self.steps += 1;
        self.total_ps += u128::from(ps);
        self.wall_ps += u128::from(ps.max(timing.tick_ps.unwrap_or(0)));
        self.longest_ps = self.longest_ps.max(ps);
        match step.bound {
            Bound::Nothing | Bound::Packet { .. } => {}
            Bound::Way => self.by_way += 1,
            Bound::Link(_) => self.by_link += 1,
            Bound::Port(_) => self.by_port += 1,
            Bound::HostPort(_) => self.by_host_port += 1,
        }
        self.overruns += u64::from(timing.tick_ps.is_some_and(|tick| ps > tick));
    }

    /// This time and another after it.
    #[must_use]
    pub fn plus(&self, later: &Self) -> Self {
        Self {
            steps: self.steps + later.steps,
            total_ps: self.total_ps + later.total_ps,
            wall_ps: self.wall_ps + later.wall_ps,
            longest_ps: self.longest_ps.max(later.longest_ps),
            overruns: self.overruns + later.overruns,
            by_way: self.by_way + later.by_way,
            by_link: self.by_link + later.by_link,
            by_port: self.by_port + later.by_port,
            by_host_port: self.by_host_port + later.by_host_port,
        }
    }

    /// Whole clock cycles; `None` for an asynchronous chip.
    #[must_use]
    pub fn cycles(&self, timing: &Timing) -> Option<u128> {
        timing.clock_ps.map(|clock| self.total_ps.div_ceil(u128::from(clock.max(1))))
    }
}
