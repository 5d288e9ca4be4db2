//! Synapses by the neuron they end in, and what the rows of a slice hold, counted while the slice grows.
//!
//! An axon is counted once a core, however many of its neurons it reaches: a stamp an axon (and a tap) says whether the
//! slice has met it. A neuron costs one look at each of its synapses, so that cutting a whole population costs as much as
//! reading its synapses once or twice.
//!
//! Promises: exact counts of any run of neurons, in one pass over them; a slice that grows never needs less of a limit
//! (but for the encoding `Dense` of a projection with two synapses a pair, which must give up density).
//! Absent on purpose: what is done with the counts (`planned`), where slices end (`place::fill`).

use super::rows::Content;
use crate::network::{Encoding, Listed, Network, Synapses};
use synfire_core::synapse::WeightLanes;

/// Everything that ends in a population.
#[derive(Debug)]
pub struct Inbound<'n> {
    /// The network.
    pub network: &'n Network,
    /// Index of the population.
    pub population: usize,
    projections: Vec<Incoming<'n>>,
}

/// One projection of it.
#[derive(Debug)]
struct Incoming<'n> {
    /// Index of the projection.
    number: usize,
    ends: Ends<'n>,
}

#[derive(Debug)]
enum Ends<'n> {
    /// Every axon reaches every neuron.
    Every {
        axons: usize,
        /// Synapses that each neuron keeps, where sparse rows leave out weights of zero.
        kept: Option<Vec<u32>>,
        max_delay: u8,
    },
    /// Listed pairs, by neuron.
    Listed {
        listed: Listed<'n>,
        /// First synapse of each neuron, and one past the last.
        starts: Vec<u32>,
        /// Axon of each synapse, ascending within a neuron.
        axons: Vec<u32>,
        /// Weight that each synapse reads; empty where it is its own.
        reads: Vec<u32>,
        /// How many weights there are, where they are shared.
        weights: usize,
    },
}

impl<'n> Inbound<'n> {
    /// Sorts the synapses of every projection onto `population`: linear in their number.
    #[must_use]
    pub fn new(network: &'n Network, population: usize) -> Self {
        let into = network.projections.iter().enumerate().filter(|(_, p)| p.target == population);
        let posts = network.populations[population].neurons as usize;
        let incoming = |(number, projection): (usize, &'n crate::network::Projection)| {
            let ends = match (&projection.synapses, projection.synapses.listed()) {
                (Synapses::Dense { weights }, _) => {
                    let drops = projection.encoding == Encoding::Sparse && projection.learning.is_none();
                    let kept = drops.then(|| not_zero(weights, posts));
                    let (axons, max_delay) = (weights.len() / posts.max(1), projection.delays.max());
                    Ends::Every { axons, kept, max_delay }
                }
                (synapses, Some(listed)) => by_neuron(listed, posts, synapses.weights().len()),
                (_, None) => Ends::Every { axons: 0, kept: None, max_delay: 1 },
            };
            Incoming { number, ends }
        };
        Self { network, population, projections: into.map(incoming).collect() }
    }
}

/// Weights of each of `posts` neurons that are not zero.
fn not_zero(weights: &WeightLanes, posts: usize) -> Vec<u32> {
    let mut counts = vec![0; posts];
    for at in (0..weights.len()).filter(|at| weights.get(*at) != 0) {
        counts[at % posts] += 1;
    }
    counts
}

/// A counting sort of listed pairs by the neuron they end in.
fn by_neuron(listed: Listed<'_>, posts: usize, weights: usize) -> Ends<'_> {
    let mut starts = vec![0u32; posts + 1];
    for &post in listed.posts {
        starts[post as usize + 1] += 1;
    }
    for post in 0..posts {
        starts[post + 1] += starts[post];
    }
    let mut next = starts.clone();
    let mut axons = vec![0; listed.posts.len()];
    let mut reads = vec![0; if listed.reads.is_some() { listed.posts.len() } else { 0 }];
    for axon in 0..listed.presynaptic.len() {
        for entry in listed.starts[axon] as usize..listed.starts[axon + 1] as usize {
            let to = &mut next[listed.posts[entry] as usize];
            axons[*to as usize] = axon as u32;
            if listed.reads.is_some() {
                reads[*to as usize] = listed.read(entry) as u32;
            }
            *to += 1;
        }
    }
    let weights = if listed.reads.is_some() { weights } else { 0 };
    Ends::Listed { listed, starts, axons, reads, weights }
}

/// What the rows of one projection onto a slice hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockContent {
    /// Index of the projection.
    pub projection: usize,
    /// Its rows.
    pub content: Content,
    /// Longest delay of an axon.
    pub max_delay: u8,
    /// Most synapses that read one weight of a shared kernel.
    pub most_readers: u32,
}

/// A slice that grows.
#[derive(Debug)]
pub struct GrowingSlice<'i> {
    inbound: &'i Inbound<'i>,
    /// First neuron.
    first: u32,
    /// Neurons.
    len: u32,
    /// Which slice this is: a stamp of another one counts as none.
    stamp: u32,
    blocks: Vec<GrowingBlock>,
}

#[derive(Debug, Default)]
struct GrowingBlock {
    held: BlockContent,
    /// Stamp of the last slice that met each axon.
    axons: Vec<u32>,
    /// Stamp of the last slice that read each weight, and how many of its synapses do.
    taps: Vec<(u32, u32)>,
}

impl<'i> GrowingSlice<'i> {
    /// A slice without neurons.
    #[must_use]
    pub fn new(inbound: &'i Inbound<'i>) -> Self {
        let blocks = inbound.projections.iter().map(|incoming| {
            let held = BlockContent { projection: incoming.number, ..BlockContent::default() };
            match &incoming.ends {
                Ends::Every { .. } => GrowingBlock { held, ..GrowingBlock::default() },
                Ends::Listed { listed, weights, .. } => GrowingBlock {
                    held,
                    axons: vec![0; listed.presynaptic.len()],
                    taps: vec![(0, 0); *weights],
                },
            }
        });
        Self { inbound, first: 0, len: 0, stamp: 0, blocks: blocks.collect() }
    }

    /// Another slice, without neurons, that begins at `first`.
    pub fn restart(&mut self, first: u32) {
        (self.first, self.len) = (first, 0);
        self.stamp += 1;
        for block in &mut self.blocks {
            block.held = BlockContent { projection: block.held.projection, ..BlockContent::default() };
        }
    }

    /// The same for the neurons `first..first + len`.
    pub fn set(&mut self, first: u32, len: u32) {
        self.restart(first);
        self.grow(len);
    }

    /// Takes the next `neurons` neurons.
    pub fn grow(&mut self, neurons: u32) {
        let (next, stamp) = (self.first + self.len, self.stamp);
        self.len += neurons;
        for (block, incoming) in self.blocks.iter_mut().zip(&self.inbound.projections) {
            let delays = &self.inbound.network.projections[incoming.number].delays;
            for neuron in next as usize..(next + neurons) as usize {
                block.take(incoming, neuron, stamp, |axon| delays.get(axon));
            }
        }
    }

    /// First neuron and how many.
    #[must_use]
    pub const fn range(&self) -> (u32, u32) {
        (self.first, self.len)
    }

    /// Network and population.
    #[must_use]
    pub const fn of(&self) -> (&'i Network, usize) {
        (self.inbound.network, self.inbound.population)
    }

    /// What the rows hold, a projection at a time: those without axons left out.
    pub fn blocks(&self) -> impl Iterator<Item = BlockContent> + '_ {
        self.blocks.iter().map(|block| block.held).filter(|held| held.content.axons > 0)
    }

    /// Presynaptic neuron of every axon of the slice, by projection.
    pub fn presynaptic(&self) -> impl Iterator<Item = (usize, u32)> + '_ {
        self.blocks.iter().zip(&self.inbound.projections).flat_map(|(block, incoming)| {
            let number = incoming.number;
            let met = |axon: &usize| block.axons.get(*axon).is_none_or(|stamp| *stamp == self.stamp);
            let axons = match &incoming.ends {
                Ends::Every { .. } => block.held.content.axons,
                Ends::Listed { listed, .. } => listed.presynaptic.len(),
            };
            (0..axons).filter(met).map(move |axon| match &incoming.ends {
                Ends::Every { .. } => (number, axon as u32),
                Ends::Listed { listed, .. } => (number, listed.presynaptic[axon]),
            })
        })
    }
}

impl GrowingBlock {
    fn take(&mut self, incoming: &Incoming<'_>, neuron: usize, stamp: u32, delay: impl Fn(usize) -> u8) {
        let held = &mut self.held;
        held.content.posts += 1;
        match &incoming.ends {
            Ends::Every { axons, kept, max_delay } => {
                held.content.axons = *axons;
                held.content.entries += kept.as_ref().map_or(*axons, |kept| kept[neuron] as usize);
                held.max_delay = *max_delay;
            }
            Ends::Listed { starts, axons, reads, .. } => {
                let own = starts[neuron] as usize..starts[neuron + 1] as usize;
                let mut before = None;
                held.content.entries += own.len();
                for &axon in &axons[own.clone()] {
                    held.content.repeats |= before == Some(axon);
                    before = Some(axon);
                    let met = &mut self.axons[axon as usize];
                    if *met != stamp {
                        *met = stamp;
                        held.content.axons += 1;
                        held.max_delay = held.max_delay.max(delay(axon as usize));
                    }
                }
                for &weight in reads.get(own).unwrap_or(&[]) {
                    let (met, readers) = &mut self.taps[weight as usize];
                    if *met != stamp {
                        (*met, *readers) = (stamp, 0);
                        held.content.taps += 1;
                    }
                    *readers += 1;
                    held.most_readers = held.most_readers.max(*readers);
                }
            }
        }
    }
}
