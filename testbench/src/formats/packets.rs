//! Recorded packets: CSV with `cycle,from,to` or `cycle,from,to,flits` a line, in any order.
//!
//! `to` is a core, or several with blanks between them. A first line that names the columns may be there; then it is
//! checked. Lines that start with `#` and empty lines are skipped. The whole list is in memory.

use super::ArrayError;
use csv::{ReaderBuilder, StringRecord, Trim};
use serde::Serialize;
use std::path::Path;
use synfire_chip::files::open_lines;

const COLUMNS: [&str; 4] = ["cycle", "from", "to", "flits"];

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Packet {
    /// Cycle in which it is offered.
    pub cycle: u64,
    /// Core that sends it.
    pub from: u32,
    /// Cores that it goes to, ascending.
    pub to: Vec<u32>,
    /// Its flits.
    pub flits: u32,
}

/// What a list may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Cores.
    pub cores: u32,
    /// Last cycle.
    pub cycles: u64,
    /// Flits of a packet that states none.
    pub flits: u32,
    /// Most flits of a packet.
    pub most_flits: u32,
}

/// Reads a list: ascending by cycle, then by line.
///
/// # Errors
/// When the file cannot be read, a line is not allowed or there is none.
pub fn read(path: &Path, limits: Limits) -> Result<Vec<Packet>, ArrayError> {
    let file = open_lines(path).map_err(ArrayError::io(path, "open"))?;
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).comment(Some(b'#')).trim(Trim::All);
    let mut reader = builder.from_reader(file);
    let (mut record, mut packets, mut columns) = (StringRecord::new(), Vec::new(), 0);
    loop {
        let line = |record: &StringRecord| record.position().map_or(0, csv::Position::line);
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let place = error.position().map_or(0, csv::Position::line);
                return Err(match error.into_kind() {
                    csv::ErrorKind::Io(source) => ArrayError::io(path, "read")(source),
                    _ => refuse(path, place, "the text", "not UTF-8", "UTF-8"),
                });
            }
        }
        let whole: Vec<&str> = record.iter().collect();
        let text = || whole.join(",").chars().take(60).collect::<String>();
        if columns == 0 {
            columns = record.len();
            let fits = record.iter().eq(COLUMNS.into_iter().take(columns));
            let named = !record.iter().any(|field| field.bytes().next().is_some_and(|b| b.is_ascii_digit()));
            if !(3..=4).contains(&columns) || named && !fits {
                let allowed = "cycle,from,to or cycle,from,to,flits";
                return Err(refuse(path, line(&record), "columns", &text(), allowed));
            }
            if named {
                continue;
            }
        }
        if record.len() != columns {
            return Err(refuse(path, line(&record), "line", &text(), &format!("{columns} fields")));
        }
        let number = |column: usize, text: &str, range: std::ops::RangeInclusive<u64>| {
            let value = text.parse::<u64>().ok().filter(|value| range.contains(value));
            let allowed = || format!("{}..={}", range.start(), range.end());
            value.ok_or_else(|| refuse(path, line(&record), COLUMNS[column], text, &allowed()))
        };
        let last = u64::from(limits.cores.saturating_sub(1));
        let mut to = record[2]
            .split_whitespace()
            .map(|core| number(2, core, 0..=last).map(|core| core as u32))
            .collect::<Result<Vec<u32>, ArrayError>>()?;
        to.sort_unstable();
        to.dedup();
        if to.is_empty() {
            return Err(refuse(path, line(&record), "to", "nothing", "a core, or several"));
        }
        let flits = match record.get(3) {
            Some(text) => number(3, text, 1..=u64::from(limits.most_flits))? as u32,
            None => limits.flits,
        };
        let (cycle, from) = (number(0, &record[0], 0..=limits.cycles)?, number(1, &record[1], 0..=last)?);
        packets.push(Packet { cycle, from: from as u32, to, flits });
    }
    if packets.is_empty() {
        return Err(ArrayError::form(path, "no packet", "a line a packet: cycle,from,to"));
    }
    packets.sort_by_key(|packet| packet.cycle);
    Ok(packets)
}

fn refuse(path: &Path, line: u64, field: &'static str, found: &str, allowed: &str) -> ArrayError {
    let found = if found.is_empty() { "empty" } else { found }.to_owned();
    let place = format!("line {line}");
    ArrayError::Value { path: path.to_path_buf(), place, field, found, allowed: allowed.to_owned() }
}
