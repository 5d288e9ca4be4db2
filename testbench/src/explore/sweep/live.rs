//! What a sweep has beside what it is: its files as they lie on the disk, and what was loaded of them.
//!
//! Promises: no name and no result depends on it; a sweep that was read from its folder has none of it. Absent on purpose:
//! what decides results (`opened`).

use super::inputs::Inputs;
use crate::experiment::shared::Shared;

/// Of any two it is said that they are equal: they decide nothing.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// The files that the experiment read and that lie on the disk.
    pub watched: Inputs,
    /// What was loaded of them: points read the same.
    pub shared: Shared,
}

impl PartialEq for Live {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
