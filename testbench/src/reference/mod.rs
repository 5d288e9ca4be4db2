//! References: the same networks and data again, plainly written, in real numbers, or without a network; and what of a
//! configuration a model does not know ([`known`]).
//!
//! Promises: [`plain`] shares no code with the chip; [`float`] is the chip without its bits; [`linear`] is what a
//! linear classifier makes of the same samples. Absent on purpose: tasks, reports.

pub mod float;
pub mod known;
pub mod linear;
pub mod plain;
