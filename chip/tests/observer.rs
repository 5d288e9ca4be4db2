//! The seam between function and cost: the law of its imports, and costs worked by hand.

mod files_common;

use files_common::{chip, digits_with, load};
use std::path::Path;
use synfire_chip::chip::{Chip, Noc, Outputs, PacketBits};
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::barrier::Barrier;
use synfire_chip::cost::prices::Time;
use synfire_chip::cost::stage::{Spent, Stage};
use synfire_chip::files::{NetworkOverrides, network_from_text};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{Control, Injection, Program, StepEvents, StimulusSpike};
use synfire_router::network::config::{Config, Pipeline};
use synfire_router::network::shape::Shape;
use synfire_router::topology::Hops;

/// Time of an operation on the chips of these tests, 10 ns.
const CYCLE: u64 = 10_000;

#[test]
fn a_run_imports_no_cost() {
    let room = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/run");
    let mut files = 0;
    for entry in std::fs::read_dir(room).expect("the room") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("text");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            let names = line.contains("crate::cost") || line.contains("super::cost");
            assert!(!names && !line.contains("::cost::"), "{}: {line}", path.display());
        }
        files += 1;
    }
    assert!(files >= 8, "{files} files: is the room still there?");
}

/// Nine populations of one neuron on a mesh of 4 x 3 tiles of one core; population `k` sits on tile `k`.
fn mesh() -> Chip {
    let mut chip = chip("small");
    chip.limits.neurons = 1;
    (chip.mesh.columns, chip.mesh.rows, chip.mesh.cores_per_tile, chip.mesh.io_tile) = (4, 3, 1, (0, 0));
    let t = &mut chip.timing;
    for time in [&mut t.axon_event_ps, &mut t.synapse_word_ps, &mut t.neuron_access_ps, &mut t.packet_out_ps]
    {
        *time = Time::Picoseconds(0);
    }
    t.barrier = Barrier::fixed(0);
    (t.link_packet_ps, t.port_packet_ps) = (Time::Unpublished, Time::Unpublished);
    chip.host.outputs = Outputs::Stay;
    (t.hop_x_ps, t.hop_y_ps) = (Time::Picoseconds(CYCLE), Time::Picoseconds(100 * CYCLE));
    chip
}

/// Population 0 is driven by the input and projects onto each of `to`.
fn machine(to: &[u32]) -> Machine {
    let neuron = "(current_decay: 0, membrane_decay: 0, threshold: 0.5, reset: SubtractNow)";
    let population = |k: u32| format!("(name: \"p{k}\", neurons: 1, neuron: {neuron}),");
    let projection = |name: String, from: &str, to: u32| {
        format!(
            "(name: \"{name}\", from: \"{from}\", to: \"p{to}\", connect: OneToOne, weights: Constant(1), \
             store: (bits: 8, fraction: 6)),"
        )
    };
    let populations: String = (0..9).map(population).collect();
    let mut projections = projection("drive".to_owned(), "in", 0);
    projections.extend(to.iter().map(|to| projection(format!("to{to}"), "p0", *to)));
    let text = format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 1)], populations: [{populations}], \
         projections: [{projections}])"
    );
    let chip = mesh();
    let none = NetworkOverrides::default();
    let network = network_from_text("mesh", &text, Path::new(""), &chip, &none).expect("it loads");
    Machine::new(&network, &chip).expect("it fits")
}

fn run(machine: &mut Machine, costs: &mut Analytic, program: &[StepEvents]) {
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    machine.run_observed(program, RunOptions::default(), &mut recorder, costs).expect("it runs");
}

/// One spike of the input in the first of five steps.
fn spike() -> Program {
    let mut program = vec![StepEvents::default(); 5];
    program[0].spikes.push(StimulusSpike { input: 0, neuron: 0, count: 1 });
    program
}

fn inference(machine: &mut Machine, program: &[StepEvents]) -> Spent {
    let mut costs = Analytic::new(machine);
    run(machine, &mut costs, program);
    costs.costs().inference
}

/// A hop along Y takes as long as a hundred along X: the way with the most hops is not the one that takes the longest.
#[test]
fn the_dearest_way_is_paid_not_the_longest() {
    for (to, cycles) in [(&[3][..], 3), (&[8], 200), (&[3, 8], 200), (&[8, 3], 200)] {
        let spent = inference(&mut machine(to), &spike());
        assert_eq!(spent.elapsed.longest_ps, cycles * CYCLE, "to {to:?}");
        assert_eq!(spent.counts.spike_packets, to.len() as u64);
    }
    let spent = inference(&mut machine(&[3, 8]), &spike());
    assert_eq!((spent.counts.hops_x, spent.counts.hops_y), (3, 2));
    assert_eq!(spent.elapsed.total_ps, u128::from(200 * CYCLE), "nothing else takes time here");
}

/// On a torus the western edge is a hop from the eastern one, the northern from the southern.
#[test]
fn a_chip_pays_the_ways_of_its_shape() {
    let shape = Shape::Torus { columns: 4, rows: 3 };
    let config = Config { shape, ..Config::mesh(4, 3, Pipeline::TWO, 2, 8) };
    let packets = PacketBits { spike: 64, error: 64, target: 64, control: 64, barrier: 64 };
    for (to, cycles) in [(&[3][..], 1), (&[8], 100), (&[2], 2)] {
        let mut machine = machine(to);
        machine.chip.noc = Some(Noc {
            config: config.clone(),
            link_classes: vec!["link".to_owned()],
            class_costs: Vec::new(),
            packets,
        });
        let spent = inference(&mut machine, &spike());
        assert_eq!(spent.elapsed.longest_ps, cycles * CYCLE, "to {to:?}");
        assert_eq!((spent.counts.spike_packets, spent.busiest_link), (1, 1));
    }
}

#[test]
fn links_are_loaded_by_the_ways_over_them() {
    let mut machine = machine(&[1, 3, 7, 8]);
    let topology = machine.chip.topology();
    let mut costs = Analytic::new(&machine);
    run(&mut machine, &mut costs, &spike());
    let loads = costs.loads(Stage::Inference);
    let load = |from: (u32, u32), to: (u32, u32)| {
        let [from, to] = [from, to].map(|(column, row)| row * u32::from(topology.columns) + column);
        let link = (0..topology.links()).find(|link| topology.ends(*link) == Some((from, to)));
        loads[link.expect("a link")].packets
    };
    assert_eq!(load((0, 0), (1, 0)), 3, "to tiles 1, 3 and 7");
    assert_eq!((load((1, 0), (2, 0)), load((2, 0), (3, 0)), load((3, 0), (3, 1))), (2, 2, 1));
    assert_eq!((load((0, 0), (0, 1)), load((0, 1), (0, 2)), load((1, 0), (0, 0))), (1, 1, 0));
    assert_eq!(costs.costs().inference.busiest_link, 3);
    assert_eq!(topology.way((0, 0), (3, 1)).hops, Hops { x: 3, y: 1 });
}

/// Three events of a neuron are one packet, whether they are stated as one entry of three or as three of one; so are
/// currents.
#[test]
fn a_packet_carries_all_that_its_neuron_gets_in_a_step() {
    let spikes = |counts: &[u8]| {
        let mut program = vec![StepEvents::default(); 2];
        program[0].spikes =
            counts.iter().map(|&count| StimulusSpike { input: 0, neuron: 0, count }).collect();
        let current = |&count| Injection { population: 7, neuron: 0, value: i32::from(count) };
        program[0].injections = counts.iter().map(current).collect();
        program
    };
    let [whole, cut] = [&[3][..], &[1, 1, 1]].map(|counts| inference(&mut machine(&[3]), &spikes(counts)));
    assert_eq!((whole.counts.stimulus_packets, whole.counts.injection_packets), (1, 1));
    assert_eq!((whole.counts, whole.elapsed), (cut.counts, cut.elapsed));
}

/// Control events go to every core, an injected current to one; both pay their ways from the I/O tile.
#[test]
fn packets_of_the_host_pay_their_way() {
    let mut program = vec![StepEvents::default(); 2];
    program[0].control.push(Control::Clear);
    let mut machine = machine(&[3]);
    let spent = inference(&mut machine, &program);
    // Tiles 0 to 8 of rows of 4: columns 0 to 3, 0 to 3, 0; rows 0, 1, 2.
    let counts = spent.counts;
    assert_eq!((counts.control_packets, counts.hops_x, counts.hops_y), (9, 12, 6));
    assert_eq!(spent.elapsed.longest_ps, 200 * CYCLE, "to tile 8; tile 7 takes 103");
    assert_eq!(spent.busiest_link, 6, "columns 1 to 3 of two rows");
    program[0].control.clear();
    program[1].injections.push(Injection { population: 7, neuron: 0, value: 0 });
    let spent = inference(&mut machine, &program);
    assert_eq!((spent.counts.injection_packets, spent.counts.hops_x, spent.counts.hops_y), (1, 3, 1));
    assert_eq!(spent.counts.packets(), 1);
    assert_eq!(spent.elapsed.longest_ps, 103 * CYCLE);
}

/// Symmetric feedback has the bits of a mirror and none of its work: its weights come from another core, one a channel of
/// each third factor.
#[test]
fn symmetric_feedback_pays_for_its_weights_not_for_a_mirror() {
    let learnt = |form: &str| {
        let third_factor = format!("third_factor: {form}(projection: \"hidden_readout\", shift: 14),");
        let text = digits_with("third_factor: Feedback(draw: Sign, shift: 1),", &third_factor);
        let text = text.replace("seed: 7,", "seed: 7, allow_nonlocal: true,");
        let network = load(&text).unwrap_or_else(|problems| panic!("{problems}"));
        let mut machine = Machine::new(&network, &files_common::paper()).expect("it fits");
        let mut program = vec![StepEvents::default(); 12];
        program[0].control.extend([Control::Learn(true), Control::Target { channel: 3, value: 30_000 }]);
        for events in &mut program {
            events.spikes = (0..65).map(|neuron| StimulusSpike { input: 0, neuron, count: 1 }).collect();
        }
        let spent = inference(&mut machine, &program);
        (spent.counts, machine.weights(&network, 1))
    };
    let ((mirror, mirrored), (symmetric, brought)) = (learnt("Mirror"), learnt("Symmetric"));
    assert_eq!(mirrored, brought);
    let (mirror, symmetric) = (mirror.learning, symmetric.learning);
    assert_eq!((mirror.transported_weights, mirror.trace_updates), (0, 12 * 128));
    // The first errors arrive in the second of twelve steps.
    assert_eq!((symmetric.transported_weights, symmetric.trace_updates), (11 * 128 * 10, 0));
    assert_eq!(symmetric.third_factors, mirror.third_factors);
    // The mirror does the readout's updates of these weights once more.
    assert!(mirror.weight_updates > symmetric.weight_updates && symmetric.weight_updates > 0);
}

#[test]
fn stages_have_figures_of_their_own() {
    let mut machine = machine(&[3, 8]);
    let mut costs = Analytic::new(&machine);
    costs.enter(Stage::Training);
    run(&mut machine, &mut costs, &spike());
    costs.enter(Stage::Inference);
    run(&mut machine, &mut costs, &vec![StepEvents::default(); 4]);
    let by_stage = costs.costs();
    assert_eq!(by_stage.training.elapsed.longest_ps, 200 * CYCLE);
    assert_eq!((by_stage.inference.elapsed.longest_ps, by_stage.inference.elapsed.steps), (0, 4));
    assert_eq!(by_stage.test, Spent::default());
    assert_eq!(by_stage.whole().counts.core.neuron_accesses, 9 * 9);
    assert_eq!(by_stage.inference.counts.core.neuron_accesses, 9 * 4);
    assert!(costs.loads(Stage::Inference).iter().all(|load| load.packets == 0));
}

#[test]
fn a_state_of_another_model_or_machine_is_refused() {
    let machine = machine(&[3]);
    let mut costs = Analytic::new(&machine);
    let one = load(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 1)], populations: [(name: \"p\", neurons: 1, \
         neuron: (current_decay: 0, membrane_decay: 0, threshold: 0.5))], projections: [])",
    );
    let small = Machine::new(&one.expect("it loads"), &chip("paper")).expect("it fits");
    let refused = costs.restore(&Analytic::new(&small).snapshot()).expect_err("another shape");
    assert_eq!(refused, "costs of 1 cores, 9 here");
    let other = synfire_chip::run::checkpoint::ModelState::of("cycles", &0u8);
    let refused = costs.restore(&other).expect_err("another model");
    assert_eq!(refused, "a state of the cost model `cycles`, not of `analytic`");
    assert_eq!(costs.restore(&costs.snapshot()), Ok(()));
}
