//! Building the cores of what their memories hold, in place of a network's synapses.
//!
//! Promises: what `build` makes of a network, this makes of the memories of what it made; words that name what there is
//! not are refused, and so are rows that bring a neuron more than its sums were proven for. Absent on purpose: how the
//! memories were read.

use crate::chip::Chip;
use crate::memories::{CoreMemories, Memories, MemoryFault};
use crate::network::Network;
use crate::place::build::{self, Built};
use crate::place::cut::BlockRows;
use crate::place::mapping::{Mapping, MappingError, Placement};
use crate::run::node::Node;
use synfire_core::arrival::Delays;
use synfire_core::neuron_core::NeuronCore;
use synfire_core::slice::Slice;
use synfire_core::synapse::RowLayout;
use thiserror::Error;

/// Memories that no machine can be built of.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AssemblyError {
    /// A word is not allowed.
    #[error(transparent)]
    Word(#[from] MemoryFault),
    /// Routes do not fit the routers.
    #[error(transparent)]
    Routes(#[from] MappingError),
    /// Rows bring a neuron more events than its sums were proven for.
    #[error(
        "population `{population}`: sums of {found} bits, allowed {proven}: rows reach a neuron more often than those \
         that were proven"
    )]
    Sum {
        /// Population.
        population: String,
        /// Bits that these rows need.
        found: u32,
        /// Bits that were proven.
        proven: u32,
    },
    /// The slices are no placement of the populations, or memories are not as long as what they are of.
    #[error("core {core}: {detail}")]
    Shape {
        /// Core.
        core: u32,
        /// What does not fit.
        detail: String,
    },
}

/// The mapping that the slices are, and every core.
///
/// # Errors
/// [`AssemblyError`].
pub fn assemble(
    network: &Network,
    chip: &Chip,
    sums: &[u32],
    memories: Memories,
) -> Result<(Mapping, Built), AssemblyError> {
    let mapping = placed(network, chip, sums, &memories)?;
    memories.check(network)?;
    prove(network, sums, &memories)?;
    let Memories { cores, inputs } = memories;
    let nodes = cores.into_iter().map(|core| node(network, sums, core)).collect::<Result<_, _>>()?;
    Ok((mapping, Built { nodes, inputs }))
}

/// Where the slices put the neurons: a partition of every population.
fn placed(
    network: &Network,
    chip: &Chip,
    sums: &[u32],
    memories: &Memories,
) -> Result<Mapping, AssemblyError> {
    let mut slices = Vec::new();
    for CoreMemories { core, slices: own, blocks, routes, .. } in &memories.cores {
        let wrong = |detail: String| AssemblyError::Shape { core: core.0.into(), detail };
        if core.index() >= chip.mesh.cores() {
            return Err(wrong(format!("the chip has {} cores", chip.mesh.cores())));
        }
        for slice in own {
            let population = slice.population as usize;
            if population >= network.populations.len().min(sums.len()) {
                return Err(wrong(format!("there is no population {population}")));
            }
            slices.push(Placement { population, first: slice.first, len: slice.len, core: *core });
        }
        let neurons: u64 = own.iter().map(|slice| u64::from(slice.len)).sum();
        if routes.len() as u64 != neurons {
            return Err(wrong(format!("routes of {} neurons, it holds {neurons}", routes.len())));
        }
        for block in blocks {
            let of = |slice: usize| own.get(slice).map(|slice| slice.population as usize);
            let target = network.projections.get(block.projection as usize).map(|p| p.target);
            if target.is_none() || target != of(block.slice) {
                let (projection, slice) = (block.projection, block.slice);
                return Err(wrong(format!("projection {projection} does not end in slice {slice}")));
            }
        }
    }
    slices.sort_by_key(|slice| (slice.population, slice.first));
    for (index, population) in network.populations.iter().enumerate() {
        let mut next = 0;
        for slice in slices.iter().filter(|slice| slice.population == index) {
            if slice.first != next || slice.len == 0 || slice.len > population.neurons - next {
                let detail = format!("neurons of `{}` from {next} on are not placed once", population.name);
                return Err(AssemblyError::Shape { core: slice.core.0.into(), detail });
            }
            next += slice.len;
        }
        if next != population.neurons {
            let detail =
                format!("{next} of {} neurons of `{}` are placed", population.neurons, population.name);
            return Err(AssemblyError::Shape { core: 0, detail });
        }
    }
    if memories.inputs.len() != network.inputs.len() {
        let detail =
            format!("tables of {} inputs, there are {}", memories.inputs.len(), network.inputs.len());
        return Err(AssemblyError::Shape { core: 0, detail });
    }
    Ok(Mapping { slices })
}

/// Sums of these rows must not be wider than those that were proven.
fn prove(network: &Network, sums: &[u32], memories: &Memories) -> Result<(), AssemblyError> {
    let mut most = vec![0; network.projections.len()];
    for core in &memories.cores {
        for block in &core.blocks {
            let projection = &network.projections[block.projection as usize];
            let mut counts = vec![0u64; block.rows.posts];
            let listed = projection.synapses.listed().is_some();
            let plastic = projection.learning.is_some();
            for axon in 0..block.rows.axons {
                for entry in block.rows.row(axon) {
                    // A dense row of listed synapses that do not learn has zeros where there is no synapse.
                    let dense = listed && !plastic && block.rows.layout == RowLayout::Dense;
                    let there = !dense || block.rows.weights.get(entry) != 0;
                    counts[block.rows.post(axon, entry)] += u64::from(there);
                }
            }
            let events = u64::from(network.max_events(projection.source));
            let own = events * counts.into_iter().max().unwrap_or(0);
            let most = &mut most[block.projection as usize];
            *most = own.max(*most);
        }
    }
    for (index, (population, &proven)) in network.populations.iter().zip(sums).enumerate() {
        let found = build::sum_bits_of(network, index, &|projection| most[projection]);
        if found > proven {
            return Err(AssemblyError::Sum { population: population.name.clone(), found, proven });
        }
    }
    Ok(())
}

fn node(network: &Network, sums: &[u32], memories: CoreMemories) -> Result<Node, AssemblyError> {
    let CoreMemories { core: id, slices, blocks, axon_in, routes, error_routes } = memories;
    let wrong = |detail: String| AssemblyError::Shape { core: id.0.into(), detail };
    let mut core = NeuronCore::default();
    core.axon_in = axon_in;
    let mut placements = Vec::new();
    for slice in &slices {
        let population = slice.population as usize;
        placements.push(Placement { population, first: slice.first, len: slice.len, core: id });
        core.slices.push(Slice::new(
            slice.population,
            slice.first,
            slice.len as usize,
            network.datapath,
            slice.parameters.clone(),
            sums[population],
            network.seed,
        ));
    }
    let ports: Vec<_> = core.slices.iter_mut().map(|slice| build::add_ports(network, slice)).collect();
    for block in blocks {
        let number = block.projection as usize;
        let port = ports.get(block.slice).and_then(|of| of.get(&number)).map_or(0, |port| *port);
        let delays = match block.delays.first() {
            Some(delay) if block.delays.iter().all(|other| other == delay) => Delays::Same(*delay),
            Some(_) => Delays::Each(block.delays),
            None => Delays::Same(1),
        };
        let rows = BlockRows { presynaptic: block.presynaptic, delays, memory: block.rows };
        core.blocks.push(build::block_of(network, number, (block.slice, port), rows));
    }
    let mut unit = build::build_unit(network, &placements, &core, &|slice, _| slices[slice].mirror.clone());
    for (own, slice) in unit.slices.iter_mut().zip(slices) {
        let mirrored = own.mirror().map_or(0, |mirror| slice.len as usize * mirror.channels());
        if !own.set_matrix(slice.matrix) || slice.mirror.len() != mirrored {
            return Err(wrong(format!("a matrix of population {} has another size", slice.population)));
        }
    }
    let mut node = Node::new(id, core, unit);
    (node.routes, node.error_routes) = (routes, error_routes);
    Ok(node)
}
