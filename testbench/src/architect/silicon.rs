//! Area and leakage of a core and a chip by structure, of chips whose prices are composed from a technology.
//!
//! Promises: the structures sum to the core, the cores to the chip. Absent on purpose: chips that state prices of events.

use crate::report::model::{Table, TableCell};
use crate::report::quantity;
use serde_json::{Value, json};
use synfire_chip::chip::Chip;
use synfire_chip::cost::accesses::{Access, accesses};
use synfire_chip::cost::counters::NodeCounts;
use synfire_chip::cost::per_operation::{PricedCore, Structure};
use synfire_chip::cost::widths::Widths;
use synfire_chip::structures::Resource;
use synfire_chip::technology::Figure;
use synfire_chip::technology::grid::QUANTITIES;
use synfire_chip::technology::memory::held_out;

/// Square nanometres for a reader.
fn area(nm2: f64) -> String {
    format!("{:.4} mm2", nm2 / 1e12)
}

/// Picowatts for a reader.
fn power(picowatts: f64) -> String {
    format!("{:.3} uW", picowatts / 1e6)
}

fn cells(figure: &Figure, cores: f64, scale: f64, show: fn(f64) -> String) -> [TableCell; 2] {
    let [low, nominal, high] = [figure.low, figure.nominal, figure.high].map(|value| value as f64 * cores);
    [
        TableCell::number(nominal * scale, show(nominal)),
        TableCell::text(format!("{} to {}", show(low), show(high))),
    ]
}

/// How a memory is built, for a reader.
pub(super) fn organisation(of: &Structure) -> String {
    if of.words == 0 {
        return String::new();
    }
    let banks = if of.banks > 1 { format!(", {} banks", of.banks) } else { String::new() };
    let ports = if of.ports > 1 { format!(", {} ports", of.ports) } else { String::new() };
    let made = if of.registers { ", flip-flops" } else { "" };
    format!("{} x {} bits{banks}{ports}{made}", of.words, of.word_bits)
}

/// How much of a memory the fullest core uses, and how much there is, in the unit of the chip's limit.
fn fill(chip: &Chip, widths: &Widths, name: &str) -> Option<(u64, u64)> {
    let resource = match name {
        "synapses" => Resource::SynapseMemory,
        "learning" => Resource::LearningMemory,
        "neurons" => Resource::Neurons,
        "axons" => Resource::Axons,
        _ => return None,
    };
    Some((widths.used[resource as usize], resource.limit(&chip.limits)))
}

/// How far the technology's tables are from their own points that are left out.
fn errors(chip: &Chip) -> Option<String> {
    let of = chip.technology.as_ref()?;
    let corner = of.technology.at(of.nm, Some(of.voltage)).ok()?;
    let listed = |errors: &dyn Fn(usize) -> f64| {
        let names = QUANTITIES.iter().enumerate();
        let one = |(at, (name, _)): (usize, &(&str, _))| format!("{name} {:.0} %", errors(at) * 100.0);
        names.map(one).collect::<Vec<_>>().join(", ")
    };
    let sram = &of.technology.sram;
    let points = listed(&|at| held_out(sram, &corner.sram, QUANTITIES[at].1).worst);
    let mut note =
        format!("between points of the table the ends are wider by its largest held-out error: {points}");
    if corner.between {
        let nodes = listed(&|at| corner.error.sram[at]);
        note +=
            &format!("; {} nm is between nodes of the table, of which a left-out one errs by {nodes}", of.nm);
    }
    Some(note)
}

/// A core by structure, and the chip.
#[must_use]
pub fn table(chip: &Chip, core: &PricedCore, widths: &Widths) -> Table {
    let columns =
        ["structure", "words", "fullest core", "area", "area, ends", "leakage", "leakage, ends", "access"];
    let fill = |name: &str| {
        let (used, limit) = fill(chip, widths, name)?;
        Some(format!("{used} of {limit} ({})", quantity::share(u128::from(used), u128::from(limit))))
    };
    let row = |name: &str, words: String, (own, leaks): (&Figure, &Figure), cores: f64, access: String| {
        let mut row = vec![TableCell::text(name), TableCell::text(words)];
        row.push(TableCell::text(fill(name).unwrap_or_default()));
        row.extend(cells(own, cores, 1e-12, area));
        row.extend(cells(leaks, cores, 1e-12, power));
        row.push(TableCell::text(access));
        row
    };
    let mut rows: Vec<Vec<TableCell>> = Vec::new();
    for of in &core.structures {
        let access = match of.access.nominal {
            0 => String::new(),
            time => quantity::duration(u128::from(time.div_ceil(1000))),
        };
        rows.push(row(of.name, organisation(of), (&of.area, &of.leakage), 1.0, access));
    }
    rows.push(row("core", String::new(), (&core.area, &core.leakage), 1.0, String::new()));
    let cores = chip.mesh.cores();
    rows.push(row(
        "chip",
        format!("{cores} cores"),
        (&core.area, &core.leakage),
        cores as f64,
        String::new(),
    ));
    let notes = [
        "blocks side by side: without control, clock tree, pads, and wires between blocks of a core",
        "fullest core: neurons, axons, or bits of the memory, as the chip's limits count them",
        "memories have the size of the chip's limits and the words of this network",
    ];
    let notes = notes.map(str::to_owned).into_iter().chain(errors(chip)).collect();
    Table { title: "Area and leakage".to_owned(), columns: columns.map(str::to_owned).to_vec(), rows, notes }
}

/// What was done to memories and arithmetic; `None` of a chip without a technology.
#[must_use]
pub fn accessed(chip: &Chip, counts: &NodeCounts, widths: &Widths) -> Option<Table> {
    let lines = accesses(chip, counts, widths)?;
    let row = |line: &Access| {
        let bits = match line.bits {
            (bits, 0) => bits.to_string(),
            (first, second) => format!("{first} x {second}"),
        };
        let [low, nominal, high] = line.energy.map(|energy| quantity::energy(energy.round() as u128));
        vec![
            TableCell::text(line.structure),
            TableCell::text(line.act),
            TableCell::text(bits),
            TableCell::count(line.count),
            TableCell::number(line.energy[1] / 1e18, nominal),
            TableCell::text(format!("{low} to {high}")),
        ]
    };
    let columns = ["structure", "act", "bits", "count", "energy", "energy, ends"];
    Some(Table {
        title: "What was accessed".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: lines.iter().map(row).collect(),
        notes: vec![
            "from the counts of operations and what each is made of; the energies sum to the bill without static power"
                .to_owned(),
            "of a memory: items, each its share of a word, unless an operation takes a whole word".to_owned(),
        ],
    })
}

/// The same for `summary.json`.
#[must_use]
pub fn value(chip: &Chip, core: &PricedCore, widths: &Widths) -> Value {
    let figure = |figure: &Figure, cores: u128| {
        json!({
            "low": u128::from(figure.low) * cores,
            "nominal": u128::from(figure.nominal) * cores,
            "high": u128::from(figure.high) * cores,
            "kind": figure.kind.name(),
        })
    };
    let structure = |of: &Structure| {
        json!({
            "name": of.name,
            "words": of.words,
            "word_bits": of.word_bits,
            "items": of.items,
            "banks": of.banks,
            "ports": of.ports,
            "flip_flops": of.registers,
            "area_nm2": figure(&of.area, 1),
            "leakage_pw": figure(&of.leakage, 1),
            "access_fs": figure(&of.access, 1),
            "fullest_core": fill(chip, widths, of.name).map(|(used, limit)| json!({ "used": used, "limit": limit })),
        })
    };
    let cores = chip.mesh.cores() as u128;
    json!({
        "structures": core.structures.iter().map(structure).collect::<Vec<_>>(),
        "core": { "area_nm2": figure(&core.area, 1), "leakage_pw": figure(&core.leakage, 1) },
        "chip": { "cores": cores, "area_nm2": figure(&core.area, cores), "leakage_pw": figure(&core.leakage, cores) },
    })
}
