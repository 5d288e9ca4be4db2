//! A network after its file was read and checked: integers only, still without a place.
//!
//! This is what the chip is built from and what the plain reference runs: populations, projections with their
//! weights, stimuli's populations, learning. Every number is in the formats of `docs/arithmetic.md`.
//!
//! Promises: pure data; indices refer to the lists of this struct; a core is named only where an input sits, and in
//! what is asked of the placement (`placing`).
//! Absent on purpose: files and their errors (`files`), the placement itself (`place`).

use crate::placing::Placing;
use serde::{Deserialize, Serialize};
use synfire_core::address::CoreId;
use synfire_core::arrival::Delays;
use synfire_core::neuron::{Datapath, NeuronParameters};
use synfire_core::synapse::WeightLanes;
use synfire_core::weight::WeightFormat;
use synfire_plasticity::config::{LearningDatapath, NeuronLearning, Readout, SynapseLearning};

/// A network, resolved.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Network {
    /// Name, for reports.
    pub name: String,
    /// Seed of every draw that reaches a register.
    pub seed: u32,
    /// Datapath of the neuron cores (from the chip).
    pub datapath: Datapath,
    /// Registers of the learning engine (from the chip).
    pub learning: LearningDatapath,
    /// Populations of stimulus channels: they fire when the stimulus says so.
    pub inputs: Vec<Input>,
    /// Populations of neurons.
    pub populations: Vec<Population>,
    /// Projections.
    pub projections: Vec<Projection>,
    /// What it asks of its placement.
    pub placing: Placing,
}

/// A population of stimulus channels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Name.
    pub name: String,
    /// Channels.
    pub neurons: u32,
    /// Most events a channel carries in one step, 1..=255.
    pub max_events: u8,
    /// Cores that its channels sit on, as many in each but for the last, in order; empty: the host sends their spikes.
    pub cores: Vec<u16>,
    /// Port of the host that their spikes enter by; `None`: its channels are split among all.
    pub port: Option<u16>,
}

impl Input {
    /// The core that a channel sits on.
    #[must_use]
    pub fn core(&self, channel: u32) -> Option<CoreId> {
        let each = self.neurons.div_ceil(self.cores.len().max(1) as u32).max(1);
        self.cores.get((channel / each) as usize).copied().map(CoreId)
    }
}

/// A population of neurons.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Population {
    /// Name.
    pub name: String,
    /// Neurons.
    pub neurons: u32,
    /// Their parameters.
    pub parameters: NeuronParameters,
    /// How they learn; `None`: no plastic projection ends here.
    pub learning: Option<NeuronLearning>,
    /// Whether they form errors.
    pub readout: Option<Readout>,
    /// Most neurons of it that a core may hold where the cut is the mapper's; `None` is the core's limit.
    pub max_per_core: Option<u32>,
}

/// Where a projection begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Source {
    /// Index into [`Network::inputs`].
    Input(usize),
    /// Index into [`Network::populations`].
    Population(usize),
}

/// The synapses of a projection, in axon order: an axon is a presynaptic neuron and a delay.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Synapses {
    /// Every pair: `weights[pre * posts + post]`, one delay. Axon `a` is presynaptic neuron `a`.
    Dense {
        /// The weights.
        weights: WeightLanes,
    },
    /// Listed pairs, by axon.
    Sparse {
        /// Presynaptic neuron of each axon, ascending; one axon a delay.
        presynaptic: Vec<u32>,
        /// First entry of each axon, and one past the last.
        starts: Vec<u32>,
        /// Postsynaptic neuron of each entry, ascending within an axon.
        posts: Vec<u32>,
        /// The weights.
        weights: WeightLanes,
    },
    /// Listed pairs, by axon, that read the taps of a kernel. All synapses that read one weight end in one learning
    /// group: another group reads another copy.
    Shared {
        /// Presynaptic neuron of each axon, ascending; one axon a delay.
        presynaptic: Vec<u32>,
        /// First entry of each axon, and one past the last.
        starts: Vec<u32>,
        /// Postsynaptic neuron of each entry, ascending within an axon.
        posts: Vec<u32>,
        /// The weight that each entry reads: `copy * taps + tap`.
        reads: Vec<u32>,
        /// The weights, copy by copy, tap by tap.
        weights: WeightLanes,
        /// What the copies are copies of.
        kernel: Kernel,
    },
}

/// The kernel of a convolution, and how its copies are spread over the target's feature maps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kernel {
    /// Output channels, input channels that one of them sees (those of its group), rows, columns: taps are numbered in
    /// this order, the last fastest.
    pub shape: [u32; 4],
    /// Rows and columns of a feature map of the target.
    pub map: [u32; 2],
    /// Copies: each map is cut into so many bands of whole rows, a divisor of its rows. Band `c` reads copy `c`.
    pub copies: u32,
}

impl Kernel {
    /// Taps of one copy.
    #[must_use]
    pub fn taps(&self) -> u32 {
        self.shape.iter().product()
    }

    /// Neurons of a learning group: one band of one feature map.
    #[must_use]
    pub fn group(&self) -> u32 {
        self.map[0] / self.copies * self.map[1]
    }
}

/// How a core stores the rows of a projection. Never changes a bit of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Encoding {
    /// The smallest that holds the projection: shared taps that learn are always stored once.
    Auto,
    /// Every slot.
    Dense,
    /// Listed slots.
    Sparse,
    /// Listed slots that read the taps of a shared kernel.
    Shared,
}

/// A projection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Projection {
    /// Name.
    pub name: String,
    /// Where it begins.
    pub source: Source,
    /// Population it ends in.
    pub target: usize,
    /// Store and scaling of its weights.
    pub format: WeightFormat,
    /// Its synapses.
    pub synapses: Synapses,
    /// Delay of each axon of `synapses`, 1..=64.
    pub delays: Delays,
    /// How it learns; `None`: its weights are fixed.
    pub learning: Option<SynapseLearning>,
    /// Row encoding.
    pub encoding: Encoding,
    /// An earlier projection onto the same neurons, of the same exponent, whose port its synapses add to.
    #[serde(default)]
    pub port_of: Option<usize>,
    /// What the file states of generated weights; `None` where it states store lanes, or where an array has them. For
    /// warnings: no bit depends on it, and so no fingerprint does.
    #[serde(skip)]
    pub stated: Option<RealRange>,
}

/// An accumulator of each neuron of a population (`docs/arithmetic.md`, "The accumulator is exact").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// By how much its sum is shifted right before it joins port 0; 0 of port 0.
    pub shift: u8,
    /// Indices of the projections that add to it, ascending.
    pub projections: Vec<usize>,
}

/// A range of real numbers that a file states, in units of `2^-32`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RealRange {
    /// The smallest.
    pub low: i64,
    /// The largest.
    pub high: i64,
}

/// The least multiple of two sizes: neurons that a cut divides neither runs of `a` nor runs of `b` in. The largest `u32`
/// where it is larger.
#[must_use]
pub fn common_multiple(a: u32, b: u32) -> u32 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x.max(1)).saturating_mul(b)
}

impl Network {
    /// Neurons of a projection's source.
    #[must_use]
    pub fn source_neurons(&self, source: Source) -> u32 {
        match source {
            Source::Input(i) => self.inputs[i].neurons,
            Source::Population(p) => self.populations[p].neurons,
        }
    }

    /// Most events an axon of `source` carries in one step.
    #[must_use]
    pub fn max_events(&self, source: Source) -> u8 {
        match source {
            Source::Input(i) => self.inputs[i].max_events,
            Source::Population(_) => 1,
        }
    }

    /// The ports of a population's neurons: port 0 of the exponents of 0 and more, then those of negative ones by their
    /// first projections.
    #[must_use]
    pub fn ports(&self, population: usize) -> Vec<Port> {
        let mut ports = vec![Port { shift: 0, projections: Vec::new() }];
        let into = self.projections.iter().enumerate().filter(|(_, own)| own.target == population);
        for (number, projection) in into {
            let shift = projection.format.exponent.min(0).unsigned_abs();
            let joins = |port: &Port| {
                let first = projection.port_of;
                port.shift == shift && (shift == 0 || first.is_some_and(|of| port.projections.contains(&of)))
            };
            match ports.iter_mut().find(|port| joins(port)) {
                Some(port) => port.projections.push(number),
                None => ports.push(Port { shift, projections: vec![number] }),
            }
        }
        ports
    }

    /// Broadcast channels: one a readout neuron.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.populations.iter().filter(|p| p.readout.is_some()).map(|p| p.neurons as usize).sum()
    }

    /// First broadcast channel of each population's surrogates, where a mirror needs them to follow a filter; they come
    /// after those of the errors, in the order of the populations. And how many they are.
    #[must_use]
    pub fn surrogate_channels(&self) -> (Vec<Option<u16>>, usize) {
        let filtered = |number: u16| {
            let projection = &self.projections[usize::from(number)];
            projection.learning.is_some_and(|rule| rule.eligibility.is_some()).then_some(projection.target)
        };
        let rules = self.populations.iter().filter_map(|p| p.learning?.third_factor.mirrored());
        let needed: Vec<usize> = rules.filter_map(|(number, _)| filtered(number)).collect();
        let first = self.channels();
        let mut next = first;
        let channels = self.populations.iter().enumerate().map(|(index, population)| {
            let own = needed.contains(&index).then_some(next as u16);
            next += if own.is_some() { population.neurons as usize } else { 0 };
            own
        });
        (channels.collect(), next - first)
    }

    /// The shared kernels that population `index` learns: index of the projection, and kernel.
    pub fn learned_kernels(&self, index: usize) -> impl Iterator<Item = (usize, Kernel)> + '_ {
        let into = self.projections.iter().enumerate().filter(move |(_, p)| p.target == index);
        let learned = into.filter(|(_, projection)| projection.learning.is_some());
        learned.filter_map(|(number, projection)| projection.synapses.kernel().map(|kernel| (number, kernel)))
    }

    /// Whether an eligibility of synapses onto population `index` reads its surrogates in every step.
    #[must_use]
    pub fn is_eligible(&self, index: usize) -> bool {
        let into = self.projections.iter().filter(|projection| projection.target == index);
        into.filter_map(|projection| projection.learning).any(|rule| rule.eligibility.is_some())
    }

    /// Whether an error of broadcast channel `channel` is used anywhere: the error of a group never travels.
    #[must_use]
    pub fn is_heard(&self, channel: u16) -> bool {
        self.populations.iter().filter_map(|population| population.learning).any(|learning| {
            let own = learning.first_channel..learning.first_channel + learning.channels;
            learning.third_factor.group().is_none() && own.contains(&channel)
        })
    }

    /// Whether somebody outside the chip reads the spikes of population `index`: it is a readout, or no projection begins
    /// there.
    #[must_use]
    pub fn is_output(&self, index: usize) -> bool {
        let begins = |projection: &Projection| projection.source == Source::Population(index);
        self.populations[index].readout.is_some() || !self.projections.iter().any(begins)
    }

    /// Index of the population `name`.
    #[must_use]
    pub fn population(&self, name: &str) -> Option<usize> {
        self.populations.iter().position(|p| p.name == name)
    }

    /// Index of the input `name`.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<usize> {
        self.inputs.iter().position(|i| i.name == name)
    }

    /// Index of the projection `name`.
    #[must_use]
    pub fn projection(&self, name: &str) -> Option<usize> {
        self.projections.iter().position(|p| p.name == name)
    }

    /// Synapses of all projections.
    #[must_use]
    pub fn synapses(&self) -> u64 {
        self.projections.iter().map(|p| p.synapses.len() as u64).sum()
    }
}

impl Synapses {
    /// How many synapses.
    #[must_use]
    pub fn len(&self) -> usize {
        self.listed().map_or(self.weights().len(), |listed| listed.posts.len())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The weights: one a synapse, or one a tap and copy.
    #[must_use]
    pub fn weights(&self) -> &WeightLanes {
        match self {
            Self::Dense { weights } | Self::Sparse { weights, .. } | Self::Shared { weights, .. } => weights,
        }
    }

    /// The weights, to be changed.
    pub fn weights_mut(&mut self) -> &mut WeightLanes {
        match self {
            Self::Dense { weights } | Self::Sparse { weights, .. } | Self::Shared { weights, .. } => weights,
        }
    }

    /// The pairs, where they are listed.
    #[must_use]
    pub fn listed(&self) -> Option<Listed<'_>> {
        match self {
            Self::Dense { .. } => None,
            Self::Sparse { presynaptic, starts, posts, .. } => {
                Some(Listed { presynaptic, starts, posts, reads: None })
            }
            Self::Shared { presynaptic, starts, posts, reads, .. } => {
                Some(Listed { presynaptic, starts, posts, reads: Some(reads) })
            }
        }
    }

    /// The kernel, where weights are shared.
    #[must_use]
    pub fn kernel(&self) -> Option<Kernel> {
        match self {
            Self::Dense { .. } | Self::Sparse { .. } => None,
            Self::Shared { kernel, .. } => Some(*kernel),
        }
    }

    /// Gives every copy of a shared kernel the taps of its first one, in so many copies; false where nothing is
    /// shared, or a feature map cannot be cut into as many bands.
    #[must_use]
    pub fn set_copies(&mut self, copies: u32) -> bool {
        let Self::Shared { starts: _, presynaptic: _, posts, reads, weights, kernel } = self else {
            return false;
        };
        let [rows, columns] = kernel.map;
        if copies == 0 || !rows.is_multiple_of(copies) {
            return false;
        }
        let taps = kernel.taps();
        kernel.copies = copies;
        for (read, post) in reads.iter_mut().zip(posts.iter()) {
            let row = post / columns % rows;
            *read = row / (rows / copies) * taps + *read % taps;
        }
        *weights = repeated(weights, (0..copies * taps).map(|at| (at % taps) as usize));
        true
    }

    /// Most synapses that read one weight.
    #[must_use]
    pub fn most_readers(&self) -> u64 {
        let Self::Shared { reads, weights, .. } = self else { return 1 };
        let mut counts = vec![0; weights.len()];
        reads.iter().for_each(|read| counts[*read as usize] += 1);
        counts.into_iter().max().unwrap_or(0)
    }
}

/// The weights at these places, in lanes as wide.
fn repeated(weights: &WeightLanes, places: impl Iterator<Item = usize>) -> WeightLanes {
    match weights {
        WeightLanes::I8(lanes) => WeightLanes::I8(places.map(|at| lanes[at]).collect()),
        WeightLanes::I16(lanes) => WeightLanes::I16(places.map(|at| lanes[at]).collect()),
    }
}

/// Listed pairs, by axon.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// Presynaptic neuron of each axon, ascending.
    pub presynaptic: &'a [u32],
    /// First entry of each axon, and one past the last.
    pub starts: &'a [u32],
    /// Postsynaptic neuron of each entry.
    pub posts: &'a [u32],
    /// The weight that each entry reads; `None`: its own.
    pub reads: Option<&'a [u32]>,
}

impl Listed<'_> {
    /// The weight that an entry reads.
    #[must_use]
    pub fn read(&self, entry: usize) -> usize {
        self.reads.map_or(entry, |reads| reads[entry] as usize)
    }
}
