//! What exercises a chip: data sets, encoders, float baselines, arrays in and out, reports.
//!
//! The command `synfire` is built from these modules; each stands alone and can be used without it.
//!
//! Promises: nothing here that reaches a register uses a float; what is random is a pure function of a
//! seed and of logical names.
//!
//! Absent on purpose: the chip itself (`synfire-chip`), the arithmetic (`synfire-core`).

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod architect;
pub mod bench;
pub mod cli;
pub mod data;
pub mod experiment;
pub mod explore;
pub mod formats;
pub mod hardware;
pub mod reference;
pub mod report;
pub mod study;
pub mod tasks;
