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

/// Most slots that the low bits of a step number.
const NUMBERED: usize = 64;

/// Slots of a ring for delays up to `max_delay`: what is used in this step, and what is on its way. Up to 64 a power of
/// two, so that a slot is the low bits of a step; beyond, no more than are used: twice as many would hold nothing.
#[must_use]
pub const fn slots(max_delay: u8) -> usize {
    let used = max_delay as usize + 1;
    if used > NUMBERED { used } else { used.next_power_of_two() }
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
        if self.slots <= NUMBERED {
            step as usize & (self.slots - 1)
        } else {
            (step % self.slots as u64) as usize
        }
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
