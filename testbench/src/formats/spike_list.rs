//! Spike lists: CSV with `step,neuron` or `step,neuron,count` a line, in any order.
//!
//! A first line that names the columns may be there; then it is checked. Lines that start with `#` and empty
//! lines are skipped, blanks around a field ignored. Lines of the same step and neuron add up.
//!
//! Promises: time and memory are those of the lines, however many steps lie between them. As any line may be of any step,
//! the whole list is in memory, 16 bytes a line.

use super::ArrayError;
use super::lines::Lines;
use std::path::Path;

const COLUMNS: [&str; 3] = ["step", "neuron", "count"];

/// What a list may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Channels of the input.
    pub neurons: u32,
    /// Most events of a channel in one step.
    pub max_events: u8,
    /// Steps.
    pub steps: u32,
}

/// What a channel does in a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spikes {
    /// Step.
    pub step: u32,
    /// Channel.
    pub neuron: u32,
    /// Its events, one at least.
    pub count: u8,
}

#[derive(Clone, Copy)]
struct Event {
    step: u32,
    neuron: u32,
    line: u32,
    count: u8,
}

/// Reads a list: ascending by step and neuron, each pair once.
///
/// # Errors
/// When the file cannot be read, a line is not allowed, or the lines of one step and neuron add up to more than a channel
/// carries.
pub fn read(path: &Path, limits: Limits) -> Result<Vec<Spikes>, ArrayError> {
    let mut lines = Lines::open(path, &COLUMNS, 2)?;
    let mut events = Vec::new();
    while lines.advance()? {
        events.push(event(&lines, limits)?);
    }
    events.sort_unstable_by_key(|event| (event.step, event.neuron, event.line));
    let mut all = Vec::new();
    for same in events.chunk_by(|a, b| (a.step, a.neuron) == (b.step, b.neuron)) {
        let Event { step, neuron, line, .. } = same[same.len() - 1];
        let count: u64 = same.iter().map(|event| u64::from(event.count)).sum();
        if count > u64::from(limits.max_events) {
            let allowed = format!("0..={} in one step (`max_events`)", limits.max_events);
            return Err(lines.refuse_at(u64::from(line), "count", count.to_string(), &allowed));
        }
        if count > 0 {
            all.push(Spikes { step, neuron, count: count as u8 });
        }
    }
    Ok(all)
}

/// The event of a line.
fn event(lines: &Lines, limits: Limits) -> Result<Event, ArrayError> {
    let Limits { neurons, max_events, steps, .. } = limits;
    let step = lines.number(0, 0..=u64::from(steps.saturating_sub(1)))? as u32;
    let last = neurons
        .checked_sub(1)
        .ok_or_else(|| lines.refuse_field(1, lines.field(1).into(), "none: the input has no channels"))?;
    let neuron = lines.number(1, 0..=u64::from(last))? as u32;
    let count = if lines.has(2) { lines.number(2, 0..=u64::from(max_events))? as u8 } else { 1 };
    Ok(Event { line: u32::try_from(lines.line()).unwrap_or(u32::MAX), step, neuron, count })
}
