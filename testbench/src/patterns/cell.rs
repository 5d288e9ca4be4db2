//! One cell: a network that learns its patterns with one seed, resumable at every presentation.

use super::{distance, draw};
use crate::experiment::file::Patterns;
use crate::experiment::pool::{CellContext, Outcome, Progress, Work};
use crate::experiment::reference::{self, Opened};
use serde::{Deserialize, Serialize};
use std::sync::atomic::Ordering;
use std::time::Instant;
use synfire_chip::checkpoint::{self, MachineSnapshot};
use synfire_chip::chip::Chip;
use synfire_chip::counters::NodeCounts;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::machine::{Machine, RunOptions};
use synfire_chip::network::Network;
use synfire_chip::probe::{Probe, Recorder, Variable};
use synfire_chip::program::{Control, Program, StepEvents, StimulusSpike};
use synfire_chip::time::Elapsed;
use synfire_plasticity::config::ErrorSignal;

/// Scores of all patterns, presented without learning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Van Rossum distance, summed over outputs, mean over patterns.
    pub loss: f64,
    /// Targets hit.
    pub hits: u32,
    /// Spikes that hit nothing.
    pub extra: u32,
}

/// Where a cell is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Position {
    epoch: u32,
    curve: Vec<(u32, Score)>,
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
    /// Seed.
    pub seed: u32,
    /// Score after so many epochs.
    pub curve: Vec<(u32, Score)>,
    /// Targets in all.
    pub targets: u32,
    /// Output spikes `(step, pattern)` of the last scoring, first output.
    pub last_spikes: Vec<(u32, u32)>,
    /// Target spikes `(step, pattern)`, first output.
    pub target_spikes: Vec<(u32, u32)>,
    /// Counts of the whole run.
    pub counts: NodeCounts,
    /// Simulated time of the whole run.
    pub elapsed: Elapsed,
    /// Wall time.
    pub wall_seconds: f64,
    /// SHA-256 of all weights at the end.
    pub weights_sha256: String,
}

/// A cell at work.
pub struct Cell<'a> {
    settings: &'a Patterns,
    seed: u32,
    network: Network,
    machine: Machine,
    recorder: Recorder,
    /// Stimulus of each pattern.
    inputs: Vec<Program>,
    /// Targets by pattern and output.
    targets: Vec<Vec<Vec<u32>>>,
    first_channel: u16,
    outputs: u32,
}

fn problem(text: String) -> Diagnostics {
    Diagnostics::from(Diagnostic::new(text))
}

impl<'a> Cell<'a> {
    /// Loads, maps, builds, draws.
    ///
    /// # Errors
    /// With what is wrong with the files or settings.
    pub fn new(settings: &'a Patterns, chip: &Chip, origin: &Opened, seed: u32) -> Result<Self, Diagnostics> {
        let network = reference::network(&settings.network, origin, chip, Some(seed))?;
        let unknown = |kind, name: &str, names| crate::experiment::changes::unknown(kind, name, names);
        let input = network.input(&settings.input).ok_or_else(|| {
            unknown("input", &settings.input, network.inputs.iter().map(|i| i.name.as_str()).collect())
        })?;
        let readout = network.population(&settings.readout).ok_or_else(|| {
            unknown(
                "population",
                &settings.readout,
                network.populations.iter().map(|p| p.name.as_str()).collect(),
            )
        })?;
        let population = &network.populations[readout];
        let filtered = |s| matches!(s, ErrorSignal::FilteredSpikes { .. });
        let Some(errors) = population.readout.filter(|r| filtered(r.signal)) else {
            let name = &population.name;
            return Err(problem(format!(
                "population `{name}` needs `readout: (signal: FilteredSpikes(...))`"
            )));
        };
        let outputs = population.neurons;
        let window = (settings.first_target, settings.steps);
        let mut targets = Vec::new();
        for pattern in 0..settings.patterns {
            let draw = |output| {
                draw::targets(seed, pattern, output, settings.targets, window, settings.target_distance)
            };
            let own: Vec<Vec<u32>> = (0..outputs).map(draw).collect();
            if own.iter().any(|list| list.len() < settings.targets as usize) {
                let (count, distance) = (settings.targets, settings.target_distance);
                return Err(problem(format!(
                    "`targets`: {count} targets at a distance of {distance} steps do not fit steps {}..{}",
                    window.0, window.1
                )));
            }
            targets.push(own);
        }
        let neurons = network.inputs[input].neurons;
        let stimulus = |pattern| {
            let mut program: Program = vec![StepEvents::default(); settings.steps as usize];
            for (step, neuron) in draw::input(seed, pattern, neurons, settings.steps, settings.rate_ppm) {
                program[step as usize].spikes.push(StimulusSpike { input: input as u16, neuron, count: 1 });
            }
            program
        };
        let inputs = (0..settings.patterns).map(stimulus).collect();
        let machine =
            Machine::new(&network, chip).map_err(|e| problem(format!("{}: {e}", settings.network)))?;
        let recorder = Recorder::new(vec![Probe::all(&network, readout, Variable::Spikes)], &machine.nodes);
        let first_channel = errors.first_channel;
        Ok(Self { settings, seed, network, machine, recorder, inputs, targets, first_channel, outputs })
    }

    fn present(
        &mut self,
        pattern: usize,
        epoch: Option<u32>,
        threads: usize,
    ) -> Result<Vec<Vec<u32>>, String> {
        let mut program = self.inputs[pattern].clone();
        program[0].control.extend([Control::Clear, Control::Learn(epoch.is_some())]);
        if let Some(epoch) = epoch {
            let slower = self.settings.slower_after.iter().filter(|e| **e <= epoch).count();
            program[0].control.push(Control::ShiftOffset(slower as u8));
            for (output, targets) in self.targets[pattern].iter().enumerate() {
                let channel = self.first_channel + output as u16;
                for &step in targets {
                    program[step as usize].control.push(Control::Target { channel, value: 1 });
                    if let Some(next) = program.get_mut(step as usize + 1) {
                        next.control.push(Control::Target { channel, value: 0 });
                    }
                }
            }
        }
        let options = RunOptions { threads, interrupt: None };
        self.machine.run(&program, options, &mut self.recorder).map_err(|e| e.to_string())?;
        let recording = &self.recorder.take()[0];
        let train = |output: usize| {
            let fired = |row: &usize| recording.row(*row)[output] != 0;
            (0..recording.steps.len()).filter(fired).map(|row| row as u32).collect()
        };
        Ok((0..self.outputs as usize).map(train).collect())
    }

    fn score(&mut self, threads: usize) -> Result<(Score, Vec<(u32, u32)>), String> {
        let mut score = Score::default();
        let mut raster = Vec::new();
        for pattern in 0..self.inputs.len() {
            let trains = self.present(pattern, None, threads)?;
            raster.extend(trains[0].iter().map(|step| (*step, pattern as u32)));
            for (train, target) in trains.iter().zip(&self.targets[pattern]) {
                let (steps, tau) = (self.settings.steps, self.settings.distance_tau);
                score.loss += distance::van_rossum(train, target, steps, tau) / self.inputs.len() as f64;
                let (hit, extra) = distance::hits(train, target, self.settings.tolerance);
                score.hits += hit;
                score.extra += extra;
            }
        }
        Ok((score, raster))
    }
}

impl Work for Cell<'_> {
    type State = CellState;
    type Result = CellResult;

    fn fingerprint(&self) -> [u8; 32] {
        let inputs = checkpoint::inputs_fingerprint(&self.network, &self.machine.mapping);
        checkpoint::fingerprint(&(inputs, format!("{:?}", self.settings), self.seed))
    }

    fn units(&self) -> u64 {
        u64::from(self.settings.epochs) * self.inputs.len() as u64
    }

    fn describe(result: &CellResult) -> String {
        let (first, last) = (result.curve.first(), result.curve.last());
        let loss = |entry: Option<&(u32, Score)>| entry.map_or(0.0, |(_, s)| s.loss);
        let hits = last.map_or(0, |(_, s)| s.hits);
        format!("loss {:.3} -> {:.3}, {hits} of {} targets hit", loss(first), loss(last), result.targets)
    }

    fn run(
        &mut self,
        state: Option<CellState>,
        context: &CellContext<'_, CellState>,
    ) -> Result<Outcome<CellState, CellResult>, String> {
        let (started, threads) = (Instant::now(), context.threads);
        let mut at = Position::default();
        if let Some(state) = state {
            self.machine.restore(state.machine)?;
            at = state.position;
        } else {
            at.curve.push((0, self.score(threads)?.0));
        }
        let before = at.wall_seconds;
        let mut saved = Instant::now();
        let score_every = (self.settings.epochs / 40).max(1);
        while at.epoch < self.settings.epochs {
            for pattern in 0..self.inputs.len() {
                self.present(pattern, Some(at.epoch), threads)?;
            }
            at.epoch += 1;
            if at.epoch.is_multiple_of(score_every) || at.epoch == self.settings.epochs {
                at.curve.push((at.epoch, self.score(threads)?.0));
            }
            let last = at.curve.last().map_or(0.0, |(_, s)| s.loss);
            let message = format!("epoch {}: loss {last:.3}", at.epoch);
            (context.progress)(Progress { units: self.inputs.len() as u64, message: &message });
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
        let (counts, elapsed) = (self.machine.counts(), self.machine.elapsed);
        let (_, last_spikes) = self.score(threads)?;
        let targets = self.targets.iter().enumerate();
        let target_spikes = targets.flat_map(|(p, t)| t[0].iter().map(move |s| (*s, p as u32))).collect();
        let weights: Vec<Vec<i32>> =
            (0..self.network.projections.len()).map(|p| self.machine.weights(&self.network, p)).collect();
        Ok(Outcome::Finished(Box::new(CellResult {
            seed: self.seed,
            curve: at.curve,
            targets: self.settings.patterns * self.settings.targets * self.outputs,
            last_spikes,
            target_spikes,
            counts,
            elapsed,
            wall_seconds: before + started.elapsed().as_secs_f64(),
            weights_sha256: checkpoint::hex(&checkpoint::fingerprint(&weights)),
        })))
    }
}
