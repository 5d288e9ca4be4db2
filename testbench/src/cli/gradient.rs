//! `synfire gradient`: the rules of a classification against the gradient of its loss.
//!
//! Exit status 1 when a bar is missed: the report then says which, with its figure.

use super::error::CommandError;
use super::progress::say;
use super::{output, run};
use crate::classify::task::Task as Classification;
use crate::experiment::file::{Classify, ExperimentFile, Row, Task};
use crate::experiment::reference::{self, Opened};
use crate::float::agreement::report::{RowResult, report};
use crate::float::agreement::{chip, exact, layers};
use crate::report::model::Verdict;
use std::sync::atomic::{AtomicBool, Ordering};
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::network::Network;
use synfire_plasticity::config::ThirdFactor;

/// Measures every row of `experiment` with every seed, or with one.
///
/// # Errors
/// [`CommandError`].
pub fn gradient(
    experiment: &str,
    seed: Option<u32>,
    json: bool,
    interrupt: &AtomicBool,
) -> Result<(), CommandError> {
    let (file, opened) = run::open(experiment)?;
    let title = file.title.clone();
    let (mut settings, on) = labelled(file, &opened)?;
    if let Some(seed) = seed {
        settings.seeds = vec![seed];
    }
    let task = Classification::new(settings, on, opened)?;
    say("small networks: forward method, SuperSpike, delta rule");
    let exact = exact::run(1).map_err(|error| CommandError::Failed(error.to_string()))?;
    let mut rows = Vec::new();
    for row in &task.settings.rows {
        rows.push(self::row(&task, row, interrupt)?);
    }
    let presentations = format!(
        "Rules trained in real numbers for {} epochs on the training part, seeds {:?}.",
        task.settings.epochs, task.settings.seeds
    );
    let report = report(&title, exact, &rows, &presentations);
    output::print(&report, json)?;
    let missed = report.headlines.iter().find(|headline| headline.verdict == Verdict::Missed);
    match missed {
        Some(bar) => Err(CommandError::Failed(format!("{}: {}, {}", bar.label, bar.text, bar.note))),
        None => Ok(()),
    }
}

/// The classification that an experiment is, and its chip.
pub(super) fn labelled(file: ExperimentFile, opened: &Opened) -> Result<(Classify, Chip), CommandError> {
    let chip = reference::chip(&file.chip, opened)?;
    match file.task {
        Task::Classify(settings) => Ok((settings, chip)),
        Task::Patterns(_) | Task::SpikeTime(_) | Task::RateNetwork(_) | Task::Simulate(_) => {
            let problem = Diagnostic::new(format!("{}: the task has no labelled samples", opened.name));
            let allowed = "an experiment whose task is `Classify`";
            Err(Diagnostics::from(problem.noted("allowed", allowed)).into())
        }
    }
}

fn row(task: &Classification, row: &Row, interrupt: &AtomicBool) -> Result<RowResult, CommandError> {
    let mut result =
        RowResult { row: row.name.clone(), random_feedback: false, compartment: false, seeds: Vec::new() };
    for seed in &task.settings.seeds {
        let told = |what: &str| say(&format!("{}, seed {seed}: {what}", row.name));
        if interrupt.load(Ordering::Relaxed) {
            return Err(CommandError::Failed("interrupted; nothing was written".to_owned()));
        }
        let (network, measured) = layers::measure(task, row, *seed, &told)?;
        result.random_feedback = learns_by(&network, |f| matches!(f, ThirdFactor::Feedback { .. }));
        result.compartment = learns_by(&network, |f| matches!(f, ThirdFactor::Compartment { .. }));
        told("the chip against its float form");
        let chips = chip::compare(task, row, network, &measured.weights, *seed)?;
        result.seeds.push((*seed, measured, chips));
    }
    Ok(result)
}

/// Whether the third factor of a population is of a kind.
fn learns_by(network: &Network, kind: impl Fn(ThirdFactor) -> bool) -> bool {
    let learning = network.populations.iter().filter_map(|population| population.learning);
    learning.map(|learning| learning.third_factor).any(kind)
}
