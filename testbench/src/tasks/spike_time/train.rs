//! Training off the chip: the exclusive-or of two spike times.
//!
//! Each of two inputs fires at 0 or at `late_tau`; output 0 is to fire first when they are equal, output 1 when they
//! differ. Loss of a case: `-ln softmax(-sharpness t)[right]`; a silent output counts as firing at `SILENT` without a
//! gradient. Per neuron `sum_cost * max(0, least_sum - sum w)` keeps it able to fire. Steps by Adam (Kingma and Ba,
//! 2015) over all four cases, the rate falling linearly to zero.
//!
//! Promises: a pure function of settings and seed. Start and jitter are drawn by the dither function: purpose `Weights`,
//! projection = layer, pre, post; purpose `Data`, step = pass, pre = case, post = input.

use super::file::SpikeTime;
use super::network::Network;
use synfire_core::dither::{Purpose, row_key, word};

/// Cases: which input is late.
pub const CASES: [[bool; 2]; 4] = [[false, false], [false, true], [true, false], [true, true]];
/// Outputs.
pub const OUTPUTS: usize = 2;
/// When a silent output counts as firing, in time constants.
const SILENT: f64 = 10.0;

/// The output that is to fire first.
#[must_use]
pub fn right(case: [bool; 2]) -> usize {
    usize::from(case[0] != case[1])
}

/// Spike times of a case.
#[must_use]
pub fn times(settings: &SpikeTime, case: [bool; 2]) -> [f64; 2] {
    case.map(|late| if late { settings.late_tau } else { 0.0 })
}

/// A real number in `low..high`.
fn real(word: u32, low: f64, high: f64) -> f64 {
    low + (high - low) * f64::from(word) / 4_294_967_296.0
}

/// The network before training.
#[must_use]
pub fn start(settings: &SpikeTime, seed: u32) -> Network {
    let seed = Purpose::Weights.seed(seed);
    let layer = |number: u32, posts: usize, pres: usize, (low, high): (f64, f64)| {
        let weight = |post, pre| real(word(row_key(seed, 0, number, pre), post), low, high);
        (0..posts as u32).map(|post| (0..=pres as u32).map(|pre| weight(post, pre)).collect()).collect()
    };
    let hidden = settings.hidden as usize;
    Network {
        hidden: layer(0, hidden, 2, settings.first_weights),
        output: layer(1, OUTPUTS, hidden, settings.second_weights),
    }
}

/// Loss of one case, and its derivative by each output's time.
#[must_use]
pub fn loss(settings: &SpikeTime, times: &[Option<f64>], right: usize) -> (f64, Vec<f64>) {
    let sharpness = settings.sharpness;
    let score = |time: &Option<f64>| -sharpness * time.unwrap_or(SILENT);
    let largest = times.iter().map(score).fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = times.iter().map(|t| libm::exp(score(t) - largest)).collect();
    let sum: f64 = powers.iter().sum();
    let by_time = powers.iter().zip(times).enumerate().map(|(output, (power, time))| {
        let asked = f64::from(u8::from(output == right));
        if time.is_some() { sharpness * (asked - power / sum) } else { 0.0 }
    });
    (libm::log(sum) + largest - score(&times[right]), by_time.collect())
}

/// Loss of all cases at the given spike times, with the cost of small sums; its gradient.
#[must_use]
pub fn gradient(settings: &SpikeTime, network: &Network, cases: &[[f64; 2]; 4]) -> (f64, Network) {
    let mut gradient = network.zeros();
    let mut total = 0.0;
    for (case, times) in CASES.iter().zip(cases) {
        let pass = network.forward(times);
        let (loss, by_time) = loss(settings, &pass.times(), right(*case));
        total += loss;
        network.add_gradient(&pass, &by_time, &mut gradient);
    }
    let layers = [(&network.hidden, &mut gradient.hidden), (&network.output, &mut gradient.output)];
    for (weights, gradients) in layers {
        for (row, gradients) in weights.iter().zip(gradients) {
            let missing = settings.least_sum - row.iter().sum::<f64>();
            if missing > 0.0 {
                total += settings.sum_cost * missing;
                gradients.iter_mut().for_each(|g| *g -= settings.sum_cost);
            }
        }
    }
    (total, gradient)
}

/// Adam's two running means.
struct Adam {
    mean: Vec<f64>,
    square: Vec<f64>,
    passes: i32,
}

impl Adam {
    fn step(&mut self, network: &mut Network, gradient: &Network, rate: f64) {
        const KEEP: (f64, f64) = (0.9, 0.999);
        const SMALL: f64 = 1e-8;
        self.passes += 1;
        let unbias = (1.0 - KEEP.0.powi(self.passes), 1.0 - KEEP.1.powi(self.passes));
        let state = self.mean.iter_mut().zip(&mut self.square);
        for ((weight, gradient), (mean, square)) in network.weights_mut().zip(gradient.weights()).zip(state) {
            *mean = KEEP.0 * *mean + (1.0 - KEEP.0) * gradient;
            *square = KEEP.1 * *square + (1.0 - KEEP.1) * gradient * gradient;
            *weight -= rate * (*mean / unbias.0) / ((*square / unbias.1).sqrt() + SMALL);
        }
    }
}

/// A trained network, and its loss before every pass; inputs are moved by up to `jitter_tau` while training.
#[must_use]
pub fn train(settings: &SpikeTime, jitter_tau: f64, seed: u32) -> (Network, Vec<f64>) {
    let mut network = start(settings, seed);
    let size = network.weights().count();
    let mut adam = Adam { mean: vec![0.0; size], square: vec![0.0; size], passes: 0 };
    let seed = Purpose::Data.seed(seed);
    let mut losses = Vec::new();
    for pass in 0..settings.passes {
        let jitter = |case: u32, input: u32| {
            real(word(row_key(seed, u64::from(pass), 0, case), input), -jitter_tau, jitter_tau)
        };
        let moved = |case: usize| {
            let times = times(settings, CASES[case]);
            [0, 1].map(|input| times[input] + jitter(case as u32, input as u32))
        };
        let (loss, gradient) = gradient(settings, &network, &std::array::from_fn(moved));
        losses.push(loss);
        let left = 1.0 - f64::from(pass) / f64::from(settings.passes);
        adam.step(&mut network, &gradient, settings.rate * left);
    }
    (network, losses)
}
