//! What operations cost on a chip: their times and their prices, as a chip file states them.
//!
//! Times are picoseconds, energies attojoules. The fields are those of the table in `operations`.
//!
//! Promises: pure data; no number of it can change a bit of a result. Absent on purpose: files (`files`), what is
//! made of the numbers (`time`, `energy`).

use crate::cost::operations;
use serde::{Deserialize, Serialize};

/// What an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Time {
    /// Picoseconds.
    Picoseconds(u64),
    /// Included in the time of another operation.
    Included,
    /// Nobody published it: it is left out, and the times of a run with such an operation are least ones.
    Unpublished,
}

impl Time {
    /// What it adds to a step, picoseconds.
    #[must_use]
    pub fn ps(self) -> u64 {
        match self {
            Self::Picoseconds(ps) => ps,
            Self::Included | Self::Unpublished => 0,
        }
    }
}

macro_rules! timing {
    ($({ $ps:ident $cycles:ident $time_of:literal [$($unstated:ident)?] })*) => {
        /// What one operation takes, in picoseconds. Per core the parts of a step are added; cores run in parallel.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Timing {
            /// Clock period of a synchronous chip; `None` for an asynchronous one.
            pub clock_ps: Option<u64>,
            /// Length of a network step, for the overrun report; `None`: no such bound.
            pub tick_ps: Option<u64>,
            /// Weights of a word of synapse memory.
            pub synapse_lanes: u32,
            /// Weight updates, or entries of a group's matrix, of a word.
            pub learning_lanes: u32,
            /// The barrier that ends a step.
            pub barrier_ps: u64,
            $(#[doc = $time_of] pub $ps: Time,)*
        }

        impl Timing {
            /// Field and time of every operation, in the order of the table.
            #[must_use]
            pub fn times(&self) -> Vec<(&'static str, Time)> {
                vec![$((stringify!($ps), self.$ps),)*]
            }
        }
    };
}
operations::times! { timing }

/// What an operation costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Price {
    /// A number.
    Stated {
        /// Attojoules an operation.
        attojoules: u64,
        /// Source: paper and table, or the reasoning.
        source: String,
    },
    /// Included in the price of that operation, which has a number.
    PartOf(String),
    /// Nobody published it: it is left out, and the energy of a run with such an operation is a least one.
    Unpublished,
}

impl Price {
    /// Attojoules an operation adds to a bill; `None` where nobody published them.
    #[must_use]
    pub fn attojoules(&self) -> Option<u64> {
        match self {
            Self::Stated { attojoules, .. } => Some(*attojoules),
            Self::PartOf(_) => Some(0),
            Self::Unpublished => None,
        }
    }
}

/// Static power of a core.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StaticPower {
    /// A number.
    Stated {
        /// Microwatts a core: 1 uW for 1 ps is 1 aJ.
        microwatts: u64,
        /// Source: paper and table, or the reasoning.
        source: String,
        /// How long it is drawn.
        clock: PowerClock,
        /// Whether cores without a neuron draw none.
        unused_gated: bool,
    },
    /// Nobody published it.
    Unpublished,
}

/// How long static power is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum PowerClock {
    /// Wall time: of every step the longer of step and tick.
    Wall,
    /// The time of the steps alone: between them the chip is off.
    Busy,
}

/// A field of a chip file that states a price or a time.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name; a time's is that in picoseconds.
    pub name: &'static str,
    /// What it is the price or the time of.
    pub of: &'static str,
    /// Whether a chip file may leave it out: it is then `Unpublished`.
    pub optional: bool,
}

macro_rules! time_fields {
    ($({ $ps:ident $cycles:ident $time_of:literal [$($unstated:ident)?] })*) => {
        /// Every time of an operation.
        pub const TIME_FIELDS: &[Field] = &[$(
            Field { name: stringify!($ps), of: $time_of, optional: !stringify!($($unstated)?).is_empty() },
        )*];
    };
}
operations::times! { time_fields }

macro_rules! price_fields {
    ($({ $price:ident $price_of:literal [$($unstated:ident)?] })*) => {
        /// Every price of an operation.
        pub const PRICE_FIELDS: &[Field] = &[$(
            Field { name: stringify!($price), of: $price_of, optional: !stringify!($($unstated)?).is_empty() },
        )*];
    };
}
operations::prices! { price_fields }

macro_rules! energy {
    ($({ $price:ident $price_of:literal [$($unstated:ident)?] })*) => {
        /// Prices of the countable operations.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Energy {
            $(#[doc = $price_of] pub $price: Price,)*
            /// Static power of a core.
            pub core_static: StaticPower,
        }

        impl Energy {
            /// Name and price of every operation, in the order of the table.
            #[must_use]
            pub fn prices(&self) -> Vec<(&'static str, &Price)> {
                vec![$((stringify!($price), &self.$price),)*]
            }
        }
    };
}
operations::prices! { energy }
