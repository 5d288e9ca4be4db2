//! What a chip file may say: `format: "synfire-chip/1"`.
//!
//! Every section is optional and so is every field of it: what a file leaves out, the file it extends states.
//! `docs/formats.md`, "Chip file", is the reader's version of these structures.
//!
//! Promises: a field is declared once here, with its name, its type and its inheritance.
//! Absent on purpose: ranges and defaults (`chip_resolve`); a chip file has no defaults.

use crate::chip::{Addressing, Answers, KeysIn, Outputs};
use crate::cost::cycle::design::{Ending, First, NetworkModel, Rows, Send, Stages, TimeModel};
use crate::cost::operations;
use crate::cost::prices::PowerClock;
use crate::cost::service::{ActiveBy, Phases, RowService, UpdateStyle, Ways};
use crate::files::chip::measured::MeasuredFile;
use crate::files::chip::noc::NocFile;
use crate::files::chip::section::{is_unstated, section};
use crate::files::text::decimal::Raw;
use crate::files::text::layer::LayerFile;
use crate::files::text::write::stated;
use crate::technology::Kind;
use serde::{Deserialize, Serialize};
use synfire_core::format::Overflow;
use synfire_core::neuron::{Compare, Order};
use synfire_router::topology::Numbering;

section! {
    /// Section `datapath`.
    DatapathFile, "Datapath" {
        /// Which current the membrane integrates.
        order: Order,
        /// Format of current and membrane, such as `"s24.15"`.
        state: String,
        /// What the current does past its end.
        current_overflow: Overflow,
        /// What the membrane does past its end.
        membrane_overflow: Overflow,
        /// Left shift of the dendritic sum.
        input_shift: i64,
        /// Fraction bits of the decay factors.
        decay_fraction: i64,
        /// `>=` or `>`.
        compare: Compare,
    }
}

section! {
    /// Section `learning`.
    LearningFile, "Learning" {
        /// Format of the error.
        error: String,
        /// Format of the third factor.
        third_factor: String,
        /// Format of the surrogate derivative.
        surrogate: String,
        /// Bits of a presynaptic trace.
        trace_bits: i64,
        /// What an event adds to it.
        trace_increment: i64,
        /// Bits of an eligibility state.
        eligibility_bits: i64,
        /// Bits of an error trace.
        error_trace_bits: i64,
        /// Steps from forming an error to using it.
        error_delay_steps: i64,
        /// Whether the engine is clock-gated while learning is off; left out, it is.
        clock_gated: bool,
    }
}

section! {
    /// Section `limits`.
    LimitsFile, "Limits" {
        /// Neurons of a core.
        neurons: i64,
        /// Axons of a core.
        axons: i64,
        /// Synapse memory of a core.
        synapse_memory_bits: i64,
        /// Learning state of a core.
        learning_memory_bits: i64,
        /// Widest weight store.
        weight_bits: i64,
        /// Longest delay.
        delay_steps: i64,
    }
}

section! {
    /// Section `core`: how cores go about a step, and what their machine is.
    CoreFile, "Core" {
        /// When synapse rows are fetched; left out, `AtUse`.
        row_service: RowService,
        /// Which neurons are accessed in a step; left out, `TimeStepped`.
        update_style: UpdateStyle,
        /// What makes a neuron active; left out, `Registers`.
        active: ActiveBy,
        /// How packets in and rows share a step with neurons and packets out; left out, `Serial`.
        phases: Phases,
        /// What the ways of packets add to a step; left out, `Added`.
        ways: Ways,
        /// Packets of the arrival queue; left out, 16.
        arrival_queue: i64,
        /// Packets that were made and have not left; left out, 16.
        output_queue: i64,
        /// Ports of the memory that arriving packets and a phase use; left out, 1.
        ports: i64,
        /// Who goes first where that is one; left out, `Arrivals`.
        first: First,
        /// What a word of synapse memory holds; left out, `Aligned`.
        rows: Rows,
        /// Whether the next row is looked up while one is added; left out, `Serial`.
        lookup: Stages,
        /// Whether traces advance while neurons are scanned; left out, `Serial`.
        learning: Stages,
        /// When packets leave; left out, `AsMade`.
        send: Send,
        /// What packets travel on; left out, `Simulated` on a chip with a clock.
        network: NetworkModel,
        /// Period of the network's clock; left out, the chip's.
        network_clock_ps: i64,
        /// How a step ends; left out, `Wires`.
        barrier: Ending,
    }
}

section! {
    /// Section `mesh`.
    MeshFile, "Mesh" {
        /// Tiles from west to east.
        columns: i64,
        /// Tiles from north to south.
        rows: i64,
        /// Cores of a tile.
        cores_per_tile: i64,
        /// Tile (column, row) of the host.
        io_tile: (i64, i64),
        /// In which order tiles, and with them cores, are numbered; left out, `ByRows`.
        numbering: Numbering,
        /// What a packet of a spike says of the axons that it is for; left out, `Destination`.
        addressing: Addressing,
        /// Where the sources of spikes are looked up, with `SourceKey`; left out, `Cores`.
        keys_in: KeysIn,
    }
}

section! {
    /// Section `host`: its ports, and what leaves through them.
    HostFile, "Host" {
        /// Its ports; left out, one ideal port at `mesh.io_tile`.
        ports: Vec<HostPortFile>,
        /// Which spikes leave; left out, `Stay`.
        outputs: Outputs,
        /// Whether values that the host reads of readouts leave; left out, `Stay`.
        answers: Answers,
        /// Bits of a packet at a port; left out, those of `noc.packets`.
        packet_bits: i64,
    }
}

/// A port of the host: `(name: "west", tile: (0, 0), bits_per_cycle: 32, depth: 4)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "HostPort")]
pub struct HostPortFile {
    /// What inputs call it; left out, nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its tile (column, row).
    pub tile: (i64, i64),
    /// Bits that pass it in a clock cycle, each way; left out, it is ideal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bits_per_cycle: Option<i64>,
    /// Packets that it holds, each way; left out, any number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub depth: Option<i64>,
}

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
            fn hide(&self, base: &mut Self) {
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

/// A chip file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Chip")]
pub struct ChipFile {
    /// What kind of file it is; must be stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The file that states what this one does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// Name, for reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Neuron datapath.
    #[serde(default, skip_serializing_if = "is_unstated")]
    pub datapath: DatapathFile,
    /// Learning engine.
    #[serde(default, skip_serializing_if = "is_unstated")]
    pub learning: LearningFile,
    /// What a core holds.
    #[serde(default, skip_serializing_if = "is_unstated")]
    pub limits: LimitsFile,
    /// How cores go about a step.
    #[serde(default, skip_serializing_if = "is_unstated")]
    pub core: CoreFile,
    /// Where the cores are.
    #[serde(default, skip_serializing_if = "is_unstated")]
    pub mesh: MeshFile,
    /// How the host is connected.
    #[serde(default, skip_serializing_if = "is_unstated")]
    pub host: HostFile,
    /// The network between the cores.
    #[serde(default, skip_serializing_if = "is_unstated")]
    pub noc: NocFile,
    /// What things take.
    #[serde(default, skip_serializing_if = "is_unstated")]
    pub timing: TimingFile,
    /// What things cost.
    #[serde(default, skip_serializing_if = "is_unstated")]
    pub energy: EnergyFile,
    /// What things are made of, in place of what they cost.
    #[serde(default, skip_serializing_if = "is_unstated")]
    pub technology: PerOperationFile,
    /// What was measured of it.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub measured: Option<Vec<MeasuredFile>>,
}

impl ChipFile {
    /// This file, with what it does not state taken from `base`.
    pub fn over(mut self, mut base: Self) -> Self {
        self.timing.hide(&mut base.timing);
        // A chip has prices or a technology: who states one of them replaces a base's other one.
        if !is_unstated(&self.technology) {
            base.energy = EnergyFile::default();
        }
        if !is_unstated(&self.energy) {
            base.technology = PerOperationFile::default();
        }
        self.datapath.fill_from(base.datapath);
        self.learning.fill_from(base.learning);
        self.limits.fill_from(base.limits);
        self.core.fill_from(base.core);
        self.mesh.fill_from(base.mesh);
        self.host.fill_from(base.host);
        self.noc.fill_from(base.noc);
        self.timing.fill_from(base.timing);
        self.energy.fill_from(base.energy);
        self.technology.fill_from(base.technology);
        self.measured = self.measured.or(base.measured);
        self
    }
}

impl LayerFile for ChipFile {
    const FORMAT: &'static str = "synfire-chip/1";
    const OWNER_DEPTH: usize = 2;

    fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }

    fn extends(&self) -> Option<&str> {
        self.extends.as_deref()
    }
}
