//! What finished runs left, to be set side by side: folders of `synfire run`, and points of sweeps.
//!
//! Promises: every figure follows from `summary.json` or a sweep's result; seeds of a row are put together; what has no
//! published price or time is marked. Absent on purpose: what is made of the figures (`side_by_side`).

use super::sweep::figures::{Figures, PartFigures, StageFigures};
use super::sweep::file::Best;
use super::sweep::objectives::Measured;
use super::sweep::store::{self, Outcome, Store};
use crate::architect::summary;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use synfire_chip::files;
use thiserror::Error;

/// Why there is nothing to compare.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct Unfinished(String);

/// A finished run.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    /// As it was asked for.
    pub name: String,
    /// Its experiment, without its folder.
    pub experiment: String,
    /// What else is known of it: names and words.
    pub about: Vec<(&'static str, String)>,
    /// Contract of arithmetic.
    pub contract: String,
    /// Its rows, in their order.
    pub rows: Vec<Row>,
}

/// A row of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Its figures, in the order in which they are shown.
    pub figures: Vec<Figure>,
}

/// A figure of a row.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What it is, with the stage; the same in every run that has it.
    pub name: String,
    /// What it is counted in.
    pub unit: Unit,
    /// Over the row's seeds.
    pub measured: Measured,
    /// Whether something without a published price or time took part: it is more than that.
    pub lower_bound: bool,
}

/// What a figure is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A part of one.
    Score,
    /// Attojoules.
    Attojoules,
    /// Picoseconds.
    Picoseconds,
    /// Square nanometres.
    SquareNanometres,
    /// Picowatts.
    Picowatts,
    /// Bits of memory.
    Bits,
    /// A count.
    Count,
}

/// Reads what `asked` names: the folder of a run, or `FOLDER:POINT` of a sweep.
///
/// # Errors
/// When it is neither, or is not finished.
pub fn read(asked: &str) -> Result<Finished, Unfinished> {
    let folder = Path::new(asked);
    if folder.join(summary::FILE).is_file() {
        return run(asked, folder);
    }
    let point = asked.rsplit_once(':').and_then(|(folder, point)| Some((folder, point.parse().ok()?)));
    if let Some((folder, point)) = point {
        return of_sweep(asked, Path::new(folder), point);
    }
    let found = if folder.join(store::MANIFEST).is_file() {
        "it is a sweep: name one of its points".to_owned()
    } else if folder.is_dir() {
        "no summary.json in it: not a run, or not finished".to_owned()
    } else if folder.is_file() {
        "neither a folder nor a chip file".to_owned()
    } else {
        let near = files::nearest(asked, files::presets().iter().map(|(name, _)| *name));
        let near = near.map_or_else(String::new, |near| format!(", nor chip; did you mean `{near}`?"));
        format!("no such folder{near}")
    };
    Err(refused(asked, &found))
}

fn refused(asked: &str, found: &str) -> Unfinished {
    Unfinished(format!(
        "`{asked}`: {found}\n   = allowed: the folder of a finished `synfire run`, or FOLDER:POINT of a sweep, such as \
         `sweep:12`; chips beside chips"
    ))
}

/// What of `summary.json` is read beside its figures.
#[derive(Deserialize)]
struct Summary {
    format: String,
    title: String,
    contract: String,
    chip: String,
    model: Model,
    parts: Vec<Part>,
}

#[derive(Deserialize)]
struct Model {
    name: String,
}

#[derive(Deserialize)]
struct Part {
    name: String,
    counts: Value,
}

/// What of `run.json` is read.
#[derive(Deserialize)]
struct Note {
    experiment: String,
}

fn run(asked: &str, folder: &Path) -> Result<Finished, Unfinished> {
    let path = folder.join(summary::FILE);
    let at = |error: &dyn std::fmt::Display| Unfinished(format!("{}: {error}", path.display()));
    let text = files::read_text(&path).map_err(|error| at(&error))?;
    let read: Summary = serde_json::from_str(&text).map_err(|error| at(&error))?;
    if read.format != summary::FORMAT {
        let text = format!("its format is `{}`\n   = allowed: `{}`", read.format, summary::FORMAT);
        return Err(at(&text));
    }
    // A folder whose note is gone is still a run.
    let note: Option<Note> =
        files::read_text(&folder.join("run.json")).ok().and_then(|text| serde_json::from_str(&text).ok());
    let experiment = note.map_or_else(|| read.title.clone(), |note| stem(&note.experiment));
    let mut names: Vec<&str> = Vec::new();
    for part in &read.parts {
        if !names.contains(&part.name.as_str()) {
            names.push(&part.name);
        }
    }
    let row = |name: &&str| {
        let figures = Figures::of_summary(&text, Some(name)).map_err(|error| at(&error))?;
        let counts: Vec<&Value> =
            read.parts.iter().filter(|part| part.name == *name).map(|part| &part.counts).collect();
        Ok(Row { name: (*name).to_owned(), figures: [known(&[&figures]), counted(&counts)].concat() })
    };
    let rows = names.iter().map(row).collect::<Result<_, _>>()?;
    let about = vec![("title", read.title), ("chip", read.chip), ("model of time", read.model.name)];
    Ok(Finished { name: asked.to_owned(), experiment, about, contract: read.contract, rows })
}

fn stem(file: &str) -> String {
    PathBuf::from(file).file_stem().map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into())
}

fn of_sweep(asked: &str, folder: &Path, number: usize) -> Result<Finished, Unfinished> {
    let failed = |error: super::sweep::error::SweepError| Unfinished(error.to_string());
    let Some(manifest) = store::manifest(folder).map_err(failed)? else {
        return Err(refused(asked, &format!("no sweep in `{}`", folder.display())));
    };
    let sweep = manifest.of;
    let Some(point) = sweep.points.get(number) else {
        return Err(refused(asked, &format!("the sweep has points 0 to {}", sweep.points.len() - 1)));
    };
    let store = Store::read_only(folder);
    let mut all = Vec::new();
    for trial in sweep.trials.iter().filter(|trial| trial.point == number) {
        match store.result(&trial.hash).map_err(failed)?.map(|kept| kept.outcome) {
            Some(Outcome::Done(figures)) => all.push(figures),
            Some(Outcome::Failed(failure)) => {
                return Err(refused(asked, &format!("the point failed: {}", failure.title)));
            }
            None => return Err(refused(asked, "the point is not finished: run the sweep again")),
        }
    }
    let name = all.first().map_or_else(String::new, |figures| figures.row.clone());
    let figures = known(&all.iter().collect::<Vec<_>>());
    let about = vec![("title", sweep.file.title.clone()), ("changes", point.set.join(" "))];
    Ok(Finished {
        name: asked.to_owned(),
        experiment: stem(&sweep.experiment),
        about,
        contract: manifest.contract,
        rows: vec![Row { name, figures }],
    })
}

/// The figures that runs and points have.
fn known(all: &[&Figures]) -> Vec<Figure> {
    let parts: Vec<&PartFigures> = all.iter().flat_map(|figures| &figures.parts).collect();
    let mut figures = Vec::new();
    let mut push = |name: &str, unit, values: Option<Vec<[f64; 3]>>, lower_bound| {
        let best = if unit == Unit::Score { Best::Most } else { Best::Least };
        let measured = values.and_then(|values| Measured::of(&values, best));
        figures.extend(measured.map(|measured| Figure {
            name: name.to_owned(),
            unit,
            measured,
            lower_bound,
        }));
    };
    let each = |of: &dyn Fn(&PartFigures) -> Option<[f64; 3]>| -> Option<Vec<[f64; 3]>> {
        parts.iter().map(|part| of(part)).collect()
    };
    push("accuracy", Unit::Score, each(&|part| part.score.map(|score| [score; 3])), false);
    for stage in ["inference", "test", "training"] {
        let of = |part: &PartFigures| part.stages.get(stage).cloned();
        let some: Vec<StageFigures> = parts.iter().filter_map(|part| of(part)).collect();
        let presented = !some.is_empty() && some.iter().all(|stage| stage.presentations > 0);
        let parts_of = |stage: &StageFigures| if presented { stage.presentations } else { 1 };
        let each_one = if presented { " each" } else { "" };
        let energy = each(&|part| of(part).map(|stage| energy(&stage, parts_of(&stage))));
        push(
            &format!("{stage}: energy{each_one}"),
            Unit::Attojoules,
            energy,
            some.iter().any(|s| !s.unpriced.is_empty()),
        );
        let time = each(&|part| of(part).map(|stage| [stage.time_ps as f64 / parts_of(&stage) as f64; 3]));
        push(
            &format!("{stage}: time{each_one}"),
            Unit::Picoseconds,
            time,
            some.iter().any(|s| !s.untimed.is_empty()),
        );
    }
    let untimed = parts.iter().any(|part| !part.whole.untimed.is_empty());
    let unpriced = parts.iter().any(|part| !part.whole.unpriced.is_empty());
    push("whole run: energy", Unit::Attojoules, each(&|part| Some(energy(&part.whole, 1))), unpriced);
    push("whole run: time", Unit::Picoseconds, each(&|part| Some([part.whole.time_ps as f64; 3])), untimed);
    let step = |part: &PartFigures| Some([part.whole.time_ps as f64 / part.whole.steps.max(1) as f64; 3]);
    push("time of a step", Unit::Picoseconds, each(&step), untimed);
    let area: Option<Vec<[f64; 3]>> =
        all.iter().map(|f| f.area_nm2.map(|a| [a.nominal as f64, a.low as f64, a.high as f64])).collect();
    push("area", Unit::SquareNanometres, area, false);
    let memory: Option<Vec<[f64; 3]>> =
        all.iter().map(|figures| figures.memory_bits.map(|bits| [bits as f64; 3])).collect();
    push("memory", Unit::Bits, memory, false);
    push("cores", Unit::Count, each(&|part| Some([part.cores as f64; 3])), false);
    push("steps", Unit::Count, each(&|part| Some([part.whole.steps as f64; 3])), false);
    let busiest = each(&|part| Some([part.whole.busiest_link_packets as f64; 3]));
    push("busiest link, packets", Unit::Count, busiest, false);
    figures
}

fn energy(of: &StageFigures, parts: u64) -> [f64; 3] {
    [of.energy_aj.nominal, of.energy_aj.low, of.energy_aj.high].map(|value| value as f64 / parts as f64)
}

/// Counts of the whole run, by their names.
fn counted(all: &[&Value]) -> Vec<Figure> {
    fn flat(value: &Value, into: &mut BTreeMap<String, f64>, group: &str) {
        for (name, value) in value.as_object().into_iter().flatten() {
            match value.as_f64() {
                // `trace_updates` of neurons and of learning are two.
                Some(number) if group == "learning" => {
                    into.insert(format!("learning: {}", name.replace('_', " ")), number);
                }
                Some(number) => {
                    into.insert(name.replace('_', " "), number);
                }
                None => flat(value, into, name),
            }
        }
    }
    let each: Vec<BTreeMap<String, f64>> = all
        .iter()
        .map(|counts| {
            let mut flat_counts = BTreeMap::new();
            flat(counts, &mut flat_counts, "");
            flat_counts
        })
        .collect();
    let names = each.first().into_iter().flat_map(BTreeMap::keys);
    let figure = |name: &String| {
        let values: Option<Vec<[f64; 3]>> =
            each.iter().map(|counts| counts.get(name).map(|value| [*value; 3])).collect();
        let measured = Measured::of(&values?, Best::Least)?;
        Some(Figure { name: name.clone(), unit: Unit::Count, measured, lower_bound: false })
    };
    names.filter_map(figure).collect()
}
