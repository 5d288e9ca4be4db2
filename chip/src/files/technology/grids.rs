//! The tables of a technology: memories by word and depth, arithmetic by width, each a complete grid a node.
//!
//! Promises: axes ascend; no point is missing, twice or not positive. Absent on purpose: the header (`resolve`).

use super::csv::{self, Record};
use crate::files::text::diagnostic::Diagnostic;
use crate::files::text::source::SourceText;
use crate::files::text::spelling;
use crate::technology::logic::Unit;
use crate::technology::tables::{LogicPoint, SramPoint};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Columns of a table of memories.
const SRAM: [&str; 8] =
    ["node_nm", "word_bits", "words", "area_um2", "leak_uW", "read_pJ", "write_pJ", "access_ns"];

/// Columns of a table of arithmetic.
const LOGIC: [&str; 6] = ["node_nm", "unit", "width_bits", "energy_pJ", "area_um2", "leak_nW"];

/// Largest node, nanometres.
pub const MOST_NM: u32 = 1000;

/// Axes of a grid of memories, and the points of each node.
#[derive(Debug)]
pub struct SramGrids {
    /// Bits of a word.
    pub bits: Vec<u32>,
    /// Words.
    pub words: Vec<u32>,
    /// Row-major points of each node.
    pub nodes: BTreeMap<u32, Vec<SramPoint>>,
}

/// Reads a table of memories.
pub fn sram(source: &Arc<SourceText>) -> Result<SramGrids, Diagnostic> {
    let mut found: BTreeMap<(u32, u32, u32), SramPoint> = BTreeMap::new();
    for record in csv::records(source, &SRAM)? {
        let key = (
            record.integer(0, SRAM[0], MOST_NM)?,
            record.integer(1, SRAM[1], 1 << 16)?,
            record.integer(2, SRAM[2], 1 << 30)?,
        );
        let number = |column: usize| record.millionths(column, SRAM[column], false);
        // Picojoules, square micrometres, microwatts and nanoseconds in millionths are the units of a point.
        let [area, leakage, read, write, time] = [number(3)?, number(4)?, number(5)?, number(6)?, number(7)?];
        once(&mut found, key, SramPoint { read, write, area, leakage, time }, &record)?;
    }
    let axis = |get: fn(&(u32, u32, u32)) -> u32| ascending(found.keys().map(get));
    let (nms, bits, words) = (axis(|key| key.0), axis(|key| key.1), axis(|key| key.2));
    let mut nodes = BTreeMap::new();
    for nm in nms {
        let keys = bits.iter().flat_map(|bits| words.iter().map(move |words| (nm, *bits, *words)));
        let points: Option<Vec<SramPoint>> = keys.clone().map(|key| found.get(&key).copied()).collect();
        let Some(points) = points else {
            let missing = keys.into_iter().find(|key| !found.contains_key(key)).unwrap_or_default();
            let (nm, bits, words) = missing;
            return Err(hole(source, &format!("no memory of {words} words of {bits} bits at {nm} nm")));
        };
        nodes.insert(nm, points);
    }
    Ok(SramGrids { bits, words, nodes })
}

/// Widths of a table of arithmetic, and the points of each node, by unit and width.
#[derive(Debug)]
pub struct LogicGrids {
    /// Bits.
    pub widths: Vec<u32>,
    /// Points of each node and unit.
    pub nodes: BTreeMap<u32, [Vec<LogicPoint>; 4]>,
}

/// Reads a table of arithmetic.
pub fn logic(source: &Arc<SourceText>) -> Result<LogicGrids, Diagnostic> {
    let mut found: BTreeMap<(u32, usize, u32), LogicPoint> = BTreeMap::new();
    for record in csv::records(source, &LOGIC)? {
        let names = || Unit::ALL.iter().map(|unit| unit.name());
        let unit = names()
            .position(|name| name == record.text(1))
            .ok_or_else(|| record.fault(1, "no such unit", spelling::listing(names())))?;
        let key = (record.integer(0, LOGIC[0], MOST_NM)?, unit, record.integer(2, LOGIC[2], 64)?);
        let point = LogicPoint {
            energy: record.millionths(3, LOGIC[3], false)?,
            area: record.millionths(4, LOGIC[4], false)?,
            // Nanowatts in millionths; of a register 0 stands for a number that the table lacks.
            leakage: record.millionths(5, LOGIC[5], unit == Unit::Register as usize)?,
        };
        once(&mut found, key, point, &record)?;
    }
    let nms = ascending(found.keys().map(|key| key.0));
    let widths = ascending(found.keys().map(|key| key.2));
    let mut nodes = BTreeMap::new();
    for nm in nms {
        let mut units: [Vec<LogicPoint>; 4] = Default::default();
        for (unit, points) in units.iter_mut().enumerate() {
            let of_unit = widths.iter().map(|width| {
                found.get(&(nm, unit, *width)).copied().ok_or_else(|| {
                    hole(source, &format!("no {} of {width} bits at {nm} nm", Unit::ALL[unit].name()))
                })
            });
            *points = of_unit.collect::<Result<_, _>>()?;
        }
        nodes.insert(nm, units);
    }
    Ok(LogicGrids { widths, nodes })
}

/// Puts a point in its place, which is free.
fn once<K: Ord + Copy, P>(
    found: &mut BTreeMap<K, P>,
    key: K,
    point: P,
    record: &Record<'_>,
) -> Result<(), Diagnostic> {
    match found.insert(key, point) {
        None => Ok(()),
        Some(_) => Err(record.fault(0, "this point stands in the table twice", "a line a point")),
    }
}

fn ascending(values: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut values: Vec<u32> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn hole(source: &Arc<SourceText>, what: &str) -> Diagnostic {
    let end = source.text.find('\n').unwrap_or(source.text.len());
    Diagnostic::new(format!("the grid has a hole: {what}"))
        .at(source, 0..end)
        .labelled("in this table")
        .noted("allowed", "every node with every value of the other columns")
}
