//! Synapse memory: one row an axon, dense, sparse or shared, in the narrowest integer that holds the store.
//!
//! Dense: `weights[axon * posts + post]`. Sparse: row `axon` is `starts[axon]..starts[axon + 1]` of
//! `(post, weight)`, ascending in `post`. Shared: the same of `(post, tap)`, and `weights[tap]` is stored once for
//! all entries that read it. A row's slots are the neurons of one population slice.
//!
//! Promises: the encoding is invisible in the bits; weights are symmetric `s(store)`; a dense row counts all
//! its slots as synapses, the others those they list.
//! Absent on purpose: what a weight means in volts (its fraction), learning rules, traces.

use crate::words::Words;
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

    /// What the rows hold, in numbers.
    #[must_use]
    pub fn sizes(&self) -> RowSizes {
        let encoding = match self.layout {
            RowLayout::Dense => RowEncoding::Dense,
            RowLayout::Sparse { .. } => RowEncoding::Sparse,
            RowLayout::Shared { .. } => RowEncoding::Shared,
        };
        let (entries, weights) = (self.entries(), self.weights.len());
        RowSizes { encoding, posts: self.posts, axons: self.axons, entries, weights }
    }
}

/// How rows are laid out: a [`RowLayout`] without its lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowEncoding {
    /// Every neuron of the slice, in order.
    Dense,
    /// Listed slots.
    Sparse,
    /// Listed slots that read the taps of a kernel.
    Shared,
}

/// The rows of one block in numbers: what their memory takes follows from these alone, so that it is known before
/// the rows are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowSizes {
    /// How they are laid out.
    pub encoding: RowEncoding,
    /// Neurons of the slice.
    pub posts: usize,
    /// Rows.
    pub axons: usize,
    /// Entries of all rows.
    pub entries: usize,
    /// Weights stored.
    pub weights: usize,
}

impl RowSizes {
    /// The slot of each entry: none in dense rows.
    #[must_use]
    pub fn indices(&self) -> Words {
        self.where_listed(self.entries, index_bits(self.posts))
    }

    /// Where each row begins, and one past the last: none in dense rows.
    #[must_use]
    pub fn pointers(&self) -> Words {
        self.where_listed(self.axons + 1, u64::from(usize::BITS - self.entries.max(1).leading_zeros()))
    }

    /// The tap that each entry reads: in shared rows only.
    #[must_use]
    pub fn tap_numbers(&self) -> Words {
        match self.encoding {
            RowEncoding::Dense | RowEncoding::Sparse => Words::default(),
            RowEncoding::Shared => Words { count: self.entries as u64, bits: index_bits(self.weights) },
        }
    }

    fn where_listed(&self, count: usize, bits: u64) -> Words {
        match self.encoding {
            RowEncoding::Dense => Words::default(),
            RowEncoding::Sparse | RowEncoding::Shared => Words { count: count as u64, bits },
        }
    }

    /// Bits of the memory with weights of `store_bits`.
    #[must_use]
    pub fn bits(&self, store_bits: u8) -> u64 {
        let lists = [self.indices(), self.pointers(), self.tap_numbers()];
        let weights = self.weights as u64 * u64::from(store_bits);
        weights + lists.into_iter().map(Words::total_bits).sum::<u64>()
    }
}

/// Bits that tell `count` things apart, at least one.
#[must_use]
pub const fn index_bits(count: usize) -> u64 {
    let last = if count < 2 { 1 } else { count - 1 };
    (usize::BITS - last.leading_zeros()) as u64
}
