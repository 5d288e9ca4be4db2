//! The pairs: the simulator's public paths beside their ceilings.

use super::{Ratios, ceiling};
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;
use synfire_chip::chip::Chip;
use synfire_chip::files::{self, NetworkOverrides};
use synfire_chip::machine::{Machine, RunOptions};
use synfire_chip::network::{Network, Synapses};
use synfire_chip::probe::Recorder;
use synfire_chip::program::{Control, Program, StepEvents, StimulusSpike};
use synfire_core::dither::{self, Purpose};
use synfire_core::synapse::WeightLanes;

const CHIP: &str = r#"(format: "synfire-chip/1", extends: "paper", name: "bench")"#;

fn setting(network: &str) -> (Chip, Network) {
    let here = Path::new(".");
    let chip = files::chip_from_text("bench chip", CHIP, here);
    let chip = chip.unwrap_or_else(|e| unreachable!("the bench's own chip: {e}"));
    let network =
        files::network_from_text("bench network", network, here, &chip, &NetworkOverrides { seed: None });
    (chip, network.unwrap_or_else(|e| unreachable!("the bench's own network: {e}")))
}

fn machine(chip: &Chip, network: &Network) -> Machine {
    Machine::new(network, chip).unwrap_or_else(|e| unreachable!("the bench's own network: {e}"))
}

fn steps(machine: &mut Machine, program: &[StepEvents], threads: usize) {
    let options = RunOptions { threads, interrupt: None };
    let ran = machine.run(program, options, &mut Recorder::new(Vec::new(), &machine.nodes));
    ran.unwrap_or_else(|e| unreachable!("the bench's own run: {e}"));
}

/// Seconds that `work` takes.
fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64().max(1e-9)
}

/// Alternates two sides that each do `operations`.
fn alternate(
    repetitions: usize,
    operations: f64,
    mut simulator: impl FnMut(),
    mut bare: impl FnMut(),
) -> (Vec<f64>, f64) {
    simulator();
    bare();
    let mut ratios = Vec::new();
    let mut rates = Vec::new();
    for _ in 0..repetitions {
        let own = seconds(&mut simulator);
        let ceiling = seconds(&mut bare);
        ratios.push(ceiling / own);
        rates.push(operations / own);
    }
    rates.sort_by(f64::total_cmp);
    (ratios, super::quantile(&rates, 0.5))
}

/// Spikes of `neurons` channels at `per_mille` in each of `count` steps.
fn noise(neurons: u32, per_mille: u32, count: u32) -> Program {
    let seed = Purpose::Stimulus.seed(1);
    let threshold = u32::MAX / 1000 * per_mille;
    (0..count)
        .map(|step| {
            let row = dither::row_key(seed, u64::from(step), 0, 0);
            let fired = (0..neurons).filter(|i| dither::word(row, *i) < threshold);
            let spikes = fired.map(|neuron| StimulusSpike { input: 0, neuron, count: 1 }).collect();
            StepEvents { spikes, ..StepEvents::default() }
        })
        .collect()
}

fn feed_forward(inputs: u32, outputs: u32) -> String {
    format!(
        r#"(format: "synfire-network/1", name: "bench", seed: 1, inputs: [(name: "in", neurons: {inputs})],
        populations: [(name: "out", neurons: {outputs}, neuron: (current_decay: Factor(2048),
        membrane_decay: Factor(3686), threshold: 200.0))],
        projections: [(name: "p", from: "in", to: "out", connect: AllToAll, weights: UniformLanes(low: -127, high: 127),
        store: (bits: 8, fraction: 0, exponent: 0))])"#
    )
}

fn lanes(network: &Network, projection: usize) -> Vec<i8> {
    match &network.projections[projection].synapses {
        Synapses::Dense { weights: WeightLanes::I8(weights) } => weights.clone(),
        _ => unreachable!("the bench's own weights are dense and of 8 bits"),
    }
}

/// Delivery: `NeuronCore::step` with all its work, beside the same rows added bare.
#[must_use]
pub fn deliver(repetitions: usize) -> Ratios {
    let (inputs, outputs) = (1024, 1024);
    let (chip, network) = setting(&feed_forward(inputs, outputs));
    let mut built = machine(&chip, &network);
    let weights = lanes(&network, 0);
    let program = noise(inputs, 200, 64);
    let rows: Vec<Vec<u32>> = program.iter().map(|e| e.spikes.iter().map(|s| s.neuron).collect()).collect();
    let operations = rows.iter().map(|r| r.len() as f64 * f64::from(outputs)).sum();
    let mut acc = vec![0i32; outputs as usize];
    let bare = || {
        for list in &rows {
            ceiling::add_rows(&mut acc, &weights, list);
            black_box(&mut acc).fill(0);
        }
    };
    let (ratios, rate) = alternate(repetitions, operations, || steps(&mut built, &program, 1), bare);
    let unit = "synaptic events/s";
    Ratios {
        name: "deliver (whole step, 200 of 1000 axons)",
        bar: Some(0.6),
        ratios,
        rate,
        unit,
        not_judged: None,
    }
}

/// Neuron update: `Slice::update` of active neurons beside a bare loop over the same registers.
#[must_use]
pub fn update(repetitions: usize) -> Ratios {
    let neurons = 4096usize;
    let text = feed_forward(1, neurons as u32).replace("threshold: 200.0", "threshold: 200.0, bias: 30.0");
    let (chip, network) = setting(&text);
    let mut built = machine(&chip, &network);
    let lanes = |value: i32| vec![value; neurons];
    let (mut current, mut membrane, mut sum, mut fired) = (lanes(0), lanes(0), lanes(0), vec![0u8; neurons]);
    let factors = (2048, 3686, 200 << network.datapath.state_fraction.min(14));
    let bare = || {
        for _ in 0..200 {
            membrane.iter_mut().take(1).for_each(|u| *u += 1);
            ceiling::lif(&mut current, &mut membrane, &mut fired, &mut sum, factors);
            black_box(&mut fired);
        }
    };
    let mut step = 0;
    let slices = &mut built.nodes[0].core.slices[0];
    let own = || {
        for _ in 0..200 {
            slices.update(step);
            black_box(slices.fired_count());
            step += 1;
        }
    };
    let (ratios, rate) = alternate(repetitions, 200.0 * neurons as f64, own, bare);
    let name = "update (4,096 active neurons)";
    Ratios { name, bar: Some(0.6), ratios, rate, unit: "neurons/s", not_judged: None }
}

/// Learning: a machine whose every synapse of a plastic projection is updated in every step.
#[must_use]
pub fn learn(repetitions: usize) -> Ratios {
    let (inputs, outputs) = (512usize, 512usize);
    let text = format!(
        r#"(format: "synfire-network/1", name: "bench", seed: 1, inputs: [(name: "in", neurons: {inputs})],
        populations: [(name: "out", neurons: {outputs}, neuron: (current_decay: Factor(2048),
        membrane_decay: Factor(4000), threshold: 1.0, spiking: false), learning: (listens_to: "out",
        third_factor: OwnError), readout: (signal: Membrane))],
        projections: [(name: "p", from: "in", to: "out", connect: AllToAll, weights: Constant(0.0),
        store: (bits: 16, fraction: 14), learning: (shift: 20, rounding: Stochastic))])"#
    );
    let (chip, network) = setting(&text);
    let mut built = machine(&chip, &network);
    let mut program = noise(inputs as u32, 300, 40);
    let first = &mut program[0].control;
    first.push(Control::Learn(true));
    first.extend((0..outputs as u16).map(|channel| Control::Target { channel, value: 1 << 17 }));
    let before = built.counts().learning.weight_updates;
    steps(&mut built, &program, 1);
    let operations = (built.counts().learning.weight_updates - before) as f64;
    let rounds = (operations / (inputs * outputs) as f64).round() as u64;
    let mut weights = vec![0i16; inputs * outputs];
    let (modulation, p) = (vec![300; outputs], vec![100; inputs]);
    let seed = Purpose::Dither.seed(1);
    let bare = || {
        for round in 0..rounds {
            ceiling::outer_product(&mut weights, &modulation, &p, (seed, round, 0, 20));
            black_box(&mut weights);
        }
    };
    let (ratios, rate) = alternate(repetitions, operations, || steps(&mut built, &program, 1), bare);
    let name = "learn (whole step, 512 x 512)";
    Ratios { name, bar: Some(0.5), ratios, rate, unit: "updates/s", not_judged: None }
}

/// Whole steps of 512-1024-512 beside the bare delivery of the same synaptic events.
#[must_use]
pub fn whole_step(repetitions: usize) -> Ratios {
    let text = r#"(format: "synfire-network/1", name: "bench", seed: 1, inputs: [(name: "in", neurons: 512)],
        populations: [
        (name: "hidden", neurons: 1024, neuron: (current_decay: Factor(0), membrane_decay: Factor(3584), threshold: 700.0)),
        (name: "out", neurons: 512, neuron: (current_decay: Factor(0), membrane_decay: Factor(3584), threshold: 700.0))],
        projections: [
        (name: "a", from: "in", to: "hidden", connect: AllToAll, weights: UniformLanes(low: -120, high: 127),
        store: (bits: 8, fraction: 0, exponent: 0)),
        (name: "b", from: "hidden", to: "out", connect: AllToAll, weights: UniformLanes(low: -120, high: 127),
        store: (bits: 8, fraction: 0, exponent: 0))])"#
        .replace("700.0", "0.02");
    let (chip, network) = setting(&text);
    let mut built = machine(&chip, &network);
    let program = noise(512, 50, 200);
    let before = built.counts().core.synaptic_events;
    steps(&mut built, &program, 1);
    let operations = (built.counts().core.synaptic_events - before) as f64;
    let weights = lanes(&network, 0);
    let mut acc = vec![0i32; 1024];
    let rows = (operations / 1024.0).round() as u32;
    let list: Vec<u32> = (0..rows).map(|r| dither::mix(r) % 512).collect();
    let bare = || {
        for step in list.chunks(25) {
            ceiling::add_rows(&mut acc, &weights, step);
            black_box(&mut acc).fill(0);
        }
    };
    let (ratios, rate) = alternate(repetitions, operations, || steps(&mut built, &program, 1), bare);
    let name = "whole step (512-1024-512, 5 % input)";
    Ratios { name, bar: Some(0.35), ratios, rate, unit: "synaptic events/s", not_judged: None }
}

/// Two threads beside one, on 65,536 active neurons in 16 cores.
#[must_use]
pub fn two_threads(repetitions: usize) -> Ratios {
    let text = feed_forward(16, 65_536).replace("threshold: 200.0", "threshold: 200.0, bias: 30.0");
    let (chip, network) = setting(&text);
    let mut built = machine(&chip, &network);
    let program = noise(16, 100, 50);
    let operations = 50.0 * 65_536.0;
    let mut bare_ratios = Vec::new();
    let mut ratios = Vec::new();
    let mut rates = Vec::new();
    let bare = |rounds: usize| {
        let (mut i, mut u, mut s, mut f) = (vec![9; 4096], vec![9; 4096], vec![0; 4096], vec![0u8; 4096]);
        for _ in 0..rounds {
            ceiling::lif(&mut i, &mut u, &mut f, &mut s, (4000, 4000, 1 << 20));
            black_box(&mut f);
        }
    };
    for _ in 0..repetitions.max(3) {
        let one = seconds(|| bare(4000));
        let two = seconds(|| {
            std::thread::scope(|scope| {
                scope.spawn(|| bare(2000));
                bare(2000);
            });
        });
        bare_ratios.push(one / two);
        let one = seconds(|| steps(&mut built, &program, 1));
        let two = seconds(|| steps(&mut built, &program, 2));
        ratios.push(one / two);
        rates.push(operations / two);
    }
    bare_ratios.sort_by(f64::total_cmp);
    rates.sort_by(f64::total_cmp);
    let reached = super::quantile(&bare_ratios, 0.5);
    let not_judged = (reached < 1.8).then(|| format!("two bare loops in parallel reach {reached:.2}"));
    let rate = super::quantile(&rates, 0.5);
    let name = "two threads (65,536 neurons)";
    Ratios { name, bar: Some(1.6), ratios, rate, unit: "neurons/s", not_judged }
}
