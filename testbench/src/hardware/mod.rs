//! What leaves the simulator for a hardware bench, and comes back.
//!
//! | what | where |
//! | --- | --- |
//! | two retire traces, and where they part | `diff`, its records `records`, its words `diff_report` |
//! | registers of a trace as waves, for viewers | `waves`, their files `wave_files` |
//! | which core a neuron sits in | `placement` |
//!
//! Absent on purpose: how traces are read (`formats/trace`).

pub mod diff;
pub mod diff_report;
pub mod placement;
pub mod records;
pub mod wave_files;
pub mod waves;
