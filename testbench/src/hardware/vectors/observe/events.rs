//! Control events, what is due in a step, what is sent in it.

use super::super::coverage::Coverage;
use super::super::points::{COMPARED, Point, SIGN, point};
use super::step::Step;
use synfire_chip::network::Source;
use synfire_chip::run::program::Control;

/// What is counted here.
pub const POINTS: &[Point] = &[
    point(
        "step 1.1",
        "`clear` of what is not 0",
        &[
            "I",
            "U",
            "R",
            "A",
            "Q",
            "P",
            "eligibility",
            "error trace",
            "group readout",
            "spike counter",
            "target",
        ],
    ),
    point(
        "step 1.1",
        "target",
        &["once in a step", "again in a step", "before a `clear`", "after a `clear`"],
    ),
    point("step 1.1", "learn flag", &["off, was off", "off, was on", "on, was off", "on, was on"]),
    point("step 1.1", "shift offset", &["0", "1 to 30", "31 or more"]),
    point("step 1.2", "events of an axon", &["none", "one", "several"]),
    point("step 1.2", "error that is due", SIGN),
    point("step 1.2", "group error that becomes current", SIGN),
    point("step 9", "delay", &["1", "between", "64"]),
    point("step 9", "events and limit", COMPARED),
    point("step 9", "error delay", &["1", "between", "63"]),
];

/// 1.1
pub fn control(seen: &mut Coverage, step: Step<'_>) {
    let control = &step.events.control;
    if control.contains(&Control::Clear) {
        cleared(seen, step);
    }
    let [flag, offset, target] =
        ["learn flag", "shift offset", "target"].map(|what| seen.at("step 1.1", what));
    let (mut learn, mut set, mut cleared) = (step.before.learn, Vec::new(), false);
    for (at, event) in control.iter().enumerate() {
        match *event {
            Control::Clear => cleared = true,
            Control::Target { channel, .. } => {
                let later = control[at..].contains(&Control::Clear);
                seen.named(
                    target,
                    match (set.contains(&channel), later, cleared) {
                        (true, _, _) => "again in a step",
                        (_, true, _) => "before a `clear`",
                        (_, _, true) => "after a `clear`",
                        _ => "once in a step",
                    },
                );
                set.push(channel);
            }
            Control::Learn(on) => {
                seen.named(
                    flag,
                    match (on, learn) {
                        (false, false) => "off, was off",
                        (false, true) => "off, was on",
                        (true, false) => "on, was off",
                        (true, true) => "on, was on",
                    },
                );
                learn = on;
            }
            Control::ShiftOffset(value) => seen.named(
                offset,
                match value {
                    0 => "0",
                    1..=30 => "1 to 30",
                    _ => "31 or more",
                },
            ),
        }
    }
}

/// What a `clear` finds that is not 0.
fn cleared(seen: &mut Coverage, step: Step<'_>) {
    let any = |values: &[i64]| values.iter().any(|value| *value != 0);
    let both = |states: &[(i64, i64)]| states.iter().any(|states| *states != (0, 0));
    let at = seen.at("step 1.1", "`clear` of what is not 0");
    let mut note = |what: &'static str, holds: bool| {
        if holds {
            seen.named(at, what);
        }
    };
    for neurons in &step.before.neurons {
        note("I", any(&neurons.current));
        note("U", any(&neurons.membrane));
        note("R", any(&neurons.refractory));
        note("A", any(&neurons.adaptation));
    }
    for rows in &step.before.rows {
        note("Q", any(&rows.trace_q));
        note("P", any(&rows.trace_p));
        note("eligibility", both(&rows.eligibility));
    }
    for learning in &step.before.learning {
        note("error trace", both(&learning.error_traces));
        note("group readout", learning.outputs.iter().any(|outputs| any(outputs)));
        note("spike counter", any(&learning.spikes));
    }
    note("target", any(&step.before.targets));
}

/// 1.2
pub fn due(seen: &mut Coverage, step: Step<'_>) {
    let at = seen.at("step 1.2", "events of an axon");
    for events in step.begun.rows.iter().flat_map(|rows| &rows.arrived) {
        seen.named(
            at,
            match events {
                0 => "none",
                1 => "one",
                _ => "several",
            },
        );
    }
    let at = seen.at("step 1.2", "error that is due");
    step.begun.errors.iter().for_each(|error| seen.sign(at, *error));
    let at = seen.at("step 1.2", "group error that becomes current");
    let groups = step.begun.learning.iter().flat_map(|learning| &learning.group_errors);
    groups.flatten().for_each(|error| seen.sign(at, *error));
}

/// Which of the bins of a delay this is, where `most` is the longest.
fn delayed(delay: u8, most: (u8, &'static str)) -> &'static str {
    match delay {
        1 => "1",
        longest if longest == most.0 => most.1,
        _ => "between",
    }
}

/// 9
pub fn sent(seen: &mut Coverage, step: Step<'_>) {
    let delay = seen.at("step 9", "delay");
    let limits = seen.at("step 9", "events and limit");
    for (projection, rows) in step.network.projections.iter().zip(&step.after.rows) {
        let (events, limit) = match projection.source {
            Source::Population(population) => (&step.after.neurons[population].fired, 1),
            Source::Input(input) => {
                (&step.after.sent[input], i64::from(step.network.inputs[input].max_events))
            }
        };
        for axon in rows.axons.iter().filter(|axon| events[axon.pre as usize] > 0) {
            seen.named(delay, delayed(axon.delay, (64, "64")));
            seen.compared(limits, events[axon.pre as usize], limit);
        }
    }
    if step.after.formed.iter().any(|error| *error != 0) {
        let at = seen.at("step 9", "error delay");
        seen.named(at, delayed(step.network.learning.error_delay, (63, "63")));
    }
}
