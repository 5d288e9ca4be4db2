//! A network file's fields to a [`Network`]: names to indices, numbers to lanes, weights to rows.
//!
//! Promises: every index of the result exists; names are distinct; every width has been proven.
//! Absent on purpose: how one population or projection is resolved (`neuron`, `learning`, `projection`, `proof`).

use super::readouts::Readouts;
use super::{learning, mirror, neuron, placement, port, proof, seats};
use crate::chip::Chip;
use crate::files::bounds;
use crate::files::network::file::{InputFile, NetworkFile, PopulationFile, ProjectionFile};
use crate::files::network::overrides::{NetworkOverrides, StoreOverride};
use crate::files::synapses::convolution;
use crate::files::synapses::ends::Ends;
use crate::files::synapses::projection;
use crate::files::text::check::Check;
use crate::files::text::diagnostic::Diagnostic;
use crate::files::text::spelling::{did_you_mean, listing};
use crate::network::{Input, Network, Population, Projection, Source};
use std::borrow::Cow;
use std::collections::HashMap;
use synfire_core::neuron::PerNeuron;
use synfire_plasticity::config::{Eligibility, ErrorSignal, Presynaptic};

/// Resolves a merged network file.
pub(in crate::files) fn resolve(
    check: &mut Check<'_>,
    file: &NetworkFile,
    name: String,
    chip: &Chip,
    overrides: &NetworkOverrides,
) -> Network {
    let seed = check.integer("seed", file.seed.unwrap_or(1), 0..=i64::from(u32::MAX)) as u32;
    distinct_names(check, file);
    let mut inputs = inputs(check, file, chip);
    let populations = populations(check, file, chip);
    fits(check, &populations, chip);
    let placing = placement::resolve(check, file, (&populations, &mut inputs), chip);
    let mut network = Network {
        name,
        seed: overrides.seed.unwrap_or(seed),
        datapath: chip.datapath,
        learning: chip.learning,
        inputs,
        populations,
        projections: Vec::new(),
        placing,
    };
    for (index, projection) in file.projections.iter().flatten().enumerate() {
        let Some(ends) = ends(check, index, projection, &network, file) else { continue };
        plastic_target(check, index, projection, file, ends.target);
        let projection = &in_store(check, index, projection, &overrides.stores);
        let mut resolved = projection::resolve(check, ends, projection, chip);
        if let Some(resolved) = &mut resolved {
            followed_adaptation(check, index, resolved, &network.populations[ends.target]);
            resolved.port_of = port::resolve(check, file, &network, (resolved, projection));
        }
        network.projections.extend(resolved);
    }
    if check.count() == 0 {
        mirror::prove(check, &network, file);
        convolution::prove(check, &network);
        proof::prove(check, &network, chip);
    }
    network
}

/// A projection in the store that takes the place of its own.
fn in_store<'f>(
    check: &mut Check<'_>,
    index: usize,
    file: &'f ProjectionFile,
    stores: &[StoreOverride],
) -> Cow<'f, ProjectionFile> {
    let Some(store) = stores.iter().find(|store| store.projection == file.name) else {
        return Cow::Borrowed(file);
    };
    if !file.has_real_weights() {
        let field = format!("projections[{index}].{}", file.weights_field());
        let problem = check.at(&field, "another store for weights that are store integers");
        check.push(problem.noted("allowed", "`Constant` or `Uniform` real weights"));
    }
    Cow::Owned(file.with_store(store.bits, store.fraction))
}

/// Inputs and populations share their names, for `from` can mean either.
fn distinct_names(check: &mut Check<'_>, file: &NetworkFile) {
    let inputs = file.inputs.iter().flatten().enumerate();
    let inputs = inputs.map(|(index, input)| (format!("inputs[{index}]"), &input.name));
    let populations = file.populations.iter().flatten().enumerate();
    let populations = populations.map(|(index, p)| (format!("populations[{index}]"), &p.name));
    distinct(check, inputs.chain(populations));
    let projections = file.projections.iter().flatten().enumerate();
    distinct(check, projections.map(|(index, p)| (format!("projections[{index}]"), &p.name)));
    for (list, len) in [
        ("inputs", file.inputs.as_ref().map_or(0, Vec::len)),
        ("populations", file.populations.as_ref().map_or(0, Vec::len)),
    ] {
        if len > bounds::MOST_LISTED {
            let problem = check
                .at(list, format!("too many {list}"))
                .labelled(format!("found {len}"))
                .noted("allowed", bounds::MOST_LISTED.to_string());
            check.push(problem);
        }
    }
    match &file.populations {
        None => check.missing("populations"),
        Some(none) if none.is_empty() => {
            let problem =
                check.at("populations", "a network without neurons").labelled("this list is empty").noted(
                    "allowed",
                    "at least one population, such as `(name: \"out\", neurons: 1, neuron: (..))`",
                );
            check.push(problem);
        }
        Some(_) => {}
    }
}

fn distinct<'n>(check: &mut Check<'_>, names: impl Iterator<Item = (String, &'n String)>) {
    let mut seen: HashMap<&str, String> = HashMap::new();
    for (path, name) in names {
        let field = format!("{path}.name");
        if name.is_empty() {
            let problem = check.at(&field, "a name is empty");
            check.push(problem);
        }
        if let Some(first) = seen.get(name.as_str()) {
            let problem = check
                .at(&field, format!("the name `{name}` is taken"))
                .labelled(format!("`{first}` has it already"));
            check.push(problem);
        } else {
            seen.insert(name, path);
        }
    }
}

fn inputs(check: &mut Check<'_>, file: &NetworkFile, chip: &Chip) -> Vec<Input> {
    let mut inputs = Vec::new();
    for (index, input) in file.inputs.iter().flatten().enumerate() {
        let field = |name: &str| format!("inputs[{index}].{name}");
        let neurons = check.integer(&field("neurons"), input.neurons, bounds::NEURONS) as u32;
        inputs.push(Input {
            name: input.name.clone(),
            neurons,
            max_events: check.integer(&field("max_events"), input.max_events, bounds::EVENTS) as u8,
            cores: seats::cores(
                check,
                (&field("cores"), &input.name),
                input.cores.as_ref(),
                neurons,
                chip,
                &show,
            ),
            port: host_port(check, &field("port"), input, chip),
        });
    }
    inputs
}

/// The port of the host that an input asks for.
fn host_port(check: &mut Check<'_>, path: &str, input: &InputFile, chip: &Chip) -> Option<u16> {
    let found = seats::port(check, (path, input.port.as_ref()?), chip, &show);
    if input.cores.is_some() {
        let problem = check
            .at(path, format!("`{}` sits on cores and enters by no port", input.name))
            .labelled("found both `cores` and `port`")
            .noted("allowed", "one of the two");
        check.push(problem);
    }
    found
}

/// A problem with a field of the network file.
fn show(check: &Check<'_>, path: &str, title: String) -> Diagnostic {
    check.at(path, title)
}

fn populations(check: &mut Check<'_>, file: &NetworkFile, chip: &Chip) -> Vec<Population> {
    let files: &[PopulationFile] = file.populations.as_deref().unwrap_or(&[]);
    let first = learning::channels(check, files);
    let projections: &[ProjectionFile] = file.projections.as_deref().unwrap_or(&[]);
    let readouts = Readouts { populations: files, first: &first, projections };
    let mut populations = Vec::new();
    for (index, population) in files.iter().enumerate() {
        let path = format!("populations[{index}]");
        let field = |name: &str| format!("{path}.{name}");
        let neurons = check.integer(&field("neurons"), population.neurons, bounds::NEURONS) as u32;
        let parameters =
            neuron::resolve(check, &field("neuron"), &population.neuron, neurons, &chip.datapath);
        let hint = population.max_per_core;
        let max_per_core =
            hint.map(|hint| check.integer(&field("max_per_core"), hint, bounds::NEURONS) as u32);
        let learns = population.learning.as_ref();
        let learning = learns.and_then(|l| learning::learning(check, index, l, &readouts, chip));
        for (name, decay) in
            [("current_decay", &parameters.current_decay), ("membrane_decay", &parameters.membrane_decay)]
        {
            if learns.is_some() && matches!(decay, PerNeuron::Each(_)) {
                let problem = check
                    .at(&field(&format!("neuron.{name}")), "a population that learns needs one decay for all")
                    .labelled("a presynaptic trace decays as current and membrane do, and is one an axon");
                check.push(problem);
            }
        }
        let channel = first[index].unwrap_or(0);
        let readout = population.readout.as_ref();
        let readout = readout.map(|r| learning::readout(check, &field("readout"), r, channel, chip));
        if readout.is_some_and(|r| matches!(r.signal, ErrorSignal::Modulation { .. })) && learns.is_none() {
            let problem = check
                .at(&field("readout.signal"), "`Modulation` hands down what the population learns from")
                .labelled(format!("`{}` has no `learning`", population.name));
            check.push(problem);
        }
        let name = population.name.clone();
        populations.push(Population { name, neurons, parameters, learning, readout, max_per_core });
    }
    populations
}

/// Refuses more neurons than the chip has.
fn fits(check: &mut Check<'_>, populations: &[Population], chip: &Chip) {
    let found: u64 = populations.iter().map(|population| u64::from(population.neurons)).sum();
    let cores = chip.mesh.cores() as u64;
    let allowed = cores * u64::from(chip.limits.neurons);
    if found > allowed {
        let problem = check
            .at("populations", format!("more neurons than chip `{}` holds", chip.name))
            .labelled(format!("found {found} neurons"))
            .noted("allowed", format!("{allowed}: {cores} cores of {}", chip.limits.neurons));
        check.push(problem);
    }
}

/// The ends that `from` and `to` name.
fn ends(
    check: &mut Check<'_>,
    index: usize,
    file: &ProjectionFile,
    network: &Network,
    names: &NetworkFile,
) -> Option<Ends> {
    let populations = || names.populations.iter().flatten().map(|population| population.name.as_str());
    let inputs = || names.inputs.iter().flatten().map(|input| input.name.as_str());
    let source = match (network.input(&file.from), network.population(&file.from)) {
        (Some(input), _) => Some(Source::Input(input)),
        (None, population) => population.map(Source::Population),
    };
    if source.is_none() {
        let problem = check
            .at(&format!("projections[{index}].from"), format!("there is no `{}`", file.from))
            .labelled(did_you_mean(&file.from, inputs().chain(populations())))
            .noted("allowed", listing(inputs().chain(populations())));
        check.push(problem);
    }
    let target = network.population(&file.to);
    if target.is_none() {
        let title = if network.input(&file.to).is_some() {
            format!("a projection cannot end in the input `{}`", file.to)
        } else {
            format!("there is no population `{}`", file.to)
        };
        let problem = check
            .at(&format!("projections[{index}].to"), title)
            .labelled(did_you_mean(&file.to, populations()))
            .noted("allowed", listing(populations()));
        check.push(problem);
    }
    let (source, target) = (source?, target?);
    let posts = network.populations[target].neurons;
    Some(Ends { index, source, target, pres: network.source_neurons(source), posts, seed: network.seed })
}

/// A plastic projection ends where neurons form a third factor.
fn plastic_target(
    check: &mut Check<'_>,
    index: usize,
    file: &ProjectionFile,
    network: &NetworkFile,
    target: usize,
) {
    let population = network.populations.iter().flatten().nth(target);
    let bare = |p: &PopulationFile| p.learning.as_ref().is_some_and(|l| l.surrogate.is_none());
    let rule = file.learning.as_ref();
    if let Some(population) = population.filter(|p| rule.is_some_and(|r| r.eligibility.is_some()) && bare(p))
    {
        let problem = check
            .at(
                &format!("projections[{index}].learning.eligibility"),
                "an eligibility filters a surrogate derivative",
            )
            .labelled(format!("the learning of `{}` has no `surrogate`", population.name))
            .noted("allowed", "an eligibility onto a population with a `surrogate`");
        check.push(problem);
    }
    if rule.is_some_and(|r| r.eligibility.is_some() && r.presynaptic == Presynaptic::Events) {
        let problem = check
            .at(
                &format!("projections[{index}].learning.presynaptic"),
                "an eligibility filters a trace, not events",
            )
            .noted("allowed", "`presynaptic: Trace`, or no `eligibility`");
        check.push(problem);
    }
    if let Some(population) = population.filter(|p| file.learning.is_some() && p.learning.is_none()) {
        let problem = check
            .at(
                &format!("projections[{index}].learning"),
                "a plastic projection onto neurons that do not learn",
            )
            .labelled(format!("population `{}` has no `learning`", population.name));
        check.push(problem);
    }
}

/// An eligibility that follows an adaptation: what the neurons must have for it to mean something.
fn followed_adaptation(
    check: &mut Check<'_>,
    index: usize,
    projection: &Projection,
    population: &Population,
) {
    let states = projection.learning.and_then(|learning| learning.eligibility);
    if !matches!(states, Some(Eligibility::Adaptation { .. })) {
        return;
    }
    let field = format!("projections[{index}].learning.eligibility");
    let mut refuse = |title: &str, label: String| {
        let problem = check.at(&field, title).labelled(label);
        check.push(problem);
    };
    let name = &population.name;
    let parameters = &population.parameters;
    let Some(adaptation) = &parameters.adaptation else {
        let label = format!("`neuron` of population `{name}` states no `adaptation`");
        refuse("`Adaptation` needs neurons whose threshold adapts", label);
        return;
    };
    if matches!(adaptation.decay, PerNeuron::Each(_)) {
        let label = format!("`adaptation.decay` of population `{name}` is one a neuron");
        refuse("`Adaptation` needs one decay for all", label);
    }
    let above = |neuron: &usize| {
        let (increment, threshold) = (adaptation.increment.get(*neuron), parameters.threshold.get(*neuron));
        threshold == 0 || increment > threshold
    };
    if let Some(neuron) = (0..population.neurons as usize).find(above) {
        let (increment, threshold) = (adaptation.increment.get(neuron), parameters.threshold.get(neuron));
        refuse(
            "`Adaptation` needs increments of at most the threshold, and a threshold above 0",
            format!(
                "neuron {neuron} of population `{name}`: increment {increment}, threshold {threshold} (lanes)"
            ),
        );
    }
}
