//! Tables of keys in routers: how many entries each needs for the routes through it.
//!
//! A spike says who fired. Every router that it passes looks that up, and finds by which ports copies leave and, for a core
//! at this router, the input address there. So a router has an entry for each source whose spikes pass it, and one more for
//! each further core at it that takes them. Spikes of the host, and those that leave, pass routers like all others.
//!
//! Promises: the routers are those that the simulated network copies a packet in; a table that is too small is refused.
//! Absent on purpose: entries that a default route would save; look-ups of errors and control events, which are addressed by
//! their destination.

use crate::chip::{Chip, Outputs};
use crate::cost::host::HostPorts;
use crate::network::{Input, Network};
use crate::place::misfit::MappingError;
use crate::run::node::Node;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use synfire_core::address::CoreId;
use synfire_router::network::plan::Plan;
use synfire_router::table::RoutingTable;
use synfire_router::topology::{Tile, Topology};

/// The network that looks up keys.
#[derive(Debug)]
pub struct Keyed {
    plan: Plan,
    topology: Topology,
    /// Endpoint of the host's first port.
    host: u32,
}

impl Keyed {
    /// Of a chip; `None` where no router has keys.
    #[must_use]
    pub fn of(chip: &Chip) -> Option<Self> {
        chip.mesh.router_entries()?;
        let plan = Plan::new(chip.noc.as_ref()?.config.clone()).ok()?;
        Some(Self { plan, topology: chip.topology(), host: chip.mesh.cores() as u32 })
    }

    /// Routers that a spike from a tile to these cores, and out by a port of the host, passes, ascending.
    pub fn routers(&mut self, from: Tile, to: &[CoreId], port: Option<u32>) -> Vec<u32> {
        let Topology { columns, cores_per_tile, .. } = self.topology;
        let router = u32::from(from.1) * u32::from(columns) + u32::from(from.0);
        let cores = to.iter().map(|core| u32::from(core.0));
        let to: Vec<u32> = cores.chain(port.map(|port| self.host + port)).collect();
        if to.is_empty() {
            return to;
        }
        // Where a packet goes on depends on the router that it is sent from, not on the core there.
        let routers = self.plan.routers(router * u32::from(cores_per_tile), &to);
        routers.unwrap_or_else(|error| unreachable!("cores and ports of the chip are endpoints: {error:?}"))
    }
}

/// The table of a router.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouterTable {
    /// Its number.
    pub router: u32,
    /// Entries that it needs.
    pub entries: u64,
}

/// Where spikes of a source begin and go: a tile, cores, and a port if they leave.
type Way = (Tile, Vec<CoreId>, Option<u32>);

/// Whether the spikes of each population leave the chip.
#[must_use]
pub fn leaves(network: &Network, chip: &Chip) -> Vec<bool> {
    let leave = chip.host.outputs == Outputs::Leave;
    (0..network.populations.len()).map(|population| leave && network.is_output(population)).collect()
}

/// The tables of a chip's routers, ascending; none where cores have the keys. Inputs are stated by
/// where their channels go and where they sit, `leaves` says whether the spikes of a population leave.
///
/// # Errors
/// When a router has not enough entries.
pub fn tables(
    chip: &Chip,
    nodes: &[Node],
    (inputs, places): (&[RoutingTable], &[Input]),
    leaves: impl Fn(u32) -> bool,
) -> Result<Vec<RouterTable>, MappingError> {
    let Some(mut keyed) = Keyed::of(chip) else { return Ok(Vec::new()) };
    let (topology, ports) = (keyed.topology, HostPorts::of(chip));
    let mut ways: HashMap<Way, u64> = HashMap::new();
    let cores = |table: &RoutingTable, source: usize| -> Vec<CoreId> {
        table.get(source).iter().map(|to| to.core).collect()
    };
    for node in nodes {
        let tile = topology.tile(node.id);
        let populations =
            node.core.slices.iter().flat_map(|slice| std::iter::repeat_n(slice.population, slice.len));
        for (source, population) in (0..node.routes.len()).zip(populations) {
            let port = leaves(population).then(|| ports.nearest(&topology, tile));
            *ways.entry((tile, cores(&node.routes, source), port)).or_default() += 1;
        }
    }
    for (table, input) in inputs.iter().zip(places) {
        for channel in 0..table.len() {
            let tile = match input.core(channel as u32) {
                Some(core) => topology.tile(core),
                None => ports.tile(ports.of_channel(input.port, channel, table.len())),
            };
            *ways.entry((tile, cores(table, channel), None)).or_default() += 1;
        }
    }
    let mut entries: BTreeMap<u32, u64> = BTreeMap::new();
    for ((tile, cores, port), sources) in &ways {
        let mut own: BTreeMap<u32, u64> =
            keyed.routers(*tile, cores, *port).into_iter().map(|router| (router, 0)).collect();
        for core in cores {
            *own.entry(u32::from(core.0 / topology.cores_per_tile)).or_default() += 1;
        }
        for (router, taken) in own {
            *entries.entry(router).or_default() += sources * taken.max(1);
        }
    }
    check(chip, &entries)?;
    Ok(entries.into_iter().map(|(router, entries)| RouterTable { router, entries }).collect())
}

fn check(chip: &Chip, entries: &BTreeMap<u32, u64>) -> Result<(), MappingError> {
    let available = u64::from(chip.mesh.router_entries().unwrap_or(u32::MAX));
    // Of equally full ones the first.
    let fullest = entries.iter().rev().max_by_key(|(_, entries)| **entries);
    match fullest {
        Some((router, needed)) if *needed > available => {
            Err(MappingError::RouterFull { router: *router, needed: *needed, available })
        }
        _ => Ok(()),
    }
}
