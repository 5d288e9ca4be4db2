//! Consecutive samples: control events at their steps, answers of the readout.
//!
//! Step 0 of a sample: `clear` (where asked for), learning off, and with labels one target a channel; step
//! `learn_from`: learning on. The answer is the class with the largest sum of compared membranes over the sample, or,
//! where it is learned from, over its steps up to `learn_from`: later membranes may know the label. The lowest class
//! among equals.
//!
//! Promises: nothing here depends on how many steps are run at a time; no answer depends on the sample's own label.
//! Absent on purpose: features (they are stimuli), training protocols with epochs (`classify`).

use super::file::{SampleSchedule, Simulate};
use crate::experiment::check::target;
use crate::experiment::origin::Origin;
use crate::formats::ArrayError;
use crate::formats::npy::IntegerRows;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::network::Network;
use synfire_chip::run::probe::Recording;
use synfire_chip::run::program::Control;

/// A checked schedule.
pub struct Samples {
    /// Steps of each sample.
    pub steps: u32,
    clear: bool,
    learn_from: Option<u32>,
    /// Steps of a sample over which the readout is summed, 0..`answer`; `None`: the label acts before anything of the
    /// sample has arrived, so no answer is given.
    answer: Option<u32>,
    /// Whether a file of control events switches learning on.
    by_file: bool,
    /// Label of each sample; empty without labels.
    pub labels: Vec<u8>,
    /// Readout population, where one is named.
    pub readout: Option<usize>,
    /// Its first broadcast channel and its channels; none without `readout` errors in the network.
    channels: (u16, u16),
    /// Target lanes of the right class and of the others.
    targets: (i32, i32),
}

/// Sums of the sample under way, and the answers so far.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Answers {
    sums: Vec<i64>,
    /// Answer of each finished sample.
    pub given: Vec<u32>,
}

impl Samples {
    /// Checks a schedule against the run and the network; also says which files were read.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(
        settings: &Simulate,
        network: &Network,
        origin: &Origin,
    ) -> Result<Option<(Self, Vec<PathBuf>)>, Diagnostics> {
        let Some(file) = &settings.samples else { return Ok(None) };
        check_numbers(settings, file, origin)?;
        let names = || network.populations.iter().map(|p| p.name.as_str());
        let named = |name: &String| {
            let unknown = || origin.unknown("samples.readout", "population", name, names());
            network.population(name).ok_or_else(unknown)
        };
        let readout = file.readout.as_ref().map(named).transpose()?;
        let mut samples = Self {
            steps: file.steps,
            clear: file.clear,
            learn_from: file.learn_from,
            // The error of step `learn_from` changes weights after it, and membranes later still.
            answer: match file.learn_from {
                Some(from) => (from > 0).then_some(from + 1),
                None => Some(file.steps),
            },
            by_file: false,
            labels: Vec::new(),
            readout,
            channels: (0, 0),
            targets: (0, 0),
        };
        let Some(labels) = &file.labels else { return Ok(Some((samples, Vec::new()))) };
        let Some(readout) = readout else {
            let problem = origin.at("samples.labels", "`labels` without `readout`");
            return Err(problem.labelled("whose neurons are the classes?").into());
        };
        let population = &network.populations[readout];
        if let Some(errors) = population.readout {
            samples.channels = (errors.first_channel, population.neurons as u16);
            let lane = |field: &str, value| target(origin, field, value, network);
            samples.targets = (lane("samples.right", file.right)?, lane("samples.wrong", file.wrong)?);
        } else if file.learn_from.is_some() {
            let title = format!("population `{}` forms no errors to learn from", population.name);
            let problem = origin.at("samples.readout", title);
            return Err(problem.noted("allowed", "a population with `readout` in the network").into());
        }
        let path = origin.path(labels);
        let count = settings.steps / u64::from(file.steps);
        samples.labels = read_labels(&path, count, population.neurons)
            .map_err(|error| origin.array("samples.labels", error))?;
        Ok(Some((samples, vec![path])))
    }

    /// A file of control events switches learning on, whose targets may be the labels: no answer is free of them.
    pub fn learned_by_file(&mut self) {
        (self.answer, self.by_file) = (None, true);
    }

    /// Whether the samples are learned from.
    #[must_use]
    pub fn learn(&self) -> bool {
        self.learn_from.is_some()
    }

    /// Control events of `step`, in their order.
    pub fn control(&self, step: u32, control: &mut Vec<Control>) {
        let (sample, within) = (step / self.steps, step % self.steps);
        if within == 0 {
            if self.clear {
                control.push(Control::Clear);
            }
            if self.learn_from.is_some() {
                control.push(Control::Learn(false));
            }
            if let Some(label) = self.labels.get(sample as usize) {
                for class in 0..self.channels.1 {
                    let value = if class == u16::from(*label) { self.targets.0 } else { self.targets.1 };
                    control.push(Control::Target { channel: self.channels.0 + class, value });
                }
            }
        }
        if self.learn_from == Some(within) {
            control.push(Control::Learn(true));
        }
    }

    /// When answers are read, or why there are none: a sentence for the report. `None` without a readout.
    #[must_use]
    pub fn answering(&self) -> Option<String> {
        self.readout?;
        if self.by_file {
            let text = "No accuracy: a file of control events switches learning on, and its targets may be the labels.";
            return Some(text.to_owned());
        }
        Some(match (self.learn_from, self.answer) {
            (None, _) => "Answers are summed over all steps of a sample; nothing is learned.".to_owned(),
            (Some(from), Some(_)) => format!(
                "Answers are summed over steps 0 to {from} of a sample, before its label can reach a membrane; labels of \
                 earlier samples have been learned from."
            ),
            (Some(from), None) => format!(
                "No accuracy: errors are formed from step {from} of a sample on, so no membrane that has seen the sample \
                 is free of its label. A later `learn_from` leaves steps to answer in."
            ),
        })
    }

    /// Adds what the readout showed to the sums of its sample, and answers where a sample ended.
    pub fn decide(&self, shown: &Recording, answers: &mut Answers) {
        let Some(until) = self.answer else { return };
        for (row, step) in shown.steps.iter().enumerate() {
            let within = (step % u64::from(self.steps)) as u32;
            if within == 0 {
                answers.sums = vec![0; shown.columns];
            }
            if within < until {
                answers.sums.iter_mut().zip(shown.row(row)).for_each(|(sum, u)| *sum += i64::from(*u));
            }
            if within + 1 == self.steps {
                // The first of equals: the last that the reversed search sees.
                let sums = &answers.sums;
                let answer = (0..sums.len()).rev().max_by_key(|class| sums[*class]).unwrap_or(0);
                answers.given.push(answer as u32);
            }
        }
    }
}

fn check_numbers(settings: &Simulate, file: &SampleSchedule, origin: &Origin) -> Result<(), Diagnostics> {
    let mut problems: Vec<Diagnostic> = Vec::new();
    let mut expect = |holds: bool, field: &str, title: &str, found: String, allowed: String| {
        if !holds {
            let problem = origin.at(&format!("samples.{field}"), title);
            problems.push(problem.labelled(format!("found {found}")).noted("allowed", allowed));
        }
    };
    let (steps, all) = (u64::from(file.steps), settings.steps);
    expect(
        steps > 0 && all.is_multiple_of(steps),
        "steps",
        "the run is no whole number of samples",
        steps.to_string(),
        format!("a divisor of `steps`, which is {all}"),
    );
    if let Some(from) = file.learn_from {
        expect(
            from < file.steps,
            "learn_from",
            "`learn_from` is after the last step of a sample",
            from.to_string(),
            format!("0..={} (`samples.steps`)", file.steps.saturating_sub(1)),
        );
        expect(
            file.labels.is_some(),
            "learn_from",
            "`learn_from` without `labels`",
            from.to_string(),
            "learning needs the targets that labels set".to_owned(),
        );
    }
    Diagnostics::or(problems, ())
}

fn read_labels(path: &std::path::Path, samples: u64, classes: u32) -> Result<Vec<u8>, ArrayError> {
    let rows = IntegerRows::open(path)?;
    rows.expect(&[Some(samples)], "one label a sample, `steps` / `samples.steps`")?;
    let mut labels = Vec::new();
    let last = i64::from(classes.min(256)) - 1;
    rows.each_in(0, last, "label", |label| labels.push(label as u8))?;
    Ok(labels)
}
