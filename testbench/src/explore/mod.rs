//! Exploration: what an architect asks beyond one run of one chip.
//!
//! Promises: every point that is explored is a run that `synfire run` repeats. Absent on purpose: what a run does
//! (`tasks`), studies of rules (`study`).

pub mod chips;
pub mod finished;
pub mod map;
pub mod side_by_side;
pub mod sweep;
