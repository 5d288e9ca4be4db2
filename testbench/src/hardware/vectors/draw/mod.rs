//! Random networks inside the contract, and random programs for them.
//!
//! Promises: a case is a function of the words that it is chosen by; fewer and smaller words make a simpler one. Absent on
//! purpose: what is aimed at (`aim`), placement.

pub mod choices;
pub mod learning;
pub mod network;
pub mod program;
pub mod projection;
pub mod scale;
