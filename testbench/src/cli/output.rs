//! The report of a run, in three forms beside what its folder holds, and printed.
//!
//! `report.html`, `report.txt`, `report.jsonl`. Everything lies in one folder; the default is `target/synfire/NAME`.
//!
//! Absent on purpose: the folder's lock, note and list of files (`folder`).

use super::arguments::RunOptions;
use super::error::CommandError;
use super::folder;
use super::note::Asked;
use super::progress::say;
use crate::report::model::Report;
use crate::report::{html, json, terminal};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where results lie unless another folder is asked for: a folder for each name below.
const RESULTS: &str = "target/synfire";

/// The output folder of a command on an experiment: `target/synfire/NAME`, or `NAME-COMMAND` of another command than
/// `run`, unless one is asked for.
#[must_use]
pub fn folder_of(experiment: &str, options: &RunOptions, command: Asked) -> PathBuf {
    options.out.clone().unwrap_or_else(|| {
        let name = Path::new(experiment).file_stem().unwrap_or_default().to_string_lossy();
        let name = match command {
            Asked::Run => name.into_owned(),
            other => format!("{name}-{}", other.command()),
        };
        Path::new(RESULTS).join(name)
    })
}

/// The output folder of a sweep: `target/synfire/NAME`, unless one is asked for. A carried name, `layers.sweep`, is whole:
/// `layers` is an experiment's.
#[must_use]
pub fn folder_of_sweep(file: &str, out: Option<&PathBuf>) -> PathBuf {
    out.cloned().unwrap_or_else(|| {
        let name = Path::new(file).file_name().unwrap_or_default().to_string_lossy();
        Path::new(RESULTS).join(name.strip_suffix(".ron").unwrap_or(&name))
    })
}

/// Files that every report is written to.
pub const REPORTS: [&str; 3] = ["report.jsonl", "report.html", "report.txt"];

/// Prints the report and writes it in every form.
///
/// # Errors
/// When the folder or standard output cannot be written.
pub fn finish(folder: &Path, report: &Report, as_json: bool) -> Result<(), CommandError> {
    let write = |name: &str, bytes: &[u8]| folder::write(folder, name, bytes);
    let mut lines = Vec::new();
    json::write(report, &mut lines).map_err(|e| CommandError::Failed(format!("report.jsonl: {e}")))?;
    write("report.jsonl", &lines)?;
    let page = html::render(report).map_err(|e| CommandError::Failed(format!("report.html: {e}")))?;
    write("report.html", page.as_bytes())?;
    let plain = terminal::Style { width: 120, bold: false };
    write("report.txt", terminal::render(report, plain).as_bytes())?;
    print(report, as_json)?;
    say(&format!("report: {}", folder.join("report.html").display()));
    Ok(())
}

/// Prints the report to standard output. A reader that went away is no error.
///
/// # Errors
/// When standard output cannot be written.
pub fn print(report: &Report, as_json: bool) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    let printed = if as_json {
        json::write(report, &mut out)
    } else {
        out.write_all(terminal::render(report, terminal::Style::of_stdout()).as_bytes())
    };
    match printed.and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CommandError::Failed(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}
