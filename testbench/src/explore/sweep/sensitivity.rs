//! Sensitivity: which knob moves which objective, as plain main effects.
//!
//! Points are put together by the value of one axis, whatever the others are; an axis with more than [`MOST_LEVELS`]
//! values is cut into fifths of its points, in the order of its numbers. The *effect* is the largest mean of an objective
//! less the smallest. The *share* is the part of the objective's variance that lies between those means; shares of axes
//! that do not act together sum to 1 on a whole grid. Promises: only points that are done count. Absent on purpose: effects
//! of two knobs together.

use super::draws::Number;
use super::file::Objective;
use super::opened::Sweep;
use super::points::{PointRow, Status};
use serde::Serialize;

/// The most values of an axis that are levels of their own.
pub const MOST_LEVELS: usize = 20;
/// Levels of an axis with more.
const PARTS: usize = 5;

/// What an axis does to an objective.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// Name of the axis.
    pub axis: String,
    /// Column of the objective.
    pub objective: &'static str,
    /// How points are put together: `values` or `fifths`.
    pub levels_of: &'static str,
    /// Levels.
    pub levels: usize,
    /// The level with the smallest mean, and that mean.
    pub lowest: (String, f64),
    /// The level with the largest mean, and that mean.
    pub highest: (String, f64),
    /// The part of the variance between levels, 0 to 1; `None` where nothing varies.
    pub share: Option<f64>,
    /// Spearman's rank correlation, of an axis that moves one number.
    pub rank_correlation: Option<f64>,
    /// Points that count.
    pub points: usize,
}

impl Effect {
    /// The largest mean less the smallest.
    #[must_use]
    pub fn effect(&self) -> f64 {
        self.highest.1 - self.lowest.1
    }
}

/// The effects of every axis on every objective; none where fewer than two points are done.
#[must_use]
pub fn effects(sweep: &Sweep, rows: &[PointRow]) -> Vec<Effect> {
    let done: Vec<&PointRow> = rows.iter().filter(|row| row.status == Status::Done).collect();
    if done.len() < 2 {
        return Vec::new();
    }
    let mut first = 0;
    let mut all = Vec::new();
    for axis in &sweep.axes {
        let paths = first..first + axis.paths.len();
        first = paths.end;
        let value = |row: &&PointRow| row.values[paths.clone()].join(" ");
        let tokens: Vec<String> = done.iter().map(value).collect();
        let numbers: Option<Vec<f64>> =
            tokens.iter().map(|token| Number::of(token).map(|number| number.value)).collect();
        let (levels_of, levels) = levels(&tokens, numbers.as_deref());
        for (at, objective) in sweep.file.objectives.iter().enumerate() {
            let figures: Vec<f64> = done.iter().filter_map(|row| Some(row.objectives[at]?.mean)).collect();
            if figures.len() == done.len() {
                let rank_correlation = numbers.as_deref().and_then(|numbers| spearman(numbers, &figures));
                all.extend(effect(&axis.name, objective, levels_of, &levels, &figures, rank_correlation));
            }
        }
    }
    all
}

/// A level: its name, and which points are of it.
type Level = (String, Vec<usize>);

fn levels(tokens: &[String], numbers: Option<&[f64]>) -> (&'static str, Vec<Level>) {
    let mut levels: Vec<Level> = Vec::new();
    let mut at = std::collections::HashMap::new();
    for (index, token) in tokens.iter().enumerate() {
        let level = *at.entry(token).or_insert_with(|| {
            levels.push((token.clone(), Vec::new()));
            levels.len() - 1
        });
        levels[level].1.push(index);
    }
    let Some(numbers) = numbers.filter(|_| levels.len() > MOST_LEVELS) else { return ("values", levels) };
    let mut order: Vec<usize> = (0..tokens.len()).collect();
    order.sort_by(|a, b| numbers[*a].total_cmp(&numbers[*b]).then(a.cmp(b)));
    let fifth = |part: usize| {
        let of = order[part * order.len() / PARTS..(part + 1) * order.len() / PARTS].to_vec();
        let name = match (of.first(), of.last()) {
            (Some(first), Some(last)) => format!("{} to {}", tokens[*first], tokens[*last]),
            _ => String::new(),
        };
        (name, of)
    };
    ("fifths", (0..PARTS).map(fifth).collect())
}

fn effect(
    axis: &str,
    objective: &Objective,
    levels_of: &'static str,
    levels: &[Level],
    figures: &[f64],
    rank_correlation: Option<f64>,
) -> Option<Effect> {
    let mean = |of: &mut dyn Iterator<Item = f64>| {
        let (sum, count) = of.fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
        sum / count.max(1) as f64
    };
    let all = mean(&mut figures.iter().copied());
    let means: Vec<(&String, f64, usize)> = levels
        .iter()
        .map(|(name, of)| (name, mean(&mut of.iter().map(|at| figures[*at])), of.len()))
        .collect();
    let lowest = means.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let highest = means.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let between: f64 = means.iter().map(|(_, mean, count)| *count as f64 * (mean - all) * (mean - all)).sum();
    let whole: f64 = figures.iter().map(|value| (value - all) * (value - all)).sum();
    Some(Effect {
        axis: axis.to_owned(),
        objective: objective.of.column(),
        levels_of,
        levels: levels.len(),
        lowest: (lowest.0.clone(), lowest.1),
        highest: (highest.0.clone(), highest.1),
        share: (whole > 0.0).then(|| (between / whole).clamp(0.0, 1.0)),
        rank_correlation,
        points: figures.len(),
    })
}

/// Ranks from 1; equal values share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let equal = |at: &&usize| values[**at] == values[order[from]];
        let until = from + order[from..].iter().take_while(equal).count();
        for at in &order[from..until] {
            ranks[*at] = (from + until + 1) as f64 / 2.0;
        }
        from = until;
    }
    ranks
}

/// The correlation of ranks; `None` where one of both does not vary.
fn spearman(first: &[f64], second: &[f64]) -> Option<f64> {
    let (first, second) = (ranks(first), ranks(second));
    let mean = (first.len() as f64 + 1.0) / 2.0;
    let product =
        |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum() };
    let scale = (product(&first, &first) * product(&second, &second)).sqrt();
    (scale > 0.0).then(|| product(&first, &second) / scale)
}
