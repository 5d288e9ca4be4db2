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
    used: Vec<bool>,
    later: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Wheel {
    /// For so many endpoints.
    pub fn new(endpoints: usize) -> Self {
        let words = endpoints.div_ceil(64);
        Self {
            words,
            slots: vec![0; words * NEAR as usize],
            used: vec![false; NEAR as usize],
            later: BinaryHeap::new(),
        }
    }

    /// An endpoint waits for cycle `at`, which is later than `now`.
    pub fn put(&mut self, now: u64, at: u64, endpoint: u32) {
        if at - now >= NEAR {
            self.later.push(Reverse((at, endpoint)));
            return;
        }
        let slot = (at % NEAR) as usize;
        self.used[slot] = true;
        self.slots[slot * self.words + endpoint as usize / 64] |= 1 << (endpoint % 64);
    }

    /// Adds those that wait for `now` to a set.
    pub fn take(&mut self, now: u64, set: &mut [u64]) {
        while let Some(Reverse((at, endpoint))) = self.later.peek().copied() {
            if at - now >= NEAR {
                break;
            }
            self.later.pop();
            self.put(now, at, endpoint);
        }
        let slot = (now % NEAR) as usize;
        if std::mem::take(&mut self.used[slot]) {
            for (word, set) in self.slots[slot * self.words..].iter_mut().zip(set) {
                *set |= std::mem::take(word);
            }
        }
    }

    /// First cycle from `now` on that one waits for.
    pub fn next(&self, now: u64) -> Option<u64> {
        let near = (now..now + NEAR).find(|at| self.used[(at % NEAR) as usize]);
        let later = self.later.peek().map(|first| first.0.0);
        near.into_iter().chain(later).min()
    }
}
