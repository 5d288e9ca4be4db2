//! One projection in real numbers: what is under way, delivery, traces, weight updates.
//!
//! Micro-steps 1.2 (spikes), 3.1, 5, 8 and 9 of `docs/arithmetic.md`. A trace counts events (one event adds 1), so
//! that `P` is the derivative of the membrane by the weight; a weight is `lane * 2^-fraction`.
//!
//! The learning rate follows from the contract's lanes: `dw = L * surrogate * P * 2^-k` in lanes is
//! `rate * L * surrogate * P` in reals, `rate = increment * 2^(fL + fs - k - fw)`, with the fractions of the third
//! factor, the surrogate (0 where there is none) and the weight; a rule that multiplies with events has no increment.
//! What an eligibility drops of the product divides it once more (`eligibility`).
//!
//! Promises: silent axons, and rows without a trace, are not visited; a step allocates nothing once its lists have
//! grown; updates that are kept back have no end. Absent on purpose: rounding, encodings, places.

use super::eligibility::{self, Normaliser, States};
use super::ends::{Ends, clipped};
use super::units::{flushed, power, real};
use serde::{Deserialize, Serialize};
use synfire_chip::network::{Network, Projection, Source};
use synfire_core::neuron::Order;
use synfire_core::rounding::Rounding;
use synfire_core::vectorised;
use synfire_core::weight::WeightFormat;
use synfire_plasticity::config::{Presynaptic, SynapseLearning};

/// Registers of a projection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SynapseRows {
    /// Weight of each synapse, in the order of the network's `Synapses`; of a shared kernel, of each copy's taps.
    pub weights: Vec<f64>,
    /// Updates that were kept back, one a weight; empty where they go to the weights.
    pub updates: Vec<f64>,
    /// Sums of a step's products, one a shared tap that learns; zero between steps.
    sums: Vec<f64>,
    pub trace_q: Vec<f64>,
    /// The presynaptic factor of a product: trace P, or the events that arrived in this step.
    pub trace_p: Vec<f64>,
    /// Eligibility, one a synapse: the states of a filter, or X and e; empty where the rule has none.
    eligibility_1: Vec<f64>,
    eligibility_2: Vec<f64>,
    /// Normaliser of each synapse; empty where the rule has none.
    normaliser: Vec<u8>,
    /// Whether an axon's row has an eligibility that is not zero.
    eligible: Vec<bool>,
    /// `events[slot * axons + axon]`: what arrives in the step of a slot.
    events: Vec<u8>,
    /// Axons with events, by slot.
    listed: Vec<Vec<u32>>,
}

/// Which synapses a row has.
#[derive(Clone, Debug)]
pub(super) enum Layout {
    /// Every neuron.
    Dense,
    /// Listed ones: first entry of each row and one past the last; neuron of each entry; the weight that each entry
    /// reads, where taps are shared.
    Sparse { starts: Vec<u32>, posts: Vec<u32>, reads: Option<Vec<u32>> },
}

/// How a plastic projection learns.
#[derive(Clone, Debug)]
struct Rule {
    shift: u8,
    /// The learning rate at `k = 0`.
    base: f64,
    presynaptic: Presynaptic,
    eligibility: Option<States>,
    normaliser: Option<Normaliser>,
    /// What an update takes of the weight, as a part of it, at no shift offset.
    weight_decay: Option<f64>,
    /// Where an eligibility ends, and a weight.
    limits: (f64, f64),
}

/// What does not change while the chip runs.
#[derive(Clone, Debug)]
pub(super) struct RowConstants {
    pub layout: Layout,
    pub posts: usize,
    /// First axon of each presynaptic neuron, and one past the last.
    pub axons_of: Vec<u32>,
    pub delays: Vec<u8>,
    slots: u64,
    limit: u8,
    /// What a weight of 1 adds to the current, 1 unless the exponent says otherwise.
    pub gain: f64,
    order: Order,
    /// Decays of Q and P, where the projection learns.
    traces: Option<(f64, f64)>,
    /// Where Q and P end, in events.
    trace_limit: f64,
    rule: Option<Rule>,
}

impl RowConstants {
    pub(super) fn new(network: &Network, projection: &Projection, ends: Ends) -> Self {
        let Projection {
            name: _,
            source,
            target,
            format,
            synapses,
            delays,
            learning,
            encoding: _,
            port_of: _,
            stated: _,
        } = projection;
        // Nothing rounds here, so how bits are dropped is nothing to it, nor what is summed before a shift.
        let WeightFormat { store_bits, fraction, delivered_bits, exponent, dropped: _ } = *format;
        let datapath = &network.datapath;
        let population = &network.populations[*target];
        let posts = population.neurons as usize;
        let sources = network.source_neurons(*source);
        let (layout, presynaptic) = match synapses.listed() {
            None => (Layout::Dense, (0..sources).collect()),
            Some(listed) => {
                let (starts, posts) = (listed.starts.to_vec(), listed.posts.to_vec());
                let layout = Layout::Sparse { starts, posts, reads: listed.reads.map(<[u32]>::to_vec) };
                (layout, listed.presynaptic.to_vec())
            }
        };
        let axons_of = (0..=sources).map(|pre| presynaptic.partition_point(|p| *p < pre) as u32).collect();
        let dropped = i32::from(store_bits) - i32::from(delivered_bits);
        let shift = i32::from(exponent) + i32::from(datapath.input_shift);
        let decay = |of: &synfire_core::neuron::PerNeuron| real(of.get(0), datapath.decay_fraction);
        let parameters = &population.parameters;
        Self {
            layout,
            posts,
            axons_of,
            delays: (0..presynaptic.len()).map(|axon| delays.get(axon)).collect(),
            slots: u64::from(delays.max()) + 1,
            limit: match source {
                Source::Input(input) => network.inputs[*input].max_events,
                Source::Population(_) => 1,
            },
            gain: power(i32::from(fraction) - dropped + shift - i32::from(datapath.state_fraction)),
            order: datapath.order,
            traces: learning.map(|_| (decay(&parameters.current_decay), decay(&parameters.membrane_decay))),
            trace_limit: ends.unsigned(network.learning.trace_bits)
                / f64::from(network.learning.trace_increment),
            rule: learning.map(|rule| self::rule(network, projection, rule, ends)),
        }
    }

    /// Entries of an axon's row.
    pub(super) fn row(&self, axon: usize) -> std::ops::Range<usize> {
        match &self.layout {
            Layout::Dense => axon * self.posts..(axon + 1) * self.posts,
            Layout::Sparse { starts, .. } => starts[axon] as usize..starts[axon + 1] as usize,
        }
    }

    /// The weight that an entry of a row reads.
    pub(super) fn read(&self, entry: usize) -> usize {
        match &self.layout {
            Layout::Sparse { reads: Some(reads), .. } => reads[entry] as usize,
            Layout::Sparse { reads: None, .. } | Layout::Dense => entry,
        }
    }

    fn slot(&self, step: u64) -> usize {
        (step % self.slots) as usize
    }

    /// Whether the rule reads the surrogate in every step, learning or not.
    pub(super) fn is_eligible(&self) -> bool {
        self.rule.as_ref().is_some_and(|rule| rule.eligibility.is_some())
    }

    fn normaliser(&self) -> Option<Normaliser> {
        self.rule.as_ref()?.normaliser
    }

    /// The learning rate at a shift offset, in real values: `dw = rate * L * surrogate * P`.
    pub(super) fn rate(&self, offset: u8) -> Option<f64> {
        self.rule.as_ref().map(|rule| rule.base * power(-(i32::from(rule.shift) + i32::from(offset)).min(31)))
    }

    /// Whether taps are shared, and learn.
    fn shares(&self) -> bool {
        self.rule.is_some() && matches!(self.layout, Layout::Sparse { reads: Some(_), .. })
    }

    /// What an update takes of the weight at a shift offset: it follows the learning rate.
    fn decay(&self, offset: u8) -> Option<f64> {
        let rule = self.rule.as_ref()?;
        let shift = i32::from(rule.shift);
        rule.weight_decay.map(|decay| decay * power(shift - (shift + i32::from(offset)).min(31)))
    }
}

/// The rule of a projection, its learning rate from the fractions of its factors.
fn rule(network: &Network, projection: &Projection, rule: SynapseLearning, ends: Ends) -> Rule {
    let SynapseLearning { shift, rounding, weight_decay, presynaptic, eligibility: of } = rule;
    match rounding {
        // A real number is not rounded.
        Rounding::Floor | Rounding::TowardZero | Rounding::Nearest | Rounding::Stochastic => (),
    }
    let engine = &network.learning;
    let learning = network.populations[projection.target].learning;
    let surrogate = learning.and_then(|l| l.surrogate).map_or(0, |_| i32::from(engine.surrogate.fraction));
    let factors = i32::from(engine.third_factor.fraction) + surrogate;
    let eligibility = of.map(|of| States::of(of, network, projection.target));
    let dropped = of.map_or(0, |of| eligibility::dropped(of, surrogate));
    let exponent = factors - dropped - i32::from(projection.format.fraction);
    let event = match presynaptic {
        Presynaptic::Trace => f64::from(engine.trace_increment),
        Presynaptic::Events => 1.0,
    };
    let reference = of.and_then(|eligibility| eligibility.reference());
    let one = event * power(surrogate - dropped);
    let normaliser = reference.map(|reference| Normaliser::new(one, reference));
    let weight_decay = weight_decay.map(|decay| power(-i32::from(decay)));
    let eligibility_limit = eligibility
        .as_ref()
        .map_or(f64::INFINITY, |states| states.limit(engine.eligibility_bits, ends) / one);
    let format = projection.format;
    let weight_limit = ends.signed(format.store_bits) * power(-i32::from(format.fraction));
    let limits = (eligibility_limit, weight_limit);
    let base = event * power(exponent);
    Rule { shift, base, presynaptic, eligibility, normaliser, weight_decay, limits }
}

impl SynapseRows {
    pub(super) fn at_reset(projection: &Projection, constants: &RowConstants) -> Self {
        let (axons, slots) = (constants.delays.len(), constants.slots as usize);
        let weights = projection.synapses.weights();
        let states = if constants.is_eligible() { weights.len() } else { 0 };
        let traced = if constants.traces.is_some() { axons } else { 0 };
        Self {
            weights: (0..weights.len()).map(|i| real(weights.get(i), projection.format.fraction)).collect(),
            updates: Vec::new(),
            sums: vec![0.0; if constants.shares() { weights.len() } else { 0 }],
            trace_q: vec![0.0; traced],
            trace_p: vec![0.0; traced],
            eligibility_1: vec![0.0; states],
            eligibility_2: vec![0.0; states],
            normaliser: vec![0; if constants.normaliser().is_some() { states } else { 0 }],
            eligible: vec![false; if constants.is_eligible() { axons } else { 0 }],
            events: vec![0; slots * axons],
            listed: vec![Vec::with_capacity(axons); slots],
        }
    }

    /// Control event `clear`: all but the weights and the normalisers.
    pub(super) fn clear(&mut self) {
        self.trace_q.fill(0.0);
        self.trace_p.fill(0.0);
        self.eligibility_1.fill(0.0);
        self.eligibility_2.fill(0.0);
        self.eligible.fill(false);
        self.events.fill(0);
        self.listed.iter_mut().for_each(Vec::clear);
    }

    /// Lengths of the lists that depend on the network.
    pub(super) fn shape(&self) -> [usize; 4] {
        [self.weights.len(), self.trace_q.len(), self.eligibility_1.len(), self.events.len()]
    }

    /// 9: `count` events of presynaptic neuron `pre` in `step`.
    pub(super) fn emit(&mut self, constants: &RowConstants, pre: usize, step: u64, count: u8) {
        for axon in constants.axons_of[pre]..constants.axons_of[pre + 1] {
            let slot = constants.slot(step + u64::from(constants.delays[axon as usize]));
            let events = &mut self.events[slot * constants.delays.len() + axon as usize];
            if *events == 0 {
                self.listed[slot].push(axon);
            }
            *events = events.saturating_add(count).min(constants.limit);
        }
    }

    /// 3.1: this projection's share of what enters the current of each neuron.
    pub(super) fn deliver(&self, constants: &RowConstants, step: u64, sums: &mut [f64]) {
        let slot = constants.slot(step);
        let axons = constants.delays.len();
        let events = &self.events[slot * axons..(slot + 1) * axons];
        match &constants.layout {
            Layout::Dense => dense_sums(&self.listed[slot], events, constants.gain, &self.weights, sums),
            Layout::Sparse { posts, .. } => {
                for axon in self.listed[slot].iter().map(|axon| *axon as usize) {
                    let weight = f64::from(events[axon]) * constants.gain;
                    for entry in constants.row(axon) {
                        sums[posts[entry] as usize] += weight * self.weights[constants.read(entry)];
                    }
                }
            }
        }
    }

    /// 5, and the end of what arrived in `step`.
    pub(super) fn update_traces(&mut self, constants: &RowConstants, step: u64) {
        let slot = constants.slot(step);
        let axons = constants.delays.len();
        let events = &mut self.events[slot * axons..(slot + 1) * axons];
        match (constants.traces, constants.rule.as_ref().map(|rule| rule.presynaptic)) {
            (Some((a, b)), Some(Presynaptic::Trace)) => {
                let limit = constants.trace_limit;
                if constants.order == Order::PreviousCurrent {
                    decay_second(&self.trace_q, &mut self.trace_p, b, limit);
                }
                decay_first(&mut self.trace_q, a);
                for axon in &self.listed[slot] {
                    let trace = &mut self.trace_q[*axon as usize];
                    *trace = (*trace + f64::from(events[*axon as usize])).min(limit);
                }
                if constants.order == Order::UpdatedCurrent {
                    decay_second(&self.trace_q, &mut self.trace_p, b, limit);
                }
            }
            (_, Some(Presynaptic::Events)) => {
                self.trace_p.fill(0.0);
                for axon in &self.listed[slot] {
                    self.trace_p[*axon as usize] = f64::from(events[*axon as usize]);
                }
            }
            (_, None) | (None, _) => (),
        }
        for axon in self.listed[slot].drain(..) {
            events[axon as usize] = 0;
        }
    }

    /// 9.1, with the surrogate of this step and the P of 5.
    pub(super) fn advance_eligibility(&mut self, constants: &RowConstants, surrogate: &[f64]) {
        let Some(rule) = &constants.rule else { return };
        let Some(states) = &rule.eligibility else { return };
        let limit = rule.limits.0;
        for axon in 0..constants.delays.len() {
            let trace = self.trace_p[axon];
            if trace == 0.0 && !self.eligible[axon] {
                continue;
            }
            let row = constants.row(axon);
            let (first, second) =
                (&mut self.eligibility_1[row.clone()], &mut self.eligibility_2[row.clone()]);
            let mut live = false;
            for (index, (first, second)) in first.iter_mut().zip(second).enumerate() {
                let post = match &constants.layout {
                    Layout::Dense => index,
                    Layout::Sparse { posts, .. } => posts[row.start + index] as usize,
                };
                states.advance((first, second), post, surrogate[post], (trace, limit));
                live |= *first != 0.0 || *second != 0.0;
            }
            if let Some(rule) = constants.normaliser() {
                let states = &self.eligibility_2[row.clone()];
                for (normaliser, state) in self.normaliser[row].iter_mut().zip(states) {
                    *normaliser = rule.bits(*state).max(*normaliser);
                }
            }
            self.eligible[axon] = live;
        }
    }

    /// 9.2 and 9.3: `factors` is `rate * L * surrogate` of each neuron, or `rate * L` for an eligibility rule.
    pub(super) fn learn(&mut self, constants: &RowConstants, factors: &[f64], offset: u8) {
        let decay = constants.decay(offset);
        if constants.shares() {
            return self.learn_taps(constants, factors, decay.unwrap_or(0.0));
        }
        if let Some(decay) = decay {
            return self.learn_decaying(constants, factors, decay);
        }
        let (target, limit) = match (self.updates.is_empty(), &constants.rule) {
            (true, Some(rule)) => (&mut self.weights, rule.limits.1),
            _ => (&mut self.updates, f64::INFINITY),
        };
        if constants.is_eligible() {
            for axon in (0..constants.delays.len()).filter(|axon| self.eligible[*axon]) {
                for (index, entry) in constants.row(axon).enumerate() {
                    let post = match &constants.layout {
                        Layout::Dense => index,
                        Layout::Sparse { posts, .. } => posts[entry] as usize,
                    };
                    let slower = self.normaliser.get(entry).map_or(1.0, |n| power(-i32::from(*n)));
                    let update = factors[post] * self.eligibility_2[entry] * slower;
                    target[entry] = clipped(target[entry] + update, limit);
                }
            }
            return;
        }
        match &constants.layout {
            Layout::Dense => dense_update(&self.trace_p, factors, target, limit),
            Layout::Sparse { posts, .. } => {
                for axon in (0..constants.delays.len()).filter(|axon| self.trace_p[*axon] != 0.0) {
                    for entry in constants.row(axon) {
                        let update = factors[posts[entry] as usize] * self.trace_p[axon];
                        target[entry] = clipped(target[entry] + update, limit);
                    }
                }
            }
        }
    }
}

impl SynapseRows {
    /// 9.7: the sum of the products of a tap's synapses; where it is not zero, the tap loses a part of its weight (9.6).
    fn learn_taps(&mut self, constants: &RowConstants, factors: &[f64], decay: f64) {
        let (Layout::Sparse { posts, .. }, Some(rule)) = (&constants.layout, &constants.rule) else { return };
        for axon in (0..constants.delays.len()).filter(|axon| self.trace_p[*axon] != 0.0) {
            for entry in constants.row(axon) {
                self.sums[constants.read(entry)] += factors[posts[entry] as usize] * self.trace_p[axon];
            }
        }
        for (tap, sum) in self.sums.iter_mut().enumerate().filter(|(_, sum)| **sum != 0.0) {
            let change = std::mem::take(sum) - decay * self.weights[tap];
            if self.updates.is_empty() {
                self.weights[tap] = clipped(self.weights[tap] + change, rule.limits.1);
            } else {
                self.updates[tap] += change;
            }
        }
    }

    /// As `learn`, and with 9.6: every synapse whose product is not zero loses a part of its weight.
    fn learn_decaying(&mut self, constants: &RowConstants, factors: &[f64], decay: f64) {
        let eligible = constants.is_eligible();
        for axon in 0..constants.delays.len() {
            if if eligible { !self.eligible[axon] } else { self.trace_p[axon] == 0.0 } {
                continue;
            }
            for (index, entry) in constants.row(axon).enumerate() {
                let post = match &constants.layout {
                    Layout::Dense => index,
                    Layout::Sparse { posts, .. } => posts[entry] as usize,
                };
                let past = if eligible { self.eligibility_2[entry] } else { self.trace_p[axon] };
                let product = factors[post] * past;
                if product == 0.0 {
                    continue;
                }
                let slower = self.normaliser.get(entry).map_or(1.0, |n| power(-i32::from(*n)));
                let change = (product - decay * self.weights[entry]) * slower;
                match (self.updates.is_empty(), &constants.rule) {
                    (true, Some(rule)) => {
                        let weight = &mut self.weights[entry];
                        *weight = clipped(*weight + change, rule.limits.1);
                    }
                    _ => self.updates[entry] += change,
                }
            }
        }
    }
}

vectorised!(
    fn decay_first(trace: &mut [f64], factor: f64) => |trace: &mut [f64], factor: f64| {
        trace.iter_mut().for_each(|q| *q = flushed(factor * *q));
    }
);

vectorised!(
    fn decay_second(first: &[f64], second: &mut [f64], factor: f64, limit: f64) => filter_second
);

#[inline(always)]
fn filter_second(first: &[f64], second: &mut [f64], factor: f64, limit: f64) {
    second.iter_mut().zip(first).for_each(|(p, q)| *p = clipped(flushed(factor * *p + *q), limit));
}

vectorised!(
    /// Adds the rows of the listed axons to `sums`.
    fn dense_sums(listed: &[u32], events: &[u8], gain: f64, weights: &[f64], sums: &mut [f64]) => sum_rows
);

#[inline(always)]
fn sum_rows(listed: &[u32], events: &[u8], gain: f64, weights: &[f64], sums: &mut [f64]) {
    let posts = sums.len();
    for axon in listed.iter().map(|axon| *axon as usize) {
        let factor = f64::from(events[axon]) * gain;
        let row = &weights[axon * posts..(axon + 1) * posts];
        sums.iter_mut().zip(row).for_each(|(sum, weight)| *sum += factor * *weight);
    }
}

vectorised!(
    /// The outer product of traces and factors, added to dense rows.
    fn dense_update(traces: &[f64], factors: &[f64], weights: &mut [f64], limit: f64) => update_rows
);

#[inline(always)]
fn update_rows(traces: &[f64], factors: &[f64], weights: &mut [f64], limit: f64) {
    for (trace, row) in traces.iter().zip(weights.chunks_exact_mut(factors.len())) {
        if *trace != 0.0 {
            for (weight, factor) in row.iter_mut().zip(factors) {
                *weight = clipped(*weight + factor * *trace, limit);
            }
        }
    }
}
