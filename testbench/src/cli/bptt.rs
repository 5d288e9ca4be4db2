//! `synfire bptt`: an experiment's first row trained off the chip, then deployed; what the local rules are compared
//! with. On an experiment with a validation part it compares settings there.

use super::arguments::{ChangeOptions, RunOptions};
use super::cells::{self, Run};
use super::error::CommandError;
use super::interrupt::Interrupt;
use super::note::Asked;
use super::output;
use crate::experiment::kind::{Grid, Kind};
use crate::experiment::reference::{self, Opened};
use crate::report::model::{Curves, Headline, Report, Series, Table, TableCell};
use crate::report::quantity::{self, Spread};
use crate::study::bptt::classify::{CANDIDATES, CHOSEN, STORES, Settings, Trained, Training};
use crate::tasks::classify::file::Classify;
use crate::tasks::classify::task::Task as Classification;
use crate::tasks::{ExperimentFile, TaskFile};
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostic, Diagnostics};

/// Trains from the beginning.
///
/// # Errors
/// [`CommandError`].
pub fn bptt(
    experiment: &str,
    options: &RunOptions,
    changes: &ChangeOptions,
    interrupt: &Interrupt,
) -> Result<(), CommandError> {
    cells::begin(experiment, options, changes, interrupt, Asked::Bptt, |run, file, opened| {
        train(run, file, &opened)
    })
}

/// Trains the cells of `run`, or goes on with them.
pub(super) fn train(run: &Run<'_>, file: ExperimentFile, opened: &Opened) -> Result<(), CommandError> {
    let (mut settings, chip) = labelled(file, opened)?;
    Classification::shorten(&mut settings, run.narrowed());
    let task = Classification::new(settings, chip, opened.clone())?;
    let (row, seeds) = (&task.settings.rows[0], &task.settings.seeds);
    let candidates: &[Settings] = if task.settings.validate_per_mille.is_some() || task.settings.validate {
        &CANDIDATES
    } else {
        std::slice::from_ref(&CHOSEN)
    };
    let grid = Grid { rows: candidates, seeds };
    let make = |index: usize| {
        let (candidate, seed) = grid.place(index);
        Training::new(&task, row, seed, *candidate)
    };
    let results = run.cells(&task.decides, (&grid.names(Settings::name), "samples"), &make)?;
    let mut report = report(&task, candidates, &results);
    cells::tell_changes(&mut report, run.changes);
    output::finish(run.folder, &report, run.options.json)
}

/// The classification that an experiment is, and its chip.
fn labelled(file: ExperimentFile, opened: &Opened) -> Result<(Classify, Chip), CommandError> {
    let chip = reference::chip(&file.chip, opened)?;
    match file.task {
        TaskFile::Classify(settings) => Ok((settings, chip)),
        _ => {
            let problem = Diagnostic::new(format!("{}: the task has no labelled samples", opened.name()));
            let allowed = "an experiment whose task is `Classify`";
            Err(Diagnostics::from(problem.noted("allowed", allowed)).into())
        }
    }
}

fn report(task: &Classification, candidates: &[Settings], results: &[Trained]) -> Report {
    let settings = &task.settings;
    let part = if settings.validate_per_mille.is_some() { "validation part" } else { "test part" };
    let mut report = Report {
        title: format!("`{}` by back-propagation through time", settings.rows[0].name),
        intro: vec![
            format!(
                "Off the chip, in double precision: {} epochs, {} steps a sample, errors from step {}; the last epoch counts.",
                settings.epochs, settings.sample_steps, settings.learn_from
            ),
            quantity::seeds(settings.seeds.iter().copied()),
        ],
        ..Report::default()
    };
    let mut columns = vec![String::new()];
    columns.extend(["mean", "worst", "s.e."].map(str::to_owned));
    columns.extend(settings.seeds.iter().map(|seed| format!("seed {seed}")));
    let mut table = Table {
        title: format!("Accuracy on the {part}"),
        columns,
        rows: Vec::new(),
        notes: vec!["percent; deployed: the same weights in a chip's stores, tested on the chip".to_owned()],
    };
    for (candidate, trained) in candidates.iter().zip(results.chunks(settings.seeds.len())) {
        let mut line = |what: String, accuracies: Vec<f64>| {
            let Some(spread) = Spread::of(&accuracies) else { return };
            let percent = |value: f64| TableCell::number(value, format!("{:.2}", 100.0 * value));
            let error = spread.standard_error.map_or(TableCell::text("-"), percent);
            let mut row =
                vec![TableCell::text(what.clone()), percent(spread.mean), percent(spread.worst), error];
            row.extend(accuracies.into_iter().map(percent));
            table.rows.push(row);
            if candidates.len() == 1 {
                report.headlines.push(Headline {
                    label: what,
                    text: quantity::percent(spread.mean),
                    number: Some(spread.mean),
                    note: format!("worst {}", quantity::percent(spread.worst)),
                    ..Headline::default()
                });
            }
        };
        line(candidate.name(), trained.iter().map(Trained::accuracy).collect());
        for (index, bits) in STORES.iter().enumerate() {
            let name = format!("  deployed, {bits}-bit stores");
            line(name, trained.iter().map(|trained| trained.deployed[index].accuracy()).collect());
        }
    }
    report.push(table);
    report.push(curves(task, part, candidates, results));
    report
}

fn curves(task: &Classification, part: &str, candidates: &[Settings], results: &[Trained]) -> Curves {
    let seeds = task.settings.seeds.len();
    let series = candidates.iter().zip(results.chunks(seeds)).map(|(candidate, trained)| {
        let mean = |epoch: usize| {
            let scores = trained.iter().map(|trained| trained.curve[epoch]);
            let sum: f64 = scores.map(|s| f64::from(s.test_correct) / f64::from(s.test_samples.max(1))).sum();
            (epoch as f64 + 1.0, 100.0 * sum / trained.len() as f64)
        };
        let epochs = trained.iter().map(|trained| trained.curve.len()).min().unwrap_or(0);
        Series { name: candidate.name(), points: (0..epochs).map(mean).collect() }
    });
    Curves {
        title: format!("Accuracy on the {part} after each epoch, in real numbers, mean over seeds"),
        x_label: "epoch".to_owned(),
        y_label: "accuracy (%)".to_owned(),
        series: series.collect(),
        references: Vec::new(),
    }
}
