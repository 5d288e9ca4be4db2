//! A table of numbers and names as CSV: a header, then a record a line; `#` begins a comment line.
//!
//! Cells hold names and decimals, so no cell is quoted. Promises: a problem names line and column, what was found and
//! what is allowed; a table has at most [`MOST_RECORDS`] records. Absent on purpose: what the columns mean.

use crate::files::text::decimal;
use crate::files::text::diagnostic::Diagnostic;
use crate::files::text::source::SourceText;
use crate::files::text::spelling;
use std::ops::Range;
use std::sync::Arc;

/// Most records of a table.
pub const MOST_RECORDS: usize = 10_000;

/// A record: its cells in the order of the wanted columns, as places of the text.
#[derive(Debug)]
pub struct Record<'t> {
    source: &'t Arc<SourceText>,
    cells: Vec<Range<usize>>,
}

/// The records of a text with the columns `wanted`, in any order.
pub fn records<'t>(source: &'t Arc<SourceText>, wanted: &[&str]) -> Result<Vec<Record<'t>>, Diagnostic> {
    let mut lines = lines(&source.text).filter(|line| {
        let text = source.text[line.clone()].trim();
        !text.is_empty() && !text.starts_with('#')
    });
    let header = lines.next().ok_or_else(|| {
        Diagnostic::new(format!("{} is empty", source.name)).noted("allowed", wanted.join(","))
    })?;
    let names = cells(&source.text, header.clone());
    let mut columns = Vec::new();
    for name in wanted {
        let found = names.iter().position(|cell| source.text[cell.clone()] == **name);
        columns.push(found.ok_or_else(|| {
            Diagnostic::new(format!("the table has no column `{name}`"))
                .at(source, header.clone())
                .labelled("the header")
                .noted("allowed", wanted.join(","))
        })?);
    }
    if let Some(cell) = names.iter().find(|cell| !wanted.contains(&&source.text[(*cell).clone()])) {
        let found = &source.text[cell.clone()];
        return Err(Diagnostic::new(format!("unknown column `{found}`"))
            .at(source, cell.clone())
            .labelled(spelling::did_you_mean(found, wanted.iter().copied()))
            .noted("allowed", wanted.join(",")));
    }
    let mut records = Vec::new();
    for line in lines {
        let own = cells(&source.text, line.clone());
        if own.len() != names.len() || records.len() == MOST_RECORDS {
            let (title, allowed) = match own.len() == names.len() {
                true => ("the table is too long", format!("at most {MOST_RECORDS} records")),
                false => ("a line of another length than the header", format!("{} cells", names.len())),
            };
            return Err(Diagnostic::new(title)
                .at(source, line)
                .labelled(format!("found {} cells", own.len()))
                .noted("allowed", allowed));
        }
        let cells = columns.iter().map(|column| own[*column].clone()).collect();
        records.push(Record { source, cells });
    }
    Ok(records)
}

/// Lines of a text without their ends.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    text.split_inclusive('\n').scan(0, |start, line| {
        let at = *start;
        *start += line.len();
        Some(at..at + line.trim_end_matches(['\n', '\r']).len())
    })
}

/// Cells of a line, without the spaces around them.
fn cells(text: &str, line: Range<usize>) -> Vec<Range<usize>> {
    let mut start = line.start;
    let cell = |piece: &str| {
        let lead = piece.len() - piece.trim_start().len();
        let cell = start + lead..start + lead + piece.trim().len();
        start += piece.len() + 1;
        cell
    };
    text[line].split(',').map(cell).collect()
}

impl Record<'_> {
    /// The text of a cell.
    pub fn text(&self, column: usize) -> &str {
        &self.source.text[self.cells[column].clone()]
    }

    /// A problem with a cell.
    pub fn fault(&self, column: usize, title: impl Into<String>, allowed: impl Into<String>) -> Diagnostic {
        Diagnostic::new(title)
            .at(self.source, self.cells[column].clone())
            .labelled(format!("found `{}`", self.text(column)))
            .noted("allowed", allowed)
    }

    /// An integer of `1..=most`.
    pub fn integer(&self, column: usize, name: &str, most: u32) -> Result<u32, Diagnostic> {
        let value = self.text(column).parse().ok().filter(|value| (1..=most).contains(value));
        value.ok_or_else(|| self.fault(column, format!("`{name}` is no such number"), format!("1..={most}")))
    }

    /// A decimal in millionths, positive, or 0 where `zero` may stand for a number that nobody has.
    pub fn millionths(&self, column: usize, name: &str, zero: bool) -> Result<u64, Diagnostic> {
        let value = decimal::micro_units(self.text(column))
            .filter(|value| *value <= MOST_MILLIONTHS && (zero || *value > 0));
        value.ok_or_else(|| {
            let least = if zero { "0 or more" } else { "above 0" };
            let allowed = format!("a decimal {least}, at most 10^12, with at most six places");
            self.fault(column, format!("`{name}` is no such number"), allowed)
        })
    }
}

/// Largest number of a table, in millionths.
const MOST_MILLIONTHS: u64 = 1_000_000_000_000_000_000;
