//! A core's copy of the broadcast: errors on their way, errors of this step, latched targets, the learn flag.
//!
//! A readout's error of step `n` is used by every learning core, the sender included, in step `n + error_delay`.
//! `target k value` is latched until changed or cleared; `learn` gates errors, third factors and writes.
//! Surrogates of readouts that are mirrored with a filter travel like errors, on channels above those of the errors.
//! Source: `docs/arithmetic.md`, micro-steps 1 and 6, section 7.1.

use serde::{Deserialize, Serialize};

/// Slots of the error delay line: delays 1..=63.
const SLOTS: usize = 64;

/// Registers of the broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BroadcastState {
    /// Errors used in this step, one a channel (error lanes); then surrogates, one a channel.
    pub errors: Vec<i32>,
    /// Whether any error is not zero.
    pub any_error: bool,
    /// Whether any error or surrogate is not zero.
    any: bool,
    /// Target of each channel (membrane lanes; 0 or 1 for spike trains).
    pub targets: Vec<i32>,
    /// Whether the core learns.
    pub learn: bool,
    /// Added to every learning-rate shift.
    pub shift_offset: u8,
    pending: Vec<i32>,
    occupied: u64,
}

impl BroadcastState {
    /// All registers at reset, learning off, for so many channels of errors and of surrogates.
    #[must_use]
    pub fn new(errors: usize, surrogates: usize) -> Self {
        Self {
            errors: vec![0; errors + surrogates],
            any_error: false,
            any: false,
            targets: vec![0; errors],
            learn: false,
            shift_offset: 0,
            pending: vec![0; (errors + surrogates) * SLOTS],
            occupied: 0,
        }
    }

    /// How many channels of errors and of surrogates there are.
    #[must_use]
    pub fn channels(&self) -> (usize, usize) {
        (self.targets.len(), self.errors.len() - self.targets.len())
    }

    /// A graded packet: an error or a surrogate on `channel`, to be used in step `due`.
    pub fn receive(&mut self, channel: usize, error: i32, due: u64) {
        let slot = due as usize % SLOTS;
        self.pending[slot * self.errors.len() + channel] = error;
        self.occupied |= 1 << slot;
    }

    /// Micro-step 1: the errors due at `step` become the errors of this step.
    pub fn arrive(&mut self, step: u64) {
        let slot = step as usize % SLOTS;
        if self.occupied >> slot & 1 == 1 {
            let channels = self.errors.len();
            let due = &mut self.pending[slot * channels..(slot + 1) * channels];
            self.errors.copy_from_slice(due);
            due.fill(0);
            self.occupied &= !(1 << slot);
            self.any_error = self.errors[..self.targets.len()].iter().any(|e| *e != 0);
            self.any = true;
        } else if self.any {
            self.errors.fill(0);
            (self.any_error, self.any) = (false, false);
        }
    }

    /// Control event `clear`: errors under way and targets go; the learn flag and the rate stay.
    pub fn clear(&mut self) {
        self.errors.fill(0);
        (self.any_error, self.any) = (false, false);
        self.targets.fill(0);
        self.pending.fill(0);
        self.occupied = 0;
    }
}
