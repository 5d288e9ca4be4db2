//! A step of a small chip, in cycles: cores of four neurons, of which the first few fire.

use crate::document::{options, shown};
use std::path::Path;
use synfire_chip::chip::{Chip, CoreDesign, HostPort, Noc, PacketBits, Time, TimeModel};
use synfire_chip::cost::barrier::Barrier;
use synfire_chip::cost::cycle::design::{Ending, NetworkModel, Send};
use synfire_chip::cost::cycle::record::{NodeEnd, Share, StepCopy};
use synfire_chip::cost::cycle::step::Simulator;
use synfire_chip::cost::cycle::tables::Tables;
use synfire_chip::cost::cycle::totals::{Bound, Sums};
use synfire_chip::files::{NetworkOverrides, load_chip, network_from_text};
use synfire_chip::run::machine::Machine;
use synfire_chip::run::program::StimulusSpike;
use synfire_core::neuron_core::CoreCounts;
use synfire_router::network::config::{Boundary, ChannelSet, Config, LinkClass, Multicast, Pipeline, Seam};
use synfire_router::network::fast;

pub const HEADING: &str =
    "worked step | chip | goes to | fire | cores | packets | barrier | total | bound | waits";
pub const INPUTS: usize = 4;

/// A clock of a picosecond, and a row of tiles.
fn chip(cell: &str) -> Chip {
    let mut chip = load_chip("small", Path::new("")).expect("a preset");
    chip.time_model = TimeModel::Cycle;
    let clock = chip.timing.clock_ps.expect("a clock");
    let mut config = Config::mesh(4, 1, Pipeline::TWO, 1, 8);
    config.classes = vec![ChannelSet::first(1); 5];
    let mut spike = 64;
    (chip.mesh.columns, chip.mesh.rows, chip.mesh.cores_per_tile) = (4, 1, 1);
    chip.core = CoreDesign::unstated(Some(clock));
    chip.timing.packet_in_ps = Time::Picoseconds(clock);
    chip.timing.barrier = Barrier::fixed(10 * clock);
    for (name, value) in options(cell) {
        let number = || value.parse::<u64>().unwrap_or_else(|_| panic!("`{name}={value}`"));
        match (name, value) {
            ("cores_per_tile", _) => {
                chip.mesh.cores_per_tile = number() as u16;
                chip.mesh.columns = 4 / chip.mesh.cores_per_tile;
            }
            ("in", _) => chip.timing.packet_in_ps = Time::Picoseconds(number() * clock),
            ("arrival_queue", _) => chip.core.arrival_queue = Some(number() as u16),
            ("output_queue", _) => chip.core.output_queue = Some(number() as u16),
            ("depth", _) => config.depth = number() as u32,
            ("ejection_depth", _) => config.ejection_depth = number() as u32,
            ("spike", _) => spike = number() as u32,
            ("link", _) => config.links[0].bits = number() as u32,
            ("seam", _) => {
                config.links.push(LinkClass {
                    bits: 64,
                    latency: number() as u32,
                    credit_latency: number() as u32,
                });
                config.seams.push(Seam { boundary: Boundary::Columns { west: 0 }, class: 1 });
            }
            ("rate", _) => port(&mut chip).bits_per_cycle = Some(number() as u32),
            ("port_depth", _) => port(&mut chip).depth = Some(number() as u16),
            ("host", _) => {}
            ("send", "after_cores") => chip.core.send = Send::AfterCores,
            ("network", "ideal") => chip.core.network = NetworkModel::Ideal,
            ("barrier", "messages") => chip.core.barrier = Ending::Messages,
            ("multicast", "tree") => config.multicast = Multicast::Tree,
            _ => panic!("`{name}={value}` is no option of a chip"),
        }
    }
    config.shape = synfire_router::network::shape::Shape::Mesh { columns: chip.mesh.columns.into(), rows: 1 };
    config.cores_per_router = chip.mesh.cores_per_tile.into();
    config.io_routers = vec![0];
    let packets = PacketBits { spike, error: 64, target: 64, control: 64, barrier: 64 };
    chip.noc = Some(Noc { config, link_classes: vec!["link".to_owned()], class_costs: Vec::new(), packets });
    chip
}

/// The one port of the host.
fn port(chip: &mut Chip) -> &mut HostPort {
    if chip.host.ports.is_empty() {
        chip.host.ports.push(HostPort::ideal((0, 0)));
    }
    &mut chip.host.ports[0]
}

/// Four cores of four neurons; `A>B` connects all neurons of core A with all of core B.
fn machine(chip: &Chip, ways: &str) -> Machine {
    let neuron = "(current_decay: Factor(0), membrane_decay: Factor(0), threshold: 0.5)";
    let population = |n: usize| format!("(name: \"p{n}\", neurons: 4, neuron: {neuron}, max_per_core: 4),");
    let populations: String = (0..4).map(population).collect();
    let mut projections = String::new();
    for way in ways.split_whitespace() {
        let (from, to) = way.split_once('>').expect("A>B");
        let from = if from == "in" { from.to_owned() } else { format!("p{from}") };
        projections += &format!(
            "(name: \"{from}_{to}\", from: \"{from}\", to: \"p{to}\", connect: AllToAll, weights: Constant(0.5), \
             store: (bits: 8, fraction: 6)),"
        );
    }
    let text = format!(
        "(format: \"synfire-network/1\", inputs: [(name: \"in\", neurons: 16)], populations: [{populations}], \
         projections: [{projections}])"
    );
    let mut chip = chip.clone();
    chip.limits.neurons = 4;
    let network = network_from_text("worked", &text, Path::new(""), &chip, &NetworkOverrides::default());
    let network = network.unwrap_or_else(|problems| panic!("{problems}"));
    Machine::new(&network, &chip).expect("it fits")
}

/// `2 0 0 1`: so many neurons of each core fire, the first ones.
fn record(fire: &str) -> StepCopy {
    let mut share = Share::default();
    for (node, count) in
        fire.split_whitespace().map(|word| word.parse::<u32>().expect("a number")).enumerate()
    {
        share.fired.extend(0..count);
        share.nodes.push(NodeEnd {
            node: node as u32,
            fired: share.fired.len() as u32,
            served: 0,
            errors: 0,
            core: CoreCounts {
                neuron_accesses: 4,
                neuron_updates: count.into(),
                spikes: count.into(),
                ..CoreCounts::default()
            },
            learning: Default::default(),
        });
    }
    StepCopy { shares: vec![share], ..StepCopy::default() }
}

pub fn run(cells: &[String]) -> Vec<String> {
    let chip = chip(&cells[1]);
    let clock = chip.timing.clock_ps.expect("a clock");
    let machine = machine(&chip, &cells[2]);
    let (tables, plan) = Tables::of(&machine);
    let mut simulator = Simulator::new(&tables, plan.map(fast::engine));
    let mut copy = record(&cells[3]);
    if let Some((_, channels)) = options(&cells[1]).into_iter().find(|(name, _)| *name == "host") {
        let channels = channels.parse::<u32>().expect("a number");
        copy.spikes.extend((0..channels).map(|neuron| StimulusSpike { input: 0, neuron, count: 1 }));
    }
    let (first, _) = simulator.step(&copy).expect("nothing stands still");
    let (again, _) = simulator.step(&copy).expect("nothing stands still");
    assert_eq!(first, again, "a step depends on itself alone");
    let cycles = |ps: u64| {
        assert_eq!(ps % clock, 0, "whole cycles");
        ps / clock
    };
    let times = first.times;
    let bound = match times.bound {
        Some(Bound::Core(core)) => format!("core {core}"),
        Some(Bound::Packet(journey)) => {
            let from = journey.from.map_or("host".to_owned(), |core| core.to_string());
            let path = [journey.made_ps, journey.injected_ps, journey.arrived_ps].map(cycles);
            format!("{from}>{} {}", journey.to, shown(&path).replace(' ', ","))
        }
        Some(Bound::HostPort(port)) => format!("port {port}"),
        None => "-".to_owned(),
    };
    let mut waits = Vec::new();
    for core in &first.cores {
        for (wait, name) in &synfire_chip::cost::cycle::units::Wait::ALL[..5] {
            let waited = core.times.waited(*wait);
            if waited > 0 {
                waits.push(format!("{}:{name}={}", core.core, cycles(waited)));
            }
        }
    }
    let mut sums = Sums::default();
    [&first, &again].iter().for_each(|step| sums.add(&chip.timing, &step.times, &step.cores));
    assert_eq!(sums.host_waited_ps, 2 * u128::from(times.host_waited_ps), "both steps are in the sum");
    if times.host_waited_ps > 0 {
        waits.push(format!("host:port={}", cycles(times.host_waited_ps)));
    }
    let waits = if waits.is_empty() { "-".to_owned() } else { waits.join(" ") };
    let [cores, packets, barrier, total] =
        [times.core_ps, times.network_ps, times.barrier_ps, times.total_ps].map(|ps| cycles(ps).to_string());
    vec![cores, packets, barrier, total, bound, waits]
}
