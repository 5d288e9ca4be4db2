//! The test of a chip whose stores hold weights that were trained off it.
//!
//! Promises: the held-out samples are those of the training. Absent on purpose: how a real weight becomes a lane
//! (`experiment::deploy`).

use crate::data::encode::Presentation;
use crate::data::set::DataSet;
use crate::experiment::deploy::write_store;
use crate::experiment::pool::failure;
use crate::tasks::classify::cell::TEST_EPOCH;
use crate::tasks::classify::schedule::{Schedule, Shown};
use crate::tasks::classify::task::Task;
use serde::{Deserialize, Serialize};
use synfire_chip::chip::Chip;
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Variable};

/// How a chip did with weights in a store.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deployed {
    /// Bits of the store.
    pub bits: u8,
    /// Held-out samples that were right.
    pub correct: u32,
    /// Held-out samples.
    pub samples: u32,
    /// Weights beyond the store's end.
    pub beyond: usize,
}

impl Deployed {
    /// Accuracy, 0..=1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        f64::from(self.correct) / f64::from(self.samples.max(1))
    }
}

/// Puts `weights` into stores of `bits` and lets a chip answer the samples `held_out`, without learning.
///
/// # Errors
/// When the network does not fit the chip, or its run fails.
pub fn test(
    (task, chip): (&Task, &Chip),
    data: &DataSet,
    network: &Network,
    weights: &[Vec<f64>],
    bits: u8,
    (schedule, held_out): (&Schedule, &[u32]),
) -> Result<Deployed, String> {
    let mut network = network.clone();
    let mut beyond = 0;
    for (projection, weights) in weights.iter().enumerate() {
        beyond += write_store(&mut network, projection, bits, weights);
        network.projections[projection].learning = None;
    }
    let mut machine = Machine::new(&network, chip).map_err(|error| error.to_string())?;
    let readout = task.readout(&network).map_err(|problems| failure(&problems))?;
    let mut recorder = Recorder::new(vec![Probe::all(&network, readout, Variable::Compared)], &machine.nodes);
    let mut correct = 0;
    for sample in held_out {
        let shown = Presentation { sample: *sample, epoch: TEST_EPOCH };
        let program = schedule.program(Shown::of(data, *sample), shown, None);
        let options = RunOptions { threads: 1, interrupt: None };
        machine.run(&program, options, &mut recorder).map_err(|error| error.to_string())?;
        let recording = recorder.take();
        let mut sums = vec![0.0; usize::from(schedule.outputs)];
        let answer = schedule.answer.0 as usize..schedule.answer.1 as usize;
        for step in answer.clone() {
            let row = recording[0].row(step);
            sums.iter_mut().zip(row).for_each(|(sum, u)| *sum += f64::from(*u));
        }
        correct += u32::from(schedule.class_of(&sums, answer.len(), 1.0) == data.labels()[*sample as usize]);
    }
    Ok(Deployed { bits, correct, samples: held_out.len() as u32, beyond })
}
