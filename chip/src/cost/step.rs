//! One step while it arises: what a worker's share of it took, and what all shares together did.
//!
//! Where rows are fetched at arrival, what a core takes is known only when every worker has told which packets it sent:
//! each core's share of work rides in the note, and its time is formed when the step is closed.
//!
//! Promises: sums are formed before a maximum is taken; of equally slow cores the first is named, however the workers
//! are cut. Absent on purpose: what is counted over many steps (`analytic`).

use crate::cost::arriving::Brought;
use crate::cost::counters::NodeCounts;
use crate::cost::gating::Flags;
use crate::cost::prices::Timing;
use crate::cost::time::{self, CoreTime, StepTime};
use crate::cost::ways::Class;
use synfire_router::loads::Differences;
use synfire_router::topology::Topology;

/// What one step, or a worker's share of it, took. It is the note that rides to the first worker.
#[derive(Debug, Default)]
pub struct Step {
    pub(super) time: StepTime,
    /// Slowest core, were its engine not gated.
    pub(super) ungated_ps: u64,
    /// The same in every worker.
    pub(super) flags: Flags,
    pub(super) links: Differences,
    /// Every node's share, where rows are fetched at arrival; otherwise empty.
    cores: Vec<CoreShare>,
}

/// What one core did and took.
#[derive(Clone, Copy, Debug, Default)]
struct CoreShare {
    own: CoreTime,
    brought: Brought,
}

impl Step {
    /// Counts the packets of `sources` sources of `class`.
    #[inline]
    pub(super) fn pass(
        &mut self,
        topology: &Topology,
        class: &Class,
        sources: u64,
        counts: &mut NodeCounts,
    ) -> u64 {
        counts.hops_x += class.hops.0 * sources;
        counts.hops_y += class.hops.1 * sources;
        self.time.way_ps = self.time.way_ps.max(class.way_ps);
        self.links.add(topology, &class.links, sources);
        class.packets * sources
    }

    /// A core's work of the step is whole.
    #[inline]
    pub(super) fn core(&mut self, CoreTime { whole_ps, gated_ps }: CoreTime, learns: bool) {
        self.time.core_ps = self.time.core_ps.max(if learns { whole_ps } else { gated_ps });
        self.ungated_ps = self.ungated_ps.max(whole_ps);
    }

    /// Of `nodes` nodes, `node` did its own work; what it takes is not known yet.
    pub(super) fn own(&mut self, nodes: usize, node: usize, own: CoreTime) {
        self.cores.resize(nodes, CoreShare::default());
        self.cores[node].own = own;
    }

    /// Some packets of one source, of `events` events each.
    pub(super) fn bring(&mut self, nodes: usize, packets: &[(u32, Brought)], events: u64) {
        self.cores.resize(nodes, CoreShare::default());
        for (node, brought) in packets {
            self.cores[*node as usize].brought.add(brought, events);
        }
    }

    /// Takes another worker's share, and leaves it empty.
    pub(super) fn absorb(&mut self, other: &mut Self) {
        self.time = self.time.join(std::mem::take(&mut other.time));
        self.ungated_ps = self.ungated_ps.max(std::mem::take(&mut other.ungated_ps));
        self.links.absorb(&mut other.links);
        self.cores.resize(self.cores.len().max(other.cores.len()), CoreShare::default());
        for (own, other) in self.cores.iter_mut().zip(&mut other.cores) {
            let CoreShare { own: time, brought } = std::mem::take(other);
            own.own.add(time);
            own.brought.add(&brought, 1);
        }
    }

    /// All shares are here: adds to `taken` what each node took, and what that takes to its time.
    pub(super) fn arrive(&mut self, timing: &Timing, taken: &mut Vec<NodeCounts>) {
        taken.resize(taken.len().max(self.cores.len()), NodeCounts::default());
        let mut cores = std::mem::take(&mut self.cores);
        for (core, taken) in cores.iter_mut().zip(taken) {
            let CoreShare { mut own, brought } = std::mem::take(core);
            let counts = brought.counts();
            taken.add(&counts);
            own.add(time::core_time(timing, &counts));
            self.core(own, self.flags.learns);
        }
        self.cores = cores;
    }
}
