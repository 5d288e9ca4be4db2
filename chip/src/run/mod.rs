//! The chip that runs: nodes, workers, the step, and what goes in and comes out of it.
//!
//! Promises: the bits are a pure function of network, seed and program. Absent on purpose: files, placement, what a run costs:
//! this room may not import `cost` (`tests/seam.rs`), which watches a run through `observer`.

pub mod back_door;
pub mod changes;
pub mod checkpoint;
pub mod injection;
pub mod lanes;
pub mod machine;
pub mod memories;
pub mod names;
pub mod node;
pub mod observable;
pub mod observer;
pub mod probe;
pub mod program;
pub mod shown;
pub mod weights;
