//! One cell: a network trained and tested with one seed, resumable at every sample.
//!
//! Promises: the result is a pure function of the task, the row and the seed; a cell that goes on from a
//! [`CellState`] ends with the bits of one that never stopped (`weights_sha256` shows it).

use super::schedule::Schedule;
use super::task::Task;
use crate::data::split::{self, Parts};
use crate::encode::Presentation;
use crate::experiment::file::Row;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use synfire_chip::checkpoint::{self, MachineSnapshot};
use synfire_chip::counters::NodeCounts;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::machine::{Machine, RunOptions};
use synfire_chip::network::Network;
use synfire_chip::probe::{Probe, Recorder, Variable};
use synfire_chip::program::Control;
use synfire_chip::time::Elapsed;

/// Epoch number under which held-out samples are encoded: no training epoch has it.
const TEST_EPOCH: u32 = u32::MAX;

/// Accuracy after one epoch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochScore {
    /// Training samples that were right when they were presented.
    pub train_correct: u32,
    /// Training samples.
    pub train_samples: u32,
    /// Held-out samples that were right after the epoch.
    pub test_correct: u32,
    /// Held-out samples.
    pub test_samples: u32,
}

/// Where a cell is, with everything it needs to go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellState {
    epoch: u32,
    /// Next training sample of the epoch; at its end, the test part follows.
    position: u32,
    correct: u32,
    curve: Vec<EpochScore>,
    wall_seconds: f64,
    machine: MachineSnapshot,
}

/// What a cell leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// Row's name.
    pub row: String,
    /// Seed.
    pub seed: u32,
    /// Scores epoch by epoch.
    pub curve: Vec<EpochScore>,
    /// `confusion[label][answer]` of the last test.
    pub confusion: Vec<Vec<u32>>,
    /// Counts of the whole run.
    pub counts: NodeCounts,
    /// Simulated time of the whole run.
    pub elapsed: Elapsed,
    /// Counts of the last test alone: inference without learning.
    pub test_counts: NodeCounts,
    /// Simulated time of the last test alone.
    pub test_elapsed: Elapsed,
    /// Cores in use.
    pub cores: usize,
    /// Learning groups of all populations: a property of the network, not of the mapping.
    pub groups: usize,
    /// Events that full axons merged.
    pub merged_events: u64,
    /// Wall time of the cell.
    pub wall_seconds: f64,
    /// SHA-256 of all weights at the end.
    pub weights_sha256: String,
}

impl CellResult {
    /// Accuracy after the last epoch, 0..=1.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        self.curve.last().map_or(0.0, |s| f64::from(s.test_correct) / f64::from(s.test_samples.max(1)))
    }
}

/// What a cell tells while it runs.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Samples presented since the last message.
    pub samples: u32,
    /// Epoch, from 0.
    pub epoch: u32,
    /// Right answers in this epoch so far, and presentations.
    pub so_far: (u32, u32),
}

/// How a cell ended.
#[derive(Debug)]
pub enum Outcome {
    /// Ran to its end.
    Finished(Box<CellResult>),
    /// Interrupted; goes on from here.
    Interrupted(Box<CellState>),
}

/// What a cell needs beside its task.
pub struct CellContext<'a> {
    /// Set to stop after the current sample.
    pub interrupt: &'a AtomicBool,
    /// Worker threads of the machine.
    pub threads: usize,
    /// Called now and then with the state to save.
    pub save: &'a dyn Fn(&CellState),
    /// How often.
    pub save_every: Duration,
    /// Called now and then.
    pub progress: &'a dyn Fn(Progress),
}

/// A cell at work.
pub struct Cell<'a> {
    task: &'a Task,
    row: &'a Row,
    seed: u32,
    network: Network,
    machine: Machine,
    schedule: Schedule,
    parts: Parts,
    recorder: Recorder,
}

impl<'a> Cell<'a> {
    /// Loads, maps and builds.
    ///
    /// # Errors
    /// With what is wrong with the files, or when the network does not fit the chip.
    pub fn new(task: &'a Task, row: &'a Row, seed: u32) -> Result<Self, Diagnostics> {
        let network = task.network(row, seed)?;
        let machine = Machine::new(&network, &task.chip)
            .map_err(|e| Diagnostics::from(Diagnostic::new(format!("{}: {e}", row.network))))?;
        let schedule = task.schedule(&network, seed)?;
        let readout = task.readout(&network)?;
        let probe = Probe::all(&network, readout, Variable::Compared);
        let recorder = Recorder::new(vec![probe], &machine.nodes);
        let parts = task.parts(seed)?;
        Ok(Self { task, row, seed, network, machine, schedule, parts, recorder })
    }

    /// The machine, for reports.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Fingerprint of everything that decides the cell's bits.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        let s = &self.task.settings;
        let schedule = (s.sample_steps, s.learn_from, s.epochs, &s.slower_after, s.test_per_mille);
        let encoders = format!("{:?}", (&s.encoders, &s.data, s.validate_per_mille));
        let inputs = checkpoint::inputs_fingerprint(&self.network, &self.machine.mapping);
        let targets = (self.schedule.right, self.schedule.wrong);
        checkpoint::fingerprint(&(inputs, schedule, encoders, targets, self.seed))
    }

    /// Trains and tests, from the beginning or from `state`.
    ///
    /// # Errors
    /// When the state does not fit, or the chip's run fails.
    pub fn run(&mut self, state: Option<CellState>, context: &CellContext<'_>) -> Result<Outcome, String> {
        let started = Instant::now();
        let (mut epoch, mut position, mut correct, mut curve, before) = (0, 0, 0, Vec::new(), 0.0);
        let mut before = before;
        if let Some(state) = state {
            self.machine.restore(state.machine)?;
            (epoch, position, correct, curve) = (state.epoch, state.position, state.correct, state.curve);
            before = state.wall_seconds;
        }
        let mut saved = Instant::now();
        while epoch < self.task.settings.epochs {
            let order = split::epoch_order(&self.parts.kept, epoch, self.seed);
            while (position as usize) < order.len() {
                let sample = order[position as usize];
                correct += u32::from(self.present(sample, Some(epoch), context)?.0);
                position += 1;
                (context.progress)(Progress { samples: 1, epoch, so_far: (correct, position) });
                let stop = context.interrupt.load(Ordering::Relaxed);
                if stop || saved.elapsed() >= context.save_every {
                    let wall_seconds = before + started.elapsed().as_secs_f64();
                    let machine = self.machine.snapshot();
                    let state =
                        CellState { epoch, position, correct, curve: curve.clone(), wall_seconds, machine };
                    if stop {
                        return Ok(Outcome::Interrupted(Box::new(state)));
                    }
                    (context.save)(&state);
                    saved = Instant::now();
                }
            }
            let test = self.test(context)?;
            let train_samples = order.len() as u32;
            let test_correct = (0..test.len()).map(|c| test[c][c]).sum();
            let test_samples = self.parts.held_out.len() as u32;
            curve.push(EpochScore { train_correct: correct, train_samples, test_correct, test_samples });
            (epoch, position, correct) = (epoch + 1, 0, 0);
        }
        let (counts, elapsed) = (self.machine.counts(), self.machine.elapsed);
        let wall_seconds = before + started.elapsed().as_secs_f64();
        let confusion = self.test(context)?;
        let mut result = self.result(curve, confusion, (counts, elapsed));
        result.wall_seconds = wall_seconds;
        Ok(Outcome::Finished(Box::new(result)))
    }

    /// Presents the held-out part without learning: `confusion[label][answer]`.
    fn test(&mut self, context: &CellContext<'_>) -> Result<Vec<Vec<u32>>, String> {
        let classes = self.task.samples.classes;
        let mut confusion = vec![vec![0; classes]; classes];
        for sample in self.parts.held_out.clone() {
            let (_, answer) = self.present(sample, None, context)?;
            let label = usize::from(self.task.samples.labels[sample as usize]);
            confusion[label][answer] += 1;
        }
        Ok(confusion)
    }

    /// Presents one sample; whether the answer was right, and the answer.
    fn present(
        &mut self,
        sample: u32,
        epoch: Option<u32>,
        context: &CellContext<'_>,
    ) -> Result<(bool, usize), String> {
        let samples = &self.task.samples;
        let label = samples.labels[sample as usize];
        let shown = Presentation { sample, epoch: epoch.unwrap_or(TEST_EPOCH) };
        let trained = epoch.map(|_| label);
        let mut program = self.schedule.program(samples.row(sample as usize), shown, trained);
        if let Some(epoch) = epoch {
            let slower = self.task.settings.slower_after.iter().filter(|e| **e <= epoch).count();
            program[0].control.push(Control::ShiftOffset(slower as u8));
        }
        let options = RunOptions { threads: context.threads, interrupt: None };
        self.machine.run(&program, options, &mut self.recorder).map_err(|e| e.to_string())?;
        let recording = self.recorder.take();
        let mut sums = vec![0i64; samples.classes];
        for step in self.schedule.learn_from..self.schedule.steps {
            let row = recording[0].row(step as usize);
            sums.iter_mut().zip(row).for_each(|(sum, u)| *sum += i64::from(*u));
        }
        let answer = (0..sums.len()).rev().max_by_key(|class| sums[*class]).unwrap_or(0);
        Ok((answer == usize::from(label), answer))
    }

    fn result(
        &self,
        curve: Vec<EpochScore>,
        confusion: Vec<Vec<u32>>,
        (counts, elapsed): (NodeCounts, Elapsed),
    ) -> CellResult {
        let all = self.machine.counts();
        let weights: Vec<Vec<i32>> =
            (0..self.network.projections.len()).map(|p| self.machine.weights(&self.network, p)).collect();
        let groups = self.machine.nodes.iter().flat_map(|n| &n.unit.slices);
        CellResult {
            row: self.row.name.clone(),
            seed: self.seed,
            curve,
            confusion,
            counts,
            elapsed,
            test_counts: all.minus(&counts),
            test_elapsed: self.machine.elapsed.minus(&elapsed),
            cores: self.machine.nodes.len(),
            groups: groups.filter_map(|s| s.groups()).map(|g| g.len()).sum(),
            merged_events: self.machine.merged_events(),
            wall_seconds: 0.0,
            weights_sha256: checkpoint::hex(&checkpoint::fingerprint(&weights)),
        }
    }
}
