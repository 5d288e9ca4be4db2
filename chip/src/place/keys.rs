//! Whether the routers of a chip hold the keys of a placement.
//!
//! Promises: the same answer, and the same advice, as building the machine gives. Absent on purpose: how many entries each
//! router needs (`router_tables`).

use super::build;
use super::misfit::MappingError;
use super::router_tables;
use super::slices::Mapping;
use crate::chip::Chip;
use crate::network::Network;

/// Refuses a legal mapping whose spikes pass a router that has too few entries for them; where cores have the keys, none.
///
/// # Errors
/// [`MappingError::RouterFull`].
pub fn check(network: &Network, chip: &Chip, mapping: &Mapping) -> Result<(), MappingError> {
    if chip.mesh.router_entries().is_none() {
        return Ok(());
    }
    let built = build::build(network, mapping);
    let leaves = router_tables::leaves(network, chip);
    let out = |population: u32| leaves[population as usize];
    router_tables::tables(chip, &built.nodes, (&built.inputs, &network.inputs), out).map(|_| ())
}
