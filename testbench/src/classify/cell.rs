//! One cell: a network trained and tested with one seed, resumable at every sample.
//!
//! Promises: the result is a pure function of the task, the row and the seed; a cell that goes on from a
//! [`CellState`] ends with the bits of one that never stopped (`weights_sha256` shows it).

use super::schedule::Schedule;
use super::task::Task;
use crate::data::split::{self, Parts};
use crate::encode::Presentation;
use crate::experiment::file::Row;
use crate::experiment::pool::{CellContext, Outcome, Progress, Work};
use serde::{Deserialize, Serialize};
use std::sync::atomic::Ordering;
use std::time::Instant;
use synfire_chip::checkpoint::{self, MachineSnapshot};
use synfire_chip::counters::NodeCounts;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::machine::{Machine, RunOptions};
use synfire_chip::network::Network;
use synfire_chip::probe::{Probe, Recorder, Variable};
use synfire_chip::program::Control;
use synfire_chip::time::Elapsed;

/// Epoch number under which held-out samples are encoded: no training epoch has it.
pub const TEST_EPOCH: u32 = u32::MAX;

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

/// Where a cell is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Position {
    epoch: u32,
    /// Next training sample of the epoch; at its end, the test part follows.
    next: u32,
    correct: u32,
    curve: Vec<EpochScore>,
    wall_seconds: f64,
}

/// Everything that a cell needs to go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellState {
    position: Position,
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
        let network = task.rows().network(row, seed)?;
        let machine = Machine::new(&network, &task.chip)
            .map_err(|e| task.rows().at(row, "network", Diagnostic::new(e.to_string()).into()))?;
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

    /// Presents the held-out part without learning: `confusion[label][answer]`.
    fn test(&mut self, threads: usize) -> Result<Vec<Vec<u32>>, String> {
        let classes = self.task.samples.classes;
        let mut confusion = vec![vec![0; classes]; classes];
        for sample in self.parts.held_out.clone() {
            let (_, answer) = self.present(sample, None, threads)?;
            let label = usize::from(self.task.samples.labels[sample as usize]);
            confusion[label][answer] += 1;
        }
        Ok(confusion)
    }

    /// Presents one sample; whether the answer was right, and the answer.
    fn present(&mut self, sample: u32, epoch: Option<u32>, threads: usize) -> Result<(bool, usize), String> {
        let samples = &self.task.samples;
        let label = samples.labels[sample as usize];
        let shown = Presentation { sample, epoch: epoch.unwrap_or(TEST_EPOCH) };
        let trained = epoch.map(|_| label);
        let mut program = self.schedule.program(samples.row(sample as usize), shown, trained);
        if let Some(epoch) = epoch {
            let slower = self.task.settings.slower_after.iter().filter(|e| **e <= epoch).count();
            program[0].control.push(Control::ShiftOffset(slower as u8));
        }
        let options = RunOptions { threads, interrupt: None };
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

impl Work for Cell<'_> {
    type State = CellState;
    type Result = CellResult;

    fn fingerprint(&self) -> [u8; 32] {
        let s = &self.task.settings;
        let schedule = (s.sample_steps, s.learn_from, s.epochs, &s.slower_after, s.test_per_mille);
        let encoders = format!("{:?}", (&s.encoders, &s.data, s.validate_per_mille));
        let inputs = checkpoint::inputs_fingerprint(&self.network, &self.machine.mapping);
        let targets = (self.schedule.right, self.schedule.wrong);
        checkpoint::fingerprint(&(inputs, schedule, encoders, targets, self.seed))
    }

    fn units(&self) -> u64 {
        self.parts.kept.len() as u64 * u64::from(self.task.settings.epochs)
    }

    fn describe(result: &CellResult) -> String {
        format!("{:.2} % of the held-out part", 100.0 * result.accuracy())
    }

    fn run(
        &mut self,
        state: Option<CellState>,
        context: &CellContext<'_, CellState>,
    ) -> Result<Outcome<CellState, CellResult>, String> {
        let started = Instant::now();
        let mut at = Position::default();
        if let Some(state) = state {
            self.machine.restore(state.machine)?;
            at = state.position;
        }
        let before = at.wall_seconds;
        let threads = context.threads;
        let mut saved = Instant::now();
        while at.epoch < self.task.settings.epochs {
            let order = split::epoch_order(&self.parts.kept, at.epoch, self.seed);
            while (at.next as usize) < order.len() {
                let sample = order[at.next as usize];
                at.correct += u32::from(self.present(sample, Some(at.epoch), threads)?.0);
                at.next += 1;
                tell(&at, context);
                let stop = context.interrupt.load(Ordering::Relaxed);
                if stop || saved.elapsed() >= context.save_every {
                    at.wall_seconds = before + started.elapsed().as_secs_f64();
                    let state = CellState { position: at.clone(), machine: self.machine.snapshot() };
                    if stop {
                        return Ok(Outcome::Interrupted(Box::new(state)));
                    }
                    (context.save)(&state);
                    saved = Instant::now();
                }
            }
            let test = self.test(threads)?;
            at.curve.push(EpochScore {
                train_correct: at.correct,
                train_samples: order.len() as u32,
                test_correct: (0..test.len()).map(|class| test[class][class]).sum(),
                test_samples: self.parts.held_out.len() as u32,
            });
            (at.epoch, at.next, at.correct) = (at.epoch + 1, 0, 0);
        }
        let (counts, elapsed) = (self.machine.counts(), self.machine.elapsed);
        let wall_seconds = before + started.elapsed().as_secs_f64();
        let confusion = self.test(threads)?;
        let mut result = self.result(at.curve, confusion, (counts, elapsed));
        result.wall_seconds = wall_seconds;
        Ok(Outcome::Finished(Box::new(result)))
    }
}

fn tell(at: &Position, context: &CellContext<'_, CellState>) {
    if at.next.is_multiple_of(64) {
        let accuracy = 100.0 * f64::from(at.correct) / f64::from(at.next);
        let message = format!("epoch {}: {accuracy:.1} % while training", at.epoch + 1);
        (context.progress)(Progress { units: 1, message: &message });
    } else {
        (context.progress)(Progress { units: 1, message: "" });
    }
}
