//! What tables are made of: a run's detail by the cycle model, in random stages, on random networks and designs.

use super::plain::case::{Case, Tally, check_cases};
use super::{built, design, number};
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};
use std::collections::BTreeMap;
use synfire_chip::chip::{Chip, PacketBits, TimeModel};
use synfire_chip::cost::cycle::design::{Ending, Send};
use synfire_chip::cost::cycle::model::Cycle;
use synfire_chip::cost::cycle::totals::{Bound, Link, Totals};
use synfire_chip::cost::cycle::units::{Unit, Wait};
use synfire_chip::cost::detail::{Detail, LinkDetail, LinkLoad, StepDetail};
use synfire_chip::cost::ledger::Ledger;
use synfire_chip::cost::models::Models;
use synfire_chip::cost::stage::{Costs, Stage};
use synfire_chip::cost::time;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_router::network::config::Multicast;

/// Where the stages of a case's program change.
fn stages(case: &Case) -> Vec<(Stage, usize)> {
    let (steps, seed) = (case.program.len(), case.network.seed as usize);
    let first = Stage::ALL[seed % 3];
    // Back to the first at the end: the steps of a stage need not be neighbours.
    vec![(first, case.cut), (Stage::ALL[(seed + 1) % 3], (case.cut + steps) / 2), (first, steps)]
}

/// What is told of the case's run by these models.
struct Told {
    detail: Detail,
    costs: Costs,
    chip: Chip,
}

/// Runs the case from stage to stage, going on in a fresh machine and models after the first, where `resumes` says so.
fn told(
    case: &Case,
    model: TimeModel,
    threads: usize,
    window: usize,
    resumes: bool,
    change: impl Fn(&mut Chip),
) -> Told {
    let fresh = || -> (Machine, Models) {
        let machine = built(case, |chip| {
            change(chip);
            chip.time_model = model;
        });
        let mut models = Models::new(&machine);
        models.keep_window(window);
        (machine, models)
    };
    let (mut machine, mut models) = fresh();
    let mut from = 0;
    for (stage, until) in stages(case) {
        models.enter(stage);
        let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
        let options = RunOptions { threads, interrupt: None };
        models.run(&mut machine, &case.program[from..until], options, &mut recorder).expect("it runs");
        if resumes && from == 0 {
            let bytes = postcard::to_stdvec(&(machine.snapshot(), models.snapshot())).expect("serialises");
            let (chip, saved) = postcard::from_bytes(&bytes).expect("and comes back");
            (machine, models) = fresh();
            machine.restore(chip).expect("of the same shape");
            models.restore(&saved).expect("of the same shape");
        }
        from = until;
    }
    let detail = models.detail(&machine, &case.network);
    Told { detail, costs: models.costs(), chip: machine.chip.clone() }
}

/// Everything that the cycle model alone says of the same run, every step kept.
fn totals(case: &Case, change: impl Fn(&mut Chip)) -> Totals {
    let mut machine = built(case, change);
    let mut cycle = Cycle::new(&machine);
    cycle.keep(0..u64::MAX);
    let mut from = 0;
    for (stage, until) in stages(case) {
        cycle.enter(stage);
        super::run(&mut machine, &case.program[from..until], 1, &mut cycle);
        from = until;
    }
    cycle.totals()
}

/// The last steps are those of the model, and with what came before them the run.
fn steps_are_the_run(told: &Told, totals: &Totals) -> Result<(), TestCaseError> {
    let Told { detail, costs, .. } = told;
    let kept = totals.kept.steps();
    for (step, kept) in detail.steps.iter().zip(&kept[kept.len() - detail.steps.len()..]) {
        let of = kept.times;
        prop_assert_eq!((step.step, step.stage), (of.step, of.stage));
        let parts = |step: &StepDetail| [step.core_ps, step.network_ps, step.barrier_ps];
        prop_assert_eq!(parts(step), [of.core_ps, of.network_ps, of.barrier_ps]);
        let critical = of.critical_core.filter(|_| of.core_ps > 0);
        prop_assert_eq!(step.core.map(u32::from), critical);
        let held = step.link.map(|critical| (critical.link, critical.load));
        prop_assert_eq!(held, of.critical_link.map(|(link, ps)| (link, LinkLoad::Held(ps))));
        let packet = matches!(step.bound, time::Bound::Packet { .. });
        prop_assert_eq!(packet, matches!(of.bound, Some(Bound::Packet(_))));
        prop_assert_eq!(step.bound != time::Bound::Nothing, step.network_ps > 0);
    }
    for stage in Stage::ALL {
        let elapsed = costs.of(stage).elapsed;
        prop_assert_eq!(detail.elapsed.of(stage), &elapsed);
        prop_assert_eq!(elapsed, totals.of(stage).elapsed);
        let steps = || detail.steps.iter().filter(|step| step.stage == stage);
        let before = detail.earlier.of(stage).elapsed;
        let time: u128 = steps().map(|step| u128::from(step.total_ps())).sum();
        prop_assert_eq!(time + before.total_ps, elapsed.total_ps);
        prop_assert_eq!(steps().count() as u64 + before.steps, elapsed.steps);
        for core in &detail.cores {
            let machine = core.machine.as_ref().expect("the cycle model ran").of(stage);
            let work = *core.work_ps.of(stage);
            prop_assert_eq!(work + u128::from(machine.times.waited(Wait::Others)), elapsed.total_ps);
            // Phases follow one another, but lookups, traces and packets that arrive, which may be beside them.
            for (unit, name) in Unit::ALL {
                prop_assert!(u128::from(machine.times.busy(unit)) <= work, "{name}");
            }
        }
        let last: u64 = detail
            .cores
            .iter()
            .map(|core| core.machine.as_ref().expect("the cycle model ran").of(stage).critical)
            .sum();
        prop_assert!(last <= elapsed.steps);
    }
    Ok(())
}

/// What was counted of a link in a stage.
fn flits(link: &LinkDetail, stage: Stage) -> u64 {
    link.flow.as_ref().map_or(0, |flow| flow.of(stage).counts.flits)
}

/// Flits that leave a router came to it; no link is held longer than the steps last. Returns packets that arrived.
fn links_are_whole(told: &Told) -> Result<u64, TestCaseError> {
    let Told { detail, chip, .. } = told;
    let copies = chip.noc.as_ref().is_some_and(|noc| noc.config.multicast != Multicast::Repeated);
    let Some(latency) = &detail.latency else {
        prop_assert!(detail.links.iter().all(|link| link.flow.is_none()));
        return Ok(0);
    };
    let mut arrived = 0;
    for stage in Stage::ALL {
        let mut routers = BTreeMap::<u32, [u64; 2]>::new();
        let elapsed = detail.elapsed.of(stage).total_ps;
        for link in &detail.links {
            let flow = link.flow.as_ref().expect("a simulated network").of(stage);
            prop_assert!(flow.held_ps <= elapsed, "{:?}", link);
            prop_assert_eq!(flow.held_ps > 0, flow.counts.flits > 0);
            let by_channel = &flow.counts.channels;
            let whole = by_channel.iter().map(|own| own.flits).sum::<u64>() == flow.counts.flits;
            prop_assert!(by_channel.is_empty() || whole, "{:?}", link);
            let peaks = by_channel.iter().map(|own| own.peak);
            let (most, all) = (peaks.clone().max().unwrap_or(0), peaks.sum::<u32>());
            prop_assert!(most <= flow.counts.peak, "{:?}", link);
            prop_assert!(by_channel.is_empty() || flow.counts.peak <= all, "{:?}", link);
            // What passes without waiting need not be seen.
            prop_assert!(u64::from(flow.counts.peak) <= flow.counts.flits);
            let (from, to) = (link.from, link.to);
            if !matches!(link.link, Link::From(_)) {
                routers.entry(from).or_default()[1] += flow.counts.flits;
            }
            if !matches!(link.link, Link::To(_)) {
                routers.entry(to).or_default()[0] += flow.counts.flits;
            }
        }
        for (router, [came, left]) in routers {
            let whole = if copies { came <= left } else { came == left };
            prop_assert!(whole, "router {router}: {came} came, {left} left");
        }
        let into = detail.links.iter().filter(|link| matches!(link.link, Link::To(_)));
        let taken: u64 = into.map(|link| flits(link, stage)).sum();
        let packets = latency.of(stage).number;
        prop_assert_eq!(packets > 0, taken > 0);
        prop_assert!(packets <= taken);
        arrived += packets;
    }
    Ok(arrived)
}

/// Tables of a run by the cycle model are the model's; of both, the analytic one's with the other beside; by any number of
/// threads, and through a checkpoint.
#[test]
fn a_detail_is_what_the_models_say() {
    let (arrived, windows) = (Tally::default(), Tally::default());
    check_cases(120, |case, _| {
        let change = |chip: &mut Chip| design(chip, number(case));
        let totals = totals(case, change);
        for window in [0, 3, case.program.len()] {
            let cycle = told(case, TimeModel::Cycle, case.threads[0], window, false, change);
            prop_assert_eq!(cycle.detail.steps.len(), window.min(case.program.len()));
            if window > 0 {
                steps_are_the_run(&cycle, &totals)?;
                let packets = links_are_whole(&cycle)?;
                arrived.count(packets as usize);
                windows.count(1);
                let ledger = Ledger::of(&cycle.detail, &cycle.chip);
                let steps: u128 = ledger.steps.iter().flat_map(|row| &row.amounts).map(|of| of.nominal).sum();
                let cores: u128 = ledger.cores.iter().map(|row| row.total().nominal).sum();
                prop_assert_eq!(steps, cores);
            }
            let again = told(case, TimeModel::Cycle, case.threads[1], window, true, change);
            prop_assert_eq!(
                &again.detail,
                &cycle.detail,
                "other threads, interrupted; the last {} steps",
                window
            );
            let both = told(case, TimeModel::Both, case.threads[1], window, true, change);
            let analytic = told(case, TimeModel::Analytic, 1, window, false, change);
            beside(&both.detail, &analytic.detail, &cycle.detail)?;
        }
        Ok(())
    });
    assert!(arrived.get() > 1000 && windows.get() > 200, "{} packets", arrived.get());
}

/// Whatever copies packets on their way, the packets that the analytic model counts on a link are those whose flits passed it.
#[test]
fn both_models_count_the_same_packets_on_every_link() {
    let copied = Tally::default();
    check_cases(200, |case, _| {
        let number = number(case);
        let both = told(case, TimeModel::Both, case.threads[0], 0, false, |chip| {
            design(chip, number);
            chip.core.barrier = Ending::Wires;
            let Some(noc) = &mut chip.noc else { return };
            noc.config.multicast = [Multicast::Repeated, Multicast::Tree, Multicast::Path][number % 13 % 3];
            noc.packets = PacketBits { spike: 24, error: 24, target: 24, control: 24, barrier: 24 };
        });
        let between = |link: &&LinkDetail| !matches!(link.link, Link::From(_) | Link::To(_));
        for link in both.detail.links.iter().filter(between) {
            for stage in Stage::ALL {
                prop_assert_eq!(flits(link, stage), link.loads.of(stage).packets, "{:?}", link);
                let copies = both.chip.noc.iter().any(|noc| noc.config.multicast != Multicast::Repeated);
                copied.count(usize::from(copies && flits(link, stage) > 0));
            }
        }
        Ok(())
    });
    assert!(copied.get() > 50, "{} links with copies", copied.get());
}

/// Of both models times are the analytic one's; what the other one knows stands beside them.
fn beside(both: &Detail, analytic: &Detail, cycle: &Detail) -> Result<(), TestCaseError> {
    let parts = |step: &StepDetail| [step.core_ps, step.network_ps, step.barrier_ps];
    let others: Vec<_> = both.steps.iter().map(|step| step.other).collect();
    let wanted: Vec<_> = cycle.steps.iter().map(|step| Some(parts(step))).collect();
    prop_assert_eq!(others, wanted);
    for stage in Stage::ALL {
        let before = cycle.earlier.of(stage).elapsed.total_ps;
        prop_assert_eq!(both.earlier.of(stage).other_ps, Some(before));
        prop_assert_eq!(both.earlier.of(stage).elapsed, analytic.earlier.of(stage).elapsed);
    }
    let mut plain = both.clone();
    (plain.cycle_ps, plain.latency) = (None, None);
    plain.steps.iter_mut().for_each(|step| step.other = None);
    Stage::ALL.iter().for_each(|stage| plain.earlier.of_mut(*stage).other_ps = None);
    plain.cores.iter_mut().for_each(|core| core.machine = None);
    plain.links.iter_mut().for_each(|link| link.flow = None);
    plain.links.retain(|link| Stage::ALL.iter().any(|stage| link.loads.of(*stage).packets > 0));
    prop_assert_eq!(&plain, analytic);
    prop_assert_eq!(&both.links, &cycle.links);
    prop_assert_eq!(&both.latency, &cycle.latency);
    let machines = |detail: &Detail| detail.cores.iter().map(|core| core.machine.clone()).collect::<Vec<_>>();
    prop_assert_eq!(machines(both), machines(cycle));
    Ok(())
}

/// Where gated work moves packets, a step is run twice; links count its packets once.
#[test]
fn packets_of_a_step_count_once_whatever_is_gated() {
    let seen = Tally::default();
    check_cases(200, |case, _| {
        let number = number(case);
        let gates = |gated: bool| {
            told(case, TimeModel::Cycle, 1, 0, false, |chip| {
                design(chip, number);
                chip.core.send = [Send::AsMade, Send::AfterCores][number % 2];
                chip.core.barrier = [Ending::Messages, Ending::Wires][number % 2];
                chip.learning_gated = gated;
            })
        };
        let (gated, whole) = (gates(true), gates(false));
        let flits = |told: &Told| {
            let all = told.detail.links.iter();
            all.map(|link| (link.link, Stage::ALL.map(|stage| flits(link, stage)))).collect::<Vec<_>>()
        };
        prop_assert_eq!(flits(&gated), flits(&whole));
        let packets =
            |told: &Told| told.detail.latency.clone().map(|of| Stage::ALL.map(|at| of.of(at).number));
        prop_assert_eq!(packets(&gated), packets(&whole));
        let shorter =
            |stage: &Stage| gated.costs.of(*stage).elapsed.total_ps < whole.costs.of(*stage).elapsed.total_ps;
        seen.count(usize::from(Stage::ALL.iter().any(shorter)));
        Ok(())
    });
    assert!(seen.get() > 5, "gates saved time in {} cases", seen.get());
}
