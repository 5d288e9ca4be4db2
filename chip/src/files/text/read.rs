//! Opening what a path names: regular files only, texts up to a length.
//!
//! A path may come from a file that somebody else wrote. A device such as `/dev/zero` never ends, a named pipe waits for
//! ever, a folder is no file: all are refused before a byte is read. Promises: whatever a path names, opening and
//! reading end, in bounded memory; what is opened, or is not there, is noted ([`read_log`]). Absent on purpose: what the bytes
//! mean.

use super::read_log;
use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Longest text of a chip, network or experiment: 64 MiB. Arrays are streamed and have no such end.
pub const LONGEST_TEXT: u64 = 64 << 20;

/// Longest line of a list: 64 KiB.
const LONGEST_LINE: usize = 1 << 16;

/// Opens a regular file.
///
/// # Errors
/// As `std::fs::File::open`, and for anything that is no regular file.
pub fn open_regular(path: &Path) -> Result<File> {
    let kind = std::fs::metadata(path).inspect_err(|error| {
        if error.kind() == ErrorKind::NotFound {
            read_log::missed(path);
        }
    })?;
    let refuse = |found: &str| {
        Err(Error::new(ErrorKind::InvalidInput, format!("it is {found}; allowed: a regular file")))
    };
    match kind.file_type() {
        kind if kind.is_file() => File::open(path).inspect(|_| read_log::opened(path)),
        kind if kind.is_dir() => refuse("a folder"),
        _ => refuse("a device, a pipe or a socket"),
    }
}

/// The whole of a regular file, of at most `most` bytes.
///
/// # Errors
/// As [`open_regular`], and for a longer file.
pub fn read_bytes(path: &Path, most: u64) -> Result<Vec<u8>> {
    let file = open_regular(path)?;
    let mut bytes = Vec::new();
    // The file may grow while it is read, or state no length: what is read is bounded, not what is promised.
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let text = format!("it is longer than {most} bytes, the most that is read of such a file");
        return Err(Error::new(ErrorKind::InvalidInput, text));
    }
    Ok(bytes)
}

/// The text of a regular file, of at most [`LONGEST_TEXT`] bytes, without the mark of its encoding that some editors put in
/// front.
///
/// # Errors
/// As [`read_bytes`], and for bytes that are no UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    let bytes = read_bytes(path, LONGEST_TEXT)?;
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::new(ErrorKind::InvalidData, format!("byte {at} is not UTF-8 text"))
    })?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}

/// Opens a regular file of lines, of which none is longer than 64 KiB: a reader of records holds one at a time.
/// A line break between quotation marks ends no line.
///
/// # Errors
/// As [`open_regular`]; reading fails at a longer line.
pub fn open_lines(path: &Path) -> Result<impl Read + use<>> {
    open_regular(path).map(|inner| Lines { inner, length: 0, quoted: false })
}

/// Bytes as they come, as long as lines end.
struct Lines<R> {
    inner: R,
    /// Bytes since the last line ended.
    length: usize,
    quoted: bool,
}

impl<R: Read> Read for Lines<R> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
        let read = self.inner.read(bytes)?;
        for byte in &bytes[..read] {
            self.quoted ^= *byte == b'"';
            self.length = if *byte == b'\n' && !self.quoted { 0 } else { self.length + 1 };
            if self.length > LONGEST_LINE {
                let text = format!("a line is longer than {LONGEST_LINE} bytes");
                return Err(Error::new(ErrorKind::InvalidData, text));
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lines");
        let read = |text: String| {
            std::fs::write(&path, &text).expect("a file");
            let mut found = String::new();
            open_lines(&path).and_then(|mut lines| lines.read_to_string(&mut found)).map(|_| found == text)
        };
        let most = "a".repeat(LONGEST_LINE);
        assert!(read(format!("{most}\n{most}\n\"b\n\",c\n{most}")).expect("lines"));
        for text in [format!("1,2\n{most}a"), format!("\"1\n{most}"), format!("{most}\"\n\"")] {
            let refused = read(text).expect_err("a line without end").to_string();
            assert_eq!(refused, "a line is longer than 65536 bytes");
        }
    }

    #[test]
    fn only_regular_files_of_bounded_length_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("text");
        std::fs::write(&path, "eight by").expect("a file");
        assert_eq!(read_text(&path).expect("a text"), "eight by");
        assert_eq!(read_bytes(&path, 8).expect("eight bytes").len(), 8);
        assert!(read_bytes(&path, 7).expect_err("eight bytes").to_string().contains("longer than 7 bytes"));
        std::fs::write(&path, [b'a', 0xff]).expect("a file");
        assert!(read_text(&path).expect_err("no text").to_string().contains("byte 1 is not UTF-8"));
        assert!(read_text(folder.path()).expect_err("a folder").to_string().contains("it is a folder"));
    }

    #[cfg(unix)]
    #[test]
    fn a_device_and_a_pipe_are_refused_at_once() {
        for path in ["/dev/zero", "/dev/stdin"] {
            let refused = read_text(Path::new(path));
            assert!(refused.is_err(), "{path}: read {refused:?}");
        }
    }
}
