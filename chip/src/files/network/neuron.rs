//! `neuron` of a population: decays, thresholds, biases, as register lanes.
//!
//! A plain number is a real value, brought to the state's fraction: nearest, ties away from zero. `Lanes(300)` is
//! the register integer itself, `Npy("f.npy")` one register integer a neuron, `Cycle([0.6, 0.0])` real values that repeat
//! over the neurons.
//!
//! Promises: every lane fits its register. Absent on purpose: what a decay may be (`decay`), learning (`learning`).

use crate::files::network::decay::decays;
use crate::files::network::each::each;
use crate::files::network::neuron_file::{BiasFile, IntegersFile, NeuronFile, ParameterFile, ResetFile};
use crate::files::text::check::{Check, Lanes};
use crate::files::text::decimal::Raw;
use std::ops::RangeInclusive;
use synfire_core::format::Format;
use synfire_core::neuron::{Adaptation, Datapath, NeuronParameters, PerNeuron, Refractory, Reset};

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

/// A parameter in state lanes; 0 where it is not stated.
fn parameter(check: &mut Check<'_>, path: &str, raw: Option<&Raw>, neurons: u32, lanes: &Lanes) -> PerNeuron {
    let Some(raw) = raw else { return PerNeuron::Same(0) };
    if raw.is_number() {
        return PerNeuron::Same(check.lane(path, raw, lanes));
    }
    match check.form::<ParameterFile>(path, raw) {
        None => PerNeuron::Same(0),
        Some(ParameterFile::Lanes(lane)) => PerNeuron::Same(check.raw_lane(path, lane, lanes)),
        Some(ParameterFile::Npy(name)) => each(check, path, &name, neurons, lanes.range.clone()),
        Some(ParameterFile::Cycle(values)) => cycle(check, &format!("{path}.Cycle"), &values, neurons, lanes),
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

fn bias(check: &mut Check<'_>, path: &str, raw: Option<&Raw>, neurons: u32, lanes: &Lanes) -> PerNeuron {
    let Some(raw) = raw else { return PerNeuron::Same(0) };
    if raw.is_number() {
        return PerNeuron::Same(check.lane(path, raw, lanes));
    }
    match check.form::<BiasFile>(path, raw) {
        None => PerNeuron::Same(0),
        Some(BiasFile::Lanes(lane)) => PerNeuron::Same(check.raw_lane(path, lane, lanes)),
        Some(BiasFile::Npy(name)) => each(check, path, &name, neurons, lanes.range.clone()),
        Some(BiasFile::Cycle(values)) => cycle(check, &format!("{path}.Cycle"), &values, neurons, lanes),
        Some(BiasFile::Mantissa { mantissa, exponent }) => {
            let within = format!("{path}.Mantissa");
            let mantissas =
                integers(check, &format!("{within}.mantissa"), &mantissa, neurons, -1 << 31..=(1 << 31) - 1);
            let exponents = integers(check, &format!("{within}.exponent"), &exponent, neurons, -31..=31);
            shifted(check, path, &mantissas, &exponents, lanes)
        }
    }
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
