//! Where the cores of a chip are, which links a packet takes, and how the links are numbered.
//!
//! Tiles stand in columns and rows; what connects their routers is a [`Shape`], whose rules of routing and numbers of
//! links are `network`'s, so that one link has one name in every model. Everybody who wants to know a way, its hops or
//! its links asks here. On a mesh, of `t` tiles in `c` columns and `r` rows:
//!
//! | links | number | leads |
//! | --- | --- | --- |
//! | `0..t` | `row * c + column` | east, from (column, row) to (column + 1, row) |
//! | `t..2t` | `t + row * c + column` | west, from (column + 1, row) to (column, row) |
//! | `2t..3t` | `2t + column * r + row` | south, from (column, row) to (column, row + 1) |
//! | `3t..4t` | `3t + column * r + row` | north, from (column, row + 1) to (column, row) |
//!
//! A number whose far tile would lie outside the mesh names no link; nothing ever passes it.
//!
//! Promises: hops on a grid are split by dimension, the fewest there are; within a tile there are none. The links of a way
//! are runs of consecutive numbers, on a mesh at most two, so that loads are counted by differences (`loads`).
//! Absent on purpose: buffers, contention (`network`), prices and times of hops.

use crate::network::routing;
use crate::network::shape::{SOUTH, Shape};
use serde::{Deserialize, Serialize};
use synfire_core::address::CoreId;

/// Column and row of a tile.
pub type Tile = (u16, u16);

/// In which order tiles are numbered, and with them cores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Numbering {
    /// Row by row, from the north-west corner to the east.
    #[default]
    ByRows,
    /// Column by column, from the north-west corner to the south.
    ByColumns,
}

/// Tiles, each with some cores; cores are numbered tile by tile. Routers are numbered row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topology {
    /// Tiles from west to east.
    pub columns: u16,
    /// Tiles from north to south.
    pub rows: u16,
    /// Cores of a tile.
    pub cores_per_tile: u16,
    /// Tile at which packets from the host enter.
    pub io_tile: Tile,
    /// What connects the routers of the tiles.
    pub shape: Shape,
    /// In which order tiles are numbered.
    pub numbering: Numbering,
}

/// Router-to-router hops of one packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hops {
    /// East or west; on a tree, up or down.
    pub x: u32,
    /// North or south.
    pub y: u32,
}

/// Links with consecutive numbers: `first..end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Number of the first.
    pub first: u32,
    /// One past the last; as large as `first` where there is none.
    pub end: u32,
}

/// What a packet passes between two tiles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Its hops.
    pub hops: Hops,
    /// Its links: on a mesh those along X and those along Y; elsewhere all are in `further`.
    links: [Span; 2],
    further: Vec<Span>,
}

impl Way {
    /// Its links, in runs of consecutive numbers.
    pub fn links(&self) -> impl Iterator<Item = Span> + '_ {
        self.links.iter().chain(&self.further).copied()
    }

    /// Adds the link behind a port of a router; the router there, or `None` where the port leads to none.
    pub(crate) fn pass(&mut self, shape: Shape, router: u32, port: usize) -> Option<u32> {
        let (next, _, link) = shape.neighbour(router, port)?;
        let along_y = shape.grid().is_some() && port >= SOUTH;
        *(if along_y { &mut self.hops.y } else { &mut self.hops.x }) += 1;
        let link = link as u32;
        match self.further.last_mut() {
            Some(last) if last.end == link => last.end += 1,
            Some(last) if last.first == link + 1 => last.first = link,
            _ => self.further.push(Span { first: link, end: link + 1 }),
        }
        Some(next)
    }
}

impl Topology {
    /// Tile of a core.
    #[must_use]
    pub fn tile(&self, core: CoreId) -> Tile {
        let tile = core.0 / self.cores_per_tile;
        match self.numbering {
            Numbering::ByRows => (tile % self.columns, tile / self.columns),
            Numbering::ByColumns => (tile / self.rows, tile % self.rows),
        }
    }

    /// Core of a tile, counted from 0 within it.
    #[must_use]
    pub fn core(&self, tile: Tile, place: u16) -> CoreId {
        let tile = match self.numbering {
            Numbering::ByRows => tile.1 * self.columns + tile.0,
            Numbering::ByColumns => tile.0 * self.rows + tile.1,
        };
        CoreId(tile * self.cores_per_tile + place)
    }

    /// The way of a packet from one tile to another.
    #[must_use]
    pub fn way(&self, from: Tile, to: Tile) -> Way {
        if !matches!(self.shape, Shape::Mesh { .. }) {
            return self.walk(self.router(from), self.router(to));
        }
        let (columns, rows) = (u32::from(self.columns), u32::from(self.rows));
        let tiles = columns * rows;
        // Links of a direction and its opposite are numbered alike, by their western or northern end.
        let span = |base: u32, from: u16, to: u16| {
            let base = base + if to < from { tiles } else { 0 };
            Span { first: base + u32::from(from.min(to)), end: base + u32::from(from.max(to)) }
        };
        Way {
            hops: Hops { x: u32::from(from.0.abs_diff(to.0)), y: u32::from(from.1.abs_diff(to.1)) },
            links: [
                span(u32::from(from.1) * columns, from.0, to.0),
                span(2 * tiles + u32::from(to.0) * rows, from.1, to.1),
            ],
            further: Vec::new(),
        }
    }

    /// The way hop by hop, by the rules of the network.
    fn walk(&self, mut at: u32, to: u32) -> Way {
        let mut way = Way::default();
        while let Some(hop) = routing::hop(self.shape, false, at, to) {
            let Some(next) = way.pass(self.shape, at, hop.port) else { break };
            at = next;
        }
        way
    }

    /// Router of a tile.
    fn router(&self, tile: Tile) -> u32 {
        u32::from(tile.1) * u32::from(self.columns) + u32::from(tile.0)
    }

    /// The way of a packet between two cores.
    #[must_use]
    pub fn between(&self, from: CoreId, to: CoreId) -> Way {
        self.way(self.tile(from), self.tile(to))
    }

    /// The way of a packet from the host to a core.
    #[must_use]
    pub fn from_host(&self, to: CoreId) -> Way {
        self.way(self.io_tile, self.tile(to))
    }

    /// One past the largest number of a link.
    #[must_use]
    pub fn links(&self) -> usize {
        self.shape.links()
    }

    /// The routers that a link leads from and to; `None` for a number that names no link. Looks at all of them.
    #[must_use]
    pub fn ends(&self, link: usize) -> Option<(u32, u32)> {
        let ports =
            (0..self.shape.routers()).flat_map(|at| (0..self.shape.ways()).map(move |port| (at, port)));
        let mut led = ports.filter_map(|(at, port)| {
            let (to, _, number) = self.shape.neighbour(at, port)?;
            (number == link).then_some((at, to))
        });
        led.next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(shape: Shape, (columns, rows): (u16, u16)) -> Topology {
        Topology { columns, rows, cores_per_tile: 2, io_tile: (1, 0), shape, numbering: Numbering::ByRows }
    }

    /// Routers between which a packet passes at least, counted outward from `from`, link by link; `u32::MAX` where it
    /// cannot get to.
    fn fewest(shape: Shape, from: u32) -> Vec<u32> {
        let mut hops = vec![u32::MAX; shape.routers() as usize];
        hops[from as usize] = 0;
        let mut next = std::collections::VecDeque::from([from]);
        while let Some(at) = next.pop_front() {
            for (to, ..) in (0..shape.ways()).filter_map(|port| shape.neighbour(at, port)) {
                if hops[to as usize] == u32::MAX {
                    hops[to as usize] = hops[at as usize] + 1;
                    next.push_back(to);
                }
            }
        }
        hops
    }

    /// The links of a way, laid one after the other, lead from its first tile to its last, over as few as there are.
    fn ways_are_shortest_paths(topology: Topology) {
        let shape = topology.shape;
        let ends: Vec<_> = (0..topology.links()).map(|link| topology.ends(link)).collect();
        let tile = |number: u32| topology.tile(CoreId(2 * number as u16));
        // What is a hop along Y: on a grid, one to another row.
        let row = |router: u32| shape.grid().map_or(0, |(columns, _)| router / columns);
        for from in 0..shape.leaves() {
            let fewest = fewest(shape, from);
            for to in 0..shape.leaves() {
                let way = topology.way(tile(from), tile(to));
                let (mut at, mut hops) = (from, Hops::default());
                for span in way.links() {
                    let mut links: Vec<_> = ends[span.first as usize..span.end as usize]
                        .iter()
                        .map(|ends| ends.expect("a link"))
                        .collect();
                    if links.first().is_some_and(|first| first.0 != at) {
                        links.reverse();
                    }
                    for (near, far) in links {
                        assert_eq!(near, at, "{shape}: {from} -> {to}");
                        *(if row(near) == row(far) { &mut hops.x } else { &mut hops.y }) += 1;
                        at = far;
                    }
                }
                assert_eq!((at, way.hops), (to, hops), "{shape}: {from} -> {to}");
                assert_eq!(hops.x + hops.y, fewest[to as usize], "{shape}: {from} -> {to}");
            }
        }
        assert_eq!(topology.between(CoreId(0), CoreId(1)).hops, Hops::default(), "cores of one tile");
    }

    #[test]
    fn a_way_is_a_shortest_path_over_its_links() {
        for shape in Shape::of_at_most(16) {
            let (columns, rows) = shape.grid().unwrap_or((shape.leaves(), 1));
            ways_are_shortest_paths(of(shape, (columns as u16, rows as u16)));
        }
        let mesh = of(Shape::Mesh { columns: 4, rows: 3 }, (4, 3));
        assert_eq!(mesh.way((3, 0), (1, 2)).hops, Hops { x: 2, y: 2 });
        assert_eq!(mesh.from_host(CoreId(0)), mesh.way((1, 0), (0, 0)));
    }

    #[test]
    fn tiles_are_numbered_along_rows_or_columns() {
        let rows = of(Shape::Mesh { columns: 4, rows: 3 }, (4, 3));
        let columns = Topology { numbering: Numbering::ByColumns, ..rows };
        // Two cores a tile: core 9 sits on tile 4.
        assert_eq!((rows.tile(CoreId(9)), columns.tile(CoreId(9))), ((0, 1), (1, 1)));
        assert_eq!(columns.between(CoreId(0), CoreId(4)).hops, Hops { x: 0, y: 2 });
        for (core, of) in (0..24).flat_map(|core| [(core, &rows), (core, &columns)]) {
            assert_eq!(of.core(of.tile(CoreId(core)), core % 2), CoreId(core), "{of:?}");
        }
    }

    #[test]
    fn every_link_has_one_number() {
        for shape in Shape::of_at_most(16) {
            let ports = (0..shape.routers()).flat_map(|at| (0..shape.ways()).map(move |port| (at, port)));
            let mut numbers = Vec::new();
            for (at, port) in ports {
                let Some((to, back, link)) = shape.neighbour(at, port) else { continue };
                let (home, forth, other) = shape.neighbour(to, back).expect("a link back");
                assert_eq!((home, forth), (at, port), "{shape}: router {at}, port {port}");
                assert_ne!(other, link, "{shape}: both directions of a pair");
                numbers.push(link);
            }
            numbers.sort_unstable();
            assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{shape}: {numbers:?}");
            assert!(numbers.iter().all(|number| *number < shape.links()), "{shape}");
        }
        let mesh = of(Shape::Mesh { columns: 3, rows: 4 }, (3, 4));
        let ends = (0..mesh.links()).filter_map(|link| mesh.ends(link));
        assert_eq!(ends.count(), 2 * (2 * 4 + 3 * 3), "both directions of every pair of neighbours");
        assert_eq!(mesh.ends(mesh.links()), None);
    }
}
