//! How many packets pass every link in a step, counted without walking any way.
//!
//! A way is two runs of consecutive links, so a packet adds one at the first of each and takes one away past its last:
//! four additions, or fewer where a source's packets go several ways (`Footprint`). The running sum of a step's differences is the load of each link, exactly.
//!
//! Promises: loads are sums, so they depend neither on the order of packets nor on who counted them; differences of
//! several workers are added before a largest load is taken. A step without packets costs nothing.
//! Absent on purpose: time; contention (this is demand, whatever the links could carry).

use crate::topology::{Topology, Way};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one packet on each of several ways adds: the differences of all of them, those of one link together. Ways of one
/// source share links, so there are fewer than four a way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Footprint {
    /// Link, and what is added there; none is zero.
    differences: Vec<(u32, i32)>,
}

impl Footprint {
    /// Of these ways.
    #[must_use]
    pub fn of<'a>(ways: impl IntoIterator<Item = &'a Way>) -> Self {
        let mut sums: BTreeMap<u32, i32> = BTreeMap::new();
        for span in ways.into_iter().flat_map(Way::links) {
            *sums.entry(span.first).or_default() += 1;
            *sums.entry(span.end).or_default() -= 1;
        }
        Self { differences: sums.into_iter().filter(|(_, sum)| *sum != 0).collect() }
    }
}

/// What passed a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    /// Packets of all steps.
    pub packets: u64,
    /// The most in one step.
    pub peak: u64,
}

impl Load {
    /// Adds the packets of a step.
    #[inline]
    pub fn add(&mut self, packets: u64) {
        self.packets += packets;
        self.peak = self.peak.max(packets);
    }
}

/// The link that most packets passed in a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Busiest {
    /// Its number.
    pub link: u32,
    /// Packets.
    pub packets: u64,
}

impl Busiest {
    /// Takes note of what passed a link, of equal ones the first that is heard.
    #[inline]
    pub fn hear(&mut self, link: usize, packets: u64) {
        if packets > self.packets {
            *self = Self { link: link as u32, packets };
        }
    }
}

/// So many links are looked at together.
const ALIKE: usize = 16;

/// Differences of the loads of one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// One a link and one past the last; empty before the first packet.
    lanes: Vec<i64>,
    used: bool,
}

impl Differences {
    /// Counts `packets` packets on each of the ways of `footprint`.
    #[inline]
    pub fn add(&mut self, topology: &Topology, footprint: &Footprint, packets: u64) {
        if footprint.differences.is_empty() {
            return;
        }
        if self.lanes.is_empty() {
            self.lanes = vec![0; topology.links() + 1];
        }
        self.used = true;
        for (link, difference) in &footprint.differences {
            self.lanes[*link as usize] += i64::from(*difference) * packets as i64;
        }
    }

    /// Takes what another counted in the same step, and leaves it empty.
    pub fn absorb(&mut self, other: &mut Self) {
        if !other.used {
            return;
        }
        if self.lanes.is_empty() {
            std::mem::swap(self, other);
            return;
        }
        for (own, lane) in self.lanes.iter_mut().zip(&mut other.lanes) {
            *own += std::mem::take(lane);
        }
        self.used = true;
        other.used = false;
    }

    /// Ends the step: adds the load of every link to its own, and returns the largest and its link, of equal ones the
    /// first; `None` where no packet passed a link.
    pub fn settle(&mut self, loads: &mut [Load]) -> Option<Busiest> {
        let mut busiest = Busiest::default();
        self.settle_each(|link, packets| {
            loads[link].add(packets);
            busiest.hear(link, packets);
        });
        (busiest.packets > 0).then_some(busiest)
    }

    /// Ends the step: calls `each` with the number of every link that a packet passed and its load, ascending.
    #[inline]
    pub fn settle_each(&mut self, mut each: impl FnMut(usize, u64)) {
        let Some((past, lanes)) = self.lanes.split_last_mut() else { return };
        if !std::mem::take(&mut self.used) {
            return;
        }
        let mut load = 0;
        for (first, lanes) in (0..).step_by(ALIKE).zip(lanes.chunks_mut(ALIKE)) {
            // Most links of a large chip carry nothing in a step.
            if load == 0 && lanes.iter().fold(0, |any, lane| any | lane) == 0 {
                continue;
            }
            for (link, lane) in (first..).zip(lanes) {
                load += std::mem::take(lane);
                if load != 0 {
                    each(link, load as u64);
                }
            }
        }
        // Past the last link the running sum is zero; only the difference there is left.
        *past = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::shape::Shape;
    use crate::topology::Numbering;
    use proptest::prelude::*;
    use synfire_core::address::CoreId;

    proptest! {
        /// Against walking every way link by link, counted by three workers over three steps.
        #[test]
        fn differences_are_the_walked_loads(
            (columns, rows) in (1u16..6, 1u16..6),
            packets in proptest::collection::vec((0u16..36, 0u16..36, 1u64..4, 0usize..3), 0..60),
        ) {
            let shape = Shape::Mesh { columns: columns.into(), rows: rows.into() };
            let mesh = Topology { columns, rows, cores_per_tile: 1, io_tile: (0, 0), shape, numbering: Numbering::ByRows };
            let cores = columns * rows;
            let mut walked = vec![0_u64; mesh.links()];
            let mut totals = vec![Load::default(); mesh.links()];
            let mut peaks = vec![0_u64; mesh.links()];
            let mut parts = [Differences::default(), Differences::default(), Differences::default()];
            for step in packets.chunks(20) {
                let mut own = vec![0; mesh.links()];
                for (from, to, count, worker) in step {
                    let ways = [*to, to / 2].map(|to| mesh.between(CoreId(from % cores), CoreId(to % cores)));
                    parts[*worker].add(&mesh, &Footprint::of(&ways), *count);
                    for link in ways.iter().flat_map(Way::links).flat_map(|span| span.first..span.end) {
                        own[link as usize] += count;
                    }
                }
                let [first, others @ ..] = &mut parts;
                others.iter_mut().for_each(|other| first.absorb(other));
                let most: u64 = own.iter().copied().max().unwrap_or(0);
                let link = own.iter().position(|load| *load == most).unwrap_or(0) as u32;
                let busiest = (most > 0).then_some(Busiest { link, packets: most });
                prop_assert_eq!(first.settle(&mut totals), busiest);
                peaks.iter_mut().zip(&own).for_each(|(peak, own)| *peak = (*peak).max(*own));
                walked.iter_mut().zip(&own).for_each(|(total, own)| *total += own);
            }
            let wanted = walked.into_iter().zip(peaks).map(|(packets, peak)| Load { packets, peak });
            prop_assert_eq!(totals, wanted.collect::<Vec<_>>());
        }
    }
}
