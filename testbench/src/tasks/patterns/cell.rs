//! One cell: a network that learns its cases with one seed, resumable after every epoch.
//!
//! Promises: the result is a pure function of the settings, the row and the seed; a cell that goes on from a
//! [`CellState`] ends with the bits of one that never stopped (`weights_sha256` shows it).

use super::case::{Case, Draw};
use super::cases;
use super::check;
use super::file::Patterns;
use super::score::{Score, Trains};
use crate::architect::summary::Presentations;
use crate::experiment::decides::Decides;
use crate::experiment::effort;
use crate::experiment::engine::{Engine, EngineState, FullestCore, LookedAt};
use crate::experiment::file::shift_offset;
use crate::experiment::hashed::HashedFile;
use crate::experiment::origin::Origin;
use crate::experiment::pool::{CellContext, Outcome, Progress, Work};
use crate::experiment::portable::{Portable, Taken};
use crate::experiment::record::records::Records;
use crate::experiment::reference::Opened;
use crate::experiment::rows::{self, Rows, Variant};
use crate::formats::ArrayError;
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use synfire_chip::chip::Chip;
use synfire_chip::cost::detail::Detail;
use synfire_chip::cost::stage::{Costs, Stage};
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::network::Network;
use synfire_chip::run::checkpoint;
use synfire_chip::run::probe::Variable;
use synfire_chip::warnings;
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
    engine: EngineState,
}

/// What a cell leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellResult {
    /// Name of the row, with its store.
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
    /// Memory of the fullest cores.
    pub memory: FullestCore,
    /// What it cost: training, the scorings on the way, and inference, one more scoring after the run.
    pub costs: Costs,
    /// What was seen of it in detail; kept of the cell that the report shows alone.
    #[serde(default)]
    pub detail: Option<Box<Detail>>,
    /// Wall time.
    pub wall_seconds: f64,
    /// SHA-256 of all weights at the end.
    pub weights_sha256: String,
    /// Files written beside it.
    #[serde(default)]
    pub outputs: Vec<HashedFile>,
}

impl CellResult {
    /// The score before the first epoch and the one after the last.
    #[must_use]
    pub fn ends(&self) -> (Score, Score) {
        let score = |entry: Option<&(u32, Score)>| entry.map_or_else(Score::default, |(_, score)| *score);
        (score(self.curve.first()), score(self.curve.last()))
    }

    /// Presentations by stage: every case in each epoch, in each scoring of the curve, and once more after the run.
    #[must_use]
    pub fn presentations(&self) -> Presentations {
        let cases = u64::from(self.cases);
        let epochs = self.curve.last().map_or(0, |(epoch, _)| u64::from(*epoch));
        Presentations { training: epochs * cases, test: self.curve.len() as u64 * cases, inference: cases }
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
    /// The chip of each row.
    pub(super) chips: Vec<Chip>,
    /// What is legal in the networks of its rows and probably not meant.
    pub warnings: Vec<String>,
    /// What decides its results.
    pub decides: Decides,
    /// How much work all its cells are expected to be.
    pub effort: f64,
    origin: Opened,
    place: Origin,
}

impl Task {
    /// Loads and checks everything that the file refers to.
    ///
    /// # Errors
    /// With what is wrong.
    pub fn new(settings: Patterns, chip: Chip, origin: Opened) -> Result<Self, Diagnostics> {
        let place = Origin::new(&origin);
        check::numbers(&settings, &place)?;
        let chips = rows::chips(&settings.rows, &chip, &origin, &place)?;
        let (warnings, decides) = (Vec::new(), Decides::default());
        let mut task = Self { settings, chip, chips, warnings, decides, effort: 0.0, origin, place };
        let seed = task.settings.seeds[0];
        let variants = task.rows().variants();
        let networks = variants.iter().map(|variant| task.rows().variant(*variant, seed));
        let networks = networks.collect::<Result<Vec<_>, _>>()?;
        task.rows().check_stores(&networks)?;
        let a_step = networks
            .iter()
            .zip(&variants)
            .map(|(network, variant)| effort::of_step(network, task.rows().chip(variant.row)));
        let a_step: f64 = a_step.sum();
        let steps =
            task.settings.whole_steps(task.settings.data.cases()) as f64 * task.settings.seeds.len() as f64;
        task.warnings = networks.iter().flat_map(warnings::warnings).collect();
        task.decides = task.deciding(&networks);
        task.effort = a_step * steps;
        Ok(task)
    }

    /// What decides the results, where `networks` are those of the first seed. The cases follow from the settings.
    fn deciding(&self, networks: &[Network]) -> Decides {
        // The short form was taken, or decides nothing.
        let settings = Patterns { quick: None, ..self.settings.clone() };
        Decides::default()
            .with("settings", &(format!("{settings:?}"), self.origin.step_rows))
            .with("chip", &(&self.chip, &self.chips))
            .with("network", &networks)
    }

    /// Every row in every store.
    #[must_use]
    pub fn variants(&self) -> Vec<Variant<'_>> {
        self.rows().variants()
    }

    /// The chip of the row that is called `name` in the result, with its store.
    #[must_use]
    pub fn chip_of(&self, name: &str) -> &Chip {
        self.rows().chip_named(name).unwrap_or(&self.chip)
    }

    /// The rows and what their networks are built for.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        let Patterns { rows, stores, .. } = &self.settings;
        Rows { rows, stores, origin: &self.origin, place: &self.place, chips: &self.chips }
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
    name: String,
    seed: u32,
    network: Network,
    engine: Engine,
    cases: Vec<Case>,
    first_channel: u16,
    /// Rows of steps that are kept, where the report shows the cell in detail.
    detailed: Option<u32>,
}

impl<'a> Cell<'a> {
    /// Loads, maps, builds, draws.
    ///
    /// # Errors
    /// With what is wrong with the files or settings, or when the network does not fit the chip.
    pub fn new(task: &'a Task, variant: Variant<'_>, seed: u32) -> Result<Self, Diagnostics> {
        let network = task.rows().variant(variant, seed)?;
        let (readout, first_channel) = task.readout(&network)?;
        let cases = task.cases(&network, seed)?;
        let of = LookedAt { readout, variable: Variable::Spikes };
        let mut engine = Engine::new(&network, task.rows().chip(variant.row), variant.store, of)
            .map_err(|error| task.rows().misfit(variant.row, &error))?;
        let name = variant.name();
        let shown = task.settings.seeds.first() == Some(&seed) && name == task.rows().shown().name();
        let detailed = shown.then_some(task.origin.step_rows);
        if let Some(rows) = detailed {
            engine.keep_steps(rows);
        }
        Ok(Self { settings: &task.settings, name, seed, network, engine, cases, first_channel, detailed })
    }

    /// The cell with the records that its task asks for: a run of the experiment writes them, whoever else takes the cell
    /// does not.
    ///
    /// # Errors
    /// With what is wrong with a probe or the trace.
    pub(super) fn recorded(mut self, task: &Task) -> Result<Self, Diagnostics> {
        let stated = task.settings.records();
        if self.detailed.is_some() && !stated.is_empty() {
            let steps = task.settings.whole_steps(self.cases.len());
            let on_chip = self.engine.machine().is_some();
            let records = on_chip.then(|| Records::new(stated, false, &self.network, steps, &task.place));
            let records = records.ok_or_else(|| stated.off_the_chip(&task.place))??;
            self.engine.record(&self.network, records);
        }
        Ok(self)
    }

    /// The network that the cell learns.
    #[must_use]
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// What it runs on: to watch more than the answer.
    pub fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// The chip and the first cases: with learning, or, after training, as they are scored.
    ///
    /// # Errors
    /// Of a row off the chip, and where training fails.
    pub(super) fn portable<'p>(mut self, what: Taken) -> Result<Portable<'p>, Diagnostics> {
        if self.engine.machine().is_none() {
            let problem = Diagnostic::new(format!("`{}` is real numbers, off the chip", self.name));
            return Err(problem.noted("allowed", "a row with another store (`--row`)").into());
        }
        if what.trained {
            let never = AtomicBool::new(false);
            let ran = self.run(None, &CellContext::quiet(&never));
            ran.map_err(|error| Diagnostics::from(Diagnostic::new(error)))?;
        }
        let shown = self.cases.len().min(what.presentations as usize);
        let slower = (!what.trained).then(|| shift_offset(&self.settings.slower_after, 0));
        let cases = self.cases[..shown].iter();
        let program = cases.flat_map(|case| case.program(self.first_channel, slower)).collect();
        let how = if what.trained { "as they are scored, after training" } else { "with learning" };
        let stimulus = format!("the first {shown} cases, {how}");
        let Some(machine) = self.engine.into_machine() else { unreachable!("checked above") };
        Ok(Portable::of_program(self.network, machine, program, stimulus))
    }

    /// Presents one case; the steps in which each readout neuron fired.
    fn present(&mut self, case: usize, epoch: Option<u32>, threads: usize) -> Result<Vec<Vec<u32>>, String> {
        if epoch.is_some() {
            self.engine.enter(Stage::Training);
        }
        let slower = |epoch| shift_offset(&self.settings.slower_after, epoch);
        let program = self.cases[case].program(self.first_channel, epoch.map(slower));
        self.engine.trains(&self.network, &program, threads)
    }

    /// Presents every case without learning, in `stage`: the score, and the trains by case and output.
    fn score(&mut self, stage: Stage, threads: usize) -> Result<(Score, Trains), String> {
        self.engine.enter(stage);
        let trains: Result<Trains, String> =
            (0..self.cases.len()).map(|case| self.present(case, None, threads)).collect();
        let trains = trains?;
        Ok((Score::of(self.settings, &self.cases, &trains), trains))
    }

    /// Scores where the cell is.
    fn score_at(&mut self, at: &mut Position, threads: usize) -> Result<(), String> {
        let (score, _) = self.score(Stage::Test, threads)?;
        at.curve.push((at.epoch, score));
        Ok(())
    }

    fn result(&self, curve: Vec<(u32, Score)>, trains: &[Vec<Vec<u32>>]) -> CellResult {
        let first = |trains: &[Vec<u32>], case: usize| -> Vec<(u32, u32)> {
            trains[0].iter().map(|step| (*step, case as u32)).collect()
        };
        let cases = self.cases.iter().enumerate();
        CellResult {
            row: self.name.clone(),
            seed: self.seed,
            curve,
            cases: self.cases.len() as u32,
            targets: self.cases.iter().flat_map(|c| &c.targets).map(|t| t.len() as u32).sum(),
            last_spikes: trains.iter().enumerate().flat_map(|(case, t)| first(t, case)).collect(),
            target_spikes: cases.flat_map(|(case, c)| first(&c.targets, case)).collect(),
            cores: self.engine.cores(),
            memory: self.engine.memory(),
            costs: self.engine.costs(),
            detail: self.engine.detail(&self.network).filter(|_| self.detailed.is_some()).map(Box::new),
            wall_seconds: 0.0,
            weights_sha256: self.engine.weights_sha256(&self.network),
            outputs: Vec::new(),
        }
    }
}

impl Work for Cell<'_> {
    type State = CellState;
    type Result = CellResult;

    fn fingerprint(&self) -> [u8; 32] {
        let s = self.settings;
        let inputs = self.engine.inputs_fingerprint(&self.network);
        let rows = self.detailed.map(|rows| (rows, format!("{:?}", s.records())));
        let schedule = (s.steps, s.epochs, &s.slower_after, rows);
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

    fn outputs(&self) -> Vec<String> {
        self.engine.files()
    }

    fn written(state: &CellState) -> &[HashedFile] {
        state.engine.written()
    }

    fn left(result: &CellResult) -> &[HashedFile] {
        &result.outputs
    }

    fn fits(&mut self, state: CellState) -> Result<(), String> {
        self.engine.restore(state.engine)
    }

    fn goes_on(&self, out: &Path) -> Result<(), ArrayError> {
        self.engine.expect_files(out)
    }

    fn run(
        &mut self,
        state: Option<CellState>,
        context: &CellContext<'_, CellState>,
    ) -> Result<Outcome<CellState, CellResult>, String> {
        let (started, threads) = (Instant::now(), context.threads);
        let mut at = Position::default();
        if let Some(state) = state {
            self.engine.restore(state.engine)?;
            at = state.position;
            self.engine.open_files(context.out, &self.network)?;
        } else {
            self.engine.open_files(context.out, &self.network)?;
            self.score_at(&mut at, threads)?;
        }
        let before = at.wall_seconds;
        let mut saved = Instant::now();
        let score_every = self.settings.score_every();
        while at.epoch < self.settings.epochs {
            for case in 0..self.cases.len() {
                self.present(case, Some(at.epoch), threads)?;
            }
            at.epoch += 1;
            if at.epoch.is_multiple_of(score_every) || at.epoch == self.settings.epochs {
                self.score_at(&mut at, threads)?;
            }
            let last = at.curve.last().map_or(0.0, |(_, s)| s.loss);
            let message = format!("epoch {}: loss {last:.3}", at.epoch);
            (context.progress)(Progress { units: self.cases.len() as u64, message: &message });
            let stop = context.interrupt.load(Ordering::Relaxed);
            if stop || saved.elapsed() >= context.save_every {
                at.wall_seconds = before + started.elapsed().as_secs_f64();
                self.engine.flush_files()?;
                let state = CellState { position: at.clone(), engine: self.engine.snapshot() };
                if stop {
                    return Ok(Outcome::Interrupted(Box::new(state)));
                }
                (context.save)(&state);
                saved = Instant::now();
            }
        }
        let wall_seconds = before + started.elapsed().as_secs_f64();
        let (_, trains) = self.score(Stage::Inference, threads)?;
        let result = self.result(at.curve, &trains);
        let outputs = self.engine.finish_files()?;
        Ok(Outcome::Finished(Box::new(CellResult { wall_seconds, outputs, ..result })))
    }
}
