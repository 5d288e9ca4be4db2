//! What the registers of a core of the reference RTL hold, and what of a network the RTL has no hardware for.
//!
//! `testbench/rtl/README.md`, "Registers" and "What is absent". Promises: a network that passes is held whole by memories
//! and registers. Absent on purpose: memories (`cores`).

use crate::hardware::error::HardwareError;
use crate::hardware::register_map::{COUNT, address};
use synfire_chip::chip::Chip;
use synfire_chip::memories::{CoreMemories, SliceMemories};
use synfire_chip::network::{Network, Population};
use synfire_core::format::Overflow;
use synfire_core::neuron::{Compare, Order, PerNeuron, Refractory, Reset};
use synfire_core::rounding::Rounding;
use synfire_core::weight::Dropped;
use synfire_plasticity::config::{ErrorSignal, Presynaptic, SurrogateShape, ThirdFactor};

/// A network that the RTL cannot hold.
pub(super) fn refuse(what: &str, found: impl ToString, allowed: &str) -> HardwareError {
    HardwareError::Unsupported {
        layout: "rtl".to_owned(),
        what: what.to_owned(),
        found: found.to_string(),
        allowed: allowed.to_owned(),
    }
}

/// A core, its blocks in the order of their axons, and how many axons it has.
#[derive(Clone, Copy)]
pub struct Core<'a> {
    /// Memories.
    pub core: &'a CoreMemories,
    /// Indices of blocks.
    pub blocks: &'a [usize],
    /// Axons.
    pub axons: usize,
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

/// The one slice of a core.
pub(super) fn only_slice<'a>(own: &Core<'a>) -> Result<&'a SliceMemories, HardwareError> {
    match &own.core.slices[..] {
        [slice] => Ok(slice),
        slices => {
            let found = format!("{} populations in core {}", slices.len(), own.core.core.0);
            Err(refuse("a core", found, "one population a core (`cores` of a population says which)"))
        }
    }
}

/// Looks for what the RTL has no hardware for.
///
/// # Errors
/// With the first such thing.
pub fn supported(network: &Network, chip: &Chip) -> Result<(), HardwareError> {
    let no = |holds: bool, what: String, found: &str, allowed: &str| {
        if holds { Ok(()) } else { Err(refuse(&what, found, allowed)) }
    };
    let datapath = &network.datapath;
    let lava = [datapath.current_overflow, datapath.membrane_overflow].contains(&Overflow::WrapLava);
    no(!lava, format!("chip `{}`", chip.name), "overflow `WrapLava`", "`Saturate` or `Wrap`")?;
    for input in &network.inputs {
        let found = format!("`max_events: {}`", input.max_events);
        no(input.max_events == 1, format!("input `{}`", input.name), &found, "`max_events: 1`")?;
    }
    let readouts = network.populations.iter().filter(|population| population.readout.is_some()).count();
    no(readouts <= 1, "the network".to_owned(), &format!("{readouts} readouts"), "one readout")?;
    for population in &network.populations {
        population_supported(population)?;
    }
    for projection in &network.projections {
        let name = format!("projection `{}`", projection.name);
        let exponent = projection.format.exponent;
        no(exponent >= 0, name.clone(), &format!("an exponent of {exponent}"), "0 or more")?;
        let floor = projection.format.dropped == Dropped::Floor || projection.format.dropped_bits() == 0;
        no(floor, name.clone(), "bits dropped toward zero", "`dropped: Floor`")?;
        let delay = projection.delays.max();
        no(delay < 64, name.clone(), &format!("a delay of {delay}"), "1..=63")?;
        let Some(rule) = projection.learning else { continue };
        no(rule.eligibility.is_none(), name.clone(), "an `eligibility`", "none")?;
        no(
            rule.presynaptic == Presynaptic::Trace,
            name.clone(),
            "products with events",
            "`presynaptic: Trace`",
        )?;
        no(projection.synapses.kernel().is_none(), name, "shared taps that learn", "`shared: false`")?;
    }
    Ok(())
}

fn population_supported(population: &Population) -> Result<(), HardwareError> {
    let p = &population.parameters;
    let no = |holds: bool, found: &str, allowed: &str| {
        let what = format!("population `{}`", population.name);
        if holds { Ok(()) } else { Err(refuse(&what, found, allowed)) }
    };
    let same = [&p.current_decay, &p.membrane_decay, &p.initial_current, &p.initial_membrane];
    let same = same.into_iter().all(|values| !values.differs());
    no(same, "decays or initial values of its neurons that differ", "one value for all")?;
    no(p.adaptation.is_none(), "an adaptation", "none")?;
    no(p.noise_bits == 0, "noise", "`noise_bits: 0`")?;
    if let Some(readout) = &population.readout {
        let membrane = readout.signal == ErrorSignal::Membrane;
        no(membrane, "errors of spikes, or handed down", "`signal: Membrane`")?;
        no(readout.competition.is_none(), "a `competition`", "none")?;
    }
    let Some(learning) = &population.learning else { return Ok(()) };
    no(learning.rate_limit.is_none(), "a `rate_limit`", "none")?;
    let third = &learning.third_factor;
    let known =
        matches!(third, ThirdFactor::OwnError | ThirdFactor::Feedback { .. } | ThirdFactor::Group { .. });
    no(known, "a mirror or a compartment", "`OwnError`, `Feedback` or `Group`")?;
    let fast = learning.surrogate.is_some_and(|s| s.shape == SurrogateShape::FastSigmoid);
    no(!fast, "the surrogate `FastSigmoid`", "`Triangle`, `Boxcar`, `Ramp` or `Exponential`")
}

/// The values of the registers of a core, by address; signed ones in two's complement of 32 bits.
///
/// # Errors
/// When the core has more projections than the RTL.
pub fn values(own: &Core<'_>, network: &Network) -> Result<[i64; COUNT], HardwareError> {
    let slice = only_slice(own)?;
    let population = &network.populations[slice.population as usize];
    let mut list = [0i64; COUNT];
    let mut set = |name: &str, value: i64| {
        if let Some(at) = address(name) {
            list[at] = value & i64::from(u32::MAX);
        }
    };
    neurons(&mut set, network, population, slice);
    projections(&mut set, own, network)?;
    learning(&mut set, network, population, own.core);
    Ok(list)
}

fn neurons(
    set: &mut dyn FnMut(&str, i64),
    network: &Network,
    population: &Population,
    slice: &SliceMemories,
) {
    let (datapath, p) = (&network.datapath, &population.parameters);
    let one = |values: &PerNeuron| if let PerNeuron::Same(value) = values { i64::from(*value) } else { 0 };
    set("neurons", slice.len.into());
    set("order", i64::from(datapath.order == Order::UpdatedCurrent));
    set("current_overflow", i64::from(datapath.current_overflow == Overflow::Wrap));
    set("membrane_overflow", i64::from(datapath.membrane_overflow == Overflow::Wrap));
    set("compare", i64::from(datapath.compare == Compare::Greater));
    set("spiking", i64::from(p.spiking));
    set("hold", i64::from(p.refractory == Refractory::Hold));
    let (mode, value) = match p.reset {
        Reset::SubtractNext => (0, 0),
        Reset::SubtractNow => (1, 0),
        Reset::ToValue(value) => (2, value.into()),
    };
    set("reset_mode", mode);
    set("reset_value", value);
    set("refractory_steps", p.refractory_steps.into());
    set("input_shift", datapath.input_shift.into());
    set("current_decay", one(&p.current_decay));
    set("membrane_decay", one(&p.membrane_decay));
    set("initial_current", one(&p.initial_current));
    set("initial_membrane", one(&p.initial_membrane));
    set("reset_interval", p.reset_interval.into());
    set("reset_offset", p.reset_offset.into());
    set("neuron_base", slice.first.into());
}

fn projections(
    set: &mut dyn FnMut(&str, i64),
    own: &Core<'_>,
    network: &Network,
) -> Result<(), HardwareError> {
    if own.blocks.len() > 2 {
        let found = format!("{} projections onto core {}", own.blocks.len(), own.core.core.0);
        return Err(refuse("a core", found, "two projections onto a core"));
    }
    let mut plastic = 0;
    for (at, block) in own.blocks.iter().enumerate() {
        let block = &own.core.blocks[*block];
        let projection = &network.projections[block.projection as usize];
        let format = projection.format;
        let mut of = |name: &str, value: i64| set(&format!("{name}_{at}"), value);
        of("dropped_bits", (format.store_bits - format.delivered_bits).into());
        of("exponent", format.exponent.into());
        of("store_bits", format.store_bits.into());
        of("number", block.projection.into());
        let Some(rule) = projection.learning else { continue };
        plastic += block.presynaptic.len();
        of("shift", rule.shift.into());
        let rounding = match rule.rounding {
            Rounding::Nearest => 1,
            Rounding::Stochastic => 2,
            Rounding::Floor | Rounding::TowardZero => 0,
        };
        of("rounding", rounding);
        of("decays", rule.weight_decay.is_some().into());
        of("weight_decay", rule.weight_decay.unwrap_or(0).into());
    }
    set("plastic_axons", plastic as i64);
    Ok(())
}

fn learning(set: &mut dyn FnMut(&str, i64), network: &Network, population: &Population, core: &CoreMemories) {
    let engine = &network.learning;
    set("error_delay", engine.error_delay.into());
    set("trace_increment", engine.trace_increment.into());
    set("channels", network.channels().max(1) as i64);
    set("seed", network.seed.into());
    if let Some(learning) = &population.learning {
        let (code, shift) = match learning.third_factor {
            ThirdFactor::OwnError => (1, 0),
            ThirdFactor::Feedback { shift, .. } => (2, shift),
            ThirdFactor::Group { shift, .. } => (3, shift),
            ThirdFactor::Mirror { .. } | ThirdFactor::Symmetric { .. } | ThirdFactor::Compartment { .. } => {
                (0, 0)
            }
        };
        set("third_factor", code);
        set("third_shift", shift.into());
        if let Some(surrogate) = learning.surrogate {
            let code = match surrogate.shape {
                SurrogateShape::Triangle => 1,
                SurrogateShape::Boxcar => 2,
                SurrogateShape::Ramp => 3,
                SurrogateShape::Exponential => 4,
                SurrogateShape::FastSigmoid => 0,
            };
            set("surrogate", code);
            set("half_width_log2", surrogate.half_width_log2.into());
        }
        if let Some(group) = learning.third_factor.group() {
            set("group_neurons", group.neurons.into());
            set("group_decay", group.decay.into());
            set("group_scale", group.scale.into());
        }
    }
    if let Some(readout) = &population.readout {
        let to = core.error_routes.get(usize::from(readout.first_channel));
        let mask = to.into_iter().flatten().fold(0, |mask, core| mask | 1i64 << core.0.min(1));
        set("readout", 1);
        set("error_cores", mask);
        set("one_sided", readout.one_sided.is_some().into());
        set("midpoint", readout.one_sided.unwrap_or(0).into());
        set("dead_zone", readout.dead_zone.into());
    }
}
