//! A port of the host in one step: a link to the host, and a FIFO between it and the network in each direction.
//!
//! Inward, packets cross the link one behind another, whole packets into the FIFO, from which the network takes them; a full
//! FIFO keeps the host waiting. Outward, a packet that came waits in the FIFO until it has crossed; a full one keeps the
//! network waiting. Of packets without a pause between them the bits are added before cycles are rounded up.
//!
//! Promises: a port without a depth holds any number and keeps nobody waiting. Absent on purpose: what crosses (`network`),
//! how long bits take (`cost::host`).

use crate::cost::cycle::core::Packet;
use crate::cost::host::HostPorts;
use std::collections::VecDeque;

/// Packets that cross a link without a pause.
#[derive(Clone, Copy, Debug, Default)]
struct Run {
    /// When it began, picoseconds.
    begun: u64,
    bits: u64,
    /// When the last of them has crossed.
    ended: u64,
}

impl Run {
    /// A packet of so many bits crosses from `at` on, behind those before it; when it has.
    fn cross(&mut self, at: u64, bits: u64, ps: impl Fn(u64) -> u64) -> u64 {
        if at > self.ended || self.bits == 0 {
            *self = Self { begun: at.max(self.ended), ..Self::default() };
        }
        self.bits += bits;
        self.ended = self.begun + ps(self.bits);
        self.ended
    }
}

/// A port.
#[derive(Clone, Debug, Default)]
pub struct Port {
    depth: Option<usize>,
    /// Packets of the host that have not crossed, when each was made, and its bits.
    made: VecDeque<(u64, u64, Packet)>,
    inward: Run,
    /// When the network took the last packets, as many as the port holds.
    taken: VecDeque<u64>,
    outward: u64,
    /// When the packets that came will have crossed.
    leaving: VecDeque<u64>,
    /// How long the host was kept waiting.
    waited: u64,
}

impl Port {
    /// An empty one.
    #[must_use]
    pub fn new(depth: Option<u16>) -> Self {
        Self { depth: depth.map(usize::from), ..Self::default() }
    }

    /// The host has made a packet.
    pub fn push(&mut self, at: u64, bits: u64, packet: Packet) {
        self.made.push_back((at, bits, packet));
    }

    /// Whether the host has nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// The network takes the next packet at `now`, or when it has crossed; when that is.
    pub fn take(&mut self, now: u64, ps: impl Fn(u64) -> u64) -> Option<(u64, Packet)> {
        let (made, bits, packet) = self.made.pop_front()?;
        let free = self.depth.filter(|depth| self.taken.len() == *depth).and_then(|_| self.taken.pop_front());
        let next = made.max(self.inward.ended);
        let begin = next.max(free.unwrap_or(0));
        self.waited += begin - next;
        let crossed = if bits == 0 { begin } else { self.inward.cross(begin, bits, ps) };
        if self.depth.is_some() {
            self.taken.push_back(crossed.max(now));
        }
        Some((crossed, packet))
    }

    /// A packet that leaves is there, and takes so long to cross.
    pub fn leave(&mut self, at: u64, ps: u64) {
        self.outward = at.max(self.outward) + ps;
        if self.depth.is_some() {
            self.leaving.push_back(self.outward);
        }
    }

    /// Whether there is room for a packet that leaves; if not, when there will be.
    ///
    /// # Errors
    /// The time from which on there is.
    pub fn has_room(&mut self, now: u64) -> Result<(), u64> {
        let Some(depth) = self.depth else { return Ok(()) };
        while self.leaving.front().is_some_and(|crossed| *crossed <= now) {
            self.leaving.pop_front();
        }
        match self.leaving.len().checked_sub(depth) {
            Some(first) => Err(self.leaving[first]),
            None => Ok(()),
        }
    }

    /// When the last packet had left; 0 where none did.
    #[must_use]
    pub const fn left(&self) -> u64 {
        self.outward
    }

    /// How long the host was kept waiting.
    #[must_use]
    pub const fn waited(&self) -> u64 {
        self.waited
    }
}

/// The ports of a chip, as deep as they are where something can wait.
#[must_use]
pub fn all(ports: &HostPorts, waits: bool) -> Vec<Port> {
    (0..ports.count() as u32).map(|port| Port::new(ports.depth(port).filter(|_| waits))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: Packet = Packet { first: 0, count: 1, tag: 0, class: 0 };

    /// Four packets of 20 bits, 8 bits a picosecond, and a network that takes one every 5 ps, first at 0.
    fn taken(depth: Option<u16>) -> (Vec<u64>, u64) {
        let mut port = Port::new(depth);
        (0..4).for_each(|_| port.push(0, 20, PACKET));
        let mut now = 0;
        let mut crossed = Vec::new();
        while let Some((at, _)) = port.take(now, |bits| bits.div_ceil(8)) {
            crossed.push(at);
            now = at.max(now) + 5;
        }
        (crossed, port.waited())
    }

    #[test]
    fn a_full_port_keeps_the_host_waiting() {
        // 20, 40, 60, 80 bits.
        assert_eq!(taken(None), (vec![3, 5, 8, 10], 0));
        // The second crosses when the first is taken, in 3, and is there in 6; it is taken in 8, and so on: 2 a time.
        assert_eq!(taken(Some(1)), (vec![3, 5, 11, 16], 3 + 2));
        // The third begins when the first was taken: two are there always.
        assert_eq!(taken(Some(2)).1, 0);
    }

    #[test]
    fn a_full_port_keeps_the_network_waiting() {
        let mut port = Port::new(Some(2));
        assert_eq!(port.has_room(0), Ok(()));
        port.leave(0, 10);
        port.leave(1, 10);
        assert_eq!(port.has_room(1), Err(10));
        assert_eq!((port.has_room(10), port.left()), (Ok(()), 20));
        assert_eq!(Port::new(None).has_room(0), Ok(()));
    }
}
