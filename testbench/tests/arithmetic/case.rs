//! Options of a case, `key=value` separated by spaces, over the preset `paper`.
//!
//! Promises: an unknown key, a bad value and a key that nobody read are failures.

use crate::document::{Row, integer};
use std::cell::Cell;
use synfire_core::format::{Format, Overflow};
use synfire_core::neuron::{
    Adaptation, Compare, Datapath, NeuronParameters, Noise, Order, PerNeuron, Refractory, Reset,
};
use synfire_plasticity::config::{LearningDatapath, MatrixDraw};

/// Registers of the learning engine in `paper`.
pub const PAPER_LEARNING: LearningDatapath = LearningDatapath {
    error: Format::signed(10, 7),
    third_factor: Format::signed(10, 7),
    surrogate: Format::unsigned(8, 7),
    trace_bits: 8,
    trace_increment: 16,
    eligibility_bits: 16,
    error_trace_bits: 16,
    error_delay: 1,
};

/// The options of one case.
pub struct Options {
    pairs: Vec<(String, String, Cell<bool>)>,
    line: usize,
}

impl Options {
    /// Reads the options in cell `column`; a word without `=` is a key with the value `yes`.
    pub fn of(row: &Row, column: usize) -> Self {
        let words = row.text(column).split_whitespace().filter(|w| *w != "-");
        let pairs = words.map(|word| {
            let (key, value) = word.split_once('=').unwrap_or((word, "yes"));
            (key.to_owned(), value.to_owned(), Cell::new(false))
        });
        Self { pairs: pairs.collect(), line: row.line }
    }

    /// The value of `key`, where it is stated.
    pub fn text(&self, key: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|p| p.0 == key)?;
        pair.2.set(true);
        Some(&pair.1)
    }

    /// The integer of `key`, or `default`.
    pub fn int<T: TryFrom<i64>>(&self, key: &str, default: T) -> T {
        self.text(key).map_or(default, |text| {
            let value = integer(text).and_then(|v| T::try_from(v).ok());
            value.unwrap_or_else(|| panic!("line {}: `{key}={text}`", self.line))
        })
    }

    /// Whether `key` is stated as `yes`.
    pub fn flag(&self, key: &str) -> bool {
        self.text(key).is_some_and(|v| self.one_of(key, v, &[("yes", true)]))
    }

    /// The meaning of one of a few words.
    pub fn one_of<T: Copy>(&self, key: &str, value: &str, words: &[(&str, T)]) -> T {
        let found = words.iter().find(|w| w.0 == value);
        found.unwrap_or_else(|| panic!("line {}: `{key}={value}`", self.line)).1
    }

    /// Fails when some key was not read.
    pub fn all_read(&self) {
        for (key, _, read) in &self.pairs {
            assert!(read.get(), "line {}: unknown option `{key}`", self.line);
        }
    }

    fn choice<T: Copy>(&self, key: &str, default: T, words: &[(&str, T)]) -> T {
        self.text(key).map_or(default, |value| self.one_of(key, value, words))
    }

    /// The neuron that the options describe.
    pub fn neuron(&self) -> (Datapath, NeuronParameters) {
        let overflows =
            [("saturate", Overflow::Saturate), ("wrap", Overflow::Wrap), ("wrap_lava", Overflow::WrapLava)];
        let orders = [("previous", Order::PreviousCurrent), ("updated", Order::UpdatedCurrent)];
        let datapath = Datapath {
            order: self.choice("order", Order::PreviousCurrent, &orders),
            state_width: self.int("width", 24),
            state_fraction: 15,
            current_overflow: self.choice("i_over", Overflow::Saturate, &overflows),
            membrane_overflow: self.choice("u_over", Overflow::Saturate, &overflows),
            input_shift: self.int("shift", 0),
            decay_fraction: self.int("F", 12),
            compare: self.choice(
                "cmp",
                Compare::GreaterEqual,
                &[("ge", Compare::GreaterEqual), ("gt", Compare::Greater)],
            ),
        };
        let reset = match self.text("reset") {
            Some(value) if value.starts_with("value:") => {
                Reset::ToValue(value["value:".len()..].parse().expect("a reset value"))
            }
            Some(value) => {
                self.one_of("reset", value, &[("next", Reset::SubtractNext), ("now", Reset::SubtractNow)])
            }
            None => Reset::SubtractNext,
        };
        let same = |key, default| PerNeuron::Same(self.int(key, default));
        let adaptation =
            self.text("rho").map(|_| Adaptation { decay: same("rho", 0), increment: same("inc", 0) });
        let parameters = NeuronParameters {
            current_decay: same("a", 2048),
            membrane_decay: same("b", 3686),
            threshold: same("theta", 32768),
            adaptation,
            bias: same("bias", 0),
            initial_current: same("i0", 0),
            initial_membrane: same("u0", 0),
            reset,
            refractory_steps: self.int("R", 0),
            refractory: self.choice(
                "during",
                Refractory::Integrate,
                &[("integrate", Refractory::Integrate), ("hold", Refractory::Hold)],
            ),
            spiking: self.choice("spiking", true, &[("yes", true), ("no", false)]),
            noise_bits: self.int("noise", 0),
            noise: self.choice(
                "noise_on",
                Noise::Membrane,
                &[("membrane", Noise::Membrane), ("threshold", Noise::Threshold)],
            ),
            reset_interval: self.int("interval", 0),
            reset_offset: self.int("offset", 0),
        };
        (datapath, parameters)
    }
}

/// A format such as `s24.15`.
pub fn format(row: &Row, column: usize) -> Format {
    let text = row.text(column);
    let parts = text.get(1..).and_then(|rest| rest.split_once('.'));
    let Some((width, fraction)) = parts else { return row.bad(column) };
    let (Ok(width), Ok(fraction)) = (width.parse(), fraction.parse()) else { return row.bad(column) };
    let format = match text.as_bytes()[0] {
        b's' => Format::signed(width, fraction),
        b'u' => Format::unsigned(width, fraction),
        _ => return row.bad(column),
    };
    assert_eq!(format.to_string(), text, "a format shows as it is written");
    format
}

/// Entries of a matrix: `ones`, `sign`, `uniform:m`.
pub fn draw(row: &Row, column: usize) -> MatrixDraw {
    match row.text(column) {
        "ones" => MatrixDraw::Ones,
        "sign" => MatrixDraw::Sign,
        text => match text.strip_prefix("uniform:").map(str::parse) {
            Some(Ok(max)) => MatrixDraw::Uniform { max },
            _ => row.bad(column),
        },
    }
}

/// Numbers separated by `/`.
pub fn names<const N: usize>(row: &Row, column: usize) -> [u32; N] {
    let numbers: Vec<u32> = row.text(column).split('/').filter_map(|n| n.parse().ok()).collect();
    numbers.try_into().unwrap_or_else(|_| row.bad(column))
}
