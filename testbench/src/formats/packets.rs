//! Recorded packets: CSV with `cycle,from,to` or `cycle,from,to,flits` a line, in any order.
//!
//! `to` is a core, or several with blanks between them. A first line that names the columns may be there; then it is
//! checked. Lines that start with `#` and empty lines are skipped. The whole list is in memory.

use super::ArrayError;
use super::lines::Lines;
use serde::Serialize;
use std::path::Path;

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
    let mut lines = Lines::open(path, &COLUMNS, 3)?;
    let mut packets = Vec::new();
    while lines.advance()? {
        packets.push(packet(&lines, limits)?);
    }
    if packets.is_empty() {
        return Err(ArrayError::form(path, "no packet", "a line a packet: cycle,from,to"));
    }
    packets.sort_by_key(|packet| packet.cycle);
    Ok(packets)
}

/// The packet of a line.
fn packet(lines: &Lines, limits: Limits) -> Result<Packet, ArrayError> {
    let last = u64::from(limits.cores.saturating_sub(1));
    let to = lines.field(2).split_whitespace();
    let mut to = to
        .map(|core| lines.number_of(2, core, 0..=last).map(|core| core as u32))
        .collect::<Result<Vec<u32>, ArrayError>>()?;
    to.sort_unstable();
    to.dedup();
    if to.is_empty() {
        return Err(lines.refuse_field(2, "nothing".to_owned(), "a core, or several"));
    }
    let flits =
        if lines.has(3) { lines.number(3, 1..=u64::from(limits.most_flits))? as u32 } else { limits.flits };
    let (cycle, from) = (lines.number(0, 0..=limits.cycles)?, lines.number(1, 0..=last)?);
    Ok(Packet { cycle, from: from as u32, to, flits })
}
