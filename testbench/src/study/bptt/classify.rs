//! Training a classification off the chip, by back-propagation through time: the yardstick of the local rules.
//!
//! The network, splits, presentations, epochs and the epochs after which rates are halved are the experiment's; the
//! weights start where the chip's start. What replaces the rules is the gradient of the readouts' errors, and plain
//! descent or Adam. At the end the weights are rounded into stores of a chip, which then tests them.
//!
//! Promises: a pure function of experiment, row, settings and seed; a training that goes on from a [`State`] ends with
//! the numbers of one that never stopped; the last epoch counts. Absent on purpose: learning on the chip.

use crate::data::encode::Presentation;
use crate::data::split::{self, Parts};
use crate::experiment::file::{Row, shift_offset};
use crate::experiment::pool::{CellContext, Outcome, Progress, Work};
use crate::reference::float::bptt::{Bptt, ResetTerm};
use crate::reference::float::optimiser::{Moments, Optimiser};
use crate::reference::float::trial::Trial;
use crate::reference::float::units::power;
use crate::reference::float::unrolled::{NoGradient, Unrolled};
use crate::study::bptt::deploy::{self, Deployed};
use crate::tasks::classify::answers::{EpochScore, WhileTraining};
use crate::tasks::classify::cell::TEST_EPOCH;
use crate::tasks::classify::drawn::Drawn;
use crate::tasks::classify::schedule::{Schedule, Shown};
use crate::tasks::classify::task::Task;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use synfire_chip::chip::Chip;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::network::Network;
use synfire_chip::run::checkpoint;

/// Stores that the weights are deployed to, in bits.
pub const STORES: [u8; 2] = [16, 8];

/// What the experiment does not say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Optimiser; its rate is halved where the experiment's shifts grow.
    pub optimiser: Optimiser,
    /// Presentations whose directions are averaged.
    pub batch: u32,
    /// What a reset does in the backward pass.
    pub reset: ResetTerm,
}

/// Settings among which a selection chooses.
pub const CANDIDATES: [Settings; 8] = [
    Settings { optimiser: Optimiser::Descent { rate: 1.0 / 8192.0 }, batch: 1, reset: ResetTerm::Kept },
    Settings { optimiser: Optimiser::Descent { rate: 1.0 / 4096.0 }, batch: 1, reset: ResetTerm::Kept },
    Settings { optimiser: Optimiser::Descent { rate: 1.0 / 2048.0 }, batch: 1, reset: ResetTerm::Kept },
    Settings { optimiser: Optimiser::Adam { rate: 0.001 }, batch: 8, reset: ResetTerm::Kept },
    Settings { optimiser: Optimiser::Adam { rate: 0.002 }, batch: 8, reset: ResetTerm::Kept },
    Settings { optimiser: Optimiser::Adam { rate: 0.002 }, batch: 32, reset: ResetTerm::Kept },
    Settings { optimiser: Optimiser::Adam { rate: 0.004 }, batch: 32, reset: ResetTerm::Kept },
    Settings { optimiser: Optimiser::Adam { rate: 0.008 }, batch: 32, reset: ResetTerm::Kept },
];

/// What `synfire bptt digits-select` chose.
pub const CHOSEN: Settings = CANDIDATES[6];

impl Settings {
    /// A name for tables.
    #[must_use]
    pub fn name(&self) -> String {
        let (name, rate) = match self.optimiser {
            Optimiser::Descent { rate } => ("descent", rate),
            Optimiser::Adam { rate } => ("Adam", rate),
        };
        let reset = if self.reset == ResetTerm::Kept { "" } else { ", no reset term" };
        format!("{name}, rate {rate:.6}, batch {}{reset}", self.batch)
    }
}

/// What a training leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Trained {
    /// Scores in real numbers, epoch by epoch.
    pub curve: Vec<EpochScore>,
    /// Scores of a chip with the weights in its stores.
    pub deployed: Vec<Deployed>,
    /// Weights by projection.
    pub weights: Vec<Vec<f64>>,
}

impl Trained {
    /// Accuracy in real numbers after the last epoch, 0..=1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        self.curve.last().map_or(0.0, |s| f64::from(s.test_correct) / f64::from(s.test_samples.max(1)))
    }
}

/// Where a training is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {
    epoch: u32,
    /// Next training sample of the epoch.
    next: u32,
    #[serde(default)]
    training: WhileTraining,
    curve: Vec<EpochScore>,
    weights: Vec<Vec<f64>>,
    moments: Moments,
}

/// A training at work.
pub struct Training<'a> {
    task: &'a Task,
    chip: &'a Chip,
    settings: Settings,
    seed: u32,
    data: Drawn<'a>,
    network: Network,
    net: Unrolled,
    method: Bptt,
    schedule: Schedule,
    readout: usize,
    parts: Parts,
}

/// Trains one row with one seed, from the beginning to the end.
///
/// # Errors
/// When the row's files are wrong, its network has no gradient or does not fit the chip.
pub fn train(task: &Task, row: &Row, seed: u32, settings: Settings) -> Result<Trained, Diagnostics> {
    let never = AtomicBool::new(false);
    let context = CellContext {
        interrupt: &never,
        out: Path::new(""),
        threads: 1,
        save: &|_| (),
        save_every: Duration::MAX,
        progress: &|_| (),
    };
    let outcome = Training::new(task, row, seed, settings)?.run(None, &context);
    match outcome.map_err(|error| Diagnostics::from(Diagnostic::new(error)))? {
        Outcome::Finished(trained) => Ok(*trained),
        Outcome::Interrupted(_) => Err(Diagnostic::new("the training was interrupted").into()),
    }
}

impl<'a> Training<'a> {
    /// Loads a row and takes its equations.
    ///
    /// # Errors
    /// When its files are wrong, or its network has no gradient.
    pub fn new(task: &'a Task, row: &'a Row, seed: u32, settings: Settings) -> Result<Self, Diagnostics> {
        let (network, chip) = (task.rows().network(row, seed)?, task.rows().chip(row));
        let refuse = |e: NoGradient| task.rows().at(row, "network", Diagnostic::new(e.to_string()).into());
        let net = Unrolled::new(&network).map_err(refuse)?;
        let method = Bptt::new(&net, task.settings.sample_steps as usize, settings.reset);
        let data = Drawn::new(task, seed);
        let schedule = task.schedule(data.outline(), row, &network, seed)?;
        let readout = task.readout(&network)?;
        let parts = task.presented(data.outline(), row, seed)?;
        if parts.held_out.is_empty() {
            let problem =
                Diagnostic::new("no sample is held out, so there is nothing to score this training on");
            return Err(problem.noted("allowed", "an experiment with `score: HeldOut`").into());
        }
        Ok(Self { task, chip, settings, seed, data, network, net, method, schedule, readout, parts })
    }

    /// Presents a sample; adds its direction while training. Whether the answer was right.
    fn present(
        &mut self,
        sample: u32,
        pass: Option<u32>,
        direction: Option<&mut [Vec<f64>]>,
    ) -> Result<bool, String> {
        let label = self.data.outline().labels()[sample as usize];
        let shown = Presentation { sample, epoch: pass.unwrap_or(TEST_EPOCH) };
        let program = self.schedule.program(Shown::of(self.data.whole(), sample), shown, pass.map(|_| label));
        let trial = Trial::new(&self.net, &program).map_err(|error| error.to_string())?;
        match direction {
            Some(direction) => self.method.run(&self.net, &trial, direction),
            None => self.method.forward(&self.net, &trial),
        };
        let mut sums = vec![0.0; usize::from(self.schedule.outputs)];
        let answer = self.schedule.answer.0 as usize..self.schedule.answer.1 as usize;
        for step in answer.clone() {
            let membranes = self.method.trajectory().compared(self.readout, step);
            sums.iter_mut().zip(membranes).for_each(|(sum, u)| *sum += u);
        }
        // Membranes are in thresholds' units here.
        let lane = power(-i32::from(self.network.datapath.state_fraction));
        Ok(self.schedule.class_of(&sums, answer.len(), lane) == label)
    }

    /// One batch: directions of its samples, one step of the weights.
    fn batch(&mut self, at: &mut State, samples: &[(u32, u32)]) -> Result<(), String> {
        let mut direction = self.net.zeros();
        for (sample, pass) in samples {
            // The weights stay until the batch has ended: no answer knows its own label.
            let right = self.present(*sample, Some(*pass), Some(&mut direction))?;
            at.training.count(*pass, right);
        }
        let slower = shift_offset(&self.task.settings.slower_after, at.epoch);
        let scale = 0.5f64.powi(i32::from(slower));
        let size = samples.len() as f64;
        at.moments.begin_step();
        for (projection, direction) in direction.iter().enumerate() {
            if self.net.is_plastic(projection) {
                let weights = self.net.weights_mut(projection);
                let direction = direction.iter().map(|direction| direction / size);
                self.settings.optimiser.step(scale, (&mut at.moments, projection), weights, direction);
            }
        }
        at.next += samples.len() as u32;
        Ok(())
    }

    fn test(&mut self) -> Result<u32, String> {
        let mut correct = 0;
        for sample in self.parts.held_out.clone() {
            correct += u32::from(self.present(sample, None, None)?);
        }
        Ok(correct)
    }

    fn weights(&self) -> Vec<Vec<f64>> {
        (0..self.network.projections.len()).map(|projection| self.net.weights(projection).to_vec()).collect()
    }

    fn finish(&self, curve: Vec<EpochScore>) -> Result<Trained, String> {
        let weights = self.weights();
        let deploy = |bits: &u8| {
            deploy::test(
                (self.task, self.chip),
                self.data.whole(),
                &self.network,
                &weights,
                *bits,
                (&self.schedule, &self.parts.held_out),
            )
        };
        let deployed: Result<Vec<Deployed>, String> = STORES.iter().map(deploy).collect();
        Ok(Trained { curve, deployed: deployed?, weights })
    }
}

impl Work for Training<'_> {
    type State = State;
    type Result = Trained;

    fn prepare(&mut self, interrupt: &AtomicBool) -> bool {
        self.data.draw(interrupt)
    }

    fn fingerprint(&self) -> [u8; 32] {
        let s = &self.task.settings;
        let window = format!("{:?}", (self.schedule.window, self.schedule.answer, self.schedule.clear));
        let schedule = (s.sample_steps, window, s.epochs, s.epoch_samples, &s.slower_after);
        let encoders = format!("{:?}", &s.encoders);
        let data = (self.data.whole().fingerprint(), &self.parts.kept, &self.parts.held_out);
        let targets = (self.schedule.right, self.schedule.wrong);
        checkpoint::fingerprint(&(&self.network, schedule, encoders, data, targets, self.seed, self.settings))
    }

    fn units(&self) -> u64 {
        let s = &self.task.settings;
        s.epoch_samples.map_or(self.parts.kept.len() as u64, u64::from) * u64::from(s.epochs)
    }

    fn describe(result: &Trained) -> String {
        format!("{:.2} % of the held-out part", 100.0 * result.accuracy())
    }

    fn fits(&mut self, state: State) -> Result<(), String> {
        let sizes = self.net.zeros().into_iter().map(|weights| weights.len());
        let weights = state.weights.iter().map(Vec::len);
        if weights.eq(sizes.clone()) && state.moments.are_of(sizes) {
            return Ok(());
        }
        Err("the training of a network of another shape".to_owned())
    }

    fn run(
        &mut self,
        state: Option<State>,
        context: &CellContext<'_, State>,
    ) -> Result<Outcome<State, Trained>, String> {
        let sizes = || self.net.zeros().into_iter().map(|weights| weights.len());
        let mut at = state.unwrap_or_else(|| State { moments: Moments::new(sizes()), ..State::default() });
        for (projection, weights) in at.weights.iter().enumerate() {
            self.net.weights_mut(projection).copy_from_slice(weights);
        }
        let mut saved = Instant::now();
        while at.epoch < self.task.settings.epochs {
            let samples = self.task.settings.epoch_samples;
            let order = split::presentations(&self.parts.kept, at.epoch, samples, self.seed);
            while (at.next as usize) < order.len() {
                let first = at.next as usize;
                let last = order.len().min(first + self.settings.batch.max(1) as usize);
                self.batch(&mut at, &order[first..last])?;
                let message = format!("epoch {}{}", at.epoch + 1, at.training.describe());
                let message = if first.is_multiple_of(64) { &message[..] } else { "" };
                (context.progress)(Progress { units: (last - first) as u64, message });
                let stop = context.interrupt.load(Ordering::Relaxed);
                if stop || saved.elapsed() >= context.save_every {
                    at.weights = self.weights();
                    if stop {
                        return Ok(Outcome::Interrupted(Box::new(at)));
                    }
                    (context.save)(&at);
                    saved = Instant::now();
                }
            }
            at.curve.push(EpochScore {
                training: std::mem::take(&mut at.training),
                train_samples: order.len() as u32,
                test_correct: self.test()?,
                test_samples: self.parts.held_out.len() as u32,
            });
            (at.epoch, at.next) = (at.epoch + 1, 0);
        }
        Ok(Outcome::Finished(Box::new(self.finish(at.curve)?)))
    }
}
