//! What a step of the plain reference reached, read between its micro-steps: registers before it, once arrivals are taken, and
//! after it. Sums that no register holds are formed again here, as the document states them.
//!
//! | rules | where |
//! | --- | --- |
//! | 1.1, 1.2, 9: control events, what is due, what is sent | `events` |
//! | 2 to 4: dendritic sums, currents, membranes, thresholds, spikes | `neurons` |
//! | sections 5 and 6: errors of readouts and groups | `errors` |
//! | sections 7 and 8: third factors, mirrors, surrogates | `factors` |
//! | sections 3.1, 4 and 9: delivery, traces, eligibility, weights | `synapses` |
//!
//! A rule's points stand in the file that observes them.
//!
//! Promises: observing changes nothing. Absent on purpose: whether the reference is right; the chip is compared with it.

mod errors;
mod events;
mod factors;
mod neurons;
mod step;
mod synapses;

use self::step::Step;
use super::coverage::Coverage;
use super::points::{Point, point};
use crate::reference::plain::PlainChip;
use synfire_chip::network::Network;
use synfire_chip::run::program::StepEvents;

/// What more than one of them counts.
const SHARED: &[Point] = &[point("10.2", "purpose", &["dither", "feedback", "group", "noise"])];

/// All points, in the order of the document's sections.
#[must_use]
pub fn points() -> Vec<Point> {
    let all = [neurons::POINTS, errors::POINTS, factors::POINTS, synapses::POINTS, events::POINTS, SHARED];
    let mut points = all.concat();
    points.sort_by_key(|point| (section(point.rule), point.rule));
    points
}

/// The numbers of a rule's section; micro-steps are the first part of section 3.
fn section(rule: &str) -> Vec<u32> {
    let step = rule.strip_prefix("step ");
    let own = step.unwrap_or(rule).split(' ').next().unwrap_or_default();
    let numbers = own.split('.').filter_map(|number| number.parse().ok());
    if step.is_some() { [3, 0].into_iter().chain(numbers).collect() } else { numbers.collect() }
}

/// Counts of all points, each 0.
#[must_use]
pub fn unseen() -> Coverage {
    Coverage::of(points())
}

/// Runs a step of `chip`, a chip of `network`, and counts what it reached.
pub fn step(seen: &mut Coverage, network: &Network, chip: &mut PlainChip, events: &StepEvents) {
    let before = chip.clone();
    chip.begin(events);
    let begun = chip.clone();
    chip.finish(events);
    let step = Step { network, events, number: before.step, before: &before, begun: &begun, after: chip };
    events::control(seen, step);
    events::due(seen, step);
    events::sent(seen, step);
    for population in 0..network.populations.len() {
        neurons::population(seen, step, population);
        errors::readout(seen, step, population);
        errors::groups(seen, step, population);
        factors::population(seen, step, population);
    }
    for projection in 0..network.projections.len() {
        synapses::delivery(seen, step, projection);
        synapses::traces(seen, step, projection);
        synapses::weights(seen, step, projection);
    }
}
