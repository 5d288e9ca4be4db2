//! Where the cores of a chip are, which links a packet takes, and how the links are numbered.
//!
//! A mesh of tiles with dimension-order routing: a packet goes first along X, then along Y. Everybody who wants to
//! know a way, its hops or its links asks here, so that another topology is another body of this file.
//!
//! A link leads from one router to a neighbour, one way. With `t` tiles in `c` columns and `r` rows:
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
//! Promises: hops between two tiles are the Manhattan distance, split by dimension; within a tile there are none. The
//! links of a way are at most two runs of consecutive numbers, so that loads are counted by differences (`loads`).
//! Absent on purpose: buffers, contention (a cycle-accurate network is another model), prices and times of hops.

use synfire_core::address::CoreId;

/// Column and row of a tile.
pub type Tile = (u16, u16);

/// Tiles of a mesh, each with some cores; cores are numbered tile by tile, tiles row by row.
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
}

/// Router-to-router hops of one packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hops {
    /// East or west.
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// Its hops.
    pub hops: Hops,
    /// Its links: those along X, those along Y.
    pub links: [Span; 2],
}

impl Topology {
    /// Tile of a core.
    #[must_use]
    pub fn tile(&self, core: CoreId) -> Tile {
        let tile = core.0 / self.cores_per_tile;
        (tile % self.columns, tile / self.columns)
    }

    /// The way of a packet from one tile to another.
    #[must_use]
    pub fn way(&self, from: Tile, to: Tile) -> Way {
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
        }
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
        4 * usize::from(self.columns) * usize::from(self.rows)
    }

    /// The tiles that a link leads from and to; `None` for a number that names no link.
    #[must_use]
    pub fn ends(&self, link: usize) -> Option<(Tile, Tile)> {
        let (columns, rows) = (usize::from(self.columns), usize::from(self.rows));
        let (direction, at) = (link / (columns * rows), link % (columns * rows));
        let along_x = direction < 2;
        let near = if along_x { (at % columns, at / columns) } else { (at / rows, at % rows) };
        let far = if along_x { (near.0 + 1, near.1) } else { (near.0, near.1 + 1) };
        let tile = |(column, row): (usize, usize)| (column as u16, row as u16);
        let (near, far) = (far.0 < columns && far.1 < rows).then(|| (tile(near), tile(far)))?;
        match direction {
            0 | 2 => Some((near, far)),
            1 | 3 => Some((far, near)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The links of a way, laid one after the other along X and then along Y, lead from its first tile to its last.
    #[test]
    fn a_way_is_a_path_over_its_links() {
        let mesh = Topology { columns: 4, rows: 3, cores_per_tile: 2, io_tile: (1, 2) };
        let tiles: Vec<Tile> = (0..24).step_by(2).map(|core| mesh.tile(CoreId(core))).collect();
        assert_eq!(tiles.len(), 12);
        for from in &tiles {
            for to in &tiles {
                let way = mesh.way(*from, *to);
                let mut at = *from;
                for span in way.links {
                    let mut ends: Vec<_> =
                        (span.first..span.end).map(|l| mesh.ends(l as usize).expect("a link")).collect();
                    if ends.first().is_some_and(|first| first.0 != at) {
                        ends.reverse();
                    }
                    for (near, far) in ends {
                        assert_eq!(near, at, "{from:?} -> {to:?}");
                        at = far;
                    }
                }
                assert_eq!(at, *to, "{from:?} -> {to:?}");
                let [x, y] = way.links.map(|span| span.end - span.first);
                assert_eq!((x, y), (way.hops.x, way.hops.y));
            }
        }
        assert_eq!(mesh.between(CoreId(0), CoreId(1)).hops, Hops::default(), "cores of one tile");
        assert_eq!(mesh.from_host(CoreId(0)).hops, Hops { x: 1, y: 2 });
    }

    #[test]
    fn every_link_has_one_number() {
        let mesh = Topology { columns: 3, rows: 4, cores_per_tile: 1, io_tile: (0, 0) };
        let mut ends: Vec<_> = (0..mesh.links()).filter_map(|link| mesh.ends(link)).collect();
        assert_eq!(ends.len(), 2 * (2 * 4 + 3 * 3), "both directions of every pair of neighbours");
        ends.sort_unstable();
        ends.dedup();
        assert_eq!(ends.len(), 2 * (2 * 4 + 3 * 3));
        assert_eq!(mesh.ends(mesh.links()), None);
    }
}
