//! Finished runs side by side: what differs, by what ratio, and where intervals overlap.
//!
//! Promises: the first run is what others are compared with; a ratio stands only between figures that mean the same: not
//! between accuracies of two experiments, nor of a lower bound; runs of two contracts are refused. An interval is from the lower to the upper ends of prices,
//! and a standard error of the seeds beyond. Absent on purpose: why something differs (the ledgers of the runs).

use super::finished::{Figure, Finished, Row, Unit};
use super::sweep::objectives::Measured;
use crate::report::model::{Report, Table, TableCell};
use crate::report::quantity;
use std::collections::BTreeSet;

/// The comparison of at least two runs, of one row each where `row` names it.
///
/// # Errors
/// With why their figures cannot be compared.
pub fn report(runs: &[Finished], row: Option<&str>) -> Result<Report, String> {
    if let Some(other) = runs.iter().find(|run| run.contract != runs[0].contract) {
        let of = |run: &Finished| format!("`{}` has contract {}", run.name, run.contract);
        return Err(format!(
            "runs of several contracts of arithmetic: {}, {}\n   = allowed: runs of one contract, for by another alone bits \
             may differ, and all that follows from them; run the older experiment again",
            of(&runs[0]),
            of(other)
        ));
    }
    let mut report = Report { title: "Runs side by side".to_owned(), ..Report::default() };
    report.push(about(runs));
    let same = runs.iter().all(|run| run.experiment == runs[0].experiment);
    if !same {
        report.intro.push("Of several experiments: accuracies are shown, not compared.".to_owned());
    }
    for rows in chosen(runs, row)? {
        let [figures, counts] = tables(runs, &rows, same);
        if figures.rows.iter().all(|row| row.iter().filter(|cell| cell.number.is_some()).count() < 2) {
            return Err(
                "the runs have no figure in common\n   = allowed: runs with costs of chips".to_owned()
            );
        }
        report.push(figures);
        if !counts.rows.is_empty() {
            report.push(counts);
        }
    }
    Ok(report)
}

/// The rows that are set side by side: all that every run has, or the first of each.
fn chosen<'a>(runs: &'a [Finished], row: Option<&str>) -> Result<Vec<Vec<&'a Row>>, String> {
    let of = |run: &'a Finished, name: &str| run.rows.iter().find(|row| row.name == name);
    if let Some(name) = row {
        let found = |run: &'a Finished| {
            of(run, name).ok_or_else(|| {
                let names: Vec<&str> = run.rows.iter().map(|row| row.name.as_str()).collect();
                format!("`{}` has no row `{name}`\n   = allowed: {}", run.name, names.join(", "))
            })
        };
        return Ok(vec![runs.iter().map(found).collect::<Result<_, _>>()?]);
    }
    let all = |row: &Row| runs.iter().map(|run| of(run, &row.name)).collect::<Option<Vec<&Row>>>();
    let common: Vec<Vec<&Row>> = runs[0].rows.iter().filter_map(all).collect();
    if !common.is_empty() {
        return Ok(common);
    }
    let first = |run: &'a Finished| run.rows.first().ok_or_else(|| format!("`{}` ran nothing", run.name));
    Ok(vec![runs.iter().map(first).collect::<Result<_, _>>()?])
}

/// Letters of the runs, from A on.
pub(super) fn letter(index: usize) -> String {
    let own = char::from(b'A' + (index % 26) as u8);
    if index < 26 { own.to_string() } else { format!("{own}{}", index / 26) }
}

fn about(runs: &[Finished]) -> Table {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in runs.iter().flat_map(|run| &run.about) {
        if !names.contains(name) {
            names.push(name);
        }
    }
    let mut columns = vec![String::new(), "run".to_owned(), "experiment".to_owned()];
    columns.extend(names.iter().map(|name| (*name).to_owned()));
    let row = |(index, run): (usize, &Finished)| {
        let known = |name: &&str| run.about.iter().find(|(own, _)| own == name);
        let more = names.iter().map(|name| known(name).map_or("", |(_, text)| text.as_str()));
        let cells = [letter(index), run.name.clone(), run.experiment.clone()].into_iter();
        cells.chain(more.map(str::to_owned)).map(TableCell::text).collect()
    };
    Table {
        title: "What ran".to_owned(),
        columns,
        rows: runs.iter().enumerate().map(row).collect(),
        notes: vec![],
    }
}

/// Figures, and counts, of one row of each run.
fn tables(runs: &[Finished], rows: &[&Row], same_experiment: bool) -> [Table; 2] {
    let lines = lines(rows, same_experiment);
    let first_count =
        lines.iter().position(|line| line.cells[0].text == COUNTS_FROM).map_or(lines.len(), |at| at + 1);
    let title = |what: &str| {
        let named: BTreeSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        if named.len() == 1 {
            return format!("{what} of `{}`", rows[0].name);
        }
        let each = rows.iter().enumerate().map(|(at, row)| format!("`{}` ({})", row.name, letter(at)));
        format!("{what} of {}", each.collect::<Vec<_>>().join(", "))
    };
    let (figures, counts) = lines.split_at(first_count);
    let counts: Vec<_> = counts.iter().filter(|line| !line.nothing).cloned().collect();
    let notes = notes(figures);
    [
        Table { notes, ..table(title("Figures"), runs.len(), figures) },
        table(title("Counts of the whole run"), runs.len(), &counts),
    ]
}

/// The figures that some of `rows` have, one of each, line by line.
pub(super) fn lines(rows: &[&Row], same_experiment: bool) -> Vec<Line> {
    let mut names: Vec<(&str, Unit)> = Vec::new();
    for figure in rows.iter().flat_map(|row| &row.figures) {
        if !names.iter().any(|(name, _)| *name == figure.name) {
            names.push((&figure.name, figure.unit));
        }
    }
    let line = |(name, unit): &(&str, Unit)| {
        let own: Vec<Option<&Figure>> =
            rows.iter().map(|row| row.figures.iter().find(|figure| figure.name == *name)).collect();
        let mut cells = vec![TableCell::text(*name)];
        cells.extend(own.iter().map(|figure| figure.map_or_else(|| TableCell::text("-"), shown)));
        let comparable = *unit != Unit::Score || same_experiment;
        cells.extend(own[1..].iter().map(|other| match (own[0], other) {
            (Some(first), Some(other)) if comparable => difference(first, other),
            _ => TableCell::text(""),
        }));
        let nothing = own.iter().flatten().all(|figure| figure.measured.mean == 0.0);
        Line { cells, below: below(&own, comparable), nothing }
    };
    names.iter().map(line).collect()
}

/// Lines under the letters of so many runs, and the ratios to the first.
pub(super) fn table(title: String, runs: usize, lines: &[Line]) -> Table {
    let heads = (0..runs).map(letter);
    let ratios = (1..runs).map(|at| format!("{} : {}", letter(at), letter(0)));
    let rows = lines.iter().flat_map(|line| std::iter::once(&line.cells).chain(&line.below)).cloned();
    Table {
        title,
        columns: std::iter::once(String::new()).chain(heads).chain(ratios).collect(),
        rows: rows.collect(),
        notes: Vec::new(),
    }
}

/// A figure of each run, and how others stand to the first's.
#[derive(Clone)]
pub(super) struct Line {
    cells: Vec<TableCell>,
    /// Ends and errors of them, where some have any.
    below: Vec<Vec<TableCell>>,
    /// Whether no run has any of it.
    nothing: bool,
}

/// The last figure before the counts.
const COUNTS_FROM: &str = "busiest link, packets";

/// What words in the lines mean.
pub(super) fn notes(lines: &[Line]) -> Vec<String> {
    let has = |word: &str| lines.iter().any(|line| line.cells.iter().any(|cell| cell.text.contains(word)));
    let mut notes = Vec::new();
    if has(OVERLAP) {
        notes.push(
            "overlap: the intervals have values in common (ends of prices, and a standard error of the seeds beyond): \
             which is less is not sure where prices err apart from each other. A ratio of ends is that at the lower and \
             that at the upper ends of all"
                .to_owned(),
        );
    }
    if has(AT_LEAST) {
        notes.push("at least: something without a published price or time took part".to_owned());
    }
    notes
}

const OVERLAP: &str = "overlap";
const AT_LEAST: &str = "at least";

/// A figure.
fn shown(figure: &Figure) -> TableCell {
    let text = value_text(figure.unit, figure.measured.mean);
    let text = if figure.lower_bound { format!("{AT_LEAST} {text}") } else { text };
    TableCell::number(figure.measured.mean, text)
}

/// Ends of prices with the ratio that they have, and errors of seeds, as lines of their own.
fn below(own: &[Option<&Figure>], comparable: bool) -> Vec<Vec<TableCell>> {
    let line = |name: &str, of: &dyn Fn(&Figure) -> Option<String>| {
        let cells: Vec<Option<String>> = own.iter().map(|figure| figure.and_then(of)).collect();
        let any = cells.iter().any(Option::is_some);
        let cells = cells.into_iter().map(|text| TableCell::text(text.unwrap_or_default()));
        any.then(|| std::iter::once(TableCell::text(name)).chain(cells).collect::<Vec<_>>())
    };
    let ends = |figure: &Figure| {
        let Measured { low, high, .. } = figure.measured;
        let text = |value: f64| value_text(figure.unit, value);
        (low != high).then(|| format!("{} to {}", text(low), text(high)))
    };
    let error = |figure: &Figure| {
        let error = figure.measured.standard_error.filter(|error| *error > 0.0)?;
        Some(value_text(figure.unit, error))
    };
    let mut lines = Vec::new();
    if let Some(mut cells) = line("  ends of prices", &ends) {
        cells.extend(own[1..].iter().map(|other| match (own[0], other) {
            (Some(first), Some(other)) if comparable => TableCell::text(ratio_of_ends(first, other)),
            _ => TableCell::text(""),
        }));
        lines.push(cells);
    }
    if let Some(mut cells) = line("  standard error", &error) {
        cells.resize(2 * own.len(), TableCell::text(""));
        lines.push(cells);
    }
    lines
}

/// The ratio at the lower and at the upper ends of all prices.
fn ratio_of_ends(first: &Figure, other: &Figure) -> String {
    let (a, b) = (&first.measured, &other.measured);
    let known = a.low > 0.0 && !first.lower_bound && !other.lower_bound;
    if !known || (a.low, a.high) == (b.low, b.high) {
        return String::new();
    }
    let (low, high) = (b.low / a.low, b.high / a.high);
    format!("x {} to {}", ratio_text(low.min(high)), ratio_text(low.max(high)))
}

/// Three places, and more where they would say nothing.
fn ratio_text(ratio: f64) -> String {
    let decimals = match ratio {
        near if (near - 1.0).abs() < 0.005 => 5,
        small if small > 0.0 && small < 0.1 => (2.0 - small.log10().floor()).min(12.0) as usize,
        _ => 3,
    };
    format!("{ratio:.decimals$}")
}

fn value_text(unit: Unit, value: f64) -> String {
    let whole = value.round().max(0.0) as u128;
    match unit {
        Unit::Score => format!("{:.2} %", 100.0 * value),
        Unit::Attojoules => quantity::energy(whole),
        Unit::Picoseconds => quantity::duration(whole),
        Unit::SquareNanometres => format!("{:.4} mm2", value / 1e12),
        Unit::Picowatts => format!("{:.3} uW", value / 1e6),
        Unit::Bits => quantity::memory(whole.min(u128::from(u64::MAX)) as u64),
        Unit::Count => quantity::count(whole),
    }
}

/// How another run's figure stands to the first's.
fn difference(first: &Figure, other: &Figure) -> TableCell {
    let (a, b) = (&first.measured, &other.measured);
    if first.lower_bound || other.lower_bound {
        return TableCell::text("not known");
    }
    if (a.mean, a.low, a.high) == (b.mean, b.low, b.high) {
        return TableCell::number(if first.unit == Unit::Score { 0.0 } else { 1.0 }, "same");
    }
    let (number, mut text) = if first.unit == Unit::Score {
        let points = 100.0 * (b.mean - a.mean);
        (points, format!("{points:+.2} points"))
    } else if a.mean > 0.0 {
        let ratio = b.mean / a.mean;
        (ratio, format!("x {}", ratio_text(ratio)))
    } else {
        return TableCell::text("from nothing");
    };
    let ((a_low, a_high), (b_low, b_high)) = (a.interval(), b.interval());
    let wide = a_low < a_high || b_low < b_high;
    if wide && a_low <= b_high && b_low <= a_high {
        text += &format!(", {OVERLAP}");
    }
    TableCell::number(number, text)
}
