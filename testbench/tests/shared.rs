//! Shared kernels against what they stand for: the same synapses with a weight each, and copies that drift apart.

use std::path::Path;
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::files::{Change, Diagnostics, NetworkOverrides, load_chip, network_from_text};
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Recording, Variable};
use synfire_chip::run::program::{Control, StepEvents, StimulusSpike};

const STEPS: u64 = 40;

/// 6 x 6 pixels, three maps of 4 x 4 neurons, two readouts.
fn network(connect: &str) -> Network {
    load(connect, Vec::new()).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The same with whole kernels after a change.
fn changed(change: &str) -> Result<Network, Diagnostics> {
    load("", vec![Change::argument(change, Path::new("")).expect("a change")])
}

fn load(connect: &str, changes: Vec<Change>) -> Result<Network, Diagnostics> {
    let neuron = "current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1";
    let store = "store: (bits: 16, fraction: 14)";
    let text = format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 36, max_events: 3)], populations: [\
         (name: \"maps\", neurons: 48, neuron: ({neuron}), learning: (listens_to: \"out\", \
         third_factor: Feedback(draw: Sign, shift: 0))),\
         (name: \"out\", neurons: 2, neuron: ({neuron}, spiking: false), learning: (third_factor: OwnError), \
         readout: (signal: Membrane))],\n\
         projections: [(name: \"kernel\", from: \"in\", to: \"maps\", connect: Convolution(input: (1, 6, 6), \
         channels: 3, kernel: (3, 3){connect}), weights: Uniform(low: -0.2, high: 0.5), {store}, \
         learning: (shift: 0, rounding: Floor)),\n\
         (name: \"read\", from: \"maps\", to: \"out\", connect: AllToAll, weights: Uniform(low: -0.2, high: 0.2), \
         {store})])"
    );
    let chip = load_chip("paper", Path::new("")).expect("a preset");
    let overrides = NetworkOverrides { changes, ..NetworkOverrides::default() };
    network_from_text("net.ron", &text, Path::new(""), &chip, &overrides)
}

/// Spikes of the pixels that `sees` lets through; targets near enough that errors are a few lanes.
fn program(learn: bool, sees: impl Fn(u32) -> bool) -> Vec<StepEvents> {
    let steps = (0..STEPS).map(|step| {
        let mut events = StepEvents::default();
        if step == 0 {
            events.control.push(Control::Learn(learn));
        }
        let fires = |pixel: &u32| sees(*pixel) && (u64::from(*pixel) * 7 + step * 5) % 11 < 3;
        let spike = |neuron| StimulusSpike { input: 0, neuron, count: 1 + (neuron % 3) as u8 };
        events.spikes.extend((0..36).filter(fires).map(spike));
        events.control.extend([0, 1].map(|channel| Control::Target { channel, value: 600 }));
        events
    });
    steps.collect()
}

fn machine(network: &Network) -> Machine {
    Machine::new(network, &load_chip("paper", Path::new("")).expect("a preset")).expect("it fits")
}

fn run(machine: &mut Machine, program: &[StepEvents], recorder: &mut Recorder) {
    let options = RunOptions { threads: 1, interrupt: None };
    assert_eq!(machine.run(program, options, recorder).expect("it runs"), program.len());
}

/// Membranes and spikes of both populations.
fn seen(network: &Network, program: &[StepEvents]) -> (Vec<Recording>, u64) {
    let mut machine = machine(network);
    let variables = [Variable::Compared, Variable::Spikes];
    let probes = variables.iter().flat_map(|v| [0, 1].map(|p| Probe::all(network, p, *v))).collect();
    let mut recorder = Recorder::new(probes, &machine.nodes);
    let (options, mut costs) = (RunOptions::default(), Analytic::new(&machine));
    machine.run_observed(program, options, &mut recorder, &mut costs).expect("it runs");
    (recorder.take(), costs.costs().whole().counts.core.synaptic_events)
}

#[test]
fn a_shared_kernel_delivers_what_its_synapses_would() {
    let program = program(false, |_| true);
    let wanted = seen(&network(", shared: false"), &program);
    assert!(wanted.0[1].values.iter().any(|value| *value != 0) || wanted.1 > 0);
    for connect in ["", ", copies: 2", ", copies: 4"] {
        let found = seen(&network(connect), &program);
        for (wanted, found) in wanted.0.iter().zip(&found.0) {
            for row in 0..STEPS as usize {
                assert_eq!(wanted.row(row), found.row(row), "step {row}{connect}");
            }
        }
        assert_eq!(wanted.1, found.1, "synaptic events{connect}");
    }
}

/// With k = 0 nothing is rounded: in the first step that learns, a tap changes by what all its synapses would.
#[test]
fn a_tap_learns_the_sum_of_its_synapses() {
    let program = program(true, |_| true);
    for connect in ["", ", copies: 2"] {
        let (shared, own) = (network(connect), network(", shared: false"));
        let (mut first, mut second) = (machine(&shared), machine(&own));
        let before = (first.weights(&shared, 0), second.weights(&own, 0));
        let step = program.iter().position(|events| {
            for machine in [&mut first, &mut second] {
                let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
                run(machine, std::slice::from_ref(events), &mut recorder);
            }
            first.weights(&shared, 0) != before.0 || second.weights(&own, 0) != before.1
        });
        assert!(step.is_some(), "something learns");
        let (taps, weights) = (first.weights(&shared, 0), second.weights(&own, 0));
        let mut sums = vec![0; taps.len()];
        let listed = shared.projections[0].synapses.listed().expect("listed");
        for entry in 0..weights.len() {
            sums[listed.read(entry)] += weights[entry] - before.1[entry];
        }
        let changes: Vec<i32> = taps.iter().zip(&before.0).map(|(after, before)| after - before).collect();
        assert_eq!(changes, sums, "step {step:?}{connect}");
        assert!(weights.iter().chain(&taps).all(|weight| weight.abs() < 32_767), "no store is full");
    }
}

/// A copy learns from its own band only: where the lower half of the input is silent, only the upper copy changes.
#[test]
fn copies_of_a_kernel_drift_apart() {
    let network = network(", copies: 2");
    let mut machine = machine(&network);
    let before = machine.weights(&network, 0);
    let (upper, lower) = before.split_at(27);
    assert_eq!(upper, lower, "copies begin equal");
    // Rows 0 and 1 reach output rows 0 and 1: the upper band.
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    run(&mut machine, &program(true, |pixel| pixel < 12), &mut recorder);
    let after = machine.weights(&network, 0);
    assert_eq!(&after[27..], lower, "nothing reached the lower band");
    assert_ne!(&after[..27], upper, "the upper band learned");
}

/// What rows of an experiment change is what a network file states.
#[test]
fn changes_give_what_files_state() {
    let shown = |network: &Network| format!("{:?}", network.projections[0].synapses);
    for (path, value, stated) in [
        ("connect.copies", "2", ", copies: 2"),
        ("connect.copies", "4", ", copies: 4"),
        ("connect.copies", "1", ""),
        ("connect.shared", "false", ", shared: false"),
        ("connect.shared", "true", ""),
    ] {
        let changed = changed(&format!("network.projections[kernel].{path}={value}")).expect("a network");
        assert_eq!(shown(&changed), shown(&network(stated)), "{path}: {value}");
    }
}

#[test]
fn a_change_of_a_kernel_that_is_not_there_is_refused() {
    let refused = |change: &str| changed(change).expect_err("no such change").to_string();
    let problem = refused("network.projections[kernel].connect.copies=3");
    assert!(problem.contains("--set") && problem.contains("4 rows"), "{problem}");
    for field in ["copies=2", "shared=false"] {
        let problem = refused(&format!("network.projections[read].connect.{field}"));
        assert!(problem.contains("`projections[read].connect` is `AllToAll`"), "{problem}");
    }
}
