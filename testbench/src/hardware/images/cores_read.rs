//! Memories of a machine from those of the reference RTL: the way back of `cores`.
//!
//! Promises: the memories that `read` builds run with the bits of those that were written, or with what was edited in them;
//! a packet names its axon, so an input address is the number of one. Absent on purpose: registers, which are compared with
//! the configuration.

use super::array::Shape;
use super::blocks::{Placed, PlacedSlice};
use super::cores::{MOST_CORES, Parameters, Reached, Sender, Shapes, order};
use super::fields::{self, PARAMETERS};
use super::source::Source;
use super::supported::{self, refuse};
use crate::hardware::error::HardwareError;
use crate::hardware::register_map::address;
use synfire_chip::memories::{BlockMemories, CoreMemories, Memories, SliceMemories};
use synfire_chip::network::Network;
use synfire_core::address::{AxonIn, CoreId};
use synfire_core::neuron_core::AxonInTable;
use synfire_core::synapse::{RowLayout, SynapseMemory, WeightLanes};
use synfire_router::table::{Destination, RoutingTable};

/// The memories that a source has of `placed`.
///
/// # Errors
/// Those of the source; where words are not those of the network's axons, registers or stores.
pub fn read(
    source: &mut dyn Source,
    placed: &[Placed],
    network: &Network,
    parameters: &Parameters,
) -> Result<Memories, HardwareError> {
    let mut cores = Vec::new();
    for own in placed {
        cores.push(read_core(source, own, network, parameters)?);
    }
    let reached = Reached::new(&cores, network);
    let to = |(core, axon): &(u16, u32)| Destination { core: CoreId(*core), axon_in: AxonIn(*axon) };
    let inputs = network.inputs.iter().enumerate().map(|(index, input)| {
        let mut table = RoutingTable::default();
        for channel in 0..input.neurons {
            table.push(reached.get(Sender::Input(index), channel).iter().map(to));
        }
        table
    });
    Ok(Memories { inputs: inputs.collect(), cores })
}

fn read_core(
    source: &mut dyn Source,
    placed: &Placed,
    network: &Network,
    parameters: &Parameters,
) -> Result<CoreMemories, HardwareError> {
    let shapes = Shapes::new(placed.core, parameters);
    let [neurons, all, _, channels, _] = shapes.sizes;
    let [slice] = &placed.slices[..] else {
        return Err(refuse(
            "a core",
            format!("{} populations", placed.slices.len()),
            "one population a core",
        ));
    };
    let held = placed.blocks.iter().fold(0usize, |sum, block| sum.saturating_add(block.axons));
    if slice.neurons as usize > neurons || held > all || network.channels() > channels {
        let found = format!("{} neurons, {held} axons, {} channels", slice.neurons, network.channels());
        let allowed = format!("up to {neurons} neurons, {all} axons, {channels} channels: the parameters");
        return Err(refuse(&format!("core {}", placed.core), found, &allowed));
    }
    let slices = vec![read_slice(source, slice, network, &shapes)?];
    let blocks = read_blocks(source, placed, network, &shapes)?;
    let routes = read_routes(source, slice.neurons as usize, &shapes)?;
    let (axon_in, error_routes) = (AxonInTable::default(), Vec::new());
    let mut core = CoreMemories { core: CoreId(placed.core), slices, blocks, axon_in, routes, error_routes };
    let order = order(&core, network);
    for &block in &order {
        for axon in 0..core.blocks[block].presynaptic.len() as u32 {
            core.axon_in.push([(block as u16, axon)]);
        }
    }
    expect_registers(source, &mut core, &order, network, &shapes)?;
    Ok(core)
}

fn read_slice(
    source: &mut dyn Source,
    placed: &PlacedSlice,
    network: &Network,
    shapes: &Shapes,
) -> Result<SliceMemories, HardwareError> {
    let (population, len) = (placed.population as usize, placed.neurons as usize);
    let configured = &network.populations[population];
    let mut parameters = configured.parameters.clone();
    for parameter in &PARAMETERS[..2] {
        let shape = shapes.lanes(parameter, network, population);
        let values = source.read(&shape)?;
        expect_rest(source, &shape, &values, len)?;
        let low = parameter.field(network, population).low;
        if let Some(at) = values[..len].iter().position(|value| *value < low) {
            return Err(source.refuse(&shape, at, values[at].to_string(), format!("{low} or more")));
        }
        parameter.put(&mut parameters, values[..len].iter().map(|value| *value as i32).collect());
    }
    let (shape, channels) = (shapes.matrix(), shapes.sizes[3]);
    let entries = source.read(&shape)?;
    expect_rest(source, &shape, &entries, len * channels)?;
    let third = configured.learning.filter(|learning| learning.third_factor.matrix().is_some());
    let row = third.map_or(0, |learning| usize::from(learning.channels));
    let matrix = (0..len * row).map(|at| entries[at / row * channels + at % row] as i8).collect();
    let (first, mirror) = (placed.first, Vec::new());
    Ok(SliceMemories {
        population: placed.population,
        first,
        len: placed.neurons,
        parameters,
        matrix,
        mirror,
    })
}

fn read_routes(source: &mut dyn Source, len: usize, shapes: &Shapes) -> Result<RoutingTable, HardwareError> {
    let (shape, width) = (shapes.routes(), 3 * shapes.sizes[2]);
    let entries = source.read(&shape)?;
    expect_rest(source, &shape, &entries, len * width)?;
    let mut routes = RoutingTable::default();
    for neuron in entries[..len * width].chunks_exact(width) {
        let used = neuron.chunks_exact(3).take_while(|entry| entry[2] == 1);
        let to =
            |entry: &[i64]| Destination { core: CoreId(entry[1] as u16), axon_in: AxonIn(entry[0] as u32) };
        routes.push(used.map(to));
    }
    Ok(routes)
}

/// The registers must be those of the configuration; where errors go is taken from them.
fn expect_registers(
    source: &mut dyn Source,
    core: &mut CoreMemories,
    order: &[usize],
    network: &Network,
    shapes: &Shapes,
) -> Result<(), HardwareError> {
    let shape = shapes.registers();
    let found = source.read(&shape)?;
    let mask = error_cores(&found);
    let to: Vec<CoreId> = (0..MOST_CORES as u16).filter(|core| mask >> core & 1 == 1).map(CoreId).collect();
    core.error_routes = vec![to; network.channels()];
    let expected = supported::held(core, order, network)?.values();
    for (at, value) in found.iter().enumerate() {
        let wanted = expected.get(at).copied().unwrap_or(0);
        if *value != wanted {
            let allowed =
                format!("{wanted}: registers are configuration; change the experiment and export it again");
            return Err(source.refuse(&shape, at, value.to_string(), allowed));
        }
    }
    Ok(())
}

/// Cores that errors go to.
fn error_cores(registers: &[i64]) -> i64 {
    address("error_cores").and_then(|at| registers.get(at).copied()).unwrap_or(0)
}

/// What is behind the last neuron or axon must be 0.
fn expect_rest(source: &dyn Source, shape: &Shape, values: &[i64], used: usize) -> Result<(), HardwareError> {
    let width = shape.fields.len();
    match values.iter().skip(used).position(|value| *value != 0) {
        None => Ok(()),
        Some(at) => {
            let (found, at) = (values[used + at].to_string(), (used + at) / width);
            Err(source.refuse(shape, at, found, "0, for nothing is there".to_owned()))
        }
    }
}

fn read_blocks(
    source: &mut dyn Source,
    placed: &Placed,
    network: &Network,
    shapes: &Shapes,
) -> Result<Vec<BlockMemories>, HardwareError> {
    let [neurons, ..] = shapes.sizes;
    let posts = placed.slices[0].neurons as usize;
    let axon_shape = shapes.axons();
    let axons = source.read(&axon_shape)?;
    let weight_shape = shapes.synapses();
    let weights = source.read(&weight_shape)?;
    let mut order: Vec<usize> = (0..placed.blocks.len()).collect();
    let projection = |block: usize| placed.blocks[block].projection as usize;
    order.sort_by_key(|block| {
        (network.projections[projection(*block)].learning.is_none(), projection(*block))
    });
    let mut blocks: Vec<Option<BlockMemories>> = placed.blocks.iter().map(|_| None).collect();
    let mut at = 0;
    for (number, block) in order.into_iter().enumerate() {
        let (own, logical) = (&placed.blocks[block], &network.projections[projection(block)]);
        let pre_count = network.source_neurons(logical.source);
        let (mut presynaptic, mut delays) = (Vec::new(), Vec::new());
        let mut lanes = WeightLanes::zeros(logical.format.store_bits, own.axons * posts);
        let field = fields::weight(logical.format, logical.learning.is_some());
        for axon in 0..own.axons {
            let [pre, delay, bit] = [0, 1, 2].map(|field| axons[3 * at + field]);
            if bit != number as i64 || !(1..=63).contains(&delay) || pre >= i64::from(pre_count) {
                let found = format!("pre {pre}, delay {delay}, projection {bit}");
                let allowed = format!("pre 0..{pre_count}, delay 1..=63, projection {number}");
                return Err(source.refuse(&axon_shape, at, found, allowed));
            }
            presynaptic.push(pre as u32);
            delays.push(delay as u8);
            for neuron in 0..neurons {
                let (element, weight) = (at * neurons + neuron, weights[at * neurons + neuron]);
                let allowed = if neuron < posts { field.low..=field.high } else { 0..=0 };
                if !allowed.contains(&weight) {
                    let allowed = format!("{}..={}", allowed.start(), allowed.end());
                    return Err(source.refuse(&weight_shape, element, weight.to_string(), allowed));
                }
                if neuron < posts {
                    lanes.set(axon * posts + neuron, weight as i32);
                }
            }
            at += 1;
        }
        let rows = SynapseMemory { posts, axons: own.axons, layout: RowLayout::Dense, weights: lanes };
        let (projection, slice) = (own.projection, own.slice);
        blocks[block] = Some(BlockMemories { projection, slice, presynaptic, delays, rows });
    }
    expect_rest(source, &axon_shape, &axons, 3 * at)?;
    expect_rest(source, &weight_shape, &weights, at * neurons)?;
    Ok(blocks.into_iter().flatten().collect())
}
