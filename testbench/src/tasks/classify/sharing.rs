//! What weights take where kernels are shared: copies, learning groups, stored weights, memory.
//!
//! A copy of a kernel that learns belongs to one learning group, a band of a feature map, which one core holds. How many
//! copies there are is a property of the network. Promises: bits are those of the cores' memories
//! (`synfire_chip::cost::memory`). Absent on purpose: how sharing works (`synfire_plasticity::shared`).

use crate::report::model::{Table, TableCell};
use crate::report::quantity::Spread;
use serde::{Deserialize, Serialize};
use synfire_chip::network::{Kernel, Network, Projection};
use synfire_chip::run::machine::Machine;
use synfire_chip::structures::Part;

/// What the weights of a network take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sharing {
    /// Most copies of a shared kernel; 0 where none is shared.
    pub copies: u32,
    /// Bands of feature maps that learn a copy.
    pub groups: u64,
    /// Weights that cores store.
    pub weights: u64,
    /// Bits of synapse memory: weights, indices, pointers.
    pub synapse_bits: u64,
    /// Bits of learning state, traces included.
    pub learning_bits: u64,
}

impl Sharing {
    /// Of a network on its cores.
    #[must_use]
    pub fn of(network: &Network, machine: &Machine) -> Self {
        let shared = network.projections.iter().filter_map(|p| Some((p, p.synapses.kernel()?)));
        let groups = shared.clone().filter(|(projection, _)| projection.learning.is_some());
        let of = |(projection, kernel): (&Projection, Kernel)| {
            u64::from(network.populations[projection.target].neurons / kernel.group().max(1))
        };
        let memory = machine.memory();
        let blocks = machine.nodes.iter().flat_map(|node| &node.core.blocks);
        Self {
            copies: shared.map(|(_, kernel)| kernel.copies).max().unwrap_or(0),
            groups: groups.map(of).sum(),
            weights: blocks.map(|block| block.memory.weights.len() as u64).sum(),
            synapse_bits: memory.iter().map(|core| core.bits(Part::Synapses)).sum(),
            learning_bits: memory
                .iter()
                .map(|core| core.bits(Part::Learning) + core.bits(Part::Traces))
                .sum(),
        }
    }
}

/// A row each, where any of them shares a kernel: name, sharing, cores, accuracy.
#[must_use]
pub fn table(rows: Vec<(&str, Sharing, usize, Spread)>) -> Option<Table> {
    if rows.iter().all(|(_, sharing, ..)| sharing.copies == 0) {
        return None;
    }
    let row = |(name, sharing, cores, spread): &(&str, Sharing, usize, Spread)| {
        let counts =
            [u64::from(sharing.copies), sharing.groups, *cores as u64, sharing.weights, sharing.synapse_bits];
        let counts = counts.into_iter().chain([sharing.learning_bits]);
        let mut cells = vec![TableCell::text((*name).to_owned())];
        cells.extend(counts.map(|count| TableCell::count(u128::from(count))));
        cells.push(TableCell::number(spread.mean, format!("{:.2} %", 100.0 * spread.mean)));
        cells.push(TableCell::number(spread.worst, format!("{:.2} %", 100.0 * spread.worst)));
        cells
    };
    let columns = [
        "",
        "copies",
        "learning groups",
        "cores",
        "weights",
        "synapse bits",
        "learning bits",
        "mean",
        "worst",
    ];
    Some(Table {
        title: "What shared kernels take: a copy that learns never spans cores".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.iter().map(row).collect(),
        notes: vec![
            "with more than one copy the layer is a convolution within each band of rows only; copies drift apart"
                .to_owned(),
            "0 copies: every synapse has a weight of its own; no learning group: fixed".to_owned(),
        ],
    })
}
