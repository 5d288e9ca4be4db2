//! Loads of links under expected flows, kept while ends move.
//!
//! Promises: the packets of every link, whatever was moved before. Absent on purpose: steps: these are loads of an average
//! one.

use synfire_router::topology::{Tile, Topology};

/// Packets over every link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkLoads {
    topology: Topology,
    loads: Vec<i64>,
}

impl LinkLoads {
    /// No packet yet.
    #[must_use]
    pub fn new(topology: Topology) -> Self {
        Self { topology, loads: vec![0; topology.links()] }
    }

    /// The same links without packets.
    pub(super) fn cleared(mut self) -> Self {
        self.loads.fill(0);
        self
    }

    /// Adds so many packets, or takes them away, on the way from one tile to another.
    #[inline]
    pub fn add(&mut self, from: Tile, to: Tile, packets: i64) {
        if from == to || packets == 0 {
            return;
        }
        for span in self.topology.way(from, to).links() {
            for load in &mut self.loads[span.first as usize..span.end as usize] {
                *load += packets;
            }
        }
    }

    /// Packets over the most loaded link.
    #[inline]
    #[must_use]
    pub fn most(&self) -> u64 {
        self.loads.iter().fold(0, |most, load| most.max(*load)) as u64
    }

    /// Packets over each link, by its number.
    #[must_use]
    pub fn loads(&self) -> &[i64] {
        &self.loads
    }
}
