//! NumPy `.npy` arrays, streamed: one element at a time, never the whole file.
//!
//! Integer and float scalars of any byte order, C or Fortran order, and records with named fields. The header is
//! `npyz`'s; what could make a header parser allocate or recurse without bound is refused before it.
//!
//! Promises: no panic on any file; memory is one buffer of 64 KiB; a file shorter than its header says is an
//! error before the first element.
//! Absent on purpose: what the numbers mean, and where in a RON file the array was named (the caller knows).

use super::read::open_regular;
use npyz::{DType, Endianness, NpyHeader, Order, TypeChar};
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;

/// Longest header.
const MAX_HEADER_BYTES: usize = 1 << 16;
/// Deepest nesting of a header's Python literal.
const MAX_HEADER_BRACKETS: usize = 64;

/// An element.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::files) enum Number {
    /// Of an integer array: wide enough for both 64-bit types, so that what is shown is what was found.
    Integer(i128),
    /// Of a float array.
    Real(f64),
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            // Nobody counts three hundred zeros.
            Self::Real(value) if value.abs() >= 1e16 => write!(f, "{value:e}"),
            Self::Real(value) => value.fmt(f),
        }
    }
}

/// One scalar inside an element.
#[derive(Clone, Debug)]
struct Scalar {
    name: String,
    offset: usize,
    bytes: usize,
    kind: TypeChar,
    big_endian: bool,
}

/// An array file, its header read.
pub(in crate::files) struct Array {
    /// Lengths of the axes.
    pub shape: Vec<u64>,
    /// Whether the first axis runs fastest.
    pub fortran: bool,
    /// The element type, as NumPy writes it.
    pub descr: String,
    scalars: Vec<Scalar>,
    item_bytes: usize,
    reader: BufReader<File>,
}

impl Array {
    /// Opens a file and reads its header. The error is one line.
    pub fn open(path: &Path) -> Result<Self, String> {
        let file = open_regular(path).map_err(|error| error.to_string())?;
        let length = file.metadata().map_err(|error| error.to_string())?.len();
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let header = read_header(&mut reader)?;
        let data_start = reader.stream_position().map_err(|error| error.to_string())?;
        let dtype = header.dtype();
        let (scalars, item_bytes) = scalars(&dtype)?;
        let promised = header.len().checked_mul(item_bytes as u64);
        if promised.is_none_or(|bytes| bytes > length - data_start.min(length)) {
            return Err(format!(
                "the header says {} elements of {item_bytes} bytes, the file has {} bytes of data",
                header.len(),
                length - data_start.min(length)
            ));
        }
        let fortran = header.order() == Order::Fortran && header.shape().len() > 1;
        Ok(Self {
            shape: header.shape().to_vec(),
            fortran,
            descr: dtype.descr(),
            scalars,
            item_bytes,
            reader,
        })
    }

    /// Elements.
    pub fn len(&self) -> u64 {
        self.shape.iter().product()
    }

    /// Whether some scalar is a float.
    pub fn has_floats(&self) -> bool {
        self.scalars.iter().any(|scalar| scalar.kind == TypeChar::Float)
    }

    /// `shape (3, 4)`.
    pub fn shape_text(&self) -> String {
        let axes: Vec<_> = self.shape.iter().map(u64::to_string).collect();
        let tail = if axes.len() == 1 { "," } else { "" };
        format!("shape ({}{tail})", axes.join(", "))
    }

    /// Names of the fields of a record; empty for a plain array.
    pub fn fields(&self) -> Vec<&str> {
        let named = self.scalars.iter().filter(|scalar| !scalar.name.is_empty());
        named.map(|scalar| scalar.name.as_str()).collect()
    }

    /// Calls `visit` with the position in the file and the scalars of each element, until it fails.
    pub fn scan<E>(
        mut self,
        mut visit: impl FnMut(u64, &[Number]) -> Result<(), E>,
    ) -> Result<Result<(), E>, String> {
        let mut numbers = vec![Number::Integer(0); self.scalars.len()];
        let mut buffer = vec![0; (1 << 16) / self.item_bytes.max(1) * self.item_bytes];
        if buffer.is_empty() {
            buffer = vec![0; self.item_bytes];
        }
        let mut left = self.len();
        let mut position = 0;
        while left > 0 {
            let items = ((buffer.len() / self.item_bytes) as u64).min(left);
            let bytes = &mut buffer[..items as usize * self.item_bytes];
            self.reader.read_exact(bytes).map_err(|error| error.to_string())?;
            for item in bytes.chunks_exact(self.item_bytes) {
                for (number, scalar) in numbers.iter_mut().zip(&self.scalars) {
                    *number = decode(scalar, item);
                }
                if let Err(error) = visit(position, &numbers) {
                    return Ok(Err(error));
                }
                position += 1;
            }
            left -= items;
        }
        Ok(Ok(()))
    }
}

/// The header, behind checks that keep its parser within bounds.
fn read_header(reader: &mut impl Read) -> Result<NpyHeader, String> {
    let mut bytes = vec![0; 8];
    let fail = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "this is no .npy file: it ends inside its header".to_owned(),
        _ => error.to_string(),
    };
    reader.read_exact(&mut bytes).map_err(fail)?;
    if &bytes[..6] != b"\x93NUMPY" {
        return Err("this is no .npy file: it does not begin with the mark of one".to_owned());
    }
    let mut size = vec![0; if bytes[6] == 1 { 2 } else { 4 }];
    reader.read_exact(&mut size).map_err(fail)?;
    let length = size.iter().rev().fold(0usize, |length, byte| length << 8 | usize::from(*byte));
    if length > MAX_HEADER_BYTES {
        return Err(format!("its header of {length} bytes is longer than {MAX_HEADER_BYTES}"));
    }
    let mut text = vec![0; length];
    reader.read_exact(&mut text).map_err(fail)?;
    let brackets = text.iter().filter(|byte| matches!(byte, b'(' | b'[' | b'{')).count();
    if brackets > MAX_HEADER_BRACKETS || !shape_is_bounded(&text) {
        return Err("its header is no array's".to_owned());
    }
    bytes.extend(size);
    bytes.extend(text);
    NpyHeader::from_reader(&bytes[..]).map_err(|error| format!("its header is unreadable: {error}"))
}

/// Whether the product of the shape's axes, and of every other number of the header, stays within 63 bits.
fn shape_is_bounded(header: &[u8]) -> bool {
    let digits = header.split(|byte| !byte.is_ascii_digit()).filter(|run| !run.is_empty());
    digits
        .map(|run| std::str::from_utf8(run).ok().and_then(|run| run.parse::<u64>().ok()))
        .try_fold(1u64, |product, number| product.checked_mul(number?.max(1)))
        .is_some_and(|product| product < 1 << 62)
}

fn scalars(dtype: &DType) -> Result<(Vec<Scalar>, usize), String> {
    let mut found = Vec::new();
    let mut offset = 0;
    let mut push = |name: &str, dtype: &DType| {
        let DType::Plain(plain) = dtype else {
            return Err(format!("elements of type {} are not numbers", dtype.descr()));
        };
        let bytes = plain.num_bytes().unwrap_or(0);
        let legal = match plain.type_char() {
            TypeChar::Int | TypeChar::Uint => matches!(bytes, 1 | 2 | 4 | 8),
            TypeChar::Float => matches!(bytes, 4 | 8),
            TypeChar::Bool => bytes == 1,
            _ => false,
        };
        if !legal {
            return Err(format!("elements of type {} are neither integers nor 32- or 64-bit floats", plain));
        }
        let big_endian = plain.endianness() == Endianness::Big;
        found.push(Scalar { name: name.to_owned(), offset, bytes, kind: plain.type_char(), big_endian });
        offset += bytes;
        Ok(())
    };
    match dtype {
        DType::Record(fields) => {
            for field in fields {
                push(&field.name, &field.dtype)?;
            }
        }
        plain => push("", plain)?,
    }
    if found.is_empty() { Err("its elements have no fields".to_owned()) } else { Ok((found, offset)) }
}

fn decode(scalar: &Scalar, item: &[u8]) -> Number {
    let bytes = &item[scalar.offset..scalar.offset + scalar.bytes];
    let mut word = [0u8; 8];
    word[..scalar.bytes].copy_from_slice(bytes);
    if scalar.big_endian {
        word[..scalar.bytes].reverse();
    }
    let raw = u64::from_le_bytes(word);
    let unused = 64 - 8 * scalar.bytes as u32;
    match scalar.kind {
        TypeChar::Float if scalar.bytes == 4 => Number::Real(f64::from(f32::from_bits(raw as u32))),
        TypeChar::Float => Number::Real(f64::from_bits(raw)),
        TypeChar::Int => Number::Integer(i128::from((raw << unused) as i64 >> unused)),
        _ => Number::Integer(i128::from(raw)),
    }
}
