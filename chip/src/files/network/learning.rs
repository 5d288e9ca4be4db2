//! `learning` and `readout` of a population: broadcast channels, third factors, surrogates.
//!
//! Channels are given to readout neurons in the order of the populations; a learning population listens to all
//! channels of one readout.
//!
//! Promises: a resolved population hears channels that exist; a group fits a core; a half-width is a power of two.
//! Absent on purpose: plastic projections (`projection`).

use super::decay::decay;
use super::learning_file::{
    NeuronLearningFile, RateLimitFile, ReadoutFile, SignalFile, SurrogateFile, ThirdFactorFile,
};
use super::mirror;
use super::readouts::Readouts;
use crate::chip::Chip;
use crate::files::bounds;
use crate::files::network::file::PopulationFile;
use crate::files::text::check::{Check, Lanes};
use crate::files::text::decimal;
use crate::files::text::spelling::{did_you_mean, listing};
use synfire_core::format::Format;
use synfire_plasticity::config::{
    Competition, ErrorSignal, GroupReadout, MatrixDraw, NeuronLearning, RateLimit, Readout, Surrogate,
    SurrogateShape, ThirdFactor,
};

/// Lanes of the membrane.
fn state(chip: &Chip) -> Lanes {
    Lanes::of(Format::signed(chip.datapath.state_width, chip.datapath.state_fraction))
}

/// First channel of each population, where it is a readout.
pub(in crate::files) fn channels(check: &mut Check<'_>, populations: &[PopulationFile]) -> Vec<Option<u16>> {
    let mut next = 0i64;
    let mut first = Vec::new();
    for population in populations {
        first.push(population.readout.as_ref().map(|_| next.min(i64::from(u16::MAX)) as u16));
        if population.readout.is_some() {
            next = next.saturating_add(population.neurons.max(0));
        }
    }
    if next > i64::from(u16::MAX) {
        let problem = check
            .at("populations", "the readouts have too many neurons")
            .labelled(format!("they need {next} broadcast channels"))
            .noted("allowed", u16::MAX.to_string());
        check.push(problem);
    }
    first
}

/// Resolves `readout`.
pub(in crate::files) fn readout(
    check: &mut Check<'_>,
    path: &str,
    file: &ReadoutFile,
    first_channel: u16,
    chip: &Chip,
) -> Readout {
    let fraction = chip.datapath.decay_fraction;
    let signal = match &file.signal {
        SignalFile::Membrane => ErrorSignal::Membrane,
        SignalFile::FilteredSpikes { q_decay, p_decay, increment, shift } => {
            let field = |name: &str| format!("{path}.signal.FilteredSpikes.{name}");
            let most = i64::from(Format::signed(chip.learning.error_trace_bits, 0).max_lane());
            ErrorSignal::FilteredSpikes {
                q_decay: decay(check, &field("q_decay"), q_decay, fraction),
                p_decay: decay(check, &field("p_decay"), p_decay, fraction),
                increment: check.integer(&field("increment"), *increment, 1..=most) as i32,
                shift: check.integer(&field("shift"), *shift, bounds::SHIFT) as u8,
            }
        }
        SignalFile::Modulation { shift } => ErrorSignal::Modulation {
            shift: check.integer(&format!("{path}.signal.Modulation.shift"), *shift, bounds::SHIFT) as u8,
        },
    };
    sides(check, path, file);
    let competition = file.competition.as_ref().map(|competition| {
        let mut lane = |name: &str, raw| check.lane(&format!("{path}.competition.{name}"), raw, &state(chip));
        Competition {
            margin: lane("margin", &competition.margin),
            midpoint: lane("midpoint", &competition.midpoint),
        }
    });
    let midpoint = file.one_sided.as_ref();
    let one_sided = midpoint.map(|raw| check.lane(&format!("{path}.one_sided"), raw, &state(chip)));
    let error = Lanes::of(chip.learning.error).not_negative();
    let zone = file.dead_zone.as_ref();
    let dead_zone = zone.map_or(0, |raw| check.lane(&format!("{path}.dead_zone"), raw, &error));
    Readout { first_channel, signal, one_sided, competition, dead_zone }
}

/// Refuses forms of an error that exclude each other.
fn sides(check: &mut Check<'_>, path: &str, file: &ReadoutFile) {
    let membrane = matches!(file.signal, SignalFile::Membrane);
    let handed_down = matches!(file.signal, SignalFile::Modulation { .. });
    let clashes = [
        (file.competition.is_some() && !membrane, "competition", "`signal: Membrane`: it compares membranes"),
        (file.competition.is_some() && file.one_sided.is_some(), "one_sided", "one of the two"),
        (handed_down && file.one_sided.is_some(), "one_sided", "`signal: Membrane` or `FilteredSpikes(..)`"),
    ];
    for (_, field, allowed) in clashes.into_iter().filter(|(clash, ..)| *clash) {
        let problem = check
            .at(&format!("{path}.{field}"), format!("`{field}` does not go with the rest of this readout"))
            .noted("allowed", allowed);
        check.push(problem);
    }
}

/// Resolves `learning` of population `index`.
pub(in crate::files) fn learning(
    check: &mut Check<'_>,
    index: usize,
    file: &NeuronLearningFile,
    readouts: &Readouts<'_>,
    chip: &Chip,
) -> Option<NeuronLearning> {
    let path = format!("populations[{index}].learning");
    let heard = listened(check, &path, index, file, readouts)?;
    let channels = readouts.populations[heard].neurons.clamp(0, i64::from(u16::MAX)) as u16;
    Some(NeuronLearning {
        first_channel: readouts.first[heard].unwrap_or(0),
        channels,
        third_factor: third_factor(check, &path, index, file, readouts, chip),
        surrogate: file.surrogate.as_ref().and_then(|s| surrogate(check, &path, s, chip)),
        rate_limit: file.rate_limit.as_ref().map(|limit| rate_limit(check, &path, limit, chip)),
    })
}

/// The population that `listens_to` names; without it, the population itself.
fn listened(
    check: &mut Check<'_>,
    path: &str,
    index: usize,
    file: &NeuronLearningFile,
    readouts: &Readouts<'_>,
) -> Option<usize> {
    let populations = readouts.populations;
    let own = matches!(file.third_factor, ThirdFactorFile::OwnError);
    let listens_path = format!("{path}.listens_to");
    let Some(name) = &file.listens_to else {
        if own && readouts.first[index].is_some() {
            return Some(index);
        }
        if own {
            let problem = check
                .at(&format!("{path}.third_factor"), "`OwnError` needs a readout")
                .labelled(format!("`{}` forms no error", populations[index].name))
                .noted("note", "give this population a `readout`, or use `Feedback` and `listens_to`");
            check.push(problem);
        } else {
            check.missing(&listens_path);
        }
        return None;
    };
    let names = || {
        let readouts = populations.iter().filter(|population| population.readout.is_some());
        readouts.map(|population| population.name.as_str())
    };
    let heard = populations.iter().position(|p| p.name == *name && p.readout.is_some());
    if heard.is_none() {
        let known = populations.iter().any(|population| population.name == *name);
        let title = if known {
            format!("population `{name}` has no `readout`")
        } else {
            format!("there is no population `{name}`")
        };
        let problem = check
            .at(&listens_path, title)
            .labelled(did_you_mean(name, names()))
            .noted("allowed", format!("populations with a readout: {}", listing(names())));
        check.push(problem);
    } else if own && heard != Some(index) {
        let problem = check
            .at(&listens_path, "`OwnError` listens to the population itself")
            .labelled(format!("leave it out, or write \"{}\"", populations[index].name));
        check.push(problem);
        return None;
    }
    heard
}

fn third_factor(
    check: &mut Check<'_>,
    path: &str,
    index: usize,
    file: &NeuronLearningFile,
    readouts: &Readouts<'_>,
    chip: &Chip,
) -> ThirdFactor {
    let path = format!("{path}.third_factor");
    match &file.third_factor {
        ThirdFactorFile::OwnError => ThirdFactor::OwnError,
        ThirdFactorFile::Feedback { draw, shift } => {
            let field = |name: &str| format!("{path}.Feedback.{name}");
            ThirdFactor::Feedback {
                draw: matrix(check, &field("draw"), *draw),
                shift: check.integer(&field("shift"), *shift, bounds::SHIFT) as u8,
            }
        }
        ThirdFactorFile::Group { neurons, draw, decay: low_pass, scale, shift } => {
            let field = |name: &str| format!("{path}.Group.{name}");
            group_fraction(check, &path, chip);
            // A group never spans cores.
            let hint = readouts.populations[index].max_per_core.unwrap_or(i64::MAX);
            let most = i64::from(chip.limits.neurons).min(hint).max(1);
            if *neurons > most {
                let problem = check
                    .at(&field("neurons"), "a learning group does not fit a core")
                    .labelled(format!("found {neurons} neurons"))
                    .noted(
                        "allowed",
                        format!("1..={most} (neurons of this population that a core may hold)"),
                    );
                check.push(problem);
            }
            let fraction = chip.datapath.decay_fraction;
            let decay = low_pass.as_ref().map_or(0, |raw| decay(check, &field("decay"), raw, fraction));
            let readout = GroupReadout {
                neurons: check.integer(&field("neurons"), (*neurons).min(most), 1..=most) as u32,
                draw: matrix(check, &field("draw"), *draw),
                decay,
                scale: check.integer(&field("scale"), *scale, bounds::SHIFT) as u8,
            };
            ThirdFactor::Group { readout, shift: check.integer(&field("shift"), *shift, bounds::SHIFT) as u8 }
        }
        ThirdFactorFile::Mirror { projection, shift } => ThirdFactor::Mirror {
            projection: mirror::projection(check, &format!("{path}.Mirror.projection"), projection, readouts),
            shift: check.integer(&format!("{path}.Mirror.shift"), *shift, bounds::SHIFT) as u8,
        },
        ThirdFactorFile::Symmetric { projection, shift } => ThirdFactor::Symmetric {
            projection: mirror::projection(
                check,
                &format!("{path}.Symmetric.projection"),
                projection,
                readouts,
            ),
            shift: check.integer(&format!("{path}.Symmetric.shift"), *shift, bounds::SHIFT) as u8,
        },
        ThirdFactorFile::Compartment { draw, decay: leak, shift } => {
            let field = |name: &str| format!("{path}.Compartment.{name}");
            if file.rate_limit.is_some() {
                limited_compartment(check, index);
            }
            let fraction = chip.datapath.decay_fraction;
            ThirdFactor::Compartment {
                draw: matrix(check, &field("draw"), *draw),
                decay: leak.as_ref().map_or(0, |raw| decay(check, &field("decay"), raw, fraction)),
                shift: check.integer(&field("shift"), *shift, bounds::SHIFT) as u8,
            }
        }
    }
}

/// Refuses a group whose readout, in membrane lanes, has fewer fraction bits than the error that is formed from it.
fn group_fraction(check: &mut Check<'_>, path: &str, chip: &Chip) {
    let state = Format::signed(chip.datapath.state_width, chip.datapath.state_fraction);
    let error = chip.learning.error;
    if state.fraction >= error.fraction {
        return;
    }
    let name = &chip.name;
    let problem = check
        .at(path, "a group's error has more fraction bits than the membrane")
        .labelled(format!("on chip `{name}` the state is {state}, the error {error}"))
        .noted(
            "allowed",
            format!(
                "a chip with at most {} fraction bits in `learning.error`, or {} or more in `datapath.state`; or another \
                 third factor",
                state.fraction, error.fraction
            ),
        );
    check.push(problem);
}

/// Refuses a rate limit of population `index`, whose third factor is an error compartment.
fn limited_compartment(check: &mut Check<'_>, index: usize) {
    let place = format!("populations[{index}].learning.rate_limit");
    let problem = check
        .at(&place, "an error compartment has no rate limit")
        .labelled("it would charge the compartment")
        .noted("allowed", "`rate_limit` with another third factor");
    check.push(problem);
}

fn matrix(check: &mut Check<'_>, path: &str, draw: MatrixDraw) -> MatrixDraw {
    if let MatrixDraw::Uniform { max } = draw {
        check.integer(&format!("{path}.Uniform.max"), i64::from(max), bounds::ENTRY);
    }
    draw
}

fn surrogate(check: &mut Check<'_>, path: &str, file: &SurrogateFile, chip: &Chip) -> Option<Surrogate> {
    let path = format!("{path}.surrogate.half_width");
    let fraction = chip.datapath.state_fraction;
    let count = check.count();
    let value = check.decimal(&path, &file.half_width);
    if check.count() > count {
        return None;
    }
    let lane = decimal::exact_lane(value, fraction).filter(|lane| *lane > 0 && lane & (lane - 1) == 0);
    let most = chip.datapath.state_width - 2;
    // The fast sigmoid's table has 16 entries a half-width.
    let least = if file.shape == SurrogateShape::FastSigmoid { 4 } else { 0 };
    let allowed = least..=u32::from(most);
    if let Some(log2) = lane.map(i64::trailing_zeros).filter(|log2| allowed.contains(log2)) {
        return Some(Surrogate { shape: file.shape, half_width_log2: log2 as u8 });
    }
    // The powers of two on either side.
    let lanes = decimal::nearest_lane(value, fraction).clamp(1, 1 << most);
    let below = (63 - lanes.leading_zeros()).max(least);
    let above = (below + 1).min(u32::from(most));
    let show = |log2: u32| decimal::show(1 << log2, fraction);
    let near = if below == above { show(below) } else { format!("{} or {}", show(below), show(above)) };
    let problem = check
        .at(&path, "a half-width is a power of two of membrane lanes")
        .labelled(format!("found {}", file.half_width.token()))
        .noted("allowed", format!("nearest: {near}"));
    check.push(problem);
    None
}

fn rate_limit(check: &mut Check<'_>, path: &str, file: &RateLimitFile, chip: &Chip) -> RateLimit {
    let third_factor = Lanes::of(chip.learning.third_factor).not_negative();
    RateLimit {
        spikes: check.integer(&format!("{path}.rate_limit.spikes"), file.spikes, bounds::RATE_LIMIT) as u8,
        amount: check.lane(&format!("{path}.rate_limit.amount"), &file.amount, &third_factor),
    }
}
