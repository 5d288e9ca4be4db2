//! All stimuli of a run: what happens in a given step, in any order of asking.
//!
//! Promises: the events of a step are a function of the experiment's files and the network's seed; the random words of
//! a generator depend on its place in the list of stimuli, so two generators on one input are independent.
//! Absent on purpose: files (`inputs`), control events (`samples`).

use crate::data::encode::{Encoder, Presentation};
use synfire_chip::run::program::{Injection, StepEvents, StimulusSpike};

/// One event of a file: in 12 bytes, as there may be many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Step of the run.
    pub step: u32,
    /// Neuron.
    pub neuron: u32,
    /// Events, or the current.
    pub value: i32,
}

/// Where the events of a stimulus come from.
pub enum Origin {
    /// Spikes of a file, for this input; ascending by step.
    Spikes(u16, Vec<Event>),
    /// Currents of a file, for this population; ascending by step.
    Currents(u16, Vec<Event>),
    /// A generator that needs no data.
    Noise(Box<dyn Encoder + Send + Sync>),
    /// A code of samples.
    Code {
        /// Makes the spikes.
        encoder: Box<dyn Encoder + Send + Sync>,
        /// Features of a sample.
        width: usize,
        /// Features, sample by sample.
        features: Vec<u8>,
    },
}

/// All stimuli of a run.
#[derive(Default)]
pub struct Stimuli {
    list: Vec<Origin>,
    sample_steps: u32,
}

impl Stimuli {
    /// Stimuli of a run whose samples last `sample_steps` steps.
    #[must_use]
    pub fn new(list: Vec<Origin>, sample_steps: u32) -> Self {
        Self { list, sample_steps: sample_steps.max(1) }
    }

    /// The largest magnitude of current that a neuron of population `population` gets in one step, all files together.
    #[must_use]
    pub fn largest_current(&self, population: usize) -> u64 {
        let largest = |origin: &Origin| match origin {
            Origin::Currents(to, events) if usize::from(*to) == population => {
                events.iter().map(|e| u64::from(e.value.unsigned_abs())).max().unwrap_or(0)
            }
            _ => 0,
        };
        self.list.iter().map(largest).sum()
    }

    /// The events of `step`, without control events.
    #[must_use]
    pub fn events(&self, step: u32) -> StepEvents {
        let mut events = StepEvents::default();
        for (index, origin) in (0..).zip(&self.list) {
            match origin {
                Origin::Spikes(input, list) => {
                    events.spikes.extend(of(list, step).iter().map(|e| StimulusSpike {
                        input: *input,
                        neuron: e.neuron,
                        count: e.value as u8,
                    }))
                }
                Origin::Currents(population, list) => {
                    events.injections.extend(of(list, step).iter().map(|e| Injection {
                        population: *population,
                        neuron: e.neuron,
                        value: e.value,
                    }));
                }
                Origin::Noise(encoder) => {
                    let shown = Presentation { sample: 0, epoch: index };
                    encoder.spikes(&[], shown, step, &mut events.spikes);
                }
                Origin::Code { encoder, width, features } => {
                    let sample = step / self.sample_steps;
                    let at = sample as usize * width;
                    let shown = Presentation { sample, epoch: index };
                    let row = &features[at..at + width];
                    encoder.spikes(row, shown, step % self.sample_steps, &mut events.spikes);
                }
            }
        }
        events
    }
}

/// The events of one step of an ascending list.
fn of(list: &[Event], step: u32) -> &[Event] {
    let start = list.partition_point(|e| e.step < step);
    let end = start + list[start..].partition_point(|e| e.step == step);
    &list[start..end]
}
