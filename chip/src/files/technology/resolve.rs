//! A technology file's fields and tables to a [`Technology`].
//!
//! Promises: every source is stated; every node has a voltage, a threshold, memories, arithmetic and a leakage of
//! registers; ends lie around their number. Absent on purpose: arithmetic on the numbers.

use super::file::{GrowthFile, SpreadFile, TechnologyFile, WireFile};
use super::grids::{self, LogicGrids, MOST_NM, SramGrids};
use crate::files::text::check::Check;
use crate::files::text::decimal::{self, Raw};
use crate::files::text::diagnostic::Diagnostic;
use crate::files::text::source::SourceText;
use crate::technology::tables::{
    DelayLaw, Ends, Growth, Logic, LogicNode, NearThreshold, Spread, Sram, SramNode, Technology, Wire,
};
use std::path::Path;
use std::sync::Arc;

/// Reads a table that a header names.
pub type ReadTable<'a> = dyn Fn(&str) -> Result<String, String> + 'a;

/// One, in millionths.
const ONE: u64 = 1_000_000;

/// Resolves a technology file; `None` where a table is not whole, which is then a problem.
pub fn resolve(check: &mut Check<'_>, file: &TechnologyFile, table: &ReadTable<'_>) -> Option<Technology> {
    let sram = open(check, "sram.table", &file.sram.table, table, grids::sram);
    let logic = open(check, "logic.table", &file.logic.table, table, grids::logic);
    let thresholds = voltages(check, "delay.threshold_v", &file.delay.threshold_v);
    let of_sram = voltages(check, "sram.nominal_v", &file.sram.nominal_v);
    let of_logic = voltages(check, "logic.nominal_v", &file.logic.nominal_v);
    let alpha = number(check, "delay.alpha", &file.delay.alpha, ONE..=2 * ONE);
    let range = Ends {
        low: number(check, "delay.range[0]", &file.delay.range.0, ONE / 10..=ONE),
        high: number(check, "delay.range[1]", &file.delay.range.1, ONE..=3 * ONE),
    };
    let near = file.delay.near_threshold.as_ref().map(|near| NearThreshold {
        from: number(check, "delay.near_threshold.from", &near.from, ONE / 10..=range.low),
        time: Ends {
            low: number(check, "delay.near_threshold.time[0]", &near.time.0, ONE / 1000..=ONE),
            high: number(check, "delay.near_threshold.time[1]", &near.time.1, ONE..=1000 * ONE),
        },
        source: sourced(check, "delay.near_threshold.source", &near.source),
    });
    let lowest = near.as_ref().map_or(range.low, |near| near.from);
    let delay = DelayLaw {
        alpha,
        thresholds: thresholds.clone(),
        range,
        near,
        source: sourced(check, "delay.source", &file.delay.source),
    };
    let wire = wire(check, &file.wire);
    let voltages = Voltages { thresholds, of_sram, of_logic, lowest };
    Some(Technology {
        name: file.name.clone(),
        sram: self::sram(check, file, sram?, &voltages),
        logic: self::logic(check, file, logic?, &voltages),
        delay,
        wire,
    })
}

fn wire(check: &mut Check<'_>, file: &WireFile) -> Wire {
    let (low, nominal, high) = &file.pf_per_mm;
    let mut at =
        |part: usize, raw: &Raw| number(check, &format!("wire.pf_per_mm[{part}]"), raw, 1..=100 * ONE);
    let capacitance = [at(0, low), at(1, nominal), at(2, high)];
    ascend(check, "wire.pf_per_mm", &capacitance);
    Wire { capacitance, source: sourced(check, "wire.source", &file.source), kind: file.kind }
}

/// Voltages that nodes must have.
struct Voltages {
    thresholds: Vec<(u16, u64)>,
    of_sram: Vec<(u16, u64)>,
    of_logic: Vec<(u16, u64)>,
    /// Lowest voltage, in millionths of the nominal one.
    lowest: u64,
}

/// Reads a table that the field `path` names.
fn open<T>(
    check: &mut Check<'_>,
    path: &str,
    name: &str,
    table: &ReadTable<'_>,
    read: impl Fn(&Arc<SourceText>) -> Result<T, Diagnostic>,
) -> Option<T> {
    let shown = check.data_path(path, name);
    let text = match table(name) {
        Ok(text) => text,
        Err(error) => {
            let problem = check
                .at(path, format!("cannot read `{}`", shown.display()))
                .labelled(error)
                .noted("allowed", "a CSV table beside this file");
            check.push(problem);
            return None;
        }
    };
    let shown = if shown == Path::new(name) { name.to_owned() } else { shown.display().to_string() };
    match read(&Arc::new(SourceText::new(shown, text))) {
        Ok(value) => Some(value),
        Err(problem) => {
            check.push(problem);
            None
        }
    }
}

fn sram(check: &mut Check<'_>, file: &TechnologyFile, grids: SramGrids, voltages: &Voltages) -> Sram {
    let file = &file.sram;
    let mut nodes = Vec::new();
    for (nm, points) in grids.nodes {
        let nominal = of_node(check, "sram.nominal_v", &voltages.of_sram, nm);
        let threshold = of_node(check, "delay.threshold_v", &voltages.thresholds, nm);
        if nominal / ONE * voltages.lowest + nominal % ONE * voltages.lowest / ONE <= threshold {
            let problem = check
                .at("delay.range", format!("the lowest voltage at {nm} nm is not above the threshold"))
                .labelled(format!("of {} V", nominal as f64 / 1e6))
                .noted("allowed", format!("above {} V", threshold as f64 / 1e6));
            check.push(problem);
        }
        nodes.push(SramNode { nm: nm as u16, nominal, points });
    }
    Sram {
        source: sourced(check, "sram.source", &file.source),
        kind: file.kind,
        bits: grids.bits,
        words: grids.words,
        nodes,
        spread: spread(check, "sram.spread", &file.spread),
        banks: growth(check, "sram.banks", &file.banks),
        ports: growth(check, "sram.ports", &file.ports),
    }
}

fn logic(check: &mut Check<'_>, file: &TechnologyFile, grids: LogicGrids, voltages: &Voltages) -> Logic {
    let file = &file.logic;
    let mut leakages = Vec::new();
    for (index, (nm, ends)) in file.register_leakage.nw_per_bit.iter().enumerate() {
        let path = |part: usize| format!("logic.register_leakage.nw_per_bit[{index}][1][{part}]");
        let all = 1..=ONE * ONE;
        let mut at = |part: usize, raw: &Raw| number(check, &path(part), raw, all.clone());
        let ends = [at(0, &ends.0), at(1, &ends.1), at(2, &ends.2)];
        ascend(check, &path(0), &ends);
        leakages.push((*nm, ends));
    }
    let mut nodes = Vec::new();
    for (nm, points) in grids.nodes {
        let leakage = leakages.iter().find(|(node, _)| *node == i64::from(nm)).map(|(_, ends)| *ends);
        if leakage.is_none() {
            lacks(check, "logic.register_leakage.nw_per_bit", nm);
        }
        nodes.push(LogicNode {
            nm: nm as u16,
            nominal: of_node(check, "logic.nominal_v", &voltages.of_logic, nm),
            register_leakage: leakage.unwrap_or([1; 3]),
            points,
        });
    }
    Logic {
        source: sourced(check, "logic.source", &file.source),
        kind: file.kind,
        widths: grids.widths,
        nodes,
        spread: [
            spread(check, "logic.adder", &file.adder),
            spread(check, "logic.multiplier", &file.multiplier),
            spread(check, "logic.register", &file.register),
            spread(check, "logic.comparator", &file.comparator),
        ],
        register_source: sourced(check, "logic.register_leakage.source", &file.register_leakage.source),
        register_kind: file.register_leakage.kind,
    }
}

/// Node and voltage of every entry of a list, microvolts.
fn voltages(check: &mut Check<'_>, path: &str, found: &[(i64, Raw)]) -> Vec<(u16, u64)> {
    let entry = |(index, (nm, volts)): (usize, &(i64, Raw))| {
        let nm = check.integer(&format!("{path}[{index}][0]"), *nm, 1..=i64::from(MOST_NM)) as u16;
        (nm, number(check, &format!("{path}[{index}][1]"), volts, ONE / 10..=10 * ONE))
    };
    found.iter().enumerate().map(entry).collect()
}

fn of_node(check: &mut Check<'_>, path: &str, list: &[(u16, u64)], nm: u32) -> u64 {
    let found = list.iter().find(|(node, _)| u32::from(*node) == nm).map(|(_, value)| *value);
    if found.is_none() {
        lacks(check, path, nm);
    }
    found.unwrap_or(ONE)
}

fn lacks(check: &mut Check<'_>, path: &str, nm: u32) {
    let problem = check
        .at(path, format!("`{path}` lacks a node of the tables"))
        .labelled(format!("{nm} nm must be stated here"));
    check.push(problem);
}

fn spread(check: &mut Check<'_>, path: &str, file: &SpreadFile) -> Spread {
    let mut ends = |name: &str, found: &(Raw, Raw)| Ends {
        low: number(check, &format!("{path}.{name}[0]"), &found.0, ONE / 1000..=ONE),
        high: number(check, &format!("{path}.{name}[1]"), &found.1, ONE..=1000 * ONE),
    };
    let (energy, area) = (ends("energy", &file.energy), ends("area", &file.area));
    let leakage = ends("leakage", &file.leakage);
    let time = file.time.as_ref().map_or(Ends { low: ONE, high: ONE }, |found| ends("time", found));
    let source = sourced(check, &format!("{path}.source"), &file.source);
    Spread { energy, area, leakage, time, source }
}

fn growth(check: &mut Check<'_>, path: &str, file: &GrowthFile) -> Growth {
    let mut exponent = |name: &str, raw: &Raw| number(check, &format!("{path}.{name}"), raw, 0..=2 * ONE);
    let (low, nominal, high) = &file.energy;
    let energy = [exponent("energy[0]", low), exponent("energy[1]", nominal), exponent("energy[2]", high)];
    let (area, leakage) = (exponent("area", &file.area), exponent("leakage", &file.leakage));
    let time = exponent("time", &file.time);
    ascend(check, &format!("{path}.energy"), &energy);
    Growth { energy, area, leakage, time, source: sourced(check, &format!("{path}.source"), &file.source) }
}

fn ascend(check: &mut Check<'_>, path: &str, ends: &[u64; 3]) {
    if !ends.is_sorted() {
        let problem = check
            .at(path, "low, nominal and high do not ascend")
            .labelled("of these three")
            .noted("allowed", "low <= nominal <= high");
        check.push(problem);
    }
}

/// A decimal in millionths.
fn number(check: &mut Check<'_>, path: &str, raw: &Raw, range: std::ops::RangeInclusive<u64>) -> u64 {
    let found = decimal::micro_units(raw.token()).filter(|value| range.contains(value));
    found.unwrap_or_else(|| {
        let show = |value: u64| format!("{}", value as f64 / 1e6);
        let allowed = format!("{} to {}, with at most six places", show(*range.start()), show(*range.end()));
        let problem = check
            .at(path, format!("`{path}` is no such number"))
            .labelled(format!("found `{}`", raw.token()))
            .noted("allowed", allowed);
        check.push(problem);
        *range.start()
    })
}

/// A number without a source is a guess that nobody can check.
fn sourced(check: &mut Check<'_>, path: &str, source: &str) -> String {
    if source.trim().is_empty() {
        let owner = path.trim_end_matches(".source");
        let problem = check
            .at(path, format!("`{owner}` does not say where its numbers are from"))
            .labelled("a paper and table, a program and its version, or the reasoning");
        check.push(problem);
    }
    source.to_owned()
}
