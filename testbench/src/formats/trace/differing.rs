//! Two steps of one form, compared by their bytes: only records that differ are read.
//!
//! Promises: what differs is what two decoded steps differ in, in the order of each column; where a step says something else
//! than a step may say, in a place that differs, nothing is answered, and who asks decodes both: that shows what is wrong.
//! Absent on purpose: what is wrong where both are equal.

use super::binary;
use super::header::{Synapse, SynapsePlaces, TraceHeader, TraceTables, TracedRegister};
use super::text::Lines;
use memchr::memrchr;
use std::cmp::Ordering;

/// Bytes that are compared at once.
const BLOCK: usize = 64;

/// A value that two steps have not in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Differing {
    /// The register: columns of neurons, columns of axons, lists of synapses, in the header's order.
    pub column: usize,
    /// Neuron; pre and delay; pre, post and delay; copy and tap.
    pub place: [u32; 3],
    /// The value of the first; `None` where it has no such record.
    pub expected: Option<i64>,
    /// The value of the second.
    pub actual: Option<i64>,
}

/// Compares the payloads of two frames of one header and the same tables; `None` where one is none.
pub(super) fn frames(
    header: &TraceHeader,
    tables: &TraceTables,
    mut payloads: [&[u8]; 2],
    found: &mut Vec<Differing>,
) -> Option<()> {
    let mut column = 0;
    for (of, register) in header.neuron_columns() {
        let pair = split(&mut payloads, of.neurons as usize * register.bytes())?;
        cells((column, register), pair, |at| [at as u32, 0, 0], found)?;
        column += 1;
    }
    for (of, axons) in header.projections.iter().zip(&tables.axons) {
        for register in &of.traces {
            let pair = split(&mut payloads, axons.len() * register.bytes())?;
            cells((column, register), pair, |at| [axons[at][0], axons[at][1], 0], found)?;
            column += 1;
        }
    }
    for (at, of, register) in header.synapse_lists() {
        list((column, register), (of.places, &tables.synapses[at]), &mut payloads, found)?;
        column += 1;
    }
    payloads.iter().all(|rest| rest.is_empty()).then_some(())
}

fn split<'p>(payloads: &mut [&'p [u8]; 2], bytes: usize) -> Option<[&'p [u8]; 2]> {
    let [one, other] = payloads;
    Some([one.split_off(..bytes)?, other.split_off(..bytes)?])
}

fn cells(
    (column, register): (usize, &TracedRegister),
    pair: [&[u8]; 2],
    place: impl Fn(usize) -> [u32; 3],
    found: &mut Vec<Differing>,
) -> Option<()> {
    match register.bytes() {
        1 => cells_of::<1>((column, register), pair, place, found),
        2 => cells_of::<2>((column, register), pair, place, found),
        4 => cells_of::<4>((column, register), pair, place, found),
        _ => cells_of::<8>((column, register), pair, place, found),
    }
}

fn cells_of<const N: usize>(
    (column, register): (usize, &TracedRegister),
    [one, other]: [&[u8]; 2],
    place: impl Fn(usize) -> [u32; 3],
    found: &mut Vec<Differing>,
) -> Option<()> {
    let range = register.range();
    for (block, (one, other)) in one.chunks(BLOCK).zip(other.chunks(BLOCK)).enumerate() {
        if one == other {
            continue;
        }
        let pairs = one.as_chunks::<N>().0.iter().zip(other.as_chunks::<N>().0);
        for (at, (one, other)) in pairs.enumerate().filter(|(_, (one, other))| one != other) {
            let [one, other] = [one, other].map(|cell| binary::lane(cell, register.signed));
            if !range.contains(&one) || !range.contains(&other) {
                return None;
            }
            let place = place(block * (BLOCK / N) + at);
            found.push(Differing { column, place, expected: Some(one), actual: Some(other) });
        }
    }
    Some(())
}

/// A list of changed synapses, entry by entry.
struct Entries<'p> {
    register: &'p TracedRegister,
    bytes: &'p [u8],
    before: Option<u32>,
}

impl Entries<'_> {
    /// The next place and lane; `Some(None)` at the end, `None` where there is no entry of a list.
    fn next(&mut self, count: u64) -> Option<Option<(u32, i64)>> {
        let Some((index, rest)) = self.bytes.split_first_chunk::<4>() else { return Some(None) };
        let index = u32::from_le_bytes(*index);
        let (value, rest) = rest.split_at_checked(self.register.bytes())?;
        let lane = binary::lane(value, self.register.signed);
        let ascends = self.before < Some(index) && u64::from(index) < count;
        (self.bytes, self.before) = (rest, Some(index));
        (ascends && self.register.range().contains(&lane)).then_some(Some((index, lane)))
    }
}

fn list(
    (column, register): (usize, &TracedRegister),
    (places, table): (SynapsePlaces, &[Synapse]),
    payloads: &mut [&[u8]; 2],
    found: &mut Vec<Differing>,
) -> Option<()> {
    let mut own = [&[][..]; 2];
    for (payload, own) in payloads.iter_mut().zip(&mut own) {
        let count = u32::from_le_bytes(payload.split_off(..4)?.try_into().ok()?);
        *own = payload.split_off(..(count as usize).checked_mul(4 + register.bytes())?)?;
    }
    if own[0] == own[1] {
        return Some(());
    }
    let [mut one, mut other] = own.map(|bytes| Entries { register, bytes, before: None });
    let count = places.count();
    let (mut left, mut right) = (one.next(count)?, other.next(count)?);
    while left.is_some() || right.is_some() {
        let order = match (left, right) {
            (Some((left, _)), Some((right, _))) => left.cmp(&right),
            (Some(_), None) => Ordering::Less,
            _ => Ordering::Greater,
        };
        let expected = left.filter(|_| order.is_le());
        let actual = right.filter(|_| order.is_ge());
        let lane = |entry: Option<(u32, i64)>| entry.map(|(_, lane)| lane);
        if let Some((index, _)) = expected.or(actual)
            && lane(expected) != lane(actual)
        {
            let place = places.synapse(table, index).0;
            found.push(Differing { column, place, expected: lane(expected), actual: lane(actual) });
        }
        left = if order.is_le() { one.next(count)? } else { left };
        right = if order.is_ge() { other.next(count)? } else { right };
    }
    Some(())
}

/// What lines of a text begin with, and what their records are of.
struct Kind<'h> {
    prefix: String,
    /// Its first column.
    column: usize,
    registers: &'h [TracedRegister],
    /// Numbers of a place.
    words: usize,
    /// Whether every step has all its records.
    whole: bool,
}

/// The kinds of records of a header, in the order of a step.
fn kinds(header: &TraceHeader) -> Vec<Kind<'_>> {
    let mut kinds: Vec<Kind<'_>> = Vec::new();
    let mut column = 0;
    let mut add = |prefix: String, registers, words, whole| {
        kinds.push(Kind { prefix, column, registers, words, whole });
        column += kinds.last().map_or(0, |kind| kind.registers.len());
    };
    header.populations.iter().for_each(|of| add(format!("n {} ", of.index), &of.registers[..], 1, true));
    for of in header.projections.iter().filter(|of| !of.traces.is_empty()) {
        add(format!("a {} ", of.index), &of.traces[..], 2, true);
    }
    for of in &header.projections {
        let words = if matches!(of.places, SynapsePlaces::Taps { .. }) { 2 } else { 3 };
        for (at, register) in of.synapses.chunks(1).enumerate() {
            add(super::text::list_prefix(of.places, at, of.index), register, words, false);
        }
    }
    kinds
}

/// Where a record stands in a step: its kind and its place; `end N` is behind all kinds.
type Key = (usize, [u32; 3]);

/// The lines of one of two steps.
struct Side<'t> {
    lines: Lines<'t>,
    /// Of the last record that was taken.
    last: Option<Key>,
}

impl Side<'_> {
    fn rest(&self) -> &[u8] {
        &self.lines.bytes[self.lines.at..]
    }

    /// Where the record is whose line is next, if it is behind those that were taken; reads its place.
    fn key(&mut self, kinds: &[Kind<'_>]) -> Option<Key> {
        let kind = kinds.iter().position(|kind| self.lines.begin(&kind.prefix));
        let mut place = [0; 3];
        if let Some(kind) = kind {
            for (at, number) in place.iter_mut().take(kinds[kind].words).enumerate() {
                if at > 0 && !self.lines.blank() {
                    return None;
                }
                *number = u32::try_from(self.lines.number()?).ok()?;
            }
        } else if !self.rest().starts_with(b"end ") {
            return None;
        }
        let key = (kind.unwrap_or(kinds.len()), place);
        (self.last < Some(key)).then_some(key)
    }

    /// Takes the record whose place was read: its values.
    fn take(&mut self, key: Key, registers: &[TracedRegister], lanes: &mut Vec<i64>) -> Option<()> {
        self.last = Some(key);
        lanes.clear();
        for register in registers {
            let lane = self.lines.blank().then(|| self.lines.number()).flatten()?;
            lanes.push(register.range().contains(&lane).then_some(lane)?);
        }
        self.lines.end().ok()
    }
}

/// Compares the lines of two steps of one header; `None` where one is none.
pub(super) fn lines(header: &TraceHeader, texts: [&[u8]; 2], found: &mut Vec<Differing>) -> Option<()> {
    let kinds = kinds(header);
    let [mut one, mut other] = texts.map(|bytes| Side { lines: Lines { bytes, at: 0 }, last: None });
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        let same = common(one.rest(), other.rest());
        if same == one.rest().len() && same == other.rest().len() {
            return Some(());
        }
        let line = memrchr(b'\n', &one.rest()[..same]).map_or(0, |at| at + 1);
        if line > 0 {
            // The record before is that of both: what follows is behind it.
            let begin = memrchr(b'\n', &one.rest()[..line - 1]).map_or(0, |at| at + 1);
            let lines = Lines { bytes: one.lines.bytes, at: one.lines.at + begin };
            let before = Side { lines, last: None }.key(&kinds);
            (one.last, other.last) = (one.last.max(before), other.last.max(before));
        }
        one.lines.at += line;
        other.lines.at += line;
        let begins = [one.lines.at, other.lines.at];
        let keys = [one.key(&kinds)?, other.key(&kinds)?];
        let order = keys[0].cmp(&keys[1]);
        let (of, place) = keys[0].min(keys[1]);
        // Two different ends, or a record that every step has and one of these has not.
        let kind = kinds.get(of).filter(|kind| order.is_eq() || !kind.whole)?;
        // Who is behind is not taken, and looked at again.
        if order.is_le() {
            one.take(keys[0], kind.registers, &mut left)?;
        } else {
            one.lines.at = begins[0];
        }
        if order.is_ge() {
            other.take(keys[1], kind.registers, &mut right)?;
        } else {
            other.lines.at = begins[1];
        }
        for (at, _) in kind.registers.iter().enumerate() {
            let expected = order.is_le().then(|| left[at]);
            let actual = order.is_ge().then(|| right[at]);
            if expected != actual {
                found.push(Differing { column: kind.column + at, place, expected, actual });
            }
        }
    }
}

/// How many bytes two texts begin with in common.
fn common(one: &[u8], other: &[u8]) -> usize {
    let blocks = one.chunks(BLOCK).zip(other.chunks(BLOCK));
    let same = blocks.take_while(|(one, other)| one == other).map(|(one, _)| one.len()).sum::<usize>();
    same + one[same..].iter().zip(&other[same..]).take_while(|(one, other)| one == other).count()
}
