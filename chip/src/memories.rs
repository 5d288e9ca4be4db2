//! What the memories of a chip hold before the first step, as data: parameters, axons, rows, matrices, tables.
//!
//! `run::memories` takes them out of a machine, `place::assemble` builds one of them. With the configuration (a
//! [`Network`] without synapses, a chip, the widths of dendritic sums) they are everything that a run begins with.
//!
//! Promises: [`Memories::check`] finds what no machine can be built of, and names memory, place, what was found and what
//! is allowed. Absent on purpose: state (it is at reset), how the words lie in a file (the test bench), configuration.

use crate::network::{Network, Synapses};
use synfire_core::address::CoreId;
use synfire_core::neuron::NeuronParameters;
use synfire_core::neuron_core::AxonInTable;
use synfire_core::synapse::{RowLayout, SynapseMemory, WeightLanes};
use synfire_router::table::RoutingTable;
use thiserror::Error;

/// The memories of every core in use, and the tables of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memories {
    /// Cores, ascending.
    pub cores: Vec<CoreMemories>,
    /// Where the spikes of each input's channels go.
    pub inputs: Vec<RoutingTable>,
}

/// The memories of one core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreMemories {
    /// Which core.
    pub core: CoreId,
    /// Its neurons, slice by slice.
    pub slices: Vec<SliceMemories>,
    /// Its axons and rows, block by block.
    pub blocks: Vec<BlockMemories>,
    /// Its input addresses.
    pub axon_in: AxonInTable,
    /// Where the spikes of its neurons go, slice by slice.
    pub routes: RoutingTable,
    /// Cores that each channel of errors and surrogates goes to.
    pub error_routes: Vec<Vec<CoreId>>,
}

/// Neurons of one population in a core.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceMemories {
    /// Index of the population.
    pub population: u32,
    /// Its first neuron.
    pub first: u32,
    /// How many.
    pub len: u32,
    /// Their parameters.
    pub parameters: NeuronParameters,
    /// Entries of B or G, a row of channels a neuron; empty where there is none.
    pub matrix: Vec<i8>,
    /// Mirrored weights, a row of channels a neuron; empty where there are none.
    pub mirror: Vec<i16>,
}

/// The axons of one projection that end in a slice, and their rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockMemories {
    /// Index of the projection.
    pub projection: u32,
    /// The slice of the core that the rows reach.
    pub slice: usize,
    /// Presynaptic neuron of each axon.
    pub presynaptic: Vec<u32>,
    /// Delay of each axon.
    pub delays: Vec<u8>,
    /// Rows.
    pub rows: SynapseMemory,
}

/// What no machine can be built of.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("core {core}, {memory}, word {word}: found {found}, allowed {allowed}")]
pub struct MemoryFault {
    /// Core; of the host's tables the number of the input.
    pub core: u32,
    /// Slice or block of the core.
    pub part: usize,
    /// Name of the memory.
    pub memory: &'static str,
    /// Which word of it.
    pub word: usize,
    /// What it holds.
    pub found: String,
    /// What it may hold.
    pub allowed: String,
}

/// Longest delay.
const LONGEST_DELAY: u8 = 64;

/// A memory of a core, while its words are looked at.
#[derive(Clone, Copy)]
struct Looked {
    core: u32,
    part: usize,
    memory: &'static str,
}

impl Looked {
    fn expect(
        self,
        holds: bool,
        word: usize,
        found: impl ToString,
        allowed: impl ToString,
    ) -> Result<(), MemoryFault> {
        let Self { core, part, memory } = self;
        let fault = || {
            let (found, allowed) = (found.to_string(), allowed.to_string());
            MemoryFault { core, part, memory, word, found, allowed }
        };
        if holds { Ok(()) } else { Err(fault()) }
    }
}

impl Memories {
    /// Looks for what no machine can be built of: axons, rows and tables that name what there is not.
    ///
    /// # Errors
    /// The first such word.
    pub fn check(&self, network: &Network) -> Result<(), MemoryFault> {
        for core in &self.cores {
            for (part, block) in core.blocks.iter().enumerate() {
                core.check_axons(network, part, block)?;
                core.check_rows(network, part, block)?;
            }
            core.check_addresses()?;
            self.check_routes(core.core.0.into(), "routes", &core.routes)?;
            let look = Looked { core: core.core.0.into(), part: 0, memory: "error_routes" };
            for (word, to) in core.error_routes.iter().flatten().enumerate() {
                look.expect(self.core(*to).is_some(), word, to.0, self.allowed_cores())?;
            }
        }
        for (input, table) in (0..).zip(&self.inputs) {
            self.check_routes(input, "input_routes", table)?;
        }
        Ok(())
    }

    fn core(&self, core: CoreId) -> Option<&CoreMemories> {
        self.cores.binary_search_by_key(&core, |own| own.core).ok().map(|at| &self.cores[at])
    }

    fn allowed_cores(&self) -> String {
        let names: Vec<String> = self.cores.iter().map(|core| core.core.0.to_string()).collect();
        format!("a core that holds neurons: {}", names.join(", "))
    }

    fn check_routes(&self, core: u32, memory: &'static str, table: &RoutingTable) -> Result<(), MemoryFault> {
        let look = Looked { core, part: 0, memory };
        for (word, to) in (0..table.len()).flat_map(|source| table.get(source)).enumerate() {
            let there = self.core(to.core);
            look.expect(there.is_some(), word, to.core.0, self.allowed_cores())?;
            let addresses = there.map_or(0, |core| core.axon_in.len());
            let own = to.axon_in.0;
            let allowed = format!("an input address of core {}, 0..{addresses}", to.core.0);
            look.expect((own as usize) < addresses, word, own, allowed)?;
        }
        Ok(())
    }
}

impl CoreMemories {
    fn look(&self, part: usize, memory: &'static str) -> Looked {
        Looked { core: self.core.0.into(), part, memory }
    }

    fn check_axons(&self, network: &Network, part: usize, block: &BlockMemories) -> Result<(), MemoryFault> {
        let look = self.look(part, "axons");
        let neurons = network.source_neurons(network.projections[block.projection as usize].source);
        let mut last = None;
        for (axon, (&pre, &delay)) in block.presynaptic.iter().zip(&block.delays).enumerate() {
            look.expect(pre < neurons, axon, format!("pre {pre}"), format!("0..{neurons}"))?;
            let known = (1..=LONGEST_DELAY).contains(&delay);
            look.expect(known, axon, format!("delay {delay}"), format!("1..={LONGEST_DELAY}"))?;
            let found = format!("pre {pre}, delay {delay}");
            let seen = match last {
                Some((before, seen)) if before == pre => seen,
                Some((before, _)) if before > pre => u64::MAX,
                _ => 0u64,
            };
            look.expect(seen >> (delay - 1) & 1 == 0, axon, found, "axons ascending by pre, one a delay")?;
            last = Some((pre, seen | 1 << (delay - 1)));
        }
        Ok(())
    }

    fn check_rows(&self, network: &Network, part: usize, block: &BlockMemories) -> Result<(), MemoryFault> {
        let rows = &block.rows;
        let projection = &network.projections[block.projection as usize];
        let Some((starts, posts)) = rows.layout.listed() else { return Ok(()) };
        let look = self.look(part, "row_starts");
        look.expect(starts.first() == Some(&0), 0, starts.first().unwrap_or(&0), 0)?;
        for (at, pair) in starts.windows(2).enumerate() {
            look.expect(pair[0] <= pair[1], at + 1, pair[1], format!("{} or more", pair[0]))?;
        }
        let last = starts.last().copied().unwrap_or(0);
        look.expect(last as usize == posts.len(), starts.len() - 1, last, posts.len())?;
        let look = self.look(part, "row_neurons");
        let named = projection.learning.is_some() && projection.synapses.kernel().is_none();
        for axon in 0..rows.axons {
            let row = rows.row(axon);
            for entry in row.clone() {
                let post = usize::from(posts[entry]);
                look.expect(post < rows.posts, entry, post, format!("0..{}", rows.posts))?;
                let before = if entry > row.start { Some(posts[entry - 1]) } else { None };
                look.expect(before <= Some(posts[entry]), entry, post, "neurons ascending within a row")?;
                // Two synapses of one name would share every random word.
                let own = before < Some(posts[entry]) || !named;
                look.expect(own, entry, post, "a neuron once in a row that learns")?;
            }
        }
        let RowLayout::Shared { taps, names, .. } = &rows.layout else { return Ok(()) };
        let weights = rows.weights.len();
        let look = self.look(part, "row_taps");
        for (entry, tap) in taps.iter().enumerate() {
            look.expect((*tap as usize) < weights, entry, tap, format!("0..{weights}"))?;
        }
        let Some(kernel) = projection.synapses.kernel() else { return Ok(()) };
        let look = self.look(part, "tap_names");
        for (at, name) in names.iter().enumerate() {
            let known = name.tap < kernel.taps() && name.copy < kernel.copies;
            let found = format!("tap {}, copy {}", name.tap, name.copy);
            let allowed = format!("taps 0..{}, copies 0..{}", kernel.taps(), kernel.copies);
            look.expect(known, at, &found, allowed)?;
            let before = names[..at].last().map(|name| (name.copy, name.tap));
            look.expect(before < Some((name.copy, name.tap)), at, &found, "names ascending by copy and tap")?;
        }
        Ok(())
    }

    fn check_addresses(&self) -> Result<(), MemoryFault> {
        let look = self.look(0, "address_axons");
        let mut word = 0;
        for entry in 0..self.axon_in.len() as u32 {
            for &(block, axon) in self.axon_in.get(synfire_core::address::AxonIn(entry)) {
                let axons = self.blocks.get(usize::from(block)).map_or(0, |block| block.presynaptic.len());
                let (found, blocks) = (format!("block {block}, axon {axon}"), self.blocks.len());
                let allowed = format!("blocks 0..{blocks}, axons of that block 0..{axons}");
                look.expect((axon as usize) < axons, word, found, allowed)?;
                word += 1;
            }
        }
        Ok(())
    }
}

/// `network` without what its memories hold: synapses, delays of axons, parameters that differ between neurons.
#[must_use]
pub fn configuration(network: &Network) -> Network {
    let mut own = network.clone();
    for population in &mut own.populations {
        population.parameters = population.parameters.part(0, 0);
    }
    for projection in &mut own.projections {
        let none = || WeightLanes::zeros(projection.format.store_bits, 0);
        projection.synapses = match &projection.synapses {
            Synapses::Dense { .. } => Synapses::Dense { weights: none() },
            Synapses::Sparse { .. } => Synapses::Sparse {
                presynaptic: Vec::new(),
                starts: vec![0],
                posts: Vec::new(),
                weights: none(),
            },
            Synapses::Shared { kernel, .. } => Synapses::Shared {
                presynaptic: Vec::new(),
                starts: vec![0],
                posts: Vec::new(),
                reads: Vec::new(),
                weights: none(),
                kernel: *kernel,
            },
        };
        projection.delays = synfire_core::arrival::Delays::Same(projection.delays.max());
    }
    own
}
