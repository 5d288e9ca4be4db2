//! One step while it arises: what a worker's share of it took, and what all shares together did.
//!
//! Where a core's time depends on what others send it (rows at arrival, a time of taking a packet, phases side by side,
//! input neurons on cores) it is known only when every worker has told which packets it sent: each core's share of work
//! rides in the note, and its time is formed when the step is closed.
//!
//! Promises: sums are formed before a maximum is taken; of equally slow cores the first is named, however the workers
//! are cut. Absent on purpose: what is counted over many steps (`analytic`).

use crate::cost::arriving::Brought;
use crate::cost::capacity::Capacity;
use crate::cost::counters::{NodeCounts, move_gated};
use crate::cost::gating::Flags;
use crate::cost::host::HostPorts;
use crate::cost::service::Ways;
use crate::cost::time::{Bound, CoreTime, StepTime};
use crate::cost::ways::Class;
use synfire_core::address::CoreId;
use synfire_router::loads::{Busiest, Differences, Load};
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
    /// Flits over each link, where packets are not one flit each; otherwise empty.
    held: Differences,
    /// Flits in and out of every core, where that takes time; otherwise empty.
    ports: Vec<[u64; 2]>,
    /// Bits in and out of every port of the host, where that takes time; otherwise empty.
    host: Vec<[u64; 2]>,
    /// Every core's share, where its time is formed at the end; otherwise empty.
    cores: Vec<CoreShare>,
}

/// What one core did and took.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CoreShare {
    /// Its neurons, its learning and its packets out.
    pub own: CoreTime,
    /// Rows that it fetched at use.
    pub rows: CoreTime,
    /// What arrived.
    pub brought: Brought,
    /// Spikes of its input neurons, and the packets that they sent.
    pub input: InputShare,
}

/// What the input neurons of a core did, and what the host read of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct InputShare {
    pub spikes: u64,
    pub packets: u64,
    /// Values of its neurons that the host reads.
    pub values: u64,
}

/// Who sends packets: how many flits each has, from which core, in what network.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender<'a> {
    pub topology: &'a Topology,
    /// What links and ports take, and how many cores the model has.
    pub capacity: Option<(&'a Capacity, usize)>,
    /// Flits of a packet.
    pub flits: u64,
    /// Bits of a packet.
    pub bits: u64,
    /// What ports of the host take, where not all are ideal.
    pub host: Option<&'a HostPorts>,
    /// Index of the core; `None`: the host.
    pub core: Option<usize>,
}

/// What the network takes for a step.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Carried {
    way_ps: u64,
    link_ps: u64,
    link: u32,
    port_ps: u64,
    port: Option<CoreId>,
    host_ps: u64,
    host: u32,
}

impl Carried {
    /// The step of a slowest core: what was longest comes after it, or beside it where ways are hidden.
    pub fn after(self, core_ps: u64, barrier_ps: u64, ways: Ways) -> StepTime {
        let Self { way_ps, link_ps, link, port_ps, port, host_ps, host } = self;
        let (way_ps, beside) = match ways {
            Ways::Added => (way_ps, 0),
            Ways::Hidden => (0, core_ps),
        };
        let mut longest = (way_ps, Bound::Way);
        let port = port.map_or(Bound::Nothing, Bound::Port);
        for other in [(link_ps, Bound::Link(link)), (port_ps, port), (host_ps, Bound::HostPort(host))] {
            let other = (other.0.saturating_sub(beside), other.1);
            longest = if other.0 > longest.0 { other } else { longest };
        }
        let bound = if longest.0 > 0 { longest.1 } else { Bound::Nothing };
        StepTime { core_ps, network_ps: longest.0, bound, barrier_ps }
    }
}

impl CoreShare {
    fn join(&mut self, other: Self) {
        self.own.add(other.own);
        self.rows.add(other.rows);
        self.brought.add(&other.brought, 1);
        self.input.spikes += other.input.spikes;
        self.input.packets += other.input.packets;
        self.input.values += other.input.values;
    }
}

impl Step {
    /// Counts the packets of `sources` sources of `class`.
    #[inline]
    pub(super) fn pass(
        &mut self,
        by: Sender<'_>,
        class: &Class,
        sources: u64,
        counts: &mut NodeCounts,
    ) -> u64 {
        counts.hops_x += class.hops.0 * sources;
        counts.hops_y += class.hops.1 * sources;
        self.way_ps = self.way_ps.max(class.way_ps);
        self.links.add(by.topology, &class.links, sources);
        counts.output_packets += class.leaving * sources;
        counts.router_lookups += class.routers * sources;
        if class.seams != [0; 3] {
            let [seam, board, off_board] = class.seams.map(|links| links * sources * by.bits);
            counts.seam_bits += seam;
            counts.board_bits += board;
            counts.off_board_bits += off_board;
        }
        if let Some(host) = by.host {
            for (port, packets) in &class.ports {
                self.host.resize(host.count(), [0; 2]);
                for (sum, packets) in self.host[*port as usize].iter_mut().zip(packets) {
                    let charged = host.charged(*port, packets * sources, by.bits);
                    *sum += charged;
                    counts.host_bits += charged;
                }
            }
        }
        if let Some((capacity, cores)) = by.capacity {
            if !capacity.one_flit() {
                self.held.add(by.topology, &class.links, sources * by.flits);
            }
            if capacity.port_ps > 0 {
                self.ports.resize(cores, [0; 2]);
                for node in &class.to {
                    self.ports[*node as usize][0] += sources * by.flits;
                }
                if let Some(core) = by.core {
                    self.ports[core][1] += class.made * sources * by.flits;
                }
            }
        }
        class.packets * sources
    }

    /// All shares are here: what the network takes. Adds the loads of links to `loads`; also returns the largest.
    pub(super) fn carried(
        &mut self,
        capacity: Option<&Capacity>,
        host: &HostPorts,
        cores: &[CoreId],
        loads: &mut [Load],
    ) -> (Carried, Option<Busiest>) {
        let mut carried = Carried { way_ps: std::mem::take(&mut self.way_ps), ..Carried::default() };
        let mut busiest = Busiest::default();
        for (port, bits) in (0..).zip(&mut self.host) {
            let ps = std::mem::take(bits).into_iter().map(|bits| host.ps(port, bits)).max().unwrap_or(0);
            if ps > carried.host_ps {
                (carried.host_ps, carried.host) = (ps, port);
            }
        }
        let Some(capacity) = capacity else { return (carried, self.links.settle(loads)) };
        let mut hold = |link: usize, flits: u64| {
            let ps = flits * capacity.link_ps[link];
            if ps > carried.link_ps {
                (carried.link_ps, carried.link) = (ps, link as u32);
            }
        };
        let one = capacity.one_flit();
        self.links.settle_each(|link, load| {
            loads[link].add(load);
            busiest.hear(link, load);
            if one {
                hold(link, load);
            }
        });
        self.held.settle_each(&mut hold);
        for (ports, core) in self.ports.iter_mut().zip(cores) {
            let ps = std::mem::take(ports).into_iter().max().unwrap_or(0) * capacity.port_ps;
            if ps > carried.port_ps {
                (carried.port_ps, carried.port) = (ps, Some(*core));
            }
        }
        (carried, (busiest.packets > 0).then_some(busiest))
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

    /// The share of core `at`, one of `cores`.
    pub(super) fn share(&mut self, cores: usize, at: usize) -> &mut CoreShare {
        self.cores.resize(cores, CoreShare::default());
        &mut self.cores[at]
    }

    /// Some packets of one source, of `events` events each, arrive at their cores.
    pub(super) fn bring(&mut self, cores: usize, packets: &[(u32, Brought)], events: u64) {
        self.cores.resize(cores, CoreShare::default());
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
        self.held.absorb(&mut other.held);
        for (own, other) in [(&mut self.ports, &mut other.ports), (&mut self.host, &mut other.host)] {
            own.resize(own.len().max(other.len()), [0; 2]);
            for (own, other) in own.iter_mut().zip(other) {
                let [came, left] = std::mem::take(other);
                *own = [own[0] + came, own[1] + left];
            }
        }
        self.cores.resize(self.cores.len().max(other.cores.len()), CoreShare::default());
        for (own, other) in self.cores.iter_mut().zip(&mut other.cores) {
            own.join(std::mem::take(other));
        }
    }

    /// All shares are here: `time` gives the time of each core.
    pub(super) fn form(&mut self, mut time: impl FnMut(&mut Self, usize, &CoreShare) -> CoreTime) {
        let mut cores = std::mem::take(&mut self.cores);
        for (at, core) in cores.iter_mut().enumerate() {
            let time = time(self, at, &std::mem::take(core));
            self.core(at, time, self.flags.learns);
        }
        self.cores = cores;
    }
}
