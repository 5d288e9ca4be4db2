//! The error of a readout neuron, formed in its own core from its membrane or spikes and its target register.
//!
//! Micro-step 6 of `docs/arithmetic.md`. Promises: one saturation, at the error register; conversions round
//! toward zero, so a small difference is no error and an idle readout stays idle.

use crate::config::{Competition, ErrorSignal, LearningDatapath, Readout};
use serde::{Deserialize, Serialize};
use synfire_core::decay::decay;
use synfire_core::format::Format;
use synfire_core::rounding::toward_zero;

/// Error traces of the readout neurons of a slice (empty for [`ErrorSignal::Membrane`]).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorTraces {
    first: Vec<i32>,
    second: Vec<i32>,
}

impl ErrorTraces {
    /// Traces at rest for `neurons` readout neurons.
    #[must_use]
    pub fn new(signal: ErrorSignal, neurons: usize) -> Self {
        let len = if matches!(signal, ErrorSignal::FilteredSpikes { .. }) { neurons } else { 0 };
        Self { first: vec![0; len], second: vec![0; len] }
    }

    /// Back to rest.
    pub fn clear(&mut self) {
        self.first.fill(0);
        self.second.fill(0);
    }

    /// Whether there is none: the error is formed from the membrane.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Both, E1 and E2, one lane a neuron; empty where the error is formed from the membrane.
    #[must_use]
    pub fn both(&self) -> (&[i32], &[i32]) {
        (&self.first, &self.second)
    }

    /// Lanes of both: none where the error is formed from the membrane.
    pub(crate) fn lanes(&self) -> usize {
        self.first.len() + self.second.len()
    }

    /// One step of the filters of `neuron`; `difference` is target minus spike, in -1..=1.
    fn filter(&mut self, neuron: usize, difference: i32, factors: (u32, u32, i32), bits: (u8, u32)) -> i32 {
        let (q_decay, p_decay, increment) = factors;
        let (width, fraction) = bits;
        let register = Format::signed(width, 0);
        let (first, second) = (self.first[neuron], self.second[neuron]);
        let next = i64::from(decay(second, p_decay, fraction)) + i64::from(first);
        self.second[neuron] = register.saturate(next);
        let next = i64::from(decay(first, q_decay, fraction)) + i64::from(increment * difference);
        self.first[neuron] = register.saturate(next);
        self.second[neuron]
    }
}

/// What a readout neuron's error is formed from.
#[derive(Clone, Copy, Debug)]
pub struct ReadoutView {
    /// Compared membrane.
    pub compared: i32,
    /// Whether it fired.
    pub spike: bool,
    /// Its target register.
    pub target: i32,
}

/// Formats that an error passes through.
#[derive(Clone, Copy, Debug)]
pub struct ErrorFormats {
    /// The engine's registers.
    pub learning: LearningDatapath,
    /// Fraction of membrane and target.
    pub state_fraction: u8,
    /// Fraction of the decay factors.
    pub decay_fraction: u8,
}

impl ErrorFormats {
    /// A difference of membranes in error lanes, toward zero.
    fn error_lanes(&self, difference: i64) -> i64 {
        let error = self.learning.error.fraction;
        if self.state_fraction >= error {
            toward_zero(difference, u32::from(self.state_fraction - error))
        } else {
            difference << (error - self.state_fraction)
        }
    }
}

/// The errors of a readout that competes: `v = margin - (U of the right one - U of the best wrong one)`; where it is
/// positive, `+v` for the right one and `-v` for that wrong one, the first of equals; nobody else has an error, and
/// nobody has where no target, or every target, is above the midpoint. `errors` takes one lane a neuron.
pub fn competition(
    readout: &Readout,
    Competition { margin, midpoint }: Competition,
    formats: &ErrorFormats,
    (compared, targets): (&[i32], &[i32]),
    errors: &mut [i32],
) {
    errors.fill(0);
    let Some(right) = targets.iter().position(|target| *target > midpoint) else { return };
    let wrong = (0..targets.len()).filter(|neuron| targets[*neuron] <= midpoint);
    let Some(wrong) = wrong.rev().max_by_key(|neuron| compared[*neuron]) else { return };
    let lack = i64::from(margin) - (i64::from(compared[right]) - i64::from(compared[wrong]));
    let value = formats.learning.error.saturate(formats.error_lanes(lack.max(0)));
    if value >= readout.dead_zone {
        errors[right] = value;
        errors[wrong] = -value;
    }
}

/// The error that hands a hidden neuron's modulation to the layer below, error lanes.
#[must_use]
pub fn handed_down(readout: &Readout, shift: u8, formats: &ErrorFormats, modulation: i32) -> i32 {
    let error = formats.learning.error.saturate(toward_zero(i64::from(modulation), u32::from(shift)));
    if error.abs() < readout.dead_zone { 0 } else { error }
}

/// The error of readout neuron `neuron` of a slice, error lanes, from its membrane or its spikes.
#[must_use]
pub fn error(
    readout: &Readout,
    formats: &ErrorFormats,
    neuron: usize,
    view: ReadoutView,
    traces: &mut ErrorTraces,
) -> i32 {
    let register = formats.learning.error;
    let raw = match readout.signal {
        ErrorSignal::Membrane => formats.error_lanes(i64::from(view.target) - i64::from(view.compared)),
        // Formed after the third factors (`handed_down`).
        ErrorSignal::Modulation { .. } => 0,
        ErrorSignal::FilteredSpikes { q_decay, p_decay, increment, shift } => {
            let difference = i32::from(view.target != 0) - i32::from(view.spike);
            let factors = (q_decay, p_decay, increment);
            let bits = (formats.learning.error_trace_bits, u32::from(formats.decay_fraction));
            toward_zero(i64::from(traces.filter(neuron, difference, factors, bits)), u32::from(shift))
        }
    };
    let sided = match readout.one_sided {
        Some(midpoint) if view.target > midpoint => raw.max(0),
        Some(_) => raw.min(0),
        None => raw,
    };
    let error = register.saturate(sided);
    if error.abs() < readout.dead_zone { 0 } else { error }
}
