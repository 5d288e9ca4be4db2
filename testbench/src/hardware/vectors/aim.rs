//! Where vectors are aimed: a drawn network and program, moved to a place that chance rarely finds.
//!
//! Promises: what is moved stays inside the contract. Absent on purpose: what was drawn (`draw`).

use super::draw::choices::Choices;
use synfire_chip::network::{Network, Projection, Synapses};
use synfire_chip::place::build::sum_bits;
use synfire_chip::run::program::{Control, Program, StepEvents};
use synfire_core::arrival::Delays;
use synfire_core::format::{Format, Overflow};
use synfire_core::neuron::{Adaptation, Noise, PerNeuron, Reset};
use synfire_core::rounding::Rounding;
use synfire_core::synapse::WeightLanes;
use synfire_core::weight::Dropped;
use synfire_plasticity::config::{
    Eligibility, ErrorSignal, MatrixDraw, Readout, Surrogate, SurrogateShape, SynapseLearning, ThirdFactor,
};

/// A place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// As it was drawn.
    Drawn,
    /// Weights at their ends and beside them, dropped toward zero.
    Weights,
    /// Currents and membranes that forget nothing, pushed to the ends of saturating registers.
    Saturation,
    /// The same of registers that wrap.
    Wrapping,
    /// The same of registers that wrap as Lava's do.
    Lava,
    /// Membranes that meet the threshold exactly.
    Equality,
    /// Currents, membranes and traces that forget everything, or nothing; weights dropped toward zero.
    Decays,
    /// Shifts at both ends, and offsets beyond them; weights dropped toward zero.
    Shifts,
    /// Learning without a pause, targets far away.
    Learning,
    /// Neurons that fire in nearly every one of many steps.
    Rates,
    /// Bursts, then silence; spikes as long under way as they can be.
    Bursts,
    /// Group readouts that fill their registers.
    Groups,
    /// Thresholds that adapt to the end of their register, or shake there.
    Thresholds,
    /// Error traces that forget nothing.
    ErrorTraces,
    /// Readouts that compete, margins of 0 among them.
    Competition,
    /// Narrow registers of the learning engine.
    Narrow,
    /// Mirrored weights.
    Mirrors,
    /// Eligibility of an adaptation at the ends of its register.
    Eligibility,
    /// Errors handed down.
    HandedDown,
}

/// All places, in turn.
pub const AIMS: [Aim; 19] = [
    Aim::Drawn,
    Aim::Weights,
    Aim::Saturation,
    Aim::Wrapping,
    Aim::Lava,
    Aim::Equality,
    Aim::Decays,
    Aim::Shifts,
    Aim::Learning,
    Aim::Rates,
    Aim::Bursts,
    Aim::Groups,
    Aim::Thresholds,
    Aim::ErrorTraces,
    Aim::Competition,
    Aim::Narrow,
    Aim::Mirrors,
    Aim::Eligibility,
    Aim::HandedDown,
];

impl Aim {
    /// Whether a drawn network has what is aimed at.
    #[must_use]
    pub fn wants(self, network: &Network) -> bool {
        let factor = |is: fn(ThirdFactor) -> bool| {
            network.populations.iter().filter_map(|of| of.learning).any(|rule| is(rule.third_factor))
        };
        let readout =
            |is: fn(Readout) -> bool| network.populations.iter().filter_map(|of| of.readout).any(is);
        match self {
            Self::Groups => factor(|of| matches!(of, ThirdFactor::Group { .. })),
            Self::Mirrors => factor(|of| matches!(of, ThirdFactor::Mirror { .. })),
            Self::ErrorTraces => readout(|of| matches!(of.signal, ErrorSignal::FilteredSpikes { .. })),
            Self::HandedDown => readout(|of| matches!(of.signal, ErrorSignal::Modulation { .. })),
            Self::Competition => readout(|of| of.competition.is_some()),
            Self::Eligibility => network.projections.iter().any(adapts),
            Self::Rates => {
                let size: u32 = network.populations.iter().map(|population| population.neurons).sum();
                size <= MOST_NEURONS
                    && network
                        .populations
                        .iter()
                        .any(|of| of.learning.is_some_and(|rule| rule.rate_limit.is_some()))
            }
            _ => true,
        }
    }
}

/// Whether a projection's rule has the state of an adaptation.
fn adapts(projection: &Projection) -> bool {
    let eligibility = projection.learning.and_then(|rule| rule.eligibility);
    matches!(eligibility, Some(Eligibility::Adaptation { .. }))
}

/// Steps of a vector of [`Aim::Rates`]: more than a spike counter holds.
const MANY_STEPS: usize = 300;
/// Its most neurons.
const MOST_NEURONS: u32 = 24;

/// Moves a network and its program.
pub fn aim(c: &mut Choices<'_>, at: Aim, network: &mut Network, program: &mut Program) {
    match at {
        Aim::Drawn => {}
        Aim::Weights => weights(c, network),
        Aim::Saturation => pushed(c, network, Overflow::Saturate),
        Aim::Wrapping => pushed(c, network, Overflow::Wrap),
        Aim::Lava => lava(c, network, program),
        Aim::Equality => equality(c, network),
        Aim::Decays => decays(c, network),
        Aim::Shifts => shifts(c, network, program),
        Aim::Learning => learning(c, network, program),
        Aim::Rates => rates(network, program),
        Aim::Bursts => bursts(c, network, program),
        Aim::Groups => groups(c, network),
        Aim::Thresholds => thresholds(c, network),
        Aim::ErrorTraces => error_traces(network),
        Aim::Competition => competition(c, network),
        Aim::Narrow => narrow(c, network),
        Aim::Mirrors => mirrors(c, network, program),
        Aim::Eligibility => eligibility(c, network),
        Aim::HandedDown => handed_down(c, network),
    }
}

/// The weights of a projection.
fn lanes(synapses: &mut Synapses) -> &mut WeightLanes {
    match synapses {
        Synapses::Dense { weights } | Synapses::Sparse { weights, .. } | Synapses::Shared { weights, .. } => {
            weights
        }
    }
}

fn weights(c: &mut Choices<'_>, network: &mut Network) {
    let mut bulk = c.bulk();
    toward_zero(network);
    for projection in &mut network.projections {
        let half = 1i64 << (projection.format.store_bits - 1);
        // A fixed store may hold its most negative code, a plastic one is symmetric.
        let low = if projection.learning.is_some() { 1 - half } else { -half };
        let weights = lanes(&mut projection.synapses);
        for index in 0..weights.len() {
            let near = bulk.range(0, 1).min(half - 1);
            let weight = if bulk.chance(50) { low + near } else { half - 1 - near };
            weights.set(index, weight.max(low) as i32);
        }
    }
}

/// Nothing is forgotten, and a bias pushes each neuron one way; half of the initial values are at an end.
fn pushed(c: &mut Choices<'_>, network: &mut Network, rule: Overflow) {
    let datapath = &mut network.datapath;
    if datapath.state_width > 31 && rule != Overflow::Saturate {
        return;
    }
    (datapath.current_overflow, datapath.membrane_overflow) = (rule, rule);
    let (one, most) = (1 << datapath.decay_fraction, (1i64 << (datapath.state_width - 1)) - 1);
    let mut bulk = c.bulk();
    for population in &mut network.populations {
        let mut ends = |share: i64| {
            let each = (0..population.neurons).map(|_| {
                let value = if bulk.chance(50) { most } else { bulk.range(0, most) } / share;
                if bulk.chance(50) { value as i32 } else { -value as i32 }
            });
            PerNeuron::Each(each.collect())
        };
        let (bias, current, membrane) = (ends(3), ends(1), ends(1));
        let parameters = &mut population.parameters;
        (parameters.current_decay, parameters.membrane_decay) = (PerNeuron::Same(one), PerNeuron::Same(one));
        (parameters.bias, parameters.initial_current, parameters.initial_membrane) =
            (bias, current, membrane);
    }
}

/// Makes currents and membranes registers of Lava's that hold no sum back: half of the decays forget nothing, and
/// the dendritic sums are shifted as far as their proof allows. Returns whether the datapath can.
pub fn unleash(network: &mut Network, program: &mut Program, number: usize) -> bool {
    let datapath = &mut network.datapath;
    if datapath.state_width > 31 {
        return false;
    }
    datapath.current_overflow = Overflow::WrapLava;
    datapath.membrane_overflow =
        if number.is_multiple_of(3) { Overflow::Saturate } else { Overflow::WrapLava };
    datapath.input_shift = 0;
    let one = 1 << datapath.decay_fraction;
    for (index, population) in network.populations.iter_mut().enumerate() {
        let parameters = &mut population.parameters;
        if (number + index).is_multiple_of(2) {
            parameters.current_decay = PerNeuron::Same(one);
            parameters.membrane_decay = PerNeuron::Same(one);
        }
    }
    let targets = 0..network.populations.len();
    let widest = targets.map(|target| sum_bits(network, target)).max().unwrap_or(0);
    network.datapath.input_shift = 31u32.saturating_sub(widest).min(16) as u8;
    // Currents that are injected from outside have announced nothing.
    program.iter_mut().for_each(|events| events.injections.clear());
    true
}

/// Without input a membrane counts up by a bias, to a threshold that is a multiple of it.
fn equality(c: &mut Choices<'_>, network: &mut Network) {
    let one = 1 << network.datapath.decay_fraction;
    for population in &mut network.populations {
        let threshold = population.parameters.threshold.get(0).max(8) & !3;
        let parameters = &mut population.parameters;
        parameters.membrane_decay = PerNeuron::Same(one);
        parameters.current_decay = PerNeuron::Same(0);
        parameters.threshold = PerNeuron::Same(threshold);
        parameters.bias = PerNeuron::Same(threshold / 4);
        (parameters.initial_membrane, parameters.initial_current) = (PerNeuron::Same(0), PerNeuron::Same(0));
        parameters.adaptation = None;
        if c.chance(50) {
            parameters.noise_bits = 0;
        }
        // A surrogate that is not shifted.
        let surrogate = population.learning.as_mut().and_then(|rule| rule.surrogate.as_mut());
        if let Some(own) = surrogate.filter(|own| own.shape != SurrogateShape::FastSigmoid) {
            own.shape = c.pick(&[own.shape, SurrogateShape::Triangle]);
            let fraction = network.learning.surrogate.fraction.saturating_sub(c.bits(0, 1));
            own.half_width_log2 = fraction.min(network.datapath.state_width - 2);
        }
    }
    without_adaptation(network);
}

/// Takes away the states of adaptations, where thresholds do not adapt as they ask.
fn without_adaptation(network: &mut Network) {
    for projection in network.projections.iter_mut().filter(|projection| adapts(projection)) {
        if let Some(rule) = &mut projection.learning {
            rule.eligibility = None;
        }
    }
}

/// What is not delivered of a weight is dropped toward zero.
fn toward_zero(network: &mut Network) {
    let formats = network.projections.iter_mut().map(|projection| &mut projection.format);
    formats.for_each(|format| format.dropped = Dropped::TowardZero);
}

/// The first projection that no mirror follows takes as long as a spike can be under way.
fn late(network: &mut Network) {
    let rules = network.populations.iter().filter_map(|population| population.learning);
    let mirrored: Vec<u16> =
        rules.filter_map(|rule| rule.third_factor.mirrored()).map(|(projection, _)| projection).collect();
    let free = (0..).zip(&mut network.projections).find(|(number, _)| !mirrored.contains(number));
    if let Some((_, projection)) = free
        && matches!(projection.delays, Delays::Same(_))
    {
        projection.delays = Delays::Same(64);
    }
}

fn decays(c: &mut Choices<'_>, network: &mut Network) {
    toward_zero(network);
    let one = 1 << network.datapath.decay_fraction;
    for population in &mut network.populations {
        let parameters = &mut population.parameters;
        parameters.current_decay = PerNeuron::Same(c.pick(&[0, one]));
        parameters.membrane_decay = PerNeuron::Same(c.pick(&[one, 0]));
    }
}

fn shifts(c: &mut Choices<'_>, network: &mut Network, program: &mut Program) {
    toward_zero(network);
    for rule in network.projections.iter_mut().filter_map(|projection| projection.learning.as_mut()) {
        rule.shift = c.pick(&[31, 0, 1, 30]);
        rule.weight_decay = rule.weight_decay.map(|decay| decay.min(rule.shift));
        rule.rounding = c.pick(&[Rounding::Stochastic, Rounding::Nearest, Rounding::Floor]);
    }
    let steps = program.len();
    for (step, offset) in [(0, 0), (steps / 3, 1), (2 * steps / 3, 40)] {
        program[step].control.push(Control::ShiftOffset(offset));
    }
}

fn learning(c: &mut Choices<'_>, network: &mut Network, program: &mut Program) {
    for events in program.iter_mut() {
        events.control.retain(|event| !matches!(event, Control::Learn(false)));
    }
    program[0].control.push(Control::Learn(true));
    for projection in &mut network.projections {
        if let Some(rule) = &mut projection.learning {
            rule.shift = rule.shift.saturating_sub(c.bits(0, 8));
            rule.weight_decay = rule.weight_decay.map(|decay| decay.min(rule.shift));
        }
    }
}

/// A small network that fires in nearly every step, long enough to fill a counter.
fn rates(network: &mut Network, program: &mut Program) {
    let one = 1 << network.datapath.decay_fraction;
    for population in &mut network.populations {
        let parameters = &mut population.parameters;
        if parameters.adaptation.is_some() || parameters.noise == Noise::Threshold {
            continue;
        }
        let threshold = parameters.threshold.get(0).max(4);
        parameters.threshold = PerNeuron::Same(threshold);
        parameters.bias = PerNeuron::Same(threshold);
        parameters.membrane_decay = PerNeuron::Same(one);
        parameters.refractory_steps = 0;
        parameters.reset_interval = 0;
        if !matches!(parameters.reset, Reset::ToValue(_)) {
            parameters.reset = Reset::SubtractNow;
        }
        parameters.spiking = true;
    }
    for events in program.iter_mut() {
        events.control.retain(|event| *event != Control::Clear);
    }
    program.resize(MANY_STEPS, StepEvents::default());
}

fn bursts(c: &mut Choices<'_>, network: &mut Network, program: &mut Program) {
    late(network);
    let length = c.range(2, 6) as usize;
    for (step, events) in program.iter_mut().enumerate() {
        if !(step / length).is_multiple_of(3) {
            events.spikes.clear();
            events.injections.clear();
        }
    }
}

/// Both signs of entries, at the top of the scale.
fn groups(c: &mut Choices<'_>, network: &mut Network) {
    let one = 1 << network.datapath.decay_fraction;
    for rule in network.populations.iter_mut().filter_map(|population| population.learning.as_mut()) {
        if let ThirdFactor::Group { readout, .. } = &mut rule.third_factor {
            (readout.scale, readout.decay, readout.draw) = (c.pick(&[29, 31]), one, MatrixDraw::Sign);
        }
    }
    if c.chance(50) {
        narrow_errors(network);
    }
}

/// The ends of Lava's registers, without a bias.
fn lava(c: &mut Choices<'_>, network: &mut Network, program: &mut Program) {
    if !unleash(network, program, c.below(6)) {
        return;
    }
    let most = (1i64 << (network.datapath.state_width - 1)) - 1;
    let mut bulk = c.bulk();
    for population in &mut network.populations {
        let mut ends = || {
            let value = |_| if bulk.chance(50) { most as i32 } else { -most as i32 };
            PerNeuron::Each((0..population.neurons).map(value).collect())
        };
        let (current, membrane) = (ends(), ends());
        let parameters = &mut population.parameters;
        parameters.initial_membrane = membrane;
        if c.chance(50) {
            parameters.initial_current = current;
        } else {
            parameters.bias = PerNeuron::Same(0);
            parameters.noise_bits = 0;
        }
    }
}

/// A first spike raises A to its end less 1, and nothing lowers it; or noise is added to a threshold at the end.
fn thresholds(c: &mut Choices<'_>, network: &mut Network) {
    let one = 1 << network.datapath.decay_fraction;
    let most = ((1i64 << (network.datapath.state_width - 1)) - 1) as i32;
    for population in &mut network.populations {
        let parameters = &mut population.parameters;
        let (threshold, adaptation) = if c.chance(50) {
            let increment = PerNeuron::Same(most - 1);
            (1, Some(Adaptation { decay: PerNeuron::Same(one), increment }))
        } else {
            (most - 1, None)
        };
        parameters.threshold = PerNeuron::Same(threshold);
        if adaptation.is_none() || c.chance(30) {
            (parameters.noise_bits, parameters.noise) = (3, Noise::Threshold);
        }
        parameters.adaptation = adaptation;
    }
    without_adaptation(network);
}

fn error_traces(network: &mut Network) {
    let one = 1 << network.datapath.decay_fraction;
    let most = (1i64 << (network.learning.error_trace_bits - 1)) - 1;
    for readout in network.populations.iter_mut().filter_map(|population| population.readout.as_mut()) {
        if let ErrorSignal::FilteredSpikes { q_decay, p_decay, increment, .. } = &mut readout.signal {
            (*q_decay, *p_decay, *increment) = (one, one, most as i32);
        }
    }
}

fn competition(c: &mut Choices<'_>, network: &mut Network) {
    narrow_errors(network);
    let most = network.learning.error.max_lane();
    for readout in network.populations.iter_mut().filter_map(|population| population.readout.as_mut()) {
        if let Some(competition) = &mut readout.competition {
            competition.margin = if c.chance(30) { 0 } else { competition.margin };
            readout.dead_zone = c.range(1, i64::from(most)) as i32;
        }
    }
}

/// Errors of four bits, and no dead zone beyond them.
fn narrow_errors(network: &mut Network) {
    let error = &mut network.learning.error;
    *error = Format::signed(4, error.fraction.min(3));
    let most = error.max_lane();
    for readout in network.populations.iter_mut().filter_map(|population| population.readout.as_mut()) {
        readout.dead_zone = readout.dead_zone.min(most);
    }
}

/// Registers of four bits where they may have so few.
fn narrow(c: &mut Choices<'_>, network: &mut Network) {
    narrow_errors(network);
    let engine = &mut network.learning;
    engine.third_factor = Format::signed(4, engine.third_factor.fraction.min(3));
    engine.error_trace_bits = 4;
    let most = engine.third_factor.max_lane();
    for population in &mut network.populations {
        if let Some(limit) = population.learning.as_mut().and_then(|rule| rule.rate_limit.as_mut()) {
            limit.amount = limit.amount.min(most);
        }
        if let Some(Readout { signal: ErrorSignal::FilteredSpikes { increment, .. }, .. }) =
            &mut population.readout
        {
            *increment = (*increment).min(7);
        }
    }
    if c.chance(50) {
        network.learning.eligibility_bits = 4;
        without_adaptation(network);
    }
    // A decay as large as a product can be: the two may cancel.
    for rule in network.projections.iter_mut().filter_map(|projection| projection.learning.as_mut()) {
        if c.chance(50) {
            (rule.weight_decay, rule.rounding) = (Some(rule.shift), Rounding::Floor);
        }
    }
}

/// A `clear` on the way; filters that forget nothing and hold little; some mirrors that read the readout's own weights.
fn mirrors(c: &mut Choices<'_>, network: &mut Network, program: &mut Program) {
    let at = c.below(program.len());
    program[at].control.push(Control::Clear);
    without_adaptation(network);
    network.learning.eligibility_bits = 4;
    let one = 1 << network.datapath.decay_fraction;
    for rule in network.projections.iter_mut().filter_map(|projection| projection.learning.as_mut()) {
        rule.shift = rule.shift.min(c.bits(0, 6));
        rule.weight_decay = rule.weight_decay.map(|decay| decay.min(rule.shift));
        if let Some(Eligibility::Filter { q_decay, p_decay, .. }) = &mut rule.eligibility
            && c.chance(50)
        {
            (*q_decay, *p_decay) = (one, one);
        }
    }
    for rule in network.populations.iter_mut().filter_map(|population| population.learning.as_mut()) {
        if let ThirdFactor::Mirror { projection, shift } = rule.third_factor
            && c.chance(25)
        {
            rule.third_factor = ThirdFactor::Symmetric { projection, shift };
        }
    }
}

/// Traces of nothing and of all, a surrogate of one, an adaptation as large as the threshold.
fn eligibility(c: &mut Choices<'_>, network: &mut Network) {
    let engine = &mut network.learning;
    engine.eligibility_bits = engine.trace_bits + 1;
    engine.trace_increment = ((1u32 << engine.trace_bits) - 1) as u16;
    let (one, widest) = (1 << network.datapath.decay_fraction, network.datapath.state_width - 2);
    for index in 0..network.populations.len() {
        let into = network.projections.iter_mut().filter(|projection| projection.target == index);
        let own: Vec<&mut SynapseLearning> =
            into.filter(|projection| adapts(projection)).filter_map(|of| of.learning.as_mut()).collect();
        if own.is_empty() {
            continue;
        }
        for rule in own {
            rule.eligibility = Some(Eligibility::Adaptation { trace_shift: 0 });
        }
        let population = &mut network.populations[index];
        let parameters = &mut population.parameters;
        parameters.current_decay = PerNeuron::Same(0);
        parameters.membrane_decay = PerNeuron::Same(0);
        let threshold = parameters.threshold.get(0);
        parameters.threshold = PerNeuron::Same(threshold);
        if let Some(adaptation) = &mut parameters.adaptation {
            let (decay, increment) =
                c.pick(&[(0, threshold), (one, threshold), (one, 0), (one / 2, threshold / 2)]);
            (adaptation.decay, adaptation.increment) = (PerNeuron::Same(decay), PerNeuron::Same(increment));
        }
        if let Some(rule) = &mut population.learning {
            rule.surrogate = Some(Surrogate { shape: SurrogateShape::Boxcar, half_width_log2: widest });
        }
    }
}

fn handed_down(c: &mut Choices<'_>, network: &mut Network) {
    narrow_errors(network);
    for readout in network.populations.iter_mut().filter_map(|population| population.readout.as_mut()) {
        if matches!(readout.signal, ErrorSignal::Modulation { .. }) {
            readout.signal = ErrorSignal::Modulation { shift: network.learning.surrogate.fraction };
            readout.dead_zone = c.pick(&[0, 1, 3]);
        }
    }
}
