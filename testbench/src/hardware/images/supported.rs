//! What of a network the reference RTL has no hardware for.
//!
//! The RTL has what its registers and memories state. Whatever else a configuration states is refused, an option that came
//! after the RTL too.
//!
//! Promises: a network that passes is held whole by memories and registers. Absent on purpose: what they hold (`cores`,
//! `register_map`).

use crate::hardware::error::HardwareError;
use crate::hardware::register_map::Held;
use crate::reference::known::{Unknown, unknown};
use serde::Serialize;
use synfire_chip::chip::Chip;
use synfire_chip::memories::{CoreMemories, SliceMemories};
use synfire_chip::network::{Network, Population, Projection};
use synfire_core::format::Overflow;
use synfire_core::neuron::{NeuronParameters, PerNeuron};
use synfire_core::weight::Dropped;
use synfire_plasticity::config::{
    ErrorSignal, NeuronLearning, Readout, SurrogateShape, SynapseLearning, ThirdFactor,
};

/// A network that the RTL cannot hold.
pub(super) fn refuse(what: &str, found: impl ToString, allowed: &str) -> HardwareError {
    HardwareError::Unsupported {
        layout: "rtl".to_owned(),
        what: what.to_owned(),
        found: found.to_string(),
        allowed: allowed.to_owned(),
    }
}

/// Whether anything learns or forms errors.
pub(super) fn learns(network: &Network) -> bool {
    network.projections.iter().any(|projection| projection.learning.is_some())
        || network.populations.iter().any(|population| population.readout.is_some())
}

/// Learning groups of a core.
pub(super) fn groups(core: &CoreMemories, network: &Network) -> usize {
    let of = |slice: &SliceMemories| {
        let learning = network.populations[slice.population as usize].learning;
        let group = learning.and_then(|learning| learning.third_factor.group());
        group.map_or(1, |group| slice.len.div_ceil(group.neurons.max(1)) as usize)
    };
    core.slices.iter().map(of).max().unwrap_or(1)
}

/// The core as its registers describe it.
///
/// # Errors
/// When it has several populations, or more projections than the RTL.
pub(super) fn held<'a>(
    core: &'a CoreMemories,
    blocks: &'a [usize],
    network: &'a Network,
) -> Result<Held<'a>, HardwareError> {
    let [slice] = &core.slices[..] else {
        let found = format!("{} populations in core {}", core.slices.len(), core.core.0);
        return Err(refuse("a core", found, "one population a core (`cores` of a population says which)"));
    };
    if blocks.len() > 2 {
        let found = format!("{} projections onto core {}", blocks.len(), core.core.0);
        return Err(refuse("a core", found, "two projections onto a core"));
    }
    let population = &network.populations[slice.population as usize];
    Ok(Held { network, core, slice, population, blocks })
}

/// Looks for what the RTL has no hardware for.
///
/// # Errors
/// With the first such thing.
pub fn supported(network: &Network, chip: &Chip) -> Result<(), HardwareError> {
    let datapath = &network.datapath;
    let lava = [datapath.current_overflow, datapath.membrane_overflow].contains(&Overflow::WrapLava);
    let what = format!("chip `{}`", chip.name);
    expect(!lava, &what, "overflow `WrapLava`", "`Saturate` or `Wrap`")?;
    for input in &network.inputs {
        let (what, found) =
            (format!("input `{}`", input.name), format!("`max_events: {}`", input.max_events));
        expect(input.max_events == 1, &what, &found, "`max_events: 1`")?;
    }
    let readouts = network.populations.iter().filter(|population| population.readout.is_some()).count();
    expect(readouts <= 1, "the network", &format!("{readouts} readouts"), "one readout")?;
    network.populations.iter().try_for_each(population)?;
    network.projections.iter().try_for_each(projection)
}

fn expect(holds: bool, what: &str, found: &str, allowed: &str) -> Result<(), HardwareError> {
    if holds { Ok(()) } else { Err(refuse(what, found, allowed)) }
}

/// A configuration is what the RTL knows of it, or the first field that is not is refused.
fn whole<T: Serialize + PartialEq>(what: &str, stated: &T, known: &T) -> Result<(), HardwareError> {
    match unknown(stated, known) {
        None => Ok(()),
        Some(Unknown { found, allowed }) => Err(refuse(what, found, &allowed)),
    }
}

fn population(population: &Population) -> Result<(), HardwareError> {
    let what = format!("population `{}`", population.name);
    let p = &population.parameters;
    let same = [&p.current_decay, &p.membrane_decay, &p.initial_current, &p.initial_membrane];
    let same = same.into_iter().all(|values| !values.differs());
    expect(same, &what, "decays or initial values of its neurons that differ", "one value for all")?;
    let first = |values: &PerNeuron| PerNeuron::Same(values.get(0));
    let known = NeuronParameters {
        current_decay: first(&p.current_decay),
        membrane_decay: first(&p.membrane_decay),
        threshold: p.threshold.clone(),
        bias: p.bias.clone(),
        initial_current: first(&p.initial_current),
        initial_membrane: first(&p.initial_membrane),
        reset: p.reset,
        refractory_steps: p.refractory_steps,
        refractory: p.refractory,
        spiking: p.spiking,
        // Of no noise it says nothing.
        noise: p.noise,
        reset_interval: p.reset_interval,
        reset_offset: p.reset_offset,
        ..NeuronParameters::new(0, 0, 0)
    };
    whole(&what, p, &known)?;
    if let Some(readout) = &population.readout {
        let membrane = readout.signal == ErrorSignal::Membrane;
        expect(membrane, &what, "errors of spikes, or handed down", "`signal: Membrane`")?;
        whole(&what, readout, &Readout { competition: None, ..*readout })?;
    }
    let Some(learning) = &population.learning else { return Ok(()) };
    whole(&what, learning, &NeuronLearning { rate_limit: None, ..*learning })?;
    let third = &learning.third_factor;
    let known =
        matches!(third, ThirdFactor::OwnError | ThirdFactor::Feedback { .. } | ThirdFactor::Group { .. });
    expect(known, &what, "another third factor", "`OwnError`, `Feedback` or `Group`")?;
    use SurrogateShape::{Boxcar, Exponential, Ramp, Triangle};
    let known =
        learning.surrogate.is_none_or(|own| matches!(own.shape, Triangle | Boxcar | Ramp | Exponential));
    expect(known, &what, "another surrogate", "`Triangle`, `Boxcar`, `Ramp` or `Exponential`")
}

fn projection(projection: &Projection) -> Result<(), HardwareError> {
    let what = format!("projection `{}`", projection.name);
    let exponent = projection.format.exponent;
    expect(exponent >= 0, &what, &format!("an exponent of {exponent}"), "0 or more")?;
    let floor = projection.format.dropped == Dropped::Floor || projection.format.dropped_bits() == 0;
    expect(floor, &what, "bits dropped toward zero", "`dropped: Floor`")?;
    let delay = projection.delays.max();
    expect(delay < 64, &what, &format!("a delay of {delay}"), "1..=63")?;
    let Some(rule) = projection.learning else { return Ok(()) };
    let SynapseLearning { shift, rounding, weight_decay, .. } = rule;
    whole(&what, &rule, &SynapseLearning { rounding, weight_decay, ..SynapseLearning::new(shift) })?;
    expect(projection.synapses.kernel().is_none(), &what, "shared taps that learn", "`shared: false`")
}
