//! The weights of a machine, read back in logical order.
//!
//! Promises: the order is that of the network's [`Synapses`](crate::network::Synapses), whatever the mapping. Absent on
//! purpose: files (the testbench writes them), reading within a step (`probe`, `changes`).

use crate::network::Network;
use crate::run::machine::Machine;
use crate::run::names::{NO_WEIGHT, names};

impl Machine {
    /// Weights of a projection as they are now, in the order of its [`Synapses`](crate::network::Synapses); of a
    /// shared kernel, by copy and tap.
    #[must_use]
    pub fn weights(&self, network: &Network, projection: usize) -> Vec<i32> {
        let first = network.projections[projection].synapses.weights();
        // A tap that no synapse reads is in no core, and never changes.
        let mut weights: Vec<i32> = (0..first.len()).map(|at| first.get(at)).collect();
        for node in &self.nodes {
            for block in node.core.blocks.iter().filter(|b| b.projection as usize == projection) {
                let names = names(network, block, node.core.slices[block.slice].first);
                for (place, name) in names.into_iter().enumerate().filter(|(_, name)| *name != NO_WEIGHT) {
                    weights[name as usize] = block.memory.weights.get(place);
                }
            }
        }
        weights
    }
}
