//! The kinds of experiments, one folder each.
//!
//! Promises: a kind holds all that is its own, and names no other. Absent on purpose: what every kind shares
//! (`experiment`), studies over several experiments.

pub mod classify;
pub mod patterns;
pub mod rate_network;
pub mod simulate;
pub mod spike_time;
