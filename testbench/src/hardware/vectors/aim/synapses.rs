//! Aims at synapses: weights, what is dropped of them, shifts of updates, spikes under way.
//!
//! Promises: what is moved stays inside the contract. Absent on purpose: which aims there are, and what each wants (`aim`).

use crate::hardware::vectors::draw::choices::Choices;
use crate::hardware::vectors::draw::projection::join_ports;
use synfire_chip::network::{Network, Synapses};
use synfire_chip::run::program::{Control, Program};
use synfire_core::arrival::Delays;
use synfire_core::rounding::Rounding;
use synfire_core::synapse::WeightLanes;
use synfire_core::weight::Dropped;

/// The weights of a projection.
fn lanes(synapses: &mut Synapses) -> &mut WeightLanes {
    match synapses {
        Synapses::Dense { weights } | Synapses::Sparse { weights, .. } | Synapses::Shared { weights, .. } => {
            weights
        }
    }
}

pub(super) fn weights(c: &mut Choices<'_>, network: &mut Network) {
    let mut bulk = c.bulk();
    toward_zero(network);
    for projection in &mut network.projections {
        let half = 1i64 << (projection.format.store_bits - 1);
        // A fixed store may hold its most negative code, a plastic one is symmetric.
        let low = if projection.learning.is_some() { 1 - half } else { -half };
        let weights = lanes(&mut projection.synapses);
        for index in 0..weights.len() {
            let near = bulk.range(0, 1).min(half - 1);
            let weight = if bulk.chance(50) { low + near } else { half - 1 - near };
            weights.set(index, weight.max(low) as i32);
        }
    }
}

/// What is not delivered of a weight is dropped toward zero.
pub(super) fn toward_zero(network: &mut Network) {
    let formats = network.projections.iter_mut().map(|projection| &mut projection.format);
    formats.for_each(|format| format.dropped = Dropped::TowardZero);
}

pub(super) fn shifts(c: &mut Choices<'_>, network: &mut Network, program: &mut Program) {
    toward_zero(network);
    join_ports(network);
    for rule in network.projections.iter_mut().filter_map(|projection| projection.learning.as_mut()) {
        rule.shift = c.pick(&[31, 0, 1, 30]);
        rule.weight_decay = rule.weight_decay.map(|decay| decay.min(rule.shift));
        rule.rounding = c.pick(&[Rounding::Stochastic, Rounding::Nearest, Rounding::Floor]);
    }
    let steps = program.len();
    for (step, offset) in [(0, 0), (steps / 3, 1), (2 * steps / 3, 40)] {
        program[step].control.push(Control::ShiftOffset(offset));
    }
}

/// The first projection that no mirror follows takes as long as a spike can be under way.
fn late(network: &mut Network) {
    let rules = network.populations.iter().filter_map(|population| population.learning);
    let mirrored: Vec<u16> =
        rules.filter_map(|rule| rule.third_factor.mirrored()).map(|(projection, _)| projection).collect();
    let free = (0..).zip(&mut network.projections).find(|(number, _)| !mirrored.contains(number));
    if let Some((_, projection)) = free
        && matches!(projection.delays, Delays::Same(_))
    {
        projection.delays = Delays::Same(64);
    }
}

pub(super) fn bursts(c: &mut Choices<'_>, network: &mut Network, program: &mut Program) {
    late(network);
    let length = c.range(2, 6) as usize;
    for (step, events) in program.iter_mut().enumerate() {
        if !(step / length).is_multiple_of(3) {
            events.spikes.clear();
            events.injections.clear();
        }
    }
}
