//! A chip's organisation beside its silicon: what is predicted of it, part by part, and what a prediction lacks.
//!
//! The workload is that of the chip's first measured energy, its area that of the measured one. Parts are memories and the
//! datapath that the chip file describes; clock tree, controller, inputs and outputs, and wires inside a core are in no
//! part, so that a prediction is not expected to meet a published number.
//!
//! Promises: nothing is fitted; parts sum to the prediction. Absent on purpose: a verdict.

use super::measured;
use crate::report::model::{Report, Table, TableCell};
use crate::report::quantity;
use synfire_chip::chip::{Chip, Found, Measured};
use synfire_chip::cost::accesses::accesses;
use synfire_chip::cost::energy::CORE_STATIC;

/// Low, nominal, high of a part's area and energy.
#[derive(Clone, Copy, Default)]
struct Part {
    area: [f64; 3],
    energy: [f64; 3],
}

impl Part {
    fn cells(&self) -> [TableCell; 4] {
        let area = |value: f64| format!("{:.4} mm2", value / 1e12);
        let energy = |value: f64| quantity::energy(value.round() as u128);
        let both = |of: [f64; 3], show: &dyn Fn(f64) -> String, scale: f64| {
            if of[2] == 0.0 {
                return [TableCell::text("-"), TableCell::text("")];
            }
            let ends = format!("{} to {}", show(of[0]), show(of[2]));
            [TableCell::number(of[1] * scale, show(of[1])), TableCell::text(ends)]
        };
        let ([a, b], [c, d]) = (both(self.area, &area, 1e-12), both(self.energy, &energy, 1e-18));
        [a, b, c, d]
    }

    fn add(&mut self, other: &Self) {
        for at in 0..3 {
            self.area[at] += other.area[at];
            self.energy[at] += other.energy[at];
        }
    }
}

/// The measured energy that defines the workload, and the measured area.
fn rows(chip: &Chip) -> (Option<&Measured>, Option<&Measured>) {
    let first = |wanted: fn(&Found) -> bool| chip.measured.iter().find(|row| wanted(&row.found));
    (first(|found| matches!(found, Found::Energy(_))), first(|found| matches!(found, Found::Area(_))))
}

/// What the prediction of a chip is made of; `None` of a chip without a technology or a measured energy.
fn parts(chip: &Chip) -> Option<Table> {
    let (energy, area) = rows(chip);
    let energy = energy?;
    let widths = energy.widths();
    let core = chip.priced_core(&widths)?;
    let done = accesses(chip, &energy.counts, &widths)?;
    let (mut lines, mut sum) = (Vec::new(), Part::default());
    let mut line = |name: &str, built: String, part: Part| {
        sum.add(&part);
        let mut cells = vec![TableCell::text(name), TableCell::text(built)];
        cells.extend(part.cells());
        lines.push(cells);
    };
    for of in &core.structures {
        let area = [of.area.low, of.area.nominal, of.area.high].map(|value| value as f64);
        let mut part = Part { area, ..Part::default() };
        for access in done.iter().filter(|access| access.structure == of.name) {
            part.add(&Part { energy: access.energy, ..Part::default() });
        }
        let built = super::silicon::organisation(of);
        let built = if built.is_empty() { "datapath".to_owned() } else { built };
        line(of.name, built, part);
    }
    let bill = energy.bill(chip);
    let leaked = bill
        .items
        .iter()
        .filter(|item| item.component == CORE_STATIC)
        .map(|item| [item.ends.0, item.attojoules, item.ends.1].map(|value| value as f64));
    let leaked = leaked.fold(Part::default(), |mut sum, energy| {
        sum.add(&Part { energy, ..Part::default() });
        sum
    });
    line("leakage", "of all, while it lasts".to_owned(), leaked);
    let mut total = vec![TableCell::text("predicted"), TableCell::text("")];
    total.extend(sum.cells());
    let published = |row: Option<&Measured>| {
        row.map_or(TableCell::text("-"), |row| TableCell::text(measured::shown(row.found, row.found.value())))
    };
    let rest = |row: Option<&Measured>, predicted: f64| {
        row.map_or(TableCell::text("-"), |row| {
            let value = row.found.value() as f64;
            TableCell::text(quantity::percent(1.0 - predicted / value))
        })
    };
    let empty = || TableCell::text("");
    let both = |name: &str, built: &str, area: TableCell, energy: TableCell| {
        vec![TableCell::text(name), TableCell::text(built), area, empty(), energy, empty()]
    };
    lines.push(total);
    lines.push(both("published", "", published(area), published(Some(energy))));
    lines.push(both(
        "absent",
        "clock tree, controller, I/O, wiring",
        rest(area, sum.area[1]),
        rest(Some(energy), sum.energy[1]),
    ));
    let columns = ["part", "built as", "area", "area, ends", "energy", "energy, ends"];
    Some(Table {
        title: format!("{}: what is predicted, and what is absent", chip.name),
        columns: columns.map(str::to_owned).to_vec(),
        rows: lines,
        notes: vec![workload(energy), conditions(chip)],
    })
}

/// The workload in words.
fn workload(row: &Measured) -> String {
    let counted = synfire_chip::cost::counters::OPERATIONS.iter().filter_map(|operation| {
        let count = (operation.count)(&row.counts);
        (count > 0).then(|| format!("{count} x {}", operation.record))
    });
    format!("energy of {}: {}", row.name, counted.collect::<Vec<_>>().join(", "))
}

fn conditions(chip: &Chip) -> String {
    let Some(of) = &chip.technology else { return String::new() };
    let (name, volts) = (&of.technology.name, of.voltage as f64 / 1e6);
    format!("technology `{name}` at {} nm and {volts:.2} V; nothing is fitted", of.nm)
}

/// Tables of a chip: predicted beside published, and what each prediction is made of.
#[must_use]
pub fn tables(chip: &Chip) -> Vec<Table> {
    [measured::table(&chip.name, chip)].into_iter().chain(parts(chip)).collect()
}

/// The report of some chips.
#[must_use]
pub fn report(chips: &[Chip]) -> Report {
    let mut report = Report { title: "Against silicon".to_owned(), ..Report::default() };
    report.intro.push(
        "Organisations of published chips, priced from tables of memories and arithmetic, beside what was measured of \
         them. Nothing is fitted. Predicted are memories and the datapath; absent are clock tree, controller, inputs and \
         outputs, and wires between blocks."
            .to_owned(),
    );
    for table in chips.iter().flat_map(tables) {
        report.push(table);
    }
    report
}
