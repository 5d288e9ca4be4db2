//! A chip with a network on it: files, mapping, the step, counters, time, energy, memory, checkpoints.
//!
//! Takes a chip description, a network and input events; gives the exact bits after every step (function) and
//! what the steps cost (time, energy). Time reads function; nothing flows back.
//!
//! Promises: a run is a pure function of network, weights, seed and program, whatever the mapping, the number
//! of threads or the prices. Absent on purpose: data sets, training loops, reports (the testbench).

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod chip;
pub mod cost;
pub mod files;
pub mod memories;
pub mod network;
pub mod place;
pub mod placing;
pub mod run;
pub mod structures;
pub mod technology;
pub mod warnings;

pub use synfire_core::ARITH_SPEC;
