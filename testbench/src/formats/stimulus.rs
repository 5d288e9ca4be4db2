//! Stimuli from `.npy` files: rasters of events and arrays of currents, step by step.
//!
//! An array `[steps, neurons]` is one sample; `[samples, steps, neurons]` gives the samples' steps one after
//! the other. Row `n` is what happens in step `n` of its sample.

use super::ArrayError;
use super::npy::IntegerRows;
use std::path::Path;
use synfire_chip::run::program::{Injection, StepEvents, StimulusSpike};

/// A stimulus, read as it is needed.
pub trait Stimulus {
    /// Appends what happens in the next step to `events`; `false`, and nothing appended, after the last.
    ///
    /// # Errors
    /// When the file cannot be read on, or holds what is not allowed.
    fn next_step(&mut self, events: &mut StepEvents) -> Result<bool, ArrayError>;
}

/// Events of an input population: bool, or integers up to the most a channel carries.
#[derive(Debug)]
pub struct RasterFile {
    rows: IntegerRows,
    input: u16,
    max_events: u8,
}

impl RasterFile {
    /// Opens a raster for input population `input` with `neurons` channels.
    ///
    /// # Errors
    /// When the file is no array of integers with as many columns as there are channels.
    pub fn open(path: &Path, input: u16, neurons: u32, max_events: u8) -> Result<Self, ArrayError> {
        Ok(Self { rows: open(path, neurons)?, input, max_events })
    }

    /// Samples in the file, and steps of each.
    #[must_use]
    pub fn shape(&self) -> (u64, u64) {
        shape(&self.rows)
    }
}

impl Stimulus for RasterFile {
    fn next_step(&mut self, events: &mut StepEvents) -> Result<bool, ArrayError> {
        let most = i64::from(self.max_events);
        let Some(row) = self.rows.next_row()? else { return Ok(false) };
        if let Some((column, found)) = outside(row, 0, most) {
            return Err(self.rows.refuse(
                column,
                found,
                "events",
                format!("0..={most} in one step (`max_events`)"),
            ));
        }
        let fired = (0..).zip(row).filter(|(_, count)| **count != 0);
        let spike = |(neuron, &count)| StimulusSpike { input: self.input, neuron, count: count as u8 };
        events.spikes.extend(fired.map(spike));
        Ok(true)
    }
}

/// Currents added to the dendritic sums of a population, in lanes of the sum.
#[derive(Debug)]
pub struct CurrentFile {
    rows: IntegerRows,
    population: u16,
}

impl CurrentFile {
    /// Opens an array of currents for `population` with `neurons` neurons.
    ///
    /// # Errors
    /// When the file is no array of integers with as many columns as there are neurons.
    pub fn open(path: &Path, population: u16, neurons: u32) -> Result<Self, ArrayError> {
        Ok(Self { rows: open(path, neurons)?, population })
    }

    /// Samples in the file, and steps of each.
    #[must_use]
    pub fn shape(&self) -> (u64, u64) {
        shape(&self.rows)
    }
}

impl Stimulus for CurrentFile {
    fn next_step(&mut self, events: &mut StepEvents) -> Result<bool, ArrayError> {
        let (low, high) = (i64::from(i32::MIN), i64::from(i32::MAX));
        let Some(row) = self.rows.next_row()? else { return Ok(false) };
        if let Some((column, found)) = outside(row, low, high) {
            return Err(self.rows.refuse(column, found, "current", format!("{low}..={high}")));
        }
        let population = self.population;
        let driven = (0..).zip(row).filter(|(_, value)| **value != 0);
        let injection = |(neuron, &value)| Injection { population, neuron, value: value as i32 };
        events.injections.extend(driven.map(injection));
        Ok(true)
    }
}

pub(super) fn open(path: &Path, neurons: u32) -> Result<IntegerRows, ArrayError> {
    let rows = IntegerRows::open(path)?;
    let shape = rows.shape();
    if !matches!(shape.len(), 2 | 3) || shape.last() != Some(&u64::from(neurons)) {
        let found = format!("shape {}", super::shape_text(shape));
        let allowed = format!("[steps, {neurons}] or [samples, steps, {neurons}]");
        return Err(ArrayError::form(rows.path(), found, allowed));
    }
    Ok(rows)
}

/// Samples, and steps of each.
pub(super) fn shape(rows: &IntegerRows) -> (u64, u64) {
    (if let [samples, _, _] = rows.shape() { *samples } else { 1 }, steps(rows))
}

pub(super) fn steps(rows: &IntegerRows) -> u64 {
    rows.shape().iter().rev().nth(1).copied().unwrap_or(0)
}

pub(super) fn outside(row: &[i64], low: i64, high: i64) -> Option<(usize, i64)> {
    row.iter().copied().enumerate().find(|(_, value)| !(low..=high).contains(value))
}
