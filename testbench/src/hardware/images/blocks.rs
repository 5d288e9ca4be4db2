//! The memories of a machine as arrays: one set for each slice of neurons and each block of axons.
//!
//! Promises: `read` of what `each` gave are the same memories. Lists of lists (rows, input addresses, routes) are two
//! arrays: entries, and where those of each list start, with one start more than there are lists. Absent on purpose: files.

use super::array::{Array, Field, Name, Part, Shape};
use super::fields::{self, PARAMETERS};
use super::source::Source;
use crate::hardware::error::HardwareError;
use serde::{Deserialize, Serialize};
use synfire_chip::chip::Chip;
use synfire_chip::memories::{BlockMemories, CoreMemories, Memories, SliceMemories};
use synfire_chip::network::Network;
use synfire_core::address::{AxonIn, CoreId};
use synfire_core::neuron_core::AxonInTable;
use synfire_core::synapse::{RowLayout, SynapseMemory, TapName, WeightLanes};
use synfire_router::table::{Destination, RoutingTable};

/// What a core holds, without its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Core.
    pub core: u16,
    /// Slices of populations, in the order of their neurons' slots.
    pub slices: Vec<PlacedSlice>,
    /// Blocks of axons.
    pub blocks: Vec<PlacedBlock>,
}

/// Neurons of a population in a core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedSlice {
    /// Index of the population.
    pub population: u32,
    /// Its name.
    pub name: String,
    /// First neuron.
    pub first: u32,
    /// How many.
    pub neurons: u32,
    /// Slot of the first one: its place among the neurons of the core.
    pub slot: u32,
}

/// Axons of a projection in a core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedBlock {
    /// Index of the projection.
    pub projection: u32,
    /// Its name.
    pub name: String,
    /// Slice that they reach.
    pub slice: usize,
    /// How many.
    pub axons: usize,
    /// How their rows are kept.
    pub rows: Rows,
}

/// How rows are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rows {
    /// A weight for every neuron.
    Dense,
    /// Listed neurons.
    Sparse,
    /// Listed neurons that read taps.
    Shared,
}

/// What every core holds.
#[must_use]
pub fn placed(memories: &Memories, network: &Network) -> Vec<Placed> {
    let core = |core: &CoreMemories| {
        let mut slot = 0;
        let slices = core.slices.iter().map(|slice| {
            let name = network.populations[slice.population as usize].name.clone();
            let SliceMemories { population, first, len: neurons, .. } = *slice;
            slot += neurons;
            PlacedSlice { population, name, first, neurons, slot: slot - neurons }
        });
        let blocks = core.blocks.iter().map(|block| PlacedBlock {
            projection: block.projection,
            name: network.projections[block.projection as usize].name.clone(),
            slice: block.slice,
            axons: block.presynaptic.len(),
            rows: rows_of(&block.rows.layout),
        });
        Placed { core: core.core.0, slices: slices.collect(), blocks: blocks.collect() }
    };
    memories.cores.iter().map(core).collect()
}

/// Takes one array after the other.
pub type Sink<'a> = &'a mut dyn FnMut(Array) -> Result<(), HardwareError>;

/// A memory with one index.
fn line(name: Name, index: &'static str, count: usize, fields: Vec<Field>) -> Shape {
    Shape { name, index: vec![(index, count)], fields }
}

/// Gives every array of the memories.
///
/// # Errors
/// Those of the sink.
pub fn each(
    memories: &Memories,
    network: &Network,
    chip: &Chip,
    sink: Sink<'_>,
) -> Result<(), HardwareError> {
    for core in &memories.cores {
        each_slice(core, network, sink)?;
        each_block(core, network, sink)?;
        each_table(core, chip, sink)?;
    }
    for (input, table) in memories.inputs.iter().enumerate() {
        let names = ["input_route_starts", "input_routes"];
        routes((None, Part::Input(input)), names, table, chip, sink)?;
    }
    Ok(())
}

fn each_slice(core: &CoreMemories, network: &Network, sink: Sink<'_>) -> Result<(), HardwareError> {
    for (at, slice) in core.slices.iter().enumerate() {
        let name = |memory| Name { core: Some(core.core.0), part: Part::Slice(at), memory };
        let (len, population) = (slice.len as usize, slice.population as usize);
        for parameter in &PARAMETERS {
            let Some(values) = parameter.kept(&slice.parameters) else { continue };
            let field = parameter.field(network, population);
            let shape = line(name(parameter.memory), "neuron", len, vec![field]);
            sink(Array { shape, values: (0..len).map(|neuron| values.get(neuron).into()).collect() })?;
        }
        for (shape, values) in [
            (
                matrix(name("matrix"), slice.matrix.len(), len),
                slice.matrix.iter().map(|e| i64::from(*e)).collect(),
            ),
            (
                mirror(name("mirror_weights"), slice.mirror.len(), len, network, population),
                slice.mirror.iter().map(|w| i64::from(*w)).collect::<Vec<i64>>(),
            ),
        ] {
            if let Some(shape) = shape {
                sink(Array { shape, values })?;
            }
        }
    }
    Ok(())
}

fn per_channel(name: Name, (entries, neurons): (usize, usize), field: Field) -> Option<Shape> {
    let channels = entries.checked_div(neurons).filter(|channels| *channels > 0)?;
    let index = vec![("neuron", neurons), ("channel", channels)];
    Some(Shape { name, index, fields: vec![field] })
}

fn matrix(name: Name, entries: usize, neurons: usize) -> Option<Shape> {
    per_channel(name, (entries, neurons), fields::entry())
}

fn mirror(name: Name, entries: usize, neurons: usize, network: &Network, population: usize) -> Option<Shape> {
    let learning = network.populations[population].learning?;
    let (projection, _) = learning.third_factor.mirrored()?;
    let projection = &network.projections[usize::from(projection)];
    per_channel(name, (entries, neurons), fields::weight(projection.format, projection.learning.is_some()))
}

fn rows_of(layout: &RowLayout) -> Rows {
    match layout {
        RowLayout::Dense => Rows::Dense,
        RowLayout::Sparse { .. } => Rows::Sparse,
        RowLayout::Shared { .. } => Rows::Shared,
    }
}

/// The memory of the weights of a block: `counts` are its axons, the neurons that they reach, its weights.
fn weights(name: Name, (projection, rows): (usize, Rows), counts: [usize; 3], network: &Network) -> Shape {
    let projection = &network.projections[projection];
    let [axons, posts, weights] = counts;
    let index = match rows {
        Rows::Dense => vec![("axon", axons), ("neuron", posts)],
        Rows::Sparse => vec![("entry", weights)],
        Rows::Shared => vec![("tap", weights)],
    };
    let field = fields::weight(projection.format, projection.learning.is_some());
    Shape { name, index, fields: vec![field] }
}

fn tap_names(name: Name, taps: usize, network: &Network, projection: usize) -> Shape {
    let kernel = network.projections[projection].synapses.kernel();
    let (known, copies) = kernel.map_or((1, 1), |kernel| (kernel.taps() as usize, kernel.copies as usize));
    line(name, "tap", taps, vec![Field::index("tap", known), Field::index("copy", copies)])
}

fn each_block(core: &CoreMemories, network: &Network, sink: Sink<'_>) -> Result<(), HardwareError> {
    for (at, block) in core.blocks.iter().enumerate() {
        let name = |memory| Name { core: Some(core.core.0), part: Part::Block(at), memory };
        let (axons, rows, projection) = (block.presynaptic.len(), &block.rows, block.projection as usize);
        let pairs = block.presynaptic.iter().zip(&block.delays);
        let values = pairs.flat_map(|(pre, delay)| [i64::from(*pre), fields::delay_field(*delay)]).collect();
        sink(Array { shape: line(name("axons"), "axon", axons, fields::axon(network, projection)), values })?;
        let counts = [axons, rows.posts, rows.weights.len()];
        let shape = weights(name("weights"), (projection, rows_of(&rows.layout)), counts, network);
        let values = match &rows.weights {
            WeightLanes::I8(lanes) => lanes.iter().map(|lane| i64::from(*lane)).collect(),
            WeightLanes::I16(lanes) => lanes.iter().map(|lane| i64::from(*lane)).collect(),
        };
        sink(Array { shape, values })?;
        let Some((starts, posts)) = rows.layout.listed() else { continue };
        let (starts, entries) = (numbers(starts), posts.len());
        let shape = line(name("row_starts"), "row", starts.len(), vec![fields::start(entries)]);
        sink(Array { shape, values: starts })?;
        let values = posts.iter().map(|post| i64::from(*post)).collect();
        let shape = line(name("row_neurons"), "entry", entries, vec![Field::index("neuron", rows.posts)]);
        sink(Array { shape, values })?;
        let RowLayout::Shared { taps, names, .. } = &rows.layout else { continue };
        let shape = line(name("row_taps"), "entry", entries, vec![Field::index("tap", rows.weights.len())]);
        sink(Array { shape, values: numbers(taps) })?;
        let values = names.iter().flat_map(|name| [i64::from(name.tap), i64::from(name.copy)]).collect();
        sink(Array { shape: tap_names(name("tap_names"), names.len(), network, projection), values })?;
    }
    Ok(())
}

fn numbers(list: &[u32]) -> Vec<i64> {
    list.iter().map(|number| i64::from(*number)).collect()
}

/// Most axons of a block of a core.
fn most_axons(blocks: &[usize]) -> usize {
    blocks.iter().copied().max().unwrap_or(0)
}

fn each_table(core: &CoreMemories, chip: &Chip, sink: Sink<'_>) -> Result<(), HardwareError> {
    let name = |memory| Name { core: Some(core.core.0), part: Part::Whole, memory };
    let axons: Vec<usize> = core.blocks.iter().map(|block| block.presynaptic.len()).collect();
    let addresses = (0..core.axon_in.len() as u32).map(|entry| core.axon_in.get(AxonIn(entry)));
    let fields = fields::address(core.blocks.len(), most_axons(&axons));
    let element = |(block, axon): &(u16, u32)| vec![i64::from(*block), i64::from(*axon)];
    lists([name("address_starts"), name("address_axons")], fields, addresses, element, sink)?;
    routes((Some(core.core.0), Part::Whole), ["route_starts", "routes"], &core.routes, chip, sink)?;
    let names = [name("error_route_starts"), name("error_routes")];
    let cores = core.error_routes.iter().map(Vec::as_slice);
    lists(names, vec![fields::core(chip)], cores, |core| vec![i64::from(core.0)], sink)
}

fn routes(
    (core, part): (Option<u16>, Part),
    names: [&'static str; 2],
    table: &RoutingTable,
    chip: &Chip,
    sink: Sink<'_>,
) -> Result<(), HardwareError> {
    let names = names.map(|memory| Name { core, part, memory });
    let element = |to: &Destination| vec![i64::from(to.core.0), i64::from(to.axon_in.0)];
    let sources = (0..table.len()).map(|source| table.get(source));
    lists(names, fields::route(chip), sources, element, sink)
}

/// Lists as two arrays: where each starts, and all entries.
fn lists<'a, T: 'a>(
    [starts, entries]: [Name; 2],
    fields: Vec<Field>,
    lists: impl Iterator<Item = &'a [T]>,
    element: impl Fn(&T) -> Vec<i64>,
    sink: Sink<'_>,
) -> Result<(), HardwareError> {
    let (mut ends, mut values, mut count) = (vec![0], Vec::new(), 0);
    for list in lists {
        count += list.len();
        values.extend(list.iter().flat_map(&element));
        ends.push(count as i64);
    }
    sink(Array { shape: line(starts, "list", ends.len(), vec![fields::start(count)]), values: ends })?;
    sink(Array { shape: line(entries, "entry", count, fields), values })
}

/// The memories that a source has of `cores`.
///
/// # Errors
/// Those of the source, and where lists do not fit their entries.
pub fn read(
    source: &mut dyn Source,
    cores: &[Placed],
    network: &Network,
    chip: &Chip,
) -> Result<Memories, HardwareError> {
    let mut list = Vec::new();
    for placed in cores {
        let mut slices = Vec::new();
        for (at, slice) in placed.slices.iter().enumerate() {
            slices.push(read_slice(source, (placed.core, at), slice, network)?);
        }
        let mut blocks = Vec::new();
        for (at, block) in placed.blocks.iter().enumerate() {
            let posts = placed.slices[block.slice].neurons as usize;
            blocks.push(read_block(source, (placed.core, at), (block, posts), network)?);
        }
        list.push(read_tables(source, placed.core, (slices, blocks), chip)?);
    }
    let inputs = (0..network.inputs.len()).map(|input| {
        read_routes(source, (None, Part::Input(input)), ["input_route_starts", "input_routes"], chip)
    });
    let inputs = inputs.collect::<Result<_, _>>()?;
    Ok(Memories { cores: list, inputs })
}

fn read_slice(
    source: &mut dyn Source,
    (core, at): (u16, usize),
    placed: &PlacedSlice,
    network: &Network,
) -> Result<SliceMemories, HardwareError> {
    let name = |memory| Name { core: Some(core), part: Part::Slice(at), memory };
    let (len, population) = (placed.neurons as usize, placed.population as usize);
    let own = &network.populations[population];
    let mut parameters = own.parameters.clone();
    for parameter in PARAMETERS.iter().filter(|parameter| parameter.kept(&own.parameters).is_some()) {
        let field = parameter.field(network, population);
        let values = source.read(&line(name(parameter.memory), "neuron", len, vec![field]))?;
        parameter.put(&mut parameters, values.into_iter().map(|value| value as i32).collect());
    }
    let third = own.learning.map(|learning| (learning.third_factor, usize::from(learning.channels)));
    let has_matrix = third.filter(|(third, _)| third.matrix().is_some());
    let shape = has_matrix.and_then(|(_, channels)| matrix(name("matrix"), channels * len, len));
    let matrix = shape.map_or_else(|| Ok(Vec::new()), |shape| source.read(&shape))?;
    let has_mirror = third.filter(|(third, _)| third.mirrored().is_some());
    let shape = has_mirror
        .and_then(|(_, channels)| mirror(name("mirror_weights"), channels * len, len, network, population));
    let mirror = shape.map_or_else(|| Ok(Vec::new()), |shape| source.read(&shape))?;
    Ok(SliceMemories {
        population: placed.population,
        first: placed.first,
        len: placed.neurons,
        parameters,
        matrix: matrix.into_iter().map(|entry| entry as i8).collect(),
        mirror: mirror.into_iter().map(|weight| weight as i16).collect(),
    })
}

fn read_block(
    source: &mut dyn Source,
    (core, at): (u16, usize),
    (placed, posts): (&PlacedBlock, usize),
    network: &Network,
) -> Result<BlockMemories, HardwareError> {
    let name = |memory| Name { core: Some(core), part: Part::Block(at), memory };
    let number = placed.projection as usize;
    let projection = &network.projections[number];
    let count = |source: &dyn Source, memory| source.counts(name(memory)).map(|counts| counts[0]);
    let axons = count(source, "axons")?;
    let values = source.read(&line(name("axons"), "axon", axons, fields::axon(network, number)))?;
    let presynaptic = values.iter().step_by(2).map(|pre| *pre as u32).collect();
    let delays = values.iter().skip(1).step_by(2).map(|delay| fields::delay_of(*delay)).collect();
    let all = match placed.rows {
        Rows::Dense => axons.saturating_mul(posts),
        Rows::Sparse | Rows::Shared => count(source, "weights")?,
    };
    let shape = weights(name("weights"), (number, placed.rows), [axons, posts, all], network);
    let values = source.read(&shape)?;
    let mut lanes = WeightLanes::zeros(projection.format.store_bits, all);
    values.into_iter().enumerate().for_each(|(place, weight)| lanes.set(place, weight as i32));
    let layout = read_rows(source, &name, (placed, [axons, posts, all]), network)?;
    let rows = SynapseMemory { posts, axons, layout, weights: lanes };
    Ok(BlockMemories { projection: placed.projection, slice: placed.slice, presynaptic, delays, rows })
}

fn read_rows(
    source: &mut dyn Source,
    name: &dyn Fn(&'static str) -> Name,
    (placed, [axons, posts, all]): (&PlacedBlock, [usize; 3]),
    network: &Network,
) -> Result<RowLayout, HardwareError> {
    if placed.rows == Rows::Dense {
        return Ok(RowLayout::Dense);
    }
    let neurons = name("row_neurons");
    let entries = source.counts(neurons)?[0];
    let starts = line(name("row_starts"), "row", axons + 1, vec![fields::start(entries)]);
    let starts: Vec<u32> = source.read(&starts)?.into_iter().map(|start| start as u32).collect();
    let shape = line(neurons, "entry", entries, vec![Field::index("neuron", posts)]);
    let posts = source.read(&shape)?.into_iter().map(|post| post as u16).collect();
    if placed.rows == Rows::Sparse {
        if entries != all {
            let (found, allowed) = (format!("{entries} neurons"), format!("{all}, one a weight"));
            return Err(source.refuse(&shape, entries, found, allowed));
        }
        return Ok(RowLayout::Sparse { starts, posts });
    }
    let shape = line(name("row_taps"), "entry", entries, vec![Field::index("tap", all)]);
    let taps = source.read(&shape)?.into_iter().map(|tap| tap as u32).collect();
    let shape = tap_names(name("tap_names"), all, network, placed.projection as usize);
    let names = source.read(&shape)?;
    let names = names.chunks_exact(2).map(|name| TapName { tap: name[0] as u32, copy: name[1] as u32 });
    Ok(RowLayout::Shared { starts, posts, taps, names: names.collect() })
}

fn read_tables(
    source: &mut dyn Source,
    core: u16,
    (slices, blocks): (Vec<SliceMemories>, Vec<BlockMemories>),
    chip: &Chip,
) -> Result<CoreMemories, HardwareError> {
    let name = |memory| Name { core: Some(core), part: Part::Whole, memory };
    let axons: Vec<usize> = blocks.iter().map(|block| block.presynaptic.len()).collect();
    let fields = fields::address(blocks.len(), most_axons(&axons));
    let mut axon_in = AxonInTable::default();
    for list in read_lists(source, [name("address_starts"), name("address_axons")], fields)? {
        axon_in.push(list.chunks_exact(2).map(|to| (to[0] as u16, to[1] as u32)));
    }
    let routes = read_routes(source, (Some(core), Part::Whole), ["route_starts", "routes"], chip)?;
    let names = [name("error_route_starts"), name("error_routes")];
    let error_routes = read_lists(source, names, vec![fields::core(chip)])?;
    let error_routes =
        error_routes.into_iter().map(|list| list.into_iter().map(|core| CoreId(core as u16)).collect());
    Ok(CoreMemories {
        core: CoreId(core),
        slices,
        blocks,
        axon_in,
        routes,
        error_routes: error_routes.collect(),
    })
}

fn read_routes(
    source: &mut dyn Source,
    (core, part): (Option<u16>, Part),
    names: [&'static str; 2],
    chip: &Chip,
) -> Result<RoutingTable, HardwareError> {
    let names = names.map(|memory| Name { core, part, memory });
    let mut table = RoutingTable::default();
    for list in read_lists(source, names, fields::route(chip))? {
        let to = |to: &[i64]| Destination { core: CoreId(to[0] as u16), axon_in: AxonIn(to[1] as u32) };
        table.push(list.chunks_exact(2).map(to));
    }
    Ok(table)
}

/// Lists of elements, each element its fields.
fn read_lists(
    source: &mut dyn Source,
    [starts, entries]: [Name; 2],
    fields: Vec<Field>,
) -> Result<Vec<Vec<i64>>, HardwareError> {
    let (lists, count) = (source.counts(starts)?[0], source.counts(entries)?[0]);
    let shape = line(starts, "list", lists, vec![fields::start(count)]);
    let ends = source.read(&shape)?;
    let width = fields.len();
    let values = source.read(&line(entries, "entry", count, fields))?;
    let mut last = 0;
    for (at, &start) in ends.iter().enumerate() {
        let allowed = match at {
            0 => 0..=0,
            at if at + 1 == ends.len() => count as i64..=count as i64,
            _ => last..=count as i64,
        };
        if !allowed.contains(&start) {
            let allowed = format!("{}..={}", allowed.start(), allowed.end());
            return Err(source.refuse(&shape, at, start.to_string(), allowed));
        }
        last = start;
    }
    let list = |pair: &[i64]| values[pair[0] as usize * width..pair[1] as usize * width].to_vec();
    Ok(ends.windows(2).map(list).collect())
}
