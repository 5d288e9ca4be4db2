//! One cell: a network trained and tested with one seed, resumable at every sample.
//!
//! Promises: the result is a pure function of the task, the row, the store and the seed; a cell that goes on from a
//! [`CellState`] ends with the bits of one that never stopped (`weights_sha256` shows it).

use super::answers::EpochScore;
use super::course::{Clock, Position, Stretch, Turn, stretches, tell};
use super::drawn::Drawn;
use super::file::ScoreOf;
use super::result::CellResult;
use super::schedule::{Schedule, Shown};
use super::sharing::Sharing;
use super::task::Task;
use crate::architect::inference::{Meter, Sample};
use crate::data::encode::Presentation;
use crate::data::split::{self, Parts};
use crate::experiment::engine::{Engine, EngineState, LookedAt};
use crate::experiment::file::shift_offset;
use crate::experiment::hashed::HashedFile;
use crate::experiment::pool::{CellContext, Outcome, Work};
use crate::experiment::portable::{Portable, Taken};
use crate::experiment::record::records::Records;
use crate::experiment::rows::Variant;
use crate::formats::ArrayError;
use crate::report::model::Raster;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use synfire_chip::cost::stage::Stage;
use synfire_chip::files::{Diagnostic, Diagnostics};
use synfire_chip::network::Network;
use synfire_chip::run::checkpoint;
use synfire_chip::run::machine::Machine;
use synfire_chip::run::probe::Variable;
use synfire_chip::run::program::{Control, Program};

/// Epoch number under which held-out samples are encoded: no training epoch has it.
pub const TEST_EPOCH: u32 = u32::MAX;

/// Everything that a cell needs to go on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CellState {
    position: Position,
    engine: EngineState,
}

/// A cell at work.
pub struct Cell<'a> {
    task: &'a Task,
    name: String,
    seed: u32,
    data: Drawn<'a>,
    network: Network,
    engine: Engine,
    schedule: Schedule,
    parts: Parts,
    /// What each presentation of the last test cost.
    samples: Vec<Sample>,
    /// Whether the report shows it in detail.
    detailed: bool,
    /// Presentations that are still to come.
    left: u64,
}

impl<'a> Cell<'a> {
    /// Loads, maps and builds.
    ///
    /// # Errors
    /// With what is wrong with the files, or when the network does not fit the chip.
    pub fn new(task: &'a Task, variant: Variant<'_>, seed: u32) -> Result<Self, Diagnostics> {
        let network = task.network(variant, seed)?;
        let readout = task.readout(&network)?;
        let of = LookedAt { readout, variable: Variable::Compared };
        let engine = Engine::new(&network, task.rows().chip(variant.row), variant.store, of)
            .map_err(|error| task.rows().misfit(variant.row, &error))?;
        let detailed = task.settings.seeds.first() == Some(&seed) && variant.name() == task.shown().name();
        let data = Drawn::new(task, seed);
        let schedule = task.schedule(data.outline(), variant.row, &network, seed)?;
        let parts = task.presented(data.outline(), variant.row, seed)?;
        Ok(Self {
            task,
            name: variant.name(),
            seed,
            data,
            network,
            engine,
            schedule,
            parts,
            samples: Vec::new(),
            detailed,
            left: 0,
        })
    }

    /// The cell with the records that the experiment asks for: a run of the experiment writes them, whoever else takes the
    /// cell does not.
    ///
    /// # Errors
    /// With what is wrong with a probe or the trace.
    pub(super) fn recorded(mut self) -> Result<Self, Diagnostics> {
        let stated = self.task.settings.records();
        if self.detailed && !stated.is_empty() {
            let all = self.presentations_from(&Position::default());
            let steps = all * u64::from(self.task.settings.sample_steps);
            let place = &self.task.place;
            let on_chip = self.engine.machine().is_some();
            let records = on_chip.then(|| Records::new(stated, false, &self.network, steps, place));
            let records = records.ok_or_else(|| stated.off_the_chip(place))??;
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

    /// Samples of the held-out part.
    pub(crate) fn held_out(&self) -> &[u32] {
        &self.parts.held_out
    }

    /// Label of a sample.
    pub(crate) fn label(&self, sample: u32) -> u8 {
        self.data.outline().labels()[sample as usize]
    }

    /// The presentation of a sample without learning.
    pub(crate) fn test_program(&self, sample: u32) -> Program {
        self.program(sample, None)
    }

    /// Steps in which the readout is summed.
    pub(crate) fn answer(&self) -> Range<usize> {
        self.schedule.answer.0 as usize..self.schedule.answer.1 as usize
    }

    /// The chip behind the cell; none behind the float twin.
    pub(crate) fn machine_mut(&mut self) -> Option<&mut Machine> {
        self.engine.machine_mut()
    }

    /// The machine, for reports; none behind the float twin.
    #[must_use]
    pub fn machine(&self) -> Option<&Machine> {
        self.engine.machine()
    }

    /// The chip and the first presentations: of training samples with learning, or, after training, of held-out ones.
    ///
    /// # Errors
    /// Of a row off the chip, and where training fails.
    pub(super) fn portable<'p>(mut self, what: Taken) -> Result<Portable<'p>, Diagnostics> {
        if self.machine().is_none() {
            let problem = Diagnostic::new(format!("`{}` is real numbers, off the chip", self.name));
            return Err(problem.noted("allowed", "a row with another store (`--row`)").into());
        }
        let never = AtomicBool::new(false);
        self.prepare(&never);
        if what.trained {
            self.run(None, &CellContext::quiet(&never))
                .map_err(|error| Diagnostics::from(Diagnostic::new(error)))?;
        }
        let settings = &self.task.settings;
        let samples: Vec<(u32, Option<Turn>)> = if what.trained {
            self.parts.held_out.iter().map(|sample| (*sample, None)).collect()
        } else {
            let order = split::presentations(&self.parts.kept, 0, settings.epoch_samples, self.seed);
            order.into_iter().map(|(sample, pass)| (sample, Some(Turn { epoch: 0, pass }))).collect()
        };
        let shown = samples.len().min(what.presentations as usize);
        let mut program = Program::new();
        for (sample, turn) in &samples[..shown] {
            program.extend(self.program(*sample, *turn));
        }
        let how =
            if what.trained { "held-out samples, after training" } else { "training samples, with learning" };
        let stimulus = format!("the first {shown} {how}");
        let Some(machine) = self.engine.into_machine() else { unreachable!("checked above") };
        Ok(Portable::of_program(self.network, machine, program, stimulus))
    }

    /// Presents the held-out part without learning: `confusion[label][answer]`; of inference also what each cost.
    fn test(&mut self, stage: Stage, threads: usize) -> Result<Vec<Vec<u32>>, String> {
        let mut answers = Vec::with_capacity(self.parts.held_out.len());
        let metered = self.engine.machine().filter(|_| stage == Stage::Inference);
        let mut meter = metered.map(|machine| Meter::new(machine, self.engine.costs().inference));
        for sample in self.parts.held_out.clone() {
            let steps = self.answer();
            let answer = self.present(&self.program(sample, None), steps, threads)?;
            let label = self.label(sample);
            answers.push((label, answer));
            if let Some(meter) = &mut meter {
                let of = Sample { sample, label, answer, ..Sample::default() };
                self.samples.push(meter.read(of, self.engine.costs().inference));
            }
        }
        Ok(confusion(answers.into_iter(), self.data.outline().classes()))
    }

    fn program(&self, sample: u32, trained: Option<Turn>) -> Program {
        let shown = Presentation { sample, epoch: trained.map_or(TEST_EPOCH, |turn| turn.pass) };
        let label = trained.map(|_| self.label(sample));
        let mut program = self.schedule.program(Shown::of(self.data.whole(), sample), shown, label);
        if let Some(turn) = trained {
            let slower = shift_offset(&self.task.settings.slower_after, turn.epoch);
            program[0].control.push(Control::ShiftOffset(slower));
        }
        program
    }

    /// Presentations to come from a place in the run.
    fn presentations_from(&self, at: &Position) -> u64 {
        let scored = match self.task.settings.score {
            ScoreOf::HeldOut => self.parts.held_out.len() as u64,
            ScoreOf::LastTrained(_) => 0,
        };
        let presented = stretches(at.epoch..self.task.settings.epochs).map(|stretch| match stretch {
            Stretch::Epoch => u64::from(self.epoch_samples()),
            Stretch::Score(_) => scored,
        });
        presented.sum::<u64>().saturating_sub(u64::from(at.next))
    }

    /// Runs a presentation; the answer that the readout gives over `steps` of it.
    fn present(&mut self, program: &Program, steps: Range<usize>, threads: usize) -> Result<u8, String> {
        self.left = self.left.saturating_sub(1);
        let rows = self.task.origin.step_rows;
        if self.detailed && self.left * (program.len() as u64) < u64::from(rows) {
            self.engine.keep_steps(rows);
        }
        let outputs = usize::from(self.schedule.outputs);
        let length = steps.len();
        let sums = self.engine.present(&self.network, program, steps, outputs, threads)?;
        Ok(self.schedule.class_of(&sums, length, self.engine.lane(&self.network)))
    }

    /// Learns from one sample; its answer from before the label could reach a membrane, where there is one.
    fn learn(&mut self, sample: u32, turn: Turn, threads: usize) -> Result<Option<u8>, String> {
        let unseen = self.schedule.unseen.map(|(from, until)| from as usize..until as usize);
        let program = self.program(sample, Some(turn));
        self.engine.enter(Stage::Training);
        let answer = self.present(&program, unseen.clone().unwrap_or(0..0), threads)?;
        Ok(unseen.map(|_| answer))
    }

    /// Training samples of one epoch.
    fn epoch_samples(&self) -> u32 {
        self.task.settings.epoch_samples.unwrap_or(self.parts.kept.len() as u32)
    }

    /// Learns from the rest of the epoch that `at` is in. False after an interrupt.
    fn train(
        &mut self,
        at: &mut Position,
        context: &CellContext<'_, CellState>,
        clock: &mut Clock,
    ) -> Result<bool, String> {
        let samples = self.task.settings.epoch_samples;
        let order = split::presentations(&self.parts.kept, at.epoch, samples, self.seed);
        while let Some(&(sample, pass)) = order.get(at.next as usize) {
            let answer = self.learn(sample, Turn { epoch: at.epoch, pass }, context.threads)?;
            at.next += 1;
            if let Some(answer) = answer {
                let label = self.label(sample);
                at.training.count(pass, answer == label);
                at.note_recent(self.task.settings.score, (label, answer));
            }
            tell(at, context);
            let stop = context.interrupt.load(Ordering::Relaxed);
            if stop || clock.saved.elapsed() >= context.save_every {
                at.wall_seconds = clock.seconds();
                self.engine.flush_files()?;
                (context.save)(&CellState { position: at.clone(), engine: self.engine.snapshot() });
                if stop {
                    return Ok(false);
                }
                clock.saved = Instant::now();
            }
        }
        Ok(true)
    }

    /// `confusion[label][answer]` of what is scored; presentations belong to `stage`.
    fn score(&mut self, at: &Position, stage: Stage, threads: usize) -> Result<Vec<Vec<u32>>, String> {
        self.engine.enter(stage);
        match self.task.settings.score {
            ScoreOf::HeldOut => self.test(stage, threads),
            ScoreOf::LastTrained(_) => {
                Ok(confusion(at.recent.iter().copied(), self.data.outline().classes()))
            }
        }
    }

    /// Spikes of one sample: the lowest of the held-out part, whatever its order, or else of the training part.
    fn raster(&mut self) -> Result<Option<Raster>, String> {
        let sample = self.parts.held_out.iter().min().or(self.parts.kept.first());
        let (Some(&sample), true) = (sample, self.task.settings.seeds.first() == Some(&self.seed)) else {
            return Ok(None);
        };
        let program = self.program(sample, None);
        let mut raster = self.engine.raster(&program, &self.network)?;
        let label = self.label(sample);
        raster.title = format!("Spikes of `{}`, seed {}: one sample of class {label}", self.name, self.seed);
        Ok(Some(raster))
    }

    /// Puts a state in place; where the cell is then.
    fn restore(&mut self, state: CellState) -> Result<Position, String> {
        let at = state.position;
        let classes = self.data.outline().classes();
        if at.recent.iter().any(|(label, answer)| usize::from(*label.max(answer)) >= classes) {
            return Err(format!("an answer beyond {classes} classes"));
        }
        self.engine.restore(state.engine)?;
        Ok(at)
    }

    fn result(&self, curve: Vec<EpochScore>) -> CellResult {
        let machine = self.engine.machine();
        let groups = machine.iter().flat_map(|machine| &machine.nodes).flat_map(|n| &n.unit.slices);
        CellResult {
            row: self.name.clone(),
            seed: self.seed,
            curve,
            confusion: Vec::new(),
            costs: self.engine.costs(),
            cores: self.engine.cores(),
            memory: self.engine.memory(),
            groups: groups.filter_map(|s| s.groups()).map(|g| g.len()).sum(),
            sharing: machine.map_or_else(Sharing::default, |machine| Sharing::of(&self.network, machine)),
            merged_events: machine.map_or(0, Machine::merged_events),
            raster: None,
            detail: None,
            wall_seconds: 0.0,
            weights_sha256: self.engine.weights_sha256(&self.network),
            samples: self.samples.clone(),
            outputs: Vec::new(),
        }
    }
}

fn confusion(answers: impl Iterator<Item = (u8, u8)>, classes: usize) -> Vec<Vec<u32>> {
    let mut confusion = vec![vec![0; classes]; classes];
    answers.for_each(|(label, answer)| confusion[usize::from(label)][usize::from(answer)] += 1);
    confusion
}

impl Work for Cell<'_> {
    type State = CellState;
    type Result = CellResult;

    fn prepare(&mut self, interrupt: &AtomicBool) -> bool {
        self.data.draw(interrupt)
    }

    fn fingerprint(&self) -> [u8; 32] {
        let s = &self.task.settings;
        let schedule = (s.sample_steps, s.epochs, s.epoch_samples, &s.slower_after, format!("{:?}", s.score));
        let encoders = format!("{:?}", &s.encoders);
        let parts = (&self.parts.kept, &self.parts.held_out);
        let machine = self.engine.machine();
        let mapping = machine.map(|machine| checkpoint::inputs_fingerprint(&self.network, &machine.mapping));
        let network = checkpoint::fingerprint(&self.network);
        let presentation = (
            (self.schedule.right, self.schedule.wrong),
            format!("{:?}", self.schedule.window),
            (self.schedule.answer, self.schedule.unseen, self.schedule.clear),
        );
        let rows = self.detailed.then(|| (self.task.origin.step_rows, format!("{:?}", s.records())));
        let data = (self.data.whole().fingerprint(), parts, s.seeds.first() == Some(&self.seed), rows);
        checkpoint::fingerprint(&(mapping, network, schedule, encoders, data, presentation, self.seed))
    }

    fn units(&self) -> u64 {
        u64::from(self.epoch_samples()) * u64::from(self.task.settings.epochs)
    }

    fn describe(result: &CellResult) -> String {
        let samples = result.curve.last().map_or(0, |e| e.test_samples);
        format!("{:.2} % of {samples} scored samples", 100.0 * result.accuracy())
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
        self.restore(state).map(drop)
    }

    fn goes_on(&self, out: &Path) -> Result<(), ArrayError> {
        self.engine.expect_files(out)
    }

    fn run(
        &mut self,
        state: Option<CellState>,
        context: &CellContext<'_, CellState>,
    ) -> Result<Outcome<CellState, CellResult>, String> {
        let mut at = state.map_or_else(|| Ok(Position::default()), |state| self.restore(state))?;
        self.engine.open_files(context.out, &self.network)?;
        self.left = self.presentations_from(&at);
        let mut clock = Clock::since(at.wall_seconds);
        let (mut confusion, mut wall_seconds) = (Vec::new(), 0.0);
        for stretch in stretches(at.epoch..self.task.settings.epochs) {
            let Stretch::Score(stage) = stretch else {
                if !self.train(&mut at, context, &mut clock)? {
                    let state = CellState { position: at, engine: self.engine.snapshot() };
                    return Ok(Outcome::Interrupted(Box::new(state)));
                }
                continue;
            };
            wall_seconds = clock.seconds();
            confusion = self.score(&at, stage, context.threads)?;
            if stage == Stage::Test {
                at.curve.push(EpochScore {
                    training: std::mem::take(&mut at.training),
                    train_samples: self.epoch_samples(),
                    test_correct: (0..confusion.len()).map(|class| confusion[class][class]).sum(),
                    test_samples: confusion.iter().flatten().sum(),
                });
                (at.epoch, at.next) = (at.epoch + 1, 0);
            }
        }
        let mut result = self.result(std::mem::take(&mut at.curve));
        (result.confusion, result.wall_seconds) = (confusion, wall_seconds);
        result.outputs = self.engine.finish_files()?;
        result.detail = self.engine.detail(&self.network).filter(|_| self.detailed).map(Box::new);
        result.raster = self.raster()?;
        Ok(Outcome::Finished(Box::new(result)))
    }
}
