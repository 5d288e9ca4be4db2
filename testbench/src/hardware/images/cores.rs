//! The memories of a machine as those of the reference RTL: one set a core, rows dense, a packet names its axon.
//!
//! Axons of a core: those of plastic projections first, then by projection, presynaptic neuron and delay. What the memories
//! are large enough for, and the chip's widths, are the RTL's parameters; everything else is in the registers.
//!
//! Promises: a network that the RTL cannot hold is refused with what it lacks. Absent on purpose: what the registers say
//! (`register_map`), the way back (`cores_read`).

use super::array::{Array, Field, Name, Part, Shape};
use super::blocks::Sink;
use super::fields::{self, PARAMETERS};
use super::supported::{self, refuse};
use crate::hardware::error::HardwareError;
use std::collections::BTreeMap;
use synfire_chip::chip::Chip;
use synfire_chip::memories::{BlockMemories, CoreMemories, Memories};
use synfire_chip::network::{Network, Source as From};
use synfire_core::format::Format;

/// Words of the register file: the load port's.
const REGISTER_WORDS: usize = 64;
/// Most cores.
pub(super) const MOST_CORES: usize = 2;
/// Widest word that the bench loads.
const LOAD_BITS: usize = 128;

/// The parameters of the RTL, by name.
pub type Parameters = BTreeMap<String, i64>;

/// The first axon of each block of a core, in the RTL's order.
pub(in crate::hardware) fn bases(core: &CoreMemories, network: &Network) -> Vec<usize> {
    let mut order: Vec<usize> = (0..core.blocks.len()).collect();
    let plastic =
        |block: usize| network.projections[core.blocks[block].projection as usize].learning.is_some();
    order.sort_by_key(|block| (!plastic(*block), core.blocks[*block].projection));
    let mut bases = vec![0; core.blocks.len()];
    let mut next = 0;
    for block in order {
        bases[block] = next;
        next += core.blocks[block].presynaptic.len();
    }
    bases
}

pub(super) fn axons(core: &CoreMemories) -> usize {
    core.blocks.iter().map(|block| block.presynaptic.len()).sum()
}

/// Axons that each neuron reaches: core and axon, by source.
pub(super) struct Reached {
    of: BTreeMap<(Sender, u32), Vec<(u16, u32)>>,
}

/// A source that sorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sender {
    Input(usize),
    Population(usize),
}

impl Reached {
    pub(super) fn new(cores: &[CoreMemories], network: &Network) -> Self {
        let mut of: BTreeMap<(Sender, u32), Vec<(u16, u32)>> = BTreeMap::new();
        for core in cores {
            for (block, base) in core.blocks.iter().zip(bases(core, network)) {
                let from = match network.projections[block.projection as usize].source {
                    From::Input(index) => Sender::Input(index),
                    From::Population(index) => Sender::Population(index),
                };
                for (axon, pre) in block.presynaptic.iter().enumerate() {
                    of.entry((from, *pre)).or_default().push((core.core.0, (base + axon) as u32));
                }
            }
        }
        of.values_mut().for_each(|list| list.sort_unstable());
        Self { of }
    }

    pub(super) fn get(&self, from: Sender, neuron: u32) -> &[(u16, u32)] {
        self.of.get(&(from, neuron)).map_or(&[], Vec::as_slice)
    }
}

/// Core and axon that the events of a channel of an input go to.
#[must_use]
pub fn stimulated(memories: &Memories, network: &Network) -> Vec<Vec<Vec<(u16, u32)>>> {
    let reached = Reached::new(&memories.cores, network);
    let channels = |(index, neurons): (usize, u32)| {
        (0..neurons).map(|channel| reached.get(Sender::Input(index), channel).to_vec()).collect()
    };
    network.inputs.iter().map(|input| input.neurons).enumerate().map(channels).collect()
}

/// The parameters of an RTL that holds the memories; `lanes` are the weights of a word.
///
/// # Errors
/// When none does.
pub fn parameters(memories: &Memories, network: &Network, lanes: usize) -> Result<Parameters, HardwareError> {
    let cores = &memories.cores;
    if cores.len() > MOST_CORES || cores.iter().enumerate().any(|(at, core)| core.core.index() != at) {
        let names: Vec<String> = cores.iter().map(|core| core.core.0.to_string()).collect();
        return Err(refuse(
            "the placement",
            format!("cores {}", names.join(", ")),
            "core 0, or cores 0 and 1",
        ));
    }
    let most = |of: &dyn Fn(&CoreMemories) -> usize| cores.iter().map(of).max().unwrap_or(1);
    let neurons = most(&|core| core.slices.iter().map(|slice| slice.len as usize).sum());
    let delay =
        most(&|core| core.blocks.iter().flat_map(|block| &block.delays).copied().max().unwrap_or(1).into());
    let groups = most(&|core| supported::groups(core, network));
    let reached = Reached::new(cores, network);
    let fanout = reached.of.iter().filter(|((from, _), _)| matches!(from, Sender::Population(_)));
    let fanout = fanout.map(|(_, list)| list.len()).max().unwrap_or(1);
    let store =
        network.projections.iter().map(|p| usize::from(p.format.store_bits)).max().unwrap_or(2).max(2);
    let engine = &network.learning;
    let shift = i64::from(network.datapath.state_fraction) - i64::from(engine.error.fraction);
    let learning = supported::learns(network);
    if !lanes.is_power_of_two() || lanes * store > LOAD_BITS || fanout * 18 > LOAD_BITS {
        let found = format!("{lanes} weights of {store} bits, {fanout} destinations of 18 bits");
        return Err(refuse("a word", found, "a power of two of weights; words of up to 128 bits"));
    }
    if shift < 0 {
        return Err(refuse(
            "errors",
            format!("a fraction {} bits longer than that of U", -shift),
            "0 or less",
        ));
    }
    let power = |least: usize, count: usize| least.max(count).next_power_of_two() as i64;
    let list = [
        ("CORES", cores.len() as i64),
        ("NEURONS", power(2 * lanes, neurons)),
        ("AXONS", power(2, most(&axons))),
        ("SLOTS", power(2, delay + 1)),
        ("LANES", lanes as i64),
        ("WIDTH", network.datapath.state_width.into()),
        ("DECAY_FRACTION", network.datapath.decay_fraction.into()),
        ("WEIGHT_BITS", store as i64),
        ("FANOUT", fanout as i64),
        ("LEARNING", learning.into()),
        ("CHANNELS", power(2, network.channels())),
        ("GROUPS", power(2, groups)),
        ("ERROR_SLOTS", power(2, usize::from(engine.error_delay) + 1)),
        ("TRACE_BITS", engine.trace_bits.into()),
        ("ERROR_BITS", engine.error.width.into()),
        ("ERROR_SHIFT", shift),
        ("THIRD_BITS", engine.third_factor.width.into()),
        ("SURROGATE_BITS", engine.surrogate.width.into()),
        ("SURROGATE_FRACTION", engine.surrogate.fraction.into()),
    ];
    Ok(list.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// The arrays of a core of the RTL, without values.
pub(super) struct Shapes {
    core: u16,
    /// Neurons, axons, destinations of a neuron, channels, bits of a weight.
    pub(super) sizes: [usize; 5],
    weight_bits: u8,
}

impl Shapes {
    pub(super) fn new(core: u16, parameters: &Parameters) -> Self {
        let of = |name: &str| parameters.get(name).copied().unwrap_or(1).clamp(1, 1 << 24) as usize;
        let sizes = ["NEURONS", "AXONS", "FANOUT", "CHANNELS", "WEIGHT_BITS"].map(of);
        Self { core, sizes, weight_bits: sizes[4].min(16) as u8 }
    }

    fn shape(&self, memory: &'static str, index: Vec<(&'static str, usize)>, fields: Vec<Field>) -> Shape {
        Shape { name: Name { core: Some(self.core), part: Part::Whole, memory }, index, fields }
    }

    pub(super) fn registers(&self) -> Shape {
        let value = Field { name: "value", format: Format::unsigned(32, 0), low: 0, high: u32::MAX.into() };
        self.shape("registers", vec![("address", REGISTER_WORDS)], vec![value])
    }

    pub(super) fn axons(&self) -> Shape {
        let delay = Field { low: 0, ..fields::delay() };
        let fields = vec![Field::index("pre", 1 << 24), delay, Field::index("projection", 2)];
        self.shape("axons", vec![("axon", self.sizes[1])], fields)
    }

    pub(super) fn synapses(&self) -> Shape {
        let weight = Field::lanes("weight", Format::signed(self.weight_bits, 0), false);
        self.shape("synapses", vec![("axon", self.sizes[1]), ("neuron", self.sizes[0])], vec![weight])
    }

    /// Thresholds or biases; places without a neuron hold 0.
    pub(super) fn lanes(&self, parameter: &fields::Parameter, network: &Network, population: usize) -> Shape {
        let own = parameter.field(network, population);
        let field = Field { low: own.low.min(0), ..own };
        self.shape(parameter.memory, vec![("neuron", self.sizes[0])], vec![field])
    }

    pub(super) fn routes(&self) -> Shape {
        let fields = vec![Field::index("axon", 1 << 16), Field::index("core", 2), Field::index("used", 2)];
        self.shape("routes", vec![("neuron", self.sizes[0]), ("destination", self.sizes[2])], fields)
    }

    pub(super) fn matrix(&self) -> Shape {
        self.shape(
            "matrix",
            vec![("neuron", self.sizes[0]), ("channel", self.sizes[3])],
            vec![fields::entry()],
        )
    }
}

/// Gives every array of the memories.
///
/// # Errors
/// When the RTL cannot hold the network, and those of the sink.
pub fn each(
    memories: &Memories,
    network: &Network,
    chip: &Chip,
    parameters: &Parameters,
    sink: Sink<'_>,
) -> Result<(), HardwareError> {
    supported::supported(network, chip)?;
    let reached = Reached::new(&memories.cores, network);
    for core in &memories.cores {
        let shapes = Shapes::new(core.core.0, parameters);
        let [neurons, _, fanout, channels, _] = shapes.sizes;
        let order = order(core, network);
        let own = supported::held(core, &order, network)?;
        let (slice, population) = (own.slice, own.slice.population as usize);
        let mut values: Vec<i64> = own.values().into();
        values.resize(REGISTER_WORDS, 0);
        sink(Array { shape: shapes.registers(), values })?;
        each_row(core, network, &shapes, sink)?;
        for parameter in &PARAMETERS[..2] {
            let Some(own) = parameter.kept(&slice.parameters) else { continue };
            let mut values: Vec<i64> = (0..slice.len as usize).map(|neuron| own.get(neuron).into()).collect();
            values.resize(neurons, 0);
            sink(Array { shape: shapes.lanes(parameter, network, population), values })?;
        }
        let mut routes = vec![0; neurons * fanout * 3];
        for neuron in 0..slice.len {
            let list = reached.get(Sender::Population(population), slice.first + neuron);
            for (at, (to, axon)) in list.iter().enumerate() {
                let entry = 3 * (neuron as usize * fanout + at);
                routes[entry..entry + 3].copy_from_slice(&[i64::from(*axon), i64::from(*to), 1]);
            }
        }
        sink(Array { shape: shapes.routes(), values: routes })?;
        let mut matrix = vec![0; neurons * channels];
        if let Some(row) = slice.matrix.len().checked_div(slice.len as usize).filter(|row| *row > 0) {
            for (neuron, entries) in slice.matrix.chunks_exact(row).enumerate() {
                for (channel, entry) in entries.iter().enumerate() {
                    matrix[neuron * channels + channel] = i64::from(*entry);
                }
            }
        }
        sink(Array { shape: shapes.matrix(), values: matrix })?;
    }
    Ok(())
}

/// The blocks of a core in the order of their axons.
pub(super) fn order(core: &CoreMemories, network: &Network) -> Vec<usize> {
    let bases = bases(core, network);
    let mut order: Vec<usize> = (0..bases.len()).collect();
    order.sort_by_key(|block| bases[*block]);
    order
}

/// Axons and their dense rows.
fn each_row(
    core: &CoreMemories,
    network: &Network,
    shapes: &Shapes,
    sink: Sink<'_>,
) -> Result<(), HardwareError> {
    let [neurons, all, ..] = shapes.sizes;
    let mut axons = vec![0; 3 * all];
    let mut weights = vec![0; all * neurons];
    let mut base = 0;
    for (number, block) in order(core, network).into_iter().enumerate() {
        let BlockMemories { rows, presynaptic, delays, projection, .. } = &core.blocks[block];
        let plastic = network.projections[*projection as usize].learning.is_some();
        for (axon, (pre, delay)) in presynaptic.iter().zip(delays).enumerate() {
            let at = base + axon;
            axons[3 * at..3 * at + 3].copy_from_slice(&[i64::from(*pre), i64::from(*delay), number as i64]);
            let row = rows.row(axon);
            let mut last = None;
            for entry in row.clone() {
                let post = rows.post(axon, entry);
                if last == Some(post) {
                    let found = format!("two synapses of neuron {pre} onto neuron {post}");
                    return Err(refuse("dense rows", found, "one a pair and delay"));
                }
                last = Some(post);
                weights[at * neurons + post] = rows.weights.get(rows.place(entry)).into();
            }
            if plastic && row.len() < rows.posts {
                let found = format!("{} synapses of neuron {pre} that learn, of {}", row.len(), rows.posts);
                return Err(refuse(
                    "dense rows",
                    found,
                    "a synapse onto every neuron of the core, or fixed weights",
                ));
            }
        }
        base += presynaptic.len();
    }
    sink(Array { shape: shapes.axons(), values: axons })?;
    sink(Array { shape: shapes.synapses(), values: weights })
}
