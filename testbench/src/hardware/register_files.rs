//! The register map in forms that other tools read: SystemRDL, a SystemVerilog package.
//!
//! Promises: both are made of the one list (`register_map`); formats that a chip chooses are those of its datapath. Absent on
//! purpose: reset values other than 0 (there are none).

use super::register_map::{COUNT, Kind, REGISTERS, Register};
use std::fmt::Write;
use synfire_core::format::Format;

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
