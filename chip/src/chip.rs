//! A chip after its file was read and checked: what the hardware is, what it costs.
//!
//! Times are picoseconds (`u64`), energies attojoules (`u64`), memory bits. A synchronous chip has a clock and
//! its costs are whole cycles; an asynchronous one (Loihi) states picoseconds and has no clock.
//!
//! Promises: pure data. Nothing in `mesh`, `timing` or `energy` can change a bit of a result.
//! Absent on purpose: files and their errors (`files`), the models that read these numbers (`time`, `energy`).

use serde::{Deserialize, Serialize};
use synfire_core::neuron::Datapath;
use synfire_plasticity::config::LearningDatapath;

/// A chip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chip {
    /// Name, for reports.
    pub name: String,
    /// Neuron datapath.
    pub datapath: Datapath,
    /// Learning engine.
    pub learning: LearningDatapath,
    /// What a core holds.
    pub limits: CoreLimits,
    /// Where the cores are.
    pub mesh: Mesh,
    /// What things take.
    pub timing: Timing,
    /// What things cost.
    pub energy: Energy,
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
    /// Longest delay in steps, 1..=63.
    pub delay_steps: u8,
}

/// A mesh of tiles with XY (dimension-order) routing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mesh {
    /// Tiles from west to east.
    pub columns: u16,
    /// Tiles from north to south.
    pub rows: u16,
    /// Cores of a tile: they share its router.
    pub cores_per_tile: u16,
    /// Tile (column, row) at which stimuli and control events enter.
    pub io_tile: (u16, u16),
}

impl Mesh {
    /// Cores of the chip.
    #[must_use]
    pub fn cores(&self) -> usize {
        usize::from(self.columns) * usize::from(self.rows) * usize::from(self.cores_per_tile)
    }
}

/// What one operation takes, in picoseconds. Per core the parts of a step are added; cores run in parallel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timing {
    /// Clock period of a synchronous chip; `None` for an asynchronous one.
    pub clock_ps: Option<u64>,
    /// Length of a network step, for the overrun report; `None`: no such bound.
    pub tick_ps: Option<u64>,
    /// An axon's event: table look-up.
    pub axon_event_ps: u64,
    /// A word of synapse memory: `synapse_lanes` weights read and added.
    pub synapse_word_ps: u64,
    /// Weights of a word.
    pub synapse_lanes: u32,
    /// One neuron update.
    pub neuron_update_ps: u64,
    /// Sending one packet.
    pub packet_out_ps: u64,
    /// One trace pair update.
    pub trace_update_ps: u64,
    /// A word of weight updates: `learning_lanes` read-modify-writes.
    pub weight_update_word_ps: u64,
    /// Updates of a word.
    pub learning_lanes: u32,
    /// One eligibility update (all states of a synapse).
    pub eligibility_update_ps: u64,
    /// One router hop, east or west.
    pub hop_x_ps: u64,
    /// One router hop, north or south.
    pub hop_y_ps: u64,
    /// The barrier that ends a step.
    pub barrier_ps: u64,
}

/// A price and where it is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Attojoules an operation.
    pub attojoules: u64,
    /// Source: paper and table, or the reasoning.
    pub source: String,
}

/// Prices of the countable operations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Energy {
    /// An axon's event.
    pub axon_event: Price,
    /// One weight read and added.
    pub synaptic_event: Price,
    /// One neuron update.
    pub neuron_update: Price,
    /// One spike, on top of the update.
    pub spike: Price,
    /// One trace pair update.
    pub trace_update: Price,
    /// One weight update computed (read, multiply, round).
    pub weight_update: Price,
    /// One changed weight written back.
    pub weight_write: Price,
    /// One eligibility update.
    pub eligibility_update: Price,
    /// One third factor formed.
    pub third_factor: Price,
    /// One packet made and taken (spike, error or control copy).
    pub packet: Price,
    /// One packet over one hop, east or west.
    pub hop_x: Price,
    /// One packet over one hop, north or south.
    pub hop_y: Price,
    /// Static power of one used core, microwatts: 1 uW for 1 ps is 1 aJ.
    pub core_static_uw: Price,
}
