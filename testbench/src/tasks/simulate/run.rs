//! The report and `summary.json` of a simulation.
//!
//! Promises: everything that depends on the machine the simulator runs on stands under `simulator`; all else is a
//! function of the inputs. Fields are described in `docs/formats.md`, "Outputs".

use super::cell::{CellResult, InputFile};
use crate::architect::bill::{self, Work};
use crate::report::model::{Cell, Headline, Report};
use crate::report::quantity;
use serde::Serialize;
use std::collections::BTreeMap;
use synfire_chip::chip::Chip;
use synfire_chip::cost::counters::NodeCounts;
use synfire_core::ARITH_SPEC;

/// Format name of `summary.json`.
const FORMAT: &str = "synfire-summary/1";
/// Names of the fields of a core's memory, in the order of `CoreMemory::values`.
const MEMORY: [&str; 12] = [
    "core",
    "neurons",
    "axons",
    "synapses",
    "neuron_state_bits",
    "neuron_parameter_bits",
    "synapse_bits",
    "axon_table_bits",
    "arrival_bits",
    "routing_bits",
    "trace_bits",
    "learning_bits",
];

/// Content of `summary.json`.
#[derive(Debug, Serialize)]
pub struct Summary {
    format: &'static str,
    title: String,
    contract: &'static str,
    chip: String,
    network: String,
    seed: u32,
    inputs_sha256: String,
    inputs: Vec<InputFile>,
    outputs: Vec<String>,
    steps: u64,
    neurons: u64,
    synapses: u64,
    cores: usize,
    counts: NodeCounts,
    merged_events: u64,
    time: Time,
    energy: EnergyBill,
    memory: Vec<BTreeMap<&'static str, u64>>,
    samples: Option<Score>,
    simulator: Simulator,
}

#[derive(Debug, Serialize)]
struct Time {
    total_ps: u128,
    longest_step_ps: u64,
    clock_cycles: Option<u128>,
    steps_over_tick: u64,
}

#[derive(Debug, Serialize)]
struct EnergyBill {
    total_aj: u128,
    by_component_aj: BTreeMap<&'static str, u128>,
}

#[derive(Debug, Serialize)]
struct Score {
    count: usize,
    right: Option<usize>,
    accuracy: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Simulator {
    threads: usize,
    wall_seconds: f64,
    synaptic_events_per_second: f64,
    steps_per_second: f64,
}

/// Samples answered right, where there are labels.
fn right(result: &CellResult) -> Option<usize> {
    let pairs = result.answers.iter().zip(&result.labels);
    let right = pairs.filter(|(answer, label)| **answer == u32::from(**label)).count();
    (!result.labels.is_empty()).then_some(right)
}

fn work<'a>(chip: &'a Chip, result: &CellResult) -> Work<'a> {
    Work::of(chip, result.costs.whole(), result.memory.len())
}

/// The summary of a run.
#[must_use]
pub fn summary(title: &str, chip: &Chip, result: &CellResult, threads: usize) -> Summary {
    let work = work(chip, result);
    let seconds = result.wall_seconds.max(1e-9);
    let count = result.answers.len();
    let right = right(result);
    let score = Score { count, right, accuracy: right.map(|right| right as f64 / count.max(1) as f64) };
    Summary {
        format: FORMAT,
        title: title.to_owned(),
        contract: ARITH_SPEC,
        chip: chip.name.clone(),
        network: result.network.0.clone(),
        seed: result.network.1,
        inputs_sha256: result.inputs_sha256.clone(),
        inputs: result.inputs.clone(),
        outputs: result.outputs.clone(),
        steps: work.elapsed.steps,
        neurons: result.size.0,
        synapses: result.size.1,
        cores: result.memory.len(),
        counts: work.counts,
        merged_events: result.merged_events,
        time: Time {
            total_ps: work.elapsed.total_ps,
            longest_step_ps: work.elapsed.longest_ps,
            clock_cycles: work.elapsed.cycles(&chip.timing),
            steps_over_tick: work.elapsed.overruns,
        },
        energy: EnergyBill { total_aj: work.attojoules(), by_component_aj: work.bill().by_component() },
        memory: result.memory.iter().map(|values| MEMORY.into_iter().zip(*values).collect()).collect(),
        samples: (count > 0).then_some(score),
        simulator: Simulator {
            threads,
            wall_seconds: result.wall_seconds,
            synaptic_events_per_second: work.counts.core.synaptic_events as f64 / seconds,
            steps_per_second: work.elapsed.steps as f64 / seconds,
        },
    }
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
        format!("Written beside this report: summary.json, {}.", result.outputs.join(", ")),
    ];
    let mut figure = |label: &str, figure: Cell| {
        let (label, Cell { text, number }) = (label.to_owned(), figure);
        report.headlines.push(Headline { label, text, number, ..Headline::default() });
    };
    if let Some(right) = right(result) {
        let all = result.labels.len();
        let share = right as f64 / all.max(1) as f64;
        figure("samples right", Cell::number(share, format!("{right} of {all}")));
    }
    figure("spikes", Cell::count(u128::from(work.counts.core.spikes)));
    figure("simulated time", work.time(1));
    figure("energy", work.energy(1));
    if result.merged_events > 0 {
        report.intro.push(format!(
            "{} events met an axon that was full and were merged.",
            quantity::count(u128::from(result.merged_events))
        ));
    }
    report.push(bill::counts("What it cost", &[("whole run", work)]));
    report.blocks.extend(bill::energy_blocks("Energy", &work));
    report.push(bill::memory("Memory of each core, bits", &result.memory));
    report.push(bill::speed(&work.counts, result.wall_seconds, threads));
    report
}
