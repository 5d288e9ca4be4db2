//! What a run records: registers and weights that its probes name, and its retire trace.
//!
//! `probes` turns names into what a machine records, `quantities` says what a file calls it, `chosen` which columns of it;
//! `columns` names what they show; `recording` writes files that grow with a run, `recorded` says where they end; `retired` is
//! the retire trace; `records` is all of it of one run, `observed` a machine that is run with it.
//!
//! Promises: whoever runs steps of a machine records with the same code, so that every kind of experiment takes the same
//! probes; what is written does not depend on mapping, threads, or where a run was interrupted; memory does not grow with the
//! run. Absent on purpose: when steps are run, and what is presented (the tasks' cells).

pub mod chosen;
pub mod columns;
pub mod observed;
pub mod probes;
pub mod quantities;
pub mod recorded;
pub mod recording;
pub mod records;
pub mod retired;
