//! What vectors have to reach is stated in points: a rule of sections 2 to 10 of `docs/arithmetic.md`, what of it, its sides.
//!
//! A rule is named by its place: `step 4.2` is a micro-step of section 3, `5 line 3` the third line of section 5, `8 ramp` a
//! row of the table of section 8, `9.5` a section without numbers of its own. A test reads the document, and finds a point for
//! each of its rules, a rule for each point, and a comparison for each comparison.
//!
//! Promises: plain data. Absent on purpose: the points themselves, which stand where they are observed (`observe`), and how
//! often each was reached (`coverage`).

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

/// A point.
pub const fn point(rule: &'static str, what: &'static str, sides: &'static [&'static str]) -> Point {
    Point { rule, what, sides }
}
