//! A number with its lower and upper end, and what kind of number it is.
//!
//! Promises: low <= nominal <= high; what is made of numbers is as weak as the weakest of them; rounding happens once.

use serde::{Deserialize, Serialize};

/// Where a number comes from, from the strongest to the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Kind {
    /// On silicon.
    Measured,
    /// By a circuit simulator or a model of memories.
    Simulated,
    /// A law, through numbers of the kinds above.
    Fitted,
    /// From others by a stated law.
    Derived,
    /// Nobody's number but the designer's.
    Assumed,
}

impl Kind {
    /// Its name, for readers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Simulated => "simulated",
            Self::Fitted => "fitted",
            Self::Derived => "derived",
            Self::Assumed => "assumed",
        }
    }
}

/// A number on its way: low, nominal, high.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Lower end.
    pub low: f64,
    /// The number.
    pub nominal: f64,
    /// Upper end.
    pub high: f64,
    /// The weakest kind of number in it.
    pub kind: Kind,
}

impl Bounds {
    /// Nothing, exactly.
    pub const ZERO: Self = Self { low: 0.0, nominal: 0.0, high: 0.0, kind: Kind::Measured };

    /// A number without spread.
    #[must_use]
    pub const fn exact(nominal: f64, kind: Kind) -> Self {
        Self { low: nominal, nominal, high: nominal, kind }
    }

    /// So many times it.
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        Self { low: self.low * factor, nominal: self.nominal * factor, high: self.high * factor, ..self }
    }

    /// It, with every end multiplied by a factor of its own.
    #[must_use]
    pub fn spread(self, low: f64, nominal: f64, high: f64) -> Self {
        Self {
            low: self.low * low.min(nominal),
            nominal: self.nominal * nominal,
            high: self.high * high.max(nominal),
            ..self
        }
    }

    /// Both together: ends add, as if both erred the same way.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            low: self.low + other.low,
            nominal: self.nominal + other.nominal,
            high: self.high + other.high,
            kind: self.kind.max(other.kind),
        }
    }

    /// It, no stronger than `kind`.
    #[must_use]
    pub fn at_best(self, kind: Kind) -> Self {
        Self { kind: self.kind.max(kind), ..self }
    }

    /// Rounded to whole units, halves away from zero; what is not zero stays at least 1.
    #[must_use]
    pub fn round(self) -> Figure {
        let whole = |value: f64| {
            let rounded = libm::round(value) as u64;
            if value > 0.0 { rounded.max(1) } else { rounded }
        };
        Figure { low: whole(self.low), nominal: whole(self.nominal), high: whole(self.high), kind: self.kind }
    }
}

/// A number in whole units: low, nominal, high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Lower end.
    pub low: u64,
    /// The number.
    pub nominal: u64,
    /// Upper end.
    pub high: u64,
    /// The weakest kind of number in it.
    pub kind: Kind,
}

impl Figure {
    /// A number without spread.
    #[must_use]
    pub const fn exact(value: u64, kind: Kind) -> Self {
        Self { low: value, nominal: value, high: value, kind }
    }
}
