//! What an architect asks of a run: its bill.
//!
//! Promises: every figure comes from the counts of the run and the chip's file. Absent on purpose: tasks.

pub mod bill;
pub mod inference;
pub mod measured;
pub mod published;
pub mod silicon;
pub mod summary;
