//! What a network holds once it is numbers: each in its range, each index of something that there is.
//!
//! A network file is held to the same where its fields stand, so that a network that was loaded passes; one that comes out of an
//! exported folder is held to it here, and cannot be built otherwise.
//!
//! Promises: of what passes, with its chip, every port, channel and register can be asked for, and memories of its shape can be
//! run. Absent on purpose: synapses and what single neurons have (`memories`), how neurons learn (`legal_learning`), widths of
//! sums (`place::assemble`), and what the arithmetic takes and a file may not say for it means nothing (an adaptation of neurons
//! that never fire, a phase beyond its period): random vectors have it.

use super::legal_learning;
use crate::chip::Chip;
use crate::files::bounds;
use crate::files::chip::legal as chip_legal;
use crate::files::legal::{At, Illegal, Looked};
use crate::network::{Input, Kernel, Network, Population, Projection, Source, Synapses};
use std::collections::BTreeSet;
use synfire_core::format::Format;
use synfire_core::neuron::{Datapath, PerNeuron, Refractory, Reset};
use synfire_core::synapse::WeightLanes;

/// Looks at a network, without its synapses, and at the chip that it is for.
///
/// # Errors
/// The first value that is not allowed.
pub fn check(network: &Network, chip: &Chip) -> Result<(), Illegal> {
    chip_legal::check(chip)?;
    chip_legal::engines(&At::new("network"), &network.datapath, &network.learning)?;
    lists(network)?;
    for (index, own) in network.inputs.iter().enumerate() {
        input(&At::new(format!("network.inputs[{index}]")), own, chip)?;
    }
    for (index, own) in network.populations.iter().enumerate() {
        population(&At::new(format!("network.populations[{index}]")), own, &network.datapath)?;
    }
    // Indices first: what follows looks things up by them.
    for (index, own) in network.projections.iter().enumerate() {
        ends(&At::new(format!("network.projections[{index}]")), own, network)?;
    }
    for (index, own) in network.projections.iter().enumerate() {
        projection(&At::new(format!("network.projections[{index}]")), (index, own), network, chip)?;
    }
    legal_learning::check(network)?;
    placing(network, chip)
}

/// Lists that can be counted, of distinct names.
fn lists(network: &Network) -> Looked {
    let at = At::new("network");
    for (name, count) in [("inputs", network.inputs.len()), ("populations", network.populations.len())] {
        let allowed = format!("at most {}", bounds::MOST_LISTED);
        at.field(name).expect(count <= bounds::MOST_LISTED, count, allowed)?;
    }
    at.field("populations").expect(!network.populations.is_empty(), "none", "at least one")?;
    let inputs = network.inputs.iter().map(|own| &own.name);
    let populations = network.populations.iter().map(|own| &own.name);
    let sources: Vec<&String> = inputs.chain(populations).collect();
    for names in [sources, network.projections.iter().map(|own| &own.name).collect()] {
        let mut seen = BTreeSet::new();
        for name in names {
            let holds = !name.is_empty() && seen.insert(name);
            at.field("name").expect(holds, format!("`{name}` again"), "a name of its own for each")?;
        }
    }
    Ok(())
}

fn input(at: &At, own: &Input, chip: &Chip) -> Looked {
    at.within("neurons", own.neurons, bounds::NEURONS)?;
    at.within("max_events", own.max_events, bounds::EVENTS)?;
    let count = own.cores.len();
    at.field("cores").expect(count <= own.neurons as usize, count, format!("at most {}", own.neurons))?;
    own.cores
        .iter()
        .try_for_each(|core| at.index("cores", usize::from(*core), chip.mesh.cores(), "cores"))?;
    let Some(port) = own.port else { return Ok(()) };
    at.index("port", usize::from(port), chip.host.ports.len(), "ports")?;
    at.field("port").expect(own.cores.is_empty(), "both `cores` and `port`", "one of the two")
}

fn population(at: &At, own: &Population, datapath: &Datapath) -> Looked {
    at.within("neurons", own.neurons, bounds::NEURONS)?;
    own.max_per_core.map_or(Ok(()), |most| at.within("max_per_core", most, bounds::NEURONS))?;
    let (at, parameters) = (at.field("parameters"), &own.parameters);
    let state = Format::signed(datapath.state_width, datapath.state_fraction);
    let most = i64::from(state.max_lane());
    let one = 1 << datapath.decay_fraction;
    let adaptation = parameters.adaptation.as_ref();
    let (decay, increment) = (adaptation.map(|own| &own.decay), adaptation.map(|own| &own.increment));
    for (name, values, range) in [
        ("current_decay", Some(&parameters.current_decay), 0..=one),
        ("membrane_decay", Some(&parameters.membrane_decay), 0..=one),
        ("adaptation.decay", decay, 0..=one),
        ("adaptation.increment", increment, 0..=most),
        ("threshold", Some(&parameters.threshold), -most..=most),
        ("bias", Some(&parameters.bias), -most..=most),
        ("initial_current", Some(&parameters.initial_current), -most..=most),
        ("initial_membrane", Some(&parameters.initial_membrane), -most..=most),
    ] {
        match values {
            None => {}
            Some(PerNeuron::Same(value)) => at.within(name, *value, range)?,
            // Those of single neurons are in images.
            Some(PerNeuron::Each(values)) => {
                at.field(name).expect(values.is_empty(), format!("{} values", values.len()), "none here")?;
            }
        }
    }
    if let Reset::ToValue(value) = parameters.reset {
        at.within("reset", value, -most..=most)?;
    }
    let held = parameters.refractory == Refractory::Hold && parameters.reset == Reset::SubtractNext;
    at.field("refractory").expect(!held, "Hold", "Integrate with `SubtractNext`")?;
    at.within("noise_bits", parameters.noise_bits, 0..=i64::from(datapath.state_width) - 1)
}

fn ends(at: &At, own: &Projection, network: &Network) -> Looked {
    at.index("target", own.target, network.populations.len(), "populations")?;
    match own.source {
        Source::Input(input) => at.index("source", input, network.inputs.len(), "inputs"),
        Source::Population(from) => at.index("source", from, network.populations.len(), "populations"),
    }
}

fn projection(at: &At, (index, own): (usize, &Projection), network: &Network, chip: &Chip) -> Looked {
    let (store, format) = (at.field("format"), own.format);
    let least = if own.learning.is_some() { 2 } else { 1 };
    store.within("store_bits", format.store_bits, least..=chip.limits.weight_bits.into())?;
    store.within("fraction", format.fraction, bounds::WEIGHT_FRACTION)?;
    store.within("delivered_bits", format.delivered_bits, 1..=format.store_bits.into())?;
    store.within("exponent", format.exponent, bounds::EXPONENT)?;
    at.within("delays", own.delays.max(), 1..=chip.limits.delay_steps.into())?;
    let zeros = WeightLanes::zeros(format.store_bits, 0);
    let bare = *own.synapses.weights() == zeros
        && own.synapses.listed().is_none_or(|of| {
            of.presynaptic.is_empty()
                && *of.starts == [0]
                && of.posts.is_empty()
                && of.reads.is_none_or(<[u32]>::is_empty)
        });
    at.field("synapses").expect(bare, "some, or lanes of another store", "none: they are in images")?;
    if let Synapses::Shared { kernel, .. } = &own.synapses {
        shared(&at.field("synapses.kernel"), *kernel, network.populations[own.target].neurons)?;
    }
    let Some(first) = own.port_of else { return Ok(()) };
    at.index("port_of", first, index, "projections before it")?;
    let of = &network.projections[first];
    let same = (of.target, of.format.exponent) == (own.target, format.exponent);
    at.field("port_of").expect(same, first, "one onto the same neurons, of the same exponent")
}

/// A kernel whose copies are bands of the target's maps.
fn shared(at: &At, kernel: Kernel, neurons: u32) -> Looked {
    let product = |of: &[u32]| of.iter().fold(1u64, |all, own| all.saturating_mul(u64::from(*own)));
    let [channels, ..] = kernel.shape;
    let [rows, columns] = kernel.map;
    let bands = kernel.copies > 0 && rows.is_multiple_of(kernel.copies);
    at.field("copies").expect(bands, kernel.copies, format!("a divisor of {rows} rows"))?;
    let taps = product(&kernel.shape).saturating_mul(kernel.copies.into());
    let most = *bounds::NEURONS.end() as u64;
    at.field("shape").expect((1..=most).contains(&taps), format!("{taps} taps"), format!("1..={most}"))?;
    let maps = product(&[channels, rows, columns]);
    at.field("map").expect(maps == u64::from(neurons), format!("{maps} neurons"), neurons)
}

/// What it asks of its placement names neurons and cores that there are.
fn placing(network: &Network, chip: &Chip) -> Looked {
    for (index, own) in network.placing.stated.iter().enumerate() {
        let at = At::new(format!("network.placing.stated[{index}]"));
        at.index("population", own.population, network.populations.len(), "populations")?;
        let neurons = i64::from(network.populations[own.population].neurons);
        at.within("first", own.first, 0..=neurons - 1)?;
        at.within("len", own.len, 1..=neurons - i64::from(own.first))?;
        let cores = chip.mesh.cores();
        own.cores.iter().try_for_each(|core| at.index("cores", usize::from(*core), cores, "cores"))?;
    }
    Ok(())
}
