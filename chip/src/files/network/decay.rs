//! A decay: its forms in a file, and the factor of the chip's decay fraction that each means.
//!
//! `TauSteps(t)` is `round(2^F * exp(-1/t))` with the crate `libm`, the same on every machine.
//!
//! Promises: a factor is 0..=2^F. Absent on purpose: which fields are decays (`file`, `learning_file`, `synapses`).

use super::each::each;
use crate::files::text::check::Check;
use crate::files::text::decimal::Raw;
use serde::{Deserialize, Serialize};
use synfire_core::neuron::PerNeuron;

/// A decay, where it is not a plain 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Decay")]
pub enum DecayFile {
    /// The factor, `0..=2^F`.
    Factor(i64),
    /// The time constant in steps.
    TauSteps(Raw),
    /// No decay.
    NonLeaky,
    /// One factor a neuron.
    Npy(String),
}

impl From<DecayFile> for Raw {
    fn from(form: DecayFile) -> Self {
        Self::of(&form)
    }
}

/// One decay factor.
pub(in crate::files) fn decay(check: &mut Check<'_>, path: &str, raw: &Raw, fraction: u8) -> u32 {
    match decays(check, path, raw, 0, fraction) {
        PerNeuron::Same(factor) => factor as u32,
        PerNeuron::Each(_) => 0,
    }
}

/// Decay factors; `neurons` 0 allows only one for all.
pub(super) fn decays(check: &mut Check<'_>, path: &str, raw: &Raw, neurons: u32, fraction: u8) -> PerNeuron {
    let one = 1i64 << fraction;
    let forms = format!("Factor(0..={one}), TauSteps(steps), NonLeaky");
    if raw.is_number() {
        if raw.token() != "0" {
            let problem = check
                .at(path, format!("`{path}` does not say what its number is"))
                .labelled(format!("`Factor({0})` or `TauSteps({0})`?", raw.token()))
                .noted("allowed", format!("0, {forms}"));
            check.push(problem);
        }
        return PerNeuron::Same(0);
    }
    match check.form::<DecayFile>(path, raw) {
        None => PerNeuron::Same(0),
        Some(DecayFile::Factor(factor)) => PerNeuron::Same(check.integer(path, factor, 0..=one) as i32),
        Some(DecayFile::TauSteps(tau)) => {
            let steps: f64 = check.decimal(path, &tau).to_num();
            if steps <= 0.0 {
                let problem = check
                    .at(path, format!("`{path}` is no time constant"))
                    .labelled(format!("found {}", tau.token()))
                    .noted("allowed", "more than 0 steps");
                check.push(problem);
                return PerNeuron::Same(0);
            }
            PerNeuron::Same(libm::round(one as f64 * libm::exp(-1.0 / steps)) as i32)
        }
        Some(DecayFile::NonLeaky) => PerNeuron::Same(one as i32),
        Some(DecayFile::Npy(_)) if neurons == 0 => {
            let problem = check
                .at(path, format!("`{path}` is one factor, not one a neuron"))
                .noted("allowed", format!("0, {forms}"));
            check.push(problem);
            PerNeuron::Same(0)
        }
        Some(DecayFile::Npy(name)) => each(check, path, &name, neurons, 0..=one),
    }
}
