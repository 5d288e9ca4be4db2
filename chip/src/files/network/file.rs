//! What a network file may say: `format: "synfire-network/1"`.
//!
//! Numbers that become register lanes are kept as text ([`Raw`]); fields that take several forms (`0.5`,
//! `Lanes(300)`, `Npy("f.npy")`) too, and are parsed where the check pass meets them. `docs/formats.md`,
//! "Network file", is the reader's version of these structures.
//!
//! Promises: a field is declared once here, with its name, its type and its default.
//! Absent on purpose: ranges and references (`network_resolve` and what it calls), neurons (`neuron`), learning (`learning_file`).

use super::learning_file::{NeuronLearningFile, ReadoutFile};
use super::neuron::{NeuronFile, yes};
use super::placement_file::PlacementFile;
use crate::files::synapses::learning::SynapseLearningFile;
use crate::files::text::decimal::Raw;
use crate::files::text::layer::LayerFile;
use crate::files::text::write::stated;
use crate::network::Encoding;
use serde::{Deserialize, Serialize};
use synfire_core::weight::Dropped;

/// A network file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Network")]
pub struct NetworkFile {
    /// What kind of file it is; must be stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The file that states what this one does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// Name, for reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Seed of every draw.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// Whether rules that need what is not local may run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_nonlocal: Option<bool>,
    /// Stimulus populations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<InputFile>>,
    /// Neuron populations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub populations: Option<Vec<PopulationFile>>,
    /// Projections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projections: Option<Vec<ProjectionFile>>,
    /// Where neurons sit.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub placement: Option<PlacementFile>,
}

impl NetworkFile {
    /// A file that states its format and its name, and empty lists.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            format: Some(Self::FORMAT.to_owned()),
            extends: None,
            name: Some(name.into()),
            seed: None,
            allow_nonlocal: None,
            inputs: Some(Vec::new()),
            populations: Some(Vec::new()),
            projections: Some(Vec::new()),
            placement: None,
        }
    }

    /// Adds an input of so many channels.
    pub fn input(&mut self, name: impl Into<String>, neurons: u32) -> &mut InputFile {
        let input = InputFile {
            name: name.into(),
            neurons: i64::from(neurons),
            max_events: one(),
            cores: None,
            port: None,
        };
        pushed(&mut self.inputs, input)
    }

    /// Adds a population that neither learns nor forms errors.
    pub fn population(
        &mut self,
        name: impl Into<String>,
        neurons: u32,
        neuron: NeuronFile,
    ) -> &mut PopulationFile {
        let (name, neurons) = (name.into(), i64::from(neurons));
        let population = PopulationFile {
            name,
            neurons,
            neuron,
            learning: None,
            readout: None,
            max_per_core: None,
            cores: None,
        };
        pushed(&mut self.populations, population)
    }

    /// Adds a projection that does not learn, named `FROM_TO`.
    pub fn projection(
        &mut self,
        (from, to): (&str, &str),
        connect: ConnectFile,
        weights: WeightsFile,
        store: StoreFile,
    ) -> &mut ProjectionFile {
        let projection = ProjectionFile {
            name: format!("{from}_{to}"),
            from: from.to_owned(),
            to: to.to_owned(),
            connect,
            weights: Some(weights),
            store,
            delay: None,
            learning: None,
            encoding: auto(),
            port_of: None,
        };
        pushed(&mut self.projections, projection)
    }

    /// This file, with the top-level fields it does not state taken from `base`.
    pub fn over(self, base: Self) -> Self {
        Self {
            format: self.format,
            extends: self.extends,
            name: self.name,
            seed: self.seed.or(base.seed),
            allow_nonlocal: self.allow_nonlocal.or(base.allow_nonlocal),
            inputs: self.inputs.or(base.inputs),
            populations: self.populations.or(base.populations),
            projections: self.projections.or(base.projections),
            placement: self.placement.or(base.placement),
        }
    }
}

impl LayerFile for NetworkFile {
    const FORMAT: &'static str = "synfire-network/1";
    const OWNER_DEPTH: usize = 1;

    fn format(&self) -> Option<&str> {
        self.format.as_deref()
    }

    fn extends(&self) -> Option<&str> {
        self.extends.as_deref()
    }
}

/// An element of `inputs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Input")]
pub struct InputFile {
    /// Name.
    pub name: String,
    /// Channels.
    pub neurons: i64,
    /// Most events a channel and step.
    #[serde(default = "one")]
    pub max_events: i64,
    /// Cores that its channels sit on; left out, the host sends their spikes.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub cores: Option<Vec<i64>>,
    /// Name of the host's port that they enter by; left out, they are split among all.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub port: Option<String>,
}

/// Adds an element to a list, stated or not.
fn pushed<T>(list: &mut Option<Vec<T>>, element: T) -> &mut T {
    let list = list.get_or_insert_with(Vec::new);
    list.push(element);
    let last = list.len() - 1;
    &mut list[last]
}

/// An element of `populations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Population")]
pub struct PopulationFile {
    /// Name.
    pub name: String,
    /// Neurons.
    pub neurons: i64,
    /// Their parameters.
    pub neuron: NeuronFile,
    /// How they learn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learning: Option<NeuronLearningFile>,
    /// Whether they form errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readout: Option<ReadoutFile>,
    /// Most neurons of it in one core.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_per_core: Option<i64>,
    /// Cores that its slices take, in order.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub cores: Option<Vec<i64>>,
}

/// An element of `projections`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Projection")]
pub struct ProjectionFile {
    /// Name.
    pub name: String,
    /// Input or population it begins in.
    pub from: String,
    /// Population it ends in.
    pub to: String,
    /// Which pairs.
    pub connect: ConnectFile,
    /// Weights of generated pairs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<WeightsFile>,
    /// The store.
    pub store: StoreFile,
    /// Delay in steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<i64>,
    /// How it learns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learning: Option<SynapseLearningFile>,
    /// Row encoding.
    #[serde(default = "auto")]
    pub encoding: Encoding,
    /// An earlier projection onto the same population, whose port its synapses add to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port_of: Option<String>,
}

impl StoreFile {
    /// A store that is delivered whole at its natural exponent.
    #[must_use]
    pub fn new(bits: u8, fraction: u8) -> Self {
        let (bits, fraction) = (i64::from(bits), i64::from(fraction));
        Self { bits, fraction, delivered_bits: None, exponent: None, dropped: None }
    }
}

impl ProjectionFile {
    /// Whether the weights keep their meaning in another store.
    pub fn has_real_weights(&self) -> bool {
        matches!(self.weights, Some(WeightsFile::Constant(_) | WeightsFile::Uniform { .. }))
    }

    /// The field that has the weights.
    pub fn weights_field(&self) -> &'static str {
        if self.weights.is_some() { "weights" } else { "connect" }
    }

    /// This projection with another store, delivered whole at its natural exponent.
    pub fn with_store(&self, bits: u8, fraction: u8) -> Self {
        Self { store: StoreFile::new(bits, fraction), ..self.clone() }
    }
}

/// `connect` of a projection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Connect")]
pub enum ConnectFile {
    /// Every pair.
    AllToAll,
    /// Pairs of equal index.
    OneToOne,
    /// A number of distinct targets of each presynaptic neuron.
    Random {
        /// How many.
        targets: i64,
    },
    /// A number of distinct sources of each postsynaptic neuron.
    RandomSources {
        /// How many.
        sources: i64,
    },
    /// A matrix of weights, presynaptic by postsynaptic.
    Npy(String),
    /// A list of synapses, `.npy` or `.csv`.
    Edges(String),
    /// Feature maps, by a kernel.
    Convolution {
        /// Channels, rows and columns of the source.
        input: (i64, i64, i64),
        /// Channels of the target.
        channels: i64,
        /// Rows and columns of the kernel.
        kernel: (i64, i64),
        /// Input lines from one output line to the next.
        #[serde(default = "unit_stride")]
        stride: (i64, i64),
        /// Lines of silence around the input.
        #[serde(default)]
        padding: (i64, i64),
        /// Copies of the kernel, a band of rows of every output channel each.
        #[serde(default = "one")]
        copies: i64,
        /// Groups of channels: an output sees the input channels of its own group.
        #[serde(default = "one")]
        groups: i64,
        /// Whether synapses share taps, or have a weight each that begins as its tap.
        #[serde(default = "yes")]
        shared: bool,
    },
    /// Feature maps, each the sum over windows of its own one.
    SumPool {
        /// Channels, rows and columns of the source.
        input: (i64, i64, i64),
        /// Rows and columns of a window.
        kernel: (i64, i64),
        /// Input lines from one window to the next; those of a window where it is not stated.
        #[serde(skip_serializing_if = "Option::is_none")]
        stride: Option<(i64, i64)>,
        /// Lines of silence around the input.
        #[serde(default)]
        padding: (i64, i64),
    },
}

impl ConnectFile {
    /// Whether its weights are the taps of a kernel.
    pub fn has_taps(&self) -> bool {
        matches!(self, Self::Convolution { .. } | Self::SumPool { .. })
    }
}

/// `weights` of a projection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Weights")]
pub enum WeightsFile {
    /// One real value.
    Constant(Raw),
    /// Uniform over the lanes of a real range.
    Uniform {
        /// Smallest.
        low: Raw,
        /// Largest.
        high: Raw,
    },
    /// One store integer.
    Lanes(i64),
    /// Uniform over store integers.
    UniformLanes {
        /// Smallest.
        low: i64,
        /// Largest.
        high: i64,
    },
    /// Taps of a convolution.
    Npy(String),
}

/// `store` of a projection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Store")]
pub struct StoreFile {
    /// Bits.
    pub bits: i64,
    /// Fraction bits.
    pub fraction: i64,
    /// Bits that are delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_bits: Option<i64>,
    /// Power of two from a delivered weight to a state lane.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exponent: Option<i64>,
    /// How the other bits are dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Dropped>,
}

fn one() -> i64 {
    1
}

fn unit_stride() -> (i64, i64) {
    (1, 1)
}

fn auto() -> Encoding {
    Encoding::Auto
}
