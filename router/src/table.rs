//! Routing tables: where the spikes of a source go.
//!
//! A source is a neuron of a core, or a channel of a stimulus. Its entry lists destinations, one per core that
//! it reaches: none (nobody listens), one (unicast) or several (multicast, replicated at the source).
//!
//! Promises: a source reaches a core at most once; destinations are in ascending core order.

use synfire_core::address::{AxonIn, CoreId};

/// One destination of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Core that the packet goes to.
    pub core: CoreId,
    /// Entry of that core's axon-in table.
    pub axon_in: AxonIn,
}

/// Destinations of consecutive sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutingTable {
    starts: Vec<u32>,
    destinations: Vec<Destination>,
}

impl Default for RoutingTable {
    fn default() -> Self {
        Self { starts: vec![0], destinations: Vec::new() }
    }
}

impl RoutingTable {
    /// Appends the next source.
    pub fn push(&mut self, destinations: impl IntoIterator<Item = Destination>) {
        self.destinations.extend(destinations);
        self.starts.push(self.destinations.len() as u32);
    }

    /// Destinations of source `source`.
    #[inline]
    #[must_use]
    pub fn get(&self, source: usize) -> &[Destination] {
        &self.destinations[self.starts[source] as usize..self.starts[source + 1] as usize]
    }

    /// How many sources.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no source.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Entries of all sources: the memory of the table.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.destinations.len()
    }
}
