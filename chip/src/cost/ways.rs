//! Where the packets of every source go, and what their ways take: known before the first step.
//!
//! Routing tables are static, so sources whose packets go to the same cores are one [`Class`], priced once. A step then
//! counts how many sources of each class fired.
//!
//! Promises: ways are those of the router's topology, their times those of the chip. Absent on purpose: steps.

use crate::cost::host::HostPorts;
use crate::cost::way_costs::WayCosts;
use crate::place::router_tables::Keyed;
use crate::run::machine::Machine;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;
use synfire_core::address::CoreId;
use synfire_core::slice::Slice;
use synfire_router::loads::Footprint;
use synfire_router::table::RoutingTable;
use synfire_router::topology::{Tile, Way};

/// Sources whose packets go to the same cores.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Class {
    /// Packets of one source in one step: one a core.
    pub packets: u64,
    /// Hops along X and along Y of all of them.
    pub hops: (u64, u64),
    /// Time of the way that takes the longest, picoseconds.
    pub way_ps: u64,
    /// What one packet on each of their ways adds to the loads of links.
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
    /// Node that it goes to; `None`: it leaves.
    to: Option<u32>,
    /// Port of the host that it passes.
    port: Option<u32>,
}

impl Class {
    fn of(legs: impl IntoIterator<Item = Leg>, chip: &WayCosts<'_>) -> Self {
        let legs: Vec<Leg> = legs.into_iter().collect();
        let mut class = Self { links: Footprint::of(legs.iter().map(|leg| &leg.way)), ..Self::default() };
        for Leg { way, to, port } in &legs {
            class.hops.0 += u64::from(way.hops.x);
            class.hops.1 += u64::from(way.hops.y);
            class.way_ps = class.way_ps.max(chip.way_ps(way));
            for (sum, links) in class.seams.iter_mut().zip(chip.seams_on(way)) {
                *sum += links;
            }
            match to {
                Some(node) => {
                    class.packets += 1;
                    class.to.push(*node);
                }
                None => class.leaving += 1,
            }
            let Some(port) = port else { continue };
            let known = class.ports.iter().position(|(known, _)| known == port);
            let known = known.unwrap_or_else(|| {
                class.ports.push((*port, [0; 2]));
                class.ports.len() - 1
            });
            class.ports[known].1[usize::from(to.is_none())] += 1;
        }
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
        (chip, keys): (&WayCosts<'_>, Option<&RefCell<Keyed>>),
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
                let mut class = Class::of(legs.chain(leaves()), chip);
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
        let (topology, chip) = (machine.chip.topology(), &WayCosts::of(&machine.chip));
        let host = HostPorts::of(&machine.chip);
        let keys = Keyed::of(&machine.chip).map(RefCell::new);
        let keyed = (chip, keys.as_ref());
        let node_of = |core: CoreId| {
            let found = machine.nodes.binary_search_by_key(&core, |node| node.id);
            found.unwrap_or_else(|_| unreachable!("a packet goes to a core in use")) as u32
        };
        let leg = |from: Place, to: CoreId| {
            let way = topology.way(from.tile, topology.tile(to));
            Leg { way, to: Some(node_of(to)), port: from.port }
        };
        let out = |node: &crate::run::node::Node| {
            let tile = topology.tile(node.id);
            let port = host.nearest(&topology, tile);
            Leg { way: topology.way(tile, host.tile(port)), to: None, port: Some(port) }
        };
        let node = |node: &crate::run::node::Node| {
            let place = Place { tile: topology.tile(node.id), port: None };
            let class = |cores: &Vec<CoreId>| Class::of(cores.iter().map(|core| leg(place, *core)), chip);
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
            to_node: from_host().map(|leg| Class::of([leg], chip)).collect(),
            to_all: Class::of(from_host(), chip),
            to_host: machine.nodes.iter().map(|node| Class::of([out(node)], chip)).collect(),
        }
    }
}
