//! Measurements of a chip beside what the model says of them.
//!
//! A measurement is a workload and one number: an energy, a time or an area. The workload is counts of operations, under
//! the names that `summary.json` gives them, done in some steps on cores that share them evenly; so that whoever measured
//! a run can take them from a summary, and whoever measured one operation writes a 1.
//!
//! Promises: a prediction uses the prices, times and areas of the chip and nothing of the measurement; only
//! [`calibrate`](crate::cost::calibrate) uses it, on demand, into another file. Absent on purpose: the way of packets, of
//! which a time has the longest and counts do not tell it.

use crate::chip::{Chip, Found, Measured};
use crate::cost::energy::{Bill, Powered, untimed};
use crate::cost::stage::{Drawn, Stage};
use crate::cost::time::{Elapsed, StepTime, core_time};
use crate::cost::widths::Widths;

/// What the model says of a measurement, in its unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prediction {
    /// Lower end.
    pub low: u128,
    /// The number.
    pub nominal: u128,
    /// Upper end.
    pub high: u128,
    /// Whether something that took part has no number: then the number is a least one.
    pub least: bool,
}

impl Prediction {
    /// Predicted over measured.
    #[must_use]
    pub fn ratio(&self, found: Found) -> f64 {
        self.nominal as f64 / found.value() as f64
    }
}

impl Measured {
    /// Words of what ran.
    #[must_use]
    pub fn widths(&self) -> Widths {
        let words = self.words;
        Widths {
            synapse: words.synapse,
            neuron: words.neuron,
            parameters: words.parameters,
            accumulator: words.accumulator,
            arrival: words.arrival,
            eligibility_states: words.eligibility_states,
            channels: words.channels,
            used: Default::default(),
        }
    }

    /// How long the workload takes: of every step the work of a core, and the barrier.
    fn elapsed(&self, chip: &Chip) -> Elapsed {
        let core = core_time(&chip.timing, &self.counts).whole_ps;
        // As if every step and every core had the same share.
        let step = core.div_ceil(self.steps.max(1) * self.cores.max(1));
        let mut one = Elapsed::default();
        let tiles = (self.cores as usize).div_ceil(usize::from(chip.mesh.cores_per_tile));
        let barrier_ps = chip.timing.barrier.ps(tiles);
        one.add(&chip.timing, StepTime { core_ps: step, barrier_ps, ..StepTime::default() });
        let all = |ps: u128| ps * u128::from(self.steps);
        Elapsed { steps: self.steps, total_ps: all(one.total_ps), wall_ps: all(one.wall_ps), ..one }
    }

    /// The bill of the workload on `chip`.
    #[must_use]
    pub fn bill(&self, chip: &Chip) -> Bill {
        let powered = Powered {
            used: self.cores as usize,
            all: chip.mesh.cores(),
            drawn: Drawn::alone(Stage::default(), &self.elapsed(chip)),
        };
        Bill::of(&chip.prices(&self.widths()), &self.counts, &powered)
    }

    /// What the model says; `None` for an area of a chip that has none.
    #[must_use]
    pub fn predicted(&self, chip: &Chip) -> Option<Prediction> {
        Some(match self.found {
            Found::Energy(_) => {
                let bill = self.bill(chip);
                let (low, high) = bill.ends();
                Prediction { low, nominal: bill.total(), high, least: bill.unknown().next().is_some() }
            }
            Found::Time(_) => {
                let ps = self.elapsed(chip).total_ps;
                let least = !untimed(&chip.timing, &self.counts).is_empty();
                Prediction { low: ps, nominal: ps, high: ps, least }
            }
            Found::Area(_) => {
                let core = chip.priced_core(&self.widths())?;
                let all = |nm2: u64| u128::from(nm2) * chip.mesh.cores() as u128;
                let area = core.area;
                Prediction {
                    low: all(area.low),
                    nominal: all(area.nominal),
                    high: all(area.high),
                    least: false,
                }
            }
        })
    }
}
