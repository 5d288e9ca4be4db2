//! Edge lists as CSV: a header `pre,post,weight[,delay]`, one synapse a line, `#` begins a comment line.
//!
//! Whether a column of weights holds store lanes or real numbers is decided once: one real number in it makes all of it
//! real. Where the first of them comes after an integer, the file is read once more.
//!
//! Promises: one record buffer for the whole file; columns may stand in any order; a fault names its line.
//! Absent on purpose: ranges (`weight_file::Bounds` has them).

use super::edges::{Edge, Edges};
use super::fault::Fault;
use super::weight_file::{Bounds, COLUMNS};
use crate::files::text::array::Number;
use crate::files::text::read::open_lines;
use crate::files::text::spelling::did_you_mean;
use csv::ByteRecord;
use std::io::Read;
use std::path::Path;

/// Column of the weights in [`COLUMNS`].
const WEIGHT: usize = 2;

const WANTED: &str = "a header `pre,post,weight` or `pre,post,weight,delay`, then one synapse a line";

/// What the weights of a list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weights {
    /// Store lanes, as long as no real number comes.
    Lanes,
    /// Real numbers: the first that is written as one stands in this line.
    Reals { since: u64 },
}

/// A list that was read, or the line of a real number behind weights that were taken for store lanes.
enum Pass {
    Whole(Edges),
    RealIn(u64),
}

/// Reads an edge list.
pub(in crate::files) fn read_edges(path: &Path, bounds: &Bounds) -> Result<Edges, Fault> {
    let lines = count_lines(path).map_err(|error| unreadable(&error))?;
    let mut weights = Weights::Lanes;
    loop {
        match read_as(path, bounds, lines, weights)? {
            Pass::Whole(edges) => return Ok(edges),
            Pass::RealIn(since) => weights = Weights::Reals { since },
        }
    }
}

fn unreadable(error: &dyn std::fmt::Display) -> Fault {
    Fault::new("cannot be read", error.to_string(), WANTED)
}

/// Reads an edge list of `lines` lines whose weights are of one kind.
fn read_as(path: &Path, bounds: &Bounds, lines: u64, weights: Weights) -> Result<Pass, Fault> {
    let file = open_lines(path).map_err(|error| unreadable(&error))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .buffer_capacity(1 << 16)
        .from_reader(file);
    let mut record = ByteRecord::new();
    let mut next =
        |record: &mut ByteRecord| reader.read_byte_record(record).map_err(|error| unreadable(&error));
    if !next(&mut record)? {
        return Err(Fault::new("is empty", "no header", WANTED));
    }
    let columns = header(&record)?;
    let capacity = bounds.count(lines.saturating_sub(1).min(bounds.capacity))?;
    let mut edges = Edges::with_capacity(capacity, columns.contains(&Some(3)));
    let columns: Vec<usize> = columns.into_iter().flatten().collect();
    let column = columns.iter().position(|column| *column == WEIGHT);
    while next(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let weight = column.and_then(|place| number(record.get(place)?).ok());
        if weights == Weights::Lanes && matches!(weight, Some(Number::Real(_))) {
            return Ok(Pass::RealIn(line));
        }
        let edge = edge(&record, &columns, bounds, weights);
        edges.push(edge.map_err(|(column, fault)| Fault { place: Some((line, column)), ..fault })?);
        bounds.count(edges.len() as u64)?;
    }
    Ok(Pass::Whole(edges))
}

/// For each place of the header, which of [`COLUMNS`] stands there.
fn header(record: &ByteRecord) -> Result<[Option<usize>; 4], Fault> {
    let mut columns = [None; 4];
    let line = record.position().map_or(1, csv::Position::line);
    for (place, name) in record.iter().enumerate() {
        let name = String::from_utf8_lossy(name.trim_ascii()).into_owned();
        let column = COLUMNS.iter().position(|column| *column == name);
        match column.filter(|column| place < 4 && !columns.contains(&Some(*column))) {
            Some(column) => columns[place] = Some(column),
            None => {
                let fault = match column.filter(|column| columns.contains(&Some(*column))) {
                    Some(_) => Fault::new("names a column twice", format!("`{name}`"), WANTED),
                    None => {
                        let near = did_you_mean(&name, COLUMNS);
                        Fault::new("has an unexpected column", format!("`{name}` {near}"), WANTED)
                    }
                };
                return Err(Fault { place: Some((line, place)), ..fault });
            }
        }
    }
    match (0..3).find(|column| !columns.contains(&Some(*column))) {
        None => Ok(columns),
        Some(missing) => {
            let fault = Fault::new("has no such column", format!("no `{}`", COLUMNS[missing]), WANTED);
            Err(Fault { place: Some((line, 0)), ..fault })
        }
    }
}

/// One line; an error names the place of the column.
fn edge(
    record: &ByteRecord,
    columns: &[usize],
    bounds: &Bounds,
    weights: Weights,
) -> Result<Edge, (usize, Fault)> {
    if record.len() != columns.len() {
        let found = format!("{} columns", record.len());
        let fault = Fault::new("a line of another length", found, format!("{} columns", columns.len()));
        return Err((0, fault));
    }
    let mut edge = Edge { pre: 0, post: 0, weight: 0, delay: 0 };
    for (place, (column, bytes)) in columns.iter().zip(record.iter()).enumerate() {
        let found = number(bytes).map_err(|fault| (place, fault))?;
        let stored = match column {
            0 => bounds.neuron(0, found).map(|pre| edge.pre = pre),
            1 => bounds.neuron(1, found).map(|post| edge.post = post),
            &WEIGHT => weight(found, bounds, weights).map(|weight| edge.weight = weight),
            _ => bounds.delay(found).map(|delay| edge.delay = delay),
        };
        stored.map_err(|fault| (place, fault))?;
    }
    Ok(edge)
}

/// A weight of a column that is real or is not.
fn weight(found: Number, bounds: &Bounds, weights: Weights) -> Result<i16, Fault> {
    match (found, weights) {
        (Number::Integer(value), Weights::Reals { since }) => {
            bounds.weight(Number::Real(value as f64)).map_err(|fault| {
                let why = format!("{}; line {since} makes this column one of real numbers", fault.allowed);
                Fault { allowed: why, ..fault }
            })
        }
        _ => bounds.weight(found),
    }
}

fn number(bytes: &[u8]) -> Result<Number, Fault> {
    let text = std::str::from_utf8(bytes.trim_ascii()).unwrap_or("");
    if let Ok(value) = text.parse() {
        return Ok(Number::Integer(value));
    }
    let found = || format!("`{}`", String::from_utf8_lossy(bytes));
    // An integer that no type holds is no real number.
    let digits = text.trim_start_matches(['+', '-']);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::new("this integer is too large", found(), "an integer of 64 bits"));
    }
    text.parse().map(Number::Real).map_err(|_| Fault::new("this is no number", found(), "a number"))
}

/// Lines of a file, so that its synapses need no growing memory.
fn count_lines(path: &Path) -> std::io::Result<u64> {
    let mut file = open_lines(path)?;
    let mut buffer = vec![0; 1 << 16];
    let mut lines = 1;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(lines);
        }
        lines += buffer[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
    }
}
