//! What the chip says of ways: how long one takes, and which of its links are of a class of their own.
//!
//! A hop takes `hop_x` or `hop_y`. A link of a class of `noc.link_classes` adds to it what the class states or, where it
//! states nothing, what a flit takes longer on it than on an ordinary link: the difference of latencies and of the cycles
//! that it holds them, of the network's clock.
//!
//! Promises: the analytic model and the ideal ways of the cycle model ask here, so they agree. Absent on purpose: prices
//! (`operations`), what a link carries (`capacity`).

use crate::chip::{Chip, ClassCost, Noc};
use crate::cost::prices::Timing;
use crate::cost::time::way_ps;
use synfire_router::network::graph::{End, Graph};
use synfire_router::topology::Way;

/// A link of a class of its own.
#[derive(Clone, Copy, Debug)]
struct Seam {
    link: u32,
    reach: usize,
    /// What it adds to a hop, picoseconds.
    ps: u64,
}

/// Costs of ways.
#[derive(Clone, Debug)]
pub struct WayCosts<'a> {
    timing: &'a Timing,
    /// Ascending.
    seams: Vec<Seam>,
}

/// What a hop over a link of a class takes longer than one over `link`, where the class does not say it.
fn derived_ps(chip: &Chip, noc: &Noc, class: u8) -> u64 {
    let Some(cycle_ps) = chip.core.network_clock_ps.or(chip.timing.clock_ps) else { return 0 };
    let cycles = |class: u8| {
        let link = &noc.config.links[usize::from(class)];
        u64::from(link.latency + noc.config.period(link))
    };
    cycles(class).saturating_sub(cycles(0)) * cycle_ps
}

impl<'a> WayCosts<'a> {
    /// Of a chip.
    #[must_use]
    pub fn of(chip: &'a Chip) -> Self {
        let mut seams = Vec::new();
        for noc in chip.noc.iter().filter(|noc| !noc.config.seams.is_empty()) {
            let wires = Graph::new(&noc.config).wires.into_iter();
            let own = wires.filter(|wire| wire.class > 0 && matches!(wire.end, End::Router { .. }));
            seams.extend(own.map(|wire| {
                let stated = noc.class_costs.get(usize::from(wire.class)).copied();
                let ClassCost { reach, hop_ps } = stated.unwrap_or_default();
                let ps = hop_ps.unwrap_or_else(|| derived_ps(chip, noc, wire.class));
                Seam { link: wire.link, reach: reach as usize, ps }
            }));
        }
        seams.sort_unstable_by_key(|seam| seam.link);
        Self { timing: &chip.timing, seams }
    }

    /// Links of a way that are of a class of their own.
    fn on<'s>(&'s self, way: &'s Way) -> impl Iterator<Item = &'s Seam> {
        let below = |link: u32| self.seams.partition_point(|seam| seam.link < link);
        way.links().flat_map(move |span| &self.seams[below(span.first)..below(span.end)])
    }

    /// How many of them there are, by [`Reach`](crate::chip::Reach).
    #[must_use]
    pub fn seams_on(&self, way: &Way) -> [u64; 3] {
        let mut count = [0; 3];
        self.on(way).for_each(|seam| count[seam.reach] += 1);
        count
    }

    /// Time of a way, picoseconds.
    #[must_use]
    pub fn way_ps(&self, way: &Way) -> u64 {
        way_ps(self.timing, way.hops) + self.on(way).map(|seam| seam.ps).sum::<u64>()
    }
}
