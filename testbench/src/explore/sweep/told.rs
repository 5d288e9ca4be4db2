//! What a terminal shows of a sweep: how many points stand how, the front, what moves what.
//!
//! Promises: every figure is one of the tables'. Absent on purpose: points that others beat.

use super::front::{FrontRow, Standing};
use super::points::Status;
use super::sensitivity::Effect;
use super::tables::Swept;
use crate::report::model::{Headline, Report, Table, TableCell};
use crate::report::quantity;

/// Rows of the front that are shown.
const MOST_ROWS: usize = 20;

/// The report.
#[must_use]
pub fn report(swept: &Swept<'_>) -> Report {
    let mut report = Report { title: swept.title.to_owned(), ..Report::default() };
    report.intro = vec![format!(
        "{} points of {}{}; arithmetic contract {}.",
        quantity::count(swept.points.len() as u128),
        swept.experiment,
        swept.row.map_or_else(String::new, |row| format!(", row `{row}`")),
        swept.contract
    )];
    for status in [Status::Done, Status::Failed, Status::Incomplete, Status::Missing] {
        let count = swept.count(status);
        if count > 0 || status == Status::Done {
            let TableCell { text, number } = TableCell::count(count as u128);
            report.headlines.push(Headline {
                label: format!("points {}", status.name()),
                text,
                number,
                ..Headline::default()
            });
        }
    }
    let of = |standing| swept.front.iter().filter(|row| row.front == standing).count();
    let [sure, nominal, possible] = [Standing::Sure, Standing::Nominal, Standing::Possible].map(of);
    report.intro.push(format!(
        "On the front: {} points, {sure} of them for sure; {possible} more are possible.",
        sure + nominal
    ));
    report.push(front(swept));
    report.push(effects(swept));
    report
}

/// A figure as its column has it.
fn figure(column: &str, value: f64) -> TableCell {
    let whole = value.round().max(0.0) as u128;
    let text = match column.rsplit('_').next() {
        Some("aj") => quantity::energy(whole),
        Some("ps") => quantity::duration(whole),
        Some("nm2") => format!("{:.4} mm2", value / 1e12),
        Some("accuracy") => quantity::percent(value),
        _ => quantity::count(whole),
    };
    TableCell::number(value, text)
}

fn front(swept: &Swept<'_>) -> Table {
    let mut columns = vec!["point".to_owned(), "front".to_owned()];
    columns.extend(swept.paths.iter().map(|path| (*path).to_owned()));
    columns.extend(swept.columns.iter().map(|column| title(column)));
    let mut shown: Vec<&FrontRow> = swept.front.iter().collect();
    shown.sort_by_key(|row| row.front == Standing::Possible);
    let rows = shown.into_iter().take(MOST_ROWS).map(|row| {
        let point = &swept.points[row.point];
        let mut cells = vec![TableCell::count(row.point as u128), TableCell::text(row.front.name())];
        cells.extend(point.values.iter().map(|value| TableCell::text(value.clone())));
        let figures = point.objectives.iter().zip(&swept.columns);
        cells.extend(figures.map(|(measured, column)| {
            measured.as_ref().map_or_else(|| TableCell::text(""), |measured| figure(column, measured.mean))
        }));
        cells
    });
    let rows = rows.collect();
    let mut notes = vec![
        "sure: at every end of prices and within the errors of seeds; nominal: at nominal prices and in the mean of seeds; \
         possible: beaten there, but not everywhere"
            .to_owned(),
    ];
    notes.extend(swept.columns.iter().enumerate().filter_map(|(at, column)| overlaps(swept, at, column)));
    if swept.front.len() > MOST_ROWS {
        notes.push(format!("{} more in front.csv", swept.front.len() - MOST_ROWS));
    }
    Table { title: "Points that no other beats".to_owned(), columns, rows, notes }
}

/// How many points of the list an objective does not order, where there are any.
fn overlaps(swept: &Swept<'_>, at: usize, column: &str) -> Option<String> {
    let counts = || swept.front.iter().map(|row| row.overlaps[at].count);
    let (some, most) = (counts().filter(|count| *count > 0).count(), counts().max()?);
    (most > 0).then(|| {
        format!(
            "{}: the intervals of {some} points have values in common with those of up to {most} others, all named in \
             front.csv (`{column}_overlaps`)",
            title(column)
        )
    })
}

/// The name of a column without its unit, which its cells have.
pub(super) fn title(column: &str) -> String {
    let units = ["_aj", "_ps", "_nm2"];
    let short = units.iter().find_map(|unit| column.strip_suffix(unit)).unwrap_or(column);
    short.replace('_', " ")
}

pub(super) fn effects(swept: &Swept<'_>) -> Table {
    // Where nothing moves, no value has the lowest.
    let at = |of: &Effect, level: &str| if of.effect() == 0.0 { "-".to_owned() } else { level.to_owned() };
    let rows = swept.sensitivity.iter().map(|of| {
        vec![
            TableCell::text(of.axis.clone()),
            TableCell::text(title(of.objective)),
            figure(of.objective, of.effect()),
            TableCell::text(of.share.map_or_else(|| "-".to_owned(), quantity::percent)),
            TableCell::text(at(of, &of.lowest.0)),
            TableCell::text(at(of, &of.highest.0)),
        ]
    });
    let columns = ["axis", "objective", "effect", "of the variance", "lowest at", "highest at"];
    let notes = vec![
        "effect: the largest mean of an axis' values less the smallest, whatever the other axes have"
            .to_owned(),
    ];
    Table {
        title: "Which knob moves which objective".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        notes,
    }
}
