//! Errors, groups, third factors and surrogates of one population in real numbers.
//!
//! Micro-steps 6 and 7 of `docs/arithmetic.md`, sections 5 to 8. Errors and third factors have the real values of
//! their registers; error traces count spikes.
//!
//! Promises: every source of a third factor, error signal and surrogate is known here or does not compile. Error
//! traces, group readouts and spike counters advance in every step; errors are formed, and third factors are not
//! zero, only while the learn flag is on. Absent on purpose: the line errors travel on.

use super::ends::{Ends, clipped};
use super::errors::{ErrorConstants, RealSignal, filter_error};
use super::neurons::{NeuronConstants, Neurons};
use super::rows::SynapseRows;
use super::surrogate::RealSurrogate;
use super::units::{flushed, power, real};
use serde::{Deserialize, Serialize};
use synfire_chip::network::Network;
use synfire_core::dither::Purpose;
use synfire_plasticity::config::{GroupReadout, MatrixDraw, NeuronLearning, RateLimit, ThirdFactor};
use synfire_plasticity::feedback;

/// Bits of a group's readout Y.
const GROUP_BITS: u8 = 32;

/// Learning registers of a population.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Learning {
    pub third_factor: Vec<f64>,
    /// Surrogate derivative of each neuron in this step; 1 where the population has none.
    pub surrogate: Vec<f64>,
    /// Whether a third factor is not zero.
    pub live: bool,
    error_1: Vec<f64>,
    error_2: Vec<f64>,
    spikes: Vec<u8>,
    /// Error compartments.
    compartments: Vec<f64>,
    /// By group and channel.
    outputs: Vec<f64>,
    group_errors: Vec<f64>,
    formed: Vec<f64>,
}

#[derive(Clone, Debug)]
enum Factor {
    Own {
        gain: f64,
    },
    Feedback {
        gain: f64,
    },
    Group {
        gain: f64,
        neurons: usize,
        decay: f64,
        scale: f64,
        /// Where a readout Y and its error end.
        limits: (f64, f64),
    },
    /// The weights of a projection, where they are stored: a mirror's copy equals them.
    Weights {
        gain: f64,
        projection: usize,
    },
    Compartment {
        gain: f64,
        decay: f64,
    },
}

#[derive(Clone, Debug)]
struct FactorConstants {
    first_channel: usize,
    channels: usize,
    factor: Factor,
    /// B or G: `matrix[channel * neurons + neuron]`.
    matrix: Vec<f64>,
    surrogate: Option<RealSurrogate>,
    /// Spikes above which the limit acts, and what it takes from the third factor.
    rate_limit: Option<(u8, f64)>,
    /// Where a third factor ends, and a compartment.
    limit: f64,
}

/// What does not change while the chip runs.
#[derive(Clone, Debug)]
pub(super) struct LearningConstants {
    errors: Option<ErrorConstants>,
    factors: Option<FactorConstants>,
}

/// What the broadcast brings to a population in a step.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broadcast<'a> {
    pub errors: &'a [f64],
    pub targets: &'a [f64],
    pub learn: bool,
}

impl LearningConstants {
    pub(super) fn new(network: &Network, number: usize, ends: Ends) -> Self {
        let population = &network.populations[number];
        Self {
            errors: population.readout.map(|readout| ErrorConstants::new(network, readout, ends)),
            factors: population.learning.map(|learning| factors(network, number, learning, ends)),
        }
    }

    /// The feedback matrix, where there is one.
    pub(super) fn feedback(&self) -> Option<&[f64]> {
        match &self.factors {
            Some(FactorConstants { factor: Factor::Feedback { .. }, matrix, .. }) => Some(matrix),
            _ => None,
        }
    }

    /// Replaces the feedback matrix; whether there is one of that size.
    pub(super) fn set_feedback(&mut self, matrix: &[f64]) -> bool {
        match &mut self.factors {
            Some(FactorConstants { factor: Factor::Feedback { .. }, matrix: own, .. })
                if own.len() == matrix.len() =>
            {
                own.copy_from_slice(matrix);
                true
            }
            _ => false,
        }
    }

    fn groups(&self, neurons: usize) -> usize {
        match &self.factors {
            Some(FactorConstants { factor: Factor::Group { neurons: size, .. }, .. }) => {
                neurons.div_ceil(*size)
            }
            _ => 0,
        }
    }
}

fn factors(network: &Network, number: usize, learning: NeuronLearning, ends: Ends) -> FactorConstants {
    let NeuronLearning { first_channel, channels, third_factor, surrogate, rate_limit } = learning;
    let engine = &network.learning;
    // An error lane is a third factor's lane: their fractions may differ.
    let gain = |shift: u8| {
        power(i32::from(engine.error.fraction) - i32::from(engine.third_factor.fraction) - i32::from(shift))
    };
    let state = network.datapath.state_fraction;
    let matrix = |draw: MatrixDraw, purpose: Purpose| {
        let neurons = network.populations[number].neurons;
        let entry = |channel: u16, neuron: u32| {
            let channel = u32::from(channel);
            f64::from(feedback::entry(draw, purpose, network.seed, number as u32, neuron, channel))
        };
        (0..channels).flat_map(|channel| (0..neurons).map(move |neuron| entry(channel, neuron))).collect()
    };
    let (factor, matrix) = match third_factor {
        ThirdFactor::OwnError => (Factor::Own { gain: gain(0) }, Vec::new()),
        ThirdFactor::Feedback { draw, shift } => {
            (Factor::Feedback { gain: gain(shift) }, matrix(draw, Purpose::Feedback))
        }
        ThirdFactor::Group { readout: GroupReadout { neurons, draw, decay, scale }, shift } => {
            let factor = Factor::Group {
                gain: gain(shift),
                neurons: neurons as usize,
                decay: f64::from(decay) * power(-i32::from(network.datapath.decay_fraction)),
                scale: power(i32::from(scale) - i32::from(state)),
                limits: (ends.signed(GROUP_BITS) * power(-i32::from(state)), ends.format(engine.error)),
            };
            (factor, matrix(draw, Purpose::GroupReadout))
        }
        ThirdFactor::Mirror { projection, shift } | ThirdFactor::Symmetric { projection, shift } => {
            let projection = usize::from(projection);
            let lanes = power(i32::from(network.projections[projection].format.fraction));
            (Factor::Weights { gain: gain(shift) * lanes, projection }, Vec::new())
        }
        ThirdFactor::Compartment { draw, decay, shift } => {
            let decay = f64::from(decay) * power(-i32::from(network.datapath.decay_fraction));
            (Factor::Compartment { gain: gain(shift), decay }, matrix(draw, Purpose::Feedback))
        }
    };
    let limit =
        |RateLimit { spikes, amount }: RateLimit| (spikes, real(amount, engine.third_factor.fraction));
    FactorConstants {
        first_channel: usize::from(first_channel),
        channels: usize::from(channels),
        factor,
        matrix,
        surrogate: surrogate.map(|surrogate| RealSurrogate::new(surrogate, state)),
        rate_limit: rate_limit.map(limit),
        limit: ends.format(engine.third_factor),
    }
}

impl Learning {
    pub(super) fn at_reset(constants: &LearningConstants, neurons: usize) -> Self {
        let channels = constants.factors.as_ref().map_or(0, |f| f.channels);
        let grouped = constants.groups(neurons) * channels;
        let filtered =
            constants.errors.is_some_and(|errors| matches!(errors.signal, RealSignal::Spikes { .. }));
        let compartment =
            constants.factors.as_ref().is_some_and(|f| matches!(f.factor, Factor::Compartment { .. }));
        let limited = constants.factors.as_ref().is_some_and(|f| f.rate_limit.is_some());
        Self {
            third_factor: vec![0.0; neurons],
            surrogate: vec![1.0; neurons],
            live: false,
            error_1: vec![0.0; if filtered { neurons } else { 0 }],
            error_2: vec![0.0; if filtered { neurons } else { 0 }],
            spikes: vec![0; if limited { neurons } else { 0 }],
            compartments: vec![0.0; if compartment { neurons } else { 0 }],
            outputs: vec![0.0; grouped],
            group_errors: vec![0.0; grouped],
            formed: vec![0.0; grouped],
        }
    }

    /// Control event `clear`.
    pub(super) fn clear(&mut self) {
        self.live = false;
        self.spikes.fill(0);
        let lanes = [
            &mut self.third_factor,
            &mut self.error_1,
            &mut self.error_2,
            &mut self.compartments,
            &mut self.outputs,
            &mut self.group_errors,
            &mut self.formed,
        ];
        lanes.into_iter().for_each(|lanes| lanes.fill(0.0));
    }

    /// Lengths of the lists that depend on the network.
    pub(super) fn shape(&self) -> Vec<usize> {
        vec![self.third_factor.len(), self.error_1.len(), self.spikes.len(), self.outputs.len()]
    }

    /// 1.2: the group errors formed in the step before become current.
    pub(super) fn arrive(&mut self) {
        std::mem::swap(&mut self.group_errors, &mut self.formed);
        self.formed.fill(0.0);
    }

    /// 6: spike counters, the population's errors, its groups.
    pub(super) fn form_errors(
        &mut self,
        constants: &LearningConstants,
        neurons: &Neurons,
        broadcast: Broadcast<'_>,
        formed: &mut [f64],
    ) {
        for (count, fired) in self.spikes.iter_mut().zip(&neurons.fired) {
            *count = count.saturating_add(u8::from(*fired));
        }
        if let Some(errors) = &constants.errors {
            let channels = errors.first_channel..errors.first_channel + neurons.fired.len();
            let targets = &broadcast.targets[channels.clone()];
            if errors.competition.is_some() {
                let contested = errors.contested(targets, &neurons.compared).filter(|_| broadcast.learn);
                if let Some((right, wrong, error)) = contested {
                    formed[errors.first_channel + right] = error;
                    formed[errors.first_channel + wrong] = -error;
                }
            } else {
                for (neuron, channel) in channels.enumerate() {
                    let error = self.error(errors, neurons, neuron, targets[neuron]);
                    if broadcast.learn {
                        formed[channel] = error;
                    }
                }
            }
        }
        if let Some(factors) = &constants.factors {
            self.form_groups(factors, neurons, broadcast);
        }
    }

    /// Section 5.
    fn error(&mut self, constants: &ErrorConstants, neurons: &Neurons, neuron: usize, target: f64) -> f64 {
        let raw = match constants.signal {
            RealSignal::Membrane => target - neurons.compared[neuron],
            RealSignal::Spikes { decays, gain } => {
                let traces = (&mut self.error_1[neuron], &mut self.error_2[neuron]);
                filter_error(traces, decays, target, neurons.spike[neuron]);
                for trace in [&mut self.error_1[neuron], &mut self.error_2[neuron]] {
                    *trace = clipped(*trace, constants.trace_limit);
                }
                gain * self.error_2[neuron]
            }
            RealSignal::Modulation(_) => 0.0,
        };
        constants.shaped(raw, target)
    }

    /// Section 6.
    fn form_groups(&mut self, constants: &FactorConstants, neurons: &Neurons, broadcast: Broadcast<'_>) {
        let Factor::Group { neurons: size, decay, scale, limits, .. } = constants.factor else { return };
        let all = neurons.fired.len();
        for (group, outputs) in self.outputs.chunks_exact_mut(constants.channels).enumerate() {
            let members = group * size..((group + 1) * size).min(all);
            for (channel, output) in outputs.iter_mut().enumerate() {
                let row = &constants.matrix[channel * all..][members.clone()];
                let sum: f64 = row.iter().zip(&neurons.spike[members.clone()]).map(|(g, s)| g * s).sum();
                *output = clipped(flushed(decay * *output + scale * sum), limits.0);
                if broadcast.learn {
                    let target = broadcast.targets[constants.first_channel + channel];
                    self.formed[group * constants.channels + channel] = clipped(target - *output, limits.1);
                }
            }
        }
    }

    /// 7: third factors of every neuron, and their surrogates where something reads them. A mirrored weight is read
    /// where it is stored.
    pub(super) fn form_third_factors(
        &mut self,
        constants: &LearningConstants,
        parameters: &NeuronConstants,
        neurons: &Neurons,
        broadcast: Broadcast<'_>,
        rows: &[SynapseRows],
        eligible: bool,
    ) {
        let Some(factors) = &constants.factors else { return };
        if std::mem::take(&mut self.live) {
            self.third_factor.fill(0.0);
        }
        if let Factor::Compartment { gain, decay } = factors.factor {
            self.compartments.iter_mut().for_each(|charge| *charge = flushed(decay * *charge));
            let all = self.compartments.len();
            add_projection(
                &mut self.compartments,
                &factors.matrix,
                all,
                own(factors, broadcast.errors),
                gain,
            );
            self.compartments.iter_mut().for_each(|charge| *charge = clipped(*charge, factors.limit));
        }
        if broadcast.learn {
            self.project(factors, broadcast.errors, rows);
            if let Some((spikes, amount)) = factors.rate_limit {
                for (factor, count) in self.third_factor.iter_mut().zip(&self.spikes) {
                    *factor -= if *count > spikes { amount } else { 0.0 };
                }
            }
            self.third_factor.iter_mut().for_each(|factor| *factor = clipped(*factor, factors.limit));
            self.live = self.third_factor.iter().any(|factor| *factor != 0.0);
        }
        let Some(surrogate) = factors.surrogate.filter(|_| self.live || eligible) else { return };
        let membranes = neurons.compared.iter().zip(neurons.thresholds(parameters));
        for (value, (compared, threshold)) in self.surrogate.iter_mut().zip(membranes) {
            *value = surrogate.at(compared - threshold);
        }
    }

    /// 5.2: hands the population's modulation down, into the errors that were formed.
    pub(super) fn hand_down(&self, constants: &LearningConstants, learn: bool, formed: &mut [f64]) {
        let Some(errors) = &constants.errors else { return };
        let RealSignal::Modulation(gain) = errors.signal else { return };
        let formed = &mut formed[errors.first_channel..errors.first_channel + self.third_factor.len()];
        if !(learn && self.live) {
            formed.fill(0.0);
            return;
        }
        for (formed, (factor, surrogate)) in
            formed.iter_mut().zip(self.third_factor.iter().zip(&self.surrogate))
        {
            *formed = errors.shaped(gain * factor * surrogate, 0.0);
        }
    }

    /// Line 1 of section 7; third factors are zero before.
    fn project(&mut self, constants: &FactorConstants, errors: &[f64], rows: &[SynapseRows]) {
        let own = own(constants, errors);
        let all = self.third_factor.len();
        match constants.factor {
            Factor::Own { gain } => {
                self.third_factor.iter_mut().zip(own).for_each(|(factor, error)| *factor = gain * error);
            }
            Factor::Feedback { gain } => {
                add_projection(&mut self.third_factor, &constants.matrix, all, own, gain);
            }
            Factor::Weights { gain, projection } => {
                let weights = rows[projection].weights.chunks_exact(constants.channels);
                for (factor, weights) in self.third_factor.iter_mut().zip(weights) {
                    *factor =
                        gain * weights.iter().zip(own).map(|(weight, error)| weight * error).sum::<f64>();
                }
            }
            Factor::Compartment { .. } => self.third_factor.copy_from_slice(&self.compartments),
            Factor::Group { gain, neurons: size, .. } => {
                let groups = self.group_errors.chunks_exact(constants.channels);
                for (index, (factors, errors)) in self.third_factor.chunks_mut(size).zip(groups).enumerate() {
                    add_projection(factors, &constants.matrix[index * size..], all, errors, gain);
                }
            }
        }
    }
}

/// The errors that a population listens to.
fn own<'a>(constants: &FactorConstants, errors: &'a [f64]) -> &'a [f64] {
    &errors[constants.first_channel..constants.first_channel + constants.channels]
}

/// Adds `gain * sum_k matrix[k * stride + i] errors[k]` to each factor.
fn add_projection(factors: &mut [f64], matrix: &[f64], stride: usize, errors: &[f64], gain: f64) {
    for (channel, error) in errors.iter().enumerate().filter(|(_, error)| **error != 0.0) {
        let row = &matrix[channel * stride..];
        factors.iter_mut().zip(row).for_each(|(factor, entry)| *factor += gain * error * entry);
    }
}
