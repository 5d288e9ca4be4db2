//! The files that decide a sweep's results, watched while it is at work: an edit must not hide under the old names.
//!
//! Promises: a result is kept only where every file that its experiment read was, before and after it ran, what its name was
//! made of. A file is hashed again when its length or its time of change is another. Absent on purpose: files that the
//! program carries, which nobody edits.

use super::error::SweepError;
use crate::experiment::hashed::HashedFile;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// What the system says of a file.
type Stamp = (u64, Option<SystemTime>);

/// Files as they were read, with their hashes. Two are equal: which folder they lie in decides nothing.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    files: Arc<[(PathBuf, String)]>,
    /// What each was when its content was looked at last.
    looked_at: Arc<Mutex<Vec<Option<Stamp>>>>,
}

impl PartialEq for Inputs {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Inputs {
    /// Of files with the hashes of their bytes.
    #[must_use]
    pub fn new(files: Vec<(PathBuf, String)>) -> Self {
        let looked_at = vec![None; files.len()];
        Self { files: files.into(), looked_at: Arc::new(Mutex::new(looked_at)) }
    }

    /// What the system says of all files, where each still is what it was.
    ///
    /// # Errors
    /// When one was edited, or is gone.
    pub fn unchanged(&self) -> Result<Vec<Stamp>, SweepError> {
        let changed = |path: &PathBuf, found: &str| {
            SweepError::Failed(format!(
                "`{}` {found} while the sweep was at work: no result since is kept\n   = help: put it back as it was and \
                 give the same command, or begin another sweep (`--out`)",
                path.display()
            ))
        };
        let mut stamps = Vec::with_capacity(self.files.len());
        for (at, (path, sha256)) in self.files.iter().enumerate() {
            let data =
                std::fs::metadata(path).map_err(|error| changed(path, &format!("is gone ({error})")))?;
            let stamp = (data.len(), data.modified().ok());
            let known = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner)[at];
            if known != Some(stamp) {
                let now = HashedFile::new(String::new(), path);
                let now = now.map_err(|error| changed(path, &format!("cannot be read ({error})")))?;
                if now.sha256 != *sha256 {
                    return Err(changed(path, "was edited"));
                }
                self.looked_at.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(stamp);
            }
            stamps.push(stamp);
        }
        Ok(stamps)
    }
}
