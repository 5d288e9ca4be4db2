//! Chip files side by side: what they hold, their area, prices and times, and every other field in which they differ.
//!
//! Area, leakage and composed prices depend on how wide a network makes the words of memories. Without one they are those of
//! the plainest: dense rows of the chip's widest weights, neurons of a current and a membrane, no eligibility.
//!
//! Promises: every chip was checked as a run checks it; prices and times that one chip has and another has not are listed.
//! Absent on purpose: what a network costs on them (`synfire run`, and its runs side by side).

use super::finished::{Figure, Row, Unit};
use super::side_by_side::{self, letter};
use super::sweep::file::Best;
use super::sweep::objectives::Measured;
use crate::experiment::embedded;
use crate::experiment::reference;
use crate::report::model::{Report, Table, TableCell};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use synfire_chip::chip::{Chip, StaticPower, Time};
use synfire_chip::cost::energy::CORE_STATIC;
use synfire_chip::cost::widths::Widths;
use synfire_chip::files::{self, Diagnostics};
use synfire_chip::technology::Figure as Priced;

/// How the format of a chip file begins.
const FORMAT: &str = "synfire-chip/";

/// A chip that was asked for.
#[derive(Clone, Debug)]
pub struct Named {
    /// As it was asked for.
    pub asked: String,
    /// The chip.
    pub chip: Chip,
}

/// Whether `asked` names a chip: a preset, or a file that says so.
#[must_use]
pub fn is_chip(asked: &str) -> bool {
    let path = Path::new(asked);
    if path.is_file() || embedded::find(asked).is_some() {
        let said = |opened: reference::Opened| {
            let span = opened.source.locate("format")?;
            Some(opened.text().get(span)?.trim_matches('"').starts_with(FORMAT))
        };
        return reference::open(asked).ok().and_then(said).unwrap_or(false);
    }
    !path.exists() && files::presets().iter().any(|(name, _)| *name == asked)
}

/// Reads a chip, of which [`is_chip`] holds.
///
/// # Errors
/// With everything that is wrong with it.
pub fn read(asked: &str) -> Result<Named, Diagnostics> {
    let on_disk = Path::new(asked).is_file();
    let chip = match embedded::find(asked).filter(|_| !on_disk) {
        Some((name, text)) => files::chip_from_text(name, text, Path::new("."))?,
        None => files::load_chip(asked, Path::new("."))?,
    };
    Ok(Named { asked: asked.to_owned(), chip })
}

/// The comparison of at least two chips; the first is what others are compared with.
#[must_use]
pub fn report(chips: &[Named]) -> Report {
    let mut report = Report { title: "Chips side by side".to_owned(), ..Report::default() };
    report.push(about(chips));
    let mut sized = side_by_side(chips, "What they hold", &held);
    if chips.iter().any(|of| of.chip.technology.is_some()) {
        sized.notes.push(
            "area and leakage: memories of the chip's limits; words of dense rows of the widest weight, and of neurons of a \
             current and a membrane. A run has the words of its network"
                .to_owned(),
        );
    }
    report.push(sized);
    let mut prices = side_by_side(chips, "Prices of an operation", &prices);
    prices.notes.push("-: a part of another's price, or not published".to_owned());
    report.push(prices);
    let mut times = side_by_side(chips, "Times of an operation", &times);
    times.notes.push("-: a part of another's time, or not published".to_owned());
    report.push(times);
    report.push(differences(chips));
    report
}

fn about(chips: &[Named]) -> Table {
    let row = |(at, Named { asked, chip }): (usize, &Named)| {
        let clock = chip
            .timing
            .clock_ps
            .map_or_else(|| "none".to_owned(), |ps| format!("{} MHz", trimmed(1e6 / ps as f64)));
        let process = match (&chip.technology, &chip.energy.conditions) {
            (Some(of), _) => at_volts(of.nm, of.voltage),
            (None, conditions) => match (conditions.nm, conditions.voltage) {
                (Some(nm), Some(voltage)) => at_volts(nm, voltage),
                (Some(nm), None) => format!("{nm} nm"),
                _ => String::new(),
            },
        };
        let priced = chip.technology.as_ref().map_or_else(
            || "prices of events".to_owned(),
            |of| format!("technology `{}`", of.technology.name),
        );
        let mesh = format!("{} x {}", chip.mesh.columns, chip.mesh.rows);
        let cells = [letter(at), asked.clone(), chip.name.clone(), mesh, clock, process, priced];
        cells.map(TableCell::text).to_vec()
    };
    let columns = ["", "asked for", "chip", "tiles", "clock", "process", "priced by"];
    Table {
        title: "What is compared".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: chips.iter().enumerate().map(row).collect(),
        notes: Vec::new(),
    }
}

fn at_volts(nm: u16, microvolts: u64) -> String {
    format!("{nm} nm, {} V", trimmed(microvolts as f64 / 1e6))
}

/// At most three places, none of them a 0 at the end.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Some figures of every chip, with their ratios.
fn side_by_side(chips: &[Named], title: &str, of: &dyn Fn(&Chip) -> Vec<Figure>) -> Table {
    let rows: Vec<Row> =
        chips.iter().map(|named| Row { name: named.asked.clone(), figures: of(&named.chip) }).collect();
    let lines = side_by_side::lines(&rows.iter().collect::<Vec<_>>(), true);
    Table { notes: side_by_side::notes(&lines), ..side_by_side::table(title.to_owned(), chips.len(), &lines) }
}

/// A figure with ends, all of them times `scale`.
fn figure(name: &str, unit: Unit, of: Priced, scale: f64) -> Option<Figure> {
    let ends = [of.nominal, of.low, of.high].map(|value| value as f64 * scale);
    let measured = Measured::of(&[ends], Best::Least)?;
    Some(Figure { name: name.to_owned(), unit, measured, lower_bound: false })
}

fn exact(name: &str, unit: Unit, value: f64) -> Option<Figure> {
    let measured = Measured::of(&[[value; 3]], Best::Least)?;
    Some(Figure { name: name.to_owned(), unit, measured, lower_bound: false })
}

/// The words that the plainest network has.
fn plainest(chip: &Chip) -> Widths {
    let state = u32::from(chip.datapath.state_width);
    Widths {
        synapse: chip.limits.weight_bits.into(),
        // And whether it fired.
        neuron: 2 * state + 1,
        accumulator: state,
        arrival: 1,
        channels: 1,
        ..Widths::default()
    }
}

fn held(chip: &Chip) -> Vec<Figure> {
    let cores = chip.mesh.cores() as f64;
    let limits = &chip.limits;
    let all = |name: &str, unit: Unit, of_core: f64| exact(name, unit, cores * of_core);
    let figures = [
        exact("cores", Unit::Count, cores),
        all("neurons of all cores", Unit::Count, limits.neurons.into()),
        all("axons of all cores", Unit::Count, limits.axons.into()),
        all("synapse memory of all cores", Unit::Bits, limits.synapse_memory_bits as f64),
        all("learning memory of all cores", Unit::Bits, limits.learning_memory_bits as f64),
    ];
    let core = chip.priced_core(&plainest(chip));
    let sized = core.iter().flat_map(|core| {
        [
            figure("area of a core", Unit::SquareNanometres, core.area, 1.0),
            figure("area of the chip", Unit::SquareNanometres, core.area, cores),
            figure("leakage of the chip", Unit::Picowatts, core.leakage, cores),
        ]
    });
    figures.into_iter().chain(sized).flatten().collect()
}

fn prices(chip: &Chip) -> Vec<Figure> {
    let energy = chip.prices(&plainest(chip));
    let operation = |(name, price): (&str, &synfire_chip::chip::Price)| {
        figure(name, Unit::Attojoules, price.figure()?, 1.0)
    };
    let power = match &energy.core_static {
        StaticPower::Stated { microwatts, .. } => figure(CORE_STATIC, Unit::Picowatts, *microwatts, 1e6),
        StaticPower::Leakage { picowatts, .. } => figure(CORE_STATIC, Unit::Picowatts, *picowatts, 1.0),
        StaticPower::Unpublished => None,
    };
    energy.prices().into_iter().filter_map(operation).chain(power).collect()
}

fn times(chip: &Chip) -> Vec<Figure> {
    let of = |(name, time): (&str, Time)| match time {
        Time::Picoseconds(ps) => exact(name.trim_end_matches("_ps"), Unit::Picoseconds, ps as f64),
        Time::Included | Time::Unpublished => None,
    };
    chip.timing.times().into_iter().filter_map(of).collect()
}

/// Every other field that is not the same in all of them.
fn differences(chips: &[Named]) -> Table {
    let each: Vec<BTreeMap<String, String>> = chips.iter().map(|named| fields(&named.chip)).collect();
    let mut names: Vec<&String> = each.iter().flat_map(BTreeMap::keys).collect();
    names.sort_unstable();
    names.dedup();
    let differs = |name: &&String| each[1..].iter().any(|own| own.get(*name) != each[0].get(*name));
    let row = |name: &String| {
        let cell = |own: &BTreeMap<String, String>| own.get(name).map_or("-", String::as_str).to_owned();
        let cells = std::iter::once(name.clone()).chain(each.iter().map(cell));
        cells.map(TableCell::text).collect()
    };
    Table {
        title: "What else differs".to_owned(),
        columns: std::iter::once("field".to_owned()).chain((0..chips.len()).map(letter)).collect(),
        rows: names.into_iter().filter(differs).map(row).collect(),
        notes: vec!["fields as a chip is loaded: what its files state, extend or leave out".to_owned()],
    }
}

/// Longest text of a field that is shown.
const LONGEST: usize = 32;

/// Fields of a chip by their paths, but for what other tables have.
fn fields(chip: &Chip) -> BTreeMap<String, String> {
    fn flat(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
        // A choice is an object of one, named with a capital.
        let is_field = |name: &String| name.starts_with(|c: char| c.is_lowercase());
        match value {
            Value::Object(all) if all.keys().all(is_field) => {
                for (name, value) in all {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    flat(&path, value, into);
                }
            }
            Value::Null => {}
            other => {
                let text = other.to_string().replace('"', "");
                let short: String = text.chars().take(LONGEST).collect();
                let more = if short.len() < text.len() { ".." } else { "" };
                into.insert(path.to_owned(), format!("{short}{more}"));
            }
        }
    }
    let mut all = BTreeMap::new();
    // Plain data serialises without fail.
    flat("", &serde_json::to_value(chip).unwrap_or_default(), &mut all);
    let elsewhere = |path: &str| {
        let timed = path.starts_with("timing.") && path.ends_with("_ps") && path != "timing.clock_ps";
        timed
            || ["name", "measured"].contains(&path)
            || path.starts_with("energy.")
            || path.starts_with(TABLES)
    };
    all.retain(|path, _| !elsewhere(path));
    all
}

/// The tables of a technology, which has a name.
const TABLES: &str = "technology.technology.";
