//! What never changes while a network runs: configuration, graph, routes, and what a packet may use.
//!
//! Promises: both engines ask here which ports a head leaves by and which channels it may take there.
//! Absent on purpose: state of routers.

use crate::network::check::{ConfigError, refuse};
use crate::network::config::{Config, Multicast};
use crate::network::graph::{End, Graph};
use crate::network::routes::{Part, RouteId, Routes, Target};
use crate::network::routing::{Half, hop};
use crate::network::traffic::{Offer, To};

/// A network without its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What was described.
    pub config: Config,
    /// Routers, links, endpoints.
    pub graph: Graph,
    /// Routes to several destinations.
    pub routes: Routes,
    /// Channels of each class: all, lower half, upper half.
    sets: Vec<[u16; 3]>,
}

/// One way on from a router.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Port.
    pub port: usize,
    /// Channels that may be taken there, a bit each.
    pub channels: u16,
    /// What the copy is addressed to behind the port.
    pub target: Target,
}

impl Plan {
    /// The plan of a configuration.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        config.check()?;
        let graph = Graph::new(&config);
        let sets = config.classes.iter().map(|class| halves(class.0)).collect();
        Ok(Self { config, graph, routes: Routes::default(), sets })
    }

    /// A route from `source` to `destinations`; the same one for the same endpoints.
    ///
    /// # Errors
    /// No destination, an endpoint that does not exist, or ways of more routers than flits can name.
    pub fn route(&mut self, source: u32, destinations: &[u32]) -> Result<RouteId, ConfigError> {
        self.routes.add(&self.config, &self.graph, source, destinations)
    }

    /// Routers that a packet from `source` to these endpoints passes, ascending, each once however many copies pass it.
    ///
    /// # Errors
    /// No destination, an endpoint that does not exist, or ways of more routers than flits can name.
    pub fn routers(&mut self, source: u32, destinations: &[u32]) -> Result<Vec<u32>, ConfigError> {
        let route = self.route(source, destinations)?;
        let own = self.graph.endpoints[source as usize].router;
        let mut open: Vec<(u32, Target)> =
            self.routes.parts(route).iter().map(|part| (own, part.target)).collect();
        let mut passed = Vec::new();
        while let Some((router, target)) = open.pop() {
            passed.push(router);
            self.exits(router, target, 0, |exit| {
                if let End::Router { router: next, .. } = self.graph.wire(router, exit.port).end {
                    open.push((next, exit.target));
                }
            });
        }
        passed.sort_unstable();
        passed.dedup();
        Ok(passed)
    }

    /// Packets that an offer makes; one for an endpoint.
    #[must_use]
    #[inline]
    pub fn part(&self, offer: &Offer, index: usize) -> Option<Part> {
        match offer.to {
            To::Endpoint(to) => (index == 0).then_some(Part { target: Target::Endpoint(to), copies: 1 }),
            To::Route(route) => self.routes.parts(route).get(index).copied(),
        }
    }

    /// Channels of a class.
    #[must_use]
    #[inline]
    pub fn channels(&self, class: u8, half: Half) -> u16 {
        let set = self.sets[usize::from(class)];
        match half {
            Half::All => set[0],
            Half::Lower => set[1],
            Half::Upper => set[2],
        }
    }

    /// Shows `each` the ways on of a head at a router, by ascending port.
    #[inline]
    pub fn exits(&self, router: u32, target: Target, class: u8, mut each: impl FnMut(Exit)) {
        match target {
            Target::Endpoint(endpoint) => {
                let place = self.graph.endpoints[endpoint as usize];
                let paths = self.config.multicast == Multicast::Path;
                let (port, half) = hop(self.config.shape, paths, router, place.router)
                    .map_or((usize::from(place.port), Half::All), |hop| (hop.port, hop.half));
                each(Exit { port, channels: self.channels(class, half), target });
            }
            Target::Node(node) => {
                let node = self.routes.nodes[node as usize];
                let (mut rest, mut next) = (node.ports, node.first);
                while rest != 0 {
                    let (port, bit) = (rest.trailing_zeros() as usize, rest & rest.wrapping_neg());
                    rest ^= bit;
                    let half = match (node.lower & bit != 0, node.upper & bit != 0) {
                        (true, _) => Half::Lower,
                        (_, true) => Half::Upper,
                        _ => Half::All,
                    };
                    let mut target = Target::Node(next);
                    match self.graph.wire(router, port).end {
                        End::Endpoint(endpoint) => target = Target::Endpoint(endpoint),
                        _ => next += 1,
                    }
                    each(Exit { port, channels: self.channels(class, half), target });
                }
            }
        }
    }

    /// Flits that a channel holds behind a port of a router; 0 where the port leads nowhere.
    #[must_use]
    pub fn room(&self, router: u32, port: usize) -> u32 {
        match self.graph.wire(router, port).end {
            End::Router { .. } => self.config.depth,
            End::Endpoint(_) => self.config.ejection_depth,
            End::None => 0,
        }
    }

    /// Whether an offer can be carried.
    ///
    /// # Errors
    /// An endpoint, class, route or length that does not exist or would deadlock.
    pub fn check_offer(&self, source: u32, offer: &Offer) -> Result<(), ConfigError> {
        let count = self.graph.endpoints.len();
        let last = |of: usize| format!("0..={}", of.saturating_sub(1));
        if source as usize >= count {
            return Err(refuse("source", source, last(count), None));
        }
        if usize::from(offer.class) >= self.sets.len() {
            return Err(refuse("class", offer.class, last(self.sets.len()), None));
        }
        if !(1..=1 << 16).contains(&offer.flits) {
            return Err(refuse("flits", offer.flits, "1..=65536", None));
        }
        match offer.to {
            To::Endpoint(to) if to as usize >= count => Err(refuse("to", to, last(count), None)),
            To::Endpoint(_) => Ok(()),
            To::Route(route) => {
                let parts = self.routes.parts(route);
                if parts.is_empty() {
                    return Err(refuse("to", format!("{route:?}"), "a route of this network", None));
                }
                if parts.iter().any(|part| matches!(part.target, Target::Node(_))) {
                    self.config.check_copies(offer.flits)?;
                }
                Ok(())
            }
        }
    }
}

/// A set of channels, its lower and its upper half; a single channel is both.
fn halves(all: u16) -> [u16; 3] {
    let mut lower = all;
    while lower.count_ones() > (all.count_ones() / 2).max(1) {
        lower &= !(1 << lower.ilog2());
    }
    [all, lower, if lower == all { all } else { all & !lower }]
}
