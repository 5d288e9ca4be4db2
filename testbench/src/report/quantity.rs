//! Numbers as a reader wants them: three digits and an SI prefix, or all digits with separators.
//!
//! Prefixes are ASCII (`u` is micro). Rounding is to nearest, halves up, done in integers, so that 999.5
//! becomes the 1.00 of the next prefix; a whole number below 1,000 in the smallest unit is exact.
//!
//! Promises: no panic for any input; the same text on every machine.

use std::collections::BTreeSet;

/// Prefixes from `a`, a thousand apart, up to none.
pub const SMALL: [&str; 7] = ["a", "f", "p", "n", "u", "m", ""];
const TIMES: [&str; 5] = ["p", "n", "u", "m", ""];
const LARGE: [&str; 6] = ["", "k", "M", "G", "T", "P"];

/// Energy: `12.4 uJ`.
#[must_use]
pub fn energy(attojoules: u128) -> String {
    prefixed(attojoules, &SMALL, "J")
}

/// Duration: `3.10 ms`. Whole picoseconds below a nanosecond; seconds keep counting.
#[must_use]
pub fn duration(picoseconds: u128) -> String {
    prefixed(picoseconds, &TIMES, "s")
}

/// A large count in short: `1.23 M`, followed by `unit` (may be empty): `1.23 MB`.
#[must_use]
pub fn short(count: u128, unit: &str) -> String {
    prefixed(count, &LARGE, unit)
}

/// How often a second in short, one digit behind the point below 10: `412 M`, `0.4`.
#[must_use]
pub fn rate(per_second: f64) -> String {
    if per_second < 10.0 { format!("{per_second:.1}") } else { short(per_second as u128, "") }
}

/// A count a second in short: `412 M/s`.
#[must_use]
pub fn per_second(count: u128, wall: std::time::Duration) -> String {
    let nanoseconds = wall.as_nanos().max(1);
    format!("{}/s", short(count.saturating_mul(1_000_000_000) / nanoseconds, ""))
}

/// All digits: `1,234,567`.
#[must_use]
pub fn count(count: u128) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Bits of memory, in bytes of 1,024 from 1 KiB: `96 bit`, `12.5 KiB`.
#[must_use]
pub fn memory(bits: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bits < 8 * 1024 {
        return format!("{} bit", count(u128::from(bits)));
    }
    let mut tenths = (u128::from(bits) * 10 + 4096) / 8192;
    let mut unit = 0;
    while tenths >= 10_240 && unit + 1 < UNITS.len() {
        tenths = (tenths + 512) / 1024;
        unit += 1;
    }
    format!("{}.{} {}", count(tenths / 10), tenths % 10, UNITS[unit])
}

/// A part of one as a percentage with one decimal: `97.5 %`.
#[must_use]
pub fn percent(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}

/// `part` of `whole` as a percentage with one decimal; `-` when `whole` is 0.
#[must_use]
pub fn share(part: u128, whole: u128) -> String {
    if whole == 0 { "-".into() } else { percent(part as f64 / whole as f64) }
}

/// The seeds of a run, each once: `Seed 7.`, `Seeds 11 to 15.`, `Seeds 1, 2, 9.`
#[must_use]
pub fn seeds(all: impl IntoIterator<Item = u32>) -> String {
    let all: BTreeSet<u32> = all.into_iter().collect();
    match (all.first(), all.last()) {
        (Some(first), Some(last)) if first == last => format!("Seed {first}."),
        (Some(first), Some(last)) if all.len() > 2 && (last - first) as usize == all.len() - 1 => {
            format!("Seeds {first} to {last}.")
        }
        _ => format!("Seeds {}.", all.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// Mean, worst and standard error of repeated measurements where more is better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// How many.
    pub runs: usize,
    /// Mean.
    pub mean: f64,
    /// Smallest.
    pub worst: f64,
    /// Largest.
    pub best: f64,
    /// Sample standard deviation by the root of the number of runs; `None` below two runs.
    pub standard_error: Option<f64>,
}

impl Spread {
    /// Of `values`; `None` when there is none.
    #[must_use]
    pub fn of(values: &[f64]) -> Option<Self> {
        let runs = values.len();
        let mean = values.iter().sum::<f64>() / runs as f64;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        (runs > 0).then(|| Self {
            runs,
            mean,
            worst: values.iter().copied().fold(f64::INFINITY, f64::min),
            best: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            standard_error: (runs > 1).then(|| (squares / (runs - 1) as f64 / runs as f64).sqrt()),
        })
    }

    /// As percentages: `98.2 +- 0.1 % (worst 97.8 %)`.
    #[must_use]
    pub fn percent(&self) -> String {
        let error = self.standard_error.map_or(String::new(), |e| format!(" +- {:.1}", e * 100.0));
        format!("{:.1}{error} % (worst {})", self.mean * 100.0, percent(self.worst))
    }
}

/// `value` in three digits with the prefix that fits. The first prefix stands for `value` itself.
fn prefixed(value: u128, prefixes: &[&str], unit: &str) -> String {
    let text = |number: String, prefix: &str| {
        let unit = format!("{prefix}{unit}");
        if unit.is_empty() { number } else { format!("{number} {unit}") }
    };
    let mut scale = 1_u128;
    for (i, prefix) in prefixes.iter().enumerate() {
        let last = i + 1 == prefixes.len();
        // Most decimals first; a number that rounds up to 1000 goes on to the next.
        for decimals in (0..3_u32).rev() {
            if scale == 1 && decimals > 0 {
                continue;
            }
            let ten = 10_u128.pow(decimals);
            let rounded = rounded(value, scale / ten);
            if rounded < 1000 {
                let (whole, part) = (rounded / ten, rounded % ten);
                let width = decimals as usize;
                let number = if width == 0 { whole.to_string() } else { format!("{whole}.{part:0width$}") };
                return text(number, prefix);
            }
        }
        if last {
            return text(count(rounded(value, scale)), prefix);
        }
        scale *= 1000;
    }
    text(count(value), unit)
}

/// `value / unit`, to nearest, halves up.
fn rounded(value: u128, unit: u128) -> u128 {
    value / unit + u128::from(value % unit >= unit - value % unit)
}
