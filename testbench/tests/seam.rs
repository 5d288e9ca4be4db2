//! The seam carries a second model: from copied records alone, in a thread of its own, it arrives at the figures of the
//! analytic model. Random networks, programs, placements and numbers of workers are those of `plain`.

#[allow(dead_code, reason = "each test file uses its part")]
#[path = "plain"]
mod plain {
    pub use synfire::hardware::vectors::draw::{choices, network, program};

    pub mod case;
    pub mod engine;
    pub mod learning;
    pub mod mapping;
    pub mod trace;
}
#[path = "seam"]
mod seam {
    pub mod copy;
    pub mod replay;
    pub mod tables;
}

use plain::case::{Case, Tally, check_cases};
use plain::engine::Run;
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};
use seam::replay::Replay;
use seam::tables::Figures;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::time::Duration;
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::counters::{OPERATIONS, Operation};
use synfire_chip::cost::stage::Stage;
use synfire_chip::files::{NetworkOverrides, load_chip, network_from_text};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::observer::Observer;
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{Control, StepEvents, StimulusSpike};

fn run(machine: &mut Machine, program: &[StepEvents], threads: usize, model: &mut impl Observer) {
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = RunOptions { threads, interrupt: None };
    assert_eq!(machine.run_observed(program, options, &mut recorder, model).expect("it runs"), program.len());
}

/// The analytic model's figures of a whole run, in the other model's form.
fn analytic(costs: &Analytic) -> Figures {
    let spent = costs.costs().inference;
    let loads = costs.loads(Stage::Inference).iter().map(|load| load.packets).collect();
    Figures { counts: spent.counts, elapsed: spent.elapsed, busiest_link: spent.busiest_link, loads }
}

fn built(case: &Case, mapping: usize, threads: usize) -> Machine {
    let mapping = &case.mappings[mapping];
    Run { network: &case.network, mapping, threads, dense_sweep: false, start: case.start }.build().machine
}

#[test]
fn copied_records_hold_all_that_costs() {
    let activity = check_cases(300, |case, activity| {
        let (_, totals) = plain::case::reference(case);
        activity.with(|all| all.add(case, totals));
        let mut machine = built(case, 0, 1);
        let mut costs = Analytic::new(&machine);
        run(&mut machine, &case.program, case.threads[0], &mut costs);
        let wanted = analytic(&costs);
        prop_assert_eq!(wanted.counts.core.spikes, totals.counts.core.spikes);
        for threads in [1, case.threads[1], 4] {
            let mut machine = built(case, 0, threads);
            let mut replay = Replay::<true>::new(&machine, Duration::ZERO);
            run(&mut machine, &case.program, threads, &mut replay);
            prop_assert_eq!(replay.figures(), wanted.clone(), "{} workers", threads);
        }
        Ok(())
    });
    activity.assert_not_vacuous();
}

/// Gating leaves out all that the learning hardware does while learning is off, and nothing is called gated that it does
/// not do then.
#[test]
fn what_learning_hardware_does_while_learning_is_off_is_gated() {
    let seen = Tally::<BTreeSet<&str>>::default();
    check_cases(300, |case, _| {
        let mut program = case.program.clone();
        for events in &mut program {
            events.control.retain(|event| !matches!(event, Control::Learn(_)));
        }
        let mut machine = built(case, 0, 1);
        machine.chip.learning_gated = false;
        let mut costs = Analytic::new(&machine);
        run(&mut machine, &program, 1, &mut costs);
        let counts = costs.costs().inference.counts;
        let of_learning = |row: &&Operation| row.record.starts_with("learning.") || row.gated;
        for row in OPERATIONS.iter().filter(of_learning).filter(|row| (row.count)(&counts) > 0) {
            prop_assert!(row.gated, "{} are counted while learning is off", row.name);
            seen.with(|all| all.insert(row.record));
        }
        Ok(())
    });
    let gated = OPERATIONS.iter().filter(|row| row.gated).map(|row| row.record);
    assert_eq!(seen.get(), gated.collect());
}

/// Killed at any step and gone on with in fresh machines and models, by another number of workers.
#[test]
fn a_resumed_run_ends_with_the_same_figures() {
    check_cases(100, |case, _| {
        let mut whole = built(case, 1, 1);
        let mut costs = Analytic::new(&whole);
        run(&mut whole, &case.program, case.threads[0], &mut costs);
        let mut machine = built(case, 1, 1);
        let mut replay = Replay::<true>::new(&machine, Duration::from_micros(50));
        run(&mut machine, &case.program[..case.cut], case.threads[0], &mut replay);
        // Saved at once: what the model's thread has not yet seen must be in its state all the same.
        let bytes = postcard::to_stdvec(&(machine.snapshot(), replay.snapshot())).expect("serialises");
        let (chip, model) = postcard::from_bytes(&bytes).expect("and comes back");
        let mut machine = built(case, 1, 1);
        machine.restore(chip).map_err(TestCaseError::fail)?;
        let mut replay = Replay::<true>::new(&machine, Duration::ZERO);
        replay.restore(&model);
        run(&mut machine, &case.program[case.cut..], case.threads[1], &mut replay);
        prop_assert_eq!(replay.figures(), analytic(&costs));
        Ok(())
    });
}

/// Fully connected layers: `sources` neurons, driven one by one, onto `targets` populations of one neuron a core.
fn fan_out(sources: u32, targets: u32) -> Machine {
    let mut chip = load_chip("paper", Path::new("")).expect("a preset");
    (chip.mesh.columns, chip.mesh.rows, chip.mesh.cores_per_tile) = (32, 32, 1);
    chip.limits.neurons = sources.max(1);
    let neuron = "(current_decay: Factor(0), membrane_decay: Factor(0), threshold: 0.5)";
    let mut populations = format!("(name: \"from\", neurons: {sources}, neuron: {neuron}),");
    let mut projections =
        "(name: \"drive\", from: \"in\", to: \"from\", connect: OneToOne, weights: Constant(1), \
                           store: (bits: 8, fraction: 6)),"
            .to_owned();
    let limit = ", max_per_core: 1";
    write!(populations, "(name: \"to\", neurons: {targets}, neuron: {neuron}{limit}),").expect("text");
    projections += "(name: \"p\", from: \"from\", to: \"to\", connect: AllToAll, weights: Constant(0), \
                    store: (bits: 8, fraction: 6)),";
    let text = format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: {sources})], \
         populations: [{populations}], projections: [{projections}])"
    );
    let none = NetworkOverrides::default();
    let network = network_from_text("fan-out", &text, Path::new(""), &chip, &none).expect("it loads");
    Machine::new(&network, &chip).expect("it fits")
}

/// Every source fires in step `n + 2` of a spike on its input in step `n`.
fn volley(sources: u32, steps: usize) -> Vec<StepEvents> {
    let mut program = vec![StepEvents::default(); steps];
    program[0].spikes = (0..sources).map(|neuron| StimulusSpike { input: 0, neuron, count: 1 }).collect();
    program
}

#[test]
fn a_step_of_a_million_packets_is_a_small_record() {
    let (sources, targets) = (1000, 1000);
    let mut machine = fan_out(sources, targets);
    let mut costs = Analytic::new(&machine);
    run(&mut machine, &volley(sources, 4), 1, &mut costs);
    assert_eq!(costs.costs().inference.counts.spike_packets, 1_000_000, "in one step");
    let mut machine = fan_out(sources, targets);
    let mut replay = Replay::<false>::new(&machine, Duration::ZERO);
    run(&mut machine, &volley(sources, 4), 2, &mut replay);
    assert_eq!(replay.figures().counts.spike_packets, 1_000_000);
    assert_eq!(replay.figures().loads, analytic(&costs).loads);
    assert!(replay.largest <= 1 << 20, "{} bytes", replay.largest);
}

#[test]
fn function_is_at_most_two_steps_ahead_of_a_slow_model() {
    let mut machine = fan_out(4, 4);
    let mut replay = Replay::<true>::new(&machine, Duration::from_millis(2));
    run(&mut machine, &volley(4, 40), 2, &mut replay);
    assert_eq!(replay.ahead, 2, "two steps ahead, and never three");
}
