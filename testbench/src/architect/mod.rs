//! What an architect asks of a run: its bill, who spent it, where and when.
//!
//! Promises: every figure comes from the counts of the run and the chip's file. Absent on purpose: tasks.

pub mod bill;
pub mod description;
mod figures;
pub mod inference;
pub mod latency;
pub mod links;
pub mod measured;
pub mod page;
pub mod placed;
pub mod plan;
pub mod published;
mod routers;
pub mod silicon;
pub mod spending;
pub mod summary;
pub mod tables;
pub mod time_model;
pub mod timeline;
pub mod told;
pub mod waiting;
