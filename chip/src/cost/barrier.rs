//! The barrier that ends a step: fixed, or by the number of tiles in use.
//!
//! Promises: a table has a time for every number of tiles. Absent on purpose: a barrier by messages on the network.

use serde::{Deserialize, Serialize};

/// Rows of a table at most.
pub const MOST_ROWS: usize = 16;

/// Time of a barrier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barrier {
    /// From so many tiles on, so many picoseconds; the tiles ascend.
    rows: [(u32, u64); MOST_ROWS],
    len: u8,
}

impl Barrier {
    /// The same for any number of tiles.
    #[must_use]
    pub const fn fixed(ps: u64) -> Self {
        let mut rows = [(0, 0); MOST_ROWS];
        rows[0] = (0, ps);
        Self { rows, len: 1 }
    }

    /// From so many tiles on, so many picoseconds; `None` without rows, with more than [`MOST_ROWS`], or where tiles do
    /// not ascend.
    #[must_use]
    pub fn by_tiles(table: &[(u32, u64)]) -> Option<Self> {
        let ascend = table.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if table.is_empty() || table.len() > MOST_ROWS || !ascend {
            return None;
        }
        let mut rows = [(0, 0); MOST_ROWS];
        rows[..table.len()].copy_from_slice(table);
        Some(Self { rows, len: table.len() as u8 })
    }

    /// The table; of a fixed barrier a row from no tile on.
    #[must_use]
    pub fn rows(&self) -> &[(u32, u64)] {
        &self.rows[..usize::from(self.len)]
    }

    /// Picoseconds with so many tiles in use: the last row that begins at no more; below all of them, the first.
    #[must_use]
    pub fn ps(&self, tiles: usize) -> u64 {
        let begun = self.rows().iter().take_while(|(from, _)| *from as usize <= tiles).last();
        begun.unwrap_or(&self.rows[0]).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_holds_until_the_next_begins() {
        let table = Barrier::by_tiles(&[(1, 600), (2, 1000), (4, 1400), (29, 1800)]).expect("a table");
        let of = [0, 1, 2, 3, 4, 28, 29, 32].map(|tiles| table.ps(tiles));
        assert_eq!(of, [600, 600, 1000, 1000, 1400, 1400, 1800, 1800]);
        assert_eq!((Barrier::fixed(7).ps(0), Barrier::fixed(7).ps(1000)), (7, 7));
        assert_eq!(Barrier::by_tiles(&[]), None);
        assert_eq!(Barrier::by_tiles(&[(2, 1), (2, 1)]), None);
    }
}
