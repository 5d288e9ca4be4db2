//! What a technology file may say: `format: "synfire-technology/1"`.
//!
//! Promises: a field is declared once here. Absent on purpose: ranges (`resolve`), tables (`grids`).

use crate::files::text::decimal::Raw;
use crate::files::text::layer::LayerFile;
use crate::technology::Kind;
use serde::{Deserialize, Serialize};

/// A technology file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Technology")]
pub struct TechnologyFile {
    /// What kind of file it is; must be stated.
    pub format: Option<String>,
    /// Name, for reports.
    pub name: String,
    /// Memories.
    pub sram: SramFile,
    /// Arithmetic and registers.
    pub logic: LogicFile,
    /// How delay follows the voltage.
    pub delay: DelayFile,
    /// Wires between tiles.
    pub wire: WireFile,
}

/// Memories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Sram")]
pub struct SramFile {
    /// The table, a path from this file.
    pub table: String,
    /// Where its numbers are from.
    pub source: String,
    /// What kind of numbers they are.
    pub kind: Kind,
    /// Node (nanometres) and the voltage at which the table holds, in volts.
    pub nominal_v: Vec<(i64, Raw)>,
    /// How sure the numbers are.
    pub spread: SpreadFile,
    /// What banks do.
    pub banks: GrowthFile,
    /// What ports do.
    pub ports: GrowthFile,
}

/// Low and high end of each quantity, as factors of its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Spread")]
pub struct SpreadFile {
    /// Of energies.
    pub energy: (Raw, Raw),
    /// Of areas.
    pub area: (Raw, Raw),
    /// Of leakages.
    pub leakage: (Raw, Raw),
    /// Of times; logic has none.
    pub time: Option<(Raw, Raw)>,
    /// Where they are from.
    pub source: String,
}

/// Exponents of a number of banks or ports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Growth")]
pub struct GrowthFile {
    /// Of energies: low, nominal, high.
    pub energy: (Raw, Raw, Raw),
    /// Of areas.
    pub area: Raw,
    /// Of leakages.
    pub leakage: Raw,
    /// Of times.
    pub time: Raw,
    /// Where they are from.
    pub source: String,
}

/// Arithmetic and registers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Logic")]
pub struct LogicFile {
    /// The table, a path from this file.
    pub table: String,
    /// Where its numbers are from.
    pub source: String,
    /// What kind of numbers they are.
    pub kind: Kind,
    /// Node (nanometres) and the voltage at which the table holds, in volts.
    pub nominal_v: Vec<(i64, Raw)>,
    /// How sure the numbers of adders are.
    pub adder: SpreadFile,
    /// Of multipliers.
    pub multiplier: SpreadFile,
    /// Of registers; their leakage has its own ends.
    pub register: SpreadFile,
    /// Of comparators.
    pub comparator: SpreadFile,
    /// The leakage of a bit of a register.
    pub register_leakage: RegisterLeakageFile,
}

/// Leakage of registers, which tables may lack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "RegisterLeakage")]
pub struct RegisterLeakageFile {
    /// Node, and low, nominal and high nanowatts a bit.
    pub nw_per_bit: Vec<(i64, (Raw, Raw, Raw))>,
    /// Where they are from.
    pub source: String,
    /// What kind of numbers they are.
    pub kind: Kind,
}

/// Wires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Wire")]
pub struct WireFile {
    /// Capacitance that a bit switches on average: low, nominal and high picofarads a millimetre.
    pub pf_per_mm: (Raw, Raw, Raw),
    /// Where it is from.
    pub source: String,
    /// What kind of number it is.
    pub kind: Kind,
}

/// The alpha-power law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Delay")]
pub struct DelayFile {
    /// Exponent.
    pub alpha: Raw,
    /// Node and threshold voltage.
    pub threshold_v: Vec<(i64, Raw)>,
    /// Lowest and highest voltage, as factors of the nominal one, at which the law is trusted.
    pub range: (Raw, Raw),
    /// Lower voltages, at which energies follow their law and times are a guess; left out, there are none.
    pub near_threshold: Option<NearThresholdFile>,
    /// Where they are from.
    pub source: String,
}

/// Voltages near the threshold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "NearThreshold")]
pub struct NearThresholdFile {
    /// The lowest, as a factor of the nominal one.
    pub from: Raw,
    /// Low and high end of times, as factors, beside their own.
    pub time: (Raw, Raw),
    /// Where they are from.
    pub source: String,
}

impl LayerFile for TechnologyFile {
    const FORMAT: &'static str = "synfire-technology/1";
    const OWNER_DEPTH: usize = 1;

    fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }

    fn extends(&self) -> Option<&str> {
        None
    }
}
