//! `neuron` of a population: what a network file may say of it, and what that is in lanes.
//!
//! The part of a network file that `core` gives its meaning. `docs/formats.md`, "Neuron", is the reader's version.
//!
//! Promises: a field is declared once, with its name, its type and its default, and resolved beside it; every lane fits its
//! register. Absent on purpose: forms of a value (`parameter`), what a decay may be (`decay`), learning (`learning`).

use super::decay::decays;
use super::parameter::{bias, parameter};
use crate::files::text::check::{Check, Lanes};
use crate::files::text::decimal::Raw;
use crate::files::text::write::stated;
use serde::{Deserialize, Serialize};
use synfire_core::format::Format;
use synfire_core::neuron::{Adaptation, Datapath, NeuronParameters, Noise, Refractory, Reset};

/// `neuron` of a population.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Neuron")]
pub struct NeuronFile {
    /// Decay of the current.
    pub current_decay: Raw,
    /// Decay of the membrane.
    pub membrane_decay: Raw,
    /// Threshold.
    pub threshold: Raw,
    /// What spikes do to the threshold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adaptation: Option<AdaptationFile>,
    /// Added in every step.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub bias: Option<Raw>,
    /// Current after reset.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub initial_current: Option<Raw>,
    /// Membrane after reset.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub initial_membrane: Option<Raw>,
    /// What a spike does.
    #[serde(default)]
    pub reset: ResetFile,
    /// Steps without a spike after a spike.
    #[serde(default)]
    pub refractory_steps: i64,
    /// The membrane in those steps.
    #[serde(default = "integrate")]
    pub refractory: Refractory,
    /// Whether the neurons fire.
    #[serde(default = "yes")]
    pub spiking: bool,
    /// Amplitude of the noise.
    #[serde(default)]
    pub noise_bits: i64,
    /// Where it enters.
    #[serde(default)]
    pub noise: Noise,
    /// Period of the unconditional reset.
    #[serde(default)]
    pub reset_interval: i64,
    /// Phase of it.
    #[serde(default)]
    pub reset_offset: i64,
}

impl NeuronFile {
    /// A neuron that states its decays and its threshold.
    #[must_use]
    pub fn new(current_decay: Raw, membrane_decay: Raw, threshold: Raw) -> Self {
        Self {
            current_decay,
            membrane_decay,
            threshold,
            adaptation: None,
            bias: None,
            initial_current: None,
            initial_membrane: None,
            reset: ResetFile::default(),
            refractory_steps: 0,
            refractory: integrate(),
            spiking: yes(),
            noise_bits: 0,
            noise: Noise::default(),
            reset_interval: 0,
            reset_offset: 0,
        }
    }
}

/// `adaptation` of a neuron.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Adaptation")]
pub struct AdaptationFile {
    /// Decay of the adaptation.
    pub decay: Raw,
    /// What a spike adds to it.
    pub increment: Raw,
}

/// `reset` of a neuron.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Reset")]
pub enum ResetFile {
    /// Subtract the threshold in the next step.
    #[default]
    SubtractNext,
    /// Subtract the threshold at once.
    SubtractNow,
    /// Set the membrane to a value.
    ToValue(Raw),
}

/// Resolves `neuron`; `path` is its field path, `neurons` how many there are.
pub(in crate::files) fn resolve(
    check: &mut Check<'_>,
    path: &str,
    file: &NeuronFile,
    neurons: u32,
    datapath: &Datapath,
) -> NeuronParameters {
    let state = Lanes::of(Format::signed(datapath.state_width, datapath.state_fraction));
    let field = |name: &str| format!("{path}.{name}");
    let fraction = datapath.decay_fraction;
    let current_decay = decays(check, &field("current_decay"), &file.current_decay, neurons, fraction);
    let membrane_decay = decays(check, &field("membrane_decay"), &file.membrane_decay, neurons, fraction);
    let positive = state.clone().not_negative();
    let threshold = parameter(check, &field("threshold"), Some(&file.threshold), neurons, &positive);
    let adaptation = file.adaptation.as_ref().map(|adaptation| Adaptation {
        decay: decays(check, &field("adaptation.decay"), &adaptation.decay, neurons, fraction),
        increment: parameter(
            check,
            &field("adaptation.increment"),
            Some(&adaptation.increment),
            neurons,
            &positive,
        ),
    });
    let bias = bias(check, &field("bias"), file.bias.as_ref(), neurons, &state);
    let initial = |check: &mut Check<'_>, name: &str, raw: &Option<Raw>| {
        parameter(check, &field(name), raw.as_ref(), neurons, &state)
    };
    let initial_current = initial(check, "initial_current", &file.initial_current);
    let initial_membrane = initial(check, "initial_membrane", &file.initial_membrane);
    let reset = match &file.reset {
        ResetFile::SubtractNext => Reset::SubtractNext,
        ResetFile::SubtractNow => Reset::SubtractNow,
        ResetFile::ToValue(value) => Reset::ToValue(check.lane(&field("reset"), value, &state)),
    };
    let refractory_steps = check.integer(&field("refractory_steps"), file.refractory_steps, 0..=255) as u8;
    if file.refractory == Refractory::Hold && reset == Reset::SubtractNext {
        let problem = check
            .at(&field("refractory"), "`Hold` cannot follow `reset: SubtractNext`")
            .labelled("the subtraction would fall into a step that holds the membrane")
            .noted("allowed", "`refractory: Integrate`, or `reset: SubtractNow` or `ToValue(..)`");
        check.push(problem);
    }
    if file.adaptation.is_some() && !file.spiking {
        let problem = check
            .at(&field("adaptation"), "neurons that never fire do not adapt")
            .labelled("`spiking: false` leaves the adaptation at 0")
            .noted("allowed", "`adaptation` of neurons that fire");
        check.push(problem);
    }
    let noise_limit = i64::from(datapath.state_width) - 1;
    let interval = check.integer(&field("reset_interval"), file.reset_interval, 0..=i64::from(u32::MAX));
    NeuronParameters {
        current_decay,
        membrane_decay,
        threshold,
        adaptation,
        bias,
        initial_current,
        initial_membrane,
        reset,
        refractory_steps,
        refractory: file.refractory,
        spiking: file.spiking,
        noise_bits: check.integer(&field("noise_bits"), file.noise_bits, 0..=noise_limit) as u8,
        noise: file.noise,
        reset_interval: interval as u32,
        reset_offset: check.integer(&field("reset_offset"), file.reset_offset, 0..=(interval - 1).max(0))
            as u32,
    }
}

pub(super) fn yes() -> bool {
    true
}

fn integrate() -> Refractory {
    Refractory::Integrate
}
