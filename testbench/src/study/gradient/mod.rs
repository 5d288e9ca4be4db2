//! How well local rules agree with the gradient, layer by layer.
//!
//! A rule's updates, summed over presentations with the weights held, are compared with the descent direction that
//! back-propagation through time gives for the same loss: the cosine of the angle between them, and the part of the
//! synapses that both would move the same way.
//!
//! [`exercise`] is what a row is measured on, [`cell`] the measuring of one row and seed.
//! [`exact`] checks the equalities that must hold to nine digits, [`layers`] measures the rules of an experiment,
//! before and after they were trained, [`chip`] compares a chip's updates with its own float form, [`report`] says so.
//!
//! Promises: pure functions of an experiment and a seed. Absent on purpose: the test part of any data.

pub mod cell;
pub mod chip;
pub mod exact;
pub mod exercise;
pub mod layers;
pub mod report;

use serde::{Deserialize, Serialize};

/// How two lists of changes, one a synapse, agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Cosine of the angle between them; `None` when one of them is zero.
    pub cosine: Option<f64>,
    /// Part of the synapses changed by both that they change the same way; `None` when there is none.
    pub signs: Option<f64>,
}

impl Agreement {
    /// Of two lists.
    #[must_use]
    pub fn of(first: &[f64], second: &[f64]) -> Self {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let lengths = dot(first, first).sqrt() * dot(second, second).sqrt();
        let both = first.iter().zip(second).filter(|(a, b)| **a != 0.0 && **b != 0.0);
        let (all, same) = both
            .fold((0u32, 0u32), |(all, same), (a, b)| (all + 1, same + u32::from((*a > 0.0) == (*b > 0.0))));
        Self {
            cosine: (lengths > 0.0).then(|| dot(first, second) / lengths),
            signs: (all > 0).then(|| f64::from(same) / f64::from(all)),
        }
    }
}

/// Largest difference of two gradients by the largest magnitude of the first.
#[must_use]
pub fn relative_difference(wanted: &[Vec<f64>], found: &[Vec<f64>]) -> f64 {
    let (wanted, found) = (wanted.iter().flatten(), found.iter().flatten());
    let largest = wanted.clone().fold(0.0f64, |most, value| most.max(value.abs()));
    let apart = wanted.zip(found).fold(0.0f64, |most, (a, b)| most.max((a - b).abs()));
    if largest == 0.0 { apart } else { apart / largest }
}
