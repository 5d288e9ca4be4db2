//! The arrival buffer of a block of axons: what arrives at which step.
//!
//! A spike of step `n` on an axon of delay `d` is marked in slot `(n + d) mod slots`, `d` in `1..=64`; micro-step
//! 1 of step `n + d` takes it out. Source: `docs/arithmetic.md`, "Step".
//!
//! Promises: a mark is idempotent where the multiplicity limit is 1 (one bit an axon); with a limit up to
//! 255 events add up to it; what a full axon could not hold is merged and counted. Order never matters.

use crate::words::Words;
use bitvec::prelude::{BitVec, Lsb0};
use serde::{Deserialize, Serialize};

/// Delay of each axon of a block, in steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delays {
    /// All the same.
    Same(u8),
    /// One an axon.
    Each(Vec<u8>),
}

impl Delays {
    /// Delay of one axon.
    #[inline]
    #[must_use]
    pub fn get(&self, axon: usize) -> u8 {
        match self {
            Self::Same(delay) => *delay,
            Self::Each(delays) => delays[axon],
        }
    }

    /// The longest delay; at least 1.
    #[must_use]
    pub fn max(&self) -> u8 {
        match self {
            Self::Same(delay) => *delay,
            Self::Each(delays) => delays.iter().copied().max().unwrap_or(1),
        }
    }
}

/// Slots of a ring for delays up to `max_delay`: what is used in this step, and what is on its way.
#[must_use]
pub const fn slots(max_delay: u8) -> usize {
    max_delay as usize + 1
}

/// The slot of a step in a ring of so many: its low bits where they number the slots, which spares a division.
#[inline]
#[must_use]
pub const fn slot(step: u64, slots: usize) -> usize {
    if slots.is_power_of_two() { step as usize & (slots - 1) } else { (step % slots as u64) as usize }
}

/// Pending arrivals, by slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrivals {
    axons: usize,
    slots: usize,
    words: usize,
    marks: BitVec<u64, Lsb0>,
    /// Events past the first, one byte an axon and slot; empty where the limit is 1.
    extra: Vec<u8>,
    /// Set bits per slot: an empty slot costs nothing.
    pending: Vec<u32>,
    limit: u8,
    /// Events that a full axon merged into those it held.
    pub merged: u64,
}

impl Arrivals {
    /// An empty buffer for `axons` axons, delays up to `max_delay`, `limit` events an axon and step.
    #[must_use]
    pub fn new(axons: usize, max_delay: u8, limit: u8) -> Self {
        let slots = slots(max_delay);
        let words = axons.div_ceil(64);
        let extra = if limit > 1 { vec![0; slots * axons] } else { Vec::new() };
        let marks = BitVec::repeat(false, slots * words * 64);
        Self { axons, slots, words, marks, extra, pending: vec![0; slots], limit, merged: 0 }
    }

    /// The slot of a step.
    #[inline]
    fn slot(&self, step: u64) -> usize {
        slot(step, self.slots)
    }

    /// Marks `count` events on `axon`, due at step `due`.
    #[inline]
    pub fn mark(&mut self, axon: usize, due: u64, count: u8) {
        assert!(axon < self.axons, "an axon of the block");
        let slot = self.slot(due);
        let (word, bit) = (slot * self.words + axon / 64, 1u64 << (axon % 64));
        let word = &mut self.marks.as_raw_mut_slice()[word];
        let had = u8::from(*word & bit != 0);
        *word |= bit;
        self.pending[slot] += u32::from(1 - had);
        let mut over = count - (1 - had);
        if over > 0 && self.limit > 1 {
            let extra = &mut self.extra[slot * self.axons + axon];
            let taken = over.min(self.limit - 1 - *extra);
            *extra += taken;
            over -= taken;
        }
        self.merged += u64::from(over);
    }

    /// How many axons have events due at `step`.
    #[inline]
    #[must_use]
    pub fn due(&self, step: u64) -> u32 {
        self.pending[self.slot(step)]
    }

    /// Lists the axons with events due at `step` into `axons`, ascending.
    pub fn list(&self, step: u64, axons: &mut Vec<u32>) {
        axons.clear();
        let slot = self.slot(step);
        if self.pending[slot] == 0 {
            return;
        }
        let words = &self.marks.as_raw_slice()[slot * self.words..(slot + 1) * self.words];
        for (base, &word) in words.iter().enumerate() {
            let mut bits = word;
            while bits != 0 {
                axons.push((base * 64) as u32 + bits.trailing_zeros());
                bits &= bits - 1;
            }
        }
    }

    /// Events past the first that `axon` carries at `step`.
    #[inline]
    #[must_use]
    pub fn extra(&self, axon: usize, step: u64) -> u8 {
        if self.limit == 1 { 0 } else { self.extra[self.slot(step) * self.axons + axon] }
    }

    /// Whether one axon can carry several events in a step.
    #[must_use]
    pub fn counts_events(&self) -> bool {
        self.limit > 1
    }

    /// Empties the slot of `step`, after its axons were delivered.
    pub fn retire(&mut self, step: u64) {
        let slot = self.slot(step);
        if self.pending[slot] == 0 {
            return;
        }
        self.marks.as_raw_mut_slice()[slot * self.words..(slot + 1) * self.words].fill(0);
        if self.limit > 1 {
            self.extra[slot * self.axons..(slot + 1) * self.axons].fill(0);
        }
        self.pending[slot] = 0;
    }

    /// Forgets everything that is under way (control event `clear`); the merge count stays.
    pub fn clear(&mut self) {
        self.marks.fill(false);
        self.extra.fill(0);
        self.pending.fill(0);
    }

    /// Whether `saved` is the buffer of such axons: lists of the same lengths, marks of axons that there are, as many as it
    /// says.
    #[must_use]
    pub fn fits(&self, saved: &Self) -> bool {
        let shape = |of: &Self| {
            let lens = [of.marks.len(), of.extra.len(), of.pending.len()];
            (of.axons, of.slots, of.words, of.limit, lens)
        };
        shape(self) == shape(saved)
            && saved.pending.iter().enumerate().all(|(slot, pending)| {
                let marks = &saved.marks[slot * saved.words * 64..(slot + 1) * saved.words * 64];
                marks[..saved.axons].count_ones() == *pending as usize && marks[saved.axons..].not_any()
            })
    }

    /// The hardware buffer: one mark (or an event counter) an axon and slot.
    #[must_use]
    pub fn words(&self) -> Words {
        Words { count: (self.axons * self.slots) as u64, bits: counter_bits(self.limit) }
    }
}

/// Bits that count up to `limit` events.
#[must_use]
pub const fn counter_bits(limit: u8) -> u64 {
    (u8::BITS - limit.leading_zeros()) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every delay of a ring's, across several turns of it: each spike comes out in its own step, and no slot is left over.
    #[test]
    fn a_ring_has_a_slot_for_each_step_under_way() {
        for longest in 1..=64u8 {
            let mut own = Arrivals::new(1, longest, 255);
            assert_eq!(own.words().count, u64::from(longest) + 1);
            for delay in 1..=longest {
                own.clear();
                let last = 3 * u64::from(longest) + 3;
                for step in 0..=last {
                    let due = step.checked_sub(u64::from(delay)).map_or(0, |sent| 1 + (sent % 7) as u8);
                    let held = if own.due(step) == 1 { 1 + own.extra(0, step) } else { 0 };
                    assert_eq!(held, due, "longest {longest}, delay {delay}, step {step}");
                    own.retire(step);
                    own.mark(0, step + u64::from(delay), 1 + (step % 7) as u8);
                }
            }
            let held = own.pending.iter().filter(|pending| **pending > 0).count();
            assert_eq!(held, own.slots - 1, "all but the one of the step that was taken out");
            assert_eq!(own.merged, 0);
        }
    }

    #[test]
    fn only_a_buffer_of_the_same_axons_fits() {
        let own = Arrivals::new(70, 3, 2);
        let mut saved = own.clone();
        saved.mark(69, 5, 2);
        assert!(own.fits(&saved));
        assert!(!own.fits(&Arrivals::new(70, 3, 1)) && !own.fits(&Arrivals::new(71, 3, 2)));
        assert!(!own.fits(&Arrivals { extra: Vec::new(), ..own.clone() }));
        assert!(
            !own.fits(&Arrivals { pending: vec![1, 0, 0, 0], ..own.clone() }),
            "a mark that is not there"
        );
        let mut beyond = own.clone();
        beyond.marks.set(70, true);
        beyond.pending[0] = 1;
        assert!(!own.fits(&beyond), "a mark of an axon that is not there");
    }
}
