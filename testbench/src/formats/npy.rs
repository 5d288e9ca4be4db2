//! Integers of a `.npy` file, one row of the last axis at a time.
//!
//! Reads bool and integers of 1, 2, 4 or 8 bytes, either byte order. An array in C order is read row by row; one
//! in Fortran order (what NumPy saves of a transposed array) is read whole and turned. The header is parsed by
//! `npyz`, after a look at its size, its brackets and its shape: a parser of Python literals must not see
//! what could make it recurse or multiply without bound.
//!
//! Promises: the file's length is checked against its header when it is opened.

use super::{ArrayError, shape_text};
use npyz::{DType, Endianness, NpyHeader, Order, TypeChar, TypeStr};
use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use synfire_chip::files::open_regular;

/// Longest header that is parsed. NumPy writes 128 bytes.
const HEADER_BYTES: usize = 4096;
const INTEGERS: &str = "bool or integers of 1, 2, 4 or 8 bytes";
const NPY: &str = "a .npy array";

/// Where elements come from, in C order.
#[derive(Debug)]
enum Data {
    File(BufReader<File>),
    Turned(Cursor<Vec<u8>>),
}

impl Read for Data {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::File(file) => file.read(bytes),
            Self::Turned(memory) => memory.read(bytes),
        }
    }
}

/// An open file of integers.
#[derive(Debug)]
pub struct IntegerRows {
    path: PathBuf,
    shape: Vec<u64>,
    element: TypeStr,
    bytes: usize,
    reader: Data,
    buffer: Vec<u8>,
    values: Vec<i64>,
    next: u64,
    rows: u64,
}

impl IntegerRows {
    /// Opens a file with at least one axis.
    ///
    /// # Errors
    /// When the file cannot be read, is no `.npy` array of integers, or has another length than its header says.
    pub fn open(path: &Path) -> Result<Self, ArrayError> {
        let file = open_regular(path).map_err(ArrayError::io(path, "open"))?;
        let length = file.metadata().map_err(ArrayError::io(path, "read"))?.len();
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let (header, header_bytes) = read_header(path, &mut reader)?;
        let (element, bytes) = element(path, &header.dtype())?;
        let shape = header.shape().to_vec();
        let Some((&columns, outer)) = shape.split_last() else {
            return Err(ArrayError::form(path, "shape []", "at least one axis"));
        };
        let promised = header.len().saturating_mul(bytes as u64);
        let data = length.saturating_sub(header_bytes);
        if data != promised {
            let allowed =
                format!("{promised} bytes, as its header says: {} of '{element}'", shape_text(&shape));
            return Err(ArrayError::form(path, format!("{data} bytes of data"), allowed));
        }
        let reader = if header.order() == Order::Fortran && shape.len() > 1 {
            let mut elements = Vec::new();
            reader.read_to_end(&mut elements).map_err(ArrayError::io(path, "read"))?;
            Data::Turned(Cursor::new(turned(&elements, &shape, bytes)))
        } else {
            Data::File(reader)
        };
        let rows = if columns == 0 { 0 } else { outer.iter().product() };
        let width = if rows == 0 { 0 } else { columns as usize };
        Ok(Self {
            path: path.to_path_buf(),
            shape,
            element,
            bytes,
            reader,
            buffer: vec![0; width * bytes],
            values: vec![0; width],
            next: 0,
            rows,
        })
    }

    /// Lengths of the axes.
    #[must_use]
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// The next row; `None` after the last. An unsigned value beyond `i64` comes as its maximum.
    ///
    /// # Errors
    /// When the file cannot be read any more.
    pub fn next_row(&mut self) -> Result<Option<&[i64]>, ArrayError> {
        if self.next == self.rows {
            return Ok(None);
        }
        self.reader.read_exact(&mut self.buffer).map_err(ArrayError::io(&self.path, "read"))?;
        self.next += 1;
        let signed = self.element.type_char() == TypeChar::Int;
        let big = self.big_endian();
        for (value, bytes) in self.values.iter_mut().zip(self.buffer.chunks_exact(self.bytes)) {
            *value = decode(bytes, signed, big);
        }
        Ok(Some(&self.values))
    }

    /// Refuses another shape; an axis of `None` may have any length.
    ///
    /// # Errors
    /// With the shape and `allowed`.
    pub fn expect(&self, axes: &[Option<u64>], allowed: &str) -> Result<(), ArrayError> {
        let fits = |(axis, length): (&Option<u64>, &u64)| axis.is_none_or(|axis| axis == *length);
        if self.shape.len() == axes.len() && axes.iter().zip(&self.shape).all(fits) {
            return Ok(());
        }
        let shape: Vec<String> = axes.iter().map(|a| a.map_or("_".to_owned(), |a| a.to_string())).collect();
        let allowed = format!("[{}]: {allowed}", shape.join(", "));
        Err(ArrayError::form(&self.path, format!("shape {}", shape_text(&self.shape)), allowed))
    }

    /// Gives every value to `visit`; one outside `low..=high` ends the reading.
    ///
    /// # Errors
    /// With the place of that value, or when the file cannot be read.
    pub fn each_in(
        mut self,
        low: i64,
        high: i64,
        field: &'static str,
        mut visit: impl FnMut(i64),
    ) -> Result<(), ArrayError> {
        while let Some(row) = self.next_row()? {
            match row.iter().position(|value| !(low..=high).contains(value)) {
                None => row.iter().for_each(|value| visit(*value)),
                Some(column) => {
                    let found = row[column];
                    return Err(self.refuse(column, found, field, format!("{low}..={high}")));
                }
            }
        }
        Ok(())
    }

    /// The error for the value in `column` of the row read last.
    pub(super) fn refuse(
        &self,
        column: usize,
        found: i64,
        field: &'static str,
        allowed: String,
    ) -> ArrayError {
        // Indices as NumPy has them: from zero, axis by axis.
        let mut row = self.next.saturating_sub(1);
        let mut index = vec![column as u64];
        for &length in self.shape[..self.shape.len() - 1].iter().rev() {
            index.push(row % length.max(1));
            row /= length.max(1);
        }
        index.reverse();
        let place = format!("element {}", shape_text(&index));
        // An unsigned value beyond `i64` is shown as it stands in the file.
        let bytes = self.buffer.get(column * self.bytes..(column + 1) * self.bytes);
        let beyond = bytes.filter(|_| self.element.type_char() == TypeChar::Uint && found == i64::MAX);
        let found = beyond.map_or(found.to_string(), |bytes| word(bytes, self.big_endian()).to_string());
        ArrayError::Value { path: self.path.clone(), place, field, found, allowed }
    }

    fn big_endian(&self) -> bool {
        self.element.endianness() == Endianness::Big
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Elements in Fortran order, as C order has them.
fn turned(elements: &[u8], shape: &[u64], bytes: usize) -> Vec<u8> {
    let mut result = Vec::with_capacity(elements.len());
    // How far apart in the file neighbours along each axis are.
    let strides: Vec<usize> =
        (0..shape.len()).map(|axis| shape[..axis].iter().product::<u64>() as usize).collect();
    for position in 0..elements.len() / bytes {
        let (mut rest, mut place) = (position, 0);
        for (&length, stride) in shape.iter().zip(&strides).rev() {
            place += rest % length as usize * stride;
            rest /= length as usize;
        }
        result.extend_from_slice(&elements[place * bytes..(place + 1) * bytes]);
    }
    result
}

/// The header and how many bytes it takes.
fn read_header(path: &Path, reader: &mut impl Read) -> Result<(NpyHeader, u64), ArrayError> {
    let refuse = |found: String| ArrayError::form(path, found, NPY);
    let mut head = Vec::new();
    reader.by_ref().take(10).read_to_end(&mut head).map_err(ArrayError::io(path, "read"))?;
    if head.len() < 10 || !head.starts_with(b"\x93NUMPY") {
        return Err(refuse("a file without the mark of one".into()));
    }
    let mut length = usize::from(u16::from_le_bytes([head[8], head[9]]));
    if head[6] > 1 {
        let mut high = [0; 2];
        reader.read_exact(&mut high).map_err(|_| refuse("a file that ends in its header".into()))?;
        head.extend(high);
        length |= usize::from(u16::from_le_bytes(high)) << 16;
    }
    if length > HEADER_BYTES {
        return Err(refuse(format!("a header of {length} bytes")));
    }
    let start = head.len();
    reader.by_ref().take(length as u64).read_to_end(&mut head).map_err(ArrayError::io(path, "read"))?;
    if head.len() < start + length {
        return Err(refuse("a file that ends in its header".into()));
    }
    if !is_bounded(&head[start..]) {
        return Err(refuse("a header that describes no plain array".into()));
    }
    let header = NpyHeader::from_reader(&head[..]).map_err(|e| refuse(format!("a bad header ({e})")))?;
    Ok((header, head.len() as u64))
}

/// Whether brackets are few and the product of all numbers, so of the axes, is below 2^60.
fn is_bounded(header: &[u8]) -> bool {
    let brackets = header.iter().filter(|b| b"([{".contains(b)).count();
    let numbers = header.split(|b| !b.is_ascii_digit()).filter(|digits| !digits.is_empty());
    let product = numbers
        .map(|digits| std::str::from_utf8(digits).ok()?.parse::<u64>().ok())
        .try_fold(1_u64, |product, number| product.checked_mul(number?.max(1)).filter(|&p| p < 1 << 60));
    brackets <= 32 && product.is_some()
}

/// The element type and its bytes.
fn element(path: &Path, dtype: &DType) -> Result<(TypeStr, usize), ArrayError> {
    let refuse = || ArrayError::form(path, format!("elements of type {}", dtype.descr()), INTEGERS);
    let DType::Plain(plain) = dtype else { return Err(refuse()) };
    let bytes = plain.num_bytes().unwrap_or(0);
    match (plain.type_char(), bytes) {
        (TypeChar::Int | TypeChar::Uint, 1 | 2 | 4 | 8) | (TypeChar::Bool, 1) => Ok((plain.clone(), bytes)),
        _ => Err(refuse()),
    }
}

/// The bits of an element, zeros above them.
fn word(bytes: &[u8], big: bool) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    if big {
        word[..bytes.len()].reverse();
    }
    u64::from_le_bytes(word)
}

fn decode(bytes: &[u8], signed: bool, big: bool) -> i64 {
    let raw = word(bytes, big);
    let unused = 64 - 8 * bytes.len() as u32;
    if signed { ((raw << unused) as i64) >> unused } else { i64::try_from(raw).unwrap_or(i64::MAX) }
}
