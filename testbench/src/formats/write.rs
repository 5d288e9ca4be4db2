//! Writers of `.npy` and CSV that take rows as they come.
//!
//! The number of rows of a `.npy` file is known when it ends, so its header is written twice: with no rows
//! when the file is created, with the true number by [`NpyRows::finish`]. What a killed run leaves is empty to
//! NumPy and refused by [`super::npy`].

use super::ArrayError;
use super::mark::{FileMark, Marked};
use std::fmt::Display;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

/// Bytes of the header, with room for any number of rows.
const HEADER_BYTES: usize = 192;

/// What a `.npy` file can hold here.
pub trait Element: Copy {
    /// NumPy's name of the type, little-endian.
    const DESCR: &'static str;
    /// Appends the value's bytes.
    fn put(self, bytes: &mut Vec<u8>);
}

impl Element for bool {
    const DESCR: &'static str = "|b1";
    fn put(self, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(self));
    }
}

macro_rules! element {
    ($($kind:ty => $descr:literal),*) => {
        $(impl Element for $kind {
            const DESCR: &'static str = $descr;
            fn put(self, bytes: &mut Vec<u8>) {
                bytes.extend(self.to_le_bytes());
            }
        })*
    };
}

element!(i8 => "|i1", u8 => "|u1", i16 => "<i2", u16 => "<u2", i32 => "<i4", u32 => "<u4", i64 => "<i8", u64 => "<u8");

/// A `.npy` file that grows row by row.
#[derive(Debug)]
pub struct NpyRows<T> {
    path: PathBuf,
    file: BufWriter<Marked>,
    row_shape: Vec<u64>,
    row_values: u64,
    rows: u64,
    bytes: Vec<u8>,
    kind: PhantomData<T>,
}

impl<T: Element> NpyRows<T> {
    /// Creates, or empties, a file with rows of shape `row_shape`: `&[neurons]` for a raster, `&[]` for a list.
    ///
    /// # Errors
    /// When the file cannot be written, or a row has too many axes or values.
    pub fn create(path: &Path, row_shape: &[u64]) -> Result<Self, ArrayError> {
        let row_values = row_values(path, row_shape)?;
        let mut file = File::create(path).map_err(ArrayError::io(path, "create"))?;
        file.write_all(&header::<T>(0, row_shape)).map_err(ArrayError::io(path, "write"))?;
        Ok(Self::of(path, Marked::begin(file), row_shape, (row_values, 0)))
    }

    /// Opens a file that a run left after `rows` rows, and goes on with it: what it holds beyond them is taken off.
    ///
    /// # Errors
    /// When the file does not hold what it held when it was `left`, or cannot be written.
    pub fn reopen(path: &Path, row_shape: &[u64], rows: u64, left: FileMark) -> Result<Self, ArrayError> {
        let row_values = row_values(path, row_shape)?;
        let mut file = open_again(path)?;
        file.seek(SeekFrom::Start(HEADER_BYTES as u64)).map_err(ArrayError::io(path, "read"))?;
        Ok(Self::of(path, go_on(path, file, left)?, row_shape, (row_values, rows)))
    }

    fn of(path: &Path, file: Marked, row_shape: &[u64], (row_values, rows): (u64, u64)) -> Self {
        Self {
            path: path.to_path_buf(),
            file: BufWriter::new(file),
            row_shape: row_shape.to_vec(),
            row_values,
            rows,
            bytes: Vec::new(),
            kind: PhantomData,
        }
    }

    /// Hands what was written to the system; how much that is behind the header.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&mut self) -> Result<FileMark, ArrayError> {
        self.file.flush().map_err(ArrayError::io(&self.path, "write"))?;
        Ok(self.file.get_ref().mark())
    }

    /// Appends one row.
    ///
    /// # Errors
    /// When `row` has another length than the rows of this file, or the file cannot be written.
    pub fn push(&mut self, row: &[T]) -> Result<(), ArrayError> {
        if row.len() as u64 != self.row_values {
            let allowed = format!("{} as in every row", self.row_values);
            return Err(ArrayError::form(&self.path, format!("a row of {} values", row.len()), allowed));
        }
        self.bytes.clear();
        row.iter().for_each(|value| value.put(&mut self.bytes));
        self.rows += 1;
        self.file.write_all(&self.bytes).map_err(ArrayError::io(&self.path, "write"))
    }

    /// Writes the number of rows and ends the file. Without this call it reads as empty.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> Result<(), ArrayError> {
        self.flush()?;
        let header = header::<T>(self.rows, &self.row_shape);
        let file = &mut self.file.get_mut().file;
        let written = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(&header));
        written.map_err(ArrayError::io(&self.path, "write"))
    }
}

/// Values of a row.
fn row_values(path: &Path, row_shape: &[u64]) -> Result<u64, ArrayError> {
    let values = row_shape.iter().try_fold(1_u64, |n, l| n.checked_mul(*l));
    values.filter(|_| row_shape.len() <= 4).ok_or_else(|| {
        let found = format!("rows of shape {}", super::shape_text(row_shape));
        ArrayError::form(path, found, "at most 4 axes and 2^64 values")
    })
}

/// The header of so many rows.
fn header<T: Element>(rows: u64, row_shape: &[u64]) -> Vec<u8> {
    let mut shape = format!("{rows},");
    row_shape.iter().for_each(|length| shape.push_str(&format!(" {length},")));
    let shape = if row_shape.is_empty() { &shape } else { shape.trim_end_matches(',') };
    let text = format!("{{'descr': '{}', 'fortran_order': False, 'shape': ({shape}), }}", T::DESCR);
    let mut header = b"\x93NUMPY\x01\x00".to_vec();
    header.extend(((HEADER_BYTES - 10) as u16).to_le_bytes());
    header.extend(text.bytes());
    header.resize(HEADER_BYTES - 1, b' ');
    header.push(b'\n');
    header
}

fn open_again(path: &Path) -> Result<File, ArrayError> {
    OpenOptions::new().read(true).write(true).open(path).map_err(ArrayError::io(path, "open"))
}

fn go_on(path: &Path, file: File, left: FileMark) -> Result<Marked, ArrayError> {
    let file = Marked::go_on(file, left).map_err(ArrayError::io(path, "read"))?;
    file.ok_or_else(|| ArrayError::form(path, "another content", "the file as the run left it"))
}

/// Writes a whole `.npy` array at once, rows of shape `row_shape` one after the other.
///
/// # Errors
/// When the values do not make whole rows, or the file cannot be written.
pub fn npy<T: Element>(path: &Path, row_shape: &[u64], values: &[T]) -> Result<(), ArrayError> {
    let mut rows = NpyRows::create(path, row_shape)?;
    let width = usize::try_from(rows.row_values).unwrap_or(usize::MAX).max(1);
    values.chunks(width).try_for_each(|row| rows.push(row))?;
    rows.finish()
}

/// A CSV file that grows row by row, its first line the names of the columns.
pub struct CsvRows {
    path: PathBuf,
    columns: usize,
    writer: csv::Writer<Marked>,
}

impl CsvRows {
    /// Creates, or empties, a file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn create(path: &Path, columns: &[&str]) -> Result<Self, ArrayError> {
        let file = File::create(path).map_err(ArrayError::io(path, "create"))?;
        let writer = csv::Writer::from_writer(Marked::begin(file));
        let mut rows = Self { path: path.to_path_buf(), columns: columns.len(), writer };
        rows.push(columns)?;
        Ok(rows)
    }

    /// Opens a file of so many columns that a run left, and goes on with it: what it holds beyond is taken off.
    ///
    /// # Errors
    /// When the file does not hold what it held when it was `left`, or cannot be written.
    pub fn reopen(path: &Path, columns: usize, left: FileMark) -> Result<Self, ArrayError> {
        let writer = csv::Writer::from_writer(go_on(path, open_again(path)?, left)?);
        Ok(Self { path: path.to_path_buf(), columns, writer })
    }

    /// Hands what was written to the system; how much that is.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn flush(&mut self) -> Result<FileMark, ArrayError> {
        self.writer.flush().map_err(ArrayError::io(&self.path, "write"))?;
        Ok(self.writer.get_ref().mark())
    }

    /// Appends one row.
    ///
    /// # Errors
    /// When `row` has another length than the first line, or the file cannot be written.
    pub fn push(&mut self, row: &[impl Display]) -> Result<(), ArrayError> {
        if row.len() != self.columns {
            let allowed = format!("{} as in every row", self.columns);
            return Err(ArrayError::form(&self.path, format!("a row of {} fields", row.len()), allowed));
        }
        let fields = row.iter().map(ToString::to_string);
        let written = self.writer.write_record(fields).map_err(io::Error::from);
        written.map_err(ArrayError::io(&self.path, "write"))
    }

    /// Writes what is still buffered and ends the file.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn finish(mut self) -> Result<(), ArrayError> {
        self.writer.flush().map_err(ArrayError::io(&self.path, "write"))
    }
}
