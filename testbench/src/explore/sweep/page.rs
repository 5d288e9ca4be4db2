//! `report.html` of a sweep: all points to be sorted, filtered and drawn against each other, and what moves what.
//!
//! Promises: every figure is one of the tables', and nothing of it depends on the machine; beside every point stands the
//! command that repeats it. Absent on purpose: how the page works (`report::explorer`).

use super::file::{Best, Quantity};
use super::front::{FrontRow, Standing};
use super::objectives::Measured;
use super::points::{PointRow, Status};
use super::sensitivity::Effect;
use super::tables::{self, Swept};
use super::told;
use crate::report::explorer::{self, Axis, Commands, Explorer, Shown};
use crate::report::model::{Bar, Bars, Block};
use crate::report::quantity;
use crate::report::svg::ChartError;
use std::collections::{BTreeMap, BTreeSet};

/// Name of the page.
pub const FILE: &str = "report.html";

/// The page.
///
/// # Errors
/// When a chart cannot be drawn.
pub fn render(swept: &Swept<'_>) -> Result<String, ChartError> {
    let mut report = told::report(swept);
    report.blocks = sensitivity(swept);
    report.push(told::effects(swept));
    explorer::render(&report, &points(swept))
}

/// How much of each objective's variance each axis has; of one axis there is nothing to say.
fn sensitivity(swept: &Swept<'_>) -> Vec<Block> {
    if swept.file.axes.len() < 2 {
        return Vec::new();
    }
    let of = |column: &&'static str| {
        let own = swept.sensitivity.iter().filter(|effect| effect.objective == *column);
        let bar = |effect: &Effect| {
            let share = effect.share?;
            let text = quantity::percent(share);
            Some(Bar { name: effect.axis.clone(), value: 100.0 * share, text, ends: None })
        };
        let bars: Vec<Bar> = own.filter_map(bar).collect();
        (!bars.is_empty()).then(|| {
            let title = format!("What moves {}", told::title(column));
            Bars { title, x_label: "share of its variance between an axis' values, %".to_owned(), bars }
                .into()
        })
    };
    swept.columns.iter().filter_map(of).collect()
}

fn points(swept: &Swept<'_>) -> Explorer {
    let rows = &swept.points;
    let mut standing = vec![explorer::Standing::Beaten; rows.len()];
    for row in &swept.front {
        standing[row.point] = match row.front {
            Standing::Sure => explorer::Standing::Sure,
            Standing::Nominal => explorer::Standing::Nominal,
            Standing::Possible => explorer::Standing::Possible,
        };
    }
    let errors = rows.iter().filter_map(|row| Some((row.point, row.error.clone()?)));
    Explorer {
        axes: axes(swept),
        quantities: (0..swept.columns.len()).map(|at| measured(swept, at)).collect(),
        standing,
        counts: rows.iter().map(|row| row.status == Status::Done && row.allowed).collect(),
        errors: errors.collect(),
        remarks: overlaps(swept),
        commands: Commands::of(rows.iter().map(|row| tables::commands(&row.trials))),
    }
}

/// Paths of an axis whose values are all shown.
const MOST_SHOWN: usize = 3;

/// An axis of the sweep is one of the page, whatever it moves.
fn axes(swept: &Swept<'_>) -> Vec<Axis> {
    let mut first = 0;
    let axis = |axis: &super::file::Axis| {
        let own = first..first + axis.values.0.len();
        first = own.end;
        let mut what = swept.paths[own.clone()].to_vec();
        what.dedup();
        // Paths that always have the same value show it once; of many the first show, as far as they tell points apart.
        let same = |row: &PointRow| row.values[own.clone()].windows(2).all(|two| two[0] == two[1]);
        let differ = |shown: usize| {
            let of = |row: &PointRow, count: usize| row.values[own.clone()][..count].to_vec();
            let all: BTreeSet<_> = swept.points.iter().map(|row| of(row, own.len())).collect();
            let some: BTreeSet<_> = swept.points.iter().map(|row| of(row, shown)).collect();
            all.len() == some.len()
        };
        let shown = match own.len() {
            _ if swept.points.iter().all(same) => 1,
            few if few <= MOST_SHOWN => few,
            many => (1..many).find(|count| differ(*count)).unwrap_or(many),
        };
        let value = |row: &PointRow| row.values[own.clone()][..shown].join("\u{a0}\u{d7}\u{a0}");
        Axis::of(&axis.name, &what.join(", "), swept.points.iter().map(value))
    };
    swept.file.axes.iter().map(axis).collect()
}

fn measured(swept: &Swept<'_>, at: usize) -> explorer::Quantity {
    let objective = &swept.file.objectives[at];
    let all = |of: &dyn Fn(&Measured) -> Option<f64>| -> Vec<Option<f64>> {
        swept.points.iter().map(|row| row.objectives[at].as_ref().and_then(of)).collect()
    };
    let error = all(&|of| of.standard_error);
    explorer::Quantity {
        name: told::title(swept.columns[at]),
        shown: shown(objective.of),
        more_is_better: objective.best() == Best::Most,
        mean: all(&|of| Some(of.mean)),
        ends: objective.of.has_ends().then(|| [all(&|of| Some(of.low)), all(&|of| Some(of.high))]),
        error: error.iter().any(Option::is_some).then_some(error),
    }
}

/// How a figure is shown, as [`told`] shows it.
fn shown(of: Quantity) -> Shown {
    match of {
        Quantity::Accuracy => Shown::Percent,
        Quantity::InferenceEnergy | Quantity::TrainingEnergy => Shown::Prefixed { one: 1e18, unit: "J" },
        Quantity::InferenceTime | Quantity::StepTime => Shown::Prefixed { one: 1e12, unit: "s" },
        Quantity::Area => Shown::Fixed { one: 1e12, unit: "mm2" },
        Quantity::BusiestLink | Quantity::MemoryBits => Shown::Count,
    }
}

/// Numbers, and runs of them, that a point lists; the table has all.
const MOST_LISTED: usize = 20;

/// Of each point of the front those that an interval cannot tell it from.
fn overlaps(swept: &Swept<'_>) -> BTreeMap<usize, Vec<(String, String)>> {
    let of = |row: &FrontRow| {
        let each = row.overlaps.iter().zip(&swept.columns).filter(|(others, _)| others.count > 0);
        let each: Vec<_> =
            each.map(|(others, column)| (told::title(column), tables::listed(others, MOST_LISTED))).collect();
        (!each.is_empty()).then_some((row.point, each))
    };
    swept.front.iter().filter_map(of).collect()
}
