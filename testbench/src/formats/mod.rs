//! Arrays in and out: `.npy` and CSV for rasters, spike lists, currents and what probes record.
//!
//! | file | contents | read by | written by |
//! | --- | --- | --- | --- |
//! | raster `.npy` | `[steps, neurons]` or `[samples, steps, neurons]`, events: bool or integers | [`stimulus::RasterFile`] | [`write::NpyRows`] |
//! | currents `.npy` | the same shapes, integers: addends of the dendritic sum | [`stimulus::CurrentFile`] | [`write::NpyRows`] |
//! | signals `.npy` | the same shapes, integers, which become events | [`analog::SigmaDeltaFile`], [`analog::SendOnDeltaFile`] | [`write::NpyRows`] |
//! | spike list CSV | `step,neuron` or `step,neuron,count`, in any order | [`spike_list::read`] | [`write::CsvRows`] |
//! | control events CSV | `step,event` to `step,event,channel,value`, by step | [`control_list::read`] | - |
//! | recorded packets CSV | `cycle,from,to` or `cycle,from,to,flits`, in any order | [`packets::read`] | - |
//! | retire trace | every register after every step | [`trace::reader::TraceReader`] | [`trace::writer::TraceWriter`] |
//! | tables beside a report | columns with types, CSV or Parquet | - | [`table::Table`] |
//! | any `.npy` of integers | rows of the last axis | [`npy::IntegerRows`] | [`write::NpyRows`] |
//!
//! Readers are streams: what they hold is one row, whatever the size of the file (spike lists and arrays in Fortran
//! order are held whole).
//!
//! Promises: no file makes a reader panic, allocate or recurse without bound; a file that is shorter or longer
//! than its header says is refused before its first value; every error names file, place, found, allowed.
//! Absent on purpose: what the numbers mean to a network (`experiment`), files of weights (`synfire-chip`).

pub mod analog;
pub mod control_list;
pub mod form;
pub mod lines;
pub mod mark;
pub mod npy;
pub mod packets;
#[cfg(feature = "parquet")]
mod parquet;
pub mod spike_list;
pub mod stimulus;
pub mod table;
pub mod trace;
pub mod write;

use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a file cannot be read or written.
#[derive(Debug, Error)]
pub enum ArrayError {
    /// The operating system refused.
    #[error("{}: cannot {action}: {source}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// The file is of another kind, type, shape or length.
    #[error("{}: found {found}, allowed {allowed}", .path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: String,
        /// What it may be.
        allowed: String,
    },
    /// A value, or a line, is not allowed.
    #[error("{}: {place}: {field} is {found}, allowed {allowed}", .path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// Line, or row and column, as the file's own numbering has it.
        place: String,
        /// What the value means.
        field: &'static str,
        /// The value.
        found: String,
        /// What it may be.
        allowed: String,
    },
}

impl ArrayError {
    /// Whether a file could not be written: no input is wrong.
    #[must_use]
    pub fn is_of_output(&self) -> bool {
        matches!(self, Self::Io { action: "create" | "write", .. })
    }

    fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Io { path, action, source }
    }

    fn form(path: &Path, found: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self::Form { path: path.to_path_buf(), found: found.into(), allowed: allowed.into() }
    }
}

/// A shape as NumPy users write it: `[3, 4]`.
fn shape_text(shape: &[u64]) -> String {
    let lengths: Vec<String> = shape.iter().map(u64::to_string).collect();
    format!("[{}]", lengths.join(", "))
}
