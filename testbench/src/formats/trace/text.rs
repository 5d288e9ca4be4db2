//! A step as text: a line a record.

use super::header::{SynapsePlaces, TraceHeader, TraceTables, TracedRegister};
use super::step::{Change, Step, TracedStep};
use memchr::{memchr, memchr_iter};

/// What ends every step, with the line break of the line before.
pub(super) const END: &[u8] = b"\nend ";

/// A place in the bytes of a step that says something else than a step may say.
#[derive(Debug)]
pub(super) struct Fault {
    /// Where in the bytes.
    pub at: usize,
    /// What is there.
    pub found: String,
    /// What may be there.
    pub allowed: String,
}

/// The word that records of a list of changed synapses begin with, and the projection: `w 3 `, `w1 3 `, `k 3 `.
pub(super) fn list_prefix(places: SynapsePlaces, register: usize, projection: u32) -> String {
    let letter = if matches!(places, SynapsePlaces::Taps { .. }) { 'k' } else { 'w' };
    if register == 0 {
        format!("{letter} {projection} ")
    } else {
        format!("{letter}{register} {projection} ")
    }
}

/// Appends a step whose shape is the header's.
pub(super) fn encode(header: &TraceHeader, tables: &TraceTables, step: &TracedStep<'_>, out: &mut Vec<u8>) {
    let mut digits = itoa::Buffer::new();
    let mut number = |out: &mut Vec<u8>, value: i64| out.extend_from_slice(digits.format(value).as_bytes());
    out.extend_from_slice(format!("step {}\n", step.step).as_bytes());
    let mut columns = step.registers;
    for of in &header.populations {
        let (own, rest) = columns.split_at(of.registers.len());
        columns = rest;
        let prefix = format!("n {} ", of.index);
        let neurons = if own.is_empty() { 0 } else { of.neurons as usize };
        for neuron in 0..neurons {
            out.extend_from_slice(prefix.as_bytes());
            number(out, neuron as i64);
            for column in own {
                out.push(b' ');
                number(out, column[neuron]);
            }
            out.push(b'\n');
        }
    }
    let mut columns = step.traces;
    for (of, axons) in header.projections.iter().zip(&tables.axons) {
        let (own, rest) = columns.split_at(of.traces.len());
        columns = rest;
        let prefix = format!("a {} ", of.index);
        for (place, [pre, delay]) in axons.iter().enumerate() {
            out.extend_from_slice(prefix.as_bytes());
            number(out, i64::from(*pre));
            out.push(b' ');
            number(out, i64::from(*delay));
            for column in own {
                out.push(b' ');
                number(out, column[place]);
            }
            out.push(b'\n');
        }
    }
    let mut lists = step.changed.iter();
    for (of, synapses) in header.projections.iter().zip(&tables.synapses) {
        for (register, list) in (0..of.synapses.len()).zip(lists.by_ref()) {
            let prefix = list_prefix(of.places, register, of.index);
            for (index, lane) in list {
                let (place, words) = of.places.synapse(synapses, *index);
                out.extend_from_slice(prefix.as_bytes());
                for word in &place[..words] {
                    number(out, i64::from(*word));
                    out.push(b' ');
                }
                number(out, *lane);
                out.push(b'\n');
            }
        }
    }
    out.extend_from_slice(format!("end {}\n", step.step).as_bytes());
}

/// Reads a step from its bytes, `step N` to `end N`.
pub(super) fn decode(header: &TraceHeader, bytes: &[u8], into: &mut Step) -> Result<(), Fault> {
    into.clear(header);
    let mut lines = Lines { bytes, at: 0 };
    into.step = lines.word("step ", "`step N`")?;
    lines.end()?;
    neurons(header, &mut lines, into)?;
    axons(header, &mut lines, into)?;
    let mut lists = into.changed.iter_mut();
    for of in &header.projections {
        for ((place, register), list) in of.synapses.iter().enumerate().zip(lists.by_ref()) {
            changes(&mut lines, of.places, &list_prefix(of.places, place, of.index), register, list)?;
        }
    }
    let begin = lines.at;
    let allowed = "`end N` of the step, or a record in the header's order: neurons, axons, synapses";
    let step = lines.word("end ", allowed)?;
    if step != into.step {
        return Err(lines.fault(begin, &format!("`end {}`", into.step)));
    }
    lines.end()
}

fn neurons(header: &TraceHeader, lines: &mut Lines<'_>, into: &mut Step) -> Result<(), Fault> {
    let mut columns = &mut into.registers[..];
    for of in header.populations.iter().filter(|of| !of.registers.is_empty()) {
        let own = columns.split_off_mut(..of.registers.len()).unwrap_or_default();
        let (prefix, begin) = (format!("n {} ", of.index), lines.at);
        for neuron in 0..of.neurons {
            let line = lines.at;
            let found = lines.begin(&prefix).then(|| lines.number()).flatten();
            if found != Some(i64::from(neuron)) || !lines.row(own) {
                let allowed = format!("`{prefix}{neuron}` and {} numbers", own.len());
                return Err(lines.fault(line, &allowed));
            }
        }
        in_range(lines, begin, &of.registers, own)?;
    }
    Ok(())
}

fn axons(header: &TraceHeader, lines: &mut Lines<'_>, into: &mut Step) -> Result<(), Fault> {
    let mut columns = &mut into.traces[..];
    for (of, axons) in header.projections.iter().zip(&mut into.axons) {
        let own = columns.split_off_mut(..of.traces.len()).unwrap_or_default();
        let (prefix, begin) = (format!("a {} ", of.index), lines.at);
        for _ in 0..of.axons {
            let line = lines.at;
            let axon = lines.begin(&prefix).then(|| lines.places::<2>()).flatten();
            let Some(axon) = axon.filter(|axon| axons.last() < Some(axon) && lines.row(own)) else {
                let after =
                    axons.last().map_or(String::new(), |[pre, delay]| format!(" after {pre} {delay}"));
                let allowed = format!("`{prefix}PRE DELAY`{after} and {} numbers", own.len());
                return Err(lines.fault(line, &allowed));
            };
            axons.push(axon);
        }
        in_range(lines, begin, &of.traces, own)?;
    }
    Ok(())
}

fn changes(
    lines: &mut Lines<'_>,
    places: SynapsePlaces,
    prefix: &str,
    register: &TracedRegister,
    list: &mut Vec<Change>,
) -> Result<(), Fault> {
    let range = register.range();
    loop {
        let line = lines.at;
        if !lines.begin(prefix) {
            return Ok(());
        }
        let synapse = match places {
            SynapsePlaces::Pairs { .. } => lines.places::<3>(),
            SynapsePlaces::Taps { copies, taps } => {
                let inside = |[copy, tap]: [u32; 2]| (copy < copies && tap < taps).then_some([copy, tap, 0]);
                lines.places::<2>().and_then(inside)
            }
        };
        let after = list.last().map(|change| change.synapse);
        let synapse = synapse.filter(|synapse| after.as_ref() < Some(synapse));
        let lane = lines.blank().then(|| lines.number()).flatten().filter(|lane| range.contains(lane));
        match synapse.zip(lane).filter(|_| lines.end().is_ok()) {
            Some((synapse, lane)) => list.push(Change { synapse, lane }),
            None => {
                let words =
                    if matches!(places, SynapsePlaces::Taps { .. }) { "COPY TAP" } else { "PRE POST DELAY" };
                let (least, most) = (range.start(), range.end());
                let allowed = format!("`{prefix}{words} VALUE`, ascending, the value in {least}..={most}");
                return Err(lines.fault(line, &allowed));
            }
        }
    }
}

/// Looks for a lane outside of its register's format, in the lines from `begin` on.
fn in_range(
    lines: &Lines<'_>,
    begin: usize,
    registers: &[TracedRegister],
    columns: &[Vec<i64>],
) -> Result<(), Fault> {
    for (register, column) in registers.iter().zip(columns) {
        let range = register.range();
        if let Some(row) = column.iter().position(|lane| !range.contains(lane)) {
            let before = memchr_iter(b'\n', &lines.bytes[begin..]).nth(row.wrapping_sub(1));
            let line = if row == 0 { begin } else { begin + before.unwrap_or(0) + 1 };
            let allowed = format!("{} in {}..={}", register.name, range.start(), range.end());
            return Err(lines.fault(line, &allowed));
        }
    }
    Ok(())
}

/// The bytes of a step, and where the reading is.
pub(super) struct Lines<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Where the reading is.
    pub at: usize,
}

impl Lines<'_> {
    /// Goes past these bytes, if they are next.
    pub(super) fn begin(&mut self, prefix: &str) -> bool {
        let is = self.bytes[self.at..].starts_with(prefix.as_bytes());
        self.at += if is { prefix.len() } else { 0 };
        is
    }

    /// Goes past a blank, if it is next.
    pub(super) fn blank(&mut self) -> bool {
        let is = self.bytes.get(self.at) == Some(&b' ');
        self.at += usize::from(is);
        is
    }

    /// Goes past a number.
    pub(super) fn number(&mut self) -> Option<i64> {
        let negative = self.bytes.get(self.at) == Some(&b'-');
        let begin = self.at + usize::from(negative);
        let (mut at, mut value) = (begin, 0_u64);
        while let Some(digit) =
            self.bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10)
        {
            // It wraps only where the number of digits refuses it.
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit));
            at += 1;
        }
        // 2^63 has 19 digits, and no number of 19 wraps.
        if !(1..=19).contains(&(at - begin)) {
            return None;
        }
        self.at = at;
        if negative { 0_i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() }
    }

    /// Goes past numbers of a place, with blanks between them.
    fn places<const N: usize>(&mut self) -> Option<[u32; N]> {
        let mut places = [0; N];
        for (at, place) in places.iter_mut().enumerate() {
            if at > 0 && !self.blank() {
                return None;
            }
            *place = u32::try_from(self.number()?).ok()?;
        }
        Some(places)
    }

    /// Goes past a lane for each column and the end of the line.
    fn row(&mut self, columns: &mut [Vec<i64>]) -> bool {
        for column in columns {
            if !self.blank() {
                return false;
            }
            let Some(lane) = self.number() else { return false };
            column.push(lane);
        }
        self.end().is_ok()
    }

    fn word(&mut self, prefix: &str, allowed: &str) -> Result<u64, Fault> {
        let begin = self.at;
        let number = self.begin(prefix).then(|| self.number()).flatten();
        number.and_then(|n| u64::try_from(n).ok()).ok_or_else(|| self.fault(begin, allowed))
    }

    /// Goes past the end of the line.
    pub(super) fn end(&mut self) -> Result<(), Fault> {
        if self.bytes.get(self.at) != Some(&b'\n') {
            return Err(self.fault(self.at, "the end of the line"));
        }
        self.at += 1;
        Ok(())
    }

    /// What is found from `at` to the end of its line, and what is allowed there.
    fn fault(&self, at: usize, allowed: &str) -> Fault {
        let rest = &self.bytes[at..];
        let line = &rest[..memchr(b'\n', rest).unwrap_or(rest.len()).min(60)];
        let text = String::from_utf8_lossy(line);
        Fault { at, found: format!("`{text}`"), allowed: allowed.to_owned() }
    }
}
