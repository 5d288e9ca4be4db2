//! Temporal exclusive or: two inputs that fire early or late, and a reference at step 0.
//!
//! Channel 0 fires at step 0; channels 1 and 2 fire once, early or late. The class is 1 where one of them is early and
//! the other late. The four cases are the training part and the test part: a network solves the task or not.

use super::events::{Event, EventSamples, LinearView};
use super::set::{DataSet, Generator, OwnParts, Problem};
use serde::Deserialize;
use std::sync::atomic::AtomicBool;

/// The settings.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TemporalXor {
    /// Step of an early spike.
    pub early: u32,
    /// Step of a late spike.
    pub late: u32,
}

impl Generator for TemporalXor {
    fn problems(&self) -> Vec<Problem> {
        Problem::outside(&[
            ("early", self.early, 0, 1000),
            ("late", self.late, self.early.saturating_add(1), 1000),
        ])
    }

    /// The same for every seed. Four samples are drawn before anybody could stop it.
    fn generate_unless(&self, _: u32, _: &AtomicBool) -> Option<DataSet> {
        let mut samples = EventSamples::new(3, 2, LinearView::FirstSteps);
        for (first, second) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let step = |late| if late == 1 { self.late } else { self.early };
            let steps = [0, step(first), step(second)];
            let events = (0..).zip(steps).map(|(channel, step)| Event::once(step, channel)).collect();
            samples.push(first ^ second, events);
        }
        let own = OwnParts { train: 0..4, validation: 0..4, test: 0..4 };
        Some(DataSet { every_case: true, ..DataSet::of_events(samples, own) })
    }
}
