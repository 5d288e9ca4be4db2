//! Lines of a CSV file whose columns have known names: what every list of events shares.
//!
//! A first line that names the columns may be there; then it is checked. Lines that start with `#` and empty lines are
//! skipped, blanks around a field ignored. All lines have as many fields as the first.
//!
//! Promises: one line is in memory; every refusal names the line, what was found, what is allowed. Absent on purpose: what
//! the fields mean.

use super::ArrayError;
use csv::{ReaderBuilder, StringRecord, Trim};
use std::io::Read;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use synfire_chip::files::open_lines;

/// An open file; after [`Lines::advance`] answered `true` it is at a line.
pub struct Lines {
    path: PathBuf,
    reader: csv::Reader<Box<dyn Read + Send + Sync>>,
    record: StringRecord,
    columns: &'static [&'static str],
    /// Fields of a line; 0 before the first.
    fields: usize,
    /// How few of the columns may be there: the first of them.
    least: usize,
}

impl Lines {
    /// Opens a file whose lines have the first `least` of these columns, or more of them.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path, columns: &'static [&'static str], least: usize) -> Result<Self, ArrayError> {
        let file = open_lines(path).map_err(ArrayError::io(path, "open"))?;
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).comment(Some(b'#')).trim(Trim::All);
        let reader = builder.from_reader(Box::new(file) as Box<dyn Read + Send + Sync>);
        let path = path.to_path_buf();
        Ok(Self { path, reader, record: StringRecord::new(), columns, fields: 0, least })
    }

    /// The next line that says something; `false` at the end.
    ///
    /// # Errors
    /// When the file cannot be read, or the line does not have these columns.
    pub fn advance(&mut self) -> Result<bool, ArrayError> {
        if !self.read()? {
            return Ok(false);
        }
        if self.fields == 0 {
            self.fields = self.record.len();
            let is_number =
                |field: &str| field.bytes().next().is_some_and(|b| b.is_ascii_digit() || b"+-".contains(&b));
            let named = !self.record.iter().any(is_number);
            let names_fit = self.record.iter().eq(self.columns.iter().copied().take(self.fields));
            if !(self.least..=self.columns.len()).contains(&self.fields) || (named && !names_fit) {
                return Err(self.refuse("columns", self.text(), &self.allowed()));
            }
            if named && !self.read()? {
                return Ok(false);
            }
        }
        if self.record.len() != self.fields {
            return Err(self.refuse("line", self.text(), &format!("{} fields", self.fields)));
        }
        Ok(true)
    }

    fn read(&mut self) -> Result<bool, ArrayError> {
        self.reader.read_record(&mut self.record).map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            match error.into_kind() {
                csv::ErrorKind::Io(source) => ArrayError::io(&self.path, "read")(source),
                _ => self.refuse_at(line, "the text", "not UTF-8".into(), "UTF-8"),
            }
        })
    }

    /// Whether the lines have this column.
    #[must_use]
    pub fn has(&self, column: usize) -> bool {
        column < self.fields
    }

    /// A field of the line; empty where the line has none of it.
    #[must_use]
    pub fn field(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or("")
    }

    /// A field that is a number.
    ///
    /// # Errors
    /// When it is none, or out of range.
    pub fn number(&self, column: usize, range: RangeInclusive<u64>) -> Result<u64, ArrayError> {
        self.number_of(column, self.field(column), range)
    }

    /// A number that is a part of a field.
    ///
    /// # Errors
    /// As [`Lines::number`].
    pub fn number_of(
        &self,
        column: usize,
        text: &str,
        range: RangeInclusive<u64>,
    ) -> Result<u64, ArrayError> {
        let value = text.parse::<u64>().ok().filter(|value| range.contains(value));
        let allowed = || format!("{}..={}", range.start(), range.end());
        value.ok_or_else(|| self.refuse_field(column, text.into(), &allowed()))
    }

    /// A field that is a number with a sign.
    ///
    /// # Errors
    /// As [`Lines::number`].
    pub fn signed(&self, column: usize, range: RangeInclusive<i64>) -> Result<i64, ArrayError> {
        let text = self.field(column);
        let value = text.parse::<i64>().ok().filter(|value| range.contains(value));
        let allowed = || format!("{}..={}", range.start(), range.end());
        value.ok_or_else(|| self.refuse_field(column, text.into(), &allowed()))
    }

    /// Number of the line, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    /// Refuses a field of the line.
    #[must_use]
    pub fn refuse_field(&self, column: usize, found: String, allowed: &str) -> ArrayError {
        self.refuse(self.columns[column], found, allowed)
    }

    fn refuse(&self, field: &'static str, found: String, allowed: &str) -> ArrayError {
        self.refuse_at(self.line(), field, found, allowed)
    }

    /// Refuses what another line said.
    #[must_use]
    pub fn refuse_at(&self, line: u64, field: &'static str, found: String, allowed: &str) -> ArrayError {
        // An empty field shows as one.
        let found = if found.is_empty() { "empty".into() } else { found };
        let place = format!("line {line}");
        ArrayError::Value { path: self.path.clone(), place, field, found, allowed: allowed.into() }
    }

    fn allowed(&self) -> String {
        let lists = (self.least..=self.columns.len()).map(|fields| self.columns[..fields].join(","));
        lists.collect::<Vec<_>>().join(" or ")
    }

    fn text(&self) -> String {
        let text: Vec<&str> = self.record.iter().collect();
        text.join(",").chars().take(60).collect()
    }
}
