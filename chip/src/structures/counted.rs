//! The list of memories of a core that was built.

use super::kind::Kind;
use super::list::{Owner, Structure, tidy};
use super::neurons;
use crate::chip::Chip;
use synfire_core::neuron_core::{AxonBlock, NeuronCore};
use synfire_core::synapse::RowSizes;
use synfire_core::words::Words;
use synfire_plasticity::registers::Keeper;
use synfire_plasticity::unit::LearningUnit;
use synfire_router::table::RoutingTable;

/// The memories of a core: neurons and synapses, the learning unit, routes.
#[must_use]
pub fn of_core(core: &NeuronCore, unit: &LearningUnit, table: &RoutingTable, chip: &Chip) -> Vec<Structure> {
    let mut list = Vec::new();
    for slice in &core.slices {
        let owner = Owner::Population(slice.population as usize);
        let memories = neurons::memories(&slice.parameters, &chip.datapath, slice.registers.current.len());
        list.extend(memories.map(|(kind, words)| Structure { kind, owner, words }));
    }
    for block in &core.blocks {
        let owner = Owner::Projection(block.projection as usize);
        let memories = rows(&block.memory.sizes(), block.format.store_bits).into_iter().chain(axons(block));
        list.extend(memories.map(|(kind, words)| Structure { kind, owner, words }));
    }
    for (keeper, register, words) in unit.registers(&chip.datapath) {
        let owner = match keeper {
            Keeper::Core => Owner::Core,
            Keeper::Slice(slice) => Owner::Population(core.slices[slice].population as usize),
            Keeper::Block(block) => Owner::Projection(core.blocks[block].projection as usize),
        };
        list.push(Structure { kind: Kind::Learning(register), owner, words });
    }
    list.push(routes(table.entries() as u64, chip));
    tidy(list)
}

/// Arrivals and traces of a block's axons.
fn axons(block: &AxonBlock) -> [(Kind, Words); 2] {
    let traces = block.traces.as_ref();
    let traces = traces.map(|(config, own)| Words::new(own.q.len() + own.p.len(), config.bits));
    [(Kind::Arrival, block.arrivals.words()), (Kind::Trace, traces.unwrap_or_default())]
}

/// The memories of rows; how wide an axon's entry is depends on the whole core (`list`).
pub(super) fn rows(rows: &RowSizes, store_bits: u8) -> [(Kind, Words); 5] {
    [
        (Kind::Weight, Words::new(rows.weights, store_bits)),
        (Kind::RowIndex, rows.indices()),
        (Kind::RowPointer, rows.pointers()),
        (Kind::TapNumber, rows.tap_numbers()),
        (Kind::AxonEntry, Words::new(rows.axons, 0u64)),
    ]
}

/// A routing table of so many destinations: a core of the chip and one of its input addresses.
pub(super) fn routes(entries: u64, chip: &Chip) -> Structure {
    let core_bits = u64::from(usize::BITS - chip.mesh.cores().leading_zeros());
    let address_bits = u64::from(u32::BITS - chip.limits.axons.leading_zeros());
    let words = Words { count: entries, bits: core_bits + address_bits };
    Structure { kind: Kind::Route, owner: Owner::Core, words }
}
