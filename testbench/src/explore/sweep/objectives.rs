//! What is asked of a point: a figure of its runs, over seeds, and which is better.
//!
//! Promises: a figure that lacks a published price or time is none, unless the file asks for lower bounds; a figure that a
//! run does not have is named with why. Absent on purpose: which point is best (`front`).

use super::figures::{Ends, Figures, PartFigures, StageFigures};
use super::file::{Best, Objective, Quantity};
use serde::{Deserialize, Serialize};

impl Quantity {
    /// Name in tables: what it is, and its unit.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::InferenceEnergy => "inference_energy_aj",
            Self::InferenceTime => "inference_time_ps",
            Self::TrainingEnergy => "training_energy_aj",
            Self::Area => "area_nm2",
            Self::BusiestLink => "busiest_link_packets",
            Self::MemoryBits => "memory_bits",
            Self::StepTime => "step_time_ps",
        }
    }

    /// Whether prices or tables give it ends.
    #[must_use]
    pub const fn has_ends(self) -> bool {
        matches!(self, Self::InferenceEnergy | Self::TrainingEnergy | Self::Area)
    }

    /// One run's, `Err` with why it has none.
    ///
    /// # Errors
    /// When the run has no such figure, or, without `lower_bounds`, one that lacks something unpublished.
    pub fn of(self, figures: &Figures, part: &PartFigures, lower_bounds: bool) -> Result<[f64; 3], String> {
        let exact = |value: f64| Ok([value; 3]);
        let stage =
            |name: &str| part.stages.get(name).ok_or_else(|| format!("the run has no stage `{name}`"));
        match self {
            Self::Accuracy => part.score.map_or_else(|| Err("the run has no score".to_owned()), exact),
            Self::InferenceEnergy => {
                let of = stage("inference")?;
                published(&of.unpriced, "price", lower_bounds)?;
                Ok(ends(&of.energy_aj, presented(of)))
            }
            Self::TrainingEnergy => {
                let of = stage("training")?;
                published(&of.unpriced, "price", lower_bounds)?;
                Ok(ends(&of.energy_aj, 1))
            }
            Self::InferenceTime => {
                let of = stage("inference")?;
                published(&of.untimed, "time", lower_bounds)?;
                exact(of.time_ps as f64 / presented(of) as f64)
            }
            Self::StepTime => {
                published(&part.whole.untimed, "time", lower_bounds)?;
                exact(part.whole.time_ps as f64 / part.whole.steps.max(1) as f64)
            }
            Self::BusiestLink => exact(part.whole.busiest_link_packets as f64),
            Self::MemoryBits => match figures.memory_bits {
                Some(bits) => exact(bits as f64),
                None => Err("memory is known of the first row alone".to_owned()),
            },
            Self::Area => match &figures.area_nm2 {
                Some(area) => Ok(ends(area, 1)),
                // Of another row neither is known.
                None if figures.memory_bits.is_none() => {
                    Err("area is known of the first row alone".to_owned())
                }
                None => {
                    Err("the chip states prices of events: without a technology it has no area".to_owned())
                }
            },
        }
    }
}

/// Nothing presented counts as one presentation.
fn presented(of: &StageFigures) -> u64 {
    of.presentations.max(1)
}

/// Nominal, low, high; a `parts`-th of each.
fn ends(of: &Ends, parts: u64) -> [f64; 3] {
    [of.nominal, of.low, of.high].map(|value| value as f64 / parts as f64)
}

fn published(missing: &[String], what: &str, lower_bounds: bool) -> Result<(), String> {
    if missing.is_empty() || lower_bounds {
        return Ok(());
    }
    let fields = missing.join(", ");
    Err(format!(
        "no published {what} of {fields}: the total is a lower bound (`lower_bounds: true` takes it)"
    ))
}

impl Objective {
    /// What is better.
    #[must_use]
    pub fn best(&self) -> Best {
        let own = if self.of == Quantity::Accuracy { Best::Most } else { Best::Least };
        self.best.unwrap_or(own)
    }

    /// Whether a value is within what the file allows of it.
    #[must_use]
    pub fn allows(&self, value: f64) -> bool {
        self.at_least.is_none_or(|least| value >= least) && self.at_most.is_none_or(|most| value <= most)
    }

    /// The figure over all runs of a point.
    ///
    /// # Errors
    /// With why one of them has none.
    pub fn measured(&self, runs: &[&Figures]) -> Result<Measured, String> {
        let parts = runs.iter().flat_map(|figures| figures.parts.iter().map(move |part| (*figures, part)));
        let values = parts.map(|(figures, part)| self.of.of(figures, part, self.lower_bounds));
        let values: Vec<[f64; 3]> = values.collect::<Result<_, _>>()?;
        Measured::of(&values, self.best()).ok_or_else(|| "the point has no run".to_owned())
    }
}

/// A figure over the seeds of a point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Mean over seeds, at nominal prices.
    pub mean: f64,
    /// The same at the lower end of every price.
    pub low: f64,
    /// The same at the upper end.
    pub high: f64,
    /// Sample standard deviation of the nominal values by the root of their number; `None` of one.
    pub standard_error: Option<f64>,
    /// The worst nominal value.
    pub worst: f64,
    /// Seeds.
    pub runs: usize,
}

impl Measured {
    /// Of nominal values, with their ends.
    #[must_use]
    pub fn of(values: &[[f64; 3]], best: Best) -> Option<Self> {
        let runs = values.len();
        let mean = |at: usize| values.iter().map(|value| value[at]).sum::<f64>() / runs as f64;
        let nominal = mean(0);
        let squares: f64 = values.iter().map(|value| (value[0] - nominal) * (value[0] - nominal)).sum();
        let worse = |a: f64, b: f64| match best {
            Best::Least => a.max(b),
            Best::Most => a.min(b),
        };
        let worst = values.iter().map(|value| value[0]).reduce(worse)?;
        let standard_error = (runs > 1).then(|| (squares / (runs - 1) as f64 / runs as f64).sqrt());
        Some(Self { mean: nominal, low: mean(1), high: mean(2), standard_error, worst, runs })
    }

    /// Between what it may be: the ends of prices, and a standard error beyond them.
    #[must_use]
    pub fn interval(&self) -> (f64, f64) {
        let error = self.standard_error.unwrap_or(0.0);
        (self.low.min(self.mean) - error, self.high.max(self.mean) + error)
    }
}
