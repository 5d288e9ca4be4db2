//! Aims at neurons: the ends of I, U and A, equality with the threshold, decays, rates.
//!
//! Promises: what is moved stays inside the contract. Absent on purpose: which aims there are, and what each wants (`aim`).

use super::learning::without_adaptation;
use super::synapses::toward_zero;
use crate::hardware::vectors::draw::choices::Choices;
use synfire_chip::network::Network;
use synfire_chip::place::build::sum_bits;
use synfire_chip::run::program::{Control, Program, StepEvents};
use synfire_core::format::Overflow;
use synfire_core::neuron::{Adaptation, Noise, PerNeuron, Reset};
use synfire_plasticity::config::SurrogateShape;

/// Steps of a vector of [`Aim::Rates`]: more than a spike counter holds.
const MANY_STEPS: usize = 300;
/// Its most neurons.
pub(super) const MOST_NEURONS: u32 = 24;

/// Nothing is forgotten, and a bias pushes each neuron one way; half of the initial values are at an end.
pub(super) fn pushed(c: &mut Choices<'_>, network: &mut Network, rule: Overflow) {
    let datapath = &mut network.datapath;
    if datapath.state_width > 31 && rule != Overflow::Saturate {
        return;
    }
    (datapath.current_overflow, datapath.membrane_overflow) = (rule, rule);
    let (one, most) = (1 << datapath.decay_fraction, (1i64 << (datapath.state_width - 1)) - 1);
    let mut bulk = c.bulk();
    for population in &mut network.populations {
        let mut ends = |share: i64| {
            let each = (0..population.neurons).map(|_| {
                let value = if bulk.chance(50) { most } else { bulk.range(0, most) } / share;
                if bulk.chance(50) { value as i32 } else { -value as i32 }
            });
            PerNeuron::Each(each.collect())
        };
        let (bias, current, membrane) = (ends(3), ends(1), ends(1));
        let parameters = &mut population.parameters;
        (parameters.current_decay, parameters.membrane_decay) = (PerNeuron::Same(one), PerNeuron::Same(one));
        (parameters.bias, parameters.initial_current, parameters.initial_membrane) =
            (bias, current, membrane);
    }
}

/// Makes currents and membranes registers of Lava's that hold no sum back: half of the decays forget nothing, and
/// the dendritic sums are shifted as far as their proof allows. Returns whether the datapath can.
pub fn unleash(network: &mut Network, program: &mut Program, number: usize) -> bool {
    let datapath = &mut network.datapath;
    if datapath.state_width > 31 {
        return false;
    }
    datapath.current_overflow = Overflow::WrapLava;
    datapath.membrane_overflow =
        if number.is_multiple_of(3) { Overflow::Saturate } else { Overflow::WrapLava };
    datapath.input_shift = 0;
    let one = 1 << datapath.decay_fraction;
    for (index, population) in network.populations.iter_mut().enumerate() {
        let parameters = &mut population.parameters;
        if (number + index).is_multiple_of(2) {
            parameters.current_decay = PerNeuron::Same(one);
            parameters.membrane_decay = PerNeuron::Same(one);
        }
    }
    let targets = 0..network.populations.len();
    let widest = targets.map(|target| sum_bits(network, target)).max().unwrap_or(0);
    network.datapath.input_shift = 31u32.saturating_sub(widest).min(16) as u8;
    // Currents that are injected from outside have announced nothing.
    program.iter_mut().for_each(|events| events.injections.clear());
    true
}

/// The ends of Lava's registers, without a bias.
pub(super) fn lava(c: &mut Choices<'_>, network: &mut Network, program: &mut Program) {
    if !unleash(network, program, c.below(6)) {
        return;
    }
    let most = (1i64 << (network.datapath.state_width - 1)) - 1;
    let mut bulk = c.bulk();
    for population in &mut network.populations {
        let mut ends = || {
            let value = |_| if bulk.chance(50) { most as i32 } else { -most as i32 };
            PerNeuron::Each((0..population.neurons).map(value).collect())
        };
        let (current, membrane) = (ends(), ends());
        let parameters = &mut population.parameters;
        parameters.initial_membrane = membrane;
        if c.chance(50) {
            parameters.initial_current = current;
        } else {
            parameters.bias = PerNeuron::Same(0);
            parameters.noise_bits = 0;
        }
    }
}

/// Without input a membrane counts up by a bias, to a threshold that is a multiple of it.
pub(super) fn equality(c: &mut Choices<'_>, network: &mut Network) {
    let one = 1 << network.datapath.decay_fraction;
    for population in &mut network.populations {
        let threshold = population.parameters.threshold.get(0).max(8) & !3;
        let parameters = &mut population.parameters;
        parameters.membrane_decay = PerNeuron::Same(one);
        parameters.current_decay = PerNeuron::Same(0);
        parameters.threshold = PerNeuron::Same(threshold);
        parameters.bias = PerNeuron::Same(threshold / 4);
        (parameters.initial_membrane, parameters.initial_current) = (PerNeuron::Same(0), PerNeuron::Same(0));
        parameters.adaptation = None;
        if c.chance(50) {
            parameters.noise_bits = 0;
        }
        // A surrogate that is not shifted.
        let surrogate = population.learning.as_mut().and_then(|rule| rule.surrogate.as_mut());
        if let Some(own) = surrogate.filter(|own| own.shape != SurrogateShape::FastSigmoid) {
            own.shape = c.pick(&[own.shape, SurrogateShape::Triangle]);
            let fraction = network.learning.surrogate.fraction.saturating_sub(c.bits(0, 1));
            own.half_width_log2 = fraction.min(network.datapath.state_width - 2);
        }
    }
    without_adaptation(network);
}

pub(super) fn decays(c: &mut Choices<'_>, network: &mut Network) {
    toward_zero(network);
    let one = 1 << network.datapath.decay_fraction;
    for population in &mut network.populations {
        let parameters = &mut population.parameters;
        parameters.current_decay = PerNeuron::Same(c.pick(&[0, one]));
        parameters.membrane_decay = PerNeuron::Same(c.pick(&[one, 0]));
    }
}

/// A first spike raises A to its end less 1, and nothing lowers it; or noise is added to a threshold at the end.
pub(super) fn thresholds(c: &mut Choices<'_>, network: &mut Network) {
    let one = 1 << network.datapath.decay_fraction;
    let most = ((1i64 << (network.datapath.state_width - 1)) - 1) as i32;
    for population in &mut network.populations {
        let parameters = &mut population.parameters;
        let (threshold, adaptation) = if c.chance(50) {
            let increment = PerNeuron::Same(most - 1);
            (1, Some(Adaptation { decay: PerNeuron::Same(one), increment }))
        } else {
            (most - 1, None)
        };
        parameters.threshold = PerNeuron::Same(threshold);
        if adaptation.is_none() || c.chance(30) {
            (parameters.noise_bits, parameters.noise) = (3, Noise::Threshold);
        }
        parameters.adaptation = adaptation;
    }
    without_adaptation(network);
}

/// A small network that fires in nearly every step, long enough to fill a counter.
pub(super) fn rates(network: &mut Network, program: &mut Program) {
    let one = 1 << network.datapath.decay_fraction;
    for population in &mut network.populations {
        let parameters = &mut population.parameters;
        if parameters.adaptation.is_some() || parameters.noise == Noise::Threshold {
            continue;
        }
        let threshold = parameters.threshold.get(0).max(4);
        parameters.threshold = PerNeuron::Same(threshold);
        parameters.bias = PerNeuron::Same(threshold);
        parameters.membrane_decay = PerNeuron::Same(one);
        parameters.refractory_steps = 0;
        parameters.reset_interval = 0;
        if !matches!(parameters.reset, Reset::ToValue(_)) {
            parameters.reset = Reset::SubtractNow;
        }
        parameters.spiking = true;
    }
    for events in program.iter_mut() {
        events.control.retain(|event| *event != Control::Clear);
    }
    program.resize(MANY_STEPS, StepEvents::default());
}
