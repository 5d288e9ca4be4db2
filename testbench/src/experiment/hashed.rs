//! Files with the hash of their bytes: what a run read, and what a cell wrote.
//!
//! Promises: a file that is missing, or of which one bit is another, is told from the one that was hashed; hashing takes
//! little memory, however long a file is. Absent on purpose: what a file holds.

use crate::formats::ArrayError;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Read, Result};
use std::path::Path;
use synfire_chip::files::open_regular;
use synfire_chip::run::checkpoint;

/// A file, and the SHA-256 of its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashedFile {
    /// Relative to a folder, where it lies below it.
    pub file: String,
    /// Hexadecimal.
    pub sha256: String,
}

impl HashedFile {
    /// The file `name`, whose bytes are those of `path`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn new(name: impl Into<String>, path: &Path) -> Result<Self> {
        Ok(Self { file: name.into(), sha256: sha256(path)? })
    }

    /// The file `name` of `folder`: `write` fills a temporary one, which then gets the name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn whole(
        folder: &Path,
        name: &str,
        write: impl FnOnce(&Path) -> std::result::Result<(), ArrayError>,
    ) -> std::result::Result<Self, ArrayError> {
        let (path, temporary) = (folder.join(name), folder.join(format!("{name}.partial")));
        write(&temporary)?;
        let io = |source| ArrayError::Io { path: path.clone(), action: "write", source };
        let file = Self::new(name, &temporary).map_err(io)?;
        std::fs::rename(&temporary, &path).map_err(io)?;
        Ok(file)
    }

    /// A text that lies in no folder, under the name `name`.
    #[must_use]
    pub fn of_text(name: impl Into<String>, text: &str) -> Self {
        Self { file: name.into(), sha256: checkpoint::hex(&Sha256::digest(text.as_bytes()).into()) }
    }

    /// What is wrong with the file in `folder`; `None` where it is as it was.
    #[must_use]
    pub fn fault(&self, folder: &Path) -> Option<String> {
        let path = folder.join(&self.file);
        let fault = match sha256(&path) {
            Ok(found) if found == self.sha256 => return None,
            Ok(_) => "its SHA-256 is not that of what was written".to_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => "it is missing".to_owned(),
            Err(error) => error.to_string(),
        };
        Some(format!("{}: {fault}", path.display()))
    }
}

/// SHA-256 of a file's bytes, in hexadecimal.
fn sha256(path: &Path) -> Result<String> {
    let mut file = open_regular(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(checkpoint::hex(&hash.finalize().into())),
            read => hash.update(&buffer[..read]),
        }
    }
}
