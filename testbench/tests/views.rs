//! The ledger's views: every view of a random network's run, in random stages, sums to the bill, to the attojoule; steps
//! and what came before them are the run; and all of it depends neither on threads nor on interruptions.

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

use plain::case::{Case, Tally, check_cases};
use plain::engine::Run;
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};
use std::path::Path;
use synfire_chip::chip::{Chip, PowerClock, StaticPower};
use synfire_chip::cost::amount::Amount;
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::detail::{Counted, Detail};
use synfire_chip::cost::energy::{Bill, Powered};
use synfire_chip::cost::ledger::{Ledger, Owner};
use synfire_chip::cost::stage::{Costs, Spent, Stage};
use synfire_chip::files::load_chip;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_chip::technology::{Figure, Kind};

/// Where the stages of a case's program change.
fn stages(case: &Case) -> Vec<(Stage, usize)> {
    let (steps, seed) = (case.program.len(), case.network.seed as usize);
    let first = Stage::ALL[seed % 3];
    // Back to the first at the end: the steps of a stage need not be neighbours.
    vec![(first, case.cut), (Stage::ALL[(seed + 1) % 3], (case.cut + steps) / 2), (first, steps)]
}

/// Chips that differ in what they draw all the time, and in whether prices are composed.
fn priced(mut chip: Chip, seed: u32) -> Chip {
    match seed % 4 {
        0 => {
            let composed = load_chip("small", Path::new(".")).expect("a preset");
            (chip.technology, chip.energy) = (composed.technology, composed.energy);
            if let Some(technology) = &mut chip.technology {
                technology.clock = if seed.is_multiple_of(8) { PowerClock::Busy } else { PowerClock::Wall };
                technology.unused_gated = seed.is_multiple_of(3);
            }
        }
        1 => chip.timing.tick_ps = Some(2_000_000),
        _ => {
            let (source, unused_gated) = ("test".to_owned(), seed.is_multiple_of(3));
            let clock = if seed.is_multiple_of(8) { PowerClock::Busy } else { PowerClock::Wall };
            let microwatts = Figure { low: 5, nominal: 7, high: 11, kind: Kind::Assumed };
            chip.energy.core_static = StaticPower::Stated { microwatts, source, clock, unused_gated };
        }
    }
    chip
}

struct Ran {
    machine: Machine,
    costs: Analytic,
    /// Spikes of each population.
    spikes: Vec<u64>,
}

fn built(case: &Case, threads: usize, window: usize) -> Ran {
    let mapping = &case.mappings[0];
    let run = Run { network: &case.network, mapping, threads, dense_sweep: false, start: case.start };
    let mut machine = run.build().machine;
    machine.chip = priced(machine.chip.clone(), case.network.seed);
    let mut costs = Analytic::new(&machine);
    costs.keep_window(window);
    Ran { machine, costs, spikes: vec![0; case.network.populations.len()] }
}

/// Runs the case from stage to stage, going on in a fresh machine and model after the first, where `resumes` says so.
fn run(case: &Case, threads: usize, window: usize, resumes: bool) -> Ran {
    let mut ran = built(case, threads, window);
    let mut from = 0;
    for (stage, until) in stages(case) {
        let Ran { machine, costs, spikes } = &mut ran;
        costs.enter(stage);
        let probes = (0..spikes.len()).map(|of| Probe::all(&case.network, of, Variable::Spikes)).collect();
        let mut recorder = Recorder::new(probes, &machine.nodes);
        let options = RunOptions { threads, interrupt: None };
        machine.run_observed(&case.program[from..until], options, &mut recorder, costs).expect("it runs");
        for (sum, recording) in spikes.iter_mut().zip(recorder.take()) {
            let fired = (0..recording.steps.len()).flat_map(|row| recording.row(row).to_vec());
            *sum += fired.filter(|fired| *fired != 0).count() as u64;
        }
        if resumes && from == 0 {
            let mut fresh = built(case, threads, window);
            fresh.machine.restore(machine.snapshot()).expect("of the same shape");
            fresh.costs.restore(&costs.snapshot()).expect("of the same shape");
            fresh.spikes.clone_from(spikes);
            ran = fresh;
        }
        from = until;
    }
    ran
}

fn bill(chip: &Chip, spent: &Spent, cores: usize) -> Bill {
    let powered = Powered { used: cores, all: chip.mesh.cores(), drawn: spent.drawn() };
    Bill::of(&chip.prices(&spent.widths), &spent.counts, &powered)
}

fn amount(bill: &Bill) -> Amount {
    let ((low, high), assumed) = (bill.ends(), bill.assumed());
    Amount { nominal: bill.total(), low, high, assumed }
}

/// Every view is the bill, stage by stage and component by component.
fn views_are_the_bill(ran: &Ran, detail: &Detail, costs: &Costs) -> Result<(), TestCaseError> {
    let chip = &ran.machine.chip;
    let ledger = Ledger::of(detail, chip);
    let mut whole = Amount::default();
    for stage in Stage::ALL {
        let bill = bill(chip, costs.of(stage), detail.cores.len());
        whole += amount(&bill);
        let by_component = bill.by_component();
        let rows = |rows: Vec<(Stage, &Vec<Amount>)>| {
            let own = rows.into_iter().filter(|(of, _)| *of == stage);
            own.fold(vec![Amount::default(); ledger.components.len()], |mut sums, (_, amounts)| {
                sums.iter_mut().zip(amounts).for_each(|(sum, amount)| *sum += *amount);
                sums
            })
        };
        let of = |view: &[synfire_chip::cost::ledger::Row]| {
            rows(view.iter().map(|row| (row.stage, &row.amounts)).collect())
        };
        let views = [
            ("stages", rows(ledger.stages.iter().map(|(stage, amounts)| (*stage, amounts)).collect())),
            ("cores", of(&ledger.cores)),
            ("populations", of(&ledger.populations)),
            ("layers", of(&ledger.layers)),
            ("steps", rows(ledger.steps.iter().map(|row| (row.stage, &row.amounts)).collect())),
        ];
        for (name, sums) in views {
            prop_assert_eq!(sums.iter().copied().sum::<Amount>(), amount(&bill), "{} in {:?}", name, stage);
            for (component, sum) in ledger.components.iter().zip(sums) {
                prop_assert_eq!(
                    sum.nominal,
                    by_component[component],
                    "{} of {} in {:?}",
                    component,
                    name,
                    stage
                );
            }
        }
    }
    prop_assert_eq!(amount(&bill(chip, &costs.whole(), detail.cores.len())), whole, "stages are the run");
    Ok(())
}

fn summed<'a>(parts: impl Iterator<Item = &'a Counted>) -> Counted {
    parts.fold(Counted::from(&NodeCounts::default()), |mut sum, part| {
        sum.0.iter_mut().zip(&part.0).for_each(|(sum, part)| *sum += part);
        sum
    })
}

/// Steps and what came before, cores and the host, links: each is the run.
fn details_are_the_run(case: &Case, ran: &Ran, detail: &Detail, costs: &Costs) -> Result<(), TestCaseError> {
    for stage in Stage::ALL {
        let Spent { counts, elapsed, .. } = costs.of(stage);
        let steps = || detail.steps.iter().filter(|step| step.stage == stage);
        let before = detail.earlier.of(stage);
        let wanted = Counted::from(counts);
        let in_steps = steps().map(|step| &step.counts).chain([&before.counts]);
        prop_assert_eq!(&summed(in_steps), &wanted, "{:?}", stage);
        let in_cores = detail.cores.iter().flat_map(|core| core.counts(stage));
        prop_assert_eq!(&summed(in_cores.chain([detail.host.of(stage)])), &wanted, "{:?}", stage);
        let time: u128 = steps().map(|step| u128::from(step.total_ps())).sum();
        prop_assert_eq!(time + before.elapsed.total_ps, elapsed.total_ps, "{:?}", stage);
        prop_assert_eq!(steps().count() as u64 + before.elapsed.steps, elapsed.steps);
        let longest = steps().map(|step| step.total_ps()).max().unwrap_or(0).max(before.elapsed.longest_ps);
        prop_assert_eq!(longest, elapsed.longest_ps);
        let packets: u64 = detail.links.iter().map(|link| link.loads.of(stage).packets).sum();
        prop_assert_eq!(packets, counts.hops_x + counts.hops_y);
        let peak = detail.links.iter().map(|link| link.loads.of(stage).peak).max().unwrap_or(0);
        prop_assert_eq!(peak, costs.of(stage).busiest_link);
        // No core is longer at work than the steps last.
        prop_assert!(detail.cores.iter().all(|core| *core.work_ps.of(stage) <= elapsed.total_ps));
    }
    for (population, spikes) in ran.spikes.iter().enumerate() {
        let slices = detail.cores.iter().flat_map(|core| &core.slices);
        let own = slices.filter(|slice| slice.population as usize == population);
        let own: Vec<Counted> =
            own.map(|slice| summed(Stage::ALL.iter().map(|stage| slice.counts.of(*stage)))).collect();
        let own = summed(own.iter());
        prop_assert_eq!(own.of("core.spikes"), *spikes, "population {}", population);
        let neurons = u64::from(detail.populations[population].neurons);
        prop_assert_eq!(own.of("core.neuron_accesses"), neurons * case.program.len() as u64);
    }
    Ok(())
}

#[test]
fn views_sum_to_the_bill_and_details_to_the_run() {
    let activity = check_cases(200, |case, activity| {
        let (_, totals) = plain::case::reference(case);
        activity.with(|all| all.add(case, totals));
        for window in [0, 3, case.program.len()] {
            let ran = run(case, case.threads[0], window, false);
            let detail = ran.costs.detail(&ran.machine, &case.network);
            prop_assert_eq!(detail.steps.len(), window.min(case.program.len()));
            let costs = ran.costs.costs();
            if window > 0 {
                views_are_the_bill(&ran, &detail, &costs)?;
                details_are_the_run(case, &ran, &detail, &costs)?;
            }
            let again = run(case, case.threads[1], window, true);
            let again = again.costs.detail(&again.machine, &case.network);
            prop_assert_eq!(&again, &detail, "other threads, interrupted; the last {} steps", window);
        }
        Ok(())
    });
    activity.assert_not_vacuous();
}

/// Of two populations in one core what it draws is nobody's alone; hops are the network's.
#[test]
fn what_has_no_owner_is_a_row_of_its_own() {
    let (shared, network, unused) = (Tally::default(), Tally::default(), Tally::default());
    check_cases(100, |case, _| {
        let ran = run(case, 1, 2, false);
        let detail = ran.costs.detail(&ran.machine, &case.network);
        let ledger = Ledger::of(&detail, &ran.machine.chip);
        let populations = |core: u16| {
            let core = detail.cores.iter().find(|own| own.core == core).expect("a core in use");
            let mut populations: Vec<u32> = core.slices.iter().map(|slice| slice.population).collect();
            populations.dedup();
            populations.len()
        };
        let hops = ["hop_x", "hop_y"];
        for row in &ledger.populations {
            let own = ledger.components.iter().zip(&row.amounts).filter(|(_, amount)| amount.nominal > 0);
            let components: Vec<&str> = own.map(|(component, _)| *component).collect();
            match row.owner {
                Owner::Shared(core) => {
                    prop_assert!(populations(core) > 1);
                    prop_assert!(components.iter().all(|component| *component == "core_static"));
                    shared.count(components.len());
                }
                Owner::Network => {
                    prop_assert!(components.iter().all(|component| hops.contains(component)));
                    network.count(components.len());
                }
                Owner::Unused => unused.count(components.len()),
                _ => prop_assert!(components.iter().all(|component| !hops.contains(component))),
            }
        }
        Ok(())
    });
    let seen = [shared, network, unused].map(|components| components.get());
    assert!(seen.iter().all(|components| *components > 0), "{seen:?}");
}
