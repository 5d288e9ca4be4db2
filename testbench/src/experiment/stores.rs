//! A network in other weight stores: fractions, and the learning-rate shifts that go with them.
//!
//! A weight of `f` fraction bits changes by `m P >> k` lanes, so its real rate is `2^-(k + f)` times a constant.
//! `keep_rates` keeps `k + f`. Mirror and symmetric feedback shift by the fraction of the weights that they feed back, and
//! that shift moves with it. Promises: generated weights keep their words (`synfire_chip::files`).

use super::names;
use synfire_chip::files::{Diagnostic, StoreOverride};
use synfire_chip::network::{Network, Projection};
use synfire_plasticity::config::ThirdFactor;

/// Stores of `bits` bits for every projection of `network`. A projection that `fractions` does not name keeps its range:
/// it loses as many fraction bits as it loses bits.
///
/// # Errors
/// When `fractions` names a projection twice.
pub fn overrides(
    network: &Network,
    bits: u8,
    fractions: &[(String, u8)],
) -> Result<Vec<StoreOverride>, Diagnostic> {
    for (index, (name, _)) in fractions.iter().enumerate() {
        if fractions[..index].iter().any(|(other, _)| other == name) {
            return Err(Diagnostic::new(format!("projection `{name}` is listed twice")));
        }
    }
    let store = |projection: &Projection| {
        let name = projection.name.clone();
        let format = projection.format;
        let same_range =
            (i16::from(format.fraction) + i16::from(bits) - i16::from(format.store_bits)).clamp(0, 31);
        let given = fractions.iter().find(|(other, _)| *other == name).map(|(_, fraction)| *fraction);
        StoreOverride { projection: name, bits, fraction: given.unwrap_or(same_range as u8) }
    };
    Ok(network.projections.iter().map(store).collect())
}

/// Moves every learning-rate shift of `network` from its value in `stated` by the difference of the fractions.
///
/// # Errors
/// When a shift would leave 0..=31.
pub fn keep_rates(network: &mut Network, stated: &Network) -> Result<(), Diagnostic> {
    for (own, stated) in network.projections.iter_mut().zip(&stated.projections) {
        let (Some(learning), Some(before)) = (&mut own.learning, &stated.learning) else { continue };
        let more = i16::from(stated.format.fraction) - i16::from(own.format.fraction);
        learning.shift = moved(before.shift, more, &format!("the learning rate of `{}`", own.name))?;
        // A part of the weight is the same part in every store.
        if let Some(decay) = learning.weight_decay.filter(|decay| *decay > learning.shift) {
            let title = format!("the weight decay of `{}` cannot be kept in this store", own.name);
            let found = format!("found a decay of {decay} at a shift of {}", learning.shift);
            return Err(Diagnostic::new(title)
                .labelled(found)
                .noted("allowed", "a decay of at most the shift"));
        }
    }
    for population in &mut network.populations {
        let Some(learning) = &mut population.learning else { continue };
        if let ThirdFactor::Mirror { projection, shift } | ThirdFactor::Symmetric { projection, shift } =
            &mut learning.third_factor
        {
            let fraction = |n: &[Projection]| i16::from(n[usize::from(*projection)].format.fraction);
            let more = fraction(&network.projections) - fraction(&stated.projections);
            *shift = moved(*shift, more, &format!("the feedback of `{}`", population.name))?;
        }
    }
    Ok(())
}

fn moved(shift: u8, by: i16, what: &str) -> Result<u8, Diagnostic> {
    let shift = i16::from(shift) + by;
    if (0..=31).contains(&shift) {
        return Ok(shift as u8);
    }
    let title = format!("{what} cannot be kept in this store");
    let problem = Diagnostic::new(title).labelled(format!("found a shift of {shift}"));
    Err(problem.noted("allowed", "0..=31"))
}

/// The projections that a store names and none of the networks has.
///
/// # Errors
/// With the first of them.
pub fn known(fractions: &[(String, u8)], networks: &[Network]) -> Result<(), Diagnostic> {
    let names = || networks.iter().flat_map(|n| n.projections.iter().map(|p| p.name.as_str()));
    match fractions.iter().find(|(name, _)| !names().any(|known| known == name)) {
        None => Ok(()),
        Some((name, _)) => {
            let mut names: Vec<&str> = names().collect();
            names.sort_unstable();
            names.dedup();
            Err(names::unknown("projection", name, names))
        }
    }
}
