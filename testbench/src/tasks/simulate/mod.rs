//! Running a user's network: stimuli in, recordings out.
//!
//! `inputs` reads stimuli into `stimuli`, which gives each step its events; `samples` adds what a schedule of samples
//! asks for; `cell` runs and records; `outputs` writes the answers; `run` reports.
//!
//! Promises: a stimulus spike "of step n" counts as an input neuron that fired in step n, so it is integrated in step
//! `n + delay`; outputs do not depend on threads, mapping or interruptions; whatever is wrong with an input is found
//! before the first step.
//! Absent on purpose: how networks are written (`docs/formats.md`), training protocols (`classify`).

pub mod cell;
pub mod file;
pub mod inputs;
pub mod kind;
pub mod outputs;
pub mod run;
pub mod samples;
pub mod stimuli;
