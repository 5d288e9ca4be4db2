//! A step's record, copied: 4 bytes a fired source, 5 an axon served, 8 an error, and never an entry a packet.

use synfire_chip::cost::gating::Flags;
use synfire_chip::run::observer::Record;
use synfire_chip::run::program::{Injection, StepEvents, StimulusSpike};
use synfire_plasticity::counts::LearningCounts;

/// Where the entries of one node end in the lists of its share.
#[derive(Clone, Copy, Debug)]
pub struct NodeEnd {
    pub node: u32,
    /// Neurons that were active: which, a model would have to know of every register.
    pub active: u32,
    pub fired: u32,
    pub served: u32,
    pub errors: u32,
}

/// What one worker saw of a step.
#[derive(Debug, Default)]
pub struct Share {
    pub nodes: Vec<NodeEnd>,
    /// Sources that fired.
    pub fired: Vec<u32>,
    /// Axons that carried events, numbered through the blocks of their node.
    pub axons: Vec<u32>,
    /// How many events each.
    pub events: Vec<u8>,
    /// Channel and value.
    pub errors: Vec<(u32, i32)>,
    /// Learning work of nodes that did any.
    pub work: Vec<(u32, LearningCounts)>,
    /// The same in every node.
    pub flags: Flags,
}

impl Share {
    pub fn clear(&mut self) {
        self.nodes.clear();
        self.fired.clear();
        self.axons.clear();
        self.events.clear();
        self.errors.clear();
        self.work.clear();
    }

    /// Copies a record; `first_axons` numbers the blocks' axons.
    pub fn add(&mut self, node: usize, record: &Record<'_>, first_axons: &[u32]) {
        let node = node as u32;
        self.flags = Flags { learns: record.learns, cleared: record.cleared };
        record.fired.sources(|source| self.fired.push(source as u32));
        for served in record.served {
            self.axons.push(first_axons[usize::from(served.block)] + served.axon);
            self.events.push(served.events);
        }
        self.errors.extend(record.errors.iter().map(|error| (u32::from(error.channel), error.value)));
        if *record.learning != LearningCounts::default() {
            assert_eq!(record.work.total(), *record.learning, "structures do what their core does");
            self.work.push((node, *record.learning));
        }
        let [fired, served, errors] = [self.fired.len(), self.axons.len(), self.errors.len()];
        let [fired, served, errors] = [fired, served, errors].map(|len| len as u32);
        let active = record.core.neuron_updates as u32;
        self.nodes.push(NodeEnd { node, active, fired, served, errors });
    }

    pub fn bytes(&self) -> usize {
        let nodes = size_of_val(&self.nodes[..]) + size_of_val(&self.work[..]);
        let lists =
            size_of_val(&self.fired[..]) + size_of_val(&self.axons[..]) + size_of_val(&self.events[..]);
        nodes + lists + size_of_val(&self.errors[..])
    }
}

/// A whole step.
#[derive(Debug, Default)]
pub struct StepCopy {
    pub step: u64,
    pub controls: u64,
    pub spikes: Vec<StimulusSpike>,
    pub injections: Vec<Injection>,
    /// One a worker.
    pub shares: Vec<Share>,
}

impl StepCopy {
    pub fn begin(&mut self, step: u64, events: &StepEvents) {
        self.step = step;
        self.controls = events.control.len() as u64;
        self.spikes.clone_from(&events.spikes);
        self.injections.clone_from(&events.injections);
    }

    pub fn bytes(&self) -> usize {
        let host = size_of_val(&self.spikes[..]) + size_of_val(&self.injections[..]);
        host + self.shares.iter().map(Share::bytes).sum::<usize>()
    }
}
