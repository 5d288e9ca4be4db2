//! The binary form: tables after the header, a frame a step.

use super::header::{Synapse, SynapsePlaces, TraceHeader, TraceTables, TracedRegister};
use super::step::{Change, Step, TracedStep};

/// The first bytes of a binary trace.
pub(super) const MAGIC: &[u8; 8] = b"SYNTRACE";
/// Bytes before the header's text: magic, version, length.
pub(super) const PROLOGUE: usize = 16;
/// The first bytes of a frame.
pub(super) const TAG: &[u8; 4] = b"STEP";
/// Bytes of a frame before its payload: tag, step, length.
pub(super) const HEAD: usize = 16;
/// Bytes of a checksum.
pub(super) const SUM: usize = 4;

/// The checksum of all frames and headers: CRC-32 of IEEE 802.3.
pub(super) fn checksum(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

/// Appends a step whose shape and lanes are the header's. `false` where its payload is longer than a frame can be.
pub(super) fn encode(header: &TraceHeader, step: &TracedStep<'_>, out: &mut Vec<u8>) -> bool {
    let begin = out.len();
    out.extend_from_slice(TAG);
    out.extend_from_slice(&step.step.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    for ((_, register), column) in header.neuron_columns().zip(step.registers) {
        put(register, column, out);
    }
    for ((_, register), column) in header.axon_columns().zip(step.traces) {
        put(register, column, out);
    }
    for ((_, _, register), list) in header.synapse_lists().zip(step.changed) {
        // A list is no longer than its table, which a u32 counts.
        out.extend_from_slice(&(list.len() as u32).to_le_bytes());
        for (place, lane) in list {
            out.extend_from_slice(&place.to_le_bytes());
            out.extend_from_slice(&lane.to_le_bytes()[..register.bytes()]);
        }
    }
    let Ok(length) = u32::try_from(out.len() - begin - HEAD) else {
        out.truncate(begin);
        return false;
    };
    out[begin + 12..begin + HEAD].copy_from_slice(&length.to_le_bytes());
    let sum = checksum(&out[begin + TAG.len()..]);
    out.extend_from_slice(&sum.to_le_bytes());
    true
}

/// Appends a column.
fn put(register: &TracedRegister, column: &[i64], out: &mut Vec<u8>) {
    fn narrow<const N: usize>(column: &[i64], out: &mut Vec<u8>) {
        let begin = out.len();
        out.resize(begin + N * column.len(), 0);
        let (cells, _) = out[begin..].as_chunks_mut::<N>();
        for (cell, lane) in cells.iter_mut().zip(column) {
            cell.copy_from_slice(&lane.to_le_bytes()[..N]);
        }
    }
    match register.bytes() {
        1 => narrow::<1>(column, out),
        2 => narrow::<2>(column, out),
        4 => narrow::<4>(column, out),
        _ => narrow::<8>(column, out),
    }
}

/// The lane in the bytes of a value.
pub(super) fn lane(value: &[u8], signed: bool) -> i64 {
    let mut wide = [0; 8];
    wide[..value.len()].copy_from_slice(value);
    let (lane, shift) = (i64::from_le_bytes(wide), 64 - 8 * value.len() as u32);
    if signed { lane << shift >> shift } else { lane }
}

/// Appends the lanes of a column.
fn get(register: &TracedRegister, bytes: &[u8], into: &mut Vec<i64>) {
    fn widen<const N: usize>(bytes: &[u8], signed: bool, into: &mut Vec<i64>) {
        let (cells, _) = bytes.as_chunks::<N>();
        if signed {
            into.extend(cells.iter().map(|cell| lane(cell, true)));
        } else {
            into.extend(cells.iter().map(|cell| lane(cell, false)));
        }
    }
    match register.bytes() {
        1 => widen::<1>(bytes, register.signed, into),
        2 => widen::<2>(bytes, register.signed, into),
        4 => widen::<4>(bytes, register.signed, into),
        _ => widen::<8>(bytes, register.signed, into),
    }
}

/// What is wrong with a frame whose checksum is right.
pub(super) struct Fault {
    /// What is there.
    pub found: String,
    /// What may be there.
    pub allowed: String,
}

/// Reads a step from its payload.
pub(super) fn decode(
    header: &TraceHeader,
    tables: &TraceTables,
    step: u64,
    payload: &[u8],
    into: &mut Step,
) -> Result<(), Fault> {
    into.clear(header);
    into.step = step;
    let mut rest = payload;
    let Step { registers, axons, traces, changed, .. } = into;
    for ((of, register), column) in header.neuron_columns().zip(registers) {
        columns(&of.name, register, of.neurons, &mut rest, column)?;
    }
    for (table, into) in tables.axons.iter().zip(axons) {
        into.extend_from_slice(table);
    }
    for ((of, register), column) in header.axon_columns().zip(traces) {
        columns(&of.name, register, of.axons, &mut rest, column)?;
    }
    for ((at, of, register), list) in header.synapse_lists().zip(changed) {
        changes(of.places, &tables.synapses[at], register, &mut rest, list)
            .ok_or_else(|| list_fault(&of.name, register))?;
    }
    if rest.is_empty() {
        return Ok(());
    }
    Err(Fault { found: format!("{} bytes too many in the payload", rest.len()), allowed: "none".into() })
}

fn columns(
    name: &str,
    register: &TracedRegister,
    count: u32,
    rest: &mut &[u8],
    into: &mut Vec<i64>,
) -> Result<(), Fault> {
    let bytes = (count as usize).saturating_mul(register.bytes());
    let fault = |found: String, allowed: String| Fault { found, allowed };
    let Some((own, after)) = rest.split_at_checked(bytes) else {
        let found = format!("{} bytes of payload at {} of `{name}`", rest.len(), register.name);
        return Err(fault(found, bytes.to_string()));
    };
    *rest = after;
    get(register, own, into);
    let range = register.range();
    let (least, most) =
        into.iter().fold((0, 0), |(least, most), lane| (lane.min(&least).to_owned(), *lane.max(&most)));
    if range.contains(&least) && range.contains(&most) {
        return Ok(());
    }
    let row = into.iter().position(|lane| !range.contains(lane)).unwrap_or(0);
    let found = format!("{} of `{name}` {row} is {}", register.name, into[row]);
    Err(fault(found, format!("{}..={}", range.start(), range.end())))
}

/// Appends the changed synapses of a list.
fn changes(
    places: SynapsePlaces,
    table: &[Synapse],
    register: &TracedRegister,
    rest: &mut &[u8],
    list: &mut Vec<Change>,
) -> Option<()> {
    let (count, after) = rest.split_first_chunk::<4>()?;
    let entry = 4 + register.bytes();
    let bytes = (u32::from_le_bytes(*count) as usize).checked_mul(entry)?;
    let (own, after) = after.split_at_checked(bytes)?;
    *rest = after;
    let (range, mut before) = (register.range(), None);
    for entry in own.chunks_exact(entry) {
        let (index, value) = entry.split_first_chunk::<4>()?;
        let index = u32::from_le_bytes(*index);
        let lane = lane(value, register.signed);
        let ascends = before < Some(index) && u64::from(index) < places.count();
        if !ascends || !range.contains(&lane) {
            return None;
        }
        before = Some(index);
        list.push(Change { synapse: places.synapse(table, index).0, lane });
    }
    Some(())
}

fn list_fault(name: &str, register: &TracedRegister) -> Fault {
    let range = register.range();
    Fault {
        found: format!("another list of changes of {} of `{name}`", register.name),
        allowed: format!(
            "a count, then synapses of the table, ascending, with values in {}..={}",
            range.start(),
            range.end()
        ),
    }
}
