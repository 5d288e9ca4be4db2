//! `synfire compare-runs`: finished runs side by side.

use super::arguments::CompareRunsOptions;
use super::error::CommandError;
use super::output;
use crate::explore::{finished, side_by_side};

/// Prints the comparison.
///
/// # Errors
/// [`CommandError::Usage`] where one is no finished run, or their figures cannot be compared.
pub fn compare_runs(options: &CompareRunsOptions) -> Result<(), CommandError> {
    let runs = options.runs.iter().map(|asked| finished::read(asked));
    let runs = runs.collect::<Result<Vec<_>, _>>().map_err(|error| CommandError::Usage(error.to_string()))?;
    let report = side_by_side::report(&runs, options.row.as_deref()).map_err(CommandError::Usage)?;
    output::print(&report, options.json)
}
