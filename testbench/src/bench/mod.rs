//! `synfire bench`: the simulator's hot paths against bare loops over the same memory, in one process.
//!
//! Each pair alternates many times; the ratio of rates is taken pair by pair, and its median and quartiles are
//! printed, so that a machine whose speed drifts does not matter. Speed is a report, never a test.
//!
//! Promises: the simulator's side is the public path with its counters; both sides are checked to give the same
//! result. Absent on purpose: absolute times as a verdict.

pub mod ceiling;
pub mod paths;

use crate::report::model::{Cell, Report, Table};

/// Ratios of one pair.
#[derive(Clone, Debug)]
pub struct Ratios {
    /// What is compared.
    pub name: &'static str,
    /// What was asked; `None`: only shown.
    pub bar: Option<f64>,
    /// Simulator's rate by the ceiling's, one a repetition.
    pub ratios: Vec<f64>,
    /// Simulator's median rate, operations a second.
    pub rate: f64,
    /// Unit of the rate.
    pub unit: &'static str,
    /// Why it is not judged, if it is not.
    pub not_judged: Option<String>,
}

/// Value at a fraction of a sorted list.
fn quantile(sorted: &[f64], fraction: f64) -> f64 {
    let at = ((sorted.len().max(1) - 1) as f64 * fraction).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

/// Runs every pair.
#[must_use]
pub fn run(quick: bool) -> Report {
    let repetitions = if quick { 10 } else { 50 };
    let results = [
        paths::deliver(repetitions),
        paths::update(repetitions),
        paths::learn(repetitions),
        paths::whole_step(repetitions),
        paths::two_threads(repetitions / 5),
    ];
    let mut report = Report { title: "The simulator against bare loops".to_owned(), ..Report::default() };
    report.intro = vec![
        format!(
            "{repetitions} alternations a pair; ratio of rates, simulator by ceiling, median and quartiles."
        ),
        format!("Vector code: {:?}.", synfire_core::simd::level()),
    ];
    let row = |r: &Ratios| {
        let mut sorted = r.ratios.clone();
        sorted.sort_by(f64::total_cmp);
        let number = |v: f64| Cell::number(v, format!("{v:.2}"));
        let median = quantile(&sorted, 0.5);
        let verdict = match (&r.not_judged, r.bar) {
            (Some(why), _) => format!("not judged: {why}"),
            (None, Some(bar)) if median >= bar => "met".to_owned(),
            (None, Some(_)) => "missed".to_owned(),
            (None, None) => String::new(),
        };
        vec![
            Cell::text(r.name),
            number(median),
            number(quantile(&sorted, 0.25)),
            number(quantile(&sorted, 0.75)),
            r.bar.map_or(Cell::text("-"), number),
            Cell::text(verdict),
            Cell::number(r.rate, format!("{:.0} M {}", r.rate / 1e6, r.unit)),
        ]
    };
    report.push(Table {
        title: "Ratios".to_owned(),
        columns: [
            "pair",
            "median",
            "lower quartile",
            "upper quartile",
            "asked",
            "verdict",
            "simulator's rate",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: results.iter().map(row).collect(),
        notes: vec![
            "two threads: rate on two by rate on one; judged only when bare loops reach 1.8".to_owned(),
        ],
    });
    report
}
