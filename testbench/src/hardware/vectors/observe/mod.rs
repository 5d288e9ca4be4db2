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
//! Promises: observing changes nothing. Absent on purpose: whether the reference is right; the chip is compared with it.

mod errors;
mod events;
mod factors;
mod neurons;
mod step;
mod synapses;

use self::step::Step;
use super::coverage::Coverage;
use crate::reference::plain::PlainChip;
use synfire_chip::network::Network;
use synfire_chip::run::program::StepEvents;

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
