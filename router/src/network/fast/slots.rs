//! What is due in coming cycles: a slot a cycle, round and round, at least as many as the longest delay.
//!
//! In a cycle at most one flit comes in by a port and one credit for a channel, so a bit a channel says all. The flit is
//! in its buffer before; the bit says when it is there.

use crate::network::fast::flit::Flit;
use crate::network::fast::sets::Word;

/// Where what is due at a router is written, for the slot of cycle 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    channels: u32,
    /// Word and bit.
    due: u32,
}

/// How many slots there are for delays of up to `longest` cycles, as a power of two.
pub fn slot_bits(longest: u32) -> u32 {
    (longest + 1).next_power_of_two().trailing_zeros()
}

impl Place {
    /// That of a router, where there are so many slots, as a power of two.
    pub fn new(bits: u32, router: u32) -> Self {
        Self { channels: router << bits, due: ((router / 64) << bits) * 64 + router % 64 }
    }
}

/// The slots.
#[derive(Clone, Debug)]
pub struct Slots<W> {
    /// Slots are a power of two.
    bits: u32,
    mask: u64,
    words: usize,
    /// Output channels with a credit and input channels with a flit, at `router << bits | slot`.
    channels: Vec<(W, W)>,
    /// Routers with something, at `word << bits | slot`.
    due: Vec<u64>,
    /// Flits at endpoints, with their channel.
    pub ejected: Vec<Vec<(u32, u8, Flit)>>,
    /// Credits at endpoints.
    pub returned: Vec<Vec<(u32, u8)>>,
}

impl<W: Word> Slots<W> {
    /// For delays of up to `longest` cycles.
    pub fn new(routers: usize, longest: u32) -> Self {
        let count = 1 << slot_bits(longest);
        let words = routers.div_ceil(64);
        Self {
            bits: slot_bits(longest),
            mask: count as u64 - 1,
            words,
            channels: vec![(W::default(), W::default()); count * routers],
            due: vec![0; count * words],
            ejected: vec![Vec::new(); count],
            returned: vec![Vec::new(); count],
        }
    }

    /// The slot of a cycle.
    #[inline(always)]
    pub fn of(&self, cycle: u64) -> usize {
        (cycle & self.mask) as usize
    }

    #[inline(always)]
    fn due_at(&mut self, slot: usize, at: Place) {
        self.due[(at.due >> 6) as usize | slot] |= 1 << (at.due % 64);
    }

    /// A flit will be at an input channel.
    #[inline(always)]
    pub fn arrival(&mut self, cycle: u64, at: Place, channel: usize) {
        let slot = self.of(cycle);
        self.channels[at.channels as usize | slot].1.add(channel);
        self.due_at(slot, at);
    }

    /// A credit will be at an output channel.
    #[inline(always)]
    pub fn credit(&mut self, cycle: u64, at: Place, channel: usize) {
        let slot = self.of(cycle);
        self.channels[at.channels as usize | slot].0.add(channel);
        self.due_at(slot, at);
    }

    /// A flit will be at an endpoint.
    #[inline]
    pub fn eject(&mut self, cycle: u64, endpoint: u32, channel: u8, flit: Flit) {
        let slot = self.of(cycle);
        self.ejected[slot].push((endpoint, channel, flit));
    }

    /// A credit will be at an endpoint.
    #[inline]
    pub fn give_back(&mut self, cycle: u64, endpoint: u32, channel: u8) {
        let slot = self.of(cycle);
        self.returned[slot].push((endpoint, channel));
    }

    /// Takes the routers of a word with something in a slot.
    #[inline(always)]
    pub fn take_due(&mut self, slot: usize, word: usize) -> u64 {
        std::mem::take(&mut self.due[word << self.bits | slot])
    }

    /// Takes credits and arrivals of a router.
    #[inline(always)]
    pub fn take(&mut self, slot: usize, router: usize) -> (u64, u64) {
        let (credits, arrivals) = std::mem::take(&mut self.channels[router << self.bits | slot]);
        (credits.wide(), arrivals.wide())
    }

    /// Cycles from `now` to the first slot with anything, that of `now` included.
    pub fn next(&self, now: u64) -> Option<u64> {
        (0..=self.mask).find(|ahead| {
            let slot = self.of(now + ahead);
            let due = |word: usize| self.due[word << self.bits | slot] != 0;
            !self.ejected[slot].is_empty() || !self.returned[slot].is_empty() || (0..self.words).any(due)
        })
    }
}
