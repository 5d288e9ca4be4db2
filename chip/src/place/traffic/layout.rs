//! Loads on cores, and what that costs: kept while loads move.
//!
//! Two loads that are exchanged, or one that moves to an empty core, change the flows of these two alone: those are taken out
//! and put in again. Flows of two loads that are exchanged with one another go the other way afterwards.
//!
//! Promises: the cost that is kept is the one that would be computed anew; a load that is fixed never moves, and no core has
//! two. Absent on purpose: which move is made (`greedy`, `anneal`).

use super::flows::{Flow, Flows};
use super::grid::Grid;
use super::links::LinkLoads;
use crate::chip::Chip;
use crate::cost::host::HostPorts;
use crate::place::slices::{Mapping, Placement};
use crate::placing::Objective;
use std::sync::Arc;
use synfire_core::address::CoreId;
use synfire_router::topology::{Tile, Topology};

/// No load is there.
const NONE: u32 = u32::MAX;

/// What a placement costs, in units of the flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost {
    /// Packets over the most loaded link; not kept, 0, where only hops are asked for.
    pub most: u64,
    /// Hops of all packets.
    pub hops: u64,
}

/// What does not move.
#[derive(Debug)]
struct Ground {
    flows: Flows,
    grid: Grid,
    /// Core of each site: the loads' first cores, then the free ones.
    cores: Vec<u16>,
    /// Tile of each site.
    tiles: Vec<Tile>,
    /// Port of the host next to each site.
    ports: Vec<Tile>,
    /// Sites that no fixed load has.
    open: Vec<u32>,
    topology: Topology,
}

/// Loads on cores.
#[derive(Clone, Debug)]
pub struct Layout {
    ground: Arc<Ground>,
    /// Site of each load.
    site: Vec<u32>,
    /// Tile of each load, then of every other end.
    tile: Vec<Tile>,
    /// Load of each site.
    held: Vec<u32>,
    hops: u64,
    links: Option<LinkLoads>,
    objective: Objective,
}

impl Layout {
    /// Every load where the flows found it.
    #[must_use]
    pub fn new(flows: &Flows, chip: &Chip, objective: Objective) -> Self {
        let (topology, ports) = (chip.topology(), HostPorts::of(chip));
        let cores: Vec<u16> = flows.cores.iter().chain(&flows.free).copied().collect();
        let tiles: Vec<Tile> = cores.iter().map(|core| topology.tile(CoreId(*core))).collect();
        let near = |tile: &Tile| ports.tile(ports.nearest(&topology, *tile));
        let fixed = |site: &u32| flows.fixed.get(*site as usize).copied().unwrap_or(false);
        let loads = flows.loads();
        let ground = Ground {
            grid: Grid::new(&topology),
            ports: tiles.iter().map(near).collect(),
            open: (0..cores.len() as u32).filter(|site| !fixed(site)).collect(),
            topology,
            flows: flows.clone(),
            cores,
            tiles,
        };
        let mut held = vec![NONE; ground.cores.len()];
        (0..loads).for_each(|load| held[load] = load as u32);
        let mut layout = Self {
            site: (0..loads as u32).collect(),
            tile: ground.tiles[..loads].iter().chain(&flows.ends).copied().collect(),
            held,
            hops: 0,
            links: (objective == Objective::Link).then(|| LinkLoads::new(topology)),
            objective,
            ground: Arc::new(ground),
        };
        layout.recompute();
        layout
    }

    /// Hops and loads from nothing.
    fn recompute(&mut self) {
        self.hops = self.cost_anew().hops;
        if let Some(links) = self.links.take() {
            self.links = Some(self.links_anew(links));
        }
    }

    /// What it costs, computed from nothing: hops, and the most loaded link where that is kept.
    #[must_use]
    pub fn cost_anew(&self) -> Cost {
        let Ground { flows, grid, ports, .. } = &*self.ground;
        let mut hops = 0;
        for load in 0..flows.loads() {
            let own = self.tile[load];
            for flow in flows.at(load) {
                // A flow of two loads stands at both: what each sends is counted there.
                let packets =
                    if (flow.with as usize) < flows.loads() { flow.out } else { flow.out + flow.come };
                hops += packets * grid.hops(own, self.tile[flow.with as usize]);
            }
            hops += flows.leaving[load] * grid.hops(own, ports[self.site[load] as usize]);
        }
        let most = self.links.as_ref().map_or(0, |links| self.links_anew(links.clone()).most());
        Cost { most, hops }
    }

    /// Loads of links, computed from nothing.
    fn links_anew(&self, of: LinkLoads) -> LinkLoads {
        let Ground { flows, ports, .. } = &*self.ground;
        let mut links = of.cleared();
        for load in 0..flows.loads() {
            let own = self.tile[load];
            for flow in flows.at(load) {
                let other = self.tile[flow.with as usize];
                links.add(own, other, flow.out as i64);
                if flow.with as usize >= flows.loads() {
                    links.add(other, own, flow.come as i64);
                }
            }
            links.add(own, ports[self.site[load] as usize], flows.leaving[load] as i64);
        }
        links
    }

    /// What it costs.
    #[inline]
    #[must_use]
    pub fn cost(&self) -> Cost {
        Cost { most: self.links.as_ref().map_or(0, LinkLoads::most), hops: self.hops }
    }

    /// The one figure that a search lowers: hops, or, of the most loaded link, that of as many links and hops, so that a
    /// move counts too that leaves the largest load as it is.
    #[inline]
    #[must_use]
    pub fn figure(&self) -> i64 {
        match &self.links {
            None => self.hops as i64,
            Some(links) => (links.most() * links.loads().len() as u64 + self.hops) as i64,
        }
    }

    /// The same placement, looked at for this.
    #[must_use]
    pub fn of_objective(&self, objective: Objective) -> Self {
        let links = (objective == Objective::Link).then(|| LinkLoads::new(self.ground.topology));
        let mut other = Self { links, objective, ..self.clone() };
        other.recompute();
        other
    }

    /// What is looked for.
    #[must_use]
    pub fn objective(&self) -> Objective {
        self.objective
    }

    /// Loads.
    #[must_use]
    pub fn loads(&self) -> usize {
        self.site.len()
    }

    /// Sites that loads may be on: numbers of cores, of which those of fixed loads are none.
    #[must_use]
    pub fn open(&self) -> &[u32] {
        &self.ground.open
    }

    /// Whether a load may move.
    #[must_use]
    pub fn moves(&self, load: usize) -> bool {
        !self.ground.flows.fixed[load]
    }

    /// The flows.
    #[must_use]
    pub fn flows(&self) -> &Flows {
        &self.ground.flows
    }

    /// The site of a load.
    #[inline]
    #[must_use]
    pub fn site(&self, load: usize) -> u32 {
        self.site[load]
    }

    /// The load on a site.
    #[inline]
    #[must_use]
    pub fn held(&self, site: u32) -> Option<usize> {
        let load = self.held[site as usize];
        (load != NONE).then_some(load as usize)
    }

    /// Hops of a load's packets, from and to it, if it were on a site, and those that `counts` says counted.
    pub(super) fn hops_at(&self, load: usize, site: u32, counts: impl Fn(&Flow) -> bool) -> u64 {
        let Ground { flows, grid, tiles, ports, .. } = &*self.ground;
        let own = tiles[site as usize];
        let counted = flows.at(load).iter().filter(|flow| counts(flow));
        let between = counted.map(|f| (f.out + f.come) * grid.hops(own, self.tile[f.with as usize]));
        between.sum::<u64>() + flows.leaving[load] * grid.hops(own, ports[site as usize])
    }

    /// By how much hops change if a load goes to an open site, and whoever is there to where it was.
    #[inline]
    #[must_use]
    pub fn hops_by(&self, load: usize, site: u32) -> i64 {
        let other = self.held[site as usize];
        let own = self.site[load];
        let mut change = self.moved(load, (own, site), other);
        if other != NONE {
            change += self.moved(other as usize, (site, own), load as u32);
        }
        change
    }

    /// By how much hops of a load's packets change from one site to another, but those with `besides`, which goes the other
    /// way: as far as before.
    #[inline]
    fn moved(&self, load: usize, (from, to): (u32, u32), besides: u32) -> i64 {
        let Ground { flows, grid, tiles, ports, .. } = &*self.ground;
        let (from, to, out) = (from as usize, to as usize, flows.leaving[load] as i64);
        let (old, new) = (tiles[from], tiles[to]);
        let mut change = out * (grid.hops(new, ports[to]) as i64 - grid.hops(old, ports[from]) as i64);
        for flow in flows.at(load).iter().filter(|flow| flow.with != besides) {
            let other = self.tile[flow.with as usize];
            let apart = grid.hops(new, other) as i64 - grid.hops(old, other) as i64;
            change += (flow.out + flow.come) as i64 * apart;
        }
        change
    }

    /// Puts a load on an open site, and whoever is there where it was. Doing it once more with the site that it came from
    /// undoes it.
    pub fn exchange(&mut self, load: usize, site: u32) {
        let own = self.site[load];
        if own == site {
            return;
        }
        let other = self.held[site as usize];
        self.hops = (self.hops as i64 + self.hops_by(load, site)) as u64;
        let both = [(load as u32, other), (other, load as u32)];
        if let Some(mut links) = self.links.take() {
            self.carry(&mut links, both, -1);
            self.put(load, own, site, other);
            self.carry(&mut links, both, 1);
            self.links = Some(links);
        } else {
            self.put(load, own, site, other);
        }
    }

    fn put(&mut self, load: usize, own: u32, site: u32, other: u32) {
        self.site[load] = site;
        self.tile[load] = self.ground.tiles[site as usize];
        self.held[site as usize] = load as u32;
        self.held[own as usize] = other;
        if other != NONE {
            self.site[other as usize] = own;
            self.tile[other as usize] = self.ground.tiles[own as usize];
        }
    }

    /// Adds the flows of two loads to links, or takes them away; those between the two once.
    fn carry(&self, links: &mut LinkLoads, both: [(u32, u32); 2], sign: i64) {
        let Ground { flows, ports, .. } = &*self.ground;
        for (turn, (load, besides)) in both.into_iter().enumerate().filter(|(_, (load, _))| *load != NONE) {
            let own = self.tile[load as usize];
            for flow in flows.at(load as usize).iter().filter(|flow| turn == 0 || flow.with != besides) {
                let other = self.tile[flow.with as usize];
                links.add(own, other, sign * flow.out as i64);
                links.add(other, own, sign * flow.come as i64);
            }
            let port = ports[self.site[load as usize] as usize];
            links.add(own, port, sign * flows.leaving[load as usize] as i64);
        }
    }

    /// The core of each load.
    #[must_use]
    pub fn cores(&self) -> Vec<u16> {
        self.site.iter().map(|site| self.ground.cores[*site as usize]).collect()
    }

    /// The slices of `mapping`, which the flows are of, on the cores of their loads.
    #[must_use]
    pub fn mapping(&self, mapping: &Mapping) -> Mapping {
        let cores = self.cores();
        let slices = mapping.slices.iter().map(|slice| {
            let load = self.ground.flows.cores.binary_search(&slice.core.0);
            let core = load.map_or(slice.core, |load| CoreId(cores[load]));
            Placement { core, ..*slice }
        });
        Mapping { slices: slices.collect() }
    }
}
