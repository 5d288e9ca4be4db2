//! Traces that grow step by step.
//!
//! What a killed run leaves is a trace up to its last whole step: [`TraceWriter::reopen`] goes on from there.

use super::super::ArrayError;
use super::super::mark::{FileMark, sum_of};
use super::header::{TraceForm, TraceHeader, TraceTables, TracedRegister, VERSION};
use super::reader::TraceReader;
use super::step::TracedStep;
use super::{binary, text};
use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Bytes that are written at once.
const BLOCK: usize = 1 << 18;
/// Entries of a table that are written at once.
const ENTRIES: usize = 1 << 14;

/// A trace that is being written.
#[derive(Debug)]
pub struct TraceWriter {
    path: PathBuf,
    form: TraceForm,
    header: TraceHeader,
    tables: TraceTables,
    file: File,
    /// Bytes that are not yet in the file.
    buffer: Vec<u8>,
    /// Of what is in the file.
    bytes: u64,
    sum: crc32fast::Hasher,
    /// The first step that may come.
    next: u64,
}

impl TraceWriter {
    /// Creates, or empties, a file, and writes its header.
    ///
    /// # Errors
    /// When the header or the tables are not those of a trace ([`TraceHeader::check`]), or the file cannot be written.
    pub fn create(
        path: &Path,
        form: TraceForm,
        header: TraceHeader,
        tables: TraceTables,
    ) -> Result<Self, ArrayError> {
        header.check(Some(&tables)).map_err(|(found, allowed)| ArrayError::form(path, found, allowed))?;
        let file = File::create(path).map_err(ArrayError::io(path, "create"))?;
        let next = header.first;
        let (path, buffer, sum) = (path.to_path_buf(), Vec::new(), crc32fast::Hasher::new());
        let mut writer = Self { path, form, header, tables, file, buffer, bytes: 0, sum, next };
        match form {
            TraceForm::Text => writer.buffer.extend_from_slice(writer.header.text().as_bytes()),
            TraceForm::Binary => writer.binary_header()?,
        }
        writer.flush()?;
        Ok(writer)
    }

    /// Opens a trace that a run left which is now at the beginning of step `next`, and goes on with it: steps from `next`
    /// on, and whatever of a step was cut, are taken off.
    ///
    /// # Errors
    /// When the file is no trace of this header and these tables, ends before step `next`, or has before that step
    /// something else than was there when it was `left`.
    pub fn reopen(
        path: &Path,
        form: TraceForm,
        header: TraceHeader,
        tables: TraceTables,
        (next, left): (u64, FileMark),
    ) -> Result<Self, ArrayError> {
        let mut reader = TraceReader::open(path)?;
        let same_tables = reader.tables().is_none_or(|found| *found == tables);
        if reader.form() != form || *reader.header() != header || !same_tables {
            return Err(ArrayError::form(path, "the trace of another run", "the one that the run left"));
        }
        let mut kept = reader.position();
        let mut after = header.first;
        while after < next && reader.advance()? && reader.step() < next {
            reader.check()?;
            (kept, after) = (reader.position(), reader.step() + 1);
        }
        if after != next {
            let found = format!("steps before {after}");
            return Err(ArrayError::form(path, found, format!("those before {next}, where the run goes on")));
        }
        let mut file =
            OpenOptions::new().read(true).write(true).open(path).map_err(ArrayError::io(path, "open"))?;
        let sum = sum_of(&mut file, kept).map_err(ArrayError::io(path, "read"))?;
        if FileMark::new(kept, &sum) != left {
            let found = format!("another content of the steps before {next}");
            return Err(ArrayError::form(path, found, "the trace as the run left it"));
        }
        let cut = file.set_len(kept).and_then(|()| file.seek(SeekFrom::End(0)));
        cut.map_err(ArrayError::io(path, "write"))?;
        let (path, buffer) = (path.to_path_buf(), Vec::new());
        Ok(Self { path, form, header, tables, file, buffer, bytes: kept, sum, next })
    }

    /// Where it writes.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the trace says of itself.
    #[must_use]
    pub fn header(&self) -> &TraceHeader {
        &self.header
    }

    /// Appends a step.
    ///
    /// # Errors
    /// When the step is not after the last one and before the header's end, has another shape than the header, a
    /// lane outside of its register's format, or the file cannot be written.
    pub fn step(&mut self, step: &TracedStep<'_>) -> Result<(), ArrayError> {
        self.check(step).map_err(|(field, found, allowed)| ArrayError::Value {
            path: self.path.clone(),
            place: format!("step {}", step.step),
            field,
            found,
            allowed,
        })?;
        match self.form {
            TraceForm::Text => text::encode(&self.header, &self.tables, step, &mut self.buffer),
            TraceForm::Binary => {
                if !binary::encode(&self.header, step, &mut self.buffer) {
                    return Err(ArrayError::form(&self.path, "a frame of 4 GiB or more", "the text form"));
                }
            }
        }
        self.next = step.step + 1;
        if self.buffer.len() >= BLOCK { self.flush().map(drop) } else { Ok(()) }
    }

    /// Hands what was written to the operating system, whole steps: what a later kill leaves has them. What is in the file
    /// then.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&mut self) -> Result<FileMark, ArrayError> {
        self.file.write_all(&self.buffer).map_err(ArrayError::io(&self.path, "write"))?;
        self.sum.update(&self.buffer);
        self.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(FileMark::new(self.bytes, &self.sum))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> Result<(), ArrayError> {
        self.flush().map(drop)
    }

    /// Prologue, text, tables and their checksum; the tables by pieces, as they may be long.
    fn binary_header(&mut self) -> Result<(), ArrayError> {
        let text = self.header.text();
        let Ok(length) = u32::try_from(text.len()) else {
            return Err(ArrayError::form(&self.path, "a header of 4 GiB or more", "less"));
        };
        self.buffer.extend_from_slice(binary::MAGIC);
        self.buffer.extend_from_slice(&VERSION.to_le_bytes());
        self.buffer.extend_from_slice(&length.to_le_bytes());
        self.buffer.extend_from_slice(text.as_bytes());
        let mut sum = crc32fast::Hasher::new();
        let tables = std::mem::take(&mut self.tables);
        let mut piece = |writer: &mut Self, words: &mut dyn Iterator<Item = u32>| {
            words.for_each(|word| writer.buffer.extend_from_slice(&word.to_le_bytes()));
            sum.update(&writer.buffer);
            writer.flush().map(drop)
        };
        for (axons, synapses) in tables.axons.iter().zip(&tables.synapses) {
            for some in axons.chunks(ENTRIES) {
                piece(self, &mut some.iter().flatten().copied())?;
            }
            for some in synapses.chunks(ENTRIES) {
                piece(self, &mut some.iter().flatten().copied())?;
            }
        }
        piece(self, &mut std::iter::empty())?;
        self.tables = tables;
        self.buffer.extend_from_slice(&sum.finalize().to_le_bytes());
        Ok(())
    }

    /// What is wrong with a step: field, found, allowed.
    fn check(&self, step: &TracedStep<'_>) -> Result<(), (&'static str, String, String)> {
        let (next, header) = (self.next, &self.header);
        if !(next..header.until).contains(&step.step) {
            return Err(("the step", step.step.to_string(), header.steps_from(next)));
        }
        let neurons = header.neuron_columns().map(|(of, register)| (of.name.as_str(), of.neurons, register));
        columns("columns of neurons", neurons, step.registers)?;
        let axons = header.axon_columns().map(|(of, register)| (of.name.as_str(), of.axons, register));
        columns("columns of axons", axons, step.traces)?;
        let lists = header.synapse_lists().count();
        if step.changed.len() != lists {
            return Err(("lists of synapses", step.changed.len().to_string(), lists.to_string()));
        }
        for ((_, of, register), list) in header.synapse_lists().zip(step.changed) {
            let ascends = list.is_sorted_by(|a, b| a.0 < b.0);
            let inside = list.last().is_none_or(|(place, _)| u64::from(*place) < of.places.count());
            if !ascends || !inside {
                let found = format!("of `{}` not ascending or past the table", of.name);
                return Err(("synapses", found, format!("ascending, below {}", of.places.count())));
            }
            lanes(&of.name, register, list.iter().map(|(_, lane)| *lane))?;
        }
        Ok(())
    }
}

fn columns<'a>(
    field: &'static str,
    expected: impl Iterator<Item = (&'a str, u32, &'a TracedRegister)>,
    found: &[Vec<i64>],
) -> Result<(), (&'static str, String, String)> {
    let mut count = 0;
    for (name, length, register) in expected {
        let Some(column) = found.get(count).filter(|column| column.len() as u64 == u64::from(length)) else {
            let allowed = format!("{length} lanes of {} of `{name}` in column {count}", register.name);
            return Err((field, found.get(count).map_or(0, Vec::len).to_string(), allowed));
        };
        lanes(name, register, column.iter().copied())?;
        count += 1;
    }
    if count == found.len() { Ok(()) } else { Err((field, found.len().to_string(), count.to_string())) }
}

fn lanes(
    name: &str,
    register: &TracedRegister,
    lanes: impl Iterator<Item = i64>,
) -> Result<(), (&'static str, String, String)> {
    let range = register.range();
    let (least, most) = lanes.fold((0, 0), |(least, most), lane| (lane.min(least), lane.max(most)));
    let out = [least, most].into_iter().find(|lane| !range.contains(lane));
    out.map_or(Ok(()), |lane| {
        let allowed = format!("{}..={} of {} of `{name}`", range.start(), range.end(), register.name);
        Err(("a lane", lane.to_string(), allowed))
    })
}
