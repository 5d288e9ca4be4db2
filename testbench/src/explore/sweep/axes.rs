//! Axes as values: every path's tokens, move by move, checked where they stand in the file.
//!
//! Promises: paths of an axis have as many values each; no path is moved twice; of equal moves one is kept. Absent on
//! purpose: whether a path leads anywhere (`opened`), which moves go together (`points`).

use super::draws::{Draws, Number, between, drawn, token};
use super::file::{Axis, Samples, SweepFile, Values};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::sync::Arc;
use synfire_chip::files::schema::Raw;
use synfire_chip::files::{Diagnostic, SourceText};

/// The most values of an axis, and the most draws.
pub const MOST_VALUES: u32 = 100_000;

/// An axis with its values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moves {
    /// Its name.
    pub name: String,
    /// What it moves.
    pub paths: Vec<String>,
    /// A token for each path, move by move.
    pub moves: Vec<Vec<String>>,
    /// Whether a move belongs to a draw: the draw's number is the move's.
    pub drawn: bool,
}

/// Where a sweep file states what.
#[derive(Clone, Copy)]
pub struct Stated<'a> {
    /// Its text.
    pub source: &'a Arc<SourceText>,
}

impl Stated<'_> {
    /// A problem at a field, or at the nearest around it.
    #[must_use]
    pub fn at(&self, field: &str, title: impl Into<String>) -> Diagnostic {
        let problem = Diagnostic::new(title);
        let mut path = field;
        loop {
            if let Some(span) = self.source.locate(path) {
                return problem.at(self.source, span);
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = &path[..end],
                None => return problem,
            }
        }
    }
}

/// The axes of a file.
///
/// # Errors
/// With the first that is wrong.
pub fn moves(file: &SweepFile, stated: Stated<'_>) -> Result<Vec<Moves>, Diagnostic> {
    check_samples(file, stated)?;
    let mut all: Vec<Moves> = Vec::new();
    let mut taken: Vec<&str> = file.set.0.iter().map(|(path, _)| path.as_str()).collect();
    for (index, (path, _)) in file.set.0.iter().enumerate() {
        if taken[..index].contains(&path.as_str()) {
            return Err(stated.at(&format!("set[{index}]"), format!("`{path}` is changed twice")));
        }
    }
    for (index, axis) in file.axes.iter().enumerate() {
        let field = format!("axes[{index}]");
        if axis.name.is_empty() || all.iter().any(|other| other.name == axis.name) {
            let title = format!("an axis needs a name of its own, found `{}`", axis.name);
            return Err(stated.at(&format!("{field}.name"), title));
        }
        for (place, (path, _)) in axis.values.0.iter().enumerate() {
            if taken.contains(&path.as_str()) {
                let problem =
                    stated.at(&format!("{field}.values[{place}]"), format!("`{path}` is moved twice"));
                return Err(problem.noted("allowed", "each path in one axis, and not in `set`"));
            }
            taken.push(path);
        }
        all.push(one(axis, &field, file.samples, stated)?);
    }
    Ok(all)
}

fn check_samples(file: &SweepFile, stated: Stated<'_>) -> Result<(), Diagnostic> {
    let Some(samples) = file.samples else { return Ok(()) };
    if samples.count == 0 || samples.count > MOST_VALUES {
        let problem = stated.at("samples.count", "`count` is out of range");
        let problem = problem.labelled(format!("found {}", samples.count));
        return Err(problem.noted("allowed", format!("1..={MOST_VALUES}")));
    }
    if file.axes.iter().any(|axis| axis.values.0.iter().any(|(_, values)| is_drawn(values))) {
        return Ok(());
    }
    let problem = stated.at("samples", "no axis draws its values: `samples` says nothing");
    Err(problem.noted("allowed", "an axis with `Uniform`, `LogUniform` or `OneOf`, or no `samples`"))
}

/// Whether `values` are drawn.
fn is_drawn(values: &Values) -> bool {
    matches!(values, Values::Uniform { .. } | Values::LogUniform { .. } | Values::OneOf(_))
}

fn one(axis: &Axis, field: &str, samples: Option<Samples>, stated: Stated<'_>) -> Result<Moves, Diagnostic> {
    let Some(((_, first), _)) = axis.values.0.split_first() else {
        return Err(stated.at(&format!("{field}.values"), "an axis without a path moves nothing"));
    };
    let drawn = is_drawn(first);
    let mut columns: Vec<Vec<String>> = Vec::new();
    for (place, (path, values)) in axis.values.0.iter().enumerate() {
        let at = format!("{field}.values[{place}]");
        if is_drawn(values) != drawn {
            let problem =
                stated.at(&at, format!("`{path}` moves with `{}`, but not in its way", first_path(axis)));
            return Err(problem.noted("allowed", "in one axis values that are all drawn, or none"));
        }
        // The paths of an axis move together: they share its draws.
        let tokens = tokens(values, &axis.name, &at, samples, stated)?;
        let wanted = columns.first().map_or(tokens.len(), Vec::len);
        if tokens.len() != wanted {
            let title = format!("`{path}` has {} values and moves with `{}`", tokens.len(), first_path(axis));
            return Err(stated.at(&at, title).noted("allowed", format!("{wanted} values, as of the first")));
        }
        columns.push(tokens);
    }
    let paths: Vec<String> = axis.values.0.iter().map(|(path, _)| path.clone()).collect();
    let mut seen = HashSet::new();
    let all = (0..columns[0].len()).map(|index| columns.iter().map(|tokens| tokens[index].clone()).collect());
    let moves = all.filter(|of: &Vec<String>| drawn || seen.insert(of.clone())).collect();
    Ok(Moves { name: axis.name.clone(), paths, moves, drawn })
}

fn first_path(axis: &Axis) -> &str {
    axis.values.0.first().map_or("", |(path, _)| path)
}

fn tokens(
    values: &Values,
    axis: &str,
    at: &str,
    samples: Option<Samples>,
    stated: Stated<'_>,
) -> Result<Vec<String>, Diagnostic> {
    let listed = |list: &[Raw]| {
        if list.is_empty() {
            return Err(stated.at(at, "an axis without values leaves no point"));
        }
        Ok(list.iter().map(|value| value.token().to_owned()).collect::<Vec<_>>())
    };
    let draws = || match samples {
        Some(samples) => Ok(Draws { samples, axis }.all()),
        None => {
            let problem = stated.at(at, "values are drawn, and nothing says how often");
            Err(problem.noted("allowed", "`samples: (count: 100)` beside `axes`"))
        }
    };
    let ends = |from: &Raw, to: &Raw, log: bool| ends(from, to, log, at, stated);
    let even = |from: &Raw, to: &Raw, count: u32, log: bool| {
        let (low, high, whole) = ends(from, to, log)?;
        if count == 0 || count > MOST_VALUES || (count == 1 && low != high) {
            let problem = stated.at(&format!("{at}.count"), "`count` is out of range");
            let problem = problem.labelled(format!("found {count}"));
            return Err(problem.noted("allowed", format!("2..={MOST_VALUES}")));
        }
        let part = |index: u32| f64::from(index) / f64::from((count - 1).max(1));
        let number = |index| token(between((low, high), part(index), log), whole);
        Ok((0..count).map(number).collect::<Vec<_>>())
    };
    let drawn_between = |from: &Raw, to: &Raw, log: bool| {
        let (first, last, whole) = ends(from, to, log)?;
        Ok(draws()?.into_iter().map(|part| drawn((first, last), part, whole, log)).collect::<Vec<_>>())
    };
    match values {
        Values::List(list) => listed(list),
        Values::OneOf(list) => {
            let all = listed(list)?;
            Ok(draws()?.into_iter().map(|part| all[(part * all.len() as f64) as usize].clone()).collect())
        }
        Values::Linear { from, to, count } => even(from, to, *count, false),
        Values::Log { from, to, count } => even(from, to, *count, true),
        Values::Uniform { from, to } => drawn_between(from, to, false),
        Values::LogUniform { from, to } => drawn_between(from, to, true),
    }
}

/// Two ends, and whether both are whole.
fn ends(
    from: &Raw,
    to: &Raw,
    log: bool,
    at: &str,
    stated: Stated<'_>,
) -> Result<(f64, f64, bool), Diagnostic> {
    let number = |value: &Raw, name: &str| {
        let least = if log { f64::MIN_POSITIVE } else { f64::MIN };
        Number::of(value.token()).filter(|number| number.value >= least).ok_or_else(|| {
            let problem = stated.at(&format!("{at}.{name}"), format!("`{name}` is no end of a range"));
            let problem = problem.labelled(format!("found {}", value.token()));
            problem.noted("allowed", if log { "a number above 0" } else { "a number" })
        })
    };
    let (low, high) = (number(from, "from")?, number(to, "to")?);
    Ok((low.value, high.value, low.whole && high.whole))
}
