//! A modular network, drawn: what placement by traffic is measured on.
//!
//! Sixteen populations of so many neurons are four modules of four. Every neuron has five synapses: one onto each population
//! of its module, its own included, and one onto a population of the next module, so that 80 % of them are inside. Targets
//! lie where the neuron does in its own population, as in maps of one field: at most a 128th of the population from it. In which order the
//! populations stand in the file is drawn.

use crate::files_common::chip;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::files::{NetworkOverrides, network_from_text};
use synfire_chip::network::{Encoding, Network, Projection, Source, Synapses};
use synfire_core::arrival::Delays;
use synfire_core::synapse::WeightLanes;
use synfire_core::weight::{Dropped, WeightFormat};

/// Modules, and populations of each.
const MODULES: usize = 4;
/// A neuron's targets lie at most this part of a population from its own place.
const SPREAD: u32 = 128;

/// Draws of a seed: a linear congruence, of which the upper bits are taken.
#[derive(Clone, Debug)]
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Eight by eight tiles of a core of so many neurons.
pub fn mesh(neurons: u32) -> Chip {
    let mut chip = chip("paper");
    (chip.mesh.columns, chip.mesh.rows, chip.mesh.cores_per_tile) = (8, 8, 1);
    chip.limits.neurons = neurons;
    chip
}

/// A network of populations of so many neurons, on a chip.
pub fn network(chip: &Chip, seed: u64, neurons: u32) -> Network {
    let mut draw = Draw(seed);
    let mut order: Vec<usize> = (0..MODULES * MODULES).collect();
    for at in (1..order.len()).rev() {
        order.swap(at, draw.below(at as u64 + 1) as usize);
    }
    let population = |number: &usize| {
        format!(
            "(name: \"p{number}\", neurons: {neurons}, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1))"
        )
    };
    let populations: Vec<String> = order.iter().map(population).collect();
    let text = format!(
        "(format: \"synfire-network/1\", name: \"modules\", populations: [{}])",
        populations.join(", ")
    );
    let none = NetworkOverrides::default();
    let mut network = network_from_text("modules", &text, Path::new(""), chip, &none)
        .unwrap_or_else(|problems| panic!("{problems}"));
    let place = |number: usize| order.iter().position(|own| *own == number).expect("in the order");
    for from in 0..order.len() {
        let module = from / MODULES;
        let inside = (0..MODULES).map(|other| module * MODULES + other);
        let outside = (module + 1) % MODULES * MODULES + from % MODULES;
        for to in inside.chain([outside]) {
            network.projections.push(local(&mut draw, (place(from), place(to)), neurons));
        }
    }
    network
}

/// One synapse of every neuron, near its own place.
fn local(draw: &mut Draw, (from, to): (usize, usize), neurons: u32) -> Projection {
    let spread = i64::from(neurons / SPREAD);
    let near = |neuron: u32, draw: &mut Draw| {
        let off = draw.below(2 * spread as u64 + 1) as i64 - spread;
        (i64::from(neuron) + off).rem_euclid(i64::from(neurons)) as u32
    };
    let synapses = Synapses::Sparse {
        presynaptic: (0..neurons).collect(),
        starts: (0..=neurons).collect(),
        posts: (0..neurons).map(|neuron| near(neuron, draw)).collect(),
        weights: WeightLanes::I8(vec![1; neurons as usize]),
    };
    Projection {
        name: format!("{from}_{to}"),
        source: Source::Population(from),
        target: to,
        format: WeightFormat {
            store_bits: 8,
            fraction: 7,
            delivered_bits: 8,
            exponent: 0,
            dropped: Dropped::Floor,
        },
        synapses,
        delays: Delays::Same(1),
        learning: None,
        encoding: Encoding::Auto,
        port_of: None,
        stated: None,
    }
}
