//! What the populations of a file are to each other: who forms errors, in which channels, and which projections there are.
//!
//! Promises: a view of the file, for what resolves learning. Absent on purpose: any check.

use super::file::{PopulationFile, ProjectionFile};

/// What the populations of a file are to each other.
pub(in crate::files) struct Readouts<'a> {
    /// All populations.
    pub populations: &'a [PopulationFile],
    /// First channel of each that is a readout.
    pub first: &'a [Option<u16>],
    /// All projections.
    pub projections: &'a [ProjectionFile],
}
