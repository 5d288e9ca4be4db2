//! `synfire resume`: goes on with whatever command was interrupted in a folder.

use super::arguments::{self, ChangeOptions, CompareOptions, RunOptions};
use super::cells::{Entry, Run};
use super::error::CommandError;
use super::folder;
use super::interrupt::Interrupt;
use super::note::Asked;
use super::{bptt, compare, gradient, run};
use crate::tasks;
use std::path::Path;
use std::sync::Mutex;
use synfire_chip::files::ReadLog;

/// Goes on with the run in `folder`; `experiment` is its file where that was moved without the folder.
///
/// # Errors
/// [`CommandError`].
pub fn resume(
    folder: &Path,
    experiment: Option<String>,
    threads: Option<u16>,
    json: bool,
    interrupt: &Interrupt,
) -> Result<(), CommandError> {
    let request = folder::request(folder)?;
    // They belong to the experiment that is gone on with.
    let changes = ChangeOptions { set: request.set.clone() };
    let command = match request.command {
        Asked::Compare if experiment.is_some() => {
            let text = "a comparison has no experiment of its own\n   = allowed: `--experiment` for a folder of \
                        `synfire run`, `gradient` or `bptt`";
            return Err(CommandError::Usage(text.to_owned()));
        }
        Asked::Compare => {
            let (tasks, out, quick) = (request.tasks.clone(), Some(folder.to_owned()), request.quick);
            return compare::compare(
                &CompareOptions { tasks, changes, out, threads, quick, json, overwrite: false },
                Some(&request),
                interrupt,
            );
        }
        Asked::Claims => {
            let text = format!(
                "`{}` belongs to `synfire claims`\n   = allowed: `synfire claims --out DIR`, as it was asked for, which \
                 keeps what was finished",
                folder.display()
            );
            return Err(CommandError::Usage(text));
        }
        command => command,
    };
    let options = RunOptions {
        out: Some(folder.to_owned()),
        threads,
        seed: request.seed,
        quick: request.quick,
        json,
        overwrite: false,
        tables: request.tables,
    };
    arguments::expect_form(options.tables)?;
    let stated = experiment.is_some();
    let experiment = experiment.unwrap_or_else(|| request.experiment_from(folder));
    let reads = ReadLog::begin();
    let (file, opened) =
        tasks::open_changed(&experiment, &changes.set).map_err(|problems| {
            let note = format!("`{}` names the experiment", folder.join("run.json").display());
            let help = "`--experiment FILE` says where it is now";
            problems.each(|problem| {
                if stated { problem } else { problem.noted("note", note.clone()).noted("help", help) }
            })
        })?;
    let entry = Entry::GoOn(&request, &reads);
    let warned = Mutex::default();
    let whole = Run { options: &options, folder, interrupt, entry, changes: &changes, warned };
    match command {
        Asked::Bptt => bptt::train(&whole, file, &opened),
        Asked::Gradient => gradient::measure(&whole, file, &opened),
        Asked::Run | Asked::Compare | Asked::Claims => run::task(&whole, file, opened),
    }
}
