//! Back-propagation through time: the gradient of a whole presentation, with surrogate derivatives.
//!
//! Equation 7 of Neftci, Mostafa and Zenke (2019) for the equations of [`Unrolled`]. The forward pass is recorded;
//! backward, with `u`, `i`, `s` the descent directions at membrane, current and spike of a neuron,
//! `s[n] = sum W i[n+d] - r u[n+1]`, `u[n] = b u[n+1] + sigma'(U[n]) s[n] + E[n]`, `i[n] = a i[n+1] + u[n+1]`, and
//! `dW = sum_n S[n-d] i[n]`. Where a threshold adapts, `a[n] = rho a[n+1] - sigma'(U[n]) s[n]` is the direction at A, and
//! `increment a[n+1]` joins `s[n]`. A van Rossum error enters `s` through its two filters, backward.
//!
//! Promises: what is returned is the descent direction, minus the gradient of the summed loss, for every projection.
//! State grows with neurons times steps, and is counted ([`Bptt::state_bits`]); the direction itself has the
//! weights' size and is not. Absent on purpose: truncation, batches (sum directions instead).

use super::errors::RealSignal;
use super::rows::Layout;
use super::step::advance;
use super::trajectory::Trajectory;
use super::trial::Trial;
use super::unrolled::{Link, Unrolled, UnrolledPopulation};
use serde::{Deserialize, Serialize};

/// What a neuron's reset does in the backward pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ResetTerm {
    /// It is differentiated like everything else.
    Kept,
    /// It is a constant, as SuperSpike takes it.
    Dropped,
}

/// The method with its state: trajectory and descent directions of every step.
#[derive(Clone, Debug)]
pub struct Bptt {
    reset: ResetTerm,
    trajectory: Trajectory,
    /// Directions at the currents, by population, `[n * neurons + neuron]`.
    currents: Vec<Vec<f64>>,
    /// Directions at the membranes in the step after the one at work, by population.
    membranes: Vec<Vec<f64>>,
    /// Directions at the adaptations of that step, by population; empty where thresholds are fixed.
    adaptations: Vec<Vec<f64>>,
    /// Directions at the error traces of that step, by channel.
    error_traces: Vec<(f64, f64)>,
}

impl Bptt {
    /// Room for presentations of `steps` steps.
    #[must_use]
    pub fn new(net: &Unrolled, steps: usize, reset: ResetTerm) -> Self {
        Self {
            reset,
            trajectory: Trajectory::new(net, steps),
            currents: net.populations.iter().map(|cells| vec![0.0; steps * cells.neurons]).collect(),
            membranes: net.populations.iter().map(|cells| vec![0.0; cells.neurons]).collect(),
            adaptations: net.populations.iter().map(|cells| vec![0.0; cells.adapting()]).collect(),
            error_traces: vec![(0.0, 0.0); net.channels()],
        }
    }

    /// The last forward pass.
    #[must_use]
    pub fn trajectory(&self) -> &Trajectory {
        &self.trajectory
    }

    /// Bits of state: the recorded pass and the directions, in double precision.
    #[must_use]
    pub fn state_bits(&self) -> u64 {
        let lists = self.currents.iter().chain(&self.membranes).chain(&self.adaptations).map(Vec::len);
        self.trajectory.state_bits() + 64 * (lists.sum::<usize>() + 2 * self.error_traces.len()) as u64
    }

    /// The forward pass alone; returns the loss.
    ///
    /// # Panics
    /// When the presentation is longer than there is room for.
    pub fn forward(&mut self, net: &Unrolled, trial: &Trial) -> f64 {
        assert!(trial.steps() <= self.trajectory.rows(), "room for every step");
        self.trajectory.restart(net);
        (0..trial.steps()).map(|n| advance(net, trial, n, &mut self.trajectory)).sum()
    }

    /// Adds the descent direction of one presentation to `direction`, by projection; returns the loss.
    pub fn run(&mut self, net: &Unrolled, trial: &Trial, direction: &mut [Vec<f64>]) -> f64 {
        let loss = self.forward(net, trial);
        self.membranes.iter_mut().chain(&mut self.adaptations).for_each(|lanes| lanes.fill(0.0));
        self.error_traces.fill((0.0, 0.0));
        for n in (0..trial.steps()).rev() {
            self.currents_at(net, trial.steps(), n);
            for (number, cells) in net.populations.iter().enumerate() {
                self.membranes_at(net, trial.steps(), n, number, cells);
            }
        }
        for (link, direction) in net.links.iter().zip(direction) {
            self.add_direction(link, trial.steps(), direction);
        }
        loss
    }

    /// `i[n] = a i[n+1] + u[n+1]` of every population.
    fn currents_at(&mut self, net: &Unrolled, steps: usize, n: usize) {
        for ((cells, currents), membranes) in
            net.populations.iter().zip(&mut self.currents).zip(&self.membranes)
        {
            let (now, next) = currents[n * cells.neurons..].split_at_mut(cells.neurons);
            for (neuron, now) in now.iter_mut().enumerate() {
                let later = if n + 1 < steps { next[neuron] } else { 0.0 };
                *now = cells.current_decay[neuron] * later + membranes[neuron];
            }
        }
    }

    /// `s[n]` and `u[n]` of a population.
    fn membranes_at(
        &mut self,
        net: &Unrolled,
        steps: usize,
        n: usize,
        number: usize,
        cells: &UnrolledPopulation,
    ) {
        let mut next = std::mem::take(&mut self.membranes[number]);
        let errors = self.trajectory.errors(n);
        for (neuron, later) in next.iter_mut().enumerate() {
            let raised = self.trajectory.raised(number, n, neuron);
            let slope = cells.derivative(neuron, self.trajectory.compared(number, n)[neuron], raised);
            let (mut spike, mut membrane) = (0.0, cells.membrane_decay[neuron] * *later);
            if let Some(of) = cells.errors {
                let channel = of.first_channel + neuron;
                match of.signal {
                    RealSignal::Membrane | RealSignal::Modulation(_) => membrane += errors[channel],
                    RealSignal::Spikes { decays: (a, b), gain: _ } => {
                        // Traces of n read those of n - 1: E2[n] = b E2[n-1] + E1[n-1].
                        let (first, second) = &mut self.error_traces[channel];
                        *first = a * *first + *second;
                        *second = b * *second + errors[channel];
                        spike += *first;
                    }
                }
            }
            if slope != 0.0 {
                if self.reset == ResetTerm::Kept {
                    spike -= cells.reset[neuron] * *later;
                }
                let from = net.links.iter().filter(|link| link.source == number);
                spike += from.map(|link| self.through(link, neuron, steps, n)).sum::<f64>();
                if let Some((_, increment)) = &cells.adaptation {
                    spike += increment[neuron] * self.adaptations[number][neuron];
                }
                membrane += slope * spike;
            }
            if let Some((rho, _)) = &cells.adaptation {
                let adaptation = &mut self.adaptations[number][neuron];
                *adaptation = rho[neuron] * *adaptation - slope * spike;
            }
            *later = membrane;
        }
        self.membranes[number] = next;
    }

    /// What the spike of neuron `pre` in step `n` does through a projection: `sum W i[n+d]`.
    fn through(&self, link: &Link, pre: usize, steps: usize, n: usize) -> f64 {
        let axons = link.rows.axons_of[pre] as usize..link.rows.axons_of[pre + 1] as usize;
        let axons = axons.map(|axon| (n + usize::from(link.rows.delays[axon]), link.rows.row(axon)));
        let sums = axons.filter(|(arrives, _)| *arrives < steps).map(|(arrives, row)| {
            let currents = &self.currents[link.target][arrives * link.rows.posts..][..link.rows.posts];
            match &link.rows.layout {
                Layout::Dense => link.weights[row].iter().zip(currents).map(|(w, i)| w * i).sum::<f64>(),
                Layout::Sparse { posts, .. } => {
                    let weight = |entry| link.weights[link.rows.read(entry)];
                    row.map(|entry| weight(entry) * currents[posts[entry] as usize]).sum()
                }
            }
        });
        link.rows.gain * sums.sum::<f64>()
    }

    /// `dW += sum_n S[n-d] i[n]`.
    fn add_direction(&self, link: &Link, steps: usize, direction: &mut [f64]) {
        for (pre, delay, row) in link.axons() {
            for n in delay..steps {
                let spike = link.rows.gain * self.trajectory.spikes(link.source, n - delay)[pre];
                if spike == 0.0 {
                    continue;
                }
                let currents = &self.currents[link.target][n * link.rows.posts..][..link.rows.posts];
                match &link.rows.layout {
                    Layout::Dense => {
                        let entries = &mut direction[row.clone()];
                        entries.iter_mut().zip(currents).for_each(|(w, i)| *w += spike * i);
                    }
                    Layout::Sparse { posts, .. } => {
                        for entry in row.clone() {
                            direction[link.rows.read(entry)] += spike * currents[posts[entry] as usize];
                        }
                    }
                }
            }
        }
    }
}
