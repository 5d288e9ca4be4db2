//! How the rows of a slice are laid out: decided once, for planning, for building and for counting.
//!
//! Promises: a plastic projection keeps exactly its synapses, so that no encoding can create or lose one that learns;
//! taps of a shared kernel that learn are stored once, fixed ones also one a synapse where that takes fewer bits or the
//! encoding says so. Absent on purpose: the rows themselves (`place::cut`).

use crate::network::{Encoding, Projection, Synapses};
use synfire_core::synapse::{RowEncoding, RowSizes};

/// What the rows of a projection onto one slice hold, whatever their layout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// Neurons of the slice.
    pub posts: usize,
    /// Axons that reach one of them; of dense projections all.
    pub axons: usize,
    /// Synapses; of a dense projection in sparse rows, those that are kept.
    pub entries: usize,
    /// Whether an axon has two synapses onto one neuron.
    pub repeats: bool,
    /// Weights of a shared kernel that any of them reads.
    pub taps: usize,
}

impl Content {
    fn dense(&self) -> RowSizes {
        let slots = self.axons * self.posts;
        let (posts, axons) = (self.posts, self.axons);
        RowSizes { encoding: RowEncoding::Dense, posts, axons, entries: slots, weights: slots }
    }

    fn listed(&self, encoding: RowEncoding, weights: usize) -> RowSizes {
        RowSizes { encoding, posts: self.posts, axons: self.axons, entries: self.entries, weights }
    }
}

/// The rows that a core keeps.
#[must_use]
pub fn sizes(projection: &Projection, content: Content) -> RowSizes {
    let store = projection.format.store_bits;
    let plastic = projection.learning.is_some();
    let own = match (&projection.synapses, projection.encoding) {
        (Synapses::Dense { .. }, Encoding::Auto | Encoding::Dense | Encoding::Shared) => content.dense(),
        (Synapses::Dense { .. }, Encoding::Sparse) => content.listed(RowEncoding::Sparse, content.entries),
        (Synapses::Sparse { .. } | Synapses::Shared { .. }, encoding) => {
            let (sparse, dense) = (content.listed(RowEncoding::Sparse, content.entries), content.dense());
            let full = content.entries == dense.entries;
            let may_be_dense = !content.repeats && (full || !plastic);
            let wants_dense = match encoding {
                Encoding::Auto => dense.bits(store) <= sparse.bits(store),
                Encoding::Dense => true,
                Encoding::Sparse | Encoding::Shared => false,
            };
            if may_be_dense && wants_dense { dense } else { sparse }
        }
    };
    if !matches!(projection.synapses, Synapses::Shared { .. }) {
        return own;
    }
    let shared = content.listed(RowEncoding::Shared, content.taps);
    let wanted = match projection.encoding {
        Encoding::Auto => shared.bits(store) <= own.bits(store),
        Encoding::Shared => true,
        Encoding::Dense | Encoding::Sparse => false,
    };
    if plastic || wanted { shared } else { own }
}
