//! What learning can be configured to: the engine's registers, and a network's rules.
//!
//! Promises: plain integer data; formats are those of `docs/arithmetic.md`, "Words".
//! Absent on purpose: behaviour, and where the numbers come from.

use serde::{Deserialize, Serialize};
use synfire_core::format::Format;
use synfire_core::rounding::Rounding;

/// Registers of the learning engine: what the hardware fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LearningDatapath {
    /// Error register, signed (`s10.7`).
    pub error: Format,
    /// Third factor, signed (`s10.7`).
    pub third_factor: Format,
    /// Surrogate derivative, unsigned (`u8.7`).
    pub surrogate: Format,
    /// Bits of each presynaptic trace, unsigned.
    pub trace_bits: u8,
    /// What an event adds to a presynaptic trace.
    pub trace_increment: u16,
    /// Bits of each eligibility state of a synapse, unsigned.
    pub eligibility_bits: u8,
    /// Bits of each error trace of a neuron, signed.
    pub error_trace_bits: u8,
    /// Steps from forming an error to using it, 1..=63.
    pub error_delay: u8,
}

/// Shape of the surrogate derivative of the spike, a function of `x = |U_cmp - threshold|` and half-width `h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SurrogateShape {
    /// `1 - x / h` below `h`, else 0.
    Triangle,
    /// 1 below `h`, else 0.
    Boxcar,
    /// `1 / (1 + x / h)^2`, by a table of 16 entries per `h`, 0 from `4 h` on.
    FastSigmoid,
}

/// A surrogate derivative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Surrogate {
    /// Its shape.
    pub shape: SurrogateShape,
    /// Half-width `h = 2^half_width_log2` membrane lanes: a shift, no division.
    pub half_width_log2: u8,
}

/// How the error signal of a readout neuron is formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ErrorSignal {
    /// `target - U_cmp`, both membrane lanes, brought to the error's fraction toward zero.
    Membrane,
    /// The difference of target and own spike train, filtered twice (van Rossum):
    /// `E2 <- decay_p(E2) + E1`, `E1 <- decay_q(E1) + increment * (target - spike)`, `E = E2 >> shift` toward zero.
    FilteredSpikes {
        /// Decay factor of the first filter, in the core's decay fraction.
        q_decay: u32,
        /// Decay factor of the second filter.
        p_decay: u32,
        /// What one spike adds.
        increment: i32,
        /// Right shift from the second filter to the error.
        shift: u8,
    },
}

/// A readout population: its neurons form errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Readout {
    /// First broadcast channel; neuron `k` of the population forms channel `first_channel + k`.
    pub first_channel: u16,
    /// The error.
    pub signal: ErrorSignal,
    /// With `Some(midpoint)`: 0 when a readout whose target is above the midpoint is above its target, or one
    /// whose target is not is below its own (membrane lanes).
    pub one_sided: Option<i32>,
    /// Errors of smaller magnitude are zero (error lanes).
    pub dead_zone: i32,
}

/// Entries of a random matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MatrixDraw {
    /// +1 or -1, each with probability one half.
    Sign,
    /// Uniform integers in `-max..=max`.
    Uniform {
        /// Largest magnitude, 1..=127.
        max: i8,
    },
    /// Every entry +1.
    Ones,
}

/// DCLL: a fixed random readout of each learning group and its local error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GroupReadout {
    /// Neurons of a group; a population is cut into groups of this many, the last may be smaller.
    pub neurons: u32,
    /// Entries of G.
    pub draw: MatrixDraw,
    /// Decay factor of the low-pass of Y, in the core's decay fraction; 0 is instantaneous.
    pub decay: u32,
    /// Power of two from a sum of G entries to a membrane lane: `Y` is `sum << scale`.
    pub scale: u8,
}

/// Where a neuron's third factor comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ThirdFactor {
    /// The neuron's own broadcast channel: a readout neuron under the delta rule.
    OwnError,
    /// `sat(sum_k B_ik E_k >> shift)` over the channels of a readout.
    Feedback {
        /// Entries of B.
        draw: MatrixDraw,
        /// Right shift with floor.
        shift: u8,
    },
    /// `sat(sum_k G_ki e_k >> shift)` with the group's readout error e.
    Group {
        /// The group's readout.
        readout: GroupReadout,
        /// Right shift with floor.
        shift: u8,
    },
}

/// What keeps a neuron's rate down while it learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RateLimit {
    /// Spikes since the last `clear` above which the limit acts, 0..=254.
    pub spikes: u8,
    /// Subtracted from the third factor then (third-factor lanes).
    pub amount: i32,
}

/// How the neurons of a population learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NeuronLearning {
    /// First channel of the readout it listens to.
    pub first_channel: u16,
    /// Channels of that readout.
    pub channels: u16,
    /// The third factor.
    pub third_factor: ThirdFactor,
    /// Surrogate derivative; `None` is the constant 1 without its fraction (a linear readout).
    pub surrogate: Option<Surrogate>,
    /// Rate regulariser.
    pub rate_limit: Option<RateLimit>,
}

/// SuperSpike's per-synapse outer filter, `epsilon * (surrogate (epsilon * S))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Eligibility {
    /// Decay factor of the first state.
    pub q_decay: u32,
    /// Decay factor of the second state.
    pub p_decay: u32,
    /// Right shift of `surrogate * P` before it enters the first state.
    pub product_shift: u8,
}

/// How the synapses of a projection learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SynapseLearning {
    /// Learning-rate shift k, 0..=31.
    pub shift: u8,
    /// Rounding of the update: floor, nearest or stochastic.
    pub rounding: Rounding,
    /// SuperSpike's filter; `None` is the trace-only product.
    pub eligibility: Option<Eligibility>,
}
