//! `synfire noc`: the network between the cores alone, under drawn traffic. It is `synfire run` of such an experiment.

use super::arguments::{ChangeOptions, RunOptions};
use super::cells;
use super::error::CommandError;
use super::interrupt::Interrupt;
use super::note::Asked;
use super::run;
use crate::tasks::TaskFile;
use synfire_chip::files::{Diagnostic, Diagnostics};

/// Runs a traffic experiment from the beginning.
///
/// # Errors
/// [`CommandError`].
pub fn noc(
    experiment: &str,
    options: &RunOptions,
    changes: &ChangeOptions,
    interrupt: &Interrupt,
) -> Result<(), CommandError> {
    cells::begin(experiment, options, changes, interrupt, Asked::Run, |run, file, opened| {
        if matches!(file.task, TaskFile::Traffic(_)) {
            return run::task(run, file, opened);
        }
        let problem = Diagnostic::new(format!("{}: the task drives no network between cores", opened.name()));
        let allowed = "an experiment whose task is `Traffic`; `synfire run` runs any";
        Err(Diagnostics::from(problem.noted("allowed", allowed)).into())
    })
}
