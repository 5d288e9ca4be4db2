//! The logical name of every weight that a block stores.
//!
//! Promises: a name is an index in the order of the network's [`Synapses`](crate::network::Synapses), whatever the mapping
//! and the encoding. Absent on purpose: what the weight is.

use crate::network::{Listed, Network, Projection};
use synfire_core::neuron_core::AxonBlock;

/// The name of a stored place that holds no weight of the projection.
pub const NO_WEIGHT: u32 = u32::MAX;

/// The index, in its projection's order, of the weight in each place of a block's memory; `first` is the first neuron of
/// the slice that the block reaches. [`NO_WEIGHT`] where a place holds none.
#[must_use]
pub fn names(network: &Network, block: &AxonBlock, first: u32) -> Vec<u32> {
    let logical = &network.projections[block.projection as usize];
    let posts = network.populations[logical.target].neurons as usize;
    let mut names = vec![NO_WEIGHT; block.memory.weights.len()];
    for axon in 0..block.memory.axons {
        let pre = block.presynaptic[axon];
        let delay = block.delays.get(axon);
        // Within an axon, entries of one neuron keep their order.
        let mut last = (usize::MAX, 0);
        for entry in block.memory.row(axon) {
            let post = first as usize + block.memory.post(axon, entry);
            let repeat = if last.0 == post { last.1 + 1 } else { 0 };
            last = (post, repeat);
            if let Some(at) = find(logical, pre, delay, post, posts, repeat) {
                names[block.memory.place(entry)] = at as u32;
            }
        }
    }
    names
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
