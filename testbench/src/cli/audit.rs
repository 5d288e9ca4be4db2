//! `synfire audit`: prints an audit, and fails when a rule is not what it declares.

use super::error::CommandError;
use super::output;
use crate::study::audit::report;

/// Audits one rule, or all.
///
/// # Errors
/// Status 2 for an unknown rule, 1 when what was counted is not what was declared.
pub fn audit(rule: Option<&str>, json: bool) -> Result<(), CommandError> {
    let (report, holds) = report::audit(rule)?;
    output::print(&report, json)?;
    if holds {
        return Ok(());
    }
    Err(CommandError::Failed("a rule does not do what it declares, or its memory grows otherwise".to_owned()))
}
