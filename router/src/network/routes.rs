//! Routes to several destinations: packets that leave the source, and the tree of routers each of them passes.
//!
//! | multicast | packets | each passes |
//! | --- | --- | --- |
//! | repeated | one a destination | its own way |
//! | path | at most two: towards higher and towards lower places of the snake | the snake's short cuts, a copy at each core |
//! | tree | one | the union of the ways from its source |
//!
//! On a tree of several parents a node, the union takes the parents that the source's digits name, since the ways of
//! different destinations would meet again.
//!
//! Promises: a core is reached once however often it is named; the same source and destinations are one route; a route
//! to one destination is the way of a single packet. Absent on purpose: flits, buffers.

use crate::network::check::{ConfigError, refuse};
use crate::network::config::{Config, Multicast};
use crate::network::graph::Graph;
use crate::network::routing::{Half, Hop, down_port, hop, snake, up_port};
use crate::network::shape::Shape;
use std::collections::BTreeMap;

/// A route that a network was told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RouteId(pub u32);

/// What one packet of a route is addressed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An endpoint.
    Endpoint(u32),
    /// A node of a tree: what is to be done at a router.
    Node(u32),
}

/// A router of a tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TreeNode {
    /// Ports that a copy leaves by.
    pub ports: u64,
    /// Those of them that may use the lower half of the channels only.
    pub lower: u64,
    /// Those that may use the upper half only.
    pub upper: u64,
    /// The node behind the lowest port that leads to a router; those of the other ports follow in order.
    pub first: u32,
}

/// A packet of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it goes.
    pub target: Target,
    /// Cores that it reaches.
    pub copies: u32,
}

/// All routes of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    known: BTreeMap<(u32, Vec<u32>), RouteId>,
    /// First part of each route, and one past the last.
    starts: Vec<u32>,
    parts: Vec<Part>,
    /// Nodes of all trees.
    pub nodes: Vec<TreeNode>,
}

impl Routes {
    /// The route from `source` to `destinations`, in any order.
    ///
    /// # Errors
    /// No destination, or an endpoint that does not exist.
    pub fn add(
        &mut self,
        config: &Config,
        graph: &Graph,
        source: u32,
        destinations: &[u32],
    ) -> Result<RouteId, ConfigError> {
        let count = graph.endpoints.len();
        for (name, endpoint) in destinations.iter().map(|to| ("destination", to)).chain([("source", &source)])
        {
            if *endpoint as usize >= count {
                return Err(refuse(name, endpoint, format!("0..={}", count - 1), None));
            }
        }
        let mut sorted = destinations.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.is_empty() {
            return Err(refuse("destinations", "none", "at least one", None));
        }
        if let Some(known) = self.known.get(&(source, sorted.clone())) {
            return Ok(*known);
        }
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.build(config, graph, source, &sorted);
        self.starts.push(self.parts.len() as u32);
        let id = RouteId(self.starts.len() as u32 - 2);
        self.known.insert((source, sorted), id);
        Ok(id)
    }

    /// The packets of a route; none for a route that does not exist.
    #[must_use]
    pub fn parts(&self, route: RouteId) -> &[Part] {
        let at = route.0 as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(first), Some(end)) => &self.parts[*first as usize..*end as usize],
            _ => &[],
        }
    }

    fn build(&mut self, config: &Config, graph: &Graph, source: u32, to: &[u32]) {
        let router = |endpoint: u32| graph.endpoints[endpoint as usize].router;
        if to.len() == 1 || config.multicast == Multicast::Repeated {
            self.parts.extend(to.iter().map(|to| Part { target: Target::Endpoint(*to), copies: 1 }));
            return;
        }
        let own = router(source);
        let mut lists = vec![to.to_vec()];
        if config.multicast == Multicast::Path {
            let columns = config.shape.grid().map_or(1, |grid| grid.0);
            let place = |endpoint: &u32| snake(columns, router(*endpoint));
            let (low, mut high): (Vec<u32>, Vec<u32>) =
                to.iter().partition(|endpoint| place(endpoint) < snake(columns, own));
            // What is at the source's own router goes with the lower list if there is no other to go with.
            let local_only = high.iter().all(|endpoint| router(*endpoint) == own);
            lists = if local_only && !low.is_empty() {
                vec![low.into_iter().chain(std::mem::take(&mut high)).collect()]
            } else {
                vec![high, low]
            };
        }
        for list in lists.into_iter().filter(|list| !list.is_empty()) {
            let root = self.nodes.len() as u32;
            self.nodes.push(TreeNode::default());
            self.grow(config, graph, (root, own), &Way { up: own, rising: true }, &list);
            self.parts.push(Part { target: Target::Node(root), copies: list.len() as u32 });
        }
    }

    /// Fills node `at.0`, at router `at.1`, for the endpoints `to`, and everything below it.
    fn grow(&mut self, config: &Config, graph: &Graph, at: (u32, u32), way: &Way, to: &[u32]) {
        let mut branches: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        let mut node = TreeNode::default();
        let next = next_on_path(config, graph, at.1, to);
        for endpoint in to {
            let place = graph.endpoints[*endpoint as usize];
            if place.router == at.1 {
                node.ports |= 1 << place.port;
                continue;
            }
            let Some(hop) = way.hop(config, at.1, next.unwrap_or(place.router)) else { continue };
            node.ports |= 1 << hop.port;
            match hop.half {
                Half::All => {}
                Half::Lower => node.lower |= 1 << hop.port,
                Half::Upper => node.upper |= 1 << hop.port,
            }
            branches.entry(hop.port).or_default().push(*endpoint);
        }
        // The link around is ahead of a branch as long as it is ahead of one of its destinations.
        node.upper &= !node.lower;
        node.first = self.nodes.len() as u32;
        self.nodes[at.0 as usize] = node;
        self.nodes.resize(self.nodes.len() + branches.len(), TreeNode::default());
        for (child, (port, list)) in branches.into_iter().enumerate() {
            let Some((router, ..)) = config.shape.neighbour(at.1, port) else { continue };
            let rising = way.rising && !is_down(config.shape, port);
            self.grow(config, graph, (node.first + child as u32, router), &Way { up: way.up, rising }, &list);
        }
    }
}

/// Which way a branch goes on.
struct Way {
    /// The leaf whose digits choose among parents.
    up: u32,
    /// Whether it has only gone up so far.
    rising: bool,
}

impl Way {
    fn hop(&self, config: &Config, at: u32, to: u32) -> Option<Hop> {
        let shape = config.shape;
        if let Shape::Tree { arity, .. } = shape {
            let (from, to) = (shape.node(at), shape.node(to));
            let port = down_port(arity, from, to)
                .or_else(|| self.rising.then(|| up_port(shape, from.level, self.up)))?;
            return Some(Hop { port, half: Half::All });
        }
        hop(shape, config.multicast == Multicast::Path, at, to)
    }
}

fn is_down(shape: Shape, port: usize) -> bool {
    matches!(shape, Shape::Tree { arity, .. } if port < arity as usize)
}

/// By path multicast, the router that a packet at `at` goes to next: the nearest on the snake.
fn next_on_path(config: &Config, graph: &Graph, at: u32, to: &[u32]) -> Option<u32> {
    if config.multicast != Multicast::Path {
        return None;
    }
    let columns = config.shape.grid()?.0;
    let routers = to.iter().map(|endpoint| graph.endpoints[*endpoint as usize].router);
    routers.filter(|router| *router != at).min_by_key(|to| snake(columns, *to).abs_diff(snake(columns, at)))
}
