//! One step of the forward pass of a network as equations: sums, membranes, spikes, errors, the loss.
//!
//! Promises: the hard forward pass is the float twin's with learning switched off. Absent on purpose: derivatives.

use super::errors::{RealSignal, filter_error};
use super::trajectory::Trajectory;
use super::trial::Trial;
use super::units::power;
use super::unrolled::Unrolled;

/// Step `n` of the forward pass; returns the loss of this step.
pub(super) fn advance(net: &Unrolled, trial: &Trial, n: usize, seen: &mut Trajectory) -> f64 {
    let unit = power(i32::from(net.input_shift) - i32::from(net.state_fraction));
    let mut current = seen.take_room();
    for (number, cells) in net.populations.iter().enumerate() {
        // 3 with the spikes of earlier steps; the membrane reads the current of before.
        current.clear();
        current.resize(cells.neurons, 0.0);
        for link in net.links.iter().filter(|link| link.target == number) {
            for (pre, delay, row) in link.axons().filter(|(_, delay, _)| *delay <= n) {
                let spike = seen.spikes(link.source, n - delay)[pre];
                if spike != 0.0 {
                    link.add_row(row, spike * link.rows.gain, &mut current);
                }
            }
        }
        for (neuron, lanes) in trial.injected(number, n) {
            current[neuron] += lanes * unit;
        }
        seen.update(cells, number, n, net.spike, &current);
    }
    seen.give_room(current);
    let first = net.populations.len();
    for input in 0..net.inputs.len() {
        seen.set_spikes(first + input, n, trial.input(input, n));
    }
    form_errors(net, trial, n, seen)
}

/// Errors of step `n`, and the step's loss.
fn form_errors(net: &Unrolled, trial: &Trial, n: usize, seen: &mut Trajectory) -> f64 {
    let mut loss = 0.0;
    for (number, cells) in net.populations.iter().enumerate() {
        let Some(errors) = cells.errors else { continue };
        let first = errors.first_channel;
        let targets = &trial.targets(n)[first..first + cells.neurons];
        if errors.competition.is_some() {
            let contested = errors.contested(targets, seen.compared(number, n));
            seen.errors_mut(n)[first..first + cells.neurons].fill(0.0);
            if let Some((right, wrong, error)) = contested.filter(|_| trial.learns(n)) {
                seen.errors_mut(n)[first + right] = error;
                seen.errors_mut(n)[first + wrong] = -error;
                loss += 0.5 * error * error;
            }
            continue;
        }
        for (neuron, target) in targets.iter().enumerate() {
            let (raw, gain) = match errors.signal {
                RealSignal::Membrane => (target - seen.compared(number, n)[neuron], 1.0),
                RealSignal::Spikes { decays, gain } => {
                    let spike = seen.spikes(number, n)[neuron];
                    let (first, second) = seen.error_traces_mut(first + neuron);
                    filter_error((first, second), decays, *target, spike);
                    (gain * *second, gain)
                }
                // It is no loss, but what a rule hands to the layer below.
                RealSignal::Modulation(_) => (0.0, 1.0),
            };
            let error = if trial.learns(n) { errors.shaped(raw, *target) } else { 0.0 };
            seen.errors_mut(n)[first + neuron] = error;
            loss += 0.5 * error * error / gain;
        }
    }
    loss
}
