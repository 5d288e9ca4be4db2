//! An endpoint's way out of the network: its arrival queue, a channel's share each, and how fast the core takes flits.
//!
//! A core takes a flit a cycle if nothing is said; it can be told to take one every so many cycles, or none before a
//! cycle. What it does not take holds its slot, so the network feels it.
//!
//! Promises: channels are served in turn; a packet has arrived when its tail is taken. Absent on purpose: the core.

use crate::network::fifo::Fifo;
use crate::network::plan::Plan;

/// A flit in an arrival queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Packet.
    pub packet: u32,
    /// Whether it is the last of its packet.
    pub tail: bool,
}

/// State of the way out.
#[derive(Clone, Debug)]
pub struct Ejector {
    queues: Vec<Fifo<Waiting>>,
    held: u32,
    /// Channel served last.
    last: usize,
    /// Cycles from one flit to the next.
    every: u32,
    /// First cycle in which a flit may be taken.
    ready: u64,
}

impl Ejector {
    /// An empty queue before a core that takes a flit a cycle.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let queue = || Fifo::new(plan.config.ejection_depth as usize);
        let queues: Vec<_> = (0..plan.config.channels).filter_map(|_| queue()).collect();
        Self { last: queues.len() - 1, queues, held: 0, every: 1, ready: 0 }
    }

    /// The core takes a flit every `cycles` cycles, at least 1.
    pub fn take_every(&mut self, cycles: u32) {
        self.every = cycles.max(1);
    }

    /// The core takes nothing before cycle `until`; `u64::MAX` is for ever.
    #[inline]
    pub fn stall(&mut self, until: u64) {
        self.ready = self.ready.max(until);
    }

    /// First cycle in which something can be taken; `None` of an empty queue, or if the core never takes anything.
    #[must_use]
    pub fn next(&self) -> Option<u64> {
        (self.held > 0 && self.ready < u64::MAX).then_some(self.ready)
    }

    /// Flits that wait.
    #[must_use]
    #[inline]
    pub fn held(&self) -> u32 {
        self.held
    }

    /// How many channels there are.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.queues.len()
    }

    /// Flits that wait in a channel's queue.
    #[must_use]
    pub fn held_in(&self, channel: usize) -> usize {
        self.queues[channel].len()
    }

    /// Puts a flit into its channel's queue. Credits keep it from being full.
    #[inline]
    pub fn push(&mut self, channel: u8, flit: Waiting) {
        let taken = self.queues[usize::from(channel)].push(flit);
        debug_assert!(taken.is_ok(), "a flit without a credit");
        self.held += 1;
    }

    /// Whether the core takes a flit that comes in cycle `now` at once; then it has. `ready` is the core's word on it, see
    /// [`Sink::ready`](crate::network::traffic::Sink::ready).
    #[inline]
    pub fn pass(&mut self, now: u64, channel: u8, ready: impl FnOnce() -> u64) -> bool {
        if self.held > 0 || !self.is_ready(now, ready) {
            return false;
        }
        self.last = usize::from(channel);
        self.ready = now + u64::from(self.every);
        true
    }

    #[inline]
    fn is_ready(&mut self, now: u64, ready: impl FnOnce() -> u64) -> bool {
        if self.ready <= now {
            self.stall(ready());
        }
        self.ready <= now
    }

    /// Puts the turns of channels back to their beginning.
    pub fn renew(&mut self) {
        self.last = self.queues.len() - 1;
    }

    /// What the core takes in cycle `now`: a channel and its first flit. `ready` as in [`Ejector::pass`].
    #[inline]
    pub fn take(&mut self, now: u64, ready: impl FnOnce() -> u64) -> Option<(u8, Waiting)> {
        if self.held == 0 || !self.is_ready(now, ready) {
            return None;
        }
        let count = self.queues.len();
        let channel =
            (1..=count).map(|step| (self.last + step) % count).find(|at| !self.queues[*at].is_empty())?;
        let flit = self.queues[channel].pop()?;
        self.held -= 1;
        self.last = channel;
        self.ready = now + u64::from(self.every);
        Some((channel as u8, flit))
    }
}
