//! Evidence accumulation with neurons whose threshold adapts, by e-prop: the table of `docs/learning.md`.
//! An argument is the number of the one row to run, counted from 0.
//!
//! Seven cues of ten steps come from the left or the right; after a delay, in twenty steps of recall, one readout says
//! which side had more. Fifty recurrent neurons, every second one adaptive. Only the recall is learned from.
//!
//! Promises: a row and a seed give the same figure on every machine and in any order; the test trials follow the
//! training trials and change no weight. Absent on purpose: a search; the widths are the rows.

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;
use synfire_chip::files::{self, NetworkOverrides};
use synfire_chip::machine::{Machine, RunOptions};
use synfire_chip::network::Network;
use synfire_chip::probe::Recorder;
use synfire_chip::program::{Control, Program, StepEvents, StimulusSpike};
use synfire_core::neuron::PerNeuron;

const NEURONS: usize = 50;
const CUES: usize = 7;
/// Steps from the beginning of a cue to that of the next.
const CUE_PERIOD: usize = 15;
const CUE_STEPS: usize = 10;
const RECALL_STEPS: usize = 20;
const TRAINING: usize = 2000;
const TESTS: usize = 500;
const SEEDS: std::ops::RangeInclusive<u64> = 21..=25;

/// What the input and recurrent synapses keep.
#[derive(Clone, Copy)]
enum Synapses {
    Frozen,
    Traces,
    /// With this `trace_shift`.
    Adaptation(u32),
}

#[derive(Clone, Copy)]
struct Row {
    synapses: Synapses,
    trace_bits: u32,
    increment: u32,
    state_bits: u32,
    delay: usize,
    /// Decay factor of the adaptation.
    rho: u32,
}

const fn row(synapses: Synapses, trace_bits: u32, increment: u32, state_bits: u32, delay: usize) -> Row {
    Row { synapses, trace_bits, increment, state_bits, delay, rho: 4080 }
}

const ROWS: [Row; 10] = [
    row(Synapses::Frozen, 12, 256, 16, 100),
    row(Synapses::Traces, 12, 256, 16, 100),
    row(Synapses::Adaptation(3), 12, 256, 16, 100),
    row(Synapses::Adaptation(4), 8, 16, 16, 100),
    row(Synapses::Adaptation(3), 8, 16, 12, 100),
    row(Synapses::Adaptation(0), 8, 16, 16, 100),
    row(Synapses::Frozen, 12, 256, 16, 200),
    row(Synapses::Adaptation(3), 12, 256, 16, 200),
    row(Synapses::Adaptation(4), 8, 16, 16, 200),
    Row { rho: 4088, ..row(Synapses::Adaptation(3), 12, 256, 16, 200) },
];

/// Uniform numbers in 0..1: splitmix64.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The learning rates are 2^-12 (input and recurrent) and 2^-13 (readout) in real units, whatever the widths.
fn learning(row: Row) -> (String, u32) {
    // Fraction bits: third factor 7, surrogate 7, weight 14, trace as its increment says.
    let trace = row.increment.ilog2();
    let learning = match row.synapses {
        Synapses::Frozen => String::new(),
        Synapses::Traces => format!(", learning: (shift: {})", 7 + 7 + trace + 12 - 14),
        Synapses::Adaptation(x) => {
            let shift = 7 + trace + x + 12 - 14;
            format!(", learning: (shift: {shift}, eligibility: Adaptation(trace_shift: {x}))")
        }
    };
    (learning, 7 + trace + 13 - 14)
}

fn build(row: Row, seed: u64) -> Result<(Network, Machine), Box<dyn Error>> {
    let here = Path::new(".");
    let chip = format!(
        r#"(format: "synfire-chip/1", extends: "paper", name: "evidence",
        learning: (trace_bits: {}, trace_increment: {}, eligibility_bits: {}))"#,
        row.trace_bits, row.increment, row.state_bits
    );
    let chip = files::chip_from_text("evidence chip", &chip, here)?;
    let (learning, readout_shift) = learning(row);
    let text = format!(
        r#"(format: "synfire-network/1", name: "evidence", seed: {seed}, inputs: [(name: "in", neurons: 40)],
        populations: [
          (name: "hidden", neurons: {NEURONS},
           neuron: (current_decay: Factor(2048), membrane_decay: Factor(3891), threshold: 1.0, refractory_steps: 3,
             adaptation: (decay: Factor({rho}), increment: 0.6)),
           learning: (listens_to: "readout", third_factor: Feedback(draw: Sign, shift: 0),
             surrogate: (shape: Triangle, half_width: 2.0))),
          (name: "readout", neurons: 1,
           neuron: (current_decay: 0, membrane_decay: Factor(3686), threshold: 1.0, spiking: false),
           learning: (third_factor: OwnError), readout: (signal: Membrane, one_sided: 0.0))],
        projections: [
          (name: "in_hidden", from: "in", to: "hidden", connect: AllToAll,
           weights: Uniform(low: -0.554, high: 0.554), store: (bits: 16, fraction: 14){learning}),
          (name: "hidden_hidden", from: "hidden", to: "hidden", connect: AllToAll,
           weights: Uniform(low: -0.121, high: 0.121), store: (bits: 16, fraction: 14){learning}),
          (name: "hidden_readout", from: "hidden", to: "readout", connect: AllToAll,
           weights: Constant(0.0), store: (bits: 16, fraction: 14), learning: (shift: {readout_shift}))])"#,
        rho = row.rho
    );
    let overrides = NetworkOverrides::default();
    let mut network = files::network_from_text("evidence network", &text, here, &chip, &overrides)?;
    if let Some(adaptation) = &mut network.populations[0].parameters.adaptation {
        let increment = adaptation.increment.get(0);
        let every_second = |neuron| if neuron % 2 == 0 { increment } else { 0 };
        adaptation.increment = PerNeuron::Each((0..NEURONS).map(every_second).collect());
    }
    let machine = Machine::new(&network, &chip)?;
    Ok((network, machine))
}

/// A trial's steps, and whether the left had more cues.
fn trial(draw: &mut Draw, number: usize, delay: usize) -> (Program, bool) {
    let likely = if draw.next() < 0.5 { 0.7 } else { 0.3 };
    let cues: Vec<bool> = (0..CUES).map(|_| draw.next() < likely).collect();
    let left = cues.iter().filter(|cue| **cue).count() * 2 > CUES;
    let recall = CUES * CUE_PERIOD + delay;
    let step = |n: usize| {
        let mut events = StepEvents::default();
        if n == 0 {
            let offset = u8::from(number >= TRAINING * 3 / 5) + u8::from(number >= TRAINING * 4 / 5);
            let target = if left { 1 << 15 } else { -(1 << 15) };
            events.control = vec![
                Control::Clear,
                Control::Learn(false),
                Control::Target { channel: 0, value: target },
                Control::ShiftOffset(offset),
            ];
        }
        if n == recall && number < TRAINING {
            events.control.push(Control::Learn(true));
        }
        let mut fire = |first: u32, rate: f64| {
            let fired = (first..first + 10).filter(|_| draw.next() < rate);
            let spikes = fired.map(|neuron| StimulusSpike { input: 0, neuron, count: 1 });
            events.spikes.extend(spikes);
        };
        if n < CUES * CUE_PERIOD && n % CUE_PERIOD < CUE_STEPS {
            fire(if cues[n / CUE_PERIOD] { 0 } else { 10 }, 0.4);
        }
        if n >= recall {
            fire(20, 0.4);
        }
        fire(30, 0.01);
        events
    };
    ((0..recall + RECALL_STEPS).map(step).collect(), left)
}

/// Percent of the test trials that are right.
fn run(row: Row, seed: u64) -> Result<f64, Box<dyn Error>> {
    let (_, mut machine) = build(row, seed)?;
    let mut draw = Draw(seed.wrapping_mul(0x1234_5678_9abc_def1));
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = || RunOptions { threads: 1, interrupt: None };
    let mut right = 0;
    for number in 0..TRAINING + TESTS {
        let (program, left) = trial(&mut draw, number, row.delay);
        let (before, recall) = program.split_at(program.len() - RECALL_STEPS);
        machine.run(before, options(), &mut recorder)?;
        let mut sum = 0;
        for step in recall {
            machine.run(std::slice::from_ref(step), options(), &mut recorder)?;
            let slices = machine.nodes.iter().flat_map(|node| &node.core.slices);
            let readout = slices.filter(|slice| slice.population == 1);
            sum += readout.map(|slice| i64::from(slice.registers.compared[0])).sum::<i64>();
        }
        right += usize::from(number >= TRAINING && (sum > 0) == left);
    }
    Ok(100.0 * right as f64 / TESTS as f64)
}

fn main() -> Result<(), Box<dyn Error>> {
    let only = std::env::args().nth(1).map(|text| text.parse::<usize>()).transpose()?;
    println!("synapses            P      increment  X   delay  rho   mean  worst");
    for (_, row) in ROWS.into_iter().enumerate().filter(|(number, _)| only.is_none_or(|only| only == *number))
    {
        let name = match row.synapses {
            Synapses::Frozen => "frozen".to_owned(),
            Synapses::Traces => "traces only".to_owned(),
            Synapses::Adaptation(x) => format!("trace_shift {x}"),
        };
        let right = SEEDS.map(|seed| run(row, seed)).collect::<Result<Vec<f64>, _>>()?;
        let mean = right.iter().sum::<f64>() / right.len() as f64;
        let worst = right.iter().copied().fold(100.0, f64::min);
        println!(
            "{name:<18}  u{:<4}  {:<9}  {:<2}  {:<5}  {:<4}  {mean:<4.1}  {worst:.1}",
            row.trace_bits, row.increment, row.state_bits, row.delay, row.rho
        );
    }
    Ok(())
}
