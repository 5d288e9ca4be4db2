//! Parameters of neurons, one for all or one each, as register lanes.
//!
//! A plain number is a real value, brought to the state's fraction: nearest, ties away from zero. `Lanes(300)` is
//! the register integer itself, `Npy("f.npy")` one register integer a neuron, `Cycle([0.6, 0.0])` real values that repeat
//! over the neurons.
//!
//! Promises: every lane fits its register. Absent on purpose: which parameters there are (`neuron`), decays (`decay`).

use super::each::each;
use crate::files::text::check::{Check, Lanes};
use crate::files::text::decimal::Raw;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;
use synfire_core::neuron::PerNeuron;

/// A parameter that can differ between neurons, where it is not a plain number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Parameter")]
pub enum ParameterFile {
    /// The register integer, the same for all.
    Lanes(i64),
    /// One register integer a neuron.
    Npy(String),
    /// Real values that repeat: neuron i has the element i mod their number.
    Cycle(Vec<Raw>),
}

/// A bias, where it is not a plain number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Bias")]
pub enum BiasFile {
    /// The register integer, the same for all.
    Lanes(i64),
    /// One register integer a neuron.
    Npy(String),
    /// Real values that repeat: neuron i has the element i mod their number.
    Cycle(Vec<Raw>),
    /// `mantissa << exponent`.
    Mantissa {
        /// An integer or `Npy("..")`.
        mantissa: Raw,
        /// An integer or `Npy("..")`.
        exponent: Raw,
    },
}

/// An integer a neuron, where it is not a plain integer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Integers")]
pub enum IntegersFile {
    /// One a neuron.
    Npy(String),
}

macro_rules! into_raw {
    ($($form:ident),*) => {
        $(impl From<$form> for Raw {
            fn from(form: $form) -> Self {
                Self::of(&form)
            }
        })*
    };
}
into_raw!(ParameterFile, BiasFile, IntegersFile);

/// A parameter in state lanes; 0 where it is not stated.
pub(super) fn parameter(
    check: &mut Check<'_>,
    path: &str,
    raw: Option<&Raw>,
    neurons: u32,
    lanes: &Lanes,
) -> PerNeuron {
    let Some(raw) = raw else { return PerNeuron::Same(0) };
    if raw.is_number() {
        return PerNeuron::Same(check.lane(path, raw, lanes));
    }
    match check.form::<ParameterFile>(path, raw) {
        None => PerNeuron::Same(0),
        Some(form) => of_form(check, path, form, neurons, lanes),
    }
}

fn of_form(check: &mut Check<'_>, path: &str, form: ParameterFile, neurons: u32, lanes: &Lanes) -> PerNeuron {
    match form {
        ParameterFile::Lanes(lane) => PerNeuron::Same(check.raw_lane(path, lane, lanes)),
        ParameterFile::Npy(name) => each(check, path, &name, neurons, lanes.range.clone()),
        ParameterFile::Cycle(values) => cycle(check, &format!("{path}.Cycle"), &values, neurons, lanes),
    }
}

/// Real values that repeat over the neurons.
fn cycle(check: &mut Check<'_>, path: &str, values: &[Raw], neurons: u32, lanes: &Lanes) -> PerNeuron {
    if values.is_empty() || values.len() > neurons as usize {
        let problem = check
            .at(path, format!("`{path}` has the wrong number of values"))
            .labelled(format!("found {}", values.len()))
            .noted("allowed", format!("1..={neurons}, the neurons"));
        check.push(problem);
        return PerNeuron::Same(0);
    }
    let values = values.iter().enumerate();
    let values: Vec<i32> =
        values.map(|(index, value)| check.lane(&format!("{path}[0][{index}]"), value, lanes)).collect();
    match values[..] {
        [same] => PerNeuron::Same(same),
        _ => PerNeuron::Each(values.iter().copied().cycle().take(neurons as usize).collect()),
    }
}

/// A bias; 0 where it is not stated.
pub(super) fn bias(
    check: &mut Check<'_>,
    path: &str,
    raw: Option<&Raw>,
    neurons: u32,
    lanes: &Lanes,
) -> PerNeuron {
    let Some(raw) = raw else { return PerNeuron::Same(0) };
    if raw.is_number() {
        return PerNeuron::Same(check.lane(path, raw, lanes));
    }
    let form = match check.form::<BiasFile>(path, raw) {
        None => return PerNeuron::Same(0),
        Some(BiasFile::Mantissa { mantissa, exponent }) => {
            let within = format!("{path}.Mantissa");
            let mantissas =
                integers(check, &format!("{within}.mantissa"), &mantissa, neurons, -1 << 31..=(1 << 31) - 1);
            let exponents = integers(check, &format!("{within}.exponent"), &exponent, neurons, -31..=31);
            return shifted(check, path, &mantissas, &exponents, lanes);
        }
        Some(BiasFile::Lanes(lane)) => ParameterFile::Lanes(lane),
        Some(BiasFile::Npy(name)) => ParameterFile::Npy(name),
        Some(BiasFile::Cycle(values)) => ParameterFile::Cycle(values),
    };
    of_form(check, path, form, neurons, lanes)
}

/// `mantissa << exponent`, floor for a negative exponent.
fn shifted(
    check: &mut Check<'_>,
    path: &str,
    mantissas: &PerNeuron,
    exponents: &PerNeuron,
    lanes: &Lanes,
) -> PerNeuron {
    let lane = |index: usize| {
        let (mantissa, exponent) = (i64::from(mantissas.get(index)), exponents.get(index));
        if exponent >= 0 { mantissa << exponent } else { mantissa >> -exponent }
    };
    let count = match (mantissas, exponents) {
        (PerNeuron::Each(values), _) | (_, PerNeuron::Each(values)) => values.len(),
        _ => return PerNeuron::Same(check.raw_lane(path, lane(0), lanes)),
    };
    if let Some(bad) = (0..count).find(|index| !lanes.range.contains(&lane(*index))) {
        let allowed = format!("{}..={} (neuron {bad})", lanes.range.start(), lanes.range.end());
        check.out_of_range(path, lane(bad), &allowed);
        return PerNeuron::Same(0);
    }
    PerNeuron::Each((0..count).map(|index| lane(index) as i32).collect())
}

/// A plain integer, or one a neuron.
fn integers(
    check: &mut Check<'_>,
    path: &str,
    raw: &Raw,
    neurons: u32,
    range: RangeInclusive<i64>,
) -> PerNeuron {
    if raw.is_number() {
        return match check.form::<i64>(path, raw) {
            Some(value) => PerNeuron::Same(check.integer(path, value, range) as i32),
            None => PerNeuron::Same(0),
        };
    }
    match check.form::<IntegersFile>(path, raw) {
        Some(IntegersFile::Npy(name)) => each(check, path, &name, neurons, range),
        None => PerNeuron::Same(0),
    }
}
