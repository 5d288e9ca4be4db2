//! How the neurons and synapses of a network learn, once that is numbers: what `legal` holds a network to, for learning.
//!
//! Promises: channels are those of a readout, a rule has the registers that it reads. Absent on purpose: what rules do.

use super::mirror::{Misfit, mirrors};
use crate::files::bounds;
use crate::files::legal::{At, Looked};
use crate::network::{Network, Population, Projection};
use synfire_core::format::Format;
use synfire_core::neuron::PerNeuron;
use synfire_core::rounding::Rounding;
use synfire_plasticity::config::{
    Eligibility, ErrorSignal, MatrixDraw, NeuronLearning, Presynaptic, Readout, SurrogateShape, ThirdFactor,
};

/// Looks at every population and projection of a network whose projections end somewhere.
pub(super) fn check(network: &Network) -> Looked {
    let mut next = 0u64;
    for (index, own) in network.populations.iter().enumerate() {
        let at = At::new(format!("network.populations[{index}]"));
        if let Some(form) = &own.readout {
            let at = at.field("readout");
            let first = u64::from(form.first_channel);
            at.field("first_channel").expect(
                first == next,
                first,
                format!("{next}: readouts have channels in order"),
            )?;
            next += u64::from(own.neurons);
            at.expect(
                next <= bounds::MOST_CHANNELS as u64,
                format!("{next} channels"),
                bounds::MOST_CHANNELS,
            )?;
            readout(&at, form, network)?;
        }
    }
    for (index, own) in network.populations.iter().enumerate() {
        if let Some(rule) = &own.learning {
            let at = At::new(format!("network.populations[{index}].learning"));
            neurons(&at, (index, own), rule, network)?;
        }
    }
    for (index, own) in network.projections.iter().enumerate() {
        if own.learning.is_some() {
            synapses(&At::new(format!("network.projections[{index}].learning")), own, network)?;
        }
    }
    for (index, own) in network.populations.iter().enumerate() {
        let Some(rule) = &own.learning else { continue };
        let Some((number, _)) = rule.third_factor.mirrored() else { continue };
        let projection = &network.projections[usize::from(number)];
        if let Err(Misfit { found, allowed }) = mirrors(network, index, rule.first_channel, projection) {
            let at = At::new(format!("network.populations[{index}].learning.third_factor.projection"));
            at.expect(false, found, allowed)?;
        }
    }
    let channels = network.channels() + network.surrogate_channels().1;
    let at = At::new("network.populations");
    at.expect(channels <= bounds::MOST_CHANNELS, format!("{channels} channels"), bounds::MOST_CHANNELS)
}

/// Largest factor of a decay.
fn one(network: &Network) -> i64 {
    1 << network.datapath.decay_fraction
}

fn readout(at: &At, own: &Readout, network: &Network) -> Looked {
    match own.signal {
        ErrorSignal::Membrane => {}
        ErrorSignal::FilteredSpikes { q_decay, p_decay, increment, shift } => {
            let at = at.field("signal");
            at.within("q_decay", q_decay, 0..=one(network))?;
            at.within("p_decay", p_decay, 0..=one(network))?;
            let most = Format::signed(network.learning.error_trace_bits, 0).max_lane();
            at.within("increment", increment, 1..=most.into())?;
            at.within("shift", shift, bounds::SHIFT)?;
        }
        ErrorSignal::Modulation { shift } => {
            at.within("signal.shift", shift, bounds::SHIFT)?;
        }
    }
    let compares = own.signal == ErrorSignal::Membrane && own.one_sided.is_none();
    let alone = own.competition.is_none() || compares;
    at.field("competition").expect(alone, "one", "none, or `Membrane` that is not one-sided")?;
    let handed_down = matches!(own.signal, ErrorSignal::Modulation { .. }) && own.one_sided.is_some();
    at.field("one_sided").expect(!handed_down, "one", "none, or `Membrane` or `FilteredSpikes`")?;
    let most = i64::from(Format::signed(network.datapath.state_width, 0).max_lane());
    let competition = own.competition.map(|own| [("margin", own.margin), ("midpoint", own.midpoint)]);
    let sides = own.one_sided.map(|midpoint| ("one_sided", midpoint));
    for (name, lane) in competition.into_iter().flatten().chain(sides) {
        at.within(name, lane, -most..=most)?;
    }
    at.within("dead_zone", own.dead_zone, 0..=network.learning.error.max_lane().into())
}

fn neurons(at: &At, (index, own): (usize, &Population), rule: &NeuronLearning, network: &Network) -> Looked {
    let heard = network.populations.iter().position(|of| {
        let channel = of.readout.map(|readout| readout.first_channel);
        channel == Some(rule.first_channel) && of.neurons == u32::from(rule.channels)
    });
    let found = format!("{} from {} on", rule.channels, rule.first_channel);
    at.field("channels").expect(heard.is_some(), &found, "those of one readout")?;
    let by_itself = rule.third_factor != ThirdFactor::OwnError || heard == Some(index);
    at.field("channels").expect(by_itself, found, "its own, with `OwnError`")?;
    third_factor(&at.field("third_factor"), rule, network)?;
    if let Some(surrogate) = rule.surrogate {
        let least = if surrogate.shape == SurrogateShape::FastSigmoid { 4 } else { 0 };
        let most = i64::from(network.datapath.state_width) - 2;
        at.within("surrogate.half_width_log2", surrogate.half_width_log2, least..=most)?;
    }
    if let Some(limit) = rule.rate_limit {
        at.within("rate_limit.spikes", limit.spikes, bounds::RATE_LIMIT)?;
        at.within("rate_limit.amount", limit.amount, 0..=network.learning.third_factor.max_lane().into())?;
    }
    let decays = [&own.parameters.current_decay, &own.parameters.membrane_decay];
    let differs = decays.into_iter().any(PerNeuron::differs);
    at.expect(!differs, "decays of single neurons", "one decay for all of a population that learns")
}

fn third_factor(at: &At, rule: &NeuronLearning, network: &Network) -> Looked {
    if let Some(MatrixDraw::Uniform { max }) = rule.third_factor.matrix() {
        at.within("draw.max", max, bounds::ENTRY)?;
    }
    match rule.third_factor {
        ThirdFactor::OwnError => Ok(()),
        ThirdFactor::Feedback { shift, .. } => at.within("shift", shift, bounds::SHIFT),
        ThirdFactor::Group { readout, shift } => {
            at.within("readout.neurons", readout.neurons, bounds::NEURONS)?;
            at.within("readout.decay", readout.decay, 0..=one(network))?;
            at.within("readout.scale", readout.scale, bounds::SHIFT)?;
            at.within("shift", shift, bounds::SHIFT)
        }
        ThirdFactor::Mirror { projection, shift } | ThirdFactor::Symmetric { projection, shift } => {
            at.index("projection", usize::from(projection), network.projections.len(), "projections")?;
            at.within("shift", shift, bounds::SHIFT)
        }
        ThirdFactor::Compartment { decay, shift, .. } => {
            at.expect(rule.rate_limit.is_none(), "Compartment with a rate limit", "one of the two")?;
            at.within("decay", decay, 0..=one(network))?;
            at.within("shift", shift, bounds::SHIFT)
        }
    }
}

fn synapses(at: &At, own: &Projection, network: &Network) -> Looked {
    let Some(rule) = own.learning else { return Ok(()) };
    let target = &network.populations[own.target];
    at.expect(target.learning.is_some(), "a rule", "none: its target does not learn")?;
    at.within("shift", rule.shift, bounds::SHIFT)?;
    let rounding = rule.rounding != Rounding::TowardZero;
    at.field("rounding").expect(rounding, "TowardZero", "Floor, Nearest or Stochastic")?;
    rule.weight_decay.map_or(Ok(()), |decay| at.within("weight_decay", decay, 0..=rule.shift.into()))?;
    let Some(eligibility) = rule.eligibility else { return Ok(()) };
    let at = at.field("eligibility");
    at.expect(rule.presynaptic == Presynaptic::Trace, "one, of events", "none, or of traces")?;
    at.expect(own.synapses.kernel().is_none(), "one, of a shared kernel", "none")?;
    let surrogate = target.learning.is_some_and(|learning| learning.surrogate.is_some());
    at.expect(surrogate, "one", "none: its target has no surrogate")?;
    match eligibility {
        Eligibility::Filter { q_decay, p_decay, product_shift, normalise } => {
            at.within("q_decay", q_decay, 0..=one(network))?;
            at.within("p_decay", p_decay, 0..=one(network))?;
            at.within("product_shift", product_shift, bounds::SHIFT)?;
            normalise.map_or(Ok(()), |bits| at.within("normalise", bits, bounds::REFERENCE_BITS))
        }
        Eligibility::Adaptation { trace_shift } => {
            let adapts = target.parameters.adaptation.as_ref().is_some_and(|own| !own.decay.differs());
            at.expect(adapts, "Adaptation", "another: its target does not adapt by one decay for all")?;
            let most =
                i64::from(network.learning.eligibility_bits) - 1 - i64::from(network.learning.trace_bits);
            at.within("trace_shift", trace_shift, 0..=most)
        }
    }
}
