//! An amount of energy with its ends.
//!
//! Promises: integers; amounts sum exactly, whatever the order. Absent on purpose: what it is the energy of.

use crate::cost::prices::Price;
use crate::technology::Figure;
use serde::{Deserialize, Serialize};
use std::iter::Sum;
use std::ops::{AddAssign, Sub};

/// Attojoules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// As billed.
    pub nominal: u128,
    /// Lower end; of a price without ends the nominal one.
    pub low: u128,
    /// Upper end.
    pub high: u128,
    /// Of the nominal amount, what is assumed, where prices say so of themselves.
    pub assumed: u128,
}

impl Amount {
    /// An amount without ends.
    #[must_use]
    pub const fn exact(attojoules: u128) -> Self {
        Self { nominal: attojoules, low: attojoules, high: attojoules, assumed: 0 }
    }

    /// What one operation of this price takes; nothing where nobody published it.
    #[must_use]
    pub fn of(price: &Price) -> Self {
        let ends =
            price.figure().map(|Figure { low, nominal, high, .. }| [low, nominal, high].map(u128::from));
        let [low, nominal, high] = ends.unwrap_or_default();
        Self { nominal, low, high, assumed: price.assumed().into() }
    }

    /// So many of it.
    #[must_use]
    pub const fn times(self, count: u128) -> Self {
        let Self { nominal, low, high, assumed } = self;
        Self { nominal: nominal * count, low: low * count, high: high * count, assumed: assumed * count }
    }
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.nominal += other.nominal;
        self.low += other.low;
        self.high += other.high;
        self.assumed += other.assumed;
    }
}

/// What is left when a part of it is gone.
impl Sub for Amount {
    type Output = Self;

    fn sub(self, part: Self) -> Self {
        Self {
            nominal: self.nominal - part.nominal,
            low: self.low - part.low,
            high: self.high - part.high,
            assumed: self.assumed - part.assumed,
        }
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), |mut sum, amount| {
            sum += amount;
            sum
        })
    }
}
