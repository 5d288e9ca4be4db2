//! Cutting a projection's synapses to one population slice, and choosing the row encoding.
//!
//! Promises: an axon that reaches no neuron of the slice gets no row; order within a row is ascending; a plastic
//! projection keeps exactly its synapses, so no encoding can create or lose one that learns; taps of a shared kernel
//! that learn are stored once, fixed ones also one a synapse where that takes fewer bits or the encoding says so.

use crate::network::{Encoding, Listed, Network, Projection, Synapses};
use synfire_core::arrival::Delays;
use synfire_core::neuron_core::WeightFormat;
use synfire_core::synapse::{RowLayout, SynapseMemory, TapName, WeightLanes};

/// The rows of one block.
#[derive(Debug)]
pub struct Part {
    /// Presynaptic neuron of each axon.
    pub presynaptic: Vec<u32>,
    /// Delay of each axon.
    pub delays: Delays,
    /// Rows.
    pub memory: SynapseMemory,
}

/// Largest sum, over the neurons of the target, of their synapses' multiplicity limits.
#[must_use]
pub fn max_fan_in(network: &Network, projection: &Projection) -> u64 {
    let events = u64::from(network.max_events(projection.source));
    let posts = network.populations[projection.target].neurons as usize;
    let fan_in = match projection.synapses.listed() {
        None => (projection.synapses.len() / posts.max(1)) as u64,
        Some(listed) => {
            let mut counts = vec![0u32; posts];
            for &post in listed.posts {
                counts[post as usize] += 1;
            }
            u64::from(counts.into_iter().max().unwrap_or(0))
        }
    };
    fan_in * events
}

/// The rows that reach neurons `first..first + len` of the target.
#[must_use]
pub fn cut(projection: &Projection, network: &Network, first: u32, len: u32) -> Part {
    let all = network.populations[projection.target].neurons as usize;
    match &projection.synapses {
        Synapses::Dense { weights } => cut_dense(projection, weights, all, first as usize, len as usize),
        Synapses::Sparse { presynaptic, starts, posts, weights } => {
            let listed = Listed { presynaptic, starts, posts, reads: None };
            cut_listed(projection, listed, weights, first, len)
        }
        Synapses::Shared { presynaptic, starts, posts, reads, weights, kernel } => {
            let listed = Listed { presynaptic, starts, posts, reads: Some(reads) };
            let part = cut_listed(projection, listed, weights, first, len);
            let shared = shared(projection, listed, weights, (first, len), kernel.taps());
            let store = projection.format.store_bits;
            let keeps = projection.learning.is_some()
                || (projection.encoding == Encoding::Auto && shared.bits(store) <= part.memory.bits(store));
            if keeps { Part { memory: shared, ..part } } else { part }
        }
    }
}

fn cut_dense(projection: &Projection, weights: &WeightLanes, all: usize, first: usize, len: usize) -> Part {
    let axons = weights.len() / all.max(1);
    let presynaptic = (0..axons as u32).collect();
    let delays = projection.delays.clone();
    if projection.encoding == Encoding::Sparse {
        let plastic = projection.learning.is_some();
        let mut builder = SparseRows::new(projection.format, len);
        for axon in 0..axons {
            for post in 0..len {
                let weight = weights.get(axon * all + first + post);
                if plastic || weight != 0 {
                    builder.push(post as u16, weight);
                }
            }
            builder.end_row();
        }
        return Part { presynaptic, delays, memory: builder.finish() };
    }
    let mut cut = WeightLanes::zeros(projection.format.store_bits, 0);
    for axon in 0..axons {
        let range = axon * all + first..axon * all + first + len;
        match (&mut cut, weights) {
            (WeightLanes::I8(to), WeightLanes::I8(from)) => to.extend_from_slice(&from[range]),
            (WeightLanes::I16(to), WeightLanes::I16(from)) => to.extend_from_slice(&from[range]),
            (WeightLanes::I8(to), WeightLanes::I16(from)) => to.extend(from[range].iter().map(|w| *w as i8)),
            (WeightLanes::I16(to), WeightLanes::I8(from)) => {
                to.extend(from[range].iter().map(|w| i16::from(*w)));
            }
        }
    }
    let memory = SynapseMemory { posts: len, axons, layout: RowLayout::Dense, weights: cut };
    Part { presynaptic, delays, memory }
}

/// First and one past the last entry of an axon's row that end in `first..first + len`.
fn window(listed: Listed<'_>, axon: usize, first: u32, len: u32) -> std::ops::Range<usize> {
    let (start, end) = (listed.starts[axon] as usize, listed.starts[axon + 1] as usize);
    let row = &listed.posts[start..end];
    start + row.partition_point(|p| *p < first)..start + row.partition_point(|p| *p < first + len)
}

/// The taps that the slice reads, each once, and rows that say which.
fn shared(
    projection: &Projection,
    listed: Listed<'_>,
    weights: &WeightLanes,
    (first, len): (u32, u32),
    taps_of_copy: u32,
) -> SynapseMemory {
    let rows: Vec<_> = (0..listed.presynaptic.len()).map(|axon| window(listed, axon, first, len)).collect();
    let mut read: Vec<usize> = rows.iter().cloned().flatten().map(|entry| listed.read(entry)).collect();
    read.sort_unstable();
    read.dedup();
    let name = |weight: &usize| {
        let weight = *weight as u32;
        TapName { tap: weight % taps_of_copy, copy: weight / taps_of_copy }
    };
    let names = read.iter().map(name).collect();
    let mut own = WeightLanes::zeros(projection.format.store_bits, read.len());
    read.iter().enumerate().for_each(|(place, weight)| own.set(place, weights.get(*weight)));
    let (mut starts, mut posts, mut taps) = (vec![0], Vec::new(), Vec::new());
    for row in rows.into_iter().filter(|row| !row.is_empty()) {
        for entry in row {
            posts.push((listed.posts[entry] - first) as u16);
            taps.push(read.partition_point(|weight| *weight < listed.read(entry)) as u32);
        }
        starts.push(posts.len() as u32);
    }
    let axons = starts.len() - 1;
    let layout = RowLayout::Shared { starts, posts, taps, names };
    SynapseMemory { posts: len as usize, axons, layout, weights: own }
}

fn cut_listed(
    projection: &Projection,
    listed: Listed<'_>,
    weights: &WeightLanes,
    first: u32,
    len: u32,
) -> Part {
    let mut presynaptic = Vec::new();
    let mut delays = Vec::new();
    let mut builder = SparseRows::new(projection.format, len as usize);
    let mut repeats = false;
    for (axon, &pre) in listed.presynaptic.iter().enumerate() {
        let row = window(listed, axon, first, len);
        if row.is_empty() {
            continue;
        }
        presynaptic.push(pre);
        delays.push(projection.delays.get(axon));
        for entry in row.clone() {
            repeats |= entry > row.start && listed.posts[entry] == listed.posts[entry - 1];
            builder.push((listed.posts[entry] - first) as u16, weights.get(listed.read(entry)));
        }
        builder.end_row();
    }
    let delays = match delays.first() {
        Some(delay) if delays.iter().all(|d| d == delay) => Delays::Same(*delay),
        Some(_) => Delays::Each(delays),
        None => Delays::Same(1),
    };
    let sparse = builder.finish();
    let store = projection.format.store_bits;
    let dense_bits = (sparse.axons * sparse.posts) as u64 * u64::from(store);
    let full = sparse.weights.len() == sparse.axons * sparse.posts;
    let may_be_dense = !repeats && (full || projection.learning.is_none());
    let wants_dense = match projection.encoding {
        Encoding::Auto => dense_bits <= sparse.bits(store),
        Encoding::Dense => true,
        Encoding::Sparse => false,
    };
    let memory = if may_be_dense && wants_dense { densify(&sparse, store) } else { sparse };
    Part { presynaptic, delays, memory }
}

fn densify(sparse: &SynapseMemory, store_bits: u8) -> SynapseMemory {
    let mut weights = WeightLanes::zeros(store_bits, sparse.axons * sparse.posts);
    for axon in 0..sparse.axons {
        for entry in sparse.row(axon) {
            weights.set(axon * sparse.posts + sparse.post(axon, entry), sparse.weights.get(entry));
        }
    }
    SynapseMemory { posts: sparse.posts, axons: sparse.axons, layout: RowLayout::Dense, weights }
}

struct SparseRows {
    len: usize,
    starts: Vec<u32>,
    posts: Vec<u16>,
    weights: WeightLanes,
}

impl SparseRows {
    fn new(format: WeightFormat, len: usize) -> Self {
        let weights = WeightLanes::zeros(format.store_bits, 0);
        Self { len, starts: vec![0], posts: Vec::new(), weights }
    }

    fn push(&mut self, post: u16, weight: i32) {
        self.posts.push(post);
        match &mut self.weights {
            WeightLanes::I8(w) => w.push(weight as i8),
            WeightLanes::I16(w) => w.push(weight as i16),
        }
    }

    fn end_row(&mut self) {
        self.starts.push(self.posts.len() as u32);
    }

    fn finish(self) -> SynapseMemory {
        let axons = self.starts.len() - 1;
        let layout = RowLayout::Sparse { starts: self.starts, posts: self.posts };
        SynapseMemory { posts: self.len, axons, layout, weights: self.weights }
    }
}
