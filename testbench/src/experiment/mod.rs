//! Experiments: files that name a chip, networks, data and a schedule, and the runs they describe.
//!
//! Promises: an experiment is a file, never code; files that ship with the program are also on the disk in
//! `testbench/experiments/`. Absent on purpose: the kinds of experiments, which no file here names (`tasks`).

pub mod changes;
pub mod check;
pub mod command;
pub mod decides;
pub mod deploy;
pub mod effort;
pub mod embedded;
pub mod engine;
pub mod file;
pub mod hashed;
pub mod kind;
pub mod labelled;
pub mod names;
pub mod origin;
pub mod pool;
pub mod portable;
pub mod record;
pub mod reference;
pub mod rows;
pub mod shared;
pub mod stamp;
pub mod stores;
pub mod whole;
