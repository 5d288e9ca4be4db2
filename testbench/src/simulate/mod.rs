//! Running a user's network: stimuli in, recordings out.
//!
//! Promises: a stimulus spike "of step n" counts as an input neuron that fired in step n, so it is integrated in step
//! `n + delay`; outputs do not depend on threads, mapping or interruptions.
//! Absent on purpose: how networks are written (`docs/formats.md`), training protocols (`classify`).

pub mod cell;
pub mod inputs;
pub mod outputs;
pub mod probes;
pub mod run;
