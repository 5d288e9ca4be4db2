//! The paths of an output folder: files written whole. Absent on purpose: which files a run writes (`note`).

use super::error::CommandError;
use std::fs;
use std::io::Error;
use std::path::{Path, PathBuf};

/// A file that could not be written while everything was as it should be.
pub(super) fn failed(path: &Path) -> impl Fn(Error) -> CommandError + '_ {
    move |error| CommandError::Failed(format!("{}: {error}", path.display()))
}

/// The name under which a file is written before it is whole.
fn partial(path: &Path) -> PathBuf {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    PathBuf::from(partial)
}

/// Writes a file whole or not at all.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    let partial = partial(path);
    fs::write(&partial, bytes).and_then(|()| fs::rename(&partial, path)).map_err(failed(path))
}
