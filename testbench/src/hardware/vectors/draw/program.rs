//! Random programs: stimuli with counts, quiet stretches, injections, control events.

use super::choices::{Bulk, Choices};
use super::scale::Scale;
use synfire_chip::network::Network;
use synfire_chip::place::build::sum_bits;
use synfire_chip::run::program::{Control, Injection, Program, StepEvents, StimulusSpike};
use synfire_plasticity::config::ErrorSignal;

/// What happens how often, in percent of the steps.
struct Rates {
    spikes: i64,
    quiet: i64,
    clear: i64,
    targets: i64,
    switches: i64,
    injections: i64,
}

/// A random program for `network`.
pub fn program(c: &mut Choices<'_>, network: &Network, scale: Scale) -> Program {
    let steps = c.pick(&[20, 12, 30, 50, 90]);
    let rates = Rates {
        spikes: c.pick(&[30, 5, 60, 100]),
        quiet: c.pick(&[0, 20, 60]),
        clear: c.pick(&[0, 0, 5]),
        targets: c.pick(&[10, 40, 100]),
        switches: c.pick(&[0, 3, 10]),
        injections: c.pick(&[0, 0, 30]),
    };
    let mut bulk = c.bulk();
    let mut program = vec![StepEvents::default(); steps];
    if !c.chance(10) {
        program[0].control.push(Control::Learn(true));
    }
    let mut quiet = false;
    for (step, events) in program.iter_mut().enumerate() {
        if step % 8 == 7 {
            quiet = bulk.chance(rates.quiet);
        }
        control(&mut bulk, &rates, network, scale, step == 0, events);
        if !quiet {
            spikes(&mut bulk, &rates, network, events);
            injections(&mut bulk, &rates, network, scale, events);
        }
    }
    program
}

fn control(
    b: &mut Bulk,
    rates: &Rates,
    network: &Network,
    scale: Scale,
    first: bool,
    events: &mut StepEvents,
) {
    let targets = |b: &mut Bulk, events: &mut StepEvents| {
        for population in &network.populations {
            let Some(readout) = population.readout else { continue };
            for neuron in 0..population.neurons as u16 {
                let value = match readout.signal {
                    ErrorSignal::Membrane | ErrorSignal::Modulation { .. } => {
                        b.range(-2 << scale.theta, 2 << scale.theta)
                    }
                    ErrorSignal::FilteredSpikes { .. } => b.range(0, 1),
                };
                if b.chance(70) {
                    let channel = readout.first_channel + neuron;
                    events.control.push(Control::Target { channel, value: value as i32 });
                }
            }
        }
    };
    if b.chance(rates.targets / 2) || first {
        targets(b, events);
    }
    if b.chance(rates.switches) {
        events.control.push(Control::Learn(b.chance(60)));
    }
    if b.chance(rates.switches) {
        let offset = if b.chance(10) { 255 } else { b.range(0, 3) };
        events.control.push(Control::ShiftOffset(offset as u8));
    }
    if b.chance(rates.clear) {
        events.control.push(Control::Clear);
    }
    if b.chance(rates.targets / 2) {
        targets(b, events);
    }
}

fn spikes(b: &mut Bulk, rates: &Rates, network: &Network, events: &mut StepEvents) {
    for (index, input) in network.inputs.iter().enumerate() {
        for neuron in 0..input.neurons {
            // Sometimes one event more than the axon holds, or the same neuron twice.
            while b.chance(rates.spikes.min(70)) {
                let count = b.range(1, i64::from(input.max_events.saturating_add(1))) as u8;
                events.spikes.push(StimulusSpike { input: index as u16, neuron, count });
                if !b.chance(10) {
                    break;
                }
            }
        }
    }
}

/// Currents that the dendritic sum and its 32 bits have room for.
fn injections(b: &mut Bulk, rates: &Rates, network: &Network, scale: Scale, events: &mut StepEvents) {
    if !b.chance(rates.injections) {
        return;
    }
    for (index, population) in network.populations.iter().enumerate() {
        let shift = u32::from(network.datapath.input_shift);
        let room = (28 - shift).min(u32::from(network.datapath.state_width) - 2);
        if sum_bits(network, index) + shift > u32::from(network.datapath.state_width).min(30) {
            continue;
        }
        let most = (2i64 << scale.theta >> shift).min(1 << room);
        // Sums at the very end of the register, where overflow begins.
        let end = 1i64 << (network.datapath.state_width - 1).min(30) >> shift;
        for neuron in 0..population.neurons {
            if b.chance(20) {
                let value = if b.chance(20) {
                    end * (1 - 2 * b.range(0, 1)) + b.range(-1, 1)
                } else {
                    b.range(-most, most)
                };
                let (population, value) = (index as u16, value as i32);
                events.injections.push(Injection { population, neuron, value });
            }
        }
    }
}
