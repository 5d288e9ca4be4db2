//! What a chip file may say of costs: sections `timing`, `energy`, and `technology` in place of `energy`.
//!
//! Promises: a field is declared once here, with its name, its type and its inheritance; the fields of an operation are those
//! of its row in [`operations`]. Absent on purpose: what a number may be (`costs`, `technology`), other sections (`file`).

use crate::cost::cycle::design::TimeModel;
use crate::cost::operations;
use crate::cost::prices::PowerClock;
use crate::files::chip::section::section;
use crate::files::text::decimal::Raw;
use crate::files::text::write::stated;
use crate::technology::Kind;
use serde::{Deserialize, Serialize};

/// A price: `(pj: 5.1, low: 3.0, high: 9.0, kind: Derived, source: "..")`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Price")]
pub struct PriceFile {
    /// Picojoules an operation.
    pub pj: Raw,
    /// Lower end; left out, the section's, or the number itself.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub low: Option<Raw>,
    /// Upper end; left out, the section's, or the number itself.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub high: Option<Raw>,
    /// What kind of number it is; left out, it counts as assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Where the number is from.
    pub source: String,
}

/// Ends of prices, as factors of their numbers: `(low: 0.5, high: 2.0, source: "..")`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Ends")]
pub struct EndsFile {
    /// Factor of the lower end.
    pub low: Raw,
    /// Factor of the upper end.
    pub high: Raw,
    /// Where they are from.
    pub source: String,
}

/// In place of a price or a time: `PartOf("synaptic_event")`, `Unpublished`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Unstated {
    /// Included in that one.
    PartOf(String),
    /// Nobody published it.
    Unpublished,
}

/// In place of a barrier's time: `ByTiles([(1, 600_000), (2, 1_000_000)])`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename = "Barrier")]
pub enum BarrierFile {
    /// From so many tiles in use on, so long.
    ByTiles(Vec<(i64, i64)>),
}

/// A static power: `(uw: 12, source: "..")`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "StaticPower")]
pub struct StaticPowerFile {
    /// Microwatts.
    pub uw: i64,
    /// Lower end; left out, the section's, or the number itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<i64>,
    /// Upper end; left out, the section's, or the number itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<i64>,
    /// What kind of number it is; left out, it counts as assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Where the number is from.
    pub source: String,
    /// How long it is drawn; left out, `Wall`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<PowerClock>,
    /// Whether cores without a neuron draw it too; left out, they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unused_cores: Option<UnusedCores>,
}

/// What cores without a neuron draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum UnusedCores {
    /// Static power as every core.
    Powered,
    /// Nothing.
    Gated,
}

/// How a memory of a core is built: `(items: 8, banks: 4)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default, rename = "Build")]
pub struct BuildFile {
    /// Items packed in a word; left out, as many as its lanes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<i64>,
    /// Banks; left out, as few as hold it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub banks: Option<i64>,
    /// Read-write ports; left out, one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ports: Option<i64>,
    /// Bits of an item, at least; left out, what the network asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item_bits: Option<i64>,
    /// Whether the chip has no such memory: what it would hold follows from addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<bool>,
}

/// A ratio of prices to what they are composed of: `(prices: ["spike"], ratio: 1.3, source: "..")`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Fitted")]
pub struct FittedFile {
    /// Price fields.
    pub prices: Vec<String>,
    /// What each is multiplied by.
    pub ratio: Raw,
    /// What it was fitted to.
    pub source: String,
}

section! {
    /// Section `technology`: in place of `energy`.
    PerOperationFile, "PerOperation" {
        /// A carried technology's name, or the path of a technology file.
        table: String,
        /// Node, nanometres.
        node_nm: i64,
        /// Supply in volts; left out, the table's nominal one.
        voltage: Raw,
        /// How long leakage is drawn; left out, `Wall`.
        clock: PowerClock,
        /// Whether cores without a neuron leak too; left out, they do.
        unused_cores: UnusedCores,
        /// Synapse memory.
        synapses: BuildFile,
        /// State of neurons.
        neurons: BuildFile,
        /// Parameters that differ between neurons.
        parameters: BuildFile,
        /// Axons behind input addresses.
        axons: BuildFile,
        /// Rings of arrivals.
        arrivals: BuildFile,
        /// Destinations.
        routes: BuildFile,
        /// Keys of sources, where spikes are addressed by them.
        keys: BuildFile,
        /// The same in a router.
        router_keys: BuildFile,
        /// Learning memory.
        learning: BuildFile,
        /// Targets and errors on their way.
        broadcast: BuildFile,
        /// Price fields of operations that the chip has no units for.
        without: Vec<String>,
        /// Ratios that prices were fitted by.
        fitted: Vec<FittedFile>,
    }
}

macro_rules! energy {
    ($({ $price:ident $price_of:literal [$($unstated:ident)*] })*) => {
        section! {
            /// Section `energy`.
            EnergyFile, "Energy" {
                $(#[doc = $price_of] $price: Raw,)*
                /// Static power of one used core.
                core_static: Raw,
                /// Node that the numbers hold at, nanometres.
                node_nm: i64,
                /// Supply that they hold at, volts.
                voltage: Raw,
                /// Ends of the prices that state none.
                ends: EndsFile,
            }
        }

        impl EnergyFile {
            /// States the price of this name, or static power; whether there is such a field.
            pub fn state(&mut self, name: &str, price: Raw) -> bool {
                match name {
                    $(stringify!($price) => self.$price = Some(price),)*
                    "core_static" => self.core_static = Some(price),
                    _ => return false,
                }
                true
            }
        }

        impl EnergyFile {
            /// Whether the price of this name is stated.
            pub(super) fn states(&self, name: &str) -> bool {
                match name {
                    $(stringify!($price) => self.$price.is_some(),)*
                    _ => false,
                }
            }
        }
    };
}
operations::prices! { energy }

/// Section `timing`: each cost in picoseconds (asynchronous) or cycles (synchronous).
macro_rules! timing {
    ($({ $ps:ident $cycles:ident $time_of:literal [$($unstated:ident)*] })*) => {
        section! {
            /// Section `timing`.
            TimingFile, "Timing" {
                /// Which model says how long steps take; left out, `Analytic`.
                model: TimeModel,
                /// Clock period; 0 is no clock.
                clock_ps: i64,
                /// Length of a network step; 0 is no bound.
                tick_ps: i64,
                /// Weights of a word of synapse memory.
                synapse_lanes: i64,
                /// Weight updates of a word.
                learning_lanes: i64,
                /// The barrier that ends a step, picoseconds.
                barrier_ps: Raw,
                /// The same in cycles.
                barrier_cycles: Raw,
                /// What a packet holds a link between routers, picoseconds.
                link_packet_ps: Raw,
                /// The same in cycles.
                link_packet_cycles: Raw,
                /// What a packet holds the port between a router and a core, picoseconds.
                port_packet_ps: Raw,
                /// The same in cycles.
                port_packet_cycles: Raw,
                $(#[doc = $time_of] $ps: Raw, #[doc = $time_of] $cycles: Raw,)*
            }
        }

        impl TimingFile {
            /// Whether the time of this name, the one in picoseconds, is stated in either unit.
            pub(super) fn states(&self, name: &str) -> bool {
                match name {
                    $(stringify!($ps) => self.$ps.is_some() || self.$cycles.is_some(),)*
                    _ => false,
                }
            }

            /// What is stated of the time of this name, the one in picoseconds, in either unit.
            pub(super) fn stated(&self, name: &str) -> Option<&Raw> {
                match name {
                    $(stringify!($ps) => self.$ps.as_ref().or(self.$cycles.as_ref()),)*
                    _ => None,
                }
            }

            /// A cost stated in one unit replaces a base's in the other.
            pub(super) fn hide(&self, base: &mut Self) {
                $(if self.$ps.is_some() {
                    base.$cycles = None;
                }
                if self.$cycles.is_some() {
                    base.$ps = None;
                })*
                if self.barrier_ps.is_some() {
                    base.barrier_cycles = None;
                }
                if self.barrier_cycles.is_some() {
                    base.barrier_ps = None;
                }
                if self.link_packet_ps.is_some() {
                    base.link_packet_cycles = None;
                }
                if self.link_packet_cycles.is_some() {
                    base.link_packet_ps = None;
                }
                if self.port_packet_ps.is_some() {
                    base.port_packet_cycles = None;
                }
                if self.port_packet_cycles.is_some() {
                    base.port_packet_ps = None;
                }
            }
        }
    };
}
operations::times! { timing }
