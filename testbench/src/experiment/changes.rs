//! Changes that a row makes to its network, by the names in the network file.

use crate::experiment::file::Change;
use synfire_chip::files::{Diagnostic, nearest};
use synfire_chip::network::{Kernel, Network};
use synfire_core::neuron::Noise;
use synfire_plasticity::config::{NeuronLearning, Surrogate, SurrogateShape, SynapseLearning, ThirdFactor};

/// Applies `change`; a core holds at most `most` neurons.
///
/// # Errors
/// When a name is not in the network, or the change does not fit what it names.
pub fn apply(network: &mut Network, change: &Change, most: u32) -> Result<(), Diagnostic> {
    match change {
        Change::Freeze(name) => {
            let index = projection(network, name)?;
            network.projections[index].learning = None;
        }
        Change::Shift(name, shift) => {
            let index = projection(network, name)?;
            check_shift("Shift", name, *shift)?;
            let learning = rule(network, index, "shift")?;
            learning.shift = *shift;
            check_decay("Shift", name, learning)?;
        }
        Change::WeightDecay(name, decay) => {
            let index = projection(network, name)?;
            let learning = rule(network, index, "weight decay")?;
            learning.weight_decay = Some(*decay);
            check_decay("WeightDecay", name, learning)?;
        }
        Change::Copies(name, copies) => {
            let index = projection(network, name)?;
            let kernel = shared(network, index)?;
            if !network.projections[index].synapses.set_copies(*copies) {
                let title = format!("the feature maps of `{name}` cannot be cut into {copies} bands");
                let allowed = format!("a divisor of {} rows", kernel.map[0]);
                return Err(Diagnostic::new(title).noted("allowed", allowed));
            }
        }
        Change::Unshared(name) => {
            let index = projection(network, name)?;
            shared(network, index)?;
            let _ = network.projections[index].synapses.unshare();
        }
        Change::GroupNeurons(name, neurons) => {
            let hint = network.population(name).and_then(|p| network.populations[p].max_per_core);
            let most = hint.map_or(most, |hint| hint.min(most)).max(1);
            let ThirdFactor::Group { readout, .. } = third_factor(network, name)? else {
                let title = format!("population `{name}` has no learning groups");
                return Err(
                    Diagnostic::new(title).noted("allowed", "a population that learns by `Group(..)`")
                );
            };
            if !(1..=most).contains(neurons) {
                let title = format!("GroupNeurons of `{name}` is out of range");
                let allowed = format!("1..={most} (neurons of this population that a core may hold)");
                let problem = Diagnostic::new(title).labelled(format!("found {neurons}"));
                return Err(problem.noted("allowed", allowed));
            }
            readout.neurons = *neurons;
        }
        Change::Surrogate(name, shape, log2) => {
            let (fraction, width) = (network.datapath.state_fraction, network.datapath.state_width);
            let least = if *shape == SurrogateShape::FastSigmoid { 4 } else { 0 };
            let half_width_log2 = i16::from(fraction) + i16::from(*log2);
            let Some(surrogate) = &mut learning(network, name)?.surrogate else {
                return Err(Diagnostic::new(format!("population `{name}` has no surrogate to change")));
            };
            if !(least..=i16::from(width) - 2).contains(&half_width_log2) {
                let title = format!("the half-width of `{name}` does not fit the membrane");
                let allowed = format!(
                    "{}..={}",
                    least - i16::from(fraction),
                    i16::from(width) - 2 - i16::from(fraction)
                );
                let problem = Diagnostic::new(title).labelled(format!("found 2^{log2} membrane units"));
                return Err(problem.noted("allowed", allowed));
            }
            *surrogate = Surrogate { shape: *shape, half_width_log2: half_width_log2 as u8 };
        }
        Change::Noise(name, added_to, bits) => {
            noise(network, name, *added_to, *bits)?;
        }
        Change::ThirdFactorShift(name, value) => {
            check_shift("ThirdFactorShift", name, *value)?;
            match third_factor(network, name)? {
                ThirdFactor::Group { shift, .. }
                | ThirdFactor::Feedback { shift, .. }
                | ThirdFactor::Mirror { shift, .. }
                | ThirdFactor::Symmetric { shift, .. }
                | ThirdFactor::Compartment { shift, .. } => *shift = *value,
                ThirdFactor::OwnError => {
                    let title = format!("population `{name}` learns from its own error: no shift to set");
                    return Err(Diagnostic::new(title));
                }
            }
        }
    }
    Ok(())
}

fn rule<'a>(
    network: &'a mut Network,
    index: usize,
    what: &str,
) -> Result<&'a mut SynapseLearning, Diagnostic> {
    let projection = &mut network.projections[index];
    let title =
        || Diagnostic::new(format!("projection `{}` does not learn: no {what} to set", projection.name));
    projection.learning.as_mut().ok_or_else(title)
}

fn check_decay(kind: &str, name: &str, learning: &SynapseLearning) -> Result<(), Diagnostic> {
    let (shift, Some(decay)) = (learning.shift, learning.weight_decay) else { return Ok(()) };
    if decay <= shift {
        return Ok(());
    }
    let problem = Diagnostic::new(format!("{kind} of `{name}`: an update cannot resolve its weight decay"));
    let problem = problem.labelled(format!("found a decay of {decay} at a shift of {shift}"));
    Err(problem.noted("allowed", "a decay of at most the shift"))
}

fn noise(network: &mut Network, name: &str, added_to: Noise, bits: u8) -> Result<(), Diagnostic> {
    let most = network.datapath.state_width - 1;
    if bits > most {
        let problem = Diagnostic::new(format!("Noise of `{name}` is out of range"));
        let problem = problem.labelled(format!("found {bits} bits"));
        return Err(problem.noted("allowed", format!("0..={most}, the state's width less one")));
    }
    let index = population(network, name)?;
    let parameters = &mut network.populations[index].parameters;
    (parameters.noise, parameters.noise_bits) = (added_to, bits);
    Ok(())
}

fn check_shift(kind: &str, name: &str, shift: u8) -> Result<(), Diagnostic> {
    if shift <= 31 {
        return Ok(());
    }
    let problem = Diagnostic::new(format!("{kind} of `{name}` is out of range"));
    Err(problem.labelled(format!("found {shift}")).noted("allowed", "0..=31"))
}

/// The kernel of a projection that shares one.
fn shared(network: &Network, index: usize) -> Result<Kernel, Diagnostic> {
    let projection = &network.projections[index];
    projection.synapses.kernel().ok_or_else(|| {
        Diagnostic::new(format!("projection `{}` shares no kernel", projection.name))
            .noted("allowed", "a `Convolution` that is shared")
    })
}

fn projection(network: &Network, name: &str) -> Result<usize, Diagnostic> {
    network.projection(name).ok_or_else(|| {
        unknown("projection", name, network.projections.iter().map(|p| p.name.as_str()).collect())
    })
}

fn population(network: &Network, name: &str) -> Result<usize, Diagnostic> {
    network.population(name).ok_or_else(|| {
        unknown("population", name, network.populations.iter().map(|p| p.name.as_str()).collect())
    })
}

fn learning<'a>(network: &'a mut Network, name: &str) -> Result<&'a mut NeuronLearning, Diagnostic> {
    let index = population(network, name)?;
    let title = || Diagnostic::new(format!("population `{name}` does not learn"));
    network.populations[index].learning.as_mut().ok_or_else(title)
}

fn third_factor<'a>(network: &'a mut Network, name: &str) -> Result<&'a mut ThirdFactor, Diagnostic> {
    learning(network, name).map(|learning| &mut learning.third_factor)
}

/// A name that is not in a network.
#[must_use]
pub fn unknown(kind: &str, name: &str, allowed: Vec<&str>) -> Diagnostic {
    let problem = Diagnostic::new(format!("unknown {kind} `{name}`"));
    let problem = match nearest(name, allowed.iter().copied()) {
        Some(near) => problem.noted("help", format!("did you mean `{near}`?")),
        None => problem,
    };
    problem.noted("allowed", allowed.join(", "))
}
