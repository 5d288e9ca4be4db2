//! Rows of an experiment: a network file, and changes to it by name.
//!
//! Promises: a problem without a place of its own is shown at the row that it comes from.

use super::changes;
use super::file::Row;
use super::origin::Origin;
use super::reference::{self, Opened};
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostic, Diagnostics, NetworkOverrides, StoreOverride};
use synfire_chip::network::Network;

/// Where rows come from and what they are built for.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// The rows.
    pub rows: &'a [Row],
    /// The experiment file.
    pub origin: &'a Opened,
    /// Its fields.
    pub place: &'a Origin,
    /// The chip.
    pub chip: &'a Chip,
}

impl Rows<'_> {
    /// The network of a row, for one seed, with the row's changes.
    ///
    /// # Errors
    /// With what is wrong with the file or the changes.
    pub fn network(&self, row: &Row, seed: u32) -> Result<Network, Diagnostics> {
        self.network_in(row, seed, Vec::new())
    }

    /// The same in other weight stores; learning-rate shifts stay as they are stated.
    ///
    /// # Errors
    /// As [`Rows::network`], or when the network does not fit the stores.
    pub fn network_in(
        &self,
        row: &Row,
        seed: u32,
        stores: Vec<StoreOverride>,
    ) -> Result<Network, Diagnostics> {
        let overrides = NetworkOverrides { seed: Some(seed), stores };
        let mut network = reference::network(&row.network, self.origin, self.chip, &overrides)
            .map_err(|problems| self.at(row, "network", problems))?;
        for (index, change) in row.set.iter().enumerate() {
            changes::apply(&mut network, change, self.chip.limits.neurons)
                .map_err(|problem| self.at(row, &format!("set[{index}]"), problem.into()))?;
        }
        Ok(network)
    }

    /// Shows problems that have no place of their own at a field of `row`.
    #[must_use]
    pub fn at(&self, row: &Row, field: &str, problems: Diagnostics) -> Diagnostics {
        let index = self.rows.iter().position(|r| r.name == row.name).unwrap_or(0);
        problems.each(|problem| match problem.place {
            Some(_) => problem,
            None => {
                let place = self.place.at(&format!("rows[{index}].{field}"), "").place;
                Diagnostic { place, ..problem }
            }
        })
    }
}
