//! Where packets go on a chip's network: fan-outs of sources, and the routes of packets that are copied on their way.
//!
//! Promises: sources with the same destinations share an entry. Absent on purpose: what a node holds besides (`tables`).

use crate::cost::cycle::core::Packet;
use crate::cost::host::HostPorts;
use crate::cost::way_costs::WayCosts;
use std::collections::HashMap;
use synfire_core::address::CoreId;
use synfire_router::network::config::Multicast;
use synfire_router::network::plan::Plan;
use synfire_router::network::routes::RouteId;
use synfire_router::table::RoutingTable;
use synfire_router::topology::Topology;

/// Classes of packets on the network, in the order of [`PacketBits::kinds`].
pub const SPIKE: u8 = 0;
/// An error or a surrogate derivative.
pub const ERROR: u8 = 1;
/// A target.
pub const TARGET: u8 = 2;
/// Another control event.
pub const CONTROL: u8 = 3;
/// A message of a barrier.
pub const BARRIER: u8 = 4;

/// A value that the host reads: on the network a packet of the class of spikes.
pub const VALUE: u8 = 5;

/// A core that a packet goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Endpoint that packets to it begin at.
    pub from: u32,
    /// Its endpoint on the network: a core's number, or behind all cores a port of the host.
    pub endpoint: u32,
    /// Its node among those in use; the number of nodes for a port of the host.
    pub node: u32,
    /// Time of the way there without a network.
    pub way_ps: u64,
}

/// Where the packets of a source go: a packet for each of these destinations, or one route to all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fanout {
    /// In [`Tables::destinations`].
    first: u32,
    count: u32,
    /// Packets that enter the network if they leave as one.
    parts: Option<u32>,
}

impl Fanout {
    /// Calls `each` with every packet that is made, and how many parts of it enter the network.
    pub fn packets(self, class: u8, tag: u64, mut each: impl FnMut(Packet, u64)) {
        let Self { first, count, parts } = self;
        match parts {
            Some(parts) => each(Packet { first, count, tag, class }, u64::from(parts)),
            None => {
                (first..first + count).for_each(|first| each(Packet { first, count: 1, tag, class }, 1));
            }
        }
    }
}

/// Where a packet begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum From {
    Core(CoreId),
    /// A port of the host.
    Port(u32),
}

/// Fan-outs under construction.
pub(super) struct Builder<'a> {
    pub topology: Topology,
    pub costs: WayCosts<'a>,
    pub node_of: HashMap<CoreId, u32>,
    pub plan: Option<Plan>,
    pub known: HashMap<(u8, u32, Vec<CoreId>), Fanout>,
    pub destinations: Vec<Destination>,
    pub routes: HashMap<u32, RouteId>,
    pub host: u32,
    pub ports: HostPorts,
    pub flits: [u32; 6],
    /// Whether rows cost by how they are stored.
    pub apart: bool,
}

impl Builder<'_> {
    /// From a core, or from a port of the host; packets that are longer than a buffer are not copied on their way.
    pub fn fanout(&mut self, class: u8, from: From, to: &[CoreId]) -> Fanout {
        let (source, tile) = match from {
            From::Core(core) => (u32::from(core.0), self.topology.tile(core)),
            From::Port(port) => (self.host + port, self.ports.tile(port)),
        };
        if let Some(known) = self.known.get(&(class, source, to.to_vec())) {
            return *known;
        }
        let first = self.destinations.len() as u32;
        for core in to {
            let way = self.topology.way(tile, self.topology.tile(*core));
            self.destinations.push(Destination {
                from: source,
                endpoint: core.0.into(),
                node: self.node_of[core],
                way_ps: self.costs.way_ps(&way),
            });
        }
        let endpoints: Vec<u32> = to.iter().map(|core| u32::from(core.0)).collect();
        let copied = self.plan.as_mut().filter(|plan| {
            let flits = self.flits[usize::from(class)];
            plan.config.multicast != Multicast::Repeated
                && endpoints.len() > 1
                && plan.config.check_copies(flits).is_ok()
        });
        let route = copied.and_then(|plan| Some((plan.route(source, &endpoints).ok()?, plan)));
        let parts = route.map(|(route, plan)| {
            self.routes.insert(first, route);
            plan.routes.parts(route).len() as u32
        });
        let fanout = Fanout { first, count: to.len() as u32, parts };
        self.known.insert((class, source, to.to_vec()), fanout);
        fanout
    }

    /// The port of the host next to a core.
    pub fn nearest(&self, core: CoreId) -> u32 {
        self.ports.nearest(&self.topology, self.topology.tile(core))
    }

    /// From a core to a port of the host.
    pub fn way_to_host(&mut self, from: CoreId, port: u32, nodes: u32) -> Fanout {
        let way = self.topology.way(self.topology.tile(from), self.ports.tile(port));
        let first = self.destinations.len() as u32;
        let way_ps = self.costs.way_ps(&way);
        self.destinations.push(Destination {
            from: from.0.into(),
            endpoint: self.host + port,
            node: nodes,
            way_ps,
        });
        Fanout { first, count: 1, parts: None }
    }

    /// From the host to each of these cores, through the port next to it.
    pub fn of_host(&mut self, class: u8, to: &[CoreId]) -> Vec<Fanout> {
        let mut of_ports = vec![Vec::new(); self.ports.count()];
        to.iter().for_each(|core| of_ports[self.nearest(*core) as usize].push(*core));
        let ports = (0..).zip(&of_ports).filter(|(_, cores)| !cores.is_empty());
        ports.map(|(port, cores)| self.fanout(class, From::Port(port), cores)).collect()
    }
}

/// The fan-outs of the sources of a routing table.
pub(super) fn fanouts(
    builder: &mut Builder<'_>,
    class: u8,
    from: impl Fn(usize) -> From,
    table: &RoutingTable,
) -> Vec<Fanout> {
    let source = |source| {
        let cores: Vec<CoreId> = table.get(source).iter().map(|to| to.core).collect();
        builder.fanout(class, from(source), &cores)
    };
    (0..table.len()).map(source).collect()
}
