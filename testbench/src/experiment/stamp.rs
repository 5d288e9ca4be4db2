//! Whether a file is what it was, without reading it: what the system says of it.
//!
//! A file with another length, time of change, or place on the disk may hold something else. On Unix the time of change is that
//! of the inode too, which a program that sets the other time back does not set back. Promises: little time, however long a
//! file is. Absent on purpose: what it holds (`hashed`).

use std::fs::{self, Metadata};
use std::io::Result;
use std::path::Path;
use std::time::SystemTime;

/// What the system says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    length: u64,
    changed: Option<SystemTime>,
    inode: Inode,
}

/// Device, number and time of change of an inode, where there are any.
type Inode = Option<(u64, u64, (i64, i64))>;

impl Stamp {
    /// Of what a path names.
    ///
    /// # Errors
    /// When there is nothing, or it cannot be asked about.
    pub fn of(path: &Path) -> Result<Self> {
        let data = fs::metadata(path)?;
        Ok(Self { length: data.len(), changed: data.modified().ok(), inode: inode(&data) })
    }

    /// Bytes of the file.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }
}

#[cfg(unix)]
fn inode(data: &Metadata) -> Inode {
    use std::os::unix::fs::MetadataExt;
    Some((data.dev(), data.ino(), (data.ctime(), data.ctime_nsec())))
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> Inode {
    None
}
