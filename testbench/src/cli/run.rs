//! `synfire run`: opens an experiment, runs its cells, writes its output folder.
//!
//! Exit status 1 when the first row of a short form misses the least score that the file asks of it.

use super::arguments::{ChangeOptions, RunOptions};
use super::cells::{self, Run};
use super::error::CommandError;
use super::folder;
use super::interrupt::Interrupt;
use super::note::Asked;
use super::output;
use crate::experiment::command;
use crate::experiment::kind::{Kind, Ran, Registry, Visit};
use crate::experiment::reference::{self, Opened};
use crate::report::model::{Report, Text, Verdict};
use crate::report::quantity;
use crate::tasks::ExperimentFile;
use std::time::Instant;
use synfire_chip::chip::Chip;
use synfire_core::ARITH_SPEC;

/// Runs an experiment from the beginning.
///
/// # Errors
/// [`CommandError`].
pub fn run(
    experiment: &str,
    options: &RunOptions,
    changes: &ChangeOptions,
    interrupt: &Interrupt,
) -> Result<(), CommandError> {
    cells::begin(experiment, options, changes, interrupt, Asked::Run, task)
}

/// Runs the cells of `run` and reports, or goes on with them.
pub(super) fn task(run: &Run<'_>, file: ExperimentFile, opened: Opened) -> Result<(), CommandError> {
    let chip = reference::chip(&file.chip, &opened)?;
    file.task.accept(Whole { run, title: &file.title, chip, opened })
}

/// An experiment of whatever kind from its file to its report.
struct Whole<'a> {
    run: &'a Run<'a>,
    title: &'a str,
    chip: Chip,
    opened: Opened,
}

impl Visit for Whole<'_> {
    type Answer = Result<(), CommandError>;

    fn visit<K: Kind>(self, mut settings: K::Settings) -> Self::Answer {
        let Self { run, title, chip, opened } = self;
        let started = Instant::now();
        let least = K::shorten(&mut settings, run.narrowed());
        if run.options.quick && least.is_none() {
            let whole = format!(
                "\"{title}\" states no short form (`quick`): `--quick` changes nothing, all of it is run"
            );
            run.warn(&[whole]);
        }
        let experiment = K::load(settings, chip, opened, run.options.seed)?;
        run.warn(&experiment.plan().warned());
        let names = experiment.cells();
        let decides = experiment.decides();
        let results = run.cells(&decides, (&names, K::UNIT), &|index| experiment.cell(index))?;
        let ran = Ran { title, results: &results, threads: run.threads(), started };
        for document in experiment.documents(&ran)? {
            for (name, bytes) in document.files(run.options.tables)? {
                folder::write(run.folder, &name, &bytes)?;
            }
        }
        let mut report = experiment.report(&ran)?;
        report.intro.push(quantity::seeds(names.iter().map(|cell| cell.seed)));
        run.tell_warnings(&mut report);
        cells::tell_changes(&mut report, run.changes);
        report.details.extend(again(run).map(Into::into));
        let reached = judge(&mut report, experiment.reached(&results), least);
        output::finish(run.folder, &report, run.options.json)?;
        reached
    }
}

/// The command that runs it again, in the folder of this run's note.
fn again(run: &Run<'_>) -> Option<Text> {
    let request = folder::request(run.folder).ok()?;
    let command = command::typed(
        request.command.command(),
        &request.experiment,
        request.quick,
        request.seed,
        &request.set,
    );
    let version = env!("CARGO_PKG_VERSION");
    let lines = vec![
        command,
        format!(
            "With synfire {version}, arithmetic contract {ARITH_SPEC}: the same bits, counts, times and energies, on any \
             number of threads. run.json beside this page holds the request and its SHA-256."
        ),
    ];
    Some(Text { title: "How to run it again".to_owned(), lines })
}

/// In the short form the first row, with its accuracy or score, must reach the least one.
fn judge(report: &mut Report, first: Option<(&str, f64)>, least: Option<f64>) -> Result<(), CommandError> {
    let (Some(least), Some((row, accuracy))) = (least, first) else { return Ok(()) };
    let accuracy = 100.0 * accuracy;
    let met = accuracy >= least;
    if let Some(headline) = report.headlines.first_mut() {
        headline.verdict = if met { Verdict::Met } else { Verdict::Missed };
        headline.note = format!("at least {least} % asked of the short form");
    }
    if met {
        return Ok(());
    }
    Err(CommandError::Failed(format!("`{row}` reached {accuracy:.2} %, the short form asks for {least} %")))
}
