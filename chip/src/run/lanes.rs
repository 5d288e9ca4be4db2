//! Where the columns of a probe sit in a node, and what stands there at the end of a step.
//!
//! Promises: what is found depends on names alone; a column that several cores hold is read in one of them, a column that
//! none holds in none. Absent on purpose: when something is read (`probe`), files.

use crate::network::Network;
use crate::run::names;
use crate::run::node::Node;
use crate::run::observable::{Per, Variable};
use synfire_core::neuron_core::AxonBlock;
use synfire_core::slice::Slice;
use synfire_core::synapse::WeightLanes;

/// A lane of a register, and the column of the probe that shows it; ascending.
pub type Lanes = Vec<(u32, u32)>;

/// What a probe asks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Index of the population or projection.
    pub target: usize,
    /// Which register of it.
    pub variable: Variable,
    /// What each column is of, by [`Variable::per`].
    pub columns: &'a [u32],
}

/// Where the columns of `asked` are in `node`: slice or block, and its lanes. What is found is noted in `taken`: the next
/// node need not show it.
///
/// # Panics
/// Where the columns are named by the network and none is given: axons, weights, channels, groups.
#[must_use]
pub fn find(
    asked: Asked<'_>,
    network: Option<&Network>,
    node: &Node,
    taken: &mut [bool],
) -> Vec<(usize, Lanes)> {
    let named = || network.unwrap_or_else(|| panic!("a probe of {:?} needs the network", asked.variable));
    let target = asked.target;
    let slices = node.core.slices.iter().enumerate().filter(|(_, slice)| slice.population as usize == target);
    let blocks = node.core.blocks.iter().enumerate().filter(|(_, block)| block.projection as usize == target);
    let mut found: Vec<(usize, Lanes)> = match (asked.variable, asked.variable.per()) {
        (Variable::Events, _) => Vec::new(),
        (Variable::Error, _) => vec![(0, heard(asked, named(), node, taken))],
        (Variable::Target | Variable::ErrorFormed, _) => {
            let first = first_channel(named(), target);
            let lanes = |slice: &Slice| run(asked, slice.first, slice.len as u32, first + slice.first);
            slices.map(|(place, slice)| (place, lanes(slice))).collect()
        }
        (_, Per::Neuron) => {
            slices.map(|(place, slice)| (place, run(asked, slice.first, slice.len as u32, 0))).collect()
        }
        (_, Per::Channel) => {
            let channels = channels(named(), target);
            let lanes = |slice: &Slice| run(asked, slice.first * channels, slice.len as u32 * channels, 0);
            slices.map(|(place, slice)| (place, lanes(slice))).collect()
        }
        (_, Per::Group) => {
            let (network, channels) = (named(), channels(named(), target));
            let readout = network.populations[target].learning.and_then(|l| l.third_factor.group());
            let size = readout.map_or(1, |readout| readout.neurons);
            let lanes = |slice: &Slice| {
                let groups = (slice.len as u32).div_ceil(size);
                run(asked, slice.first / size * channels, groups * channels, 0)
            };
            slices.map(|(place, slice)| (place, lanes(slice))).collect()
        }
        (_, Per::Presynaptic) => {
            let with_traces = blocks.filter(|(_, block)| block.traces.is_some());
            let lane = |block: &AxonBlock, neuron: u32| block.presynaptic.binary_search(&neuron).ok();
            with_traces.map(|(place, block)| (place, once(asked, taken, |of| lane(block, of)))).collect()
        }
        (_, Per::Axon) => {
            let projection = &named().projections[target];
            let lane = |block: &AxonBlock, axon: u32| axon_of(block, projection.axon(axon as usize));
            blocks.map(|(place, block)| (place, once(asked, taken, |of| lane(block, of)))).collect()
        }
        (_, Per::Weight) => {
            let network = named();
            let mut columns: Vec<(u32, u32)> = asked.columns.iter().copied().zip(0..).collect();
            columns.sort_unstable();
            let mut lanes = |block: &AxonBlock| {
                let first = node.core.slices[block.slice].first;
                weight_lanes(&names::names(network, block, first), &columns, taken)
            };
            blocks.map(|(place, block)| (place, lanes(block))).collect()
        }
    };
    found.iter_mut().for_each(|(_, lanes)| lanes.sort_unstable());
    found.retain(|(_, lanes)| !lanes.is_empty());
    found
}

/// Columns that number something of `first..first + len`; its lane counts from `lane`.
fn run(asked: Asked<'_>, first: u32, len: u32, lane: u32) -> Lanes {
    let columns = (0..).zip(asked.columns).filter(|(_, of)| (first..first + len).contains(*of));
    columns.map(|(column, of)| (of - first + lane, column)).collect()
}

/// Columns that were not taken and that have a lane.
fn once(asked: Asked<'_>, taken: &mut [bool], lane: impl Fn(u32) -> Option<usize>) -> Lanes {
    let mut lanes = Vec::new();
    for ((column, of), taken) in (0..).zip(asked.columns).zip(taken) {
        if !*taken && let Some(lane) = lane(*of) {
            *taken = true;
            lanes.push((lane as u32, column));
        }
    }
    lanes
}

/// The axon of a block with this presynaptic neuron and delay.
fn axon_of(block: &AxonBlock, (pre, delay): (u32, u8)) -> Option<usize> {
    let first = block.presynaptic.partition_point(|own| *own < pre);
    let own = (first..).take_while(|axon| block.presynaptic.get(*axon) == Some(&pre));
    own.into_iter().find(|axon| block.delays.get(*axon) == delay)
}

/// Columns of the errors that the node hears; a lane is a channel.
fn heard(asked: Asked<'_>, network: &Network, node: &Node, taken: &mut [bool]) -> Lanes {
    let first = first_channel(network, asked.target);
    let channel = |neuron: u32| {
        let channel = (first + neuron) as usize;
        node.error_routes[channel].contains(&node.id).then_some(channel)
    };
    once(asked, taken, channel)
}

/// Columns of the weights that a block stores, by their places; `columns` are sorted by weight.
fn weight_lanes(names: &[u32], columns: &[(u32, u32)], taken: &mut [bool]) -> Lanes {
    let mut lanes = Vec::new();
    for (place, name) in (0..).zip(names) {
        let start = columns.partition_point(|(weight, _)| weight < name);
        for (_, column) in columns[start..].iter().take_while(|(weight, _)| weight == name) {
            if !std::mem::replace(&mut taken[*column as usize], true) {
                lanes.push((place, *column));
            }
        }
    }
    lanes
}

fn first_channel(network: &Network, population: usize) -> u32 {
    network.populations[population].readout.map_or(0, |readout| u32::from(readout.first_channel))
}

fn channels(network: &Network, population: usize) -> u32 {
    network.populations[population].learning.map_or(0, |learning| u32::from(learning.channels))
}

/// Appends what a variable holds in `lanes` of slice or block `place`, at the end of a step.
pub fn read(variable: Variable, node: &Node, place: usize, lanes: &[(u32, u32)], values: &mut Vec<i32>) {
    let registers = || &node.core.slices[place].registers;
    let unit = || &node.unit.slices[place];
    let traces = || node.core.blocks[place].traces.as_ref().map(|(_, traces)| traces);
    let groups = |which: usize| unit().groups().map_or(&[][..], |groups| groups.all()[which]);
    let states = || node.unit.eligibility(place).map_or((&[][..], &[][..]), |state| state.states());
    let mut words = |source: &[i32]| values.extend(lanes.iter().map(|(lane, _)| at(source, *lane)));
    match variable {
        Variable::Current => words(&registers().current),
        Variable::Membrane => words(&registers().membrane),
        Variable::Compared => words(&registers().compared),
        Variable::Adaptation => words(&registers().adaptation),
        Variable::Dendritic(port) => words(node.core.slices[place].kept_sums(usize::from(port))),
        Variable::ThirdFactor => words(&unit().third_factor),
        Variable::Target => words(&node.unit.broadcast.targets),
        Variable::Error => words(&node.unit.broadcast.errors),
        Variable::ErrorFirst => words(unit().error_traces().0),
        Variable::ErrorSecond => words(unit().error_traces().1),
        Variable::Compartment => words(unit().compartments()),
        Variable::GroupReadout => words(groups(0)),
        Variable::GroupError => words(groups(1)),
        Variable::GroupErrorFormed => words(groups(2)),
        Variable::MirrorQ => words(unit().mirror().map_or(&[], |mirror| mirror.trace_q())),
        Variable::MirrorP => words(unit().mirror().map_or(&[], |mirror| mirror.trace_p())),
        Variable::TraceQ | Variable::AxonQ => words(traces().map_or(&[], |traces| &traces.q)),
        Variable::TraceP | Variable::AxonP => words(traces().map_or(&[], |traces| &traces.p)),
        Variable::Spikes => narrow(&registers().fired, lanes, values),
        Variable::Refractory => narrow(&registers().refractory, lanes, values),
        Variable::SpikeCount => narrow(unit().spike_counts(), lanes, values),
        Variable::MirrorWeight => {
            narrow(unit().mirror().map_or(&[], |mirror| mirror.weights()), lanes, values);
        }
        Variable::MirrorFirst => {
            narrow(unit().mirror().map_or(&[], |mirror| mirror.eligibility().0), lanes, values);
        }
        Variable::MirrorSecond => {
            narrow(unit().mirror().map_or(&[], |mirror| mirror.eligibility().1), lanes, values);
        }
        Variable::EligibilityFirst if node.unit.has_signed_states(place) => {
            values.extend(lanes.iter().map(|(lane, _)| i32::from(at(states().0, *lane) as i16)));
        }
        Variable::EligibilityFirst => narrow(states().0, lanes, values),
        Variable::EligibilitySecond => narrow(states().1, lanes, values),
        Variable::Normaliser => {
            let state = node.unit.eligibility(place);
            narrow(state.map_or(&[], |state| state.normalisers()), lanes, values);
        }
        Variable::Weight => match &node.core.blocks[place].memory.weights {
            WeightLanes::I8(weights) => narrow(weights, lanes, values),
            WeightLanes::I16(weights) => narrow(weights, lanes, values),
        },
        Variable::Surrogate => {
            let slice = &node.core.slices[place];
            values.extend(lanes.iter().map(|(lane, _)| unit().observed_surrogate(slice, *lane as usize)));
        }
        Variable::ErrorFormed => {
            let formed = node.formed().iter().map(|error| (u32::from(error.channel), error.value));
            listed(formed, lanes, values);
        }
        Variable::Arrivals => {
            let own = node.core.served().iter().filter(|served| usize::from(served.block) == place);
            listed(own.map(|served| (served.axon, i32::from(served.events))), lanes, values);
        }
        // A program says them (`probe`).
        Variable::Events => {}
    }
}

/// A lane of a register; 0 where it does not exist.
fn at<T: Copy + Default>(source: &[T], lane: u32) -> T {
    source.get(lane as usize).copied().unwrap_or_default()
}

fn narrow<T: Copy + Default + Into<i32>>(source: &[T], lanes: &[(u32, u32)], values: &mut Vec<i32>) {
    values.extend(lanes.iter().map(|(lane, _)| at(source, *lane).into()));
}

/// Values of the lanes that are listed, 0 of the others.
fn listed(list: impl Iterator<Item = (u32, i32)>, lanes: &[(u32, u32)], values: &mut Vec<i32>) {
    let start = values.len();
    values.resize(start + lanes.len(), 0);
    for (lane, value) in list {
        let first = lanes.partition_point(|(own, _)| *own < lane);
        let own = lanes[first..].iter().take_while(|(own, _)| *own == lane);
        values[start + first..].iter_mut().zip(own).for_each(|(to, _)| *to = value);
    }
}
