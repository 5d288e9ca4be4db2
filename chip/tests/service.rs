//! How cores go about a step: rows at use or at arrival, all neurons or the active ones, worked by hand.

mod files_common;

use files_common::chip;
use proptest::prelude::*;
use std::path::Path;
use synfire_chip::chip::{Chip, RowService, Time, UpdateStyle};
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::barrier::Barrier;
use synfire_chip::cost::stage::Spent;
use synfire_chip::files::{NetworkOverrides, chip_from_text, network_from_text};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{StepEvents, StimulusSpike};

/// A cycle of `small`.
const CYCLE: u128 = 10_000;

fn machine(chip: &Chip, network: &str) -> Machine {
    let none = NetworkOverrides::default();
    let network = network_from_text("rows", network, Path::new(""), chip, &none)
        .unwrap_or_else(|problems| panic!("{problems}"));
    Machine::new(&network, chip).expect("it fits")
}

fn inference(chip: &Chip, network: &str, program: &[StepEvents], threads: usize) -> Spent {
    let mut machine = machine(chip, network);
    let mut costs = Analytic::new(&machine);
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = RunOptions { threads, ..RunOptions::default() };
    machine.run_observed(program, options, &mut recorder, &mut costs).expect("it runs");
    let by_node = (0..machine.nodes.len()).map(|node| costs.node(node, Default::default()).core.axon_events);
    let spent = costs.costs().inference;
    assert_eq!(by_node.sum::<u64>(), spent.counts.core.axon_events, "a row is fetched in a core");
    spent
}

/// Both channels of an input onto six neurons, two steps later.
const SIX: &str = "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 2)], \
    populations: [(name: \"six\", neurons: 6, neuron: (current_decay: 0, membrane_decay: 0, threshold: 100))], \
    projections: [(name: \"p\", from: \"in\", to: \"six\", connect: AllToAll, weights: Constant(1), \
                   store: (bits: 8, fraction: 6), delay: 2, encoding: Dense)])";

fn spikes(of: &[(usize, u32)], steps: usize) -> Vec<StepEvents> {
    let mut program = vec![StepEvents::default(); steps];
    for (step, neuron) in of {
        program[*step].spikes.push(StimulusSpike { input: 0, neuron: *neuron, count: 1 });
    }
    program
}

/// Channel 0 spikes twice in step 0: one row at use, two at arrival.
#[test]
fn merged_events_pay_once_at_use_and_each_at_arrival() {
    let mut chip = chip("small");
    chip.timing.port_packet_ps = Time::Unpublished;
    let program = spikes(&[(0, 0), (0, 0)], 4);
    // A step: six accesses and the barrier of 64 cycles. Step 2: an axon event, and 6 synapses in 2 words of 4.
    let at_use = inference(&chip, SIX, &program, 1);
    let core = at_use.counts.core;
    assert_eq!((core.axon_events, core.synaptic_events), (1, 6));
    assert_eq!((at_use.elapsed.total_ps, at_use.elapsed.longest_ps), ((4 * 70 + 3) * CYCLE, 730_000));
    // Step 0: two axon events, and 12 synapses in 3 words.
    chip.service.rows = RowService::AtArrival;
    let at_arrival = inference(&chip, SIX, &program, 1);
    let core = at_arrival.counts.core;
    assert_eq!((core.axon_events, core.synaptic_events), (2, 12));
    assert_eq!((at_arrival.elapsed.total_ps, at_arrival.elapsed.longest_ps), ((4 * 70 + 5) * CYCLE, 750_000));
    assert_eq!(at_arrival.counts.core.neuron_updates, at_use.counts.core.neuron_updates, "the same function");
}

/// An event that arrives after the last step was fetched and is never used.
#[test]
fn a_row_is_paid_in_the_step_of_its_packet() {
    let mut chip = chip("small");
    let program = spikes(&[(3, 1)], 4);
    assert_eq!(inference(&chip, SIX, &program, 1).counts.core.synaptic_events, 0);
    chip.service.rows = RowService::AtArrival;
    assert_eq!(inference(&chip, SIX, &program, 1).counts.core.synaptic_events, 6);
}

/// Reached in step 2, a current of its own in step 3, a membrane in step 4: 3 x 6 of 6 x 6.
#[test]
fn event_driven_cores_access_the_active_neurons() {
    let mut chip = chip("small");
    let program = spikes(&[(0, 0)], 6);
    let stepped = inference(&chip, SIX, &program, 1);
    assert_eq!((stepped.counts.core.neuron_accesses, stepped.counts.core.neuron_updates), (36, 18));
    chip.service.updates = UpdateStyle::EventDriven;
    let driven = inference(&chip, SIX, &program, 1);
    assert_eq!((driven.counts.core.neuron_accesses, driven.counts.core.neuron_updates), (18, 18));
    assert_eq!(stepped.elapsed.total_ps - driven.elapsed.total_ps, 18 * CYCLE, "an access is a cycle");
}

/// Three populations of two neurons, as many a core: three tiles of one core, or one of four.
#[test]
fn a_barrier_is_that_of_the_tiles_in_use() {
    let population = |k: u32| {
        format!("(name: \"p{k}\", neurons: 2, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1)),")
    };
    let populations: String = (0..3).map(population).collect();
    let network = format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 1)], populations: [{populations}], \
         projections: [])"
    );
    let mut chip = chip("small");
    chip.limits.neurons = 2;
    chip.timing.barrier =
        Barrier::by_tiles(&[(1, 600_000), (2, 1_000_000), (4, 1_400_000)]).expect("a table");
    let barrier = |chip: &Chip| inference(chip, &network, &spikes(&[], 1), 1).elapsed.total_ps - 2 * CYCLE;
    assert_eq!(barrier(&chip), 1_000_000, "three tiles, two accesses in each");
    chip.mesh.cores_per_tile = 4;
    assert_eq!(barrier(&chip), 600_000, "one tile");
}

#[test]
fn the_choices_are_read_from_a_file() {
    let read = |core: &str| {
        let text = format!("(format: \"synfire-chip/1\", extends: \"paper\", core: {core})");
        chip_from_text("own", &text, Path::new(""))
    };
    let chip = read("(row_service: at_arrival, update_style: EventDriven)").expect("it loads");
    assert_eq!(chip.service.rows, RowService::AtArrival);
    assert_eq!(chip.service.updates, UpdateStyle::EventDriven);
    let refused = read("(row_service: AtNoon)").expect_err("no such time").to_string();
    assert!(refused.contains("AtNoon") && refused.contains("AtArrival"), "{refused}");
    let plain = files_common::paper().service;
    assert_eq!((plain.rows, plain.updates), (RowService::AtUse, UpdateStyle::TimeStepped));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// Where nothing is merged and everything is used, rows at arrival are the rows at use; and workers do not matter.
    #[test]
    fn arrival_and_use_fetch_the_same_rows(
        targets in 1u32..20,
        events in proptest::collection::btree_set((0usize..6, 0u32..20), 0..30),
    ) {
        let network = format!(
            "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 20)], populations: [\
             (name: \"a\", neurons: 20, max_per_core: 6, neuron: (current_decay: 0, membrane_decay: 0, threshold: 1, \
              reset: SubtractNow)), \
             (name: \"b\", neurons: 20, max_per_core: 9, neuron: (current_decay: 0, membrane_decay: 0, threshold: 9))], \
             projections: [(name: \"p\", from: \"in\", to: \"a\", connect: Random(targets: {targets}), \
              weights: Constant(1.5), store: (bits: 8, fraction: 5)), \
             (name: \"q\", from: \"a\", to: \"b\", connect: Random(targets: 3), weights: Constant(1), delay: 3, \
              store: (bits: 8, fraction: 5)), \
             (name: \"r\", from: \"a\", to: \"b\", connect: AllToAll, weights: Constant(1), \
              store: (bits: 8, fraction: 5))])"
        );
        let mut chip = chip("small");
        let program = spikes(&events.into_iter().collect::<Vec<_>>(), 20);
        let at_use = inference(&chip, &network, &program, 1);
        chip.service.rows = RowService::AtArrival;
        let at_arrival = inference(&chip, &network, &program, 1);
        prop_assert_eq!(at_arrival.counts, at_use.counts);
        for threads in [2, 4] {
            prop_assert_eq!(inference(&chip, &network, &program, threads), at_arrival);
        }
    }
}
