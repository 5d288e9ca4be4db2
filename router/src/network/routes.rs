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
//! to one destination is the way of a single packet; trees of more nodes than a flit can name are refused, and the routes that
//! were there stay. Absent on purpose: flits, buffers.

use crate::network::check::{ConfigError, refuse};
use crate::network::config::{Config, Multicast};
use crate::network::graph::Graph;
use crate::network::routing::{Half, Hop, down_port, hop, snake, up_port};
use crate::network::shape::Shape;
use std::collections::BTreeMap;

/// Nodes of all trees of a network, which flits name by number.
pub const NODES: usize = 1 << 25;

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
    /// No destination, an endpoint that does not exist, or more nodes of trees than [`NODES`].
    pub fn add(
        &mut self,
        config: &Config,
        graph: &Graph,
        source: u32,
        destinations: &[u32],
    ) -> Result<RouteId, ConfigError> {
        self.add_within(config, graph, source, destinations, NODES)
    }

    fn add_within(
        &mut self,
        config: &Config,
        graph: &Graph,
        source: u32,
        destinations: &[u32],
        most: usize,
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
        let (nodes, parts) = (self.nodes.len(), self.parts.len());
        self.build(config, graph, source, &sorted);
        if self.nodes.len() > most {
            let found = format!("{} routers on the ways of all multicasts together", self.nodes.len());
            self.nodes.truncate(nodes);
            self.parts.truncate(parts);
            let reason = Some("a flit names its place on the way of its packet by number");
            return Err(refuse("destinations", found, format!("at most {most}, or Repeated"), reason));
        }
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
            // A list, not a recursion: a way may pass every router of the network.
            let mut open = vec![Open { node: root, router: own, rising: true, to: list.clone() }];
            while let Some(at) = open.pop() {
                self.grow(config, graph, own, &at, &mut open);
            }
            self.parts.push(Part { target: Target::Node(root), copies: list.len() as u32 });
        }
    }

    /// Fills a node of a tree whose source is at router `up`; what is below it is open then.
    fn grow(&mut self, config: &Config, graph: &Graph, up: u32, at: &Open, open: &mut Vec<Open>) {
        let mut branches: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        let mut node = TreeNode::default();
        let next = next_on_path(config, graph, at.router, &at.to);
        let way = Way { up, rising: at.rising };
        for endpoint in &at.to {
            let place = graph.endpoints[*endpoint as usize];
            if place.router == at.router {
                node.ports |= 1 << place.port;
                continue;
            }
            let Some(hop) = way.hop(config, at.router, next.unwrap_or(place.router)) else { continue };
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
        self.nodes[at.node as usize] = node;
        self.nodes.resize(self.nodes.len() + branches.len(), TreeNode::default());
        for (child, (port, to)) in branches.into_iter().enumerate() {
            let Some((router, ..)) = config.shape.neighbour(at.router, port) else { continue };
            let rising = at.rising && !is_down(config.shape, port);
            open.push(Open { node: node.first + child as u32, router, rising, to });
        }
    }
}

/// A node of a tree that is still to be filled.
struct Open {
    node: u32,
    router: u32,
    /// Whether its branch has only gone up so far.
    rising: bool,
    /// Endpoints that its branch leads to.
    to: Vec<u32>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::config::Pipeline;

    #[test]
    fn more_nodes_than_a_flit_names_are_refused() {
        let config = Config { multicast: Multicast::Tree, ..Config::mesh(4, 1, Pipeline::TWO, 1, 8) };
        let graph = Graph::new(&config);
        let mut routes = Routes::default();
        let mut add = |to: &[u32]| routes.add_within(&config, &graph, 0, to, 7);
        let first = add(&[0, 3]).expect("four nodes");
        let refused = add(&[1, 3]).expect_err("four more").to_string();
        let told = "destinations: found 8 routers on the ways of all multicasts together, allowed: at most 7, or Repeated";
        assert!(refused.starts_with(told), "{refused}");
        let second = add(&[1, 2]).expect("three more");
        assert_eq!(add(&[3, 0]), Ok(first));
        assert_eq!((routes.nodes.len(), routes.parts(first).len(), routes.parts(second).len()), (7, 1, 1));
        assert_eq!(routes.parts(second)[0].target, Target::Node(4));
    }

    /// On a thread with the stack that threads have.
    #[test]
    fn a_way_may_pass_every_router() {
        let config = Config { multicast: Multicast::Tree, ..Config::mesh(65_536, 1, Pipeline::TWO, 1, 8) };
        let graph = Graph::new(&config);
        let mut routes = Routes::default();
        let to: Vec<u32> = (0..65_536).step_by(4096).chain([65_535]).collect();
        let route = std::thread::scope(|threads| {
            let adds = threads.spawn(|| routes.add(&config, &graph, 0, &to));
            adds.join().expect("no overflow").expect("a route")
        });
        assert_eq!(routes.parts(route), [Part { target: Target::Node(0), copies: 17 }]);
        assert_eq!(routes.nodes.len(), 65_536);
    }
}
