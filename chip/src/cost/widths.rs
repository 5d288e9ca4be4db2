//! Widths that a network gives to the words of a chip, and how full it makes a core: what prices and reports of a
//! per-operation chip are formed from, beside the chip file.
//!
//! A memory has one width of word, so the widest population or projection decides. Promises: read from the list of
//! `structures` alone, so that what is priced is what is there. Absent on purpose: what the chip file states itself
//! (state, traces, errors), prices (`per_operation`).

use crate::run::machine::Machine;
use crate::structures::{Kind, Needs, Owner, Part, Resource, Structure, counted};
use serde::{Deserialize, Serialize};
use synfire_core::width::PortDemand;
use synfire_plasticity::registers::Register;

/// Bits, unless it says otherwise; 0 where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Widths {
    /// What a synapse takes in the memory: its weight, and the numbers of its neuron and tap where rows are listed.
    pub synapse: u32,
    /// State of a neuron.
    pub neuron: u32,
    /// Parameters of a neuron that differ between neurons.
    pub parameters: u32,
    /// Dendritic sum.
    pub accumulator: u32,
    /// Arrival of an axon in a slot.
    pub arrival: u32,
    /// Eligibility states of a synapse; a number.
    pub eligibility_states: u32,
    /// Channels of the broadcast; a number.
    pub channels: u32,
    /// The most that a core takes of each limit, in the order of [`Resource::ALL`].
    pub used: [u64; Resource::ALL.len()],
}

impl Widths {
    /// Of the network on a machine.
    #[must_use]
    pub fn of(machine: &Machine) -> Self {
        let cores = machine.nodes.iter().map(|node| {
            let list = counted::of_core(&node.core, &node.unit, &node.routes, &machine.chip);
            let mut own = Self::of_list(&list);
            for block in &node.core.blocks {
                let addend = block.format.addend_bits();
                // As many events as the block has axons: those of all blocks of a port together are few bits more.
                let events = block.presynaptic.len() as u64;
                own.accumulator = own.accumulator.max(PortDemand { addend_bits: addend, events }.bits());
            }
            own
        });
        cores.fold(Self::default(), Self::join)
    }

    /// Of a core's memories.
    #[must_use]
    pub fn of_list(list: &[Structure]) -> Self {
        let mut widths = Self::default();
        for owner in list.iter().map(|structure| structure.owner) {
            widths = widths.join(Self::of_owner(list, owner));
        }
        let needs = Needs::of(list);
        widths.used = Resource::ALL.map(|resource| needs.get(resource));
        widths
    }

    fn of_owner(list: &[Structure], owner: Owner) -> Self {
        let own = || list.iter().filter(move |structure| structure.owner == owner);
        let bits = |select: &dyn Fn(Kind) -> bool| {
            own()
                .filter(|structure| select(structure.kind))
                .map(|structure| structure.words.bits as u32)
                .sum()
        };
        let count = |kind: Kind| -> u64 {
            own().filter(|structure| structure.kind == kind).map(|structure| structure.words.count).sum()
        };
        let states = count(Kind::Learning(Register::Eligibility)) / count(Kind::Weight).max(1);
        Self {
            synapse: bits(&|kind| matches!(kind, Kind::Weight | Kind::RowIndex | Kind::TapNumber)),
            neuron: bits(&|kind| kind.part() == Part::NeuronState),
            parameters: bits(&|kind| kind.part() == Part::NeuronParameters),
            accumulator: 0,
            arrival: bits(&|kind| kind == Kind::Arrival),
            eligibility_states: states as u32,
            channels: count(Kind::Learning(Register::Target)) as u32,
            used: Default::default(),
        }
    }

    /// The wider of both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self {
            synapse: self.synapse.max(other.synapse),
            neuron: self.neuron.max(other.neuron),
            parameters: self.parameters.max(other.parameters),
            accumulator: self.accumulator.max(other.accumulator),
            arrival: self.arrival.max(other.arrival),
            eligibility_states: self.eligibility_states.max(other.eligibility_states),
            channels: self.channels.max(other.channels),
            used: std::array::from_fn(|at| self.used[at].max(other.used[at])),
        }
    }
}
