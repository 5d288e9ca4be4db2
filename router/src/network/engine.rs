//! What both engines can do.
//!
//! Promises: two engines of one plan, given the same offers and told the same of their cores, show the same arrivals in
//! the same cycles, count the same, and stop for the same reason. Absent on purpose: what packets mean.

use crate::network::plan::Plan;
use crate::network::statistics::Statistics;
use crate::network::stuck::Halt;
use crate::network::traffic::{Sink, Source};

/// How far a run came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The cycle that was asked for; packets are in the network, or will be offered.
    Reached,
    /// Nothing is in the network, all credits are home, and no endpoint has a packet.
    Drained,
}

/// A link, by what it joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkName {
    /// Between routers, by its number.
    Link(u32),
    /// From an endpoint.
    Injection(u32),
    /// To an endpoint.
    Ejection(u32),
}

/// The link that was held longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busiest {
    /// Which; of several, the first by name.
    pub link: LinkName,
    /// Cycles: flits times cycles a flit.
    pub held: u64,
}

/// A network that runs.
pub trait Engine {
    /// What never changes.
    fn plan(&self) -> &Plan;

    /// For new routes.
    fn plan_mut(&mut self) -> &mut Plan;

    /// The next cycle.
    fn now(&self) -> u64;

    /// Asks `endpoint`'s source again, which had no packet when it was asked last.
    fn rouse(&mut self, endpoint: u32);

    /// The core at `endpoint` takes a flit every `cycles` cycles; at first every cycle.
    fn take_every(&mut self, endpoint: u32, cycles: u32);

    /// The core at `endpoint` takes no flit before cycle `until`.
    fn stall(&mut self, endpoint: u32, until: u64);

    /// Runs to the beginning of cycle `until`, or until the network is drained.
    ///
    /// # Errors
    /// An offer that cannot be carried, or a network in which nothing will move again.
    fn run(&mut self, until: u64, source: &mut dyn Source, sink: &mut dyn Sink) -> Result<Progress, Halt>;

    /// What was counted.
    fn statistics(&mut self) -> &Statistics;

    /// Forgets what was counted.
    fn clear(&mut self);

    /// Of a network at rest, puts every arbiter back to its beginning, so that what comes depends on nothing that was.
    /// Counts go on.
    fn renew(&mut self);

    /// Begins an interval of which [`Engine::busiest`] tells.
    fn mark(&mut self);

    /// The link that was held longest since the mark; none if no flit moved.
    fn busiest(&mut self) -> Option<Busiest>;

    /// Packets in the network.
    fn alive(&self) -> usize;

    /// Whether every buffer is empty, every credit home and every channel free.
    fn at_rest(&self) -> bool;
}
