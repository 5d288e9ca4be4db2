//! What is static of a machine: where the packets of every source go, the rows of every axon, the network.
//!
//! Promises: a chip whose file describes no network but has a clock gets
//! the router's mesh with the conventions of BookSim 2, and [`Tables::network`] says so. Absent on purpose: steps.

use crate::chip::{Chip, Noc, PacketBits, RowService, UpdateStyle};
use crate::cost::arriving::{Arriving, ByStorage};
use crate::cost::cycle::core::Rules;
use crate::cost::cycle::design::{CoreDesign, NetworkModel, Ports};
use crate::cost::cycle::fanout::{
    BARRIER, Builder, CONTROL, Destination, ERROR, Fanout, From, SPIKE, TARGET, VALUE, fanouts,
};
use crate::cost::cycle::program::Order;
use crate::cost::host::HostPorts;
use crate::cost::placed::Placed;
use crate::cost::prices::{Time, Timing};
use crate::cost::way_costs::WayCosts;
use crate::run::machine::Machine;
use std::collections::HashMap;
use synfire_core::address::CoreId;
use synfire_core::synapse::RowLayout;
use synfire_router::network::config::{ChannelSet, Config, Pipeline};
use synfire_router::network::plan::Plan;
use synfire_router::network::routes::RouteId;

/// What is static of a node.
#[derive(Clone, Debug)]
pub struct NodeTables {
    /// Its endpoint.
    pub endpoint: u32,
    /// Of each source.
    pub spikes: Vec<Fanout>,
    /// Whether the spikes of each source leave the chip, too.
    pub leaves: Vec<bool>,
    /// Of each channel of errors.
    pub errors: Vec<Fanout>,
    /// A packet to this node alone: from the host, and of a barrier.
    pub to_node: Fanout,
    /// Synapses of the row of each axon, numbered through the blocks, and how they are stored: an index of
    /// [`Order::word_ps`].
    pub rows: Vec<(u32, u8)>,
    /// First number of the axons of each block.
    pub first_axons: Vec<u32>,
}

/// What packets travel on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Routers and links; `None` of ideal ways.
    pub config: Option<Config>,
    /// Whether the chip file describes it.
    pub is_described: bool,
    /// Period of its clock.
    pub cycle_ps: u64,
    /// Flits of each class of packets, values last.
    pub flits: [u32; 6],
}

/// Everything static.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The machine of a core.
    pub design: CoreDesign,
    /// What decides its queues.
    pub rules: Rules,
    /// What decides its actions.
    pub order: Order,
    /// Times.
    pub timing: Timing,
    /// The barrier, of wires.
    pub barrier_ps: u64,
    /// Whether learning engines are clock-gated.
    pub gated: bool,
    /// What packets travel on.
    pub network: Network,
    /// Nodes.
    pub nodes: Vec<NodeTables>,
    /// Of each neuron of each input.
    pub inputs: Vec<Vec<Fanout>>,
    /// Where input neurons sit.
    pub placed: Placed,
    /// Nodes with neurons; those behind them hold input neurons alone.
    pub with_neurons: usize,
    /// Packets of each class to every node, from the ports of the host.
    pub to_all: [Vec<Fanout>; 5],
    /// What packets bring, where rows are fetched at arrival.
    pub arriving: Option<Arriving>,
    /// From a node to the port of the host next to it, in the order of the nodes.
    pub to_host: Vec<Fanout>,
    /// From a node to the first port, where messages of a barrier meet.
    pub to_barrier: Vec<Fanout>,
    /// Ports of the host.
    pub ports: HostPorts,
    /// Of all fan-outs.
    pub destinations: Vec<Destination>,
    /// The route of a packet that begins there, where it has one.
    pub routes: HashMap<u32, RouteId>,
    /// Endpoint of the host's first port; the others are behind it.
    pub host: u32,
    /// Node at each endpoint; the largest number where there is none.
    node_at: Vec<u32>,
}

/// The network that a chip has: described, taken by default, or ideal.
fn network(chip: &Chip) -> Network {
    let design = &chip.core;
    let clock = design.network_clock_ps.or(chip.timing.clock_ps);
    let ideal = Network { config: None, is_described: false, cycle_ps: clock.unwrap_or(1), flits: [1; 6] };
    let (NetworkModel::Simulated, Some(cycle_ps)) = (design.network, clock) else { return ideal };
    let (noc, is_described) = match &chip.noc {
        Some(noc) => (noc.clone(), true),
        None => (default_noc(chip), false),
    };
    if noc.config.check().is_err() {
        return ideal;
    }
    let [spike, error, target, control, barrier] =
        noc.packets.kinds().map(|(_, bits)| noc.config.flits(bits));
    let value = chip.host.answers.bits().filter(|_| is_described).map_or(1, |bits| noc.config.flits(bits));
    let flits = [spike, error, target, control, barrier, value];
    Network { config: Some(noc.config), is_described, cycle_ps, flits }
}

/// A mesh of two-cycle routers with one channel, eight flits deep; every packet is a flit.
fn default_noc(chip: &Chip) -> Noc {
    let mesh = &chip.mesh;
    let mut config = Config::mesh(mesh.columns.into(), mesh.rows.into(), Pipeline::TWO, 1, 8);
    config.cores_per_router = mesh.cores_per_tile.into();
    config.io_routers = mesh.routers_of(&chip.host_ports());
    config.classes = vec![ChannelSet::first(1); 5];
    let bits = config.flit_bits;
    let packets = PacketBits { spike: bits, error: bits, target: bits, control: bits, barrier: bits };
    Noc { config, link_classes: vec!["link".to_owned()], class_costs: Vec::new(), packets }
}

/// What decides the queues of a core; on ideal ways nothing holds a packet back.
fn rules(design: &CoreDesign, is_ideal: bool) -> Rules {
    Rules {
        arrival_queue: design.arrival_queue.filter(|_| !is_ideal),
        output_queue: design.output_queue,
        ports: design.ports,
        first: design.first,
    }
}

/// What decides the actions of a core.
fn order(chip: &Chip) -> Order {
    let (design, timing) = (&chip.core, &chip.timing);
    let shared = design.ports == Ports::Shared;
    let at_arrival = chip.service.rows == RowService::AtArrival;
    Order {
        rows: design.rows,
        lookup: design.lookup,
        learning: design.learning,
        lookups_shared: shared && !at_arrival && timing.packet_in_ps.ps() > 0,
        weights_shared: shared && at_arrival,
        event_driven: chip.service.updates == UpdateStyle::EventDriven,
        lanes: timing.synapse_lanes.max(1).into(),
        lookup_ps: timing.axon_event_ps.ps(),
        word_ps: [timing.synapse_word_ps, timing.sparse_synapse_word_ps, timing.shared_synapse_word_ps]
            .map(Time::ps),
        packet_ps: timing.packet_out_ps.ps(),
    }
}

impl Tables {
    /// The tables of a machine, and the network's plan with all routes.
    #[must_use]
    pub fn of(machine: &Machine) -> (Self, Option<Plan>) {
        let chip = &machine.chip;
        let (design, timing, network) = (&chip.core, &chip.timing, network(chip));
        let placed = Placed::of(machine);
        let mut builder = builder(chip, &network, &placed);
        let all: Vec<CoreId> = machine.nodes.iter().map(|node| node.id).collect();
        let mut nodes: Vec<NodeTables> =
            machine.nodes.iter().map(|node| node_tables(&mut builder, machine, node)).collect();
        nodes.extend(placed.cores[all.len()..].iter().map(|core| input_tables(&mut builder, *core)));
        let inputs =
            (0..machine.inputs().len()).map(|input| channels(&mut builder, machine, input)).collect();
        // Control events are for cores with neurons, the barrier for all.
        let to_all = [SPIKE, ERROR, TARGET, CONTROL, BARRIER].map(|class| match class {
            BARRIER => vec![builder.fanout(BARRIER, From::Port(0), &placed.cores)],
            class => builder.of_host(class, &all),
        });
        let to_host = ways_out(&mut builder, &placed.cores, |builder, core| builder.nearest(core));
        let to_barrier = ways_out(&mut builder, &placed.cores, |_, _| 0);
        let is_ideal = builder.plan.is_none();
        let at_arrival = chip.service.rows == RowService::AtArrival;
        let Builder { destinations, routes, plan, ports, host, apart, .. } = builder;
        let tables = Self {
            rules: rules(design, is_ideal),
            order: order(chip),
            design: design.clone(),
            timing: *timing,
            barrier_ps: timing.barrier.ps(machine.tiles()),
            gated: chip.learning_gated,
            network,
            nodes,
            inputs,
            to_all,
            arriving: at_arrival.then(|| Arriving::of(machine, apart)),
            to_host,
            to_barrier,
            ports,
            destinations,
            routes,
            host,
            node_at: node_at(machine, &placed.cores),
            with_neurons: all.len(),
            placed,
        };
        (tables, plan)
    }
}

impl Tables {
    /// The node at an endpoint.
    #[must_use]
    pub fn node_at(&self, endpoint: u32) -> Option<u32> {
        self.node_at.get(endpoint as usize).copied().filter(|node| *node != u32::MAX)
    }

    /// The port of the host at an endpoint.
    #[must_use]
    pub fn port_at(&self, endpoint: u32) -> Option<u32> {
        endpoint.checked_sub(self.host)
    }

    /// Bits of a packet of a class at a port of the host.
    #[must_use]
    pub fn bits(&self, class: u8) -> u64 {
        let bits = &self.ports.bits;
        match class {
            SPIKE => bits.spike,
            ERROR => bits.error,
            VALUE => bits.value,
            _ => bits.control,
        }
    }

    /// What taking a packet takes at a node: of a spike its rows too, where they are fetched at arrival.
    #[must_use]
    pub fn taking_ps(&self, node: u32, class: u8, tag: u64) -> u64 {
        let taken = self.timing.packet_in_ps.ps();
        let Some(arriving) = self.arriving.as_ref().filter(|_| class == SPIKE) else { return taken };
        let Order { lanes, lookup_ps, word_ps, .. } = self.order;
        let (sender, source, events) = untagged(tag);
        let nodes = self.nodes.len();
        let deliveries = match sender.checked_sub(nodes) {
            None => &arriving.nodes[sender],
            Some(input) => &arriving.inputs[input],
        };
        let brought = deliveries.get(source).iter().find(|(to, _)| *to == node);
        let rows = brought.map_or(0, |(_, brought)| {
            let ByStorage { dense, sparse, shared } = brought.synapses;
            let words = [dense, sparse, shared].map(|synapses| synapses.div_ceil(lanes));
            brought.axons * lookup_ps + words.iter().zip(word_ps).map(|(words, ps)| words * ps).sum::<u64>()
        });
        taken + events * rows
    }
}

/// What a spike is called: its node, or behind all nodes its input; its source there; its events.
#[must_use]
pub fn tagged(sender: usize, source: u32, events: u8) -> u64 {
    (sender as u64) << 40 | u64::from(source) << 8 | u64::from(events)
}

/// The parts of such a name.
fn untagged(tag: u64) -> (usize, usize, u64) {
    ((tag >> 40) as usize, (tag >> 8) as u32 as usize, tag & 255)
}

/// What forms the ways of a chip, before any is known.
fn builder<'a>(chip: &'a Chip, network: &Network, placed: &Placed) -> Builder<'a> {
    Builder {
        topology: chip.topology(),
        costs: WayCosts::of(chip),
        node_of: (0..).zip(&placed.cores).map(|(number, core)| (*core, number)).collect(),
        plan: network.config.clone().and_then(|config| Plan::new(config).ok()),
        known: HashMap::new(),
        destinations: Vec::new(),
        routes: HashMap::new(),
        host: chip.mesh.cores() as u32,
        ports: HostPorts::of(chip),
        flits: network.flits,
        apart: chip.prices_listed_rows_apart(),
    }
}

/// Where the spikes of each neuron of an input go, from its core or from the port by which it enters.
fn channels(builder: &mut Builder<'_>, machine: &Machine, input: usize) -> Vec<Fanout> {
    let (ports, table) = (builder.ports.clone(), &machine.inputs()[input]);
    let from = |channel| match machine.input_core(input, channel as u32) {
        Some(core) => From::Core(core),
        None => From::Port(ports.of_channel(machine.input_port(input), channel, table.len())),
    };
    fanouts(builder, SPIKE, from, table)
}

/// From every core to the port of the host that `port` gives it.
fn ways_out(
    builder: &mut Builder<'_>,
    cores: &[CoreId],
    port: impl Fn(&Builder<'_>, CoreId) -> u32,
) -> Vec<Fanout> {
    let outside = cores.len() as u32;
    let way = |core: &CoreId| {
        let port = port(builder, *core);
        builder.way_to_host(*core, port, outside)
    };
    cores.iter().map(way).collect()
}

fn node_at(machine: &Machine, cores: &[CoreId]) -> Vec<u32> {
    let mut node_at = vec![u32::MAX; machine.chip.mesh.cores()];
    for (number, core) in (0..).zip(cores) {
        node_at[core.index()] = number;
    }
    node_at
}

fn node_tables(builder: &mut Builder<'_>, machine: &Machine, node: &crate::run::node::Node) -> NodeTables {
    let from = From::Core(node.id);
    let leaves = node
        .core
        .slices
        .iter()
        .flat_map(|slice| std::iter::repeat_n(machine.leaves(slice.population), slice.len));
    let (mut rows, mut first_axons) = (Vec::new(), Vec::new());
    for block in &node.core.blocks {
        first_axons.push(rows.len() as u32);
        let stored = match block.memory.layout {
            RowLayout::Sparse { .. } if builder.apart => 1,
            RowLayout::Shared { .. } if builder.apart => 2,
            _ => 0,
        };
        rows.extend((0..block.memory.axons).map(|axon| (block.memory.row(axon).len() as u32, stored)));
    }
    NodeTables {
        endpoint: node.id.0.into(),
        spikes: fanouts(builder, SPIKE, |_| from, &node.routes),
        leaves: leaves.collect(),
        errors: node.error_routes.iter().map(|to| builder.fanout(ERROR, from, to)).collect(),
        to_node: builder.fanout(CONTROL, From::Port(builder.nearest(node.id)), &[node.id]),
        rows,
        first_axons,
    }
}

/// Of a core that only input neurons sit on.
fn input_tables(builder: &mut Builder<'_>, core: CoreId) -> NodeTables {
    NodeTables {
        endpoint: core.0.into(),
        spikes: Vec::new(),
        leaves: Vec::new(),
        errors: Vec::new(),
        to_node: builder.fanout(CONTROL, From::Port(builder.nearest(core)), &[core]),
        rows: Vec::new(),
        first_axons: Vec::new(),
    }
}
