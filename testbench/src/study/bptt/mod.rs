//! Training off the chip by back-propagation through time, and deploying what it found: `synfire bptt`.
//!
//! Promises: the yardstick of the local rules, on the same data. Absent on purpose: the gradient itself
//! (`reference::float::bptt`).

pub mod classify;
pub mod deploy;
