//! A placement: slices of populations on cores.
//!
//! Promises: pure data. Absent on purpose: whether it is legal, and how it is found (`mapping`).

use serde::{Deserialize, Serialize};
use synfire_core::address::CoreId;

/// Neurons of one population in one core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Index of the population.
    pub population: usize,
    /// First neuron.
    pub first: u32,
    /// How many.
    pub len: u32,
    /// Core.
    pub core: CoreId,
}

/// Where every neuron is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// Slices; those of a population are ascending in `first`.
    pub slices: Vec<Placement>,
}
