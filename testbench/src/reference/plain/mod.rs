//! The plain reference: the whole step of `docs/arithmetic.md` once more, as simply as it can be said.
//!
//! Scalar loops over `i64`, every neuron and every synapse in every step; no events, threads, cores or packets.
//! It takes the same [`Network`] and [`StepEvents`] as the chip and shares types with it, but no function, so that
//! an error would have to be made twice. `tests/plain.rs` holds the chip to it, register by register.
//!
//! Start with [`PlainChip::step`]: it is section 3 of the document, line by line.
//!
//! Promises: written from the document; where the two differ the document is right.
//! Absent on purpose: speed, validation (a network outside the contract may panic), mapping, time, energy, counts but for
//! one: which neurons were active.

pub mod arithmetic;
pub mod learning;
pub mod neurons;
pub mod observed;
pub mod synapses;

use arithmetic::scale;
use learning::{Broadcast, Learning};
use neurons::{Input, Neurons, Place};
use std::collections::VecDeque;
use std::sync::Arc;
use synapses::{Post, SynapseRows};
use synfire_chip::network::{Network, Source};
use synfire_chip::run::program::{Control, StepEvents};
use synfire_plasticity::config::Presynaptic;

/// A chip without places: registers of every population and projection, by their index in the network.
#[derive(Clone, Debug)]
pub struct PlainChip {
    /// Steps run since reset: the next step's number.
    pub step: u64,
    /// State registers of each population.
    pub neurons: Vec<Neurons>,
    /// Learning registers of each population.
    pub learning: Vec<Learning>,
    /// Registers of each projection.
    pub rows: Vec<SynapseRows>,
    /// Errors that arrived in the last step, by channel.
    pub errors: Vec<i64>,
    /// Errors that were formed in the last step, by channel.
    pub formed: Vec<i64>,
    /// Latched targets, by channel.
    pub targets: Vec<i64>,
    /// The learn flag.
    pub learn: bool,
    /// The shift offset.
    pub shift_offset: i64,
    /// Events that each neuron of each input had in the last step, however many.
    pub sent: Vec<Vec<i64>>,
    /// `line[s]`: errors that arrive `s + 1` steps from now, by channel.
    line: VecDeque<Vec<i64>>,
    network: Arc<Network>,
}

impl PlainChip {
    /// `network` at reset.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let populations = &network.populations;
        let readouts = populations.iter().filter(|p| p.readout.is_some());
        let channels = vec![0; readouts.map(|p| p.neurons as usize).sum()];
        Self {
            step: 0,
            neurons: populations.iter().map(Neurons::at_reset).collect(),
            learning: (0..populations.len()).map(|number| Learning::at_reset(network, number)).collect(),
            rows: network.projections.iter().map(|p| SynapseRows::at_reset(network, p)).collect(),
            errors: channels.clone(),
            formed: channels.clone(),
            targets: channels.clone(),
            learn: false,
            shift_offset: 0,
            sent: network.inputs.iter().map(|input| vec![0; input.neurons as usize]).collect(),
            line: vec![channels; usize::from(network.learning.error_delay)].into(),
            network: Arc::new(network.clone()),
        }
    }

    /// One step, micro-steps 1 to 9.
    pub fn step(&mut self, events: &StepEvents) {
        self.begin(events);
        self.finish(events);
    }

    /// Micro-step 1.
    pub fn begin(&mut self, events: &StepEvents) {
        // 1.1
        for control in &events.control {
            self.control(*control);
        }
        // 1.2
        if let Some(due) = self.line.pop_front() {
            self.line.push_back(vec![0; due.len()]);
            self.errors = due;
        }
        self.rows.iter_mut().for_each(SynapseRows::arrive);
        self.learning.iter_mut().for_each(Learning::arrive);
    }

    /// Micro-steps 2 to 9 of a step that has begun.
    pub fn finish(&mut self, events: &StepEvents) {
        // 2 to 4
        for population in 0..self.neurons.len() {
            let input = self.input(population, events);
            let network = &self.network;
            let (seed, datapath) = (network.seed, &network.datapath);
            let place = Place { datapath, seed, population, step: self.step };
            self.neurons[population].step(&network.populations[population], place, &input);
        }
        // 5
        for (projection, rows) in self.network.projections.iter().zip(&mut self.rows) {
            if projection.learning.is_some_and(|rule| rule.presynaptic == Presynaptic::Trace) {
                rows.update_traces(&self.network, projection);
            }
        }
        self.learn_from_errors();
        self.update_weights();
        self.emit(events);
        self.step += 1;
    }

    /// 1.1
    fn control(&mut self, control: Control) {
        match control {
            Control::Clear => {
                self.neurons = self.network.populations.iter().map(Neurons::at_reset).collect();
                self.learning.iter_mut().for_each(Learning::clear);
                self.rows.iter_mut().for_each(SynapseRows::clear);
                self.targets.fill(0);
                self.line.iter_mut().for_each(|slot| slot.fill(0));
            }
            Control::Target { channel, value } => self.targets[usize::from(channel)] = i64::from(value),
            Control::Learn(on) => self.learn = on,
            Control::ShiftOffset(offset) => self.shift_offset = i64::from(offset),
        }
    }

    /// 3.1 of every neuron of a population.
    fn input(&self, population: usize, events: &StepEvents) -> Input {
        let neurons = self.network.populations[population].neurons as usize;
        let (mut ports, mut reached) = (vec![vec![0; neurons]], vec![false; neurons]);
        let mut shifts = vec![0];
        // Which port each projection adds to.
        let mut port_of = vec![0; self.rows.len()];
        for (number, (projection, rows)) in self.network.projections.iter().zip(&self.rows).enumerate() {
            if projection.target != population {
                continue;
            }
            let exponent = projection.format.exponent;
            let own = rows.deliver(projection, neurons);
            if exponent < 0 {
                let joined = projection.port_of.map(|first| port_of[first]);
                port_of[number] = joined.filter(|port| shifts[*port] == exponent).unwrap_or(ports.len());
                if port_of[number] == ports.len() {
                    ports.push(vec![0; neurons]);
                    shifts.push(exponent);
                }
            }
            let left = exponent.max(0);
            ports[port_of[number]].iter_mut().zip(own).for_each(|(sum, own)| *sum += scale(own, left));
            rows.reach(projection, &mut reached);
        }
        for injection in &events.injections {
            if usize::from(injection.population) == population {
                ports[0][injection.neuron as usize] += i64::from(injection.value);
                reached[injection.neuron as usize] = true;
            }
        }
        let sum =
            |neuron: usize| ports.iter().zip(&shifts).map(|(port, shift)| scale(port[neuron], *shift)).sum();
        Input { sums: (0..neurons).map(sum).collect(), ports, reached }
    }

    /// 6 and 7
    fn learn_from_errors(&mut self) {
        let broadcast = Broadcast { errors: &self.errors, targets: &self.targets, learn: self.learn };
        self.formed.fill(0);
        for (number, (learning, neurons)) in self.learning.iter_mut().zip(&self.neurons).enumerate() {
            for (channel, error) in learning.form_errors(&self.network, number, neurons, broadcast) {
                self.formed[channel] = error;
            }
            learning.form_third_factors(&self.network, number, neurons, broadcast, &self.rows);
            for (channel, error) in learning.hand_down(&self.network, number, self.learn) {
                self.formed[channel] = error;
            }
        }
    }

    /// 8
    fn update_weights(&mut self) {
        for (number, rows) in self.rows.iter_mut().enumerate() {
            let projection = &self.network.projections[number];
            let Some(rule) = projection.learning else { continue };
            let target = &self.learning[projection.target];
            let post = Post {
                third_factor: &target.third_factor,
                surrogate: &target.surrogate,
                population: &self.network.populations[projection.target],
            };
            if let Some(eligibility) = rule.eligibility {
                rows.advance_eligibility(&self.network, eligibility, post);
            }
            rows.learn(&self.network, number, self.step, self.shift_offset, post);
        }
    }

    /// 9
    fn emit(&mut self, events: &StepEvents) {
        self.sent.iter_mut().for_each(|sent| sent.fill(0));
        for spike in &events.spikes {
            self.sent[usize::from(spike.input)][spike.neuron as usize] += i64::from(spike.count);
        }
        for (projection, rows) in self.network.projections.iter().zip(&mut self.rows) {
            match projection.source {
                Source::Population(population) => rows.emit(&self.neurons[population].fired),
                Source::Input(input) => rows.emit(&self.sent[input]),
            }
        }
        if let Some(last) = self.line.back_mut() {
            last.clone_from(&self.formed);
        }
    }
}
