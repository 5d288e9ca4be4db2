//! Where the packets of every source go, and what their ways take: known before the first step.
//!
//! Routing tables are static, so sources whose packets go to the same cores are one [`Class`], priced once. A step then
//! counts how many sources of each class fired.
//!
//! Where the network copies packets (`copier`), links are crossed by copies, and fewer packets are made than cores take.
//!
//! Promises: ways are those of the router's topology or of its copies, their times those of the chip. Absent on purpose: steps.

use crate::cost::copier::{self, Copier};
use crate::cost::host::HostPorts;
use crate::cost::way_costs::WayCosts;
use crate::place::router_tables::Keyed;
use crate::run::machine::Machine;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use synfire_core::address::CoreId;
use synfire_core::slice::Slice;
use synfire_router::loads::Footprint;
use synfire_router::network::copies::Copies;
use synfire_router::table::RoutingTable;
use synfire_router::topology::{Tile, Way};

/// Sources whose packets go to the same cores.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// Packets of one source in one step: one a core.
    pub packets: u64,
    /// Packets that the source makes, further ones that leave the chip too: fewer where they are copied on their way.
    pub made: u64,
    /// Hops along X and along Y of all of them, or of their copies.
    pub hops: (u64, u64),
    /// Time of the way that takes the longest, picoseconds.
    pub way_ps: u64,
    /// What they add to the loads of links.
    pub links: Footprint,
    /// Nodes that they go to.
    pub to: Vec<u32>,
    /// Further packets, which leave the chip.
    pub leaving: u64,
    /// Ports of the host that they pass, and how many of them in and out.
    pub ports: Vec<(u32, [u64; 2])>,
    /// Links of a class of their own that they pass, all of them together, by [`Reach`](crate::chip::Reach).
    pub seams: [u64; 3],
    /// Routers that one source's packets pass, where those look up its key; otherwise 0.
    pub routers: u64,
}

/// The way of one packet.
struct Leg {
    way: Way,
    from: copier::Place,
    end: copier::Place,
    /// Node that it goes to; `None`: it leaves.
    to: Option<u32>,
    /// Port of the host that it passes.
    port: Option<u32>,
}

/// What ways ask of the chip.
struct Network<'a> {
    costs: WayCosts<'a>,
    copier: Option<Copier>,
}

impl Network<'_> {
    /// The packets that are made for all of `legs`, of `bits` each, and what they and their copies pass; with whether they
    /// leave, and by which port of the host they pass.
    fn packets(&self, legs: &[Leg], bits: u64) -> Vec<(bool, Option<u32>, Copies)> {
        let Some(copier) = &self.copier else {
            let alone =
                |leg: &Leg| Copies { packets: 1, links: leg.way.clone(), ways: vec![leg.way.clone()] };
            return legs.iter().map(|leg| (leg.to.is_none(), leg.port, alone(leg))).collect();
        };
        let mut together: BTreeMap<(bool, Option<u32>), Vec<&Leg>> = BTreeMap::new();
        legs.iter().for_each(|leg| together.entry((leg.to.is_none(), leg.port)).or_default().push(leg));
        let copies = |((leaves, port), legs): ((bool, Option<u32>), Vec<&Leg>)| {
            let ends: Vec<copier::Place> = legs.iter().map(|leg| leg.end).collect();
            let copies = copier.copies(legs[0].from, &ends, bits);
            copies.into_iter().map(move |copies| (leaves, port, copies))
        };
        together.into_iter().flat_map(copies).collect()
    }
}

impl Class {
    fn of(legs: impl IntoIterator<Item = Leg>, network: &Network<'_>, bits: u64) -> Self {
        let legs: Vec<Leg> = legs.into_iter().collect();
        let packets = network.packets(&legs, bits);
        let links = Footprint::of(packets.iter().map(|(.., copies)| &copies.links));
        let mut class = Self { links, ..Self::default() };
        for (leaves, port, Copies { packets, links, ways }) in &packets {
            class.made += u64::from(*packets);
            class.hops.0 += u64::from(links.hops.x);
            class.hops.1 += u64::from(links.hops.y);
            let longest = ways.iter().map(|way| network.costs.way_ps(way)).max();
            class.way_ps = class.way_ps.max(longest.unwrap_or(0));
            for (sum, links) in class.seams.iter_mut().zip(network.costs.seams_on(links)) {
                *sum += links;
            }
            let Some(port) = port else { continue };
            let known = class.ports.iter().position(|(known, _)| known == port);
            let known = known.unwrap_or_else(|| {
                class.ports.push((*port, [0; 2]));
                class.ports.len() - 1
            });
            class.ports[known].1[usize::from(*leaves)] += u64::from(*packets);
        }
        class.to = legs.iter().filter_map(|leg| leg.to).collect();
        class.packets = class.to.len() as u64;
        class.leaving = legs.len() as u64 - class.packets;
        class
    }
}

/// Where the packets of a source begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Place {
    tile: Tile,
    /// Port of the host that they come through.
    port: Option<u32>,
}

/// The sources of one routing table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Class of each source.
    pub class_of: Vec<u32>,
    /// The classes.
    pub classes: Vec<Class>,
}

impl Sources {
    /// `leg` leads from the place of a source to a core; `place` says which sources have the same. Every source has one
    /// more packet by `leaves`, if that is one.
    fn of(
        table: &RoutingTable,
        range: Range<usize>,
        (network, bits, keys): (&Network<'_>, u64, Option<&RefCell<Keyed>>),
        place: impl Fn(usize) -> Place,
        leg: impl Fn(Place, CoreId) -> Leg,
        leaves: impl Fn() -> Option<Leg>,
    ) -> Self {
        let mut known: HashMap<(Place, Vec<CoreId>), u32> = HashMap::new();
        let mut sources = Self::default();
        for source in range {
            let cores: Vec<CoreId> = table.get(source).iter().map(|to| to.core).collect();
            let next = sources.classes.len() as u32;
            let class = *known.entry((place(source), cores)).or_insert_with_key(|(place, cores)| {
                let legs = cores.iter().map(|core| leg(*place, *core));
                let mut class = Class::of(legs.chain(leaves()), network, bits);
                if let Some(keys) = keys {
                    let port = leaves().and_then(|leg| leg.port);
                    class.routers = keys.borrow_mut().routers(place.tile, cores, port).len() as u64;
                }
                sources.classes.push(class);
                next
            });
            sources.class_of.push(class);
        }
        sources
    }
}

/// What leaves one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeWays {
    /// The neurons of each of its slices.
    pub slices: Vec<Sources>,
    /// Each channel of errors and surrogates.
    pub errors: Vec<Class>,
}

/// Everything that can send packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// Every node of the machine.
    pub nodes: Vec<NodeWays>,
    /// Every input population: packets from the host, through its ports, or from the cores that it sits on.
    pub inputs: Vec<Sources>,
    /// A packet from the host to each node: a current for one of its neurons.
    pub to_node: Vec<Class>,
    /// One packet from the host to every node: a control event.
    pub to_all: Class,
    /// A packet from each node to the port next to it: a value that the host reads.
    pub to_host: Vec<Class>,
}

impl Ways {
    /// The ways of `machine`.
    #[must_use]
    pub fn of(machine: &Machine) -> Self {
        let (topology, host) = (machine.chip.topology(), HostPorts::of(&machine.chip));
        let network = &Network { costs: WayCosts::of(&machine.chip), copier: Copier::of(&machine.chip) };
        let bits = host.bits;
        let keys = Keyed::of(&machine.chip).map(RefCell::new);
        let keyed = (network, bits.spike, keys.as_ref());
        let node_of = |core: CoreId| {
            let found = machine.nodes.binary_search_by_key(&core, |node| node.id);
            found.unwrap_or_else(|_| unreachable!("a packet goes to a core in use")) as u32
        };
        let leg = |from: Place, to: CoreId| {
            let way = topology.way(from.tile, topology.tile(to));
            let begin = from.port.map_or(copier::Place::Tile(from.tile), copier::Place::Port);
            Leg { way, from: begin, end: copier::Place::Core(to), to: Some(node_of(to)), port: from.port }
        };
        let out = |node: &crate::run::node::Node| {
            let tile = topology.tile(node.id);
            let port = host.nearest(&topology, tile);
            let (from, end) = (copier::Place::Core(node.id), copier::Place::Port(port));
            Leg { way: topology.way(tile, host.tile(port)), from, end, to: None, port: Some(port) }
        };
        let node = |node: &crate::run::node::Node| {
            let place = Place { tile: topology.tile(node.id), port: None };
            let class = |cores: &Vec<CoreId>| {
                Class::of(cores.iter().map(|core| leg(place, *core)), network, bits.error)
            };
            let mut end = 0;
            let slice = |slice: &Slice| {
                let first = end;
                // A node that sends nothing has no table.
                end = (first + slice.len).min(node.routes.len());
                let leaves = || machine.leaves(slice.population).then(|| out(node));
                Sources::of(&node.routes, first..end, keyed, |_| place, leg, leaves)
            };
            NodeWays {
                slices: node.core.slices.iter().map(slice).collect(),
                errors: node.error_routes.iter().map(class).collect(),
            }
        };
        let from_host = || {
            machine.nodes.iter().map(|node| {
                let port = host.nearest(&topology, topology.tile(node.id));
                leg(Place { tile: host.tile(port), port: Some(port) }, node.id)
            })
        };
        let input = |(input, table): (usize, &RoutingTable)| {
            let place = |channel: usize| match machine.input_core(input, channel as u32) {
                Some(core) => Place { tile: topology.tile(core), port: None },
                None => {
                    let port = host.of_channel(machine.input_port(input), channel, table.len());
                    Place { tile: host.tile(port), port: Some(port) }
                }
            };
            Sources::of(table, 0..table.len(), keyed, place, leg, || None)
        };
        Self {
            nodes: machine.nodes.iter().map(node).collect(),
            inputs: machine.inputs().iter().enumerate().map(input).collect(),
            to_node: from_host().map(|leg| Class::of([leg], network, bits.spike)).collect(),
            to_all: Class::of(from_host(), network, bits.control),
            to_host: machine.nodes.iter().map(|node| Class::of([out(node)], network, bits.value)).collect(),
        }
    }
}
