//! How weights are stored, and what of them is delivered.
//!
//! Source: `docs/arithmetic.md`, "Delivery". Absent on purpose: where they lie (`synapse`), how they are added
//! (`deliver`).

use serde::{Deserialize, Serialize};

/// How the bits of a store that are not delivered are dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Dropped {
    /// An arithmetic shift: toward minus infinity.
    #[default]
    Floor,
    /// Of the magnitude, as Loihi's inhibitory weights lose them.
    TowardZero,
}

/// How a block's weights are stored and scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WeightFormat {
    /// Bits of the plastic store, 1..=16, symmetric.
    pub store_bits: u8,
    /// Fraction bits of the store.
    pub fraction: u8,
    /// Bits that reach the accumulator: the store's top ones.
    pub delivered_bits: u8,
    /// Power of two between a delivered weight and a state lane. Negative: the sum of its port is shifted.
    pub exponent: i8,
    /// How the other bits of the store are dropped.
    #[serde(default)]
    pub dropped: Dropped,
}

impl WeightFormat {
    /// Bits of the store that are not delivered.
    #[must_use]
    pub const fn dropped_bits(self) -> u8 {
        self.store_bits - self.delivered_bits
    }

    /// Bits of what one event adds to a port.
    #[must_use]
    pub fn addend_bits(self) -> u32 {
        u32::from(self.delivered_bits) + u32::from(self.exponent.max(0).unsigned_abs())
    }
}
