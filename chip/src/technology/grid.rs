//! Between the points of a grid: bilinear in the logarithms of both axes and of the value.
//!
//! A power law in word and words is met exactly. What is read between points is never outside of the four around it.
//!
//! Promises: at a point the point's own number; monotone where the points are. Absent on purpose: anything beyond the
//! outermost points.

use super::tables::SramPoint;

/// Reads a quantity of a memory.
pub type Quantity = fn(&SramPoint) -> u64;

/// Five quantities of a memory.
pub const QUANTITIES: [(&str, Quantity); 5] = [
    ("read", |point| point.read),
    ("write", |point| point.write),
    ("area", |point| point.area),
    ("leakage", |point| point.leakage),
    ("time", |point| point.time),
];

/// A place between two points of an axis: the lower one, and how far towards the next, 0..1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Between {
    /// Index of the lower point.
    pub at: usize,
    /// How far to the next one, in the logarithm.
    pub part: f64,
}

/// Where `value` lies on an ascending axis; `None` outside of it.
#[must_use]
pub fn between(axis: &[u32], value: u64) -> Option<Between> {
    let at = axis.partition_point(|point| u64::from(*point) <= value).checked_sub(1)?;
    let low = u64::from(axis[at]);
    if low == value {
        return Some(Between { at, part: 0.0 });
    }
    let high = u64::from(*axis.get(at + 1)?);
    let part = libm::log(value as f64 / low as f64) / libm::log(high as f64 / low as f64);
    Some(Between { at, part })
}

/// The value between the points of a row-major grid with `columns` columns.
#[must_use]
pub fn interpolate(
    points: &[SramPoint],
    columns: usize,
    (row, column): (Between, Between),
    quantity: Quantity,
) -> f64 {
    let mut log = 0.0;
    let mut exact = None;
    for (rows, row_part) in [(0, 1.0 - row.part), (1, row.part)] {
        for (steps, part) in [(0, (1.0 - column.part) * row_part), (1, column.part * row_part)] {
            if part > 0.0 {
                let value = quantity(&points[(row.at + rows) * columns + column.at + steps]) as f64;
                log += part * libm::log(value);
                if part >= 1.0 {
                    exact = Some(value);
                }
            }
        }
    }
    exact.unwrap_or_else(|| libm::exp(log))
}

/// How far a grid is from its own inner points when they are left out, as a fraction: what their neighbours along the
/// rows and along the columns say of them, the worse of both.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HeldOut {
    /// Inner points.
    pub points: usize,
    /// Mean of the errors.
    pub mean: f64,
    /// The largest.
    pub worst: f64,
}

/// Leaves out each inner point of a grid in turn.
#[must_use]
pub fn held_out(points: &[SramPoint], (bits, words): (&[u32], &[u32]), quantity: Quantity) -> HeldOut {
    let value = |row: usize, column: usize| quantity(&points[row * words.len() + column]) as f64;
    let mut result = HeldOut::default();
    let mut sum = 0.0;
    for row in 1..bits.len().saturating_sub(1) {
        for column in 1..words.len().saturating_sub(1) {
            let along_words = middle(
                [words[column - 1], words[column], words[column + 1]],
                [value(row, column - 1), value(row, column + 1)],
            );
            let along_bits = middle(
                [bits[row - 1], bits[row], bits[row + 1]],
                [value(row - 1, column), value(row + 1, column)],
            );
            let truth = value(row, column);
            let error = [along_words, along_bits].map(|guess| (guess / truth).max(truth / guess) - 1.0);
            let worse = error[0].max(error[1]);
            result.points += 1;
            result.worst = result.worst.max(worse);
            sum += worse;
        }
    }
    result.mean = sum / result.points.max(1) as f64;
    result
}

/// The value at the middle of three points of an axis, by the outer two.
fn middle([low, at, high]: [u32; 3], [first, last]: [f64; 2]) -> f64 {
    let part = libm::log(f64::from(at) / f64::from(low)) / libm::log(f64::from(high) / f64::from(low));
    libm::exp((1.0 - part) * libm::log(first) + part * libm::log(last))
}
