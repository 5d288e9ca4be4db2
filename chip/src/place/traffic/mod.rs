//! Placement by traffic: what is expected to travel between the loads of cores, and which core each load is put on.
//!
//! A *load* is what sits together on one core: the slices that the order in which populations are placed put there. Loads
//! move and are exchanged as they are, so that every core holds what was found to fit it, groups stay whole, and a packet
//! that reaches several slices of a load is one packet. Loads that the network states stay where they are.
//!
//! Promises: no placement found here is worse, by what it was looked for, than the one it began with; the same seed finds
//! the same placement, on any machine. Absent on purpose: cutting populations (`fill`), steps in time (whoever can run the
//! network), splitting or joining loads.

pub mod anneal;
mod draw;
pub mod flows;
pub mod greedy;
mod grid;
pub mod layout;
pub mod links;

use crate::chip::Chip;
use crate::network::{Network, Source};
use crate::place::slices::Mapping;
use crate::placing::{Order, Rates, Search};
use anneal::Annealing;
use flows::Flows;
use layout::Layout;

/// The placement of the loads of `mapping` that a search finds for the rates that it states.
#[must_use]
pub fn found(network: &Network, chip: &Chip, mapping: &Mapping, search: &Search) -> Mapping {
    let rate = |source: Source, _neuron: u32| rate(&search.rates, source);
    let flows = Flows::of(network, chip, mapping, &rate);
    let layout = Layout::new(&flows, chip, search.objective);
    let layout = match search.order {
        Order::Greedy => greedy::placed(layout),
        Order::Anneal { seed, moves } => {
            let moves = moves.unwrap_or_else(|| Annealing::enough(&layout));
            let mut annealing = Annealing::new(layout, seed, moves);
            annealing.advance(u64::MAX);
            annealing.finish()
        }
    };
    layout.mapping(mapping)
}

/// Spikes of a neuron in a step, in units of [`Rates::UNIT`].
#[must_use]
pub fn rate(rates: &Rates, source: Source) -> u64 {
    let of = |list: &[u32], index: usize| u64::from(list.get(index).copied().unwrap_or(Rates::UNIT));
    match source {
        Source::Input(index) => of(&rates.inputs, index),
        Source::Population(index) => of(&rates.populations, index),
    }
}
