//! Edge lists as CSV: a header `pre,post,weight[,delay]`, one synapse a line, `#` begins a comment line.
//!
//! Promises: one record buffer for the whole file; columns may stand in any order; a fault names its line.
//! Absent on purpose: ranges (`weight_file::Bounds` has them).

use super::edges::{Edge, Edges};
use super::weight_file::{Bounds, COLUMNS, Fault};
use crate::files::text::array::Number;
use crate::files::text::read::open_regular;
use crate::files::text::spelling::did_you_mean;
use csv::ByteRecord;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

const WANTED: &str = "a header `pre,post,weight` or `pre,post,weight,delay`, then one synapse a line";

/// Reads an edge list.
pub(in crate::files) fn read_edges(path: &Path, bounds: &Bounds) -> Result<Edges, Fault> {
    let unreadable = |error: &dyn std::fmt::Display| Fault::new("cannot be read", error.to_string(), WANTED);
    let lines = count_lines(path).map_err(|error| unreadable(&error))?;
    let file = open_regular(path).map_err(|error| unreadable(&error))?;
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
    while next(&mut record)? {
        let line = record.position().map_or(0, csv::Position::line);
        let edge = edge(&record, &columns, bounds);
        edges.push(edge.map_err(|(column, fault)| Fault { place: Some((line, column)), ..fault })?);
        bounds.count(edges.len() as u64)?;
    }
    Ok(edges)
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
                let near = did_you_mean(&name, COLUMNS);
                let fault = Fault::new("has an unexpected column", format!("`{name}` {near}"), WANTED);
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
fn edge(record: &ByteRecord, columns: &[usize], bounds: &Bounds) -> Result<Edge, (usize, Fault)> {
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
            2 => bounds.weight(found).map(|weight| edge.weight = weight),
            _ => bounds.delay(found).map(|delay| edge.delay = delay),
        };
        stored.map_err(|fault| (place, fault))?;
    }
    Ok(edge)
}

fn number(bytes: &[u8]) -> Result<Number, Fault> {
    let text = std::str::from_utf8(bytes.trim_ascii()).unwrap_or("");
    if let Ok(value) = text.parse() {
        return Ok(Number::Integer(value));
    }
    text.parse().map(Number::Real).map_err(|_| {
        Fault::new("this is no number", format!("`{}`", String::from_utf8_lossy(bytes)), "a number")
    })
}

/// Lines of a file, so that its synapses need no growing memory.
fn count_lines(path: &Path) -> std::io::Result<u64> {
    let mut file = open_regular(path)?;
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

/// The text of one line, for a message.
pub(in crate::files) fn line(path: &Path, number: u64) -> Option<String> {
    let reader = BufReader::new(open_regular(path).ok()?);
    let line = reader.split(b'\n').nth(usize::try_from(number.checked_sub(1)?).ok()?)?.ok()?;
    let text = String::from_utf8_lossy(&line);
    Some(text.trim_end_matches('\r').chars().take(200).collect())
}
