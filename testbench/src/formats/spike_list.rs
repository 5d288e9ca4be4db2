//! Spike lists: CSV with `step,neuron` or `step,neuron,count` a line, in any order.
//!
//! A first line that names the columns may be there; then it is checked. Lines that start with `#` and empty
//! lines are skipped, blanks around a field ignored. Lines of the same step and neuron add up. As any line may
//! be of any step, the whole list is in memory, 16 bytes a line.

use super::ArrayError;
use super::lines::Lines;
use super::stimulus::Stimulus;
use std::path::Path;
use synfire_chip::run::program::{StepEvents, StimulusSpike};

const COLUMNS: [&str; 3] = ["step", "neuron", "count"];

/// An open spike list.
pub struct SpikeListFile {
    limits: Limits,
    /// Ascending by step, neuron and line.
    events: Vec<Event>,
    /// How many of them were given.
    given: usize,
    step: u32,
}

/// What a list may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Index of the input population.
    pub input: u16,
    /// Its channels.
    pub neurons: u32,
    /// Most events of a channel in one step.
    pub max_events: u8,
    /// Steps.
    pub steps: u32,
}

#[derive(Clone, Copy)]
struct Event {
    step: u32,
    neuron: u32,
    line: u32,
    count: u8,
}

impl SpikeListFile {
    /// Reads a list.
    ///
    /// # Errors
    /// When the file cannot be read or a line is not allowed.
    pub fn open(path: &Path, limits: Limits) -> Result<Self, ArrayError> {
        let mut lines = Lines::open(path, &COLUMNS, 2)?;
        let mut list = Self { limits, events: Vec::new(), given: 0, step: 0 };
        while lines.advance()? {
            list.events.push(event(&lines, limits)?);
        }
        list.events.sort_unstable_by_key(|event| (event.step, event.neuron, event.line));
        list.check_sums(&lines)?;
        Ok(list)
    }

    /// Lines of one step and neuron must not add up to more than a channel carries.
    fn check_sums(&self, lines: &Lines) -> Result<(), ArrayError> {
        for same in self.events.chunk_by(|a, b| (a.step, a.neuron) == (b.step, b.neuron)) {
            let count: u64 = same.iter().map(|event| u64::from(event.count)).sum();
            if count > u64::from(self.limits.max_events) {
                let line = same[same.len() - 1].line;
                let allowed = format!("0..={} in one step (`max_events`)", self.limits.max_events);
                return Err(lines.refuse_at(u64::from(line), "count", count.to_string(), &allowed));
            }
        }
        Ok(())
    }
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

impl Stimulus for SpikeListFile {
    fn next_step(&mut self, events: &mut StepEvents) -> Result<bool, ArrayError> {
        if self.given == self.events.len() {
            return Ok(false);
        }
        let rest = &self.events[self.given..];
        let now = &rest[..rest.partition_point(|event| event.step == self.step)];
        for same in now.chunk_by(|a, b| a.neuron == b.neuron) {
            // Sums were checked: they fit.
            let count = same.iter().map(|event| event.count).sum();
            if count > 0 {
                let input = self.limits.input;
                events.spikes.push(StimulusSpike { input, neuron: same[0].neuron, count });
            }
        }
        self.given += now.len();
        self.step += 1;
        Ok(true)
    }
}
