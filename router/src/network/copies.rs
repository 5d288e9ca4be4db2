//! What a packet to several destinations passes, before anything is simulated.
//!
//! A route is one packet or two that are copied on their way, or one a destination (`routes`). Each link that a packet or
//! a copy crosses is crossed once, however many destinations lie behind it.
//!
//! Promises: the links are those that the network's flits cross, as often. Absent on purpose: flits, contention.

use crate::network::check::ConfigError;
use crate::network::graph::End;
use crate::network::plan::Plan;
use crate::network::routes::Target;
use crate::topology::Way;

/// A packet and its copies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Copies {
    /// Packets that leave the source.
    pub packets: u32,
    /// All links that are crossed, and as many hops.
    pub links: Way,
    /// The way to each destination, in no particular order.
    pub ways: Vec<Way>,
}

impl Plan {
    /// What a packet from `source` to these endpoints passes.
    ///
    /// # Errors
    /// No destination, an endpoint that does not exist, or ways of more routers than flits can name.
    pub fn copies(&mut self, source: u32, destinations: &[u32]) -> Result<Copies, ConfigError> {
        let route = self.route(source, destinations)?;
        let own = self.graph.endpoints[source as usize].router;
        let parts = self.routes.parts(route);
        let mut copies = Copies { packets: parts.len() as u32, ..Copies::default() };
        let mut open: Vec<(u32, Target, Way)> =
            parts.iter().map(|part| (own, part.target, Way::default())).collect();
        while let Some((router, target, way)) = open.pop() {
            self.exits(router, target, 0, |exit| match self.graph.wire(router, exit.port).end {
                End::Router { router: next, .. } => {
                    let mut on = way.clone();
                    on.pass(self.config.shape, router, exit.port);
                    copies.links.pass(self.config.shape, router, exit.port);
                    open.push((next, exit.target, on));
                }
                End::Endpoint(_) => copies.ways.push(way.clone()),
                End::None => {}
            });
        }
        Ok(copies)
    }
}
