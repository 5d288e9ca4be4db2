//! What packets bring to the cores that take them: axons and their synapse rows, known before the first step.
//!
//! Row lengths are static, as routes are: a source names what its packets make a core fetch. A chip that fetches rows at
//! arrival is counted from here, in the step in which a packet is sent; one that fetches them at use from its cores.
//!
//! Promises: each packet is counted, the host's spikes too; sums depend neither on the order of packets nor on workers.
//! Absent on purpose: prices, times, what a row does to a sum.

use crate::cost::counters::NodeCounts;
use crate::run::machine::Machine;
use crate::run::node::Node;
use synfire_core::address::CoreId;
use synfire_core::synapse::RowLayout;
use synfire_router::table::{Destination, RoutingTable};

/// Synapses by how their rows are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByStorage {
    /// Of dense rows; of all rows, where a chip does not tell them apart.
    pub dense: u64,
    /// Of sparse rows.
    pub sparse: u64,
    /// Of rows that share a kernel.
    pub shared: u64,
}

/// What a core took in a step, or what one packet brings it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Spike and error packets.
    pub packets: u64,
    /// Axons behind them.
    pub axons: u64,
    /// Synapses of the axons' rows.
    pub synapses: ByStorage,
}

/// One packet that brings no axon.
const ERROR: Brought =
    Brought { packets: 1, axons: 0, synapses: ByStorage { dense: 0, sparse: 0, shared: 0 } };

impl Brought {
    /// Of one packet at an input address of `node`; `apart`: synapses by storage.
    fn by(node: &Node, to: Destination, apart: bool) -> Self {
        let mut brought = Self { packets: 1, ..Self::default() };
        for (block, axon) in node.core.axon_in.get(to.axon_in) {
            let memory = &node.core.blocks[usize::from(*block)].memory;
            let ByStorage { dense, sparse, shared } = &mut brought.synapses;
            let synapses = match memory.layout {
                RowLayout::Sparse { .. } if apart => sparse,
                RowLayout::Shared { .. } if apart => shared,
                _ => dense,
            };
            *synapses += memory.row(*axon as usize).len() as u64;
            brought.axons += 1;
        }
        brought
    }

    /// Adds a packet of `events` events, each of which fetches its rows.
    #[inline]
    pub fn add(&mut self, packet: &Self, events: u64) {
        self.packets += packet.packets;
        self.axons += packet.axons * events;
        self.synapses.dense += packet.synapses.dense * events;
        self.synapses.sparse += packet.synapses.sparse * events;
        self.synapses.shared += packet.synapses.shared * events;
    }

    /// The counts of its rows, on a core that fetches them at arrival.
    #[must_use]
    pub fn rows(&self) -> NodeCounts {
        let ByStorage { dense, sparse: sparse_events, shared: shared_events } = self.synapses;
        let mut counts = NodeCounts { sparse_events, shared_events, ..NodeCounts::default() };
        (counts.core.axon_events, counts.core.synaptic_events) = (self.axons, dense);
        counts
    }
}

/// Takes the rows out of what a core did, at use.
pub(super) fn take_rows(counts: &mut NodeCounts) -> NodeCounts {
    let mut rows = NodeCounts::default();
    let (own, core) = (&mut rows.core, &mut counts.core);
    own.axon_events = std::mem::take(&mut core.axon_events);
    own.synaptic_events = std::mem::take(&mut core.synaptic_events);
    rows.sparse_events = std::mem::take(&mut counts.sparse_events);
    rows.shared_events = std::mem::take(&mut counts.shared_events);
    rows
}

/// What the packets of each source of a routing table bring, and to which node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    starts: Vec<u32>,
    packets: Vec<(u32, Brought)>,
}

impl Deliveries {
    fn of(table: &RoutingTable, packet: impl Fn(&Destination) -> (u32, Brought)) -> Self {
        let mut deliveries = Self { starts: vec![0], packets: Vec::new() };
        for source in 0..table.len() {
            deliveries.packets.extend(table.get(source).iter().map(&packet));
            deliveries.starts.push(deliveries.packets.len() as u32);
        }
        deliveries
    }

    /// The packets of one source: node and what they bring.
    #[inline]
    #[must_use]
    pub fn get(&self, source: usize) -> &[(u32, Brought)] {
        &self.packets[self.starts[source] as usize..self.starts[source + 1] as usize]
    }
}

/// Everything that sends packets to cores, but for control events and currents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arriving {
    /// The neurons of every node of the machine.
    pub nodes: Vec<Deliveries>,
    /// Of every node the channels of its errors.
    pub errors: Vec<Vec<Vec<(u32, Brought)>>>,
    /// The channels of every input population.
    pub inputs: Vec<Deliveries>,
}

impl Arriving {
    /// Of a machine; `apart`: synapses by storage.
    #[must_use]
    pub fn of(machine: &Machine, apart: bool) -> Self {
        let nodes = &machine.nodes;
        let node_of = |core: CoreId| {
            let found = nodes.binary_search_by_key(&core, |node| node.id);
            found.unwrap_or_else(|_| unreachable!("a packet goes to a core in use"))
        };
        let spike = |to: &Destination| {
            let node = node_of(to.core);
            (node as u32, Brought::by(&nodes[node], *to, apart))
        };
        let error = |core: &CoreId| (node_of(*core) as u32, ERROR);
        let errors =
            |node: &Node| node.error_routes.iter().map(|to| to.iter().map(error).collect()).collect();
        Self {
            nodes: nodes.iter().map(|node| Deliveries::of(&node.routes, spike)).collect(),
            errors: nodes.iter().map(errors).collect(),
            inputs: machine.inputs().iter().map(|table| Deliveries::of(table, spike)).collect(),
        }
    }
}
