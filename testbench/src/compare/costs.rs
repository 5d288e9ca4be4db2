//! What a rule costs on the chip, from the chip's own counters: memory, writes, broadcasts, energy.
//!
//! Promises: means over seeds of what the cells counted; training is the whole run less its tests.
//! Absent on purpose: prices (the chip file has them), a float twin's cost (it has none).

use crate::bill::Work;
use crate::classify::cell::{CellResult, FullestCore};
use synfire_chip::chip::Chip;
use synfire_chip::counters::NodeCounts;
use synfire_chip::time::Elapsed;

/// The cost of a rule in a store, a presentation at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Cores in use.
    pub cores: usize,
    /// Memory of the fullest core.
    pub memory: FullestCore,
    /// Weight updates computed in a training presentation.
    pub updates: f64,
    /// Weights that it wrote.
    pub writes: f64,
    /// Error packets that it broadcast.
    pub error_packets: f64,
    /// Its energy, attojoules.
    pub training: f64,
    /// Energy of a presentation without learning, attojoules; `None` where there is none.
    pub inference: Option<f64>,
}

impl Cost {
    /// Of the cells of one row in one store; `None` where they ran on no chip.
    #[must_use]
    pub fn of(results: &[CellResult], chip: &Chip) -> Option<Self> {
        let first = results.first().filter(|result| result.cores > 0)?;
        let energy = |result: &CellResult, counts: NodeCounts, elapsed: Elapsed| {
            Work { chip, counts, elapsed, cores: result.cores }.attojoules() as f64
        };
        let mut sum = Self {
            cores: first.cores,
            memory: first.memory,
            updates: 0.0,
            writes: 0.0,
            error_packets: 0.0,
            training: 0.0,
            inference: None,
        };
        for result in results {
            let trained: u64 = result.curve.iter().map(|epoch| u64::from(epoch.train_samples)).sum();
            let part = 1.0 / (trained.max(1) as f64 * results.len() as f64);
            let counts = result.counts.minus(&result.tests_counts);
            sum.updates += part * counts.learning.weight_updates as f64;
            sum.writes += part * counts.learning.weight_writes as f64;
            sum.error_packets += part * counts.error_packets as f64;
            sum.training += part * energy(result, counts, result.elapsed.minus(&result.tests_elapsed));
            if result.test_elapsed.steps > 0 {
                let tested = result.curve.last().map_or(1, |epoch| epoch.test_samples.max(1));
                let part = 1.0 / (f64::from(tested) * results.len() as f64);
                let energy = part * energy(result, result.test_counts, result.test_elapsed);
                sum.inference = Some(sum.inference.unwrap_or(0.0) + energy);
            }
        }
        Some(sum)
    }
}
