//! What was measured of a chip, as its file lists it.
//!
//! Promises: pure data. Absent on purpose: what the model says of it (`measured`).

use crate::cost::counters::NodeCounts;
use serde::{Deserialize, Serialize};

/// A measurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// What was measured.
    pub name: String,
    /// What was done.
    pub counts: NodeCounts,
    /// In how many steps.
    pub steps: u64,
    /// On how many cores.
    pub cores: u64,
    /// Words of what ran, for prices that are composed.
    pub words: Words,
    /// The number.
    pub found: Found,
    /// Where it is from.
    pub source: String,
}

/// A number and what it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Found {
    /// Attojoules.
    Energy(u128),
    /// Picoseconds.
    Time(u128),
    /// Square nanometres of the whole chip.
    Area(u128),
}

impl Found {
    /// The number.
    #[must_use]
    pub const fn value(self) -> u128 {
        match self {
            Self::Energy(value) | Self::Time(value) | Self::Area(value) => value,
        }
    }
}

/// Widths of what ran; 0 is what the chip itself says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Bits of a synapse in the memory.
    pub synapse: u32,
    /// Bits of a neuron's state.
    pub neuron: u32,
    /// Bits of a neuron's own parameters.
    pub parameters: u32,
    /// Bits of the dendritic sum.
    pub accumulator: u32,
    /// Bits of an axon's arrival in a slot.
    pub arrival: u32,
    /// Eligibility states of a synapse.
    pub eligibility_states: u32,
    /// Channels of the broadcast.
    pub channels: u32,
}
