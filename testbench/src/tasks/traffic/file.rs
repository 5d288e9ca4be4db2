//! Traffic over the network between the cores: what the file states.

use crate::experiment::changes::Set;
use serde::Deserialize;

/// Latency and accepted rate over offered load, for patterns of traffic.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Traffic {
    /// Offered loads, ascending: flits a core and cycle, above 0, at most 1.
    pub loads: Vec<f64>,
    /// The loads between which the mean latency passes three times that of packets alone are halved until they are this
    /// close; left out, only the listed loads are run.
    #[serde(default)]
    pub refine: Option<f64>,
    /// Cycles before the sample.
    pub warm_up: u32,
    /// Cycles of the sample: packets that are offered in it are measured.
    pub sample: u32,
    /// Most cycles after the sample, until all measured packets have arrived.
    pub drain: u32,
    /// Seeds of the traffic.
    pub seeds: Vec<u32>,
    /// What is compared.
    pub rows: Vec<TrafficRow>,
    /// A short form.
    #[serde(default)]
    pub quick: Option<QuickTraffic>,
}

/// A pattern on a network.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TrafficRow {
    /// Name in the table.
    pub name: String,
    /// Chip preset or path, where it is another than that of the experiment.
    #[serde(default)]
    pub chip: Option<String>,
    /// Changes to the chip.
    #[serde(default)]
    pub set: Set,
    /// Where packets go.
    pub pattern: PatternFile,
    /// Flits of a packet; left out, those of a spike.
    #[serde(default)]
    pub flits: Option<u32>,
}

/// Where packets go.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Pattern")]
pub enum PatternFile {
    /// To any core, itself included.
    Uniform,
    /// To any other core.
    UniformOthers,
    /// From column x and row y to column y and row x.
    Transpose,
    /// To the next column and the next row, round at the edges.
    Neighbour,
    /// To the core whose number has every bit changed.
    BitComplement,
    /// Some packets to one core, the others to any.
    HotSpot {
        /// The core.
        core: u32,
        /// Share of the packets, 0..=1.
        share: f64,
    },
    /// As a file has recorded: CSV of `cycle,from,to` or `cycle,from,to,flits`. The list is the sample, without warm-up,
    /// at the one load that it has.
    Recorded {
        /// The file.
        file: String,
    },
}

/// Parts of a share in [`PatternFile::HotSpot`] and of a load: both are exact to a millionth.
pub const MILLION: u32 = 1_000_000;

/// A short form.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct QuickTraffic {
    /// Offered loads.
    pub loads: Vec<f64>,
    /// Cycles of the sample.
    pub sample: u32,
    /// Seeds.
    pub seeds: Vec<u32>,
}
