//! Aims at learning: errors, third factors, mirrors, eligibility, narrow registers of the engine.
//!
//! Promises: what is moved stays inside the contract. Absent on purpose: which aims there are, and what each wants (`aim`).

use crate::hardware::vectors::draw::choices::Choices;
use synfire_chip::network::{Network, Projection};
use synfire_chip::run::program::{Control, Program};
use synfire_core::format::Format;
use synfire_core::neuron::PerNeuron;
use synfire_core::rounding::Rounding;
use synfire_plasticity::config::{
    Eligibility, ErrorSignal, MatrixDraw, Readout, Surrogate, SurrogateShape, SynapseLearning, ThirdFactor,
};

/// Whether a projection's rule has the state of an adaptation.
pub(super) fn adapts(projection: &Projection) -> bool {
    let eligibility = projection.learning.and_then(|rule| rule.eligibility);
    matches!(eligibility, Some(Eligibility::Adaptation { .. }))
}

/// Takes away the states of adaptations, where thresholds do not adapt as they ask.
pub(super) fn without_adaptation(network: &mut Network) {
    for projection in network.projections.iter_mut().filter(|projection| adapts(projection)) {
        if let Some(rule) = &mut projection.learning {
            rule.eligibility = None;
        }
    }
}

pub(super) fn learning(c: &mut Choices<'_>, network: &mut Network, program: &mut Program) {
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

/// Both signs of entries, at the top of the scale.
pub(super) fn groups(c: &mut Choices<'_>, network: &mut Network) {
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

pub(super) fn error_traces(network: &mut Network) {
    let one = 1 << network.datapath.decay_fraction;
    let most = (1i64 << (network.learning.error_trace_bits - 1)) - 1;
    for readout in network.populations.iter_mut().filter_map(|population| population.readout.as_mut()) {
        if let ErrorSignal::FilteredSpikes { q_decay, p_decay, increment, .. } = &mut readout.signal {
            (*q_decay, *p_decay, *increment) = (one, one, most as i32);
        }
    }
}

pub(super) fn competition(c: &mut Choices<'_>, network: &mut Network) {
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
pub(super) fn narrow(c: &mut Choices<'_>, network: &mut Network) {
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
pub(super) fn mirrors(c: &mut Choices<'_>, network: &mut Network, program: &mut Program) {
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
pub(super) fn eligibility(c: &mut Choices<'_>, network: &mut Network) {
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

pub(super) fn handed_down(c: &mut Choices<'_>, network: &mut Network) {
    narrow_errors(network);
    for readout in network.populations.iter_mut().filter_map(|population| population.readout.as_mut()) {
        if matches!(readout.signal, ErrorSignal::Modulation { .. }) {
            readout.signal = ErrorSignal::Modulation { shift: network.learning.surrogate.fraction };
            readout.dead_zone = c.pick(&[0, 1, 3]);
        }
    }
}
