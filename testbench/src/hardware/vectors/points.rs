//! What vectors have to reach: for each rule of sections 2 to 10 of `docs/arithmetic.md` points, each with its sides.
//!
//! A rule is named by its place: `step 4.2` is a micro-step of section 3, `5 line 3` the third line of section 5, `8 ramp` a
//! row of the table of section 8, `9.5` a section without numbers of its own. A test reads the document, and finds a point for
//! each of its rules, a rule for each point, and a comparison for each comparison.
//!
//! Promises: a bin is stated here or is refused (`coverage`). Absent on purpose: how a side is told (`observe`).

/// A place of a rule at which it goes one of several ways.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    /// The rule.
    pub rule: &'static str,
    /// What of it.
    pub what: &'static str,
    /// Its sides, a bin each.
    pub sides: &'static [&'static str],
}

/// Two numbers compared.
pub const COMPARED: &[&str] = &["less", "equal", "greater"];
/// A sum and the register that takes it.
pub const ENDS: &[&str] =
    &["below the range", "at its lower end", "inside", "at its upper end", "above the range"];
/// The same where no sum is below the range: P is not negative, and X no larger than its end.
pub const NOT_BELOW: &[&str] = &["at its lower end", "inside", "at its upper end", "above the range"];
/// A sign.
pub const SIGN: &[&str] = &["negative", "zero", "positive"];
/// A number that loses bits.
pub const ROUNDED: &[&str] = &[
    "negative, whole",
    "negative, half",
    "negative, between",
    "zero",
    "positive, whole",
    "positive, half",
    "positive, between",
];
/// A decay factor.
pub const FACTOR: &[&str] = &["zero", "between", "one"];
/// A flag.
pub const FLAG: &[&str] = &["no", "yes"];

const fn point(rule: &'static str, what: &'static str, sides: &'static [&'static str]) -> Point {
    Point { rule, what, sides }
}

/// The points, by rule in the order of the document.
pub const POINTS: &[Point] = &[
    point("2.1 floor", "update of a weight", ROUNDED),
    point("2.1 zero", "error", ROUNDED),
    point("2.1 nearest", "update of a weight", ROUNDED),
    point("2.1 stochastic", "update of a weight", ROUNDED),
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
    point("step 2.0", "interval", &["none", "another step", "this step, at rest", "this step, not at rest"]),
    point("step 2.0", "reset while the counter runs", FLAG),
    point("step 2.1", "threshold is subtracted", FLAG),
    point("step 2.1", "I that enters", &["of before 3", "of after 3"]),
    point("step 2.1", "bias", SIGN),
    point("step 2.1", "noise", SIGN),
    point("step 3.1", "ports of negative exponent", &["none", "one", "several"]),
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
    point("step 9", "delay", &["1", "between", "64"]),
    point("step 9", "events and limit", COMPARED),
    point("step 9", "error delay", &["1", "between", "63"]),
    point("3.1 line 1", "weight, delivered", ROUNDED),
    point("3.1 line 1", "weight, delivered toward zero", ROUNDED),
    point("3.1 line 2", "events times weight", SIGN),
    point("3.1 line 2", "events", &["one", "several"]),
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
    point("4 previous", "Q and its end", COMPARED),
    point("4 previous", "P and its end", COMPARED),
    point("4 updated", "Q and its end", COMPARED),
    point("4 updated", "P and its end", COMPARED),
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
    point("7 line 1", "source", &["own", "feedback", "group", "mirror", "symmetric"]),
    point("7 line 1", "sum of products", ROUNDED),
    point("7 line 2", "spikes and limit", COMPARED),
    point("7 line 2", "spikes and 255", &["less", "equal", "beyond"]),
    point("7 line 3", "L", ENDS),
    point("7 line 4", "learn flag", &["on", "off, x is 0", "off, x is not 0"]),
    point("7.1 line 1", "P of a mirror", &["0", "more"]),
    point("7.1 line 2", "error that a mirror learns from", SIGN),
    point("7.1 line 2", "states of a filter", FLAG),
    point("7.1 line 2", "mirrored weight", ENDS),
    point("7.1 line 1", "E1 of a mirror and its end", COMPARED),
    point("7.1 line 2", "E2 of a mirror and its end", COMPARED),
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
    point("10.2", "purpose", &["dither", "feedback", "group", "noise"]),
    point("10.3", "bits of a dither", &["0", "1 to 30", "31"]),
    point("10.4", "draw", &["ones", "sign", "uniform"]),
    point("10.4", "entry", SIGN),
    point("10.5", "noise enters", &["the membrane", "the threshold"]),
    point("10.5", "noise", &["lowest", "between", "highest"]),
];
