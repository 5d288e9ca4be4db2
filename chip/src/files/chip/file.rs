//! What a chip file may say: `format: "synfire-chip/1"`.
//!
//! Every section is optional and so is every field of it: what a file leaves out, the file it extends states.
//! `docs/formats.md`, "Chip file", is the reader's version of these structures.
//!
//! Promises: a field is declared once here, with its name, its type and its inheritance.
//! Absent on purpose: costs (`cost_file`), the network (`noc`), what was measured (`measured`); ranges and defaults (`resolve`);
//! a chip file has no defaults.

use crate::chip::{Addressing, Answers, KeysIn, Outputs};
use crate::cost::cycle::design::{Ending, First, NetworkModel, Rows, Send, Stages};
use crate::cost::service::{ActiveBy, Phases, RowService, UpdateStyle, Ways};
use crate::files::chip::cost_file::{EnergyFile, PerOperationFile, TimingFile};
use crate::files::chip::measured::MeasuredFile;
use crate::files::chip::noc::NocFile;
use crate::files::chip::section::{is_unstated, section};
use crate::files::text::layer::LayerFile;
use crate::files::text::write::stated;
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
