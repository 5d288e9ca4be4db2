//! A technology as its file states it: grids, nodes, spreads and laws, all of them integers.
//!
//! Numbers with up to six places are held in millionths. Promises: pure data, as the file has it; grids are complete and
//! their axes ascend (`files::technology` checks it). Absent on purpose: any arithmetic (`corner`, `grid`).

use super::value::Kind;
use serde::{Deserialize, Serialize};

/// A millionth, in which decimals of a file are held.
pub const MILLIONTH: f64 = 1e-6;

/// Tables and laws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Technology {
    /// Name, for reports.
    pub name: String,
    /// Memories.
    pub sram: Sram,
    /// Arithmetic and registers.
    pub logic: Logic,
    /// How delay follows the voltage.
    pub delay: DelayLaw,
    /// Wires between tiles.
    pub wire: Wire,
}

/// Low and high end of a quantity, as millionths of its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// Lower end.
    pub low: u64,
    /// Upper end.
    pub high: u64,
}

/// The ends of every quantity of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// Of energies.
    pub energy: Ends,
    /// Of areas.
    pub area: Ends,
    /// Of leakages.
    pub leakage: Ends,
    /// Of times.
    pub time: Ends,
    /// Where they are from.
    pub source: String,
}

/// How quantities grow with a number of banks or ports: the exponent of each, in millionths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Growth {
    /// Of energies: low, nominal, high.
    pub energy: [u64; 3],
    /// Of areas, beyond proportion for banks.
    pub area: u64,
    /// Of leakages, beyond proportion for banks.
    pub leakage: u64,
    /// Of times.
    pub time: u64,
    /// Where they are from.
    pub source: String,
}

/// Memories.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sram {
    /// Where the numbers are from.
    pub source: String,
    /// What kind of numbers they are.
    pub kind: Kind,
    /// Bits of a word, ascending: the rows of every node's grid.
    pub bits: Vec<u32>,
    /// Words, ascending: the columns.
    pub words: Vec<u32>,
    /// A grid a node.
    pub nodes: Vec<SramNode>,
    /// How sure they are.
    pub spread: Spread,
    /// What banks do.
    pub banks: Growth,
    /// What ports do.
    pub ports: Growth,
}

/// The memories of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SramNode {
    /// Nanometres.
    pub nm: u16,
    /// Nominal voltage, microvolts.
    pub nominal: u64,
    /// `points[row * columns + column]`.
    pub points: Vec<SramPoint>,
}

/// One memory of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SramPoint {
    /// A read of a word, attojoules.
    pub read: u64,
    /// A write of a word, attojoules.
    pub write: u64,
    /// Square nanometres.
    pub area: u64,
    /// Picowatts.
    pub leakage: u64,
    /// Access time, femtoseconds.
    pub time: u64,
}

/// Arithmetic and registers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logic {
    /// Where the numbers are from.
    pub source: String,
    /// What kind of numbers they are.
    pub kind: Kind,
    /// Widths, ascending.
    pub widths: Vec<u32>,
    /// Tables a node.
    pub nodes: Vec<LogicNode>,
    /// How sure they are, a unit.
    pub spread: [Spread; 4],
    /// Where the leakage of registers is from.
    pub register_source: String,
    /// What kind of number it is.
    pub register_kind: Kind,
}

/// The arithmetic of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogicNode {
    /// Nanometres.
    pub nm: u16,
    /// Nominal voltage, microvolts.
    pub nominal: u64,
    /// Leakage of a bit of a register: low, nominal, high, femtowatts.
    pub register_leakage: [u64; 3],
    /// `points[unit][width]`.
    pub points: [Vec<LogicPoint>; 4],
}

/// One unit of one width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogicPoint {
    /// An operation, attojoules.
    pub energy: u64,
    /// Square nanometres.
    pub area: u64,
    /// Femtowatts; 0 is no number.
    pub leakage: u64,
}

/// Wires.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wire {
    /// Capacitance that a bit switches on average: low, nominal, high attofarads a millimetre.
    pub capacitance: [u64; 3],
    /// Where it is from.
    pub source: String,
    /// What kind of number it is.
    pub kind: Kind,
}

/// The alpha-power law.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelayLaw {
    /// Exponent, millionths.
    pub alpha: u64,
    /// Threshold of each node, microvolts.
    pub thresholds: Vec<(u16, u64)>,
    /// Lowest and highest voltage as millionths of the nominal one, at which the law is trusted.
    pub range: Ends,
    /// Lower ones, at which it is a bound.
    pub near: Option<NearThreshold>,
    /// Where they are from.
    pub source: String,
}

/// Voltages near the threshold, at which energies follow their law and times are a guess.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearThreshold {
    /// The lowest, as millionths of the nominal one.
    pub from: u64,
    /// Ends of times, beside their own.
    pub time: Ends,
    /// Where they are from.
    pub source: String,
}
