//! Probes of an experiment file: names to indices, and the file names of what they record.

use crate::classify::changes::unknown;
use crate::experiment::file::{ProbeFile, Recorded, Simulate};
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::network::Network;
use synfire_chip::probe::{Probe, Variable};

/// Resolved probes.
#[derive(Clone, Debug, Default)]
pub struct Probes {
    /// What the machine records, and the stem of its files.
    pub registers: Vec<(String, Probe)>,
    /// Projections whose weights are written after these steps.
    pub weights: Vec<(usize, Vec<u64>)>,
}

/// Resolves the probes of `settings`.
///
/// # Errors
/// With unknown names, neurons beyond the last, or a quantity that the target does not have.
pub fn resolve(settings: &Simulate, network: &Network) -> Result<Probes, Diagnostics> {
    let mut probes = Probes::default();
    for (index, file) in settings.probes.iter().enumerate() {
        let place = format!("probes[{index}]");
        for recorded in &file.record {
            one(&place, file, *recorded, settings.steps, network, &mut probes)?;
        }
    }
    Ok(probes)
}

fn one(
    place: &str,
    file: &ProbeFile,
    recorded: Recorded,
    steps: u64,
    network: &Network,
    probes: &mut Probes,
) -> Result<(), Diagnostics> {
    let fail = |text: String| Diagnostics::from(Diagnostic::new(format!("{place}: {text}")));
    let variable = match recorded {
        Recorded::Spikes => Variable::Spikes,
        Recorded::Current => Variable::Current,
        Recorded::Membrane => Variable::Membrane,
        Recorded::Compared => Variable::Compared,
        Recorded::ThirdFactor => Variable::ThirdFactor,
        Recorded::TraceQ => Variable::TraceQ,
        Recorded::TraceP | Recorded::Weights => Variable::TraceP,
    };
    let of_projection = matches!(recorded, Recorded::TraceQ | Recorded::TraceP | Recorded::Weights);
    let (target, name, neurons) = match (&file.population, &file.projection, of_projection) {
        (Some(name), None, false) => {
            let names = network.populations.iter().map(|p| p.name.as_str()).collect();
            let index = network.population(name).ok_or_else(|| unknown("population", name, names))?;
            (index, name, network.populations[index].neurons)
        }
        (None, Some(name), true) => {
            let names = network.projections.iter().map(|p| p.name.as_str()).collect();
            let index = network.projection(name).ok_or_else(|| unknown("projection", name, names))?;
            (index, name, network.source_neurons(network.projections[index].source))
        }
        _ => {
            let kind = if of_projection { "projection" } else { "population" };
            return Err(fail(format!(
                "{recorded:?} is recorded of one `{kind}`, which is not (or not alone) stated"
            )));
        }
    };
    let until = file.until.unwrap_or(steps).min(steps);
    if recorded == Recorded::Weights {
        // Without `every`, once, at the end.
        let every = file
            .every
            .map_or(vec![until], |every| (file.from..=until).step_by(every.max(1) as usize).collect());
        probes.weights.push((target, every));
        return Ok(());
    }
    let traced = network.projections.get(target).is_some_and(|p| p.learning.is_some());
    if of_projection && !traced {
        return Err(fail(format!("projection `{name}` does not learn, so its axons have no traces")));
    }
    let chosen = file.neurons.clone().unwrap_or_else(|| (0..neurons).collect());
    if let Some(bad) = chosen.iter().find(|n| **n >= neurons) {
        return Err(fail(format!(
            "neuron {bad} of `{name}` is not there, allowed 0..={}",
            neurons.saturating_sub(1)
        )));
    }
    let every = file.every.unwrap_or(1).max(1);
    let probe = Probe { target, variable, neurons: chosen, from: file.from, until, every };
    let suffix = format!("{recorded:?}").to_ascii_lowercase();
    let mut stem = format!("{name}.{suffix}");
    while probes.registers.iter().any(|(taken, _)| *taken == stem) {
        stem.push('+');
    }
    probes.registers.push((stem, probe));
    Ok(())
}
