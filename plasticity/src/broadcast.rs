//! A core's copy of the broadcast: errors on their way, errors of this step, latched targets, the learn flag.
//!
//! A readout's error of step `n` is used by every learning core, the sender included, in step `n + error_delay`.
//! `target k value` is latched until changed or cleared; `learn` gates errors, third factors and writes.
//! Surrogates of readouts that are mirrored with a filter travel like errors, on channels above those of the errors.
//! Source: `docs/arithmetic.md`, micro-steps 1 and 6, section 7.1.

use serde::{Deserialize, Serialize};
use synfire_core::arrival::{slot, slots};

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
    /// What is on its way, by slot, then channel.
    pending: Vec<i32>,
    /// Which slots hold something. An error delay is 63 at most, so there are no more than 64.
    occupied: u64,
    slots: usize,
}

impl BroadcastState {
    /// All registers at reset, learning off, for so many channels of errors and of surrogates that take `error_delay` steps.
    #[must_use]
    pub fn new(errors: usize, surrogates: usize, error_delay: u8) -> Self {
        let slots = slots(error_delay);
        Self {
            errors: vec![0; errors + surrogates],
            any_error: false,
            any: false,
            targets: vec![0; errors],
            learn: false,
            shift_offset: 0,
            pending: vec![0; (errors + surrogates) * slots],
            occupied: 0,
            slots,
        }
    }

    /// How many channels of errors and of surrogates there are.
    #[must_use]
    pub fn channels(&self) -> (usize, usize) {
        (self.targets.len(), self.errors.len() - self.targets.len())
    }

    /// Whether `saved` is the state of such channels and such a delay.
    #[must_use]
    pub fn fits(&self, saved: &Self) -> bool {
        // Of a damaged state no two lengths need belong together.
        let shape = |of: &Self| (of.errors.len(), of.targets.len(), of.slots, of.pending.len());
        shape(self) == shape(saved)
    }

    /// A graded packet: an error or a surrogate on `channel`, to be used in step `due`.
    pub fn receive(&mut self, channel: usize, error: i32, due: u64) {
        let slot = slot(due, self.slots);
        self.pending[slot * self.errors.len() + channel] = error;
        self.occupied |= 1 << slot;
    }

    /// Micro-step 1: the errors due at `step` become the errors of this step.
    pub fn arrive(&mut self, step: u64) {
        let slot = slot(step, self.slots);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Errors of every step, for several turns of the ring: each is used `delay` steps later, and no slot is left over.
    #[test]
    fn a_ring_has_a_slot_for_each_step_under_way() {
        for delay in 1..=63u8 {
            let mut own = BroadcastState::new(2, 1, delay);
            assert_eq!(own.pending.len(), 3 * (usize::from(delay) + 1));
            for step in 0..3 * u64::from(delay) + 3 {
                own.arrive(step);
                let due = step.checked_sub(u64::from(delay)).map_or(0, |formed| 1 + formed as i32);
                assert_eq!(own.errors, [0, due, -due], "delay {delay}, step {step}");
                own.receive(1, 1 + step as i32, step + u64::from(delay));
                own.receive(2, -1 - step as i32, step + u64::from(delay));
            }
            let fitting = (1..=63).filter(|other| own.fits(&BroadcastState::new(2, 1, *other)));
            assert_eq!(fitting.collect::<Vec<u8>>(), [delay]);
        }
    }

    #[test]
    fn a_state_with_more_targets_than_errors_does_not_fit() {
        let own = BroadcastState::new(1, 0, 1);
        let damaged = BroadcastState { targets: vec![0; 2], ..own.clone() };
        assert!(own.fits(&own.clone()) && !own.fits(&damaged));
    }
}
