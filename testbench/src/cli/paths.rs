//! The paths of an output folder: making it, what may not stand where a run writes, files written whole.
//!
//! Promises: what stands in the way is found before anything is written or removed, and named with what would do
//! (status 2); no file that a run reads is among those that it removes or writes. Absent on purpose: which files a run
//! writes (`note`).

use super::error::CommandError;
use crate::experiment::whole::{self, partial};
use std::collections::BTreeSet;
use std::fs;
use std::io::Error;
use std::path::{Path, PathBuf};

/// A file that could not be written while everything was as it should be.
pub(super) fn failed(path: &Path) -> impl Fn(Error) -> CommandError + '_ {
    move |error| CommandError::Failed(format!("{}: {error}", path.display()))
}

/// Writes a file whole or not at all.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    whole::write(path, bytes).map_err(failed(path))
}

/// Writes the file that `--out` names, whole or not at all: where none can be there, that is the option's fault.
pub(super) fn write_out(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    whole::write(path, bytes).map_err(|error| {
        if !whole::is_of_path(&error) {
            return failed(path)(error);
        }
        let allowed = "a new file in a folder where files can be written (`--out`)";
        let shown = path.display();
        CommandError::Usage(format!("`{shown}` cannot be written: {error}\n   = allowed: {allowed}"))
    })
}

/// Makes an output folder, and all those above it.
pub(super) fn make_folder(folder: &Path) -> Result<(), CommandError> {
    fs::create_dir_all(folder).map_err(|error| no_folder(folder, &error))
}

/// There is no output folder at this path, and none can be made, or nothing can be written into it.
pub(super) fn no_folder(folder: &Path, error: &Error) -> CommandError {
    if !whole::is_of_path(error) {
        return CommandError::Failed(format!("no output folder at `{}`: {error}", folder.display()));
    }
    // The nearest path above it at which something stands; the current folder stands above a relative one.
    let there = folder.ancestors().find(|path| path.symlink_metadata().is_ok());
    let found = match there {
        Some(path) if !path.is_dir() => format!("`{}` is {}", path.display(), kind(path)),
        Some(path) if path != folder => format!("none can be made in `{}`: {error}", path.display()),
        _ => error.to_string(),
    };
    let text = format!(
        "no output folder at `{}`: {found}\n   = allowed: a new folder, or that of an earlier run, where files can be \
         written (`--out`)",
        folder.display()
    );
    CommandError::Usage(text)
}

/// What stands at a path that is no regular file.
fn kind(path: &Path) -> &'static str {
    match path.metadata().map(|found| found.file_type()) {
        Ok(kind) if kind.is_dir() => "a folder",
        Ok(kind) if kind.is_file() => "a file",
        Ok(_) => "a device, a pipe or a socket",
        Err(_) => "a link to nothing",
    }
}

/// Looks at everything that `names` and what they are written through name in `folder`: files, or nothing.
///
/// # Errors
/// When something else stands there.
pub(super) fn expect_files<'a>(
    folder: &Path,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), CommandError> {
    let in_the_way = |path: &Path, wanted: &str| {
        CommandError::Usage(format!(
            "`{}` is {}, and the run has {wanted} there\n   = allowed: nothing there, or what a run wrote: move it \
             away, or name another folder (`--out`)",
            path.display(),
            kind(path)
        ))
    };
    for name in names {
        let path = folder.join(name);
        // Of `cells/NAME` the folder first.
        let above = path.parent().filter(|above| *above != folder);
        if let Some(above) = above.filter(|above| above.symlink_metadata().is_ok() && !above.is_dir()) {
            return Err(in_the_way(above, "a folder"));
        }
        for path in [partial(&path), path] {
            if path.metadata().is_ok_and(|found| !found.is_file()) {
                return Err(in_the_way(&path, "a file"));
            }
        }
    }
    Ok(())
}

/// Looks for one of the files that a run `reads` among `names` in `folder`, which it removes or writes.
///
/// # Errors
/// When there is one.
pub(super) fn expect_no_input<'a>(
    folder: &Path,
    reads: &[PathBuf],
    names: impl Iterator<Item = &'a str>,
) -> Result<(), CommandError> {
    // An input is lost with its own entry in a folder, and with the one that links lead to.
    let entry = |path: &Path| {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty());
        let above = fs::canonicalize(above.unwrap_or(Path::new("."))).ok()?;
        Some(above.join(path.file_name()?))
    };
    let inputs = reads.iter().flat_map(|path| [entry(path), fs::canonicalize(path).ok()]);
    let inputs: BTreeSet<PathBuf> = inputs.flatten().collect();
    for name in names {
        let path = folder.join(name);
        let taken =
            [partial(&path), path].into_iter().find(|path| entry(path).is_some_and(|e| inputs.contains(&e)));
        if let Some(path) = taken {
            return Err(CommandError::Usage(format!(
                "`{}` is a file that this run reads, and among those that it removes or writes\n   = allowed: another \
                 folder (`--out`), or an experiment that reads the file elsewhere: move it out of `{}`",
                path.display(),
                folder.display()
            )));
        }
    }
    Ok(())
}
