//! Analog time series from `.npy` files as events: sigma-delta modulation, and send-on-delta.
//!
//! Arrays are those of [`super::stimulus`], integers: row `n` is every signal's value `x[n]` in step `n` of its sample.
//!
//! | stream | state of a signal | in every step |
//! | --- | --- | --- |
//! | [`SigmaDeltaFile`] | charge `s`, one half of the full scale at first | `s += x[n]`; at the full scale or more a spike, which takes it from `s` |
//! | [`SendOnDeltaFile`] | level `y`, the first value at first | `d = x[n] - y`; `k = abs(d) / threshold` events, rounded down, up or down; `y` moves by `k` thresholds to `x[n]` |
//!
//! So the spikes of a modulator are never further than one half from the sum of its signal in full scales, and a level
//! follows its signal to less than one threshold where a channel carries all events of a step; what it cannot carry
//! is sent in the next steps.
//!
//! Promises: integers only; every sample begins anew. Absent on purpose: higher orders, filters.

use super::ArrayError;
use super::npy::IntegerRows;
use super::stimulus::{self, Stimulus};
use std::path::Path;
use synfire_chip::run::program::{StepEvents, StimulusSpike};

/// One first-order sigma-delta modulator a column, into the channel of its number.
#[derive(Debug)]
pub struct SigmaDeltaFile {
    signals: Signals,
    full_scale: u32,
    /// Charges, in halves.
    charges: Vec<i64>,
}

/// Changes of each column `c` by a threshold: up in channel `2c`, down in channel `2c + 1`.
#[derive(Debug)]
pub struct SendOnDeltaFile {
    signals: Signals,
    threshold: u32,
    max_events: u8,
    levels: Vec<i64>,
}

/// Rows of signals, and where in their sample they are.
#[derive(Debug)]
struct Signals {
    rows: IntegerRows,
    input: u16,
    /// Rows read.
    row: u64,
    /// The last of them.
    values: Vec<i64>,
}

impl Signals {
    fn open(path: &Path, input: u16, columns: u32) -> Result<Self, ArrayError> {
        let rows = stimulus::open(path, columns)?;
        Ok(Self { rows, input, row: 0, values: vec![0; columns as usize] })
    }

    /// The next row, whose values must lie in `low..=high`, and whether a sample begins with it.
    fn next(&mut self, (low, high): (i64, i64)) -> Result<Option<(&[i64], bool)>, ArrayError> {
        let begins = self.row.is_multiple_of(stimulus::steps(&self.rows).max(1));
        let Some(row) = self.rows.next_row()? else { return Ok(None) };
        if let Some((column, found)) = stimulus::outside(row, low, high) {
            return Err(self.rows.refuse(column, found, "signal", format!("{low}..={high}")));
        }
        self.values.copy_from_slice(row);
        self.row += 1;
        Ok(Some((&self.values, begins)))
    }
}

impl SigmaDeltaFile {
    /// Opens signals of `0..=full_scale` for input population `input` with `neurons` channels.
    ///
    /// # Errors
    /// When the file is no array of integers with as many columns as there are channels.
    pub fn open(path: &Path, input: u16, neurons: u32, full_scale: u32) -> Result<Self, ArrayError> {
        let signals = Signals::open(path, input, neurons)?;
        Ok(Self { signals, full_scale, charges: vec![0; neurons as usize] })
    }

    /// Samples in the file, and steps of each.
    #[must_use]
    pub fn shape(&self) -> (u64, u64) {
        stimulus::shape(&self.signals.rows)
    }
}

impl Stimulus for SigmaDeltaFile {
    fn next_step(&mut self, events: &mut StepEvents) -> Result<bool, ArrayError> {
        let (input, one) = (self.signals.input, 2 * i64::from(self.full_scale));
        let Some((row, begins)) = self.signals.next((0, i64::from(self.full_scale)))? else {
            return Ok(false);
        };
        if begins {
            self.charges.fill(one / 2);
        }
        for ((neuron, value), charge) in (0..).zip(row).zip(&mut self.charges) {
            *charge += 2 * value;
            if *charge >= one {
                *charge -= one;
                events.spikes.push(StimulusSpike { input, neuron, count: 1 });
            }
        }
        Ok(true)
    }
}

impl SendOnDeltaFile {
    /// Opens signals for input population `input`, which has two channels for each of `signals`, with at most
    /// `max_events` events each a step.
    ///
    /// # Errors
    /// When the file is no array of integers with as many columns as there are signals.
    pub fn open(
        path: &Path,
        input: u16,
        (signals, max_events): (u32, u8),
        threshold: u32,
    ) -> Result<Self, ArrayError> {
        let levels = vec![0; signals as usize];
        Ok(Self { signals: Signals::open(path, input, signals)?, threshold, max_events, levels })
    }

    /// Samples in the file, and steps of each.
    #[must_use]
    pub fn shape(&self) -> (u64, u64) {
        stimulus::shape(&self.signals.rows)
    }
}

impl Stimulus for SendOnDeltaFile {
    fn next_step(&mut self, events: &mut StepEvents) -> Result<bool, ArrayError> {
        let (input, threshold) = (self.signals.input, i64::from(self.threshold).max(1));
        let range = (i64::from(i32::MIN), i64::from(i32::MAX));
        let Some((row, begins)) = self.signals.next(range)? else { return Ok(false) };
        if begins {
            self.levels.copy_from_slice(row);
        }
        for ((signal, value), level) in (0..).zip(row).zip(&mut self.levels) {
            let change = value - *level;
            let count = (change.abs() / threshold).min(i64::from(self.max_events));
            if count > 0 {
                *level += change.signum() * count * threshold;
                let neuron = 2 * signal + u32::from(change < 0);
                events.spikes.push(StimulusSpike { input, neuron, count: count as u8 });
            }
        }
        Ok(true)
    }
}
