//! The rows `measured` of a chip file: workloads and what was measured of them.
//!
//! Promises: a row has a name, a source, a workload of known operations and one number above 0. Absent on purpose: what
//! the model says of a row (`cost::measured`).

use crate::chip::{Found, Measured, Words};
use crate::cost::counters::{NodeCounts, OPERATIONS};
use crate::files::text::check::Check;
use crate::files::text::decimal::{self, Raw};
use crate::files::text::spelling;
use crate::files::text::write::stated;
use serde::{Deserialize, Serialize};

/// Most of an operation that a row may count, and most steps.
const MOST: i64 = 1_000_000_000_000_000;

/// Longest time of a row: a day.
const MOST_PS: i64 = 86_400_000_000_000_000;

/// A measurement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename = "Measured")]
pub struct MeasuredFile {
    /// What was measured.
    pub name: String,
    /// How many of each operation, by its name in `counts` of a summary; left out, none (for an area).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<(String, i64)>,
    /// In how many steps; left out, 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<i64>,
    /// On how many cores; left out, 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cores: Option<i64>,
    /// Widths of what ran.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub widths: Option<WidthsFile>,
    /// Its energy, picojoules.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub energy_pj: Option<Raw>,
    /// Its time, picoseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_ps: Option<i64>,
    /// Area of the chip, square millimetres.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "stated")]
    pub area_mm2: Option<Raw>,
    /// Where the number is from.
    pub source: String,
}

macro_rules! widths {
    ($($(#[$doc:meta])* $field:ident,)*) => {
        /// Widths that a network gives to words, which composed prices depend on; left out, 0.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[serde(deny_unknown_fields, default, rename = "Widths")]
        pub struct WidthsFile {
            $($(#[$doc])* #[serde(skip_serializing_if = "Option::is_none")] pub $field: Option<i64>,)*
        }

        /// Widths of a row at `path`.
        fn words(check: &mut Check<'_>, path: &str, file: &WidthsFile) -> Words {
            let mut at = |name: &str, found: Option<i64>| {
                check.integer(&format!("{path}.{name}"), found.unwrap_or(0), 0..=4096) as u32
            };
            Words { $($field: at(stringify!($field), file.$field),)* }
        }
    };
}
widths! {
    /// Bits of a synapse in the memory.
    synapse,
    /// Bits of a neuron's state.
    neuron,
    /// Bits of a neuron's own parameters.
    parameters,
    /// Bits of the dendritic sum.
    accumulator,
    /// Bits of an axon's arrival in a slot.
    arrival,
    /// Eligibility states of a synapse.
    eligibility_states,
    /// Channels of the broadcast.
    channels,
}

/// The rows, resolved.
pub(super) fn measured(check: &mut Check<'_>, rows: &[MeasuredFile]) -> Vec<Measured> {
    rows.iter().enumerate().map(|(index, row)| one(check, &format!("measured[{index}]"), row)).collect()
}

fn one(check: &mut Check<'_>, path: &str, row: &MeasuredFile) -> Measured {
    for (field, text) in [("name", &row.name), ("source", &row.source)] {
        if text.trim().is_empty() {
            let problem = check
                .at(&format!("{path}.{field}"), format!("`{path}` has an empty `{field}`"))
                .labelled("what was measured, and where the number is from");
            check.push(problem);
        }
    }
    let mut counts = NodeCounts::default();
    for (index, (name, count)) in row.counts.iter().enumerate() {
        let path = format!("{path}.counts[{index}]");
        let count = check.integer(&format!("{path}[1]"), *count, 0..=MOST) as u64;
        match OPERATIONS.iter().find(|operation| operation.record == name) {
            Some(operation) => (operation.set)(&mut counts, count),
            None => unknown(check, &format!("{path}[0]"), name),
        }
    }
    let mut positive = |field: &str, found: Option<i64>| {
        check.integer(&format!("{path}.{field}"), found.unwrap_or(1), 1..=MOST) as u64
    };
    let (steps, cores) = (positive("steps", row.steps), positive("cores", row.cores));
    let none = WidthsFile::default();
    let words = words(check, &format!("{path}.widths"), row.widths.as_ref().unwrap_or(&none));
    let found = found(check, path, row);
    Measured { name: row.name.clone(), counts, steps, cores, words, found, source: row.source.clone() }
}

/// The one number of a row.
fn found(check: &mut Check<'_>, path: &str, row: &MeasuredFile) -> Found {
    let mut positive = |field: &str, raw: &Raw, unit: &str| {
        let found = decimal::micro_units(raw.token()).filter(|value| *value > 0);
        if found.is_none() {
            let path = format!("{path}.{field}");
            let problem = check
                .at(&path, format!("`{path}` is no measurement"))
                .labelled(format!("found `{}`", raw.token()))
                .noted("allowed", format!("{unit} above 0, with at most six places"));
            check.push(problem);
        }
        u128::from(found.unwrap_or(1))
    };
    match (&row.energy_pj, row.time_ps, &row.area_mm2) {
        (Some(energy), None, None) => Found::Energy(positive("energy_pj", energy, "picojoules")),
        (None, None, Some(area)) => {
            // A millionth of a square millimetre is 10^6 square nanometres.
            Found::Area(positive("area_mm2", area, "square millimetres") * 1_000_000)
        }
        (None, Some(time), None) => {
            Found::Time(check.integer(&format!("{path}.time_ps"), time, 1..=MOST_PS) as u128)
        }
        _ => {
            let problem = check
                .at(path, format!("`{path}` is not one measurement"))
                .labelled("in this row")
                .noted("allowed", "one of `energy_pj`, `time_ps` and `area_mm2`; a row for each number");
            check.push(problem);
            Found::Time(1)
        }
    }
}

fn unknown(check: &mut Check<'_>, path: &str, name: &str) {
    let names = || OPERATIONS.iter().map(|operation| operation.record);
    let mut problem = check
        .at(path, format!("no operation `{name}` is counted"))
        .labelled("named here")
        .noted("allowed", spelling::listing(names()));
    if let Some(near) = spelling::nearest(name, names()) {
        problem = problem.noted("note", format!("did you mean `{near}`?"));
    }
    check.push(problem);
}
