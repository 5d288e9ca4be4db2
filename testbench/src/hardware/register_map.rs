//! The registers of a core of the reference RTL: addresses, names, formats; their values for a core; the map in forms that
//! other tools read.
//!
//! `testbench/rtl/README.md` has the same table for its readers. Promises: one list, from which values, SystemRDL and
//! the SystemVerilog package are made; formats that a chip chooses are those of its datapath. Absent on purpose: memories
//! (`images`), reset values other than 0 (there are none).

use std::fmt::Write;
use synfire_core::format::Format;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register {
    /// Name.
    pub name: &'static str,
    /// Its format.
    pub kind: Kind,
    /// What it is, with the section of the contract.
    pub about: &'static str,
}

const fn number(name: &'static str, bits: u8, about: &'static str) -> Register {
    Register { name, kind: Kind::Number(bits), about }
}

const fn lane(name: &'static str, kind: Kind, about: &'static str) -> Register {
    Register { name, kind, about }
}

/// The registers, by address.
pub const REGISTERS: [Register; COUNT] = [
    number("neurons", 16, "neurons of the core"),
    number("order", 1, "0: previous current, 1: updated current (3)"),
    number("current_overflow", 1, "of I: 0 saturate, 1 wrap (2.4)"),
    number("membrane_overflow", 1, "of U: 0 saturate, 1 wrap (2.4)"),
    number("compare", 1, "0: greater or equal, 1: greater (4.2)"),
    number("spiking", 1, "1: the neurons spike (4.2)"),
    number("hold", 1, "1: the membrane is held in refractory steps (4.1)"),
    number("reset_mode", 2, "0: SubtractNext, 1: SubtractNow, 2: ToValue (4.3)"),
    number("refractory_steps", 8, "refractory steps (4.4)"),
    number("input_shift", 5, "left shift of the dendritic sum (3.2)"),
    lane("current_decay", Kind::Factor, "decay factor a of I (2.2)"),
    lane("membrane_decay", Kind::Factor, "decay factor b of U (2.2)"),
    lane("reset_value", Kind::State, "value of ToValue (4.3)"),
    lane("initial_current", Kind::State, "I after reset and clear (1.1)"),
    lane("initial_membrane", Kind::State, "U after reset and clear (1.1)"),
    number("reset_interval", 32, "interval of the periodic reset, 0: never (2.0)"),
    number("reset_offset", 32, "its offset (2.0)"),
    number("dropped_bits_0", 4, "projection 0: bits dropped on delivery (3.1)"),
    number("exponent_0", 5, "projection 0: exponent (3.1)"),
    number("dropped_bits_1", 4, "projection 1: bits dropped on delivery (3.1)"),
    number("exponent_1", 5, "projection 1: exponent (3.1)"),
    number("error_delay", 6, "steps from an error to its use (9)"),
    number("plastic_axons", 16, "axons 0 to this learn"),
    number("trace_increment", 16, "what an event adds to Q (4)"),
    number("channels", 16, "channels of errors (5)"),
    number("third_factor", 2, "0: none, 1: own, 2: feedback, 3: group (7)"),
    number("third_shift", 5, "shift of the third factor (7)"),
    number("surrogate", 3, "0: none, 1: triangle, 2: boxcar, 3: ramp, 4: exponential (8)"),
    number("half_width_log2", 5, "half-width of 2^l lanes (8)"),
    number("readout", 1, "1: the neurons form errors (5)"),
    number("error_cores", 2, "cores that errors go to, a bit each (9)"),
    number("one_sided", 1, "1: errors are one-sided (5)"),
    lane("midpoint", Kind::State, "midpoint of one-sided errors (5)"),
    lane("dead_zone", Kind::Error, "smaller errors are 0 (5)"),
    number("neuron_base", 16, "place of neuron 0 in its population; of a readout also its channel"),
    number("group_neurons", 16, "neurons of a group (6)"),
    lane("group_decay", Kind::Factor, "decay of Y (6)"),
    number("group_scale", 5, "scale of Y (6)"),
    number("seed", 32, "seed of the dither (10.2)"),
    number("store_bits_0", 5, "projection 0: bits of the store (9.6)"),
    number("shift_0", 5, "projection 0: k (9.3)"),
    number("rounding_0", 2, "projection 0: 0 floor, 1 nearest, 2 stochastic (9.3)"),
    number("decays_0", 1, "projection 0: 1 where weights decay (9.6)"),
    number("weight_decay_0", 5, "projection 0: d (9.6)"),
    number("number_0", 32, "projection 0: its number in the network (10.1)"),
    number("store_bits_1", 5, "projection 1: bits of the store (9.6)"),
    number("shift_1", 5, "projection 1: k (9.3)"),
    number("rounding_1", 2, "projection 1: 0 floor, 1 nearest, 2 stochastic (9.3)"),
    number("decays_1", 1, "projection 1: 1 where weights decay (9.6)"),
    number("weight_decay_1", 5, "projection 1: d (9.6)"),
    number("number_1", 32, "projection 1: its number in the network (10.1)"),
];

/// The formats that a chip chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Formats {
    /// State of neurons.
    pub state: Format,
    /// Errors.
    pub error: Format,
    /// Fraction bits of decay factors.
    pub decay_fraction: u8,
}

impl Register {
    /// Bits, fraction bits and whether it has a sign.
    #[must_use]
    pub fn format(&self, formats: &Formats) -> Format {
        match self.kind {
            Kind::Number(bits) => Format::unsigned(bits, 0),
            Kind::Factor => Format::unsigned(formats.decay_fraction + 1, formats.decay_fraction),
            Kind::State => formats.state,
            Kind::Error => formats.error,
        }
    }
}

/// The register of that name.
#[must_use]
pub fn address(name: &str) -> Option<usize> {
    REGISTERS.iter().position(|register| register.name == name)
}

/// The map in SystemRDL 2.0, signedness and fraction as properties of fields.
#[must_use]
pub fn system_rdl(formats: &Formats) -> String {
    let mut text = String::from(
        "// The registers of a core, a field each, all 0 after reset. A signed field is two's complement, extended to\n\
         // 32 bits when it is written; its real value is the number times 2^-fraction_bits.\n\
         property number_is_signed { type = boolean; component = field; default = false; };\n\
         property fraction_bits { type = longint unsigned; component = field; default = 0; };\n\n\
         addrmap synfire_core_registers {\n    name = \"Registers of a core\";\n    default regwidth = 32;\n    \
         default accesswidth = 32;\n    default sw = rw;\n    default hw = r;\n",
    );
    for (address, register) in REGISTERS.iter().enumerate() {
        let format = register.format(formats);
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "\n    reg {{\n        desc = \"{}\";\n        field {{\n            number_is_signed = {};\n            \
             fraction_bits = {};\n        }} value[{}:0] = 0;\n    }} {} @ {:#x};\n",
            register.about,
            format.signed,
            format.fraction,
            format.width - 1,
            register.name,
            4 * address
        );
    }
    text + "};\n"
}

/// A SystemVerilog package: address, bits, reset, sign and fraction of every register.
#[must_use]
pub fn package(formats: &Formats) -> String {
    let mut text = String::from(
        "// Registers of a core: addresses of the write port (words), widths, resets.\n\
         package synfire_registers_pkg;\n\n",
    );
    let _ = writeln!(text, "  localparam logic [7:0] REGISTER_COUNT = 8'd{COUNT};");
    for (address, register) in REGISTERS.iter().enumerate() {
        let (format, name) = (register.format(formats), register.name.to_uppercase());
        let _ = write!(
            text,
            "\n  // {}\n  localparam logic [5:0] {name}_ADDRESS = 6'd{address};\n  localparam logic [5:0] {name}_BITS = \
             6'd{};\n  localparam logic [5:0] {name}_FRACTION = 6'd{};\n  localparam logic [0:0] {name}_SIGNED = 1'b{};\n  \
             localparam logic [{}:0] {name}_RESET = {}'d0;\n",
            register.about,
            format.width,
            format.fraction,
            u8::from(format.signed),
            format.width - 1,
            format.width
        );
    }
    text + "\nendpackage\n"
}
