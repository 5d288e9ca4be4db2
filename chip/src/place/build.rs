//! Building the cores and routing tables of a mapped network.
//!
//! Per core: population slices, one block of axons per (projection, slice), an axon-in entry per presynaptic
//! neuron that reaches the core, and the routes of the core's own neurons.
//!
//! Promises: everything that enters a register depends on logical names only; cores without neurons are not
//! built. Absent on purpose: running (`run`), placing (`mapping`).

use crate::network::{Network, Projection, Source, Synapses};
use crate::place::cut::{self, BlockRows};
use crate::place::mapping::{Mapping, Placement};
use crate::run::node::Node;
use std::collections::BTreeMap;
use synfire_core::address::CoreId;
use synfire_core::neuron::Order;
use synfire_core::neuron_core::{AxonBlock, AxonTarget, NeuronCore};
use synfire_core::slice::Slice;
use synfire_core::trace::{TraceConfig, Traces};
use synfire_core::width::PortDemand;
use synfire_plasticity::config::{MirrorConfig, Presynaptic, SliceConfig};
use synfire_plasticity::unit::LearningUnit;
use synfire_router::table::{Destination, RoutingTable};

/// What is built: nodes in core order, and the routes of every input population's channels.
#[derive(Debug)]
pub struct Built {
    /// Nodes, ascending by core.
    pub nodes: Vec<Node>,
    /// Routing table of each input population.
    pub inputs: Vec<RoutingTable>,
}

/// A presynaptic neuron or channel. Sorts by inputs, then populations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sender {
    source: SourceKey,
    neuron: u32,
}

/// A [`Source`] that sorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SourceKey {
    Input(usize),
    Population(usize),
}

impl From<Source> for SourceKey {
    fn from(source: Source) -> Self {
        match source {
            Source::Input(index) => Self::Input(index),
            Source::Population(index) => Self::Population(index),
        }
    }
}

/// Where a presynaptic neuron's spikes go.
#[derive(Clone, Copy, Debug)]
struct Route {
    from: Sender,
    to: Destination,
}

/// Builds every used core.
#[must_use]
pub fn build(network: &Network, mapping: &Mapping) -> Built {
    let mut by_core: Vec<(CoreId, Vec<Placement>)> = Vec::new();
    let mut slices = mapping.slices.clone();
    slices.sort_by_key(|s| (s.core, s.population, s.first));
    for slice in slices {
        match by_core.last_mut() {
            Some((core, list)) if *core == slice.core => list.push(slice),
            _ => by_core.push((slice.core, vec![slice])),
        }
    }
    let sums: Vec<u32> = (0..network.populations.len()).map(|index| sum_bits(network, index)).collect();
    let mut routes: Vec<Route> = Vec::new();
    let mut nodes: Vec<Node> = by_core
        .iter()
        .map(|(core, slices)| {
            let neurons = build_core(network, (slices, &sums), *core, &mut routes);
            let unit = build_unit(network, slices, &neurons, &|slice, projection| {
                mirrored(network, projection, &slices[slice])
            });
            Node::new(*core, neurons, unit)
        })
        .collect();
    routes.sort_unstable_by_key(|route| (route.from, route.to.core));
    let of = |source: SourceKey, neuron: u32| {
        let from = Sender { source, neuron };
        let start = routes.partition_point(|route| route.from < from);
        routes[start..].iter().take_while(move |route| route.from == from).map(|route| route.to)
    };
    for (node, (_, slices)) in nodes.iter_mut().zip(&by_core) {
        let mut table = RoutingTable::default();
        for slice in slices {
            for neuron in slice.first..slice.first + slice.len {
                table.push(of(SourceKey::Population(slice.population), neuron));
            }
        }
        node.routes = table;
    }
    route_errors(network, &mut nodes, &by_core);
    let inputs = network.inputs.iter().enumerate().map(|(index, input)| {
        let mut table = RoutingTable::default();
        for channel in 0..input.neurons {
            table.push(of(SourceKey::Input(index), channel));
        }
        table
    });
    Built { inputs: inputs.collect(), nodes }
}

/// Proven width of the dendritic sum of a population: every port, shifted, joined.
#[must_use]
pub fn sum_bits(network: &Network, population: usize) -> u32 {
    sum_bits_of(network, population, &|projection| max_fan_in(network, &network.projections[projection]))
}

/// The same where `fan_in` says how many events of a projection a neuron gets in one step at most.
pub(super) fn sum_bits_of(network: &Network, population: usize, fan_in: &dyn Fn(usize) -> u64) -> u32 {
    let demand = |number: usize| PortDemand {
        addend_bits: network.projections[number].format.addend_bits(),
        events: fan_in(number),
    };
    let ports = network.ports(population).into_iter().map(|port| {
        let own = port.projections.iter().map(|number| demand(*number));
        let own = own.fold(PortDemand::default(), PortDemand::join);
        if port.shift == 0 { own } else { own.shifted(port.shift) }
    });
    ports.fold(PortDemand::default(), PortDemand::join).bits()
}

/// Gives a slice the ports of its population; that of each projection which ends there, whether or not it reaches the
/// slice.
pub(super) fn add_ports(network: &Network, slice: &mut Slice) -> BTreeMap<usize, usize> {
    let ports = network.ports(slice.population as usize).into_iter().flat_map(|port| {
        let at = slice.add_port(-(port.shift as i8));
        port.projections.into_iter().map(move |number| (number, at))
    });
    ports.collect()
}

/// The neurons and synapses of one core; `sums` are the widths of each population's dendritic sums.
fn build_core(
    network: &Network,
    (slices, sums): (&[Placement], &[u32]),
    core: CoreId,
    routes: &mut Vec<Route>,
) -> NeuronCore {
    let mut built = NeuronCore::default();
    let mut targets: Vec<(Sender, AxonTarget)> = Vec::new();
    for placement in slices {
        let population = &network.populations[placement.population];
        let parameters = population.parameters.part(placement.first as usize, placement.len as usize);
        let slice = Slice::new(
            placement.population as u32,
            placement.first,
            placement.len as usize,
            network.datapath,
            parameters,
            sums[placement.population],
            network.seed,
        );
        built.slices.push(slice);
        let index = built.slices.len() - 1;
        for (number, port) in add_ports(network, &mut built.slices[index]) {
            let Some(block) = build_block(network, number, placement, index, port) else { continue };
            let at = built.blocks.len() as u16;
            let source = SourceKey::from(network.projections[number].source);
            let axons = block.presynaptic.iter().enumerate();
            targets.extend(axons.map(|(axon, &neuron)| (Sender { source, neuron }, (at, axon as u32))));
            built.blocks.push(block);
        }
    }
    targets.sort_unstable();
    for group in targets.chunk_by(|a, b| a.0 == b.0) {
        let axon_in = built.axon_in.push(group.iter().map(|(_, target)| *target));
        routes.push(Route { from: group[0].0, to: Destination { core, axon_in } });
    }
    built
}

/// Largest sum, over the neurons of the target, of their synapses' multiplicity limits.
fn max_fan_in(network: &Network, projection: &Projection) -> u64 {
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

fn build_block(
    network: &Network,
    number: usize,
    placement: &Placement,
    slice: usize,
    port: usize,
) -> Option<AxonBlock> {
    let part = cut::block_rows(&network.projections[number], network, placement.first, placement.len);
    if part.presynaptic.is_empty() {
        return None;
    }
    Some(block_of(network, number, (slice, port), part))
}

/// The block of a projection's rows that reach `slice` through `port`, at rest.
pub(super) fn block_of(
    network: &Network,
    number: usize,
    (slice, port): (usize, usize),
    part: BlockRows,
) -> AxonBlock {
    let projection = &network.projections[number];
    let limit = network.max_events(projection.source);
    let axons = part.presynaptic.len();
    let arrivals = synfire_core::arrival::Arrivals::new(axons, part.delays.max(), limit);
    let reads = |what| projection.learning.is_some_and(|learning| learning.presynaptic == what);
    let traces = reads(Presynaptic::Trace).then(|| (traces_of(network, projection), Traces::new(axons)));
    AxonBlock {
        projection: number as u32,
        slice,
        presynaptic: part.presynaptic,
        delays: part.delays,
        memory: part.memory,
        format: projection.format,
        port,
        arrivals,
        traces,
        arrived: reads(Presynaptic::Events).then(Vec::new),
        plastic: projection.learning.is_some(),
    }
}

/// How the axons of a plastic projection keep their traces: they decay as its target's neurons do.
fn traces_of(network: &Network, projection: &Projection) -> TraceConfig {
    let parameters = &network.populations[projection.target].parameters;
    TraceConfig {
        bits: network.learning.trace_bits,
        increment: network.learning.trace_increment,
        q_decay: parameters.current_decay.get(0) as u32,
        p_decay: parameters.membrane_decay.get(0) as u32,
        decay_fraction: network.datapath.decay_fraction,
        updated_q: network.datapath.order == Order::UpdatedCurrent,
    }
}

/// The learning unit of a core; `mirrored` gives the weights of a projection that the neurons of a slice mirror.
pub(super) fn build_unit(
    network: &Network,
    slices: &[Placement],
    core: &NeuronCore,
    mirrored: &dyn Fn(usize, usize) -> Vec<i16>,
) -> LearningUnit {
    let (surrogates, sent) = network.surrogate_channels();
    let slice = |(at, placement): (usize, &Placement)| {
        let population = &network.populations[placement.population];
        let followed = population.learning.and_then(|learning| learning.third_factor.mirrored());
        SliceConfig {
            learning: population.learning,
            readout: population.readout,
            mirror: followed.map(|(projection, _)| {
                let number = usize::from(projection);
                mirror(network, number, &surrogates, mirrored(at, number))
            }),
            surrogates: surrogates[placement.population],
            eligible: network.is_eligible(placement.population),
        }
    };
    let blocks: Vec<_> =
        core.blocks.iter().map(|b| network.projections[b.projection as usize].learning).collect();
    LearningUnit::new(
        core,
        slices.iter().enumerate().map(slice).collect(),
        &blocks,
        (&network.datapath, &network.learning),
        (network.channels(), sent),
        network.seed,
    )
}

/// The weights of the neurons of `placement` to a readout.
fn mirrored(network: &Network, number: usize, placement: &Placement) -> Vec<i16> {
    let projection = &network.projections[number];
    let channels = network.populations[projection.target].neurons as usize;
    let Synapses::Dense { weights } = &projection.synapses else {
        unreachable!("a mirrored projection is all-to-all: checked when the network is resolved");
    };
    let rows = placement.first as usize * channels..(placement.first + placement.len) as usize * channels;
    rows.map(|at| weights.get(at) as i16).collect()
}

/// What a copy of `weights` to a readout, at its start, needs.
fn mirror(network: &Network, number: usize, surrogates: &[Option<u16>], weights: Vec<i16>) -> MirrorConfig {
    let projection = &network.projections[number];
    MirrorConfig {
        projection: number as u32,
        delay: projection.delays.max(),
        traces: traces_of(network, projection),
        learning: projection.learning,
        store_bits: projection.format.store_bits,
        surrogates: surrogates[projection.target]
            .filter(|_| projection.learning.is_some_and(|learning| learning.eligibility.is_some())),
        weights,
    }
}

/// Every error goes to the cores whose neurons listen to its channel by broadcast, every surrogate to those that mirror
/// its readout with a filter.
fn route_errors(network: &Network, nodes: &mut [Node], by_core: &[(CoreId, Vec<Placement>)]) {
    let listens = |slices: &[Placement], channel: u16| {
        slices.iter().any(|s| {
            network.populations[s.population].learning.is_some_and(|l| {
                let group = matches!(l.third_factor, synfire_plasticity::config::ThirdFactor::Group { .. });
                !group && channel >= l.first_channel && channel < l.first_channel + l.channels
            })
        })
    };
    let mut table = Vec::new();
    for channel in 0..network.channels() as u16 {
        let cores = by_core.iter().filter(|(_, slices)| listens(slices, channel)).map(|(core, _)| *core);
        table.push(cores.collect::<Vec<_>>());
    }
    let (surrogates, _) = network.surrogate_channels();
    let readouts = surrogates.iter().enumerate().filter(|(_, channel)| channel.is_some());
    for readout in readouts.map(|(population, _)| population) {
        let mirrors = |slice: &Placement| {
            let mirrored =
                network.populations[slice.population].learning.and_then(|l| l.third_factor.mirrored());
            mirrored.is_some_and(|(number, _)| network.projections[usize::from(number)].target == readout)
        };
        let cores = by_core.iter().filter(|(_, slices)| slices.iter().any(mirrors)).map(|(core, _)| *core);
        let cores: Vec<CoreId> = cores.collect();
        table.extend(std::iter::repeat_n(cores, network.populations[readout].neurons as usize));
    }
    for node in nodes {
        node.error_routes = table.clone();
    }
}
