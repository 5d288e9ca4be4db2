//! Errors, groups, third factors and surrogates of one population.
//!
//! Micro-steps 6 and 7 of `docs/arithmetic.md`, sections 5 to 8.
//!
//! Promises: error traces, group readouts and spike counters advance in every step; errors are formed, and third
//! factors are not zero, only while the learn flag is on.
//! Absent on purpose: the line that errors travel on, synapses.

use super::arithmetic::{Draw, decay, floor, power, saturate, signed, toward_zero, uniform, word};
use super::neurons::{Neurons, parameter};
use synfire_chip::network::{Network, Population};
use synfire_plasticity::config::{
    ErrorSignal, GroupReadout, MatrixDraw, Readout, Surrogate, SurrogateShape, ThirdFactor,
};

/// Learning registers of a population.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Learning {
    /// Third factor L of each neuron; zero where the population does not learn.
    pub third_factor: Vec<i64>,
    /// Surrogate of each neuron in this step; 1 where the population has none.
    pub surrogate: Vec<i64>,
    /// Error traces (E1, E2) of each neuron; zero where it forms no error from spikes.
    pub error_traces: Vec<(i64, i64)>,
    /// Spikes since the last `clear`, at most 255.
    pub spikes: Vec<i64>,
    /// Readouts Y, by group and channel.
    pub outputs: Vec<Vec<i64>>,
    /// Group errors used in this step.
    pub group_errors: Vec<Vec<i64>>,
    /// Group errors formed in this step.
    formed: Vec<Vec<i64>>,
    /// B or G, by neuron and channel.
    matrix: Vec<Vec<i64>>,
}

/// What the broadcast brings to a population in a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broadcast<'a> {
    /// Errors that arrived, by channel.
    pub errors: &'a [i64],
    /// Latched targets, by channel.
    pub targets: &'a [i64],
    /// The learn flag.
    pub learn: bool,
}

impl Learning {
    pub(super) fn at_reset(network: &Network, number: usize) -> Self {
        let population = &network.populations[number];
        let neurons = population.neurons as usize;
        let (channels, group) = match population.learning {
            Some(learning) => (usize::from(learning.channels), group_of(population)),
            None => (0, None),
        };
        let groups = group.map_or(0, |group| neurons.div_ceil(group.neurons as usize));
        let zero = vec![vec![0; channels]; groups];
        Self {
            third_factor: vec![0; neurons],
            surrogate: vec![1; neurons],
            error_traces: vec![(0, 0); neurons],
            spikes: vec![0; neurons],
            outputs: zero.clone(),
            group_errors: zero.clone(),
            formed: zero,
            matrix: (0..neurons).map(|neuron| matrix_row(network, number, neuron)).collect(),
        }
    }

    /// Control event `clear`.
    pub(super) fn clear(&mut self) {
        self.third_factor.fill(0);
        self.error_traces.fill((0, 0));
        self.spikes.fill(0);
        let groups = [&mut self.outputs, &mut self.group_errors, &mut self.formed];
        groups.into_iter().flatten().for_each(|lanes| lanes.fill(0));
    }

    /// 1.2: the group errors formed in the step before become current.
    pub(super) fn arrive(&mut self) {
        self.group_errors = self.formed.clone();
        self.formed.iter_mut().for_each(|lanes| lanes.fill(0));
    }

    /// 6: spike counters, the population's errors (channel, error), its groups.
    pub(super) fn form_errors(
        &mut self,
        network: &Network,
        number: usize,
        neurons: &Neurons,
        broadcast: Broadcast<'_>,
    ) -> Vec<(usize, i64)> {
        let population = &network.populations[number];
        for (count, fired) in self.spikes.iter_mut().zip(&neurons.fired) {
            *count = (*count + fired).min(255);
        }
        let mut errors = Vec::new();
        if let Some(readout) = &population.readout {
            for neuron in 0..neurons.fired.len() {
                let channel = usize::from(readout.first_channel) + neuron;
                let raw = self.raw_error(network, readout, neurons, neuron, broadcast.targets[channel]);
                let error = written_error(network, readout, raw, broadcast.targets[channel]);
                if broadcast.learn {
                    errors.push((channel, error));
                }
            }
        }
        if let Some(group) = group_of(population) {
            self.form_groups(network, population, &group, neurons, broadcast);
        }
        errors
    }

    /// Line 1 of section 5.
    fn raw_error(
        &mut self,
        network: &Network,
        readout: &Readout,
        neurons: &Neurons,
        neuron: usize,
        target: i64,
    ) -> i64 {
        let datapath = &network.datapath;
        match readout.signal {
            ErrorSignal::Membrane => error_lanes(network, target - neurons.compared[neuron]),
            ErrorSignal::FilteredSpikes { q_decay, p_decay, increment, shift } => {
                let (e1, e2) = self.error_traces[neuron];
                let difference = i64::from(target != 0) - neurons.fired[neuron];
                let second = decay(e2, i64::from(p_decay), datapath.decay_fraction) + e1;
                let first = decay(e1, i64::from(q_decay), datapath.decay_fraction)
                    + i64::from(increment) * difference;
                let bits = network.learning.error_trace_bits;
                self.error_traces[neuron] = (signed(bits, first), signed(bits, second));
                toward_zero(self.error_traces[neuron].1, u32::from(shift))
            }
        }
    }

    /// Section 6.
    fn form_groups(
        &mut self,
        network: &Network,
        population: &Population,
        readout: &GroupReadout,
        neurons: &Neurons,
        broadcast: Broadcast<'_>,
    ) {
        let Some(learning) = population.learning else { return };
        let size = readout.neurons as usize;
        for group in 0..self.outputs.len() {
            for channel in 0..usize::from(learning.channels) {
                let mut sum = 0;
                for neuron in group * size..((group + 1) * size).min(neurons.fired.len()) {
                    sum += self.matrix[neuron][channel] * neurons.fired[neuron];
                }
                let old = self.outputs[group][channel];
                let kept = decay(old, i64::from(readout.decay), network.datapath.decay_fraction);
                let output = signed(32, kept + sum * power(readout.scale));
                self.outputs[group][channel] = output;
                if broadcast.learn {
                    let target = broadcast.targets[usize::from(learning.first_channel) + channel];
                    let error = error_lanes(network, target - output);
                    self.formed[group][channel] = saturate(network.learning.error, error);
                }
            }
        }
    }

    /// 7: third factors and surrogates of every neuron.
    pub(super) fn form_third_factors(
        &mut self,
        network: &Network,
        number: usize,
        neurons: &Neurons,
        broadcast: Broadcast<'_>,
    ) {
        let population = &network.populations[number];
        let Some(learning) = population.learning else { return };
        let first = usize::from(learning.first_channel);
        let errors = &broadcast.errors[first..first + usize::from(learning.channels)];
        for neuron in 0..neurons.fired.len() {
            let project = |errors: &[i64], shift: u8| {
                let terms = self.matrix[neuron].iter().zip(errors).map(|(entry, error)| entry * error);
                floor(terms.sum(), u32::from(shift))
            };
            let mut factor = match learning.third_factor {
                ThirdFactor::OwnError => errors[neuron],
                ThirdFactor::Feedback { shift, .. } => project(errors, shift),
                ThirdFactor::Group { readout, shift } => {
                    project(&self.group_errors[neuron / readout.neurons as usize], shift)
                }
            };
            if let Some(limit) = learning.rate_limit
                && self.spikes[neuron] > i64::from(limit.spikes)
            {
                factor -= i64::from(limit.amount);
            }
            let written = saturate(network.learning.third_factor, factor);
            self.third_factor[neuron] = if broadcast.learn { written } else { 0 };
            let threshold = parameter(&population.parameters.threshold, neuron);
            let distance = (neurons.compared[neuron] - threshold).abs();
            self.surrogate[neuron] =
                learning.surrogate.map_or(1, |s| surrogate(s, network.learning.surrogate.fraction, distance));
        }
    }
}

/// How a population's groups are read out, where its third factor comes from them.
fn group_of(population: &Population) -> Option<GroupReadout> {
    match population.learning?.third_factor {
        ThirdFactor::Group { readout, .. } => Some(readout),
        _ => None,
    }
}

/// A difference of membrane lanes, brought to the fraction of the error.
fn error_lanes(network: &Network, difference: i64) -> i64 {
    let (from, to) = (network.datapath.state_fraction, network.learning.error.fraction);
    if to > from { difference * power(to - from) } else { toward_zero(difference, u32::from(from - to)) }
}

/// Lines 2 to 4 of section 5.
fn written_error(network: &Network, readout: &Readout, raw: i64, target: i64) -> i64 {
    let sided = match readout.one_sided {
        None => raw,
        Some(midpoint) if target > i64::from(midpoint) => raw.max(0),
        Some(_) => raw.min(0),
    };
    let error = saturate(network.learning.error, sided);
    if error.abs() < i64::from(readout.dead_zone) { 0 } else { error }
}

/// Section 10.4.
fn matrix_row(network: &Network, number: usize, neuron: usize) -> Vec<i64> {
    let Some(learning) = network.populations[number].learning else { return Vec::new() };
    let (draw, purpose) = match learning.third_factor {
        ThirdFactor::OwnError => return Vec::new(),
        ThirdFactor::Feedback { draw, .. } => (draw, Draw::Feedback),
        ThirdFactor::Group { readout, .. } => (readout.draw, Draw::Group),
    };
    let entry = |channel: u16| {
        let word = word(network.seed, purpose, 0, number, neuron as u32, u32::from(channel));
        match draw {
            MatrixDraw::Ones => 1,
            MatrixDraw::Sign if word < 1 << 31 => 1,
            MatrixDraw::Sign => -1,
            MatrixDraw::Uniform { max } => uniform(word, -i64::from(max), i64::from(max)),
        }
    };
    (0..learning.channels).map(entry).collect()
}

/// Section 8, at distance `x` from the threshold.
fn surrogate(of: Surrogate, fraction: u8, x: i64) -> i64 {
    let (one, half_width) = (power(fraction), power(of.half_width_log2));
    match of.shape {
        SurrogateShape::Triangle => (half_width - x).max(0) * one / half_width,
        SurrogateShape::Boxcar if x < half_width => one,
        SurrogateShape::Boxcar => 0,
        SurrogateShape::FastSigmoid => {
            let t = x * 16 / half_width;
            let square = (16 + t) * (16 + t);
            if t < 64 { (256 * one + square / 2) / square } else { 0 }
        }
    }
}
