//! The list of memories of slices and cores that are not built yet.

use super::inbound::{BlockContent, GrowingSlice, Inbound};
use super::kind::Kind;
use super::list::{Needs, Owner, Structure, tidy};
use super::{counted, neurons, rows};
use crate::chip::Chip;
use crate::network::{Network, Projection, Source};
use synfire_core::arrival::{counter_bits, slots};
use synfire_core::synapse::RowEncoding;
use synfire_core::words::Words;
use synfire_plasticity::config::{Eligibility, ErrorSignal, NeuronLearning, Presynaptic, ThirdFactor};
use synfire_plasticity::registers::{self, Register};
use synfire_plasticity::widths::{product_bits, sum_bits};

/// Neurons of a population that sit in one core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceRange {
    /// Index of the population.
    pub population: usize,
    /// First neuron.
    pub first: u32,
    /// How many.
    pub len: u32,
}

/// What a slice takes of each limit.
#[must_use]
pub fn needs(slice: &GrowingSlice<'_>) -> Needs {
    Needs::of(&of_slice(slice))
}

/// What the neurons of a slice and their synapses need of a core, in the order in which it is met.
#[must_use]
pub fn of_slice(slice: &GrowingSlice<'_>) -> Vec<Structure> {
    let (network, index) = slice.of();
    let (_, len) = slice.range();
    let (population, len) = (&network.populations[index], len as usize);
    let owner = Owner::Population(index);
    let mut list: Vec<Structure> = Vec::new();
    let state = neurons::memories(&population.parameters, &network.datapath, len);
    list.extend(state.map(|(kind, words)| Structure { kind, owner, words }));
    let register = |(register, words)| Structure { kind: Kind::Learning(register), owner, words };
    list.extend(slice_learning(network, index, len, slice).into_iter().map(register));
    for held in slice.blocks() {
        block(network, held, &mut list);
    }
    list
}

/// The learning registers of the neurons of a slice.
fn slice_learning(
    network: &Network,
    index: usize,
    len: usize,
    slice: &GrowingSlice<'_>,
) -> Vec<(Register, Words)> {
    let population = &network.populations[index];
    let mut list = Vec::new();
    let widths = (&network.datapath, &network.learning);
    let mut add = |register: Register, count: usize| list.push((register, register.words(count, widths)));
    if let Some(readout) = population.readout
        && matches!(readout.signal, ErrorSignal::FilteredSpikes { .. })
    {
        add(Register::ErrorTrace, 2 * len);
    }
    let Some(learning) = population.learning else { return list };
    let channels = usize::from(learning.channels);
    if learning.third_factor.matrix().is_some() {
        add(Register::Matrix, len * channels);
    }
    if let ThirdFactor::Group { readout, .. } = learning.third_factor {
        let lanes = len.div_ceil(readout.neurons as usize) * channels;
        add(Register::GroupReadout, lanes);
        add(Register::GroupError, lanes);
    }
    add(Register::ThirdFactor, len);
    if learning.rate_limit.is_some() {
        add(Register::SpikeCount, len);
    }
    let followed = |held: BlockContent| {
        let rule = network.projections[held.projection].learning;
        rule.is_some_and(|rule| matches!(rule.eligibility, Some(Eligibility::Adaptation { .. })))
    };
    let parameters = &population.parameters;
    let differs = parameters
        .adaptation
        .as_ref()
        .is_some_and(|adaptation| adaptation.increment.differs() || parameters.threshold.differs());
    if differs && slice.blocks().any(followed) {
        add(Register::AdaptationStrength, len);
    }
    list.extend(mirror(network, &learning, len));
    list
}

/// The copy of the weights of `len` neurons to a readout, where it is kept and not brought.
fn mirror(network: &Network, learning: &NeuronLearning, len: usize) -> Vec<(Register, Words)> {
    let Some((number, false)) = learning.third_factor.mirrored() else { return Vec::new() };
    let projection = &network.projections[usize::from(number)];
    let weights = len * network.populations[projection.target].neurons as usize;
    let mut list = vec![(Register::MirrorWeight, Words::new(weights, projection.format.store_bits))];
    let Some(rule) = projection.learning else { return list };
    let widths = (&network.datapath, &network.learning);
    list.push((Register::MirrorTrace, Register::MirrorTrace.words(2 * len, widths)));
    list.push((Register::MirrorSpikes, Words::new(len, projection.delays.max())));
    let states = rule.eligibility.map_or(0, |eligibility| eligibility.states() as usize);
    list.push((Register::MirrorEligibility, Register::MirrorEligibility.words(states * weights, widths)));
    list
}

/// The memories of a projection's rows onto a slice.
fn block(network: &Network, held: BlockContent, list: &mut Vec<Structure>) {
    let projection = &network.projections[held.projection];
    let rows = rows::sizes(projection, held.content);
    let limit = network.max_events(projection.source);
    let arrivals = Words::new(rows.axons * slots(held.max_delay), counter_bits(limit));
    let traced = projection.learning.is_some_and(|rule| rule.presynaptic == Presynaptic::Trace);
    let traces = Words::new(if traced { 2 * rows.axons } else { 0 }, network.learning.trace_bits);
    let memories = counted::rows(&rows, projection.format.store_bits);
    let memories = memories.into_iter().chain([(Kind::Arrival, arrivals), (Kind::Trace, traces)]);
    let registers = block_learning(network, projection, rows.weights, rows.encoding, held.most_readers);
    let registers = registers.into_iter().map(|(register, words)| (Kind::Learning(register), words));
    let owner = Owner::Projection(held.projection);
    list.extend(memories.chain(registers).map(|(kind, words)| Structure { kind, owner, words }));
}

/// What the weights of a projection's rows need to learn.
fn block_learning(
    network: &Network,
    projection: &Projection,
    weights: usize,
    encoding: RowEncoding,
    most_readers: u32,
) -> Vec<(Register, Words)> {
    let Some(rule) = projection.learning else { return Vec::new() };
    let mut list = Vec::new();
    let widths = (&network.datapath, &network.learning);
    if let Some(eligibility) = rule.eligibility {
        let states = eligibility.states() as usize * weights;
        list.push((Register::Eligibility, Register::Eligibility.words(states, widths)));
        if eligibility.reference().is_some() {
            list.push((Register::Normaliser, Register::Normaliser.words(weights, widths)));
        }
    }
    if encoding == RowEncoding::Shared {
        let target = network.populations[projection.target].learning;
        let product = product_bits(&network.learning, &rule, target.is_some_and(|l| l.surrogate.is_some()));
        let bits = sum_bits(product, u64::from(most_readers));
        list.push((Register::TapSum, Words::new(weights, bits)));
    }
    list
}

/// The lists of a chip's cores, each given by the slices that it is to hold; those of all populations, for a core's
/// routes are to whoever listens.
#[must_use]
pub fn of_cores(network: &Network, chip: &Chip, cores: &[Vec<SliceRange>]) -> Vec<Vec<Structure>> {
    let mut lists: Vec<Vec<Structure>> = vec![Vec::new(); cores.len()];
    // Core and source of every neuron that a core hears.
    let mut heard: Vec<(usize, Source, u32)> = Vec::new();
    for population in 0..network.populations.len() {
        let inbound = Inbound::new(network, population);
        let mut slice = GrowingSlice::new(&inbound);
        for (core, slices) in cores.iter().enumerate() {
            for range in slices.iter().filter(|range| range.population == population) {
                slice.set(range.first, range.len);
                lists[core].extend(of_slice(&slice));
                let axons = slice.presynaptic();
                heard.extend(axons.map(|(number, pre)| (core, network.projections[number].source, pre)));
            }
        }
    }
    let sources = sources(cores.len(), &mut heard);
    let routes = routes(cores, heard);
    let (surrogates, errors) = (network.surrogate_channels().1, network.channels());
    let widths = (&network.datapath, &network.learning);
    let finish = |core: usize, mut list: Vec<Structure>| {
        let slices = &cores[core];
        let learns = |range: &SliceRange| {
            let population = &network.populations[range.population];
            population.learning.is_some() || population.readout.is_some()
        };
        if slices.iter().any(learns) {
            let broadcast = registers::broadcast((errors, surrogates), widths);
            list.extend(broadcast.map(|(register, words)| Structure {
                kind: Kind::Learning(register),
                owner: Owner::Core,
                words,
            }));
        }
        list.push(counted::routes(routes[core], chip));
        list.extend(counted::keys(sources[core], chip));
        tidy(list)
    };
    lists.into_iter().enumerate().map(|(core, list)| finish(core, list)).collect()
}

/// How many sources each core hears.
fn sources(cores: usize, heard: &mut Vec<(usize, Source, u32)>) -> Vec<u64> {
    heard.sort_unstable_by_key(|(core, source, neuron)| (*core, number(*source), *neuron));
    heard.dedup();
    let mut counts = vec![0; cores];
    heard.iter().for_each(|(core, ..)| counts[*core] += 1);
    counts
}

/// A number of its own for each source.
const fn number(source: Source) -> (bool, usize) {
    match source {
        Source::Input(index) => (false, index),
        Source::Population(index) => (true, index),
    }
}

/// Destinations of each core's neurons: one for every core that hears one of them.
fn routes(cores: &[Vec<SliceRange>], mut heard: Vec<(usize, Source, u32)>) -> Vec<u64> {
    let place = |(core, source, neuron): &(usize, Source, u32)| match *source {
        Source::Population(population) => Some((population, *neuron, *core)),
        Source::Input(_) => None,
    };
    let mut pairs: Vec<(usize, u32, usize)> = heard.drain(..).filter_map(|heard| place(&heard)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let of = |range: &SliceRange| {
        let at = |neuron: u32| pairs.partition_point(|pair| (pair.0, pair.1) < (range.population, neuron));
        (at(range.first + range.len) - at(range.first)) as u64
    };
    cores.iter().map(|slices| slices.iter().map(of).sum()).collect()
}
