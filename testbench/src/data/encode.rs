//! Encoders: small integers become spikes of input neurons, in integers.
//!
//! | encoder | what a feature `v` of at most `M` means | one spike in step `n` (0-based within the sample) |
//! | --- | --- | --- |
//! | [`RateCode`] | probability of a spike in each step: `rate * v / M` | `word < ceil(2^32 * rate * v / M)` |
//! | [`SigmaDeltaCode`] | spikes a step: `r = rate * v / M` | `floor(1/2 + (n + 1) r) > floor(1/2 + n r)` |
//! | [`LatencyCode`] | earlier is larger | `n == round((M - v) * range / M)`, halves up |
//! | [`Poisson`] | nothing: each neuron has its own probability a step | `word < ceil(2^32 * probability)` |
//! | [`Constant`] | nothing: one neuron, every step (a bias) | always |
//!
//! `word` is the dither function with `Purpose::Stimulus`:
//! `word(mix(row_key(seed, epoch, input, sample) ^ n), neuron)`. It depends on logical names only, so a
//! sample of an epoch has the same spikes whenever and wherever it is presented.
//! Rates are per mille and probabilities per million of a step; `ceil` makes the comparison exact: `word`
//! is below it for exactly those of the 2^32 words with `word / 2^32 < probability`.
//!
//! Promises: no state, no float; spikes come in ascending order of neurons.
//! Absent on purpose: which samples are presented (`data::split`), targets and control events.

use synfire_chip::run::program::{Program, StepEvents, StimulusSpike};
use synfire_core::dither::{Purpose, mix, row_key, word};
use thiserror::Error;

/// The logical name of one showing of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presentation {
    /// Index of the sample in its whole data set.
    pub sample: u32,
    /// Epoch; a test gives one that no training epoch has.
    pub epoch: u32,
}

/// Makes the spikes of one input population, or of a part of it.
pub trait Encoder {
    /// Appends the spikes of step `step`, counted from the start of the presentation.
    fn spikes(&self, features: &[u8], shown: Presentation, step: u32, spikes: &mut Vec<StimulusSpike>);
}

/// The stimulus spikes of one presentation: what every encoder makes, in their order, for `steps` steps.
#[must_use]
pub fn program(encoders: &[&dyn Encoder], features: &[u8], shown: Presentation, steps: u32) -> Program {
    // One list for all steps, each step a copy of its own size: a list that grows is copied several times.
    let mut spikes = Vec::new();
    let step = |n| {
        spikes.clear();
        encoders.iter().for_each(|e| e.spikes(features, shown, n, &mut spikes));
        StepEvents { spikes: spikes.clone(), ..StepEvents::default() }
    };
    (0..steps).map(step).collect()
}

/// Why an encoder cannot be built.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("encoder: {field} is {found}, allowed {allowed}")]
pub struct EncodeError {
    /// Which parameter.
    pub field: &'static str,
    /// Its value.
    pub found: u32,
    /// What it may be.
    pub allowed: &'static str,
}

fn check(field: &'static str, found: u32, allowed: (u32, u32, &'static str)) -> Result<(), EncodeError> {
    let inside = (allowed.0..=allowed.1).contains(&found);
    if inside { Ok(()) } else { Err(EncodeError { field, found, allowed: allowed.2 }) }
}

/// Key of the random words of one step.
fn step_key(seed: u32, input: u16, shown: Presentation, step: u32) -> u32 {
    let seed = Purpose::Stimulus.seed(seed);
    mix(row_key(seed, u64::from(shown.epoch), u32::from(input), shown.sample) ^ step)
}

/// Number of 32-bit words below the probability `part / whole`, which is at most 1.
fn threshold(part: u64, whole: u64) -> u64 {
    (part << 32).div_ceil(whole)
}

/// Rate code: in each step neuron `i` fires with probability `rate * features[i] / largest`.
#[derive(Clone, Debug)]
pub struct RateCode {
    input: u16,
    seed: u32,
    /// Of each feature value: its neuron fires where a word of 32 bits is below.
    pub thresholds: [u64; 256],
}

impl RateCode {
    /// Rate code into input population `input`. Features above `largest` count as `largest`.
    ///
    /// # Errors
    /// When `largest` is 0 or `rate_per_mille` above 1000.
    pub fn new(input: u16, largest: u8, rate_per_mille: u32, seed: u32) -> Result<Self, EncodeError> {
        check("largest", u32::from(largest), (1, 255, "1..=255"))?;
        check("rate_per_mille", rate_per_mille, (0, 1000, "0..=1000"))?;
        let part = |v: usize| v.min(usize::from(largest)) as u64 * u64::from(rate_per_mille);
        let thresholds = std::array::from_fn(|v| threshold(part(v), u64::from(largest) * 1000));
        Ok(Self { input, seed, thresholds })
    }
}

impl Encoder for RateCode {
    fn spikes(&self, features: &[u8], shown: Presentation, step: u32, spikes: &mut Vec<StimulusSpike>) {
        let row = step_key(self.seed, self.input, shown, step);
        for (neuron, &v) in (0..).zip(features) {
            if u64::from(word(row, neuron)) < self.thresholds[usize::from(v)] {
                spikes.push(StimulusSpike { input: self.input, neuron, count: 1 });
            }
        }
    }
}

/// Sigma-delta code: neuron `i` is a first-order sigma-delta modulator of `r = rate * features[i] / largest`. Its charge
/// begins at one half and takes `r` in every step; where it reaches one, the neuron fires and the charge loses one.
///
/// A feature is the same in every step, so the charge needs no register: after `n` steps it has fired
/// `floor(1/2 + n r)` times, which is never further than one half from `n r`. Evenly spaced spikes, no randomness.
#[derive(Clone, Debug)]
pub struct SigmaDeltaCode {
    input: u16,
    largest: u64,
    rate_per_mille: u64,
}

impl SigmaDeltaCode {
    /// Sigma-delta code into input population `input`. Features above `largest` count as `largest`.
    ///
    /// # Errors
    /// When `largest` is 0 or `rate_per_mille` above 1000.
    pub fn new(input: u16, largest: u8, rate_per_mille: u32) -> Result<Self, EncodeError> {
        check("largest", u32::from(largest), (1, 255, "1..=255"))?;
        check("rate_per_mille", rate_per_mille, (0, 1000, "0..=1000"))?;
        Ok(Self { input, largest: u64::from(largest), rate_per_mille: u64::from(rate_per_mille) })
    }
}

impl Encoder for SigmaDeltaCode {
    fn spikes(&self, features: &[u8], _: Presentation, step: u32, spikes: &mut Vec<StimulusSpike>) {
        let whole = self.largest * 1000;
        let fires = |feature: u8| {
            let rate = u64::from(feature).min(self.largest) * self.rate_per_mille;
            let fired = |n: u64| (2 * n * rate + whole) / (2 * whole);
            fired(u64::from(step) + 1) > fired(u64::from(step))
        };
        // Features of a sample repeat, and their neurons then fire alike.
        let mut known = [None; 256];
        for (neuron, &feature) in (0..).zip(features) {
            if *known[usize::from(feature)].get_or_insert_with(|| fires(feature)) {
                spikes.push(StimulusSpike { input: self.input, neuron, count: 1 });
            }
        }
    }
}

/// Latency code: neuron `i` fires once, the earlier the larger `features[i]`.
#[derive(Clone, Debug)]
pub struct LatencyCode {
    input: u16,
    /// Of each feature value: the step in which its neuron fires.
    pub steps: [Option<u32>; 256],
}

impl LatencyCode {
    /// Latency code into input population `input`: `largest` fires in step 0, zero in step `range`, or
    /// never when `zero_is_silent`. Features above `largest` count as `largest`.
    ///
    /// # Errors
    /// When `largest` is 0.
    pub fn new(input: u16, largest: u8, range: u32, zero_is_silent: bool) -> Result<Self, EncodeError> {
        check("largest", u32::from(largest), (1, 255, "1..=255"))?;
        let largest = u64::from(largest);
        let step = |v: u64| (((largest - v) * u64::from(range) * 2 + largest) / (2 * largest)) as u32;
        let steps = std::array::from_fn(|v| match v as u64 {
            0 if zero_is_silent => None,
            v => Some(step(v.min(largest))),
        });
        Ok(Self { input, steps })
    }
}

impl Encoder for LatencyCode {
    fn spikes(&self, features: &[u8], _: Presentation, step: u32, spikes: &mut Vec<StimulusSpike>) {
        for (neuron, &v) in (0..).zip(features) {
            if self.steps[usize::from(v)] == Some(step) {
                spikes.push(StimulusSpike { input: self.input, neuron, count: 1 });
            }
        }
    }
}

/// Independent spikes with a constant probability a step, neuron by neuron, whatever the features.
#[derive(Clone, Debug)]
pub struct Poisson {
    input: u16,
    seed: u32,
    thresholds: Vec<u64>,
}

impl Poisson {
    /// Generator for input population `input`, one probability a neuron, in millionths of a step. At most
    /// one spike a neuron and step: a rate of 20 per second is 20,000 with steps of 1 ms.
    ///
    /// # Errors
    /// When a probability is above one.
    pub fn new(input: u16, probabilities_ppm: &[u32], seed: u32) -> Result<Self, EncodeError> {
        for &p in probabilities_ppm {
            check("probability_ppm", p, (0, 1_000_000, "0..=1000000"))?;
        }
        let thresholds = probabilities_ppm.iter().map(|&p| threshold(u64::from(p), 1_000_000)).collect();
        Ok(Self { input, seed, thresholds })
    }
}

impl Encoder for Poisson {
    fn spikes(&self, _: &[u8], shown: Presentation, step: u32, spikes: &mut Vec<StimulusSpike>) {
        let row = step_key(self.seed, self.input, shown, step);
        for (neuron, &threshold) in (0..).zip(&self.thresholds) {
            if u64::from(word(row, neuron)) < threshold {
                spikes.push(StimulusSpike { input: self.input, neuron, count: 1 });
            }
        }
    }
}

/// One neuron that fires in every step: a bias.
#[derive(Clone, Copy, Debug)]
pub struct Constant {
    /// Index of the input population.
    pub input: u16,
    /// Neuron of it.
    pub neuron: u32,
    /// Events a step, 1..=255; 0 is silence.
    pub count: u8,
}

impl Encoder for Constant {
    fn spikes(&self, _: &[u8], _: Presentation, _: u32, spikes: &mut Vec<StimulusSpike>) {
        if self.count > 0 {
            spikes.push(StimulusSpike { input: self.input, neuron: self.neuron, count: self.count });
        }
    }
}
