//! The registers of a core of the reference RTL: address, name, format, what each is, and what it holds of a core.
//!
//! `testbench/rtl/README.md` has the same table for its readers. Promises: one list, from which values, SystemRDL and
//! the SystemVerilog package are made. Absent on purpose: memories (`images`), the map as files (`register_files`), what the RTL
//! has no hardware for (`images/supported`).

use synfire_chip::memories::{BlockMemories, CoreMemories, SliceMemories};
use synfire_chip::network::{Network, Population, Projection};
use synfire_core::format::Overflow;
use synfire_core::neuron::{Compare, Datapath, NeuronParameters, Order, Refractory, Reset};
use synfire_core::rounding::Rounding;
use synfire_plasticity::config::{
    GroupReadout, Readout, Surrogate, SurrogateShape, SynapseLearning, ThirdFactor,
};

/// Addresses.
pub const COUNT: usize = 51;

/// The number format of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number without sign or fraction, a code, a flag: so many bits.
    Number(u8),
    /// A decay factor, `u1.F`.
    Factor,
    /// A lane of the neurons' state.
    State,
    /// A lane of an error.
    Error,
}

/// A register.
#[derive(Clone, Copy, Debug)]
pub struct Register {
    /// Name.
    pub name: &'static str,
    /// Its format.
    pub kind: Kind,
    /// What it is, with the section of the contract.
    pub about: &'static str,
    /// What it holds of a core.
    value: fn(&Held<'_>) -> i64,
}

const fn number(name: &'static str, bits: u8, about: &'static str, value: fn(&Held<'_>) -> i64) -> Register {
    Register { name, kind: Kind::Number(bits), about, value }
}

const fn lane(name: &'static str, kind: Kind, about: &'static str, value: fn(&Held<'_>) -> i64) -> Register {
    Register { name, kind, about, value }
}

/// The registers, by address.
pub const REGISTERS: [Register; COUNT] = [
    number("neurons", 16, "neurons of the core", |of| of.slice.len.into()),
    number("order", 1, "0: previous current, 1: updated current (3)", |of| {
        (of.datapath().order == Order::UpdatedCurrent).into()
    }),
    number("current_overflow", 1, "of I: 0 saturate, 1 wrap (2.4)", |of| {
        (of.datapath().current_overflow == Overflow::Wrap).into()
    }),
    number("membrane_overflow", 1, "of U: 0 saturate, 1 wrap (2.4)", |of| {
        (of.datapath().membrane_overflow == Overflow::Wrap).into()
    }),
    number("compare", 1, "0: greater or equal, 1: greater (4.2)", |of| {
        (of.datapath().compare == Compare::Greater).into()
    }),
    number("spiking", 1, "1: the neurons spike (4.2)", |of| of.parameters().spiking.into()),
    number("hold", 1, "1: the membrane is held in refractory steps (4.1)", |of| {
        (of.parameters().refractory == Refractory::Hold).into()
    }),
    number("reset_mode", 2, "0: SubtractNext, 1: SubtractNow, 2: ToValue (4.3)", |of| {
        match of.parameters().reset {
            Reset::SubtractNext => 0,
            Reset::SubtractNow => 1,
            Reset::ToValue(_) => 2,
        }
    }),
    number("refractory_steps", 8, "refractory steps (4.4)", |of| of.parameters().refractory_steps.into()),
    number("input_shift", 5, "left shift of the dendritic sum (3.2)", |of| of.datapath().input_shift.into()),
    lane("current_decay", Kind::Factor, "decay factor a of I (2.2)", |of| {
        of.parameters().current_decay.get(0).into()
    }),
    lane("membrane_decay", Kind::Factor, "decay factor b of U (2.2)", |of| {
        of.parameters().membrane_decay.get(0).into()
    }),
    lane("reset_value", Kind::State, "value of ToValue (4.3)", |of| match of.parameters().reset {
        Reset::ToValue(value) => value.into(),
        _ => 0,
    }),
    lane("initial_current", Kind::State, "I after reset and clear (1.1)", |of| {
        of.parameters().initial_current.get(0).into()
    }),
    lane("initial_membrane", Kind::State, "U after reset and clear (1.1)", |of| {
        of.parameters().initial_membrane.get(0).into()
    }),
    number("reset_interval", 32, "interval of the periodic reset, 0: never (2.0)", |of| {
        of.parameters().reset_interval.into()
    }),
    number("reset_offset", 32, "its offset (2.0)", |of| of.parameters().reset_offset.into()),
    number("dropped_bits_0", 4, "projection 0: bits dropped on delivery (3.1)", |of| {
        of.projection(0, |own| (own.format.store_bits - own.format.delivered_bits).into())
    }),
    number("exponent_0", 5, "projection 0: exponent (3.1)", |of| {
        of.projection(0, |own| own.format.exponent.into())
    }),
    number("dropped_bits_1", 4, "projection 1: bits dropped on delivery (3.1)", |of| {
        of.projection(1, |own| (own.format.store_bits - own.format.delivered_bits).into())
    }),
    number("exponent_1", 5, "projection 1: exponent (3.1)", |of| {
        of.projection(1, |own| own.format.exponent.into())
    }),
    number("error_delay", 6, "steps from an error to its use (9)", |of| {
        of.network.learning.error_delay.into()
    }),
    number("plastic_axons", 16, "axons 0 to this learn", |of| of.plastic_axons()),
    number("trace_increment", 16, "what an event adds to Q (4)", |of| {
        of.network.learning.trace_increment.into()
    }),
    number("channels", 16, "channels of errors (5)", |of| of.network.channels().max(1) as i64),
    number("third_factor", 2, "0: none, 1: own, 2: feedback, 3: group (7)", |of| third_factor(of).0),
    number("third_shift", 5, "shift of the third factor (7)", |of| third_factor(of).1),
    number("surrogate", 3, "0: none, 1: triangle, 2: boxcar, 3: ramp, 4: exponential (8)", |of| {
        surrogate(of)
    }),
    number("half_width_log2", 5, "half-width of 2^l lanes (8)", |of| {
        of.surrogate().map_or(0, |own| own.half_width_log2.into())
    }),
    number("readout", 1, "1: the neurons form errors (5)", |of| of.population.readout.is_some().into()),
    number("error_cores", 2, "cores that errors go to, a bit each (9)", |of| of.error_cores()),
    number("one_sided", 1, "1: errors are one-sided (5)", |of| {
        of.readout(|own| own.one_sided.is_some().into())
    }),
    lane("midpoint", Kind::State, "midpoint of one-sided errors (5)", |of| {
        of.readout(|own| own.one_sided.unwrap_or(0).into())
    }),
    lane("dead_zone", Kind::Error, "smaller errors are 0 (5)", |of| of.readout(|own| own.dead_zone.into())),
    number("neuron_base", 16, "place of neuron 0 in its population; of a readout also its channel", |of| {
        of.slice.first.into()
    }),
    number("group_neurons", 16, "neurons of a group (6)", |of| of.group(|own| own.neurons.into())),
    lane("group_decay", Kind::Factor, "decay of Y (6)", |of| of.group(|own| own.decay.into())),
    number("group_scale", 5, "scale of Y (6)", |of| of.group(|own| own.scale.into())),
    number("seed", 32, "seed of the dither (10.2)", |of| of.network.seed.into()),
    number("store_bits_0", 5, "projection 0: bits of the store (9.6)", |of| {
        of.projection(0, |own| own.format.store_bits.into())
    }),
    number("shift_0", 5, "projection 0: k (9.3)", |of| of.rule(0, |own| own.shift.into())),
    number("rounding_0", 2, "projection 0: 0 floor, 1 nearest, 2 stochastic (9.3)", |of| {
        of.rule(0, rounding)
    }),
    number("decays_0", 1, "projection 0: 1 where weights decay (9.6)", |of| {
        of.rule(0, |own| own.weight_decay.is_some().into())
    }),
    number("weight_decay_0", 5, "projection 0: d (9.6)", |of| {
        of.rule(0, |own| own.weight_decay.unwrap_or(0).into())
    }),
    number("number_0", 32, "projection 0: its number in the network (10.1)", |of| {
        of.block(0).map_or(0, |own| own.projection.into())
    }),
    number("store_bits_1", 5, "projection 1: bits of the store (9.6)", |of| {
        of.projection(1, |own| own.format.store_bits.into())
    }),
    number("shift_1", 5, "projection 1: k (9.3)", |of| of.rule(1, |own| own.shift.into())),
    number("rounding_1", 2, "projection 1: 0 floor, 1 nearest, 2 stochastic (9.3)", |of| {
        of.rule(1, rounding)
    }),
    number("decays_1", 1, "projection 1: 1 where weights decay (9.6)", |of| {
        of.rule(1, |own| own.weight_decay.is_some().into())
    }),
    number("weight_decay_1", 5, "projection 1: d (9.6)", |of| {
        of.rule(1, |own| own.weight_decay.unwrap_or(0).into())
    }),
    number("number_1", 32, "projection 1: its number in the network (10.1)", |of| {
        of.block(1).map_or(0, |own| own.projection.into())
    }),
];

/// The register of that name.
#[must_use]
pub fn address(name: &str) -> Option<usize> {
    REGISTERS.iter().position(|register| register.name == name)
}

/// A core that the RTL can hold: of one population, its blocks in the order of their axons.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// The network.
    pub network: &'a Network,
    /// The core's memories.
    pub core: &'a CoreMemories,
    /// Its one slice.
    pub slice: &'a SliceMemories,
    /// The population of the slice.
    pub population: &'a Population,
    /// Indices of its blocks.
    pub blocks: &'a [usize],
}

impl Held<'_> {
    /// The values of the registers, by address; signed ones in two's complement of 32 bits.
    #[must_use]
    pub fn values(&self) -> [i64; COUNT] {
        REGISTERS.map(|register| (register.value)(self) & i64::from(u32::MAX))
    }

    fn datapath(&self) -> &Datapath {
        &self.network.datapath
    }

    fn parameters(&self) -> &NeuronParameters {
        &self.population.parameters
    }

    fn block(&self, at: usize) -> Option<&BlockMemories> {
        self.blocks.get(at).map(|block| &self.core.blocks[*block])
    }

    /// A register of the projection onto the core at that place.
    fn projection(&self, at: usize, value: fn(&Projection) -> i64) -> i64 {
        self.block(at).map_or(0, |block| value(&self.network.projections[block.projection as usize]))
    }

    /// A register of its learning rule.
    fn rule(&self, at: usize, value: fn(SynapseLearning) -> i64) -> i64 {
        let block = self.block(at).and_then(|block| {
            let projection = &self.network.projections[block.projection as usize];
            projection.learning
        });
        block.map_or(0, value)
    }

    /// A register of the errors that its neurons form.
    fn readout(&self, value: fn(Readout) -> i64) -> i64 {
        self.population.readout.map_or(0, value)
    }

    /// A register of its learning groups.
    fn group(&self, value: fn(GroupReadout) -> i64) -> i64 {
        self.population.learning.and_then(|rule| rule.third_factor.group()).map_or(0, value)
    }

    fn surrogate(&self) -> Option<Surrogate> {
        self.population.learning.and_then(|rule| rule.surrogate)
    }

    fn plastic_axons(&self) -> i64 {
        let learns =
            |block: &&BlockMemories| self.network.projections[block.projection as usize].learning.is_some();
        let blocks = (0..self.blocks.len()).filter_map(|at| self.block(at));
        blocks.filter(learns).map(|block| block.presynaptic.len() as i64).sum()
    }

    fn error_cores(&self) -> i64 {
        let to = self
            .population
            .readout
            .and_then(|own| self.core.error_routes.get(usize::from(own.first_channel)));
        to.into_iter().flatten().fold(0, |mask, core| mask | 1i64 << core.0.min(1))
    }
}

/// Code and shift. What the RTL does not have is refused before (`images/supported`).
fn third_factor(of: &Held<'_>) -> (i64, i64) {
    match of.population.learning.map(|rule| rule.third_factor) {
        Some(ThirdFactor::OwnError) => (1, 0),
        Some(ThirdFactor::Feedback { shift, .. }) => (2, shift.into()),
        Some(ThirdFactor::Group { shift, .. }) => (3, shift.into()),
        _ => (0, 0),
    }
}

fn surrogate(of: &Held<'_>) -> i64 {
    match of.surrogate().map(|own| own.shape) {
        Some(SurrogateShape::Triangle) => 1,
        Some(SurrogateShape::Boxcar) => 2,
        Some(SurrogateShape::Ramp) => 3,
        Some(SurrogateShape::Exponential) => 4,
        _ => 0,
    }
}

fn rounding(rule: SynapseLearning) -> i64 {
    match rule.rounding {
        Rounding::Nearest => 1,
        Rounding::Stochastic => 2,
        Rounding::Floor | Rounding::TowardZero => 0,
    }
}
