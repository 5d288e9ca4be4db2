//! Memory of each core in bits, under the headings of a report: sums over the core's list of `structures`.
//!
//! Promises: nothing is counted here that the list does not name. Absent on purpose: widths and words (`structures`).

use crate::chip::Chip;
use crate::run::machine::Machine;
use crate::run::node::Node;
use crate::structures::{Kind, Part, counted, total_bits};
use serde::Serialize;

/// Bits of one core by structure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CoreMemory {
    /// Core.
    pub core: u16,
    /// Neurons mapped.
    pub neurons: u64,
    /// Axons mapped.
    pub axons: u64,
    /// Synapses mapped.
    pub synapses: u64,
    /// Current, membrane, refractory counter, adaptation, fired bit.
    pub neuron_state_bits: u64,
    /// Parameters that differ between neurons.
    pub neuron_parameter_bits: u64,
    /// Weights, and indices and pointers of listed rows.
    pub synapse_bits: u64,
    /// Axon-in table: an axon number and a delay an axon.
    pub axon_table_bits: u64,
    /// Arrival buffers.
    pub arrival_bits: u64,
    /// Routing table: core and axon-in entry a destination.
    pub routing_bits: u64,
    /// Presynaptic traces.
    pub trace_bits: u64,
    /// Eligibility, accumulators of shared taps, feedback and group matrices, group readouts and errors, mirrors, error
    /// traces, third factors.
    pub learning_bits: u64,
    /// Targets, rings of errors and surrogates: the core's copy of the broadcast.
    pub broadcast_bits: u64,
}

impl CoreMemory {
    /// All fields in their order, the core first.
    #[must_use]
    pub fn values(&self) -> [u64; 13] {
        [
            u64::from(self.core),
            self.neurons,
            self.axons,
            self.synapses,
            self.neuron_state_bits,
            self.neuron_parameter_bits,
            self.synapse_bits,
            self.axon_table_bits,
            self.arrival_bits,
            self.routing_bits,
            self.trace_bits,
            self.learning_bits,
            self.broadcast_bits,
        ]
    }

    /// All structures.
    #[must_use]
    pub fn total_bits(&self) -> u64 {
        self.neuron_state_bits
            + self.neuron_parameter_bits
            + self.synapse_bits
            + self.axon_table_bits
            + self.arrival_bits
            + self.routing_bits
            + self.trace_bits
            + self.learning_bits
            + self.broadcast_bits
    }
}

impl Machine {
    /// Memory of every core in use.
    #[must_use]
    pub fn memory(&self) -> Vec<CoreMemory> {
        self.nodes.iter().map(|node| of_node(node, &self.chip)).collect()
    }
}

/// Memory of one node.
#[must_use]
pub fn of_node(node: &Node, chip: &Chip) -> CoreMemory {
    let list = counted::of_core(&node.core, &node.unit, &node.routes, chip);
    let words = |kind: Kind| list.iter().filter(|s| s.kind == kind).map(|s| s.words.count).sum();
    let bits = |part: Part| total_bits(&list, |structure| structure.kind.part() == part);
    CoreMemory {
        core: node.id.0,
        neurons: words(Kind::Current),
        axons: words(Kind::AxonEntry),
        synapses: node.core.blocks.iter().map(|block| block.memory.entries() as u64).sum(),
        neuron_state_bits: bits(Part::NeuronState),
        neuron_parameter_bits: bits(Part::NeuronParameters),
        synapse_bits: bits(Part::Synapses),
        axon_table_bits: bits(Part::AxonTable),
        arrival_bits: bits(Part::Arrivals),
        routing_bits: bits(Part::Routing),
        trace_bits: bits(Part::Traces),
        learning_bits: bits(Part::Learning),
        broadcast_bits: bits(Part::Broadcast),
    }
}
