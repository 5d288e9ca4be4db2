//! A chip to run on, and random legal placements of a network on it.

use crate::plain::choices::Choices;
use std::path::Path;
use synfire_chip::chip::{Chip, Outputs, Time};
use synfire_chip::files::load_chip;
use synfire_chip::network::{Network, Synapses};
use synfire_chip::place::mapping::{Mapping, Placement};
use synfire_core::address::CoreId;
use synfire_plasticity::config::ThirdFactor;

/// A roomy chip of eight cores, two a tile, with prices of events and links that carry all; every other network's has
/// learning engines without a clock gate.
pub fn chip(network: &Network) -> Chip {
    let mut chip = load_chip("paper-events", Path::new(".")).expect("a preset loads");
    (chip.timing.link_packet_ps, chip.timing.port_packet_ps) = (Time::Unpublished, Time::Unpublished);
    chip.host.outputs = Outputs::Stay;
    chip.datapath = network.datapath;
    chip.learning = network.learning;
    chip.mesh.columns = 2;
    chip.mesh.rows = 2;
    chip.mesh.cores_per_tile = 2;
    chip.learning_gated = network.seed.is_multiple_of(2);
    chip
}

/// Cuts every population at group boundaries and puts the slices on cores, which they may share.
pub fn mapping(c: &mut Choices<'_>, network: &Network) -> Mapping {
    let cores = c.range(1, 8);
    let reversed = c.chance(50);
    let mut populations: Vec<usize> = (0..network.populations.len()).collect();
    if reversed {
        populations.reverse();
    }
    let mut mapping = Mapping::default();
    for population in populations {
        let neurons = network.populations[population].neurons;
        let unit = group(network, population);
        let mut first = 0;
        while first < neurons {
            let groups = c.range(0, i64::from((neurons - first).div_ceil(unit)) - 1) as u32 + 1;
            let wanted = if mapping.slices.len() > 30 || !c.chance(70) { neurons } else { groups * unit };
            let len = wanted.min(neurons - first);
            let core = CoreId(c.below(cores as usize) as u16);
            mapping.slices.push(Placement { population, first, len, core });
            first += len;
        }
    }
    mapping
}

/// Neurons that must stay together.
fn group(network: &Network, index: usize) -> u32 {
    let population = &network.populations[index];
    if population.readout.is_some_and(|readout| readout.competition.is_some()) {
        return population.neurons;
    }
    let mut unit = match population.learning.map(|learning| learning.third_factor) {
        Some(ThirdFactor::Group { readout, .. }) => readout.neurons,
        _ => 1,
    };
    for projection in network.projections.iter().filter(|p| p.target == index && p.learning.is_some()) {
        if let Synapses::Shared { kernel, .. } = &projection.synapses {
            let band = kernel.map[0] / kernel.copies * kernel.map[1];
            // The least multiple of both; a population is never cut into less.
            unit = (1..=band).map(|times| times * unit).find(|all| all % band == 0).unwrap_or(unit * band);
        }
    }
    unit
}
