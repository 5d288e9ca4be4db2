//! Random learning: readouts, third factors, surrogates, rules.

use super::choices::Choices;
use super::scale::Scale;
use synfire_chip::network::{Network, Population, Source, Synapses};
use synfire_core::arrival::Delays;
use synfire_core::neuron::PerNeuron;
use synfire_core::rounding::Rounding;
use synfire_plasticity::config::{
    Competition, Eligibility, ErrorSignal, GroupReadout, MatrixDraw, NeuronLearning, Presynaptic, RateLimit,
    Readout, Surrogate, SurrogateShape, SynapseLearning, ThirdFactor,
};

/// Makes readouts of the last population and perhaps the first, and lets others learn.
pub fn populations(c: &mut Choices<'_>, network: &mut Network, scale: Scale) {
    if !scale.learns {
        return;
    }
    let count = network.populations.len();
    let two = count > 1 && c.chance(25);
    let hands_down = (count > 2 && c.chance(40)).then_some(1);
    let mut readouts = vec![count - 1];
    if let Some(middle) = hands_down {
        readouts.insert(0, middle);
    }
    if two {
        readouts.insert(0, 0);
    }
    let mut first_channel = 0;
    for &index in &readouts {
        let mut readout = readout(c, network, scale, first_channel);
        if hands_down == Some(index) {
            let signal = ErrorSignal::Modulation { shift: c.bits(0, 8) };
            readout = Readout { signal, one_sided: None, competition: None, ..readout };
        }
        let population = &mut network.populations[index];
        population.readout = Some(readout);
        // Errors from spikes need spikes.
        population.parameters.spiking |= matches!(readout.signal, ErrorSignal::FilteredSpikes { .. });
        first_channel += population.neurons as u16;
    }
    for index in 0..count {
        let heard = match readouts.contains(&index) {
            true if hands_down == Some(index) => count - 1,
            true => index,
            false => c.pick(&readouts),
        };
        let learning = neurons(c, network, scale, index, heard);
        network.populations[index].learning = learning;
    }
}

fn readout(c: &mut Choices<'_>, network: &Network, scale: Scale, first_channel: u16) -> Readout {
    let one = 1i64 << network.datapath.decay_fraction;
    let engine = &network.learning;
    let signal = if c.chance(40) {
        let most = (1i64 << (engine.error_trace_bits - 1)) - 1;
        ErrorSignal::FilteredSpikes {
            q_decay: c.range(one / 4, one) as u32,
            p_decay: c.range(one / 4, one) as u32,
            increment: c.range(1, most.min(2000)) as i32,
            shift: c.bits(0, 4),
        }
    } else {
        ErrorSignal::Membrane
    };
    let half = 1 << scale.theta >> 1;
    let midpoint = if signal == ErrorSignal::Membrane { half } else { 0 };
    let competes = signal == ErrorSignal::Membrane && c.chance(25);
    let competition = Competition { margin: c.range(0, 2 << scale.theta) as i32, midpoint };
    Readout {
        first_channel,
        signal,
        one_sided: (!competes && c.chance(25)).then_some(midpoint),
        competition: competes.then_some(competition),
        dead_zone: if c.chance(25) { c.range(1, i64::from(engine.error.max_lane()) / 4) as i32 } else { 0 },
    }
}

fn neurons(
    c: &mut Choices<'_>,
    network: &Network,
    scale: Scale,
    index: usize,
    heard: usize,
) -> Option<NeuronLearning> {
    let Population { readout, neurons, .. } = &network.populations[heard];
    let (first_channel, channels) = (readout.as_ref()?.first_channel, *neurons as u16);
    let own = index == heard && !c.chance(15);
    if index != heard && c.chance(10) {
        return None;
    }
    let third_factor = if own { ThirdFactor::OwnError } else { projected(c, network, scale, index) };
    let amount = i64::from(network.learning.third_factor.max_lane());
    let rate_limit = RateLimit { spikes: c.bits(0, 10), amount: c.range(0, amount / 2) as i32 };
    let surrogate = if own && c.chance(40) { None } else { Some(surrogate(c, network, scale)) };
    let compartment = matches!(third_factor, ThirdFactor::Compartment { .. });
    let rate_limit = (!compartment && c.chance(20)).then_some(rate_limit);
    Some(NeuronLearning { first_channel, channels, third_factor, surrogate, rate_limit })
}

fn projected(c: &mut Choices<'_>, network: &Network, scale: Scale, index: usize) -> ThirdFactor {
    let draws = [MatrixDraw::Sign, MatrixDraw::Ones, MatrixDraw::Uniform { max: c.bits(1, 127) as i8 }];
    let draw = c.pick(&draws);
    let shift = if c.chance(10) { c.bits(0, 31) } else { c.bits(0, 3) };
    if c.chance(15) {
        let decay = c.range(0, 1 << network.datapath.decay_fraction) as u32;
        return ThirdFactor::Compartment { draw, decay, shift };
    }
    if !c.chance(40) {
        return ThirdFactor::Feedback { draw, shift };
    }
    let neurons = i64::from(network.populations[index].neurons);
    let readout = GroupReadout {
        neurons: c.range((neurons / 4).max(1), neurons + 3) as u32,
        draw,
        decay: c.pick(&[0, 1 << network.datapath.decay_fraction >> 1, 1 << network.datapath.decay_fraction]),
        scale: scale.theta.saturating_sub(c.bits(0, 4)),
    };
    ThirdFactor::Group { readout, shift }
}

fn surrogate(c: &mut Choices<'_>, network: &Network, scale: Scale) -> Surrogate {
    use SurrogateShape::{Boxcar, Exponential, FastSigmoid, Ramp, Triangle};
    let shape = c.pick(&[Triangle, Boxcar, FastSigmoid, Exponential, Ramp]);
    let most = network.datapath.state_width - 2;
    let log2 = (scale.theta + 3).saturating_sub(c.bits(0, 4)).min(most);
    let log2 = if c.chance(10) { c.bits(0, most) } else { log2 };
    let least = if shape == FastSigmoid { 4 } else { 0 };
    Surrogate { shape, half_width_log2: log2.max(least) }
}

/// How a projection into `target` learns, if it does.
pub fn synapses(c: &mut Choices<'_>, network: &Network, target: usize) -> Option<SynapseLearning> {
    let learning = network.populations[target].learning?;
    if c.chance(20) {
        return None;
    }
    let engine = &network.learning;
    let one = 1i64 << network.datapath.decay_fraction;
    let filter = Eligibility::Filter {
        q_decay: c.range(one / 4, one) as u32,
        p_decay: c.range(one / 4, one) as u32,
        product_shift: if c.chance(10) { c.bits(0, 31) } else { c.bits(0, 8) },
        normalise: c.chance(40).then(|| c.bits(1, 16)),
    };
    let filtered = c.chance(35).then_some(filter);
    let adaptation = adaptation(c, network, target).filter(|_| c.chance(80));
    let eligibility = learning.surrogate.and(adaptation.or(filtered));
    let product = if eligibility.is_some() {
        engine.third_factor.width + engine.eligibility_bits
    } else {
        let surrogate = if learning.surrogate.is_some() { engine.surrogate.fraction } else { 0 };
        engine.third_factor.width + surrogate + engine.trace_bits
    };
    let shift = if c.chance(8) { c.pick(&[0, 31]) } else { c.bits(0, (product - 4).min(31)) };
    Some(SynapseLearning {
        shift,
        weight_decay: c.chance(30).then(|| shift - c.bits(0, shift.min(12))),
        rounding: c.pick(&[Rounding::Stochastic, Rounding::Nearest, Rounding::Floor, Rounding::Stochastic]),
        presynaptic: if eligibility.is_none() && c.chance(20) {
            Presynaptic::Events
        } else {
            Presynaptic::Trace
        },
        eligibility,
    })
}

/// The state of an adaptation, where the population's parameters allow it.
fn adaptation(c: &mut Choices<'_>, network: &Network, target: usize) -> Option<Eligibility> {
    let population = &network.populations[target];
    let adaptation = population.parameters.adaptation.as_ref()?;
    let threshold = &population.parameters.threshold;
    let legal = |neuron| {
        let (threshold, increment) = (threshold.get(neuron), adaptation.increment.get(neuron));
        threshold > 0 && increment <= threshold
    };
    let room = network.learning.eligibility_bits.checked_sub(network.learning.trace_bits + 1)?;
    let all = (0..population.neurons as usize).all(legal);
    let one_decay = matches!(adaptation.decay, PerNeuron::Same(_));
    (all && one_decay).then(|| Eligibility::Adaptation { trace_shift: c.bits(0, room) })
}

/// Lets populations that learn by random feedback mirror their weights to the readout instead, where a projection
/// connects every pair with one delay; the readout then learns by the plain delta rule, or through a filter where its
/// surrogates arrive in time.
pub fn mirrors(c: &mut Choices<'_>, network: &mut Network) {
    for index in 0..network.populations.len() {
        let Some(learning) = network.populations[index].learning else { continue };
        let ThirdFactor::Feedback { .. } = learning.third_factor else { continue };
        let found = network.projections.iter().position(|projection| {
            let target = &network.populations[projection.target];
            projection.source == Source::Population(index)
                && projection.target != index
                && target.readout.is_some_and(|r| r.first_channel == learning.first_channel)
                && target.learning.is_some_and(|l| l.third_factor == ThirdFactor::OwnError)
                && matches!(projection.synapses, Synapses::Dense { .. })
                && matches!(projection.delays, Delays::Same(_))
        });
        let Some(number) = found.filter(|_| c.chance(70)) else { continue };
        let target = network.projections[number].target;
        let shift = c.bits(0, network.projections[number].format.store_bits);
        let mirrored = network.populations[index].learning.as_mut();
        if let Some(learning) = mirrored {
            let projection = number as u16;
            let mirror = ThirdFactor::Mirror { projection, shift };
            learning.third_factor = c.pick(&[mirror, mirror, ThirdFactor::Symmetric { projection, shift }]);
        }
        // One readout has a surrogate or has none, for all that mirror it.
        let others = (0..index).filter_map(|p| network.populations[p].learning?.third_factor.mirrored());
        let others = others.map(|(other, _)| &network.projections[usize::from(other)]);
        let rules = others.filter(|other| other.target == target).filter_map(|other| other.learning);
        let settled = rules.map(|rule| rule.eligibility.is_some()).next();
        let chosen = network.learning.error_delay == 1 && c.chance(60);
        let filtered = settled.unwrap_or(chosen);
        let (one, widest) = (1i64 << network.datapath.decay_fraction, network.datapath.state_width - 2);
        if let Some(own) = &mut network.populations[target].learning {
            own.rate_limit = None;
            let boxcar = Surrogate { shape: SurrogateShape::Boxcar, half_width_log2: widest };
            own.surrogate = filtered.then(|| own.surrogate.unwrap_or(boxcar));
        }
        if filtered {
            if let Some(rule) = &mut network.projections[number].learning {
                rule.presynaptic = Presynaptic::Trace;
                rule.eligibility = Some(Eligibility::Filter {
                    q_decay: c.range(one / 4, one) as u32,
                    p_decay: c.range(one / 4, one) as u32,
                    product_shift: c.bits(0, 8),
                    normalise: None,
                });
            }
            continue;
        }
        for (other, projection) in network.projections.iter_mut().enumerate() {
            if let Some(rule) = projection.learning.as_mut().filter(|_| projection.target == target) {
                rule.eligibility = None;
                if other == number {
                    rule.presynaptic = Presynaptic::Trace;
                }
            }
        }
    }
}
