//! Weights: what a run writes, a network file reads; what they lose on their way to the sum is said.

use crate::simulate::fixture::{Folder, npy_bytes};
use std::path::Path;
use synfire::experiment::record::recording;
use synfire_chip::files::{NetworkOverrides, load_chip, network_from_text};
use synfire_chip::network::{Network, Synapses};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{Control, StepEvents, StimulusSpike};

/// 2 maps of 4 x 4 inputs, as many readouts, one projection with these fields.
fn network(fields: &str, learns: bool, folder: &Path) -> Network {
    let rule = if learns { ", learning: (shift: 4, rounding: Floor)" } else { "" };
    let text = format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 32)], populations: [(name: \"out\", \
         neurons: 32, neuron: (current_decay: Factor(2048), membrane_decay: Factor(3686), threshold: 1, \
         spiking: false), learning: (third_factor: OwnError), readout: (signal: Membrane))],\n\
         projections: [(name: \"p\", from: \"in\", to: \"out\", {fields}, \
         store: (bits: 16, fraction: 14){rule})])"
    );
    let chip = load_chip("paper", Path::new("")).unwrap();
    network_from_text("net.ron", &text, folder, &chip, &NetworkOverrides::default())
        .unwrap_or_else(|problems| panic!("{fields}: {problems}"))
}

/// The weights after 20 steps of spikes and targets.
fn learned(network: &Network) -> Vec<i32> {
    let mut machine = Machine::new(network, &load_chip("paper", Path::new("")).unwrap()).unwrap();
    let steps = (0..20u32).map(|step| {
        let fires = |neuron: &u32| (neuron * 7 + step * 5) % 11 < 3;
        let spike = |neuron| StimulusSpike { input: 0, neuron, count: 1 };
        let target = |channel: u16| Control::Target { channel, value: 600 + 200 * i32::from(channel) };
        let control = std::iter::once(Control::Learn(true)).chain((0..32).map(target)).collect();
        StepEvents { control, spikes: (0..32).filter(fires).map(spike).collect(), ..StepEvents::default() }
    });
    let program: Vec<StepEvents> = steps.collect();
    machine.run(&program, RunOptions::default(), &mut Recorder::new(Vec::new(), &machine.nodes)).unwrap();
    machine.weights(network, 0)
}

/// The synapses of a network with other weights, in a form that can be compared.
fn with_weights(network: &Network, weights: &[i32]) -> String {
    let mut synapses = network.projections[0].synapses.clone();
    (0..).zip(weights).for_each(|(at, weight)| synapses.weights_mut().set(at, *weight));
    format!("{synapses:?} {:?}", network.projections[0].delays)
}

#[test]
fn what_a_run_writes_a_network_file_reads() {
    const DRAWN: &str = "weights: Uniform(low: -0.2, high: 0.3)";
    const KERNEL: &str = "Convolution(input: (2, 4, 4), channels: 2, kernel: (3, 3), padding: (1, 1)";
    let folder = Folder::new();
    folder.npy("first.npy", &[32, 32], &(0..1024).map(|at| at * 7 % 301 - 150).collect::<Vec<_>>());
    let lines: String =
        (0..64).map(|at| format!("{},{},{},{}\n", at % 32, at * 5 % 32, at - 9, 1 + at / 32)).collect();
    folder.file("edges.csv", format!("pre,post,weight,delay\n{lines}"));
    let (dense, listed) = ("connect: Npy(\"w.npy\")".to_owned(), "connect: Edges(\"w.npy\")".to_owned());
    let taps = |connect: &str| format!("connect: {connect}, weights: Npy(\"w.npy\")");
    let kernel =
        |more: &str| (format!("connect: {KERNEL}{more}), {DRAWN}"), taps(&format!("{KERNEL}{more})")));
    let pool = "SumPool(input: (2, 4, 4), kernel: (3, 3), stride: (1, 1), padding: (1, 1))";
    let few = "weights: UniformLanes(low: -1, high: 1)";
    let forms = [
        (format!("connect: AllToAll, {DRAWN}"), dense.clone(), true),
        ("connect: Npy(\"first.npy\")".to_owned(), dense, true),
        (format!("connect: OneToOne, {DRAWN}"), listed.clone(), true),
        (format!("connect: Random(targets: 5), {DRAWN}, delay: 3"), listed.clone(), true),
        (format!("connect: RandomSources(sources: 5), {few}"), listed.clone(), false),
        ("connect: Edges(\"edges.csv\")".to_owned(), listed.clone(), true),
        (kernel("").0, kernel("").1, true),
        (kernel(", copies: 4").0, kernel(", copies: 4").1, true),
        (kernel(", copies: 2, groups: 2").0, kernel(", copies: 2, groups: 2").1, true),
        (kernel(", shared: false").0, listed, true),
        (format!("connect: {KERNEL}, groups: 2), {few}"), taps(&format!("{KERNEL}, groups: 2)")), false),
        (format!("connect: {pool}, weights: Constant(0.25)"), taps(pool), false),
    ];
    for (fields, read, learns) in forms {
        let first = network(&fields, learns, folder.path());
        let weights = learned(&first);
        let begins = with_weights(&first, &[]);
        assert_eq!(
            begins != with_weights(&first, &weights),
            learns,
            "{fields}: the weights change if they learn"
        );
        recording::weights(folder.path(), "w.npy", &first, 0, &weights).unwrap();
        let again = network(&read, learns, folder.path());
        assert_eq!(with_weights(&again, &[]), with_weights(&first, &weights), "{fields}");
        if let Synapses::Shared { kernel, weights, .. } = &again.projections[0].synapses {
            assert_eq!(weights.len() as u32, kernel.taps() * kernel.copies);
        }
    }
}

#[test]
fn weak_weights_are_warned_about_before_a_run() {
    let folder = Folder::new();
    folder.experiment("steps: 2");
    for (weight, adds) in [("0.9", "0.898438 adds 0"), ("-0.1", "-0.101562 adds -1")] {
        let out = format!("out{weight}");
        folder.file(
            "net.ron",
            format!(
                "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 3)], populations: [(name: \"a\", \
                 neurons: 1, neuron: (current_decay: 0, membrane_decay: NonLeaky, threshold: 9.0))], projections: \
                 [(name: \"p\", from: \"in\", to: \"a\", connect: AllToAll, weights: Constant({weight}), \
                 store: (bits: 9, fraction: 8))])"
            ),
        );
        for arguments in [
            &["check", "exp.ron"][..],
            &["run", "exp.ron", "--out", &out],
            &["check", "net.ron", "--chip", "loihi"],
        ] {
            let output = folder.output(arguments);
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.success(), "{said}");
            let first = said.lines().find(|line| line.starts_with("warning: ")).unwrap_or_default();
            assert!(first.starts_with("warning: weights of `p` lose 8 bits"), "{arguments:?}: {said}");
            assert!(first.contains("3 of 3 that are not 0 (100.0 %)") && first.contains(adds), "{first}");
        }
        let report = std::fs::read_to_string(folder.path().join(&out).join("report.txt")).expect("a report");
        assert!(report.contains("Warning: weights of `p` lose 8 bits"), "{report}");
    }
}

#[test]
fn an_unsigned_value_past_64_bits_is_shown_as_it_stands() {
    let folder = Folder::new();
    folder.file("net.ron", crate::simulate::fixture::RELAY);
    let row: Vec<u8> = [0, u64::MAX, 0, 0].iter().flat_map(|value: &u64| value.to_le_bytes()).collect();
    folder.file("x.npy", npy_bytes("<u8", false, &[1, 4], &row));
    folder.experiment("steps: 1, stimuli: [Raster(input: \"in\", file: \"x.npy\")]");
    let said = folder.refused();
    assert!(said.contains("18446744073709551615"), "{said}");
}
