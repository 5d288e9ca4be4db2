//! The chip that runs: nodes, workers, the step, and what goes in and comes out of it.
//!
//! Promises: the bits are a pure function of network, seed and program. Absent on purpose: files, placement.

pub mod checkpoint;
pub mod injection;
pub mod machine;
pub mod node;
pub mod probe;
pub mod program;
