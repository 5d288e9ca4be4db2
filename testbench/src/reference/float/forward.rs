//! The forward method (real-time recurrent learning): every derivative is carried along, nothing is recorded.
//!
//! Equation 8 of Neftci, Mostafa and Zenke (2019), in full. For every neuron `i` and every synapse `w`:
//! `dI_i/dw[n] = a dI_i/dw[n-1] + sum_j W_ij dS_j/dw[n-d] + (w ends in i) S_pre[n-d]`,
//! `dU_i/dw[n] = b dU_i/dw[n-1] + dI_i/dw[n-1] - r dS_i/dw[n-1]`, `dS_i/dw = sigma'(U_i) dU_i/dw` (less `dA_i/dw`, which
//! decays and grows with `dS_i/dw[n-1]`, where a threshold adapts), and the descent
//! direction is `sum_n sum_i E_i[n] dU_i/dw[n]` (for a van Rossum error, the filtered `dS_i/dw`).
//!
//! Promises: the direction of [`super::bptt`], from state that does not depend on the number of steps but grows with
//! neurons times synapses: N^3 for N neurons that reach each other. It is counted ([`Forward::state_bits`]).
//! Absent on purpose: approximations, and speed.

use super::bptt::ResetTerm;
use super::errors::RealSignal;
use super::rows::Layout;
use super::step::advance;
use super::trajectory::Trajectory;
use super::trial::Trial;
use super::unrolled::Unrolled;

/// The method with its state: derivatives of every neuron by every synapse.
#[derive(Clone, Debug)]
pub struct Forward {
    reset: ResetTerm,
    /// The last steps, up to the longest delay.
    seen: Trajectory,
    /// First neuron of each population among all.
    first: Vec<usize>,
    /// First synapse of each projection among all, and one past the last.
    starts: Vec<usize>,
    /// `dI/dw`, `[neuron * synapses + synapse]`.
    current: Vec<f64>,
    /// `dU/dw`.
    membrane: Vec<f64>,
    /// `dA/dw`; empty where no threshold adapts.
    adaptation: Vec<f64>,
    /// `dS/dw` of the last steps, by row.
    spike: Vec<Vec<f64>>,
    /// Filtered `dS/dw` of each channel whose error compares spike trains, by channel.
    errors: Vec<Option<(Vec<f64>, Vec<f64>)>>,
}

impl Forward {
    /// The method at the start of a presentation.
    #[must_use]
    pub fn new(net: &Unrolled, reset: ResetTerm) -> Self {
        let sizes = net.populations.iter().map(|cells| cells.neurons);
        let neurons: usize = sizes.clone().sum();
        let first = sizes.scan(0, |sum, size| Some(std::mem::replace(sum, *sum + size))).collect();
        let mut starts = vec![0];
        starts.extend(net.links.iter().scan(0, |sum, link| {
            *sum += link.weights.len();
            Some(*sum)
        }));
        let synapses = starts[net.links.len()];
        let rows = net.longest_delay() + 1;
        let adapts = net.populations.iter().any(|cells| cells.adaptation.is_some());
        let mut errors = vec![None; net.channels()];
        for cells in &net.populations {
            if let Some(of) = cells.errors.filter(|of| matches!(of.signal, RealSignal::Spikes { .. })) {
                errors[of.first_channel..of.first_channel + cells.neurons]
                    .fill(Some((vec![0.0; synapses], vec![0.0; synapses])));
            }
        }
        Self {
            reset,
            seen: Trajectory::new(net, rows),
            first,
            starts,
            current: vec![0.0; neurons * synapses],
            membrane: vec![0.0; neurons * synapses],
            adaptation: vec![0.0; if adapts { neurons * synapses } else { 0 }],
            spike: vec![vec![0.0; neurons * synapses]; rows],
            errors,
        }
    }

    /// Bits of state, in double precision.
    #[must_use]
    pub fn state_bits(&self) -> u64 {
        let errors = self.errors.iter().flatten().map(|(first, second)| first.len() + second.len());
        let spikes = self.spike.iter().map(Vec::len);
        let values = self.current.len() + self.membrane.len() + self.adaptation.len();
        let values = values + spikes.chain(errors).sum::<usize>();
        self.seen.state_bits() + 64 * values as u64
    }

    /// Adds the descent direction of one presentation to `direction`, by projection; returns the loss.
    pub fn run(&mut self, net: &Unrolled, trial: &Trial, direction: &mut [Vec<f64>]) -> f64 {
        self.seen.restart(net);
        let derivatives = [&mut self.current, &mut self.membrane, &mut self.adaptation];
        let derivatives = derivatives.into_iter().chain(&mut self.spike);
        derivatives.for_each(|values| values.fill(0.0));
        for (first, second) in self.errors.iter_mut().flatten() {
            first.fill(0.0);
            second.fill(0.0);
        }
        let mut loss = 0.0;
        for n in 0..trial.steps() {
            loss += advance(net, trial, n, &mut self.seen);
            self.membranes(net, n);
            self.currents(net, n);
            self.add_direction(net, n, direction);
        }
        loss
    }

    /// `dU/dw` from the derivatives of the step before, and `dS/dw`.
    fn membranes(&mut self, net: &Unrolled, n: usize) {
        let synapses = *self.starts.last().unwrap_or(&0);
        let rows = self.spike.len();
        let mut now = std::mem::take(&mut self.spike[n % rows]);
        let before = &self.spike[(n + rows - 1) % rows];
        for (number, cells) in net.populations.iter().enumerate() {
            for neuron in 0..cells.neurons {
                let raised = self.seen.raised(number, n, neuron);
                let slope = cells.derivative(neuron, self.seen.compared(number, n)[neuron], raised);
                let range =
                    (self.first[number] + neuron) * synapses..(self.first[number] + neuron + 1) * synapses;
                let reset = if self.reset == ResetTerm::Kept { cells.reset[neuron] } else { 0.0 };
                let b = cells.membrane_decay[neuron];
                let (membrane, current) = (&mut self.membrane[range.clone()], &self.current[range.clone()]);
                let (before, now) = (&before[range.clone()], &mut now[range.clone()]);
                for synapse in 0..synapses {
                    membrane[synapse] = b * membrane[synapse] + current[synapse] - reset * before[synapse];
                    now[synapse] = slope * membrane[synapse];
                }
                if let Some((rho, increment)) = &cells.adaptation {
                    let adaptation = &mut self.adaptation[range];
                    for synapse in 0..synapses {
                        let kept = rho[neuron] * adaptation[synapse];
                        adaptation[synapse] = kept + increment[neuron] * before[synapse];
                        now[synapse] -= slope * adaptation[synapse];
                    }
                }
            }
        }
        self.spike[n % rows] = now;
    }

    /// `dI/dw` from the spikes of earlier steps.
    fn currents(&mut self, net: &Unrolled, n: usize) {
        let synapses = *self.starts.last().unwrap_or(&0);
        let rows = self.spike.len();
        for (number, cells) in net.populations.iter().enumerate() {
            for neuron in 0..cells.neurons {
                let at = (self.first[number] + neuron) * synapses;
                let a = cells.current_decay[neuron];
                self.current[at..at + synapses].iter_mut().for_each(|value| *value *= a);
            }
        }
        for (index, link) in net.links.iter().enumerate() {
            for (pre, delay, row) in link.axons().filter(|(_, delay, _)| *delay <= n) {
                let fired = link.rows.gain * self.seen.spikes(link.source, n - delay)[pre];
                for (place, entry) in row.enumerate() {
                    let post = match &link.rows.layout {
                        Layout::Dense => place,
                        Layout::Sparse { posts, .. } => posts[entry] as usize,
                    };
                    let at = (self.first[link.target] + post) * synapses;
                    let current = &mut self.current[at..at + synapses];
                    let weight = link.rows.read(entry);
                    current[self.starts[index] + weight] += fired;
                    // An input does not depend on a weight.
                    if let Some(first) = self.first.get(link.source) {
                        let through = link.rows.gain * link.weights[weight];
                        let spikes = &self.spike[(n - delay) % rows][(first + pre) * synapses..][..synapses];
                        current.iter_mut().zip(spikes).for_each(|(value, spike)| *value += through * spike);
                    }
                }
            }
        }
    }

    fn add_direction(&mut self, net: &Unrolled, n: usize, direction: &mut [Vec<f64>]) {
        let synapses = *self.starts.last().unwrap_or(&0);
        let spikes = &self.spike[n % self.spike.len()];
        for (number, cells) in net.populations.iter().enumerate() {
            let Some(of) = cells.errors else { continue };
            for neuron in 0..cells.neurons {
                let channel = of.first_channel + neuron;
                let at = (self.first[number] + neuron) * synapses;
                let by_weight = match (of.signal, &mut self.errors[channel]) {
                    (RealSignal::Spikes { decays: (a, b), gain: _ }, Some((first, second))) => {
                        let spikes = &spikes[at..at + synapses];
                        for ((first, second), spike) in first.iter_mut().zip(second.iter_mut()).zip(spikes) {
                            *second = b * *second + *first;
                            *first = a * *first + spike;
                        }
                        &second[..]
                    }
                    _ => &self.membrane[at..at + synapses],
                };
                let error = self.seen.errors(n)[channel];
                if error != 0.0 {
                    for (direction, start) in direction.iter_mut().zip(&self.starts) {
                        let part = &by_weight[*start..start + direction.len()];
                        direction.iter_mut().zip(part).for_each(|(sum, value)| *sum += error * value);
                    }
                }
            }
        }
    }
}
