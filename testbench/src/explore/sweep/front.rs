//! The Pareto front: points that no other point beats in every objective.
//!
//! A point is beaten by one that is as good in every objective and better in one, in the mean of seeds. That is asked three
//! times: at nominal prices, at the lower end of every price, at the upper end. Means of seeds have a standard error: a
//! point beats another *surely* where it does by more than both errors, and *could* beat it where their errors let it.
//! Promises: ties stay; a point is `sure` where none could beat it at any end; a point that is beaten at nominal prices is
//! listed as `possible` where at some end none surely does. Absent on purpose: prices that err one without the other; the
//! overlaps of a row say what that could turn round.

use super::file::{Best, Objective};
use super::points::{PointRow, Status};
use serde::Serialize;

/// A point that is on the front, or may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FrontRow {
    /// Its number.
    pub point: usize,
    /// Whether it is.
    pub front: Standing,
    /// Of each objective, the other points of this list whose interval overlaps its own; none where neither interval has a
    /// width.
    pub overlaps: Vec<Overlap>,
}

/// Points whose intervals overlap one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// How many.
    pub count: usize,
    /// All of them, ascending: the first and the last of each run of consecutive numbers.
    pub points: Vec<(usize, usize)>,
}

impl Overlap {
    /// Adds a point behind all others.
    fn push(&mut self, point: usize) {
        self.count += 1;
        match self.points.last_mut() {
            Some((_, last)) if *last + 1 == point => *last = point,
            _ => self.points.push((point, point)),
        }
    }
}

/// Where a point stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// On the front, at every end of prices, whatever the errors of seeds.
    Sure,
    /// On the front at nominal prices and in the mean of seeds.
    Nominal,
    /// Beaten there, but at some end of prices, or within the errors of seeds, not.
    Possible,
}

impl Standing {
    /// Its name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::Nominal => "nominal",
            Self::Possible => "possible",
        }
    }
}

/// A point as less is better: each objective at nominal, lower and upper prices, and the error of its mean.
struct Costs {
    point: usize,
    ends: [Vec<f64>; 3],
    errors: Vec<f64>,
}

impl Costs {
    /// Whether it is nowhere worse than `other` at an end of prices, and somewhere better, after `errors` times both errors
    /// are added to it.
    fn beats(&self, other: &Self, end: usize, errors: f64) -> bool {
        let mut better = false;
        for (at, own) in self.ends[end].iter().enumerate() {
            let own = own + errors * (self.errors[at] + other.errors[at]);
            if own > other.ends[end][at] {
                return false;
            }
            better |= own < other.ends[end][at];
        }
        better
    }

    /// Everything that an objective may be.
    fn interval(&self, at: usize) -> (f64, f64) {
        let all = self.ends.each_ref().map(|end| end[at]);
        let (low, high) = (
            all.into_iter().fold(f64::INFINITY, f64::min),
            all.into_iter().fold(f64::NEG_INFINITY, f64::max),
        );
        (low - self.errors[at], high + self.errors[at])
    }
}

/// The front of points that are done and allowed, in the order of points.
#[must_use]
pub fn front(rows: &[PointRow], objectives: &[Objective]) -> Vec<FrontRow> {
    let all: Vec<Costs> = rows.iter().filter_map(|row| costs(row, objectives)).collect();
    let beaten = |own: &Costs, end: usize, errors: f64| {
        all.iter().any(|other| other.point != own.point && other.beats(own, end, errors))
    };
    let standing = |own: &Costs| {
        if beaten(own, 0, 0.0) {
            // Nobody surely beats it at some end.
            return (0..3).any(|end| !beaten(own, end, 1.0)).then_some(Standing::Possible);
        }
        let doubtful = (0..3).any(|end| beaten(own, end, -1.0));
        Some(if doubtful { Standing::Nominal } else { Standing::Sure })
    };
    let listed: Vec<(&Costs, Standing)> = all.iter().filter_map(|own| Some((own, standing(own)?))).collect();
    let overlap = |own: &Costs, at: usize| {
        let (low, high) = own.interval(at);
        let mut overlap = Overlap::default();
        for (other, _) in listed.iter().filter(|(other, _)| other.point != own.point) {
            let (other_low, other_high) = other.interval(at);
            if low <= other_high && other_low <= high && (low < high || other_low < other_high) {
                overlap.push(other.point);
            }
        }
        overlap
    };
    let row = |(own, front): &(&Costs, Standing)| FrontRow {
        point: own.point,
        front: *front,
        overlaps: (0..objectives.len()).map(|at| overlap(own, at)).collect(),
    };
    listed.iter().map(row).collect()
}

fn costs(row: &PointRow, objectives: &[Objective]) -> Option<Costs> {
    if row.status != Status::Done || !row.allowed {
        return None;
    }
    let mut costs = Costs { point: row.point, ends: Default::default(), errors: Vec::new() };
    for (measured, objective) in row.objectives.iter().zip(objectives) {
        let measured = measured.as_ref()?;
        let sign = match objective.best() {
            Best::Least => 1.0,
            Best::Most => -1.0,
        };
        for (end, value) in costs.ends.iter_mut().zip([measured.mean, measured.low, measured.high]) {
            end.push(sign * value);
        }
        costs.errors.push(measured.standard_error.unwrap_or(0.0));
    }
    Some(costs)
}
