//! The float twin: a network stepped in real numbers, micro-step by micro-step as the chip steps it.
//!
//! Order, delays, the delay of errors, sides, competition, dead zones, every source of third factors, rate limits,
//! surrogates, eligibility, control events and every draw are those of `docs/arithmetic.md`, sections 3 to 10. A register holds the real
//! value of its lanes (`lane * 2^-fraction`), a trace counts events. Nothing rounds or wraps, and nothing is dithered.
//!
//! [`FloatChip::new`] has registers without ends: the equations, which gradients are compared with.
//! [`FloatChip::saturating`] clips where the chip's registers saturate: the same rule on the same ranges, so that it
//! and the chip differ by the chip's bits alone. The two are equal until a register is full.
//!
//! One setting goes beyond the contract: an `error_delay` of 0, which no chip has, uses an error in the step that
//! forms it. With it a rule is its equation, without the chip's way of an error.
//!
//! `f64` throughout: gradients are compared with it to nine digits, and the step is bound by its memory, not by its
//! lanes. Magnitudes below 2^-100 are zero.
//!
//! Promises: the same network and program give the same numbers; a snapshot goes on as if it had never stopped.
//! Absent on purpose: validation (an index outside the network may panic), places, counts, time, energy.

use super::ends::Ends;
use super::learning::{Broadcast, Learning, LearningConstants};
use super::neurons::{NeuronConstants, Neurons};
use super::rows::{RowConstants, SynapseRows};
pub use super::surrogate::RealSurrogate;
use super::units::{power, real};
use serde::{Deserialize, Serialize};
use synfire_chip::network::{Network, Source};
use synfire_chip::run::program::{Control, Injection, StepEvents, StimulusSpike};

/// A chip in real numbers: registers of every population and projection, by their index in the network.
#[derive(Clone, Debug)]
pub struct FloatChip {
    network: Network,
    neurons: Vec<NeuronConstants>,
    learning: Vec<LearningConstants>,
    rows: Vec<RowConstants>,
    state: FloatSnapshot,
    /// What enters the current of each neuron of the population at work.
    sums: Vec<f64>,
    scratch: Vec<f64>,
    limits: Vec<f64>,
}

/// The state of a [`FloatChip`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FloatSnapshot {
    step: u64,
    neurons: Vec<Neurons>,
    learning: Vec<Learning>,
    rows: Vec<SynapseRows>,
    /// Errors that arrived in the last step, by channel.
    errors: Vec<f64>,
    targets: Vec<f64>,
    learn: bool,
    shift_offset: u8,
    /// Errors under way: `line[(step mod delay) * channels + channel]` is due in `step`.
    line: Vec<f64>,
}

impl FloatChip {
    /// `network` at reset, its registers without ends.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        Self::with_ends(network, Ends::Open)
    }

    /// `network` at reset, its registers clipped where those of the chip saturate.
    #[must_use]
    pub fn saturating(network: &Network) -> Self {
        Self::with_ends(network, Ends::Saturating)
    }

    fn with_ends(network: &Network, ends: Ends) -> Self {
        let populations = 0..network.populations.len();
        let neurons: Vec<_> = populations.clone().map(|p| NeuronConstants::new(network, p, ends)).collect();
        let learning: Vec<_> = populations.map(|p| LearningConstants::new(network, p, ends)).collect();
        let rows: Vec<_> = network.projections.iter().map(|p| RowConstants::new(network, p, ends)).collect();
        let channels = network.channels();
        let sizes = network.populations.iter().map(|p| p.neurons as usize);
        let state = FloatSnapshot {
            step: 0,
            neurons: neurons.iter().map(Neurons::at_reset).collect(),
            learning: learning.iter().zip(sizes).map(|(c, n)| Learning::at_reset(c, n)).collect(),
            rows: network.projections.iter().zip(&rows).map(|(p, c)| SynapseRows::at_reset(p, c)).collect(),
            errors: vec![0.0; channels],
            targets: vec![0.0; channels],
            learn: false,
            shift_offset: 0,
            line: vec![0.0; channels * usize::from(network.learning.error_delay.max(1))],
        };
        let network = network.clone();
        Self {
            network,
            neurons,
            learning,
            rows,
            state,
            sums: Vec::new(),
            scratch: Vec::new(),
            limits: Vec::new(),
        }
    }

    /// Runs a program; `after_step` gets the number of each step and the chip after it.
    pub fn run(&mut self, program: &[StepEvents], after_step: &mut dyn FnMut(u64, &FloatChip)) {
        for events in program {
            let step = self.state.step;
            self.step(events);
            after_step(step, self);
        }
    }

    /// One step, micro-steps 1 to 9.
    pub fn step(&mut self, events: &StepEvents) {
        events.control.iter().for_each(|control| self.control(*control));
        let channels = self.state.errors.len();
        let delay = u64::from(self.network.learning.error_delay.max(1));
        let due = (self.state.step % delay) as usize * channels;
        self.state.errors.copy_from_slice(&self.state.line[due..due + channels]);
        self.state.learning.iter_mut().for_each(Learning::arrive);
        for population in 0..self.neurons.len() {
            self.update_neurons(population, &events.injections);
        }
        for (rows, constants) in self.state.rows.iter_mut().zip(&self.rows) {
            rows.update_traces(constants, self.state.step);
        }
        self.learn_from_errors(due);
        self.update_weights();
        self.emit(&events.spikes);
        self.state.step += 1;
    }

    /// 1.1
    fn control(&mut self, control: Control) {
        let state = &mut self.state;
        match control {
            Control::Clear => {
                state.neurons.iter_mut().zip(&self.neurons).for_each(|(n, constants)| n.clear(constants));
                state.learning.iter_mut().for_each(Learning::clear);
                state.rows.iter_mut().for_each(SynapseRows::clear);
                state.targets.fill(0.0);
                state.line.fill(0.0);
            }
            Control::Target { channel, value } => {
                state.targets[usize::from(channel)] = real(value, self.network.datapath.state_fraction);
            }
            Control::Learn(on) => state.learn = on,
            Control::ShiftOffset(offset) => state.shift_offset = offset,
        }
    }

    /// 2 to 4 of a population, with its dendritic sums of 3.1.
    fn update_neurons(&mut self, population: usize, injections: &[Injection]) {
        let state = &mut self.state;
        self.sums.clear();
        self.sums.resize(self.network.populations[population].neurons as usize, 0.0);
        for (index, projection) in self.network.projections.iter().enumerate() {
            if projection.target == population {
                state.rows[index].deliver(&self.rows[index], state.step, &mut self.sums);
            }
        }
        let datapath = &self.network.datapath;
        let unit = power(i32::from(datapath.input_shift) - i32::from(datapath.state_fraction));
        for injection in injections.iter().filter(|i| usize::from(i.population) == population) {
            self.sums[injection.neuron as usize] += f64::from(injection.value) * unit;
        }
        let constants = &self.neurons[population];
        let room = (&mut self.scratch, &mut self.limits);
        state.neurons[population].step(constants, state.step, &self.sums, room);
    }

    /// 6 and 7; errors formed now take the place of those that were due.
    fn learn_from_errors(&mut self, due: usize) {
        let FloatSnapshot { neurons, learning, rows, errors, targets, learn, line, .. } = &mut self.state;
        let formed = &mut line[due..due + errors.len()];
        formed.fill(0.0);
        for (number, learning) in learning.iter_mut().enumerate() {
            let broadcast = Broadcast { errors, targets, learn: *learn };
            learning.form_errors(&self.learning[number], &neurons[number], broadcast, formed);
        }
        if self.network.learning.error_delay == 0 {
            errors.copy_from_slice(formed);
        }
        // From the last population back, so that errors used at once reach the layers below in the same step.
        for (number, learning) in learning.iter_mut().enumerate().rev() {
            let broadcast = Broadcast { errors, targets, learn: *learn };
            let into = self.network.projections.iter().zip(&self.rows);
            let eligible = into.filter(|(p, _)| p.target == number).any(|(_, rows)| rows.is_eligible());
            let (constants, parameters) = (&self.learning[number], &self.neurons[number]);
            learning.form_third_factors(constants, parameters, &neurons[number], broadcast, rows, eligible);
            learning.hand_down(constants, *learn, formed);
            if self.network.learning.error_delay == 0 {
                errors.copy_from_slice(formed);
            }
        }
    }

    /// 8
    fn update_weights(&mut self) {
        for (number, rows) in self.state.rows.iter_mut().enumerate() {
            let constants = &self.rows[number];
            let Some(rate) = constants.rate(self.state.shift_offset) else { continue };
            let post = &self.state.learning[self.network.projections[number].target];
            rows.advance_eligibility(constants, &post.surrogate);
            if !post.live {
                continue;
            }
            self.scratch.clear();
            if constants.is_eligible() {
                self.scratch.extend(post.third_factor.iter().map(|factor| rate * factor));
            } else {
                let factors = post.third_factor.iter().zip(&post.surrogate);
                self.scratch.extend(factors.map(|(factor, surrogate)| rate * factor * surrogate));
            }
            rows.learn(constants, &self.scratch, self.state.shift_offset);
        }
    }

    /// 9
    fn emit(&mut self, spikes: &[StimulusSpike]) {
        let state = &mut self.state;
        let all = self.network.projections.iter().zip(&self.rows).zip(&mut state.rows);
        for ((projection, constants), rows) in all {
            match projection.source {
                Source::Population(population) => {
                    for (pre, fired) in state.neurons[population].fired.iter().enumerate() {
                        if *fired {
                            rows.emit(constants, pre, state.step, 1);
                        }
                    }
                }
                Source::Input(input) => {
                    for spike in spikes.iter().filter(|spike| usize::from(spike.input) == input) {
                        rows.emit(constants, spike.neuron as usize, state.step, spike.count);
                    }
                }
            }
        }
    }
}

/// Reading and writing registers.
impl FloatChip {
    /// Steps run since reset: the next step's number.
    #[must_use]
    pub fn next_step(&self) -> u64 {
        self.state.step
    }

    /// The network it was built from; its weights are those at reset.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Currents I of a population.
    #[must_use]
    pub fn current(&self, population: usize) -> &[f64] {
        &self.state.neurons[population].current
    }

    /// Membranes U of a population, after the reset.
    #[must_use]
    pub fn membrane(&self, population: usize) -> &[f64] {
        &self.state.neurons[population].membrane
    }

    /// Compared membranes of a population.
    #[must_use]
    pub fn compared(&self, population: usize) -> &[f64] {
        &self.state.neurons[population].compared
    }

    /// Which neurons of a population fired in the last step.
    #[must_use]
    pub fn fired(&self, population: usize) -> &[bool] {
        &self.state.neurons[population].fired
    }

    /// Adaptations A of a population; empty where thresholds are fixed.
    #[must_use]
    pub fn adaptation(&self, population: usize) -> &[f64] {
        &self.state.neurons[population].adaptation
    }

    /// Third factors of a population.
    #[must_use]
    pub fn third_factor(&self, population: usize) -> &[f64] {
        &self.state.learning[population].third_factor
    }

    /// Errors that arrived in the last step, by channel.
    #[must_use]
    pub fn errors(&self) -> &[f64] {
        &self.state.errors
    }

    /// Traces (Q, P) of each axon of a projection, in events; empty where it does not learn. Where a rule multiplies
    /// with the events of a step, P is those.
    #[must_use]
    pub fn traces(&self, projection: usize) -> (&[f64], &[f64]) {
        let rows = &self.state.rows[projection];
        (&rows.trace_q, &rows.trace_p)
    }

    /// Weights of a projection, `lane * 2^-fraction`, in the order of its [`synfire_chip::network::Synapses`].
    #[must_use]
    pub fn weights(&self, projection: usize) -> Vec<f64> {
        self.state.rows[projection].weights.clone()
    }

    /// Replaces the weights of a projection.
    ///
    /// # Panics
    /// When there is not one a synapse.
    pub fn set_weights(&mut self, projection: usize, weights: &[f64]) {
        self.state.rows[projection].weights.copy_from_slice(weights);
    }

    /// The feedback matrix B of a population, `[channel * neurons + neuron]`, where it learns by feedback.
    #[must_use]
    pub fn feedback(&self, population: usize) -> Option<&[f64]> {
        self.learning[population].feedback()
    }

    /// Replaces the feedback matrix B of a population, `entries[channel * neurons + neuron]`: with the weights of
    /// its projection to the readout, symmetric feedback. A snapshot does not hold it.
    ///
    /// # Panics
    /// When the population's third factor is not `Feedback`, or there is not one entry a channel and neuron.
    pub fn set_feedback(&mut self, population: usize, entries: &[f64]) {
        let replaced = self.learning[population].set_feedback(entries);
        assert!(replaced, "population {population} has no feedback matrix of {} entries", entries.len());
    }

    /// From now on, keeps weight updates back and sums them, so that the weights stay as they are; or stops it
    /// and forgets the sums.
    pub fn keep_updates_back(&mut self, on: bool) {
        for rows in &mut self.state.rows {
            rows.updates.clear();
            rows.updates.resize(if on { rows.weights.len() } else { 0 }, 0.0);
        }
    }

    /// Weight updates of a projection kept back so far.
    #[must_use]
    pub fn updates(&self, projection: usize) -> &[f64] {
        &self.state.rows[projection].updates
    }

    /// The learning rate of a projection in real values, `dw = rate * L * surrogate * P` (with an eligibility, the
    /// eligibility in place of `surrogate * P`); `None` where it does not learn.
    #[must_use]
    pub fn rate(&self, projection: usize) -> Option<f64> {
        self.rows[projection].rate(self.state.shift_offset)
    }

    /// The state.
    #[must_use]
    pub fn snapshot(&self) -> FloatSnapshot {
        self.state.clone()
    }

    /// Goes on from a snapshot of the same network.
    ///
    /// # Errors
    /// When the snapshot is of a network of another shape.
    pub fn restore(&mut self, snapshot: FloatSnapshot) -> Result<(), String> {
        if self.state.shape() != snapshot.shape() {
            return Err("the snapshot is of a network of another shape".to_owned());
        }
        self.state = snapshot;
        Ok(())
    }
}

impl FloatSnapshot {
    /// Lengths of every list that depends on the network.
    fn shape(&self) -> (Vec<usize>, Vec<Vec<usize>>, Vec<[usize; 4]>) {
        let neurons = self.neurons.iter().flat_map(|n| [n.membrane.len(), n.adaptation.len()]);
        let lists = [self.errors.len(), self.targets.len(), self.line.len()];
        let learning = self.learning.iter().map(Learning::shape);
        let rows = self.rows.iter().map(SynapseRows::shape);
        (neurons.chain(lists).collect(), learning.collect(), rows.collect())
    }
}
