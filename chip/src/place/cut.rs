//! Cutting a projection's synapses to one population slice.
//!
//! Promises: an axon that reaches no neuron of the slice gets no row; order within a row is ascending; the rows are
//! laid out as `structures::rows` says.

use crate::network::{Encoding, Listed, Network, Projection, Synapses};
use crate::structures::rows::{self, Content};
use synfire_core::arrival::Delays;
use synfire_core::synapse::{RowEncoding, RowLayout, SynapseMemory, TapName, WeightLanes};
use synfire_core::weight::WeightFormat;

/// The axons of one block and their rows.
#[derive(Debug)]
pub struct BlockRows {
    /// Presynaptic neuron of each axon.
    pub presynaptic: Vec<u32>,
    /// Delay of each axon.
    pub delays: Delays,
    /// Rows.
    pub memory: SynapseMemory,
}

/// The rows that reach neurons `first..first + len` of the target.
#[must_use]
pub fn block_rows(projection: &Projection, network: &Network, first: u32, len: u32) -> BlockRows {
    let all = network.populations[projection.target].neurons as usize;
    let (listed, weights) = match &projection.synapses {
        Synapses::Dense { weights } => {
            return cut_dense(projection, weights, all, first as usize, len as usize);
        }
        Synapses::Sparse { presynaptic, starts, posts, weights } => {
            (Listed { presynaptic, starts, posts, reads: None }, weights)
        }
        Synapses::Shared { presynaptic, starts, posts, reads, weights, .. } => {
            (Listed { presynaptic, starts, posts, reads: Some(reads) }, weights)
        }
    };
    let (own, repeats) = cut_listed(projection, listed, weights, first, len);
    let taps = projection.synapses.kernel().map(|kernel| (kernel, taps_read(listed, first, len)));
    let content = Content {
        posts: len as usize,
        axons: own.memory.axons,
        entries: own.memory.entries(),
        repeats,
        taps: taps.as_ref().map_or(0, |(_, read)| read.len()),
    };
    let memory = match (rows::sizes(projection, content).encoding, taps) {
        (RowEncoding::Shared, Some((kernel, read))) => {
            shared(projection, listed, weights, (first, len), kernel.taps(), &read)
        }
        (RowEncoding::Dense, _) => densify(&own.memory, projection.format.store_bits),
        (RowEncoding::Sparse | RowEncoding::Shared, _) => own.memory,
    };
    BlockRows { memory, ..own }
}

fn cut_dense(
    projection: &Projection,
    weights: &WeightLanes,
    all: usize,
    first: usize,
    len: usize,
) -> BlockRows {
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
        return BlockRows { presynaptic, delays, memory: builder.finish() };
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
    BlockRows { presynaptic, delays, memory }
}

/// First and one past the last entry of an axon's row that end in `first..first + len`.
fn window(listed: Listed<'_>, axon: usize, first: u32, len: u32) -> std::ops::Range<usize> {
    let (start, end) = (listed.starts[axon] as usize, listed.starts[axon + 1] as usize);
    let row = &listed.posts[start..end];
    start + row.partition_point(|p| *p < first)..start + row.partition_point(|p| *p < first + len)
}

/// The weights that the slice reads, each once, ascending.
fn taps_read(listed: Listed<'_>, first: u32, len: u32) -> Vec<usize> {
    let rows = (0..listed.presynaptic.len()).flat_map(|axon| window(listed, axon, first, len));
    let mut read: Vec<usize> = rows.map(|entry| listed.read(entry)).collect();
    read.sort_unstable();
    read.dedup();
    read
}

/// The taps that the slice reads, each once, and rows that say which.
fn shared(
    projection: &Projection,
    listed: Listed<'_>,
    weights: &WeightLanes,
    (first, len): (u32, u32),
    taps_of_copy: u32,
    read: &[usize],
) -> SynapseMemory {
    let name = |weight: &usize| {
        let weight = *weight as u32;
        TapName { tap: weight % taps_of_copy, copy: weight / taps_of_copy }
    };
    let names = read.iter().map(name).collect();
    let mut own = WeightLanes::zeros(projection.format.store_bits, read.len());
    read.iter().enumerate().for_each(|(place, weight)| own.set(place, weights.get(*weight)));
    let (mut starts, mut posts, mut taps) = (vec![0], Vec::new(), Vec::new());
    let rows = (0..listed.presynaptic.len()).map(|axon| window(listed, axon, first, len));
    for row in rows.filter(|row| !row.is_empty()) {
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

/// Sparse rows, and whether an axon has two synapses onto one neuron.
fn cut_listed(
    projection: &Projection,
    listed: Listed<'_>,
    weights: &WeightLanes,
    first: u32,
    len: u32,
) -> (BlockRows, bool) {
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
    (BlockRows { presynaptic, delays, memory: builder.finish() }, repeats)
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
