//! What every kind of file shares: text, its places, spelling, layers that extend each other, collected problems.
//!
//! Promises: a problem is shown in the file and line that states it, with what was found and what is allowed.
//! Absent on purpose: what a chip or a network means.

pub(super) mod array;
pub(super) mod change;
pub(super) mod changed;
pub(super) mod check;
pub(super) mod decimal;
pub(super) mod diagnostic;
pub(super) mod layer;
pub(super) mod layers;
pub(super) mod parse;
pub(super) mod read;
pub(super) mod read_log;
pub(super) mod source;
pub(super) mod spelling;
pub(super) mod walk;
pub(super) mod write;
