//! Spike lists: CSV with `step,neuron` or `step,neuron,count` a line, read step by step.
//!
//! A first line that names the columns may be there; then it is checked. Lines that start with `#` and empty
//! lines are skipped, blanks around a field ignored. Steps must not descend, so that a list of any length is
//! read with the memory of one step; neurons within a step come in any order, and lines of the same step
//! and neuron add up.

use super::ArrayError;
use super::stimulus::Stimulus;
use csv::{ReaderBuilder, StringRecord, Trim};
use std::fs::File;
use std::path::{Path, PathBuf};
use synfire_chip::program::{StepEvents, StimulusSpike};

const COLUMNS: [&str; 3] = ["step", "neuron", "count"];
const ALLOWED_COLUMNS: &str = "step,neuron or step,neuron,count";

/// An open spike list.
pub struct SpikeListFile {
    path: PathBuf,
    reader: csv::Reader<File>,
    record: StringRecord,
    limits: Limits,
    columns: usize,
    step: u64,
    pending: Option<Event>,
}

#[derive(Clone, Copy)]
struct Limits {
    input: u16,
    neurons: u32,
    max_events: u8,
}

#[derive(Clone, Copy)]
struct Event {
    line: u64,
    step: u64,
    neuron: u32,
    count: u8,
}

impl SpikeListFile {
    /// Opens a list for input population `input` with `neurons` channels of at most `max_events` a step.
    ///
    /// # Errors
    /// When the file cannot be read or its first line is not allowed.
    pub fn open(path: &Path, input: u16, neurons: u32, max_events: u8) -> Result<Self, ArrayError> {
        let file = File::open(path).map_err(ArrayError::io(path, "open"))?;
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).comment(Some(b'#')).trim(Trim::All);
        let mut list = Self {
            path: path.to_path_buf(),
            reader: builder.from_reader(file),
            record: StringRecord::new(),
            limits: Limits { input, neurons, max_events },
            columns: 0,
            step: 0,
            pending: None,
        };
        list.start()?;
        Ok(list)
    }

    /// Reads the names of the columns, if they are there, and the first event.
    fn start(&mut self) -> Result<(), ArrayError> {
        if !self.read_record()? {
            return Ok(());
        }
        self.columns = self.record.len();
        let is_number =
            |field: &str| field.bytes().next().is_some_and(|b| b.is_ascii_digit() || b"+-".contains(&b));
        let named = !self.record.iter().any(is_number);
        let names_fit = self.record.iter().eq(COLUMNS.into_iter().take(self.columns));
        if !(2..=3).contains(&self.columns) || (named && !names_fit) {
            return Err(self.refuse("columns", self.line_text(), ALLOWED_COLUMNS));
        }
        if !named {
            self.pending = Some(self.event()?);
            return Ok(());
        }
        self.advance()
    }

    fn advance(&mut self) -> Result<(), ArrayError> {
        self.pending = if self.read_record()? { Some(self.event()?) } else { None };
        Ok(())
    }

    fn read_record(&mut self) -> Result<bool, ArrayError> {
        self.reader.read_record(&mut self.record).map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            match error.into_kind() {
                csv::ErrorKind::Io(source) => ArrayError::io(&self.path, "read")(source),
                _ => self.refuse_at(line, "the text", "not UTF-8".into(), "UTF-8"),
            }
        })
    }

    /// The event of the record.
    fn event(&self) -> Result<Event, ArrayError> {
        if self.record.len() != self.columns {
            let allowed = format!("{} fields", self.columns);
            return Err(self.refuse("line", self.line_text(), &allowed));
        }
        let Limits { neurons, max_events, .. } = self.limits;
        let step = self.field(0, u64::from(u32::MAX))?;
        let last = neurons.checked_sub(1).ok_or_else(|| {
            self.refuse("neuron", self.record.get(1).unwrap_or("").into(), "none: the input has no channels")
        })?;
        let neuron = self.field(1, u64::from(last))? as u32;
        let count = if self.columns == 3 { self.field(2, u64::from(max_events))? as u8 } else { 1 };
        let line = self.record.position().map_or(0, csv::Position::line);
        Ok(Event { line, step, neuron, count })
    }

    fn field(&self, column: usize, most: u64) -> Result<u64, ArrayError> {
        let text = self.record.get(column).unwrap_or("");
        let value = text.parse::<u64>().ok().filter(|value| *value <= most);
        value.ok_or_else(|| self.refuse(COLUMNS[column], text.into(), &format!("0..={most}")))
    }

    fn line_text(&self) -> String {
        let text: Vec<&str> = self.record.iter().collect();
        text.join(",").chars().take(60).collect()
    }

    fn refuse(&self, field: &'static str, found: String, allowed: &str) -> ArrayError {
        self.refuse_at(self.record.position().map_or(0, csv::Position::line), field, found, allowed)
    }

    fn refuse_at(&self, line: u64, field: &'static str, found: String, allowed: &str) -> ArrayError {
        // An empty field shows as one.
        let found = if found.is_empty() { "empty".into() } else { found };
        let place = format!("line {line}");
        ArrayError::Value { path: self.path.clone(), place, field, found, allowed: allowed.into() }
    }
}

impl Stimulus for SpikeListFile {
    fn next_step(&mut self, events: &mut StepEvents) -> Result<bool, ArrayError> {
        let Some(first) = self.pending else { return Ok(false) };
        if first.step < self.step {
            let allowed = format!("{} or later: lines are in the order of steps", self.step - 1);
            return Err(self.refuse_at(first.line, "step", first.step.to_string(), &allowed));
        }
        let mut now: Vec<Event> = Vec::new();
        while let Some(event) = self.pending.filter(|event| event.step == self.step) {
            now.push(event);
            self.advance()?;
        }
        now.sort_by_key(|event| event.neuron);
        for same in now.chunk_by(|a, b| a.neuron == b.neuron) {
            let count: u64 = same.iter().map(|event| u64::from(event.count)).sum();
            if count > u64::from(self.limits.max_events) {
                let line = same[same.len() - 1].line;
                let allowed = format!("0..={} in one step", self.limits.max_events);
                return Err(self.refuse_at(line, "count", count.to_string(), &allowed));
            }
            if count > 0 {
                let input = self.limits.input;
                events.spikes.push(StimulusSpike { input, neuron: same[0].neuron, count: count as u8 });
            }
        }
        self.step += 1;
        Ok(true)
    }
}
