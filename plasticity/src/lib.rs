//! The learning engine of a core: three-factor updates from local variables and a broadcast error.
//!
//! Models micro-steps 6 to 8 of `docs/arithmetic.md`: a readout's error, the third factor, the weight update
//! `dw = (L * surrogate * P + dither(k)) >> k`, `w <- clamp(w + dw)`.
//!
//! A rule gets three nested [`views`] and nothing else: the synapse (its weight and states, its axon's
//! traces), the neuron (its compared membrane, spike, error, the broadcast) and the group (a sum over the
//! group's neurons with fixed weights). It cannot name another core, another neuron or another axon: its
//! types do not contain them. `tests/locality.rs` shows it with programs that must not compile. What a rule reads
//! stands in its declaration ([`variables`]), and an accessor that it did not declare does not exist for it.
//!
//! Absent on purpose: routers, packets, files, floats, time, energy.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

pub mod access;
pub mod block_learning;
pub mod broadcast;
pub mod config;
pub mod counts;
pub mod feedback;
pub mod group;
pub mod kernel;
pub mod mirror;
pub mod readout;
pub mod registers;
pub mod rule;
pub mod rules;
pub mod shared;
pub mod slice_learning;
mod slice_step;
mod steps;
pub mod surrogate;
mod sweep;
mod third_factor;
pub mod unit;
pub mod update;
pub mod variables;
pub mod views;
pub mod widths;
