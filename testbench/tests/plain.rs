//! The chip against the plain reference: random networks, programs, placements and threads, every register
//! after every step. Invariants 1, 2, 3, 6 and 7 of the design in one place.
//!
//! A failure names step, register, population or projection, index, and shows the shrunk case.

mod plain {
    pub use synfire::hardware::vectors::draw::{choices, network, program};

    pub mod case;
    pub mod engine;
    pub mod learning;
    pub mod mapping;
    pub mod retire;
    pub mod trace;
}

use plain::case::{Case, Tally, check_cases, reference};
use plain::engine::{Run, restored};
use plain::retire::{Traces, first_difference};
use plain::trace::{COUNTED, Register, Trace};
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};
use synfire::experiment::file::{TraceFormFile, TracedRegisters};
use synfire::hardware::vectors::draw::projection::join_ports;
use synfire_chip::cost::counters::{OPERATIONS, Operation};
use synfire_chip::cost::stage::Stage;
use synfire_chip::place::build::sum_bits;
use synfire_chip::place::traffic;
use synfire_chip::placing::{Objective, Order, Rates, Search};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_chip::run::program::StepEvents;
use synfire_core::arrival::Delays;
use synfire_core::weight::Dropped;
use synfire_core::width::reaches;

fn run(case: &Case, mapping: usize, threads: usize, dense_sweep: bool) -> Run<'_> {
    let mapping = &case.mappings[mapping];
    Run { network: &case.network, mapping, threads, dense_sweep, start: case.start }
}

/// What probes saw of a whole run, and the weights at its end, against the reference.
fn same(wanted: &Trace, found: &Trace, how: &str) -> Result<(), TestCaseError> {
    match wanted.first_difference(found) {
        None => Ok(()),
        Some(difference) => Err(TestCaseError::fail(format!("{how}: {difference}"))),
    }
}

/// The reference's columns that a run in one call can see.
fn probed(wanted: &Trace, found: &Trace) -> Trace {
    wanted.only(|column| found.columns.contains(column))
}

fn same_weights(case: &Case, machine: &Machine, wanted: &Trace) -> Result<(), TestCaseError> {
    let Some(last) = wanted.rows.len().checked_sub(1) else { return Ok(()) };
    for of in 0..case.network.projections.len() {
        let found: Vec<i64> = machine.weights(&case.network, of).into_iter().map(i64::from).collect();
        prop_assert_eq!(
            &found[..],
            wanted.values(last, Register::Weight, of),
            "weights of projection {}",
            of
        );
    }
    Ok(())
}

/// Invariants 1, 2, 3 and 6: the chip holds the reference's bits in every step, whatever the placement, the
/// threads, the row encoding and what is skipped; counts are the same for skipping and dense sweeps.
#[test]
fn every_register_equals_the_reference() {
    let activity = check_cases(1500, |case, activity| {
        let (wanted, totals) = reference(case);
        activity.with(|all| all.add(case, totals));
        let (found, chip) = run(case, 0, case.threads[0], false).step_by_step(&case.program);
        same(&wanted, &found, "event-driven, step by step")?;
        let counts = chip.counts();
        // A gated engine does less than the reference.
        let done = |row: &&Operation| !(row.gated && chip.machine.chip.learning_gated);
        let counted: Vec<&Operation> =
            OPERATIONS.iter().filter(|row| COUNTED.contains(&row.record)).collect();
        prop_assert_eq!(counted.len(), COUNTED.len(), "what the reference counts is an operation");
        for row in counted.into_iter().filter(done) {
            prop_assert_eq!((row.count)(&counts), (row.count)(&totals.counts), "{} counted", row.name);
        }
        if case.mappings[0].slices.len() == case.network.populations.len() {
            prop_assert_eq!(chip.machine.merged_events(), totals.merged, "merged events counted");
        }
        let (found, dense) = run(case, 0, 1, true).step_by_step(&case.program);
        same(&wanted, &found, "dense sweep, step by step")?;
        prop_assert_eq!(counts, dense.counts(), "counts of an event-driven run and of a dense sweep");
        let other = run(case, 1, case.threads[1], false);
        let mut chip = other.build();
        let found = other.at_once(&mut chip, &case.program);
        same(&probed(&wanted, &found), &found, "event-driven, at once, placed otherwise")?;
        prop_assert_eq!(
            chip.counts().core.neuron_updates,
            totals.counts.core.neuron_updates,
            "active neurons, placed otherwise"
        );
        same_weights(case, &chip.machine, &wanted)
    });
    activity.assert_not_vacuous();
    assert!(activity.stochastic > 0, "no stochastic neuron fired: {activity:?}");
    assert!(activity.mirrored_by("weight decay") > 0, "no mirrored weight decayed: {activity:?}");
    assert!(
        activity.mirrored_by("a filter") > 0,
        "no mirrored weight learned through a filter: {activity:?}"
    );
}

/// Invariants 2 and 6: counts depend on the placement, but on no number of threads.
#[test]
fn threads_change_no_count() {
    let activity = check_cases(200, |case, activity| {
        let (wanted, totals) = reference(case);
        activity.with(|all| all.add(case, totals));
        let mut counts = Vec::new();
        for threads in 1..=4 {
            let run = run(case, 1, threads, false);
            let mut chip = run.build();
            let found = run.at_once(&mut chip, &case.program);
            same(&probed(&wanted, &found), &found, "at once")?;
            same_weights(case, &chip.machine, &wanted)?;
            let loads = Stage::ALL.map(|stage| chip.costs.loads(stage).to_vec());
            counts.push((chip.costs.costs(), loads, chip.machine.merged_events()));
        }
        prop_assert_eq!(
            &counts[1..],
            &vec![counts[0].clone(); 3][..],
            "counts, times and loads of 2 to 4 threads and of one"
        );
        Ok(())
    });
    activity.assert_not_vacuous();
}

/// Invariant 2: a placement that a search by traffic found has the reference's bits, as any other.
#[test]
fn a_placement_by_traffic_changes_no_bit() {
    let moved = Tally::default();
    let activity = check_cases(40, |case, activity| {
        let (wanted, totals) = reference(case);
        activity.with(|all| all.add(case, totals));
        let (start, chip) = (&case.mappings[0], plain::mapping::chip(&case.network));
        let objective = if case.cut.is_multiple_of(2) { Objective::Hops } else { Objective::Link };
        let order = Order::Anneal { seed: case.network.seed, moves: Some(300) };
        let search = Search { order, objective, rates: Rates::default() };
        let mapping = &traffic::found(&case.network, &chip, start, &search)[0];
        moved.count(usize::from(mapping != start));
        let placed = Run { mapping, ..run(case, 0, case.threads[0], false) };
        let mut chip = placed.build();
        let found = placed.at_once(&mut chip, &case.program);
        same(&probed(&wanted, &found), &found, "at once, placed by traffic")?;
        same_weights(case, &chip.machine, &wanted)
    });
    assert!(moved.get() * 4 > activity.cases, "{} of {} were placed otherwise", moved.get(), activity.cases);
}

/// Invariant 7: saved at any step, loaded into a fresh chip, run on: bits and counts of never having stopped.
#[test]
fn a_checkpoint_goes_on_with_the_same_bits() {
    let activity = check_cases(400, |case, activity| {
        let (wanted, totals) = reference(case);
        activity.with(|all| all.add(case, totals));
        let whole = run(case, 0, case.threads[0], false);
        let mut chip = whole.build();
        whole.at_once(&mut chip, &case.program[..case.cut]);
        let early = chip.snapshot();
        let other = run(case, 0, case.threads[1], false);
        let mut second = restored(&other, &chip);
        let found = other.at_once(&mut second, &case.program[case.cut..]);
        same(&probed(&wanted, &found).from(case.cut), &found, "after a checkpoint")?;
        same_weights(case, &second.machine, &wanted)?;
        whole.at_once(&mut chip, &case.program[case.cut..]);
        prop_assert_eq!(chip.counts(), second.counts(), "counts after a checkpoint");
        prop_assert_eq!(chip.snapshot(), second.snapshot(), "state after a checkpoint");
        // A chip that already ran must not leave anything of it behind.
        chip.restore(early);
        let again = whole.at_once(&mut chip, &case.program[case.cut..]);
        same(&found, &again, "after a checkpoint into a used chip")?;
        prop_assert_eq!(chip.counts(), second.counts(), "counts of a used chip");
        Ok(())
    });
    activity.assert_not_vacuous();
}

/// Invariant 3: a chip that falls silent goes on exactly as the reference, which skips nothing, and a chip whose
/// registers came to rest stays at rest.
#[test]
fn silence_is_exact() {
    let at_rest = Tally::default();
    let activity = check_cases(200, |case, activity| {
        let mut case = case.clone();
        case.calm();
        case.program.extend(vec![StepEvents::default(); 150]);
        let (wanted, totals) = reference(&case);
        activity.with(|all| all.add(&case, totals));
        let last = wanted.rows.len() - 1;
        at_rest.count(usize::from(wanted.rows[last - 20] == wanted.rows[last]));
        for dense_sweep in [false, true] {
            let run = run(&case, 1, case.threads[0], dense_sweep);
            let mut chip = run.build();
            let found = run.at_once(&mut chip, &case.program);
            same(&probed(&wanted, &found), &found, "into silence")?;
            prop_assert_eq!(
                chip.counts().core.neuron_updates,
                totals.counts.core.neuron_updates,
                "active neurons, in silence"
            );
            same_weights(&case, &chip.machine, &wanted)?;
        }
        Ok(())
    });
    activity.assert_not_vacuous();
    assert!(at_rest.get() * 5 >= activity.cases, "{} of {activity:?} come to rest", at_rest.get());
}

/// Registers of Lava's past their width, and past 32 bits: the fast loops, which hold 32 bits where a proof allows it, and
/// the reference agree.
#[test]
fn registers_of_lava_agree_where_they_wrap() {
    let (beyond, wrapped) = (Tally::default(), Tally::default());
    check_cases(200, |case, _| {
        let mut case = case.clone();
        if !case.unleash() {
            return Ok(());
        }
        let (wanted, _) = reference(&case);
        for (of, population) in case.network.populations.iter().enumerate() {
            let bits = sum_bits(&case.network, of);
            let [current, membrane] = reaches(&case.network.datapath, &population.parameters, bits);
            for (register, reach) in [(Register::Current, current), (Register::Membrane, membrane)] {
                let largest = wanted.largest(|column| column.register == register && column.of == of);
                prop_assert!(
                    largest as u64 <= reach.register,
                    "{:?} {}: {} passes {:?}",
                    register,
                    of,
                    largest,
                    reach
                );
            }
        }
        let half = 1i64 << (case.network.datapath.state_width - 1);
        let largest =
            wanted.largest(|column| matches!(column.register, Register::Current | Register::Membrane));
        beyond.count(usize::from(largest > half));
        wrapped.count(usize::from(largest > (1 << 30) + 2 * half));
        for (mapping, dense_sweep) in [(0, false), (1, true)] {
            let (found, _) =
                run(&case, mapping, case.threads[mapping], dense_sweep).step_by_step(&case.program);
            same(&wanted, &found, "Lava's registers")?;
        }
        Ok(())
    });
    assert!(
        beyond.get() > 40 && wrapped.get() > 10,
        "{} past their width, {} at 32 bits",
        beyond.get(),
        wrapped.get()
    );
}

/// Projections of several sources that add to one port: their sum is shifted, not each of their sums.
#[test]
fn ports_of_several_projections_equal_the_reference() {
    let (joined, apart) = (Tally::default(), Tally::default());
    check_cases(60, |case, _| {
        let mut case = case.clone();
        let more = join_ports(&mut case.network);
        if more == 0 {
            return Ok(());
        }
        joined.count(more);
        let (wanted, _) = reference(&case);
        for (mapping, dense_sweep) in [(0, false), (1, true)] {
            let (found, _) =
                run(&case, mapping, case.threads[mapping], dense_sweep).step_by_step(&case.program);
            same(&wanted, &found, "one port of several projections")?;
        }
        // With a port each the sums are others.
        case.network.projections.iter_mut().for_each(|projection| projection.port_of = None);
        let (separate, _) = reference(&case);
        apart.count(usize::from(same(&wanted, &separate, "a port each").is_err()));
        Ok(())
    });
    assert!(joined.get() > 30 && apart.get() > 10, "{} join, {} differ", joined.get(), apart.get());
}

/// Weights whose bits are dropped toward zero, and spikes that take 64 steps, longer than the low bits of a step number a
/// ring's slots.
#[test]
fn rounding_toward_zero_and_the_longest_delay_equal_the_reference() {
    let (rounded, late) = (Tally::default(), Tally::default());
    check_cases(12, |case, _| {
        let mut case = case.clone();
        let rules = case.network.populations.iter().filter_map(|population| population.learning);
        let mirrored: Vec<u16> =
            rules.filter_map(|rule| rule.third_factor.mirrored()).map(|(projection, _)| projection).collect();
        for (number, projection) in (0..).zip(&mut case.network.projections) {
            projection.format.dropped = Dropped::TowardZero;
            let weights = projection.synapses.weights();
            let unit = 1 << projection.format.dropped_bits();
            let is_rounded = |weight: i32| weight < 0 && weight % unit != 0;
            rounded.count((0..weights.len()).filter(|at| is_rounded(weights.get(*at))).count());
            if !mirrored.contains(&number) && matches!(projection.delays, Delays::Same(_)) {
                projection.delays = Delays::Same(64);
                late.count(1);
            }
        }
        let program = case.program.clone();
        case.program =
            program.iter().cycle().take(program.len().max(1).next_multiple_of(140)).cloned().collect();
        let (wanted, _) = reference(&case);
        for (mapping, dense_sweep) in [(0, false), (1, true)] {
            let (found, _) =
                run(&case, mapping, case.threads[mapping], dense_sweep).step_by_step(&case.program);
            same(&wanted, &found, "toward zero, and late")?;
        }
        Ok(())
    });
    assert!(
        rounded.get() > 100 && late.get() > 5,
        "{} weights lose bits, {} projections are late",
        rounded.get(),
        late.get()
    );
}

/// A retire trace has the reference's values, and the same bytes event-driven, dense, placed otherwise, with any threads and
/// after an interruption, in both forms; of all registers and of those that are compared first.
#[test]
fn a_retire_trace_has_the_same_bytes_in_every_run() {
    let (traced, changed) = (Tally::default(), Tally::default());
    check_cases(120, |case, _| {
        for (registers, form) in
            [(TracedRegisters::All, TraceFormFile::Text), (TracedRegisters::Compared, TraceFormFile::Binary)]
        {
            let Some(traces) = Traces::of(case, &registers, form) else { continue };
            let wanted = traces.of_reference(case);
            traced.count(1);
            changed.count(usize::from(traces.has_changes(case)));
            for (mapping, threads, dense_sweep) in [(0, 1, false), (0, 2, true), (1, 3, false)] {
                let found = traces.of_run(&run(case, mapping, threads, dense_sweep), case, &[case.cut]);
                prop_assert_eq!(first_difference(&wanted, &found), None, "{} threads", threads);
            }
            let found = traces.of_run(&run(case, 1, case.threads[1], false), case, &[]);
            prop_assert_eq!(first_difference(&wanted, &found), None, "in one piece");
        }
        Ok(())
    });
    assert!(
        traced.get() > 80 && changed.get() * 8 > traced.get(),
        "{} traces, {} with changes",
        traced.get(),
        changed.get()
    );
}

/// A probe of some neurons, in some steps, shows what a probe of all shows there.
#[test]
fn a_probe_may_look_at_less() {
    check_cases(100, |case, _| {
        let (wanted, _) = reference(case);
        let run = run(case, 0, case.threads[0], false);
        let mut machine = run.build().machine;
        let of = case.network.populations.len() - 1;
        let neurons: Vec<u32> = (0..case.network.populations[of].neurons).rev().step_by(3).collect();
        let (from, until) = (case.start + 2, case.start + 2 + case.cut as u64);
        let every = case.threads[1] as u64;
        let probe = Probe { target: of, variable: Variable::Membrane, neurons, from, until, every };
        let mut recorder = Recorder::new(vec![probe.clone()], &machine.nodes);
        let options = RunOptions { threads: case.threads[0], interrupt: None };
        machine.run(&case.program, options, &mut recorder).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let recording = recorder.take().remove(0);
        let end = until.min(case.start + case.program.len() as u64);
        let steps: Vec<u64> = (from..end).step_by(every as usize).collect();
        prop_assert_eq!(&recording.steps, &steps);
        for (row, step) in steps.into_iter().enumerate() {
            let all = wanted.values((step - case.start) as usize, Register::Membrane, of);
            let some: Vec<i32> = probe.neurons.iter().map(|neuron| all[*neuron as usize] as i32).collect();
            prop_assert_eq!(recording.row(row), &some[..], "step {}", step);
        }
        Ok(())
    });
}
