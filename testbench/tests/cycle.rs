//! The cycle model against the analytic one and against itself, on the random networks, programs and placements of
//! `plain`.

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

#[path = "cycle/tables.rs"]
mod tables;

use plain::case::{Case, Tally, check_cases};
use plain::engine::Run;
use proptest::test_runner::TestCaseError;
use proptest::{prop_assert, prop_assert_eq};
use synfire_chip::chip::{Chip, Noc, PacketBits, RowService, Time};
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::cycle::design::{CoreDesign, Ending, First, NetworkModel, Ports, Rows, Send, Stages};
use synfire_chip::cost::cycle::model::Cycle;
use synfire_chip::cost::cycle::totals::{KeptStep, Totals};
use synfire_chip::cost::cycle::units::{Unit, Wait};
use synfire_chip::cost::stage::Stage;
use synfire_chip::cost::time::Elapsed;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::observer::Observer;
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::StepEvents;
use synfire_router::network::config::{ChannelSet, Config, Multicast, Pipeline};

fn run(machine: &mut Machine, program: &[StepEvents], threads: usize, model: &mut impl Observer) {
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = RunOptions { threads, interrupt: None };
    assert_eq!(machine.run_observed(program, options, &mut recorder, model).expect("it runs"), program.len());
}

fn built(case: &Case, change: impl FnOnce(&mut Chip)) -> Machine {
    let mapping = &case.mappings[0];
    let mut machine =
        Run { network: &case.network, mapping, threads: 1, dense_sweep: false, start: case.start }
            .build()
            .machine;
    change(&mut machine.chip);
    machine
}

/// Everything that the cycle model says of a run by one worker; every step is kept.
fn simulated(case: &Case, change: impl FnOnce(&mut Chip)) -> Totals {
    let mut machine = built(case, change);
    let mut cycle = Cycle::new(&machine);
    cycle.keep(0..u64::MAX);
    run(&mut machine, &case.program, 1, &mut cycle);
    let totals = cycle.totals();
    assert_eq!(totals.problem, None);
    assert_eq!(totals.kept.steps().len(), case.program.len());
    totals
}

/// A design, and a network of its own, that a number chooses.
fn design(chip: &mut Chip, number: usize) {
    let clock = chip.timing.clock_ps.expect("a synchronous chip");
    let pick = |at: usize, of: usize| number / [1, 2, 4, 8, 16, 32, 64, 192, 576, 1728][at] % of;
    chip.core = CoreDesign {
        first: [First::Arrivals, First::Phases][pick(0, 2)],
        rows: [Rows::Aligned, Rows::Packed][pick(1, 2)],
        lookup: [Stages::Serial, Stages::Overlapped][pick(2, 2)],
        learning: [Stages::Serial, Stages::Overlapped][pick(3, 2)],
        ports: [Ports::Shared, Ports::Own][pick(4, 2)],
        send: [Send::AsMade, Send::AfterCores][pick(5, 2)],
        arrival_queue: [Some(1), Some(2), None][pick(6, 3)],
        output_queue: [Some(1), Some(3), None][pick(7, 3)],
        barrier: [Ending::Wires, Ending::Messages][pick(9, 2)],
        ..CoreDesign::unstated(Some(clock))
    };
    chip.timing.packet_in_ps = Time::Picoseconds([0, 1, 5][pick(8, 3)] * clock);
    if number.is_multiple_of(5) {
        return;
    }
    let channels = 1 + number as u32 % 2;
    let mut config =
        Config::mesh(2, 2, [Pipeline::TWO, Pipeline::FOUR][number % 7 % 2], channels, 1 + number as u32 % 4);
    (config.cores_per_router, config.io_routers, config.flit_bits) = (2, vec![0], 32);
    config.classes = vec![ChannelSet::first(channels); 5];
    config.multicast = [Multicast::Repeated, Multicast::Tree][number % 11 % 2];
    let packets = PacketBits { spike: 24, error: 40, target: 64, control: 16, barrier: 8 };
    if config.check().and_then(|()| config.check_copies(1)).is_ok() {
        chip.noc =
            Some(Noc { config, link_classes: vec!["link".to_owned()], class_costs: Vec::new(), packets });
    }
}

/// A number of a case's own.
fn number(case: &Case) -> usize {
    (case.network.seed as usize).wrapping_mul(7919) + case.cut * 31 + case.program.len()
}

/// Nothing waits, nothing overlaps: the formula, on every step, and with clock-gated engines over every run.
#[test]
fn without_waiting_it_is_the_analytic_model() {
    let long = Tally::default();
    check_cases(300, |case, _| {
        let ideal = |chip: &mut Chip| chip.core = CoreDesign::ideal();
        let totals = simulated(case, ideal);
        let mut machine = built(case, ideal);
        let mut costs = Analytic::new(&machine);
        costs.keep_steps();
        run(&mut machine, &case.program, case.threads[0], &mut costs);
        let figures = |of: Elapsed| (of.steps, of.total_ps, of.wall_ps, of.longest_ps, of.overruns);
        let elapsed = totals.of(Stage::Inference).elapsed;
        prop_assert_eq!(figures(elapsed), figures(costs.costs().inference.elapsed));
        for (one, other) in costs.take_steps().iter().zip(totals.kept.steps()) {
            prop_assert_eq!(one.time.total_ps(), other.times.total_ps, "gated, step {}", one.step);
        }
        let whole = simulated(case, |chip| {
            ideal(chip);
            chip.learning_gated = false;
        });
        let mut machine = built(case, |chip| {
            ideal(chip);
            chip.learning_gated = false;
        });
        let mut costs = Analytic::new(&machine);
        costs.keep_steps();
        run(&mut machine, &case.program, 1, &mut costs);
        for (one, other) in costs.take_steps().iter().zip(whole.kept.steps()) {
            prop_assert_eq!(one.time.total_ps(), other.times.total_ps, "step {}", one.step);
            prop_assert_eq!(one.time.core_ps, other.times.core_ps, "step {}", one.step);
            prop_assert_eq!(Some(u32::from(one.critical_core.0)), other.times.critical_core);
            long.count(usize::from(one.time.network_ps > 0));
        }
        Ok(())
    });
    assert!(long.get() > 1000, "{} steps with packets", long.get());
}

/// Whatever worked, and whatever link was held, a step is no shorter; a core's phases are what they did and waited for.
#[test]
fn a_step_is_never_shorter_than_what_was_busy_in_it() {
    let (waited, linked) = (Tally::<[u64; Wait::ALL.len()]>::default(), Tally::default());
    check_cases(300, |case, _| {
        let number = number(case);
        let totals = simulated(case, |chip| {
            design(chip, number);
            chip.service.rows = [RowService::AtUse, RowService::AtArrival][number % 13 % 2];
        });
        for KeptStep { times, cores, .. } in totals.kept.steps() {
            for core in cores {
                for (unit, name) in Unit::ALL {
                    prop_assert!(core.times.busy(unit) <= times.total_ps, "{name} of core {}", core.core);
                }
                let end = core.done_ps.max(core.marked_ps);
                prop_assert_eq!(end + core.times.waited(Wait::Others), times.total_ps);
                waited.with(|all| all.iter_mut().zip(core.times.waits).for_each(|(sum, ps)| *sum += ps));
            }
            let link = times.critical_link.map_or(0, |link| link.1);
            prop_assert!(link <= times.total_ps);
            linked.count(usize::from(link > 0));
            prop_assert_eq!(times.core_ps + times.network_ps + times.barrier_ps, times.total_ps);
            prop_assert_eq!(times.core_ps, cores.iter().map(|core| core.done_ps).max().unwrap_or(0));
        }
        Ok(())
    });
    for ((_, name), ps) in Wait::ALL.iter().zip(waited.get()) {
        assert!(ps > 0, "nothing ever waited for {name}");
    }
    assert!(linked.get() > 1000, "{} steps with packets", linked.get());
}

/// The same figures by any number of workers, and after a checkpoint in fresh machines and models.
#[test]
fn figures_depend_neither_on_workers_nor_on_checkpoints() {
    check_cases(150, |case, _| {
        let number = number(case);
        let wanted = simulated(case, |chip| design(chip, number));
        for threads in [2, 3] {
            let mut machine = built(case, |chip| design(chip, number));
            let mut cycle = Cycle::new(&machine);
            cycle.keep(0..u64::MAX);
            run(&mut machine, &case.program, threads, &mut cycle);
            prop_assert_eq!(&cycle.totals(), &wanted, "{} workers", threads);
        }
        let mut machine = built(case, |chip| design(chip, number));
        let mut cycle = Cycle::new(&machine);
        cycle.keep(0..u64::MAX);
        run(&mut machine, &case.program[..case.cut], case.threads[0], &mut cycle);
        let bytes = postcard::to_stdvec(&(machine.snapshot(), cycle.snapshot())).expect("serialises");
        let (chip, model) = postcard::from_bytes(&bytes).expect("and comes back");
        let mut machine = built(case, |chip| design(chip, number));
        machine.restore(chip).map_err(TestCaseError::fail)?;
        let mut cycle = Cycle::new(&machine);
        cycle.restore(&model).map_err(TestCaseError::fail)?;
        run(&mut machine, &case.program[case.cut..], case.threads[1], &mut cycle);
        prop_assert_eq!(cycle.totals(), wanted);
        Ok(())
    });
}

/// A change for the better, by name.
type Better = (&'static str, fn(&mut Chip));

/// Changes for the better, whatever the network.
const BETTER: [Better; 5] = [
    ("twice the synapse lanes", |chip| chip.timing.synapse_lanes *= 2),
    ("twice the learning lanes", |chip| chip.timing.learning_lanes *= 2),
    ("a port for each", |chip| chip.core.ports = Ports::Own),
    ("a deeper arrival queue", |chip| {
        chip.core.arrival_queue = chip.core.arrival_queue.map(|depth| depth + 3)
    }),
    ("a deeper output queue", |chip| chip.core.output_queue = chip.core.output_queue.map(|depth| depth + 3)),
];

/// Steps that a change made shorter and longer, and by how much the longest was.
#[derive(Clone, Copy, Debug, Default)]
struct Moved {
    shorter: u64,
    longer: u64,
    most_ps: u64,
}

impl Moved {
    /// Compares two runs; shows a step that is longer than any before.
    #[expect(clippy::print_stdout, reason = "anomalies are shown")]
    fn add(&mut self, name: &str, before: &Totals, after: &Totals) {
        for (one, other) in before.kept.steps().iter().zip(after.kept.steps()) {
            let (one, other) = (one.times, other.times);
            self.shorter += u64::from(other.total_ps < one.total_ps);
            self.longer += u64::from(other.total_ps > one.total_ps);
            let more = other.total_ps.saturating_sub(one.total_ps);
            if more > self.most_ps {
                println!("{name}: {more} ps longer: {one:?}, then {other:?}");
                self.most_ps = more;
            }
        }
    }
}

/// Where every unit has its own port, and packets their own ways, more lanes never lengthen a step; neither do ports.
#[test]
fn without_sharing_more_is_never_longer() {
    let moved = Tally::<[Moved; 3]>::default();
    check_cases(200, |case, _| {
        let number = number(case);
        let plain = |chip: &mut Chip| {
            design(chip, number);
            chip.core.network = NetworkModel::Ideal;
            chip.service.rows = [RowService::AtUse, RowService::AtArrival][number % 13 % 2];
        };
        let alone = |chip: &mut Chip| {
            plain(chip);
            chip.core.ports = Ports::Own;
        };
        let (shared, own) = (simulated(case, plain), simulated(case, alone));
        let after = [&BETTER[0], &BETTER[1]].map(|(name, better)| {
            let totals = simulated(case, |chip| {
                alone(chip);
                better(chip);
            });
            (name, totals)
        });
        let all = moved.with(|all| {
            all[2].add("a port for each", &shared, &own);
            all.iter_mut().zip(&after).for_each(|(moved, (name, after))| moved.add(name, &own, after));
            *all
        });
        prop_assert!(all.iter().all(|moved| moved.longer == 0), "{:?}", all);
        Ok(())
    });
    assert!(moved.get().iter().all(|moved| moved.shorter > 0), "nothing is ever shorter: {:?}", moved.get());
}

/// Packets that come sooner may meet others at a router or at a port, and one that waits there may be the last: such steps
/// are shown, and must be few.
#[test]
#[expect(clippy::print_stdout, reason = "anomalies are shown")]
fn where_packets_meet_anomalies_are_few() {
    let further: [Better; 2] = [
        ("deeper buffers", |chip| {
            if let Some(noc) = &mut chip.noc {
                noc.config.depth += 4;
                noc.config.ejection_depth += 4;
            }
        }),
        ("wider flits", |chip| {
            if let Some(noc) = &mut chip.noc {
                noc.config.flit_bits *= 2;
                noc.config.links.iter_mut().for_each(|link| link.bits *= 2);
                noc.config.local.bits *= 2;
            }
        }),
    ];
    let moved = Tally::<[Moved; 7]>::default();
    check_cases(150, |case, _| {
        let number = number(case);
        let before = simulated(case, |chip| design(chip, number));
        let changes = BETTER.iter().chain(&further);
        for (index, (name, better)) in changes.enumerate() {
            let after = simulated(case, |chip| {
                design(chip, number);
                better(chip);
            });
            moved.with(|all| all[index].add(name, &before, &after));
        }
        Ok(())
    });
    for ((name, _), moved) in BETTER.iter().chain(&further).zip(moved.get()) {
        println!("{name}: {moved:?}");
        assert!(moved.longer * 10 <= moved.shorter.max(10), "{name}: {moved:?}");
    }
}
