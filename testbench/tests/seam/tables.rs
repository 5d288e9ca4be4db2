//! What is static of a machine, and the step of the second model: routes are expanded packet by packet, ways are walked
//! link by link.

use crate::seam::copy::{Share, StepCopy};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::gating::{Flags, GatedCounts, GatedTimes};
use synfire_chip::cost::prices::Timing;
use synfire_chip::cost::stage::Stage;
use synfire_chip::cost::time::{Bound, CoreTime, Elapsed, StepTime, core_time, way_ps};
use synfire_chip::run::machine::Machine;
use synfire_core::address::CoreId;
use synfire_router::table::RoutingTable;
use synfire_router::topology::{Topology, Way};

struct NodeTables {
    core: CoreId,
    routes: RoutingTable,
    error_routes: Vec<Vec<CoreId>>,
    /// Synapses of each axon, numbered through the blocks.
    rows: Vec<u64>,
    neurons: u64,
    traces: u64,
    /// Population, first neuron and one past the last of each slice.
    slices: Vec<(usize, u32, u32)>,
}

/// Everything static.
pub struct Tables {
    topology: Topology,
    timing: Timing,
    barrier_ps: u64,
    gated: bool,
    nodes: Vec<NodeTables>,
    inputs: Vec<RoutingTable>,
    /// First number of the axons of each block of each node.
    pub first_axons: Vec<Vec<u32>>,
}

/// What the model knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    counts: GatedCounts,
    times: GatedTimes,
    busiest_link: u64,
    loads: Vec<u64>,
}

/// What it says of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    pub counts: NodeCounts,
    pub elapsed: Elapsed,
    pub busiest_link: u64,
    pub loads: Vec<u64>,
}

impl State {
    pub fn figures(&self) -> Figures {
        Figures {
            counts: *self.counts.of(Stage::Inference),
            elapsed: self.times.of(Stage::Inference),
            busiest_link: self.busiest_link,
            loads: self.loads.clone(),
        }
    }
}

impl Tables {
    pub fn of(machine: &Machine) -> Self {
        let mut first_axons = Vec::new();
        let node = |node: &synfire_chip::run::node::Node| {
            let (mut rows, mut starts) = (Vec::new(), Vec::new());
            for block in &node.core.blocks {
                starts.push(rows.len() as u32);
                rows.extend((0..block.memory.axons).map(|axon| block.memory.row(axon).len() as u64));
            }
            first_axons.push(starts);
            let traces = node.core.blocks.iter().filter_map(|block| block.traces.as_ref());
            let slices = node.core.slices.iter();
            NodeTables {
                core: node.id,
                routes: node.routes.clone(),
                error_routes: node.error_routes.clone(),
                rows,
                neurons: slices.clone().map(|slice| slice.len as u64).sum(),
                traces: traces.map(|(_, traces)| traces.p.len() as u64).sum(),
                slices: slices
                    .map(|slice| (slice.population as usize, slice.first, slice.first + slice.len as u32))
                    .collect(),
            }
        };
        Self {
            topology: machine.chip.topology(),
            timing: machine.chip.timing,
            barrier_ps: machine.chip.timing.barrier.ps(machine.tiles()),
            gated: machine.chip.learning_gated,
            nodes: machine.nodes.iter().map(node).collect(),
            inputs: machine.inputs().to_vec(),
            first_axons,
        }
    }

    pub fn start(&self) -> State {
        let loads = vec![0; self.topology.links()];
        State { counts: GatedCounts::default(), times: GatedTimes::default(), busiest_link: 0, loads }
    }

    pub fn advance(&self, state: &mut State, step: &StepCopy, served: bool) {
        let time = StepTime::default();
        let mut network = Network { tables: self, time, ungated_ps: 0, loads: vec![0; state.loads.len()] };
        let mut host = NodeCounts::default();
        for to in self.nodes.iter().map(|node| node.core) {
            for _ in 0..step.controls {
                network.pass(self.topology.from_host(to), &mut host);
                host.control_packets += 1;
            }
        }
        // A packet carries all that a neuron gets in a step.
        let sources: BTreeSet<_> = step.spikes.iter().map(|spike| (spike.input, spike.neuron)).collect();
        for (input, neuron) in sources {
            for to in self.inputs[usize::from(input)].get(neuron as usize) {
                network.pass(self.topology.from_host(to.core), &mut host);
                host.stimulus_packets += 1;
            }
        }
        let driven: BTreeSet<_> =
            step.injections.iter().map(|current| (current.population, current.neuron)).collect();
        for (to, neuron) in driven {
            let holds = |(population, first, end): &(usize, u32, u32)| {
                *population == usize::from(to) && (*first..*end).contains(&neuron)
            };
            let node = self.nodes.iter().find(|node| node.slices.iter().any(holds)).expect("a mapped neuron");
            network.pass(self.topology.from_host(node.core), &mut host);
            host.injection_packets += 1;
        }
        let seen: usize = step.shares.iter().map(|share| share.nodes.len()).sum();
        assert_eq!(seen, self.nodes.len(), "every node shows every step");
        // Every core hears the same control events, so what a gate leaves out can be settled for all at once.
        let flags = step.shares[0].flags;
        assert!(step.shares.iter().all(|share| share.flags == flags || share.nodes.is_empty()));
        let flags = Flags { learns: flags.learns || !self.gated, ..flags };
        for share in &step.shares {
            network.share(share, served, flags.learns, &mut host);
        }
        state.counts.add(Stage::Inference, &mut host, flags);
        let Network { mut time, ungated_ps, loads, .. } = network;
        time.barrier_ps = self.barrier_ps;
        // These chips say nothing of what links carry.
        time.bound = if time.network_ps > 0 { Bound::Way } else { Bound::Nothing };
        let ungated = StepTime { core_ps: ungated_ps, ..time };
        state.times.add(Stage::Inference, &self.timing, [time, ungated], flags);
        state.busiest_link = state.busiest_link.max(loads.iter().copied().max().unwrap_or(0));
        state.loads.iter_mut().zip(loads).for_each(|(total, load)| *total += load);
    }
}

/// The packets of one step under way.
struct Network<'a> {
    tables: &'a Tables,
    time: StepTime,
    /// Slowest core, were no engine gated.
    ungated_ps: u64,
    loads: Vec<u64>,
}

impl Network<'_> {
    fn pass(&mut self, way: Way, counts: &mut NodeCounts) {
        for link in way.links().flat_map(|span| span.first..span.end) {
            self.loads[link as usize] += 1;
        }
        counts.hops_x += u64::from(way.hops.x);
        counts.hops_y += u64::from(way.hops.y);
        self.time.network_ps = self.time.network_ps.max(way_ps(&self.tables.timing, way.hops));
    }

    fn share(&mut self, share: &Share, served: bool, learns: bool, total: &mut NodeCounts) {
        let mut work = share.work.iter().peekable();
        let (mut fired, mut axons, mut errors) = (0, 0, 0);
        for end in &share.nodes {
            let node = &self.tables.nodes[end.node as usize];
            let mut counts = NodeCounts::default();
            for source in &share.fired[fired..end.fired as usize] {
                counts.core.spikes += 1;
                for to in node.routes.get(*source as usize) {
                    counts.spike_packets += 1;
                    self.pass(self.tables.topology.between(node.core, to.core), &mut counts);
                }
            }
            for at in axons..end.served as usize {
                let events = u64::from(share.events[at]);
                counts.core.axon_events += events;
                counts.core.synaptic_events += events * node.rows[share.axons[at] as usize];
            }
            for (channel, _) in &share.errors[errors..end.errors as usize] {
                for to in &node.error_routes[*channel as usize] {
                    counts.error_packets += 1;
                    self.pass(self.tables.topology.between(node.core, *to), &mut counts);
                }
            }
            if let Some((_, own)) = work.next_if(|(of, _)| *of == end.node) {
                counts.learning = *own;
            }
            counts.core.neuron_accesses = node.neurons;
            counts.core.neuron_updates = u64::from(end.active);
            counts.core.trace_updates = node.traces;
            counts.received_packets = counts.spike_packets + counts.error_packets;
            assert!(served || share.axons.is_empty(), "only who asks gets a list");
            let timing = &self.tables.timing;
            let CoreTime { whole_ps, gated_ps } = core_time(timing, &counts);
            self.time.core_ps = self.time.core_ps.max(if learns { whole_ps } else { gated_ps });
            self.ungated_ps = self.ungated_ps.max(whole_ps);
            total.add(&counts);
            [fired, axons, errors] = [end.fired, end.served, end.errors].map(|end| end as usize);
        }
    }
}
