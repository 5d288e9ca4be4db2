//! Traces read step by step, in either form.
//!
//! [`TraceReader::advance`] finds the bytes of the next step; [`TraceReader::decode`] reads them. Who compares two files
//! decodes only where bytes differ.

use super::super::ArrayError;
use super::differing::{self, Differing};
use super::header::{Axon, Synapse, SynapsePlaces, TraceForm, TraceHeader, TraceTables, VERSION};
use super::step::Step;
use super::{binary, header_text, text};
use memchr::{memchr, memchr_iter, memmem};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use synfire_chip::files::open_regular;

/// Bytes that are asked for at once.
const BLOCK: usize = 1 << 20;
/// Longest text of a header.
const LONGEST_HEADER: usize = 64 << 20;
/// Entries of a table that are read at once.
const ENTRIES: usize = 1 << 14;
const FORMS: &str = "a trace: text that begins with `synfire-trace 1`, or binary that begins with `SYNTRACE`";

/// An open trace.
#[derive(Debug)]
pub struct TraceReader {
    path: PathBuf,
    form: TraceForm,
    header: TraceHeader,
    /// Of the binary form.
    tables: Option<TraceTables>,
    window: Window,
    /// The step that [`TraceReader::advance`] found.
    step: u64,
    /// Its bytes, at the front of the window.
    length: usize,
    /// The first step that may come.
    next: u64,
}

impl TraceReader {
    /// Opens a trace and reads its header.
    ///
    /// # Errors
    /// When the file cannot be read, or is no trace of this version of the format and this major version of the contract.
    pub fn open(path: &Path) -> Result<Self, ArrayError> {
        let file = open_regular(path).map_err(ArrayError::io(path, "open"))?;
        let mut window = Window { file, buffer: Vec::new(), start: 0, end: 0, offset: 0 };
        let io = || ArrayError::io(path, "read");
        let binary =
            window.need(binary::PROLOGUE).map_err(io())? && window.bytes().starts_with(binary::MAGIC);
        let (form, header, tables) = if binary {
            let (header, tables) = binary_header(path, &mut window)?;
            (TraceForm::Binary, header, Some(tables))
        } else {
            (TraceForm::Text, text_header(path, &mut window)?, None)
        };
        let next = header.first;
        let path = path.to_path_buf();
        Ok(Self { path, form, header, tables, window, step: next, length: 0, next })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its form.
    #[must_use]
    pub fn form(&self) -> TraceForm {
        self.form
    }

    /// What it says of itself.
    #[must_use]
    pub fn header(&self) -> &TraceHeader {
        &self.header
    }

    /// Its tables, which text does not have.
    #[must_use]
    pub fn tables(&self) -> Option<&TraceTables> {
        self.tables.as_ref()
    }

    /// Goes to the next step; `false` at the end of the file.
    ///
    /// # Errors
    /// When the file cannot be read, or ends inside a step, or a step is out of order. Names the byte, and the last whole
    /// step. What is inside the step is not yet looked at.
    pub fn advance(&mut self) -> Result<bool, ArrayError> {
        self.window.skip(self.length);
        self.length = 0;
        let found = match self.form {
            TraceForm::Text => self.find_text()?,
            TraceForm::Binary => self.find_frame()?,
        };
        let Some((step, length)) = found else { return Ok(false) };
        if !(self.next..self.header.until).contains(&step) {
            let allowed = self.header.steps_from(self.next);
            return Err(self.refuse(self.window.offset, "the step", step.to_string(), allowed));
        }
        (self.step, self.length, self.next) = (step, length, step + 1);
        Ok(true)
    }

    /// The step that [`TraceReader::advance`] found.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Its bytes in the file: lines, or a frame.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.window.bytes()[..self.length]
    }

    /// How many bytes of the file the header and the steps so far take, the one that was found included.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.window.offset + self.length as u64
    }

    /// Where in the file they begin.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.window.offset
    }

    /// Reads the step that [`TraceReader::advance`] found.
    ///
    /// # Errors
    /// When its bytes are not those of a step of this header, or their checksum is another; names the line or the byte.
    pub fn decode(&self, into: &mut Step) -> Result<(), ArrayError> {
        self.decode_at(self.window.offset, self.bytes(), into)
    }

    /// Reads a step from a copy of [`TraceReader::bytes`] that begins at `offset` of the file.
    ///
    /// # Errors
    /// As [`TraceReader::decode`].
    pub fn decode_at(&self, offset: u64, bytes: &[u8], into: &mut Step) -> Result<(), ArrayError> {
        let refuse =
            |at: usize, field, found, allowed| self.refuse(offset + at as u64, field, found, allowed);
        let Some(tables) = &self.tables else {
            let read = text::decode(&self.header, bytes, into);
            return read.map_err(|fault| refuse(fault.at, "the record", fault.found, fault.allowed));
        };
        self.check_sum(offset, bytes)?;
        let payload = &bytes[binary::HEAD..bytes.len() - binary::SUM];
        let read = binary::decode(&self.header, tables, u64::from_le_bytes(word(bytes, 4)), payload, into);
        read.map_err(|fault| refuse(0, "the frame", fault.found, fault.allowed))
    }

    /// What a step of this trace and the same step of `actual`, a trace of one form, header and tables, have not in common:
    /// both as copies of [`TraceReader::bytes`] that begin at `offsets` of their files. `false` where one of them is not
    /// what a step may be: then decoding says what is wrong.
    ///
    /// # Errors
    /// When the checksum of a frame is another.
    pub fn differing(
        &self,
        actual: &Self,
        offsets: [u64; 2],
        bytes: [&[u8]; 2],
        found: &mut Vec<Differing>,
    ) -> Result<bool, ArrayError> {
        found.clear();
        let Some(tables) = &self.tables else {
            return Ok(differing::lines(&self.header, bytes, found).is_some());
        };
        self.check_sum(offsets[0], bytes[0])?;
        actual.check_sum(offsets[1], bytes[1])?;
        let payloads = bytes.map(|bytes| &bytes[binary::HEAD..bytes.len() - binary::SUM]);
        Ok(differing::frames(&self.header, tables, payloads, found).is_some())
    }

    /// Looks at the checksum of the frame that [`TraceReader::advance`] found; text has none.
    ///
    /// # Errors
    /// When it is another than that of the frame's bytes.
    pub fn check(&self) -> Result<(), ArrayError> {
        match self.form {
            TraceForm::Text => Ok(()),
            TraceForm::Binary => self.check_sum(self.window.offset, self.bytes()),
        }
    }

    fn check_sum(&self, offset: u64, frame: &[u8]) -> Result<(), ArrayError> {
        let end = frame.len() - binary::SUM;
        let (sum, stated) =
            (binary::checksum(&frame[binary::TAG.len()..end]), u32::from_le_bytes(word(frame, end)));
        if sum == stated {
            return Ok(());
        }
        let found = format!("{sum:#010x} over step {}", u64::from_le_bytes(word(frame, 4)));
        Err(self.refuse(offset + end as u64, "the checksum", found, format!("{stated:#010x}, as stated")))
    }

    /// The same file opened again, at a step whose bytes begin at `offset`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn again(&self, offset: u64) -> Result<Self, ArrayError> {
        let mut file = open_regular(&self.path).map_err(ArrayError::io(&self.path, "open"))?;
        file.seek(SeekFrom::Start(offset)).map_err(ArrayError::io(&self.path, "read"))?;
        let window = Window { file, buffer: Vec::new(), start: 0, end: 0, offset };
        let (path, header, tables) = (self.path.clone(), self.header.clone(), self.tables.clone());
        Ok(Self { path, form: self.form, next: header.first, step: 0, length: 0, header, tables, window })
    }

    /// Reads the next step; `false` at the end of the file.
    ///
    /// # Errors
    /// As [`TraceReader::advance`] and [`TraceReader::decode`].
    pub fn read(&mut self, into: &mut Step) -> Result<bool, ArrayError> {
        Ok(self.advance()? && self.decode(into).map(|()| true)?)
    }

    /// The step in the lines from here on, and its bytes.
    fn find_text(&mut self) -> Result<Option<(u64, usize)>, ArrayError> {
        let mut searched = 0;
        loop {
            let bytes = self.window.bytes();
            if let Some(at) = memmem::find(&bytes[searched..], text::END) {
                let end = searched + at + 1;
                if let Some(line) = memchr(b'\n', &bytes[end..]) {
                    let length = end + line + 1;
                    let begin = memchr(b'\n', bytes).unwrap_or(0);
                    let step = |line: &[u8], word: &str| {
                        std::str::from_utf8(line).ok()?.strip_prefix(word)?.parse::<u64>().ok()
                    };
                    let number = step(&bytes[..begin], "step ");
                    if number.is_some() && number == step(&bytes[end..end + line], "end ") {
                        return Ok(number.map(|step| (step, length)));
                    }
                    let first = String::from_utf8_lossy(&bytes[..begin.min(60)]).into_owned();
                    let last = String::from_utf8_lossy(&bytes[end..end + line.min(60)]).into_owned();
                    let found = format!("`{first}` to `{last}`");
                    return Err(self.refuse(
                        self.window.offset,
                        "a step",
                        found,
                        "`step N` to `end N`".to_owned(),
                    ));
                }
            }
            searched = bytes.len().saturating_sub(32);
            if !self.more()? {
                if self.window.bytes().is_empty() {
                    return Ok(None);
                }
                return Err(self.cut("`end N` of the step"));
            }
        }
    }

    /// The step in the frame that is next, and the frame's bytes.
    fn find_frame(&mut self) -> Result<Option<(u64, usize)>, ArrayError> {
        if !self.need(binary::HEAD)? {
            if self.window.bytes().is_empty() {
                return Ok(None);
            }
            return Err(self.cut("a frame's 16 first bytes"));
        }
        let head = self.window.bytes();
        if !head.starts_with(binary::TAG) {
            let found = format!("{:02x?}", &head[..binary::TAG.len()]);
            return Err(self.refuse(self.window.offset, "the frame's mark", found, "`STEP`".to_owned()));
        }
        let step = u64::from_le_bytes(word(head, 4));
        let length = u32::from_le_bytes(word(head, 12));
        let whole = binary::HEAD + length as usize + binary::SUM;
        if !self.need(whole)? {
            return Err(self.cut(&format!("{whole} bytes of the frame of step {step}")));
        }
        Ok(Some((step, whole)))
    }

    fn need(&mut self, bytes: usize) -> Result<bool, ArrayError> {
        self.window.need(bytes).map_err(ArrayError::io(&self.path, "read"))
    }

    fn more(&mut self) -> Result<bool, ArrayError> {
        self.window.more().map_err(ArrayError::io(&self.path, "read"))
    }

    /// The file ends where a step does not.
    fn cut(&self, allowed: &str) -> ArrayError {
        let whole = match self.next {
            next if next == self.header.first => "no step of it is whole".to_owned(),
            next => format!("it is whole to the end of step {}, byte {}", next - 1, self.window.offset),
        };
        let end = self.window.offset + self.window.bytes().len() as u64;
        self.refuse(end, "the trace", "cut".to_owned(), format!("{allowed}; {whole}"))
    }

    /// Refuses what is at a byte of the file.
    fn refuse(&self, byte: u64, field: &'static str, found: String, allowed: String) -> ArrayError {
        let place = match self.form {
            TraceForm::Binary => format!("byte {byte}"),
            TraceForm::Text => {
                line_of(&self.path, byte).map_or(format!("byte {byte}"), |line| format!("line {line}"))
            }
        };
        ArrayError::Value { path: self.path.clone(), place, field, found, allowed }
    }
}

/// The number of the line that a byte is in, by reading the file again: only who refuses it asks.
fn line_of(path: &Path, byte: u64) -> Option<u64> {
    let mut before = File::open(path).ok()?.take(byte);
    let (mut block, mut line) = (vec![0; BLOCK], 1);
    loop {
        match before.read(&mut block).ok()? {
            0 => return Some(line),
            read => line += memchr_iter(b'\n', &block[..read]).count() as u64,
        }
    }
}

/// Bytes of a number in `bytes`, which has them.
fn word<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut word = [0; N];
    word.copy_from_slice(&bytes[at..at + N]);
    word
}

fn text_header(path: &Path, window: &mut Window) -> Result<TraceHeader, ArrayError> {
    if !window.bytes().starts_with(header_text::MAGIC.as_bytes()) {
        return Err(ArrayError::form(path, "another kind of file", FORMS));
    }
    let (mut line, mut searched) = (0, 0);
    loop {
        let bytes = window.bytes();
        if let Some(at) = memchr(b'\n', &bytes[searched..]) {
            let end = searched + at + 1;
            if bytes[line..].starts_with(header_text::LAST.as_bytes()) {
                let header = parse(path, &bytes[..end])?;
                window.skip(end);
                return Ok(header);
            }
            (line, searched) = (end, end);
        } else {
            searched = bytes.len();
            if searched > LONGEST_HEADER || !window.more().map_err(ArrayError::io(path, "read"))? {
                // What its lines say comes first: another version has other last lines.
                let end = memchr_iter(b'\n', window.bytes()).next_back().map_or(0, |at| at + 1);
                let parsed = parse(path, &window.bytes()[..end])?;
                return Err(ArrayError::form(
                    path,
                    format!("a header without `steps`, {} populations", parsed.populations.len()),
                    FORMS,
                ));
            }
        }
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<TraceHeader, ArrayError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| ArrayError::form(path, "a header that is not UTF-8", FORMS))?;
    header_text::parse(text).map_err(|fault| ArrayError::Value {
        path: path.to_path_buf(),
        place: format!("line {} of the header", fault.line),
        field: "the line",
        found: format!("`{}`", fault.found),
        allowed: fault.allowed,
    })
}

fn binary_header(path: &Path, window: &mut Window) -> Result<(TraceHeader, TraceTables), ArrayError> {
    let io = || ArrayError::io(path, "read");
    let version = u32::from_le_bytes(word(window.bytes(), 8));
    if version != VERSION {
        let allowed = format!("version {VERSION}, which is read");
        return Err(ArrayError::form(path, format!("a trace of version {version}"), allowed));
    }
    let length = u32::from_le_bytes(word(window.bytes(), 12)) as usize;
    let cut = || ArrayError::form(path, "a trace that is cut in its header or tables", "a whole header");
    if length > LONGEST_HEADER {
        return Err(ArrayError::form(
            path,
            format!("a header of {length} bytes"),
            LONGEST_HEADER.to_string(),
        ));
    }
    if !window.need(binary::PROLOGUE + length).map_err(io())? {
        return Err(cut());
    }
    let header = parse(path, &window.bytes()[binary::PROLOGUE..binary::PROLOGUE + length])?;
    let mut sum = crc32fast::Hasher::new();
    sum.update(&window.bytes()[..binary::PROLOGUE + length]);
    window.skip(binary::PROLOGUE + length);
    let mut tables = TraceTables::default();
    for of in &header.projections {
        let synapses = match of.places {
            SynapsePlaces::Pairs { count } => count,
            SynapsePlaces::Taps { .. } => 0,
        };
        let axons: Option<Vec<Axon>> = table(window, of.axons, &mut sum).map_err(io())?;
        let synapses: Option<Vec<Synapse>> = table(window, synapses, &mut sum).map_err(io())?;
        let (axons, synapses) = axons.zip(synapses).ok_or_else(cut)?;
        tables.axons.push(axons);
        tables.synapses.push(synapses);
    }
    if !window.need(binary::SUM).map_err(io())? {
        return Err(cut());
    }
    let stated = u32::from_le_bytes(word(window.bytes(), 0));
    if sum.finalize() != stated {
        return Err(ArrayError::form(
            path,
            "a damaged header: its checksum is another",
            "the header as written",
        ));
    }
    window.skip(binary::SUM);
    header.check(Some(&tables)).map_err(|(found, allowed)| ArrayError::form(path, found, allowed))?;
    Ok((header, tables))
}

/// A table of places of `N` numbers; `None` where the file ends in it. It grows with what is read, not by what is promised.
fn table<const N: usize>(
    window: &mut Window,
    count: u32,
    sum: &mut crc32fast::Hasher,
) -> io::Result<Option<Vec<[u32; N]>>> {
    let (mut table, mut left) = (Vec::new(), count as usize);
    while left > 0 {
        let now = left.min(ENTRIES);
        if !window.need(4 * N * now)? {
            return Ok(None);
        }
        let bytes = &window.bytes()[..4 * N * now];
        sum.update(bytes);
        let words = bytes.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word));
        let mut words = words.collect::<Vec<u32>>().into_iter();
        table.extend((0..now).map(|_| std::array::from_fn(|_| words.next().unwrap_or(0))));
        window.skip(4 * N * now);
        left -= now;
    }
    Ok(Some(table))
}

/// The part of a file that is in memory.
#[derive(Debug)]
struct Window {
    file: File,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Where in the file `start` is.
    offset: u64,
}

impl Window {
    fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    fn skip(&mut self, bytes: usize) {
        self.start += bytes;
        self.offset += bytes as u64;
    }

    /// Reads more of the file, at least a byte; `false` at its end.
    fn more(&mut self) -> io::Result<bool> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.buffer.len() < self.end + BLOCK / 2 {
            self.buffer.resize((2 * self.end).max(BLOCK), 0);
        }
        let read = loop {
            match self.file.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.end += read;
        Ok(read > 0)
    }

    /// Whether the next `bytes` bytes are there, after reading them. It grows with what is read.
    fn need(&mut self, bytes: usize) -> io::Result<bool> {
        while self.end - self.start < bytes {
            if !self.more()? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
