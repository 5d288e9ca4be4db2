//! What a rule costs on the chip, from the chip's own counters: memory, writes, broadcasts, energy.
//!
//! Promises: means over seeds of what the cells counted, by stage.
//! Absent on purpose: prices (the chip file has them), a float twin's cost (it has none).

use crate::architect::bill::Work;
use crate::experiment::engine::FullestCore;
use crate::tasks::classify::result::CellResult;
use crate::tasks::patterns;
use synfire_chip::chip::Chip;
use synfire_chip::cost::energy::Bill;
use synfire_chip::cost::stage::{Costs, Spent};

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
    /// Its energy.
    pub training: Ended,
    /// Whether operations without a published price took part: the energies are then at least these.
    pub least: bool,
    /// Energy of a presentation without learning; `None` where there is none.
    pub inference: Option<Ended>,
}

/// An energy and its ends, attojoules.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ended {
    /// The number.
    pub nominal: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Ended {
    fn of(bill: &Bill) -> Self {
        let (low, high) = bill.ends();
        Self { nominal: bill.total() as f64, low: low as f64, high: high as f64 }
    }

    fn times(self, factor: f64) -> Self {
        Self { nominal: self.nominal * factor, low: self.low * factor, high: self.high * factor }
    }

    fn mean(all: &[Self]) -> Self {
        let mean = |of: fn(&Self) -> f64| all.iter().map(of).sum::<f64>() / all.len().max(1) as f64;
        Self { nominal: mean(|one| one.nominal), low: mean(|one| one.low), high: mean(|one| one.high) }
    }
}

/// What a cell of whatever kind counted.
struct Counted<'a> {
    cores: usize,
    memory: FullestCore,
    costs: &'a Costs,
    /// Presentations that were learned from, and those of the last test.
    trained: u64,
    tested: u64,
}

impl Cost {
    /// Of a cell of a classification; `None` where it ran on no chip.
    #[must_use]
    pub fn classified(result: &CellResult, chip: &Chip) -> Option<Self> {
        let counted = Counted {
            cores: result.cores,
            memory: result.memory,
            costs: &result.costs,
            trained: result.curve.iter().map(|epoch| u64::from(epoch.train_samples)).sum(),
            tested: result.curve.last().map_or(1, |epoch| u64::from(epoch.test_samples)),
        };
        Self::of(&counted, chip)
    }

    /// Of a cell of spike patterns; `None` where it ran on no chip.
    #[must_use]
    pub fn patterns(result: &patterns::cell::CellResult, chip: &Chip) -> Option<Self> {
        let counted = Counted {
            cores: result.cores,
            memory: result.memory,
            costs: &result.costs,
            trained: u64::from(result.curve.last().map_or(0, |(epoch, _)| *epoch) * result.cases),
            tested: u64::from(result.cases),
        };
        Self::of(&counted, chip)
    }

    fn of(counted: &Counted<'_>, chip: &Chip) -> Option<Self> {
        let Counted { cores, memory, costs, trained, tested } = *counted;
        if cores == 0 {
            return None;
        }
        let energy = |spent: Spent| Ended::of(&Work::of(chip, spent, cores).bill());
        let least = Work::of(chip, costs.learning(), cores).bill().unknown().next().is_some();
        let part = 1.0 / trained.max(1) as f64;
        let (Spent { counts, .. }, last) = (costs.training, costs.inference);
        Some(Self {
            cores,
            memory,
            least,
            updates: part * counts.learning.weight_updates as f64,
            writes: part * counts.learning.weight_writes as f64,
            error_packets: part * counts.error_packets as f64,
            training: energy(costs.training).times(part),
            inference: (last.elapsed.steps > 0).then(|| energy(last).times(1.0 / tested.max(1) as f64)),
        })
    }

    /// The mean of cells on one chip; `None` where none ran on a chip.
    #[must_use]
    pub fn mean(costs: impl Iterator<Item = Option<Self>>) -> Option<Self> {
        let costs: Vec<Self> = costs.flatten().collect();
        let first = *costs.first()?;
        let mean = |value: &dyn Fn(&Self) -> f64| costs.iter().map(value).sum::<f64>() / costs.len() as f64;
        let trainings: Vec<Ended> = costs.iter().map(|cost| cost.training).collect();
        let inferences: Vec<Ended> = costs.iter().map(|cost| cost.inference.unwrap_or_default()).collect();
        Some(Self {
            least: costs.iter().any(|cost| cost.least),
            updates: mean(&|cost| cost.updates),
            writes: mean(&|cost| cost.writes),
            error_packets: mean(&|cost| cost.error_packets),
            training: Ended::mean(&trainings),
            inference: first.inference.map(|_| Ended::mean(&inferences)),
            ..first
        })
    }
}
