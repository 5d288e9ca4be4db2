//! A step from its record to its times.
//!
//! Promises: a step begins with everything at rest, so its times are a function of its record. It ends when the phases of
//! every core, the last packet and the barrier are done. Absent on purpose: what is kept of steps (`totals`).

use crate::cost::counters::NodeCounts;
use crate::cost::cycle::core::{Action, CoreMachine, Packet};
use crate::cost::cycle::design::{Ending, Send};
use crate::cost::cycle::fanout::{BARRIER, CONTROL, ERROR, SPIKE, TARGET, VALUE};
use crate::cost::cycle::network::{Journey, Outside, Traffic};
use crate::cost::cycle::phases::{Phase, PhaseTimes, phase_times};
use crate::cost::cycle::program::{
    Neurons, Row, Scan, add_rows, done_otherwise, form_errors, make, update_weights,
};
use crate::cost::cycle::record::{Share, StepCopy};
use crate::cost::cycle::tables::{Tables, tagged};
use crate::cost::cycle::totals::{Bound, CoreStep, KeptStep, StepTimes, critical_link};
use crate::cost::cycle::units::{Unit, Wait};
use crate::run::program::StimulusSpike;
use synfire_router::network::engine::Engine;
use synfire_router::network::statistics::Statistics;
use synfire_router::network::stuck::Halt;

/// Simulates steps.
pub struct Simulator<'a> {
    tables: &'a Tables,
    engine: Option<Box<dyn Engine>>,
    machines: Vec<CoreMachine>,
    phases: Vec<PhaseTimes>,
    /// Packets that leave after all cores, by node.
    held: Vec<Vec<Packet>>,
    /// Input neurons that fired, by the node that they sit on.
    inputs: Vec<Vec<StimulusSpike>>,
    host: Vec<Packet>,
    last: Vec<Option<Journey>>,
    twice: Option<Twice>,
}

/// What the network counted where the packets of a step travelled twice, with engines gated and not.
#[derive(Debug)]
pub struct Twice {
    /// Since it was last cleared, before the step.
    pub before: Option<Statistics>,
    /// In the step, both ways.
    pub step: [Option<Statistics>; 2],
}

impl<'a> Simulator<'a> {
    /// Cores and network at rest; `engine` is that of the tables' plan.
    #[must_use]
    pub fn new(tables: &'a Tables, engine: Option<Box<dyn Engine>>) -> Self {
        let count = tables.nodes.len();
        Self {
            tables,
            engine,
            machines: vec![CoreMachine::new(tables.rules); count],
            phases: vec![PhaseTimes::default(); count],
            held: vec![Vec::new(); count],
            inputs: vec![Vec::new(); count],
            host: Vec::new(),
            last: vec![None; count],
            twice: None,
        }
    }

    /// What is static.
    #[must_use]
    pub fn tables(&self) -> &'a Tables {
        self.tables
    }

    /// Takes what the network counted since it was last taken; `None` where no packet moved, and of ideal ways.
    pub fn take_counts(&mut self) -> Option<Statistics> {
        let engine = self.engine.as_mut()?;
        let counts = engine.statistics();
        if counts.injected == 0 {
            return None;
        }
        let counts = counts.clone();
        engine.clear();
        Some(counts)
    }

    /// Takes what was counted in the last step, where its packets travelled twice.
    pub fn take_twice(&mut self) -> Option<Twice> {
        self.twice.take()
    }

    /// The times of a step with gated learning engines; and with engines that are not, where they differ.
    ///
    /// # Errors
    /// A network in which nothing will move again.
    pub fn step(&mut self, copy: &StepCopy) -> Result<(KeptStep, Option<KeptStep>), Halt> {
        let learns = copy.flags().learns || !self.tables.gated;
        self.load(copy, !learns);
        if learns || !self.phases.iter().any(PhaseTimes::differ) {
            return Ok((self.run(copy)?, None));
        }
        // Gated work comes behind all packets: without messages at the end it delays nothing but its own core.
        let design = &self.tables.design;
        let meets = self.tables.order.weights_shared;
        if design.barrier == Ending::Wires && design.send == Send::AsMade && !meets {
            let first = self.run(copy)?;
            let other = self.otherwise(&first);
            return Ok((first, Some(other)));
        }
        let before = self.take_counts();
        let first = self.run(copy)?;
        let gated = self.take_counts();
        self.load(copy, false);
        let other = self.run(copy)?;
        self.twice = Some(Twice { before, step: [gated, self.take_counts()] });
        Ok((first, Some(other)))
    }

    /// Gives every core its work.
    fn load(&mut self, copy: &StepCopy, gated: bool) {
        self.host.clear();
        self.inputs.iter_mut().for_each(Vec::clear);
        let Tables { inputs, to_all, nodes, .. } = self.tables;
        let [targets, others] = copy.controls;
        for (class, count) in [(TARGET, targets), (CONTROL, others)] {
            (0..count).for_each(|_| {
                for ports in &to_all[usize::from(class)] {
                    ports.packets(class, 0, |packet, _| self.host.push(packet));
                }
            });
        }
        for spike in &copy.spikes {
            let fanout = inputs[usize::from(spike.input)][spike.neuron as usize];
            if let Some(core) = self.tables.placed.core(spike.input.into(), spike.neuron) {
                self.inputs[core].push(*spike);
                continue;
            }
            let tag = tagged(nodes.len() + usize::from(spike.input), spike.neuron, spike.count);
            fanout.packets(SPIKE, tag, |packet, _| self.host.push(packet));
        }
        for (population, neuron) in &copy.injections {
            let node = self.tables.placed.node(*population, *neuron);
            nodes[node].to_node.packets(CONTROL, 0, |packet, _| self.host.push(packet));
        }
        for share in &copy.shares {
            self.load_share(share, gated, &copy.reads);
        }
        for number in self.tables.with_neurons..nodes.len() {
            let (machine, held) = (&mut self.machines[number], &mut self.held[number]);
            machine.begin();
            held.clear();
            load_inputs(self.tables, machine, held, number, &self.inputs[number]);
            machine.push(Action::Scanned);
            end_phases(self.tables, machine, held, number);
        }
    }

    fn load_share(&mut self, share: &Share, gated: bool, reads: &[u16]) {
        let Tables { order, design, timing, nodes, arriving, .. } = self.tables;
        let sends = design.send == Send::AsMade;
        let (mut fired, mut served, mut errors) = (0, 0, 0);
        for end in &share.nodes {
            let number = end.node as usize;
            let (node, machine, held) = (&nodes[number], &mut self.machines[number], &mut self.held[number]);
            let mut counts = NodeCounts { core: end.core, learning: end.learning, ..NodeCounts::default() };
            if order.event_driven {
                counts.core.neuron_accesses = counts.core.neuron_updates;
            }
            let times = phase_times(timing, &counts);
            self.phases[number] = times;
            machine.begin();
            held.clear();
            let rows = served..end.served as usize;
            let row = |(axon, events): (&u32, &u8)| Row {
                events: u64::from(*events),
                synapses: node.rows[*axon as usize].0.into(),
                stored: node.rows[*axon as usize].1,
            };
            // Rows that were fetched at arrival were paid in the step of their packets.
            let rows = if arriving.is_some() { 0..0 } else { rows };
            add_rows(machine, order, share.axons[rows.clone()].iter().zip(&share.events[rows]).map(row));
            let neurons = Neurons {
                mapped: end.core.neuron_accesses,
                active: end.core.neuron_updates,
                fired: end.core.spikes,
            };
            let mut scan = Scan::begin(machine, order, &times, neurons, gated);
            for source in &share.fired[fired..end.fired as usize] {
                scan.fire(machine, u64::from(*source));
                node.spikes[*source as usize].packets(SPIKE, tagged(number, *source, 1), |packet, parts| {
                    scan.make(machine, packet, parts, sends);
                    held.push(packet);
                });
                if node.leaves[*source as usize] {
                    self.tables.to_host[number].packets(SPIKE, 0, |packet, parts| {
                        scan.make(machine, packet, parts, sends);
                        held.push(packet);
                    });
                }
            }
            scan.end(machine, |machine| {
                load_inputs(self.tables, machine, held, number, &self.inputs[number]);
                load_values(self.tables, machine, held, number, reads);
            });
            form_errors(machine, order, &times, gated);
            for (channel, _) in &share.errors[errors..end.errors as usize] {
                node.errors[*channel as usize].packets(ERROR, 0, |packet, parts| {
                    make(machine, order.packet_ps, packet, parts, sends);
                    held.push(packet);
                });
            }
            update_weights(machine, order, &times, gated);
            end_phases(self.tables, machine, held, number);
            [fired, served, errors] = [end.fired, end.served, end.errors].map(|end| end as usize);
        }
    }

    /// Runs what was loaded.
    fn run(&mut self, copy: &StepCopy) -> Result<KeptStep, Halt> {
        let mut begin = 0;
        if self.tables.design.send == Send::AfterCores {
            self.machines.iter_mut().for_each(CoreMachine::finish);
            begin = self.machines.iter().map(CoreMachine::done).max().unwrap_or(0);
            for (machine, held) in self.machines.iter_mut().zip(&self.held) {
                held.iter().for_each(|packet| machine.release(begin, *packet));
            }
        }
        let traffic = Traffic::new(self.tables, &mut self.machines, &mut self.last, (begin, &self.host));
        let (mut outside, mut busiest) = (Outside::default(), None);
        if !traffic.is_idle() {
            match &mut self.engine {
                Some(engine) => {
                    outside = traffic.simulate(engine.as_mut())?;
                    busiest = engine.busiest();
                }
                None => outside = traffic.ideal(),
            }
        }
        self.machines.iter_mut().for_each(CoreMachine::finish);
        let core = |(machine, node): (&CoreMachine, &crate::cost::cycle::tables::NodeTables)| CoreStep {
            core: node.endpoint,
            done_ps: machine.done(),
            marked_ps: machine.marked(),
            times: *machine.times(),
        };
        let cores = self.machines.iter().zip(&self.tables.nodes).map(core).collect();
        let times = StepTimes {
            step: copy.step,
            stage: copy.stage,
            total_ps: 0,
            core_ps: 0,
            network_ps: 0,
            barrier_ps: 0,
            host_waited_ps: outside.host_waited_ps,
            critical_core: None,
            critical_link: critical_link(busiest, self.tables.network.cycle_ps),
            bound: None,
        };
        Ok(self.end(KeptStep { times, cores, outside }))
    }

    /// When a step ends whose cores are done.
    fn end(&self, mut step: KeptStep) -> KeptStep {
        // Of several the first: `max_by_key` takes the last.
        let slowest = step.cores.iter().rev().max_by_key(|core| core.done_ps);
        let (critical_core, core_ps) = slowest.map_or((None, 0), |core| (Some(core.core), core.done_ps));
        let came = |journey: &Option<Journey>| journey.map_or(0, |journey| journey.arrived_ps);
        let ends = step.cores.iter().zip(&self.last).map(|(core, last)| core.marked_ps.max(came(last)));
        let (last_ps, last) = ends.zip(&self.last).max_by_key(|(end, _)| *end).unwrap_or((0, &None));
        let Outside { released_ps, left, .. } = step.outside;
        let (left_ps, port) = left.unwrap_or_default();
        let quiet = core_ps.max(last_ps).max(left_ps);
        let total_ps = match self.tables.design.barrier {
            Ending::Wires => quiet + self.tables.barrier_ps,
            Ending::Messages => quiet.max(released_ps),
        };
        let late = match last.filter(|_| last_ps > core_ps) {
            _ if left_ps > core_ps.max(last_ps) => Some(Bound::HostPort(port)),
            last => last.map(Bound::Packet),
        };
        step.times = StepTimes {
            total_ps,
            core_ps,
            network_ps: quiet - core_ps,
            barrier_ps: total_ps - quiet,
            critical_core,
            bound: late.or(critical_core.map(Bound::Core)),
            ..step.times
        };
        for core in &mut step.cores {
            core.times.waits[Wait::Others as usize] = total_ps - core.done_ps.max(core.marked_ps);
        }
        step
    }

    /// The same step, had the learning engines not been gated.
    fn otherwise(&self, gated: &KeptStep) -> KeptStep {
        let mut step = gated.clone();
        for ((core, machine), times) in step.cores.iter_mut().zip(&self.machines).zip(&self.phases) {
            core.done_ps = done_otherwise(machine, &self.tables.order, times, false);
            let learning = [
                (Unit::Traces, Phase::Traces),
                (Unit::Errors, Phase::Errors),
                (Unit::Surrogates, Phase::Surrogates),
                (Unit::Weights, Phase::Weights),
            ];
            for (unit, phase) in learning {
                core.times.busy[unit as usize] += times.of(phase, false) - times.of(phase, true);
            }
            let (scanned, forked) = machine.scanned();
            let traces = (forked + times.of(Phase::Traces, false)).saturating_sub(scanned);
            if self.tables.design.learning == crate::cost::cycle::design::Stages::Overlapped {
                core.times.waits[Wait::Traces as usize] = traces;
            }
        }
        self.end(step)
    }
}

/// Input neurons of a core: they are accessed, and those that fire make their packets.
fn load_inputs(
    tables: &Tables,
    machine: &mut CoreMachine,
    held: &mut Vec<Packet>,
    node: usize,
    fired: &[StimulusSpike],
) {
    let Tables { order, timing, placed, inputs, nodes, .. } = tables;
    let mapped = placed.neurons.get(node).copied().unwrap_or(0);
    let accessed = if order.event_driven { fired.len() as u64 } else { mapped };
    let work = |machine: &mut CoreMachine, ps: u64| {
        machine.push(Action::Work { unit: Unit::Scan, ps, shared: false });
    };
    work(machine, accessed * timing.input_access_ps.ps());
    for spike in fired {
        work(machine, timing.input_spike_ps.ps());
        let tag = tagged(nodes.len() + usize::from(spike.input), spike.neuron, spike.count);
        inputs[usize::from(spike.input)][spike.neuron as usize].packets(SPIKE, tag, |packet, parts| {
            make(machine, order.packet_ps, packet, parts, tables.design.send == Send::AsMade);
            held.push(packet);
        });
    }
}

/// Values of neurons of a core that the host reads: a packet each, made when all neurons are scanned.
fn load_values(
    tables: &Tables,
    machine: &mut CoreMachine,
    held: &mut Vec<Packet>,
    node: usize,
    reads: &[u16],
) {
    if tables.ports.bits.value == 0 {
        return;
    }
    for (_, neurons) in
        reads.iter().flat_map(|read| tables.placed.held(*read)).filter(|(at, _)| *at as usize == node)
    {
        for _ in 0..*neurons {
            tables.to_host[node].packets(VALUE, 0, |packet, parts| {
                make(machine, tables.order.packet_ps, packet, parts, tables.design.send == Send::AsMade);
                held.push(packet);
            });
        }
    }
}

/// What a core does when its phases are done: of a barrier of messages it sends one.
fn end_phases(tables: &Tables, machine: &mut CoreMachine, held: &mut Vec<Packet>, node: usize) {
    if tables.design.barrier == Ending::Messages {
        tables.to_barrier[node].packets(BARRIER, 0, |packet, _| {
            if tables.design.send == Send::AsMade {
                machine.push(Action::Send(packet));
            }
            held.push(packet);
        });
    }
}
