//! What a forward pass leaves behind, and its step of one population.
//!
//! A trajectory keeps the last `rows` steps: all of a presentation for back-propagation through time, as many as the
//! longest delay needs for the forward method.
//!
//! Promises: nothing else is kept between steps, so [`Trajectory::state_bits`] is what a method pays for it.
//! Absent on purpose: directions and derivatives.

use super::unrolled::{SpikeForm, Unrolled, UnrolledPopulation};

/// What a forward pass leaves behind: the last `rows` steps of membranes, spikes and errors.
#[derive(Clone, Debug)]
pub struct Trajectory {
    rows: usize,
    channels: usize,
    /// Compared membranes by population, `[row * neurons + neuron]`.
    compared: Vec<Vec<f64>>,
    /// Adaptations, likewise; empty where thresholds are fixed.
    adaptation: Vec<Vec<f64>>,
    /// Spikes, of populations, then of inputs.
    spikes: Vec<Vec<f64>>,
    errors: Vec<f64>,
    current: Vec<Vec<f64>>,
    error_traces: Vec<(f64, f64)>,
    room: Vec<f64>,
}

impl Trajectory {
    /// Room for `rows` steps, before the first.
    #[must_use]
    pub fn new(net: &Unrolled, rows: usize) -> Self {
        let sizes = net.sources().map(|neurons| vec![0.0; rows * neurons]);
        Self {
            rows,
            channels: net.channels(),
            compared: net.populations.iter().map(|cells| vec![0.0; rows * cells.neurons]).collect(),
            adaptation: net.populations.iter().map(|c| vec![0.0; rows * c.adapting()]).collect(),
            spikes: sizes.collect(),
            errors: vec![0.0; rows * net.channels()],
            current: net.populations.iter().map(|cells| cells.initial_current.clone()).collect(),
            error_traces: vec![(0.0, 0.0); net.channels()],
            room: Vec::new(),
        }
    }

    /// Back before the first step.
    pub(super) fn restart(&mut self, net: &Unrolled) {
        for (current, cells) in self.current.iter_mut().zip(&net.populations) {
            current.copy_from_slice(&cells.initial_current);
        }
        self.error_traces.fill((0.0, 0.0));
    }

    /// Steps there is room for.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    fn at(&self, n: usize) -> usize {
        n % self.rows
    }

    /// Compared membranes of a population in step `n`.
    #[must_use]
    pub fn compared(&self, population: usize, n: usize) -> &[f64] {
        let neurons = self.compared[population].len() / self.rows;
        &self.compared[population][self.at(n) * neurons..][..neurons]
    }

    /// What adaptation adds to the threshold of a neuron in step `n`.
    pub(super) fn raised(&self, population: usize, n: usize, neuron: usize) -> f64 {
        let adaptation = &self.adaptation[population];
        let neurons = adaptation.len() / self.rows;
        if neurons == 0 { 0.0 } else { adaptation[self.at(n) * neurons + neuron] }
    }

    /// Spikes of a source (populations, then inputs) in step `n`.
    #[must_use]
    pub fn spikes(&self, source: usize, n: usize) -> &[f64] {
        let neurons = self.spikes[source].len() / self.rows;
        &self.spikes[source][self.at(n) * neurons..][..neurons]
    }

    /// Errors of step `n`, by channel.
    #[must_use]
    pub fn errors(&self, n: usize) -> &[f64] {
        &self.errors[self.at(n) * self.channels..][..self.channels]
    }

    /// Errors of step `n`, to be formed.
    pub(super) fn errors_mut(&mut self, n: usize) -> &mut [f64] {
        let at = self.at(n) * self.channels;
        &mut self.errors[at..at + self.channels]
    }

    /// Error traces of a channel.
    pub(super) fn error_traces_mut(&mut self, channel: usize) -> (&mut f64, &mut f64) {
        let (first, second) = &mut self.error_traces[channel];
        (first, second)
    }

    /// What an input sends in step `n`.
    pub(super) fn set_spikes(&mut self, source: usize, n: usize, events: &[f64]) {
        let at = self.at(n) * events.len();
        self.spikes[source][at..at + events.len()].copy_from_slice(events);
    }

    /// Room for one value a neuron, kept between steps.
    pub(super) fn take_room(&mut self) -> Vec<f64> {
        std::mem::take(&mut self.room)
    }

    /// Gives it back.
    pub(super) fn give_room(&mut self, room: Vec<f64>) {
        self.room = room;
    }

    /// Bits of everything it holds.
    #[must_use]
    pub fn state_bits(&self) -> u64 {
        let lists = self.compared.iter().chain(&self.adaptation).chain(&self.spikes).chain(&self.current);
        let lists = lists.map(Vec::len);
        let values = lists.sum::<usize>() + self.errors.len() + 2 * self.error_traces.len();
        values as u64 * 64
    }

    /// Membranes and spikes of a population in step `n`; `current` brings what enters its currents.
    pub(super) fn update(
        &mut self,
        cells: &UnrolledPopulation,
        number: usize,
        n: usize,
        form: SpikeForm,
        entering: &[f64],
    ) {
        let neurons = cells.neurons;
        let (at, before) = (self.at(n) * neurons, self.at(n + self.rows - 1) * neurons);
        for (neuron, entering) in entering.iter().enumerate() {
            let (membrane, spike) = match n {
                0 => (cells.initial_membrane[neuron], 0.0),
                _ => (self.compared[number][before + neuron], self.spikes[number][before + neuron]),
            };
            let current = &mut self.current[number][neuron];
            let compared = cells.membrane_decay[neuron] * membrane + *current + cells.bias[neuron]
                - cells.reset[neuron] * spike;
            *current = cells.current_decay[neuron] * *current + entering;
            let mut raised = 0.0;
            if let Some((rho, increment)) = &cells.adaptation {
                let kept = if n == 0 { 0.0 } else { self.adaptation[number][before + neuron] };
                raised = rho[neuron] * kept + increment[neuron] * spike;
                self.adaptation[number][at + neuron] = raised;
            }
            self.compared[number][at + neuron] = compared;
            self.spikes[number][at + neuron] = cells.spike(form, neuron, compared, raised);
        }
    }
}
