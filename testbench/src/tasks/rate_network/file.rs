//! Rate networks trained conventionally and deployed as spikes: the network, its training, what it is deployed with.

use crate::experiment::file::{Data, ProbeFile, Quick, RecordingFiles, TraceFile};
use crate::experiment::record::records::Stated;
use serde::Deserialize;

/// A rate network with one hidden layer, trained off the chip, deployed and run on it as spikes.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RateNetwork {
    /// The data set; it has features.
    pub data: Data,
    /// Part of all samples held out for the test.
    pub test_per_mille: u32,
    /// When given, that part of the training samples is held out and tested on instead: nothing then sees the test
    /// part.
    #[serde(default)]
    pub validate_per_mille: Option<u32>,
    /// Hidden neurons.
    pub hidden: u32,
    /// Passes over the training part.
    pub epochs: u32,
    /// Samples whose gradients are averaged for one step of the weights.
    pub batch: u32,
    /// Epochs after each of which the rate of training is halved.
    #[serde(default)]
    pub slower_after: Vec<u32>,
    /// Lengths of a presentation to deploy with, in steps.
    pub steps: Vec<u32>,
    /// Bits of the weight stores to deploy with.
    pub stores: Vec<u8>,
    /// One whole run each: split, first weights, order, spikes.
    pub seeds: Vec<u32>,
    /// What is compared.
    pub rows: Vec<RateNetworkRow>,
    /// What `--quick` uses instead; its accuracy is that of the first row in the first store and length.
    #[serde(default)]
    pub quick: Option<Quick>,
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

impl RateNetwork {
    /// What is recorded.
    #[must_use]
    pub fn records(&self) -> Stated<'_> {
        Stated { probes: &self.probes, write: self.write, trace: self.trace.as_ref() }
    }
}

/// A way to train and to deploy.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RateNetworkRow {
    /// Name in the table.
    pub name: String,
    /// How features become spikes.
    pub encoder: RateEncoder,
    /// Adam's rate in the first epoch.
    pub learning_rate: f64,
    /// So many thousandths of a hidden layer's activations stay below the one that fires in every step.
    pub percentile_per_mille: u32,
    /// Membrane of a hidden neuron when a presentation begins, in thresholds.
    pub initial_membrane: f64,
}

/// How a feature becomes a rate of spikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub enum RateEncoder {
    /// In each step with probability `rate * v / largest`.
    Rate {
        /// Spikes per thousand steps at the largest value.
        rate_per_mille: u32,
    },
    /// A first-order sigma-delta modulator of `rate * v / largest` a step.
    SigmaDelta {
        /// Spikes per thousand steps at the largest value.
        rate_per_mille: u32,
    },
}

impl RateEncoder {
    /// The variant's name, and its rate.
    #[must_use]
    pub fn form_and_rate(self) -> (&'static str, u32) {
        match self {
            Self::Rate { rate_per_mille } => ("Rate", rate_per_mille),
            Self::SigmaDelta { rate_per_mille } => ("SigmaDelta", rate_per_mille),
        }
    }
}
