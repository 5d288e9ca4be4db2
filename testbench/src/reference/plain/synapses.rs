//! One projection: what is under way on its axons, delivery, traces, eligibility, weight updates.
//!
//! Micro-steps 1.2 (spikes), 3.1 (the projection's share), 5, 8 and 9 of `docs/arithmetic.md`.
//!
//! Promises: every synapse is visited in every step, in the order of [`Synapses`]. An axon is a presynaptic
//! neuron and a delay. A synapse reads a weight: its own, or a tap of a kernel (9.7). Absent on purpose: rows, encodings,
//! places.

use super::arithmetic::{Draw, decay, dither, floor, power, signed, toward_zero, unsigned, word};
use super::neurons::parameter;
use std::collections::VecDeque;
use synfire_chip::network::{Network, Population, Projection, Source, Synapses};
use synfire_core::arrival::Delays;
use synfire_core::neuron::Order;
use synfire_core::rounding::Rounding;
use synfire_core::synapse::WeightLanes;
use synfire_core::weight::{Dropped, WeightFormat};
use synfire_plasticity::config::{Eligibility, Presynaptic};

/// The longest delay, in steps.
const LONGEST: usize = 64;

/// An axon of a projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axon {
    /// Presynaptic neuron.
    pub pre: u32,
    /// Steps from firing to arrival.
    pub delay: u8,
}

/// A synapse: which axon reaches which neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Synapse {
    /// Index of the axon.
    pub axon: usize,
    /// Postsynaptic neuron.
    pub post: usize,
    /// Index of the weight that it reads.
    pub weight: usize,
}

/// Registers of a projection.
#[derive(Clone, Debug)]
pub struct SynapseRows {
    /// The axons.
    pub axons: Vec<Axon>,
    /// The synapses, in the order of [`Synapses`].
    pub synapses: Vec<Synapse>,
    /// The weights: one a synapse, or one a tap and copy.
    pub weights: Vec<i64>,
    /// Taps of a copy, where a kernel is shared.
    taps: Option<usize>,
    /// Trace Q of each axon; zero where the projection does not learn.
    pub trace_q: Vec<i64>,
    /// Trace P of each axon.
    pub trace_p: Vec<i64>,
    /// Eligibility of each synapse: states (E1, E2) of a filter; state X and this step's e of an adaptation; zero
    /// where the rule has none.
    pub eligibility: Vec<(i64, i64)>,
    /// First state of each synapse in the step before, or 0 after a `clear` of this one: what a mirror keeps.
    pub eligibility_before: Vec<i64>,
    /// Normaliser N of each synapse; zero where the rule has none.
    pub normaliser: Vec<i64>,
    /// Events that arrived in this step, by axon.
    pub arrived: Vec<i64>,
    /// Events that a full axon merged since reset, by axon.
    pub merged: Vec<i64>,
    /// `under_way[s][axon]`: events that arrive `s + 1` steps from now.
    under_way: VecDeque<Vec<i64>>,
    /// Events an axon holds in one step.
    limit: i64,
}

/// What the weight updates of a step read of the postsynaptic neurons.
#[derive(Clone, Copy, Debug)]
pub(super) struct Post<'a> {
    /// Third factors.
    pub third_factor: &'a [i64],
    /// Surrogate derivatives; the constant 1 where the population has none.
    pub surrogate: &'a [i64],
    /// The neurons.
    pub population: &'a Population,
}

/// 3.1.1: what an event of a weight delivers.
#[must_use]
pub fn delivered(format: WeightFormat, weight: i64) -> i64 {
    let bits = u32::from(format.store_bits - format.delivered_bits);
    match format.dropped {
        Dropped::Floor => floor(weight, bits),
        Dropped::TowardZero => toward_zero(weight, bits),
    }
}

impl SynapseRows {
    pub(super) fn at_reset(network: &Network, projection: &Projection) -> Self {
        let posts = network.populations[projection.target].neurons as usize;
        let (axons, synapses, weights) = listed(projection, posts);
        let limit = match projection.source {
            Source::Input(input) => i64::from(network.inputs[input].max_events),
            Source::Population(_) => 1,
        };
        let none = vec![0; axons.len()];
        Self {
            weights,
            trace_q: none.clone(),
            trace_p: none.clone(),
            eligibility: vec![(0, 0); synapses.len()],
            eligibility_before: vec![0; synapses.len()],
            normaliser: vec![0; synapses.len()],
            arrived: none.clone(),
            merged: none.clone(),
            under_way: vec![none; LONGEST].into(),
            limit,
            axons,
            synapses,
            taps: match &projection.synapses {
                Synapses::Shared { kernel, .. } => {
                    Some(kernel.shape.iter().map(|side| *side as usize).product())
                }
                Synapses::Dense { .. } | Synapses::Sparse { .. } => None,
            },
        }
    }

    /// Control event `clear`: all but the weights and the normalisers.
    pub(super) fn clear(&mut self) {
        self.trace_q.fill(0);
        self.trace_p.fill(0);
        self.eligibility.fill((0, 0));
        self.under_way.iter_mut().for_each(|slot| slot.fill(0));
    }

    /// 9: `events[pre]` is what each presynaptic neuron sent in this step.
    pub(super) fn emit(&mut self, events: &[i64]) {
        for (index, axon) in self.axons.iter().enumerate() {
            let slot = &mut self.under_way[usize::from(axon.delay) - 1][index];
            let all = *slot + events[axon.pre as usize];
            *slot = all.min(self.limit);
            self.merged[index] += all - *slot;
        }
    }

    /// 1.2: takes out what is due.
    pub(super) fn arrive(&mut self) {
        if let Some(due) = self.under_way.pop_front() {
            self.arrived = due;
            self.under_way.push_back(vec![0; self.axons.len()]);
        }
    }

    /// 3.1: this projection's share of the dendritic sum of each of `posts` neurons, its exponent not applied.
    pub(super) fn deliver(&self, projection: &Projection, posts: usize) -> Vec<i64> {
        let format = projection.format;
        let mut own = vec![0i64; posts];
        for synapse in &self.synapses {
            own[synapse.post] += self.arrived[synapse.axon] * delivered(format, self.weights[synapse.weight]);
        }
        own
    }

    /// The neurons that an event of this projection reaches. A weight of zero that cannot change is no synapse.
    pub(super) fn reach(&self, projection: &Projection, reached: &mut [bool]) {
        for synapse in &self.synapses {
            let is_one = projection.learning.is_some() || self.weights[synapse.weight] != 0;
            reached[synapse.post] |= is_one && self.arrived[synapse.axon] > 0;
        }
    }

    /// 5, with the decay factors of the target: those of a population that learns are the same for all neurons.
    pub(super) fn update_traces(&mut self, network: &Network, projection: &Projection) {
        let (datapath, engine) = (&network.datapath, &network.learning);
        let parameters = &network.populations[projection.target].parameters;
        let a = parameter(&parameters.current_decay, 0);
        let b = parameter(&parameters.membrane_decay, 0);
        for axon in 0..self.axons.len() {
            let old_q = self.trace_q[axon];
            let increment = i64::from(engine.trace_increment) * self.arrived[axon];
            let q = unsigned(engine.trace_bits, decay(old_q, a, datapath.decay_fraction) + increment);
            let enters = match datapath.order {
                Order::PreviousCurrent => old_q,
                Order::UpdatedCurrent => q,
            };
            let p = decay(self.trace_p[axon], b, datapath.decay_fraction) + enters;
            self.trace_q[axon] = q;
            self.trace_p[axon] = unsigned(engine.trace_bits, p);
        }
    }

    /// 9.1 and 9.5, with the surrogate of this step and the P of 5.
    pub(super) fn advance_eligibility(&mut self, network: &Network, rule: Eligibility, post: Post<'_>) {
        let bits = network.learning.eligibility_bits;
        let fraction = network.datapath.decay_fraction;
        for (index, synapse) in self.synapses.iter().enumerate() {
            let old = self.eligibility[index];
            self.eligibility_before[index] = old.0;
            let (surrogate, trace) = (post.surrogate[synapse.post], self.trace_p[synapse.axon]);
            self.eligibility[index] = match rule {
                Eligibility::Filter { q_decay, p_decay, product_shift, .. } => (
                    unsigned(
                        bits,
                        decay(old.0, i64::from(q_decay), fraction)
                            + floor(surrogate * trace, product_shift.into()),
                    ),
                    unsigned(bits, decay(old.1, i64::from(p_decay), fraction) + old.0),
                ),
                Eligibility::Adaptation { trace_shift } => {
                    let (rho, beta) = adaptation_factors(post.population, synapse.post, fraction);
                    let difference = trace * power(trace_shift) - decay(old.0, beta, fraction);
                    let shift = u32::from(network.learning.surrogate.fraction);
                    let e = signed(bits, toward_zero(surrogate * difference, shift));
                    (signed(bits, decay(old.0, rho, fraction) + e), e)
                }
            };
            if let Some(reference) = rule.reference() {
                let mut length = 0u8;
                while self.eligibility[index].1 >= power(length) {
                    length += 1;
                }
                let above = i64::from(length) - i64::from(reference);
                self.normaliser[index] = self.normaliser[index].max(above);
            }
        }
    }

    /// 9.2, 9.6, 9.3 and 9.7 of projection `number`, in step `step`.
    pub(super) fn learn(&mut self, network: &Network, number: usize, step: u64, offset: i64, post: Post<'_>) {
        let projection = &network.projections[number];
        let Some(rule) = projection.learning else { return };
        // 9.7: of a tap, the sum of the products of its synapses; of a weight of its own, one product.
        let mut sums = vec![0; self.weights.len()];
        for (index, synapse) in self.synapses.iter().enumerate() {
            let factor = post.third_factor[synapse.post];
            let product = match rule.eligibility {
                Some(_) => factor * self.eligibility[index].1,
                None => {
                    let presynaptic = match rule.presynaptic {
                        Presynaptic::Trace => self.trace_p[synapse.axon],
                        Presynaptic::Events => self.arrived[synapse.axon],
                    };
                    factor * post.surrogate[synapse.post] * presynaptic
                }
            };
            if self.taps.is_some() {
                sums[synapse.weight] += product;
                continue;
            }
            let k = (i64::from(rule.shift) + offset + self.normaliser[index]).min(31) as u32;
            let names = (self.axons[synapse.axon].pre, synapse.post as u32);
            let weight = self.weights[index];
            self.weights[index] = written(network, number, step, names, k, (product, weight));
        }
        let Some(taps) = self.taps else { return };
        let k = (i64::from(rule.shift) + offset).min(31) as u32;
        for (index, (weight, sum)) in self.weights.iter_mut().zip(sums).enumerate() {
            let names = ((index % taps) as u32, (index / taps) as u32);
            *weight = written(network, number, step, names, k, (sum, *weight));
        }
    }
}

/// 9.6 and 9.3: the weight after an update of projection `number`; `names` are those of the random word, in 10.1 pre and
/// post.
fn written(
    network: &Network,
    number: usize,
    step: u64,
    names: (u32, u32),
    k: u32,
    (product, weight): (i64, i64),
) -> i64 {
    let projection = &network.projections[number];
    let Some(rule) = projection.learning else { return weight };
    // The decay is weighed against the product at the projection's own k.
    let decay = match rule.weight_decay {
        Some(decay) if product != 0 => weight * power(rule.shift - decay),
        _ => 0,
    };
    let added = match rule.rounding {
        Rounding::Stochastic => dither(word(network.seed, Draw::Dither, step, number, names.0, names.1), k),
        Rounding::Nearest if k > 0 => power(k - 1),
        _ => 0,
    };
    signed(projection.format.store_bits, weight + floor(product - decay + added, k))
}

/// `rho` and `beta` of a neuron, section 9.1.
fn adaptation_factors(population: &Population, neuron: usize, fraction: u8) -> (i64, i64) {
    let Some(adaptation) = &population.parameters.adaptation else { return (0, 0) };
    let threshold = parameter(&population.parameters.threshold, neuron);
    let increment = parameter(&adaptation.increment, neuron);
    let beta = (increment * power(fraction + 1) + threshold).div_euclid(2 * threshold);
    (parameter(&adaptation.decay, neuron), beta)
}

/// Axons, synapses and weights of a projection, in its order.
fn listed(projection: &Projection, all: usize) -> (Vec<Axon>, Vec<Synapse>, Vec<i64>) {
    let delay = |axon: usize| match &projection.delays {
        Delays::Same(delay) => *delay,
        Delays::Each(delays) => delays[axon],
    };
    match &projection.synapses {
        Synapses::Dense { weights } => {
            let weights = lanes(weights);
            let pres = weights.len() / all;
            let axons = (0..pres).map(|axon| Axon { pre: axon as u32, delay: delay(axon) });
            let synapse = |axon, post| Synapse { axon, post, weight: axon * all + post };
            let synapses = (0..pres).flat_map(|axon| (0..all).map(move |post| synapse(axon, post)));
            (axons.collect(), synapses.collect(), weights)
        }
        Synapses::Sparse { presynaptic, starts, posts, weights } => {
            let synapses = entries(starts, posts, |entry| entry);
            let axons = presynaptic.iter().enumerate();
            let axons = axons.map(|(axon, pre)| Axon { pre: *pre, delay: delay(axon) });
            (axons.collect(), synapses, lanes(weights))
        }
        Synapses::Shared { presynaptic, starts, posts, reads, weights, .. } => {
            let synapses = entries(starts, posts, |entry| reads[entry] as usize);
            let axons = presynaptic.iter().enumerate();
            let axons = axons.map(|(axon, pre)| Axon { pre: *pre, delay: delay(axon) });
            (axons.collect(), synapses, lanes(weights))
        }
    }
}

fn entries(starts: &[u32], posts: &[u32], weight: impl Fn(usize) -> usize) -> Vec<Synapse> {
    let mut synapses = Vec::new();
    for axon in 0..starts.len() - 1 {
        let of_axon = starts[axon] as usize..starts[axon + 1] as usize;
        for (entry, post) in of_axon.clone().zip(&posts[of_axon]) {
            synapses.push(Synapse { axon, post: *post as usize, weight: weight(entry) });
        }
    }
    synapses
}

fn lanes(weights: &WeightLanes) -> Vec<i64> {
    match weights {
        WeightLanes::I8(weights) => weights.iter().map(|w| i64::from(*w)).collect(),
        WeightLanes::I16(weights) => weights.iter().map(|w| i64::from(*w)).collect(),
    }
}
