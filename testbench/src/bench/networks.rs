//! The chips and networks that the bench runs, through the files' own path.
//!
//! Promises: all draws are functions of constants here, so every run of the bench does the same work.

use std::path::Path;
use synfire_chip::cost::analytic::Analytic;
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::files::schema::{DecayFile, NetworkFile, NeuronFile, Raw, StoreFile, WeightsFile};
use synfire_chip::files::{self, NetworkOverrides};
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::Recorder;
use synfire_chip::run::program::{Program, StepEvents, StimulusSpike};
use synfire_core::dither::{self, Purpose};

/// A network file of the bench, without inputs, populations and projections.
#[must_use]
pub fn file() -> NetworkFile {
    NetworkFile::new("bench")
}

/// A neuron whose decays are these factors.
#[must_use]
pub fn neuron(current_decay: i64, membrane_decay: i64, threshold: impl Into<Raw>) -> NeuronFile {
    let factor = |factor| DecayFile::Factor(factor).into();
    NeuronFile::new(factor(current_decay), factor(membrane_decay), threshold.into())
}

/// Weights uniform over lanes.
#[must_use]
pub fn lanes(low: i64, high: i64) -> WeightsFile {
    WeightsFile::UniformLanes { low, high }
}

/// A store of bytes whose lanes are the state's.
#[must_use]
pub fn bytes() -> StoreFile {
    StoreFile { exponent: Some(0), ..StoreFile::new(8, 0) }
}

/// The network on the chip `paper`, and built.
#[must_use]
pub fn build(file: &NetworkFile) -> (Network, Machine) {
    let here = Path::new(".");
    let chip = files::load_chip("paper", here).unwrap_or_else(|e| unreachable!("a preset: {e}"));
    let network = files::network_from_value("bench network", file, here, &chip, &NetworkOverrides::default())
        .unwrap_or_else(|e| unreachable!("the bench's own network: {e}"));
    let machine =
        Machine::new(&network, &chip).unwrap_or_else(|e| unreachable!("the bench's own network: {e}"));
    (network, machine)
}

/// A machine and the model of its costs.
pub struct Counted {
    /// The machine.
    pub machine: Machine,
    /// What its runs cost.
    pub costs: Analytic,
}

impl Counted {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(machine: Machine) -> Self {
        Self { costs: Analytic::new(&machine), machine }
    }

    /// Runs a program to its end, without probes.
    pub fn run(&mut self, program: &[StepEvents], threads: usize) {
        let mut recorder = Recorder::new(Vec::new(), &self.machine.nodes);
        self.run_recorded(program, threads, &mut recorder);
    }

    /// Runs a program to its end.
    pub fn run_recorded(&mut self, program: &[StepEvents], threads: usize, recorder: &mut Recorder) {
        let Self { machine, costs } = self;
        let options = RunOptions { threads, interrupt: None };
        let ran = machine.run_observed(program, options, recorder, costs);
        ran.unwrap_or_else(|e| unreachable!("the bench's own run: {e}"));
    }

    /// Counts of all runs.
    #[must_use]
    pub fn counts(&self) -> NodeCounts {
        self.costs.costs().whole().counts
    }
}

/// Channels of `0..neurons` that fire in each of `steps` steps, each with probability `per_mille` / 1000.
#[must_use]
pub fn firing(neurons: u32, per_mille: u32, steps: u32) -> Vec<Vec<u32>> {
    let seed = Purpose::Stimulus.seed(1);
    let threshold = u32::MAX / 1000 * per_mille;
    let fired = |step| {
        let row = dither::row_key(seed, u64::from(step), 0, 0);
        (0..neurons).filter(|neuron| dither::word(row, *neuron) < threshold).collect()
    };
    (0..steps).map(fired).collect()
}

/// A program in which the channels of the first input fire.
#[must_use]
pub fn program(firing: &[Vec<u32>]) -> Program {
    let events = |fired: &Vec<u32>| {
        let spikes = fired.iter().map(|&neuron| StimulusSpike { input: 0, neuron, count: 1 });
        StepEvents { spikes: spikes.collect(), ..StepEvents::default() }
    };
    firing.iter().map(events).collect()
}
