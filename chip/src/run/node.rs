//! A node of the chip: one neuron core, its plasticity unit, its routes, its counters.
//!
//! Runs micro-steps 1 to 9 of `docs/arithmetic.md` for one core. Packets leave through a closure, so that the
//! node does not know which worker owns the destination.
//!
//! Promises: what a node sends depends on its registers only. Absent on purpose: workers, probes, time's sum.

use crate::cost::counters::NodeCounts;
use crate::run::program::Control;
use synfire_core::address::CoreId;
use synfire_core::neuron_core::NeuronCore;
use synfire_plasticity::slice_learning::FormedError;
use synfire_plasticity::unit::LearningUnit;
use synfire_router::mesh::Topology;
use synfire_router::packet::{Event, Packet};
use synfire_router::table::RoutingTable;

/// One core of the chip in use.
#[derive(Debug)]
pub struct Node {
    /// Which core.
    pub id: CoreId,
    /// Neurons, synapses, traces.
    pub core: NeuronCore,
    /// Learning.
    pub unit: LearningUnit,
    /// Routes of the core's neurons, slice by slice.
    pub routes: RoutingTable,
    /// Cores that each error channel goes to.
    pub error_routes: Vec<Vec<CoreId>>,
    /// What the hardware of this node did since reset.
    pub counts: NodeCounts,
    learns: bool,
    errors: Vec<FormedError>,
}

/// What a step of a node leaves for the time model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepWork {
    /// What was counted in this step alone.
    pub counts: NodeCounts,
    /// Longest way of a packet that left, in hops along X and along Y.
    pub farthest: (u32, u32),
}

impl Node {
    /// A node at reset, without routes.
    #[must_use]
    pub fn new(id: CoreId, core: NeuronCore, unit: LearningUnit) -> Self {
        let learns = unit.is_used();
        Self {
            id,
            core,
            unit,
            learns,
            routes: RoutingTable::default(),
            error_routes: Vec::new(),
            counts: NodeCounts::default(),
            errors: Vec::new(),
        }
    }

    /// Micro-step 1, control events: taken before everything else of the step, in their order.
    pub fn control(&mut self, events: &[Control]) {
        for event in events {
            match *event {
                Control::Clear => {
                    self.core.clear();
                    self.unit.clear();
                }
                Control::Target { channel, value } => {
                    self.unit.broadcast.targets[usize::from(channel)] = value;
                }
                Control::Learn(on) => self.unit.broadcast.learn = on,
                Control::ShiftOffset(offset) => self.unit.broadcast.shift_offset = offset,
            }
            self.counts.control_packets += 1;
        }
    }

    /// Micro-steps 1 (spikes, errors) to 9. `send` takes each packet that leaves.
    pub fn step(&mut self, step: u64, topology: Topology, mut send: impl FnMut(CoreId, Packet)) -> StepWork {
        let mut work = StepWork::default();
        if self.learns {
            self.unit.arrive(step);
        }
        work.counts.core = self.core.step(step);
        self.errors.clear();
        if self.learns {
            work.counts.learning = self.unit.learn(&mut self.core, step, &mut self.errors);
        }
        let own_tile = topology.tile(self.id);
        let mut leave = |work: &mut StepWork, core: CoreId, packet: Packet| {
            let hops = topology.hops(own_tile, topology.tile(core));
            work.counts.hops_x += u64::from(hops.x);
            work.counts.hops_y += u64::from(hops.y);
            if hops.x + hops.y > work.farthest.0 + work.farthest.1 {
                work.farthest = (hops.x, hops.y);
            }
            send(core, packet);
        };
        let mut offset = 0;
        for slice in &self.core.slices {
            for (base, &word) in slice.fired_words().iter().enumerate() {
                let mut bits = word;
                while bits != 0 {
                    let neuron = base * 64 + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    for to in self.routes.get(offset + neuron) {
                        let event = Event::Spike { core: to.core, axon_in: to.axon_in, count: 1 };
                        work.counts.spike_packets += 1;
                        leave(&mut work, to.core, event.encode());
                    }
                }
            }
            offset += slice.len;
        }
        for error in &self.errors {
            for &core in &self.error_routes[usize::from(error.channel)] {
                let event = Event::Error { core, channel: error.channel, value: error.value };
                work.counts.error_packets += 1;
                leave(&mut work, core, event.encode());
            }
        }
        self.counts.add(&work.counts);
        work
    }

    /// Takes a packet that was sent in step `step`.
    #[inline]
    pub fn receive(&mut self, packet: Packet, step: u64) {
        self.counts.received_packets += 1;
        match packet.decode() {
            Some(Event::Spike { axon_in, count, .. }) => self.core.receive(axon_in, step, count),
            Some(Event::Error { channel, value, .. }) => {
                self.unit.receive_error(FormedError { channel, value }, step);
            }
            // Control events come from the host, not from a core.
            Some(Event::Control { .. }) | None => {}
        }
    }
}
