//! What memories a core has, under which heading a report shows each, and which limit of the chip each counts against.

use crate::chip::CoreLimits;
use synfire_plasticity::registers::Register;

/// A kind of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Current, one a neuron.
    Current,
    /// Membrane, one a neuron.
    Membrane,
    /// Refractory counter, one a neuron.
    Refractory,
    /// Adaptation of the threshold, one a neuron that adapts.
    Adaptation,
    /// Whether a neuron fired in this step.
    Fired,
    /// Decay factor of the current, where it differs between neurons; so are the parameters below.
    CurrentDecay,
    /// Decay factor of the membrane.
    MembraneDecay,
    /// Threshold.
    Threshold,
    /// Bias.
    Bias,
    /// Current after reset.
    InitialCurrent,
    /// Membrane after reset.
    InitialMembrane,
    /// Decay factor of the adaptation.
    AdaptationDecay,
    /// What a spike adds to the adaptation.
    AdaptationIncrement,
    /// Weights, or taps of a kernel.
    Weight,
    /// The neuron of each synapse of listed rows.
    RowIndex,
    /// Where each listed row begins, and one past the last.
    RowPointer,
    /// The tap that each synapse of shared rows reads.
    TapNumber,
    /// The axons behind input addresses: a number and a delay an axon.
    AxonEntry,
    /// Ring of arrivals: a mark or an event counter an axon and slot.
    Arrival,
    /// Destinations of the core's neurons: a core and an input address each.
    Route,
    /// Keys of the sources that the core hears, where spikes are addressed by them: a key and an input address each.
    Key,
    /// Q and P of the axons that learn by a trace.
    Trace,
    /// A memory of the learning engine.
    Learning(Register),
}

/// Declares the headings: each with its field of `synfire-summary/2` and its name in reports.
macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident $field:literal $name:literal,)*) => {
        /// The headings under which reports show memory.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Part {
            $($(#[$doc])* $part,)*
        }

        impl Part {
            /// All of them, in the order of a report.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$part),*];

            /// Name of its bits in a summary.
            #[must_use]
            pub const fn field(self) -> &'static str {
                match self {
                    $(Self::$part => $field,)*
                }
            }

            /// Name, for reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$part => $name,)*
                }
            }
        }
    };
}
parts! {
    /// State of neurons.
    NeuronState "neuron_state_bits" "neuron state",
    /// Parameters that differ between neurons.
    NeuronParameters "neuron_parameter_bits" "parameters",
    /// Weights, and indices and pointers of listed rows.
    Synapses "synapse_bits" "synapse memory",
    /// Axon-in table: an axon number and a delay an axon.
    AxonTable "axon_table_bits" "axon table",
    /// Arrival rings.
    Arrivals "arrival_bits" "arrival buffers",
    /// Routing table: core and axon-in entry a destination.
    Routing "routing_bits" "routing",
    /// Key table: a source's key and its axon-in entry, where spikes are addressed by keys.
    Keys "key_bits" "keys",
    /// Presynaptic traces.
    Traces "trace_bits" "traces",
    /// Learning registers that grow with neurons and synapses.
    Learning "learning_bits" "learning",
    /// The core's copy of the broadcast: targets, rings of errors and surrogates.
    Broadcast "broadcast_bits" "broadcast",
}

/// What a chip file limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resource {
    /// Neurons.
    Neurons,
    /// Axons.
    Axons,
    /// Bits of synapse memory.
    SynapseMemory,
    /// Bits of learning memory.
    LearningMemory,
}

impl Kind {
    /// Name, for reports and messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Membrane => "membrane",
            Self::Refractory => "refractory counter",
            Self::Adaptation => "adaptation",
            Self::Fired => "spike",
            Self::CurrentDecay => "current decay",
            Self::MembraneDecay => "membrane decay",
            Self::Threshold => "threshold",
            Self::Bias => "bias",
            Self::InitialCurrent => "initial current",
            Self::InitialMembrane => "initial membrane",
            Self::AdaptationDecay => "adaptation decay",
            Self::AdaptationIncrement => "adaptation increment",
            Self::Weight => "weight",
            Self::RowIndex => "row index",
            Self::RowPointer => "row pointer",
            Self::TapNumber => "tap number",
            Self::AxonEntry => "axon entry",
            Self::Arrival => "arrival",
            Self::Route => "route",
            Self::Key => "key",
            Self::Trace => "trace",
            Self::Learning(register) => match register {
                Register::Target => "target",
                Register::Error => "error",
                Register::Surrogate => "surrogate",
                Register::Matrix => "random matrix",
                Register::MirrorWeight => "mirrored weight",
                Register::MirrorTrace => "mirror's trace",
                Register::MirrorSpikes => "mirror's spikes under way",
                Register::MirrorEligibility => "mirror's eligibility",
                Register::ErrorTrace => "error trace",
                Register::GroupReadout => "group readout",
                Register::GroupError => "group error",
                Register::ThirdFactor => "third factor",
                Register::SpikeCount => "spike count",
                Register::AdaptationStrength => "adaptation strength",
                Register::Eligibility => "eligibility",
                Register::Normaliser => "normaliser",
                Register::TapSum => "sum of a tap",
            },
        }
    }

    /// The heading under which a report shows it.
    #[must_use]
    pub const fn part(self) -> Part {
        match self {
            Self::Current | Self::Membrane | Self::Refractory | Self::Adaptation | Self::Fired => {
                Part::NeuronState
            }
            Self::CurrentDecay
            | Self::MembraneDecay
            | Self::Threshold
            | Self::Bias
            | Self::InitialCurrent
            | Self::InitialMembrane
            | Self::AdaptationDecay
            | Self::AdaptationIncrement => Part::NeuronParameters,
            Self::Weight | Self::RowIndex | Self::RowPointer | Self::TapNumber => Part::Synapses,
            Self::AxonEntry => Part::AxonTable,
            Self::Arrival => Part::Arrivals,
            Self::Route => Part::Routing,
            Self::Key => Part::Keys,
            Self::Trace => Part::Traces,
            Self::Learning(Register::Target | Register::Error | Register::Surrogate) => Part::Broadcast,
            Self::Learning(_) => Part::Learning,
        }
    }

    /// Whether it holds what a step leaves for later ones, so that a checkpoint must keep it. Weights are state where
    /// they learn; that, a kind does not know.
    #[must_use]
    pub const fn is_state(self) -> bool {
        match self {
            Self::Learning(register) => !matches!(
                register,
                Register::Matrix | Register::ThirdFactor | Register::AdaptationStrength | Register::TapSum
            ),
            _ => matches!(self.part(), Part::NeuronState | Part::Arrivals | Part::Traces),
        }
    }
}

impl Resource {
    /// All of them, in the order in which a core is checked.
    pub const ALL: [Self; 4] = [Self::Neurons, Self::Axons, Self::SynapseMemory, Self::LearningMemory];

    /// What so much of it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Neurons => "neurons",
            Self::Axons => "axons",
            Self::SynapseMemory => "bits of synapse memory",
            Self::LearningMemory => "bits of learning memory",
        }
    }

    /// The chip file's field.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Neurons => "limits.neurons",
            Self::Axons => "limits.axons",
            Self::SynapseMemory => "limits.synapse_memory_bits",
            Self::LearningMemory => "limits.learning_memory_bits",
        }
    }

    /// How much a core has.
    #[must_use]
    pub const fn limit(self, limits: &CoreLimits) -> u64 {
        match self {
            Self::Neurons => limits.neurons as u64,
            Self::Axons => limits.axons as u64,
            Self::SynapseMemory => limits.synapse_memory_bits,
            Self::LearningMemory => limits.learning_memory_bits,
        }
    }

    /// Sets how much a core has.
    pub const fn set_limit(self, limits: &mut CoreLimits, limit: u64) {
        match self {
            Self::Neurons => limits.neurons = limit as u32,
            Self::Axons => limits.axons = limit as u32,
            Self::SynapseMemory => limits.synapse_memory_bits = limit,
            Self::LearningMemory => limits.learning_memory_bits = limit,
        }
    }

    /// The most that a chip file may state.
    #[must_use]
    pub const fn most(self) -> u64 {
        match self {
            Self::Neurons => 1 << 16,
            Self::Axons => 1 << 24,
            Self::SynapseMemory | Self::LearningMemory => 1 << 40,
        }
    }
}
