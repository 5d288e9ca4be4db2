//! Which way a packet takes: the port of its next hop, from where it is and where it goes to.
//!
//! | shape | rule |
//! | --- | --- |
//! | mesh | along X, then along Y |
//! | mesh with path multicast | along the snake through all routers, over neighbours that do not pass the destination |
//! | torus, ring | the shorter way along X, then along Y; halfway round, east or south from an even router, else back |
//! | crossbar | to the core |
//! | tree | up to the nearest common ancestor, by the digits of the destination among parents, then down |
//!
//! A hop on a torus or ring may use one half of a packet's channels: the lower half while the way still leads over the
//! link around, the upper half from there on.
//!
//! Promises: a way depends on the router and the destination alone, so packets of a source to a destination stay in
//! order on one channel. Absent on purpose: adaptive routing.

use crate::network::shape::{EAST, NORTH, Node, SOUTH, Shape, WEST};

/// Which of a packet's channels a hop may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// All of them.
    All,
    /// The lower half: the link around is ahead.
    Lower,
    /// The upper half.
    Upper,
}

/// A hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// Port that it leaves by.
    pub port: usize,
    /// Channels it may use.
    pub half: Half,
}

/// Place of a router on the snake through all routers of a grid: even rows eastward, odd rows westward.
#[must_use]
pub fn snake(columns: u32, router: u32) -> u32 {
    let (column, row) = (router % columns, router / columns);
    row * columns + if row % 2 == 0 { column } else { columns - 1 - column }
}

/// The hop from router `at` towards router `to`; `None` where they are one. `paths`: by the rule of path multicast.
#[must_use]
pub fn hop(shape: Shape, paths: bool, at: u32, to: u32) -> Option<Hop> {
    if at == to {
        return None;
    }
    let all = |port| Some(Hop { port, half: Half::All });
    match shape {
        Shape::Mesh { columns, rows } if paths => all(snake_port(columns, rows, at, to)),
        Shape::Mesh { columns, .. } => {
            let (from, to) = ((at % columns, at / columns), (to % columns, to / columns));
            all(if from.0 != to.0 {
                if to.0 > from.0 { EAST } else { WEST }
            } else if to.1 > from.1 {
                SOUTH
            } else {
                NORTH
            })
        }
        Shape::Torus { columns, rows } => {
            let (from, to) = ((at % columns, at / columns), (to % columns, to / columns));
            Some(if from.0 != to.0 {
                around(from.0, to.0, columns, EAST)
            } else {
                around(from.1, to.1, rows, SOUTH)
            })
        }
        Shape::Ring { routers } => Some(around(at, to, routers, EAST)),
        Shape::Crossbar => None,
        Shape::Tree { arity, .. } => {
            let (from, to) = (shape.node(at), shape.node(to));
            let port = down_port(arity, from, to).unwrap_or_else(|| up_port(shape, from.level, to.subtree));
            all(port)
        }
    }
}

/// The hop along a closed dimension, `forward` being its port to higher numbers.
fn around(at: u32, to: u32, size: u32, forward: usize) -> Hop {
    let ahead = (to + size - at) % size;
    let goes_forward = 2 * ahead < size || 2 * ahead == size && at.is_multiple_of(2);
    let crosses = if goes_forward { to < at } else { to > at };
    Hop {
        port: if goes_forward { forward } else { forward + 1 },
        half: if crosses { Half::Lower } else { Half::Upper },
    }
}

/// Among neighbours nearer to `to` on the snake, not past it, the one nearest to `to`.
fn snake_port(columns: u32, rows: u32, at: u32, to: u32) -> usize {
    let mesh = Shape::Mesh { columns, rows };
    let (own, goal) = (snake(columns, at), snake(columns, to));
    let place = |port: usize| mesh.neighbour(at, port).map(|(router, _, _)| (snake(columns, router), port));
    let places = (0..mesh.ways()).filter_map(place);
    let best = if goal > own {
        places.filter(|(place, _)| *place > own && *place <= goal).max()
    } else {
        places.filter(|(place, _)| *place < own && *place >= goal).min()
    };
    // The next router of the snake is a neighbour and never past the goal.
    best.map_or(EAST, |(_, port)| port)
}

/// The port down towards leaf `to`, if it is below `from`.
#[must_use]
pub fn down_port(arity: u32, from: Node, to: Node) -> Option<usize> {
    let below = to.subtree / arity.pow(from.level);
    (from.level > 0 && below == from.subtree)
        .then(|| (to.subtree / arity.pow(from.level - 1) % arity) as usize)
}

/// The port up from a level, chosen by a digit of a leaf's number.
#[must_use]
pub fn up_port(shape: Shape, level: u32, leaf: u32) -> usize {
    let Shape::Tree { arity, parents, .. } = shape else { return 0 };
    (arity + leaf / parents.pow(level) % parents) as usize
}
