//! The weights of a machine, read back in logical order.
//!
//! Promises: the order is that of the network's [`Synapses`](crate::network::Synapses), whatever the mapping. Absent on
//! purpose: files (the testbench writes them), reading within a step.

use crate::network::{Listed, Network, Projection};
use crate::run::machine::Machine;

impl Machine {
    /// Weights of a projection as they are now, in the order of its [`Synapses`](crate::network::Synapses); of a
    /// shared kernel, by copy and tap.
    #[must_use]
    pub fn weights(&self, network: &Network, projection: usize) -> Vec<i32> {
        let logical = &network.projections[projection];
        let posts = network.populations[logical.target].neurons as usize;
        let first = logical.synapses.weights();
        // A tap that no synapse reads is in no core, and never changes.
        let mut weights: Vec<i32> = (0..first.len()).map(|at| first.get(at)).collect();
        for node in &self.nodes {
            for block in node.core.blocks.iter().filter(|b| b.projection as usize == projection) {
                let first = node.core.slices[block.slice].first as usize;
                for axon in 0..block.memory.axons {
                    let pre = block.presynaptic[axon];
                    let delay = block.delays.get(axon);
                    // Within an axon, entries of one neuron keep their order.
                    let mut last = (usize::MAX, 0);
                    for entry in block.memory.row(axon) {
                        let post = first + block.memory.post(axon, entry);
                        let repeat = if last.0 == post { last.1 + 1 } else { 0 };
                        last = (post, repeat);
                        if let Some(at) = find(logical, pre, delay, post, posts, repeat) {
                            weights[at] = block.memory.weights.get(block.memory.place(entry));
                        }
                    }
                }
            }
        }
        weights
    }
}

/// Index of a synapse's weight in the projection's order.
fn find(
    projection: &Projection,
    pre: u32,
    delay: u8,
    post: usize,
    posts: usize,
    repeat: usize,
) -> Option<usize> {
    match projection.synapses.listed() {
        None => Some(pre as usize * posts + post),
        Some(listed) => {
            let Listed { presynaptic, starts, posts: ends, .. } = listed;
            let mut axon = presynaptic.partition_point(|p| *p < pre);
            while presynaptic.get(axon) == Some(&pre) && projection.delays.get(axon) != delay {
                axon += 1;
            }
            let (start, end) = (*starts.get(axon)? as usize, *starts.get(axon + 1)? as usize);
            let at = start + ends[start..end].partition_point(|p| (*p as usize) < post) + repeat;
            (at < end && ends[at] as usize == post).then(|| listed.read(at))
        }
    }
}
