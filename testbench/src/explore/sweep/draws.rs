//! Numbers of an axis: even ranges, and draws that depend on a seed, the axis' name and their place alone.
//!
//! Promises: between whole ends every number is whole; others are plain decimals of six digits; none is beyond an end; a draw is
//! the same whatever other axes there are. Absent on purpose: what a number is for.

use super::file::{Method, Samples};
use sha2::{Digest, Sha256};

/// A number as a file states it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: f64,
    /// Whether it is written without a point or an exponent.
    pub whole: bool,
}

impl Number {
    /// The number that a token is.
    #[must_use]
    pub fn of(token: &str) -> Option<Self> {
        let plain = token.replace('_', "");
        let value: f64 = plain.parse().ok()?;
        let whole = plain.trim_start_matches(['-', '+']).bytes().all(|byte| byte.is_ascii_digit());
        value.is_finite().then_some(Self { value, whole })
    }
}

/// A number as a token: whole, or a plain decimal of six significant digits.
#[must_use]
pub fn token(value: f64, whole: bool) -> String {
    if whole {
        // Zero has no sign.
        return format!("{:.0}", value.round() + 0.0);
    }
    if value == 0.0 {
        return "0.0".to_owned();
    }
    let before = value.abs().log10().floor() as i32;
    let decimals = (5 - before).clamp(1, MOST_DECIMALS) as usize;
    let text = format!("{value:.decimals$}");
    let short = text.trim_end_matches('0');
    if short.ends_with('.') { format!("{short}0") } else { short.to_owned() }
}

/// Decimals that tell the smallest numbers apart.
const MOST_DECIMALS: i32 = 330;

/// Where between two ends, 0 to 1, a number stands.
#[must_use]
pub fn between((from, to): (f64, f64), part: f64, log: bool) -> f64 {
    let (ratio, span) = (to / from, to - from);
    match log {
        true if ratio.is_finite() && ratio > 0.0 => from * ratio.powf(part),
        true => (from.ln() + (to.ln() - from.ln()) * part).exp(),
        false if span.is_finite() => from + span * part,
        false => from * (1.0 - part) + to * part,
    }
}

/// The number that a draw is between two ends, which have no order, as a token.
#[must_use]
pub fn drawn((first, last): (f64, f64), part: f64, whole: bool, log: bool) -> String {
    let (low, high) = (first.min(last), first.max(last));
    // Of whole numbers each end has as much room as every other.
    let room = if whole && !log { (low - 0.5, high + 0.5) } else { (low, high) };
    token(between(room, part, log).clamp(low, high), whole)
}

/// Draws of one axis.
#[derive(Clone, Copy, Debug)]
pub struct Draws<'a> {
    /// How.
    pub samples: Samples,
    /// Name of the axis.
    pub axis: &'a str,
}

impl Draws<'_> {
    /// Every draw, 0 to 1 and below 1.
    #[must_use]
    pub fn all(&self) -> Vec<f64> {
        let count = u64::from(self.samples.count);
        let plain = (0..count).map(|index| self.uniform("draw", index));
        match self.samples.method {
            Method::Independent => plain.collect(),
            Method::Latin => {
                let mut parts: Vec<u64> = (0..count).collect();
                parts.sort_by_cached_key(|part| (self.word("part", *part), *part));
                let within = |(part, draw): (u64, f64)| ((part as f64 + draw) / count as f64).min(BELOW_ONE);
                parts.into_iter().zip(plain).map(within).collect()
            }
        }
    }

    fn uniform(&self, what: &str, index: u64) -> f64 {
        // 53 bits: every one of them is a number of its own.
        (self.word(what, index) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn word(&self, what: &str, index: u64) -> u64 {
        let text = format!("synfire-sweep/1 {} {what} {index} {}", self.samples.seed, self.axis);
        let hash = Sha256::digest(text.as_bytes());
        hash.iter().take(8).fold(0, |word, byte| word << 8 | u64::from(*byte))
    }
}

/// The largest number below 1.
const BELOW_ONE: f64 = 1.0 - f64::EPSILON / 2.0;
