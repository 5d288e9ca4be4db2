//! The memories of a machine as data, and a machine of such data.
//!
//! Promises: a machine of the memories of another, and of its configuration, runs with that one's bits. Absent on purpose:
//! state; both are at reset.

use crate::chip::Chip;
use crate::memories::{BlockMemories, CoreMemories, Memories, SliceMemories};
use crate::network::Network;
use crate::place::assemble::{self, AssemblyError};
use crate::run::machine::Machine;
use crate::run::node::Node;

impl Machine {
    /// What its memories hold now; weights that learned are those after the last step.
    #[must_use]
    pub fn memories(&self) -> Memories {
        let cores = self.nodes.iter().map(core).collect();
        Memories { cores, inputs: self.inputs().to_vec() }
    }

    /// A machine at reset whose memories are `memories`. `network` is the configuration: its synapses are not looked at.
    /// `sums` are the widths of the dendritic sums of its populations, as they were proven.
    ///
    /// # Errors
    /// [`AssemblyError`]: what no machine can be built of.
    pub fn of_memories(
        network: &Network,
        chip: &Chip,
        sums: &[u32],
        memories: Memories,
    ) -> Result<Self, AssemblyError> {
        let (mapping, built) = assemble::assemble(network, chip, sums, memories)?;
        Ok(Self::of_built(network, chip, mapping, built)?)
    }
}

fn core(node: &Node) -> CoreMemories {
    let slices = node.core.slices.iter().zip(&node.unit.slices).map(|(slice, learning)| SliceMemories {
        population: slice.population,
        first: slice.first,
        len: slice.len as u32,
        parameters: slice.parameters.clone(),
        matrix: learning.matrix().to_vec(),
        mirror: learning.mirror().map_or_else(Vec::new, |mirror| mirror.weights().to_vec()),
    });
    let blocks = node.core.blocks.iter().map(|block| BlockMemories {
        projection: block.projection,
        slice: block.slice,
        presynaptic: block.presynaptic.clone(),
        delays: (0..block.presynaptic.len()).map(|axon| block.delays.get(axon)).collect(),
        rows: block.memory.clone(),
    });
    CoreMemories {
        core: node.id,
        slices: slices.collect(),
        blocks: blocks.collect(),
        axon_in: node.core.axon_in.clone(),
        routes: node.routes.clone(),
        error_routes: node.error_routes.clone(),
    }
}
