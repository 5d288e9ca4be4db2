//! Evidence accumulation: cues from the left and from the right, a delay, and the question which side had more.
//!
//! Source: the task of Bellec et al., "A solution to the learning dilemma for recurrent networks of spiking neurons",
//! 2020, after Morcos and Harvey. Channels come in four groups of equal size: left, right, recall, background. One
//! side is drawn as the likely one; each of the cues is on the likely side with probability `likely_per_mille / 1000`.
//! During a cue the neurons of its side fire, during the recall at the end those of the recall group, at
//! `rate_per_mille`; the background fires in every step. The label is the side with more cues.
//!
//! Promises: integers only; an odd number of cues, so there is always a majority.

use super::events::{Event, EventSamples, LinearView};
use super::set::{DataSet, Generator, Problem, Sizes};
use super::words::{Set, Words};
use serde::Deserialize;
use std::sync::atomic::{AtomicBool, Ordering};

/// The settings.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Cues, an odd number.
    pub cues: u32,
    /// Steps of a cue.
    pub cue_steps: u32,
    /// Silent steps after each cue.
    pub gap_steps: u32,
    /// Steps between the last gap and the recall.
    pub delay_steps: u32,
    /// Steps of the recall.
    pub recall_steps: u32,
    /// Channels of each of the four groups.
    pub group: u32,
    /// Probability that a neuron of an active group fires in a step.
    pub rate_per_mille: u32,
    /// Probability that a neuron of the background fires in a step.
    pub background_per_mille: u32,
    /// Probability that a cue is on the likely side.
    pub likely_per_mille: u32,
    /// Samples.
    pub sizes: Sizes,
}

impl Evidence {
    /// First step of the recall.
    fn recall(&self) -> u32 {
        self.cues * (self.cue_steps + self.gap_steps) + self.delay_steps
    }

    /// The side of each cue of a sample, its label, and the words that its events are drawn from.
    fn sides(&self, seed: u32, sample: u32) -> (Vec<u32>, u8, Words) {
        let mut words = Words::new(seed, Set::Evidence, sample);
        let likely = words.uniform(0, 1) as u32;
        let sides: Vec<u32> = (0..self.cues)
            .map(|_| if words.chance(self.likely_per_mille) { likely } else { 1 - likely })
            .collect();
        let right = sides.iter().sum::<u32>();
        (sides, u8::from(2 * right > self.cues), words)
    }

    /// A sample; `None` where `stop` was set meanwhile. One alone may have millions of steps.
    fn sample(&self, seed: u32, sample: u32, stop: &AtomicBool) -> Option<(u8, Vec<Event>)> {
        let (sides, label, mut words) = self.sides(seed, sample);
        let mut events = Vec::new();
        let mut fire = |group: u32, steps: std::ops::Range<u32>, per_mille: u32| {
            for step in steps.take_while(|_| !stop.load(Ordering::Relaxed)) {
                for neuron in 0..self.group {
                    if words.chance(per_mille) {
                        events.push(Event::once(step, group * self.group + neuron));
                    }
                }
            }
        };
        for (cue, side) in (0..).zip(&sides) {
            let start = cue * (self.cue_steps + self.gap_steps);
            fire(*side, start..start + self.cue_steps, self.rate_per_mille);
        }
        let recall = self.recall();
        fire(2, recall..recall + self.recall_steps, self.rate_per_mille);
        fire(3, 0..recall + self.recall_steps, self.background_per_mille);
        (!stop.load(Ordering::Relaxed)).then_some((label, events))
    }

    /// The data set of these samples.
    fn set(&self, samples: EventSamples) -> DataSet {
        let mut set = DataSet::of_events(samples, self.sizes.parts());
        set.notes.push(format!(
            "{} cues, a delay of {} steps, recall from step {}. The linear classifier is told all counts at once: it needs \
             no memory.",
            self.cues,
            self.delay_steps,
            self.recall()
        ));
        set
    }
}

impl Generator for Evidence {
    fn problems(&self) -> Vec<Problem> {
        let mut problems = Problem::outside(&[
            ("cues", self.cues, 1, 1000),
            ("cue_steps", self.cue_steps, 1, 10_000),
            ("gap_steps", self.gap_steps, 0, 10_000),
            ("delay_steps", self.delay_steps, 0, 100_000),
            ("recall_steps", self.recall_steps, 1, 10_000),
            ("group", self.group, 1, 1000),
            ("rate_per_mille", self.rate_per_mille, 0, 1000),
            ("background_per_mille", self.background_per_mille, 0, 1000),
            ("likely_per_mille", self.likely_per_mille, 0, 1000),
        ]);
        if self.cues.is_multiple_of(2) {
            problems.push(Problem::new("cues", self.cues, "an odd number: the label is a majority"));
        }
        [problems, self.sizes.problems()].concat()
    }

    fn generate_unless(&self, seed: u32, stop: &AtomicBool) -> Option<DataSet> {
        let mut samples = EventSamples::new(4 * self.group, 2, LinearView::Counts);
        for sample in 0..self.sizes.all() {
            let (label, events) = self.sample(seed, sample, stop)?;
            samples.push(label, events);
        }
        Some(self.set(samples))
    }

    /// Labels alone: a word a neuron and step is what takes time.
    fn outline(&self, seed: u32) -> DataSet {
        let labels = (0..self.sizes.all()).map(|sample| self.sides(seed, sample).1).collect();
        let steps = self.recall() + self.recall_steps;
        self.set(EventSamples::outline(4 * self.group, (labels, 2), LinearView::Counts, steps))
    }
}
