//! A table beside a report: columns with types, rows of cells, and its CSV.
//!
//! Promises: the same table is the same bytes. Absent on purpose: what a table says (its maker), its other forms
//! ([`super::form`]), rows that come one by one while a run lasts ([`super::write`]).

/// What the cells of a column are; each may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words.
    Text,
    /// A count, a number of something, a time in picoseconds, a share in parts per million: 0..=2^64 - 1.
    Count,
    /// Attojoules: 0..=10^38 - 1.
    Energy,
    /// A 64-bit float, written so that it is read back exactly.
    Real,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its cells are.
    pub kind: Kind,
}

/// Columns of one kind.
#[must_use]
pub fn columns<S: ToString>(kind: Kind, names: impl IntoIterator<Item = S>) -> Vec<Column> {
    names.into_iter().map(|name| Column { name: name.to_string(), kind }).collect()
}

/// The columns of these names and kinds.
#[must_use]
pub fn typed(columns: &[(&str, Kind)]) -> Vec<Column> {
    columns.iter().map(|(name, kind)| Column { name: (*name).to_owned(), kind: *kind }).collect()
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, a cell a column; an empty text where there is no value.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// One of these columns, without rows.
    #[must_use]
    pub const fn new(columns: Vec<Column>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Its text as CSV, the names of the columns first.
    ///
    /// # Errors
    /// When a row has another length than the first line.
    pub fn csv(&self) -> Result<String, String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let names = self.columns.iter().map(|column| &column.name);
        writer.write_record(names).map_err(|error| error.to_string())?;
        self.rows.iter().try_for_each(|row| writer.write_record(row)).map_err(|error| error.to_string())?;
        let bytes = writer.into_inner().map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map_err(|error| error.to_string())
    }
}
