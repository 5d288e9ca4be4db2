//! `port_of` of a projection: whose port its synapses add to.
//!
//! Promises: it is an earlier projection onto the same neurons, of the same exponent, as both sums are shifted at once.
//! Absent on purpose: whether the sum fits its accumulator (`proof`).

use super::file::{NetworkFile, ProjectionFile};
use crate::files::text::check::Check;
use crate::files::text::spelling::{did_you_mean, listing};
use crate::network::{Network, Projection};

/// The index of the projection that `port_of` of `own` names; those before it are in `network`.
pub(super) fn resolve(
    check: &mut Check<'_>,
    file: &NetworkFile,
    network: &Network,
    (own, stated): (&Projection, &ProjectionFile),
) -> Option<usize> {
    let (name, to) = (stated.port_of.as_ref()?, &stated.to);
    let all = || file.projections.iter().flatten().enumerate();
    let (index, _) = all().find(|(_, other)| other.name == own.name)?;
    let earlier = || all().take(index).filter(|(_, other)| other.to == *to);
    let path = format!("projections[{index}].port_of");
    let Some((of, _)) = earlier().find(|(_, other)| other.name == *name) else {
        let title = match all().find(|(_, other)| other.name == *name) {
            None => format!("there is no projection `{name}`"),
            Some((_, other)) if other.to != *to => format!("`{name}` ends in `{}`, not in `{to}`", other.to),
            Some(_) => format!("`{name}` is not before `{}`", own.name),
        };
        let names = || earlier().map(|(_, other)| other.name.as_str());
        let allowed = match names().next() {
            None => format!("leaving it out: no projection before `{}` ends in `{to}`", own.name),
            Some(_) => listing(names()),
        };
        let problem = check.at(&path, title).labelled(did_you_mean(name, names())).noted("allowed", allowed);
        check.push(problem);
        return None;
    };
    // One that was refused is not there.
    let first = network.projections.iter().find(|first| first.name == *name)?;
    let exponents = (own.format.exponent, first.format.exponent);
    if exponents.0 != exponents.1 {
        let problem = check
            .at(&path, format!("`{}` and `{name}` add to one port with two exponents", own.name))
            .labelled(format!("found {} and {}", exponents.0, exponents.1))
            .noted("allowed", format!("`exponent: {}` in the store of `{}`", exponents.1, own.name));
        check.push(problem);
    }
    Some(of)
}
