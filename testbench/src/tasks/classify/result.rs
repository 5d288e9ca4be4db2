//! What a cell of a classification leaves.
//!
//! Promises: it is what is kept in the run's folder, and all that a report is made of. Absent on purpose: how it came about
//! (`cell`), the report (`summary`).

use super::answers::EpochScore;
use super::sharing::Sharing;
use crate::architect::inference::Sample;
use crate::architect::summary::Presentations;
use crate::experiment::engine::FullestCore;
use crate::experiment::hashed::HashedFile;
use crate::report::model::Raster;
use serde::{Deserialize, Serialize};
use synfire_chip::cost::detail::Detail;
use synfire_chip::cost::stage::Costs;

/// What a cell leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// Name of the row, with its store.
    pub row: String,
    /// Seed.
    pub seed: u32,
    /// Scores epoch by epoch.
    pub curve: Vec<EpochScore>,
    /// `confusion[label][answer]` of the last score.
    pub confusion: Vec<Vec<u32>>,
    /// What it cost: training, the tests after the epochs together, and inference, one more test after the run.
    pub costs: Costs,
    /// Cores in use.
    pub cores: usize,
    /// Memory of the fullest cores.
    pub memory: FullestCore,
    /// Learning groups of all populations: a property of the network, not of the mapping.
    pub groups: usize,
    /// What its weights take, where they may be shared.
    #[serde(default)]
    pub sharing: Sharing,
    /// Events that full axons merged.
    pub merged_events: u64,
    /// Spikes of one sample after training; kept for the first seed alone.
    pub raster: Option<Raster>,
    /// What was seen of it in detail; kept of the cell that the report shows alone.
    #[serde(default)]
    pub detail: Option<Box<Detail>>,
    /// Wall time of the cell.
    pub wall_seconds: f64,
    /// SHA-256 of all weights at the end.
    pub weights_sha256: String,
    /// What each presentation of the last test cost; none off the chip, or where nothing is presented without learning.
    #[serde(default)]
    pub samples: Vec<Sample>,
    /// Files written beside it.
    #[serde(default)]
    pub outputs: Vec<HashedFile>,
}

impl CellResult {
    /// The score after the last epoch, 0..=1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        self.curve.last().map_or(0.0, |s| f64::from(s.test_correct) / f64::from(s.test_samples.max(1)))
    }

    /// Presentations by stage; the last test, which is inference, follows the tests after the epochs.
    #[must_use]
    pub fn presentations(&self) -> Presentations {
        let inferred = if self.costs.inference.elapsed.steps > 0 { 1 } else { 0 };
        Presentations {
            training: self.curve.iter().map(|epoch| u64::from(epoch.train_samples)).sum(),
            test: inferred * self.curve.iter().map(|epoch| u64::from(epoch.test_samples)).sum::<u64>(),
            inference: inferred * self.curve.last().map_or(0, |epoch| u64::from(epoch.test_samples)),
        }
    }

    /// Whether every scored sample was right after the last epoch.
    #[must_use]
    pub fn solved(&self) -> bool {
        self.curve.last().is_some_and(|s| s.test_correct == s.test_samples)
    }
}
