//! `synfire compare-runs`: finished runs side by side, or chips.

use super::arguments::CompareRunsOptions;
use super::error::CommandError;
use super::output;
use crate::explore::{chips, finished, side_by_side};

/// Prints the comparison.
///
/// # Errors
/// [`CommandError::Usage`] where one is neither a finished run nor a chip, where there are both, or where their figures cannot
/// be compared; [`CommandError::Input`] with what is wrong with a chip.
pub fn compare_runs(options: &CompareRunsOptions) -> Result<(), CommandError> {
    let (named, others): (Vec<&String>, Vec<&String>) =
        options.runs.iter().partition(|asked| chips::is_chip(asked));
    if let (Some(chip), Some(run)) = (named.first(), others.first()) {
        // What is no run either is told first.
        finished::read(run).map_err(|error| CommandError::Usage(error.to_string()))?;
        return Err(CommandError::Usage(format!(
            "`{chip}` is a chip, and `{run}` a run\n   = allowed: runs beside runs, chips beside chips"
        )));
    }
    if !named.is_empty() {
        if options.row.is_some() {
            let text = "a chip has no rows\n   = allowed: `--row` beside runs";
            return Err(CommandError::Usage(text.to_owned()));
        }
        let chips = named.into_iter().map(|asked| chips::read(asked)).collect::<Result<Vec<_>, _>>()?;
        return output::print(&chips::report(&chips), options.json);
    }
    let runs = options.runs.iter().map(|asked| finished::read(asked));
    let runs = runs.collect::<Result<Vec<_>, _>>().map_err(|error| CommandError::Usage(error.to_string()))?;
    let report = side_by_side::report(&runs, options.row.as_deref()).map_err(CommandError::Usage)?;
    output::print(&report, options.json)
}
