//! A sweep that is asked point by point, for whoever searches: values of the axes in, objectives out, a line of JSON each.
//!
//! `docs/formats.md`, "Asking a sweep", describes the lines. Promises: whatever a line holds, it gets an answer with its
//! `id`; a point that the sweep's constraints or axes forbid is not run; a trial has the name that it has in the sweep, so
//! that what is there is not run again. Absent on purpose: how lines come and go (`cli`), what is asked next.

use super::axes::{Moves, Stated};
use super::constraints::{self, Resolved};
use super::draws::{self, Number};
use super::error::SweepError;
use super::file::{Best, Values};
use super::opened::{self, Sweep};
use super::points::{self, PointRow, Status};
use super::store::Store;
use super::tables;
use crate::experiment::reference;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use synfire_chip::files::nearest;

/// A sweep that is asked.
#[derive(Debug)]
pub struct Server {
    sweep: Sweep,
    constraints: Vec<Resolved>,
}

/// The first line: what can be asked.
#[derive(Debug, Serialize)]
pub struct Hello<'a> {
    /// Title of the sweep.
    serves: &'a str,
    axes: Vec<HelloAxis<'a>>,
    objectives: Vec<HelloObjective>,
}

#[derive(Debug, Serialize)]
struct HelloAxis<'a> {
    name: &'a str,
    paths: &'a [String],
    /// What it can be, a list a path where there are several; none of a range.
    #[serde(skip_serializing_if = "Option::is_none")]
    values: Option<Vec<Value>>,
    /// Of one path that is drawn between two numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Debug, Serialize)]
struct Range {
    from: f64,
    to: f64,
    whole: bool,
    log: bool,
}

#[derive(Debug, Serialize)]
struct HelloObjective {
    name: &'static str,
    best: &'static str,
}

/// What a line asks for.
#[derive(Debug)]
pub struct Asked {
    /// Given back with the answer.
    pub id: Value,
    /// The sweep with this point alone.
    pub sweep: Sweep,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    #[serde(default, rename = "id")]
    _id: Value,
    #[serde(deserialize_with = "each_once")]
    values: BTreeMap<String, Value>,
}

/// Values by name, each name once: of two, JSON itself would take the last.
fn each_once<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Value>, D::Error> {
    struct EachOnce;

    impl<'de> Visitor<'de> for EachOnce {
        type Value = BTreeMap<String, Value>;

        fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
            to.write_str("values by the names of axes")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut values = BTreeMap::new();
            while let Some((name, value)) = map.next_entry::<String, Value>()? {
                if values.contains_key(&name) {
                    return Err(A::Error::custom(format!("`{name}` is stated twice")));
                }
                values.insert(name, value);
            }
            Ok(values)
        }
    }

    from.deserialize_map(EachOnce)
}

/// A line out.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// As it came in.
    pub id: Value,
    /// `done`, `incomplete`, `failed`, or `refused`: not run.
    pub status: &'static str,
    /// Each objective's mean over seeds, by its column.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub objectives: BTreeMap<&'static str, f64>,
    /// Between what it may be: ends of prices, and a standard error of the seeds beyond.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub intervals: BTreeMap<&'static str, (f64, f64)>,
    /// Whether every objective is within what the file allows of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed: Option<bool>,
    /// Why it is not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Names of its trials.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hashes: Vec<String>,
    /// The command that repeats it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

impl Answer {
    /// That nothing is run, and why.
    #[must_use]
    pub fn refused(id: Value, error: String) -> Self {
        Self {
            id,
            status: "refused",
            objectives: BTreeMap::new(),
            intervals: BTreeMap::new(),
            allowed: None,
            error: Some(error),
            hashes: Vec::new(),
            command: None,
        }
    }
}

impl Server {
    /// Opens a sweep file, or one that the program carries.
    ///
    /// # Errors
    /// With what is wrong with it, or with its experiment.
    pub fn open(file: &str) -> Result<Self, SweepError> {
        let sweep = opened::open(file)?;
        let source = reference::open_sweep(file)?.source;
        let constraints = constraints::resolve(&sweep.file, &sweep.axes, Stated { source: &source })?;
        Ok(Self { sweep, constraints })
    }

    /// The sweep.
    #[must_use]
    pub fn sweep(&self) -> &Sweep {
        &self.sweep
    }

    /// What can be asked.
    #[must_use]
    pub fn hello(&self) -> Hello<'_> {
        let axes = self.sweep.axes.iter().zip(&self.sweep.file.axes).map(|(moves, axis)| {
            let range = match axis.values.0.as_slice() {
                [(_, values)] => range(values),
                _ => None,
            };
            let listed: Vec<Value> = match axis.values.0.as_slice() {
                [(_, Values::OneOf(list))] => list.iter().map(|value| json(value.token())).collect(),
                _ => moves.moves.iter().map(|tokens| joined(tokens)).collect(),
            };
            let values = range.is_none().then_some(listed);
            HelloAxis { name: &moves.name, paths: &moves.paths, values, range }
        });
        let objectives = self.sweep.file.objectives.iter().map(|objective| HelloObjective {
            name: objective.of.column(),
            best: if objective.best() == Best::Most { "most" } else { "least" },
        });
        Hello { serves: &self.sweep.file.title, axes: axes.collect(), objectives: objectives.collect() }
    }

    /// What a line asks for.
    ///
    /// # Errors
    /// With the answer that says what is wrong with it.
    pub fn asked(&self, line: &str) -> Result<Asked, Box<Answer>> {
        let value: Value = serde_json::from_str(line)
            .map_err(|error| Box::new(Answer::refused(Value::Null, format!("no JSON: {error}"))))?;
        let id = value.get("id").cloned().unwrap_or(Value::Null);
        let refuse = |error: String| Box::new(Answer::refused(id.clone(), error));
        // From the text: a value has forgotten what stood twice.
        let line: Line = serde_json::from_str(line).map_err(|error| {
            refuse(format!("{error}; allowed: {{\"id\": 1, \"values\": {{\"AXIS\": VALUE, ..}}}}"))
        })?;
        let moves = self.moves(line.values).map_err(refuse)?;
        let tokens: Vec<&[String]> = moves.iter().map(Vec::as_slice).collect();
        if let Some(at) = self.constraints.iter().position(|constraint| !constraint.holds(&tokens)) {
            return Err(refuse(format!("constraints[{at}] does not hold")));
        }
        let sweep = self.sweep.with_points(&[moves.concat()]);
        Ok(Asked { id, sweep })
    }

    /// The value of every path, axis by axis.
    fn moves(&self, mut values: BTreeMap<String, Value>) -> Result<Vec<Vec<String>>, String> {
        let mut all = Vec::new();
        for (at, axis) in self.sweep.axes.iter().enumerate() {
            let tokens: Vec<String> = match values.remove(&axis.name) {
                Some(value) => split(&axis.name, value, axis.paths.len())?,
                None => {
                    let one = |path: &String| match values.remove(path) {
                        Some(value) => token(path, value),
                        // What is left may be its name, misspelt.
                        None => Err(self.unknown(&values).map_or_else(
                            || format!("axis `{}` has no value", axis.name),
                            |unknown| format!("axis `{}` has no value, and there is {unknown}", axis.name),
                        )),
                    };
                    axis.paths.iter().map(one).collect::<Result<_, String>>()?
                }
            };
            all.push(self.within(at, axis, tokens)?);
        }
        match (self.unknown(&values), values.into_iter().next()) {
            (Some(unknown), _) => Err(unknown),
            (None, Some((name, _))) => Err(format!("`{name}` is stated twice: by its axis and by its path")),
            (None, None) => Ok(all),
        }
    }

    /// The first name that is none of an axis or a path.
    fn unknown(&self, values: &BTreeMap<String, Value>) -> Option<String> {
        let names = || {
            let axes = self.sweep.axes.iter();
            axes.flat_map(|axis| std::iter::once(&axis.name).chain(&axis.paths)).map(String::as_str)
        };
        let name = values.keys().find(|name| names().all(|known| known != *name))?;
        let near = nearest(name, names());
        let near = near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
        Some(format!("no axis `{name}`{near}"))
    }

    /// The tokens, as the sweep writes them, where its axis can have them.
    fn within(&self, at: usize, axis: &Moves, tokens: Vec<String>) -> Result<Vec<String>, String> {
        let same = |of: &&Vec<String>| of.iter().zip(&tokens).all(|(a, b)| equal(a, b));
        if let Some(known) = axis.moves.iter().find(same) {
            return Ok(known.clone());
        }
        let shown = tokens.join(" ");
        if !axis.drawn {
            let some: Vec<String> = axis.moves.iter().take(20).map(|of| of.join(" ")).collect();
            return Err(format!("`{}` = {shown} is none of its values: {}", axis.name, some.join(", ")));
        }
        let values = self.sweep.file.axes[at].values.0.iter();
        let one = |((path, values), token): (&(String, Values), String)| match (range(values), values) {
            (Some(range), _) => {
                let number = Number::of(&token).filter(|number| {
                    (range.from..=range.to).contains(&number.value)
                        && (!range.whole || number.value.fract() == 0.0)
                });
                let what = if range.whole { "whole numbers" } else { "numbers" };
                let (from, to) = (range.from, range.to);
                // As the sweep writes what it draws: a chip takes no more digits.
                number
                    .map(|number| draws::token(number.value, range.whole))
                    .ok_or_else(|| format!("`{path}` = {token} is out of range: {what} of {from}..={to}"))
            }
            (None, Values::OneOf(list)) => list
                .iter()
                .map(|value| value.token())
                .find(|known| equal(known, &token))
                .map(str::to_owned)
                .ok_or_else(|| format!("`{path}` = {token} is none of its values")),
            _ => Err(format!("`{path}` = {token} is none of its values")),
        };
        values.zip(tokens).map(one).collect()
    }
}

impl Asked {
    /// The answer, of what a store has.
    ///
    /// # Errors
    /// When a result is damaged.
    pub fn answer(&self, store: &Store) -> Result<Answer, SweepError> {
        let row = points::rows(&self.sweep, store)?.into_iter().next();
        let row = row.ok_or_else(|| SweepError::Failed("no point".to_owned()))?;
        Ok(self.of_row(row))
    }

    fn of_row(&self, row: PointRow) -> Answer {
        let columns = self.sweep.file.objectives.iter().map(|objective| objective.of.column());
        let known: Vec<_> =
            columns.zip(&row.objectives).filter_map(|(name, of)| Some((name, of.as_ref()?))).collect();
        Answer {
            id: self.id.clone(),
            status: row.status.name(),
            objectives: known.iter().map(|(name, of)| (*name, of.mean)).collect(),
            intervals: known.iter().map(|(name, of)| (*name, of.interval())).collect(),
            allowed: (row.status == Status::Done).then_some(row.allowed),
            error: row.error.clone(),
            hashes: row.trials.iter().map(|trial| trial.hash.clone()).collect(),
            command: Some(tables::commands(&row.trials)),
        }
    }
}

/// Between what numbers values are drawn, where they are.
fn range(values: &Values) -> Option<Range> {
    let (from, to, log) = match values {
        Values::Uniform { from, to } => (from, to, false),
        Values::LogUniform { from, to } => (from, to, true),
        _ => return None,
    };
    let (from, to) = (Number::of(from.token())?, Number::of(to.token())?);
    Some(Range { from: from.value, to: to.value, whole: from.whole && to.whole, log })
}

/// Whether two tokens are the same value.
fn equal(a: &str, b: &str) -> bool {
    match (Number::of(a), Number::of(b)) {
        (Some(a), Some(b)) => a.value == b.value,
        _ => a == b,
    }
}

/// A token as JSON that [`token`] takes.
fn json(token: &str) -> Value {
    let number = Number::of(token).and_then(|_| serde_json::from_str::<Value>(token).ok());
    number.filter(Value::is_number).unwrap_or_else(|| Value::String(token.to_owned()))
}

fn joined(tokens: &[String]) -> Value {
    match tokens {
        [token] => json(token),
        several => Value::Array(several.iter().map(|token| json(token)).collect()),
    }
}

/// The values of an axis' paths.
fn split(axis: &str, value: Value, paths: usize) -> Result<Vec<String>, String> {
    match value {
        Value::Array(all) if all.len() == paths && paths > 1 => {
            all.into_iter().map(|value| token(axis, value)).collect()
        }
        other if paths == 1 => Ok(vec![token(axis, other)?]),
        other => {
            Err(format!("`{axis}` = {other}: it moves {paths} paths, and wants a list of {paths} values"))
        }
    }
}

/// A value as `--set` takes it: a number, a truth, or a text that is RON.
fn token(name: &str, value: Value) -> Result<String, String> {
    match value {
        Value::Bool(value) => Ok(value.to_string()),
        Value::Number(number) => Ok(number.to_string()),
        Value::String(text) => Ok(text),
        other => Err(format!("`{name}` = {other}: allowed: a number, true, false, or a text in RON")),
    }
}
