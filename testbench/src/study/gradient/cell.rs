//! One cell of `synfire gradient`: a row measured with one seed.
//!
//! Promises: the result is a pure function of the experiment, the row and the seed. A cell takes seconds, so an
//! interrupted one ends at once and begins anew.

use super::chip::{self, ChipLayer};
use super::exercise::Exercise;
use super::layers::{self, Measured};
use crate::experiment::decides::Decides;
use crate::experiment::file::Row;
use crate::experiment::pool::{CellContext, Outcome, Progress, Work, failure};
use crate::report::model::Text;
use crate::tasks::classify::task::Task as Classification;
use crate::tasks::patterns::cell::Task as Patterns;
use serde::{Deserialize, Serialize};
use std::sync::atomic::AtomicBool;
use synfire_chip::files::Diagnostics;
use synfire_chip::network::Network;
use synfire_chip::run::checkpoint;
use synfire_chip::run::program::Program;
use synfire_plasticity::config::ThirdFactor;

/// An experiment whose rules have a gradient to be compared with.
pub enum Experiment {
    /// Labelled samples.
    Samples(Classification),
    /// Spike trains.
    Trains(Patterns),
}

impl Experiment {
    /// Its rows, and its seeds.
    #[must_use]
    pub fn rows_and_seeds(&self) -> (&[Row], &[u32]) {
        match self {
            Self::Samples(task) => (&task.settings.rows, &task.settings.seeds),
            Self::Trains(task) => (&task.settings.rows, &task.settings.seeds),
        }
    }

    /// What decides what is measured.
    #[must_use]
    pub fn decides(&self) -> &Decides {
        match self {
            Self::Samples(task) => &task.decides,
            Self::Trains(task) => &task.decides,
        }
    }

    /// What its rows change, where one of them changes something.
    #[must_use]
    pub fn changes(&self) -> Option<Text> {
        match self {
            Self::Samples(task) => task.rows().text(),
            Self::Trains(task) => task.rows().text(),
        }
    }

    /// What its rules learn from, in a sentence.
    #[must_use]
    pub fn presentations(&self) -> String {
        let (_, seeds) = self.rows_and_seeds();
        let (epochs, what) = match self {
            Self::Samples(task) => (task.settings.epochs, "the training part"),
            Self::Trains(task) => (task.settings.epochs, "the cases"),
        };
        format!("Rules trained in real numbers for {epochs} epochs on {what}, seeds {seeds:?}.")
    }

    fn exercise<'a>(&'a self, row: &'a Row, seed: u32) -> Result<Exercise<'a>, Diagnostics> {
        match self {
            Self::Samples(task) => Exercise::of_samples(task, row, seed),
            Self::Trains(task) => Exercise::of_trains(task, row, seed),
        }
    }
}

/// What a cell leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// Row's name.
    pub row: String,
    /// Seed.
    pub seed: u32,
    /// Whether hidden layers learn by random feedback.
    pub random_feedback: bool,
    /// Whether they have error compartments.
    pub compartment: bool,
    /// Rules against the gradient.
    pub measured: Measured,
    /// The chip against its own float form, by plastic projection.
    pub chips: Vec<ChipLayer>,
}

/// A cell at work.
pub struct Cell<'a> {
    exercise: Exercise<'a>,
    row: &'a Row,
    seed: u32,
}

impl<'a> Cell<'a> {
    /// Loads a row.
    ///
    /// # Errors
    /// When its files are wrong.
    pub fn new(experiment: &'a Experiment, row: &'a Row, seed: u32) -> Result<Self, Diagnostics> {
        Ok(Self { exercise: experiment.exercise(row, seed)?, row, seed })
    }
}

impl Work for Cell<'_> {
    type State = ();
    type Result = CellResult;

    fn prepare(&mut self, interrupt: &AtomicBool) -> bool {
        self.exercise.draw(interrupt)
    }

    fn fingerprint(&self) -> [u8; 32] {
        // What is presented says the data, the encoders, the targets and the schedule.
        let Exercise { chip, network, epochs, .. } = &self.exercise;
        let shown: Vec<Program> =
            [0, *epochs].iter().flat_map(|e| self.exercise.epoch(*e, usize::MAX)).collect();
        checkpoint::fingerprint(&(network, format!("{chip:?}"), epochs, shown, self.seed))
    }

    fn units(&self) -> u64 {
        1
    }

    fn describe(result: &CellResult) -> String {
        let hidden = result.measured.layers.iter().filter(|layer| !layer.readout);
        match hidden.filter_map(|layer| layer.after.cosine).reduce(f64::min) {
            Some(least) => format!("least cosine of a hidden layer {least:.2}"),
            None => "no hidden layer learns".to_owned(),
        }
    }

    fn fits(&mut self, _state: ()) -> Result<(), String> {
        Ok(())
    }

    fn run(
        &mut self,
        _state: Option<()>,
        context: &CellContext<'_, ()>,
    ) -> Result<Outcome<(), CellResult>, String> {
        let told = |message: &str| (context.progress)(Progress { units: 0, message });
        let measured = layers::measure(&self.exercise, &told, context.interrupt);
        let Some(measured) = measured.map_err(|problems| failure(&problems))? else {
            return Ok(Outcome::Interrupted(Box::new(())));
        };
        told("the chip against its float form");
        let Some(chips) = chip::compare(&self.exercise, &measured.weights, context.interrupt)? else {
            return Ok(Outcome::Interrupted(Box::new(())));
        };
        (context.progress)(Progress { units: 1, message: "" });
        let learns = |kind: fn(ThirdFactor) -> bool| learns_by(&self.exercise.network, kind);
        Ok(Outcome::Finished(Box::new(CellResult {
            row: self.row.name.clone(),
            seed: self.seed,
            random_feedback: learns(|factor| matches!(factor, ThirdFactor::Feedback { .. })),
            compartment: learns(|factor| matches!(factor, ThirdFactor::Compartment { .. })),
            measured,
            chips,
        })))
    }
}

/// Whether the third factor of a population is of a kind.
fn learns_by(network: &Network, kind: fn(ThirdFactor) -> bool) -> bool {
    let learning = network.populations.iter().filter_map(|population| population.learning);
    learning.map(|learning| learning.third_factor).any(kind)
}
