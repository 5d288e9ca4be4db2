//! Adders, multipliers, registers and comparators of any width.
//!
//! Widths of the table are the table's; others follow a law: adders, registers and comparators in proportion to the
//! width, multipliers in proportion to the product of both widths, from the nearest width of the table. A result of a law
//! is marked as derived. The table has no leakage of registers: its 0 is no number, and the file states one beside it.
//!
//! Promises: a wider unit never costs less. Absent on purpose: time (a chip's clock has it), pipelining.

use super::corner::Corner;
use super::refusal::Refusal;
use super::tables::{LogicPoint, MILLIONTH};
use super::value::{Bounds, Kind};
use serde::{Deserialize, Serialize};

/// What there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// Adds, subtracts, accumulates.
    Adder,
    /// Multiplies.
    Multiplier,
    /// Keeps.
    Register,
    /// Compares, saturates.
    Comparator,
}

impl Unit {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 4] = [Self::Adder, Self::Multiplier, Self::Register, Self::Comparator];

    /// Its name in a table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Adder => "adder",
            Self::Multiplier => "multiplier",
            Self::Register => "register",
            Self::Comparator => "comparator",
        }
    }
}

/// Widest unit for which a law is trusted: twice the widest of most tables.
pub const WIDEST: u32 = 64;

/// What a unit costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Block {
    /// An operation, attojoules.
    pub energy: Bounds,
    /// Square nanometres.
    pub area: Bounds,
    /// Picowatts.
    pub leakage: Bounds,
}

impl Block {
    /// So many of it.
    #[must_use]
    pub fn times(self, count: f64) -> Self {
        Self {
            energy: self.energy.times(count),
            area: self.area.times(count),
            leakage: self.leakage.times(count),
        }
    }
}

impl Corner<'_> {
    /// A unit of `width` bits.
    ///
    /// # Errors
    /// For a width of 0 or above [`WIDEST`].
    pub fn logic(&self, unit: Unit, width: u32) -> Result<Block, Refusal> {
        self.unit(unit, [width; 2])
    }

    /// A multiplier of two widths.
    ///
    /// # Errors
    /// As [`Corner::logic`].
    pub fn multiplier(&self, first: u32, second: u32) -> Result<Block, Refusal> {
        self.unit(Unit::Multiplier, [first, second])
    }

    fn unit(&self, unit: Unit, widths: [u32; 2]) -> Result<Block, Refusal> {
        if let Some(width) = widths.into_iter().find(|width| !(1..=WIDEST).contains(width)) {
            return Err(Refusal {
                title: format!("no {} of this width", unit.name()),
                found: format!("{width} bits"),
                allowed: format!("1..={WIDEST} bits"),
                remedy: "the law of widths is not trusted further".to_owned(),
            });
        }
        let logic = &self.technology.logic;
        let points = &self.logic.points[unit as usize];
        let (at, law) = self.nearest(unit, widths);
        let LogicPoint { energy, area, leakage } = points[at];
        let kind = if law == 1.0 && !self.between { logic.kind } else { Kind::Derived };
        let spread = &logic.spread[unit as usize];
        let errors = self.error.logic.map(|error| 1.0 + error);
        let bounded = |value: f64, ends: super::tables::Ends, error: f64| {
            let (low, high) = (ends.low as f64 * MILLIONTH, ends.high as f64 * MILLIONTH);
            Bounds::exact(value, kind).spread(low / error, 1.0, high * error)
        };
        let leakage = if unit == Unit::Register {
            let bits = f64::from(widths[0]);
            let [low, nominal, high] =
                self.logic.register_leakage.map(|femtowatts| femtowatts as f64 * 1e-3 * bits);
            Bounds { low, nominal, high, kind: logic.register_kind }
        } else {
            bounded(leakage as f64 * 1e-3 * law, spread.leakage, errors[2])
        };
        Ok(Block {
            energy: bounded(energy as f64 * law * self.of_logic.energy, spread.energy, errors[0]),
            area: bounded(area as f64 * law, spread.area, errors[1]),
            leakage: leakage.times(self.of_logic.leakage),
        })
    }

    /// The width of the table that is nearest, and what the law makes of it.
    fn nearest(&self, unit: Unit, [first, second]: [u32; 2]) -> (usize, f64) {
        let widths = &self.technology.logic.widths;
        // Of a product the side of the square of the same size decides.
        let side = libm::sqrt(f64::from(first) * f64::from(second));
        let far = |width: u32| {
            let ratio = side / f64::from(width);
            ratio.max(1.0 / ratio)
        };
        let mut at = 0;
        for (index, width) in widths.iter().enumerate() {
            if far(*width) < far(widths[at]) {
                at = index;
            }
        }
        let law = match unit {
            Unit::Multiplier => {
                f64::from(first) * f64::from(second) / (f64::from(widths[at]) * f64::from(widths[at]))
            }
            _ => f64::from(first) / f64::from(widths[at]),
        };
        (at, law)
    }
}
