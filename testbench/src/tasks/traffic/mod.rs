//! The network between the cores alone, under drawn or recorded traffic: latency and accepted rate over offered load.
//!
//! A row is a pattern of traffic on a chip that describes its network (`noc`); a cell is one row with one seed and runs
//! every load of the file, each from an empty network ([`point`]). What a packet takes that meets no other is measured
//! beside ([`alone`]): a network is called saturated at the load where the mean latency is three times that.
//!
//! Promises: figures are pure functions of chip, row, load and seed. "Saturated" and "not converged" are two answers.
//! Absent on purpose: neurons, energies.

pub mod alone;
pub mod cell;
pub mod check;
pub mod file;
pub mod kind;
pub mod point;
pub mod replay;
pub mod search;
pub mod summary;
pub mod table;
pub mod task;
