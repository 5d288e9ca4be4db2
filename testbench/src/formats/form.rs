//! In which forms a table is written: CSV, Apache Parquet, both.
//!
//! Promises: the same cells in every form; a cell that its column's type cannot hold is an error that names row, column
//! and cell, never another value. Absent on purpose: what a table is ([`super::table`]).

use super::table::Table;
use serde::{Deserialize, Serialize};

/// In which form tables are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// CSV.
    #[default]
    Csv,
    /// Apache Parquet.
    Parquet,
    /// Both, side by side.
    Both,
}

impl Form {
    /// Whether it is the form of a run that does not say.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// How it is asked for.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Both => "both",
        }
    }

    /// The files of a table whose CSV form has this name.
    #[must_use]
    pub fn files(self, csv: &str) -> Vec<String> {
        let parquet = format!("{}.parquet", csv.strip_suffix(".csv").unwrap_or(csv));
        match self {
            Self::Csv => vec![csv.to_owned()],
            Self::Parquet => vec![parquet],
            Self::Both => vec![csv.to_owned(), parquet],
        }
    }
}

impl Table {
    /// Its files, the CSV form of which is called `csv`: names and contents.
    ///
    /// # Errors
    /// When a form cannot hold it, or this build has no Parquet.
    pub fn files(&self, csv: &str, form: Form) -> Result<Vec<(String, Vec<u8>)>, String> {
        let write = |name: String| {
            let bytes = if name == csv { self.csv().map(String::into_bytes) } else { self.parquet() };
            bytes.map(|bytes| (name.clone(), bytes)).map_err(|error| format!("{name}: {error}"))
        };
        form.files(csv).into_iter().map(write).collect()
    }

    #[cfg(feature = "parquet")]
    fn parquet(&self) -> Result<Vec<u8>, String> {
        super::parquet::bytes(self)
    }

    #[cfg(not(feature = "parquet"))]
    fn parquet(&self) -> Result<Vec<u8>, String> {
        Err(WITHOUT_PARQUET.to_owned())
    }
}

/// What a build without the feature says.
pub const WITHOUT_PARQUET: &str = "this program was built without Parquet\n   = allowed: `--tables csv`, or a program \
                                   built with it: `cargo build --release -p synfire --features parquet`";

/// Whether this build writes Parquet.
pub const HAS_PARQUET: bool = cfg!(feature = "parquet");
