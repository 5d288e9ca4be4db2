//! What is legal in a network and yet probably not meant.
//!
//! Promises: a warning names the projection, what was found and what would do. Absent on purpose: errors; which weights
//! a file of its own states (it states what the store holds, or is refused).

mod traces;
mod weights;

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
