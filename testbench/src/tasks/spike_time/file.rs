//! Spike times trained off the chip: the network, its training, what it is deployed with.

use crate::experiment::file::{ProbeFile, RecordingFiles, TraceFile};
use crate::experiment::record::records::Stated;
use serde::Deserialize;

/// The exclusive-or of two spike times: trained off the chip, deployed and run on it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SpikeTime {
    /// Hidden neurons.
    pub hidden: u32,
    /// When a late input fires, in time constants of the synapse; an early one fires at 0.
    pub late_tau: f64,
    /// Steps of the optimiser, each over all cases.
    pub passes: u32,
    /// Its rate in the first pass; falls to zero.
    pub rate: f64,
    /// How sharply the loss tells spike times apart.
    pub sharpness: f64,
    /// Sum of a neuron's weights (thresholds) below which it costs.
    pub least_sum: f64,
    /// Cost of a missing threshold of that sum.
    pub sum_cost: f64,
    /// Range of the first weights onto hidden neurons, in thresholds.
    pub first_weights: (f64, f64),
    /// Range of the first weights onto outputs.
    pub second_weights: (f64, f64),
    /// Resolutions to deploy at: steps of a time constant.
    pub steps_per_tau: Vec<u32>,
    /// Bits of the weight stores to deploy with.
    pub stores: Vec<u8>,
    /// One network each.
    pub seeds: Vec<u32>,
    /// What is compared.
    pub rows: Vec<SpikeTimeRow>,
    /// What is recorded of the network on the chip that the report shows in detail.
    #[serde(default)]
    pub probes: Vec<ProbeFile>,
    /// As what it is written.
    #[serde(default)]
    pub write: RecordingFiles,
    /// What is written of every step of that run, in the order of the contract.
    #[serde(default)]
    pub trace: Option<TraceFile>,
}

impl SpikeTime {
    /// What is recorded.
    #[must_use]
    pub fn records(&self) -> Stated<'_> {
        Stated { probes: &self.probes, write: self.write, trace: self.trace.as_ref() }
    }
}

/// A way to train.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SpikeTimeRow {
    /// Name in the table.
    pub name: String,
    /// How far an input may be moved in each pass, in time constants.
    #[serde(default)]
    pub jitter_tau: f64,
}
