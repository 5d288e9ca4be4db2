//! Spike lists: CSV with `step,neuron` or `step,neuron,count` a line, in any order.
//!
//! A first line that names the columns may be there; then it is checked. Lines that start with `#` and empty
//! lines are skipped, blanks around a field ignored. Lines of the same step and neuron add up. As any line may
//! be of any step, the whole list is in memory, 16 bytes a line.

use super::ArrayError;
use super::stimulus::Stimulus;
use csv::{ReaderBuilder, StringRecord, Trim};
use std::io::Read;
use std::path::{Path, PathBuf};
use synfire_chip::files::open_lines;
use synfire_chip::run::program::{StepEvents, StimulusSpike};

const COLUMNS: [&str; 3] = ["step", "neuron", "count"];
const ALLOWED_COLUMNS: &str = "step,neuron or step,neuron,count";

/// An open spike list.
pub struct SpikeListFile {
    path: PathBuf,
    reader: csv::Reader<Box<dyn Read + Send + Sync>>,
    record: StringRecord,
    limits: Limits,
    columns: usize,
    /// Ascending by step, neuron and line.
    events: Vec<Event>,
    /// How many of them were given.
    given: usize,
    step: u32,
}

/// What a list may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Index of the input population.
    pub input: u16,
    /// Its channels.
    pub neurons: u32,
    /// Most events of a channel in one step.
    pub max_events: u8,
    /// Steps.
    pub steps: u32,
}

#[derive(Clone, Copy)]
struct Event {
    step: u32,
    neuron: u32,
    line: u32,
    count: u8,
}

impl SpikeListFile {
    /// Reads a list.
    ///
    /// # Errors
    /// When the file cannot be read or a line is not allowed.
    pub fn open(path: &Path, limits: Limits) -> Result<Self, ArrayError> {
        let file = open_lines(path).map_err(ArrayError::io(path, "open"))?;
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).comment(Some(b'#')).trim(Trim::All);
        let mut list = Self {
            path: path.to_path_buf(),
            reader: builder.from_reader(Box::new(file)),
            record: StringRecord::new(),
            limits,
            columns: 0,
            events: Vec::new(),
            given: 0,
            step: 0,
        };
        list.read()?;
        list.events.sort_unstable_by_key(|event| (event.step, event.neuron, event.line));
        list.check_sums()?;
        Ok(list)
    }

    /// Reads the names of the columns, if they are there, and every event.
    fn read(&mut self) -> Result<(), ArrayError> {
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
        let mut more = if named { self.read_record()? } else { true };
        while more {
            let event = self.event()?;
            self.events.push(event);
            more = self.read_record()?;
        }
        Ok(())
    }

    /// Lines of one step and neuron must not add up to more than a channel carries.
    fn check_sums(&self) -> Result<(), ArrayError> {
        for same in self.events.chunk_by(|a, b| (a.step, a.neuron) == (b.step, b.neuron)) {
            let count: u64 = same.iter().map(|event| u64::from(event.count)).sum();
            if count > u64::from(self.limits.max_events) {
                let line = same[same.len() - 1].line;
                let allowed = format!("0..={} in one step (`max_events`)", self.limits.max_events);
                return Err(self.refuse_at(u64::from(line), "count", count.to_string(), &allowed));
            }
        }
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
        let Limits { neurons, max_events, steps, .. } = self.limits;
        let step = self.field(0, u64::from(steps.saturating_sub(1)))? as u32;
        let last = neurons.checked_sub(1).ok_or_else(|| {
            self.refuse("neuron", self.record.get(1).unwrap_or("").into(), "none: the input has no channels")
        })?;
        let neuron = self.field(1, u64::from(last))? as u32;
        let count = if self.columns == 3 { self.field(2, u64::from(max_events))? as u8 } else { 1 };
        let line = self.record.position().map_or(0, csv::Position::line);
        Ok(Event { line: u32::try_from(line).unwrap_or(u32::MAX), step, neuron, count })
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
        if self.given == self.events.len() {
            return Ok(false);
        }
        let rest = &self.events[self.given..];
        let now = &rest[..rest.partition_point(|event| event.step == self.step)];
        for same in now.chunk_by(|a, b| a.neuron == b.neuron) {
            // Sums were checked: they fit.
            let count = same.iter().map(|event| event.count).sum();
            if count > 0 {
                let input = self.limits.input;
                events.spikes.push(StimulusSpike { input, neuron: same[0].neuron, count });
            }
        }
        self.given += now.len();
        self.step += 1;
        Ok(true)
    }
}
