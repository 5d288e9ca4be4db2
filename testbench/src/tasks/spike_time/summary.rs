//! The report of a spike-time experiment: networks solved on the chip by resolution and store, margins, the bill.

use super::cell::{CellResult, OnChip, Task};
use super::deploy::MOVED_CASES;
use super::train::CASES;
use crate::architect::bill::{self, Work};
use crate::architect::page;
use crate::report::model::{Curves, Headline, Report, Series, Table, TableCell};

/// The whole report.
#[must_use]
pub fn report(title: &str, task: &Task, results: &[CellResult]) -> Report {
    let settings = &task.settings;
    let mut report = Report { title: title.to_owned(), ..Report::default() };
    report.intro = vec![
        format!(
            "Exclusive-or of two spike times, 0 or {} time constants; {} hidden neurons. Trained off the chip by the exact \
             gradient of spike times ({} passes), then deployed. {} networks a row.",
            settings.late_tau,
            settings.hidden,
            settings.passes,
            settings.seeds.len()
        ),
        format!(
            "Solved: all {} cases are answered by the right output firing first; moved: also each input by -1, 0 and 1 \
             steps, {MOVED_CASES} presentations. A tie or silence is a failure.",
            CASES.len()
        ),
    ];
    for row in &settings.rows {
        let of: Vec<&CellResult> = results.iter().filter(|r| r.row == row.name).collect();
        if let (Some(steps), Some(bits)) = (settings.steps_per_tau.first(), settings.stores.first()) {
            let (exact, moved) = solved(&of, *steps, *bits);
            report.headlines.push(Headline {
                label: format!("{}: solved at {steps} steps a time constant, {bits} bits", row.name),
                text: format!("{exact} of {}", of.len()),
                number: Some(exact as f64),
                note: format!("inputs moved by a step: {moved}"),
                ..Headline::default()
            });
        }
        report.push(table(task, &row.name, &of));
    }
    report.push(margins(task, results));
    report.push(curves(task, results));
    if let Some(on_chip) = results.first().and_then(|result| result.on_chip.first()) {
        report.push(cost(task, on_chip));
        let work = Work::of(&task.chip, on_chip.costs.inference, on_chip.cores);
        report.blocks.extend(bill::energy_blocks("Energy of these presentations", &work));
        if let Some(detail) = results.first().and_then(|result| result.detail.as_ref()) {
            let form = format!("{} steps a time constant, {} bits", on_chip.steps_per_tau, on_chip.bits);
            report.details = page::blocks(&format!("first network, {form}"), detail, &task.chip);
        }
    }
    report
}

/// Networks that solve all cases, and those that also do so with moved inputs.
fn solved(of: &[&CellResult], steps_per_tau: u32, bits: u8) -> (usize, usize) {
    let form = |d: &&OnChip| d.steps_per_tau == steps_per_tau && d.bits == bits;
    let on_chip = || of.iter().flat_map(|result| &result.on_chip).filter(form);
    (
        on_chip().filter(|d| d.exact == CASES.len() as u32).count(),
        on_chip().filter(|d| d.moved == MOVED_CASES).count(),
    )
}

fn table(task: &Task, row: &str, of: &[&CellResult]) -> Table {
    let settings = &task.settings;
    let mut columns = vec!["steps of a time constant".to_owned()];
    columns.extend(settings.steps_per_tau.iter().map(u32::to_string));
    let line = |bits: &u8| {
        let mut cells = vec![TableCell::text(format!("{bits}-bit stores: solved / inputs moved"))];
        cells.extend(settings.steps_per_tau.iter().map(|steps| {
            let (exact, moved) = solved(of, *steps, *bits);
            TableCell::number(exact as f64, format!("{exact} / {moved}"))
        }));
        cells
    };
    Table {
        title: format!("`{row}`: networks of {} that solve the task on the chip", of.len()),
        columns,
        rows: settings.stores.iter().map(line).collect(),
        notes: Vec::new(),
    }
}

fn margins(task: &Task, results: &[CellResult]) -> Table {
    let line = |name: &str| {
        let of: Vec<&CellResult> = results.iter().filter(|r| r.row == name).collect();
        let mut margins: Vec<f64> = of.iter().map(|r| r.margin).collect();
        margins.sort_by(f64::total_cmp);
        let latest = of.iter().fold(0.0_f64, |latest, r| latest.max(r.latest));
        let right = of.iter().filter(|r| r.right == CASES.len() as u32).count();
        let tau = |value: f64| TableCell::number(value, format!("{value:.2}"));
        vec![
            TableCell::text(name),
            TableCell::number(right as f64, format!("{right} of {}", of.len())),
            tau(margins.first().copied().unwrap_or(0.0)),
            tau(margins.get(margins.len() / 2).copied().unwrap_or(0.0)),
            tau(latest),
        ]
    };
    let columns = ["", "solved", "least lead of the right output", "median", "latest decision"];
    Table {
        title: "The trained networks themselves, off the chip".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: task.settings.rows.iter().map(|row| line(&row.name)).collect(),
        notes: vec!["leads and times in time constants".to_owned()],
    }
}

fn curves(task: &Task, results: &[CellResult]) -> Curves {
    let passes = task.settings.passes as usize;
    let every = passes.div_ceil(100);
    let series = task.settings.rows.iter().map(|row| {
        let of: Vec<&CellResult> = results.iter().filter(|r| r.row == row.name).collect();
        let mean = |pass: usize| {
            (pass as f64, of.iter().map(|r| r.losses[pass]).sum::<f64>() / of.len().max(1) as f64)
        };
        Series { name: row.name.clone(), points: (0..passes).step_by(every).map(mean).collect() }
    });
    Curves {
        title: "Loss while training, mean over networks".to_owned(),
        x_label: "pass".to_owned(),
        y_label: "loss".to_owned(),
        series: series.collect(),
        references: Vec::new(),
    }
}

fn cost(task: &Task, on_chip: &OnChip) -> Table {
    let OnChip { steps_per_tau, bits, costs, cores, .. } = on_chip;
    let work = Work::of(&task.chip, costs.inference, *cores);
    let title = format!("What it cost: first network, {steps_per_tau} steps a time constant, {bits} bits");
    let mut table = bill::counts(&title, &[("all presentations", work)]);
    let each = work.energy(u128::from(MOVED_CASES)).text;
    table.notes.push(format!("{MOVED_CASES} presentations, {each} each"));
    table
}
