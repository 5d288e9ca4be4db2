//! One neuron core of a neuromorphic chip, in integers.
//!
//! Models the datapath of `docs/arithmetic.md`: number formats, decays, dither, the neuron update
//! (micro-steps 2 to 4), arrivals (1), presynaptic traces (5), synapse memory and its delivery into
//! dendritic accumulators (3).
//!
//! Promises: every operation is a pure function of registers and configuration; the same bits on every
//! machine; what is skipped because it is idle would have changed no register.
//!
//! Absent on purpose: routers, learning rules, configuration files, input and output, time, energy, floats.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod active;
pub mod adaptation;
pub mod address;
pub mod arrival;
pub mod decay;
pub mod deliver;
pub mod dither;
pub mod format;
pub mod lif;
pub mod marked;
pub mod neuron;
pub mod neuron_core;
pub mod parameters;
pub mod rounding;
pub mod simd;
pub mod slice;
pub mod synapse;
pub mod trace;
pub mod weight;
pub mod width;
pub mod words;

/// Version of `docs/arithmetic.md` that this crate implements. Stands in every checkpoint, summary and report;
/// a reader of a checkpoint refuses another major version.
pub const ARITH_SPEC: &str = "1.6";
