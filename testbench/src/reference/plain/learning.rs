//! Errors, groups, third factors and surrogates of one population.
//!
//! Micro-steps 6 and 7 of `docs/arithmetic.md`, sections 5 to 8.
//!
//! Promises: error traces, group readouts and spike counters advance in every step; errors are formed, and third
//! factors are not zero, only while the learn flag is on.
//! Absent on purpose: the line that errors travel on, synapses.

use super::arithmetic::{Draw, decay, floor, power, saturate, signed, toward_zero, uniform, word};
use super::neurons::{Neurons, adapted_threshold};
use super::synapses::SynapseRows;
use synfire_chip::network::{Network, Population};
use synfire_plasticity::config::{
    Competition, ErrorSignal, GroupReadout, MatrixDraw, Readout, Surrogate, SurrogateShape, ThirdFactor,
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
    /// Error compartment T of each neuron; zero where the rule has none.
    pub compartments: Vec<i64>,
    /// Readouts Y, by group and channel.
    pub outputs: Vec<Vec<i64>>,
    /// Group errors used in this step.
    pub group_errors: Vec<Vec<i64>>,
    /// Group errors formed in this step.
    pub formed: Vec<Vec<i64>>,
    /// B or G, by neuron and channel.
    pub matrix: Vec<Vec<i64>>,
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
            compartments: vec![0; neurons],
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
        self.compartments.fill(0);
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
        let competition = population.readout.and_then(|readout| readout.competition);
        if let (Some(readout), Some(competition)) = (&population.readout, competition) {
            let first = usize::from(readout.first_channel);
            let targets = &broadcast.targets[first..first + neurons.fired.len()];
            let contested = contested(network, readout, competition, &neurons.compared, targets);
            let contested = contested.into_iter().map(|(neuron, error)| (first + neuron, error));
            errors.extend(contested.filter(|_| broadcast.learn));
        } else if let Some(readout) = &population.readout {
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
            // 7.5 forms it.
            ErrorSignal::Modulation { .. } => 0,
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

    /// 7: third factors and surrogates of every neuron. A mirrored weight is read where it is stored.
    pub(super) fn form_third_factors(
        &mut self,
        network: &Network,
        number: usize,
        neurons: &Neurons,
        broadcast: Broadcast<'_>,
        rows: &[SynapseRows],
    ) {
        let population = &network.populations[number];
        let Some(learning) = population.learning else { return };
        let first = usize::from(learning.first_channel);
        let errors = &broadcast.errors[first..first + usize::from(learning.channels)];
        for neuron in 0..neurons.fired.len() {
            let project = |row: &[i64], errors: &[i64], shift: u8| {
                let terms = row.iter().zip(errors).map(|(entry, error)| entry * error);
                floor(terms.sum(), u32::from(shift))
            };
            let matrix = &self.matrix[neuron];
            let mut factor = match learning.third_factor {
                ThirdFactor::OwnError => errors[neuron],
                ThirdFactor::Feedback { shift, .. } => project(matrix, errors, shift),
                ThirdFactor::Group { readout, shift } => {
                    project(matrix, &self.group_errors[neuron / readout.neurons as usize], shift)
                }
                ThirdFactor::Mirror { projection, shift } | ThirdFactor::Symmetric { projection, shift } => {
                    let all = &rows[usize::from(projection)].weights;
                    project(&all[neuron * errors.len()..(neuron + 1) * errors.len()], errors, shift)
                }
                ThirdFactor::Compartment { decay: leak, shift, .. } => {
                    let kept =
                        decay(self.compartments[neuron], i64::from(leak), network.datapath.decay_fraction);
                    let charge = kept + project(matrix, errors, shift);
                    self.compartments[neuron] = saturate(network.learning.third_factor, charge);
                    charge
                }
            };
            if let Some(limit) = learning.rate_limit
                && self.spikes[neuron] > i64::from(limit.spikes)
            {
                factor -= i64::from(limit.amount);
            }
            let written = saturate(network.learning.third_factor, factor);
            self.third_factor[neuron] = if broadcast.learn { written } else { 0 };
            let adaptation = neurons.adaptation[neuron];
            let threshold = adapted_threshold(population, &network.datapath, neuron, adaptation);
            let fraction = network.learning.surrogate.fraction;
            let distance = neurons.compared[neuron] - threshold;
            self.surrogate[neuron] = learning.surrogate.map_or(1, |s| surrogate(s, fraction, distance));
        }
    }

    /// 7.5: the errors (channel, error) that hand the population's modulation to the layer below.
    pub(super) fn hand_down(&self, network: &Network, number: usize, learn: bool) -> Vec<(usize, i64)> {
        let Some(readout) = &network.populations[number].readout else { return Vec::new() };
        let ErrorSignal::Modulation { shift } = readout.signal else { return Vec::new() };
        let modulations = self.third_factor.iter().zip(&self.surrogate).map(|(factor, s)| factor * s);
        let error =
            |modulation| written_error(network, readout, toward_zero(modulation, u32::from(shift)), 0);
        let errors = modulations.map(error).enumerate();
        let errors = errors.map(|(neuron, error)| (usize::from(readout.first_channel) + neuron, error));
        errors.filter(|_| learn).collect()
    }
}

/// Section 5.1: the errors (neuron, error) of a readout that competes.
fn contested(
    network: &Network,
    readout: &Readout,
    competition: Competition,
    compared: &[i64],
    targets: &[i64],
) -> Vec<(usize, i64)> {
    let is_right = |neuron: &usize| targets[*neuron] > i64::from(competition.midpoint);
    let Some(right) = (0..targets.len()).find(is_right) else { return Vec::new() };
    let mut best: Option<usize> = None;
    for neuron in (0..targets.len()).filter(|neuron| !is_right(neuron)) {
        if best.is_none_or(|best| compared[neuron] > compared[best]) {
            best = Some(neuron);
        }
    }
    let Some(wrong) = best else { return Vec::new() };
    let lack = i64::from(competition.margin) - compared[right] + compared[wrong];
    let error = saturate(network.learning.error, error_lanes(network, lack.max(0)));
    if error < i64::from(readout.dead_zone) { Vec::new() } else { vec![(right, error), (wrong, -error)] }
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
        ThirdFactor::OwnError | ThirdFactor::Mirror { .. } | ThirdFactor::Symmetric { .. } => {
            return Vec::new();
        }
        ThirdFactor::Feedback { draw, .. } | ThirdFactor::Compartment { draw, .. } => (draw, Draw::Feedback),
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

/// Section 8, `above` the threshold (below it where negative).
fn surrogate(of: Surrogate, fraction: u8, above: i64) -> i64 {
    let (one, half_width, x) = (power(fraction), power(of.half_width_log2), above.abs());
    match of.shape {
        SurrogateShape::Triangle => (half_width - x).max(0) * one / half_width,
        SurrogateShape::Boxcar if x < half_width => one,
        SurrogateShape::Boxcar => 0,
        SurrogateShape::FastSigmoid => {
            let t = x * 16 / half_width;
            let square = (16 + t) * (16 + t);
            if t < 64 { (256 * one + square / 2) / square } else { 0 }
        }
        SurrogateShape::Exponential => {
            let (halvings, rest) = (x / half_width, (x % half_width) * one / half_width);
            if halvings < 31 { (2 * one - rest) / power(halvings as u32 + 1) } else { 0 }
        }
        SurrogateShape::Ramp if x < half_width => (half_width + above) * one / (2 * half_width),
        SurrogateShape::Ramp => 0,
    }
}
