//! From a network to cores: which neurons sit where, the rows of every core, its routes.
//!
//! Promises: no placement changes a bit of a result; what does not fit is refused with the numbers.
//! Absent on purpose: files, running, what a placement costs.

pub mod assemble;
pub mod build;
pub mod cut;
mod fill;
mod groups;
pub mod keys;
pub mod mapping;
mod misfit;
pub mod router_tables;
mod segments;
pub mod slices;
mod stated;
pub mod traffic;
