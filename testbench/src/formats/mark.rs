//! How much of a growing file is whole, and its checksum: whoever goes on with the file finds the same.
//!
//! Promises: a byte that was edited is noticed. Absent on purpose: what the file holds.

use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Write};

/// Bytes that are read at once.
const BLOCK: usize = 1 << 18;

/// What is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileMark {
    bytes: u64,
    crc32: u32,
}

impl FileMark {
    pub(super) fn new(bytes: u64, sum: &crc32fast::Hasher) -> Self {
        Self { bytes, crc32: sum.clone().finalize() }
    }

    /// How many bytes.
    #[must_use]
    pub const fn bytes(self) -> u64 {
        self.bytes
    }
}

/// Checksum of the next `bytes` of a file.
pub(super) fn sum_of(file: &mut File, bytes: u64) -> io::Result<crc32fast::Hasher> {
    let (mut sum, mut block, mut left) = (crc32fast::Hasher::new(), vec![0; BLOCK], bytes);
    while left > 0 {
        let some = left.min(BLOCK as u64) as usize;
        file.read_exact(&mut block[..some])?;
        sum.update(&block[..some]);
        left -= some as u64;
    }
    Ok(sum)
}

/// A file that knows what was written into it.
#[derive(Debug)]
pub(super) struct Marked {
    /// The file, at its end.
    pub file: File,
    bytes: u64,
    sum: crc32fast::Hasher,
}

impl Marked {
    /// Begins where the file is.
    pub fn begin(file: File) -> Self {
        Self { file, bytes: 0, sum: crc32fast::Hasher::new() }
    }

    /// Goes on after what was `left` behind the place where the file is, and takes off what follows; `None` where there is
    /// something else.
    pub fn go_on(mut file: File, left: FileMark) -> io::Result<Option<Self>> {
        use std::io::Seek;
        let begin = file.stream_position()?;
        if file.metadata()?.len() < begin.saturating_add(left.bytes) {
            return Ok(None);
        }
        let sum = sum_of(&mut file, left.bytes)?;
        if FileMark::new(left.bytes, &sum) != left {
            return Ok(None);
        }
        file.set_len(begin + left.bytes)?;
        Ok(Some(Self { file, bytes: left.bytes, sum }))
    }

    /// What was written.
    pub fn mark(&self) -> FileMark {
        FileMark::new(self.bytes, &self.sum)
    }
}

impl Write for Marked {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sum.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
