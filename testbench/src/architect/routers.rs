//! `routers.csv`: the tables of keys in routers, and how full each is.
//!
//! Absent on purpose: routers that no spike can pass; flits, which are links'.

use super::told::{Told, known, tile_of};
use crate::formats::table::{Kind, Table, columns};
use synfire_chip::structures::router_key_bits;

const COLUMNS: [&str; 7] = ["router", "column", "row", "entries", "limit", "entry_bits", "fill_ppm"];

/// The table; `None` where no router has keys.
#[must_use]
pub fn table(told: &Told<'_>) -> Option<Table> {
    let Told { detail, chip, .. } = told;
    let limit = u64::from(chip.mesh.router_entries()?);
    let mut table = Table::new(columns(Kind::Count, COLUMNS));
    for of in &detail.routers {
        let tile = tile_of(chip, of.router);
        let ppm = u128::from(of.entries) * 1_000_000 / u128::from(limit.max(1));
        let mut row = vec![of.router.to_string(), known(tile.map(|of| of.0)), known(tile.map(|of| of.1))];
        row.extend([of.entries, limit, router_key_bits(chip)].map(|number| number.to_string()));
        row.push(ppm.to_string());
        table.rows.push(row);
    }
    Some(table)
}
