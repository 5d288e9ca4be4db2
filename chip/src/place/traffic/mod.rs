//! Placement by traffic: what is expected to travel between the loads of cores, and which core each load is put on.
//!
//! A *load* is what sits together on one core: the slices that the order in which populations are placed put there. Loads
//! move and are exchanged as they are, so that every core holds what was found to fit it, groups stay whole, and a packet
//! that reaches several slices of a load is one packet. After annealing by loads single slices move, where cores have room:
//! loads split and join (`single`). Loads that the network states stay where they are.
//!
//! Promises: no placement found here is worse, by what it was looked for, than the one it began with; the same seed finds
//! the same placement, on any machine. Absent on purpose: cutting populations (`fill`), or otherwise where that would pay;
//! steps in time (whoever can run the network).

pub mod anneal;
mod draw;
pub mod flows;
pub mod greedy;
mod grid;
pub mod layout;
pub mod links;
mod schedule;
pub mod single;
mod sources;

use crate::chip::Chip;
use crate::network::{Network, Source};
use crate::place::slices::Mapping;
use crate::placing::{Order, Rates, Search};
use anneal::Annealing;
use flows::Flows;
use layout::Layout;
use single::Single;

/// The placements of the loads of `mapping` that a search finds for the rates that it states, the best first: of single
/// slices, where those can move, and of loads.
#[must_use]
pub fn found(network: &Network, chip: &Chip, mapping: &Mapping, search: &Search) -> Vec<Mapping> {
    let rate = |source: Source, _neuron: u32| rate(&search.rates, source);
    let flows = Flows::of(network, chip, mapping, &rate);
    let layout = Layout::new(&flows, chip, search.objective);
    let Order::Anneal { seed, moves } = search.order else {
        return vec![greedy::placed(layout).mapping(mapping)];
    };
    let moves = moves.unwrap_or_else(|| Annealing::enough(&layout));
    let mut annealing = Annealing::new(layout, seed, moves);
    annealing.advance(u64::MAX);
    let loads = annealing.finish().mapping(mapping);
    match Single::new(network, chip, &loads, &rate, (search.objective, seed, Single::share(moves))) {
        Some(mut single) => {
            single.advance(u64::MAX);
            vec![single.finish(&loads), loads]
        }
        None => vec![loads],
    }
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
