//! The report and `summary.json` of a simulation.

use super::cell::CellResult;
use crate::bill::{self, Work};
use crate::report::model::{Cell, Headline, Report, Table};
use crate::report::quantity;
use serde_json::{Value, json};
use synfire_chip::chip::Chip;
use synfire_core::ARITH_SPEC;

/// Samples answered right, and all.
fn right(result: &CellResult) -> Option<(usize, usize)> {
    let pairs = result.answers.iter().zip(&result.labels);
    let right = pairs.filter(|(answer, label)| **answer == u32::from(**label)).count();
    (!result.labels.is_empty()).then_some((right, result.labels.len()))
}

/// Content of `summary.json`.
#[must_use]
pub fn summary(chip: &Chip, result: &CellResult) -> Value {
    let work = Work { chip, counts: result.counts, elapsed: result.elapsed, cores: result.cores };
    let items = work.energy();
    let energy: serde_json::Map<String, Value> =
        items.iter().map(|item| (item.component.to_owned(), json!(item.attojoules.to_string()))).collect();
    let seconds = result.wall_seconds.max(1e-9);
    json!({
        "contract": ARITH_SPEC,
        "chip": chip.name,
        "inputs_sha256": result.inputs_sha256,
        "synapses": result.synapses,
        "cores": result.cores,
        "steps": result.elapsed.steps,
        "counts": result.counts,
        "merged_events": result.merged_events,
        "simulated_time_ps": result.elapsed.total_ps.to_string(),
        "clock_cycles": result.elapsed.cycles(&chip.timing).map(|c| c.to_string()),
        "longest_step_ps": result.elapsed.longest_ps,
        "overruns": result.elapsed.overruns,
        "energy_aj": energy,
        "energy_total_aj": work.attojoules().to_string(),
        "memory_bits": result.memory,
        "right": right(result).map(|(right, _)| right),
        "samples": right(result).map(|(_, all)| all),
        "answers": result.answers,
        "wall_seconds": result.wall_seconds,
        "synaptic_events_per_second": result.counts.core.synaptic_events as f64 / seconds,
    })
}

/// The report.
#[must_use]
pub fn report(title: &str, chip: &Chip, result: &CellResult, threads: usize) -> Report {
    let work = Work { chip, counts: result.counts, elapsed: result.elapsed, cores: result.cores };
    let mut report = Report { title: title.to_owned(), ..Report::default() };
    report.intro = vec![
        format!(
            "{} synapses on {} cores of `{}`.",
            quantity::count(u128::from(result.synapses)),
            result.cores,
            chip.name
        ),
        format!("Arithmetic contract {ARITH_SPEC}; inputs {}.", result.inputs_sha256),
    ];
    let mut figure = |label: &str, text: String, number: f64| {
        let label = label.to_owned();
        report.headlines.push(Headline { label, text, number: Some(number), ..Headline::default() });
    };
    if let Some((right, all)) = right(result) {
        let share = right as f64 / all.max(1) as f64;
        figure("samples right", format!("{right} of {all}"), share);
    }
    let spikes = result.counts.core.spikes;
    figure("spikes", quantity::count(u128::from(spikes)), spikes as f64);
    let ps = result.elapsed.total_ps;
    figure("simulated time", quantity::duration(ps), ps as f64 / 1e12);
    figure("energy", quantity::energy(work.attojoules()), work.attojoules() as f64 / 1e18);
    if result.merged_events > 0 {
        report.intro.push(format!(
            "{} events met an axon that was full and were merged.",
            quantity::count(u128::from(result.merged_events))
        ));
    }
    report.push(bill::counts("What it cost", &[("whole run", work)]));
    report.blocks.extend(bill::energy_blocks("Energy", &work));
    report.push(memory(result));
    report.push(bill::speed(&result.counts, result.wall_seconds, threads));
    report
}

fn memory(result: &CellResult) -> Table {
    let columns = ["core", "neurons", "axons", "synapses", "synapse memory", "traces", "learning", "total"];
    let row = |m: &[u64; 12]| {
        let total: u64 = m[4..].iter().sum();
        [m[0], m[1], m[2], m[3], m[6], m[10], m[11], total].map(|n| Cell::count(u128::from(n))).to_vec()
    };
    Table {
        title: "Memory of each core".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: result.memory.iter().map(row).collect(),
        notes: vec!["from `synapse memory` on: bits; every structure is in summary.json".to_owned()],
    }
}
