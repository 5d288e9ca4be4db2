//! `synfire bench`: the simulator's hot paths against bare loops over the same memory, in one process.
//!
//! A [`measure::Pair`] is a hot path beside its ceiling: a plain loop, compiled for the same processor, over arrays of the
//! same sizes in the same order. The two alternate; the ratio is taken alternation by alternation, and its median
//! and quartiles are printed, so that a machine whose speed drifts does not matter.
//!
//! Promises: the simulator's side is the public path with its counters; after every alternation both sides are
//! compared, and a pair whose bits differ is reported as that. Speed is a report, never a test.
//! Absent on purpose: absolute times as a verdict.

pub mod ceiling;
pub mod channel;
pub mod deliver;
pub mod learn;
pub mod measure;
pub mod networks;
pub mod observer;
pub mod threads;
pub mod update;
pub mod whole_step;

use crate::report::model::{Report, Table, TableCell};
use measure::{Measured, measure, quantile};

/// Alternations of a full bench.
const ALTERNATIONS: usize = 50;
/// Alternations of a short one.
const QUICK_ALTERNATIONS: usize = 10;

/// Runs every pair.
#[must_use]
pub fn run(quick: bool) -> Report {
    let alternations = if quick { QUICK_ALTERNATIONS } else { ALTERNATIONS };
    let one_thread = [
        measure(&mut deliver::Deliver::new(), alternations, Some(0.6)),
        measure(&mut update::Update::new(), alternations, Some(0.6)),
        measure(&mut learn::Learn::new(), alternations, Some(0.5)),
        measure(&mut whole_step::Dense::new(), alternations, Some(0.35)),
        measure(&mut whole_step::Sparse::new(), alternations, None),
    ];
    let others = [threads::two_threads(alternations), threads::bare(alternations)];
    let [two_threads, bare_threads] = others;
    let two_threads = threads::judge(two_threads, &bare_threads);
    let watched = measure(&mut observer::Watched::new(), alternations, None);
    let batch = measure(&mut channel::BatchAgainstSends::new(), alternations, None);
    let mut report = Report { title: "The simulator against bare loops".to_owned(), ..Report::default() };
    report.intro = vec![
        format!(
            "{alternations} alternations a pair in this process; ratios are of speeds, taken pair by pair."
        ),
        format!("Vector code: {:?}.", synfire_core::simd::level()),
    ];
    report.push(table(
        "Hot paths, one thread: the simulator's speed by its ceiling's",
        &one_thread,
        &[
            "ceilings: bare loops over arrays of the same sizes in the same order; both sides are compared bit by bit",
            "whole step, dense: all of a step, by the bare delivery of the same synaptic events",
        ],
    ));
    report.push(table(
        "What counts, times and link loads cost",
        &[watched],
        &["without an observer a run counts nothing; both sides have the same registers"],
    ));
    report.push(table(
        "Workers",
        &[two_threads, bare_threads, batch],
        &["two threads are judged only where two bare loops in parallel reach 1.8 in the same run"],
    ));
    report
}

fn verdict(measured: &Measured, median: f64) -> String {
    match (measured.bar, &measured.not_judged) {
        (_, _) if !measured.agree => "the two sides differ".to_owned(),
        (Some(_), Some(why)) => format!("not judged: {why}"),
        (Some(bar), None) => if median >= bar { "met" } else { "missed" }.to_owned(),
        (None, _) => String::new(),
    }
}

fn row(measured: &Measured) -> Vec<TableCell> {
    let sorted = |values: &[f64]| {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted
    };
    let ratios = sorted(&measured.ratios);
    let median = quantile(&ratios, 0.5);
    let number = |v: f64| TableCell::number(v, format!("{v:.2}"));
    let rate = |rates: &[f64]| {
        let median = quantile(&sorted(rates), 0.5);
        TableCell::number(median, format!("{:.0}", median / 1e6))
    };
    vec![
        TableCell::text(measured.name),
        number(median),
        number(quantile(&ratios, 0.25)),
        number(quantile(&ratios, 0.75)),
        measured.bar.map_or(TableCell::text("-"), number),
        TableCell::text(verdict(measured, median)),
        rate(&measured.rates),
        rate(&measured.bare_rates),
        TableCell::text(measured.unit),
    ]
}

fn table(title: &str, measured: &[Measured], notes: &[&str]) -> Table {
    let columns = [
        "pair",
        "ratio",
        "lower quartile",
        "upper quartile",
        "asked",
        "verdict",
        "M/s",
        "compared with",
        "of",
    ];
    Table {
        title: title.to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: measured.iter().map(row).collect(),
        notes: notes.iter().map(|note| (*note).to_owned()).collect(),
    }
}
