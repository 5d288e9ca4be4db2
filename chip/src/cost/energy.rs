//! The energy ledger: counts times prices, by component, in integer attojoules.
//!
//! Promises: components sum to the total exactly (`u128`); every price carries its source; static energy is
//! power times time for the cores in use (1 uW for 1 ps is 1 aJ).

use crate::cost::counters::{NodeCounts, OPERATIONS};
use crate::cost::prices::{Energy, Price};
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
    let item = |(component, price): (&'static str, &Price)| {
        let operations = OPERATIONS.iter().filter(|operation| operation.price == Some(component));
        let count: u128 = operations.map(|operation| u128::from((operation.count)(counts))).sum();
        Item {
            component,
            count,
            price: price.attojoules,
            attojoules: count * u128::from(price.attojoules),
            source: price.source.clone(),
        }
    };
    let mut items: Vec<Item> = energy.prices().into_iter().map(item).collect();
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
