//! A folder that is written whole or not at all.
//!
//! Everything goes into `.partial` inside of it, and moves to its place when it is all there. Promises: until then nothing
//! else of the folder changes; what an interrupted command leaves in `.partial` is removed by the next. Of an earlier
//! export what its manifest lists is removed, nothing else, and what stands where a new file goes is refused before anything
//! moves. Absent on purpose: what the files hold.

use super::error::HardwareError;
use super::manifest::{self, Manifest};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// Where files are written first.
const PARTIAL: &str = ".partial";

/// What a folder is to be.
const EMPTY: &str = "a new or an empty folder (`--out`)";

/// A folder that is being written.
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
    partial: PathBuf,
    /// Whether the folder was not there before.
    made: bool,
    /// What an earlier export wrote.
    earlier: BTreeSet<String>,
}

impl Staging {
    /// Begins in a folder that is new, empty or, with `overwrite`, that of an earlier export.
    ///
    /// # Errors
    /// When the folder holds something else, or cannot be made.
    pub fn begin(folder: &Path, overwrite: bool) -> Result<Self, HardwareError> {
        let made = !folder.exists();
        let mut earlier = BTreeSet::new();
        if overwrite && folder.join(manifest::FILE).is_file() {
            earlier.extend(Manifest::read(folder)?.published([]));
            earlier.retain(|file| is_inside(file));
        } else {
            expect_empty(folder)?;
        }
        let partial = folder.join(PARTIAL);
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(HardwareError::io(&partial, "remove"))?;
        }
        fs::create_dir_all(&partial).map_err(HardwareError::io(&partial, "make"))?;
        Ok(Self { folder: folder.to_owned(), partial, made, earlier })
    }

    /// Where files are to be written.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.partial
    }

    /// Moves `files`, paths below the folder, to their places, the last of them last.
    ///
    /// # Errors
    /// When something that no export wrote stands at one of these places, or a file cannot be moved.
    pub fn publish(self, files: &[String]) -> Result<(), HardwareError> {
        for file in files.iter().filter(|file| !self.earlier.contains(*file)) {
            let to = self.folder.join(file);
            // After a command that ended while it moved files, they are as they would be.
            let same =
                || fs::read(&to).ok().is_some_and(|old| fs::read(self.partial.join(file)).ok() == Some(old));
            if to.symlink_metadata().is_ok() && !same() {
                let allowed = "nothing there, or a file of an earlier export: move it away, or name another folder (`--out`)";
                return Err(HardwareError::form(&to, "what no export wrote", allowed));
            }
        }
        for file in self.earlier.iter().filter(|file| !files.contains(file)) {
            let path = self.folder.join(file);
            if path.is_file() {
                fs::remove_file(&path).map_err(HardwareError::io(&path, "remove"))?;
            }
            // Of `core3/weights.hex` the folder too, when nothing else is in it.
            if let Some(above) = path.parent().filter(|above| *above != self.folder) {
                let _ = fs::remove_dir(above);
            }
        }
        for file in files {
            let to = self.folder.join(file);
            if let Some(above) = to.parent() {
                fs::create_dir_all(above).map_err(HardwareError::io(above, "make"))?;
            }
            fs::rename(self.partial.join(file), &to).map_err(HardwareError::io(&to, "write"))?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.partial);
        if self.made {
            // For nothing, where it is empty.
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

/// Refuses a folder that holds something, but for what an interrupted command left; changes nothing.
///
/// # Errors
/// With what it holds.
pub fn expect_empty(folder: &Path) -> Result<(), HardwareError> {
    if folder.exists() && !folder.is_dir() {
        return Err(HardwareError::form(folder, "a file", EMPTY));
    }
    if folder.join(manifest::FILE).is_file() {
        let allowed =
            format!("{EMPTY}, or `--overwrite` of `synfire export`, which removes what that export wrote");
        return Err(HardwareError::form(folder, "an earlier export", allowed));
    }
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    match entries.filter(|entry| entry.file_name() != PARTIAL).count() {
        0 => Ok(()),
        held => Err(HardwareError::form(folder, format!("{held} other files or folders"), EMPTY)),
    }
}

/// Whether a path leads nowhere but below its folder.
fn is_inside(file: &str) -> bool {
    Path::new(file).components().all(|part| matches!(part, Component::Normal(_)))
}
