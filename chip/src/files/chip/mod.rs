//! The chip file: its fields, its presets, and the [`Chip`](crate::chip::Chip) that they describe.
//!
//! Promises: every price has a source; a chip that is accepted holds what [`crate::chip`] states.
//! Absent on purpose: networks, placement.

mod core;
pub(super) mod cost_file;
mod costs;
pub(super) mod file;
mod host;
pub(super) mod legal;
pub(super) mod measured;
pub(super) mod noc;
pub(super) mod presets;
pub(super) mod resolve;
mod section;
mod technology;
