//! The output folder of a run: its lock, what was asked for, the files that the run wrote.
//!
//! `run.json` is the note that `resume` goes on from, and the list of everything that the run wrote or may have
//! written. A folder that holds another run is refused; with `--overwrite` what that run wrote is removed first, file by
//! file from its list. The same run again begins anew in its folder; cells of an interrupted one are kept in
//! `cells.previous`.
//!
//! Promises: two runs never write into one folder; nothing is removed that no run noted; a note that was changed is
//! refused. Absent on purpose: the report (`output`), what a cell's files hold (`experiment::pool`).

use super::error::CommandError;
use super::progress::say;
use fs4::FileExt;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use synfire_chip::files;
use synfire_chip::run::checkpoint;

/// Name of the note.
const NOTE: &str = "run.json";
/// Name of the lock. It stays in the folder; who holds it is the system's knowledge.
const LOCK: &str = "run.lock";
/// Folder of the cells, and where those of an interrupted run go.
const CELLS: &str = "cells";
const PREVIOUS: &str = "cells.previous";

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

impl Asked {
    /// The command, as it is typed.
    #[must_use]
    pub const fn command(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Bptt => "bptt",
            Self::Compare => "compare",
            Self::Gradient => "gradient",
        }
    }
}

/// What a run was asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The command.
    pub command: Asked,
    /// Experiment file (absolute, when it is a file) or carried name.
    pub experiment: String,
    /// The file again, as it is found from the output folder: both may have been moved together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_here: Option<PathBuf>,
    /// Changes to its files, as `--set` states them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set: Vec<String>,
    /// One seed instead of the experiment's.
    pub seed: Option<u32>,
    /// The short form.
    pub quick: bool,
    /// The experiments of a comparison; none named: all that the program carries.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<String>,
}

impl Request {
    /// Whether `other` asks for the same results: the experiment, its changes, its seed and its length.
    fn is_again(&self, other: &Self) -> bool {
        let anywhere = |request: &Self| Self { from_here: None, ..request.clone() };
        anywhere(self) == anywhere(other)
    }

    /// What was asked for, as it is typed, without the output folder.
    fn typed(&self) -> String {
        let mut text = format!("`synfire {}` of {}", self.command.command(), self.experiment);
        text.extend(self.set.iter().map(|change| format!(" --set '{change}'")));
        text.extend(self.seed.map(|seed| format!(" --seed {seed}")));
        text.extend(self.quick.then_some(" --quick"));
        text
    }

    /// Where the experiment is now, for a run that goes on in `folder`.
    #[must_use]
    pub fn experiment_from(&self, folder: &Path) -> String {
        let moved = self.from_here.as_ref().map(|path| folder.join(path)).filter(|path| path.is_file());
        moved.map_or_else(|| self.experiment.clone(), |path| path.display().to_string())
    }
}

/// The note of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    #[serde(flatten)]
    request: Request,
    /// Files that the run wrote or may have written, relative to the folder.
    outputs: Vec<String>,
    /// SHA-256 of all the above, in hexadecimal.
    sha256: String,
}

impl Note {
    fn new(request: Request, outputs: Vec<String>) -> Result<Self, CommandError> {
        let note = Self { request, outputs, sha256: String::new() };
        let sha256 = note.hash().map_err(CommandError::Failed)?;
        Ok(Self { sha256, ..note })
    }

    /// Of everything but itself.
    fn hash(&self) -> Result<String, String> {
        let text =
            serde_json::to_string(&(&self.request, &self.outputs)).map_err(|error| error.to_string())?;
        Ok(checkpoint::hex(&checkpoint::fingerprint(&text)))
    }

    fn write(&self, folder: &Path) -> Result<(), CommandError> {
        let text = serde_json::to_string_pretty(self).map_err(failed)?;
        whole(&folder.join(NOTE), (text + "\n").as_bytes())
    }
}

fn failed(error: impl ToString) -> CommandError {
    CommandError::Failed(error.to_string())
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> CommandError + '_ {
    move |error| CommandError::Failed(format!("{}: {error}", path.display()))
}

/// Writes a file whole or not at all.
fn whole(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path)).map_err(io(path))
}

/// Makes the folder and keeps other processes out of it until this one ends.
///
/// # Errors
/// When the path names a file, the folder cannot be made, or another process runs in it.
pub fn lock(folder: &Path) -> Result<(), CommandError> {
    // Held to the end of the process: a run's last file is its report.
    static HELD: Mutex<Vec<(PathBuf, File)>> = Mutex::new(Vec::new());
    if folder.exists() && !folder.is_dir() {
        let text = format!(
            "`{}` is a file\n   = allowed: a new folder, or that of an earlier run",
            folder.display()
        );
        return Err(CommandError::Usage(text));
    }
    fs::create_dir_all(folder).map_err(io(folder))?;
    let path = fs::canonicalize(folder).map_err(io(folder))?.join(LOCK);
    let mut held = HELD.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if held.iter().any(|(own, _)| *own == path) {
        return Ok(());
    }
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(io(&path))?;
    if FileExt::try_lock(&file).is_err() {
        let text = format!(
            "another run is at work in `{}`\n   = allowed: another folder (`--out`), or waiting until it ends",
            folder.display()
        );
        return Err(CommandError::Usage(text));
    }
    held.push((path, file));
    Ok(())
}

/// Makes the folder ready for a new run, which will write `outputs` at the most, and notes what was asked for.
///
/// # Errors
/// When another run holds the folder or is at work in it, or it cannot be written.
pub fn begin(
    folder: &Path,
    request: &Request,
    outputs: &[String],
    overwrite: bool,
) -> Result<(), CommandError> {
    let noted = || folder.join(NOTE).exists();
    let mut outputs = outputs.to_vec();
    // Before the lock: a folder that is refused stays as it was.
    if let Some(taken) = outputs.iter().find(|name| !noted() && folder.join(name).exists()) {
        return Err(CommandError::Usage(format!(
            "`{}` holds a file `{taken}` that no run noted\n   = allowed: a new or empty folder, or that of an \
             earlier run",
            folder.display()
        )));
    }
    lock(folder)?;
    if noted() {
        let way_out = "allowed: another folder (`--out`), or to remove this one by hand: what its run wrote can no \
                       longer be told";
        let earlier = note(folder).map_err(|found| {
            CommandError::Usage(format!("`{}` holds another run: {found}\n   = {way_out}", folder.display()))
        })?;
        if !earlier.request.is_again(request) && !overwrite {
            return Err(CommandError::Usage(format!(
                "`{}` holds another run: {}\n   = allowed: another folder (`--out`), or `--overwrite`, which removes \
                 what that run wrote",
                folder.display(),
                earlier.request.typed()
            )));
        }
        outputs.extend(clear(folder, &earlier, earlier.request.is_again(request))?);
    }
    let from_here = relative(folder, &request.experiment);
    Note::new(Request { from_here, ..request.clone() }, outputs)?.write(folder)
}

/// The way from `folder` to the file `experiment`; `None` for a carried name.
fn relative(folder: &Path, experiment: &str) -> Option<PathBuf> {
    let file = fs::canonicalize(experiment).ok().filter(|file| file.is_file())?;
    pathdiff::diff_paths(file, fs::canonicalize(folder).ok()?)
}

/// Removes what an earlier run wrote; cells of an interrupted one are moved aside where `keep` says so, and their new
/// names returned.
fn clear(folder: &Path, earlier: &Note, keep: bool) -> Result<Vec<String>, CommandError> {
    let inside = |name: &&String| {
        let path = Path::new(name.as_str());
        path.components().all(|part| matches!(part, Component::Normal(_)))
    };
    let outputs: Vec<&String> = earlier.outputs.iter().filter(inside).collect();
    let unfinished = |name: &&&String| {
        name.starts_with(&format!("{CELLS}/")) && name.ends_with(".checkpoint") && folder.join(name).exists()
    };
    let aside = keep && outputs.iter().any(|name| unfinished(&name));
    let mut kept = Vec::new();
    // What was moved aside once goes first: it makes room.
    let (old, new): (Vec<_>, Vec<_>) = outputs.into_iter().partition(|name| name.starts_with(PREVIOUS));
    for name in old {
        remove(&folder.join(name))?;
    }
    for name in new {
        let path = folder.join(name);
        match name.strip_prefix(CELLS).filter(|_| aside && path.exists()) {
            Some(rest) => {
                let name = format!("{PREVIOUS}{rest}");
                let to = folder.join(&name);
                fs::create_dir_all(folder.join(PREVIOUS)).map_err(io(folder))?;
                fs::rename(&path, &to).map_err(io(&to))?;
                kept.push(name);
            }
            None => remove(&path)?,
        }
    }
    for name in [CELLS, PREVIOUS] {
        // A folder that is not empty holds what no run wrote, and stays.
        let _ = fs::remove_dir(folder.join(name));
    }
    if aside {
        say(&format!(
            "an interrupted run lay here; its cells are kept in {}",
            folder.join(PREVIOUS).display()
        ));
    }
    Ok(kept)
}

fn remove(path: &Path) -> Result<(), CommandError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io(path)(error)),
        _ => Ok(()),
    }
}

/// Writes one file of a run's folder, and notes it first.
///
/// # Errors
/// When it cannot be written.
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), CommandError> {
    if folder.join(NOTE).exists() {
        let Note { request, mut outputs, .. } = note(folder).map_err(CommandError::Failed)?;
        if !outputs.iter().any(|noted| noted == name) {
            outputs.push(name.to_owned());
            Note::new(request, outputs)?.write(folder)?;
        }
    }
    whole(&folder.join(name), bytes)
}

/// What an earlier run in `folder` was asked to do.
///
/// # Errors
/// When there was none, or its note was changed.
pub fn request(folder: &Path) -> Result<Request, CommandError> {
    let hint = "allowed: the output folder of a run, with the `run.json` that it wrote";
    let refuse = |found: String| CommandError::Usage(format!("no run to go on with: {found}\n   = {hint}"));
    note(folder).map(|note| note.request).map_err(refuse)
}

/// The note of a folder, or what is wrong with it.
fn note(folder: &Path) -> Result<Note, String> {
    let path = folder.join(NOTE);
    let wrong = |found: String| format!("{}: {found}", path.display());
    let text = files::read_text(&path).map_err(|error| wrong(error.to_string()))?;
    let found: Note = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    if found.hash().as_ref() != Ok(&found.sha256) {
        return Err(wrong("it was changed: its SHA-256 does not match its content".to_owned()));
    }
    Ok(found)
}
