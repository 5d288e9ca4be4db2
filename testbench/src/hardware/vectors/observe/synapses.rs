//! Delivery, traces, eligibility, weight updates.

use super::super::coverage::{At, Coverage};
use super::super::points::{COMPARED, ENDS, FLAG, NOT_BELOW, Point, ROUNDED, SIGN, point};
use super::step::Step;
use crate::reference::plain::arithmetic::{Draw, decay, dither, floor, power, signed, word};
use crate::reference::plain::synapses::delivered;
use synfire_core::neuron::Order;
use synfire_core::rounding::Rounding;
use synfire_core::weight::Dropped;
use synfire_plasticity::config::{Eligibility, Presynaptic, SynapseLearning, ThirdFactor};

/// What is counted here.
pub const POINTS: &[Point] = &[
    point("2.1 floor", "update of a weight", ROUNDED),
    point("2.1 nearest", "update of a weight", ROUNDED),
    point("2.1 stochastic", "update of a weight", ROUNDED),
    point("3.1 line 1", "weight, delivered", ROUNDED),
    point("3.1 line 1", "weight, delivered toward zero", ROUNDED),
    point("3.1 line 2", "events times weight", SIGN),
    point("3.1 line 2", "events", &["one", "several"]),
    point("4 previous", "Q and its end", COMPARED),
    point("4 previous", "P and its end", COMPARED),
    point("4 updated", "Q and its end", COMPARED),
    point("4 updated", "P and its end", COMPARED),
    point("7.1 line 2", "mirrored weight", ENDS),
    point("7.1 line 1", "E1 of a mirror and its end", COMPARED),
    point("7.1 line 2", "E2 of a mirror and its end", COMPARED),
    point("9.1", "E1 of a filter and its end", COMPARED),
    point("9.1", "E2 of a filter and its end", COMPARED),
    point("9.1 line 1", "e", NOT_BELOW),
    point("9.1 line 1", "product", ROUNDED),
    point("9.1 line 2", "X", NOT_BELOW),
    point("9.2 trace", "product", SIGN),
    point("9.2 event", "product", SIGN),
    point("9.2 eligibility", "product", SIGN),
    point("9.2 adaptation", "product", SIGN),
    point("9.3 line 1", "k and 31", COMPARED),
    point("9.3 line 2", "k", &["0", "1 to 30", "31"]),
    point("9.3 line 3", "weight", ENDS),
    point("9.3 line 3", "weight of 2 bits", ENDS),
    point("9.5", "digits of E2 less reference, and N", COMPARED),
    point("9.6", "weight that decays", SIGN),
    point("9.6", "product of 0 with a weight that is not", FLAG),
    point("9.7 line 1", "T", &["no term", "terms that cancel", "negative", "positive"]),
    point("9.7 line 2", "k and 31", COMPARED),
    point("9.7 line 3", "tap", ENDS),
    point("9.7 line 3", "tap that decays", SIGN),
    point("10.1", "named by", &["pre and post", "tap and copy"]),
    point("10.3", "bits of a dither", &["0", "1 to 30", "31"]),
];

/// 3.1 of a projection.
pub fn delivery(seen: &mut Coverage, step: Step<'_>, number: usize) {
    let (format, rows) = (step.network.projections[number].format, &step.begun.rows[number]);
    let dropped = u32::from(format.store_bits - format.delivered_bits);
    let rounds = seen.at(
        "3.1 line 1",
        match format.dropped {
            Dropped::Floor => "weight, delivered",
            Dropped::TowardZero => "weight, delivered toward zero",
        },
    );
    let [product, events] = ["events times weight", "events"].map(|what| seen.at("3.1 line 2", what));
    for synapse in &rows.synapses {
        let (weight, arrived) = (rows.weights[synapse.weight], rows.arrived[synapse.axon]);
        if arrived > 0 {
            seen.rounded(rounds, weight, dropped);
            seen.sign(product, arrived * delivered(format, weight));
            seen.named(events, if arrived == 1 { "one" } else { "several" });
        }
    }
}

/// Section 4 of a projection.
pub fn traces(seen: &mut Coverage, step: Step<'_>, number: usize) {
    let (network, projection) = (step.network, &step.network.projections[number]);
    if projection.learning.is_none_or(|rule| rule.presynaptic != Presynaptic::Trace) {
        return;
    }
    let parameters = &network.populations[projection.target].parameters;
    let [a, b] = [&parameters.current_decay, &parameters.membrane_decay].map(|of| i64::from(of.get(0)));
    let (fraction, engine) = (network.datapath.decay_fraction, &network.learning);
    let (begun, after, most) =
        (&step.begun.rows[number], &step.after.rows[number], power(engine.trace_bits) - 1);
    let rule = match network.datapath.order {
        Order::PreviousCurrent => "4 previous",
        Order::UpdatedCurrent => "4 updated",
    };
    let [q_end, p_end] = ["Q and its end", "P and its end"].map(|what| seen.at(rule, what));
    for axon in 0..begun.axons.len() {
        let increment = i64::from(engine.trace_increment) * begun.arrived[axon];
        seen.compared(q_end, decay(begun.trace_q[axon], a, fraction) + increment, most);
        let enters = match network.datapath.order {
            Order::PreviousCurrent => begun.trace_q[axon],
            Order::UpdatedCurrent => after.trace_q[axon],
        };
        seen.compared(p_end, decay(begun.trace_p[axon], b, fraction) + enters, most);
    }
}

/// Section 9 of a projection.
pub fn weights(seen: &mut Coverage, step: Step<'_>, number: usize) {
    let projection = &step.network.projections[number];
    let Some(rule) = projection.learning else { return };
    if let Some(eligibility) = rule.eligibility {
        states(seen, step, number, eligibility);
    }
    let rows = &step.after.rows[number];
    let kernel = projection.synapses.kernel();
    let (mut sums, mut terms) = (vec![0; rows.weights.len()], vec![false; rows.weights.len()]);
    let mut update = Update::new(seen, step, number, rule);
    for index in 0..rows.synapses.len() {
        let (product, used) = update.product(index);
        let weight = rows.synapses[index].weight;
        sums[weight] += product;
        terms[weight] |= product != 0;
        if kernel.is_none() {
            let names = (rows.axons[rows.synapses[index].axon].pre, rows.synapses[index].post as u32);
            update.own(index, names, product, used);
        }
    }
    let Some(kernel) = kernel else { return };
    for (index, sum) in sums.into_iter().enumerate() {
        update.tap((index, kernel.taps()), sum, terms[index]);
    }
}

/// Whether a population keeps a copy of a projection's weights (7.1).
fn is_mirrored(step: Step<'_>, number: usize) -> bool {
    let rules = step.network.populations.iter().filter_map(|population| population.learning);
    rules.into_iter().any(|rule| {
        matches!(rule.third_factor, ThirdFactor::Mirror { projection, .. } if usize::from(projection) == number)
    })
}

/// 9.1 and 9.5
fn states(seen: &mut Coverage, step: Step<'_>, number: usize, rule: Eligibility) {
    let (network, target) = (step.network, step.network.projections[number].target);
    let (fraction, bits) = (network.datapath.decay_fraction, network.learning.eligibility_bits);
    let (begun, after) = (&step.begun.rows[number], &step.after.rows[number]);
    let [e1, e2] =
        ["E1 of a filter and its end", "E2 of a filter and its end"].map(|what| seen.at("9.1", what));
    let [e, product] = ["e", "product"].map(|what| seen.at("9.1 line 1", what));
    let x = seen.at("9.1 line 2", "X");
    let digits = seen.at("9.5", "digits of E2 less reference, and N");
    let copies = is_mirrored(step, number).then(|| {
        let e1 = seen.at("7.1 line 1", "E1 of a mirror and its end");
        [e1, seen.at("7.1 line 2", "E2 of a mirror and its end")]
    });
    let parameters = &network.populations[target].parameters;
    for (index, synapse) in after.synapses.iter().enumerate() {
        let old = begun.eligibility[index];
        let surrogate = step.after.learning[target].surrogate[synapse.post];
        let trace = after.trace_p[synapse.axon];
        match rule {
            Eligibility::Filter { q_decay, p_decay, product_shift, .. } => {
                let added = floor(surrogate * trace, product_shift.into());
                let sums = [
                    decay(old.0, q_decay.into(), fraction) + added,
                    decay(old.1, p_decay.into(), fraction) + old.0,
                ];
                for at in [Some([e1, e2]), copies].into_iter().flatten() {
                    at.into_iter().zip(sums).for_each(|(at, sum)| seen.compared(at, sum, power(bits) - 1));
                }
            }
            Eligibility::Adaptation { trace_shift } => {
                let Some(adaptation) = &parameters.adaptation else { continue };
                let [threshold, increment, rho] =
                    [&parameters.threshold, &adaptation.increment, &adaptation.decay]
                        .map(|of| i64::from(of.get(synapse.post)));
                let beta = (increment * power(fraction + 1) + threshold).div_euclid(2 * threshold);
                let exact = surrogate * (trace * power(trace_shift) - decay(old.0, beta, fraction));
                let shift = u32::from(network.learning.surrogate.fraction);
                seen.rounded(product, exact, shift);
                seen.signed(e, exact / power(shift), bits);
                seen.signed(x, decay(old.0, rho, fraction) + after.eligibility[index].1, bits);
            }
        }
        if let Some(reference) = rule.reference() {
            let length = i64::from(64 - after.eligibility[index].1.leading_zeros());
            seen.compared(digits, length - i64::from(reference), begun.normaliser[index]);
        }
    }
}

/// The updates of a projection in a step.
struct Update<'a> {
    seen: &'a mut Coverage,
    step: Step<'a>,
    number: usize,
    rule: SynapseLearning,
    product: At,
    rounded: At,
    written: [At; 2],
    /// Where it is mirrored.
    copied: Option<At>,
    digits: [At; 2],
    purpose: At,
    named: At,
    decays: At,
    resting: At,
}

impl<'a> Update<'a> {
    fn new(seen: &'a mut Coverage, step: Step<'a>, number: usize, rule: SynapseLearning) -> Self {
        let kind = match (rule.eligibility, rule.presynaptic) {
            (Some(Eligibility::Filter { .. }), _) => "9.2 eligibility",
            (Some(Eligibility::Adaptation { .. }), _) => "9.2 adaptation",
            (None, Presynaptic::Trace) => "9.2 trace",
            (None, Presynaptic::Events) => "9.2 event",
        };
        let mode = match rule.rounding {
            Rounding::Stochastic => "2.1 stochastic",
            Rounding::Nearest => "2.1 nearest",
            _ => "2.1 floor",
        };
        Self {
            product: seen.at(kind, "product"),
            rounded: seen.at(mode, "update of a weight"),
            copied: is_mirrored(step, number).then(|| seen.at("7.1 line 2", "mirrored weight")),
            written: ["weight", "weight of 2 bits"].map(|what| seen.at("9.3 line 3", what)),
            digits: [seen.at("9.3 line 2", "k"), seen.at("10.3", "bits of a dither")],
            purpose: seen.at("10.2", "purpose"),
            named: seen.at("10.1", "named by"),
            decays: seen.at("9.6", "weight that decays"),
            resting: seen.at("9.6", "product of 0 with a weight that is not"),
            seen,
            step,
            number,
            rule,
        }
    }

    /// 9.2: the product of a synapse, and k before its end.
    fn product(&mut self, index: usize) -> (i64, i64) {
        let (rows, target) =
            (&self.step.after.rows[self.number], self.step.network.projections[self.number].target);
        let (synapse, learning) = (rows.synapses[index], &self.step.after.learning[target]);
        let factor = learning.third_factor[synapse.post];
        let product = match (self.rule.eligibility, self.rule.presynaptic) {
            (Some(_), _) => factor * rows.eligibility[index].1,
            (None, Presynaptic::Trace) => {
                factor * learning.surrogate[synapse.post] * rows.trace_p[synapse.axon]
            }
            (None, Presynaptic::Events) => {
                factor * learning.surrogate[synapse.post] * rows.arrived[synapse.axon]
            }
        };
        self.seen.sign(self.product, product);
        let k = i64::from(self.rule.shift) + self.step.begun.shift_offset + rows.normaliser[index];
        (product, k)
    }

    /// 9.6, 9.3.2 and the rounding of 2.1: what is added to a weight.
    fn added(&mut self, names: (u32, u32), (product, weight): (i64, i64), k: u32) -> i64 {
        let decays = self.rule.weight_decay.map(|d| weight * power(self.rule.shift - d));
        let value = product - decays.unwrap_or(0);
        let drawn = match k {
            0 => "0",
            31 => "31",
            _ => "1 to 30",
        };
        self.seen.named(self.digits[0], drawn);
        let network = self.step.network;
        let r = match self.rule.rounding {
            Rounding::Stochastic => {
                self.seen.named(self.digits[1], drawn);
                self.seen.named(self.purpose, "dither");
                dither(word(network.seed, Draw::Dither, self.step.number, self.number, names.0, names.1), k)
            }
            Rounding::Nearest if k > 0 => power(k - 1),
            _ => 0,
        };
        self.seen.rounded(self.rounded, value, k);
        floor(value + r, k)
    }

    /// 9.3 of a synapse's own weight.
    fn own(&mut self, index: usize, names: (u32, u32), product: i64, k: i64) {
        let weight = self.step.begun.rows[self.number].weights[index];
        if self.rule.weight_decay.is_some() {
            if product == 0 {
                self.seen.flag(self.resting, weight != 0);
            } else {
                self.seen.sign(self.decays, weight);
            }
        }
        if product == 0 {
            return;
        }
        let at = self.seen.at("9.3 line 1", "k and 31");
        self.seen.compared(at, k, 31);
        self.seen.named(self.named, "pre and post");
        let added = self.added(names, (product, weight), k.min(31) as u32);
        let bits = self.step.network.projections[self.number].format.store_bits;
        self.seen.signed(self.written[0], weight + added, bits);
        if let Some(at) = self.copied {
            self.seen.signed(at, weight + added, bits);
        }
        if bits == 2 {
            self.seen.signed(self.written[1], weight + added, bits);
        }
        debug_assert_eq!(signed(bits, weight + added), self.step.after.rows[self.number].weights[index]);
    }

    /// 9.7 of a tap.
    fn tap(&mut self, (index, taps): (usize, u32), sum: i64, terms: bool) {
        let at = self.seen.at("9.7 line 1", "T");
        self.seen.named(
            at,
            match (sum, terms) {
                (0, false) => "no term",
                (0, true) => "terms that cancel",
                (sum, _) if sum < 0 => "negative",
                _ => "positive",
            },
        );
        if sum == 0 {
            return;
        }
        let k = i64::from(self.rule.shift) + self.step.begun.shift_offset;
        let at = self.seen.at("9.7 line 2", "k and 31");
        self.seen.compared(at, k, 31);
        let weight = self.step.begun.rows[self.number].weights[index];
        if self.rule.weight_decay.is_some() {
            let at = self.seen.at("9.7 line 3", "tap that decays");
            self.seen.sign(at, weight);
        }
        self.seen.named(self.named, "tap and copy");
        let names = (index as u32 % taps, index as u32 / taps);
        let added = self.added(names, (sum, weight), k.min(31) as u32);
        let at = self.seen.at("9.7 line 3", "tap");
        self.seen.signed(at, weight + added, self.step.network.projections[self.number].format.store_bits);
    }
}
