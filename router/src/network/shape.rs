//! Shapes of networks: how many routers, where they are, and how their links are numbered.
//!
//! Routers of a mesh, torus or ring are numbered row by row. Links of a mesh and a torus with `t` routers in `c` columns
//! and `r` rows are numbered as in the analytic model (`topology`); on a torus the number that names no link of a mesh
//! names the link around. A ring is a torus of one row. Ports of a router:
//!
//! | shape | ports | links |
//! | --- | --- | --- |
//! | mesh, torus | 0 east, 1 west, 2 south, 3 north | `topology`'s numbers |
//! | ring | 0 east, 1 west | as a torus of one row: `0..n` east, `n..2n` west |
//! | crossbar | none | none: all cores are at one router |
//! | tree | `0..arity` to children, then `parents` to parents | up from (router, parent): `router * parents + parent`; down the same pair: `u` more, with `u` the links up |
//!
//! A tree has `levels` of routers. Its leaves, level 0, hold the cores; a router of level `l` is named by its subtree and
//! by the choice among parents that leads to it: `subtree * parents^l + choice`, behind all routers of lower levels.
//!
//! What a chip file may say of it stands here, too ([`TileShape`]): a new shape is this file, its route (`routing`) and its
//! words in `docs/formats.md`.
//!
//! Promises: numbers depend on the shape alone. Absent on purpose: routes, buffers.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;

/// Routers and what connects them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// Neighbours east, west, south and north.
    Mesh {
        /// Routers from west to east.
        columns: u32,
        /// Routers from north to south.
        rows: u32,
    },
    /// A mesh whose rows and columns are closed to rings.
    Torus {
        /// Routers from west to east.
        columns: u32,
        /// Routers from north to south.
        rows: u32,
    },
    /// Routers in a circle, both ways.
    Ring {
        /// How many.
        routers: u32,
    },
    /// One router.
    Crossbar,
    /// A tree; with several parents a node, a fat tree.
    Tree {
        /// Children of a router.
        arity: u32,
        /// Levels of routers, the leaves included.
        levels: u32,
        /// Parents of a router: 1 is a plain tree.
        parents: u32,
    },
}

/// What connects the tiles of a chip, as its file says. How many routers there are, the tiles say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Shape")]
pub enum TileShape {
    /// Neighbours east, west, south and north.
    Mesh,
    /// A mesh whose rows and columns are closed to rings.
    Torus,
    /// One row of tiles, closed.
    Ring,
    /// One tile, all cores at its router.
    Crossbar,
    /// A tree whose leaves are the tiles.
    Tree {
        /// Children of a router.
        arity: u32,
        /// Levels of routers, the leaves included.
        levels: u32,
        /// Parents of a router: 1 is a plain tree, more a fat tree.
        parents: u32,
    },
}

/// Tiles of a chip that a shape cannot connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TileMisfit {
    /// What is wrong.
    pub title: &'static str,
    /// Which tiles it connects.
    pub allowed: String,
}

/// Place of a router of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Level, leaves are 0.
    pub level: u32,
    /// Subtree that it is above of, among those of its level.
    pub subtree: u32,
    /// Which of the routers above that subtree.
    pub choice: u32,
}

/// Ports of a router of a mesh, torus or ring.
pub const EAST: usize = 0;
/// See [`EAST`].
pub const WEST: usize = 1;
/// See [`EAST`].
pub const SOUTH: usize = 2;
/// See [`EAST`].
pub const NORTH: usize = 3;

/// Largest number of routers.
pub const ROUTERS: u32 = 65_536;

/// A number that a shape states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub found: u32,
    /// What it may be.
    pub allowed: RangeInclusive<u32>,
}

impl fmt::Display for Shape {
    /// Its name and sizes, for tables.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mesh { columns, rows } => write!(to, "mesh {columns}x{rows}"),
            Self::Torus { columns, rows } => write!(to, "torus {columns}x{rows}"),
            Self::Ring { routers } => write!(to, "ring {routers}"),
            Self::Crossbar => to.write_str("crossbar"),
            Self::Tree { arity, levels, parents } => write!(to, "tree {arity}^{levels}, {parents} parents"),
        }
    }
}

impl TileShape {
    /// The routers of `columns` times `rows` tiles of `cores` cores each, and what connects them.
    ///
    /// # Errors
    /// When the shape has no place for such tiles.
    pub fn over(self, (columns, rows): (u32, u32), cores: u32) -> Result<Shape, TileMisfit> {
        let tiles = columns.saturating_mul(rows);
        let only =
            |fits: bool, title, allowed| if fits { Ok(()) } else { Err(TileMisfit { title, allowed }) };
        Ok(match self {
            Self::Mesh => Shape::Mesh { columns, rows },
            Self::Torus => Shape::Torus { columns, rows },
            Self::Ring => {
                only(rows == 1, "a ring has one row of tiles", format!("`rows: 1, columns: {tiles}`"))?;
                Shape::Ring { routers: columns }
            }
            Self::Crossbar => {
                let allowed =
                    format!("`columns: 1, rows: 1, cores_per_tile: {}`", tiles.saturating_mul(cores));
                only(tiles == 1, "a crossbar has one tile", allowed)?;
                Shape::Crossbar
            }
            Self::Tree { arity, levels, parents } => {
                let tree = Shape::Tree { arity, levels, parents };
                let allowed = format!("{} tiles: arity^(levels - 1)", tree.leaves());
                only(tiles == tree.leaves(), "the leaves of the tree are not the tiles", allowed)?;
                tree
            }
        })
    }
}

impl Shape {
    /// Every shape of at most `most` routers: what holds of all is tried on each.
    #[must_use]
    pub fn of_at_most(most: u32) -> Vec<Self> {
        let all = || 1..=most;
        let pairs = || all().flat_map(move |a| all().map(move |b| (a, b)));
        let trees = pairs()
            .flat_map(|(arity, levels)| all().map(move |parents| Self::Tree { arity, levels, parents }));
        pairs()
            .flat_map(|(columns, rows)| [Self::Mesh { columns, rows }, Self::Torus { columns, rows }])
            .chain(all().map(|routers| Self::Ring { routers }))
            .chain([Self::Crossbar])
            .chain(trees)
            .filter(|shape| shape.routers() <= most)
            .filter(|shape| shape.sizes().iter().all(|size| size.allowed.contains(&size.found)))
            .collect()
    }

    /// The numbers that it states.
    #[must_use]
    pub fn sizes(self) -> Vec<Size> {
        let size = |name, found, allowed| Size { name, found, allowed };
        match self {
            Self::Mesh { columns, rows } | Self::Torus { columns, rows } => {
                vec![size("columns", columns, 1..=ROUTERS), size("rows", rows, 1..=ROUTERS)]
            }
            Self::Ring { routers } => vec![size("routers", routers, 2..=ROUTERS)],
            Self::Crossbar => Vec::new(),
            Self::Tree { arity, levels, parents } => vec![
                size("arity", arity, 1..=32),
                size("levels", levels, 1..=16),
                size("parents", parents, 1..=16),
            ],
        }
    }

    /// Columns and rows of a shape that has such.
    #[must_use]
    pub fn grid(self) -> Option<(u32, u32)> {
        match self {
            Self::Mesh { columns, rows } | Self::Torus { columns, rows } => Some((columns, rows)),
            Self::Ring { routers } => Some((routers, 1)),
            Self::Crossbar | Self::Tree { .. } => None,
        }
    }

    /// Whether rows and columns are closed.
    #[must_use]
    pub fn closed(self) -> bool {
        matches!(self, Self::Torus { .. } | Self::Ring { .. })
    }

    /// How many routers; saturates where a number does not hold them.
    #[must_use]
    pub fn routers(self) -> u32 {
        match self {
            Self::Mesh { columns, rows } | Self::Torus { columns, rows } => columns.saturating_mul(rows),
            Self::Ring { routers } => routers,
            Self::Crossbar => 1,
            Self::Tree { levels, .. } => {
                (0..levels).fold(0, |all: u32, level| all.saturating_add(self.routers_of(level)))
            }
        }
    }

    /// Routers that have cores: all, or the leaves of a tree. They come first.
    #[must_use]
    pub fn leaves(self) -> u32 {
        if matches!(self, Self::Tree { .. }) { self.routers_of(0) } else { self.routers() }
    }

    /// Routers of a level of a tree.
    #[must_use]
    pub fn routers_of(self, level: u32) -> u32 {
        let Self::Tree { arity, levels, parents } = self else { return 0 };
        arity.saturating_pow(levels.saturating_sub(1 + level)).saturating_mul(parents.saturating_pow(level))
    }

    /// Ports of a router that lead to routers.
    #[must_use]
    pub fn ways(self) -> usize {
        match self {
            Self::Mesh { .. } | Self::Torus { .. } => 4,
            Self::Ring { .. } => 2,
            Self::Crossbar => 0,
            Self::Tree { arity, parents, .. } => (arity + parents) as usize,
        }
    }

    /// One past the largest number of a link.
    #[must_use]
    pub fn links(self) -> usize {
        self.routers() as usize
            * match self {
                Self::Mesh { .. } | Self::Torus { .. } => 4,
                Self::Ring { .. } => 2,
                Self::Crossbar => 0,
                Self::Tree { parents, .. } => 2 * parents as usize,
            }
    }

    /// Place of a router of a tree.
    #[must_use]
    pub fn node(self, router: u32) -> Node {
        let Self::Tree { levels, parents, .. } = self else {
            return Node { level: 0, subtree: router, choice: 0 };
        };
        let (mut level, mut rest) = (0, router);
        while level + 1 < levels && rest >= self.routers_of(level) {
            rest -= self.routers_of(level);
            level += 1;
        }
        let copies = parents.pow(level);
        Node { level, subtree: rest / copies, choice: rest % copies }
    }

    /// Router at a place of a tree.
    #[must_use]
    pub fn router_at(self, node: Node) -> u32 {
        let Self::Tree { parents, .. } = self else { return node.subtree };
        let below: u32 = (0..node.level).map(|level| self.routers_of(level)).sum();
        below + node.subtree * parents.pow(node.level) + node.choice
    }

    /// Where a port of a router leads: the neighbour, its port back, and the number of the link; `None` for a port
    /// without a link.
    #[must_use]
    pub fn neighbour(self, router: u32, port: usize) -> Option<(u32, usize, usize)> {
        if let Shape::Tree { .. } = self {
            return self.tree_neighbour(router, port);
        }
        let (columns, rows) = self.grid()?;
        let (column, row) = (router % columns, router / columns);
        let (at, size) = if port < SOUTH { (column, columns) } else { (row, rows) };
        let forward = port == EAST || port == SOUTH;
        let edge = if forward { at + 1 == size } else { at == 0 };
        if port >= self.ways() || size == 1 || edge && !self.closed() {
            return None;
        }
        let to = if forward { (at + 1) % size } else { (at + size - 1) % size };
        // A link is numbered by its western or northern end.
        let low = if forward { at } else { to };
        let tiles = columns * rows;
        let (neighbour, link) = if port < SOUTH {
            (row * columns + to, port as u32 * tiles + row * columns + low)
        } else {
            (to * columns + column, port as u32 * tiles + column * rows + low)
        };
        Some((neighbour, port ^ 1, link as usize))
    }

    fn tree_neighbour(self, router: u32, port: usize) -> Option<(u32, usize, usize)> {
        let Self::Tree { arity, levels, parents } = self else { return None };
        let at = self.node(router);
        let up = (self.routers() * parents) as usize;
        let port = port as u32;
        if port >= arity {
            let choice = port - arity;
            if choice >= parents || at.level + 1 == levels {
                return None;
            }
            let parent = Node {
                level: at.level + 1,
                subtree: at.subtree / arity,
                choice: at.choice * parents + choice,
            };
            let link = (router * parents + choice) as usize;
            return Some((self.router_at(parent), (at.subtree % arity) as usize, link));
        }
        if at.level == 0 {
            return None;
        }
        let child =
            Node { level: at.level - 1, subtree: at.subtree * arity + port, choice: at.choice / parents };
        let (child, choice) = (self.router_at(child), at.choice % parents);
        Some((child, (arity + choice) as usize, up + (child * parents + choice) as usize))
    }
}
