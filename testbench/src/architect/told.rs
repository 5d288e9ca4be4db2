//! A part of a run as tables and charts are told of it, and what all tables are written with.
//!
//! Promises: no figure of its own. Absent on purpose: any one table.

use synfire_chip::chip::Chip;
use synfire_chip::cost::detail::Detail;
use synfire_chip::cost::ledger::Ledger;

/// A part of a run, with what it is billed by.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// What was seen.
    pub detail: &'a Detail,
    /// What it cost, and whom.
    pub ledger: &'a Ledger,
    /// The hardware.
    pub chip: &'a Chip,
}

/// Cells of these words.
#[must_use]
pub fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The cell of a value; an empty one where it is not known.
#[must_use]
pub fn known<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// Column and row of the tile that a router belongs to; `None` of one above the leaves of a tree.
#[must_use]
pub fn tile_of(chip: &Chip, router: u32) -> Option<(u32, u32)> {
    let (columns, rows) = (u32::from(chip.mesh.columns), u32::from(chip.mesh.rows));
    (router < columns * rows).then_some((router % columns, router / columns))
}
