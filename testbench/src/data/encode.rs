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
    let step = |n| {
        let mut events = StepEvents::default();
        encoders.iter().for_each(|e| e.spikes(features, shown, n, &mut events.spikes));
        events
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
    thresholds: [u64; 256],
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
    steps: [Option<u32>; 256],
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHOWN: Presentation = Presentation { sample: 5, epoch: 2 };

    fn total(program: &Program) -> usize {
        program.iter().map(|s| s.spikes.len()).sum()
    }

    #[test]
    fn rates_are_those_asked_for() {
        let code = RateCode::new(0, 16, 400, 1).unwrap();
        for v in [0_u8, 1, 8, 16, 200] {
            let spikes = total(&program(&[&code], &[v; 64], SHOWN, 1000));
            let expected = 64.0 * 1000.0 * 0.4 * f64::from(v.min(16)) / 16.0;
            // Five standard deviations of a sum of 64,000 draws are at most 620.
            assert!((spikes as f64 - expected).abs() < 620.0, "{v}: {spikes} for {expected}");
        }
        let always = RateCode::new(0, 16, 1000, 1).unwrap();
        assert_eq!(total(&program(&[&always], &[16; 64], SHOWN, 100)), 6400, "probability one is certain");
    }

    /// The steps in which a neuron fires.
    fn fired(code: &SigmaDeltaCode, v: u8, steps: u32) -> Vec<usize> {
        let program = program(&[code], &[v], SHOWN, steps);
        (0..program.len()).filter(|n| !program[*n].spikes.is_empty()).collect()
    }

    #[test]
    fn a_modulator_fires_where_its_charge_reaches_one() {
        let code = SigmaDeltaCode::new(0, 16, 400).unwrap();
        // r = 0.4: the charge is 0.5, then 0.9, 1.3 -> 0.3, 0.7, 1.1 -> 0.1, 0.5: five steps, two spikes.
        assert_eq!(fired(&code, 16, 15), [1, 3, 6, 8, 11, 13]);
        // r = 0.1: 0.5 + 5 r = 1.
        assert_eq!(fired(&code, 4, 30), [4, 14, 24]);
        assert_eq!(fired(&code, 0, 100), [0; 0]);
        assert_eq!(fired(&code, 200, 5), fired(&code, 16, 5), "above the largest is the largest");
        let always = SigmaDeltaCode::new(0, 16, 1000).unwrap();
        assert_eq!(fired(&always, 16, 4), [0, 1, 2, 3]);
    }

    #[test]
    fn every_name_changes_the_spikes() {
        let code = |seed, input| RateCode::new(input, 16, 400, seed).unwrap();
        let words = |code: &RateCode, shown| {
            let steps = program(&[code], &[8; 64], shown, 30);
            steps.iter().map(|s| s.spikes.iter().map(|s| s.neuron).collect()).collect::<Vec<Vec<u32>>>()
        };
        let first = words(&code(1, 0), SHOWN);
        assert_eq!(first, words(&code(1, 0), SHOWN));
        assert_ne!(first, words(&code(2, 0), SHOWN));
        assert_ne!(first, words(&code(1, 1), SHOWN));
        assert_ne!(first, words(&code(1, 0), Presentation { sample: 6, ..SHOWN }));
        assert_ne!(first, words(&code(1, 0), Presentation { epoch: 3, ..SHOWN }));
        assert_ne!(first[0], first[1]);
    }

    #[test]
    fn latencies_round_halves_up() {
        let fire = |v: u8, silent| {
            let code = LatencyCode::new(0, 16, 24, silent).unwrap();
            program(&[&code], &[v], SHOWN, 100).iter().position(|s| !s.spikes.is_empty())
        };
        // (16 - v) * 24 / 16 = (16 - v) * 1.5
        assert_eq!(fire(16, false), Some(0));
        assert_eq!(fire(15, false), Some(2), "1.5 rounds up");
        assert_eq!(fire(14, false), Some(3));
        assert_eq!(fire(0, false), Some(24));
        assert_eq!(fire(0, true), None);
    }

    #[test]
    fn generators_and_biases_ignore_the_features() {
        let poisson = Poisson::new(1, &[0, 20_000, 1_000_000], 9).unwrap();
        let bias = Constant { input: 2, neuron: 64, count: 3 };
        let steps = program(&[&poisson, &bias], &[], SHOWN, 50_000);
        let of = |n| steps.iter().flat_map(|s| &s.spikes).filter(|s| s.input == 1 && s.neuron == n).count();
        assert_eq!((of(0), of(2)), (0, 50_000));
        assert!((840..1160).contains(&of(1)), "1000 +- 5 standard deviations: {}", of(1));
        assert!(
            steps.iter().all(|s| s.spikes.last() == Some(&StimulusSpike { input: 2, neuron: 64, count: 3 }))
        );
    }

    #[test]
    fn bad_parameters_are_named() {
        let error = RateCode::new(0, 16, 1001, 1).unwrap_err();
        assert_eq!(error.to_string(), "encoder: rate_per_mille is 1001, allowed 0..=1000");
        assert!(RateCode::new(0, 0, 400, 1).is_err());
        assert!(SigmaDeltaCode::new(0, 16, 1001).is_err() && SigmaDeltaCode::new(0, 0, 400).is_err());
        assert!(LatencyCode::new(0, 0, 9, false).is_err());
        assert!(Poisson::new(0, &[1_000_001], 1).is_err());
    }

    proptest! {
        /// The threshold is the comparison `word / 2^32 < rate * v / M`, without its division.
        #[test]
        fn thresholds_are_exact(w: u32, v: u8, largest in 1_u8.., rate in 0_u32..=1000) {
            let code = RateCode::new(0, largest, rate, 0).unwrap();
            let exact = u128::from(w) * u128::from(largest) * 1000
                < (u128::from(v.min(largest)) * u128::from(rate)) << 32;
            prop_assert_eq!(u64::from(w) < code.thresholds[usize::from(v)], exact);
        }

        /// The closed form is the modulator: a charge that takes and gives. So at every step the spikes are within one
        /// half of the rate's integral.
        #[test]
        fn a_modulator_keeps_its_charge(largest in 1_u8.., v: u8, rate in 0_u32..=1000, steps in 1_u32..400) {
            let code = SigmaDeltaCode::new(0, largest, rate).unwrap();
            // In units of 1 / (2 * largest * 1000) of a spike.
            let one = 2000 * i64::from(largest);
            let taken = 2 * i64::from(v.min(largest)) * i64::from(rate);
            let (mut charge, mut count) = (one / 2, 0);
            let spikes = program(&[&code], &[v], SHOWN, steps);
            for (n, step) in (1_i64..).zip(&spikes) {
                charge += taken;
                let fires = charge >= one;
                prop_assert_eq!(step.spikes.len(), usize::from(fires));
                charge -= if fires { one } else { 0 };
                count += i64::from(fires);
                prop_assert!((n * taken - count * one).abs() <= one / 2, "step {}", n);
            }
        }

        /// Every latency is within the range and never later for a larger feature.
        #[test]
        fn latencies_are_monotonic(largest in 1_u8.., range: u32) {
            let code = LatencyCode::new(0, largest, range, false).unwrap();
            let steps: Vec<u32> = code.steps.iter().map(|s| s.unwrap()).collect();
            prop_assert_eq!((steps[0], steps[usize::from(largest)]), (range, 0));
            prop_assert!(steps.windows(2).all(|w| w[0] >= w[1]));
        }
    }
}
