//! A step's record, copied: 4 bytes a fired source, 5 an axon that carried events, 8 an error, counts a node; never an
//! entry a packet.
//!
//! Promises: buffers are used again. Absent on purpose: what is static (`tables`).

use crate::cost::gating::Flags;
use crate::cost::stage::Stage;
use crate::run::observer::Record;
use crate::run::program::{Control, StepEvents, StimulusSpike};
use synfire_core::neuron_core::CoreCounts;
use synfire_plasticity::counts::LearningCounts;

/// Counts of one node, and where its entries end in the lists of its share.
#[derive(Clone, Copy, Debug)]
pub struct NodeEnd {
    /// The node.
    pub node: u32,
    /// End in `fired`.
    pub fired: u32,
    /// End in `axons` and `events`.
    pub served: u32,
    /// End in `errors`.
    pub errors: u32,
    /// What it did.
    pub core: CoreCounts,
    /// What its learning hardware did.
    pub learning: LearningCounts,
}

/// What one worker saw of a step.
#[derive(Debug, Default)]
pub struct Share {
    /// Its nodes.
    pub nodes: Vec<NodeEnd>,
    /// Sources that fired.
    pub fired: Vec<u32>,
    /// Axons that carried events, numbered through the blocks of their node.
    pub axons: Vec<u32>,
    /// How many events each.
    pub events: Vec<u8>,
    /// Channel and value of each error.
    pub errors: Vec<(u32, i32)>,
    /// The same in every node.
    pub flags: Flags,
}

impl Share {
    /// Empties it.
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.fired.clear();
        self.axons.clear();
        self.events.clear();
        self.errors.clear();
    }

    /// Copies a record; `first_axons` numbers the blocks' axons.
    pub fn add(&mut self, node: usize, record: &Record<'_>, first_axons: &[u32]) {
        self.flags = Flags { learns: record.learns, cleared: record.cleared };
        record.fired.sources(|source| self.fired.push(source as u32));
        for served in record.served {
            self.axons.push(first_axons[usize::from(served.block)] + served.axon);
            self.events.push(served.events);
        }
        self.errors.extend(record.errors.iter().map(|error| (u32::from(error.channel), error.value)));
        self.nodes.push(NodeEnd {
            node: node as u32,
            fired: self.fired.len() as u32,
            served: self.axons.len() as u32,
            errors: self.errors.len() as u32,
            core: *record.core,
            learning: *record.learning,
        });
    }
}

/// A whole step.
#[derive(Debug, Default)]
pub struct StepCopy {
    /// Its number.
    pub step: u64,
    /// Stage that it belongs to.
    pub stage: Stage,
    /// Control events: targets, others.
    pub controls: [u64; 2],
    /// Input neurons that fired, each once.
    pub spikes: Vec<StimulusSpike>,
    /// Neurons that currents are injected into, each once: population, neuron.
    pub injections: Vec<(u16, u32)>,
    /// Populations whose values the host reads.
    pub reads: Vec<u16>,
    /// One a worker.
    pub shares: Vec<Share>,
}

impl StepCopy {
    /// Takes what the host does.
    pub fn begin(&mut self, step: u64, stage: Stage, events: &StepEvents) {
        (self.step, self.stage) = (step, stage);
        let targets = events.control.iter().filter(|event| matches!(event, Control::Target { .. })).count();
        self.controls = [targets as u64, (events.control.len() - targets) as u64];
        self.spikes.clear();
        self.spikes.extend_from_slice(&events.packets());
        self.injections = events.driven();
        self.reads.clone_from(&events.reads);
    }

    /// Flags of the step: those of the first node.
    #[must_use]
    pub fn flags(&self) -> Flags {
        let shown = self.shares.iter().find(|share| !share.nodes.is_empty());
        shown.map_or_else(Flags::default, |share| share.flags)
    }
}
