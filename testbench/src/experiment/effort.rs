//! How much work a run is expected to be, before anything runs: of several the longest is begun first.
//!
//! The unit is an update of a neuron in one step. A step visits every neuron, and of the synapses those of the axons that fire;
//! the cycle model follows their packets too. Promises: a pure function of what was loaded; more steps, samples, neurons or
//! synapses are never less. Absent on purpose: how long it takes on this machine, which shows as runs end.

use synfire_chip::chip::{Chip, TimeModel};
use synfire_chip::network::Network;

/// One of so many axons is expected to fire in a step, and a synapse costs as much as a neuron.
const SILENT: f64 = 8.0;
/// What a step costs by the cycle model, of one by the analytic model: of `digits` it was 2.4.
const BY_CYCLES: f64 = 2.5;
/// What a multiplication of a network off the chip costs, of an update of a neuron.
const PRODUCT: f64 = 0.25;

/// One step of a network on a chip.
#[must_use]
pub fn of_step(network: &Network, chip: &Chip) -> f64 {
    let neurons: u64 = network.populations.iter().map(|population| u64::from(population.neurons)).sum();
    let visited = neurons as f64 + network.synapses() as f64 / SILENT;
    visited.max(1.0) * if chip.time_model == TimeModel::Cycle { BY_CYCLES } else { 1.0 }
}

/// So many products of a network that is trained off the chip.
#[must_use]
pub fn of_products(count: f64) -> f64 {
    PRODUCT * count
}
