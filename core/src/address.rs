//! Names of places on the chip: cores, axons, steps.
//!
//! Promises: an address is a plain index with a type, so that a core number cannot be passed for an axon.
//! Absent on purpose: what lies behind an address, and logical (network) names, which are never places.

use serde::{Deserialize, Serialize};

/// Index of a core on the chip, row-major over the mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CoreId(pub u16);

/// Index of an entry of a core's axon-in table: what a spike packet addresses inside a core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AxonIn(pub u32);

/// A discrete timestep, counted from the chip's reset.
pub type Step = u64;

impl CoreId {
    /// The core as an index into a table of cores.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}
