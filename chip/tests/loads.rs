//! The most loaded link or port of a core bounds a step, worked by hand.

mod files_common;

use std::path::Path;
use synfire_chip::chip::{Chip, Price, Time, Ways};
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::cycle::tables::Tables;
use synfire_chip::cost::energy::{Bill, Powered};
use synfire_chip::cost::per_step::StepFigures;
use synfire_chip::cost::time::{Bound, StepTime};
use synfire_chip::cost::way_costs::WayCosts;
use synfire_chip::files::{NetworkOverrides, network_from_text};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{StepEvents, StimulusSpike};
use synfire_chip::structures::{Kind, Structure, counted};
use synfire_core::address::CoreId;
use synfire_core::words::Words;

const CYCLE: u64 = 10_000;

/// Three tiles of a core in a row, in which nothing takes time but hops, 2 cycles each. `noc` is the file's section.
fn row(noc: &str) -> Chip {
    files_common::row_of_tiles(3, 5, noc)
}

/// Five neurons on the first tile fire together, in step 1, onto both others: five packets to each.
fn step(chip: &Chip, threads: usize) -> StepTime {
    figures(chip, threads).time
}

fn machine(chip: &Chip) -> Machine {
    let neuron =
        "neurons: 5, neuron: (current_decay: 0, membrane_decay: 0, threshold: 0.5, reset: SubtractNow)";
    let of = "connect: AllToAll, weights: Constant(1), store: (bits: 8, fraction: 6)";
    let text = format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 1)], populations: [\
         (name: \"a\", {neuron}), (name: \"b\", {neuron}), (name: \"c\", {neuron})], projections: [\
         (name: \"drive\", from: \"in\", to: \"a\", {of}), (name: \"ab\", from: \"a\", to: \"b\", {of}), \
         (name: \"ac\", from: \"a\", to: \"c\", {of})])"
    );
    let none = NetworkOverrides::default();
    let network = network_from_text("row", &text, Path::new(""), chip, &none)
        .unwrap_or_else(|problems| panic!("{problems}"));
    Machine::new(&network, chip).expect("it fits")
}

fn figures(chip: &Chip, threads: usize) -> StepFigures {
    let figures = ran(chip, threads);
    assert_eq!(figures.busiest_link, 10);
    figures
}

fn ran(chip: &Chip, threads: usize) -> StepFigures {
    let mut machine = machine(chip);
    let mut program = vec![StepEvents::default(); 3];
    program[0].spikes.push(StimulusSpike { input: 0, neuron: 0, count: 1 });
    let mut costs = Analytic::new(&machine);
    costs.keep_steps();
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = RunOptions { threads, ..RunOptions::default() };
    machine.run_observed(&program, options, &mut recorder, &mut costs).expect("it runs");
    let steps = costs.take_steps();
    let busy: Vec<_> = steps.iter().filter(|step| step.counts.spike_packets > 0).collect();
    assert_eq!(busy.len(), 1);
    assert_eq!(busy[0].counts.spike_packets, 10);
    let elapsed = costs.costs().inference.elapsed;
    let by = [elapsed.by_way, elapsed.by_link, elapsed.by_port];
    let own = match busy[0].time.bound {
        Bound::Way => [1, 0, 0],
        Bound::Link(_) => [0, 1, 0],
        Bound::Port(_) => [0, 0, 1],
        Bound::HostPort(_) | Bound::Packet { .. } | Bound::Nothing => [0, 0, 0],
    };
    assert!(by.iter().zip(own).all(|(all, own)| *all >= own), "{by:?}");
    *busy[0]
}

#[test]
fn the_most_loaded_of_ways_links_and_ports_is_paid() {
    let mut chip = row("");
    // Nobody says what a link carries: the way to the third tile, 2 x 2 cycles.
    let found = |chip: &Chip| {
        let time = step(chip, 1);
        assert_eq!(step(chip, 3), time);
        (time.network_ps / CYCLE, time.bound)
    };
    assert_eq!(found(&chip), (4, Bound::Way));
    // Ten packets over the first link, a cycle each.
    chip.timing.link_packet_ps = Time::Picoseconds(CYCLE);
    assert_eq!(found(&chip), (10, Bound::Link(0)));
    // Ten packets out of the first core, three cycles each; five into each other.
    chip.timing.port_packet_ps = Time::Picoseconds(3 * CYCLE);
    assert_eq!(found(&chip), (30, Bound::Port(CoreId(0))));
    // Packets that travel while cores work: five accesses of a cycle are not paid twice.
    chip.service.ways = Ways::Hidden;
    chip.timing.neuron_access_ps = Time::Picoseconds(CYCLE);
    let time = step(&chip, 1);
    assert_eq!((time.core_ps / CYCLE, time.network_ps / CYCLE, time.total_ps() / CYCLE), (5, 25, 30));
    chip.timing.neuron_access_ps = Time::Picoseconds(6 * CYCLE);
    let time = step(&chip, 1);
    assert_eq!((time.total_ps() / CYCLE, time.bound), (30, Bound::Nothing));
}

/// One packet that is copied at the second tile: three hops are two, and the first link carries half.
#[test]
fn copies_on_the_way_pass_a_link_once() {
    let chip = |multicast: &str, seam: u16, more: &str| {
        row(&format!(
            "{more} noc: (flit_bits: 32, channels: 1, depth: 4, \
             pipeline: (lookahead: true, speculative: true, traversal: 1), \
             link: (bits: 16, latency: 1, credit_latency: 1), \
             packets: (spike: 32, error: 32, target: 32, control: 32, barrier: 32), \
             link_classes: [(name: \"board\", bits: 16, latency: 1, credit_latency: 1)], \
             seams: [(at: Columns(west: {seam}), class: \"board\")], multicast: {multicast}),"
        ))
    };
    let found = |multicast: &str, seam: u16, more: &str| {
        let figures = ran(&chip(multicast, seam, more), 2);
        let time = figures.time;
        let counts = (figures.counts.hops_x, figures.counts.seam_bits / 32, figures.busiest_link);
        (counts, time.network_ps / CYCLE, time.bound)
    };
    let repeated = ((15, 10, 10), 20, Bound::Link(0));
    assert_eq!(found("Repeated", 0, ""), repeated);
    for multicast in ["Tree", "Path"] {
        assert_eq!(found(multicast, 0, ""), ((10, 5, 5), 10, Bound::Link(0)), "{multicast}");
        assert_eq!(found(multicast, 1, "").0, (10, 5, 5), "{multicast}");
        // Nothing copies on ways that are not simulated.
        assert_eq!(found(multicast, 0, "core: (network: Ideal),"), repeated, "{multicast}");
    }
}

/// Where spikes are addressed by their sources, who takes them looks them up; the bits of the step are the same.
#[test]
fn keys_of_sources_are_looked_up_and_have_a_table() {
    let [by_address, by_key] =
        ["mesh: (addressing: Destination),", "mesh: (addressing: SourceKey),"].map(|mesh| {
            let text = format!(
                "(format: \"synfire-chip/1\", extends: \"small-events\", limits: (neurons: 5), {mesh})"
            );
            let text = text.replace("mesh: (", "mesh: (columns: 3, rows: 1, ");
            synfire_chip::files::chip_from_text("row", &text, Path::new("")).unwrap_or_else(|p| panic!("{p}"))
        });
    let [address, key] = [&by_address, &by_key].map(|chip| figures(chip, 2));
    assert_eq!((address.counts.key_lookups, key.counts.key_lookups), (0, 10));
    let same = NodeCounts { key_lookups: 0, ..key.counts };
    assert_eq!(same, address.counts);
    let structures = |chip: &Chip| -> Vec<Vec<Structure>> {
        let nodes = machine(chip).nodes;
        nodes.iter().map(|node| counted::of_core(&node.core, &node.unit, &node.routes, chip)).collect()
    };
    let (addressed, keyed) = (structures(&by_address), structures(&by_key));
    let words = |list: &[Structure], kind: Kind| list.iter().find(|s| s.kind == kind).map(|s| s.words);
    // 10 destinations on the first core: 2 bits tell 3 cores apart, 11 bits 1024 axons.
    assert_eq!(words(&addressed[0], Kind::Route), Some(Words { count: 10, bits: 2 + 11 }));
    assert_eq!(words(&keyed[0], Kind::Route), Some(Words { count: 10, bits: 2 }));
    // One channel reaches the first core, five neurons the others: 4 bits tell 15 neurons apart.
    assert_eq!(words(&addressed[1], Kind::Key), None);
    let keys = |node: usize| words(&keyed[node], Kind::Key);
    assert_eq!([keys(0), keys(1)], [1, 5].map(|count| Some(Words { count, bits: 4 + 11 })));
}

/// A link of a class of its own takes a hop as much longer as its flits need, or as its class says; in both models.
#[test]
fn a_class_of_links_takes_a_time_of_its_own() {
    let chip = |class: &str| {
        row(&format!(
            "core: (network: Ideal), noc: (flit_bits: 32, channels: 1, depth: 4, \
             pipeline: (lookahead: true, speculative: true, traversal: 1), \
             link: (bits: 16, latency: 1, credit_latency: 1), \
             packets: (spike: 32, error: 32, target: 32, control: 32, barrier: 32), \
             link_classes: [(name: \"board\", bits: 4, latency: 2, credit_latency: 2{class})], \
             seams: [(at: Columns(west: 1), class: \"board\")]),"
        ))
    };
    let cycles = |chip: &Chip, to: u16| {
        let way = chip.topology().between(CoreId(0), CoreId(to));
        let ps = WayCosts::of(chip).way_ps(&way);
        let (tables, _) = Tables::of(&machine(chip));
        let known = tables.destinations.iter().find(|of| of.from == 0 && of.endpoint == u32::from(to));
        assert_eq!(known.map(|of| of.way_ps), Some(ps));
        ps / CYCLE
    };
    // Two hops of two cycles; a flit takes 2 + 8 cycles over the second link, 1 + 2 over the first.
    let derived = chip("");
    assert_eq!([1, 2].map(|to| cycles(&derived, to)), [2, 4 + 7]);
    assert_eq!(cycles(&chip(", hop_cycles: 20"), 2), 4 + 20);
    let text = "(format: \"synfire-chip/1\", extends: \"small-events\", noc: (flit_bits: 32, channels: 1, depth: 4, \
                pipeline: (lookahead: true, speculative: true, traversal: 1), \
                link: (bits: 16, latency: 1, credit_latency: 1), \
                packets: (spike: 32, error: 32, target: 32, control: 32, barrier: 32), \
                link_classes: [(name: \"b\", bits: 4, latency: 2, credit_latency: 2, hop_ps: 5)]))";
    let problems = synfire_chip::files::chip_from_text("bad", text, Path::new("")).expect_err("a clock");
    let shown = files_common::trimmed(&problems);
    assert!(
        shown.contains("`hop_ps` on a chip with a clock") && shown.contains("write `hop_cycles`"),
        "{shown}"
    );
}

/// A described network says how many flits a packet has and how long each link is held.
#[test]
fn a_described_network_says_what_links_carry() {
    let noc = |rest: &str| {
        row(&format!(
            "noc: (flit_bits: 32, channels: 2, depth: 4, \
             pipeline: (lookahead: true, speculative: true, traversal: 1), \
             link: (bits: 16, latency: 1, credit_latency: 1), local: (bits: 64, latency: 1, credit_latency: 1), \
             packets: (spike: 64, error: 32, target: 32, control: 32, barrier: 32), {rest}),"
        ))
    };
    // Two flits a packet, two cycles a flit: 10 x 2 x 2 over the first link; a core's port takes a cycle a flit.
    let time = step(&noc(""), 1);
    assert_eq!((time.network_ps / CYCLE, time.bound), (40, Bound::Link(0)));
    // A seam of four bits: eight cycles a flit, five packets.
    let seam = "link_classes: [(name: \"off_chip\", bits: 4, latency: 2, credit_latency: 2)], \
                seams: [(at: Columns(west: 1), class: \"off_chip\")]";
    let time = step(&noc(seam), 1);
    assert_eq!((time.network_ps / CYCLE, time.bound), (80, Bound::Link(1)));
    assert_eq!(step(&noc(seam), 3), time);
    // Their bits are counted, and have a price of their own.
    let found = figures(&noc(seam), 3).counts;
    assert_eq!((found.seam_bits, figures(&noc(""), 1).counts.seam_bits), (5 * 64, 0));
    let nobody = || Powered { used: 0, all: 0, drawn: Default::default() };
    let mut chip = noc(seam);
    chip.energy.seam_bit = Price::Unpublished;
    let bill = Bill::of(&chip.energy, &found, &nobody());
    assert_eq!(bill.unknown().map(|unknown| unknown.field).collect::<Vec<_>>(), ["seam_bit"]);
    chip.energy.seam_bit = chip.energy.packet.clone();
    let priced = Bill::of(&chip.energy, &found, &nobody());
    let price = chip.energy.packet.attojoules().expect("a price");
    assert_eq!(priced.total() - bill.total(), u128::from(5 * 64 * price));
    // On a board they are bits of another price, which is left out: that of a seam.
    let board = figures(&noc(&seam.replace("bits: 4", "reach: Board, bits: 4")), 2);
    assert_eq!(
        [board.counts.seam_bits, board.counts.board_bits, board.counts.off_board_bits],
        [0, 5 * 64, 0]
    );
    assert_eq!(chip.energy.board_bit, noc(seam).energy.seam_bit);
    let bill = Bill::of(&chip.energy, &board.counts, &nobody());
    assert_eq!(bill.by_component()["board_bit"], u128::from(5 * 64 * 3_200_000_u64));
    let cable = figures(&noc(&seam.replace("bits: 4", "reach: OffBoard, bits: 4")), 1);
    assert_eq!(cable.counts.off_board_bits, 5 * 64);
}
