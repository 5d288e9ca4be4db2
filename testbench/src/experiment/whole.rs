//! Files of an output folder that are whole or not there, and the lock that keeps a folder to one process.
//!
//! Promises: whoever reads a file sees all of what was written or of what was there before; what could not be written leaves
//! nothing; a lock ends with its process, however that ends. Absent on purpose: what an error means to a user (each floor words it), which files there are.

use fs4::FileExt;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The name under which a file is written before it is whole.
#[must_use]
pub fn partial(path: &Path) -> PathBuf {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    PathBuf::from(partial)
}

/// Writes a file whole or not at all.
///
/// # Errors
/// When it cannot be written, or not be given its name.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let partial = partial(path);
    let mut file = File::create(&partial)?;
    let written = file.write_all(bytes).and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        let _ = fs::remove_file(&partial);
    }
    written
}

/// Whether the path that was asked for is at fault, so that another would do, and not the machine: a full disk is nobody's
/// wrong input.
#[must_use]
pub fn is_of_path(error: &io::Error) -> bool {
    use ErrorKind as K;
    let kinds = [K::NotFound, K::PermissionDenied, K::AlreadyExists, K::NotADirectory, K::IsADirectory];
    let more = [K::ReadOnlyFilesystem, K::InvalidFilename, K::InvalidInput];
    kinds.into_iter().chain(more).any(|kind| error.kind() == kind)
}

/// Takes the lock of a folder, a file that stays there; `None` where another process has it. It is held as long as what is
/// given back.
///
/// # Errors
/// When there is no such file, and none can be made.
pub fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    Ok(FileExt::try_lock(&file).is_ok().then_some(file))
}
