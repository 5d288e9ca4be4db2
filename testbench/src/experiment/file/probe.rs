//! What an experiment asks of its recordings: registers of chosen steps, and the files that they become.
//!
//! Absent on purpose: which registers a network has (`synfire_chip::run::observable`), names to indices
//! (`experiment::record`).

use serde::Deserialize;
use synfire_chip::run::observable::Variable;

/// The files that a recording becomes. Weights and answers are written in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct RecordingFiles {
    /// `.csv`, of spikes and of registers.
    pub csv: bool,
    /// Spikes as a dense `.npy [rows, neurons]`.
    pub rasters: bool,
    /// Spikes as events: `.events.npy [spikes, 2]`, step and neuron.
    pub events: bool,
}

impl Default for RecordingFiles {
    fn default() -> Self {
        Self { csv: true, rasters: true, events: false }
    }
}

/// What is recorded of one population, projection or input.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProbeFile {
    /// Population; or else
    #[serde(default)]
    pub population: Option<String>,
    /// projection; or else
    #[serde(default)]
    pub projection: Option<String>,
    /// input.
    #[serde(default)]
    pub input: Option<String>,
    /// What.
    pub record: Vec<Recorded>,
    /// Which neurons (presynaptic ones for traces and arrivals); all by default.
    #[serde(default)]
    pub neurons: Option<Vec<u32>>,
    /// Which synapses, of weights and what else synapses keep: then weights are recorded step by step.
    #[serde(default)]
    pub synapses: Option<Vec<SynapseFile>>,
    /// First step; 0 by default.
    #[serde(default)]
    pub from: Option<u64>,
    /// First step not recorded.
    #[serde(default)]
    pub until: Option<u64>,
    /// Every so many steps.
    #[serde(default)]
    pub every: Option<u64>,
}

/// A synapse of a projection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SynapseFile {
    /// Presynaptic neuron.
    pub pre: u32,
    /// Postsynaptic neuron.
    pub post: u32,
    /// Delay; the shortest where the pair has several.
    #[serde(default)]
    pub delay: Option<u8>,
}

/// The recordable quantities: what a file calls each, and its register; of dendritic sums that of the first port.
macro_rules! recorded {
    ($($(#[$about:meta])+ $name:ident => $register:expr,)+) => {
        /// A recordable quantity: a register of `docs/arithmetic.md`, 11.1.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        pub enum Recorded {
            /// All that the population, projection or input has.
            All,
            $($(#[$about])+ $name,)+
        }

        impl Recorded {
            /// Its register; none is [`Recorded::All`].
            #[must_use]
            pub const fn register(self) -> Option<Variable> {
                match self {
                    Self::All => None,
                    $(Self::$name => Some($register),)+
                }
            }
        }
    };
}

recorded! {
    /// Spikes of a population.
    Spikes => Variable::Spikes,
    /// Current I.
    Current => Variable::Current,
    /// Membrane U.
    Membrane => Variable::Membrane,
    /// Compared membrane.
    Compared => Variable::Compared,
    /// Adaptation of the threshold.
    Adaptation => Variable::Adaptation,
    /// Third factor.
    ThirdFactor => Variable::ThirdFactor,
    /// Dendritic sums, one file a port.
    Dendritic => Variable::Dendritic(0),
    /// Refractory counter.
    Refractory => Variable::Refractory,
    /// Target of the readout neuron's channel.
    Target => Variable::Target,
    /// Error that the readout neuron formed in the step.
    ErrorFormed => Variable::ErrorFormed,
    /// Error of the readout neuron's channel that is used in the step.
    Error => Variable::Error,
    /// Error trace E1 of a readout neuron.
    ErrorFirst => Variable::ErrorFirst,
    /// Error trace E2.
    ErrorSecond => Variable::ErrorSecond,
    /// Error compartment.
    Compartment => Variable::Compartment,
    /// Surrogate.
    Surrogate => Variable::Surrogate,
    /// Spike counter of a rate limit.
    SpikeCount => Variable::SpikeCount,
    /// Trace Q of a mirror.
    MirrorQ => Variable::MirrorQ,
    /// Trace P of a mirror.
    MirrorP => Variable::MirrorP,
    /// Mirrored weights, a column a neuron and channel.
    MirrorWeight => Variable::MirrorWeight,
    /// E1 of mirrored weights.
    MirrorFirst => Variable::MirrorFirst,
    /// E2 of mirrored weights.
    MirrorSecond => Variable::MirrorSecond,
    /// Readout Y, a column a group and channel.
    GroupReadout => Variable::GroupReadout,
    /// Error of groups that is used in the step.
    GroupError => Variable::GroupError,
    /// Error of groups that was formed in the step.
    GroupErrorFormed => Variable::GroupErrorFormed,
    /// Events that arrived on each axon of a projection.
    Arrivals => Variable::Arrivals,
    /// Trace Q of a projection's axons.
    TraceQ => Variable::AxonQ,
    /// Trace P.
    TraceP => Variable::AxonP,
    /// Weights of a projection.
    Weights => Variable::Weight,
    /// First state of synapses: E1 of a filter, X of an adaptation.
    EligibilityFirst => Variable::EligibilityFirst,
    /// Second state: E2 of a filter.
    EligibilitySecond => Variable::EligibilitySecond,
    /// Normaliser of synapses.
    Normaliser => Variable::Normaliser,
    /// Events that the neurons of an input send.
    Events => Variable::Events,
}
