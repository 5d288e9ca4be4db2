//! All stimuli of a run: what happens in a given step, in any order of asking.
//!
//! Promises: the events of a step are a function of the experiment's files and the network's seed; the random words of
//! a generator depend on its place in the list of stimuli, so two generators on one input are independent.
//! Absent on purpose: files (`inputs`), the control events of samples (`samples`).

use crate::data::encode::{Encoder, Presentation};
use serde::Serialize;
use std::sync::Arc;
use synfire_chip::run::checkpoint;
use synfire_chip::run::program::{Control, Injection, StepEvents, StimulusSpike};

/// One event of a file: in 12 bytes, as there may be many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Event {
    /// Step of the run.
    pub step: u32,
    /// Neuron.
    pub neuron: u32,
    /// Events, or the current.
    pub value: i32,
}

/// What a file holds, with its fingerprint: runs that read the same have it once.
#[derive(Debug)]
pub struct Held<T> {
    /// Events ascending, or features sample by sample.
    pub of: Vec<T>,
    /// SHA-256 of them.
    pub sha256: [u8; 32],
}

impl<T: Serialize> Held<T> {
    /// What a file holds.
    #[must_use]
    pub fn new(of: Vec<T>) -> Self {
        let sha256 = checkpoint::fingerprint(&of);
        Self { of, sha256 }
    }
}

/// Where the events of a stimulus come from.
pub enum Origin {
    /// Spikes of a file, for this input; ascending.
    Spikes(u16, Arc<Held<Event>>),
    /// Currents of a file, for this population; ascending.
    Currents(u16, Arc<Held<Event>>),
    /// Control events of a file; ascending by step.
    Control(Vec<(u32, Control)>),
    /// A generator that needs no data.
    Noise(Box<dyn Encoder + Send + Sync>),
    /// A code of samples.
    Code {
        /// Makes the spikes.
        encoder: Box<dyn Encoder + Send + Sync>,
        /// Features of a sample.
        width: usize,
        /// Features, sample by sample.
        features: Arc<Held<u8>>,
    },
}

/// What a stimulus has from its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Data<'a> {
    /// SHA-256 of events, and the input or population that they are for.
    Events(u16, [u8; 32]),
    /// Control events.
    Control(&'a [(u32, Control)]),
    /// SHA-256 of features.
    Features([u8; 32]),
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

    /// What the files say, whatever their form; generators follow from the experiment.
    #[must_use]
    pub fn data(&self) -> Vec<Data<'_>> {
        fn data(origin: &Origin) -> Option<Data<'_>> {
            match origin {
                Origin::Spikes(to, events) | Origin::Currents(to, events) => {
                    Some(Data::Events(*to, events.sha256))
                }
                Origin::Control(events) => Some(Data::Control(events)),
                Origin::Code { features, .. } => Some(Data::Features(features.sha256)),
                Origin::Noise(_) => None,
            }
        }
        self.list.iter().filter_map(data).collect()
    }

    /// The largest magnitude of current that a neuron of population `population` gets in one step, all files together.
    #[must_use]
    pub fn largest_current(&self, population: usize) -> u64 {
        let largest = |origin: &Origin| match origin {
            Origin::Currents(to, events) if usize::from(*to) == population => {
                events.of.iter().map(|e| u64::from(e.value.unsigned_abs())).max().unwrap_or(0)
            }
            _ => 0,
        };
        self.list.iter().map(largest).sum()
    }

    /// Whether a file switches learning on.
    #[must_use]
    pub fn learn(&self) -> bool {
        let on = |origin: &Origin| match origin {
            Origin::Control(events) => events.iter().any(|(_, event)| *event == Control::Learn(true)),
            _ => false,
        };
        self.list.iter().any(on)
    }

    /// The events of `step`: of control events those of files.
    #[must_use]
    pub fn events(&self, step: u32) -> StepEvents {
        let mut events = StepEvents::default();
        for (index, origin) in (0..).zip(&self.list) {
            match origin {
                Origin::Spikes(input, list) => {
                    events.spikes.extend(of(&list.of, step).iter().map(|e| StimulusSpike {
                        input: *input,
                        neuron: e.neuron,
                        count: e.value as u8,
                    }))
                }
                Origin::Currents(population, list) => {
                    events.injections.extend(of(&list.of, step).iter().map(|e| Injection {
                        population: *population,
                        neuron: e.neuron,
                        value: e.value,
                    }));
                }
                Origin::Control(list) => {
                    let from = list.partition_point(|(at, _)| *at < step);
                    let now = list[from..].iter().take_while(|(at, _)| *at == step);
                    events.control.extend(now.map(|(_, event)| *event));
                }
                Origin::Noise(encoder) => {
                    let shown = Presentation { sample: 0, epoch: index };
                    encoder.spikes(&[], shown, step, &mut events.spikes);
                }
                Origin::Code { encoder, width, features } => {
                    let sample = step / self.sample_steps;
                    let at = sample as usize * width;
                    let shown = Presentation { sample, epoch: index };
                    let row = &features.of[at..at + width];
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
