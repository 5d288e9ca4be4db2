//! Endpoints that wait for a cycle: near ones in a slot a cycle, far ones in a heap.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Cycles ahead that have a slot.
const NEAR: u64 = 256;

/// The waiting endpoints.
#[derive(Clone, Debug)]
pub struct Wheel {
    words: usize,
    slots: Vec<u64>,
    /// Slots with anything.
    used: [u64; NEAR as usize / 64],
    later: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Wheel {
    /// For so many endpoints.
    pub fn new(endpoints: usize) -> Self {
        let words = endpoints.div_ceil(64);
        Self {
            words,
            slots: vec![0; words * NEAR as usize],
            used: [0; NEAR as usize / 64],
            later: BinaryHeap::new(),
        }
    }

    /// An endpoint waits for cycle `at`, which is later than `now`.
    #[inline]
    pub fn put(&mut self, now: u64, at: u64, endpoint: u32) {
        if at - now >= NEAR {
            self.later.push(Reverse((at, endpoint)));
            return;
        }
        let slot = (at % NEAR) as usize;
        self.used[slot / 64] |= 1 << (slot % 64);
        self.slots[slot * self.words + endpoint as usize / 64] |= 1 << (endpoint % 64);
    }

    /// Adds those that wait for `now` to a set. Whether there are any.
    #[inline]
    pub fn take(&mut self, now: u64, set: &mut [u64]) -> bool {
        while let Some(Reverse((at, endpoint))) = self.later.peek().copied() {
            if at - now >= NEAR {
                break;
            }
            self.later.pop();
            self.put(now, at, endpoint);
        }
        let slot = (now % NEAR) as usize;
        let some = self.used[slot / 64] >> (slot % 64) & 1 != 0;
        if some {
            self.used[slot / 64] &= !(1 << (slot % 64));
            for (word, set) in self.slots[slot * self.words..].iter_mut().zip(set) {
                *set |= std::mem::take(word);
            }
        }
        some
    }

    /// First cycle from `now` on that one waits for.
    pub fn next(&self, now: u64) -> Option<u64> {
        // The word of `now` is looked at twice: for what is ahead first, for what is round the wheel last.
        let (first, bit) = ((now % NEAR / 64) as usize, now % 64);
        let word = |step: usize| {
            let all = self.used[(first + step) % self.used.len()];
            let ahead = if step == 0 { all >> bit << bit } else { all };
            (ahead != 0).then(|| now - bit + 64 * step as u64 + u64::from(ahead.trailing_zeros()))
        };
        let near = (0..=self.used.len()).find_map(word);
        let later = self.later.peek().map(|first| first.0.0);
        near.into_iter().chain(later).min()
    }
}
