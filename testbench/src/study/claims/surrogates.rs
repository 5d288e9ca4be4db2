//! Claim: the shape of the surrogate hardly matters (IV-B1).

use super::{Claim, columns, line, percent};
use crate::report::model::Table;
use crate::report::quantity::Spread;
use crate::tasks::classify::result::CellResult;
use crate::tasks::classify::task::Task;

/// Largest spread of the means, in points.
const SPREAD: f64 = 1.5;

/// The claim, from the results of every row, seed by seed.
#[must_use]
pub fn claim(task: &Task, results: &[CellResult]) -> Claim {
    let seeds = &task.settings.seeds;
    let mut rows = Vec::new();
    let mut means = Vec::new();
    for row in &task.settings.rows {
        let of: Vec<f64> = results.iter().filter(|r| r.row == row.name).map(CellResult::accuracy).collect();
        means.extend(Spread::of(&of).map(|spread| 100.0 * spread.mean));
        rows.push(line(&row.name, &of, percent));
    }
    let spread = means.iter().fold(0.0f64, |most, a| means.iter().fold(most, |most, b| most.max(a - b)));
    Claim {
        statement: "the shape of the surrogate hardly matters",
        source: "IV-B1",
        asked: "means of five shapes within 1.5 points",
        found: format!("{spread:.2} points between the best and the worst shape"),
        holds: means.len() > 1 && spread <= SPREAD,
        tables: vec![Table {
            title: "Surrogates: accuracy on the digits".to_owned(),
            columns: columns(seeds),
            rows,
            notes: vec![
                "percent; each half-width chosen on validation parts by `claim-surrogates-select`".to_owned(),
            ],
        }],
    }
}
