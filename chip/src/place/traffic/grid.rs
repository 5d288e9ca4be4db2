//! How far tiles are apart, for a search that asks often.
//!
//! Promises: the hops of the topology's ways. Absent on purpose: which way (`links`).

use synfire_router::network::shape::Shape;
use synfire_router::topology::{Tile, Topology};

/// Most tiles of which all distances are kept.
const KEPT: usize = 2048;

/// Distances of tiles.
#[derive(Clone, Debug)]
pub(super) enum Grid {
    /// Of a mesh: what columns and rows differ by.
    Mesh,
    /// All of them, by number of the tile, row by row.
    Table { columns: usize, tiles: usize, hops: Vec<u16> },
    /// Walked every time.
    Walked(Topology),
}

impl Grid {
    pub fn new(topology: &Topology) -> Self {
        if matches!(topology.shape, Shape::Mesh { .. }) {
            return Self::Mesh;
        }
        let (columns, rows) = (usize::from(topology.columns), usize::from(topology.rows));
        let tiles = columns * rows;
        if tiles > KEPT {
            return Self::Walked(*topology);
        }
        let tile = |at: usize| ((at % columns) as u16, (at / columns) as u16);
        let pairs = (0..tiles).flat_map(|from| (0..tiles).map(move |to| (tile(from), tile(to))));
        Self::Table {
            columns,
            tiles,
            hops: pairs.map(|(from, to)| walked(topology, from, to) as u16).collect(),
        }
    }

    /// Hops between two tiles.
    #[inline]
    pub fn hops(&self, a: Tile, b: Tile) -> u64 {
        match self {
            Self::Mesh => u64::from(a.0.abs_diff(b.0)) + u64::from(a.1.abs_diff(b.1)),
            Self::Table { columns, tiles, hops } => {
                let number = |tile: Tile| usize::from(tile.1) * columns + usize::from(tile.0);
                u64::from(hops[number(a) * tiles + number(b)])
            }
            Self::Walked(topology) => u64::from(walked(topology, a, b)),
        }
    }
}

fn walked(topology: &Topology, from: Tile, to: Tile) -> u32 {
    let hops = topology.way(from, to).hops;
    hops.x + hops.y
}
