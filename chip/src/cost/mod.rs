//! What a run costs on the described hardware: counts, time, energy, memory.
//!
//! Promises: reads what happened, changes nothing. Absent on purpose: bits.

pub mod counters;
pub mod energy;
pub mod memory;
pub(crate) mod operations;
pub mod prices;
pub mod time;
