//! `synfire gradient`: the rules of an experiment against the gradient of its loss.
//!
//! Exit status 1 when a bar is missed: the report then says which, with its figure.

use super::arguments::{ChangeOptions, RunOptions};
use super::cells::{self, Run};
use super::error::CommandError;
use super::interrupt::Interrupt;
use super::note::Asked;
use super::output;
use crate::experiment::kind::{Grid, Kind};
use crate::experiment::reference::{self, Opened};
use crate::report::model::Verdict;
use crate::study::gradient::cell::{Cell, Experiment};
use crate::study::gradient::exact;
use crate::study::gradient::report::{RowResult, report};
use crate::tasks::classify::task::Task as Classification;
use crate::tasks::patterns::cell::Task as Patterns;
use crate::tasks::{ExperimentFile, TaskFile};
use synfire_chip::files::{Diagnostic, Diagnostics};

/// Measures every row of `experiment` with every seed, or with one, from the beginning.
///
/// # Errors
/// [`CommandError`].
pub fn gradient(
    experiment: &str,
    options: &RunOptions,
    changes: &ChangeOptions,
    interrupt: &Interrupt,
) -> Result<(), CommandError> {
    cells::begin(experiment, options, changes, interrupt, Asked::Gradient, |run, file, opened| {
        measure(run, file, &opened)
    })
}

/// Measures the cells of `run`, or goes on with them.
pub(super) fn measure(run: &Run<'_>, file: ExperimentFile, opened: &Opened) -> Result<(), CommandError> {
    let title = file.title.clone();
    let experiment = load(run, file, opened)?;
    let (rows, seeds) = experiment.rows_and_seeds();
    let grid = Grid { rows, seeds };
    let make = |index: usize| {
        let (row, seed) = grid.place(index);
        Cell::new(&experiment, row, seed)
    };
    let names = grid.names(|row| row.name.clone());
    let results = run.cells(experiment.decides(), (&names, "cells"), &make)?;
    let exact = exact::run(1).map_err(|error| CommandError::Failed(error.to_string()))?;
    let rows = RowResult::of_cells(&results, seeds.len());
    let mut report = report(&title, exact, &rows, &experiment);
    cells::tell_changes(&mut report, run.changes);
    output::finish(run.folder, &report, run.options.json)?;
    let missed = report.headlines.iter().find(|headline| headline.verdict == Verdict::Missed);
    match missed {
        Some(bar) => Err(CommandError::Failed(format!("{}: {}, {}", bar.label, bar.text, bar.note))),
        None => Ok(()),
    }
}

fn load(run: &Run<'_>, file: ExperimentFile, opened: &Opened) -> Result<Experiment, CommandError> {
    let chip = reference::chip(&file.chip, opened)?;
    match file.task {
        TaskFile::Classify(mut settings) => {
            Classification::shorten(&mut settings, run.narrowed());
            Ok(Experiment::Samples(Classification::new(settings, chip, opened.clone())?))
        }
        TaskFile::Patterns(mut settings) => {
            Patterns::shorten(&mut settings, run.narrowed());
            Ok(Experiment::Trains(Patterns::new(settings, chip, opened.clone())?))
        }
        _ => {
            let problem =
                Diagnostic::new(format!("{}: the task has no rules that learn from errors", opened.name()));
            let allowed = "an experiment whose task is `Classify` or `Patterns`";
            Err(Diagnostics::from(problem.noted("allowed", allowed)).into())
        }
    }
}
