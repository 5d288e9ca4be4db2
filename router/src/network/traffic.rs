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

/// What a source answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// A packet.
    Packet(Offer),
    /// It is not known yet whether there will be one: to be asked again in this cycle, a later one.
    AskAt(u64),
    /// There is none until the endpoint is roused.
    Nothing,
}

impl From<Option<Offer>> for Next {
    fn from(offer: Option<Offer>) -> Self {
        offer.map_or(Self::Nothing, Self::Packet)
    }
}

/// Hands out packets.
pub trait Source {
    /// The next packet of `endpoint`, which is asked for in cycle `now`.
    fn next(&mut self, endpoint: u32, now: u64) -> Next;
}

/// Is told of arrivals, and whether cores take what comes. Arrivals of one cycle come in any order.
pub trait Sink {
    /// A packet arrived.
    fn arrive(&mut self, arrival: &Arrival);

    /// A flit for `endpoint` is there in cycle `now`: the first cycle in which its core takes it. One that is not later
    /// than `now` takes it now; otherwise the core is asked again in that cycle.
    fn ready(&mut self, _endpoint: u32, now: u64) -> u64 {
        now
    }

    /// After an arrival: an endpoint whose source has packets again, to be asked in the next cycle; until there is none.
    fn rouse(&mut self) -> Option<u32> {
        None
    }
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
