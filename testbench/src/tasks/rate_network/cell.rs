//! One cell: a network trained with one seed, deployed in every store and length.
//!
//! Promises: the result is a pure function of settings, row, data and seed; a cell that goes on from a [`State`] ends with
//! the result of one that never stopped.

use super::deploy::{Deployed, Form};
use super::file::{RateNetwork, RateNetworkRow};
use super::network::RateNet;
use super::{check, normalise, train};
use crate::data::Samples;
use crate::data::set::Content;
use crate::data::split::{self, Parts};
use crate::experiment::effort;
use crate::experiment::file::Data;
use crate::experiment::hashed::HashedFile;
use crate::experiment::labelled;
use crate::experiment::origin::Origin;
use crate::experiment::pool::{CellContext, Outcome, Progress, Work, failure};
use crate::experiment::portable::{Portable, Taken};
use crate::experiment::record::records::Records;
use crate::experiment::reference::Opened;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Instant;
use synfire_chip::chip::Chip;
use synfire_chip::cost::detail::Detail;
use synfire_chip::cost::stage::Costs;
use synfire_chip::files::{Diagnostic, Diagnostics, Root};
use synfire_chip::run::checkpoint;

/// A rate-network experiment with what it refers to.
pub struct Task {
    /// The file's settings.
    pub settings: RateNetwork,
    /// The chip.
    pub chip: Chip,
    /// The data.
    pub samples: Samples,
    /// How many of the last steps of what the report shows in detail are kept, each by itself.
    pub step_rows: u32,
    /// How much work all its cells are expected to be.
    pub effort: f64,
    /// Files that are recorded of it.
    files: Vec<String>,
    place: Origin,
}

impl Task {
    /// Loads the data and checks the file's numbers, and that a network can be deployed everywhere.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(settings: RateNetwork, chip: Chip, origin: &Opened) -> Result<Self, Diagnostics> {
        // It makes its networks itself: there is no file of one.
        origin.expect(&[Root::Chip, Root::Experiment])?;
        let place = Origin::new(origin);
        check::numbers(&settings, &chip, &place)?;
        let data = match settings.data {
            Data::Digits | Data::Npy { .. } => labelled::load(&settings.data, &place)?,
            _ => None,
        };
        let Some(Content::Features(samples)) = data.as_ref().map(|data| &data.content) else {
            let title = "the data set has no features: its samples are spikes already";
            return Err(place.at("data", title).noted("allowed", "`Digits` or `Npy(..)`").into());
        };
        let (step_rows, mut files) = (origin.step_rows, Vec::new());
        let samples = samples.clone();
        let mut task = Self { settings, chip, samples, step_rows, effort: 0.0, files: Vec::new(), place };
        let seed = task.settings.seeds[0];
        let Parts { kept, held_out } = task.parts(seed)?;
        let RateNetwork { epochs, hidden, seeds, rows, .. } = &task.settings;
        let products =
            kept.len() as f64 * f64::from(*hidden) * (task.samples.width + task.samples.classes) as f64;
        let mut effort = rows.len() as f64 * effort::of_products(f64::from(*epochs) * products);
        for (index, row) in task.settings.rows.iter().enumerate() {
            let scaled = task.scaled(row, &task.start(seed).network, &kept);
            for form in task.forms(row) {
                let at_row = |problems: Diagnostics| {
                    let place = task.place.at(&format!("rows[{index}]"), "").place;
                    problems.each(|problem| Diagnostic { place: place.clone(), ..problem })
                };
                let deployed = task.deployed(&scaled, form, seed).map_err(at_row)?;
                let steps = held_out.len() as f64 * f64::from(form.steps);
                effort += steps * effort::of_step(&deployed.network, &task.chip);
                if task.shows(row, seed, form) {
                    files = task.records(&deployed, form, held_out.len())?.names();
                }
            }
        }
        task.effort = effort * seeds.len() as f64;
        task.files = files;
        Ok(task)
    }

    /// Training part and scored part of one seed.
    ///
    /// # Errors
    /// When a part would be empty.
    pub fn parts(&self, seed: u32) -> Result<Parts, Diagnostics> {
        let Samples { labels, classes, .. } = &self.samples;
        let invalid = |field: &'static str| {
            move |e: crate::data::DataError| Diagnostics::from(self.place.at(field, e.to_string()))
        };
        let parts = split::test_part(labels, *classes, self.settings.test_per_mille, seed)
            .map_err(invalid("test_per_mille"))?;
        match self.settings.validate_per_mille {
            None => Ok(parts),
            Some(share) => split::validation_part(labels, *classes, &parts.kept, share, seed)
                .map_err(invalid("validate_per_mille")),
        }
    }

    /// What a row is deployed with: every store, and in it every length.
    pub fn forms(&self, row: &RateNetworkRow) -> impl Iterator<Item = Form> {
        let (encoder, initial_membrane) = (row.encoder, row.initial_membrane);
        let form = move |(bits, steps)| Form { encoder, initial_membrane, bits, steps };
        let RateNetwork { stores, steps, .. } = &self.settings;
        stores.iter().flat_map(|bits| steps.iter().map(move |steps| (*bits, *steps))).map(form)
    }

    /// What the report shows in detail: of the first row and seed the longest presentation in the first store.
    fn shows(&self, row: &RateNetworkRow, seed: u32, form: Form) -> bool {
        let RateNetwork { rows, seeds, .. } = &self.settings;
        let first = rows.first().is_some_and(|first| first.name == row.name) && seeds.first() == Some(&seed);
        first && self.is_longest((form.bits, form.steps))
    }

    /// Whether a store and a length are the first of the stores and the longest.
    #[must_use]
    pub fn is_longest(&self, (bits, steps): (u8, u32)) -> bool {
        let RateNetwork { stores, steps: lengths, .. } = &self.settings;
        stores.first() == Some(&bits) && lengths.iter().max() == Some(&steps)
    }

    fn start(&self, seed: u32) -> train::State {
        train::start(self.samples.width, self.settings.hidden as usize, self.samples.classes, seed)
    }

    fn scaled(&self, row: &RateNetworkRow, network: &RateNet, kept: &[u32]) -> RateNet {
        let rate = f64::from(row.encoder.form_and_rate().1) / 1000.0;
        normalise::normalised(network, (&self.samples, kept), row.percentile_per_mille, rate)
    }

    /// What is recorded of what the report shows in detail, over so many samples.
    fn records(&self, of: &Deployed, form: Form, samples: usize) -> Result<Records, Diagnostics> {
        let steps = samples as u64 * u64::from(form.steps);
        Records::new(self.settings.records(), false, &of.network, steps, &self.place)
    }

    fn deployed(&self, scaled: &RateNet, form: Form, seed: u32) -> Result<Deployed, Diagnostics> {
        Deployed::new(scaled, form, self.samples.largest(), &self.chip, seed)
    }

    /// The same of a network that was trained for a row.
    fn deployed_of(
        &self,
        row: &RateNetworkRow,
        scaled: &RateNet,
        form: Form,
        seed: u32,
    ) -> Result<Deployed, Diagnostics> {
        let rows = self.settings.rows.iter().map(|row| row.name.as_str());
        self.deployed(scaled, form, seed)
            .map_err(|problems| self.place.trained(rows, &row.name, seed, problems))
    }
}

/// How a network does on the chip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnChip {
    /// Bits of the weight stores.
    pub bits: u8,
    /// Steps of a presentation.
    pub steps: u32,
    /// Right answers.
    pub correct: u32,
    /// What all presentations cost: inference alone.
    pub costs: Costs,
    /// Cores in use.
    pub cores: usize,
}

/// What a cell leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// Row's name.
    pub row: String,
    /// Seed.
    pub seed: u32,
    /// Mean loss of each epoch.
    pub losses: Vec<f64>,
    /// Right answers of the trained network itself.
    pub correct: u32,
    /// Samples that are scored.
    pub samples: u32,
    /// On the chip, by store and length.
    pub on_chip: Vec<OnChip>,
    /// What was seen in detail of the one that the report shows.
    #[serde(default)]
    pub detail: Option<Box<Detail>>,
    /// Wall time since the cell was begun or gone on with.
    pub wall_seconds: f64,
    /// Files written beside it.
    #[serde(default)]
    pub outputs: Vec<HashedFile>,
}

/// Where a cell is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {
    training: Option<train::State>,
    on_chip: Vec<OnChip>,
    shown: Shown,
}

/// What is left of the one form that the report shows in detail.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Shown {
    detail: Option<Box<Detail>>,
    /// Files that were recorded of it.
    outputs: Vec<HashedFile>,
}

/// A cell at work.
pub struct Cell<'a> {
    task: &'a Task,
    row: &'a RateNetworkRow,
    seed: u32,
    parts: Parts,
}

impl<'a> Cell<'a> {
    /// Divides the data.
    ///
    /// # Errors
    /// As [`Task::parts`].
    pub fn new(task: &'a Task, row: &'a RateNetworkRow, seed: u32) -> Result<Self, Diagnostics> {
        Ok(Self { task, row, seed, parts: task.parts(seed)? })
    }

    /// The trained network on the chip in the form that the report shows, and the first scored samples; it is trained off the
    /// chip, so that before its first step its weights are those after it.
    ///
    /// # Errors
    /// When it does not fit the chip.
    pub(super) fn portable<'p>(self, what: Taken) -> Result<Portable<'p>, Diagnostics> {
        let Self { task, row, seed, parts } = self;
        let mut training = task.start(seed);
        while training.losses.len() < task.settings.epochs as usize {
            training.epoch(&task.settings, row, (&task.samples, &parts.kept), seed);
        }
        let scaled = task.scaled(row, &training.network, &parts.kept);
        let form = task.forms(row).find(|form| task.is_longest((form.bits, form.steps)));
        let form = form.ok_or_else(|| Diagnostic::new("no store or no length to deploy with"))?;
        let deployed = task.deployed_of(row, &scaled, form, seed)?;
        let shown = parts.held_out.len().min(what.presentations as usize);
        let samples = parts.held_out[..shown].iter();
        let program = samples.flat_map(|&sample| deployed.program(task.samples.row(sample as usize), sample));
        let program = program.collect();
        let stimulus = format!("the first {shown} scored samples, after training off the chip");
        Ok(Portable::of_program(deployed.network, deployed.observed.machine, program, stimulus))
    }

    fn on_chip(&self, scaled: &RateNet, form: Form, left: &mut Shown, out: &Path) -> Result<OnChip, String> {
        let deployed = self.task.deployed_of(self.row, scaled, form, self.seed);
        let mut deployed = deployed.map_err(|problems| failure(&problems))?;
        let shown = self.task.shows(self.row, self.seed, form);
        if shown {
            deployed.observed.keep_steps(self.task.step_rows);
            let records = self.task.records(&deployed, form, self.parts.held_out.len());
            deployed.observed.record(&deployed.network, records.map_err(|problems| failure(&problems))?);
            deployed.observed.open(out, &deployed.network)?;
        }
        let correct = deployed.correct(&self.task.samples, &self.parts.held_out)?;
        let (costs, cores) = (deployed.observed.costs.costs(), deployed.observed.machine.nodes.len());
        if shown {
            left.detail = Some(Box::new(deployed.observed.detail(&deployed.network)));
            left.outputs = deployed.observed.finish()?;
        }
        Ok(OnChip { bits: form.bits, steps: form.steps, correct, costs, cores })
    }
}

impl Work for Cell<'_> {
    type State = State;
    type Result = CellResult;

    fn fingerprint(&self) -> [u8; 32] {
        // Everything but which other rows and seeds there are.
        let (rows, seeds, quick) = (Vec::new(), Vec::new(), None);
        let settings = RateNetwork { rows, seeds, quick, ..self.task.settings.clone() };
        let settings = format!("{settings:?}, {:?}, {:?}, {}", self.row, self.task.chip, self.task.step_rows);
        let Samples { features, labels, .. } = &self.task.samples;
        checkpoint::fingerprint(&(settings, features, labels, self.seed))
    }

    fn units(&self) -> u64 {
        u64::from(self.task.settings.epochs) + self.task.forms(self.row).count() as u64
    }

    fn outputs(&self) -> Vec<String> {
        let shown = self.task.forms(self.row).any(|form| self.task.shows(self.row, self.seed, form));
        if shown { self.task.files.clone() } else { Vec::new() }
    }

    fn written(state: &State) -> &[HashedFile] {
        &state.shown.outputs
    }

    fn left(result: &CellResult) -> &[HashedFile] {
        &result.outputs
    }

    fn describe(result: &CellResult) -> String {
        let percent = |correct: u32| 100.0 * f64::from(correct) / f64::from(result.samples.max(1));
        let best = result.on_chip.iter().map(|form| form.correct).max().unwrap_or(0);
        format!("{:.2} % off the chip, at most {:.2} % on it", percent(result.correct), percent(best))
    }

    fn fits(&mut self, state: State) -> Result<(), String> {
        let network = self.task.start(self.seed).network;
        match state.training {
            Some(training) if !training.is_of(&network) => {
                Err("the training of a network of another shape".to_owned())
            }
            _ => Ok(()),
        }
    }

    fn run(
        &mut self,
        state: Option<State>,
        context: &CellContext<'_, State>,
    ) -> Result<Outcome<State, CellResult>, String> {
        let started = Instant::now();
        let mut saved = Instant::now();
        let State { training, mut on_chip, mut shown } = state.unwrap_or_default();
        let mut training = training.unwrap_or_else(|| self.task.start(self.seed));
        let (settings, samples) = (&self.task.settings, &self.task.samples);
        let mut stop = |training: &train::State, on_chip: &[OnChip], shown: &Shown, message: &str| {
            (context.progress)(Progress { units: 1, message });
            let state = || State {
                training: Some(training.clone()),
                on_chip: on_chip.to_vec(),
                shown: shown.clone(),
            };
            let stop = context.interrupt.load(Ordering::Relaxed);
            if !stop && saved.elapsed() >= context.save_every {
                (context.save)(&state());
                saved = Instant::now();
            }
            stop.then(state)
        };
        while training.losses.len() < settings.epochs as usize {
            training.epoch(settings, self.row, (samples, &self.parts.kept), self.seed);
            let message = format!("epoch {}", training.losses.len());
            if let Some(state) = stop(&training, &on_chip, &shown, &message) {
                return Ok(Outcome::Interrupted(Box::new(state)));
            }
        }
        let scaled = self.task.scaled(self.row, &training.network, &self.parts.kept);
        for form in self.task.forms(self.row).skip(on_chip.len()) {
            on_chip.push(self.on_chip(&scaled, form, &mut shown, context.out)?);
            let message = format!("{} bits, {} steps", form.bits, form.steps);
            if let Some(state) = stop(&training, &on_chip, &shown, &message) {
                return Ok(Outcome::Interrupted(Box::new(state)));
            }
        }
        let held_out = &self.parts.held_out;
        Ok(Outcome::Finished(Box::new(CellResult {
            row: self.row.name.clone(),
            seed: self.seed,
            correct: train::correct(&training.network, samples, held_out),
            samples: held_out.len() as u32,
            losses: training.losses,
            on_chip,
            detail: shown.detail,
            outputs: shown.outputs,
            wall_seconds: started.elapsed().as_secs_f64(),
        })))
    }
}
