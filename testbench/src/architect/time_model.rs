//! Which model a run's times are of, and where two models differ.
//!
//! Promises: a report that shows a time names its model. Absent on purpose: the models (`chip::cost`).

use crate::report::quantity;
use synfire_chip::chip::{Chip, TimeModel};
use synfire_chip::cost::cycle::design::{Ending, NetworkModel, Send};
use synfire_chip::cost::stage::{CycleTimes, Difference};
use synfire_chip::cost::time::Elapsed;

/// A row of times of the cycle model: its name, and the time.
pub type Row = (&'static str, fn(&CycleTimes) -> u128);

/// Rows of a run that the cycle model watched.
pub const ROWS: [Row; 5] = [
    ("cycle model: simulated time", |times| times.elapsed.total_ps),
    ("cycle model: until all cores were done", |times| times.core_ps),
    ("cycle model: packets after that", |times| times.network_ps),
    ("cycle model: barrier after that", |times| times.barrier_ps),
    ("cycle model: longest step", |times| u128::from(times.elapsed.longest_ps)),
];

/// What is to be said of the times of a run.
#[must_use]
pub fn notes(chip: &Chip, model: TimeModel, elapsed: &Elapsed, cycle: Option<&CycleTimes>) -> Vec<String> {
    let mut notes = vec![match model {
        TimeModel::Analytic => {
            "time model: analytic, the slowest core, the longest way and the barrier; nothing waits"
                .to_owned()
        }
        TimeModel::Cycle => {
            "time model: cycle, cores and network cycle by cycle; energies draw static power for its times"
                .to_owned()
        }
        TimeModel::Both => {
            "time models: both; times without a name, and energies, are the analytic model's".to_owned()
        }
    }];
    let Some(times) = cycle else { return notes };
    notes.push(network(chip));
    if model == TimeModel::Both {
        let (one, other) = (elapsed.total_ps, times.elapsed.total_ps);
        let share = if one == 0 { 0.0 } else { 100.0 * (other as f64 - one as f64) / one as f64 };
        let [one, other] = [one, other].map(quantity::duration);
        notes.push(format!("analytic {one}, cycle {other} ({share:+.1} %)"));
        notes.extend(times.widest.map(|widest| difference(&widest)));
    }
    notes
}

/// What packets travelled on, and how steps ended.
fn network(chip: &Chip) -> String {
    let design = &chip.core;
    let has_clock = design.network_clock_ps.or(chip.timing.clock_ps).is_some();
    let network = match (design.network, &chip.noc) {
        (NetworkModel::Simulated, Some(_)) => "the network that section `noc` describes",
        (NetworkModel::Simulated, None) if has_clock => {
            "a mesh of two-cycle routers with one channel of 8 flits, a flit a packet: the chip file has no section `noc`"
        }
        _ => "ideal ways on which nothing waits",
    };
    let sent = match design.send {
        Send::AsMade => "as they are made",
        Send::AfterCores => "when all cores are done",
    };
    let barrier = match design.barrier {
        Ending::Wires => "wires",
        Ending::Messages => "messages",
    };
    format!("cycle model: packets leave {sent}, on {network}; the barrier is {barrier}")
}

/// The step in which models differ most, and which part of it.
fn difference(widest: &Difference) -> String {
    let Difference { step, analytic, cycle } = widest;
    if widest.ps() == 0 {
        return "the models agree on every step".to_owned();
    }
    let part = |at: usize, name: &str| {
        let [one, other] = [analytic[at], cycle[at]].map(|ps| quantity::duration(ps.into()));
        format!("{name} {one} and {other}")
    };
    let parts = [part(0, "cores"), part(1, "packets"), part(2, "barrier")].join(", ");
    let apart = quantity::duration(widest.ps().into());
    format!("they differ most in step {step}, by {apart} (analytic and cycle: {parts})")
}
