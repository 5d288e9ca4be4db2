//! What exercises a chip: data sets, encoders, float baselines, arrays in and out, reports.
//!
//! The command `synfire` is built from these modules; each stands alone and can be used without it.
//!
//! Promises: nothing here that reaches a register uses a float; what is random is a pure function of a
//! seed and of logical names.
//!
//! Absent on purpose: the chip itself (`synfire-chip`), the arithmetic (`synfire-core`).

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod arrays;
pub mod audit;
pub mod baseline;
pub mod bench;
pub mod bill;
pub mod claims;
pub mod classify;
pub mod cli;
pub mod compare;
pub mod data;
pub mod encode;
pub mod experiment;
pub mod float;
pub mod patterns;
pub mod plain;
pub mod rate_network;
pub mod report;
pub mod simulate;
pub mod spike_time;
