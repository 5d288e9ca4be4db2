//! Which registers a network has: the list of `docs/arithmetic.md`, 11.1, as data.
//!
//! Promises: names, owners and formats are those of that section; a register that a population, projection or input does not
//! have is not listed for it. Absent on purpose: where a register sits on a chip (`lanes`), what it holds.

use crate::network::{Network, Projection};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use synfire_core::arrival::counter_bits;
use synfire_core::format::{Format, Overflow};
use synfire_plasticity::config::{Eligibility, ErrorSignal, Presynaptic, SynapseLearning, ThirdFactor};

/// A register that can be observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Variable {
    /// Whether the neuron fired (0 or 1).
    Spikes,
    /// Current I.
    Current,
    /// Membrane U, after the step's reset.
    Membrane,
    /// Compared membrane U_cmp.
    Compared,
    /// Adaptation A of the threshold; 0 where a population's threshold does not adapt.
    Adaptation,
    /// Third factor.
    ThirdFactor,
    /// Trace Q by presynaptic neuron, of a projection in which each has one axon.
    TraceQ,
    /// Trace P, likewise.
    TraceP,
    /// Dendritic sum of a port before its shift; port 0 with the injected currents.
    Dendritic(u16),
    /// Refractory counter R.
    Refractory,
    /// Target of the readout neuron's channel.
    Target,
    /// Error that the readout neuron formed in this step.
    ErrorFormed,
    /// Error of the readout neuron's channel that is used in this step.
    Error,
    /// Error trace E1 of a readout neuron.
    ErrorFirst,
    /// Error trace E2.
    ErrorSecond,
    /// Error compartment.
    Compartment,
    /// Surrogate; 0 in a step in which nothing reads it.
    Surrogate,
    /// Spikes since the last `clear`.
    SpikeCount,
    /// Trace Q of a mirror.
    MirrorQ,
    /// Trace P of a mirror.
    MirrorP,
    /// Mirrored weight.
    MirrorWeight,
    /// E1 of the step before of a mirrored weight.
    MirrorFirst,
    /// E2 of a mirrored weight.
    MirrorSecond,
    /// Readout Y of a group.
    GroupReadout,
    /// Error of a group that is used in this step.
    GroupError,
    /// Error of a group that was formed in this step.
    GroupErrorFormed,
    /// Events that arrived on an axon.
    Arrivals,
    /// Trace Q of an axon.
    AxonQ,
    /// Trace P of an axon.
    AxonP,
    /// Weight.
    Weight,
    /// First state of a synapse: E1 of a filter, X of an adaptation.
    EligibilityFirst,
    /// Second state: E2 of a filter.
    EligibilitySecond,
    /// Normaliser of a synapse.
    Normaliser,
    /// Events that an input neuron sends.
    Events,
}

/// What a register belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A population.
    Population,
    /// A projection.
    Projection,
    /// An input.
    Input,
}

/// What there is one of a register for: what the columns of a probe number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Per {
    /// Neuron of the population or input.
    Neuron,
    /// Neuron and channel that the population listens to: `neuron * channels + channel`.
    Channel,
    /// Group and channel: `group * channels + channel`.
    Group,
    /// Presynaptic neuron of the projection.
    Presynaptic,
    /// Axon, in the order of the projection's [`Synapses`](crate::network::Synapses).
    Axon,
    /// Weight, in the same order; of a shared kernel by copy and tap.
    Weight,
}

impl Variable {
    /// What it belongs to.
    #[must_use]
    pub const fn owner(self) -> Owner {
        match self {
            Self::Events => Owner::Input,
            _ => match self.per() {
                Per::Neuron | Per::Channel | Per::Group => Owner::Population,
                Per::Presynaptic | Per::Axon | Per::Weight => Owner::Projection,
            },
        }
    }

    /// What there is one for.
    #[must_use]
    pub const fn per(self) -> Per {
        match self {
            Self::MirrorWeight | Self::MirrorFirst | Self::MirrorSecond => Per::Channel,
            Self::GroupReadout | Self::GroupError | Self::GroupErrorFormed => Per::Group,
            Self::TraceQ | Self::TraceP => Per::Presynaptic,
            Self::Arrivals | Self::AxonQ | Self::AxonP => Per::Axon,
            Self::Weight | Self::EligibilityFirst | Self::EligibilitySecond | Self::Normaliser => Per::Weight,
            _ => Per::Neuron,
        }
    }

    /// Its name in `docs/arithmetic.md`, 11.1, as a register of `target`.
    #[must_use]
    pub fn name(self, network: &Network, target: usize) -> Cow<'static, str> {
        let name = match self {
            Self::Dendritic(port) => return format!("D{port}").into(),
            Self::Spikes => "S",
            Self::Current => "I",
            Self::Membrane => "U",
            Self::Compared => "C",
            Self::Refractory => "R",
            Self::Adaptation => "A",
            Self::Target => "T",
            Self::ErrorFormed => "F",
            Self::Error => "E",
            Self::ErrorFirst => "E1",
            Self::ErrorSecond | Self::EligibilitySecond => "E2",
            Self::EligibilityFirst if adapts(network, target) => "X",
            Self::EligibilityFirst => "E1",
            Self::ThirdFactor => "L",
            Self::Compartment => "K",
            Self::Surrogate => "G",
            Self::SpikeCount | Self::Normaliser => "N",
            Self::MirrorQ => "MQ",
            Self::MirrorP => "MP",
            Self::MirrorWeight => "MW",
            Self::MirrorFirst => "ME1",
            Self::MirrorSecond => "ME2",
            Self::GroupReadout => "Y",
            Self::GroupError => "e",
            Self::GroupErrorFormed => "f",
            Self::Arrivals => "V",
            Self::TraceQ | Self::AxonQ => "Q",
            Self::TraceP | Self::AxonP => "P",
            Self::Weight => "W",
            Self::Events => "Z",
        };
        name.into()
    }

    /// How many of it `target` of `network` has.
    #[must_use]
    pub fn count(self, network: &Network, target: usize) -> usize {
        let population = |index: usize| &network.populations[index];
        match (self.owner(), self.per()) {
            (Owner::Input, _) => network.inputs[target].neurons as usize,
            (_, Per::Neuron) => population(target).neurons as usize,
            (_, Per::Channel) => population(target).neurons as usize * channels(network, target),
            (_, Per::Group) => groups(network, target) * channels(network, target),
            (_, Per::Presynaptic) => network.source_neurons(network.projections[target].source) as usize,
            (_, Per::Axon) => network.projections[target].axons(network),
            (_, Per::Weight) => network.projections[target].synapses.weights().len(),
        }
    }

    /// Its format as a register of `target`.
    #[must_use]
    pub fn format(self, network: &Network, target: usize) -> Format {
        let (path, engine) = (&network.datapath, &network.learning);
        // A register of Lava's holds what its width says no longer.
        let state = |overflow| {
            let width = if overflow == Overflow::WrapLava { 32 } else { path.state_width };
            Format::signed(width, path.state_fraction)
        };
        let trace = Format::unsigned(engine.trace_bits, whole_bits(engine.trace_increment));
        let filter = Format::unsigned(engine.eligibility_bits, 0);
        let store = |projection: usize| {
            let format = network.projections[projection].format;
            Format::signed(format.store_bits, format.fraction)
        };
        match self {
            Self::Spikes => Format::unsigned(1, 0),
            Self::Refractory | Self::SpikeCount | Self::Events => Format::unsigned(8, 0),
            Self::Dendritic(port) => {
                let shift = network.ports(target).get(usize::from(port)).map_or(0, |port| port.shift);
                Format::signed(32, path.state_fraction.saturating_sub(path.input_shift) + shift)
            }
            Self::Current => state(path.current_overflow),
            Self::Membrane | Self::Compared | Self::Target => state(path.membrane_overflow),
            Self::Adaptation => Format::unsigned(path.state_width - 1, path.state_fraction),
            Self::ErrorFormed | Self::Error | Self::GroupError | Self::GroupErrorFormed => engine.error,
            Self::ErrorFirst | Self::ErrorSecond => Format::signed(engine.error_trace_bits, 0),
            Self::ThirdFactor | Self::Compartment => engine.third_factor,
            Self::Surrogate => engine.surrogate,
            Self::GroupReadout => Format::signed(32, path.state_fraction),
            Self::TraceQ | Self::TraceP | Self::AxonQ | Self::AxonP | Self::MirrorQ | Self::MirrorP => trace,
            Self::MirrorWeight => store(mirrored(network, target).map_or(0, |(projection, _)| projection)),
            Self::MirrorFirst | Self::MirrorSecond | Self::EligibilitySecond => filter,
            Self::EligibilityFirst if adapts(network, target) => Format::signed(engine.eligibility_bits, 0),
            Self::EligibilityFirst => filter,
            Self::Arrivals => {
                let limit = network.max_events(network.projections[target].source);
                Format::unsigned(counter_bits(limit) as u8, 0)
            }
            Self::Weight => store(target),
            Self::Normaliser => Format::unsigned(4, 0),
        }
    }
}

/// The fraction of a trace: an increment of a power of two is one event.
fn whole_bits(increment: u16) -> u8 {
    if increment.is_power_of_two() { increment.trailing_zeros() as u8 } else { 0 }
}

/// Channels that a population listens to.
fn channels(network: &Network, population: usize) -> usize {
    network.populations[population].learning.map_or(0, |learning| usize::from(learning.channels))
}

/// Groups of a population.
fn groups(network: &Network, population: usize) -> usize {
    let population = &network.populations[population];
    let readout = population.learning.and_then(|learning| learning.third_factor.group());
    readout.map_or(0, |readout| population.neurons.div_ceil(readout.neurons) as usize)
}

/// Whether the eligibility of a projection is that of an adaptation.
fn adapts(network: &Network, projection: usize) -> bool {
    let rule = network.projections[projection].learning;
    rule.is_some_and(|rule| matches!(rule.eligibility, Some(Eligibility::Adaptation { .. })))
}

/// The projection that a population keeps a copy of, and its rule.
fn mirrored(network: &Network, population: usize) -> Option<(usize, Option<SynapseLearning>)> {
    match network.populations[population].learning?.third_factor {
        ThirdFactor::Mirror { projection, .. } => {
            let projection = usize::from(projection);
            Some((projection, network.projections[projection].learning))
        }
        _ => None,
    }
}

/// The registers of a population.
#[must_use]
pub fn of_population(network: &Network, index: usize) -> Vec<Variable> {
    let population = &network.populations[index];
    let mut list: Vec<Variable> = (0..network.ports(index).len())
        .map(|port| Variable::Dendritic(port as u16))
        .chain([Variable::Current, Variable::Membrane, Variable::Compared])
        .chain([Variable::Spikes, Variable::Refractory])
        .collect();
    list.extend(population.parameters.adaptation.is_some().then_some(Variable::Adaptation));
    if let Some(readout) = &population.readout {
        list.extend([Variable::Target, Variable::ErrorFormed, Variable::Error]);
        if matches!(readout.signal, ErrorSignal::FilteredSpikes { .. }) {
            list.extend([Variable::ErrorFirst, Variable::ErrorSecond]);
        }
    }
    let Some(learning) = &population.learning else { return list };
    list.push(Variable::ThirdFactor);
    match learning.third_factor {
        ThirdFactor::Compartment { .. } => list.push(Variable::Compartment),
        ThirdFactor::Group { .. } => {
            list.extend([Variable::GroupReadout, Variable::GroupError, Variable::GroupErrorFormed]);
        }
        _ => {}
    }
    list.extend(learning.surrogate.is_some().then_some(Variable::Surrogate));
    list.extend(learning.rate_limit.is_some().then_some(Variable::SpikeCount));
    if let Some((_, rule)) = mirrored(network, index) {
        list.push(Variable::MirrorWeight);
        if let Some(rule) = rule {
            list.extend([Variable::MirrorQ, Variable::MirrorP]);
            if rule.eligibility.is_some() {
                list.extend([Variable::MirrorFirst, Variable::MirrorSecond]);
            }
        }
    }
    list
}

/// The registers of a projection.
#[must_use]
pub fn of_projection(network: &Network, index: usize) -> Vec<Variable> {
    let mut list = vec![Variable::Arrivals];
    let rule = network.projections[index].learning;
    if rule.is_some_and(|rule| rule.presynaptic == Presynaptic::Trace) {
        list.extend([Variable::AxonQ, Variable::AxonP]);
    }
    list.push(Variable::Weight);
    let eligibility = rule.and_then(|rule| rule.eligibility);
    if let Some(eligibility) = eligibility {
        list.push(Variable::EligibilityFirst);
        list.extend(matches!(eligibility, Eligibility::Filter { .. }).then_some(Variable::EligibilitySecond));
        list.extend(eligibility.reference().map(|_| Variable::Normaliser));
    }
    list
}

impl Projection {
    /// How many axons it has.
    #[must_use]
    pub fn axons(&self, network: &Network) -> usize {
        match self.synapses.listed() {
            Some(listed) => listed.presynaptic.len(),
            None => network.source_neurons(self.source) as usize,
        }
    }

    /// Presynaptic neuron and delay of an axon.
    #[must_use]
    pub fn axon(&self, axon: usize) -> (u32, u8) {
        let pre = self.synapses.listed().map_or(axon as u32, |listed| listed.presynaptic[axon]);
        (pre, self.delays.get(axon))
    }

    /// Whether a presynaptic neuron has several axons.
    #[must_use]
    pub fn has_several_axons(&self) -> bool {
        let listed = self.synapses.listed();
        listed.is_some_and(|listed| listed.presynaptic.windows(2).any(|two| two[0] == two[1]))
    }
}
