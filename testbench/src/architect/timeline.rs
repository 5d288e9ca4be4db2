//! The last steps of a part, one by one: what each took, and which core and link decided it.
//!
//! Promises: the steps are those of `steps.csv`. Absent on purpose: earlier ones, which have no rows of their own.

use super::told::{Told, tile_of};
use crate::report::model::{Lane, Timeline};
use crate::report::quantity;
use std::collections::BTreeMap;
use synfire_chip::cost::cycle::totals::Link;
use synfire_chip::cost::detail::StepDetail;

/// Most lanes of a kind.
const LANES: usize = 6;

/// The timeline; `None` where no step has a row.
#[must_use]
pub fn timeline(told: &Told<'_>) -> Option<Timeline> {
    let steps = &told.detail.steps;
    let first = steps.first()?.step;
    let longest = steps.iter().map(StepDetail::total_ps).max().unwrap_or(0);
    let (scale, unit) = match longest {
        ps if ps >= 1_000_000_000 => (1e9, "ms"),
        ps if ps >= 1_000_000 => (1e6, "us"),
        _ => (1e3, "ns"),
    };
    let parts = |step: &StepDetail| {
        [step.core_ps, step.network_ps, step.barrier_ps].map(|ps| ps as f64 / scale).to_vec()
    };
    let slowest = |step: &StepDetail| step.core.map(|core| format!("core {core}"));
    let link = |step: &StepDetail| step.link.map(|critical| link_name(told, critical.link));
    Some(Timeline {
        title: format!("The last {} steps", quantity::count(steps.len() as u128)),
        label: format!("time of a step ({unit}); its slowest core, its busiest link"),
        first,
        parts: ["slowest core", "network", "barrier"].map(str::to_owned).to_vec(),
        steps: steps.iter().map(parts).collect(),
        lanes: [lanes(steps, &slowest), lanes(steps, &link)].concat(),
    })
}

fn link_name(told: &Told<'_>, link: Link) -> String {
    let number = match link {
        Link::Between(number) => number,
        Link::From(core) => return format!("from {}", end(told, core)),
        Link::To(core) => return format!("to {}", end(told, core)),
    };
    let found = told.detail.links.iter().find(|known| known.link == link);
    let tile = |router: u32| tile_of(told.chip, router).map(|(column, row)| format!("{column},{row}"));
    let ends = found.and_then(|link| Some((tile(link.from)?, tile(link.to)?)));
    ends.map_or_else(|| format!("link {number}"), |(from, to)| format!("{from} to {to}"))
}

/// A core, or a port of the host behind all cores.
fn end(told: &Told<'_>, endpoint: u32) -> String {
    let port = endpoint.checked_sub(told.chip.mesh.cores() as u32);
    port.map_or_else(|| format!("core {endpoint}"), |port| format!("host port {port}"))
}

/// A lane for each of the names that decided most steps.
fn lanes(steps: &[StepDetail], name: &dyn Fn(&StepDetail) -> Option<String>) -> Vec<Lane> {
    let mut decided: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (index, step) in (0..).zip(steps) {
        if let Some(name) = name(step) {
            decided.entry(name).or_default().push(index);
        }
    }
    let mut lanes: Vec<Lane> = decided.into_iter().map(|(name, steps)| Lane { name, steps }).collect();
    lanes.sort_by_key(|lane| std::cmp::Reverse(lane.steps.len()));
    let others: Vec<Lane> = lanes.split_off(lanes.len().min(LANES));
    if !others.is_empty() {
        let mut steps: Vec<u32> = others.iter().flat_map(|lane| lane.steps.iter().copied()).collect();
        steps.sort_unstable();
        lanes.push(Lane { name: format!("{} others", others.len()), steps });
    }
    lanes
}
