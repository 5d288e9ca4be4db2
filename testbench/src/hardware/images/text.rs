//! The lines of an image: hexadecimal words, one a line, as `$readmemh` takes them.
//!
//! Written with all digits of a word, lower case. Read: blanks around a word, empty lines and comments from `//` on are
//! skipped, digits may be left out at the front or joined by `_`. Promises: a line that is no word is refused with its
//! number. Absent on purpose: `@` addresses and the digits `x` and `z`.

use crate::hardware::error::HardwareError;
use std::path::Path;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Appends a word of `bits`, lowest limb first, and a line break.
pub fn push(text: &mut Vec<u8>, limbs: &[u64], bits: usize) {
    let digits = bits.div_ceil(4);
    for digit in (0..digits).rev() {
        let limb = limbs[digit / 16] >> (digit % 16 * 4);
        text.push(DIGITS[(limb & 15) as usize]);
    }
    text.push(b'\n');
}

/// The words of a file.
pub struct Words<'a> {
    path: &'a Path,
    rest: &'a [u8],
    /// Number of the line that was read last, from 1.
    pub line: usize,
    bits: usize,
}

impl<'a> Words<'a> {
    /// Words of `bits` in the content of the file at `path`.
    #[must_use]
    pub fn new(path: &'a Path, content: &'a [u8], bits: usize) -> Self {
        Self { path, rest: content, line: 0, bits }
    }

    /// A line that is not allowed.
    #[must_use]
    pub fn refuse(&self, found: String, allowed: String) -> HardwareError {
        HardwareError::Line { path: self.path.to_owned(), line: self.line.max(1), found, allowed }
    }

    /// The next word, into `limbs`, lowest first; false after the last.
    ///
    /// # Errors
    /// At a line that is no word.
    pub fn next_into(&mut self, limbs: &mut [u64]) -> Result<bool, HardwareError> {
        loop {
            if self.rest.is_empty() {
                return Ok(false);
            }
            let end = self.rest.iter().position(|byte| *byte == b'\n');
            let (line, rest) = match end {
                Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
                None => (self.rest, &self.rest[..0]),
            };
            self.rest = rest;
            self.line += 1;
            let comment = line.windows(2).position(|pair| pair == b"//").unwrap_or(line.len());
            let word = line[..comment].trim_ascii();
            if !word.is_empty() {
                return self.word(word, limbs).map(|()| true);
            }
        }
    }

    fn word(&self, word: &[u8], limbs: &mut [u64]) -> Result<(), HardwareError> {
        limbs.fill(0);
        let mut at = 0;
        let mut fits = true;
        for byte in word.iter().rev() {
            let value = match byte {
                b'0'..=b'9' => byte - b'0',
                b'a'..=b'f' => byte - b'a' + 10,
                b'A'..=b'F' => byte - b'A' + 10,
                b'_' => continue,
                _ => return Err(self.no_word(word)),
            };
            let room = self.bits.saturating_sub(4 * at);
            fits &= room >= 4 || value >> room == 0;
            if let Some(limb) = limbs.get_mut(at / 16) {
                *limb |= u64::from(value) << (at % 16 * 4);
            }
            at += 1;
        }
        if fits && at > 0 { Ok(()) } else { Err(self.no_word(word)) }
    }

    fn no_word(&self, word: &[u8]) -> HardwareError {
        const SHOWN: usize = 80;
        let shown = String::from_utf8_lossy(&word[..word.len().min(SHOWN)]).into_owned();
        let dots = if word.len() > SHOWN { ".." } else { "" };
        let found = format!("`{}{dots}`", shown.escape_debug());
        self.refuse(found, format!("a word of {} bits in hexadecimal digits", self.bits))
    }
}
