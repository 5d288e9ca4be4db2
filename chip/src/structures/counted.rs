//! The list of memories of a core that was built.

use super::kind::Kind;
use super::list::{Owner, Structure, tidy};
use super::neurons;
use crate::chip::{Addressing, Chip};
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
    list.extend(keys(core.axon_in.len() as u64, chip));
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

/// A routing table of so many destinations.
pub(super) fn routes(entries: u64, chip: &Chip) -> Structure {
    Structure {
        kind: Kind::Route,
        owner: Owner::Core,
        words: Words { count: entries, bits: route_bits(chip) },
    }
}

/// A table of the keys of so many sources, where spikes are addressed by them.
pub(super) fn keys(entries: u64, chip: &Chip) -> Option<Structure> {
    let words = Words { count: entries, bits: key_bits(chip) };
    chip.mesh.has_keys_in_cores().then_some(Structure { kind: Kind::Key, owner: Owner::Core, words })
}

/// A destination: a core of the chip and, where it is not looked up there, one of its input addresses; nothing where
/// routers know it.
#[must_use]
pub fn route_bits(chip: &Chip) -> u64 {
    let core_bits = u64::from(usize::BITS - chip.mesh.cores().leading_zeros());
    match chip.mesh.addressing {
        Addressing::Destination => core_bits + address_bits(chip),
        Addressing::SourceKey if chip.mesh.has_keys_in_cores() => core_bits,
        Addressing::SourceKey => 0,
    }
}

/// An entry of a router's table: a key, a bit for each way on and for leaving the chip, one of the router's cores and an
/// input address there.
#[must_use]
pub fn router_key_bits(chip: &Chip) -> u64 {
    let cores = u64::from(u16::BITS - chip.mesh.cores_per_tile.leading_zeros());
    key_bits(chip) + chip.topology().shape.ways() as u64 + 1 + cores
}

/// A key, which tells all neurons of the chip apart, and the input address that it stands for.
#[must_use]
pub fn key_bits(chip: &Chip) -> u64 {
    let neurons = chip.mesh.cores() as u64 * u64::from(chip.limits.neurons);
    u64::from(u64::BITS - neurons.leading_zeros()) + address_bits(chip)
}

fn address_bits(chip: &Chip) -> u64 {
    u64::from(u32::BITS - chip.limits.axons.leading_zeros())
}
