//! Third factors from the weights of a projection to a readout: `Mirror(..)` and `Symmetric(..)`.
//!
//! A copy stays bit-equal only where the core that keeps it can do the readout's update itself: every pair connected,
//! one delay, and a readout that learns by the delta rule of its own error, without a surrogate; or through a filter, whose
//! surrogates it sends, where they arrive in the next step. `Symmetric` brings the weights from the readout's core in every
//! step instead, which no local rule can, and is refused unless the network says `allow_nonlocal: true`.
//!
//! Promises: what resolves can be built and mirrored. Absent on purpose: how the copy is updated (the plasticity crate).

use super::readouts::Readouts;
use crate::files::bounds;
use crate::files::network::file::NetworkFile;
use crate::files::text::check::Check;
use crate::files::text::spelling::{did_you_mean, listing};
use crate::network::{Network, Projection, Source, Synapses};
use synfire_core::arrival::Delays;
use synfire_plasticity::config::{Eligibility, NeuronLearning, Presynaptic, ThirdFactor};

/// Index of the projection that a third factor names.
pub(in crate::files) fn projection(
    check: &mut Check<'_>,
    path: &str,
    name: &str,
    readouts: &Readouts<'_>,
) -> u16 {
    let names = || readouts.projections.iter().map(|projection| projection.name.as_str());
    if let Some(index) = names().position(|other| other == name) {
        return index as u16;
    }
    let problem = check
        .at(path, format!("there is no projection `{name}`"))
        .labelled(did_you_mean(name, names()))
        .noted("allowed", listing(names()));
    check.push(problem);
    0
}

/// Checks every mirrored projection of a network that is otherwise whole.
pub(in crate::files) fn prove(check: &mut Check<'_>, network: &Network, file: &NetworkFile) {
    for (index, population) in network.populations.iter().enumerate() {
        let Some(learning) = population.learning else { continue };
        let Some((number, transported)) = learning.third_factor.mirrored() else { continue };
        let form = if transported { "Symmetric" } else { "Mirror" };
        let path = format!("populations[{index}].learning.third_factor");
        if transported && file.allow_nonlocal != Some(true) {
            let problem = check
                .at(&path, "symmetric feedback is not local")
                .labelled("it needs the weights that another core stores")
                .noted("allowed", "`Mirror(..)`, or `allow_nonlocal: true` in the network");
            check.push(problem);
        }
        let projection = &network.projections[usize::from(number)];
        if let Err(Misfit { found, allowed }) = mirrors(network, index, learning.first_channel, projection) {
            let title = match form {
                "Symmetric" => format!("the weights of `{}` cannot be fed back", projection.name),
                _ => format!("`{}` cannot be mirrored", projection.name),
            };
            let place = format!("{path}.{form}.projection");
            let problem = check.at(&place, title).labelled(found).noted("allowed", allowed);
            check.push(problem);
        }
    }
    channels(check, network);
}

/// Refuses more channels than a packet can name: those of errors and, above them, those of surrogates.
fn channels(check: &mut Check<'_>, network: &Network) {
    let (errors, (_, surrogates)) = (network.channels(), network.surrogate_channels());
    let needed = errors + surrogates;
    if needed <= bounds::MOST_CHANNELS {
        return;
    }
    let problem = check
        .at("populations", "the readouts and their surrogates have too many channels")
        .labelled(format!("they need {needed} broadcast channels, {surrogates} of them for surrogates"))
        .noted("allowed", bounds::MOST_CHANNELS.to_string());
    check.push(problem);
}

/// Why a projection cannot be followed: what is there, and what is allowed.
pub(super) struct Misfit {
    pub found: String,
    pub allowed: String,
}

/// Whether population `index` can follow the weights of `projection`.
pub(super) fn mirrors(
    network: &Network,
    index: usize,
    first_channel: u16,
    projection: &Projection,
) -> Result<(), Misfit> {
    let (own, target) = (&network.populations[index].name, &network.populations[projection.target]);
    let expect = |holds: bool, found: String, allowed: &str| {
        if holds { Ok(()) } else { Err(Misfit { found, allowed: allowed.to_owned() }) }
    };
    let begin = match projection.source {
        Source::Input(input) => &network.inputs[input].name,
        Source::Population(population) => &network.populations[population].name,
    };
    expect(
        projection.source == Source::Population(index),
        format!("it begins elsewhere, in `{begin}`"),
        &format!("a projection from `{own}` to the readout that it listens to"),
    )?;
    expect(
        target.readout.is_some_and(|readout| readout.first_channel == first_channel),
        format!("it ends elsewhere, in `{}`", target.name),
        &format!("a projection from `{own}` to the readout that it listens to"),
    )?;
    let several = if matches!(projection.delays, Delays::Same(_)) { "" } else { " with several delays" };
    let pairs = match projection.synapses {
        Synapses::Dense { .. } => format!("it connects every pair{several}"),
        Synapses::Sparse { .. } => format!("it lists its pairs{several}"),
        Synapses::Shared { .. } => "it shares a kernel".to_owned(),
    };
    expect(
        matches!(projection.synapses, Synapses::Dense { .. }) && several.is_empty(),
        pairs,
        "`AllToAll`, or a dense array of weights: every pair with one delay",
    )?;
    learns_as_its_copy(network, projection)
}

/// Whether a copy of a projection's weights can do the updates of its readout.
fn learns_as_its_copy(network: &Network, projection: &Projection) -> Result<(), Misfit> {
    let target = &network.populations[projection.target];
    let Some(learning) = projection.learning else { return Ok(()) };
    let misfit = |found: String, allowed: &str| Err(Misfit { found, allowed: allowed.to_owned() });
    if learning.presynaptic == Presynaptic::Events {
        let found = "it learns from events; what follows its weights learns from traces".to_owned();
        return misfit(found, "`presynaptic: Trace` in its `learning`, or weights that are fixed");
    }
    let own = |l: NeuronLearning| l.third_factor == ThirdFactor::OwnError && l.rate_limit.is_none();
    let (by_own_error, surrogate) =
        target.learning.map_or((false, false), |l| (own(l), l.surrogate.is_some()));
    if let Some(Eligibility::Filter { normalise, .. }) = learning.eligibility {
        if !by_own_error || normalise.is_some() {
            return misfit(
                format!("`{}` does not learn by its own error through a plain filter", target.name),
                "`third_factor: OwnError` without rate limit, `Filter(..)` without `normalise`, or weights that \
                 are fixed",
            );
        }
        if network.learning.error_delay != 1 {
            let found = format!(
                "the surrogates of `{}` would arrive too late: `error_delay_steps` is {}",
                target.name, network.learning.error_delay
            );
            return misfit(found, "a chip with `error_delay_steps: 1`");
        }
    } else if !by_own_error || surrogate || learning.eligibility.is_some() {
        return misfit(
            format!("`{}` does not learn by the plain delta rule", target.name),
            "`third_factor: OwnError` without surrogate and rate limit, or with a surrogate and a `Filter(..)`, \
             or weights that are fixed",
        );
    }
    Ok(())
}
