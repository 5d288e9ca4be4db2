//! What is legal in a network or a chip and yet probably not meant.
//!
//! Promises: a warning names the projection or the chip, what was found and what would do. Absent on purpose: errors; which weights
//! a file of its own states (it states what the store holds, or is refused).

mod times;
mod traces;
mod weights;

use crate::chip::Chip;
use crate::network::Network;

/// Warnings about `network`, one sentence each.
#[must_use]
pub fn warnings(network: &Network) -> Vec<String> {
    let of_one = |projection| {
        let weights = weights::warnings(network, projection);
        traces::warning(network, projection).into_iter().chain(weights)
    };
    network.projections.iter().flat_map(of_one).collect()
}

/// Warnings about `chip`, one sentence each.
#[must_use]
pub fn of_chip(chip: &Chip) -> Option<String> {
    times::warning(chip)
}
