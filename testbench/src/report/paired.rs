//! Differences between two rows of an experiment, paired by seed.
//!
//! Promises: a row is compared with another only on the same seeds, in the same order.

use super::model::{Table, TableCell};
use super::quantity::Spread;

/// One line a pair of names whose `values` (1.0 is 100 points) are given; `None` when there is no pair.
#[must_use]
pub fn table<'n>(
    pairs: impl Iterator<Item = (&'n str, &'n str)>,
    values: &dyn Fn(&str) -> Vec<f64>,
) -> Option<Table> {
    let columns = [
        "difference in points, paired by seed",
        "mean",
        "standard error",
        "worst",
        "seeds in which it is positive",
    ];
    let mut rows = Vec::new();
    for (first, second) in pairs {
        let pairs = values(first).into_iter().zip(values(second));
        let differences: Vec<f64> = pairs.map(|(a, b)| 100.0 * (a - b)).collect();
        let Some(spread) = Spread::of(&differences) else { continue };
        let points = |v: f64| TableCell::number(v, format!("{v:+.2}"));
        let positive = differences.iter().filter(|d| **d > 0.0).count();
        rows.push(vec![
            TableCell::text(format!("{first} - {second}")),
            points(spread.mean),
            spread.standard_error.map_or(TableCell::text("-"), |e| TableCell::number(e, format!("{e:.2}"))),
            points(spread.worst),
            TableCell::number(positive as f64, format!("{positive} of {}", differences.len())),
        ]);
    }
    (!rows.is_empty()).then(|| Table {
        title: "Paired differences".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
        notes: Vec::new(),
    })
}
