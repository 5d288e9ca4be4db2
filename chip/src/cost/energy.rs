//! The energy ledger: counts times prices, by component, in integer attojoules.
//!
//! Promises: components sum to the total exactly (`u128`); every price carries its source; static energy is
//! power times time for the cores in use (1 uW for 1 ps is 1 aJ).

use crate::chip::{Energy, Price};
use crate::cost::counters::NodeCounts;
use serde::Serialize;

/// One line of the bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Component, by its name in the chip file.
    pub component: &'static str,
    /// How many operations (static: used cores).
    pub count: u128,
    /// Attojoules an operation (static: microwatts a core).
    pub price: u64,
    /// Attojoules of this component.
    pub attojoules: u128,
    /// Where the price is from.
    pub source: String,
}

/// The bill for `counts`, `cores` in use for `elapsed_ps`.
#[must_use]
pub fn bill(energy: &Energy, counts: &NodeCounts, cores: usize, elapsed_ps: u128) -> Vec<Item> {
    let item = |component, price: &Price, count: u64| Item {
        component,
        count: u128::from(count),
        price: price.attojoules,
        attojoules: u128::from(count) * u128::from(price.attojoules),
        source: price.source.clone(),
    };
    let (core, learning) = (&counts.core, &counts.learning);
    let mut items = vec![
        item("axon_event", &energy.axon_event, core.axon_events),
        item("synaptic_event", &energy.synaptic_event, core.synaptic_events),
        item("neuron_update", &energy.neuron_update, core.neuron_updates),
        item("spike", &energy.spike, core.spikes),
        item("trace_update", &energy.trace_update, core.trace_updates + learning.trace_updates),
        item("weight_update", &energy.weight_update, learning.weight_updates),
        item("weight_write", &energy.weight_write, learning.weight_writes),
        item("eligibility_update", &energy.eligibility_update, learning.eligibility_updates),
        item("third_factor", &energy.third_factor, learning.third_factors),
        item("packet", &energy.packet, counts.packets()),
        item("hop_x", &energy.hop_x, counts.hops_x),
        item("hop_y", &energy.hop_y, counts.hops_y),
    ];
    items.push(Item {
        component: "core_static",
        count: cores as u128,
        price: energy.core_static_uw.attojoules,
        attojoules: u128::from(energy.core_static_uw.attojoules) * elapsed_ps * cores as u128,
        source: energy.core_static_uw.source.clone(),
    });
    items
}

/// All items together.
#[must_use]
pub fn total(items: &[Item]) -> u128 {
    items.iter().map(|item| item.attojoules).sum()
}
