//! How well the answers of all cases fit their targets.
//!
//! Promises: the score of one presentation of every case depends on nothing but trains and targets.

use super::case::Case;
use super::distance;
use super::file::Patterns;
use serde::{Deserialize, Serialize};

/// Steps in which each readout neuron fired, by case.
pub type Trains = Vec<Vec<Vec<u32>>>;

/// Scores of all cases, presented without learning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Van Rossum distance, summed over outputs, mean over cases.
    pub loss: f64,
    /// Targets hit.
    pub hits: u32,
    /// Spikes that hit nothing.
    pub extra: u32,
    /// Cases whose answer is nearer to its own targets than to those of any case with other targets.
    pub right: u32,
}

impl Score {
    /// Of `trains[case][output]`.
    #[must_use]
    pub fn of(settings: &Patterns, cases: &[Case], trains: &[Vec<Vec<u32>>]) -> Self {
        let mut score = Self::default();
        for (case, answer) in cases.iter().zip(trains) {
            let to = |targets: &[Vec<u32>]| -> f64 {
                let pairs = answer.iter().zip(targets);
                let distance = |(train, target): (&Vec<u32>, &Vec<u32>)| {
                    distance::van_rossum(train, target, settings.steps, settings.distance_tau)
                };
                pairs.map(distance).sum()
            };
            let own = to(&case.targets);
            score.loss += own / cases.len() as f64;
            for (train, target) in answer.iter().zip(&case.targets) {
                let (hits, extra) = distance::hits(train, target, settings.tolerance);
                score.hits += hits;
                score.extra += extra;
            }
            let others = cases.iter().filter(|other| other.targets != case.targets);
            score.right += u32::from(others.map(|other| to(&other.targets)).all(|other| own < other));
        }
        score
    }

    /// Hits by targets and further spikes together: 1 when every target is hit and nothing else fires.
    #[must_use]
    pub fn timing(&self, targets: u32) -> f64 {
        f64::from(self.hits) / f64::from((targets + self.extra).max(1))
    }
}
