//! Errors of readouts, of groups, and those that are handed down.

use super::super::coverage::Coverage;
use super::super::points::{COMPARED, ENDS, FACTOR, FLAG, Point, ROUNDED, SIGN, point};
use super::step::{Step, error_lanes};
use crate::reference::plain::arithmetic::{decay, toward_zero};
use synfire_plasticity::config::{Competition, ErrorSignal, Readout, ThirdFactor};

/// What is counted here.
pub const POINTS: &[Point] = &[
    point("2.1 zero", "error", ROUNDED),
    point("5 line 1", "fraction of U less that of E", SIGN),
    point("5 line 1", "target less U_cmp", SIGN),
    point("5 line 1", "target less spike", SIGN),
    point("5 line 1", "E1", ENDS),
    point("5 line 1", "E2", ENDS),
    point("5 line 2", "target and midpoint", COMPARED),
    point("5 line 2", "x", &["negative, kept", "negative, cut", "positive, kept", "positive, cut"]),
    point("5 line 3", "E", ENDS),
    point("5 line 4", "magnitude of E and dead zone", COMPARED),
    point("5.1", "margin not yet reached, and 0", COMPARED),
    point("5.1", "E and its end", COMPARED),
    point("5.1", "E and dead zone", COMPARED),
    point("5.1", "targets above the midpoint", &["none", "some", "all"]),
    point("5.1", "best wrong neuron", &["alone", "first of equals"]),
    point("5.2", "L times surrogate", ROUNDED),
    point("5.2", "E", ENDS),
    point("5.2", "magnitude of E and dead zone", COMPARED),
    point("6 line 1", "Y", ENDS),
    point("6 line 1", "factor of Y", FACTOR),
    point("6 line 2", "e", ENDS),
    point("6 line 2", "learn flag", FLAG),
    point("6 line 3", "error used", SIGN),
];

/// Section 5 of a population.
pub fn readout(seen: &mut Coverage, step: Step<'_>, index: usize) {
    let population = &step.network.populations[index];
    let Some(readout) = &population.readout else { return };
    let first = usize::from(readout.first_channel);
    let targets = &step.begun.targets[first..first + population.neurons as usize];
    if let Some(competition) = readout.competition {
        if step.begun.learn {
            contested(seen, step, (readout, competition), targets, &step.after.neurons[index].compared);
        }
        return;
    }
    if let ErrorSignal::Modulation { shift } = readout.signal {
        if step.begun.learn {
            handed_down(seen, step, (index, readout), shift);
        }
        return;
    }
    for (neuron, target) in targets.iter().enumerate() {
        let x = signal(seen, step, (index, readout), neuron, *target);
        if step.begun.learn {
            written(seen, step, readout, x, *target);
        }
    }
}

/// Line 1.
fn signal(
    seen: &mut Coverage,
    step: Step<'_>,
    (index, readout): (usize, &Readout),
    neuron: usize,
    target: i64,
) -> i64 {
    let (network, after) = (step.network, &step.after.neurons[index]);
    let (from, to) = (network.datapath.state_fraction, network.learning.error.fraction);
    let ErrorSignal::FilteredSpikes { q_decay, p_decay, increment, shift } = readout.signal else {
        let difference = target - after.compared[neuron];
        let at = seen.at("5 line 1", "target less U_cmp");
        seen.sign(at, difference);
        let at = seen.at("5 line 1", "fraction of U less that of E");
        seen.sign(at, i64::from(from) - i64::from(to));
        if from > to {
            let at = seen.at("2.1 zero", "error");
            seen.rounded(at, difference, u32::from(from - to));
        }
        return error_lanes(network, difference);
    };
    let (fraction, bits) = (network.datapath.decay_fraction, network.learning.error_trace_bits);
    let (e1, e2) = step.begun.learning[index].error_traces[neuron];
    let difference = i64::from(target != 0) - after.fired[neuron];
    let at = seen.at("5 line 1", "target less spike");
    seen.sign(at, difference);
    let at = seen.at("5 line 1", "E2");
    seen.signed(at, decay(e2, p_decay.into(), fraction) + e1, bits);
    let at = seen.at("5 line 1", "E1");
    seen.signed(at, decay(e1, q_decay.into(), fraction) + i64::from(increment) * difference, bits);
    let e2 = step.after.learning[index].error_traces[neuron].1;
    let at = seen.at("2.1 zero", "error");
    seen.rounded(at, e2, shift.into());
    toward_zero(e2, shift.into())
}

/// Lines 2 to 4.
fn written(seen: &mut Coverage, step: Step<'_>, readout: &Readout, x: i64, target: i64) {
    let mut sided = x;
    if let Some(midpoint) = readout.one_sided {
        let midpoint = i64::from(midpoint);
        let at = seen.at("5 line 2", "target and midpoint");
        seen.compared(at, target, midpoint);
        sided = if target > midpoint { x.max(0) } else { x.min(0) };
        if x != 0 {
            let at = seen.at("5 line 2", "x");
            seen.named(
                at,
                match (x > 0, sided == x) {
                    (false, true) => "negative, kept",
                    (false, false) => "negative, cut",
                    (true, true) => "positive, kept",
                    (true, false) => "positive, cut",
                },
            );
        }
    }
    let format = step.network.learning.error;
    let at = seen.at("5 line 3", "E");
    seen.signed(at, sided, format.width);
    if readout.dead_zone > 0 {
        let most = i64::from(format.max_lane());
        let at = seen.at("5 line 4", "magnitude of E and dead zone");
        seen.compared(at, sided.clamp(-most, most).abs(), readout.dead_zone.into());
    }
}

/// 5.1
fn contested(
    seen: &mut Coverage,
    step: Step<'_>,
    (readout, competition): (&Readout, Competition),
    targets: &[i64],
    compared: &[i64],
) {
    let midpoint = i64::from(competition.midpoint);
    let (above, below): (Vec<usize>, Vec<usize>) = (0..targets.len()).partition(|n| targets[*n] > midpoint);
    let at = seen.at("5.1", "targets above the midpoint");
    seen.named(
        at,
        match (above.is_empty(), below.is_empty()) {
            (true, _) => "none",
            (_, true) => "all",
            _ => "some",
        },
    );
    let best = below.iter().map(|neuron| compared[*neuron]).max();
    let (Some(right), Some(best)) = (above.first(), best) else { return };
    let equals = below.iter().filter(|neuron| compared[**neuron] == best).count();
    let at = seen.at("5.1", "best wrong neuron");
    seen.named(at, if equals == 1 { "alone" } else { "first of equals" });
    let lack = i64::from(competition.margin) - (compared[*right] - best);
    let at = seen.at("5.1", "margin not yet reached, and 0");
    seen.compared(at, lack, 0);
    let (error, most) =
        (error_lanes(step.network, lack.max(0)), i64::from(step.network.learning.error.max_lane()));
    let at = seen.at("5.1", "E and its end");
    seen.compared(at, error, most);
    if readout.dead_zone > 0 {
        let at = seen.at("5.1", "E and dead zone");
        seen.compared(at, error.min(most), readout.dead_zone.into());
    }
}

/// 5.2
fn handed_down(seen: &mut Coverage, step: Step<'_>, (index, readout): (usize, &Readout), shift: u8) {
    let (learning, format) = (&step.after.learning[index], step.network.learning.error);
    for (factor, surrogate) in learning.third_factor.iter().zip(&learning.surrogate) {
        let at = seen.at("5.2", "L times surrogate");
        seen.rounded(at, factor * surrogate, shift.into());
        let error = toward_zero(factor * surrogate, shift.into());
        let at = seen.at("5.2", "E");
        seen.signed(at, error, format.width);
        if readout.dead_zone > 0 {
            let most = i64::from(format.max_lane());
            let at = seen.at("5.2", "magnitude of E and dead zone");
            seen.compared(at, error.clamp(-most, most).abs(), readout.dead_zone.into());
        }
    }
}

/// Section 6 of a population.
pub fn groups(seen: &mut Coverage, step: Step<'_>, index: usize) {
    let population = &step.network.populations[index];
    let Some(learning) = population.learning else { return };
    let ThirdFactor::Group { readout, .. } = learning.third_factor else { return };
    let (begun, after) = (&step.begun.learning[index], &step.after.learning[index]);
    let fired = &step.after.neurons[index].fired;
    let (fraction, size) = (step.network.datapath.decay_fraction, readout.neurons as usize);
    let at = seen.at("6 line 1", "factor of Y");
    seen.factor(at, readout.decay.into(), fraction);
    for group in 0..after.outputs.len() {
        let own = group * size..((group + 1) * size).min(fired.len());
        for channel in 0..usize::from(learning.channels) {
            let sum: i64 = own.clone().map(|neuron| after.matrix[neuron][channel] * fired[neuron]).sum();
            let kept = decay(begun.outputs[group][channel], readout.decay.into(), fraction);
            let at = seen.at("6 line 1", "Y");
            seen.signed(at, kept + (sum << readout.scale), 32);
            let at = seen.at("6 line 2", "learn flag");
            seen.flag(at, step.begun.learn);
            if step.begun.learn {
                let target = step.begun.targets[usize::from(learning.first_channel) + channel];
                let error = error_lanes(step.network, target - after.outputs[group][channel]);
                let at = seen.at("6 line 2", "e");
                seen.signed(at, error, step.network.learning.error.width);
            }
            let at = seen.at("6 line 3", "error used");
            seen.sign(at, after.group_errors[group][channel]);
        }
    }
}
