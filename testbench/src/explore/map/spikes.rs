//! Spikes of single neurons that a file of an earlier run has: how many of each, in how many steps.
//!
//! | file | what |
//! | --- | --- |
//! | `.npy` `[steps, neurons]` | events of each neuron in each step, as simulations write `NAME.spikes.npy` and `NAME.events.npy` |
//! | `.npy` `[spikes, 2]` | step and neuron, a row a spike; of two neurons it is the form above |
//! | any other | CSV: `step,neuron` or `step,neuron,count`, in any order |
//!
//! Promises: a neuron that there is not is refused with its place. Absent on purpose: how many steps a list was recorded for:
//! they end with the last that has a spike.

use crate::formats::ArrayError;
use crate::formats::lines::Lines;
use crate::formats::npy::IntegerRows;
use std::path::Path;

const COLUMNS: [&str; 3] = ["step", "neuron", "count"];
/// Most events of a neuron in a step, and the most steps.
const MOST_EVENTS: u64 = 255;
const MOST_STEPS: u64 = u32::MAX as u64;

/// What was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spikes {
    /// Of each neuron.
    pub of: Vec<u64>,
    /// In so many steps.
    pub steps: u64,
}

/// Reads the spikes of so many neurons.
///
/// # Errors
/// When the file cannot be read, or names a neuron that there is not.
pub fn read(path: &Path, neurons: u32) -> Result<Spikes, ArrayError> {
    if path.extension().is_some_and(|ending| ending == "npy") {
        array(path, neurons)
    } else {
        list(path, neurons)
    }
}

fn array(path: &Path, neurons: u32) -> Result<Spikes, ArrayError> {
    let rows = IntegerRows::open(path)?;
    let mut of = vec![0_u64; neurons as usize];
    if rows.shape().len() == 2 && rows.shape()[1] == 2 && neurons != 2 {
        let mut steps = 0;
        let mut step = None;
        let mut beyond = None;
        rows.each_in(0, MOST_STEPS as i64, "a step or neuron", |value| match step.take() {
            None => step = Some(value),
            Some(at) => {
                steps = steps.max(at as u64 + 1);
                match of.get_mut(value as usize) {
                    Some(count) => *count += 1,
                    None => beyond = beyond.or(Some(value)),
                }
            }
        })?;
        if let Some(neuron) = beyond {
            let allowed = format!("0..{neurons}");
            return Err(ArrayError::Form {
                path: path.to_owned(),
                found: format!("neuron {neuron}"),
                allowed,
            });
        }
        return Ok(Spikes { of, steps });
    }
    rows.expect(&[None, Some(neurons.into())], "steps and neurons, or a step and a neuron a row")?;
    let steps = rows.shape()[0];
    let mut at = 0;
    rows.each_in(0, MOST_EVENTS as i64, "events of a neuron", |value| {
        of[at] += value as u64;
        at = (at + 1) % neurons as usize;
    })?;
    Ok(Spikes { of, steps })
}

fn list(path: &Path, neurons: u32) -> Result<Spikes, ArrayError> {
    let mut lines = Lines::open(path, &COLUMNS, 2)?;
    let mut spikes = Spikes { of: vec![0; neurons as usize], steps: 0 };
    while lines.advance()? {
        let step = lines.number(0, 0..=MOST_STEPS)?;
        let neuron = lines.number(1, 0..=u64::from(neurons.saturating_sub(1)))?;
        let count = if lines.has(2) { lines.number(2, 0..=MOST_EVENTS)? } else { 1 };
        spikes.of[neuron as usize] += count;
        spikes.steps = spikes.steps.max(step + 1);
    }
    Ok(spikes)
}
