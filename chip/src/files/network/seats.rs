//! Cores and ports by which a field says where neurons sit: of inputs, of populations, of a placement's slices.
//!
//! Promises: a core is one of the chip's, a port one of the host's; else a problem at the field. Absent on purpose: which
//! file the field stands in: `show` knows it.

use crate::chip::Chip;
use crate::files::text::check::Check;
use crate::files::text::diagnostic::Diagnostic;
use crate::files::text::spelling::{did_you_mean, listing};

/// A problem with a field, at its place.
pub(super) type Show<'s> = dyn Fn(&Check<'_>, &str, String) -> Diagnostic + 's;

/// A number from 0; a problem where it is larger than `last` or negative.
pub(super) fn numbered(check: &mut Check<'_>, (path, found): (&str, i64), last: i64, show: &Show<'_>) -> u16 {
    if !(0..=last).contains(&found) {
        let problem = show(check, path, format!("`{path}` is out of range"))
            .labelled(format!("found {found}"))
            .noted("allowed", format!("0..={last}"));
        check.push(problem);
    }
    found.clamp(0, last) as u16
}

/// The cores that so many neurons of this name ask for.
pub(super) fn cores(
    check: &mut Check<'_>,
    (path, name): (&str, &str),
    stated: Option<&Vec<i64>>,
    neurons: u32,
    chip: &Chip,
    show: &Show<'_>,
) -> Vec<u16> {
    let stated = stated.map_or(&[][..], Vec::as_slice);
    if stated.len() > neurons as usize {
        let problem = show(check, path, format!("`{name}` has more cores than neurons"))
            .labelled(format!("found {} cores, {neurons} neurons", stated.len()))
            .noted("allowed", format!("at most {neurons} cores"));
        check.push(problem);
    }
    let last = chip.mesh.cores() as i64 - 1;
    // A field that is one core and no list has the list's place itself.
    let at = |index: usize| if path.ends_with("core") { path.to_owned() } else { format!("{path}[{index}]") };
    let core = |(index, core): (usize, &i64)| numbered(check, (&at(index), *core), last, show);
    stated.iter().enumerate().map(core).collect()
}

/// The port of the host of that name.
pub(super) fn port(
    check: &mut Check<'_>,
    (path, name): (&str, &str),
    chip: &Chip,
    show: &Show<'_>,
) -> Option<u16> {
    let ports = || chip.host.ports.iter().filter_map(|port| port.name.as_deref());
    let found = chip.host.ports.iter().position(|port| port.name.as_deref() == Some(name));
    if found.is_none() {
        let allowed = match ports().next() {
            None => "leaving it out: no port of this chip has a name (`host.ports[0].name`)".to_owned(),
            Some(_) => listing(ports()),
        };
        let problem = show(check, path, format!("the host has no port `{name}`"))
            .labelled(did_you_mean(name, ports()))
            .noted("allowed", allowed);
        check.push(problem);
    }
    found.map(|port| port as u16)
}
