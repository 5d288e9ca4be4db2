//! From real weights back to a chip's stores, and the test of a chip that holds them.
//!
//! Promises: nearest rounding, ties away from zero; a weight beyond the store takes its end, and is counted.
//! Absent on purpose: any other way than a network to put a weight on a chip.

use crate::data::encode::Presentation;
use crate::data::set::DataSet;
use crate::reference::float::units::power;
use crate::tasks::classify::cell::TEST_EPOCH;
use crate::tasks::classify::schedule::{Schedule, Shown};
use crate::tasks::classify::task::Task;
use serde::{Deserialize, Serialize};
use synfire_chip::network::Network;
use synfire_chip::run::machine::{Machine, RunOptions};
use synfire_chip::run::probe::{Probe, Recorder, Variable};
use synfire_core::synapse::WeightLanes;

/// Writes `weights`, one a synapse or one a shared tap, into the store of a projection; how many were beyond its end.
///
/// # Panics
/// When there are not as many weights as the store has.
pub fn write_weights(network: &mut Network, projection: usize, weights: &[f64]) -> usize {
    let projection = &mut network.projections[projection];
    assert_eq!(weights.len(), projection.synapses.weights().len(), "one weight each");
    let format = projection.format;
    let most = f64::from((1i32 << (format.store_bits - 1)) - 1);
    let mut lanes = WeightLanes::zeros(format.store_bits, weights.len());
    let mut beyond = 0;
    for (index, weight) in weights.iter().enumerate() {
        let lane = (weight * power(i32::from(format.fraction))).round();
        beyond += usize::from(lane.abs() > most);
        lanes.set(index, lane.clamp(-most, most) as i32);
    }
    *projection.synapses.weights_mut() = lanes;
    beyond
}

/// The most fraction bits, at most `most`, with which all `weights` fit a store of `bits`.
#[must_use]
pub fn fraction(weights: &[f64], bits: u8, most: u8) -> Option<u8> {
    let largest = weights.iter().fold(0.0f64, |most, weight| most.max(weight.abs()));
    let limit = f64::from((1i32 << (bits - 1)) - 1);
    (0..=most).rev().find(|fraction| (largest * power(i32::from(*fraction))).round() <= limit)
}

/// Gives a projection a store of `bits`, delivered whole, with the most fraction bits in which `weights` still fit
/// (the real value of a weight stays), and writes them; how many were beyond its end.
pub fn write_store(network: &mut Network, projection: usize, bits: u8, weights: &[f64]) -> usize {
    let datapath = network.datapath;
    let format = &mut network.projections[projection].format;
    format.fraction = fraction(weights, bits, datapath.state_fraction + bits).unwrap_or(0);
    (format.store_bits, format.delivered_bits) = (bits, bits);
    let shift = i32::from(datapath.state_fraction) - i32::from(datapath.input_shift);
    format.exponent = (shift - i32::from(format.fraction)) as i8;
    write_weights(network, projection, weights)
}

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
    task: &Task,
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
    let mut machine = Machine::new(&network, &task.chip).map_err(|error| error.to_string())?;
    let readout = task.readout(&network).map_err(|problems| problems.to_string())?;
    let mut recorder = Recorder::new(vec![Probe::all(&network, readout, Variable::Compared)], &machine.nodes);
    let mut correct = 0;
    for sample in held_out {
        let shown = Presentation { sample: *sample, epoch: TEST_EPOCH };
        let program = schedule.program(Shown::of(data, *sample), shown, None);
        let options = RunOptions { threads: 1, interrupt: None };
        machine.run(&program, options, &mut recorder).map_err(|error| error.to_string())?;
        let recording = recorder.take();
        let mut sums = vec![0.0; usize::from(schedule.outputs)];
        for step in schedule.answer.0..schedule.answer.1 {
            let row = recording[0].row(step as usize);
            sums.iter_mut().zip(row).for_each(|(sum, u)| *sum += f64::from(*u));
        }
        correct += u32::from(schedule.class_of(&sums, 1.0) == data.labels()[*sample as usize]);
    }
    Ok(Deployed { bits, correct, samples: held_out.len() as u32, beyond })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fraction_is_the_largest_that_holds_every_weight() {
        // 127 lanes: 0.99 * 2^7 = 126.7 rounds to 127, 0.997 * 2^7 to 127.6 and so to 128.
        assert_eq!(fraction(&[0.99, -0.1], 8, 15), Some(7));
        assert_eq!(fraction(&[-0.997], 8, 15), Some(6));
        assert_eq!(fraction(&[1e-6], 8, 15), Some(15), "no finer than asked");
        assert_eq!(fraction(&[128.0], 8, 15), None);
    }
}
