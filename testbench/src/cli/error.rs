//! Why a command ended early, and the exit status that says so.

use super::interrupt::INTERRUPTED;
use crate::experiment::pool::PoolError;
use crate::explore::sweep::error::SweepError;
use crate::hardware::error::HardwareError;
use serde_json::{Value, json};
use std::path::Path;
use synfire_chip::files::{Diagnostic, Diagnostics};
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
    /// An input became another while it was at work: status 2.
    #[error("error: {0}")]
    Edited(String),
    /// A run or a comparison failed: status 1.
    #[error("error: {0}")]
    Failed(String),
    /// Interrupted; a checkpoint was written: status 130. Holds the command that goes on.
    #[error("interrupted; nothing is lost, go on with: {0}")]
    Interrupted(String),
}

impl CommandError {
    /// Cells in `folder` were interrupted.
    #[must_use]
    pub fn interrupted(folder: &Path) -> Self {
        Self::Interrupted(format!("synfire resume {}", folder.display()))
    }

    /// 2 for bad input, 130 after an interrupt, 1 otherwise.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Input(_) | Self::Usage(_) | Self::Unusable(_) | Self::Edited(_) => 2,
            Self::Interrupted(_) => INTERRUPTED,
            Self::Failed(_) => 1,
        }
    }

    /// Whether the user's input was wrong from the start, so that nothing was run.
    #[must_use]
    pub fn is_input(&self) -> bool {
        self.status() == 2 && !matches!(self, Self::Edited(_))
    }

    /// The error as one line of JSON: status, the text that a terminal shows, and each problem with its place.
    #[must_use]
    pub fn json(&self) -> String {
        let problems = match self {
            Self::Input(diagnostics) => diagnostics.problems().iter().map(problem).collect(),
            _ => Vec::new(),
        };
        json!({
            "kind": "error",
            "status": self.status(),
            "message": self.to_string().trim_end(),
            "problems": problems,
        })
        .to_string()
    }
}

/// A problem of an input as JSON; lines and columns count from 1.
fn problem(problem: &Diagnostic) -> Value {
    let notes = problem.notes.iter().map(|(name, text)| json!({ "name": name, "text": text }));
    json!({
        "title": problem.title,
        "file": problem.file(),
        "line": problem.line_column().map(|(line, _)| line),
        "column": problem.line_column().map(|(_, column)| column),
        "label": problem.label,
        "notes": notes.collect::<Vec<_>>(),
    })
}

impl From<Diagnostics> for CommandError {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Input(diagnostics)
    }
}

impl From<HardwareError> for CommandError {
    fn from(error: HardwareError) -> Self {
        match error {
            HardwareError::Text(diagnostics) => Self::Input(diagnostics),
            HardwareError::Io { action: "read", .. } => Self::Usage(error.to_string()),
            HardwareError::Array(array) if array.is_of_output() => Self::Failed(array.to_string()),
            HardwareError::Io { .. } | HardwareError::Run(_) => Self::Failed(error.to_string()),
            other => Self::Usage(other.to_string()),
        }
    }
}

impl From<SweepError> for CommandError {
    fn from(error: SweepError) -> Self {
        match error {
            SweepError::Input(diagnostics) => Self::Input(diagnostics),
            SweepError::Usage(text) => Self::Usage(text),
            SweepError::Edited(text) => Self::Edited(text),
            SweepError::Failed(text) => Self::Failed(text),
            SweepError::Interrupted => Self::Interrupted("the same command".to_owned()),
        }
    }
}

impl From<PoolError> for CommandError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Input(diagnostics) => Self::Input(diagnostics),
            PoolError::Checkpoint(error @ CheckpointError::Io { .. }) => Self::Failed(error.to_string()),
            PoolError::Checkpoint(error) => Self::Unusable(error),
            PoolError::Growing { .. } => Self::Usage(error.to_string()),
            PoolError::Io { .. } | PoolError::Run(_) => Self::Failed(error.to_string()),
        }
    }
}
