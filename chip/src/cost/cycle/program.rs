//! What a core does in a step, as actions of its machine.
//!
//! The order is that of `docs/arithmetic.md`, section 3: rows are added (1, 3), neurons are scanned in order and those
//! that fire make their packets (2 to 4, 9), traces advance (5), errors are formed and leave (6), surrogates (7, 8),
//! weights (9). With [`Stages::Overlapped`] traces run beside the scan: both need the arrivals of 1 alone.
//!
//! Promises: serial stages without sharing take what `time::core_time` says. The record does not say which neurons were
//! active, so their updates are spread evenly over the scan. Absent on purpose: what packets wait for (`core`).

use crate::cost::cycle::core::{Action, CoreMachine, Packet};
use crate::cost::cycle::design::{Rows, Stages};
use crate::cost::cycle::phases::{Phase, PhaseTimes};
use crate::cost::cycle::units::Unit;

/// What parts of a design decide the actions.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// What a word of synapse memory holds.
    pub rows: Rows,
    /// Whether rows are looked up while others are added.
    pub lookup: Stages,
    /// Whether traces run beside the scan.
    pub learning: Stages,
    /// Whether lookups meet arrivals at a port, and whether weights do.
    pub lookups_shared: bool,
    /// As `lookups_shared`, of weights.
    pub weights_shared: bool,
    /// Whether only active neurons are accessed.
    pub event_driven: bool,
    /// Synapses of a word.
    pub lanes: u64,
    /// Time of a lookup.
    pub lookup_ps: u64,
    /// Time of a word of dense, sparse and shared rows.
    pub word_ps: [u64; 3],
    /// Time of making a packet.
    pub packet_ps: u64,
}

/// A row that is added: an axon that carried events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// How many.
    pub events: u64,
    /// Synapses.
    pub synapses: u64,
    /// How they are stored, an index of [`Order::word_ps`].
    pub stored: u8,
}

/// Adds the rows of a step: looked up one by one, and added in words of `lanes` synapses, of one kind of row each.
pub fn add_rows(machine: &mut CoreMachine, order: &Order, rows: impl Iterator<Item = Row>) {
    let Order { lanes, lookup_ps, word_ps, .. } = *order;
    let added = |words: [u64; 3]| words.iter().zip(word_ps).map(|(words, ps)| words * ps).sum::<u64>();
    // Time of lookups so far; synapses, and words that are full, by storage.
    let (mut looked, mut synapses, mut words) = (0, [0; 3], [0; 3]);
    // How long lanes wait for lookups in all; what of them is among the actions.
    let (mut behind, mut done) = (0, 0);
    for row in rows {
        let (before, stored) = (added(words), usize::from(row.stored));
        looked += row.events * lookup_ps;
        synapses[stored] += row.events * row.synapses;
        words[stored] = match order.rows {
            Rows::Aligned => words[stored] + row.events * row.synapses.div_ceil(lanes),
            Rows::Packed => synapses[stored] / lanes,
        };
        if row.synapses > 0 {
            behind = behind.max(looked.saturating_sub(before));
        }
        if order.lookup == Stages::Serial && order.lookups_shared {
            work(machine, Unit::Lookup, row.events * lookup_ps, true);
            work(machine, Unit::Lanes, added(words) - before, false);
            done = added(words);
        }
    }
    if order.rows == Rows::Packed {
        words = synapses.map(|synapses| synapses.div_ceil(lanes));
    }
    let all = added(words);
    match (order.lookup, order.lookups_shared) {
        (Stages::Serial, true) => work(machine, Unit::Lanes, all - done, false),
        (Stages::Serial, false) => {
            work(machine, Unit::Lookup, looked, false);
            work(machine, Unit::Lanes, all, false);
        }
        (Stages::Overlapped, shared) => {
            let left = (behind + all).max(looked) - looked;
            work(machine, Unit::Lookup, looked, shared);
            work(machine, Unit::Lanes, left, false);
            machine.hide(Unit::Lanes, all - left);
        }
    }
}

fn work(machine: &mut CoreMachine, unit: Unit, ps: u64, shared: bool) {
    machine.push(Action::Work { unit, ps, shared });
}

/// Neurons of a core in a step, all of which are passed by the scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Neurons {
    /// Mapped.
    pub mapped: u64,
    /// Active.
    pub active: u64,
    /// That fired.
    pub fired: u64,
}

/// The neurons of a step, scanned one by one.
#[derive(Debug)]
pub struct Scan {
    neurons: Neurons,
    event_driven: bool,
    access_ps: u64,
    update_ps: u64,
    spike_ps: u64,
    packet_ps: u64,
    /// Time scanned so far.
    done: u64,
}

impl Scan {
    /// Begins it; traces begin beside it where they may.
    pub fn begin(
        machine: &mut CoreMachine,
        order: &Order,
        times: &PhaseTimes,
        neurons: Neurons,
        gated: bool,
    ) -> Self {
        if order.learning == Stages::Overlapped {
            machine.push(Action::Fork { ps: times.of(Phase::Traces, gated) });
        }
        let each = |phase: Phase, count: u64| times.of(phase, gated) / count.max(1);
        Self {
            neurons,
            event_driven: order.event_driven,
            access_ps: each(Phase::Access, if order.event_driven { neurons.active } else { neurons.mapped }),
            update_ps: each(Phase::Update, neurons.active),
            spike_ps: each(Phase::Spike, neurons.fired),
            packet_ps: order.packet_ps,
            done: 0,
        }
    }

    /// Scans up to and with neuron `number`.
    fn to(&mut self, machine: &mut CoreMachine, number: u64) {
        let Neurons { mapped, active, .. } = self.neurons;
        let updated = (active * number).div_ceil(mapped.max(1));
        let accessed = if self.event_driven { updated } else { number };
        let until = accessed * self.access_ps + updated * self.update_ps;
        work(machine, Unit::Scan, until - self.done, false);
        self.done = until;
    }

    /// Neuron `number` fires.
    pub fn fire(&mut self, machine: &mut CoreMachine, number: u64) {
        self.to(machine, number + 1);
        work(machine, Unit::Scan, self.spike_ps, false);
    }

    /// Makes a packet, of which `parts` enter the network; it is sent at once, or left to the caller.
    pub fn make(&self, machine: &mut CoreMachine, packet: Packet, parts: u64, sends: bool) {
        make(machine, self.packet_ps, packet, parts, sends);
    }

    /// Scans the rest, and input neurons that sit on the core.
    pub fn end(mut self, machine: &mut CoreMachine, inputs: impl FnOnce(&mut CoreMachine)) {
        self.to(machine, self.neurons.mapped);
        inputs(machine);
        machine.push(Action::Scanned);
    }
}

/// Makes a packet.
pub fn make(machine: &mut CoreMachine, packet_ps: u64, packet: Packet, parts: u64, sends: bool) {
    work(machine, Unit::Packets, packet_ps * parts, false);
    if sends {
        machine.push(Action::Send(packet));
    }
}

/// Learning up to the errors; their packets are made behind it.
pub fn form_errors(machine: &mut CoreMachine, order: &Order, times: &PhaseTimes, gated: bool) {
    match order.learning {
        Stages::Serial => work(machine, Unit::Traces, times.of(Phase::Traces, gated), false),
        Stages::Overlapped => machine.push(Action::Join),
    }
    work(machine, Unit::Errors, times.of(Phase::Errors, gated), false);
}

/// The rest of learning.
pub fn update_weights(machine: &mut CoreMachine, order: &Order, times: &PhaseTimes, gated: bool) {
    work(machine, Unit::Surrogates, times.of(Phase::Surrogates, gated), false);
    work(machine, Unit::Weights, times.of(Phase::Weights, gated), order.weights_shared);
}

/// When a core that formed no error would have been done, had its engine been gated otherwise.
#[must_use]
pub fn done_otherwise(machine: &CoreMachine, order: &Order, times: &PhaseTimes, gated: bool) -> u64 {
    let (scanned, forked) = machine.scanned();
    let traces = times.of(Phase::Traces, gated);
    let begin = match order.learning {
        Stages::Serial => scanned + traces,
        Stages::Overlapped => scanned.max(forked + traces),
    };
    let rest = [Phase::Errors, Phase::Surrogates, Phase::Weights];
    begin + rest.map(|phase| times.of(phase, gated)).iter().sum::<u64>()
}
