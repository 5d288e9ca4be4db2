//! The output folder of a run: its lock, who may begin or go on in it, the files that the run wrote.
//!
//! `run.json` ([`Note`]) is what `resume` goes on from, and the list of everything that the run wrote or may have
//! written. A folder that holds another run is refused; with `--overwrite` what that run wrote is removed first, file by
//! file from its list. The same run again begins anew in its folder; cells of an interrupted one are kept in
//! `cells.previous`.
//!
//! Promises: two runs never write into one folder, at one time or one after the other; nothing is removed that no run
//! noted, and nothing that the new run reads. Absent on purpose: the report (`output`), what a cell's files hold
//! (`experiment::pool`).

use super::error::CommandError;
use super::note::{self, Note, Request};
use super::paths::{self, failed};
use super::progress::say;
use crate::experiment::decides::Decides;
use crate::experiment::whole;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

/// Name of the lock. It stays in the folder; who holds it is the system's knowledge.
const LOCK: &str = "run.lock";
/// Folder of the cells, and where those of an interrupted run go.
const CELLS: &str = "cells";
const PREVIOUS: &str = "cells.previous";

/// Makes the folder and keeps other processes out of it until this one ends.
///
/// # Errors
/// When the path names a file, the folder cannot be made, or another process runs in it.
fn lock(folder: &Path) -> Result<(), CommandError> {
    // Held to the end of the process: a run's last file is its report.
    static HELD: Mutex<Vec<(PathBuf, File)>> = Mutex::new(Vec::new());
    paths::make_folder(folder)?;
    paths::expect_files(folder, [LOCK].into_iter())?;
    let path = fs::canonicalize(folder).map_err(|error| paths::no_folder(folder, &error))?.join(LOCK);
    let mut held = HELD.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if held.iter().any(|(own, _)| *own == path) {
        return Ok(());
    }
    let Some(file) = whole::lock(&path).map_err(|error| paths::no_folder(folder, &error))? else {
        let text = format!(
            "another run is at work in `{}`\n   = allowed: another folder (`--out`), or waiting until it ends",
            folder.display()
        );
        return Err(CommandError::Usage(text));
    };
    held.push((path, file));
    Ok(())
}

/// Makes the folder ready for a part of what `request` asks for, or for going on with it: a note of its own says whose it is.
///
/// # Errors
/// When another run holds the folder or it cannot be made, and when the folder holds another run.
pub fn enter(folder: &Path, request: &Request) -> Result<(), CommandError> {
    lock(folder)?;
    if !folder.join(note::FILE).exists() {
        return Note::new(request.clone(), Vec::new())?.write(folder);
    }
    let held = match Note::read(folder) {
        Ok(note) if note.request.is_again(request) => return Ok(()),
        Ok(note) => note.request.unlike(request),
        Err(found) => found,
    };
    let text =
        format!("`{}` holds another run: {held}\n   = allowed: another folder (`--out`)", folder.display());
    Err(CommandError::Usage(text))
}

/// Makes the folder ready for a new run, which `reads` these files and will write `outputs` at the most, and notes what
/// was asked for.
///
/// # Errors
/// When another run holds the folder or is at work in it, something stands in the way, the run reads what it would
/// remove or write, or the folder cannot be written.
pub fn begin(
    folder: &Path,
    request: &Request,
    (reads, outputs): (&[PathBuf], &[String]),
    overwrite: bool,
) -> Result<(), CommandError> {
    let noted = || folder.join(note::FILE).exists();
    let mut outputs = outputs.to_vec();
    // Before the lock: a folder that is refused stays as it was.
    let with_partial =
        outputs.iter().map(|name| folder.join(name)).flat_map(|path| [whole::partial(&path), path]);
    if let Some(taken) = with_partial.into_iter().find(|path| !noted() && path.exists()) {
        return Err(CommandError::Usage(format!(
            "`{}` is a file that no run noted\n   = allowed: a new or empty folder, or that of an earlier run",
            taken.display()
        )));
    }
    let written = outputs.iter().map(String::as_str).chain([note::FILE]);
    paths::expect_no_input(folder, reads, written)?;
    paths::expect_files(folder, outputs.iter().map(String::as_str))?;
    lock(folder)?;
    if noted() {
        let way_out = "allowed: another folder (`--out`), or to remove this one by hand: what its run wrote can no \
                       longer be told";
        let earlier = Note::read(folder).map_err(|found| {
            CommandError::Usage(format!("`{}` holds another run: {found}\n   = {way_out}", folder.display()))
        })?;
        let again = earlier.request.is_again(request);
        if !again && !overwrite {
            return Err(CommandError::Usage(format!(
                "`{}` holds another run: {}\n   = allowed: another folder (`--out`), or `--overwrite`, which removes \
                 what that run wrote",
                folder.display(),
                earlier.request.unlike(request)
            )));
        }
        paths::expect_files(folder, earlier.outputs.iter().map(String::as_str))?;
        paths::expect_no_input(folder, reads, earlier.outputs.iter().map(String::as_str))?;
        outputs.extend(clear(folder, &earlier, again)?);
    }
    let from_here = relative(folder, &request.experiment);
    Note::new(Request { from_here, ..request.clone() }, outputs)?.write(folder)
}

/// Makes the folder ready for going on with `request`, the run that it holds, of an experiment that `reads` these files and
/// that `decides` so.
///
/// # Errors
/// When the folder holds another run, one is at work in it, something stands in the way, or the run reads what it writes.
pub fn go_on(
    folder: &Path,
    request: &Request,
    decides: &Decides,
    reads: &[PathBuf],
) -> Result<(), CommandError> {
    lock(folder)?;
    let note = Note::read(folder).map_err(unreadable)?;
    let at_hand = Request { decides: decides.clone(), ..request.clone() };
    if !note.request.is_again(&at_hand) {
        let hint = "allowed: its experiment, as it was when the run began; a new run in another folder (`--out`) or, \
                    with `--overwrite`, in this one";
        return Err(CommandError::Usage(format!(
            "`{}` holds another run: {}\n   = {hint}",
            folder.display(),
            note.request.unlike(&at_hand)
        )));
    }
    let touched = || note.outputs.iter().map(String::as_str);
    paths::expect_files(folder, touched())?;
    paths::expect_no_input(folder, reads, touched())
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
                fs::create_dir_all(folder.join(PREVIOUS)).map_err(failed(folder))?;
                fs::rename(&path, &to).map_err(failed(&to))?;
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
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(path)(error)),
        _ => Ok(()),
    }
}

/// Writes one file of a run's folder, and notes it first.
///
/// # Errors
/// When it cannot be written.
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), CommandError> {
    if folder.join(note::FILE).exists() {
        let Note { request, mut outputs, .. } = Note::read(folder).map_err(CommandError::Failed)?;
        if !outputs.iter().any(|noted| noted == name) {
            outputs.push(name.to_owned());
            Note::new(request, outputs)?.write(folder)?;
        }
    }
    paths::write_whole(&folder.join(name), bytes)
}

/// What an earlier run in `folder` was asked to do.
///
/// # Errors
/// When there was none, or its note was changed.
pub fn request(folder: &Path) -> Result<Request, CommandError> {
    Note::read(folder).map(|note| note.request).map_err(unreadable)
}

fn unreadable(found: String) -> CommandError {
    let hint = "allowed: the output folder of a run, with the `run.json` that it wrote";
    CommandError::Usage(format!("no run to go on with: {found}\n   = {hint}"))
}
