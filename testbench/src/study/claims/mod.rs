//! `synfire claims`: what the paper says of learning, as experiments with a verdict either way.
//!
//! Source: Neftci, Mostafa and Zenke (2019). One file a claim. Each runs carried experiments on the chip (or, where the
//! claim is about the gradient, off it), compares pairwise by seed, and says what was asked, what was found, and
//! whether the claim held here.
//!
//! Promises: no claim knows its verdict; a cell that is finished is not computed again, so an interrupted run goes on
//! where it stopped. Absent on purpose: settings (the experiment files have them, chosen on validation parts).

pub mod alignment;
pub mod depth;
pub mod first_spike;
pub mod gradient;
pub mod inspected;
pub mod inspection;
pub mod surrogates;

use crate::experiment::file::Row;
use crate::report::model::{Headline, Report, Table, TableCell};
use crate::report::quantity::Spread;
use crate::tasks::classify::task::Task;
use synfire_chip::files::{Diagnostic, Diagnostics};

/// A claim with what was found.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The claim, in a few words.
    pub statement: &'static str,
    /// Where the paper makes it.
    pub source: &'static str,
    /// What was asked of the experiment.
    pub asked: &'static str,
    /// What was found.
    pub found: String,
    /// Whether the claim held.
    pub holds: bool,
    /// The figures.
    pub tables: Vec<Table>,
}

/// The report of all claims.
#[must_use]
pub fn report(claims: Vec<Claim>) -> Report {
    let held = claims.iter().filter(|claim| claim.holds).count();
    let mut report = Report {
        title: "The paper's claims, tried".to_owned(),
        intro: vec![format!(
            "{held} of {} claims of Neftci, Mostafa and Zenke (2019) held in these experiments.",
            claims.len()
        )],
        ..Report::default()
    };
    let row = |claim: &Claim| {
        vec![
            TableCell::text(claim.statement),
            TableCell::text(claim.source),
            TableCell::text(claim.asked),
            TableCell::text(claim.found.clone()),
            TableCell::text(if claim.holds { "held" } else { "DID NOT HOLD" }),
        ]
    };
    report.headlines = vec![Headline {
        label: "claims that held".to_owned(),
        text: format!("{held} of {}", claims.len()),
        number: Some(held as f64),
        ..Headline::default()
    }];
    report.push(Table {
        title: "Claims".to_owned(),
        columns: ["claim", "paper", "asked", "found", "verdict"].map(str::to_owned).to_vec(),
        rows: claims.iter().map(row).collect(),
        notes: vec!["accuracies on test parts that no setting has seen; the last epoch counts".to_owned()],
    });
    claims.into_iter().flat_map(|claim| claim.tables).for_each(|table| report.push(table));
    report
}

/// The row `name` of an experiment.
///
/// # Errors
/// When there is none.
pub fn row<'a>(task: &'a Task, name: &str) -> Result<&'a Row, Diagnostics> {
    let found = task.settings.rows.iter().find(|row| row.name == name);
    found.ok_or_else(|| Diagnostic::new(format!("the experiment has no row `{name}`")).into())
}

/// Values of one quantity, a row of a table: mean, then seed by seed.
#[must_use]
pub fn line(name: &str, values: &[f64], show: fn(f64) -> String) -> Vec<TableCell> {
    let mean = Spread::of(values).map_or(0.0, |spread| spread.mean);
    let cell = |value: f64| TableCell::number(value, show(value));
    std::iter::once(TableCell::text(name))
        .chain([cell(mean)])
        .chain(values.iter().map(|v| cell(*v)))
        .collect()
}

/// Names of the columns of [`line()`].
#[must_use]
pub fn columns(seeds: &[u32]) -> Vec<String> {
    let seeds = seeds.iter().map(|seed| format!("seed {seed}"));
    [String::new(), "mean".to_owned()].into_iter().chain(seeds).collect()
}

/// Percent with two digits.
#[must_use]
pub fn percent(part: f64) -> String {
    format!("{:.2}", 100.0 * part)
}

/// Mean of the differences `first - second`, pair by pair.
#[must_use]
pub fn mean_difference(first: &[f64], second: &[f64]) -> f64 {
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    Spread::of(&differences).map_or(0.0, |spread| spread.mean)
}
