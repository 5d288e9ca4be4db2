//! Random networks inside the contract: datapath, populations, and how they are wired.
//!
//! Thresholds, weights and exponents are drawn around one scale, so that most networks fire.

use super::choices::Choices;
use super::learning;
use super::projection;
use super::scale::Scale;
use synfire_chip::network::{Input, Network, Population, Source};
use synfire_chip::placing::Placing;
use synfire_core::format::{Format, Overflow};
use synfire_core::neuron::{
    Adaptation, Compare, Datapath, NeuronParameters, Noise, Order, PerNeuron, Refractory, Reset,
};
use synfire_plasticity::config::LearningDatapath;

/// A random network.
pub fn network(c: &mut Choices<'_>) -> (Network, Scale) {
    let learns = c.below(100) < 75;
    let neurons = c.pick(&[12, 6, 12, 30, 30, 70, 140]);
    let width = if c.chance(60) { c.bits(12, 32) } else { 24 };
    // At the top of the width sums pass the register's end, and at 31 and 32 bits a lane's.
    let theta = if c.chance(12) { c.bits(width - 6, width - 2) } else { c.bits(5, (width - 3).min(18)) };
    let scale = Scale { theta, learns, neurons };
    let datapath = datapath(c, width, theta);
    let learning = engine(c, &datapath);
    let inputs = (0..c.range(1, 2)).map(|index| input(c, index, neurons)).collect();
    let count = c.pick(&[2, 1, 2, 3, 4]);
    let mut network = Network {
        name: "random".to_owned(),
        seed: c.word(),
        datapath,
        learning,
        inputs,
        populations: Vec::new(),
        projections: Vec::new(),
        placing: Placing::default(),
    };
    for index in 0..count {
        let population = population(c, &network.datapath, scale, index);
        network.populations.push(population);
    }
    learning::populations(c, &mut network, scale);
    for target in 0..count {
        let earlier: Vec<Source> = (0..network.inputs.len()).map(Source::Input).collect();
        let earlier: Vec<Source> = earlier.into_iter().chain((0..target).map(Source::Population)).collect();
        let source = c.pick(&earlier);
        projection::add(c, &mut network, source, target, scale);
    }
    let all: Vec<Source> = (0..network.inputs.len()).map(Source::Input).collect();
    let all: Vec<Source> = all.into_iter().chain((0..count).map(Source::Population)).collect();
    for _ in 0..c.range(0, 4) {
        let (source, target) = (c.pick(&all), c.below(count));
        projection::add(c, &mut network, source, target, scale);
    }
    learning::mirrors(c, &mut network);
    projection::make_exact(&mut network);
    (network, scale)
}

fn datapath(c: &mut Choices<'_>, width: u8, theta: u8) -> Datapath {
    use Overflow::{Saturate, Wrap, WrapLava};
    let current = c.pick(&[Saturate, Saturate, Saturate, Wrap, WrapLava, WrapLava]);
    let membrane = c.pick(&[Saturate, Saturate, Saturate, Saturate, Wrap, WrapLava]);
    let legal = |rule: Overflow, widest: u8| match rule {
        Wrap if width > 31 => Saturate,
        WrapLava if width > widest => Saturate,
        rule => rule,
    };
    Datapath {
        order: c.pick(&[Order::PreviousCurrent, Order::UpdatedCurrent]),
        state_width: width,
        state_fraction: (theta + 3).saturating_sub(c.bits(0, 6)).min(width - 1),
        current_overflow: legal(current, 30),
        // A membrane that leaves Lava's range grows by terms of its width: far from 32 bits within a case.
        membrane_overflow: legal(membrane, 20),
        input_shift: if c.chance(20) { c.bits(1, 6) } else { 0 },
        decay_fraction: if c.chance(40) { c.bits(4, 16) } else { 12 },
        compare: c.pick(&[Compare::GreaterEqual, Compare::Greater]),
    }
}

fn engine(c: &mut Choices<'_>, datapath: &Datapath) -> LearningDatapath {
    let wide = c.chance(35);
    let mut signed = |usual: u8| {
        let width = if wide { c.bits(4, 16) } else { usual };
        Format::signed(width, c.bits(0, width - 1).min(datapath.state_fraction + 2))
    };
    let (error, third_factor) = (signed(10), signed(10));
    let width = if wide { c.bits(2, 16) } else { 8 };
    let trace_bits = if wide { c.bits(4, 16) } else { 8 };
    let most = (1 << trace_bits) - 1;
    LearningDatapath {
        error,
        third_factor,
        surrogate: Format::unsigned(width, c.bits(0, width - 1)),
        trace_bits,
        trace_increment: if c.chance(30) { c.range(1, most) as u16 } else { 16.min(most) as u16 },
        eligibility_bits: if wide { c.bits(4, 16) } else { 12 },
        error_trace_bits: if wide { c.bits(4, 32) } else { 16 },
        error_delay: match c.below(20) {
            0 => 63,
            1..9 => 1,
            _ => c.bits(1, 5),
        },
    }
}

fn input(c: &mut Choices<'_>, index: i64, neurons: i64) -> Input {
    let max_events = match c.below(10) {
        0..=5 => 1,
        6..=8 => c.bits(2, 8),
        _ => 255,
    };
    let neurons = c.range(1, neurons) as u32;
    Input { name: format!("in{index}"), neurons, max_events, cores: Vec::new(), port: None }
}

fn population(c: &mut Choices<'_>, datapath: &Datapath, scale: Scale, index: usize) -> Population {
    let neurons = c.range(1, scale.neurons) as u32;
    Population {
        name: format!("p{index}"),
        neurons,
        parameters: parameters(c, datapath, scale, neurons),
        learning: None,
        readout: None,
        max_per_core: None,
    }
}

/// An option that came later keeps its default: what is drawn is frozen, and aims reach the option.
fn parameters(c: &mut Choices<'_>, datapath: &Datapath, scale: Scale, neurons: u32) -> NeuronParameters {
    let one = 1i64 << datapath.decay_fraction;
    let theta = 1i64 << scale.theta;
    let most = (1i64 << (datapath.state_width - 1)) - 1;
    let reset = match c.below(4) {
        0 | 1 => Reset::SubtractNext,
        2 => Reset::SubtractNow,
        _ => Reset::ToValue(c.range(-theta / 2, theta / 2) as i32),
    };
    // A subtracted threshold is not negative, nor one that moves; a value to return to may lie above a negative one.
    let lowest = if matches!(reset, Reset::ToValue(_)) && c.chance(10) { -theta } else { theta / 4 };
    let adapts = lowest >= 0 && c.chance(25);
    let noise = if lowest >= 0 && c.chance(50) { Noise::Threshold } else { Noise::Membrane };
    let hold = c.chance(50) && reset != Reset::SubtractNext;
    // Axons of a population that learns follow its decays: they are the same for all its neurons.
    let each = !scale.learns;
    let decay = |c: &mut Choices<'_>| {
        let low = c.pick(&[one / 2, 0, one * 7 / 8]);
        match c.chance(15) {
            true => PerNeuron::Same(one as i32),
            false if each => lanes(c, neurons, low, one),
            false => PerNeuron::Same(c.range(low, one) as i32),
        }
    };
    let biased = c.chance(30);
    let started = c.chance(20);
    let mut own = NeuronParameters::new(0, 0, 0);
    own.current_decay = decay(c);
    own.membrane_decay = decay(c);
    own.threshold = lanes(c, neurons, lowest, (theta * 2).min(most));
    own.adaptation = adapts.then(|| adaptation(c, neurons, one, theta, most));
    own.bias = if biased { lanes(c, neurons, -theta / 8, theta / 4) } else { PerNeuron::Same(0) };
    own.initial_current = if started { lanes(c, neurons, -theta, theta) } else { PerNeuron::Same(0) };
    own.initial_membrane = if started { lanes(c, neurons, -theta, theta) } else { PerNeuron::Same(0) };
    own.reset = reset;
    own.refractory_steps = if c.chance(35) { c.pick(&[1, 2, 3, 7, 255]) } else { 0 };
    own.refractory = if hold { Refractory::Hold } else { Refractory::Integrate };
    own.spiking = !c.chance(8);
    own.noise_bits = if c.chance(15) { c.bits(1, scale.theta + 1) } else { 0 };
    own.noise = noise;
    own.reset_interval = if c.chance(12) { c.bits(1, 13).into() } else { 0 };
    own.reset_offset = c.below(20) as u32;
    own
}

/// Small and large increments; short and long memories, and one that never forgets.
fn adaptation(c: &mut Choices<'_>, neurons: u32, one: i64, theta: i64, most: i64) -> Adaptation {
    let low = c.pick(&[one * 3 / 4, 0, one * 15 / 16]);
    // A quarter of the threshold's scale is its least: an eligibility that follows wants no more.
    let high = c.pick(&[theta / 4, theta / 8, theta, most]);
    let decay = if c.chance(10) { PerNeuron::Same(one as i32) } else { lanes(c, neurons, low, one) };
    Adaptation { decay, increment: lanes(c, neurons, 0, high) }
}

/// One value for all, or one each, of `low..=high`.
fn lanes(c: &mut Choices<'_>, neurons: u32, low: i64, high: i64) -> PerNeuron {
    if c.chance(30) {
        let mut bulk = c.bulk();
        PerNeuron::Each((0..neurons).map(|_| bulk.range(low, high) as i32).collect())
    } else {
        PerNeuron::Same(c.range(low, high) as i32)
    }
}
