//! The report and `summary.json` of a simulation.
//!
//! Promises: everything that depends on the machine the simulator runs on stands under `simulator`; all else is a
//! function of the inputs. Fields are described in `docs/formats.md`, "Outputs".

use super::cell::CellResult;
use crate::architect::bill::{self, Work};
use crate::architect::page;
use crate::architect::summary::{Part, Parts, Presentations};
use crate::experiment::kind::Document;
use crate::experiment::pool::PoolError;
use crate::report::model::{Headline, Report, TableCell};
use crate::report::quantity;
use serde_json::json;
use synfire_chip::chip::Chip;
use synfire_core::ARITH_SPEC;

/// Samples answered right, where there are labels.
fn right(result: &CellResult) -> Option<usize> {
    let pairs = result.answers.iter().zip(&result.labels);
    let right = pairs.filter(|(answer, label)| **answer == u32::from(**label)).count();
    (!result.labels.is_empty() && !result.answers.is_empty()).then_some(right)
}

/// The names of the files written.
fn outputs(result: &CellResult) -> Vec<&str> {
    result.outputs.iter().map(|output| output.file.as_str()).collect()
}

fn work<'a>(chip: &'a Chip, result: &CellResult) -> Work<'a> {
    Work::of(chip, result.costs.whole(), result.memory.len())
}

/// The summary of a run, and its tables.
///
/// # Errors
/// When it cannot be put into words.
pub fn documents(
    title: &str,
    chip: &Chip,
    result: &CellResult,
    threads: usize,
) -> Result<Vec<Document>, PoolError> {
    let (count, right) = (result.answers.len(), right(result));
    let accuracy = right.map(|right| right as f64 / count.max(1) as f64);
    let samples = (count > 0).then(|| json!({ "count": count, "right": right, "accuracy": accuracy }));
    let about = [
        ("network", json!(result.network.0)),
        ("seed", json!(result.network.1)),
        ("inputs_sha256", json!(result.inputs_sha256)),
        ("inputs", json!(result.inputs)),
        ("outputs", json!(outputs(result))),
        ("neurons", json!(result.size.0)),
        ("synapses", json!(result.size.1)),
        ("merged_events", json!(result.merged_events)),
        ("samples", json!(samples)),
    ];
    let part = Part {
        name: result.network.0.clone(),
        seed: result.network.1,
        chip,
        cores: result.memory.len(),
        presentations: Presentations::of_all(&result.costs, count as u64),
        score: accuracy,
        wall_seconds: Some(result.wall_seconds),
        costs: result.costs.clone(),
        detail: Some(&result.detail),
    };
    let parts = Parts::new(title, chip, threads);
    Parts { parts: vec![part], memory: &result.memory, about: about.into(), ..parts }.documents()
}

/// The report.
#[must_use]
pub fn report(title: &str, chip: &Chip, result: &CellResult, threads: usize) -> Report {
    let work = work(chip, result);
    let mut report = Report { title: title.to_owned(), ..Report::default() };
    report.intro = vec![
        format!(
            "`{}`: {} neurons, {} synapses; {} of `{}`.",
            result.network.0,
            quantity::count(u128::from(result.size.0)),
            quantity::count(u128::from(result.size.1)),
            match result.memory.len() {
                1 => "1 core".to_owned(),
                cores => format!("{cores} cores"),
            },
            chip.name
        ),
        format!("Arithmetic contract {ARITH_SPEC}; inputs {}.", result.inputs_sha256),
        format!("Written beside this report: summary.json, {}.", outputs(result).join(", ")),
    ];
    report.intro.extend(result.answering.clone());
    let mut figure = |label: &str, figure: TableCell| {
        let (label, TableCell { text, number }) = (label.to_owned(), figure);
        report.headlines.push(Headline { label, text, number, ..Headline::default() });
    };
    if let Some(right) = right(result) {
        let all = result.labels.len();
        let share = right as f64 / all.max(1) as f64;
        figure("samples right", TableCell::number(share, format!("{right} of {all}")));
    }
    figure("spikes", TableCell::count(u128::from(work.counts.core.spikes)));
    figure("simulated time", work.time(1));
    figure("energy", work.energy(1));
    if result.merged_events > 0 {
        report.intro.push(format!(
            "{} events met an axon that was full and were merged.",
            quantity::count(u128::from(result.merged_events))
        ));
    }
    report.push(bill::counts("What it cost", &bill::stages(chip, &result.costs, work.cores)));
    report.blocks.extend(bill::energy_blocks("Energy", &work));
    report.push(bill::memory("Memory of each core, bits", &result.memory));
    report.push(bill::speed(&work.counts, result.wall_seconds, threads));
    report.details = page::blocks(&format!("`{}`", result.network.0), &result.detail, chip);
    report
}
