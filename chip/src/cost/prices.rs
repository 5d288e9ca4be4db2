//! What operations cost on a chip: their times and their prices, as a chip file states them.
//!
//! Times are picoseconds, energies attojoules. The fields are those of the table in `operations`.
//!
//! Promises: pure data; no number of it can change a bit of a result. Absent on purpose: files (`files`), what is
//! made of the numbers (`time`, `energy`).

use crate::cost::operations;
use serde::{Deserialize, Serialize};

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
            /// Weight updates of a word.
            pub learning_lanes: u32,
            /// The barrier that ends a step.
            pub barrier_ps: u64,
            $(#[doc = $time_of] pub $ps: u64,)*
        }
    };
}
operations::times! { timing }

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

/// A price and where it is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Attojoules an operation.
    pub attojoules: u64,
    /// Source: paper and table, or the reasoning.
    pub source: String,
}

macro_rules! energy {
    ($({ $price:ident $price_of:literal [$($unstated:ident)?] })*) => {
        /// Prices of the countable operations.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub struct Energy {
            $(#[doc = $price_of] pub $price: Price,)*
            /// Static power of one used core, microwatts: 1 uW for 1 ps is 1 aJ.
            pub core_static_uw: Price,
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
