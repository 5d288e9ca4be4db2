//! Preset `sanafe-loihi`: four steps worked by hand by the rules of the tool that it follows, component by component.

mod files_common;

use files_common::chip;
use std::collections::BTreeMap;
use std::path::Path;
use synfire_chip::chip::Chip;
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::energy::{Bill, Powered};
use synfire_chip::cost::per_step::StepFigures;
use synfire_chip::files::{NetworkOverrides, network_from_text};
use synfire_chip::place::mapping::MappingError;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{StepEvents, StimulusSpike};

/// Inputs on core 0; `a` on core 1 of the same tile, `b` a column east of it, `c` a row south.
fn machine(chip: &Chip) -> Machine {
    let neuron = |threshold: &str| {
        format!(
            "neuron: (current_decay: 0, membrane_decay: NonLeaky, threshold: {threshold}, reset: ToValue(0.0))"
        )
    };
    let store = "store: (bits: 8, fraction: 0)";
    let text = format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 2, cores: [0])], populations: [\
         (name: \"a\", neurons: 3, cores: [1], {}), (name: \"b\", neurons: 2, cores: [17], {high}), (name: \"c\", neurons: 2, cores: [5], {high})], projections: [\
         (name: \"in_a\", from: \"in\", to: \"a\", connect: AllToAll, weights: Constant(4), {store}, encoding: Dense), \
         (name: \"a_b\", from: \"a\", to: \"b\", connect: AllToAll, weights: Constant(1), {store}, encoding: Sparse), \
         (name: \"a_c\", from: \"a\", to: \"c\", weights: Constant(1), {store}, encoding: Shared, \
          connect: Convolution(input: (1, 1, 3), channels: 1, kernel: (1, 2)))])",
        neuron("5"),
        high = neuron("100"),
    );
    let none = NetworkOverrides::default();
    let network = network_from_text("four", &text, Path::new(""), chip, &none)
        .unwrap_or_else(|problems| panic!("{problems}"));
    // Four cores a tile, four tiles a column: core 17 is on tile (1, 0), core 5 on tile (0, 1).
    Machine::new(&network, chip).expect("it fits")
}

fn steps(chip: &Chip, threads: usize) -> Vec<StepFigures> {
    let mut machine = machine(chip);
    let mut program = vec![StepEvents::default(); 4];
    program[0].spikes = [0, 1].map(|neuron| StimulusSpike { input: 0, neuron, count: 1 }).to_vec();
    let mut costs = Analytic::new(&machine);
    costs.keep_steps();
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = RunOptions { threads, ..RunOptions::default() };
    machine.run_observed(&program, options, &mut recorder, &mut costs).expect("it runs");
    costs.take_steps()
}

/// Attojoules of what the tool calls synapse, soma and network.
fn energies(chip: &Chip, step: &StepFigures) -> [u128; 3] {
    let powered = Powered { used: 3, all: 128, drawn: Default::default() };
    let mut left: BTreeMap<_, _> = Bill::of(&chip.energy, &step.counts, &powered).by_component();
    let groups: [&[&str]; 3] = [
        &["synaptic_event", "sparse_synaptic_event", "shared_synaptic_event"],
        &["neuron_access", "neuron_update", "spike"],
        &["packet", "packet_in", "hop_x", "hop_y"],
    ];
    let of = groups.map(|names| names.iter().map(|name| left.remove(name).expect("a component")).sum());
    assert!(left.values().all(|rest| *rest == 0), "nothing else is billed: {left:?}");
    of
}

#[test]
fn four_steps_cost_what_the_tool_bills() {
    let chip = chip("sanafe-loihi");
    let steps = steps(&chip, 1);
    let pj = |tenths: u128| tenths * 100_000;
    let found: Vec<_> =
        steps.iter().map(|step| (step.time.core_ps, step.critical_core.0, energies(&chip, step))).collect();
    let wanted = [
        // Two messages of inputs: 16.0 ns and three dense synapses of 3.8 ns each at core 1. Seven accesses.
        (54_800, 1, [pj(6 * 355), pj(7 * 512), pj(2 * 1110)]),
        // Three neurons access, update, fire: 39.7 ns each, and six messages out of 5.1 ns. One hop each, x or y.
        (
            149_700,
            1,
            [pj(6 * 336 + 4 * 240), pj(7 * 512 + 3 * 216 + 3 * 693), pj(6 * 1110 + 3 * 30 + 3 * 42)],
        ),
        // `a` was reset and has a current of its own alone: idle. `b` and `c` were reached: 9.7 ns a neuron.
        (19_400, 5, [0, pj(7 * 512 + 4 * 216), 0]),
        // They hold a potential.
        (19_400, 5, [0, pj(7 * 512 + 4 * 216), 0]),
    ];
    assert_eq!(found, wanted);
    // Three tiles are in use; hops take no time.
    assert!(steps.iter().all(|step| (step.time.network_ps, step.time.barrier_ps) == (0, 1_000_000)));
    for threads in [2, 3] {
        assert_eq!(self::steps(&chip, threads), steps);
    }
}

#[test]
fn populations_sit_where_they_ask_to() {
    let place = |populations: &str| {
        let neuron = "neuron: (current_decay: 0, membrane_decay: 0, threshold: 1)";
        let text = format!(
            "(format: \"synfire-network/1\", inputs: [], populations: [{}], projections: [])",
            populations.replace(", neuron)", &format!(", {neuron})"))
        );
        let chip = chip("sanafe-loihi");
        let none = NetworkOverrides::default();
        let network = network_from_text("n", &text, Path::new(""), &chip, &none)
            .unwrap_or_else(|problems| panic!("{problems}"));
        let machine = Machine::new(&network, &chip)?;
        let slices = machine.mapping.slices.iter().map(|slice| (slice.population, slice.core.0, slice.len));
        Ok::<Vec<_>, MappingError>(slices.collect())
    };
    // Five onto two cores: three and two. The second asks for none, and gets none that anybody asks for.
    let apart = place("(name: \"a\", neurons: 5, cores: [9, 0], neuron), (name: \"b\", neurons: 4, neuron)");
    assert_eq!(apart.expect("it fits"), [(0, 9, 3), (0, 0, 2), (1, 1, 4)]);
    let full = place("(name: \"a\", neurons: 1025, cores: [3], neuron)").expect_err("a core holds 1024");
    assert!(full.to_string().contains("it needs 2 cores, its `cores` are 1"), "{full}");
}

/// A kernel alone has shared taps; an input sits on cores that there are.
#[test]
fn storage_is_the_projections_to_choose() {
    let chip = chip("sanafe-loihi");
    let text = "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 2)], populations: [(name: \"a\", neurons: 2, \
        neuron: (current_decay: 0, membrane_decay: 0, threshold: 1))], projections: [(name: \"p\", from: \"in\", to: \"a\", \
        connect: AllToAll, weights: Constant(1), store: (bits: 8, fraction: 0), encoding: Shared)])";
    let none = NetworkOverrides::default();
    let refused =
        network_from_text("n", text, Path::new(""), &chip, &none).expect_err("no kernel").to_string();
    assert!(refused.contains("projection `p` has no kernel whose taps are shared"), "{refused}");
    let text = text.replace("neurons: 2)]", "neurons: 2, cores: [128])]").replace("Shared", "Dense");
    let refused =
        network_from_text("n", &text, Path::new(""), &chip, &none).expect_err("no core").to_string();
    assert!(refused.contains("inputs[0].cores[0]") && refused.contains("0..=127"), "{refused}");
}

/// What the preset chooses, taken back one by one.
#[test]
fn each_choice_moves_what_it_should() {
    let preset = chip("sanafe-loihi");
    let times = |change: &dyn Fn(&mut Chip)| {
        let mut chip = preset.clone();
        change(&mut chip);
        steps(&chip, 1).iter().map(|step| step.time.total_ps() - 1_000_000).collect::<Vec<_>>()
    };
    assert_eq!(times(&|_| {}), [54_800, 149_700, 19_400, 19_400]);
    // Rows after the scan and the messages out: core 1 has 54.8 + 18.0, then only 149.7.
    let serial = times(&|chip| chip.service.phases = Default::default());
    assert_eq!(serial, [72_800, 149_700, 19_400, 19_400]);
    // At use: step 0 takes two packets (32.0), step 1 has six dense synapses (22.8) beside 149.7, step 2 six sparse
    // ones (28.2) on core 17, four shared (12.4) on core 5.
    let at_use = times(&|chip| chip.service.rows = Default::default());
    assert_eq!(at_use, [32_000, 149_700, 28_200, 19_400]);
    // A hop along y takes 6.5 ns.
    assert_eq!(times(&|chip| chip.service.ways = Default::default()), [54_800, 156_200, 19_400, 19_400]);
    // By all registers `a` is active in step 2: 3 x 9.7 ns.
    assert_eq!(times(&|chip| chip.service.active = Default::default())[2..], [29_100, 19_400]);
}
