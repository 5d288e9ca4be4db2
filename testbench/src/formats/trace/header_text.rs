//! A header as text: the lines before the first step.

use super::header::{
    Contract, SynapsePlaces, TraceHeader, TracedPopulation, TracedProjection, TracedRegister, VERSION,
    check_projection, number,
};
use std::fmt::Write;

/// The first word of a text trace.
pub(super) const MAGIC: &str = "synfire-trace ";
/// The word that the last line begins with.
pub(super) const LAST: &str = "steps ";

/// A line that says something else than a header may say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Counted from 1.
    pub line: u64,
    /// What it is.
    pub found: String,
    /// What it may be.
    pub allowed: String,
}

impl TraceHeader {
    /// The header's lines.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{MAGIC}{VERSION}\ncontract {}\n", self.contract);
        for of in &self.populations {
            let head = format!("population {} {} {}", of.index, shown(&of.name), of.neurons);
            line(&mut text, &head, &of.registers);
        }
        for of in &self.projections {
            let head = format!("projection {} {}", of.index, shown(&of.name));
            if !of.traces.is_empty() {
                line(&mut text, &format!("{head} axons {}", of.axons), &of.traces);
            }
            if !of.synapses.is_empty() {
                let places = match of.places {
                    SynapsePlaces::Pairs { count } => format!("weights {count}"),
                    SynapsePlaces::Taps { copies, taps } => format!("taps {copies} {taps}"),
                };
                line(&mut text, &format!("{head} {places}"), &of.synapses);
            }
        }
        let _ = writeln!(text, "{LAST}{} {}", self.first, self.until);
        text
    }
}

fn line(text: &mut String, head: &str, registers: &[TracedRegister]) {
    text.push_str(head);
    for TracedRegister { name, bits, fraction, signed } in registers {
        let _ = write!(text, " {name}:{bits}.{fraction}{}", if *signed { "" } else { "u" });
    }
    text.push('\n');
}

/// A name as one word: blanks, control characters and `%` as `%` and two digits for each byte.
fn shown(name: &str) -> String {
    let mut word = String::new();
    for c in name.chars() {
        if c.is_whitespace() || c.is_control() || c == '%' {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| {
                let _ = write!(word, "%{byte:02x}");
            });
        } else {
            word.push(c);
        }
    }
    word
}

/// The name that a word shows.
fn named(word: &str) -> Option<String> {
    let mut parts = word.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(rest.as_bytes());
    }
    // One way to write each name.
    String::from_utf8(bytes).ok().filter(|name| shown(name) == word)
}

/// Reads the lines of [`TraceHeader::text`].
pub(super) fn parse(text: &str) -> Result<TraceHeader, Fault> {
    let mut header = TraceHeader {
        contract: Contract::current(),
        populations: Vec::new(),
        projections: Vec::new(),
        first: 0,
        until: 0,
    };
    let mut lines = text.split_terminator('\n');
    let mut count = 0;
    let mut next = |allowed: &str| {
        count += 1;
        let fault = |found: &str| Fault { line: count, found: found.to_owned(), allowed: allowed.to_owned() };
        lines.next().map(|line| (count, line)).ok_or_else(|| fault("the end"))
    };
    let (line, first) = next(MAGIC)?;
    let version = first.strip_prefix(MAGIC).and_then(number::<u32>);
    if version != Some(VERSION) {
        let allowed = format!("`{MAGIC}{VERSION}`, the version of the format that is read");
        return Err(fault(line, first, &allowed));
    }
    let (line, second) = next("contract MAJOR.MINOR")?;
    let contract = second.strip_prefix("contract ").and_then(Contract::parse);
    header.contract = contract.ok_or_else(|| fault(line, second, "contract MAJOR.MINOR"))?;
    let own = Contract::current();
    if header.contract.major != own.major {
        let allowed = format!("contract {}.x, the arithmetic of this program: trace the run anew", own.major);
        return Err(fault(line, second, &allowed));
    }
    loop {
        let (line, text) = next("population, projection or steps")?;
        let words: Vec<&str> = text.split(' ').collect();
        let read = match words[0] {
            "population" => population(&words).map(|of| header.populations.push(of)),
            "projection" => projection(&words, &mut header.projections),
            "steps" => {
                let [_, first, until] = words[..] else { return Err(fault(line, text, "steps FIRST UNTIL")) };
                let steps = number(first).zip(number(until));
                (header.first, header.until) = steps.ok_or_else(|| fault(line, text, "steps FIRST UNTIL"))?;
                break;
            }
            _ => None,
        };
        read.ok_or_else(|| fault(line, text, FORMS))?;
        check_last(&header, words[0]).map_err(|(found, allowed)| Fault { line, found, allowed })?;
    }
    if let Ok((line, text)) = next("") {
        return Err(fault(line, text, "nothing after `steps`"));
    }
    header.check(None).map_err(|(found, allowed)| Fault { line: count - 1, found, allowed })?;
    Ok(header)
}

/// What is wrong with the population or projection that a line was of, the last of the header so far. So a fault has the
/// number of its own line.
fn check_last(header: &TraceHeader, kind: &str) -> Result<(), (String, String)> {
    let (registers, before, last) = if kind == "population" {
        let [before @ .., last] = &header.populations[..] else { return Ok(()) };
        (vec![&last.registers], before.last().map(|of| of.index), last.index)
    } else {
        let [before @ .., last] = &header.projections[..] else { return Ok(()) };
        check_projection(last)?;
        (vec![&last.traces, &last.synapses], before.last().map(|of| of.index), last.index)
    };
    registers.into_iter().flatten().try_for_each(TracedRegister::check)?;
    if before.is_some_and(|before| before >= last) {
        let found = format!("{kind}s out of order: {last} after {}", before.unwrap_or(0));
        return Err((found, "each once, by its index".to_owned()));
    }
    Ok(())
}

/// What the lines between the first two and the last may be.
const FORMS: &str = "`population INDEX NAME NEURONS REGISTER:BITS.FRACTION ..`, \
     `projection INDEX NAME axons COUNT REGISTER:BITS.FRACTION ..`, `.. weights COUNT ..` or `.. taps COPIES TAPS ..`, \
     or `steps FIRST UNTIL`; a format ends in `u` where it is unsigned";

fn fault(line: u64, found: &str, allowed: &str) -> Fault {
    Fault { line, found: found.chars().take(60).collect(), allowed: allowed.to_owned() }
}

fn population(words: &[&str]) -> Option<TracedPopulation> {
    let [_, index, name, neurons, registers @ ..] = words else { return None };
    let registers = list(registers)?;
    Some(TracedPopulation { index: number(index)?, name: named(name)?, neurons: number(neurons)?, registers })
}

/// Adds a line to the projection that the line before was of, or to a new one.
fn projection(words: &[&str], projections: &mut Vec<TracedProjection>) -> Option<()> {
    let [_, index, name, rest @ ..] = words else { return None };
    let (index, name) = (number(index)?, named(name)?);
    if projections.last().is_none_or(|of| of.index != index || of.name != name) {
        projections.push(TracedProjection {
            index,
            name,
            axons: 0,
            traces: Vec::new(),
            places: SynapsePlaces::Pairs { count: 0 },
            synapses: Vec::new(),
        });
    }
    let of = projections.last_mut()?;
    match rest {
        ["axons", count, registers @ ..] if of.traces.is_empty() && of.synapses.is_empty() => {
            (of.axons, of.traces) = (number(count)?, list(registers)?);
        }
        ["weights", count, registers @ ..] if of.synapses.is_empty() => {
            (of.places, of.synapses) = (SynapsePlaces::Pairs { count: number(count)? }, list(registers)?);
        }
        ["taps", copies, taps, registers @ ..] if of.synapses.is_empty() => {
            of.places = SynapsePlaces::Taps { copies: number(copies)?, taps: number(taps)? };
            of.synapses = list(registers)?;
        }
        _ => return None,
    }
    Some(())
}

/// Registers, at least one.
fn list(words: &[&str]) -> Option<Vec<TracedRegister>> {
    let registers: Option<Vec<_>> = words.iter().map(|word| register(word)).collect();
    registers.filter(|registers| !registers.is_empty())
}

fn register(word: &str) -> Option<TracedRegister> {
    let (name, format) = word.split_once(':')?;
    let (format, signed) = format.strip_suffix('u').map_or((format, true), |format| (format, false));
    let (bits, fraction) = format.split_once('.')?;
    Some(TracedRegister { name: name.to_owned(), bits: number(bits)?, fraction: number(fraction)?, signed })
}
