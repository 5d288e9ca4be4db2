//! Changes that a row makes to its network, by the names in the network file.

use crate::experiment::file::Change;
use synfire_chip::files::{Diagnostic, nearest};
use synfire_chip::network::Network;
use synfire_plasticity::config::ThirdFactor;

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
            match &mut network.projections[index].learning {
                Some(learning) => learning.shift = *shift,
                None => {
                    return Err(Diagnostic::new(format!(
                        "projection `{name}` does not learn: no shift to set"
                    )));
                }
            }
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

fn check_shift(kind: &str, name: &str, shift: u8) -> Result<(), Diagnostic> {
    if shift <= 31 {
        return Ok(());
    }
    let problem = Diagnostic::new(format!("{kind} of `{name}` is out of range"));
    Err(problem.labelled(format!("found {shift}")).noted("allowed", "0..=31"))
}

fn projection(network: &Network, name: &str) -> Result<usize, Diagnostic> {
    network.projection(name).ok_or_else(|| {
        unknown("projection", name, network.projections.iter().map(|p| p.name.as_str()).collect())
    })
}

fn third_factor<'a>(network: &'a mut Network, name: &str) -> Result<&'a mut ThirdFactor, Diagnostic> {
    let Some(index) = network.population(name) else {
        return Err(unknown(
            "population",
            name,
            network.populations.iter().map(|p| p.name.as_str()).collect(),
        ));
    };
    match &mut network.populations[index].learning {
        Some(learning) => Ok(&mut learning.third_factor),
        None => Err(Diagnostic::new(format!("population `{name}` does not learn"))),
    }
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
