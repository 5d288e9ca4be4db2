//! Labelled samples that are spikes already: events of channels in steps.
//!
//! Promises: the entries of a sample ascend by step, then by channel, one a step and channel. Absent on purpose: where the events come from (one file a data set), how they enter a network
//! (`classify::schedule`).

use super::Samples;
use serde::Serialize;

/// Events of one channel in one step of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Event {
    /// Step within the sample.
    pub step: u32,
    /// Channel: a neuron of the input.
    pub channel: u32,
    /// How many; 255 stands for more.
    pub count: u8,
}

impl Event {
    /// One event.
    #[must_use]
    pub fn once(step: u32, channel: u32) -> Self {
        Self { step, channel, count: 1 }
    }
}

/// What a linear classifier sees of a sample of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum LinearView {
    /// Events of each channel.
    Counts,
    /// Step of the first event of each channel; one past the last step where there is none.
    FirstSteps,
}

/// Labelled samples of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EventSamples {
    events: Vec<Event>,
    /// First event of each sample, and one past the last.
    starts: Vec<usize>,
    /// Class of each sample, below `classes`.
    pub labels: Vec<u8>,
    /// Number of classes.
    pub classes: usize,
    /// Channels.
    pub channels: u32,
    /// What a linear classifier sees.
    pub view: LinearView,
    /// Steps that would hold the events of an outline.
    #[serde(skip)]
    outlined_steps: u32,
}

impl EventSamples {
    /// No sample yet.
    #[must_use]
    pub fn new(channels: u32, classes: usize, view: LinearView) -> Self {
        let (events, starts, labels) = (Vec::new(), vec![0], Vec::new());
        Self { events, starts, labels, classes, channels, view, outlined_steps: 0 }
    }

    /// Samples of these labels whose events, which lie within `steps` steps, are left out.
    #[must_use]
    pub fn outline(channels: u32, (labels, classes): (Vec<u8>, usize), view: LinearView, steps: u32) -> Self {
        let starts = vec![0; labels.len() + 1];
        Self { events: Vec::new(), starts, labels, classes, channels, view, outlined_steps: steps }
    }

    /// Adds a sample; its events may come in any order.
    pub fn push(&mut self, label: u8, mut events: Vec<Event>) {
        debug_assert!(usize::from(label) < self.classes && events.iter().all(|e| e.channel < self.channels));
        events.sort_unstable();
        events.dedup_by(|next, kept| {
            let same = (next.step, next.channel) == (kept.step, kept.channel);
            if same {
                kept.count = kept.count.saturating_add(next.count);
            }
            same
        });
        self.events.extend(events);
        self.starts.push(self.events.len());
        self.labels.push(label);
    }

    /// Events of sample `index`; empty when there is no such sample.
    #[must_use]
    pub fn sample(&self, index: usize) -> &[Event] {
        match (self.starts.get(index), self.starts.get(index + 1)) {
            (Some(&start), Some(&end)) => &self.events[start..end],
            _ => &[],
        }
    }

    /// Steps that hold every event.
    #[must_use]
    pub fn steps(&self) -> u32 {
        self.events.iter().map(|e| e.step + 1).max().unwrap_or(self.outlined_steps)
    }

    /// What a linear classifier sees, as features that stop at 255.
    #[must_use]
    pub fn linear_view(&self) -> Samples {
        let width = self.channels as usize;
        let last = self.steps().min(255) as u8;
        let rest = if self.view == LinearView::Counts { 0 } else { last };
        let mut features = vec![rest; width * self.labels.len()];
        for (index, row) in features.chunks_exact_mut(width.max(1)).enumerate() {
            // From the last event to the first, so that the first step is what stays.
            for event in self.sample(index).iter().rev() {
                let feature = &mut row[event.channel as usize];
                *feature = match self.view {
                    LinearView::Counts => feature.saturating_add(event.count),
                    LinearView::FirstSteps => event.step.min(255) as u8,
                };
            }
        }
        Samples { features, width, labels: self.labels.clone(), classes: self.classes }
    }
}
