//! What a cell runs on: the simulated chip, or the float twin of the same network.
//!
//! Promises: the same programs go to either; a snapshot goes on with the bits of never having stopped.
//! Absent on purpose: when and what is presented (`cell`).

use crate::float::chip::{FloatChip, FloatSnapshot};
use crate::report::model::{Band, Raster};
use serde::{Deserialize, Serialize};
use std::ops::Range;
use synfire_chip::checkpoint::{self, MachineSnapshot};
use synfire_chip::machine::{Machine, RunOptions};
use synfire_chip::network::{Network, Population};
use synfire_chip::probe::{Probe, Recorder, Variable};
use synfire_chip::program::StepEvents;

/// The simulator behind a cell.
#[expect(clippy::large_enum_variant, reason = "one a cell, never moved")]
pub enum Engine {
    /// The chip.
    Chip {
        /// It.
        machine: Machine,
        /// Records the compared membranes of the readout.
        recorder: Recorder,
    },
    /// The float twin.
    Float {
        /// It.
        chip: FloatChip,
        /// Index of the readout population.
        readout: usize,
    },
}

/// State of an [`Engine`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum EngineState {
    /// Of the chip.
    Chip(MachineSnapshot),
    /// Of the float twin.
    Float(FloatSnapshot),
}

impl Engine {
    /// The chip with `network` on it, and its `readout` recorded.
    #[must_use]
    pub fn chip(machine: Machine, network: &Network, readout: usize) -> Self {
        let probe = Probe::all(network, readout, Variable::Compared);
        let recorder = Recorder::new(vec![probe], &machine.nodes);
        Self::Chip { machine, recorder }
    }

    /// Runs `program` and sums the compared membranes of the readout's `classes` neurons over `steps` of it.
    ///
    /// # Errors
    /// When the chip's run fails.
    pub fn present(
        &mut self,
        program: &[StepEvents],
        steps: Range<usize>,
        classes: usize,
        threads: usize,
    ) -> Result<Vec<f64>, String> {
        match self {
            Self::Chip { machine, recorder } => {
                let options = RunOptions { threads, interrupt: None };
                machine.run(program, options, recorder).map_err(|e| e.to_string())?;
                let recording = recorder.take();
                let mut sums = vec![0_i64; classes];
                for step in steps {
                    let row = recording[0].row(step);
                    sums.iter_mut().zip(row).for_each(|(sum, u)| *sum += i64::from(*u));
                }
                Ok(sums.into_iter().map(|sum| sum as f64).collect())
            }
            Self::Float { chip, readout } => {
                let mut sums = vec![0.0; classes];
                for (step, events) in program.iter().enumerate() {
                    chip.step(events);
                    if steps.contains(&step) {
                        sums.iter_mut().zip(chip.compared(*readout)).for_each(|(sum, u)| *sum += u);
                    }
                }
                Ok(sums)
            }
        }
    }

    /// Runs `program`, which is no part of the experiment, on a copy of the state: the spikes of every population.
    ///
    /// # Errors
    /// When the chip's run fails.
    pub fn raster(&mut self, program: &[StepEvents], network: &Network) -> Result<Raster, String> {
        let mut raster = Raster { steps: program.len() as u64, ..Raster::default() };
        for input in &network.inputs {
            band(&mut raster, &input.name, input.neurons);
        }
        for (step, events) in (0..).zip(program) {
            for spike in &events.spikes {
                let first = raster.bands[usize::from(spike.input)].first;
                raster.spikes.push((step, first + spike.neuron));
            }
        }
        let spiking = |p: &usize| network.populations[*p].parameters.spiking;
        let populations: Vec<usize> = (0..network.populations.len()).filter(spiking).collect();
        match self {
            Self::Chip { machine, .. } => {
                let before = machine.snapshot();
                let probes = populations.iter().map(|p| Probe::all(network, *p, Variable::Spikes)).collect();
                let mut recorder = Recorder::new(probes, &machine.nodes);
                machine.run(program, RunOptions::default(), &mut recorder).map_err(|e| e.to_string())?;
                machine.restore(before)?;
                for (recording, population) in recorder.take().iter().zip(&populations) {
                    let population = &network.populations[*population];
                    let first = band(&mut raster, &population.name, population.neurons);
                    for step in 0..recording.steps.len() {
                        let fired = (0..).zip(recording.row(step)).filter(|(_, fired)| **fired != 0);
                        raster
                            .spikes
                            .extend(fired.map(|(neuron, _): (u32, _)| (step as u64, first + neuron)));
                    }
                }
            }
            Self::Float { chip, .. } => {
                let before = chip.snapshot();
                let mut bands = Vec::new();
                for population in populations {
                    let Population { name, neurons, .. } = &network.populations[population];
                    bands.push((population, band(&mut raster, name, *neurons)));
                }
                for (step, events) in (0..).zip(program) {
                    chip.step(events);
                    for (population, first) in &bands {
                        let fired = (*first..).zip(chip.fired(*population)).filter(|(_, fired)| **fired);
                        raster.spikes.extend(fired.map(|(neuron, _)| (step, neuron)));
                    }
                }
                chip.restore(before)?;
            }
        }
        Ok(raster)
    }

    /// Its state.
    #[must_use]
    pub fn snapshot(&self) -> EngineState {
        match self {
            Self::Chip { machine, .. } => EngineState::Chip(machine.snapshot()),
            Self::Float { chip, .. } => EngineState::Float(chip.snapshot()),
        }
    }

    /// Puts a state in place.
    ///
    /// # Errors
    /// When it is of another network.
    pub fn restore(&mut self, state: EngineState) -> Result<(), String> {
        match (self, state) {
            (Self::Chip { machine, .. }, EngineState::Chip(state)) => machine.restore(state),
            (Self::Float { chip, .. }, EngineState::Float(state)) => chip.restore(state),
            _ => Err("the state is of another simulator".to_owned()),
        }
    }

    /// The chip, where it is one.
    #[must_use]
    pub fn machine(&self) -> Option<&Machine> {
        match self {
            Self::Chip { machine, .. } => Some(machine),
            Self::Float { .. } => None,
        }
    }

    /// The chip, where it is one.
    pub fn machine_mut(&mut self) -> Option<&mut Machine> {
        match self {
            Self::Chip { machine, .. } => Some(machine),
            Self::Float { .. } => None,
        }
    }

    /// SHA-256 of all weights: store lanes on the chip, real numbers in the twin.
    #[must_use]
    pub fn weights_sha256(&self, network: &Network) -> String {
        let projections = 0..network.projections.len();
        checkpoint::hex(&match self {
            Self::Chip { machine, .. } => {
                let weights: Vec<Vec<i32>> = projections.map(|p| machine.weights(network, p)).collect();
                checkpoint::fingerprint(&weights)
            }
            Self::Float { chip, .. } => {
                let weights: Vec<Vec<f64>> = projections.map(|p| chip.weights(p)).collect();
                checkpoint::fingerprint(&weights)
            }
        })
    }
}

/// Adds a band under the last one; its first neuron in the raster.
fn band(raster: &mut Raster, name: &str, neurons: u32) -> u32 {
    let first = raster.neurons;
    raster.bands.push(Band { name: name.to_owned(), first, neurons });
    raster.neurons += neurons;
    first
}
