//! One cell: a network that learns its cases with one seed, resumable after every epoch.
//!
//! Promises: the result is a pure function of the settings, the row and the seed; a cell that goes on from a
//! [`CellState`] ends with the bits of one that never stopped (`weights_sha256` shows it).

use super::cases::{self, Case, Draw};
use super::check;
use super::score::{Score, Trains};
use crate::experiment::file::{Patterns, Row};
use crate::experiment::origin::Origin;
use crate::experiment::pool::{CellContext, Outcome, Progress, Work};
use crate::experiment::reference::Opened;
use crate::experiment::rows::Rows;
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
use synfire_chip::time::Elapsed;
use synfire_plasticity::config::{ErrorSignal, Readout};

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
    /// Row's name.
    pub row: String,
    /// Seed.
    pub seed: u32,
    /// Score after so many epochs.
    pub curve: Vec<(u32, Score)>,
    /// Cases.
    pub cases: u32,
    /// Targets in all.
    pub targets: u32,
    /// Spikes `(step, case)` of the first readout neuron in the last scoring.
    pub last_spikes: Vec<(u32, u32)>,
    /// Its target spikes `(step, case)`.
    pub target_spikes: Vec<(u32, u32)>,
    /// Cores in use.
    pub cores: usize,
    /// Counts of the whole run.
    pub counts: NodeCounts,
    /// Simulated time of the whole run.
    pub elapsed: Elapsed,
    /// Wall time.
    pub wall_seconds: f64,
    /// SHA-256 of all weights at the end.
    pub weights_sha256: String,
}

impl CellResult {
    /// The score before the first epoch and the one after the last.
    #[must_use]
    pub fn ends(&self) -> (Score, Score) {
        let score = |entry: Option<&(u32, Score)>| entry.map_or_else(Score::default, |(_, score)| *score);
        (score(self.curve.first()), score(self.curve.last()))
    }

    /// Final loss as a part of the first.
    #[must_use]
    pub fn loss_of_start(&self) -> f64 {
        let (start, end) = self.ends();
        end.loss / start.loss.max(f64::MIN_POSITIVE)
    }

    /// Final [`Score::timing`].
    #[must_use]
    pub fn timing(&self) -> f64 {
        self.ends().1.timing(self.targets)
    }
}

/// An experiment of this kind, with what it refers to.
pub struct Task {
    /// The file's settings.
    pub settings: Patterns,
    /// The chip.
    pub chip: Chip,
    origin: Opened,
    place: Origin,
}

impl Task {
    /// Checks what the file says by itself.
    ///
    /// # Errors
    /// With all that is wrong.
    pub fn new(settings: Patterns, chip: Chip, origin: Opened) -> Result<Self, Diagnostics> {
        let place = Origin::new(&origin);
        check::numbers(&settings, &place)?;
        Ok(Self { settings, chip, origin, place })
    }

    /// The rows and what their networks are built for.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        Rows { rows: &self.settings.rows, origin: &self.origin, place: &self.place, chip: &self.chip }
    }

    /// The cases of one seed, for `network`.
    ///
    /// # Errors
    /// When the readout or an input is not in the network, or targets do not fit.
    pub fn cases(&self, network: &Network, seed: u32) -> Result<Vec<Case>, Diagnostics> {
        let outputs = network.populations[self.readout(network)?.0].neurons;
        let draw = Draw { network, place: &self.place, seed, steps: self.settings.steps, outputs };
        cases::draw(&self.settings, &draw)
    }

    /// Index of the readout population and its first broadcast channel.
    ///
    /// # Errors
    /// When it is not in the network, or forms no errors of spike trains.
    pub fn readout(&self, network: &Network) -> Result<(usize, u16), Diagnostics> {
        let name = &self.settings.readout;
        let names = || network.populations.iter().map(|p| p.name.as_str());
        let index = network
            .population(name)
            .ok_or_else(|| self.place.unknown("readout", "population", name, names()))?;
        match network.populations[index].readout {
            Some(Readout { signal: ErrorSignal::FilteredSpikes { .. }, first_channel, .. }) => {
                Ok((index, first_channel))
            }
            _ => {
                let title = format!("population `{name}` forms no errors of spike trains");
                let allowed = "a population with `readout: (signal: FilteredSpikes(..))` in the network";
                Err(self.place.at("readout", title).noted("allowed", allowed).into())
            }
        }
    }
}

/// A cell at work.
pub struct Cell<'a> {
    settings: &'a Patterns,
    row: &'a Row,
    seed: u32,
    network: Network,
    machine: Machine,
    recorder: Recorder,
    cases: Vec<Case>,
    first_channel: u16,
}

impl<'a> Cell<'a> {
    /// Loads, maps, builds, draws.
    ///
    /// # Errors
    /// With what is wrong with the files or settings, or when the network does not fit the chip.
    pub fn new(task: &'a Task, row: &'a Row, seed: u32) -> Result<Self, Diagnostics> {
        let network = task.rows().network(row, seed)?;
        let (readout, first_channel) = task.readout(&network)?;
        let cases = task.cases(&network, seed)?;
        let machine = Machine::new(&network, &task.chip)
            .map_err(|e| task.rows().at(row, "network", Diagnostic::new(e.to_string()).into()))?;
        let recorder = Recorder::new(vec![Probe::all(&network, readout, Variable::Spikes)], &machine.nodes);
        Ok(Self { settings: &task.settings, row, seed, network, machine, recorder, cases, first_channel })
    }

    /// Presents one case; the steps in which each readout neuron fired.
    fn present(&mut self, case: usize, epoch: Option<u32>, threads: usize) -> Result<Vec<Vec<u32>>, String> {
        let case = &self.cases[case];
        let slower = |epoch| self.settings.slower_after.iter().filter(|e| **e <= epoch).count() as u8;
        let program = case.program(self.first_channel, epoch.map(slower));
        let options = RunOptions { threads, interrupt: None };
        self.machine.run(&program, options, &mut self.recorder).map_err(|e| e.to_string())?;
        let recording = &self.recorder.take()[0];
        let train = |output: usize| {
            let fired = |row: &usize| recording.row(*row)[output] != 0;
            (0..recording.steps.len()).filter(fired).map(|row| row as u32).collect()
        };
        Ok((0..case.targets.len()).map(train).collect())
    }

    /// Presents every case without learning: the score, and the trains by case and output.
    fn score(&mut self, threads: usize) -> Result<(Score, Trains), String> {
        let trains: Result<Trains, String> =
            (0..self.cases.len()).map(|case| self.present(case, None, threads)).collect();
        let trains = trains?;
        Ok((Score::of(self.settings, &self.cases, &trains), trains))
    }

    fn result(&self, curve: Vec<(u32, Score)>, trains: &[Vec<Vec<u32>>]) -> CellResult {
        let first = |trains: &[Vec<u32>], case: usize| -> Vec<(u32, u32)> {
            trains[0].iter().map(|step| (*step, case as u32)).collect()
        };
        let cases = self.cases.iter().enumerate();
        let weights: Vec<Vec<i32>> =
            (0..self.network.projections.len()).map(|p| self.machine.weights(&self.network, p)).collect();
        CellResult {
            row: self.row.name.clone(),
            seed: self.seed,
            curve,
            cases: self.cases.len() as u32,
            targets: self.cases.iter().flat_map(|c| &c.targets).map(|t| t.len() as u32).sum(),
            last_spikes: trains.iter().enumerate().flat_map(|(case, t)| first(t, case)).collect(),
            target_spikes: cases.flat_map(|(case, c)| first(&c.targets, case)).collect(),
            cores: self.machine.nodes.len(),
            counts: NodeCounts::default(),
            elapsed: Elapsed::default(),
            wall_seconds: 0.0,
            weights_sha256: checkpoint::hex(&checkpoint::fingerprint(&weights)),
        }
    }
}

impl Work for Cell<'_> {
    type State = CellState;
    type Result = CellResult;

    fn fingerprint(&self) -> [u8; 32] {
        let s = self.settings;
        let inputs = checkpoint::inputs_fingerprint(&self.network, &self.machine.mapping);
        let schedule = (s.steps, s.epochs, &s.slower_after);
        let scores = (s.tolerance, s.distance_tau);
        checkpoint::fingerprint(&(inputs, format!("{:?}", s.data), &s.readout, schedule, scores, self.seed))
    }

    fn units(&self) -> u64 {
        u64::from(self.settings.epochs) * self.cases.len() as u64
    }

    fn describe(result: &CellResult) -> String {
        let (start, end) = result.ends();
        format!("loss {:.3} -> {:.3}, {} of {} targets hit", start.loss, end.loss, end.hits, result.targets)
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
            for case in 0..self.cases.len() {
                self.present(case, Some(at.epoch), threads)?;
            }
            at.epoch += 1;
            if at.epoch.is_multiple_of(score_every) || at.epoch == self.settings.epochs {
                at.curve.push((at.epoch, self.score(threads)?.0));
            }
            let last = at.curve.last().map_or(0.0, |(_, s)| s.loss);
            let message = format!("epoch {}: loss {last:.3}", at.epoch);
            (context.progress)(Progress { units: self.cases.len() as u64, message: &message });
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
        let wall_seconds = before + started.elapsed().as_secs_f64();
        let (_, trains) = self.score(threads)?;
        let result = self.result(at.curve, &trains);
        Ok(Outcome::Finished(Box::new(CellResult { counts, elapsed, wall_seconds, ..result })))
    }
}
