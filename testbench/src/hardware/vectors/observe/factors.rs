//! Third factors, mirrors, compartments, surrogates.

use super::super::coverage::Coverage;
use super::super::points::{COMPARED, ENDS, FLAG, Point, ROUNDED, SIGN, point};
use super::step::Step;
use crate::reference::plain::arithmetic::{decay, floor};
use synfire_chip::run::program::Control;
use synfire_plasticity::config::{MatrixDraw, NeuronLearning, Surrogate, SurrogateShape, ThirdFactor};

/// What is counted here.
pub const POINTS: &[Point] = &[
    point("7 line 1", "source", &["own", "feedback", "group", "mirror", "symmetric"]),
    point("7 line 1", "sum of products", ROUNDED),
    point("7 line 2", "spikes and limit", COMPARED),
    point("7 line 2", "spikes and 255", &["less", "equal", "beyond"]),
    point("7 line 3", "L", ENDS),
    point("7 line 4", "learn flag", &["on", "off, x is 0", "off, x is not 0"]),
    point("7.1 line 1", "P of a mirror", &["0", "more"]),
    point("7.1 line 2", "error that a mirror learns from", SIGN),
    point("7.1 line 2", "states of a filter", FLAG),
    point("7.1 line 3", "mirrored weight at a `clear`", SIGN),
    point("7.2", "T", ENDS),
    point("7.2", "learn flag", FLAG),
    point("8 triangle", "x and h", COMPARED),
    point("8 triangle", "U_cmp less threshold", SIGN),
    point("8 triangle", "l less f", SIGN),
    point("8 boxcar", "x and h", COMPARED),
    point("8 boxcar", "U_cmp less threshold", SIGN),
    point("8 fast sigmoid", "t and 64", COMPARED),
    point("8 fast sigmoid", "U_cmp less threshold", SIGN),
    point("8 exponential", "i and 31", COMPARED),
    point("8 exponential", "U_cmp less threshold", SIGN),
    point("8 exponential", "l less f", SIGN),
    point("8 ramp", "x and h", COMPARED),
    point("8 ramp", "U_cmp less threshold", SIGN),
    point("8 ramp", "l + 1 less f", SIGN),
    point("8 none", "L that is used", SIGN),
    point("10.4", "draw", &["ones", "sign", "uniform"]),
    point("10.4", "entry", SIGN),
];

/// Sections 7 and 8 of a population.
pub fn population(seen: &mut Coverage, step: Step<'_>, index: usize) {
    let Some(learning) = step.network.populations[index].learning else { return };
    if step.number == 0 {
        drawn(seen, step, (index, learning));
    }
    if let ThirdFactor::Mirror { projection, .. } = learning.third_factor {
        mirror(seen, step, usize::from(projection), learning);
    }
    for neuron in 0..step.after.neurons[index].fired.len() {
        let x = factor(seen, step, (index, learning), neuron);
        let x = limited(seen, step, (index, learning), neuron, x);
        let compartment = matches!(learning.third_factor, ThirdFactor::Compartment { .. });
        if compartment {
            let at = seen.at("7.2", "T");
            seen.signed(at, x, step.network.learning.third_factor.width);
            let at = seen.at("7.2", "learn flag");
            seen.flag(at, step.begun.learn);
        } else if step.begun.learn {
            let at = seen.at("7 line 3", "L");
            seen.signed(at, x, step.network.learning.third_factor.width);
        }
        let at = seen.at("7 line 4", "learn flag");
        seen.named(
            at,
            match (step.begun.learn, x) {
                (true, _) => "on",
                (false, 0) => "off, x is 0",
                _ => "off, x is not 0",
            },
        );
        match learning.surrogate {
            Some(own) => surrogate(seen, step, (index, neuron), own),
            None => {
                let at = seen.at("8 none", "L that is used");
                seen.sign(at, step.after.learning[index].third_factor[neuron]);
            }
        }
    }
}

/// 10.2 and 10.4: matrices that were drawn.
fn drawn(seen: &mut Coverage, step: Step<'_>, (index, learning): (usize, NeuronLearning)) {
    let (purpose, draw) = match learning.third_factor {
        ThirdFactor::Feedback { draw, .. } | ThirdFactor::Compartment { draw, .. } => ("feedback", draw),
        ThirdFactor::Group { readout, .. } => ("group", readout.draw),
        _ => return,
    };
    let at = seen.at("10.2", "purpose");
    seen.named(at, purpose);
    let at = seen.at("10.4", "draw");
    seen.named(
        at,
        match draw {
            MatrixDraw::Ones => "ones",
            MatrixDraw::Sign => "sign",
            MatrixDraw::Uniform { .. } => "uniform",
        },
    );
    let at = seen.at("10.4", "entry");
    step.after.learning[index].matrix.iter().flatten().for_each(|entry| seen.sign(at, *entry));
}

/// 7.1
fn mirror(seen: &mut Coverage, step: Step<'_>, projection: usize, learning: NeuronLearning) {
    let (begun, after) = (&step.begun.rows[projection], &step.after.rows[projection]);
    let Some(rule) = step.network.projections[projection].learning else { return };
    let at = seen.at("7.1 line 1", "P of a mirror");
    after.trace_p.iter().for_each(|p| seen.named(at, if *p == 0 { "0" } else { "more" }));
    let first = usize::from(learning.first_channel);
    let at = seen.at("7.1 line 2", "error that a mirror learns from");
    let errors = &step.begun.errors[first..first + usize::from(learning.channels)];
    errors.iter().for_each(|error| seen.sign(at, *error));
    let at = seen.at("7.1 line 2", "states of a filter");
    seen.flag(at, rule.eligibility.is_some());
    if step.events.control.contains(&Control::Clear) {
        let at = seen.at("7.1 line 3", "mirrored weight at a `clear`");
        begun.weights.iter().for_each(|weight| seen.sign(at, *weight));
    }
}

/// 7 line 1, and T of 7.2 before it is written.
fn factor(
    seen: &mut Coverage,
    step: Step<'_>,
    (index, learning): (usize, NeuronLearning),
    neuron: usize,
) -> i64 {
    let after = &step.after.learning[index];
    let first = usize::from(learning.first_channel);
    let errors = &step.begun.errors[first..first + usize::from(learning.channels)];
    let source = seen.at("7 line 1", "source");
    let rounded = seen.at("7 line 1", "sum of products");
    let mut project = |row: &[i64], errors: &[i64], shift: u8| {
        let sum: i64 = row.iter().zip(errors).map(|(entry, error)| entry * error).sum();
        seen.rounded(rounded, sum, shift.into());
        floor(sum, shift.into())
    };
    let (name, x) = match learning.third_factor {
        ThirdFactor::OwnError => ("own", errors[neuron]),
        ThirdFactor::Feedback { shift, .. } => ("feedback", project(&after.matrix[neuron], errors, shift)),
        ThirdFactor::Group { readout, shift } => {
            let own = &after.group_errors[neuron / readout.neurons as usize];
            ("group", project(&after.matrix[neuron], own, shift))
        }
        ThirdFactor::Mirror { projection, shift } | ThirdFactor::Symmetric { projection, shift } => {
            let all = &step.begun.rows[usize::from(projection)].weights;
            let row = &all[neuron * errors.len()..(neuron + 1) * errors.len()];
            let mirrors = matches!(learning.third_factor, ThirdFactor::Mirror { .. });
            (if mirrors { "mirror" } else { "symmetric" }, project(row, errors, shift))
        }
        ThirdFactor::Compartment { decay: leak, shift, .. } => {
            let kept = step.begun.learning[index].compartments[neuron];
            let kept = decay(kept, leak.into(), step.network.datapath.decay_fraction);
            return kept + project(&after.matrix[neuron], errors, shift);
        }
    };
    seen.named(source, name);
    x
}

/// 7 line 2
fn limited(
    seen: &mut Coverage,
    step: Step<'_>,
    (index, learning): (usize, NeuronLearning),
    neuron: usize,
    x: i64,
) -> i64 {
    let Some(limit) = learning.rate_limit else { return x };
    let before = step.begun.learning[index].spikes[neuron] + step.after.neurons[index].fired[neuron];
    let at = seen.at("7 line 2", "spikes and 255");
    seen.named(
        at,
        match before {
            0..=254 => "less",
            255 => "equal",
            _ => "beyond",
        },
    );
    let spikes = step.after.learning[index].spikes[neuron];
    let at = seen.at("7 line 2", "spikes and limit");
    seen.compared(at, spikes, limit.spikes.into());
    if spikes > i64::from(limit.spikes) { x - i64::from(limit.amount) } else { x }
}

/// Section 8.
fn surrogate(seen: &mut Coverage, step: Step<'_>, (index, neuron): (usize, usize), of: Surrogate) {
    let parameters = &step.network.populations[index].parameters;
    let most = (1i64 << (step.network.datapath.state_width - 1)) - 1;
    let after = &step.after.neurons[index];
    let mut threshold = i64::from(parameters.threshold.get(neuron));
    if parameters.adaptation.is_some() {
        threshold = (threshold + after.adaptation[neuron]).min(most);
    }
    let above = after.compared[neuron] - threshold;
    let (x, half, l) = (above.abs(), 1i64 << of.half_width_log2, i64::from(of.half_width_log2));
    let f = i64::from(step.network.learning.surrogate.fraction);
    let (rule, what, a, b, shift) = match of.shape {
        SurrogateShape::Triangle => ("8 triangle", "x and h", x, half, Some(("l less f", l - f))),
        SurrogateShape::Boxcar => ("8 boxcar", "x and h", x, half, None),
        SurrogateShape::FastSigmoid => ("8 fast sigmoid", "t and 64", x >> (l - 4).max(0), 64, None),
        SurrogateShape::Exponential => ("8 exponential", "i and 31", x >> l, 31, Some(("l less f", l - f))),
        SurrogateShape::Ramp => ("8 ramp", "x and h", x, half, Some(("l + 1 less f", l + 1 - f))),
    };
    let at = seen.at(rule, what);
    seen.compared(at, a, b);
    let at = seen.at(rule, "U_cmp less threshold");
    seen.sign(at, above);
    if let Some((what, shift)) = shift {
        let at = seen.at(rule, what);
        seen.sign(at, shift);
    }
}
