//! What a core's machine is: queues, memory ports, which parts work side by side, how a step ends.
//!
//! Plain data, read from section `core` of a chip file (`docs/formats.md`). Times are picoseconds.
//! Promises: nothing here can change a bit. Absent on purpose: lanes and times of operations, that of taking a packet too (section `timing`), routers
//! and links (section `noc`).

use serde::{Deserialize, Serialize};

/// Which model says how long steps take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum TimeModel {
    /// One formula, nothing waits.
    #[default]
    Analytic,
    /// Cycle by cycle.
    Cycle,
    /// Both, and where they differ; energies are those of the analytic times.
    Both,
}

impl TimeModel {
    /// Its name, as the command has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Analytic => "analytic",
            Self::Cycle => "cycle",
            Self::Both => "both",
        }
    }
}

/// A core's machine, and how cores and network end a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoreDesign {
    /// Packets that the arrival queue holds, 1..=256; `None`: any number.
    pub arrival_queue: Option<u16>,
    /// Packets that were made and have not left, 1..=256; `None`: any number.
    pub output_queue: Option<u16>,
    /// Ports of the memory that arriving packets and a phase use: of the arrival buffer, which packets are marked in and
    /// rows looked up in; where rows are fetched at arrival, of synapse memory, whose weights learning updates.
    pub ports: Ports,
    /// Who goes first where a memory is shared.
    pub first: First,
    /// Whether a word of synapse memory holds synapses of one row only.
    pub rows: Rows,
    /// Whether the next row is looked up while one is added.
    pub lookup: Stages,
    /// Whether traces advance while neurons are scanned.
    pub learning: Stages,
    /// When packets leave.
    pub send: Send,
    /// What packets travel on.
    pub network: NetworkModel,
    /// Period of the network's clock; `None`: the chip's.
    pub network_clock_ps: Option<u64>,
    /// How a step ends.
    pub barrier: Ending,
}

/// Ports of a memory with two users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ports {
    /// One: whoever comes second waits.
    Shared,
    /// Each has its own.
    Own,
}

/// Who goes first where a memory is shared; who began ends an access first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum First {
    /// A packet that arrived: it takes cycles from the phase that runs.
    Arrivals,
    /// The phase: packets wait until it ends.
    Phases,
}

/// What a word of synapse memory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Rows {
    /// Synapses of one row: every row begins a word.
    Aligned,
    /// Synapses of any rows: lanes are filled across rows.
    Packed,
}

/// Two stages that need not wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Stages {
    /// One after the other.
    Serial,
    /// Side by side.
    Overlapped,
}

/// When packets leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Send {
    /// As they are made; packets of the host at the beginning of a step.
    AsMade,
    /// All of them when the last core is done, the host's too.
    AfterCores,
}

/// What packets travel on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum NetworkModel {
    /// Routers and links, cycle by cycle.
    Simulated,
    /// Ways of `hop_x` and `hop_y`, as long as they are: nothing waits.
    Ideal,
}

/// How a step ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Ending {
    /// Wires: `timing.barrier` after the last core and packet.
    Wires,
    /// Messages on the network: one from each core in use to the I/O port, and one back to each when all are there.
    Messages,
}

impl CoreDesign {
    /// What a chip has whose file says nothing: `clock_ps` is its clock.
    #[must_use]
    pub fn unstated(clock_ps: Option<u64>) -> Self {
        Self {
            arrival_queue: Some(16),
            output_queue: Some(16),
            ports: Ports::Shared,
            first: First::Arrivals,
            rows: Rows::Aligned,
            lookup: Stages::Serial,
            learning: Stages::Serial,
            send: Send::AsMade,
            network: if clock_ps.is_some() { NetworkModel::Simulated } else { NetworkModel::Ideal },
            network_clock_ps: None,
            barrier: Ending::Wires,
        }
    }

    /// A machine in which nothing waits and nothing overlaps: with it the cycle model is the analytic one.
    #[must_use]
    pub fn ideal() -> Self {
        Self {
            arrival_queue: None,
            output_queue: None,
            ports: Ports::Own,
            rows: Rows::Packed,
            send: Send::AfterCores,
            network: NetworkModel::Ideal,
            ..Self::unstated(None)
        }
    }
}
