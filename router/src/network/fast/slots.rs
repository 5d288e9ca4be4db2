//! What is due in coming cycles: a slot a cycle, round and round, at least as many as the longest delay.
//!
//! In a cycle at most one flit comes in by a port and one credit for a channel, so a bit a channel says all. The flit is
//! in its buffer before; the bit says when it is there.

use crate::network::fast::flit::Flit;

/// The slots.
#[derive(Clone, Debug)]
pub struct Slots {
    mask: u64,
    routers: usize,
    words: usize,
    /// Output channels with a credit and input channels with a flit, at `slot * routers + router`.
    channels: Vec<(u64, u64)>,
    /// Routers with something, at `slot * words`.
    due: Vec<u64>,
    /// Flits at endpoints, with their channel.
    pub ejected: Vec<Vec<(u32, u8, Flit)>>,
    /// Credits at endpoints.
    pub returned: Vec<Vec<(u32, u8)>>,
}

impl Slots {
    /// For delays of up to `longest` cycles.
    pub fn new(routers: usize, longest: u32) -> Self {
        let count = (longest as usize + 1).next_power_of_two();
        let words = routers.div_ceil(64);
        Self {
            mask: count as u64 - 1,
            routers,
            words,
            channels: vec![(0, 0); count * routers],
            due: vec![0; count * words],
            ejected: vec![Vec::new(); count],
            returned: vec![Vec::new(); count],
        }
    }

    /// The slot of a cycle.
    #[inline]
    pub fn of(&self, cycle: u64) -> usize {
        (cycle & self.mask) as usize
    }

    #[inline]
    fn due_at(&mut self, slot: usize, router: usize) {
        self.due[slot * self.words + router / 64] |= 1 << (router % 64);
    }

    /// A flit will be at an input channel.
    #[inline]
    pub fn arrival(&mut self, cycle: u64, router: usize, channel: usize) {
        let slot = self.of(cycle);
        self.channels[slot * self.routers + router].1 |= 1 << channel;
        self.due_at(slot, router);
    }

    /// A credit will be at an output channel.
    #[inline]
    pub fn credit(&mut self, cycle: u64, router: usize, channel: usize) {
        let slot = self.of(cycle);
        self.channels[slot * self.routers + router].0 |= 1 << channel;
        self.due_at(slot, router);
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
    #[inline]
    pub fn take_due(&mut self, slot: usize, word: usize) -> u64 {
        std::mem::take(&mut self.due[slot * self.words + word])
    }

    /// Takes credits and arrivals of a router.
    #[inline]
    pub fn take(&mut self, slot: usize, router: usize) -> (u64, u64) {
        std::mem::take(&mut self.channels[slot * self.routers + router])
    }

    /// Cycles from `now` to the first slot with anything, that of `now` included.
    pub fn next(&self, now: u64) -> Option<u64> {
        (0..=self.mask).find(|ahead| {
            let slot = self.of(now + ahead);
            let due = &self.due[slot * self.words..(slot + 1) * self.words];
            !self.ejected[slot].is_empty()
                || !self.returned[slot].is_empty()
                || due.iter().any(|word| *word != 0)
        })
    }
}
