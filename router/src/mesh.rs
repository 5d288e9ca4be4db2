//! Hops on a mesh with dimension-order routing: first along X, then along Y.
//!
//! Promises: hops between two tiles are the Manhattan distance, split by dimension; within a tile there are none.
//! Absent on purpose: links, buffers, contention (a cycle-accurate network is another model).

use synfire_core::address::CoreId;

/// Tiles of a mesh, each with some cores; cores are numbered tile by tile, tiles row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topology {
    /// Tiles from west to east.
    pub columns: u16,
    /// Cores of a tile.
    pub cores_per_tile: u16,
}

/// Router-to-router hops of one packet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hops {
    /// East or west.
    pub x: u32,
    /// North or south.
    pub y: u32,
}

impl Topology {
    /// Tile (column, row) of a core.
    #[must_use]
    pub fn tile(&self, core: CoreId) -> (u16, u16) {
        let tile = core.0 / self.cores_per_tile;
        (tile % self.columns, tile / self.columns)
    }

    /// Hops between two tiles.
    #[must_use]
    pub fn hops(&self, from: (u16, u16), to: (u16, u16)) -> Hops {
        Hops { x: u32::from(from.0.abs_diff(to.0)), y: u32::from(from.1.abs_diff(to.1)) }
    }
}
