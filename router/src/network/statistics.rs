//! What a network counts while it runs.
//!
//! | count | of | meaning |
//! | --- | --- | --- |
//! | flits | link, router | switch grants to it; of an injection link, flits sent by the endpoint |
//! | peak | link | most flits that waited at its far end; of a router, at all its inputs together |
//! | stalls | link | cycles that a head or body, first in its channel, waited for it, by cause |
//! | all three by channel | link | of its virtual channels, where there are several: flits sent on one, most that waited in its buffer, cycles that flits of a packet that holds it waited |
//!
//! A head that has no channel yet may take any that is free, so its waiting is the link's and no channel's: stalls of a link
//! are those of its channels and of such heads. Peaks of channels may be of different cycles.
//!
//! A packet that copies itself counts once a branch. Utilisation is flits times the link's period, a cycle.
//!
//! Promises: all counts are integers and both engines count alike. Absent on purpose: rates, means, energies.

use crate::network::graph::Graph;
use serde::{Deserialize, Serialize};

/// Why a flit that is first in its channel did not move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Its channel at the other end is full.
    NoCredit,
    /// A head, and no channel that it may take is free.
    NoChannel,
    /// Another got the channel or the switch.
    Arbitration,
    /// The core that it wants to leave to has no room: no channel or no credit.
    Ejection,
    /// A narrow link still carries the flit before.
    LinkBusy,
}

/// Number of causes.
pub const CAUSES: usize = 5;

/// Counts of a virtual channel of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelCounts {
    /// Flits that were sent on it.
    pub flits: u64,
    /// Most flits in its buffer at once.
    pub peak: u32,
    /// Cycles that flits of packets that held it waited, by [`Cause`]; none for a channel.
    pub stalls: [u64; CAUSES],
}

/// Counts of a link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCounts {
    /// Flits that were sent over it.
    pub flits: u64,
    /// Counts of its virtual channels; empty in a network with one.
    pub channels: Vec<ChannelCounts>,
    /// Most flits at its far end at once.
    pub peak: u32,
    /// Cycles waited for it, by [`Cause`].
    pub stalls: [u64; CAUSES],
}

impl LinkCounts {
    /// Nothing counted yet, in a network of so many channels.
    #[must_use]
    pub fn new(channels: u32) -> Self {
        let several = if channels > 1 { channels as usize } else { 0 };
        Self { channels: vec![ChannelCounts::default(); several], ..Self::default() }
    }

    /// A flit was sent on a channel.
    #[inline]
    pub fn sent(&mut self, channel: u8) {
        self.flits += 1;
        if let Some(own) = self.channels.get_mut(usize::from(channel)) {
            own.flits += 1;
        }
    }

    /// So many flits wait at its far end, `of_channel` of them in the buffer of `channel`.
    pub fn held(&mut self, flits: u32, channel: usize, of_channel: u32) {
        self.peak = self.peak.max(flits);
        if let Some(own) = self.channels.get_mut(channel) {
            own.peak = own.peak.max(of_channel);
        }
    }

    /// A flit waits for a cycle; one of a packet that holds a channel, for that.
    pub fn stalled(&mut self, cause: Cause, channel: Option<u8>) {
        self.stalls[cause as usize] += 1;
        if let Some(own) = channel.and_then(|channel| self.channels.get_mut(usize::from(channel))) {
            own.stalls[cause as usize] += 1;
        }
    }

    /// Adds what was counted at another time: sums, and the larger peak.
    pub fn add(&mut self, other: &Self) {
        self.flits += other.flits;
        self.channels.resize(self.channels.len().max(other.channels.len()), ChannelCounts::default());
        for (own, other) in self.channels.iter_mut().zip(&other.channels) {
            own.flits += other.flits;
            own.peak = own.peak.max(other.peak);
            add_cycles(&mut own.stalls, &other.stalls);
        }
        self.peak = self.peak.max(other.peak);
        add_cycles(&mut self.stalls, &other.stalls);
    }
}

/// Adds cycles, cause by cause.
pub fn add_cycles(sum: &mut [u64; CAUSES], cycles: &[u64; CAUSES]) {
    sum.iter_mut().zip(cycles).for_each(|(sum, cycles)| *sum += cycles);
}

/// Counts of a router.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouterCounts {
    /// Flits that left it.
    pub flits: u64,
    /// Most flits in it at once.
    pub peak: u32,
}

/// Counts of a network since they were last cleared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// First cycle that is counted.
    pub since: u64,
    /// Links between routers by number.
    pub links: Vec<LinkCounts>,
    /// Injection link of each endpoint.
    pub injection: Vec<LinkCounts>,
    /// Ejection link of each endpoint.
    pub ejection: Vec<LinkCounts>,
    /// Routers by number.
    pub routers: Vec<RouterCounts>,
    /// Flits that each endpoint took.
    pub accepted: Vec<u64>,
    /// Latencies of packets from offer to arrival, each copy by itself.
    pub latency: Histogram,
    /// Packets that entered, copies not counted.
    pub injected: u64,
    /// Cycle of the last arrival.
    pub last_arrival: u64,
}

impl Statistics {
    /// Nothing counted yet of a network.
    #[must_use]
    pub fn new(since: u64, graph: &Graph, channels: u32) -> Self {
        let (none, endpoints) = (LinkCounts::new(channels), graph.endpoints.len());
        Self {
            since,
            links: vec![none.clone(); graph.links],
            injection: vec![none.clone(); endpoints],
            ejection: vec![none; endpoints],
            routers: vec![RouterCounts::default(); graph.routers as usize],
            accepted: vec![0; endpoints],
            latency: Histogram::default(),
            injected: 0,
            last_arrival: 0,
        }
    }

    /// Adds what the same network counted at another time: sums, and the larger peaks.
    pub fn add(&mut self, other: &Self) {
        let ends = self.injection.iter_mut().zip(&other.injection);
        let links = self.links.iter_mut().zip(&other.links).chain(ends);
        for (own, other) in links.chain(self.ejection.iter_mut().zip(&other.ejection)) {
            own.add(other);
        }
        for (own, other) in self.routers.iter_mut().zip(&other.routers) {
            own.flits += other.flits;
            own.peak = own.peak.max(other.peak);
        }
        self.accepted.iter_mut().zip(&other.accepted).for_each(|(sum, flits)| *sum += flits);
        self.latency.join(&other.latency);
        self.injected += other.injected;
        self.last_arrival = self.last_arrival.max(other.last_arrival);
        self.since = self.since.min(other.since);
    }

    /// Flits that crossed links between routers.
    #[must_use]
    pub fn crossings(&self) -> u64 {
        self.links.iter().map(|link| link.flits).sum()
    }
}

/// Exact counts up to 64 cycles, then 32 classes an octave; sum, number and largest are exact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    counts: Vec<u64>,
    /// How many.
    pub number: u64,
    /// Their sum, cycles.
    pub sum: u64,
    /// The largest, cycles.
    pub largest: u64,
}

impl Histogram {
    /// Counts a latency.
    #[inline]
    pub fn add(&mut self, cycles: u64) {
        let class = Self::class(cycles);
        if class >= self.counts.len() {
            self.counts.resize(class + 1, 0);
        }
        self.counts[class] += 1;
        self.number += 1;
        self.sum += cycles;
        self.largest = self.largest.max(cycles);
    }

    /// Adds what another counted.
    pub fn join(&mut self, other: &Self) {
        self.counts.resize(self.counts.len().max(other.counts.len()), 0);
        self.counts.iter_mut().zip(&other.counts).for_each(|(sum, count)| *sum += count);
        self.number += other.number;
        self.sum += other.sum;
        self.largest = self.largest.max(other.largest);
    }

    /// Classes that hold something: smallest latency, latency past the largest, how many.
    pub fn classes(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        let held = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        held.map(|(class, count)| (Self::start(class), Self::start(class + 1), *count))
    }

    /// A latency that `part` of `whole` packets do not exceed: the end of its class, at most the largest.
    #[must_use]
    pub fn quantile(&self, part: u64, whole: u64) -> u64 {
        let wanted = (u128::from(self.number) * u128::from(part)).div_ceil(u128::from(whole.max(1)));
        let mut seen = 0;
        for (_, end, count) in self.classes() {
            seen += u128::from(count);
            if seen >= wanted {
                return (end - 1).min(self.largest);
            }
        }
        self.largest
    }

    fn class(cycles: u64) -> usize {
        if cycles < 64 {
            return cycles as usize;
        }
        let octave = cycles.ilog2() - 5;
        octave as usize * 32 + (cycles >> octave) as usize
    }

    fn start(class: usize) -> u64 {
        if class < 64 {
            return class as u64;
        }
        let octave = class / 32 - 1;
        (32 + class as u64 % 32) << octave
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_is_in_its_class() {
        let latencies = (0..5000).chain((13..60).flat_map(|bit| [(1 << bit) - 1, 1 << bit, (1 << bit) + 1]));
        for cycles in latencies {
            let class = Histogram::class(cycles);
            let (start, end) = (Histogram::start(class), Histogram::start(class + 1));
            assert!((start..end).contains(&cycles), "{cycles} in {start}..{end}");
            assert!(end - start <= (start / 32).max(1), "{cycles}");
        }
    }

    #[test]
    fn a_quantile_is_not_exceeded_by_its_part() {
        let mut histogram = Histogram::default();
        (1..=100).for_each(|cycles| histogram.add(cycles));
        assert_eq!((histogram.number, histogram.sum, histogram.largest), (100, 5050, 100));
        assert_eq!(histogram.quantile(1, 2), 50);
        assert_eq!(histogram.quantile(1, 1), 100);
    }
}
