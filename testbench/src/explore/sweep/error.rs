//! Why a sweep ended early.

use std::path::Path;
use synfire_chip::files::{Diagnostic, Diagnostics};
use thiserror::Error;

/// Why a sweep ended early.
#[derive(Debug, Error)]
pub enum SweepError {
    /// Something is wrong with a file.
    #[error("{0}")]
    Input(#[from] Diagnostics),
    /// Something is wrong with what was asked for, or with a folder.
    #[error("{0}")]
    Usage(String),
    /// A file that results hang on became another meanwhile.
    #[error("{0}")]
    Edited(String),
    /// A file of the folder cannot be read or written.
    #[error("{0}")]
    Failed(String),
    /// The user asked for the end.
    #[error("interrupted")]
    Interrupted,
}

impl From<Diagnostic> for SweepError {
    fn from(problem: Diagnostic) -> Self {
        Self::Input(problem.into())
    }
}

/// A file that could not be read or written.
pub(super) fn failed(path: &Path) -> impl Fn(std::io::Error) -> SweepError + '_ {
    move |error| SweepError::Failed(format!("{}: {error}", path.display()))
}
