//! Where a projection begins and ends.
//!
//! Promises: plain numbers, checked by who makes them. Absent on purpose: what lies between the ends.

use crate::network::Source;

/// Where a projection begins and ends, and how large both sides are.
#[derive(Clone, Copy, Debug)]
pub(in crate::files) struct Ends {
    /// Index of the projection.
    pub index: usize,
    /// Its source.
    pub source: Source,
    /// Its target population.
    pub target: usize,
    /// Neurons of the source.
    pub pres: u32,
    /// Neurons of the target.
    pub posts: u32,
    /// Seed of the network.
    pub seed: u32,
}
