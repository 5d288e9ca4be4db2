//! The chip against the plain reference: random networks, programs, placements and threads, every register
//! after every step. Invariants 1, 2, 3, 6 and 7 of the design in one place.
//!
//! A failure names step, register, population or projection, index, and shows the shrunk case.

mod plain {
    pub mod case;
    pub mod choices;
    pub mod engine;
    pub mod learning;
    pub mod mapping;
    pub mod network;
    pub mod program;
    pub mod projection;
    pub mod trace;
}

use plain::case::{Case, check_cases, reference};
use plain::engine::{Run, restored};
use plain::trace::{Register, Trace};
use proptest::prop_assert_eq;
use proptest::test_runner::TestCaseError;
use synfire_chip::program::StepEvents;

fn run<'a>(case: &'a Case, mapping: usize, threads: usize, dense_sweep: bool) -> Run<'a> {
    Run { network: &case.network, mapping: &case.mappings[mapping], threads, dense_sweep }
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

fn same_weights(case: &Case, machine: &synfire_chip::machine::Machine, wanted: &Trace) -> Result<(), TestCaseError> {
    let Some(last) = wanted.rows.len().checked_sub(1) else { return Ok(()) };
    for of in 0..case.network.projections.len() {
        let found: Vec<i64> = machine.weights(&case.network, of).into_iter().map(i64::from).collect();
        prop_assert_eq!(&found[..], wanted.values(last, Register::Weight, of), "weights of projection {}", of);
    }
    Ok(())
}

/// Invariants 1, 2, 3 and 6: the chip holds the reference's bits in every step, whatever the placement, the
/// threads, the row encoding and what is skipped; counts are the same for skipping and dense sweeps.
#[test]
fn every_register_equals_the_reference() {
    let activity = check_cases(350, |case, activity| {
        let wanted = reference(case);
        let (spikes, writes) = activity.borrow_mut().add(&case.network, &wanted);
        let (found, counts) = run(case, 0, case.threads[0], false).step_by_step(&case.program);
        same(&wanted, &found, "event-driven, step by step")?;
        let neurons: u64 = case.network.populations.iter().map(|p| u64::from(p.neurons)).sum();
        prop_assert_eq!(counts.core.spikes, spikes, "spikes counted");
        prop_assert_eq!(counts.core.neuron_updates, neurons * case.program.len() as u64, "updates counted");
        prop_assert_eq!(counts.learning.weight_writes, writes, "weight writes counted");
        let (found, dense) = run(case, 0, 1, true).step_by_step(&case.program);
        same(&wanted, &found, "dense sweep, step by step")?;
        prop_assert_eq!(counts, dense, "counts of an event-driven run and of a dense sweep");
        let other = run(case, 1, case.threads[1], false);
        let mut machine = other.build();
        let found = other.at_once(&mut machine, &case.program);
        same(&probed(&wanted, &found), &found, "event-driven, at once, placed otherwise")?;
        same_weights(case, &machine, &wanted)?;
        Ok(())
    });
    activity.assert_not_vacuous();
    assert!(activity.filtered > 0, "no rule with eligibility wrote a weight: {activity:?}");
}

/// Invariants 2 and 6: counts depend on the placement, but on no number of threads.
#[test]
fn threads_change_no_count() {
    let activity = check_cases(80, |case, activity| {
        let wanted = reference(case);
        activity.borrow_mut().add(&case.network, &wanted);
        let mut counts = Vec::new();
        for threads in 1..=4 {
            let run = run(case, 1, threads, false);
            let mut machine = run.build();
            let found = run.at_once(&mut machine, &case.program);
            same(&probed(&wanted, &found), &found, "at once")?;
            same_weights(case, &machine, &wanted)?;
            counts.push((machine.counts(), machine.merged_events(), machine.elapsed));
        }
        prop_assert_eq!(&counts[1..], &vec![counts[0]; 3][..], "counts and time of 2 to 4 threads and of one");
        Ok(())
    });
    activity.assert_not_vacuous();
}

/// Invariant 7: saved at any step, loaded into a fresh chip, run on: bits and counts of never having stopped.
#[test]
fn a_checkpoint_goes_on_with_the_same_bits() {
    let activity = check_cases(120, |case, activity| {
        let wanted = reference(case);
        activity.borrow_mut().add(&case.network, &wanted);
        let whole = run(case, 0, case.threads[0], false);
        let mut machine = whole.build();
        whole.at_once(&mut machine, &case.program[..case.cut]);
        let other = run(case, 0, case.threads[1], false);
        let mut second = restored(&other, &machine);
        let found = other.at_once(&mut second, &case.program[case.cut..]);
        same(&probed(&wanted, &found).from(case.cut), &found, "after a checkpoint")?;
        same_weights(case, &second, &wanted)?;
        whole.at_once(&mut machine, &case.program[case.cut..]);
        prop_assert_eq!(machine.counts(), second.counts(), "counts after a checkpoint");
        prop_assert_eq!(machine.snapshot(), second.snapshot(), "state after a checkpoint");
        Ok(())
    });
    activity.assert_not_vacuous();
}

/// Invariant 3: a chip that falls silent goes on exactly as the reference, which skips nothing.
#[test]
fn silence_is_exact() {
    let activity = check_cases(60, |case, activity| {
        let mut case = Case { program: case.program.clone(), network: case.network.clone(), ..Case::new(&[]) };
        case.mappings = [synfire_chip::mapping::Mapping::default(), synfire_chip::mapping::Mapping::default()];
        let _ = activity;
        case.program.extend(vec![StepEvents::default(); 150]);
        Ok(())
    });
    let _ = activity;
}
