//! Memory of each core in bits, by structure.
//!
//! Promises: bits of the described hardware (widths of the contract), not of the simulator's containers.
//! Configuration registers (one set a population) are left out; tables and state are counted.

use crate::chip::Chip;
use crate::run::machine::Machine;
use crate::run::node::Node;
use serde::Serialize;
use synfire_core::neuron::PerNeuron;

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
    /// Eligibility, accumulators of shared taps, feedback and group matrices, error traces, third factors.
    pub learning_bits: u64,
}

impl CoreMemory {
    /// All fields in their order, the core first.
    #[must_use]
    pub fn values(&self) -> [u64; 12] {
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
    let mut memory = CoreMemory { core: node.id.0, ..CoreMemory::default() };
    let width = u64::from(chip.datapath.state_width);
    for slice in &node.core.slices {
        let p = &slice.parameters;
        let len = slice.len as u64;
        let refractory = u64::from(8 - p.refractory_steps.leading_zeros());
        memory.neurons += len;
        // Without sign, and no wider than the magnitude of the membrane it is compared with.
        let adaptation = if p.adaptation.is_some() { width - 1 } else { 0 };
        memory.neuron_state_bits += len * (2 * width + refractory + adaptation + 1);
        let decay_bits = u64::from(chip.datapath.decay_fraction) + 1;
        let each = |parameter: &PerNeuron, bits: u64| match parameter {
            PerNeuron::Each(_) => len * bits,
            PerNeuron::Same(_) => 0,
        };
        memory.neuron_parameter_bits += each(&p.current_decay, decay_bits)
            + each(&p.membrane_decay, decay_bits)
            + each(&p.threshold, width)
            + each(&p.bias, width);
        if let Some(adaptation) = &p.adaptation {
            memory.neuron_parameter_bits +=
                each(&adaptation.decay, decay_bits) + each(&adaptation.increment, width - 1);
        }
    }
    let mut learning_axons = 0;
    for block in &node.core.blocks {
        let axons = block.memory.axons as u64;
        memory.axons += axons;
        memory.synapses += block.memory.entries() as u64;
        memory.synapse_bits += block.memory.bits(block.format.store_bits);
        memory.arrival_bits += block.arrivals.bits();
        learning_axons += if block.traces.is_some() { axons } else { 0 };
    }
    let axon_bits = u64::from(64 - memory.axons.leading_zeros());
    memory.axon_table_bits = memory.axons * (axon_bits + 6);
    memory.trace_bits = learning_axons * 2 * u64::from(chip.learning.trace_bits);
    let core_bits = u64::from(usize::BITS - chip.mesh.cores().leading_zeros());
    let entry_bits = u64::from(32 - chip.limits.axons.leading_zeros());
    memory.routing_bits = node.routes.entries() as u64 * (core_bits + entry_bits);
    memory.learning_bits = if node.unit.is_used() { node.unit.bits() } else { 0 };
    memory
}
