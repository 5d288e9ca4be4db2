//! What packets bring to the cores that take them: axons and their synapse rows, known before the first step.
//!
//! Row lengths are static, as routes are: a source names what its packets make a core fetch. A chip that fetches rows at
//! arrival is counted from here, in the step in which a packet is sent; one that fetches them at use from its cores.
//!
//! Promises: each packet is counted, the host's too; sums depend neither on the order of packets nor on workers.
//! Absent on purpose: prices, times, what a row does to a sum.

use crate::cost::counters::NodeCounts;
use crate::run::machine::Machine;
use crate::run::node::Node;
use synfire_core::address::CoreId;
use synfire_router::table::{Destination, RoutingTable};

/// What a core took in a step, or what one packet brings it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Spike and error packets.
    pub packets: u64,
    /// Axons behind them.
    pub axons: u64,
    /// Synapses of the axons' rows.
    pub synapses: u64,
}

impl Brought {
    /// Of one packet at an input address of `node`.
    fn by(node: &Node, to: Destination) -> Self {
        let mut brought = Self { packets: 1, ..Self::default() };
        for (block, axon) in node.core.axon_in.get(to.axon_in) {
            brought.axons += 1;
            brought.synapses += node.core.blocks[usize::from(*block)].memory.row(*axon as usize).len() as u64;
        }
        brought
    }

    /// Adds a packet of `events` events, each of which fetches its rows.
    #[inline]
    pub fn add(&mut self, packet: &Self, events: u64) {
        self.packets += packet.packets;
        self.axons += packet.axons * events;
        self.synapses += packet.synapses * events;
    }

    /// Its counts on a core that fetches rows at arrival.
    #[must_use]
    pub fn counts(&self) -> NodeCounts {
        let mut counts = NodeCounts::default();
        (counts.core.axon_events, counts.core.synaptic_events) = (self.axons, self.synapses);
        counts
    }
}

/// What the packets of each source of a routing table bring, and to which node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deliveries {
    starts: Vec<u32>,
    packets: Vec<(u32, Brought)>,
}

impl Deliveries {
    fn of(table: &RoutingTable, nodes: &[Node], node_of: impl Fn(CoreId) -> usize) -> Self {
        let mut deliveries = Self { starts: vec![0], packets: Vec::new() };
        for source in 0..table.len() {
            deliveries.packets.extend(table.get(source).iter().map(|to| {
                let node = node_of(to.core);
                (node as u32, Brought::by(&nodes[node], *to))
            }));
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

/// Everything that sends spikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arriving {
    /// The neurons of every node of the machine.
    pub nodes: Vec<Deliveries>,
    /// The channels of every input population.
    pub inputs: Vec<Deliveries>,
}

impl Arriving {
    /// Of a machine.
    #[must_use]
    pub fn of(machine: &Machine) -> Self {
        let nodes = &machine.nodes;
        let node_of = |core: CoreId| {
            let found = nodes.binary_search_by_key(&core, |node| node.id);
            found.unwrap_or_else(|_| unreachable!("a packet goes to a core in use"))
        };
        Self {
            nodes: nodes.iter().map(|node| Deliveries::of(&node.routes, nodes, node_of)).collect(),
            inputs: machine.inputs().iter().map(|table| Deliveries::of(table, nodes, node_of)).collect(),
        }
    }
}
