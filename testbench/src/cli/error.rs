//! Why a command ended early, and the exit status that says so.

use crate::experiment::pool::PoolError;
use std::path::PathBuf;
use std::process::ExitCode;
use synfire_chip::files::Diagnostics;
use synfire_chip::run::checkpoint::CheckpointError;
use thiserror::Error;

/// Why a command ended early.
#[derive(Debug, Error)]
pub enum CommandError {
    /// Bad input, shown in its file: status 2.
    #[error("{0}")]
    Input(Diagnostics),
    /// Bad input found outside a file's text: status 2.
    #[error("error: {0}")]
    Usage(String),
    /// A checkpoint or a finished cell that this run cannot go on from: status 2.
    #[error(
        "error: {0}\n   = help: restore what it belongs to, begin a new run, or delete it to compute its cell anew"
    )]
    Unusable(CheckpointError),
    /// A run or a comparison failed: status 1.
    #[error("error: {0}")]
    Failed(String),
    /// Interrupted; a checkpoint was written: status 1.
    #[error("interrupted; nothing is lost, go on with: synfire resume {}", .0.display())]
    Interrupted(PathBuf),
}

impl CommandError {
    /// 2 for bad input, 1 otherwise.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        ExitCode::from(if self.is_input() { 2 } else { 1 })
    }

    /// Whether the user's input is wrong.
    #[must_use]
    pub fn is_input(&self) -> bool {
        matches!(self, Self::Input(_) | Self::Usage(_) | Self::Unusable(_))
    }
}

impl From<Diagnostics> for CommandError {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Input(diagnostics)
    }
}

impl From<PoolError> for CommandError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Input(diagnostics) => Self::Input(diagnostics),
            PoolError::Checkpoint(error @ CheckpointError::Io { .. }) => Self::Failed(error.to_string()),
            PoolError::Checkpoint(error) => Self::Unusable(error),
            PoolError::Io { .. } | PoolError::Run(_) => Self::Failed(error.to_string()),
        }
    }
}
