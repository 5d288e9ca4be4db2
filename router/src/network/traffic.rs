//! What enters a network and what leaves it.
//!
//! A source hands an endpoint its packets one after the other, when the one before has left the endpoint; so a queue
//! before the network, of any length, is the source's. A sink is told of every packet that arrived.
//!
//! Promises: an engine asks for the packets of an endpoint in order and never for two at once; what one endpoint is
//! handed may not depend on when another asks. Absent on purpose: what a packet means.

use crate::network::routes::RouteId;

/// Where a packet goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    /// An endpoint: a core, or a port to the outside.
    Endpoint(u32),
    /// Several, by a route that the network was told of.
    Route(RouteId),
}

/// A packet before it enters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// First cycle in which it may enter; not before that of the endpoint's packet before.
    pub at: u64,
    /// Where it goes.
    pub to: To,
    /// Class, an index into the configuration's classes.
    pub class: u8,
    /// Flits, at least 1.
    pub flits: u32,
    /// A name of the caller's.
    pub tag: u64,
}

/// A packet that arrived, at one of its destinations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Name given when it was offered.
    pub tag: u64,
    /// Endpoint that it came from.
    pub source: u32,
    /// Endpoint that it reached.
    pub endpoint: u32,
    /// Class.
    pub class: u8,
    /// Flits.
    pub flits: u32,
    /// Cycle in which it was offered.
    pub offered: u64,
    /// Cycle in which its head left the endpoint.
    pub injected: u64,
    /// Cycle in which its tail was at the endpoint.
    pub arrived: u64,
}

/// Hands out packets.
pub trait Source {
    /// The next packet of `endpoint`, or `None` if there is none until the endpoint is roused.
    fn next(&mut self, endpoint: u32) -> Option<Offer>;
}

/// Is told of arrivals. Those of one cycle come in any order.
pub trait Sink {
    /// A packet arrived.
    fn arrive(&mut self, arrival: &Arrival);
}

/// Arrivals that nobody asks for.
impl Sink for () {
    fn arrive(&mut self, _: &Arrival) {}
}

impl Sink for Vec<Arrival> {
    fn arrive(&mut self, arrival: &Arrival) {
        self.push(*arrival);
    }
}
