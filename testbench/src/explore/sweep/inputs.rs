//! The files that decide a sweep's results, watched while it is at work: an edit must not hide under the old names.
//!
//! Promises: a result is kept only where every file that its experiment read was, before and after it ran, what its name was
//! made of, and where none lies that was looked for in vain: it would be taken in place of one that the program carries. A file
//! is hashed again only when the system says something else of it ([`Stamp`]). Absent on purpose: files that the program
//! carries, which nobody edits.

use super::error::SweepError;
use crate::experiment::hashed::HashedFile;
use crate::experiment::stamp::Stamp;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Files as they were read, with their hashes.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    files: Arc<[(PathBuf, String)]>,
    missing: Arc<[PathBuf]>,
    /// What each was when its content was looked at last.
    looked_at: Arc<Mutex<Vec<Stamp>>>,
}

impl Inputs {
    /// Of files with what they were before they were hashed and the hashes of their bytes, and of those that were not there.
    #[must_use]
    pub fn new(files: Vec<(PathBuf, Stamp, String)>, missing: Vec<PathBuf>) -> Self {
        let looked_at = files.iter().map(|(_, stamp, _)| *stamp).collect();
        let files = files.into_iter().map(|(path, _, sha256)| (path, sha256)).collect();
        Self { files, missing: missing.into(), looked_at: Arc::new(Mutex::new(looked_at)) }
    }

    /// What the system says of all files, where each still is what it was.
    ///
    /// # Errors
    /// When one was edited, is gone, or lies where there was none.
    pub fn unchanged(&self) -> Result<Vec<Stamp>, SweepError> {
        // A folder is taken for no file.
        if let Some(path) = self.missing.iter().find(|path| path.is_file()) {
            return Err(changed(path, "was not there, and is"));
        }
        let mut stamps = Vec::with_capacity(self.files.len());
        for (at, (path, sha256)) in self.files.iter().enumerate() {
            let stamp = Stamp::of(path).map_err(|error| changed(path, &format!("is gone ({error})")))?;
            let known = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner)[at];
            if known != stamp {
                let now = HashedFile::new(String::new(), path);
                let now = now.map_err(|error| changed(path, &format!("cannot be read ({error})")))?;
                if now.sha256 != *sha256 {
                    return Err(changed(path, "was edited"));
                }
                self.looked_at.lock().unwrap_or_else(PoisonError::into_inner)[at] = stamp;
            }
            stamps.push(stamp);
        }
        Ok(stamps)
    }
}

fn changed(path: &Path, found: &str) -> SweepError {
    SweepError::Edited(format!(
        "`{}` {found} while the sweep was at work: no result since is kept\n   = help: put it back as it was and give the \
         same command, or begin another sweep (`--out`)",
        path.display()
    ))
}
