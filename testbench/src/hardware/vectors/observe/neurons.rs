//! Dendritic sums, currents, membranes, thresholds, spikes.

use super::super::coverage::Coverage;
use super::super::points::{COMPARED, ENDS, FACTOR, FLAG, Point, ROUNDED, SIGN, point};
use super::step::Step;
use crate::reference::plain::arithmetic::{Draw, decay, floor, overflow, scale, word};
use synfire_chip::network::Population;
use synfire_core::format::Overflow;
use synfire_core::neuron::{Compare, Noise, Order, Refractory, Reset};

/// What is counted here.
pub const POINTS: &[Point] = &[
    point("2.2", "I", SIGN),
    point("2.2", "U", SIGN),
    point("2.2", "factor of I", FACTOR),
    point("2.2", "factor of U", FACTOR),
    point("2.2", "U that decays to 0", FLAG),
    point("2.3", "exponent", SIGN),
    point("2.3", "sum under a negative exponent", ROUNDED),
    point("2.4 saturate", "I", ENDS),
    point("2.4 saturate", "U", ENDS),
    point("2.4 wrap", "I", ENDS),
    point("2.4 wrap", "U", ENDS),
    point("2.4 wrap_lava", "I", ENDS),
    point("2.4 wrap_lava", "U", ENDS),
    point("2.4 wrap_lava", "I and 32 bits", &["below them", "in them", "above them"]),
    point("step 2.0", "interval", &["none", "another step", "this step, at rest", "this step, not at rest"]),
    point("step 2.0", "reset while the counter runs", FLAG),
    point("step 2.1", "threshold is subtracted", FLAG),
    point("step 2.1", "I that enters", &["of before 3", "of after 3"]),
    point("step 2.1", "bias", SIGN),
    point("step 2.1", "noise", SIGN),
    point("step 3.1", "ports of negative exponent", &["none", "one", "several"]),
    point("step 3.1", "projections of such a port", &["one", "several"]),
    point("step 3.1", "injected current", SIGN),
    point("step 3.1", "dendritic sum", SIGN),
    point("step 3.2", "input_shift", &["0", "more"]),
    point("step 4.0", "A and its end", COMPARED),
    point("step 4.0", "threshold with A, and its end", COMPARED),
    point("step 4.0", "noisy threshold and 0", COMPARED),
    point("step 4.0", "noisy threshold and its end", COMPARED),
    point("step 4.0", "a spike before raises A", FLAG),
    point("step 4.1", "held", &["silent, integrates", "holds", "holds what 2.0 reset", "not silent"]),
    point("step 4.2", "U_cmp and threshold, >=", COMPARED),
    point("step 4.2", "U_cmp and threshold, >", COMPARED),
    point("step 4.2", "above the threshold, and silent", FLAG),
    point("step 4.2", "above the threshold, and not spiking", FLAG),
    point("step 4.3", "U", &["SubtractNow", "SubtractNext", "ToValue", "no spike"]),
    point("step 4.4", "R", &["set to 0", "set between", "set to 255", "counts", "counts to 0", "stays 0"]),
    point("3.1 line 3", "sum of a port", SIGN),
    point(
        "3.2",
        "reset and refractory steps",
        &[
            "SubtractNext",
            "SubtractNow, integrates",
            "SubtractNow, holds",
            "ToValue, integrates",
            "ToValue, holds",
        ],
    ),
    point("3.4", "what moves the threshold", &["nothing", "adaptation", "noise", "both"]),
    point("10.5", "noise enters", &["the membrane", "the threshold"]),
    point("10.5", "noise", &["lowest", "between", "highest"]),
];

/// One neuron in one step.
struct Neuron<'a> {
    step: Step<'a>,
    of: &'a Population,
    /// Index of its population, and its own.
    place: (usize, usize),
    /// 3.1
    sum: i64,
    /// I and U after 2.0.
    kept: (i64, i64),
    /// Whether 2.0 reset them.
    reset: bool,
}

/// Micro-steps 2 to 4 of a population.
pub fn population(seen: &mut Coverage, step: Step<'_>, index: usize) {
    let of = &step.network.populations[index];
    let (begun, parameters) = (&step.begun.neurons[index], &of.parameters);
    let interval = u64::from(parameters.reset_interval);
    let reset = interval > 0 && step.number % interval == u64::from(parameters.reset_offset) % interval;
    let at = seen.at("step 2.0", "interval");
    for neuron in 0..of.neurons as usize {
        let (current, membrane) = (begun.current[neuron], begun.membrane[neuron]);
        seen.named(
            at,
            match (interval, reset, (current, membrane) == (0, 0)) {
                (0, _, _) => "none",
                (_, false, _) => "another step",
                (_, true, true) => "this step, at rest",
                (_, true, false) => "this step, not at rest",
            },
        );
        let sum = dendritic(seen, step, index, neuron);
        let kept = if reset { (0, 0) } else { (current, membrane) };
        let own = Neuron { step, of, place: (index, neuron), sum, kept, reset };
        let integrated = own.integrate(seen);
        own.fire(seen, integrated);
    }
}

/// 3.1: ports, their scaling, their sum.
fn dendritic(seen: &mut Coverage, step: Step<'_>, index: usize, neuron: usize) -> i64 {
    let ports = &step.after.neurons[index].ports;
    let into = step.network.projections.iter().filter(|projection| projection.target == index);
    let exponents = into.map(|projection| projection.format.exponent);
    let at = seen.at("2.3", "exponent");
    exponents.for_each(|exponent| seen.sign(at, exponent.into()));
    let declared = step.network.ports(index);
    let negative = &declared[1..];
    let at = seen.at("step 3.1", "ports of negative exponent");
    seen.named(
        at,
        match negative.len() {
            0 => "none",
            1 => "one",
            _ => "several",
        },
    );
    let at = seen.at("step 3.1", "projections of such a port");
    for port in negative {
        seen.named(at, if port.projections.len() > 1 { "several" } else { "one" });
    }
    let (at, rounded) =
        (seen.at("3.1 line 3", "sum of a port"), seen.at("2.3", "sum under a negative exponent"));
    let mut sum = ports[0][neuron];
    seen.sign(at, sum);
    for (port, shift) in ports[1..].iter().zip(negative.iter().map(|port| port.shift)) {
        seen.sign(at, port[neuron]);
        seen.rounded(rounded, port[neuron], u32::from(shift));
        sum += scale(port[neuron], -(shift as i8));
    }
    let at = seen.at("step 3.1", "dendritic sum");
    seen.sign(at, sum);
    let at = seen.at("step 3.1", "injected current");
    let own = step.events.injections.iter().filter(|to| usize::from(to.population) == index);
    let own = own.filter(|to| to.neuron as usize == neuron);
    seen.sign(at, own.map(|to| i64::from(to.value)).sum());
    sum
}

impl Neuron<'_> {
    /// 2.4: a sum on its way into I or U.
    fn overflow(&self, seen: &mut Coverage, what: &'static str, rule: Overflow, sum: i64) -> i64 {
        let width = self.step.network.datapath.state_width;
        let half = 1i64 << (width - 1);
        match rule {
            Overflow::Saturate => {
                let at = seen.at("2.4 saturate", what);
                seen.signed(at, sum, width);
            }
            Overflow::Wrap => {
                let at = seen.at("2.4 wrap", what);
                seen.ends(at, sum, -half, half - 1);
            }
            Overflow::WrapLava => {
                let at = seen.at("2.4 wrap_lava", what);
                seen.ends(at, sum, 1 - half, half);
                if what == "I" {
                    let at = seen.at("2.4 wrap_lava", "I and 32 bits");
                    let lane = i64::from(i32::MIN)..=i64::from(i32::MAX);
                    let side = if sum < *lane.start() { "below them" } else { "above them" };
                    seen.named(at, if lane.contains(&sum) { "in them" } else { side });
                }
            }
        }
        overflow(rule, width, sum)
    }

    /// 10.5
    fn noise(&self, seen: &mut Coverage) -> i64 {
        let (bits, (population, neuron)) = (self.of.parameters.noise_bits, self.place);
        if bits == 0 {
            return 0;
        }
        let word = word(self.step.network.seed, Draw::Noise, self.step.number, population, 0, neuron as u32);
        let noise = floor(i64::from(word.cast_signed()), 32 - u32::from(bits));
        let [enters, drawn] = ["noise enters", "noise"].map(|what| seen.at("10.5", what));
        let membrane = self.of.parameters.noise == Noise::Membrane;
        seen.named(enters, if membrane { "the membrane" } else { "the threshold" });
        // Nothing is outside; the ends of few bits are met.
        seen.named(
            drawn,
            match (noise, 1i64 << (bits - 1)) {
                (noise, half) if noise == -half => "lowest",
                (noise, half) if noise == half - 1 => "highest",
                _ => "between",
            },
        );
        let at = seen.at("10.2", "purpose");
        seen.named(at, "noise");
        noise
    }

    /// 2 and 3: the membrane U'.
    fn integrate(&self, seen: &mut Coverage) -> i64 {
        let (path, of, (index, neuron)) = (&self.step.network.datapath, &self.of.parameters, self.place);
        let (current, membrane) = self.kept;
        let fraction = path.decay_fraction;
        let [a, b] = [&of.current_decay, &of.membrane_decay].map(|of| i64::from(of.get(neuron)));
        for (what, value) in [("I", current), ("U", membrane)] {
            let at = seen.at("2.2", what);
            seen.sign(at, value);
        }
        for (what, factor) in [("factor of I", a), ("factor of U", b)] {
            let at = seen.at("2.2", what);
            seen.factor(at, factor, fraction);
        }
        if membrane != 0 {
            let at = seen.at("2.2", "U that decays to 0");
            seen.flag(at, decay(membrane, b, fraction) == 0);
        }
        let at = seen.at("step 3.2", "input_shift");
        seen.named(at, if path.input_shift == 0 { "0" } else { "more" });
        let sum = decay(current, a, fraction) + (self.sum << path.input_shift);
        let next = self.overflow(seen, "I", path.current_overflow, sum);
        let at = seen.at("step 2.1", "I that enters");
        let (side, entering) = match path.order {
            Order::PreviousCurrent => ("of before 3", current),
            Order::UpdatedCurrent => ("of after 3", next),
        };
        seen.named(at, side);
        let fired = self.step.begun.neurons[index].fired[neuron] == 1;
        let subtracted =
            if of.reset == Reset::SubtractNext && fired { i64::from(of.threshold.get(neuron)) } else { 0 };
        let at = seen.at("step 2.1", "threshold is subtracted");
        seen.flag(at, of.reset == Reset::SubtractNext && fired);
        let at = seen.at("step 2.1", "bias");
        seen.sign(at, of.bias.get(neuron).into());
        let noise = if of.noise == Noise::Membrane { self.noise(seen) } else { 0 };
        let at = seen.at("step 2.1", "noise");
        seen.sign(at, noise);
        let sum =
            decay(membrane, b, fraction) + entering + i64::from(of.bias.get(neuron)) + noise - subtracted;
        self.overflow(seen, "U", path.membrane_overflow, sum)
    }

    /// 4.0: the threshold.
    fn threshold(&self, seen: &mut Coverage) -> i64 {
        let (path, of, (index, neuron)) = (&self.step.network.datapath, &self.of.parameters, self.place);
        let most = (1i64 << (path.state_width - 1)) - 1;
        let begun = &self.step.begun.neurons[index];
        let mut threshold = i64::from(of.threshold.get(neuron));
        if let Some(adaptation) = &of.adaptation {
            let raised = begun.fired[neuron] * i64::from(adaptation.increment.get(neuron));
            let kept =
                decay(begun.adaptation[neuron], adaptation.decay.get(neuron).into(), path.decay_fraction);
            let at = seen.at("step 4.0", "A and its end");
            seen.compared(at, kept + raised, most);
            let at = seen.at("step 4.0", "a spike before raises A");
            seen.flag(at, raised > 0);
            threshold += (kept + raised).min(most);
            let at = seen.at("step 4.0", "threshold with A, and its end");
            seen.compared(at, threshold, most);
            threshold = threshold.min(most);
        }
        let noisy = of.noise == Noise::Threshold && of.noise_bits > 0;
        if noisy {
            let moved = threshold + self.noise(seen);
            let at = seen.at("step 4.0", "noisy threshold and 0");
            seen.compared(at, moved, 0);
            let at = seen.at("step 4.0", "noisy threshold and its end");
            seen.compared(at, moved, most);
            threshold = moved.clamp(0, most);
        }
        let at = seen.at("3.4", "what moves the threshold");
        seen.named(
            at,
            match (of.adaptation.is_some(), noisy) {
                (false, false) => "nothing",
                (true, false) => "adaptation",
                (false, true) => "noise",
                (true, true) => "both",
            },
        );
        threshold
    }

    /// 4: `integrated` is U'.
    fn fire(&self, seen: &mut Coverage, integrated: i64) {
        let (path, of, (index, neuron)) = (&self.step.network.datapath, &self.of.parameters, self.place);
        let (begun, after) = (&self.step.begun.neurons[index], &self.step.after.neurons[index]);
        let (silent, holds) = (begun.refractory[neuron] > 0, of.refractory == Refractory::Hold);
        let threshold = self.threshold(seen);
        let at = seen.at("step 4.1", "held");
        seen.named(
            at,
            match (silent, holds, self.reset) {
                (false, _, _) => "not silent",
                (true, false, _) => "silent, integrates",
                (true, true, false) => "holds",
                (true, true, true) => "holds what 2.0 reset",
            },
        );
        if self.reset {
            let at = seen.at("step 2.0", "reset while the counter runs");
            seen.flag(at, silent);
        }
        let compared = if silent && holds { self.kept.1 } else { integrated };
        let (what, above) = match path.compare {
            Compare::GreaterEqual => ("U_cmp and threshold, >=", compared >= threshold),
            Compare::Greater => ("U_cmp and threshold, >", compared > threshold),
        };
        let at = seen.at("step 4.2", what);
        if of.spiking && !silent {
            seen.compared(at, compared, threshold);
        }
        if above && of.spiking {
            let at = seen.at("step 4.2", "above the threshold, and silent");
            seen.flag(at, silent);
        }
        if above {
            let at = seen.at("step 4.2", "above the threshold, and not spiking");
            seen.flag(at, !of.spiking);
        }
        let fires = after.fired[neuron] == 1;
        reset(seen, of.reset, (fires, of.refractory_steps > 0, holds));
        let at = seen.at("step 4.4", "R");
        seen.named(
            at,
            match (fires, of.refractory_steps, begun.refractory[neuron]) {
                (true, 0, _) => "set to 0",
                (true, 255, _) => "set to 255",
                (true, _, _) => "set between",
                (_, _, 0) => "stays 0",
                (_, _, 1) => "counts to 0",
                _ => "counts",
            },
        );
    }
}

/// 4.3 and 3.2
fn reset(seen: &mut Coverage, reset: Reset, (fires, refractory, holds): (bool, bool, bool)) {
    let at = seen.at("step 4.3", "U");
    let name = match reset {
        Reset::SubtractNow => "SubtractNow",
        Reset::SubtractNext => "SubtractNext",
        Reset::ToValue(_) => "ToValue",
    };
    seen.named(at, if fires { name } else { "no spike" });
    if fires && refractory {
        let at = seen.at("3.2", "reset and refractory steps");
        seen.named(
            at,
            match (reset, holds) {
                (Reset::SubtractNext, _) => "SubtractNext",
                (Reset::SubtractNow, false) => "SubtractNow, integrates",
                (Reset::SubtractNow, true) => "SubtractNow, holds",
                (Reset::ToValue(_), false) => "ToValue, integrates",
                (Reset::ToValue(_), true) => "ToValue, holds",
            },
        );
    }
}
