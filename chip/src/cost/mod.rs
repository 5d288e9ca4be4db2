//! What a run costs on the described hardware: counts, time, energy, memory.
//!
//! `analytic` and `cycle` watch a run through `run::observer`, `models` holds those that a chip asks for; the others are
//! what they count with.
//!
//! Promises: reads what happened, changes nothing. Absent on purpose: bits.

pub mod accesses;
pub mod amount;
pub mod analytic;
pub mod analytic_part;
pub mod arriving;
pub mod barrier;
pub mod calibrate;
pub mod capacity;
pub mod composition;
pub mod copier;
pub mod counters;
pub mod cycle;
pub mod detail;
pub mod energy;
pub mod gating;
pub mod host;
pub mod ledger;
pub mod measured;
pub mod measurement;
pub mod memory;
pub mod models;
pub(crate) mod operations;
pub mod per_operation;
pub mod per_step;
pub mod placed;
pub mod prices;
pub mod service;
pub mod stage;
pub mod step;
pub mod time;
pub mod way_costs;
pub mod ways;
pub mod widths;
pub mod window;
