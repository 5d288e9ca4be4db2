//! Synapse memory: one row an axon, dense, sparse or shared, in the narrowest integer that holds the store.
//!
//! Dense: `weights[axon * posts + post]`. Sparse: row `axon` is `starts[axon]..starts[axon + 1]` of
//! `(post, weight)`, ascending in `post`. Shared: the same of `(post, tap)`, and `weights[tap]` is stored once for
//! all entries that read it. A row's slots are the neurons of one population slice.
//!
//! Promises: the encoding is invisible in the bits; weights are symmetric `s(store)`; a dense row counts all
//! its slots as synapses, the others those they list.
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
    /// Listed slots that read the taps of a kernel.
    Shared {
        /// First entry of each row, and one past the last.
        starts: Vec<u32>,
        /// Slot (neuron of the slice) of each entry.
        posts: Vec<u16>,
        /// What each entry reads: an index into the weights.
        taps: Vec<u32>,
        /// The logical name of each weight.
        names: Vec<TapName>,
    },
}

/// The logical name of a stored tap: random words are keyed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TapName {
    /// Tap of the kernel.
    pub tap: u32,
    /// Copy of the kernel.
    pub copy: u32,
}

impl RowLayout {
    /// First entry of each row, and slot of each entry, where slots are listed.
    #[must_use]
    pub fn listed(&self) -> Option<(&[u32], &[u16])> {
        match self {
            Self::Dense => None,
            Self::Sparse { starts, posts } | Self::Shared { starts, posts, .. } => Some((starts, posts)),
        }
    }
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
    /// The weights, row by row; of shared rows, tap by tap.
    pub weights: WeightLanes,
}

impl SynapseMemory {
    /// The entries of row `axon`: of dense and sparse rows, places in `weights`.
    #[must_use]
    pub fn row(&self, axon: usize) -> core::ops::Range<usize> {
        match self.layout.listed() {
            None => axon * self.posts..(axon + 1) * self.posts,
            Some((starts, _)) => starts[axon] as usize..starts[axon + 1] as usize,
        }
    }

    /// Slot (neuron of the slice) of entry `entry` of row `axon`.
    #[must_use]
    pub fn post(&self, axon: usize, entry: usize) -> usize {
        match self.layout.listed() {
            None => entry - axon * self.posts,
            Some((_, posts)) => usize::from(posts[entry]),
        }
    }

    /// Place in `weights` of what an entry reads.
    #[inline]
    #[must_use]
    pub fn place(&self, entry: usize) -> usize {
        match &self.layout {
            RowLayout::Dense | RowLayout::Sparse { .. } => entry,
            RowLayout::Shared { taps, .. } => taps[entry] as usize,
        }
    }

    /// How many synapses: entries of all rows.
    #[must_use]
    pub fn entries(&self) -> usize {
        match &self.layout {
            RowLayout::Dense | RowLayout::Sparse { .. } => self.weights.len(),
            RowLayout::Shared { posts, .. } => posts.len(),
        }
    }

    /// Bits of the memory: weights of `store_bits`; for listed rows an index an entry and a pointer a row; for
    /// shared ones the number of a tap an entry.
    #[must_use]
    pub fn bits(&self, store_bits: u8) -> u64 {
        let entries = self.entries() as u64;
        let listed = || {
            let pointer_bits = u64::from(usize::BITS - self.entries().max(1).leading_zeros());
            entries * index_bits(self.posts) + (self.axons as u64 + 1) * pointer_bits
        };
        let weights = self.weights.len() as u64 * u64::from(store_bits);
        match self.layout {
            RowLayout::Dense => weights,
            RowLayout::Sparse { .. } => weights + listed(),
            RowLayout::Shared { .. } => weights + listed() + entries * index_bits(self.weights.len()),
        }
    }
}

/// Bits that tell `count` things apart, at least one.
#[must_use]
pub const fn index_bits(count: usize) -> u64 {
    let last = if count < 2 { 1 } else { count - 1 };
    (usize::BITS - last.leading_zeros()) as u64
}
