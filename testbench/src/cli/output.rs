//! The output folder of a run: what was asked for, and the report in three forms.
//!
//! `run.json` (what `resume` needs), `report.html`, `report.txt`, `report.jsonl`. Everything lies in one folder; the
//! default is `target/synfire/NAME`. A new run over an interrupted one keeps its cells in `cells.previous`.

use super::arguments::RunOptions;
use super::error::CommandError;
use super::progress::say;
use crate::report::model::Report;
use crate::report::{html, json, terminal};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::{Path, PathBuf};
use synfire_chip::files;

/// Which command a run belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Asked {
    /// `synfire run`.
    #[default]
    Run,
    /// `synfire bptt`.
    Bptt,
    /// `synfire compare`.
    Compare,
    /// `synfire gradient`.
    Gradient,
}

/// What a run was asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The command.
    #[serde(default)]
    pub command: Asked,
    /// Experiment file (absolute, when it is a file) or carried name.
    pub experiment: String,
    /// One seed instead of the experiment's.
    pub seed: Option<u32>,
    /// The short form.
    pub quick: bool,
    /// The experiments of a comparison; none named: all that the program carries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<String>,
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> CommandError + '_ {
    move |error| CommandError::Failed(format!("{}: {error}", path.display()))
}

/// Makes the folder ready for a new run and notes what was asked for.
///
/// # Errors
/// When the folder cannot be written.
pub fn begin(folder: &Path, request: &Request) -> Result<(), CommandError> {
    let cells = folder.join("cells");
    if cells.is_dir() {
        let entries = std::fs::read_dir(&cells).map_err(io(&cells))?;
        let unfinished =
            entries.flatten().any(|entry| entry.path().extension().is_some_and(|e| e == "checkpoint"));
        let previous = folder.join("cells.previous");
        if unfinished {
            if previous.is_dir() {
                std::fs::remove_dir_all(&previous).map_err(io(&previous))?;
            }
            std::fs::rename(&cells, &previous).map_err(io(&cells))?;
            say(&format!("an interrupted run lay here; its cells are kept in {}", previous.display()));
        } else {
            std::fs::remove_dir_all(&cells).map_err(io(&cells))?;
        }
    }
    std::fs::create_dir_all(folder).map_err(io(folder))?;
    let path = folder.join("run.json");
    let text = serde_json::to_string_pretty(request).map_err(|e| CommandError::Failed(e.to_string()))?;
    std::fs::write(&path, text + "\n").map_err(io(&path))
}

/// Reads what an earlier run in `folder` was asked to do.
///
/// # Errors
/// When there was none.
pub fn request(folder: &Path) -> Result<Request, CommandError> {
    let path = folder.join("run.json");
    let refuse = |found: String| {
        let hint = "allowed: the output folder of a run, with the `run.json` that it wrote";
        CommandError::Usage(format!("no run to go on with: {}: {found}\n   = {hint}", path.display()))
    };
    let text = files::read_text(&path).map_err(|error| refuse(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))
}

/// Writes one file of the folder.
///
/// # Errors
/// When it cannot be written.
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), CommandError> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).map_err(io(&path))
}

/// The output folder of a request.
#[must_use]
pub fn folder(experiment: &str, options: &RunOptions) -> PathBuf {
    let name =
        Path::new(experiment).file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    options.out.clone().unwrap_or_else(|| Path::new("target").join("synfire").join(name))
}

/// The output folder of another command than `run` on an experiment: `NAME-COMMAND`, unless one is asked for.
#[must_use]
pub fn folder_of(experiment: &str, options: &RunOptions, command: &str) -> PathBuf {
    match &options.out {
        Some(out) => out.clone(),
        None => {
            let mut folder = folder(experiment, options).into_os_string();
            folder.push(format!("-{command}"));
            folder.into()
        }
    }
}

/// Prints the report and writes it in every form.
///
/// # Errors
/// When the folder or standard output cannot be written.
pub fn finish(folder: &Path, report: &Report, as_json: bool) -> Result<(), CommandError> {
    let write = |name: &str, bytes: &[u8]| write(folder, name, bytes);
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
