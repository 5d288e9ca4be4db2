//! Synapse memory: one row an axon, dense or sparse, in the narrowest integer that holds the store.
//!
//! Dense: `weights[axon * posts + post]`. Sparse: row `axon` is `starts[axon]..starts[axon + 1]` of
//! `(post, weight)`, ascending in `post`. A row's slots are the neurons of one population slice.
//!
//! Promises: the encoding is invisible in the bits; weights are symmetric `s(store)`; a dense row counts all
//! its slots as synapses, a sparse one those it lists.
//! Absent on purpose: what a weight means in volts (its fraction), learning rules, traces.

use serde::{Deserialize, Serialize};

/// Weights in the narrowest lanes that hold them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WeightLanes {
    /// Stores of up to 8 bits.
    I8(Vec<i8>),
    /// Stores of 9 to 16 bits.
    I16(Vec<i16>),
}

impl WeightLanes {
    /// Room for `len` weights of `store_bits`, all zero.
    #[must_use]
    pub fn zeros(store_bits: u8, len: usize) -> Self {
        if store_bits <= 8 { Self::I8(vec![0; len]) } else { Self::I16(vec![0; len]) }
    }

    /// How many weights.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::I8(w) => w.len(),
            Self::I16(w) => w.len(),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One weight.
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> i32 {
        match self {
            Self::I8(w) => i32::from(w[index]),
            Self::I16(w) => i32::from(w[index]),
        }
    }

    /// Writes one weight, which fits the store by the caller's clamp.
    #[inline]
    pub fn set(&mut self, index: usize, weight: i32) {
        match self {
            Self::I8(w) => w[index] = weight as i8,
            Self::I16(w) => w[index] = weight as i16,
        }
    }
}

/// Which slots a row has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowLayout {
    /// Every neuron of the slice, in order.
    Dense,
    /// Listed slots.
    Sparse {
        /// First entry of each row, and one past the last.
        starts: Vec<u32>,
        /// Slot (neuron of the slice) of each entry.
        posts: Vec<u16>,
    },
}

/// The rows of one block of axons onto one population slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynapseMemory {
    /// Neurons of the slice.
    pub posts: usize,
    /// Rows.
    pub axons: usize,
    /// Which slots.
    pub layout: RowLayout,
    /// The weights, row by row.
    pub weights: WeightLanes,
}

impl SynapseMemory {
    /// The entries of row `axon` in `weights`.
    #[must_use]
    pub fn row(&self, axon: usize) -> core::ops::Range<usize> {
        match &self.layout {
            RowLayout::Dense => axon * self.posts..(axon + 1) * self.posts,
            RowLayout::Sparse { starts, .. } => starts[axon] as usize..starts[axon + 1] as usize,
        }
    }

    /// Slot (neuron of the slice) of entry `entry` of row `axon`.
    #[must_use]
    pub fn post(&self, axon: usize, entry: usize) -> usize {
        match &self.layout {
            RowLayout::Dense => entry - axon * self.posts,
            RowLayout::Sparse { posts, .. } => usize::from(posts[entry]),
        }
    }

    /// Bits of the memory: weights of `store_bits`, and for sparse rows an index an entry and a pointer a row.
    #[must_use]
    pub fn bits(&self, store_bits: u8) -> u64 {
        let weights = self.weights.len() as u64 * u64::from(store_bits);
        match self.layout {
            RowLayout::Dense => weights,
            RowLayout::Sparse { .. } => {
                let index_bits = u64::from(usize::BITS - (self.posts.max(2) - 1).leading_zeros());
                let pointer_bits = u64::from(usize::BITS - self.weights.len().max(1).leading_zeros());
                weights + self.weights.len() as u64 * index_bits + (self.axons as u64 + 1) * pointer_bits
            }
        }
    }
}
