//! Training off the chip: Adam on the log loss, in batches; the rate is halved after the epochs that the file names.
//!
//! A feature is divided by the largest of the data set. First weights are uniform within `sqrt(6 / inputs of the unit)`
//! (He et al., 2015), biases zero.
//!
//! Promises: a pure function of settings, row, samples and seed. First weights are drawn by the dither function (purpose
//! `Weights`, projection = layer, pre, post), the order of an epoch is that of every other training (`data::split`).

use super::file::{RateNetwork, RateNetworkRow};
use super::network::{Activations, Layer, RateNet, answer};
use crate::data::Samples;
use crate::data::split;
use crate::experiment::file::shift_offset;
use crate::reference::float::optimiser::{Moments, Optimiser};
use serde::{Deserialize, Serialize};
use synfire_core::dither::{Purpose, row_key, word};

/// Where a training is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// The network so far.
    pub network: RateNet,
    /// Mean loss of each epoch, as its samples were learned from.
    pub losses: Vec<f64>,
    moments: Moments,
}

impl State {
    /// Whether it is a training of a network with the shape of `network`.
    pub(super) fn is_of(&self, network: &RateNet) -> bool {
        let sizes = network.lists().into_iter().map(<[f64]>::len);
        self.network.lists().into_iter().map(<[f64]>::len).eq(sizes.clone()) && self.moments.are_of(sizes)
    }
}

/// The network before training.
#[must_use]
pub fn start(features: usize, hidden: usize, classes: usize, seed: u32) -> State {
    let seed = Purpose::Weights.seed(seed);
    let layer = |number: u32, pres: usize, posts: usize| {
        let bound = (6.0 / pres as f64).sqrt();
        let weight = |index: usize| {
            let word = word(row_key(seed, 0, number, (index / posts) as u32), (index % posts) as u32);
            bound * (f64::from(word) / 2_147_483_648.0 - 1.0)
        };
        Layer { weights: (0..pres * posts).map(weight).collect(), biases: vec![0.0; posts] }
    };
    let network = RateNet { hidden: layer(0, features, hidden), output: layer(1, hidden, classes) };
    let moments = Moments::new(network.lists().into_iter().map(<[f64]>::len));
    State { network, losses: Vec::new(), moments }
}

/// Features of a sample in 0..=1.
pub fn inputs(samples: &Samples, sample: u32, largest: f64, inputs: &mut Vec<f64>) {
    inputs.clear();
    inputs.extend(samples.row(sample as usize).iter().map(|v| f64::from(*v) / largest));
}

/// The value that [`inputs`] divides by.
#[must_use]
pub fn largest(samples: &Samples) -> f64 {
    f64::from(samples.largest().max(1))
}

impl State {
    /// One pass over the samples of `kept`.
    pub fn epoch(
        &mut self,
        settings: &RateNetwork,
        row: &RateNetworkRow,
        (samples, kept): (&Samples, &[u32]),
        seed: u32,
    ) {
        let epoch = self.losses.len() as u32;
        let optimiser = Optimiser::Adam { rate: row.learning_rate };
        let scale = 0.5f64.powi(i32::from(shift_offset(&settings.slower_after, epoch)));
        let (largest, mut x, mut found) = (largest(samples), Vec::new(), Activations::default());
        let order = split::epoch_order(kept, epoch, seed);
        let mut total = 0.0;
        for batch in order.chunks(settings.batch.max(1) as usize) {
            let mut gradient = self.network.zeros();
            for &sample in batch {
                inputs(samples, sample, largest, &mut x);
                self.network.forward(&x, &mut found);
                let label = samples.labels[sample as usize];
                total += self.network.add_gradient(&x, &found, label, &mut gradient);
            }
            let size = batch.len() as f64;
            self.moments.begin_step();
            let lists = self.network.lists_mut().into_iter().zip(gradient.lists());
            for (list, (weights, gradient)) in lists.enumerate() {
                let direction = gradient.iter().map(|by| -by / size);
                optimiser.step(scale, (&mut self.moments, list), weights, direction);
            }
        }
        self.losses.push(total / order.len().max(1) as f64);
    }
}

/// How many of the samples `of` the network answers rightly.
#[must_use]
pub fn correct(network: &RateNet, samples: &Samples, of: &[u32]) -> u32 {
    let (largest, mut x, mut found) = (largest(samples), Vec::new(), Activations::default());
    let right = |sample: &&u32| {
        inputs(samples, **sample, largest, &mut x);
        network.forward(&x, &mut found);
        answer(&found.output) == Some(usize::from(samples.labels[**sample as usize]))
    };
    of.iter().filter(right).count() as u32
}
