//! Randman: points on smooth random manifolds, coded as the times of spikes.
//!
//! Source: Zenke and Vogels, "The remarkable robustness of surrogate gradient learning for instilling complex function
//! in spiking neural networks", 2021. Each class is a manifold of `dimensions` dimensions in the space of all spike
//! times. Neuron `i` of a class fires once, at a time given by a smooth random function of the place on the manifold:
//!
//! `f_i(x) = prod_d sum_k (k + 1)^-smoothness theta_ikd sin(2 pi (k x_d phi_ikd + psi_ikd))`, k below `CUTOFF`, with
//! theta, phi, psi uniform in 0..1. Over all samples of the class `f_i` is stretched to 0..=1; the step is
//! `round(f_i * (steps - 1))`.
//!
//! Promises: `libm` computes sines and powers, the same on every machine; only steps leave this file.

use super::events::{Event, EventSamples, LinearView};
use super::set::{DataSet, Generator, Problem, Sizes};
use super::words::{Set, Words};
use serde::Deserialize;
use std::f64::consts::TAU;
use std::sync::atomic::{AtomicBool, Ordering};

/// Terms of a Fourier series.
const CUTOFF: u32 = 1000;

/// The settings.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Randman {
    /// Neurons, each with one spike a sample.
    pub neurons: u32,
    /// Classes: manifolds.
    pub classes: u32,
    /// Dimensions of a manifold.
    pub dimensions: u32,
    /// Exponent of the decay of the coefficients; larger is smoother.
    pub smoothness: f64,
    /// Steps within which all spikes lie.
    pub steps: u32,
    /// Samples.
    pub sizes: Sizes,
}

/// One term of a Fourier series: amplitude, frequency, phase.
type Term = (f64, f64, f64);

/// The series of one neuron of one class, a list of terms a dimension. Terms whose amplitude is below a millionth of
/// the first one's bound change no step and are left out.
#[derive(Clone, Debug)]
pub struct Function {
    dimensions: Vec<Vec<Term>>,
}

/// A number of 0..1 with the 32 bits of a word.
fn fraction(words: &mut Words) -> f64 {
    f64::from(words.word()) / 4_294_967_296.0
}

impl Function {
    /// The series of neuron and class number `index`.
    #[must_use]
    pub fn draw(seed: u32, index: u32, dimensions: u32, smoothness: f64) -> Self {
        let mut words = Words::new(seed, Set::Manifolds, index);
        let bound = |k: u32| libm::pow(f64::from(k + 1), -smoothness);
        let terms = (0..CUTOFF).take_while(|k| bound(*k) > 1e-6).count() as u32;
        let mut term = |k: u32| {
            let amplitude = bound(k) * fraction(&mut words);
            let frequency = f64::from(k) * fraction(&mut words);
            (amplitude, frequency, fraction(&mut words))
        };
        Self { dimensions: (0..dimensions).map(|_| (0..terms).map(&mut term).collect()).collect() }
    }

    /// Its value at a place in the unit cube of its dimensions.
    #[must_use]
    pub fn at(&self, place: &[f64]) -> f64 {
        let series = |(terms, x): (&Vec<Term>, &f64)| -> f64 {
            terms.iter().map(|(a, frequency, phase)| a * libm::sin(TAU * (frequency * x + phase))).sum()
        };
        self.dimensions.iter().zip(place).map(series).product()
    }
}

impl Randman {
    /// The words of a sample, and its class, which is the first that is drawn from them.
    fn class(&self, seed: u32, sample: u32) -> (Words, u32) {
        let mut words = Words::new(seed, Set::Places, sample);
        let label = words.uniform(0, self.classes as i32 - 1) as u32;
        (words, label)
    }

    /// The data set of these samples.
    fn set(&self, samples: EventSamples) -> DataSet {
        let mut set = DataSet::of_events(samples, self.sizes.parts());
        set.notes.push(format!(
            "{} manifolds of {} dimensions, smoothness {}, spikes within {} steps.",
            self.classes, self.dimensions, self.smoothness, self.steps
        ));
        set
    }
}

impl Generator for Randman {
    fn problems(&self) -> Vec<Problem> {
        let mut problems = Problem::outside(&[
            ("neurons", self.neurons, 1, 10_000),
            ("classes", self.classes, 2, 256),
            ("dimensions", self.dimensions, 1, 16),
            ("steps", self.steps, 2, 10_000),
        ]);
        if !(0.0..=100.0).contains(&self.smoothness) {
            problems.push(Problem::new("smoothness", self.smoothness, "0..=100"));
        }
        [problems, self.sizes.problems()].concat()
    }

    fn generate_unless(&self, seed: u32, stop: &AtomicBool) -> Option<DataSet> {
        let all = self.sizes.all();
        let place = |sample: u32| {
            let (mut words, label) = self.class(seed, sample);
            (label, (0..self.dimensions).map(|_| fraction(&mut words)).collect::<Vec<f64>>())
        };
        let places: Vec<(u32, Vec<f64>)> = (0..all).map(place).collect();
        let mut events: Vec<Vec<Event>> = vec![Vec::with_capacity(self.neurons as usize); all as usize];
        for class in 0..self.classes {
            let of: Vec<usize> = (0..places.len()).filter(|sample| places[*sample].0 == class).collect();
            for neuron in 0..self.neurons {
                let index = class * self.neurons + neuron;
                let function = Function::draw(seed, index, self.dimensions, self.smoothness);
                // One value is some thousand sines: a class of many samples takes seconds.
                let value =
                    |sample: &usize| (!stop.load(Ordering::Relaxed)).then(|| function.at(&places[*sample].1));
                let values = of.iter().map(value).collect::<Option<Vec<f64>>>()?;
                let low = values.iter().copied().fold(f64::INFINITY, f64::min);
                let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                for (sample, value) in of.iter().zip(&values) {
                    // One sample alone, or a function without change, lies at the start.
                    let part = if high > low { (value - low) / (high - low) } else { 0.0 };
                    let step = libm::round(part * f64::from(self.steps - 1)) as u32;
                    events[*sample].push(Event::once(step, neuron));
                }
            }
        }
        let mut samples = EventSamples::new(self.neurons, self.classes as usize, LinearView::FirstSteps);
        for ((label, _), events) in places.iter().zip(events) {
            samples.push(*label as u8, events);
        }
        Some(self.set(samples))
    }

    /// Classes alone: the places on the manifolds, a thousand sines a spike, are not computed.
    fn outline(&self, seed: u32) -> DataSet {
        let labels = (0..self.sizes.all()).map(|sample| self.class(seed, sample).1 as u8).collect();
        let classes = self.classes as usize;
        self.set(EventSamples::outline(self.neurons, (labels, classes), LinearView::FirstSteps, self.steps))
    }
}
