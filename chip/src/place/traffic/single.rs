//! Single slices: moved between cores that have room, or exchanged, once loads have found their cores.
//!
//! A load splits where one of its slices goes elsewhere, and two join where a slice moves in with another. A packet that reaches
//! several slices of a core is one packet, so that what a slice costs depends on who sits beside it. Sources that begin at one
//! place and reach the same slices are a *class*; a class pays the hops to each core that it reaches, once.
//!
//! A drawn slice goes to a drawn core where it fits, or else changes places with a drawn slice of that core where both fit;
//! worse moves are taken as in annealing by loads, from a lower temperature (`schedule`).
//!
//! Promises: no core ever holds more than its limits; slices are moved as they were cut, so that groups stay whole; what is
//! stated stays; the cost that is kept is the one that would be computed anew, which is that of a [`Layout`] of the same
//! mapping; never worse than it began; a pure function of mapping, rates, seed and number of moves. Absent on purpose: slices
//! that are cut differently where that pays.
//!
//! [`Layout`]: super::layout::Layout

use super::draw::Draws;
use super::grid::Grid;
use super::layout::Cost;
use super::links::LinkLoads;
use super::schedule::{PROBED, Schedule};
use super::sources::{self, Begin, Begins};
use crate::chip::{Chip, CoreLimits, Outputs};
use crate::cost::host::HostPorts;
use crate::network::{Network, Source};
use crate::place::slices::{Mapping, Placement};
use crate::placing::Objective;
use crate::structures::Needs;
use crate::structures::inbound::{GrowingSlice, Inbound};
use crate::structures::planned;
use std::collections::BTreeMap;
use synfire_core::address::CoreId;
use synfire_router::topology::Tile;

/// The first temperature, of the mean change.
const WARM: f64 = 0.1;
/// One for so many exchanges of loads.
const SHARE: u64 = 4;

/// Sources that begin at one place and reach the same slices.
#[derive(Clone, Debug)]
struct Class {
    from: Begin,
    /// Slices, ascending.
    reach: Vec<u32>,
    /// Packets to each core that has one of them.
    packets: u64,
}

/// What does not move.
#[derive(Debug)]
struct Ground {
    grid: Grid,
    limits: CoreLimits,
    /// Tile of each core, and of the port of the host next to it.
    tiles: Vec<(Tile, Tile)>,
    ends: Vec<Tile>,
    classes: Vec<Class>,
    /// Classes that begin at a slice or reach it.
    of: Vec<Vec<u32>>,
    /// What each slice sends out of the chip.
    leaving: Vec<u64>,
    needs: Vec<Needs>,
    /// Slices that may move, and cores that they may go to.
    movable: Vec<u32>,
    open: Vec<u16>,
}

/// Slices on cores, and a search at work on them.
#[derive(Debug)]
pub struct Single {
    ground: Ground,
    /// Core of each slice.
    core: Vec<u16>,
    /// Slices of each core.
    held: Vec<Vec<u32>>,
    hops: u64,
    links: Option<LinkLoads>,
    /// The figure of where they are, and the smallest with its cores.
    now: i64,
    best: (i64, Vec<u16>),
    draws: Draws,
    schedule: Schedule,
    /// Cores of one class, classes of one move.
    seen: Seen,
}

/// A move: where a slice goes, and who comes in exchange.
#[derive(Clone, Copy, Debug)]
struct Move {
    slice: u32,
    to: u16,
    other: Option<u32>,
}

/// What was met since [`Seen::begin`], without clearing a list each time.
#[derive(Debug, Default)]
struct Seen {
    at: Vec<u32>,
    now: u32,
}

impl Seen {
    fn begin(&mut self, of: usize) {
        if self.at.len() < of || self.now == u32::MAX {
            (self.at, self.now) = (vec![0; of.max(self.at.len())], 0);
        }
        self.now += 1;
    }

    /// Whether it is met for the first time.
    fn first(&mut self, what: usize) -> bool {
        std::mem::replace(&mut self.at[what], self.now) != self.now
    }
}

impl Single {
    /// `moves` moves of single slices from `mapping`, drawn by `seed`; `None` where no slice can move but by itself, so that
    /// loads are all there is to move.
    #[must_use]
    pub fn new(
        network: &Network,
        chip: &Chip,
        mapping: &Mapping,
        rate: &dyn Fn(Source, u32) -> u64,
        (objective, seed, moves): (Objective, u32, u64),
    ) -> Option<Self> {
        let ground = Ground::of(network, chip, mapping, rate);
        let mut held = vec![Vec::new(); chip.mesh.cores()];
        let core: Vec<u16> = mapping.slices.iter().map(|slice| slice.core.0).collect();
        core.iter().enumerate().for_each(|(slice, core)| held[usize::from(*core)].push(slice as u32));
        if !ground.lets_one_move(&held) {
            return None;
        }
        let mut own = Self {
            ground,
            core,
            held,
            hops: 0,
            links: (objective == Objective::Link).then(|| LinkLoads::new(chip.topology())),
            now: 0,
            best: (0, Vec::new()),
            draws: Draws::new(seed),
            schedule: Schedule::new(0.0, moves),
            seen: Seen::default(),
        };
        let all: Vec<u32> = (0..own.ground.classes.len() as u32).collect();
        own.pay(&all, 1);
        (0..own.core.len()).for_each(|slice| own.leave(slice, 1));
        own.now = own.figure();
        own.best = (own.now, own.core.clone());
        own.schedule = Schedule::new(WARM * own.mean_change(), moves);
        Some(own)
    }

    /// Moves of single slices after so many exchanges of loads.
    #[must_use]
    pub const fn share(exchanges: u64) -> u64 {
        exchanges.div_ceil(SHARE)
    }

    /// What it costs: hops, and the most loaded link where that is looked for.
    #[must_use]
    pub fn cost(&self) -> Cost {
        Cost { most: self.links.as_ref().map_or(0, LinkLoads::most), hops: self.hops }
    }

    /// The figure that is lowered, as [`Layout::figure`](super::layout::Layout::figure) has it.
    #[must_use]
    pub fn figure(&self) -> i64 {
        let link = |links: &LinkLoads| links.most() * links.loads().len() as u64;
        (self.links.as_ref().map_or(0, link) + self.hops) as i64
    }

    /// The smallest figure that was seen.
    #[must_use]
    pub const fn best_figure(&self) -> i64 {
        self.best.0
    }

    /// Moves that were tried.
    #[must_use]
    pub const fn tried(&self) -> u64 {
        self.schedule.tried()
    }

    /// Tries up to `moves` more; how many are left to try.
    pub fn advance(&mut self, moves: u64) -> u64 {
        let end = self.schedule.until(moves);
        while self.schedule.tried() < end {
            if self.schedule.next_is_last_part() {
                let best = self.best.1.clone();
                self.go_to(&best);
            }
            self.schedule.count();
            self.step();
        }
        self.schedule.left()
    }

    /// Draws a move, and takes it or not: whether it was one.
    pub fn step(&mut self) -> bool {
        let Some(drawn) = self.drawn() else { return false };
        let back = self.make(drawn);
        let figure = self.figure();
        let change = figure - self.now;
        if !self.schedule.accepts(change, &mut self.draws) {
            self.make(back);
            return true;
        }
        self.now = figure;
        if figure < self.best.0 {
            self.best = (figure, self.core.clone());
        }
        true
    }

    /// `mapping`, which this was made of, with the slices where they are now.
    #[must_use]
    pub fn mapping(&self, mapping: &Mapping) -> Mapping {
        placed(mapping, &self.core)
    }

    /// The same with the best places that were seen.
    #[must_use]
    pub fn finish(self, mapping: &Mapping) -> Mapping {
        placed(mapping, &self.best.1)
    }

    fn mean_change(&mut self) -> f64 {
        let (mut sum, mut count) = (0.0, 0_u32);
        for _ in 0..PROBED {
            let Some(drawn) = self.drawn() else { continue };
            let back = self.make(drawn);
            sum += (self.figure() - self.now).unsigned_abs() as f64;
            self.make(back);
            count += 1;
        }
        sum / f64::from(count.max(1))
    }

    /// A move that fits.
    fn drawn(&mut self) -> Option<Move> {
        let slice = self.ground.movable[self.draws.below(self.ground.movable.len())];
        let to = self.ground.open[self.draws.below(self.ground.open.len())];
        let from = self.core[slice as usize];
        if from == to {
            return None;
        }
        let (own, there) = (self.ground.needs[slice as usize], &self.held[usize::from(to)]);
        if self.ground.fit(there, None, own) {
            return Some(Move { slice, to, other: None });
        }
        if there.is_empty() {
            return None;
        }
        let other = there[self.draws.below(there.len())];
        let its = self.ground.needs[other as usize];
        let both = self.ground.fit(there, Some(other), own)
            && self.ground.fit(&self.held[usize::from(from)], Some(slice), its);
        both.then_some(Move { slice, to, other: Some(other) })
    }

    /// Makes a move; the one that takes it back.
    fn make(&mut self, Move { slice, to, other }: Move) -> Move {
        let from = self.core[slice as usize];
        let moved: Vec<usize> = std::iter::once(slice).chain(other).map(|slice| slice as usize).collect();
        self.seen.begin(self.ground.classes.len().max(self.held.len()));
        let all = moved.iter().flat_map(|slice| &self.ground.of[*slice]).copied();
        let classes: Vec<u32> = all.filter(|class| self.seen.first(*class as usize)).collect();
        self.pay(&classes, -1);
        moved.iter().for_each(|slice| self.leave(*slice, -1));
        self.put(slice, to);
        if let Some(other) = other {
            self.put(other, from);
        }
        self.pay(&classes, 1);
        moved.iter().for_each(|slice| self.leave(*slice, 1));
        Move { slice, to: from, other }
    }

    fn put(&mut self, slice: u32, to: u16) {
        let from = std::mem::replace(&mut self.core[slice as usize], to);
        self.held[usize::from(from)].retain(|held| *held != slice);
        self.held[usize::from(to)].push(slice);
    }

    fn go_to(&mut self, cores: &[u16]) {
        for (slice, core) in cores.iter().enumerate() {
            if self.core[slice] != *core {
                self.make(Move { slice: slice as u32, to: *core, other: None });
            }
        }
        self.now = self.figure();
    }

    /// Adds what classes cost, or takes it away.
    fn pay(&mut self, classes: &[u32], sign: i64) {
        let Self { ground, core, hops, links, seen, .. } = self;
        for class in classes.iter().map(|class| &ground.classes[*class as usize]) {
            let from = match class.from {
                Begin::Slice(slice) => ground.tiles[usize::from(core[slice as usize])].0,
                Begin::End(end) => ground.ends[end as usize],
            };
            seen.begin(ground.classes.len().max(ground.tiles.len()));
            for to in class.reach.iter().map(|slice| usize::from(core[*slice as usize])) {
                if seen.first(to) {
                    let to = ground.tiles[to].0;
                    *hops =
                        hops.wrapping_add_signed(sign * (class.packets * ground.grid.hops(from, to)) as i64);
                    if let Some(links) = links {
                        links.add(from, to, sign * class.packets as i64);
                    }
                }
            }
        }
    }

    /// The same of what a slice sends out of the chip.
    fn leave(&mut self, slice: usize, sign: i64) {
        let (own, port) = self.ground.tiles[usize::from(self.core[slice])];
        let packets = self.ground.leaving[slice];
        self.hops = self.hops.wrapping_add_signed(sign * (packets * self.ground.grid.hops(own, port)) as i64);
        if let Some(links) = &mut self.links {
            links.add(own, port, sign * packets as i64);
        }
    }
}

/// The slices of a mapping on these cores.
fn placed(mapping: &Mapping, cores: &[u16]) -> Mapping {
    let slices = mapping.slices.iter().zip(cores);
    Mapping { slices: slices.map(|(slice, core)| Placement { core: CoreId(*core), ..*slice }).collect() }
}

impl Ground {
    fn of(network: &Network, chip: &Chip, mapping: &Mapping, rate: &dyn Fn(Source, u32) -> u64) -> Self {
        let rate = sources::fires(network, rate);
        let (topology, ports) = (chip.topology(), HostPorts::of(chip));
        let tile = |core: usize| {
            let tile = topology.tile(CoreId(core as u16));
            (tile, ports.tile(ports.nearest(&topology, tile)))
        };
        let begins = Begins::of(network, chip, mapping);
        let classes = classes(network, mapping, &begins, &rate);
        let mut of = vec![Vec::new(); mapping.slices.len()];
        for (number, class) in classes.iter().enumerate() {
            let begins = match class.from {
                Begin::Slice(slice) if !class.reach.contains(&slice) => Some(slice),
                _ => None,
            };
            class
                .reach
                .iter()
                .copied()
                .chain(begins)
                .for_each(|slice| of[slice as usize].push(number as u32));
        }
        let open = sources::open_cores(network, chip);
        let slices = mapping.slices.iter().enumerate();
        let movable = slices.filter(|(_, slice)| open.binary_search(&slice.core.0).is_ok());
        let sent = |slice: &Placement| {
            let leaves = chip.host.outputs == Outputs::Leave && network.is_output(slice.population);
            let neurons = slice.first..slice.first + if leaves { slice.len } else { 0 };
            neurons.map(|neuron| rate(Source::Population(slice.population), neuron)).sum()
        };
        Self {
            grid: Grid::new(&topology),
            limits: chip.limits,
            tiles: (0..chip.mesh.cores()).map(tile).collect(),
            ends: begins.ends,
            classes,
            of,
            leaving: mapping.slices.iter().map(sent).collect(),
            needs: needs(network, mapping),
            movable: movable.map(|(number, _)| number as u32).collect(),
            open,
        }
    }

    /// Whether a core has room for `more` beside what it holds but `without`.
    fn fit(&self, held: &[u32], without: Option<u32>, more: Needs) -> bool {
        let others = held.iter().filter(|slice| Some(**slice) != without);
        others.fold(more, |sum, slice| sum.plus(self.needs[*slice as usize])).fit(&self.limits)
    }

    /// Whether some load has several slices, or two slices fit one core.
    fn lets_one_move(&self, held: &[Vec<u32>]) -> bool {
        let several = |core: &u16| held[usize::from(*core)].len() > 1;
        let pair = |at: usize| {
            let own = self.needs[self.movable[at] as usize];
            self.movable[at + 1..].iter().any(|other| self.fit(&[*other], None, own))
        };
        self.open.len() > 1 && (self.open.iter().any(several) || (0..self.movable.len()).any(pair))
    }
}

/// The classes of sources that are heard, and fire.
fn classes(
    network: &Network,
    mapping: &Mapping,
    begins: &Begins,
    rate: &dyn Fn(Source, u32) -> u64,
) -> Vec<Class> {
    let mut heard: BTreeMap<(bool, usize, u32), Vec<u32>> = BTreeMap::new();
    for (slice, source, neuron) in sources::heard(network, mapping, |slice| slice as u32) {
        let key = match source {
            Source::Input(index) => (false, index, neuron),
            Source::Population(index) => (true, index, neuron),
        };
        heard.entry(key).or_default().push(slice);
    }
    let mut classes: BTreeMap<(Begin, Vec<u32>), u64> = BTreeMap::new();
    for ((own, index, neuron), slices) in heard {
        let source = if own { Source::Population(index) } else { Source::Input(index) };
        *classes.entry((begins.at(source, neuron), slices)).or_default() += rate(source, neuron);
    }
    let fires = classes.into_iter().filter(|(_, packets)| *packets > 0);
    fires.map(|((from, reach), packets)| Class { from, reach, packets }).collect()
}

/// What each slice takes of a core.
fn needs(network: &Network, mapping: &Mapping) -> Vec<Needs> {
    let mut all = vec![Needs::default(); mapping.slices.len()];
    for population in 0..network.populations.len() {
        let inbound = Inbound::new(network, population);
        let mut growing = GrowingSlice::new(&inbound);
        for (number, slice) in mapping.slices.iter().enumerate() {
            if slice.population == population {
                growing.set(slice.first, slice.len);
                all[number] = planned::needs(&growing);
            }
        }
    }
    all
}
