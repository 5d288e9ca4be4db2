//! What leaves the simulator for a hardware bench, and comes back.
//!
//! | what | where |
//! | --- | --- |
//! | two retire traces, and where they part | `diff`, its records `records`, its words `diff_report` |
//! | which core a neuron sits in | `placement` |
//!
//! Absent on purpose: how traces are read (`formats/trace`).

pub mod diff;
pub mod diff_report;
pub mod placement;
pub mod records;
