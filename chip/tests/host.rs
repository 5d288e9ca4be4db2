//! Ports of the host: which packets pass which, what leaves, and what a port that takes time adds to a step, by hand, in
//! both time models.

mod files_common;

use files_common::{row_of_tiles, trimmed};
use std::path::Path;
use synfire_chip::chip::{Chip, Price, Time, TimeModel};
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::cycle::model::Cycle;
use synfire_chip::cost::cycle::totals::{Bound as CycleBound, StepTimes};
use synfire_chip::cost::energy::{Bill, Powered};
use synfire_chip::cost::per_step::StepFigures;
use synfire_chip::cost::time::Bound;
use synfire_chip::files::{Diagnostics, NetworkOverrides, chip_from_text, network_from_text};
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::observer::Observer;
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{Control, StepEvents, StimulusSpike};

const CYCLE: u64 = 10_000;

/// Four tiles of a core in a row, in which nothing takes time but hops, 2 cycles each. `host` is the file's section.
fn row(host: &str) -> Chip {
    let outputs = if host.contains("outputs") { "" } else { "outputs: Stay, " };
    row_of_tiles(4, 4, &format!("host: ({outputs}{host}),"))
}

/// Eight channels reach eight neurons one to one: four on tile 0, four on tile 1. Those of tile 0 reach all of tile 2, which
/// nobody reads on the chip, and tile 1 is not read either.
fn machine(chip: &Chip) -> Machine {
    machine_by(chip, "").unwrap_or_else(|problems| panic!("{problems}"))
}

/// The same; `port` is what input `in` says of its port.
fn machine_by(chip: &Chip, port: &str) -> Result<Machine, Diagnostics> {
    let neuron = "neuron: (current_decay: 0, membrane_decay: 0, threshold: 0.5, reset: SubtractNow)";
    let of =
        |connect: &str| format!("connect: {connect}, weights: Constant(1), store: (bits: 8, fraction: 6)");
    let (each, all) = (of("OneToOne"), of("AllToAll"));
    let text = format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 8{port}), (name: \"west\", neurons: 4)], \
         populations: [(name: \"a\", neurons: 4, {neuron}), (name: \"b\", neurons: 4, {neuron}), \
         (name: \"c\", neurons: 4, {neuron})], projections: [\
         (name: \"drive\", from: \"west\", to: \"a\", {each}), (name: \"wide\", from: \"in\", to: \"b\", {all}), \
         (name: \"ac\", from: \"a\", to: \"c\", {all})])"
    );
    let network = network_from_text("row", &text, Path::new(""), chip, &NetworkOverrides::default())?;
    Ok(Machine::new(&network, chip).expect("it fits"))
}

/// What the host does in the first step; nothing in those after it.
fn program(channels: &[(u16, u32)], clear: bool) -> Vec<StepEvents> {
    let mut program = vec![StepEvents::default(); 6];
    let spike = |(input, neuron): &(u16, u32)| StimulusSpike { input: *input, neuron: *neuron, count: 1 };
    program[0].spikes.extend(channels.iter().map(spike));
    if clear {
        program[0].control.push(Control::Clear);
    }
    program
}

fn run<O: Observer>(machine: &mut Machine, program: &[StepEvents], threads: usize, observer: &mut O) {
    let mut recorder = Recorder::new(Vec::new(), &machine.nodes);
    let options = RunOptions { threads, ..RunOptions::default() };
    machine.run_observed(program, options, &mut recorder, observer).expect("it runs");
}

/// The steps of the analytic model, the same for any number of threads.
fn steps(chip: &Chip, program: &[StepEvents]) -> Vec<StepFigures> {
    let of = |threads| {
        let mut machine = machine(chip);
        let mut costs = Analytic::new(&machine);
        costs.keep_steps();
        run(&mut machine, program, threads, &mut costs);
        costs.take_steps()
    };
    let (one, three) = (of(1), of(3));
    assert_eq!(format!("{one:?}"), format!("{three:?}"));
    one
}

/// The steps of the cycle model.
fn cycles(chip: &Chip, program: &[StepEvents]) -> Vec<StepTimes> {
    let mut chip = chip.clone();
    chip.time_model = TimeModel::Cycle;
    let mut machine = machine(&chip);
    let mut costs = Cycle::new(&machine);
    costs.keep_steps();
    run(&mut machine, program, 2, &mut costs);
    costs.take_steps()
}

/// The one step in which so many packets leave the chip.
fn leaving(steps: &[StepFigures], packets: u64) -> &StepFigures {
    let found: Vec<_> = steps.iter().filter(|step| step.counts.output_packets > 0).collect();
    assert_eq!(found.iter().map(|step| step.counts.output_packets).collect::<Vec<_>>(), [packets]);
    found[0]
}

fn hops(counts: &NodeCounts) -> u64 {
    assert_eq!(counts.hops_y, 0);
    counts.hops_x
}

#[test]
fn channels_are_split_over_ports_and_control_comes_from_the_nearest() {
    let channels: Vec<(u16, u32)> = (0..8).map(|channel| (0, channel)).collect();
    // Eight packets from tile 0 to tile 1.
    let one = &steps(&row(""), &program(&channels, false))[0];
    assert_eq!((one.counts.stimulus_packets, hops(&one.counts)), (8, 8));
    // Four of them from tile 3.
    let two = row("ports: [(tile: (0, 0)), (tile: (3, 0))]");
    let halves = &steps(&two, &program(&channels, false))[0];
    assert_eq!((halves.counts.stimulus_packets, hops(&halves.counts)), (8, 4 + 4 * 2));
    // Three ports: channels 0 to 2, 3 to 5, 6 and 7.
    let three = row("ports: [(tile: (1, 0)), (tile: (2, 0)), (tile: (3, 0))]");
    let thirds = &steps(&three, &program(&channels, false))[0];
    assert_eq!(hops(&thirds.counts), 3 + 2 * 2);
    // A control event to the cores on tiles 0, 1 and 2.
    let clear = program(&[], true);
    assert_eq!(hops(&steps(&row(""), &clear)[0].counts), 1 + 2);
    let near = &steps(&two, &clear)[0];
    assert_eq!((near.counts.control_packets, hops(&near.counts)), (3, 1 + 1));
    assert_eq!(near.counts.host_bits, 0, "ideal ports count nothing");
}

#[test]
fn spikes_of_outputs_leave_by_the_nearest_port() {
    let fire: Vec<(u16, u32)> = (0..4).map(|channel| (1, channel)).collect();
    let program = program(&fire, false);
    let stay = steps(&row(""), &program);
    assert!(stay.iter().all(|step| step.counts.output_packets == 0));
    let leave = |ports: &str| steps(&row(&format!("outputs: Leave, {ports}")), &program);
    // `a` fires, is no output and sends 4 packets over 2 hops. Then `c` fires and its spikes leave, 2 hops back.
    let one = leave("");
    let made =
        |step: &StepFigures| (step.counts.spike_packets, step.counts.output_packets, hops(&step.counts));
    let sent = one.iter().find(|step| step.counts.spike_packets > 0).expect("`a` fires");
    let left = leaving(&one, 4);
    assert_eq!([made(sent), made(left)], [(4, 0, 8), (0, 4, 8)]);
    assert_eq!(left.counts.received_packets, 0, "no core takes them");
    // With a port at tile 3 it is one hop.
    let two = leave("ports: [(tile: (0, 0)), (tile: (3, 0))]");
    let near = leaving(&two, 4);
    assert_eq!(made(near), (0, 4, 4));
    assert_eq!((near.time.network_ps / CYCLE, near.time.bound), (2, Bound::Way));
    // Leaving pays like every packet.
    let (stays, leaves) = (&stay[left.step as usize].counts, &left.counts);
    let bill = |counts: &NodeCounts| {
        let nobody = Powered { used: 0, all: 0, drawn: Default::default() };
        Bill::of(&row("").energy, counts, &nobody).total()
    };
    let price = |of: &Price| of.attojoules().expect("`small-events` has it");
    let energy = &row("").energy;
    assert_eq!(bill(leaves) - bill(stays), u128::from(4 * price(&energy.packet) + 8 * price(&energy.hop_x)));
}

#[test]
fn a_port_that_takes_time_bounds_a_step_and_is_counted_in_bits() {
    let channels: Vec<(u16, u32)> = (0..8).map(|channel| (0, channel)).collect();
    let enter = program(&channels, false);
    let ports = |second: &str| {
        row(&format!(
            "outputs: Leave, packet_bits: 20, \
             ports: [(tile: (0, 0), bits_per_cycle: 8), (tile: (3, 0){second})]"
        ))
    };
    // Four packets of 20 bits, 8 bits a cycle: 80 / 8 = 10 cycles at each port; the longest way takes 4.
    let both = ports(", bits_per_cycle: 8");
    let first = &steps(&both, &enter)[0];
    assert_eq!(first.counts.host_bits, 160);
    assert_eq!((first.time.network_ps / CYCLE, first.time.bound), (10, Bound::HostPort(0)));
    // An ideal port is charged with nothing.
    assert_eq!(steps(&ports(""), &enter)[0].counts.host_bits, 80);
    // 4 bits a cycle, rounded up once: 80 / 12 = 7 cycles at the second port.
    let second = &steps(&ports(", bits_per_cycle: 12"), &enter)[0];
    assert_eq!((second.time.network_ps / CYCLE, second.time.bound), (10, Bound::HostPort(0)));
    // What leaves: four packets through port 1, at 5 bits a cycle.
    let fire: Vec<(u16, u32)> = (0..4).map(|channel| (1, channel)).collect();
    let slow = ports(", bits_per_cycle: 5");
    let all = steps(&slow, &program(&fire, false));
    let out = leaving(&all, 4);
    assert_eq!(out.counts.host_bits, 80);
    assert_eq!((out.time.network_ps / CYCLE, out.time.bound), (16, Bound::HostPort(1)));
}

/// Cycle by cycle a port passes one packet after another: the last has passed when all bits have, and then goes its way.
#[test]
fn the_cycle_model_waits_for_ports_of_the_host() {
    let base = "outputs: Leave, packet_bits: 20, ports: [(tile: (0, 0), bits_per_cycle: 8), (tile: (3, 0)";
    let chip = |rest: &str| row(&format!("{base}{rest})]"));
    let channels: Vec<(u16, u32)> = (0..8).map(|channel| (0, channel)).collect();
    let enter = program(&channels, false);
    let total =
        |chip: &Chip, program: &[StepEvents], step: usize| cycles(chip, program)[step].total_ps / CYCLE;
    let narrow = "packet_bits: 20, ports: [(tile: (0, 0), bits_per_cycle: 8)]";
    let (ideal, one) = (total(&row(""), &enter, 0), total(&row(narrow), &enter, 0));
    // The last of eight packets enters after 160 / 8 = 20 cycles; without the port it would have entered after 7 others.
    assert_eq!(one - ideal, 20 - 7);
    // Behind the port, five bits a cycle: four packets have left 16 cycles after the first came, at the earliest.
    let fire: Vec<(u16, u32)> = (0..4).map(|channel| (1, channel)).collect();
    let (free, slow) = (chip(""), chip(", bits_per_cycle: 5"));
    let program = program(&fire, false);
    let at = leaving(&steps(&slow, &program), 4).step as usize;
    let (slow, free) = (cycles(&slow, &program), cycles(&free, &program));
    assert_eq!(slow[1..at], free[1..at], "nothing passes a port in these steps");
    assert_eq!(slow[at].bound, Some(CycleBound::HostPort(1)));
    // Three more packets come behind the first; of those that leave by an ideal port the last is the last.
    assert_eq!(free[at].bound, Some(CycleBound::HostPort(1)));
    assert_eq!((slow[at].total_ps - free[at].total_ps) / CYCLE, 16 - 3);
}

/// An input that names a port enters there, whole.
#[test]
fn an_input_names_its_port() {
    let chip = row("ports: [(name: \"west\", tile: (0, 0)), (name: \"east\", tile: (3, 0))]");
    let channels: Vec<(u16, u32)> = (0..8).map(|channel| (0, channel)).collect();
    let enter = |port: &str| {
        let mut machine = machine_by(&chip, port).unwrap_or_else(|problems| panic!("{problems}"));
        let mut costs = Analytic::new(&machine);
        costs.keep_steps();
        run(&mut machine, &program(&channels, false), 1, &mut costs);
        hops(&costs.take_steps()[0].counts)
    };
    // The core is on tile 1: four channels from each port, or all from one.
    assert_eq!(enter(""), 4 + 4 * 2);
    assert_eq!(enter(", port: \"west\""), 8);
    assert_eq!(enter(", port: \"east\""), 8 * 2);
    let refused = |chip: &Chip, port: &str| trimmed(&machine_by(chip, port).expect_err("it is refused"));
    let found = refused(&chip, ", port: \"eats\"");
    for part in ["the host has no port `eats`", "did you mean `east`?", "west", "inputs[0].port"] {
        assert!(found.contains(part) || part == "inputs[0].port", "no `{part}` in\n{found}");
    }
    assert!(refused(&row(""), ", port: \"east\"").contains("no port of this chip has a name"));
    assert!(refused(&chip, ", port: \"east\", cores: [0]").contains("one of the two"));
}

/// Values that the host reads leave like spikes: made by their core, on their way, through a port.
#[test]
fn values_leave_as_packets() {
    let steps_of = |answers: &str, ports: &str| {
        let mut chip = row(&format!("{answers} packet_bits: 20, {ports}"));
        chip.timing.packet_out_ps = Time::Picoseconds(CYCLE);
        let mut read = program(&[], false);
        // Population `c`, four neurons on tile 2, and `a` on tile 0.
        (read[0].reads, read[1].reads) = (vec![2], vec![0, 2]);
        (steps(&chip, &read), cycles(&chip, &read), chip)
    };
    let ports = "ports: [(tile: (0, 0), bits_per_cycle: 8), (tile: (3, 0), bits_per_cycle: 8)]";
    let (stay, ..) = steps_of("", ports);
    assert!(stay.iter().all(|step| step.counts.value_packets == 0 && step.time.core_ps == 0));
    let (leave, by_cycle, chip) = steps_of("answers: Leave(bits: 40),", ports);
    let [one, two] = [&leave[0], &leave[1]];
    let counted = |step: &StepFigures| {
        let counts = &step.counts;
        (counts.value_packets, counts.output_packets, hops(counts), counts.host_bits)
    };
    // From tile 2 to the port of tile 3 it is a hop; tile 0 has a port of its own.
    assert_eq!([counted(one), counted(two)], [(4, 0, 4, 160), (8, 0, 4, 320)]);
    // Four packets are made, one a cycle; 160 bits take 20 cycles.
    assert_eq!((one.time.core_ps / CYCLE, one.time.network_ps / CYCLE), (4, 20));
    assert_eq!(one.time.bound, Bound::HostPort(1));
    let nobody = Powered { used: 0, all: 0, drawn: Default::default() };
    let price = |of: &Price| of.attojoules().expect("`small-events` has it");
    let energy = &chip.energy;
    let wanted = 4 * price(&energy.packet) + 4 * price(&energy.hop_x) + 160 * price(&energy.host_bit);
    let rest = Bill::of(energy, &stay[0].counts, &nobody).total();
    assert_eq!(Bill::of(energy, &one.counts, &nobody).total() - rest, u128::from(wanted));
    // By cycle the first is made in 1 and comes in 5 + 3 cycles; each then takes 5.
    assert_eq!(by_cycle[0].bound, Some(CycleBound::HostPort(1)));
    assert_eq!(by_cycle[0].total_ps / CYCLE, 1 + 8 + 4 * 5);
}

#[test]
fn bad_ports_are_refused_with_their_place() {
    let refused = |host: &str| {
        let text = format!("(format: \"synfire-chip/1\", extends: \"small\", host: ({host}))");
        trimmed(&chip_from_text("bad", &text, Path::new("")).expect_err("it is refused"))
    };
    for (host, parts) in [
        ("ports: [(tile: (99, 0))]", ["host.ports[0].tile[0]", "99", "0..="]),
        ("ports: []", ["at least one port", "found 0", "1..=64 ports"]),
        ("ports: [(tile: (0, 0), bits_per_cycle: 0)], packet_bits: 8", ["bits_per_cycle", "0", "1..="]),
        ("ports: [(tile: (0, 0), bits_per_cycle: 8)]", ["how many bits a packet has", "packet_bits", "noc"]),
        ("ports: [(tile: (0, 0), depth: 0)]", ["host.ports[0].depth", "found 0", "1..=256"]),
        (
            "ports: [(tile: (0, 0), name: \"a\"), (tile: (1, 0), name: \"a\")]",
            ["bad:1:109", "`a` is taken", "ports[0]"],
        ),
        ("answers: Leave(bits: 0)", ["host.answers", "found 0", "1..=65536"]),
        ("outputs: Leaves", ["Leaves", "Leave", "Stay"]),
        ("ports: [(tile: (0, 0), bits: 8)]", ["bits", "bits_per_cycle", "tile"]),
    ] {
        let found = refused(host);
        parts.iter().for_each(|part| assert!(found.contains(part), "{host}: no `{part}` in\n{found}"));
    }
}
