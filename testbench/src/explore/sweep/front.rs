//! The Pareto front: points that no other point beats in every objective.
//!
//! A point is beaten by one that is as good in every objective and better in one, at nominal prices and in the mean of
//! seeds. Each objective also has an interval: the ends of prices, and a standard error of the seeds beyond them. Promises:
//! ties stay; a beaten point that its intervals may yet save is listed as `possible`; a point of the front is `sure` where
//! no interval can take it off. Absent on purpose: that ends of prices move together, which makes more of it sure than is
//! said here.

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
    /// Of each objective, the other points of this list whose intervals overlap its own; none where no interval is wider
    /// than nothing.
    pub overlaps: Vec<Vec<usize>>,
}

/// Where a point stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// On the front, whatever the intervals hold.
    Sure,
    /// On the front at nominal values.
    Nominal,
    /// Beaten at nominal values, but not by every value that the intervals hold.
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

/// A point as less is better: nominal, least and most of each objective.
struct Costs {
    point: usize,
    nominal: Vec<f64>,
    least: Vec<f64>,
    most: Vec<f64>,
}

/// Whether `a` is nowhere worse than `b`, and somewhere better.
fn beats(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b) && a.iter().zip(b).any(|(a, b)| a < b)
}

/// The front of points that are done and allowed, in the order of points.
#[must_use]
pub fn front(rows: &[PointRow], objectives: &[Objective]) -> Vec<FrontRow> {
    let all: Vec<Costs> = rows.iter().filter_map(|row| costs(row, objectives)).collect();
    let standing = |own: &Costs| {
        if all.iter().any(|other| beats(&other.most, &own.least)) {
            return None;
        }
        if all.iter().any(|other| beats(&other.nominal, &own.nominal)) {
            return Some(Standing::Possible);
        }
        let another = |other: &&Costs| other.point != own.point;
        let doubtful = all.iter().filter(another).any(|other| beats(&other.least, &own.most));
        Some(if doubtful { Standing::Nominal } else { Standing::Sure })
    };
    let listed: Vec<(&Costs, Standing)> = all.iter().filter_map(|own| Some((own, standing(own)?))).collect();
    let overlaps = |own: &Costs, at: usize| -> Vec<usize> {
        let wide = |of: &Costs| of.least[at] < of.most[at];
        let others = listed.iter().map(|(other, _)| *other).filter(|other| other.point != own.point);
        let meets = |other: &&Costs| {
            (wide(own) || wide(other)) && own.least[at] <= other.most[at] && other.least[at] <= own.most[at]
        };
        others.filter(meets).map(|other| other.point).collect()
    };
    let row = |(own, front): &(&Costs, Standing)| FrontRow {
        point: own.point,
        front: *front,
        overlaps: (0..objectives.len()).map(|at| overlaps(own, at)).collect(),
    };
    listed.iter().map(row).collect()
}

fn costs(row: &PointRow, objectives: &[Objective]) -> Option<Costs> {
    if row.status != Status::Done || !row.allowed {
        return None;
    }
    let mut costs = Costs { point: row.point, nominal: Vec::new(), least: Vec::new(), most: Vec::new() };
    for (measured, objective) in row.objectives.iter().zip(objectives) {
        let measured = measured.as_ref()?;
        let (low, high) = measured.interval();
        let (least, most) = match objective.best() {
            Best::Least => (low, high),
            Best::Most => (-high, -low),
        };
        costs.nominal.push(objective.cost(measured.mean));
        costs.least.push(least);
        costs.most.push(most);
    }
    Some(costs)
}
