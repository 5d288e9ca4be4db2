//! What is wrong with an exported folder, a layout, or a machine that a layout cannot hold.

use crate::formats::ArrayError;
use std::path::{Path, PathBuf};
use synfire_chip::files::Diagnostics;
use thiserror::Error;

/// Why nothing could be exported or imported.
#[derive(Debug, Error)]
pub enum HardwareError {
    /// The operating system refused.
    #[error("{}: cannot {action}: {source}", .path.display())]
    Io {
        /// File or folder.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A line of a file is not allowed.
    #[error("{}, line {line}: found {found}\n   = allowed: {allowed}", .path.display())]
    Line {
        /// File.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What it has.
        found: String,
        /// What it may have.
        allowed: String,
    },
    /// A file, or a folder, is not what it should be.
    #[error("{}: found {found}\n   = allowed: {allowed}", .path.display())]
    Form {
        /// File or folder.
        path: PathBuf,
        /// What it is.
        found: String,
        /// What it may be.
        allowed: String,
    },
    /// A layout does not hold the network.
    #[error("layout `{layout}` cannot hold {what}: found {found}\n   = allowed: {allowed}")]
    Unsupported {
        /// Name of the layout.
        layout: String,
        /// What of the network.
        what: String,
        /// What it is.
        found: String,
        /// What would do.
        allowed: String,
    },
    /// A file of events is wrong.
    #[error(transparent)]
    Array(#[from] ArrayError),
    /// A text file is wrong.
    #[error("{0}")]
    Text(Diagnostics),
    /// The machine did not run.
    #[error("{0}")]
    Run(String),
}

impl HardwareError {
    /// A failure of the operating system.
    pub(crate) fn io(path: &Path, action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, action, source }
    }

    /// A file that is not what it should be.
    pub(crate) fn form(path: &Path, found: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self::Form { path: path.to_owned(), found: found.into(), allowed: allowed.into() }
    }
}

impl From<Diagnostics> for HardwareError {
    fn from(problems: Diagnostics) -> Self {
        Self::Text(problems)
    }
}
