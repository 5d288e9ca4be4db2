//! Time and energy of each inference: over the test samples, and over seeds.
//!
//! A sample's cost is what the model counted between its first and its last step, billed with the prices of the run. So the
//! costs of a cell's samples sum to its stage `inference`.
//!
//! Promises: integers; a percentile is a sample's own number (nearest rank). Absent on purpose: scorings on the way and
//! training, of which stages have the sums.

use super::bill::at_least;
use crate::formats::table::{Kind, Table as Records, columns};
use crate::report::model::{Table, TableCell};
use crate::report::quantity;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use synfire_chip::chip::Energy;
use synfire_chip::cost::counters::{NodeCounts, OPERATIONS};
use synfire_chip::cost::energy::{Bill, Powered, untimed};
use synfire_chip::cost::prices::Timing;
use synfire_chip::cost::stage::{Drawn, Spent, Stage};
use synfire_chip::cost::time::Elapsed;
use synfire_chip::cost::widths::Widths;
use synfire_chip::run::machine::Machine;

/// Name of the table beside the report.
pub const FILE: &str = "samples.csv";

/// What one inference cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Number of the sample in the data.
    pub sample: u32,
    /// Its class.
    pub label: u8,
    /// What was answered.
    pub answer: u8,
    /// Steps.
    pub steps: u64,
    /// Simulated time, picoseconds.
    pub time_ps: u128,
    /// Attojoules: nominal, lower end, upper end, and what of the nominal is assumed.
    pub energy_aj: [u128; 4],
    /// Whether an operation without a published price, or time, took part.
    pub least: [bool; 2],
}

/// Reads what a model has counted, sample by sample.
pub struct Meter {
    prices: Energy,
    timing: Timing,
    cores: (usize, usize),
    before: Spent,
}

impl Meter {
    /// Of `machine`, whose model has spent `before`.
    #[must_use]
    pub fn new(machine: &Machine, before: Spent) -> Self {
        let chip = &machine.chip;
        let prices = chip.prices(&Widths::of(machine)).into_owned();
        Self { prices, timing: chip.timing, cores: (machine.nodes.len(), chip.mesh.cores()), before }
    }

    /// What was spent since the last reading; `of` says of which sample.
    pub fn read(&mut self, of: Sample, now: Spent) -> Sample {
        let before = std::mem::replace(&mut self.before, now);
        let mut counts = NodeCounts::default();
        for operation in OPERATIONS {
            (operation.set)(&mut counts, (operation.count)(&now.counts) - (operation.count)(&before.counts));
        }
        let (then, now) = (before.elapsed, now.elapsed);
        let elapsed = Elapsed {
            steps: now.steps - then.steps,
            total_ps: now.total_ps - then.total_ps,
            wall_ps: now.wall_ps - then.wall_ps,
            ..Elapsed::default()
        };
        let (used, all) = self.cores;
        let bill = Bill::of(
            &self.prices,
            &counts,
            &Powered { used, all, drawn: Drawn::alone(Stage::Inference, &elapsed) },
        );
        let (low, high) = bill.ends();
        Sample {
            steps: elapsed.steps,
            time_ps: elapsed.total_ps,
            energy_aj: [bill.total(), low, high, bill.assumed()],
            least: [bill.unknown().next().is_some(), !untimed(&self.timing, &counts).is_empty()],
            ..of
        }
    }
}

/// The samples of a cell.
#[derive(Clone, Copy, Debug)]
pub struct OfCell<'a> {
    /// Its row.
    pub row: &'a str,
    /// Its seed.
    pub seed: u32,
    /// Its samples; none, where it ran on no chip or presents nothing without learning.
    pub samples: &'a [Sample],
}

/// The table beside the report: a record a sample of every cell.
#[must_use]
pub fn records(cells: &[OfCell<'_>]) -> Records {
    let counts = columns(Kind::Count, ["seed", "sample", "label", "answer", "steps", "time_ps"]);
    let energies = columns(Kind::Energy, ["energy_aj", "low_aj", "high_aj", "assumed_aj"]);
    let mut table = Records::new([columns(Kind::Text, ["row"]), counts, energies].concat());
    for cell in cells {
        table.rows.extend(cell.samples.iter().map(|of| {
            let numbers = [cell.seed.into(), of.sample.into(), of.label.into(), of.answer.into(), of.steps];
            let mut cells = vec![cell.row.to_owned()];
            cells.extend(numbers.map(|number: u64| number.to_string()));
            cells.push(of.time_ps.to_string());
            cells.extend(of.energy_aj.map(|energy| energy.to_string()));
            cells
        }));
    }
    table
}

/// The value that `per_cent` of all are not above, by nearest rank.
#[must_use]
pub fn percentile(ascending: &[u128], per_cent: usize) -> u128 {
    let rank = (ascending.len() * per_cent).div_ceil(100).max(1);
    ascending.get(rank - 1).copied().unwrap_or(0)
}

fn mean(values: impl ExactSizeIterator<Item = u128>) -> u128 {
    let count = values.len().max(1) as u128;
    values.sum::<u128>() / count
}

/// Rows of cells, in their order.
fn by_row<'c, 'a>(cells: &'c [OfCell<'a>]) -> Vec<(&'a str, Vec<&'c OfCell<'a>>)> {
    let (mut order, mut rows) = (Vec::new(), BTreeMap::<&str, Vec<&OfCell<'_>>>::new());
    for cell in cells.iter().filter(|cell| !cell.samples.is_empty()) {
        rows.entry(cell.row)
            .or_insert_with(|| {
                order.push(cell.row);
                Vec::new()
            })
            .push(cell);
    }
    order.into_iter().map(|row| (row, rows.remove(row).unwrap_or_default())).collect()
}

/// Mean, median, 99th percentile and worst of time and energy of every row; `None` where nothing was inferred on a chip.
#[must_use]
pub fn table(cells: &[OfCell<'_>]) -> Option<Table> {
    let rows = by_row(cells);
    let mut lines = Vec::new();
    let mut ends = Vec::new();
    for (row, of) in &rows {
        let all = || of.iter().flat_map(|cell| cell.samples);
        let mut line =
            |name: &str, value: fn(&Sample) -> u128, which: usize, show: fn(u128) -> String, unit: f64| {
                let least = all().any(|sample| sample.least[which]);
                let cell = |value: u128| TableCell::number(value as f64 / unit, at_least(show(value), least));
                let mut values: Vec<u128> = all().map(value).collect();
                values.sort_unstable();
                let means: Vec<u128> = of.iter().map(|cell| mean(cell.samples.iter().map(value))).collect();
                let (lowest, highest) = (means.iter().min().copied(), means.iter().max().copied());
                let seeds = format!("{} to {}", show(lowest.unwrap_or(0)), show(highest.unwrap_or(0)));
                lines.push(vec![
                    TableCell::text(*row),
                    TableCell::text(name),
                    cell(mean(values.iter().copied())),
                    cell(percentile(&values, 50)),
                    cell(percentile(&values, 99)),
                    cell(values.last().copied().unwrap_or(0)),
                    TableCell::text(seeds),
                ]);
            };
        line("time", |sample| sample.time_ps, 1, quantity::duration, 1e12);
        line("energy", |sample| sample.energy_aj[0], 0, quantity::energy, 1e18);
        line("energy, lower end", |sample| sample.energy_aj[1], 0, quantity::energy, 1e18);
        line("energy, upper end", |sample| sample.energy_aj[2], 0, quantity::energy, 1e18);
        let end = |at: usize| {
            let values: Vec<u128> = all().map(|sample| sample.energy_aj[at]).collect();
            mean(values.into_iter()) as f64
        };
        ends.push(((*row).to_owned(), end(1), end(2)));
    }
    let notes = [
        "an inference: one test sample after the run; mean, p50, p99 and worst over the samples of all seeds; \
         `samples.csv` has each"
            .to_owned(),
    ];
    (!lines.is_empty()).then(|| Table {
        title: "Per inference".to_owned(),
        columns: ["", "of one", "mean", "p50", "p99", "worst", "means of seeds"].map(str::to_owned).to_vec(),
        rows: lines,
        notes: notes.into_iter().chain(overlaps(&ends)).collect(),
    })
}

/// Most pairs that a note names.
const MOST_PAIRS: usize = 6;

/// Which energies cannot be told apart by prices as sure as these: name, lower and upper end of each; `None` where there is
/// nothing to compare, or where no energy has ends.
#[must_use]
pub fn overlaps(energies: &[(String, f64, f64)]) -> Option<String> {
    if energies.len() < 2 || energies.iter().all(|(_, low, high)| low == high) {
        return None;
    }
    let (mut pairs, mut all) = (Vec::new(), 0);
    for (index, (name, low, high)) in energies.iter().enumerate() {
        for (other, other_low, other_high) in &energies[index + 1..] {
            all += 1;
            if low <= other_high && other_low <= high {
                pairs.push(format!("`{name}` and `{other}`"));
            }
        }
    }
    let listed = match pairs.len() {
        0 => {
            return Some(
                "no two energies overlap within their ends: the order of rows does not hang on prices"
                    .to_owned(),
            );
        }
        count if count == all => "all energies overlap within their ends".to_owned(),
        count if count > MOST_PAIRS => format!(
            "{count} of {all} pairs of energies overlap within their ends: {}, and {} more",
            pairs[..MOST_PAIRS].join(", "),
            count - MOST_PAIRS
        ),
        _ => format!("energies that overlap within their ends: {}", pairs.join(", ")),
    };
    Some(format!("{listed}: prices as sure as these do not order them, unless they err alike in both"))
}
