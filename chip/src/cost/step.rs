//! One step while it arises: what a worker's share of it took, and what all shares together did.
//!
//! Where rows are fetched at arrival, what a core takes is known only when every worker has told which packets it sent:
//! each core's share of work rides in the note, and its time is formed when the step is closed.
//!
//! Promises: sums are formed before a maximum is taken; of equally slow cores the first is named, however the workers
//! are cut. Absent on purpose: what is counted over many steps (`analytic`).

use crate::cost::arriving::Brought;
use crate::cost::counters::{NodeCounts, move_gated};
use crate::cost::gating::Flags;
use crate::cost::prices::Timing;
use crate::cost::time::{self, CoreTime};
use crate::cost::ways::Class;
use synfire_router::loads::Differences;
use synfire_router::topology::Topology;

/// What one step, or a worker's share of it, took. It is the note that rides to the first worker.
#[derive(Debug, Default)]
pub struct Step {
    /// Slowest core, picoseconds.
    pub(super) core_ps: u64,
    /// Longest way, picoseconds.
    pub(super) way_ps: u64,
    /// Slowest core, were its engine not gated.
    pub(super) ungated_ps: u64,
    /// The first of the slowest nodes, and of the slowest were no engine gated.
    pub(super) slowest: [u32; 2],
    /// Where steps are kept: what was done, and what a gated engine may leave out of it.
    pub(super) kept: Option<Box<[NodeCounts; 2]>>,
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
        self.way_ps = self.way_ps.max(class.way_ps);
        self.links.add(topology, &class.links, sources);
        class.packets * sources
    }

    /// The work of node `node` is whole. Nodes come in ascending order.
    #[inline]
    pub(super) fn core(&mut self, node: usize, CoreTime { whole_ps, gated_ps }: CoreTime, learns: bool) {
        self.slower([if learns { whole_ps } else { gated_ps }, whole_ps], [node as u32; 2]);
    }

    /// The slower of what is known and of nodes that took this long.
    #[inline]
    fn slower(&mut self, [core_ps, ungated_ps]: [u64; 2], nodes: [u32; 2]) {
        let known = [&mut self.core_ps, &mut self.ungated_ps].into_iter().zip(&mut self.slowest);
        for ((known_ps, slowest), (ps, node)) in known.zip([core_ps, ungated_ps].into_iter().zip(nodes)) {
            if ps > *known_ps {
                (*known_ps, *slowest) = (ps, node);
            }
        }
    }

    /// Takes down what was done, and what a gated engine may leave out of it while learning is off.
    pub(super) fn keep(&mut self, mut counts: NodeCounts, learns: bool) {
        let [done, gated] = &mut **self.kept.get_or_insert_default();
        if !learns {
            move_gated(&mut counts, gated);
        }
        done.add(&counts);
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
        let times = [std::mem::take(&mut other.core_ps), std::mem::take(&mut other.ungated_ps)];
        self.slower(times, std::mem::take(&mut other.slowest));
        self.way_ps = self.way_ps.max(std::mem::take(&mut other.way_ps));
        if let Some([done, gated]) = other.kept.take().as_deref() {
            let own = self.kept.get_or_insert_default();
            own[0].add(done);
            own[1].add(gated);
        }
        self.links.absorb(&mut other.links);
        self.cores.resize(self.cores.len().max(other.cores.len()), CoreShare::default());
        for (own, other) in self.cores.iter_mut().zip(&mut other.cores) {
            let CoreShare { own: time, brought } = std::mem::take(other);
            own.own.add(time);
            own.brought.add(&brought, 1);
        }
    }

    /// All shares are here: adds to `taken` what each node took, and what that takes to its time.
    pub(super) fn arrive(&mut self, timing: &Timing, taken: &mut Vec<NodeCounts>, keep: bool) {
        taken.resize(taken.len().max(self.cores.len()), NodeCounts::default());
        let mut cores = std::mem::take(&mut self.cores);
        for (node, (core, taken)) in cores.iter_mut().zip(taken).enumerate() {
            let CoreShare { mut own, brought } = std::mem::take(core);
            let counts = brought.counts();
            taken.add(&counts);
            if keep {
                self.keep(counts, true);
            }
            own.add(time::core_time(timing, &counts));
            self.core(node, own, self.flags.learns);
        }
        self.cores = cores;
    }
}
