//! What a chip holds that a machine is built of, once it is numbers.
//!
//! Promises: what passes has registers that the arithmetic is written for, cores that can be numbered, and a network that can be
//! built. Absent on purpose: prices and times, which no machine reads.

use crate::chip::{Chip, KeysIn};
use crate::files::bounds;
use crate::files::legal::{At, Looked};
use crate::structures::Resource;
use synfire_core::format::{Format, Overflow};
use synfire_core::neuron::Datapath;
use synfire_plasticity::config::LearningDatapath;
use synfire_router::network::check::ConfigError;
use synfire_router::network::shape::Shape;

/// Looks at a chip.
pub(in crate::files) fn check(chip: &Chip) -> Looked {
    engines(&At::new("chip"), &chip.datapath, &chip.learning)?;
    limits(chip)?;
    mesh(chip)
}

/// Looks at the registers of neurons and of learning of `at`.
pub(in crate::files) fn engines(at: &At, neurons: &Datapath, rules: &LearningDatapath) -> Looked {
    datapath(&at.field("datapath"), neurons)?;
    learning(&at.field("learning"), rules)
}

fn format(at: &At, name: &str, found: Format, signed: bool, bits: (u8, u8)) -> Looked {
    let holds = (bits.0..=bits.1).contains(&found.width) && found.fraction < found.width;
    let letter = if signed { 's' } else { 'u' };
    let allowed = format!("{letter}W.F, W = {}..={}, F = 0..=W-1", bits.0, bits.1);
    at.field(name).expect(holds && found.signed == signed, found, allowed)
}

fn datapath(at: &At, own: &Datapath) -> Looked {
    format(at, "state", Format::signed(own.state_width, own.state_fraction), true, bounds::STATE_BITS)?;
    for overflow in [own.current_overflow, own.membrane_overflow] {
        let holds = overflow == Overflow::Saturate || own.state_width <= bounds::MAX_WRAPPED_WIDTH;
        let allowed = format!("at most {} bits with {overflow:?}", bounds::MAX_WRAPPED_WIDTH);
        at.field("state_width").expect(holds, own.state_width, allowed)?;
    }
    at.within("input_shift", own.input_shift, bounds::INPUT_SHIFT)?;
    at.within("decay_fraction", own.decay_fraction, bounds::DECAY_FRACTION)
}

fn learning(at: &At, own: &LearningDatapath) -> Looked {
    format(at, "error", own.error, true, bounds::ERROR_BITS)?;
    format(at, "third_factor", own.third_factor, true, bounds::THIRD_FACTOR_BITS)?;
    format(at, "surrogate", own.surrogate, false, bounds::SURROGATE_BITS)?;
    at.within("trace_bits", own.trace_bits, bounds::TRACE_BITS)?;
    at.within("trace_increment", own.trace_increment, 1..=(1 << own.trace_bits) - 1)?;
    at.within("eligibility_bits", own.eligibility_bits, bounds::ELIGIBILITY_BITS)?;
    at.within("error_trace_bits", own.error_trace_bits, bounds::ERROR_TRACE_BITS)?;
    at.within("error_delay", own.error_delay, bounds::ERROR_DELAY)
}

fn limits(chip: &Chip) -> Looked {
    let (at, own) = (At::new("chip.limits"), &chip.limits);
    let most = |resource: Resource| resource.most() as i64;
    at.within("neurons", own.neurons, 1..=most(Resource::Neurons))?;
    at.within("axons", own.axons, 1..=most(Resource::Axons))?;
    for (name, found, resource) in [
        ("synapse_memory_bits", own.synapse_memory_bits, Resource::SynapseMemory),
        ("learning_memory_bits", own.learning_memory_bits, Resource::LearningMemory),
    ] {
        at.within(name, i64::try_from(found).unwrap_or(i64::MAX), 0..=most(resource))?;
    }
    at.within("weight_bits", own.weight_bits, bounds::WEIGHT_BITS)?;
    at.within("delay_steps", own.delay_steps, bounds::DELAY_STEPS)
}

fn mesh(chip: &Chip) -> Looked {
    let (at, own) = (At::new("chip.mesh"), &chip.mesh);
    at.within("columns", own.columns, bounds::TILES)?;
    at.within("rows", own.rows, bounds::TILES)?;
    at.within("cores_per_tile", own.cores_per_tile, bounds::CORES_PER_TILE)?;
    let cores = own.cores() as i64;
    at.expect(cores <= bounds::MOST_CORES, format!("{cores} cores"), bounds::MOST_CORES)?;
    let on = |tile: (u16, u16)| tile.0 < own.columns && tile.1 < own.rows;
    let allowed = format!("a tile of {} x {}", own.columns, own.rows);
    at.field("io_tile").expect(on(own.io_tile), format!("{:?}", own.io_tile), &allowed)?;
    for (index, port) in chip.host.ports.iter().enumerate() {
        let at = At::new(format!("chip.host.ports[{index}].tile"));
        at.expect(on(port.tile), format!("{:?}", port.tile), &allowed)?;
    }
    if let KeysIn::Routers { entries } = own.keys_in {
        at.within("keys_in.entries", entries, bounds::ROUTER_ENTRIES)?;
    }
    let Some(noc) = &chip.noc else { return Ok(()) };
    let (tiles, shape) = (u32::from(own.columns) * u32::from(own.rows), noc.config.shape);
    let places = if let Shape::Tree { .. } = shape { shape.leaves() } else { shape.routers() };
    At::new("chip.noc.config.shape").expect(places == tiles, shape, format!("one for {tiles} tiles"))?;
    let (per_router, per_tile) = (noc.config.cores_per_router, u32::from(own.cores_per_tile));
    At::new("chip.noc.config.cores_per_router").expect(per_router == per_tile, per_router, per_tile)?;
    let fault = |error: ConfigError| {
        let at = At::new(format!("chip.noc.config.{}", error.field));
        at.expect(false, error.found, error.allowed)
    };
    noc.config.check().or_else(fault)
}
