//! Where the packets of every source go, and what their ways take: known before the first step.
//!
//! Routing tables are static, so sources whose packets go to the same cores are one [`Class`], priced once. A step then
//! counts how many sources of each class fired.
//!
//! Promises: ways are those of the router's topology, their times those of the chip. Absent on purpose: steps.

use crate::cost::prices::Timing;
use crate::cost::time::way_ps;
use crate::run::machine::Machine;
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
}

impl Class {
    fn of(ways: impl IntoIterator<Item = (Way, u32)>, timing: &Timing) -> Self {
        let (ways, to): (Vec<Way>, Vec<u32>) = ways.into_iter().unzip();
        let mut class = Self { links: Footprint::of(&ways), to, ..Self::default() };
        for way in &ways {
            class.packets += 1;
            class.hops.0 += u64::from(way.hops.x);
            class.hops.1 += u64::from(way.hops.y);
            class.way_ps = class.way_ps.max(way_ps(timing, way.hops));
        }
        class
    }
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
    /// `way` leads from the place of a source to a core; `place` says which sources have the same.
    fn of(
        table: &RoutingTable,
        range: Range<usize>,
        timing: &Timing,
        place: impl Fn(usize) -> Tile,
        way: impl Fn(Tile, CoreId) -> (Way, u32),
    ) -> Self {
        let mut known: HashMap<(Tile, Vec<CoreId>), u32> = HashMap::new();
        let mut sources = Self::default();
        for source in range {
            let cores: Vec<CoreId> = table.get(source).iter().map(|to| to.core).collect();
            let next = sources.classes.len() as u32;
            let class = *known.entry((place(source), cores)).or_insert_with_key(|(tile, cores)| {
                sources.classes.push(Class::of(cores.iter().map(|core| way(*tile, *core)), timing));
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
    /// Every input population: packets from the host, or from the cores that it sits on.
    pub inputs: Vec<Sources>,
    /// A packet from the host to each node: a current for one of its neurons.
    pub to_node: Vec<Class>,
    /// One packet from the host to every node: a control event.
    pub to_all: Class,
}

impl Ways {
    /// The ways of `machine`.
    #[must_use]
    pub fn of(machine: &Machine) -> Self {
        let (topology, timing) = (machine.chip.topology(), &machine.chip.timing);
        let node_of = |core: CoreId| {
            let found = machine.nodes.binary_search_by_key(&core, |node| node.id);
            found.unwrap_or_else(|_| unreachable!("a packet goes to a core in use")) as u32
        };
        let way = |from: Tile, to: CoreId| (topology.way(from, topology.tile(to)), node_of(to));
        let node = |node: &crate::run::node::Node| {
            let tile = topology.tile(node.id);
            let class = |cores: &Vec<CoreId>| Class::of(cores.iter().map(|core| way(tile, *core)), timing);
            let mut end = 0;
            let slice = |slice: &Slice| {
                let first = end;
                // A node that sends nothing has no table.
                end = (first + slice.len).min(node.routes.len());
                Sources::of(&node.routes, first..end, timing, |_| tile, way)
            };
            NodeWays {
                slices: node.core.slices.iter().map(slice).collect(),
                errors: node.error_routes.iter().map(class).collect(),
            }
        };
        let host = || machine.nodes.iter().map(|node| way(topology.io_tile, node.id));
        let input = |(input, table): (usize, &RoutingTable)| {
            let place = |channel: usize| {
                machine.input_core(input, channel as u32).map_or(topology.io_tile, |core| topology.tile(core))
            };
            Sources::of(table, 0..table.len(), timing, place, way)
        };
        Self {
            nodes: machine.nodes.iter().map(node).collect(),
            inputs: machine.inputs().iter().enumerate().map(input).collect(),
            to_node: host().map(|way| Class::of([way], timing)).collect(),
            to_all: Class::of(host(), timing),
        }
    }
}
