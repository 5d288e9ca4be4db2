//! Studies: what is asked about rules and experiments beyond running one of them.
//!
//! Promises: each study prints how its figures come about. Absent on purpose: the tasks themselves.

pub mod audit;
pub mod bptt;
pub mod claims;
pub mod compare;
pub mod gradient;
