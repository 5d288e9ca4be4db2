//! Micro-steps 2 to 4 of one population in real numbers.
//!
//! Equations 4 and 5 of Neftci, Mostafa and Zenke (2019), in the order of `docs/arithmetic.md`, section 3.
//!
//! Promises: every option of a neuron is known here or does not compile; no register rounds, and none ends unless it is
//! asked to. (A threshold that noise moves does not go below zero.) Absent on purpose: the overflow rules that wrap,
//! synapses, learning.

use super::ends::{Ends, clipped};
use super::units::{flushed, power, real, reals};
use serde::{Deserialize, Serialize};
use synfire_chip::network::{Network, Population};
use synfire_core::dither::{self, Purpose};
use synfire_core::neuron::{
    Adaptation, Compare, Datapath, NeuronParameters, Noise, Order, Refractory, Reset,
};
use synfire_core::vectorised;

/// Registers of a population, one value a neuron.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Neurons {
    pub current: Vec<f64>,
    /// U after the reset of 4.3.
    pub membrane: Vec<f64>,
    pub compared: Vec<f64>,
    /// Spike S, 0 or 1.
    pub spike: Vec<f64>,
    pub fired: Vec<bool>,
    pub refractory: Vec<u8>,
    /// Adaptation A; empty where thresholds are fixed.
    pub adaptation: Vec<f64>,
}

/// What a spike does to the membrane.
#[derive(Clone, Copy, Debug)]
enum AfterSpike {
    SubtractNext,
    SubtractNow,
    ToValue(f64),
}

/// What does not change while the chip runs.
#[derive(Clone, Debug)]
pub(super) struct NeuronConstants {
    pub current_decay: Vec<f64>,
    pub membrane_decay: Vec<f64>,
    pub threshold: Vec<f64>,
    bias: Vec<f64>,
    initial_current: Vec<f64>,
    initial_membrane: Vec<f64>,
    options: Options,
    refractory_steps: u8,
    /// Decay of A and what a spike adds to it, where thresholds adapt.
    pub adaptation: Option<(Vec<f64>, Vec<f64>)>,
    /// Bits of the noise, and the real value of its lanes' unit.
    noise: (u8, f64),
    noise_enters: Noise,
    /// Seed of noise draws, and the population's index.
    names: (u32, u32),
    reset_interval: u32,
    reset_offset: u32,
    limits: Limits,
}

/// Where the registers of a neuron end.
#[derive(Clone, Copy, Debug)]
struct Limits {
    current: f64,
    membrane: f64,
    /// Of A and of the threshold that it raises, which saturate under any rule of overflow.
    threshold: f64,
}

#[derive(Clone, Copy, Debug)]
struct Options {
    order: Order,
    compare: Compare,
    after: AfterSpike,
    hold: bool,
    spiking: bool,
}

impl NeuronConstants {
    pub(super) fn new(network: &Network, number: usize, ends: Ends) -> Self {
        let Datapath {
            order,
            state_width,
            state_fraction,
            current_overflow,
            membrane_overflow,
            input_shift: _,
            decay_fraction,
            compare,
        } = network.datapath;
        let Population { neurons, parameters, .. } = &network.populations[number];
        let NeuronParameters {
            current_decay,
            membrane_decay,
            threshold,
            adaptation,
            bias,
            initial_current,
            initial_membrane,
            reset,
            refractory_steps,
            refractory,
            spiking,
            noise_bits,
            noise,
            reset_interval,
            reset_offset,
        } = parameters;
        let neurons = *neurons as usize;
        let lane = power(-i32::from(state_fraction));
        let after = match *reset {
            Reset::SubtractNext => AfterSpike::SubtractNext,
            Reset::SubtractNow => AfterSpike::SubtractNow,
            Reset::ToValue(value) => AfterSpike::ToValue(real(value, state_fraction)),
        };
        let hold = match refractory {
            Refractory::Hold => true,
            Refractory::Integrate => false,
        };
        Self {
            current_decay: reals(current_decay, neurons, decay_fraction),
            membrane_decay: reals(membrane_decay, neurons, decay_fraction),
            threshold: reals(threshold, neurons, state_fraction),
            bias: reals(bias, neurons, state_fraction),
            initial_current: reals(initial_current, neurons, state_fraction),
            initial_membrane: reals(initial_membrane, neurons, state_fraction),
            options: Options { order, compare, after, hold, spiking: *spiking },
            refractory_steps: *refractory_steps,
            adaptation: adaptation.as_ref().map(|Adaptation { decay, increment }| {
                (reals(decay, neurons, decay_fraction), reals(increment, neurons, state_fraction))
            }),
            noise: (*noise_bits, lane),
            noise_enters: *noise,
            names: (network.seed, number as u32),
            reset_interval: *reset_interval,
            reset_offset: *reset_offset,
            limits: Limits {
                current: ends.state(current_overflow, state_width) * lane,
                membrane: ends.state(membrane_overflow, state_width) * lane,
                threshold: ends.signed(state_width) * lane,
            },
        }
    }

    /// Section 10.5, of all neurons in `step`, added to `values`.
    fn add_noise(&self, step: u64, values: &mut [f64]) {
        let (bits, unit) = self.noise;
        let key = dither::row_key(Purpose::Noise.seed(self.names.0), step, self.names.1, 0);
        for (neuron, value) in values.iter_mut().enumerate() {
            let lane = (dither::word(key, neuron as u32) as i32) >> (32 - u32::from(bits));
            *value += f64::from(lane) * unit;
        }
    }
}

impl Neurons {
    pub(super) fn at_reset(constants: &NeuronConstants) -> Self {
        let neurons = constants.threshold.len();
        Self {
            current: constants.initial_current.clone(),
            membrane: constants.initial_membrane.clone(),
            compared: vec![0.0; neurons],
            spike: vec![0.0; neurons],
            fired: vec![false; neurons],
            refractory: vec![0; neurons],
            adaptation: vec![0.0; if constants.adaptation.is_some() { neurons } else { 0 }],
        }
    }

    /// Control event `clear`.
    pub(super) fn clear(&mut self, constants: &NeuronConstants) {
        self.current.copy_from_slice(&constants.initial_current);
        self.membrane.copy_from_slice(&constants.initial_membrane);
        self.compared.fill(0.0);
        self.spike.fill(0.0);
        self.fired.fill(false);
        self.refractory.fill(0);
        self.adaptation.fill(0.0);
    }

    /// 4.0: the threshold of each neuron with its adaptation, which is all that raises it.
    pub(super) fn thresholds<'a>(&'a self, constants: &'a NeuronConstants) -> impl Iterator<Item = f64> + 'a {
        let raised = self.adaptation.iter().copied().chain(std::iter::repeat(0.0));
        let limit = constants.adaptation.as_ref().map_or(f64::INFINITY, |_| constants.limits.threshold);
        constants.threshold.iter().zip(raised).map(move |(threshold, raised)| (threshold + raised).min(limit))
    }

    /// Micro-steps 2 to 4; `sums` is what 3.2 adds to the current. `room` is for one value a neuron, twice.
    pub(super) fn step(
        &mut self,
        constants: &NeuronConstants,
        step: u64,
        sums: &[f64],
        room: (&mut Vec<f64>, &mut Vec<f64>),
    ) {
        let interval = u64::from(constants.reset_interval);
        if interval > 0 && step % interval == u64::from(constants.reset_offset) % interval {
            self.current.fill(0.0);
            self.membrane.fill(0.0);
        }
        let noisy = |enters: Noise| constants.noise.0 > 0 && constants.noise_enters == enters;
        let mut bias = &constants.bias[..];
        if noisy(Noise::Membrane) {
            room.0.clear();
            room.0.extend_from_slice(&constants.bias);
            constants.add_noise(step, room.0);
            bias = room.0;
        }
        self.adapt(constants);
        let mut limits = &constants.threshold[..];
        if constants.adaptation.is_some() || noisy(Noise::Threshold) {
            room.1.clear();
            room.1.extend(self.thresholds(constants));
            if noisy(Noise::Threshold) {
                constants.add_noise(step, room.1);
                let most = constants.limits.threshold;
                room.1.iter_mut().for_each(|limit| *limit = limit.clamp(0.0, most));
            }
            limits = room.1;
        }
        let inputs = Inputs { bias, limits, sums };
        if constants.refractory_steps == 0 {
            update_all(self, constants, inputs);
        } else {
            self.update_refractory(constants, inputs);
        }
        for (fired, spike) in self.fired.iter_mut().zip(&self.spike) {
            *fired = *spike != 0.0;
        }
    }

    /// 4.0: A, from the spikes of the step before.
    fn adapt(&mut self, constants: &NeuronConstants) {
        let Some((decay, increment)) = &constants.adaptation else { return };
        for (neuron, raised) in self.adaptation.iter_mut().enumerate() {
            let sum = flushed(decay[neuron] * *raised + increment[neuron] * self.spike[neuron]);
            *raised = sum.min(constants.limits.threshold);
        }
    }

    fn update_refractory(&mut self, constants: &NeuronConstants, inputs: Inputs<'_>) {
        for neuron in 0..inputs.sums.len() {
            let silent = self.refractory[neuron] > 0;
            update(self, constants, neuron, inputs, silent);
            self.refractory[neuron] = match self.spike[neuron] != 0.0 {
                true => constants.refractory_steps,
                false => self.refractory[neuron].saturating_sub(1),
            };
        }
    }
}

/// What a step brings to the neurons, one value each.
#[derive(Clone, Copy)]
struct Inputs<'a> {
    bias: &'a [f64],
    /// What the membrane is compared with.
    limits: &'a [f64],
    /// What enters the current.
    sums: &'a [f64],
}

vectorised!(
    /// Neurons without a refractory period.
    fn update_all(neurons: &mut Neurons, constants: &NeuronConstants, inputs: Inputs<'_>) => every_neuron
);

#[inline(always)]
fn every_neuron(neurons: &mut Neurons, constants: &NeuronConstants, inputs: Inputs<'_>) {
    let len = inputs.sums.len();
    let same = [
        neurons.current.len(),
        neurons.membrane.len(),
        neurons.compared.len(),
        neurons.spike.len(),
        constants.current_decay.len(),
        constants.membrane_decay.len(),
        constants.threshold.len(),
        inputs.bias.len(),
        inputs.limits.len(),
    ];
    assert!(same.iter().all(|other| *other == len), "one value a neuron");
    for neuron in 0..len {
        update(neurons, constants, neuron, inputs, false);
    }
}

/// Micro-steps 2 to 4 of one neuron, adaptation and refractory counter aside.
#[inline(always)]
fn update(
    neurons: &mut Neurons,
    constants: &NeuronConstants,
    neuron: usize,
    inputs: Inputs<'_>,
    silent: bool,
) {
    let options = constants.options;
    let (before, old_current) = (neurons.membrane[neuron], neurons.current[neuron]);
    let (threshold, limit) = (constants.threshold[neuron], inputs.limits[neuron]);
    let limits = constants.limits;
    let kept = constants.current_decay[neuron] * old_current;
    let current = clipped(flushed(kept + inputs.sums[neuron]), limits.current);
    let integrated = match options.order {
        Order::PreviousCurrent => old_current,
        Order::UpdatedCurrent => current,
    };
    let subtracted = match options.after {
        AfterSpike::SubtractNext => neurons.spike[neuron] * threshold,
        AfterSpike::SubtractNow | AfterSpike::ToValue(_) => 0.0,
    };
    let kept = constants.membrane_decay[neuron] * before;
    let sum = flushed(kept + integrated + inputs.bias[neuron] - subtracted);
    let updated = clipped(sum, limits.membrane);
    let compared = if silent && options.hold { before } else { updated };
    let above = match options.compare {
        Compare::GreaterEqual => compared >= limit,
        Compare::Greater => compared > limit,
    };
    let fires = options.spiking & !silent & above;
    neurons.current[neuron] = current;
    neurons.compared[neuron] = compared;
    neurons.spike[neuron] = if fires { 1.0 } else { 0.0 };
    neurons.membrane[neuron] = match options.after {
        AfterSpike::SubtractNow if fires => compared - threshold,
        AfterSpike::ToValue(value) if fires => value,
        _ => compared,
    };
}
