//! Kinds of learning, by name, and rules without rounding.

use synfire_plasticity::config::{Eligibility, Presynaptic, SynapseLearning, ThirdFactor};

/// Whether a rule is of a kind.
type Is = fn(&SynapseLearning) -> bool;

/// What a synapse's rule can have, by name; a test in which one of them writes nothing does not test it.
pub const KINDS: [(&str, Is); 5] = [
    ("a trace", |rule| rule.presynaptic == Presynaptic::Trace),
    ("events", |rule| rule.presynaptic == Presynaptic::Events),
    ("a filter", |rule| matches!(rule.eligibility, Some(Eligibility::Filter { .. }))),
    ("an adaptation", |rule| matches!(rule.eligibility, Some(Eligibility::Adaptation { .. }))),
    ("weight decay", |rule| rule.weight_decay.is_some()),
];

/// Whether states are those of a rule.
type HasStates = fn(Eligibility) -> bool;

/// Rules that keep a state a synapse, and whether it has a sign.
#[allow(dead_code, reason = "what only the comparison with the float twin takes")]
pub const STATES: [(HasStates, bool); 2] = [
    (|of| matches!(of, Eligibility::Filter { .. }), false),
    (|of| matches!(of, Eligibility::Adaptation { .. }), true),
];

/// Takes from a rule what would round; `whole` makes a decay factor one that does not. An adaptation decays as its
/// neurons do.
#[allow(dead_code, reason = "what only the comparison with the float twin takes")]
pub fn without_rounding(rule: &mut SynapseLearning, whole: impl Fn(u32) -> u32) {
    rule.shift = 0;
    // All of the weight, at a shift of 0.
    rule.weight_decay = rule.weight_decay.map(|_| 0);
    match &mut rule.eligibility {
        Some(Eligibility::Filter { q_decay, p_decay, product_shift, normalise }) => {
            // Its shift would round.
            *normalise = None;
            (*q_decay, *p_decay, *product_shift) = (whole(*q_decay), whole(*p_decay), 0);
        }
        Some(Eligibility::Adaptation { .. }) | None => (),
    }
}

/// The same of a third factor.
#[allow(dead_code, reason = "what only the comparison with the float twin takes")]
pub fn factor_without_rounding(factor: &mut ThirdFactor, whole: impl Fn(u32) -> u32) {
    match factor {
        ThirdFactor::OwnError => (),
        ThirdFactor::Feedback { shift, .. }
        | ThirdFactor::Mirror { shift, .. }
        | ThirdFactor::Symmetric { shift, .. } => *shift = 0,
        ThirdFactor::Compartment { decay, shift, .. } => (*decay, *shift) = (whole(*decay), 0),
        ThirdFactor::Group { readout, shift } => {
            readout.decay = whole(readout.decay);
            *shift = 0;
        }
    }
}

/// Third factors that must each be other than zero somewhere.
#[allow(dead_code, reason = "what only the comparison with the float twin takes")]
pub const FACTORS: [fn(ThirdFactor) -> bool; 5] = [
    |of| matches!(of, ThirdFactor::OwnError),
    |of| matches!(of, ThirdFactor::Feedback { .. }),
    |of| matches!(of, ThirdFactor::Mirror { .. } | ThirdFactor::Symmetric { .. }),
    |of| matches!(of, ThirdFactor::Compartment { .. }),
    |of| matches!(of, ThirdFactor::Group { .. }),
];
