//! A chip after its file was read and checked: what the hardware is, what it costs.
//!
//! Times are picoseconds (`u64`), energies attojoules (`u64`), memory bits. A synchronous chip has a clock and
//! its costs are whole cycles; an asynchronous one (Loihi) states picoseconds and has no clock.
//!
//! Promises: pure data. Nothing in `service`, `mesh`, `timing` or `energy` can change a bit of a result.
//! Absent on purpose: files and their errors (`files`), the models that read these numbers (`time`, `energy`).

pub use crate::cost::cycle::design::{CoreDesign, TimeModel};
pub use crate::cost::measurement::{Found, Measured, Words};
pub use crate::cost::prices::{
    Build, Conditions, Energy, Fitted, PerOperation, PowerClock, Price, StaticPower, Time, Timing,
};
pub use crate::cost::service::{ActiveBy, Phases, RowService, Service, UpdateStyle, Ways};

use serde::{Deserialize, Serialize};
use synfire_core::neuron::Datapath;
use synfire_plasticity::config::LearningDatapath;
use synfire_router::network::config::Config;
use synfire_router::network::shape::Shape;
use synfire_router::topology::{Numbering, Topology};

/// A chip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chip {
    /// Name, for reports.
    pub name: String,
    /// Neuron datapath.
    pub datapath: Datapath,
    /// Learning engine.
    pub learning: LearningDatapath,
    /// Whether the learning engine is clock-gated while learning is off: see `cost::gating`.
    pub learning_gated: bool,
    /// What a core holds.
    pub limits: CoreLimits,
    /// How cores go about a step.
    pub service: Service,
    /// Where the cores are.
    pub mesh: Mesh,
    /// How the host is connected.
    pub host: HostInterface,
    /// The network between the cores, cycle by cycle, where the chip describes one.
    pub noc: Option<Noc>,
    /// What things take.
    pub timing: Timing,
    /// Which model says how long steps take.
    pub time_model: TimeModel,
    /// The machine of a core, cycle by cycle.
    pub core: CoreDesign,
    /// What an event of each kind costs; nothing is published where there is a technology.
    pub energy: Energy,
    /// What the prices of operations are composed from, in place of prices of events.
    pub technology: Option<Box<PerOperation>>,
    /// What was measured of it; no cost of a run uses it.
    pub measured: Vec<Measured>,
}

impl Chip {
    /// Where the cores are and which ways packets take: over a mesh, where the chip describes no network.
    #[must_use]
    pub fn topology(&self) -> Topology {
        let Mesh { columns, rows, cores_per_tile, io_tile, numbering, .. } = self.mesh;
        let mesh = Shape::Mesh { columns: columns.into(), rows: rows.into() };
        let shape = self.noc.as_ref().map_or(mesh, |noc| noc.config.shape);
        Topology { columns, rows, cores_per_tile, io_tile, shape, numbering }
    }
}

impl Chip {
    /// The ports of the host: at least one.
    #[must_use]
    pub fn host_ports(&self) -> Vec<HostPort> {
        self.host.ports_on(&self.mesh)
    }

    /// Whether synapses of sparse or shared rows have a price or a time of their own.
    #[must_use]
    pub fn prices_listed_rows_apart(&self) -> bool {
        let (energy, timing) = (&self.energy, &self.timing);
        [&energy.sparse_synaptic_event, &energy.shared_synaptic_event] != [&energy.synaptic_event; 2]
            || [timing.sparse_synapse_word_ps, timing.shared_synapse_word_ps] != [timing.synapse_word_ps; 2]
    }
}

/// How the host is connected to the chip, and what leaves it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostInterface {
    /// Its ports; where none is listed there is one, ideal, at [`Mesh::io_tile`].
    pub ports: Vec<HostPort>,
    /// Which spikes leave.
    pub outputs: Outputs,
    /// Whether values that the host reads leave.
    pub answers: Answers,
    /// Bits of a packet at a port, where the chip describes no network with bits of its own.
    pub packet_bits: Option<u32>,
}

impl HostInterface {
    /// The ports on a mesh: at least one.
    #[must_use]
    pub fn ports_on(&self, mesh: &Mesh) -> Vec<HostPort> {
        if self.ports.is_empty() { vec![HostPort::ideal(mesh.io_tile)] } else { self.ports.clone() }
    }
}

/// A port of the host, at the router of a tile. Both directions work at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostPort {
    /// What inputs call it.
    pub name: Option<String>,
    /// Tile (column, row).
    pub tile: (u16, u16),
    /// Bits that pass it in a clock cycle, each way; `None`: it is ideal, packets pass in no time and at no price.
    pub bits_per_cycle: Option<u32>,
    /// Packets that it holds, each way, 1..=256; `None`: any number.
    pub depth: Option<u16>,
}

impl HostPort {
    /// One without a name that packets pass in no time.
    #[must_use]
    pub const fn ideal(tile: (u16, u16)) -> Self {
        Self { name: None, tile, bits_per_cycle: None, depth: None }
    }
}

/// Whether the values that the host reads of readouts leave the chip as packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub enum Answers {
    /// No: whoever reads them costs nothing.
    #[default]
    Stay,
    /// Each neuron's is a packet.
    Leave {
        /// Bits of it.
        bits: u32,
    },
}

impl Answers {
    /// Bits of a packet; `None` where there is none.
    #[must_use]
    pub const fn bits(self) -> Option<u32> {
        match self {
            Self::Stay => None,
            Self::Leave { bits } => Some(bits),
        }
    }
}

/// Which spikes leave the chip through a port of the host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Outputs {
    /// None: whoever reads them costs nothing.
    #[default]
    Stay,
    /// Those of output populations: of every readout, and of every population where no projection begins.
    Leave,
}

/// The network between the cores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noc {
    /// Routers, links, conventions: what `router::network` simulates.
    pub config: Config,
    /// Names of the classes of links, in the order of the configuration's; the first is `link`.
    pub link_classes: Vec<String>,
    /// What bits and hops over links of a class cost, in that order; of what is not listed, the default.
    pub class_costs: Vec<ClassCost>,
    /// Bits of each kind of packet.
    pub packets: PacketBits,
}

/// What bits and hops over links of a class cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassCost {
    /// Which price a bit has.
    pub reach: Reach,
    /// What such a link adds to the hop of a way, picoseconds; `None`: what its flits take longer than those of `link`.
    pub hop_ps: Option<u64>,
}

/// Where links of a class of their own lead, and with that what a bit over them costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Reach {
    /// To another part of the chip, or whatever `energy.seam_bit` is the price of.
    #[default]
    Seam,
    /// To another chip of the board: `energy.board_bit`.
    Board,
    /// To another board: `energy.off_board_bit`.
    OffBoard,
}

/// Bits of each kind of packet on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PacketBits {
    /// A spike.
    pub spike: u32,
    /// An error or a surrogate derivative.
    pub error: u32,
    /// A target of a readout neuron.
    pub target: u32,
    /// Any other control event.
    pub control: u32,
    /// A message of a barrier.
    pub barrier: u32,
}

impl PacketBits {
    /// The kinds, by name.
    #[must_use]
    pub fn kinds(&self) -> [(&'static str, u32); 5] {
        let Self { spike, error, target, control, barrier } = *self;
        [("spike", spike), ("error", error), ("target", target), ("control", control), ("barrier", barrier)]
    }
}

/// What one core holds at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreLimits {
    /// Neurons.
    pub neurons: u32,
    /// Axons: presynaptic neuron, projection and delay.
    pub axons: u32,
    /// Bits of synapse memory: weights, and for sparse rows indices and pointers.
    pub synapse_memory_bits: u64,
    /// Bits of learning state: traces, eligibility, feedback and group matrices, error traces.
    pub learning_memory_bits: u64,
    /// Widest weight store in bits, 1..=16.
    pub weight_bits: u8,
    /// Longest delay in steps, 1..=64.
    pub delay_steps: u8,
}

/// Tiles in columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mesh {
    /// Tiles from west to east.
    pub columns: u16,
    /// Tiles from north to south.
    pub rows: u16,
    /// Cores of a tile: they share its router.
    pub cores_per_tile: u16,
    /// Tile (column, row) of the host's port, where [`HostInterface::ports`] lists none.
    pub io_tile: (u16, u16),
    /// In which order tiles, and with them cores, are numbered.
    pub numbering: Numbering,
    /// What a packet of a spike says of its axons.
    pub addressing: Addressing,
    /// Where a source is looked up.
    pub keys_in: KeysIn,
}

/// What a packet of a spike says of the axons that it is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Addressing {
    /// The input address at its core: whoever sends it knows it.
    #[default]
    Destination,
    /// Its source: every core that takes it looks up in a table of keys which input address that is.
    SourceKey,
}

/// Where the sources of spikes are looked up that are addressed by them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub enum KeysIn {
    /// In the core that takes the packet.
    #[default]
    Cores,
    /// In every router that the packet passes: it finds there by which ports copies leave, and its input address in a core
    /// there.
    Routers {
        /// Entries of a router's table.
        entries: u32,
    },
}

impl Mesh {
    /// Whether cores look up the sources of spikes.
    #[must_use]
    pub fn has_keys_in_cores(&self) -> bool {
        self.addressing == Addressing::SourceKey && self.keys_in == KeysIn::Cores
    }

    /// Entries of a router's table of keys; `None` where it has none.
    #[must_use]
    pub fn router_entries(&self) -> Option<u32> {
        match (self.addressing, self.keys_in) {
            (Addressing::SourceKey, KeysIn::Routers { entries }) => Some(entries),
            _ => None,
        }
    }

    /// Routers of these ports of the host.
    #[must_use]
    pub fn routers_of(&self, ports: &[HostPort]) -> Vec<u32> {
        let router = |(column, row): (u16, u16)| u32::from(row) * u32::from(self.columns) + u32::from(column);
        ports.iter().map(|port| router(port.tile)).collect()
    }

    /// Cores of the chip.
    #[must_use]
    pub fn cores(&self) -> usize {
        usize::from(self.columns) * usize::from(self.rows) * usize::from(self.cores_per_tile)
    }
}
