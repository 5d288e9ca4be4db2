//! What learning can be configured to: the engine's registers, and a network's rules.
//!
//! Promises: plain integer data; formats are those of `docs/arithmetic.md`, "Words".
//! Absent on purpose: behaviour, and where the numbers come from.

use serde::{Deserialize, Serialize};
use synfire_core::format::Format;
use synfire_core::rounding::Rounding;
use synfire_core::trace::TraceConfig;

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
    /// Bits of each eligibility state of a synapse: unsigned for a filter, signed for an adaptation.
    pub eligibility_bits: u8,
    /// Bits of each error trace of a neuron, signed.
    pub error_trace_bits: u8,
    /// Steps from forming an error to using it, 1..=63.
    pub error_delay: u8,
}

/// Shape of the surrogate derivative of the spike, a function of `x = |U_cmp - theta_A|` (the threshold with its adaptation) and half-width `h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum SurrogateShape {
    /// `1 - x / h` below `h`, else 0.
    Triangle,
    /// 1 below `h`, else 0.
    Boxcar,
    /// `1 / (1 + x / h)^2`, by a table of 16 entries per `h`, 0 from `4 h` on.
    FastSigmoid,
    /// `2^(-x / h)`, linear between the powers: an exponential by shifts.
    Exponential,
    /// `(U_cmp - theta_A + h) / 2h` within `h` of the threshold, else 0: the slope of a truncated quadratic.
    Ramp,
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
    /// `L surrogate >> shift` toward zero: a hidden layer's own modulation, handed to the layer below it.
    Modulation {
        /// Right shift.
        shift: u8,
    },
}

/// The margin between the right readout and the best wrong one. It compares neurons, so the population is one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Competition {
    /// Asked between the two, membrane lanes.
    pub margin: i32,
    /// The right readout is the first whose target is above it, membrane lanes.
    pub midpoint: i32,
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
    /// Only the right readout and the best wrong one have an error: what the margin lacks, up and down.
    pub competition: Option<Competition>,
    /// Errors of smaller magnitude are zero (error lanes).
    pub dead_zone: i32,
}

/// Entries of a random matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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
    /// `sat(sum_k W_ki E_k >> shift)` with the neuron's own copy of its weights to the readout.
    Mirror {
        /// Index of the projection to the readout.
        projection: u16,
        /// Right shift with floor.
        shift: u8,
    },
    /// As `Mirror`, the weights themselves brought from the readout's core: not local.
    Symmetric {
        /// Index of the projection to the readout.
        projection: u16,
        /// Right shift with floor.
        shift: u8,
    },
    /// `T <- sat(decay(T) + (sum_k B_ik E_k >> shift))`, `L = T`: an error compartment (eRBP).
    Compartment {
        /// Entries of B.
        draw: MatrixDraw,
        /// Decay factor of T, in the core's decay fraction; 0 keeps nothing.
        decay: u32,
        /// Right shift with floor.
        shift: u8,
    },
}

impl ThirdFactor {
    /// The projection whose weights it needs, and whether they are brought from another core.
    #[must_use]
    pub const fn mirrored(&self) -> Option<(u16, bool)> {
        match *self {
            Self::Mirror { projection, .. } => Some((projection, false)),
            Self::Symmetric { projection, .. } => Some((projection, true)),
            Self::OwnError | Self::Feedback { .. } | Self::Group { .. } | Self::Compartment { .. } => None,
        }
    }

    /// Whether the weights that it needs are brought from another core.
    #[must_use]
    pub const fn is_transported(&self) -> bool {
        matches!(self.mirrored(), Some((_, true)))
    }

    /// The entries of its random matrix, where it has one.
    #[must_use]
    pub const fn matrix(&self) -> Option<MatrixDraw> {
        match *self {
            Self::Feedback { draw, .. } | Self::Compartment { draw, .. } => Some(draw),
            Self::Group { readout, .. } => Some(readout.draw),
            Self::OwnError | Self::Mirror { .. } | Self::Symmetric { .. } => None,
        }
    }

    /// How its groups are read out, where it has them.
    #[must_use]
    pub const fn group(&self) -> Option<GroupReadout> {
        match *self {
            Self::Group { readout, .. } => Some(readout),
            _ => None,
        }
    }
}

/// What a slice needs to keep a copy of its neurons' weights to a readout: that projection's registers and rule.
#[derive(Clone, Debug)]
pub struct MirrorConfig {
    /// Index of the projection.
    pub projection: u32,
    /// Its delay, 1..=64.
    pub delay: u8,
    /// The traces of its axons.
    pub traces: TraceConfig,
    /// How it learns; `None`: its weights are fixed.
    pub learning: Option<SynapseLearning>,
    /// Bits of its store.
    pub store_bits: u8,
    /// First broadcast channel of the readout's surrogates, where it learns with a filter.
    pub surrogates: Option<u16>,
    /// Its weights at the start: a row of channels a neuron of the slice.
    pub weights: Vec<i16>,
}

/// What a slice of a core is to learning.
#[derive(Clone, Debug, Default)]
pub struct SliceConfig {
    /// How its neurons learn.
    pub learning: Option<NeuronLearning>,
    /// Whether they form errors.
    pub readout: Option<Readout>,
    /// The weights they mirror.
    pub mirror: Option<MirrorConfig>,
    /// First broadcast channel of its population's surrogates, where a mirror needs them.
    pub surrogates: Option<u16>,
    /// Whether synapses onto its population, in this core or another, have an eligibility.
    pub eligible: bool,
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

/// What a synapse keeps of its own past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Eligibility {
    /// SuperSpike's outer filter, `epsilon * (surrogate (epsilon * S))`.
    Filter {
        /// Decay factor of the first state.
        q_decay: u32,
        /// Decay factor of the second state.
        p_decay: u32,
        /// Right shift of `surrogate * P` before it enters the first state.
        product_shift: u8,
        /// A learning rate a synapse: the bit length of the second state above which the synapse learns more slowly,
        /// 1..=16.
        normalise: Option<u8>,
    },
    /// e-prop's state for neurons whose threshold adapts; it decays as their adaptation does.
    Adaptation {
        /// Left shift of P before it enters the state.
        trace_shift: u8,
    },
}

impl Eligibility {
    /// Reference of the synapses' normalisers, where they have them.
    #[must_use]
    pub const fn reference(&self) -> Option<u8> {
        match self {
            Self::Filter { normalise, .. } => *normalise,
            Self::Adaptation { .. } => None,
        }
    }
}

/// The presynaptic factor of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub enum Presynaptic {
    /// Trace P of the axon.
    Trace,
    /// The events that arrived in this step: no trace is kept (eRBP).
    Events,
}

/// How the synapses of a projection learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SynapseLearning {
    /// Learning-rate shift k, 0..=31.
    pub shift: u8,
    /// Rounding of the update: floor, nearest or stochastic.
    pub rounding: Rounding,
    /// Weight decay: an update at this shift takes `2^-weight_decay` of the weight, 0..=`shift`.
    pub weight_decay: Option<u8>,
    /// What of the axon enters the product.
    pub presynaptic: Presynaptic,
    /// States of a synapse; `None` is the product without a state a synapse.
    pub eligibility: Option<Eligibility>,
}

impl SynapseLearning {
    /// Trace-driven learning at a rate, rounded stochastically, without options.
    #[must_use]
    pub const fn new(shift: u8) -> Self {
        Self {
            shift,
            rounding: Rounding::Stochastic,
            weight_decay: None,
            presynaptic: Presynaptic::Trace,
            eligibility: None,
        }
    }

    /// Left shift of a weight to the lanes of a product, where weights decay.
    #[must_use]
    pub const fn decay_shift(&self) -> Option<u32> {
        match self.weight_decay {
            None => None,
            Some(decay) => Some(self.shift.saturating_sub(decay) as u32),
        }
    }
}
