//! Placement by traffic: costs that are kept are those that are computed, placements are legal, and what is found is good.

use crate::placement::modules::{Draw, mesh, network};
use proptest::prelude::*;
use std::path::Path;
use std::time::Instant;
use synfire_chip::chip::{Chip, HostPort, Outputs};
use synfire_chip::cost::models::Models;
use synfire_chip::cost::ways::{Sources, Ways};
use synfire_chip::files::{NetworkOverrides, network_from_text};
use synfire_chip::network::{Network, Source};
use synfire_chip::place::mapping::{self, Mapping};
use synfire_chip::place::traffic;
use synfire_chip::place::traffic::anneal::Annealing;
use synfire_chip::place::traffic::flows::Flows;
use synfire_chip::place::traffic::greedy;
use synfire_chip::place::traffic::layout::{Cost, Layout};
use synfire_chip::place::traffic::single::Single;
use synfire_chip::placing::{Objective, Order, Rates, Rest, Search};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::StepEvents;
use synfire_router::loads::{Differences, Load};

/// One spike of every neuron.
fn alike(_: Source, _: u32) -> u64 {
    1
}

/// A chip of a drawn shape, and a small network on it that has inputs, outputs, and loads that stay where they are.
fn drawn(seed: u64) -> (Network, Chip) {
    let mut draw = Draw(seed);
    let mesh = (2 + draw.below(4) as u16, 2 + draw.below(4) as u16);
    drawn_on(draw, mesh)
}

fn drawn_on(mut draw: Draw, (columns, rows): (u16, u16)) -> (Network, Chip) {
    let mut chip = crate::files_common::chip("paper");
    (chip.mesh.columns, chip.mesh.rows) = (columns, rows);
    chip.mesh.cores_per_tile = 1 + draw.below(3) as u16;
    chip.mesh.io_tile = (0, 0);
    chip.limits.neurons = 4;
    chip.host.outputs = if draw.below(2) == 0 { Outputs::Stay } else { Outputs::Leave };
    if draw.below(2) == 0 {
        chip.host.ports = vec![HostPort::ideal((0, 0)), HostPort::ideal((columns - 1, rows - 1))];
    }
    let cores = chip.mesh.cores() as u64;
    let populations = 2 + draw.below(3);
    let neurons: Vec<u64> = (0..populations).map(|_| 1 + draw.below(2 * cores / populations)).collect();
    let population = |(of, neurons): (usize, &u64)| {
        let neuron = "neuron: (current_decay: 0, membrane_decay: 0, threshold: 1)";
        format!("(name: \"p{of}\", neurons: {neurons}, {neuron})")
    };
    let list: Vec<String> = neurons.iter().enumerate().map(population).collect();
    let sits = if draw.below(2) == 0 { format!(", cores: [{}]", draw.below(cores)) } else { String::new() };
    let projections: Vec<String> = (0..2 + draw.below(5))
        .map(|of| {
            let from = match draw.below(populations + 1) {
                0 => "in".to_owned(),
                of => format!("p{}", of - 1),
            };
            let to = draw.below(populations);
            let targets = 1 + draw.below(neurons[to as usize].min(4));
            format!(
                "(name: \"c{of}\", from: \"{from}\", to: \"p{to}\", connect: Random(targets: {targets}), \
                 weights: Constant(0.5), store: (bits: 4, fraction: 3))"
            )
        })
        .collect();
    let stated = match draw.below(3) {
        0 => format!("placement: (slices: [(population: \"p0\", count: 1, core: {})])", draw.below(cores)),
        _ => String::new(),
    };
    let text = format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 3{sits})], populations: [{}], projections: [{}], \
         {stated})",
        list.join(", "),
        projections.join(", ")
    );
    let network = network_from_text("drawn", &text, Path::new(""), &chip, &NetworkOverrides::default());
    (network.unwrap_or_else(|problems| panic!("{problems}\n{text}")), chip)
}

/// What one spike of every neuron and channel costs by the machine's routes: hops, and the most loaded link.
fn routed(network: &Network, chip: &Chip, mapping: &Mapping) -> Cost {
    let machine = Machine::with_mapping(network, chip, mapping.clone()).expect("a legal placement");
    let ways = Ways::of(&machine);
    let topology = chip.topology();
    let mut sums = Differences::default();
    let mut hops = 0;
    let mut add = |sources: &Sources| {
        for class in &sources.class_of {
            let class = &sources.classes[*class as usize];
            hops += class.hops.0 + class.hops.1;
            sums.add(&topology, &class.links, 1);
        }
    };
    ways.nodes.iter().flat_map(|node| &node.slices).chain(&ways.inputs).for_each(&mut add);
    let busiest = sums.settle(&mut vec![Load::default(); topology.links()]);
    Cost { most: busiest.map_or(0, |busiest| busiest.packets), hops }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// After any exchanges the cost that is kept is the one that is computed anew, which is that of the machine's routes; a
    /// change that is foretold is the one that comes; loads that are stated stay, and every placement is legal.
    #[test]
    fn kept_costs_are_the_routes(seed in any::<u64>(), exchanges in 1usize..40) {
        let (network, chip) = drawn(seed);
        let Ok(start) = mapping::map(&network, &chip) else { return Ok(()) };
        let flows = Flows::of(&network, &chip, &start, &alike);
        let mut layout = Layout::new(&flows, &chip, Objective::Link);
        prop_assert_eq!(layout.cost(), routed(&network, &chip, &start), "where it begins");
        let mut draw = Draw(seed ^ 1);
        let movable: Vec<usize> = (0..layout.loads()).filter(|load| layout.moves(*load)).collect();
        if movable.is_empty() || layout.open().is_empty() {
            return Ok(());
        }
        for _ in 0..exchanges {
            let load = movable[draw.below(movable.len() as u64) as usize];
            let site = layout.open()[draw.below(layout.open().len() as u64) as usize];
            let (before, change, from) = (layout.cost(), layout.hops_by(load, site), layout.site(load));
            layout.exchange(load, site);
            prop_assert_eq!(layout.cost().hops as i64, before.hops as i64 + change);
            prop_assert_eq!(layout.cost(), layout.cost_anew());
            if draw.below(4) == 0 {
                layout.exchange(load, from);
                prop_assert_eq!(layout.cost(), before, "taken back");
            }
        }
        let moved = layout.mapping(&start);
        mapping::check(&network, &chip, &moved).expect("what moves stays legal");
        for (before, after) in start.slices.iter().zip(&moved.slices) {
            let stated = network.placing.of(before.population).any(|stated| stated.first == before.first);
            prop_assert!(!stated || before.core == after.core, "stated, and moved");
        }
        prop_assert_eq!(layout.cost(), routed(&network, &chip, &moved), "where it ends");
        prop_assert_eq!(layout.of_objective(Objective::Hops).cost().hops, layout.cost().hops);
    }

    /// Single slices: what is kept is what the machine's routes have, no core holds more than it can, what is stated stays, and
    /// what is found is never worse.
    #[test]
    fn single_slices_move_where_there_is_room(seed in any::<u64>(), steps in 1usize..60, link in any::<bool>()) {
        let (network, chip) = drawn(seed);
        let Ok(start) = mapping::map(&network, &chip) else { return Ok(()) };
        let objective = if link { Objective::Link } else { Objective::Hops };
        let settings = (objective, seed as u32, 400);
        let single = |moves: &Mapping| Single::new(&network, &chip, moves, &alike, settings);
        let Some(mut walked) = single(&start) else { return Ok(()) };
        let cost = |of: &Mapping| {
            let Cost { most, hops } = routed(&network, &chip, of);
            Cost { most: if link { most } else { 0 }, hops }
        };
        prop_assert_eq!(walked.cost(), cost(&start), "where it begins");
        for _ in 0..steps {
            walked.step();
        }
        let moved = walked.mapping(&start);
        mapping::check(&network, &chip, &moved).expect("no core holds more than it can, groups are whole");
        prop_assert_eq!(walked.cost(), cost(&moved), "where it is");
        for (before, after) in start.slices.iter().zip(&moved.slices) {
            prop_assert_eq!((before.population, before.first, before.len), (after.population, after.first, after.len));
            let stated = network.placing.of(before.population).any(|stated| stated.first == before.first);
            prop_assert!(!stated || before.core == after.core, "stated, and moved");
            let named = network.placing.stated.iter().any(|stated| stated.cores.contains(&after.core.0));
            prop_assert!(before.core == after.core || !named, "onto a core that is somebody's");
        }
        let mut whole = single(&start).expect("as before");
        let begun = whole.figure();
        prop_assert_eq!(whole.advance(u64::MAX), 0);
        let best = whole.best_figure();
        let mut parts = single(&start).expect("as before");
        while parts.advance(7) > 0 {}
        let found = whole.finish(&start);
        prop_assert_eq!(&found, &parts.finish(&start));
        mapping::check(&network, &chip, &found).expect("a legal placement");
        let again = Single::new(&network, &chip, &found, &alike, settings).expect("slices can move");
        prop_assert!(best <= begun && again.figure() == best);
    }

    /// What is found is legal, never worse than in order, the same for the same seed, and however the moves are dealt out.
    #[test]
    fn what_is_found_is_never_worse(seed in any::<u64>(), link in any::<bool>()) {
        let (network, chip) = drawn(seed);
        let Ok(start) = mapping::map(&network, &chip) else { return Ok(()) };
        let flows = Flows::of(&network, &chip, &start, &alike);
        let objective = if link { Objective::Link } else { Objective::Hops };
        let layout = Layout::new(&flows, &chip, objective);
        let greedy = greedy::placed(layout.clone());
        prop_assert!(greedy.figure() <= layout.figure());
        let mut whole = Annealing::new(layout.clone(), seed as u32, 600);
        prop_assert_eq!(whole.advance(u64::MAX), 0);
        let mut parts = Annealing::new(layout.clone(), seed as u32, 600);
        while parts.advance(7) > 0 {}
        prop_assert_eq!(whole.best_layout().cores(), parts.best_layout().cores());
        let found = whole.finish();
        prop_assert!(found.figure() <= greedy.figure());
        prop_assert_eq!(found.cost(), found.cost_anew());
        mapping::check(&network, &chip, &found.mapping(&start)).expect("a legal placement");
    }
}

/// Ways around a torus are no differences of columns and rows.
#[test]
fn ways_around_a_torus_are_walked() {
    let text = "(format: \"synfire-chip/1\", extends: \"small\", mesh: (columns: 4, rows: 4, cores_per_tile: 1), noc: (
        shape: Torus, flit_bits: 64, channels: 2, depth: 8, link: (bits: 64, latency: 1, credit_latency: 1),
        pipeline: (lookahead: true, speculative: true, traversal: 1),
        packets: (spike: 64, error: 64, target: 64, control: 64, barrier: 64)))";
    let torus = synfire_chip::files::chip_from_text("torus", text, Path::new(""));
    let torus = torus.unwrap_or_else(|problems| panic!("{problems}"));
    for seed in 0..6 {
        let (network, mut chip) = drawn_on(Draw(seed), (4, 4));
        (chip.mesh.cores_per_tile, chip.noc) = (1, torus.noc.clone());
        let Ok(start) = mapping::map(&network, &chip) else { continue };
        let layout = Layout::new(&Flows::of(&network, &chip, &start, &alike), &chip, Objective::Link);
        assert_eq!(layout.cost(), routed(&network, &chip, &start));
    }
}

/// A row of three cores for four neurons each, and populations of two beside inputs at its ends.
fn ends_of_a_row(populations: &str) -> (Network, Chip) {
    let mut chip = crate::files_common::chip("paper");
    (chip.mesh.columns, chip.mesh.rows, chip.mesh.cores_per_tile, chip.mesh.io_tile) = (3, 1, 1, (0, 0));
    (chip.limits.neurons, chip.host.outputs) = (4, Outputs::Stay);
    let neuron = "neuron: (current_decay: 0, membrane_decay: 0, threshold: 1)";
    let projection = |from: &str, to: &str| {
        format!(
            "(name: \"{from}_{to}\", from: \"{from}\", to: \"{to}\", connect: AllToAll, weights: Constant(0.5), \
             store: (bits: 4, fraction: 3))"
        )
    };
    let listed: Vec<String> =
        populations.split(' ').map(|name| format!("(name: \"{name}\", neurons: 2, {neuron})")).collect();
    let inputs = "(name: \"west\", neurons: 2, cores: [0]), (name: \"east\", neurons: 2, cores: [2])";
    let text = format!(
        "(format: \"synfire-network/1\", inputs: [{inputs}], populations: [{}], projections: [{}, {}, {}])",
        listed.join(", "),
        projection("west", "w"),
        projection("east", "e"),
        projection("east", "f"),
    );
    let network = network_from_text("row", &text, Path::new(""), &chip, &NetworkOverrides::default());
    (network.unwrap_or_else(|problems| panic!("{problems}\n{text}")), chip)
}

/// In order `w` and `e` share a core, and `f` has one: wherever they are put as they are, a packet travels. Apart, and `f` with
/// `e`, none does: a load splits, and one of its slices joins another.
#[test]
fn loads_split_and_join() {
    let (network, chip) = ends_of_a_row("w e f");
    let start = mapping::map(&network, &chip).expect("two cores");
    let cores = |of: &Mapping| of.slices.iter().map(|slice| slice.core.0).collect::<Vec<_>>();
    assert_eq!(cores(&start), [0, 0, 1]);
    let layout = Layout::new(&Flows::of(&network, &chip, &start, &alike), &chip, Objective::Hops);
    let mut annealing = Annealing::new(layout, 1, 1000);
    annealing.advance(u64::MAX);
    let loads = annealing.finish();
    assert_eq!(loads.cost().hops, 4, "two spikes of an input, two hops");
    let loads = loads.mapping(&start);
    let mut single =
        Single::new(&network, &chip, &loads, &alike, (Objective::Hops, 1, 1000)).expect("slices move");
    single.advance(u64::MAX);
    let found = single.finish(&loads);
    assert_eq!(cores(&found), [0, 2, 2]);
    assert_eq!(routed(&network, &chip, &found).hops, 0);
    // Where a core is full with one of them, loads are all that moves.
    let mut narrow = chip;
    narrow.limits.neurons = 2;
    let start = mapping::map(&network, &narrow).expect("three cores");
    assert!(Single::new(&network, &narrow, &start, &alike, (Objective::Hops, 1, 1000)).is_none());
}

/// A population that never fires sends nothing.
#[test]
fn a_readout_that_does_not_spike_has_no_traffic() {
    let (mut network, chip) = ends_of_a_row("w e f");
    network.populations[0].parameters.spiking = false;
    let from_first = |network: &Network| {
        let start = mapping::map(network, &chip).expect("two cores");
        let mut chip = chip.clone();
        chip.host.outputs = Outputs::Leave;
        let rate = |source: Source, _: u32| u64::from(source == Source::Population(0));
        Flows::of(network, &chip, &start, &rate).leaving.iter().sum::<u64>()
    };
    assert_eq!(from_first(&network), 0);
    network.populations[0].parameters.spiking = true;
    assert_eq!(from_first(&network), 2);
}

/// A network file that asks for a search gets what the search finds.
#[test]
fn the_rest_is_placed_by_traffic() {
    let (chip, moves) = (mesh(16), 3000);
    let mut network = network(&chip, 1, 64);
    let start = mapping::map(&network, &chip).expect("64 cores");
    for order in [Order::Greedy, Order::Anneal { seed: 3, moves: Some(moves) }] {
        let search = Search { order, objective: Objective::Hops, rates: Rates::default() };
        network.placing.rest = Rest::ByTraffic(search.clone());
        let found = mapping::map(&network, &chip).expect("64 cores");
        assert_eq!(found, traffic::found(&network, &chip, &start, &search)[0]);
        assert!(routed(&network, &chip, &found).hops < routed(&network, &chip, &start).hops);
    }
    // A silent population asks for nothing: what it sends does not count.
    let silent = Rates { populations: vec![0; 16], inputs: Vec::new() };
    let search = Search { order: Order::Greedy, objective: Objective::Hops, rates: silent };
    assert_eq!(traffic::found(&network, &chip, &start, &search), [start]);
}

/// What a seed finds stays what it is: cores of all slices, weighed by their place, and what it costs.
#[test]
fn a_seed_finds_what_it_found() {
    let (chip, moves) = (mesh(16), 3000);
    let mut network = network(&chip, 1, 64);
    let found =
        [(Objective::Hops, 3), (Objective::Hops, 4), (Objective::Link, 3)].map(|(objective, seed)| {
            let order = Order::Anneal { seed, moves: Some(moves) };
            network.placing.rest = Rest::ByTraffic(Search { order, objective, rates: Rates::default() });
            let found = mapping::map(&network, &chip).expect("64 cores");
            let weighed: u64 = (1..).zip(&found.slices).map(|(at, slice)| at * u64::from(slice.core.0)).sum();
            let Cost { most, hops } = routed(&network, &chip, &found);
            (weighed, most, hops)
        });
    assert_eq!(found, [(72_104, 112, 7584), (73_184, 176, 7968), (63_822, 128, 13_248)]);
}

/// Hops of a placement in order and of an annealed one.
fn annealed(seed: u64, neurons: u32, moves: u64) -> (u64, u64) {
    let chip = mesh(neurons / 4);
    let network = network(&chip, seed, neurons);
    let start = mapping::map(&network, &chip).expect("64 cores");
    let layout = Layout::new(&Flows::of(&network, &chip, &start, &alike), &chip, Objective::Hops);
    let mut annealing = Annealing::new(layout.clone(), 1, moves);
    annealing.advance(u64::MAX);
    (layout.cost().hops, annealing.finish().cost().hops)
}

/// Modules find together: hops are at least 2.5 times fewer than in order, in the median of five drawn orders.
#[test]
fn modules_come_together() {
    let mut ratios: Vec<f64> = (1..=5)
        .map(|seed| {
            let (before, after) = annealed(seed, 256, 60_000);
            before as f64 / after as f64
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    assert!(ratios[2] >= 2.5, "{ratios:?}");
}

/// The same of populations of 1,024, and beside the best of twenty long searches.
#[test]
#[ignore = "long: by hand, in a release build"]
#[expect(clippy::print_stdout, reason = "the figures are asked for")]
fn modules_of_a_thousand() {
    for seed in 1..=5 {
        let chip = mesh(256);
        let network = network(&chip, seed, 1024);
        let start = mapping::map(&network, &chip).expect("64 cores");
        let layout = Layout::new(&Flows::of(&network, &chip, &start, &alike), &chip, Objective::Hops);
        let search = |draws: u32, moves: u64| {
            let mut annealing = Annealing::new(layout.clone(), draws, moves);
            annealing.advance(u64::MAX);
            annealing.finish().cost().hops
        };
        let found = search(1, Annealing::enough(&layout));
        let best = (100..120).map(|draws| search(draws, 3_000_000)).min().expect("twenty");
        let (before, ratio) = (layout.cost().hops, layout.cost().hops as f64 / found as f64);
        println!(
            "order {seed}: {before} in order, {found} found ({ratio:.2} times fewer), best of twenty {best}"
        );
        assert!(found as f64 <= 1.1 * best as f64);
    }
}

/// Exchanges a second on a thousand loads.
#[test]
#[ignore = "a measurement: by hand, in a release build"]
#[expect(clippy::print_stdout, reason = "the figures are asked for")]
fn exchanges_a_second() {
    let mut chip = mesh(16);
    (chip.mesh.columns, chip.mesh.rows) = (32, 32);
    let network = network(&chip, 1, 1008);
    let start = mapping::map(&network, &chip).expect("1008 cores");
    let flows = Flows::of(&network, &chip, &start, &alike);
    for (objective, least) in [(Objective::Hops, 100_000.0), (Objective::Link, 20_000.0)] {
        let layout = Layout::new(&flows, &chip, objective);
        let mut annealing = Annealing::from(layout, 1, 2_000_000);
        let began = Instant::now();
        annealing.advance(400_000);
        let rate = annealing.done().0 as f64 / began.elapsed().as_secs_f64();
        println!("{objective:?}: {rate:.0} exchanges a second of {} loads", flows.loads());
        assert!(rate >= least);
    }
}

/// Two populations that fire in every step at one that listens, on a mesh of narrow links: side by side behind one link to it
/// they are nearer, and wait for one another; around the corner they are further, and do not.
#[test]
fn fewer_hops_can_be_slower() {
    let text = "(format: \"synfire-chip/1\", extends: \"small\", timing: (model: Cycle), mesh: (columns: 4, rows: 4), noc: (
        flit_bits: 64, channels: 1, depth: 8, pipeline: (lookahead: true, speculative: true, traversal: 1),
        link: (bits: 8, latency: 1, credit_latency: 1), local: (bits: 64, latency: 1, credit_latency: 1),
        packets: (spike: 64, error: 64, target: 64, control: 64, barrier: 64)))";
    let chip = synfire_chip::files::chip_from_text("narrow", text, Path::new("")).expect("a chip");
    let run = |slices: &str| {
        let neuron = |threshold: u8, bias: u8| {
            format!(
                "neuron: (current_decay: 0, membrane_decay: 0, threshold: {threshold}, bias: {bias}, reset: ToValue(0))"
            )
        };
        let weights = "weights: Constant(0.5), store: (bits: 4, fraction: 3)";
        let text = format!(
            "(format: \"synfire-network/1\", populations: [(name: \"a\", neurons: 32, {0}), (name: \"b\", neurons: 32, {0}),
             (name: \"x\", neurons: 8, {1})], projections: [
             (name: \"ax\", from: \"a\", to: \"x\", connect: AllToAll, {weights}),
             (name: \"bx\", from: \"b\", to: \"x\", connect: AllToAll, {weights})], placement: (slices: [{slices}]))",
            neuron(1, 2),
            neuron(100, 0)
        );
        let network = network_from_text("n", &text, Path::new(""), &chip, &NetworkOverrides::default())
            .unwrap_or_else(|problems| panic!("{problems}"));
        let mut machine = Machine::new(&network, &chip).expect("it fits");
        let mut models = Models::new(&machine);
        let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
        let program = vec![StepEvents::default(); 4];
        models.run(&mut machine, &program, RunOptions::default(), &mut recorder).expect("four steps");
        let spent = models.costs().whole();
        assert_eq!(spent.counts.spike_packets, 4 * 64);
        (spent.counts.hops_x + spent.counts.hops_y, spent.elapsed.total_ps)
    };
    let slices = |a: u16, b: u16| {
        format!(
            "(population: \"x\", core: 0), (population: \"a\", core: {a}), (population: \"b\", core: {b})"
        )
    };
    let (near, apart) = (run(&slices(1, 2)), run(&slices(2, 8)));
    assert_eq!((near.0, apart.0), (4 * 96, 4 * 128));
    assert!(near.1 > apart.1 * 5 / 4, "near {} ps, apart {} ps", near.1, apart.1);
}
