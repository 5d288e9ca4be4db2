//! Learning groups: the local readouts of DCLL.
//!
//! `Y_k <- decay(Y_k) + (sum_i G_ki S_i << scale)`, `e_k = sat(target_k - Y_k)`, `S_i` the spikes of this step. The error of
//! step `n` is used in step `n + 1`, like a broadcast of delay 1; it never leaves the core.
//! Source: Eq. 14 (V-C) of Neftci, Mostafa and Zenke (2019); `docs/arithmetic.md`, "Groups".
//!
//! Promises: a group lies in one slice; Y is exact (an `i64` sum, saturated once to 32 bits).

use crate::config::{GroupReadout, LearningDatapath};
use serde::{Deserialize, Serialize};
use synfire_core::decay::decay;
use synfire_core::format::Format;
use synfire_core::rounding::toward_zero;

/// Registers of the groups of a slice, `channels` lanes a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    channels: usize,
    /// Low-passed readout Y, membrane lanes.
    output: Vec<i32>,
    /// Error used in this step.
    errors: Vec<i32>,
    /// Error formed in this step, used in the next.
    formed: Vec<i32>,
}

impl Groups {
    /// Groups at rest.
    #[must_use]
    pub fn new(groups: usize, channels: usize) -> Self {
        let zero = vec![0; groups * channels];
        Self { channels, output: zero.clone(), errors: zero.clone(), formed: zero }
    }

    /// Back to rest.
    pub fn clear(&mut self) {
        self.output.fill(0);
        self.errors.fill(0);
        self.formed.fill(0);
    }

    /// How many groups.
    #[must_use]
    pub fn len(&self) -> usize {
        self.output.len().checked_div(self.channels).unwrap_or(0)
    }

    /// Readouts of all groups.
    pub(crate) fn lanes(&self) -> usize {
        self.output.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Micro-step 1: the errors formed in the step before become those of this step.
    pub fn arrive(&mut self) {
        std::mem::swap(&mut self.errors, &mut self.formed);
        self.formed.fill(0);
    }

    /// Errors of this step of group `group`.
    #[must_use]
    pub fn errors(&self, group: usize) -> &[i32] {
        &self.errors[group * self.channels..(group + 1) * self.channels]
    }

    /// The lanes of all groups, a row of channels a group: Y, the errors used in this step, those formed in it.
    #[must_use]
    pub fn all(&self) -> [&[i32]; 3] {
        [&self.output, &self.errors, &self.formed]
    }

    /// Whether any group has an error in this step.
    #[must_use]
    pub fn any_error(&self) -> bool {
        self.errors.iter().any(|e| *e != 0)
    }

    /// Readout of group `group`, membrane lanes.
    #[must_use]
    pub fn output(&self, group: usize) -> &[i32] {
        &self.output[group * self.channels..(group + 1) * self.channels]
    }

    /// Micro-step 6: takes this step's spikes (`fired`, neurons of the slice), updates Y, and forms the errors
    /// when `learn` is on. `matrix` holds G, one row of `channels` entries a neuron.
    pub fn form(
        &mut self,
        config: &GroupReadout,
        fired: impl Iterator<Item = usize>,
        matrix: &[i8],
        formats: &GroupFormats<'_>,
        learn: bool,
    ) {
        let mut sums = vec![0i64; self.output.len()];
        for neuron in fired {
            let group = neuron / config.neurons as usize;
            let row = &matrix[neuron * self.channels..(neuron + 1) * self.channels];
            let sums = &mut sums[group * self.channels..(group + 1) * self.channels];
            sums.iter_mut().zip(row).for_each(|(sum, g)| *sum += i64::from(*g));
        }
        let register = Format::signed(32, 0);
        for (output, sum) in self.output.iter_mut().zip(&sums) {
            let kept = i64::from(decay(*output, config.decay, formats.decay_fraction));
            *output = register.saturate(kept + (sum << config.scale));
        }
        if learn {
            let (state, error) = (formats.state_fraction, formats.learning.error.fraction);
            let drop = u32::from(state.saturating_sub(error));
            let gain = u32::from(error.saturating_sub(state));
            for (at, formed) in self.formed.iter_mut().enumerate() {
                let difference = i64::from(formats.targets[at % self.channels]) - i64::from(self.output[at]);
                *formed = formats.learning.error.saturate(toward_zero(difference << gain, drop));
            }
        }
    }
}

/// Formats and targets that a group's error is formed with.
#[derive(Clone, Copy, Debug)]
pub struct GroupFormats<'a> {
    /// The engine's registers.
    pub learning: LearningDatapath,
    /// Fraction of output and target.
    pub state_fraction: u8,
    /// Fraction of the decay factors.
    pub decay_fraction: u32,
    /// Targets of the channels listened to, membrane lanes.
    pub targets: &'a [i32],
}
