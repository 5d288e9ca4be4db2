//! A step of one core, in cycles; the network offers packets and takes them as the row says.

use crate::document::{numbers, options, shown};
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::cycle::core::{Asked, CoreMachine, Packet, Rules};
use synfire_chip::cost::cycle::design::{First, Ports, Rows, Stages};
use synfire_chip::cost::cycle::phases::phase_times;
use synfire_chip::cost::cycle::program::{Neurons, Order, Row, Scan, add_rows, form_errors, update_weights};
use synfire_chip::cost::cycle::units::Wait;
use synfire_chip::cost::prices::Time;
use synfire_chip::files::load_chip;

pub const HEADING: &str = "worked step | machine | rows | neurons | learning | arrives | takes | sent | done | taken | marked | waits";
pub const INPUTS: usize = 7;

/// A machine of one-cycle operations, with what a row says of it.
struct Machine {
    order: Order,
    rules: Rules,
    packet_in: u64,
    update: u64,
}

fn machine(cell: &str) -> Machine {
    let mut machine = Machine {
        order: Order {
            rows: Rows::Aligned,
            lookup: Stages::Serial,
            learning: Stages::Serial,
            lookups_shared: true,
            weights_shared: false,
            event_driven: false,
            lanes: 4,
            lookup_ps: 1,
            word_ps: [1; 3],
            packet_ps: 1,
        },
        rules: Rules {
            arrival_queue: Some(16),
            output_queue: Some(16),
            ports: Ports::Shared,
            first: First::Arrivals,
        },
        packet_in: 1,
        update: 0,
    };
    for (name, value) in options(cell) {
        let number = || value.parse::<u64>().unwrap_or_else(|_| panic!("`{name}={value}`"));
        match (name, value) {
            ("lanes", _) => machine.order.lanes = number(),
            ("in", _) => machine.packet_in = number(),
            ("update", _) => machine.update = number(),
            ("arrival_queue", _) => machine.rules.arrival_queue = Some(number() as u16),
            ("output_queue", _) => machine.rules.output_queue = Some(number() as u16),
            ("ports", "2") => machine.rules.ports = Ports::Own,
            ("first", "phases") => machine.rules.first = First::Phases,
            ("rows", "packed") => machine.order.rows = Rows::Packed,
            ("lookup", "overlapped") => machine.order.lookup = Stages::Overlapped,
            ("learning", "overlapped") => machine.order.learning = Stages::Overlapped,
            ("row_service", "arrival") => {
                (machine.order.lookups_shared, machine.order.weights_shared) = (false, true);
            }
            _ => panic!("`{name}={value}` is no option of a machine"),
        }
    }
    machine.order.lookups_shared &= machine.rules.ports == Ports::Shared;
    machine
}

/// Gives the core its work: `8 active=2 fire=1,5` neurons, `4/0/0/6` cycles of traces, errors, surrogates, weights.
fn load(core: &mut CoreMachine, machine: &Machine, cells: &[String]) {
    let order = &machine.order;
    core.begin();
    let rows = numbers(&cells[2]);
    add_rows(core, order, rows.into_iter().map(|synapses| Row { events: 1, synapses, stored: 0 }));
    let mut neurons = Neurons::default();
    let mut fire: Vec<u64> = Vec::new();
    for (name, value) in options(&cells[3].replace("mapped ", "mapped=")) {
        match name {
            "mapped" => neurons.mapped = value.parse().expect("a number"),
            "active" => neurons.active = value.parse().expect("a number"),
            "fire" => fire = value.split(',').map(|number| number.parse().expect("a number")).collect(),
            _ => panic!("`{name}` is no option of neurons"),
        }
    }
    neurons.fired = fire.len() as u64;
    let mut timing = load_chip("paper", std::path::Path::new("")).expect("a preset").timing;
    timing.neuron_access_ps = Time::Picoseconds(1);
    timing.neuron_update_ps = Time::Picoseconds(machine.update);
    for time in [
        &mut timing.trace_update_ps,
        &mut timing.error_ps,
        &mut timing.surrogate_ps,
        &mut timing.eligibility_update_ps,
    ] {
        *time = Time::Picoseconds(1);
    }
    let mut counts = NodeCounts::default();
    (counts.core.neuron_accesses, counts.core.neuron_updates) = (neurons.mapped, neurons.active);
    let learning = numbers(&cells[4].replace('/', " "));
    if let [traces, errors, surrogates, weights] = learning[..] {
        counts.core.trace_updates = traces;
        counts.learning.errors_computed = errors;
        counts.learning.surrogates = surrogates;
        counts.learning.eligibility_updates = weights;
    }
    let times = phase_times(&timing, &counts);
    let mut scan = Scan::begin(core, order, &times, neurons, false);
    for number in fire {
        scan.fire(core, number);
        scan.make(core, Packet { first: 0, count: 1, tag: number, class: 0 }, 1, true);
    }
    scan.end(core, |_| ());
    form_errors(core, order, &times, false);
    update_weights(core, order, &times, false);
}

/// Cycle by cycle: the network offers a packet until it is taken, and takes one in each cycle that is listed.
pub fn run(cells: &[String]) -> Vec<String> {
    let machine = machine(&cells[1]);
    let mut core = CoreMachine::new(machine.rules);
    load(&mut core, &machine, cells);
    let (arrives, takes) = (numbers(&cells[5]), numbers(&cells[6]));
    let always = takes.is_empty();
    let (mut sent, mut taken, mut marked) = (Vec::new(), Vec::new(), Vec::new());
    let mut offered = arrives.iter().peekable();
    for now in 0..200 {
        core.advance(now);
        if let Some(at) = offered.peek()
            && **at <= now
            && core.has_room(now).is_ok()
        {
            core.arrive(now, machine.packet_in);
            taken.push(now);
            offered.next();
        }
        if always || takes.contains(&now) {
            while let Asked::Packet(_, _) = core.ask(now) {
                sent.push(now);
                if !always {
                    break;
                }
            }
        }
        core.advance(now);
        if core.marked() > 0 && marked.last() != Some(&core.marked()) {
            marked.push(core.marked());
        }
    }
    core.finish();
    let waits: Vec<String> = Wait::ALL
        .iter()
        .filter(|(wait, _)| core.times().waited(*wait) > 0)
        .map(|(wait, name)| format!("{name}={}", core.times().waited(*wait)))
        .collect();
    let waits = if waits.is_empty() { "-".to_owned() } else { waits.join(" ") };
    vec![shown(&sent), core.done().to_string(), shown(&taken), shown(&marked), waits]
}
