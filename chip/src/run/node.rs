//! A node of the chip: one neuron core, its plasticity unit, its routes.
//!
//! Runs micro-steps 1 to 9 of `docs/arithmetic.md` for one core. Packets leave through a closure, so that the
//! node does not know which worker owns the destination.
//!
//! Promises: what a node sends depends on its registers only. Absent on purpose: workers, probes, what a step costs.

use crate::run::observer::{Fired, Record};
use crate::run::program::Control;
use synfire_core::address::CoreId;
use synfire_core::neuron_core::{CoreCounts, NeuronCore, Watch};
use synfire_plasticity::counts::LearningCounts;
use synfire_plasticity::slice_learning::FormedError;
use synfire_plasticity::unit::LearningUnit;
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
    learns: bool,
    /// A `clear` came, and its step has not been run.
    cleared: bool,
    errors: Vec<FormedError>,
}

/// What was counted of a node in one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepCounts {
    /// Neuron core.
    pub core: CoreCounts,
    /// Plasticity unit.
    pub learning: LearningCounts,
    /// Whether the step began with a `clear`.
    pub cleared: bool,
}

impl Node {
    /// A node at reset, without routes.
    #[must_use]
    pub fn new(id: CoreId, core: NeuronCore, unit: LearningUnit) -> Self {
        let learns = unit.is_used();
        let (routes, error_routes, errors) = (RoutingTable::default(), Vec::new(), Vec::new());
        Self { id, core, unit, learns, cleared: false, routes, error_routes, errors }
    }

    /// Micro-step 1, control events: taken before everything else of the step, in their order.
    pub fn control(&mut self, events: &[Control]) {
        for event in events {
            match *event {
                Control::Clear => {
                    self.cleared = true;
                    self.core.clear();
                    self.unit.clear();
                }
                Control::Target { channel, value } => {
                    self.unit.broadcast.targets[usize::from(channel)] = value;
                }
                Control::Learn(on) => self.unit.broadcast.learn = on,
                Control::ShiftOffset(offset) => self.unit.broadcast.shift_offset = offset,
            }
        }
    }

    /// Micro-steps 1 (spikes, errors) to 9, gathering what `watch` asks for. `send` takes each packet that leaves.
    #[inline]
    pub fn step(&mut self, step: u64, watch: Watch, mut send: impl FnMut(CoreId, Packet)) -> StepCounts {
        let mut counts = StepCounts { cleared: std::mem::take(&mut self.cleared), ..StepCounts::default() };
        if self.learns {
            self.unit.arrive(step);
        }
        counts.core = self.core.step_watched(step, watch);
        self.errors.clear();
        if self.learns {
            counts.learning = self.unit.learn(&mut self.core, step, &mut self.errors);
        }
        Fired(&self.core.slices).sources(|source| {
            for to in self.routes.get(source) {
                let event = Event::Spike { core: to.core, axon_in: to.axon_in, count: 1 };
                send(to.core, event.encode());
            }
        });
        for error in &self.errors {
            for &core in &self.error_routes[usize::from(error.channel)] {
                let event = Event::Error { core, channel: error.channel, value: error.value };
                send(core, event.encode());
            }
        }
        counts
    }

    /// Errors that the node formed in the step, and surrogates that it sent.
    #[must_use]
    pub fn formed(&self) -> &[FormedError] {
        &self.errors
    }

    /// The step that was just counted, for an observer.
    #[must_use]
    pub fn record<'a>(&'a self, counts: &'a StepCounts) -> Record<'a> {
        Record {
            core: &counts.core,
            listed: self.core.listed_events(),
            listed_slices: self.core.listed_by_slice(),
            slices: self.core.counts(),
            learning: &counts.learning,
            fired: Fired(&self.core.slices),
            errors: &self.errors,
            served: self.core.served(),
            work: self.unit.work(),
            learns: self.unit.broadcast.learn,
            cleared: counts.cleared,
        }
    }

    /// Takes a packet that was sent in step `step`.
    #[inline]
    pub fn receive(&mut self, packet: Packet, step: u64) {
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
